/* openapi_parts.c - what operations refer to: problems, records, ways to sign in. */
#include "api/openapi.h"

static void write_problem(struct gx_jw *w)
{
    gx_jw_key(w, GX_STR("problem"));
    gx_jw_object(w);
    gx_jw_key_raw(w, "type", "\"object\"");
    gx_jw_key_raw(w, "description", "\"RFC 9457.\"");
    gx_jw_key_raw(w, "required",
                  "[\"type\", \"title\", \"status\", \"code\", \"detail\","
                  " \"request_id\", \"errors\"]");
    gx_jw_key(w, GX_STR("properties"));
    gx_jw_object(w);
    gx_jw_key_raw(w, "type", "{\"type\": \"string\", \"format\": \"uri\"}");
    gx_jw_key_raw(w, "title", "{\"type\": \"string\"}");
    gx_jw_key_raw(w, "status", "{\"type\": \"integer\"}");
    gx_jw_key(w, GX_STR("code"));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("enum"));
    gx_jw_array(w);
    for (int c = GX_OK + 1; c < GX_CODE_COUNT; c++)
        gx_jw_str(w, gx_str_c(gx_code_wire((enum gx_code)c)));
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    gx_jw_key_raw(w, "detail", "{\"type\": \"string\"}");
    gx_jw_key_raw(w, "request_id", "{\"type\": \"string\"}");
    gx_jw_key_raw(w, "errors",
                  "{\"type\": \"array\", \"items\": {\"$ref\":"
                  " \"#/components/schemas/problem_item\"}}");
    gx_jw_object_end(w);
    gx_jw_key_raw(w, "additionalProperties", "false");
    gx_jw_object_end(w);
    gx_jw_key_raw(
        w, "problem_item",
        "{\"type\": \"object\", \"required\": [\"path\", \"code\", \"detail\"], \"properties\": {"
        "\"path\": {\"type\": \"string\", \"description\": \"Which part of the input.\"},"
        " \"code\": {\"type\": \"string\"}, \"detail\": {\"type\": \"string\"},"
        " \"at\": {\"type\": \"integer\", \"description\": \"Byte of an expression.\"},"
        " \"line\": {\"type\": \"integer\"}, \"file\": {\"type\": \"string\"}}, "
        "\"additionalProperties\": false}");
}

void gx_openapi_components(struct gx_jw *w, struct gx_ctx *ctx, const struct gx_meta *meta)
{
    gx_jw_key(w, GX_STR("components"));
    gx_jw_object(w);
    gx_jw_key_raw(w, "securitySchemes",
                  "{\"bearer\": {\"type\": \"http\", \"scheme\": \"bearer\"},"
                  " \"cookie\": {\"type\": \"apiKey\", \"in\": \"cookie\", \"name\":"
                  " \"gx_session\"},"
                  " \"csrf\": {\"type\": \"apiKey\", \"in\": \"header\", \"name\":"
                  " \"X-CSRF-Token\", \"description\": \"Beside the cookie, for methods that"
                  " change something: `csrf` of the session.\"}}");
    gx_jw_key_raw(w, "responses",
                  "{\"problem\": {\"description\": \"What went wrong.\", \"content\":"
                  " {\"application/problem+json\": {\"schema\":"
                  " {\"$ref\": \"#/components/schemas/problem\"}}}}}");
    gx_jw_key(w, GX_STR("schemas"));
    gx_jw_object(w);
    write_problem(w);
    gx_jw_key_raw(w, "advice",
                  "{\"type\": \"object\", \"required\": [\"took_ms\", \"state\", \"index\","
                  " \"reason\"], \"properties\": {\"took_ms\": {\"type\": \"integer\"},"
                  " \"state\": {\"enum\": [\"building\", \"built\", \"none\"]},"
                  " \"index\": {\"type\": \"string\"}, \"reason\": {\"type\": \"string\"}},"
                  " \"additionalProperties\": false}");
    gx_meta_describe_shared(w);
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        gx_jw_key(w, gx_arena_printf(ctx->arena, "record.%.*s", GX_STR_ARG(object->x.name)));
        gx_object_describe_reply(w, object, ctx->lang);
        gx_jw_key(w, gx_arena_printf(ctx->arena, "input.%.*s", GX_STR_ARG(object->x.name)));
        gx_object_describe_input(w, object, ctx->lang);
    }
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}
