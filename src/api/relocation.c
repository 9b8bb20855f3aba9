/* relocation.c - moves of accounts to other markets: how, and what one would do; see batch.c. */
#include "store/relocate.h"

#include "api/app.h"

static const struct gx_schema problem_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema row_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "label", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { .name = "from", .type = GX_SCHEMA_STR, .required = true, .doc = "Names of units." },
    { .name = "to", .type = GX_SCHEMA_STR, .required = true },
    { .name = "good",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "Nothing is wrong with it: all it names is there." },
    { .name = "definition", .type = GX_SCHEMA_NODE, .doc = "As it was written; docs/ACCESS.md." },
    { .name = "problems", .type = GX_SCHEMA_LIST, .fields = problem_out },
    { 0 },
};
static const struct gx_schema rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

/* Whoever may edit accounts at all may have use for them. */
static enum gx_code relocation_list(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *account;
    const struct gx_expr *filter;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(gx_object_get(req->scope, GX_STR("account"), &account));
    if (!gx_scope_may_relocate(req->scope))
        GX_TRY(gx_scope_filter(req->scope, account, GX_RIGHT_EDIT, &filter));
    return gx_relocate_list(req->scope, false, &w);
}

const struct gx_route gx_route_relocation_list = {
    .doc = "The moves between markets that are defined.",
    .method = GX_GET,
    .path = "/api/v1/relocation",
    .who = GX_WHO_SIGNED_IN,
    .out = rows_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = relocation_list,
};

static enum gx_code admin_relocation(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    return gx_relocate_list(req->scope, true, &w);
}

const struct gx_route gx_route_admin_relocation = {
    .doc = "Moves between markets as they are written, and what is wrong with each by now.",
    .method = GX_GET,
    .path = "/api/v1/admin/relocation",
    .who = GX_WHO_ADMIN,
    .out = rows_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = admin_relocation,
};

static enum gx_code admin_relocation_put(struct gx_req *req, const void *in)
{
    (void)in;
    GX_TRY(gx_relocate_put(req->scope, req->params[0], req->json));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_admin_relocation_put = {
    .doc = "Write a move between markets.  All that is wrong is said, with its path in the JSON.",
    .method = GX_PUT,
    .path = "/api/v1/admin/relocation/{relocation}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_LIMIT },
    .handler = admin_relocation_put,
};

static enum gx_code admin_relocation_delete(struct gx_req *req, const void *in)
{
    (void)in;
    GX_TRY(gx_relocate_delete(req->scope, req->params[0]));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_admin_relocation_delete = {
    .doc = "Forget a move between markets; what was moved can still be taken back.",
    .method = GX_DELETE,
    .path = "/api/v1/admin/relocation/{relocation}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = admin_relocation_delete,
};

/* --- what it would do */

struct preview_in {
    int64_t account;
    const struct gx_json *definition;
};

static const struct gx_schema preview_in[] = {
    GX_FIELD(struct preview_in, account, .type = GX_SCHEMA_ID, .required = true),
    GX_FIELD(struct preview_in, definition, .type = GX_SCHEMA_NODE,
             .doc = "Instead of the one that is stored; for administrators."),
    { 0 },
};

static const struct gx_schema field_out[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "before", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { .name = "after", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema record_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "id", .type = GX_SCHEMA_ID, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "does",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "moves; stays, and loses its links to what moves; goes: is removed" },
    { .name = "deleted", .type = GX_SCHEMA_BOOL, .required = true, .doc = "In the recycle bin." },
    { .name = "fields", .type = GX_SCHEMA_LIST, .fields = field_out, .required = true },
    { .name = "problems", .type = GX_SCHEMA_LIST, .fields = problem_out, .required = true },
    { 0 },
};
static const struct gx_schema preview_out[] = {
    { .name = "rows",
      .type = GX_SCHEMA_LIST,
      .fields = record_out,
      .required = true,
      .doc = "The first 300." },
    { .name = "from", .type = GX_SCHEMA_STR, .required = true },
    { .name = "to", .type = GX_SCHEMA_STR, .required = true },
    { .name = "moving", .type = GX_SCHEMA_INT, .required = true },
    { .name = "staying", .type = GX_SCHEMA_INT, .required = true },
    { .name = "removed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "hidden",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Records that change and that the caller may not read." },
    { .name = "problems", .type = GX_SCHEMA_INT, .required = true, .doc = "0: it can be moved." },
    { .name = "shares", .type = GX_SCHEMA_INT, .required = true, .doc = "That are taken back." },
    { .name = "books", .type = GX_SCHEMA_INT, .required = true, .doc = "Places that are left." },
    { .name = "allowed",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "The caller may edit all of it, or has the right to move; who has not that right "
             "must be able to edit it in the other market too." },
    { 0 },
};

static enum gx_code relocation_preview(struct gx_req *req, const void *in_p)
{
    const struct preview_in *in = in_p;
    struct gx_jw w = gx_jw(&req->out);
    struct gx_relocate *def;
    struct gx_json *json;
    if (in->definition)
        GX_TRY(gx_req_admin(req));
    else
        GX_TRY(gx_relocate_find(req->scope, req->params[0], &json));
    GX_TRY(gx_relocate_read(req->scope, in->definition ? in->definition : json, &def));
    return gx_relocate_preview(req->scope, def, in->account, &w);
}

const struct gx_route gx_route_relocation_preview = {
    .doc = "What moving an account would do: each record and field before and after, and what has "
           "no counterpart.  Nothing is written.  Moving is POST /api/v1/account/batch.",
    .method = GX_POST,
    .path = "/api/v1/relocation/{relocation}/preview",
    .who = GX_WHO_SIGNED_IN,
    .asks = true,
    .body = GX_BODY_JSON,
    .in = preview_in,
    .in_size = sizeof(struct preview_in),
    .out = preview_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = relocation_preview,
};
