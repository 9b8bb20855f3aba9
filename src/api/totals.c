/* totals.c - counts and sums for who may not read the records; see store/total.c. */
#include "api/app.h"
#include "store/group.h"
#include "store/record.h"

struct totals_in {
    struct gx_str by, sum, filter;
};

static const struct gx_schema totals_in[] = {
    GX_FIELD(struct totals_in, by, .type = GX_SCHEMA_STR, .max = 400,
             .doc = "A choice, a link or a yes-or-no field; absent: one group."),
    GX_FIELD(struct totals_in, sum, .type = GX_SCHEMA_STR, .max = 400,
             .doc = "Number and money fields to add up, with commas between."),
    GX_FIELD(struct totals_in, filter, .type = GX_SCHEMA_STR, .max = 4096,
             .doc = "An expression over choices, links, yes-or-no fields and dates of the object."),
    { 0 },
};

static const struct gx_schema group_out[] = {
    { .name = "key", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "sums",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .doc = "null: too few records have a value" },
    { 0 },
};
static const struct gx_schema totals_out[] = {
    { .name = "groups", .type = GX_SCHEMA_LIST, .fields = group_out, .required = true },
    { .name = "suppressed",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Groups left out, because they are small or would give a small one away." },
    { .name = "complete", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};

static enum gx_code totals(struct gx_req *req, const void *in_p)
{
    const struct totals_in *in = in_p;
    const struct gx_object *object;
    GX_TRY(gx_req_object(req, 0, &object));
    const struct gx_group_options options = {
        .totals = true,
        .filter = in->filter,
        .by = gx_str_trim(in->by),
        .sums = in->sum,
    };
    struct gx_jw w = gx_jw(&req->out);
    return gx_group(req->scope, object, &options, &w);
}

const struct gx_route gx_route_totals = {
    .doc = "Counts and sums over the records of the right to totals, which the caller need not be "
           "able to read.  Questions are remembered for a day.  Small groups are left out, and a "
           "question is refused that differs from "
           "one asked within a day by a few records.",
    .method = GX_POST,
    .path = "/api/v1/{object}/totals",
    .who = GX_WHO_SIGNED_IN,
    .asks = true,
    .body = GX_BODY_JSON,
    .in = totals_in,
    .in_size = sizeof(struct totals_in),
    .out = totals_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_RATE },
    .handler = totals,
};
