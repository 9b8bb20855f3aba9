/* type_decimal.c - exact numbers with a fixed number of digits after the point. */
#include "base/decimal.h"
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    int64_t value;
    if (!gx_type_number(io->ctx, text, io->field->x.scale, &value))
        return gx_type_bad(io, text);
    GX_TRY(gx_type_range(io, value, io->field->x.scale));
    parts[0] = gx_value_int(value);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    int64_t value;
    if (node->kind != GX_JSON_NUMBER && node->kind != GX_JSON_STRING)
        return gx_type_wrong(io, "a number", "數字");
    if (!gx_decimal_parse(node->text, io->field->x.scale, &value))
        return gx_type_bad(io, node->text);
    GX_TRY(gx_type_range(io, value, io->field->x.scale));
    parts[0] = gx_value_int(value);
    return GX_OK;
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    gx_jw_decimal(w, parts[0].i, field->x.scale);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    char digits[32];
    gx_buf_add(out,
               (struct gx_str){ digits, gx_decimal_write(digits, parts[0].i, field->x.scale) });
}

const struct gx_type_def gx_type_decimal_def = {
    .name = "decimal",
    .reply = "{\"$ref\": \"#/components/schemas/decimal\"}",
    .input = "{\"$ref\": \"#/components/schemas/decimal_input\"}",
    .label = { "Number", "數字" },
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
