/* type_integer.c - whole numbers. */
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    int64_t value;
    if (!gx_type_number(io->ctx, text, 0, &value))
        return gx_type_bad(io, text);
    GX_TRY(gx_type_range(io, value, 0));
    parts[0] = gx_value_int(value);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    int64_t value;
    if (!gx_json_int64(node, &value))
        return gx_type_wrong(io, "a whole number", "整數");
    GX_TRY(gx_type_range(io, value, 0));
    parts[0] = gx_value_int(value);
    return GX_OK;
}

/* JavaScript reads numbers past 2^53 wrongly, so those travel as text. */
static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    const int64_t exact = INT64_C(1) << 53;
    if (parts[0].i > exact || parts[0].i < -exact)
        gx_jw_id(w, parts[0].i);
    else
        gx_jw_int(w, parts[0].i);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_buf_addi(out, parts[0].i);
}

const struct gx_type_def gx_type_integer_def = {
    .name = "integer",
    .reply = "{\"type\": [\"integer\", \"string\"], \"format\": \"int64\"}",
    .input = "{\"type\": \"integer\", \"format\": \"int64\"}",
    .label = { "Whole number", "整數" },
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
