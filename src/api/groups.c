/* groups.c - a list, counted and summed by a field. */
#include "api/app.h"
#include "store/group.h"
#include "store/record.h"

static const struct gx_query_param groups_query[] = {
    { .name = "by",
      .doc = "A field, or an expression such as year(d) * 100 + month(d); absent: one group.",
      .type = GX_SCHEMA_STR,
      .max = 400 },
    { .name = "sum",
      .doc = "Number and money fields to add up, with commas between.",
      .type = GX_SCHEMA_STR,
      .max = 400 },
    { .name = "filter",
      .doc = "An expression that records must pass.",
      .type = GX_SCHEMA_STR,
      .max = 8192 },
    { .name = "q", .doc = "Only records that search finds.", .type = GX_SCHEMA_STR, .max = 200 },
    { .name = "deleted", .doc = "The recycle bin.", .type = GX_SCHEMA_BOOL },
    { 0 },
};

static const struct gx_schema group_out[] = {
    { .name = "key", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "sums", .type = GX_SCHEMA_NODE, .required = true },
    { 0 },
};
static const struct gx_schema groups_out[] = {
    { .name = "groups", .type = GX_SCHEMA_LIST, .fields = group_out, .required = true },
    { .name = "complete",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "False: more than 1,000 groups, or, without any, it would take too long." },
    { 0 },
};

static enum gx_code groups(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    GX_TRY(gx_req_object(req, 0, &object));
    const struct gx_group_options options = {
        .filter = gx_req_query(req, "filter"),
        .q = gx_req_query(req, "q"),
        .deleted = gx_req_flag(req, "deleted"),
        .by = gx_str_trim(gx_req_query(req, "by")),
        .sums = gx_req_query(req, "sum"),
    };
    struct gx_jw w = gx_jw(&req->out);
    return gx_group(req->scope, object, &options, &w);
}

const struct gx_route gx_route_groups = {
    .doc = "How many records pass a filter, and what they come to, by a field.",
    .method = GX_GET,
    .path = "/api/v1/{object}/groups",
    .who = GX_WHO_SIGNED_IN,
    .query = groups_query,
    .out = groups_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = groups,
};
