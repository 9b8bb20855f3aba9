/* record.c - one record: read, change, delete, bring back. */
#include "store/record.h"

#include "api/app.h"
#include "store/list.h"

static const struct gx_query_param read_query[] = {
    { .name = "fields",
      .doc = "Fields to give, separated by commas; paths such as account.name.",
      .type = GX_SCHEMA_STR,
      .max = 4000 },
    { .name = "deleted", .doc = "Look in the recycle bin.", .type = GX_SCHEMA_BOOL },
    { 0 },
};

static enum gx_code record_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    return gx_reply_record(req, object, id, gx_req_query(req, "fields"),
                           gx_req_flag(req, "deleted"));
}

const struct gx_route gx_route_record_get = {
    .doc = "Read one record.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}",
    .who = GX_WHO_SIGNED_IN,
    .query = read_query,
    .out_kind = "record",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = record_get,
};

/* The reply of a conflict carries the record as it is, so that nothing has to be asked again. */
static enum gx_code with_current(struct gx_req *req, const struct gx_object *object, int64_t id,
                                 enum gx_code code)
{
    if (code != GX_E_CONFLICT)
        return code;
    gx_reply_header(req, "X-Current",
                    gx_arena_printf(req->ctx->arena, "%.*s/api/v1/%.*s/%lld", GX_STR_ARG(req->base),
                                    GX_STR_ARG(object->x.name), (long long)id));
    return code;
}

static enum gx_code record_patch(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id, version;
    struct gx_input *input;
    struct gx_write_options options = { 0 };
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_req_version(req, &version));
    GX_TRY(gx_input_json(req->scope, object, req->json, GX_STR(""), &input));
    enum gx_code code = gx_record_update(req->scope, id, version, input, &options, NULL, &version);
    if (code != GX_OK)
        return with_current(req, object, id, code);
    return gx_reply_written(req, object, id, version);
}

const struct gx_route gx_route_record_patch = {
    .doc = "Change fields of a record. With If-Match, only that version.",
    .method = GX_PATCH,
    .path = "/api/v1/{object}/{id}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .out_kind = "record",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_CONFLICT, GX_E_DUPLICATE },
    .handler = record_patch,
};

static const struct gx_query_param delete_query[] = {
    { .name = "purge",
      .doc = "For good, not to the recycle bin; needs the right to purge.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

static enum gx_code record_delete(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id, version;
    struct gx_write_options options = { 0 };
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_req_version(req, &version));
    if (gx_req_flag(req, "purge"))
        GX_TRY(gx_record_purge(req->scope, object, id, &options));
    else
        GX_TRY(gx_record_delete(req->scope, object, id, version, &options));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_record_delete = {
    .doc = "Move a record to the recycle bin.",
    .method = GX_DELETE,
    .path = "/api/v1/{object}/{id}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .query = delete_query,
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_CONFLICT, GX_E_IN_USE },
    .handler = record_delete,
};

static enum gx_code record_restore(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id;
    struct gx_write_options options = { 0 };
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_record_restore(req->scope, object, id, &options));
    return gx_reply_record(req, object, id, GX_STR(""), false);
}

const struct gx_route gx_route_record_restore = {
    .doc = "Bring a record back from the recycle bin.",
    .method = GX_POST,
    .path = "/api/v1/{object}/{id}/restore",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .out_kind = "record",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_DUPLICATE },
    .handler = record_restore,
};

static const struct gx_query_param history_query[] = {
    { .name = "cursor", .doc = "The `next` of the page before.", .type = GX_SCHEMA_ID },
    { .name = "limit",
      .doc = "At most this many entries.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = 200 },
    { 0 },
};

static enum gx_code record_history(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id, before, limit;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_req_query_int(req, "cursor", 0, 0, INT64_MAX, &before));
    GX_TRY(gx_req_query_int(req, "limit", 50, 1, 200, &limit));
    struct gx_jw w = gx_jw(&req->out);
    return gx_record_history(req->scope, object, id, before, (int)limit, &w);
}

static const struct gx_schema by_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema change_out[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "old", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { .name = "new", .type = GX_SCHEMA_NODE, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema entry_out[] = {
    { .name = "seq", .type = GX_SCHEMA_STR, .required = true },
    { .name = "at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "by",
      .type = GX_SCHEMA_OBJECT,
      .fields = by_out,
      .required = true,
      .nullable = true },
    { .name = "kind", .type = GX_SCHEMA_STR, .required = true },
    { .name = "version", .type = GX_SCHEMA_INT, .required = true },
    { .name = "import", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true },
    { .name = "changes", .type = GX_SCHEMA_LIST, .fields = change_out, .required = true },
    { 0 },
};
static const struct gx_schema history_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = entry_out, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

const struct gx_route gx_route_record_history = {
    .doc = "Who changed what in a record, newest first.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/history",
    .who = GX_WHO_SIGNED_IN,
    .query = history_query,
    .out = history_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = record_history,
};
