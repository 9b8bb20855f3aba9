/* admin_audit_check.c - the check of everything, asked for on the auditor's page. */
#include "api/app.h"
#include "store/audit.h"
#include "store/check_job.h"

static enum gx_code may(struct gx_req *req)
{
    const struct gx_audit_ask ask = { .limit = 1 };
    return gx_audit_may(req->scope, &ask);
}

/* --- which there were */

static enum gx_code checks_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(may(req));
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_check_list(req->scope, gx_api(req)->checks, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return gx_buf_check(&req->out);
}

static const struct gx_schema by_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema check_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "kind",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "verify: of the store as it is; drill: of a backup that was restored." },
    { .name = "state",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "waiting, running, done, failed or cancelled" },
    { .name = "by",
      .type = GX_SCHEMA_OBJECT,
      .fields = by_out,
      .required = true,
      .nullable = true,
      .doc = "null: the operator or the server" },
    { .name = "created_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "finished_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "done",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "While it runs: the entry of the log it has come to." },
    { .name = "total", .type = GX_SCHEMA_INT, .required = true },
    { .name = "problems", .type = GX_SCHEMA_INT, .required = true },
    { .name = "result",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .nullable = true,
      .doc = "What POST /api/v1/verify replies." },
    { .name = "problem",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Why it did not come to its end." },
    { 0 },
};
static const struct gx_schema checks_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = check_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_admin_audit_checks = {
    .doc = "Checks of the whole store, newest first: who asked, and what was found; for those with "
           "the right to audit.",
    .method = GX_GET,
    .path = "/api/v1/admin/audit/checks",
    .who = GX_WHO_SIGNED_IN,
    .out = checks_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = checks_get,
};

/* --- another one */

struct check_in {
    struct gx_str anchor;
};
static const struct gx_schema check_in[] = {
    GX_FIELD(struct check_in, anchor, .type = GX_SCHEMA_STR, .max = GX_SEAL_LINE_MAX,
             .doc = "A line of GET /api/v1/admin/audit/head, as it was kept elsewhere."),
    { 0 },
};
static const struct gx_schema asked_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static void asked(struct gx_req *req)
{
    gx_check_job_wake(gx_api(req)->checks);
}

static enum gx_code check_post(struct gx_req *req, const void *body)
{
    const struct check_in *in = body;
    struct gx_jw w = gx_jw(&req->out);
    int64_t id;
    GX_TRY(may(req));
    GX_TRY(gx_check_ask(req->scope, in->anchor, &id));
    req->status = 202;
    req->after = asked;
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", id);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_audit_check = {
    .doc = "Check the whole store in the background: the file, search, links, the log and its "
           "seals, the records; for those with the right to audit.",
    .method = GX_POST,
    .path = "/api/v1/admin/audit/checks",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = check_in,
    .in_size = sizeof(struct check_in),
    .out = asked_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID, GX_E_BUSY },
    .handler = check_post,
};

static enum gx_code cancel_post(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(may(req));
    GX_TRY(gx_req_id(req, 0, &id));
    req->status = 204;
    return gx_check_cancel(req->ctx, gx_api(req)->checks, gx_scope_conn(req->scope), id);
}

const struct gx_route gx_route_admin_audit_check_cancel = {
    .doc = "Stop a check that is under way; what it has found so far is not kept.",
    .method = GX_POST,
    .path = "/api/v1/admin/audit/checks/{id}/cancel",
    .who = GX_WHO_SIGNED_IN,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = cancel_post,
};
