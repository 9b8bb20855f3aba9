/* import.c - a file becomes records; see store/import.h for the life of an import. */
#include "store/import.h"

#include "api/app.h"
#include "api/import_schema.h"
#include "net/url.h"

static const struct gx_query_param create_query[] = {
    { .name = "object",
      .doc = "What the rows are; guessed from the columns when absent.",
      .type = GX_SCHEMA_STR,
      .max = 48 },
    { 0 },
};

static enum gx_code show(struct gx_req *req, int64_t id)
{
    struct gx_jw w = gx_jw(&req->out);
    return gx_import_show(req->scope, id, &w);
}

static enum gx_code import_create(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object = NULL;
    struct gx_str name = gx_req_header(req, "X-File-Name"), decoded;
    int64_t id;
    if (gx_req_query(req, "object").n)
        GX_TRY(gx_object_get(req->scope, gx_req_query(req, "object"), &object));
    if (object && gx_str_is(object->x.name, "user"))
        GX_TRY(gx_req_fresh(req));
    if (!gx_url_decode(req->ctx->arena, name, false, &decoded))
        decoded = GX_STR("file");
    GX_TRY(gx_import_create(req->scope, object, decoded.n ? decoded : GX_STR("file"),
                            req->body_path, &id));
    req->status = 201;
    return show(req, id);
}

const struct gx_route gx_route_import_create = {
    .doc = "Hand in a file (CSV, TSV, XLSX, NDJSON) as a draft import.",
    .method = GX_POST,
    .path = "/api/v1/import",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_FILE,
    .query = create_query,
    .status = 201,
    .out = gx_import_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_SYNTAX, GX_E_LIMIT },
    .handler = import_create,
};

static enum gx_code import_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    return show(req, id);
}

const struct gx_route gx_route_import_get = {
    .doc = "How an import stands: what the file looks like, mapping, progress, failures.",
    .method = GX_GET,
    .path = "/api/v1/import/{id}",
    .who = GX_WHO_SIGNED_IN,
    .out = gx_import_out,
    .errors = { GX_E_NOT_FOUND },
    .handler = import_get,
};

static enum gx_code import_list(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    return gx_import_list(req->scope, &w);
}

const struct gx_route gx_route_import_list = {
    .doc = "The newest imports.",
    .method = GX_GET,
    .path = "/api/v1/import",
    .who = GX_WHO_SIGNED_IN,
    .out = gx_imports_out,
    .handler = import_list,
};

static enum gx_code import_patch(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    if (req->json->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR(""), GX_M_WRONG_TYPE, GX_STR("import"),
                       GX_STR("{…}"));
    GX_TRY(gx_import_patch(req->scope, id, req->json));
    return show(req, id);
}

const struct gx_route gx_route_import_patch = {
    .doc = "Change a draft: object, mapping, mode, match, encoding, chosen links.",
    .method = GX_PATCH,
    .path = "/api/v1/import/{id}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .out = gx_import_out,
    .errors = { GX_E_NOT_FOUND, GX_E_CONFLICT, GX_E_INVALID, GX_E_FORBIDDEN },
    .handler = import_patch,
};

static enum gx_code start(struct gx_req *req, enum gx_import_job job)
{
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_import_start(req->scope, gx_api(req)->imports, id, job));
    req->status = 202;
    return show(req, id);
}

static enum gx_code import_check(struct gx_req *req, const void *in)
{
    (void)in;
    return start(req, GX_IMPORT_CHECK);
}

static enum gx_code import_run(struct gx_req *req, const void *in)
{
    (void)in;
    return start(req, GX_IMPORT_RUN);
}

static enum gx_code import_undo(struct gx_req *req, const void *in)
{
    (void)in;
    return start(req, GX_IMPORT_UNDO);
}

static enum gx_code import_cancel(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_import_cancel(req->scope, gx_api(req)->imports, id));
    return show(req, id);
}

#define IMPORT_STEP(verb, words, run)                                                              \
    {                                                                                              \
        .doc = words, .method = GX_POST, .path = "/api/v1/import/{id}/" verb,                      \
        .who = GX_WHO_SIGNED_IN, .status = 202, .out = gx_import_out,                              \
        .errors = { GX_E_NOT_FOUND, GX_E_CONFLICT, GX_E_FORBIDDEN }, .handler = run,               \
    }

const struct gx_route gx_route_import_check =
    IMPORT_STEP("check", "Try it without writing: what would happen to each row.", import_check);
