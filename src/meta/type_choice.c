/* type_choice.c - one of a list; the code is stored, labels in any language are understood. */
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    struct gx_str code;
    GX_TRY(gx_type_choice(io, text, &code));
    parts[0] = gx_value_text(code);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str text;
    GX_TRY(gx_type_string(io, node, &text));
    if (text.n == 0) {
        parts[0] = GX_NULL_VALUE;
        return GX_OK;
    }
    return from_text(io, text, parts);
}

const struct gx_type_def gx_type_choice_def = {
    .name = "choice",
    .reply = "{\"type\": \"string\"}",
    .label = { "Choice", "選項" },
    .expr = GX_TYPE_CHOICE,
    .part_count = 1,
    .parts = { { "", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = gx_type_write_text,
    .to_text = gx_type_print_text,
};

/* A process state is a choice whose moves are ruled by the process; store/ checks those. */
const struct gx_type_def gx_type_process_def = {
    .name = "process",
    .reply = "{\"type\": \"string\"}",
    .label = { "Process state", "流程狀態" },
    .expr = GX_TYPE_CHOICE,
    .part_count = 1,
    .parts = { { "", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = gx_type_write_text,
    .to_text = gx_type_print_text,
};
