/* check.c - would this record pass?  For forms, while somebody is still typing. */
#include "api/app.h"
#include "store/record.h"

static const struct gx_query_param check_query[] = {
    { .name = "id",
      .doc = "The record that would be changed; absent for a new one.",
      .type = GX_SCHEMA_ID },
    { 0 },
};

static const struct gx_schema error_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { .name = "code", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static const struct gx_schema warning_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static const struct gx_schema check_out[] = {
    { .name = "hidden", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "required", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "errors", .type = GX_SCHEMA_LIST, .fields = error_out, .required = true },
    { .name = "warnings",
      .type = GX_SCHEMA_LIST,
      .fields = warning_out,
      .required = true,
      .doc = "What may be wrong; it can be saved all the same. Only when there are no errors." },
    { 0 },
};

static void write_names(struct gx_jw *w, const struct gx_object *object, const bool *flags,
                        bool value, const char *key)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_array(w);
    for (size_t i = 0; i < object->field_count; i++)
        if (flags[i] == value && object->fields[i].access != GX_FIELD_HIDDEN)
            gx_jw_str(w, object->fields[i].x.name);
    gx_jw_array_end(w);
}

static void write_warnings(struct gx_jw *w, const struct gx_object *object, const bool *warned,
                           enum gx_lang lang)
{
    gx_jw_key(w, GX_STR("warnings"));
    gx_jw_array(w);
    for (size_t i = 0; i < object->rule_count; i++) {
        if (!warned[i])
            continue;
        gx_jw_object(w);
        gx_jw_key_str(w, "path",
                      gx_object_field(object, object->rules[i].field) ? object->rules[i].field
                                                                      : GX_STR(""));
        gx_jw_key_str(w, "detail", gx_label_text(&object->rules[i].message, lang));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

static enum gx_code record_check(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_input *input;
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_query_int(req, "id", 0, 1, INT64_MAX, &id));
    bool *shown = GX_ARENA_ARRAY(req->ctx->arena, bool, object->field_count);
    bool *required = GX_ARENA_ARRAY(req->ctx->arena, bool, object->field_count);
    for (size_t i = 0; i < object->field_count; i++)
        shown[i] = true;
    enum gx_code code = gx_input_json(req->scope, object, req->json, GX_STR(""), &input);
    if (code == GX_OK)
        code = gx_record_check(req->scope, id, input, shown, required);
    if (code != GX_OK && code != GX_E_INVALID)
        return code;
    bool *warned = GX_ARENA_ARRAY(req->ctx->arena, bool, object->rule_count + 1);
    if (code == GX_OK)
        GX_TRY(gx_record_warnings(req->scope, input, warned));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    write_names(&w, object, shown, false, "hidden");
    write_names(&w, object, required, true, "required");
    gx_jw_key(&w, GX_STR("errors"));
    gx_jw_array(&w);
    for (const struct gx_error *e = req->ctx->errors; e; e = e->next) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "path", e->path);
        gx_jw_key_str(&w, "code", gx_str_c(gx_code_wire(e->code)));
        gx_jw_key_str(&w, "detail", gx_error_text(req->ctx->arena, e, req->ctx->lang));
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    write_warnings(&w, object, warned, req->ctx->lang);
    gx_jw_object_end(&w);
    gx_ctx_clear(req->ctx);
    return GX_OK;
}

const struct gx_route gx_route_record_check = {
    .doc = "Check a record without writing it: hidden and required fields, errors, warnings.",
    .method = GX_POST,
    .path = "/api/v1/{object}/check",
    .who = GX_WHO_SIGNED_IN,
    .asks = true,
    .body = GX_BODY_JSON,
    .query = check_query,
    .out = check_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = record_check,
};
