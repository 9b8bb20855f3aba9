/* records.c - many records: list, count, create; a list may also be a file. */
#include "api/app.h"
#include "api/export.h"
#include "store/advice.h"
#include "store/list.h"
#include "store/record.h"

enum { COUNT_PATIENCE_US = 300000, LIMIT_USUAL = 50 };

static const struct gx_query_param list_query[] = {
    { .name = "filter",
      .doc = "An expression that records must pass.",
      .type = GX_SCHEMA_STR,
      .max = 8192 },
    { .name = "sort",
      .doc = "Fields to sort by, the first one first; - for descending.",
      .type = GX_SCHEMA_STR,
      .max = 400 },
    { .name = "fields",
      .doc = "Fields to give; paths such as account.owner.name are fields too.",
      .type = GX_SCHEMA_STR,
      .max = 4000 },
    { .name = "limit",
      .doc = "At most this many records.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = GX_LIST_LIMIT_MAX },
    { .name = "cursor",
      .doc = "The `next` of the page before.",
      .type = GX_SCHEMA_STR,
      .max = 4000 },
    { .name = "q",
      .doc = "Only records that search finds with these words.",
      .type = GX_SCHEMA_STR,
      .max = 200 },
    { .name = "book", .doc = "Only what stands in this book.", .type = GX_SCHEMA_ID },
    { .name = "deleted", .doc = "The recycle bin.", .type = GX_SCHEMA_BOOL },
    { .name = "may",
      .doc = "Add to each record what the caller may do with it, as `_may`; not in files.",
      .type = GX_SCHEMA_BOOL },
    { .name = "total",
      .doc = "Also say how many there are, if that can be counted quickly.",
      .type = GX_SCHEMA_BOOL },
    { .name = "format",
      .doc = "csv, xlsx or ndjson: all records as a file.",
      .type = GX_SCHEMA_STR,
      .max = 10 },
    { .name = "check",
      .doc = "With `format`: may the file be had?  204, or the refusal; no file.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

static struct gx_list_options read_options(struct gx_req *req)
{
    return (struct gx_list_options){
        .filter = gx_req_query(req, "filter"),
        .sort = gx_req_query(req, "sort"),
        .fields = gx_req_query(req, "fields"),
        .cursor = gx_req_query(req, "cursor"),
        .q = gx_req_query(req, "q"),
        .deleted = gx_req_flag(req, "deleted"),
    };
}

static enum gx_code write_total(struct gx_req *req, const struct gx_object *object,
                                const struct gx_list_options *options, struct gx_jw *w)
{
    int64_t total = -1;
    gx_jw_key(w, GX_STR("total"));
    if (gx_req_flag(req, "total"))
        GX_TRY(gx_list_count(req->scope, object, options, gx_monotonic_us() + COUNT_PATIENCE_US,
                             &total));
    if (total >= 0)
        gx_jw_int(w, total);
    else
        gx_jw_null(w);
    return GX_OK;
}

static enum gx_code write_page(struct gx_req *req, struct gx_list *list, struct gx_jw *w)
{
    bool has;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (;;) {
        GX_TRY(gx_list_next(list, &has));
        if (!has)
            break;
        gx_list_json(list, w);
    }
    gx_list_close(list);
    gx_jw_array_end(w);
    struct gx_str next = gx_list_cursor(list);
    gx_jw_key(w, GX_STR("next"));
    if (next.n)
        gx_jw_str(w, next);
    else
        gx_jw_null(w);
    return gx_buf_check(&req->out);
}

/* A list that takes too long gets its index all the same. */
static enum gx_code given_up(struct gx_req *req, struct gx_list *list, int64_t took,
                             enum gx_code code)
{
    bool building = false;
    gx_list_close(list);
    if (code != GX_E_LIMIT || gx_advice_ask(req->scope, list, took, &building) != GX_OK ||
        !building)
        return code;
    gx_ctx_clear(req->ctx);
    return gx_fail(req->ctx, GX_E_LIMIT, GX_STR("sort"), GX_M_LIST_INDEXING);
}

/* Many records go to nobody who has just found a screen open. */
static enum gx_code reply_file(struct gx_req *req, const struct gx_object *object,
                               const struct gx_list_options *options)
{
    struct gx_list_options counted = *options;
    int64_t total;
    counted.right = GX_RIGHT_EXPORT;
    counted.limit = 0;
    if (gx_req_fresh(req) != GX_OK) {
        gx_ctx_clear(req->ctx);
        GX_TRY(gx_list_count(req->scope, object, &counted, 0, &total));
        if (total > gx_api(req)->tenant->settings.step_up_rows)
            return gx_req_fresh(req);
    }
    if (gx_req_flag(req, "check")) {
        req->status = 204;
        return GX_OK;
    }
    return gx_export_start(req, object, options, gx_req_query(req, "format"));
}

static enum gx_code records_list(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_list *list;
    GX_TRY(gx_req_object(req, 0, &object));
    struct gx_list_options options = read_options(req);
    GX_TRY(gx_req_query_int(req, "book", 0, 1, INT64_MAX, &options.book));
    if (gx_req_query(req, "format").n)
        return reply_file(req, object, &options);
    GX_TRY(gx_req_query_int(req, "limit", LIMIT_USUAL, 1, GX_LIST_LIMIT_MAX, &options.limit));
    if (gx_req_flag(req, "may"))
        options.may = gx_req_may(req);
    int64_t start = gx_monotonic_us();
    GX_TRY(gx_list_open(req->scope, object, &options, &list));
    struct gx_jw w = gx_jw(&req->out);
    enum gx_code code = write_page(req, list, &w);
    int64_t took = gx_monotonic_us() - start;
    if (code != GX_OK)
        return given_up(req, list, took, code);
    GX_TRY(write_total(req, object, &options, &w));
    gx_jw_key(&w, GX_STR("advice"));
    GX_TRY(gx_advice_give(req->scope, list, took, &w));
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_records_list = {
    .doc = "Records that pass a filter, sorted, a page at a time; or all of them as a file.",
    .method = GX_GET,
    .path = "/api/v1/{object}",
    .who = GX_WHO_SIGNED_IN,
    .query = list_query,
    .out_kind = "records",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = records_list,
};

static const struct gx_query_param count_query[] = {
    { .name = "filter",
      .doc = "An expression that records must pass.",
      .type = GX_SCHEMA_STR,
      .max = 8192 },
    { .name = "q", .doc = "Only records that search finds.", .type = GX_SCHEMA_STR, .max = 200 },
    { .name = "deleted", .doc = "The recycle bin.", .type = GX_SCHEMA_BOOL },
    { 0 },
};

static const struct gx_schema count_out[] = {
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

static enum gx_code records_count(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t count;
    GX_TRY(gx_req_object(req, 0, &object));
    struct gx_list_options options = read_options(req);
    GX_TRY(gx_list_count(req->scope, object, &options, 0, &count));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_int(&w, "count", count);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_records_count = {
    .doc = "How many records pass a filter.",
    .method = GX_GET,
    .path = "/api/v1/{object}/count",
    .who = GX_WHO_SIGNED_IN,
    .query = count_query,
    .out = count_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = records_count,
};

struct new_record {
    struct gx_input *input;
    struct gx_search_ready search;
};

/* Reading the values and splitting their words are half the work, and need no writer. */
static void prepare_create(struct gx_req *req)
{
    const struct gx_object *object;
    struct new_record *new = GX_ARENA_NEW(req->ctx->arena, struct new_record);
    if (gx_req_object(req, 0, &object) != GX_OK ||
        gx_input_json(req->scope, object, req->json, GX_STR(""), &new->input) != GX_OK)
        return;
    gx_input_search(req->ctx->arena, new->input, &new->search);
    req->prepared = new;
}

static enum gx_code records_create(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_input *input;
    const struct new_record *ready = req->prepared;
    struct gx_write_options options = { .search = ready ? &ready->search : NULL };
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    if (ready) /* a copy: this may run again, and defaults go into it */
        input = gx_input_copy(req->scope, ready->input);
    else
        GX_TRY(gx_input_json(req->scope, object, req->json, GX_STR(""), &input));
    GX_TRY(gx_record_create(req->scope, input, &options, &id));
    return gx_reply_created(req, object, id);
}

const struct gx_route gx_route_records_create = {
    .doc = "Create a record.",
    .method = GX_POST,
    .path = "/api/v1/{object}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .out_kind = "record",
    .status = 201,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_DUPLICATE },
    .prepare = prepare_create,
    .handler = records_create,
};
