/* type_duration.c - how long something takes. */
#include "base/time.h"
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    int64_t us;
    if (!gx_duration_parse(text, &us))
        return gx_type_bad(io, text);
    parts[0] = gx_value_int(us);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    if (node->kind != GX_JSON_STRING)
        return gx_type_wrong(io, "a duration, such as \"PT1H30M\"", "時間長度，例如「PT1H30M」");
    return from_text(io, node->text, parts);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    struct gx_arena arena = { 0 };
    gx_buf_add(out, gx_duration_format(&arena, parts[0].i));
    gx_arena_free(&arena);
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    struct gx_arena arena = { 0 };
    gx_jw_str(w, gx_duration_format(&arena, parts[0].i));
    gx_arena_free(&arena);
}

const struct gx_type_def gx_type_duration_def = {
    .name = "duration",
    .reply = "{\"type\": \"string\", \"format\": \"duration\"}",
    .label = { "Duration", "時間長度" },
    .expr = GX_TYPE_DURATION,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
