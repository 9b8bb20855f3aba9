/* segment_list.c - lists frozen from segments: made, shown, taken out, handed over. */
#include "api/app.h"
#include "api/export.h"
#include "base/decimal.h"
#include "report/segment.h"

enum { MEMBERS_USUAL = 50 };

static const struct gx_schema author_out[] = {
    { .name = "id", .type = GX_SCHEMA_ID, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
#define TEXT(key, what)                                                                            \
    {                                                                                              \
        .name = key, .type = GX_SCHEMA_STR, .required = true, .doc = what                          \
    }
#define NUMBER(key, what)                                                                          \
    {                                                                                              \
        .name = key, .type = GX_SCHEMA_INT, .required = true, .nullable = true, .doc = what        \
    }
static const struct gx_schema list_out[] = {
    { .name = "id", .type = GX_SCHEMA_ID, .required = true },
    { .name = "segment", .type = GX_SCHEMA_ID, .required = true },
    TEXT("name", NULL),
    TEXT("object", NULL),
    TEXT("state", "running, frozen, handing (tasks are being written) or failed"),
    { .name = "mine", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "automatic", .type = GX_SCHEMA_BOOL, .required = true },
    TEXT("rule", "The segment's own rule when it was frozen."),
    TEXT("text", "Everything that was asked, as one expression."),
    TEXT("exclude", "Names of the segments left out."),
    TEXT("lists", "Ids of the lists left out."),
    TEXT("seed", NULL),
    TEXT("control", "Percent of the control group."),
    TEXT("cells", NULL),
    { .name = "counts", .type = GX_SCHEMA_NODE, .required = true, .doc = "By cell." },
    TEXT("source", "who was asked: records or warehouse"),
    { .name = "as_of", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    NUMBER("matched", "How many the rule alone found."),
    NUMBER("total", "How many are in it; null to others than its author."),
    NUMBER("seen", "How many of them the caller may see."),
    NUMBER("entered", "Not in the list before."),
    NUMBER("gone", "In the list before, and no more."),
    NUMBER("tasks", "Handed over."),
    NUMBER("refused", "Not handed over: refused."),
    { .name = "created_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "frozen_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    NUMBER("took_ms", NULL),
    TEXT("problem", NULL),
    { .name = "author", .type = GX_SCHEMA_OBJECT, .fields = author_out, .required = true },
    { 0 },
};

static enum gx_code show(struct gx_req *req, int64_t id)
{
    struct gx_jw w = gx_jw(&req->out);
    return gx_segment_list_show(req->scope, id, &w);
}

struct freeze_in {
    struct gx_str name, seed, cells, control;
};

static const struct gx_schema freeze_in[] = {
    GX_FIELD(struct freeze_in, name, .type = GX_SCHEMA_STR, .max = 120,
             .doc = "Of the list; that of the segment and the day when absent."),
    GX_FIELD(struct freeze_in, seed, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "The same seed divides the same people the same way; the segment's, or a new "
                    "one, when absent."),
    GX_FIELD(struct freeze_in, cells, .type = GX_SCHEMA_STR, .max = 400,
             .doc = "Such as “A 50%, B 2000”; those of the segment when absent."),
    GX_FIELD(struct freeze_in, control, .type = GX_SCHEMA_STR, .max = 10,
             .doc = "Percent of the control group; that of the segment when absent."),
    { 0 },
};

static enum gx_code segment_freeze(struct gx_req *req, const void *in_p)
{
    const struct freeze_in *in = in_p;
    struct gx_segment_freeze how = {
        .name = gx_str_trim(in->name), .seed = in->seed, .cells = in->cells, .control = -1
    };
    int64_t id, list;
    GX_TRY(gx_req_id(req, 0, &id));
    if (in->control.n &&
        (!gx_decimal_parse(in->control, 2, &how.control) || how.control < 0 || how.control > 9000))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("control"), GX_M_SEGMENT_CELLS, in->control);
    GX_TRY(gx_segment_freeze(req->scope, gx_api(req)->segments, id, &how, &list));
    req->status = 202;
    return show(req, list);
}

const struct gx_route gx_route_segment_freeze = {
    .doc = "Freeze a list of a segment, in the background: who is in it now, divided into cells "
           "and a control group, each exactly once.  /api/v1/segment_list/{id} says how it goes.",
    .method = GX_POST,
    .path = "/api/v1/segment/{id}/freeze",
    .who = GX_WHO_SIGNED_IN,
    .body = GX_BODY_JSON,
    .in = freeze_in,
    .in_size = sizeof(struct freeze_in),
    .out = list_out,
    .status = 202,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_CONFLICT },
    .handler = segment_freeze,
};

static const struct gx_schema history_out[] = {
    { .name = "at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "size", .type = GX_SCHEMA_INT, .required = true },
    NUMBER("entered", NULL),
    NUMBER("gone", NULL),
    { .name = "list", .type = GX_SCHEMA_ID, .required = true },
    { 0 },
};
static const struct gx_schema lists_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = list_out, .required = true },
    { .name = "history", .type = GX_SCHEMA_LIST, .fields = history_out, .required = true },
    { 0 },
};

static enum gx_code segment_lists(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    struct gx_jw w = gx_jw(&req->out);
    return gx_segment_lists(req->scope, id, &w);
}

const struct gx_route gx_route_segment_lists = {
    .doc = "The lists of a segment, newest first, and the history of its size.",
    .method = GX_GET,
    .path = "/api/v1/segment/{id}/lists",
    .who = GX_WHO_SIGNED_IN,
    .out = lists_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = segment_lists,
};

static enum gx_code list_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    return show(req, id);
}

