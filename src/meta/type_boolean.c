/* type_boolean.c - yes or no. */
#include "base/text.h"
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    static const char *const yes[] = { "true", "yes", "y",  "1", "x", "on",
                                       "是",   "有",  "真", "v", "✓" };
    static const char *const no[] = { "false", "no", "n", "0", "off", "否", "無", "假", "-" };
    struct gx_str folded = gx_text_fold(io->ctx->arena, text);
    for (size_t i = 0; i < GX_COUNT(yes); i++)
        if (gx_str_eq(folded, gx_text_fold(io->ctx->arena, gx_str_c(yes[i])))) {
            parts[0] = gx_value_int(1);
            return GX_OK;
        }
    for (size_t i = 0; i < GX_COUNT(no); i++)
        if (gx_str_eq(folded, gx_text_fold(io->ctx->arena, gx_str_c(no[i])))) {
            parts[0] = gx_value_int(0);
            return GX_OK;
        }
    return gx_type_bad(io, text);
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    if (node->kind != GX_JSON_BOOL)
        return gx_type_wrong(io, "true or false", "true 或 false");
    parts[0] = gx_value_int(node->truth);
    return GX_OK;
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_jw_bool(w, parts[0].i != 0);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_buf_addz(out, parts[0].i ? "true" : "false");
}

const struct gx_type_def gx_type_boolean_def = {
    .name = "boolean",
    .reply = "{\"type\": \"boolean\"}",
    .label = { "Yes/No", "是／否" },
    .expr = GX_TYPE_BOOL,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
