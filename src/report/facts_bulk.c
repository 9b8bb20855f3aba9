/* facts_bulk.c - bulk tables as packs declare them. */
#include "report/facts_int.h"

static const char *const types[] = { "text", "integer", "money", "date", "datetime", "link" };

static enum gx_code read_type(struct facts_reading *r, const struct gx_json *node,
                              struct gx_bulk_column *c)
{
    struct gx_str text = gx_json_get_str(node, "type", GX_STR("text"));
    size_t i = 0;
    while (i < GX_COUNT(types) && !gx_str_is(text, types[i]))
        i++;
    if (i == GX_COUNT(types))
        return facts_bad(r, node, "type", GX_M_FACT_WORD, text,
                         GX_STR("text, integer, money, date, datetime, link"));
    c->type = (enum gx_bulk_type)i;
    if (c->type != GX_BULK_LINK)
        return GX_OK;
    struct gx_str to = gx_json_get_str(node, "to", GX_STR("")),
                  by = gx_json_get_str(node, "by", GX_STR("id"));
    c->to = gx_meta_object(r->meta, to);
    if (!c->to)
        return facts_bad(r, node, "to", GX_M_META_NO_OBJECT, to, (struct gx_str){ 0 });
    const struct gx_field *f = gx_object_any_field(c->to, by);
    if (!f || f->part_count == 0)
        return facts_bad(r, node, "by", GX_M_FACT_COLUMN, by, to);
    c->by = f->x.column;
    return GX_OK;
}

static enum gx_code read_column(struct facts_reading *r, struct gx_bulk *b,
                                const struct gx_json *node)
{
    static const char *const known[] = { "name",     "label", "doc", "type", "from",
                                         "required", "to",    "by",  NULL };
    GX_TRY(facts_keys(r, node, known));
    if (b->column_count == GX_FACT_COLUMNS_MAX)
        return facts_bad(r, node, "columns", GX_M_META_TOO_MANY, (struct gx_str){ 0 },
                         (struct gx_str){ 0 });
    struct gx_bulk_column *c = &b->columns[b->column_count++];
    c->name = gx_json_get_str(node, "name", GX_STR(""));
    c->from = gx_json_get_str(node, "from", c->name);
    c->label = facts_label(gx_json_get(node, "label"));
    c->required = gx_json_get_bool(node, "required", false);
    if (!facts_name_ok(c->name) || gx_str_starts(c->name, GX_STR("gx_")))
        return facts_bad(r, node, "name", GX_M_META_NAME, c->name, (struct gx_str){ 0 });
    for (size_t i = 0; i + 1 < b->column_count; i++)
        if (gx_str_eq(b->columns[i].name, c->name))
            return facts_bad(r, node, "name", GX_M_META_TWICE, c->name, (struct gx_str){ 0 });
    return read_type(r, node, c);
}

static const struct gx_bulk_column *column(const struct gx_bulk *b, struct gx_str name)
{
    for (size_t i = 0; i < b->column_count; i++)
        if (gx_str_eq(b->columns[i].name, name))
            return &b->columns[i];
    return NULL;
}

enum gx_code facts_read_bulk(struct facts_reading *r, const struct gx_json *root)
{
    static const char *const known[] = {
        "bulk", "label", "doc", "columns", "key", "replace", NULL
    };
    struct gx_bulk *b = GX_ARENA_NEW(r->arena, struct gx_bulk);
    GX_TRY(facts_keys(r, root, known));
    b->name = gx_json_get_str(root, "bulk", GX_STR(""));
    b->label = facts_label(gx_json_get(root, "label"));
    b->doc = gx_json_get_str(root, "doc", GX_STR(""));
    if (!facts_name_ok(b->name))
        return facts_bad(r, root, "bulk", GX_M_META_NAME, b->name, (struct gx_str){ 0 });
    if (gx_facts_bulk(r->all, b->name) || gx_meta_object(r->meta, b->name))
        return facts_bad(r, root, "bulk", GX_M_META_TWICE, b->name, (struct gx_str){ 0 });
    const struct gx_json *columns = gx_json_get(root, "columns"), *key = gx_json_get(root, "key");
    for (const struct gx_json *k = columns ? columns->first : NULL; k; k = k->next)
        GX_TRY(read_column(r, b, k));
    if (b->column_count == 0)
        return facts_bad(r, root, "columns", GX_M_REQUIRED, GX_STR("columns"),
                         (struct gx_str){ 0 });
    for (const struct gx_json *k = key ? key->first : NULL; k; k = k->next) {
        if (!column(b, k->text) || b->key_count == GX_FACT_COLUMNS_MAX)
            return facts_bad(r, k, "key", GX_M_FACT_COLUMN, k->text, b->name);
        b->key[b->key_count++] = k->text;
    }
    b->replace = gx_json_get_str(root, "replace", GX_STR(""));
    const struct gx_bulk_column *date = column(b, b->replace);
    if (b->replace.n && (!date || date->type != GX_BULK_DATE))
        return facts_bad(r, root, "replace", GX_M_FACT_COLUMN, b->replace, b->name);
    b->next = r->all->bulks;
    r->all->bulks = b;
    return GX_OK;
}
