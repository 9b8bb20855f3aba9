/*
 * list_shape.c - what a list gives, worked out once: its items and the SELECT up to FROM.
 *
 * Whoever asks for the same fields of the same object under the same read rights gets the same
 * SQL, unless it holds something of the person or the moment (`me`, `today()`).  Kept with the
 * snapshot of definitions, so a published change starts anew.
 */
#include "store/list_int.h"

struct gx_shape {
    struct gx_list_item *items;
    size_t item_count;
    int column_count;
    struct gx_str select;
    const struct gx_value *values; /* constants of formulas */
    size_t value_count;
};

static struct gx_str key_of(const struct gx_list *list)
{
    const struct {
        int tz_offset_min, deleted;
        enum gx_dialect dialect;
    } how = { gx_scope_env(list->scope)->tz_offset_min, list->options.deleted,
              gx_conn_dialect(gx_scope_conn(list->scope)) };
    const struct gx_str parts[] = {
        GX_STR("list "),      { (const char *)&how, sizeof how }, list->object->x.name,
        GX_STR(" "),          gx_scope_reads(list->scope),        GX_STR(" "),
        list->options.fields,
    };
    size_t n = 0;
    for (size_t i = 0; i < GX_COUNT(parts); i++)
        n += parts[i].n;
    char *key = gx_arena_alloc(gx_scope_ctx(list->scope)->arena, n), *to = key;
    for (size_t i = 0; i < GX_COUNT(parts); to += parts[i++].n)
        if (parts[i].n)
            memcpy(to, parts[i].p, parts[i].n);
    return (struct gx_str){ key, n };
}

bool gx_shape_find(struct gx_list *list)
{
    list->shape_key = key_of(list);
    list->shape = gx_meta_note(gx_scope_meta(list->scope), list->shape_key);
    if (!list->shape)
        return false;
    list->items = list->shape->items;
    list->item_count = list->shape->item_count;
    return true;
}

void gx_shape_add(const struct gx_list *list, struct gx_sqlb *b, int *ret_columns)
{
    const struct gx_shape *shape = list->shape;
    gx_sqlb_restore(b, shape->select, shape->values, shape->value_count);
    *ret_columns = shape->column_count;
}

struct made {
    const struct gx_list *list;
    const struct gx_sqlb *sql;
    int columns;
};

static struct gx_value copy_value(struct gx_arena *arena, struct gx_value v)
{
    if (v.kind == GX_VALUE_TEXT || v.kind == GX_VALUE_BLOB)
        v.s = gx_arena_str(arena, v.s);
    return v;
}

static void *make(struct gx_arena *arena, const void *p)
{
    const struct made *made = p;
    size_t items = made->list->item_count, values = made->sql->value_count;
    struct gx_shape *shape = GX_ARENA_NEW(arena, struct gx_shape);
    struct gx_list_item *copy = GX_ARENA_ARRAY(arena, struct gx_list_item, items + 1);
    for (size_t i = 0; i < items; i++) {
        copy[i] = made->list->items[i];
        copy[i].key = gx_arena_str(arena, copy[i].key);
    }
    struct gx_value *constants = GX_ARENA_ARRAY(arena, struct gx_value, values + 1);
    for (size_t i = 0; i < values; i++)
        constants[i] = copy_value(arena, made->sql->values[i]);
    *shape = (struct gx_shape){
        .items = copy,
        .item_count = items,
        .column_count = made->columns,
        .select = gx_arena_str(arena, gx_buf_str(&made->sql->text)),
        .values = constants,
        .value_count = values,
    };
    return shape;
}

void gx_shape_keep(const struct gx_list *list, const struct gx_sqlb *b, int columns)
{
    const struct made made = { list, b, columns };
    bool fits = list->shape_key.n <= GX_SHAPE_KEY_BYTES_MAX && !b->varies && !b->text.overflow;
    for (size_t i = 0; i < list->item_count; i++)
        fits &= list->items[i].field != NULL; /* an expression belongs to the request */
    if (fits)
        gx_meta_note_keep(gx_scope_meta(list->scope), list->shape_key, make, &made);
}
