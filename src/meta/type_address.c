/* type_address.c - a postal address in five parts; the street is what text operators see. */
#include "meta/type_int.h"

enum { PART_MAX = 255 };

static const char *const keys[] = { "street", "city", "region", "postcode", "country" };

int gx_type_address_part(struct gx_str key)
{
    for (int i = 0; i < (int)GX_COUNT(keys); i++)
        if (gx_str_is(key, keys[i]))
            return i;
    return -1;
}

enum gx_code gx_type_address_text(struct gx_type_io *io, int part, struct gx_str text,
                                  struct gx_value *parts)
{
    return gx_type_text(io, text, PART_MAX, &parts[part]);
}

/* One line of a file is the street; people split it later, nothing is lost. */
static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    for (size_t i = 1; i < GX_COUNT(keys); i++)
        parts[i] = GX_NULL_VALUE;
    return gx_type_text(io, text, PART_MAX, &parts[0]);
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    if (node->kind == GX_JSON_STRING)
        return from_text(io, node->text, parts);
    if (node->kind != GX_JSON_OBJECT)
        return gx_type_wrong(io, "an address", "地址");
    for (size_t i = 0; i < GX_COUNT(keys); i++)
        parts[i] = GX_NULL_VALUE;
    for (const struct gx_json *k = node->first; k; k = k->next) {
        size_t i = 0;
        while (i < GX_COUNT(keys) && !gx_str_is(k->key, keys[i]))
            i++;
        if (i == GX_COUNT(keys))
            return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_UNKNOWN_KEY, k->key);
        if (k->kind == GX_JSON_NULL)
            continue;
        struct gx_str text;
        GX_TRY(gx_type_string(io, k, &text));
        GX_TRY(gx_type_text(io, text, PART_MAX, &parts[i]));
    }
    return GX_OK;
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_jw_object(w);
    for (size_t i = 0; i < GX_COUNT(keys); i++)
        if (parts[i].kind == GX_VALUE_TEXT)
            gx_jw_key_str(w, keys[i], parts[i].s);
    gx_jw_object_end(w);
}

/* Large to small, as written in Taiwan: 100 臺北市 中正區 …; a file has one cell for it. */
static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    static const int order[] = { 3, 4, 2, 1, 0 };
    (void)field;
    bool first = true;
    for (size_t i = 0; i < GX_COUNT(order); i++) {
        if (parts[order[i]].kind != GX_VALUE_TEXT)
            continue;
        if (!first)
            gx_buf_addc(out, ' ');
        gx_buf_add(out, parts[order[i]].s);
        first = false;
    }
}

const struct gx_type_def gx_type_address_def = {
    .name = "address",
    .reply = "{\"$ref\": \"#/components/schemas/address\"}",
    .input = "{\"oneOf\": [{\"type\": \"string\"}, {\"$ref\": \"#/components/schemas/address\"}]}",
    .label = { "Address", "地址" },
    .expr = GX_TYPE_TEXT,
    .part_count = 5,
    .parts = { { "", GX_VALUE_TEXT },
               { "_city", GX_VALUE_TEXT },
               { "_region", GX_VALUE_TEXT },
               { "_postcode", GX_VALUE_TEXT },
               { "_country", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
