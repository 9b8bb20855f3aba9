/* type_longtext.c - text of several lines, Markdown; 100,000 characters unless said otherwise. */
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    return gx_type_text(io, text, io->field->has_max ? io->field->max : 100000, &parts[0]);
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str text;
    GX_TRY(gx_type_string(io, node, &text));
    return from_text(io, text, parts);
}

const struct gx_type_def gx_type_longtext_def = {
    .name = "longtext",
    .reply = "{\"type\": \"string\"}",
    .label = { "Long text", "長文字" },
    .expr = GX_TYPE_TEXT,
    .part_count = 1,
    .parts = { { "", GX_VALUE_TEXT } },
    .sortable = false,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = gx_type_write_text,
    .to_text = gx_type_print_text,
};
