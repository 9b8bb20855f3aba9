/* type_links.c - several other records, in a join table; the value is "id,id,…" in order. */
#include "base/id.h"
#include "meta/type_int.h"

enum { LINKS_MAX = 1000 };

static enum gx_code add(struct gx_type_io *io, struct gx_str text, struct gx_buf *out)
{
    int64_t id;
    if (!gx_id_parse(text, &id))
        return gx_type_bad(io, text);
    if (out->n)
        gx_buf_addc(out, ',');
    gx_buf_addi(out, id);
    return GX_OK;
}

static struct gx_value finish(struct gx_type_io *io, struct gx_buf *out)
{
    struct gx_value value = GX_NULL_VALUE;
    if (out->n)
        value = gx_value_text(gx_arena_str(io->ctx->arena, gx_buf_str(out)));
    gx_buf_free(out);
    return value;
}

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    struct gx_buf out = { 0 };
    struct gx_str piece;
    enum gx_code code = GX_OK;
    while (code == GX_OK && gx_str_split(&text, ',', &piece))
        code = add(io, gx_str_trim(piece), &out);
    struct gx_value value = finish(io, &out);
    if (code == GX_OK)
        parts[0] = value;
    return code;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    if (node->kind != GX_JSON_ARRAY || node->count > LINKS_MAX)
        return gx_type_wrong(io, "a list of at most 1000 ids", "編號清單（最多 1000 筆）");
    struct gx_buf out = { 0 };
    enum gx_code code = GX_OK;
    for (const struct gx_json *k = node->first; code == GX_OK && k; k = k->next) {
        struct gx_str id = k->kind == GX_JSON_OBJECT   ? gx_json_get_str(k, "id", GX_STR(""))
                           : k->kind == GX_JSON_STRING ? k->text
                                                       : GX_STR("");
        code = add(io, id, &out);
    }
    struct gx_value value = finish(io, &out);
    if (code == GX_OK)
        parts[0] = value;
    return code;
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    struct gx_str rest = parts[0].s, id;
    gx_jw_array(w);
    while (gx_str_split(&rest, ',', &id))
        gx_jw_str(w, id);
    gx_jw_array_end(w);
}

const struct gx_type_def gx_type_links_def = {
    .name = "links",
    .reply = "{\"type\": \"array\", \"items\": {\"$ref\": \"#/components/schemas/link\"}}",
    .input = "{\"type\": \"array\", \"maxItems\": 1000, \"items\": {\"$ref\": "
             "\"#/components/schemas/link_input\"}}",
    .label = { "Several links", "多筆關聯" },
    .expr = GX_TYPE_LINKS,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = gx_type_print_text,
};
