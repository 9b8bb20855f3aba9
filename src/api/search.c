/* search.c - find anything by a word, a name, some digits. */
#include "store/search.h"

#include "api/app.h"
#include "store/record.h"

static const struct gx_query_param search_query[] = {
    { .name = "q",
      .doc = "What to look for.",
      .type = GX_SCHEMA_STR,
      .required = true,
      .max = 200 },
    { .name = "object", .doc = "Only records of this object.", .type = GX_SCHEMA_STR, .max = 48 },
    { .name = "limit",
      .doc = "At most this many.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = GX_SEARCH_LIMIT_MAX },
    { 0 },
};

static const struct gx_schema match_out[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "text", .type = GX_SCHEMA_STR, .required = true },
    { .name = "from", .type = GX_SCHEMA_INT, .required = true },
    { .name = "to", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

static const struct gx_schema hit_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "subtitle", .type = GX_SCHEMA_STR, .required = true },
    { .name = "match",
      .type = GX_SCHEMA_OBJECT,
      .fields = match_out,
      .required = true,
      .nullable = true },
    { 0 },
};

static const struct gx_schema search_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = hit_out, .required = true },
    { 0 },
};

static enum gx_code search_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object = NULL;
    int64_t limit;
    if (gx_req_query(req, "object").n)
        GX_TRY(gx_object_get(req->scope, gx_req_query(req, "object"), &object));
    GX_TRY(gx_req_query_int(req, "limit", 20, 1, GX_SEARCH_LIMIT_MAX, &limit));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_search(req->scope, object, gx_req_query(req, "q"), (int)limit, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_search_get = {
    .doc = "Find records by name, word, phone digits, e-mail or number.",
    .method = GX_GET,
    .path = "/api/v1/search",
    .who = GX_WHO_SIGNED_IN,
    .query = search_query,
    .out = search_out,
    .errors = { GX_E_NOT_FOUND, GX_E_INVALID, GX_E_LIMIT },
    .handler = search_get,
};
