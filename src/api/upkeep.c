/* upkeep.c - a copy of the store, and whether all is well with it. */
#include "store/upkeep.h"

#include "api/app.h"

struct backup_in {
    struct gx_str path;
};
static const struct gx_schema backup_in[] = {
    GX_FIELD(struct backup_in, path, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 4000,
             .doc = "Absolute path of a folder that does not exist yet, on the server's machine."),
    { 0 },
};
static const struct gx_schema backup_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

/* It writes a file wherever it is told to, so it is the operator's alone. */
static enum gx_code backup(struct gx_req *req, const void *body)
{
    const struct backup_in *in = body;
    if (!req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LOCAL_ONLY);
    GX_TRY(gx_upkeep_backup(req->scope, in->path));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "path", in->path);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_backup = {
    .doc =
        "Copy the database and uploaded files to a new folder while they are in use; only over the "
        "local socket.",
    .method = GX_POST,
    .path = "/api/v1/backup",
    .who = GX_WHO_ADMIN,
    .body = GX_BODY_JSON,
    .in = backup_in,
    .in_size = sizeof(struct backup_in),
    .out = backup_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID, GX_E_IO },
    .handler = backup,
};

static enum gx_code verify(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    return gx_upkeep_verify(req->scope, &w);
}

static const struct gx_schema problem_out[] = {
    { .name = "check", .type = GX_SCHEMA_STR, .required = true },
    { .name = "where", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema verify_out[] = {
    { .name = "problems", .type = GX_SCHEMA_LIST, .fields = problem_out, .required = true },
    { .name = "ok", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};

const struct gx_route gx_route_verify = {
    .doc = "Check the whole store: the file, search, links, the log.",
    .method = GX_POST,
    .path = "/api/v1/verify",
    .who = GX_WHO_ADMIN,
    .out = verify_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = verify,
};
