/* type_percent.c - a share of a hundred: 12.5 means 12.5 %; stored and written as a decimal. */
#include "meta/type_int.h"

extern const struct gx_type_def gx_type_decimal_def;

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    return gx_type_decimal_def.from_json(io, node, parts);
}

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    return gx_type_decimal_def.from_text(io, text, parts);
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    gx_type_decimal_def.to_json(w, field, parts);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    gx_type_decimal_def.to_text(out, field, parts);
}

const struct gx_type_def gx_type_percent_def = {
    .name = "percent",
    .reply = "{\"$ref\": \"#/components/schemas/decimal\"}",
    .input = "{\"$ref\": \"#/components/schemas/decimal_input\"}",
    .label = { "Percent", "百分比" },
    .expr = GX_TYPE_NUMBER,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