const struct gx_route gx_route_import_run =
    IMPORT_STEP("run", "Write the rows, in the background.", import_run);
const struct gx_route gx_route_import_resume =
    IMPORT_STEP("resume", "Go on where a cancelled or failed import stopped.", import_run);
const struct gx_route gx_route_import_cancel =
    IMPORT_STEP("cancel", "Stop after the rows at hand; what is written stays.", import_cancel);
const struct gx_route gx_route_import_undo =
    IMPORT_STEP("undo", "Take back everything the import did, updates included.", import_undo);

static const struct gx_query_param diff_query[] = {
    { .name = "cursor", .doc = "The `next` of the page before.", .type = GX_SCHEMA_ID },
    { .name = "limit",
      .doc = "At most this many rows.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = 1000 },
    { .name = "action",
      .doc = "Only rows of this kind: create, update, same or fail.",
      .type = GX_SCHEMA_STR,
      .max = 8 },
    { 0 },
};

static enum gx_code import_diff(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id, after, limit;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_req_query_int(req, "cursor", 0, 0, INT64_MAX, &after));
    GX_TRY(gx_req_query_int(req, "limit", 100, 1, 1000, &limit));
    struct gx_import_page page = { after, (int)limit, gx_req_query(req, "action") };
    struct gx_jw w = gx_jw(&req->out);
    return gx_import_rows(req->scope, id, &page, &w);
}

const struct gx_route gx_route_import_diff = {
    .doc = "Row by row what a check found.",
    .method = GX_GET,
    .path = "/api/v1/import/{id}/diff",
    .who = GX_WHO_SIGNED_IN,
    .query = diff_query,
    .out = gx_import_rows_out,
    .errors = { GX_E_NOT_FOUND },
    .handler = import_diff,
};

static enum gx_code import_failed(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_import_failed(req->scope, id, &req->out));
    req->content_type = "text/csv; charset=utf-8";
    gx_reply_header(req, "Content-Disposition", GX_STR("attachment; filename=\"failed.csv\""));
    return GX_OK;
}

const struct gx_route gx_route_import_failed = {
    .doc = "The rows that failed, as a file with their reasons.",
    .method = GX_GET,
    .path = "/api/v1/import/{id}/failed",
    .who = GX_WHO_SIGNED_IN,
    .out_kind = "text/csv",
    .errors = { GX_E_NOT_FOUND },
    .handler = import_failed,
};

enum { STREAM_WAIT_US = 3000000 };

static const struct gx_query_param stream_query[] = {
    { .name = "mode", .doc = "create (usual), update, or both.", .type = GX_SCHEMA_STR, .max = 8 },
    { .name = "match",
      .doc = "The fields that find a row's record, with commas between; for update and both.",
      .type = GX_SCHEMA_STR,
      .max = 200 },
    { 0 },
};

static enum gx_code import_stream(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_import_stream stream = { .path = req->body_path,
                                       .mode = gx_req_query(req, "mode"),
                                       .match = gx_req_query(req, "match") };
    struct gx_str type = gx_req_header(req, "Content-Type");
    int64_t id;
    bool over;
    type = gx_str_trim((struct gx_str){ type.p, gx_str_find(type, ';') });
    stream.csv = gx_str_ieq(type, GX_STR("text/csv"));
    if (!stream.csv && !gx_str_ieq(type, GX_STR("application/x-ndjson")))
        return gx_fail(req->ctx, GX_E_MEDIA, GX_STR("Content-Type"), GX_M_NONE);
    GX_TRY(gx_req_object(req, 0, &stream.object));
    GX_TRY(gx_import_stream(req->scope, gx_api(req)->imports, &stream, STREAM_WAIT_US, &id));
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(gx_import_result(req->scope, id, &w, &over));
    req->status = over ? 200 : 202;
    return GX_OK;
}

const struct gx_route gx_route_import_stream = {
    .doc = "Take rows (text/csv or application/x-ndjson) whose columns are named by fields, as an "
           "import that runs at once.  What takes longer than a few seconds is answered 202 and "
           "goes on: see /api/v1/import/{id}.",
    .method = GX_POST,
    .path = "/api/v1/{object}/stream",
    .who = GX_WHO_SIGNED_IN,
    .body = GX_BODY_FILE,
    .query = stream_query,
    .out = gx_import_stream_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_SYNTAX, GX_E_MEDIA, GX_E_LIMIT },
    .handler = import_stream,
};
