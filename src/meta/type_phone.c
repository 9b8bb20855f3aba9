/* type_phone.c - a phone number: as typed, and its E.164 key beside it. */
#include "base/phone.h"
#include "meta/type_int.h"

/* A number that is none is kept as typed, without a key: a CRM must not refuse "ask Lin". */
static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    GX_TRY(gx_type_text(io, text, GX_PHONE_TYPED_BYTES_MAX, &parts[0]));
    parts[1] = GX_NULL_VALUE;
    struct gx_str key;
    if (parts[0].kind == GX_VALUE_TEXT &&
        gx_phone_e164(io->ctx->arena, parts[0].s, io->region, &key) == GX_OK)
        parts[1] = gx_value_text(key);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str text;
    GX_TRY(gx_type_string(io, node, &text));
    return from_text(io, text, parts);
}

const struct gx_type_def gx_type_phone_def = {
    .name = "phone",
    .reply = "{\"type\": \"string\"}",
    .label = { "Phone", "電話" },
    .expr = GX_TYPE_TEXT,
    .part_count = 2,
    .parts = { { "", GX_VALUE_TEXT }, { "_e164", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = gx_type_write_text,
    .to_text = gx_type_print_text,
};
