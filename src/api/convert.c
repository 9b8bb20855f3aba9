/* convert.c - a record becomes others: what it would become, and doing it. */
#include "store/convert.h"

#include "api/app.h"
#include "store/list.h"

static const struct gx_schema match_record_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema match_out[] = {
    { .name = "record", .type = GX_SCHEMA_OBJECT, .fields = match_record_out, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema target_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "optional", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "matches", .type = GX_SCHEMA_LIST, .fields = match_out, .required = true },
    { 0 },
};
static const struct gx_schema preview_out[] = {
    { .name = "converted", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "targets", .type = GX_SCHEMA_LIST, .fields = target_out, .required = true },
    { 0 },
};

static enum gx_code convert_preview(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    struct gx_jw w = gx_jw(&req->out);
    return gx_convert_preview(req->scope, object, id, &w);
}

const struct gx_route gx_route_convert_preview = {
    .doc = "What a record would become, and which existing records could be taken instead.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/convert",
    .who = GX_WHO_SIGNED_IN,
    .out = preview_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = convert_preview,
};

/* {"account": "12" | null | true | false, …} */
static enum gx_code read_choice(struct gx_req *req, const struct gx_json *node,
                                struct gx_convert_choice *choice)
{
    *choice = (struct gx_convert_choice){ .object = node->key };
    switch (node->kind) {
    case GX_JSON_NULL:
        return GX_OK;
    case GX_JSON_BOOL:
        choice->make = node->truth;
        choice->leave = !node->truth;
        return GX_OK;
    case GX_JSON_STRING:
        if (gx_json_int64(node, &choice->existing) && choice->existing > 0)
            return GX_OK;
        break;
    case GX_JSON_NUMBER:
    case GX_JSON_ARRAY:
    case GX_JSON_OBJECT:
        break;
    }
    return gx_fail(req->ctx, GX_E_INVALID, node->key, GX_M_BAD_FORMAT, node->key, node->text);
}

static enum gx_code reply(struct gx_req *req, const struct gx_object *object, int64_t id,
                          const struct gx_conversion *made)
{
    struct gx_list *list;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    for (size_t i = 0; i < made->target_count; i++) {
        gx_jw_key(&w, made->targets[i].object->x.name);
        if (made->targets[i].id)
            GX_TRY(gx_convert_write_link(req->scope, made->targets[i].object, made->targets[i].id,
                                         &w));
        else
            gx_jw_null(&w);
    }
    gx_jw_key(&w, GX_STR("record"));
    GX_TRY(gx_list_open_one(req->scope, object, id, GX_STR(""), false, gx_req_may(req), &list));
    gx_list_json(list, &w);
    gx_list_close(list);
    gx_jw_key_int(&w, "carried", made->carried);
    gx_jw_key_int(&w, "left", made->left);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code convert_post(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id, version;
    struct gx_convert_choice choices[GX_CONVERT_TARGETS_MAX];
    struct gx_conversion made;
    size_t count = 0;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_req_version(req, &version));
    if (req->json->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR(""), GX_M_WRONG_TYPE, GX_STR("convert"),
                       GX_STR("{…}"));
    for (const struct gx_json *k = req->json->first; k; k = k->next) {
        if (count == GX_COUNT(choices))
            return gx_fail(req->ctx, GX_E_INVALID, k->key, GX_M_CONVERT_NO_TARGET, k->key);
        GX_TRY(read_choice(req, k, &choices[count++]));
    }
    GX_TRY(gx_convert(req->scope, object, id, version, choices, count, &made));
    return reply(req, object, id, &made);
}

const struct gx_route gx_route_convert_post = {
    .doc = "Make of a record what it becomes: for each kind an existing record's id, true or null "
           "for a new one, false for none.",
    .method = GX_POST,
    .path = "/api/v1/{object}/{id}/convert",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_CONFLICT, GX_E_DUPLICATE,
                GX_E_LIMIT },
    .handler = convert_post,
};
