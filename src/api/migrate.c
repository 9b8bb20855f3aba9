/* migrate.c - the tenant moves to another database while it is used. */
#include "api/app.h"
#include "store/transfer.h"

struct migrate_in {
    struct gx_str to;
};
static const struct gx_schema migrate_in[] = {
    GX_FIELD(struct migrate_in, to, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 2000,
             .doc = "postgresql://… of an empty database, or file: a file in the data folder."),
    { 0 },
};
static const struct gx_schema migrate_out[] = {
    { .name = "tables", .type = GX_SCHEMA_INT, .required = true },
    { .name = "rows", .type = GX_SCHEMA_INT, .required = true },
    { .name = "followed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "copy_ms", .type = GX_SCHEMA_INT, .required = true },
    { .name = "pause_ms", .type = GX_SCHEMA_INT, .required = true },
    { .name = "all_ms", .type = GX_SCHEMA_INT, .required = true },
    { .name = "proved", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "different", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

/* The address may hold a password and names a machine, so it is the operator's alone. */
static enum gx_code migrate(struct gx_req *req, const void *body)
{
    const struct migrate_in *in = body;
    struct gx_transfer_report r;
    bool url = gx_str_starts(in->to, GX_STR("postgresql://")) ||
               gx_str_starts(in->to, GX_STR("postgres://"));
    if (!req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LOCAL_ONLY);
    if (!url && !gx_str_is(in->to, "file"))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("to"), GX_M_TRANSFER_TO);
    GX_TRY(gx_transfer_move(req->scope, gx_arena_cstr(req->ctx->arena, in->to), &r));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_int(&w, "tables", r.tables);
    gx_jw_key_int(&w, "rows", r.rows);
    gx_jw_key_int(&w, "followed", r.followed);
    gx_jw_key_int(&w, "copy_ms", r.copy_ms);
    gx_jw_key_int(&w, "pause_ms", (r.pause_us + 999) / 1000);
    gx_jw_key_int(&w, "all_ms", r.all_ms);
    gx_jw_key_bool(&w, "proved", r.proved);
    gx_jw_key_str(&w, "different", r.different.p ? r.different : GX_STR(""));
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_migrate = {
    .doc =
        "Move the tenant to another database while it is used, and prove that both are equal; only "
        "over the local socket.",
    .method = GX_POST,
    .path = "/api/v1/migrate",
    .who = GX_WHO_ADMIN,
    .body = GX_BODY_JSON,
    .in = migrate_in,
    .in_size = sizeof(struct migrate_in),
    .out = migrate_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID, GX_E_CONFLICT, GX_E_IO },
    .handler = migrate,
};
