/* type_autonumber.c - a number given once by the program ("Q-2026-0001"); store/ counts. */
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    return gx_type_text(io, text, 64, &parts[0]);
}

/* Only an import may bring numbers given elsewhere; store/ refuses them otherwise. */
static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str text;
    GX_TRY(gx_type_string(io, node, &text));
    return from_text(io, text, parts);
}

const struct gx_type_def gx_type_autonumber_def = {
    .name = "autonumber",
    .reply = "{\"type\": \"string\"}",
    .label = { "Number series", "自動編號" },
    .expr = GX_TYPE_TEXT,
    .part_count = 1,
    .parts = { { "", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = gx_type_write_text,
    .to_text = gx_type_print_text,
};
