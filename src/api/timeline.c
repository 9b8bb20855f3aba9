/* timeline.c - everything on a record as one stream, newest first. */
#include "store/timeline.h"

#include "api/app.h"

static const struct gx_query_param timeline_query[] = {
    { .name = "kinds",
      .doc = "Only these, separated by commas: change, move, record, file, or kinds of activity "
             "(note, task, call, meeting, visit, email).",
      .type = GX_SCHEMA_STR,
      .max = 500 },
    { .name = "cursor",
      .doc = "The `next` of the page before.",
      .type = GX_SCHEMA_STR,
      .max = 2000 },
    { .name = "limit",
      .doc = "At most this many entries.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = GX_TIMELINE_LIMIT_MAX },
    { 0 },
};

static enum gx_code timeline(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_timeline_options options = {
        .may = gx_req_may(req),
        .kinds = gx_req_query(req, "kinds"),
        .cursor = gx_req_query(req, "cursor"),
    };
    int64_t id, limit;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_req_query_int(req, "limit", GX_TIMELINE_LIMIT, 1, GX_TIMELINE_LIMIT_MAX, &limit));
    options.limit = (int)limit;
    struct gx_jw w = gx_jw(&req->out);
    return gx_timeline(req->scope, object, id, &options, &w);
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
    { .name = "type",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "activity, file, change, move, created, imported, deleted or restored." },
    { .name = "id",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Of the activity or file, else of the entry in the log." },
    { .name = "at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "by",
      .type = GX_SCHEMA_OBJECT,
      .fields = by_out,
      .required = true,
      .nullable = true },
    { .name = "import", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "changes", .type = GX_SCHEMA_LIST, .fields = change_out, .required = true },
    { .name = "record",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .nullable = true,
      .doc = "The activity or file." },
    { 0 },
};
static const struct gx_schema timeline_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = entry_out, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

const struct gx_route gx_route_timeline = {
    .doc = "Everything on a record: activities, files, moves and changes, newest first.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/timeline",
    .who = GX_WHO_SIGNED_IN,
    .query = timeline_query,
    .out = timeline_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = timeline,
};
