/* list_row.c - the current record of a list, as JSON and as text. */
#include "base/decimal.h"
#include "base/time.h"
#include "store/list_int.h"
#include "store/store_int.h"

/* What an expression without a field of its own looks like. */
static struct gx_field shape_of(const struct gx_list_item *item)
{
    struct gx_field shape = { .type = gx_type_find(GX_STR("formula")) };
    shape.x.type = gx_expr_type(item->expr);
    shape.x.scale = gx_expr_scale(item->expr);
    return shape;
}

static struct gx_value title_of(const struct gx_list *list, const struct gx_list_item *item)
{
    return item->title_of ? list->title_values[item - list->items]
                          : gx_rows_value(list->rows, item->title_column);
}

static void write_link(struct gx_jw *w, const struct gx_list *list, const struct gx_list_item *item)
{
    gx_jw_object(w);
    gx_jw_key_ready(w, GX_STR("\"id\":"));
    gx_jw_id(w, gx_rows_int(list->rows, item->column));
    gx_jw_key_ready(w, GX_STR("\"title\":"));
    struct gx_value title = title_of(list, item);
    if (title.kind == GX_VALUE_TEXT)
        gx_jw_str(w, title.s);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
}

static void parts_of(const struct gx_list *list, const struct gx_list_item *item,
                     struct gx_value *parts)
{
    int count = item->expr || item->is_link ? 1 : item->field->part_count;
    for (int i = 0; i < count; i++)
        parts[i] = gx_rows_value(list->rows, item->column + i);
}

static void note_private(const struct gx_list *list, const struct gx_list_item *item)
{
    if (!item->field || !item->field->private_)
        return;
    int64_t id = gx_rows_int(list->rows, 0);
    list->private_->records += list->private_->last != id;
    list->private_->last = id;
}

/* Once for each record, however many of its fields are asked for. */
static void note_given(const struct gx_list *list)
{
    struct gx_list_private *p = list->private_;
    int64_t id = gx_rows_int(list->rows, 0);
    if (p->given_count && p->given[p->given_count - 1] == id)
        return;
    if (p->given_count == GX_GIVEN_MAX)
        gx_list_tell(list);
    p->given[p->given_count++] = id;
}

static void write_item(struct gx_jw *w, const struct gx_list *list, const struct gx_list_item *item)
{
    struct gx_value parts[GX_TYPE_PARTS_MAX] = { 0 };
    if (item->key.n)
        gx_jw_key_ready(w, item->key);
    else
        gx_jw_key(w, item->name);
    if (item->field && item->field->x.type == GX_TYPE_LINKS) {
        struct gx_str json = gx_rows_text(list->rows, item->column);
        gx_jw_raw(w, json.n ? json : GX_STR("[]"));
        return;
    }
    parts_of(list, item, parts);
    if (parts[0].kind == GX_VALUE_NULL) {
        gx_jw_null(w);
        return;
    }
    if (item->field && item->field->access == GX_FIELD_MASKED) {
        gx_jw_str(w, gx_mask(gx_scope_ctx(list->scope)->arena, parts[0].s));
        return;
    }
    note_private(list, item);
    if (item->is_link) {
        write_link(w, list, item);
    } else if (item->field) {
        item->field->type->to_json(w, item->field, parts);
    } else {
        struct gx_field shape = shape_of(item);
        shape.type->to_json(w, &shape, parts);
    }
}

void gx_list_json(const struct gx_list *list, struct gx_jw *w)
{
    note_given(list);
    gx_jw_object(w);
    gx_jw_key_ready(w, GX_STR("\"id\":"));
    gx_jw_id(w, gx_rows_int(list->rows, 0));
    gx_jw_key_ready(w, GX_STR("\"version\":"));
    gx_jw_int(w, gx_rows_int(list->rows, 1));
    for (size_t i = 0; i < list->item_count; i++)
        write_item(w, list, &list->items[i]);
    gx_may_json(list, w);
    gx_jw_object_end(w);
}

/* "[{"id":"1","title":"A"},…]" → "A; B" */
static void links_text(const struct gx_list *list, struct gx_str json, struct gx_buf *out)
{
    struct gx_json *root;
    if (json.n == 0 || gx_json_read(gx_scope_ctx(list->scope), json, &root) != GX_OK)
        return;
    for (const struct gx_json *k = root->first; k; k = k->next) {
        if (k != root->first)
            gx_buf_addz(out, "; ");
        gx_buf_add(out, gx_json_get_str(k, "title", GX_STR("")));
    }
}

void gx_list_text(const struct gx_list *list, size_t index, struct gx_buf *out)
{
    const struct gx_list_item *item = &list->items[index];
    struct gx_value parts[GX_TYPE_PARTS_MAX] = { 0 };
    note_given(list);
    if (item->field && item->field->x.type == GX_TYPE_LINKS) {
        links_text(list, gx_rows_text(list->rows, item->column), out);
        return;
    }
    parts_of(list, item, parts);
    if (parts[0].kind == GX_VALUE_NULL)
        return;
    if (item->field && item->field->access == GX_FIELD_MASKED) {
        gx_buf_add(out, gx_mask(gx_scope_ctx(list->scope)->arena, parts[0].s));
        return;
    }
    note_private(list, item);
    if (item->is_link) {
        struct gx_value title = title_of(list, item);
        if (title.kind == GX_VALUE_TEXT)
            gx_buf_add(out, title.s);
    } else if (item->field) {
        item->field->type->to_text(out, item->field, parts);
    } else {
        struct gx_field shape = shape_of(item);
        shape.type->to_text(out, &shape, parts);
    }
}

struct gx_value gx_list_part(const struct gx_list *list, size_t index, int part)
{
    const struct gx_list_item *item = &list->items[index];
    if (item->is_link && part == 1)
        return title_of(list, item);
    struct gx_value value = gx_rows_value(list->rows, item->column + part);
    bool masked = item->field && item->field->access == GX_FIELD_MASKED;
    if (!masked || value.kind == GX_VALUE_NULL)
        return value;
    if (value.kind != GX_VALUE_TEXT)
        return GX_NULL_VALUE;
    return gx_value_text(gx_mask(gx_scope_ctx(list->scope)->arena, value.s));
}