const struct gx_route gx_route_segment_list_get = {
    .doc = "A list and where it came from: text, author, time, counts, what was left out, seed.",
    .method = GX_GET,
    .path = "/api/v1/segment_list/{id}",
    .who = GX_WHO_SIGNED_IN,
    .out = list_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = list_get,
};

static enum gx_code list_drop(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_segment_list_drop(req->scope, id));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_segment_list_drop = {
    .doc = "Forget a list and who was in it.",
    .method = GX_DELETE,
    .path = "/api/v1/segment_list/{id}",
    .who = GX_WHO_SIGNED_IN,
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_CONFLICT },
    .handler = list_drop,
};

/* --- who is in it */

static const struct gx_query_param members_query[] = {
    { .name = "cell",
      .doc = "Only this cell; all but the control group when absent.",
      .type = GX_SCHEMA_STR,
      .max = 40 },
    { .name = "fields", .doc = "Fields to give.", .type = GX_SCHEMA_STR, .max = 4000 },
    { .name = "limit",
      .doc = "At most this many records.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = GX_LIST_LIMIT_MAX },
    { .name = "cursor",
      .doc = "The `next` of the page before.",
      .type = GX_SCHEMA_STR,
      .max = 4000 },
    { 0 },
};
static const struct gx_query_param export_query[] = {
    { .name = "cell",
      .doc = "Only this cell; all but the control group when absent.",
      .type = GX_SCHEMA_STR,
      .max = 40 },
    { .name = "fields", .doc = "Fields to give.", .type = GX_SCHEMA_STR, .max = 4000 },
    { .name = "format",
      .doc = "csv, xlsx or ndjson.",
      .type = GX_SCHEMA_STR,
      .required = true,
      .max = 10 },
    { .name = "check",
      .doc = "May the file be had?  204, or the refusal; no file.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};
static const struct gx_schema members_out[] = {
    { .name = "rows", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

/* Many records go to nobody who has just found a screen open. */
static enum gx_code reply_file(struct gx_req *req, const struct gx_object *object,
                               struct gx_list_options *options)
{
    int64_t total;
    options->right = GX_RIGHT_EXPORT;
    options->limit = 0;
    if (gx_req_fresh(req) != GX_OK) {
        gx_ctx_clear(req->ctx);
        GX_TRY(gx_list_count(req->scope, object, options, 0, &total));
        if (total > gx_api(req)->tenant->settings.step_up_rows)
            return gx_req_fresh(req);
    }
    if (gx_req_flag(req, "check")) {
        req->status = 204;
        return GX_OK;
    }
    return gx_export_start(req, object, options, gx_req_query(req, "format"));
}

static enum gx_code write_members(struct gx_req *req, struct gx_list *list)
{
    struct gx_jw w = gx_jw(&req->out);
    bool has;
    enum gx_code code;
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    while ((code = gx_list_next(list, &has)) == GX_OK && has)
        gx_list_json(list, &w);
    gx_list_close(list);
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("next"));
    if (gx_list_cursor(list).n)
        gx_jw_str(&w, gx_list_cursor(list));
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return code;
}

/* Who is asked for: members of a list that the caller may see. */
static enum gx_code read_members(struct gx_req *req, struct gx_list_options *options,
                                 const struct gx_object **ret_object)
{
    struct gx_list_among *among = GX_ARENA_NEW(req->ctx->arena, struct gx_list_among);
    *options = (struct gx_list_options){
        .fields = gx_req_query(req, "fields"),
        .cursor = gx_req_query(req, "cursor"),
        .among = among,
        .among_count = 1,
    };
    among->cell = gx_req_query(req, "cell");
    GX_TRY(gx_req_id(req, 0, &among->list));
    return gx_segment_list_object(req->scope, among->list, ret_object);
}

static enum gx_code list_members(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_list_options options;
    struct gx_list *list;
    GX_TRY(read_members(req, &options, &object));
    GX_TRY(gx_req_query_int(req, "limit", MEMBERS_USUAL, 1, GX_LIST_LIMIT_MAX, &options.limit));
    GX_TRY(gx_list_open(req->scope, object, &options, &list));
    return write_members(req, list);
}

const struct gx_route gx_route_segment_list_members = {
    .doc = "Who is in a list and may be seen by the caller, a page at a time.",
    .method = GX_GET,
    .path = "/api/v1/segment_list/{id}/members",
    .who = GX_WHO_SIGNED_IN,
    .query = members_query,
    .out = members_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = list_members,
};

static enum gx_code list_export(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_list_options options;
    GX_TRY(read_members(req, &options, &object));
    return reply_file(req, object, &options);
}

const struct gx_route gx_route_segment_list_export = {
    .doc = "Who is in a list and may be taken out by the caller, as a file.",
    .method = GX_GET,
    .path = "/api/v1/segment_list/{id}/export",
    .who = GX_WHO_SIGNED_IN,
    .query = export_query,
    .out_kind = "text/csv",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = list_export,
};

/* --- handed over */

static const struct gx_schema tasks_in[] = {
    GX_FIELD(struct gx_segment_tasks, subject, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 200),
    GX_FIELD(struct gx_segment_tasks, at, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 40, .doc = "When it is due."),
    GX_FIELD(struct gx_segment_tasks, cell, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "Only this cell; all but the control group when absent."),
    GX_FIELD(struct gx_segment_tasks, owner, .type = GX_SCHEMA_ID,
             .doc = "Who is to do them; whoever owns the record when absent."),
    { 0 },
};

static enum gx_code list_tasks(struct gx_req *req, const void *in)
{
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_segment_hand_over(req->scope, gx_api(req)->segments, id, in));
    req->status = 202;
    return show(req, id);
}

const struct gx_route gx_route_segment_list_tasks = {
    .doc = "Hand a list over: a task for each member, once, in the background and with the "
           "caller's rights; at most 10,000.",
    .method = GX_POST,
    .path = "/api/v1/segment_list/{id}/tasks",
    .who = GX_WHO_SIGNED_IN,
    .body = GX_BODY_JSON,
    .in = tasks_in,
    .in_size = sizeof(struct gx_segment_tasks),
    .out = list_out,
    .status = 202,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_CONFLICT },
    .handler = list_tasks,
};
