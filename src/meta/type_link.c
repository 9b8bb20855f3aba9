/* type_link.c - one other record, or several; store/ resolves keys and writes titles. */
#include "base/id.h"
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    int64_t id;
    if (!gx_id_parse(text, &id))
        return gx_type_bad(io, text);
    parts[0] = gx_value_int(id);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    if (node->kind == GX_JSON_OBJECT) /* as it was read: {"id", "title"} */
        node = gx_json_get(node, "id");
    if (!node || node->kind != GX_JSON_STRING)
        return gx_type_wrong(io, "the id of a record", "一筆資料的編號");
    if (node->text.n == 0) {
        parts[0] = GX_NULL_VALUE;
        return GX_OK;
    }
    return from_text(io, node->text, parts);
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_jw_id(w, parts[0].i);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_buf_addi(out, parts[0].i);
}

const struct gx_type_def gx_type_link_def = {
    .name = "link",
    .reply = "{\"$ref\": \"#/components/schemas/link\"}",
    .input = "{\"$ref\": \"#/components/schemas/link_input\"}",
    .label = { "Link", "關聯" },
    .expr = GX_TYPE_LINK,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};

const struct gx_type_def gx_type_file_def = {
    .name = "file",
    .reply = "{\"$ref\": \"#/components/schemas/link\"}",
    .input = "{\"$ref\": \"#/components/schemas/link_input\"}",
    .label = { "File", "檔案" },
    .expr = GX_TYPE_LINK,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
