/* duplicates.c - records that may be the same customer: of one that is there, or still typed. */
#include "quality/duplicates.h"

#include "api/app.h"

static const struct gx_schema record_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema row_out[] = {
    { .name = "record", .type = GX_SCHEMA_OBJECT, .fields = record_out, .required = true },
    { .name = "fields",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "What is alike: fields of the record asked about." },
    { 0 },
};
static const struct gx_schema rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

static void begin(struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
}

static void end(struct gx_jw *w)
{
    gx_jw_array_end(w);
    gx_jw_object_end(w);
}

static enum gx_code duplicates_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    struct gx_jw w = gx_jw(&req->out);
    begin(&w);
    GX_TRY(gx_duplicates_of(req->scope, object, id, &w));
    end(&w);
    return GX_OK;
}

const struct gx_route gx_route_duplicates_get = {
    .doc = "Records that may be the same as this one: alike in name, phone, e-mail or a code.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/duplicates",
    .who = GX_WHO_SIGNED_IN,
    .out = rows_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_LIMIT },
    .handler = duplicates_get,
};

static enum gx_code duplicates_post(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    GX_TRY(gx_req_object(req, 0, &object));
    if (req->json->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR(""), GX_M_WRONG_TYPE, GX_STR("duplicates"),
                       GX_STR("{…}"));
    struct gx_jw w = gx_jw(&req->out);
    begin(&w);
    GX_TRY(gx_duplicates_like(req->scope, object, req->json, &w));
    end(&w);
    return GX_OK;
}

const struct gx_route gx_route_duplicates_post = {
    .doc = "Records that may be the same as one that is still being typed. Nothing is written.",
    .method = GX_POST,
    .path = "/api/v1/{object}/duplicates",
    .who = GX_WHO_SIGNED_IN,
    .asks = true,
    .body = GX_BODY_JSON,
    .body_max = 16 << 10,
    .out = rows_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = duplicates_post,
};
