/* admin_audit_head.c - how far the log is sealed, and the line to keep elsewhere. */
#include "api/app.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/seal.h"

static enum gx_code head_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_audit_ask ask = { .limit = 1 };
    struct gx_seal_head head;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    int64_t newest;
    GX_TRY(gx_audit_may(req->scope, &ask));
    GX_TRY(gx_seal_newest(req->ctx, conn, &head));
    GX_TRY(
        gx_db_int(req->ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &newest));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "upto", head.seq);
    gx_jw_key_id(&w, "newest", newest);
    gx_jw_key_int(&w, "entries", head.entries);
    gx_jw_key(&w, GX_STR("at"));
    if (head.at)
        gx_jw_str(&w, gx_moment_format(req->ctx->arena, head.at));
    else
        gx_jw_null(&w);
    gx_jw_key_str(&w, "line", gx_seal_line(req->ctx, gx_api(req)->sealer, &head));
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema head_out[] = {
    { .name = "upto", .type = GX_SCHEMA_STR, .required = true, .doc = "The last sealed entry." },
    { .name = "newest", .type = GX_SCHEMA_STR, .required = true, .doc = "The newest entry." },
    { .name = "entries",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "How many are sealed, with those that were removed." },
    { .name = "at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "line",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Signed; kept elsewhere it shows whether the end of the log is cut off." },
    { 0 },
};

const struct gx_route gx_route_admin_audit_head = {
    .doc = "How far the log is sealed; for those with the right to audit.",
    .method = GX_GET,
    .path = "/api/v1/admin/audit/head",
    .who = GX_WHO_SIGNED_IN,
    .out = head_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = head_get,
};
