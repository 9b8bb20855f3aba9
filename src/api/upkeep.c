/* upkeep.c - a copy of the store, and whether all is well with it. */
#include "store/upkeep.h"

#include "api/app.h"
#include "store/seal.h"

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
    struct gx_upkeep_ask ask = { .anchor = gx_req_query(req, "anchor") };
    int64_t problems;
    GX_TRY(gx_seal_now(req->ctx, gx_api(req)->sealer));
    return gx_upkeep_verify(req->scope, &ask, &w, &problems);
}

static const struct gx_schema problem_out[] = {
    { .name = "check", .type = GX_SCHEMA_STR, .required = true },
    { .name = "where", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema erasure_out[] = {
    { .name = "request", .type = GX_SCHEMA_STR, .required = true },
    { .name = "entries", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema verify_log_out[] = {
    { .name = "seals", .type = GX_SCHEMA_INT, .required = true },
    { .name = "entries", .type = GX_SCHEMA_INT, .required = true },
    { .name = "from", .type = GX_SCHEMA_STR, .required = true, .doc = "The first sealed entry." },
    { .name = "upto", .type = GX_SCHEMA_STR, .required = true, .doc = "The last sealed entry." },
    { .name = "removed",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Entries that the rule of retention removed; a signed stub stands for them." },
    { .name = "unsealed",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Entries that came while the check ran." },
    { .name = "records",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Records whose row was compared with the log." },
    { .name = "anchored",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "A head kept elsewhere agrees, so the end of the log is not cut off before it." },
    { .name = "erased",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Entries whose values were erased by request; their hashes are kept and signed." },
    { .name = "erasures", .type = GX_SCHEMA_LIST, .fields = erasure_out, .required = true },
    { 0 },
};
static const struct gx_schema verify_out[] = {
    { .name = "problems", .type = GX_SCHEMA_LIST, .fields = problem_out, .required = true },
    { .name = "ok", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "log", .type = GX_SCHEMA_OBJECT, .fields = verify_log_out, .required = true },
    { 0 },
};

static const struct gx_query_param verify_query[] = {
    { .name = "anchor",
      .doc = "The line of GET /api/v1/admin/audit/head, as it was kept elsewhere.",
      .type = GX_SCHEMA_STR,
      .max = GX_SEAL_LINE_MAX },
    { 0 },
};

const struct gx_route gx_route_verify = {
    .doc = "Check the whole store: the file, search, links, the log and its seals, the records.",
    .method = GX_POST,
    .path = "/api/v1/verify",
    .who = GX_WHO_ADMIN,
    .query = verify_query,
    .out = verify_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = verify,
};
