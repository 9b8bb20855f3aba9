/* admin_audit_retention.c - how long entries of the log are kept. */
#include "api/app.h"
#include "store/audit.h"
#include "store/seal.h"

struct retention_in {
    int64_t days;
};
static const struct gx_schema retention_in[] = {
    GX_FIELD(struct retention_in, days, .type = GX_SCHEMA_INT, .required = true, .min = 0,
             .max = 36500, .doc = "Days; 0: for ever. At least 90."),
    { 0 },
};

static void write_days(struct gx_req *req, int64_t days)
{
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_int(&w, "days", days);
    gx_jw_object_end(&w);
}

static enum gx_code retention_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t days;
    GX_TRY(gx_seal_days(req->ctx, gx_scope_conn(req->scope), &days));
    write_days(req, days);
    return GX_OK;
}

static enum gx_code retention_put(struct gx_req *req, const void *in_p)
{
    const struct retention_in *in = in_p;
    struct gx_arena *arena = req->ctx->arena;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    int64_t was;
    if (in->days != 0 && in->days < GX_SEAL_DAYS_MIN)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("days"), GX_M_TOO_SMALL, GX_STR("days"),
                       gx_arena_printf(arena, "%d", GX_SEAL_DAYS_MIN));
    GX_TRY(gx_seal_days(req->ctx, conn, &was));
    struct gx_audit_note note = {
        .by = gx_scope_me(req->scope),
        .what = "setting",
        .data = gx_arena_printf(arena, "{\"audit_days\":[%lld,%lld]}", (long long)was,
                                (long long)in->days),
    };
    GX_TRY(gx_setting_set(req->ctx, conn, GX_STR("audit_days"),
                          gx_arena_printf(arena, "%lld", (long long)in->days)));
    if (was != in->days)
        GX_TRY(gx_audit_add(req->ctx, gx_api(req)->tenant, conn, &note));
    write_days(req, in->days);
    return GX_OK;
}

const struct gx_route gx_route_admin_audit_retention = {
    .doc = "For how many days entries of the log are kept; 0: for ever.",
    .method = GX_GET,
    .path = "/api/v1/admin/audit/retention",
    .who = GX_WHO_ADMIN,
    .out = retention_in,
    .errors = { GX_E_FORBIDDEN },
    .handler = retention_get,
};

const struct gx_route gx_route_admin_audit_retention_put = {
    .doc = "Keep entries of the log so long; older ones go once a day, and a signed stub stays.",
    .method = GX_PUT,
    .path = "/api/v1/admin/audit/retention",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = retention_in,
    .in_size = sizeof(struct retention_in),
    .out = retention_in,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = retention_put,
};
