/*
 * list_title.c - titles of linked records, asked for one by one while a list is read (SQLite).
 *
 * A sub-query in the list's own SELECT costs the same for every row, though fifty records often
 * have one owner: here a title that was just given is given again.  The statement of the list is
 * open meanwhile, so both see the same state of the database.  PostgreSQL, where each question
 * is a round trip, keeps the sub-query.
 */
#include "store/list_int.h"

enum { SLOT_BITS = 5, SLOT_TEXT_BYTES = 84 };

struct title_slot {
    int64_t id; /* 0: free */
    uint8_t n;
    bool has;
    char text[SLOT_TEXT_BYTES];
};

/* Of one item: what it gave for this record stays until the next. */
struct gx_titles {
    struct gx_sqlb *sql; /* ?1: the id */
    struct title_slot *slots;
    int bits; /* 2^bits slots */
};

static struct gx_titles *titles_of(struct gx_list *list, size_t item)
{
    struct gx_arena *arena = gx_scope_ctx(list->scope)->arena;
    if (list->titles[item])
        return list->titles[item];
    struct gx_titles *t = GX_ARENA_NEW(arena, struct gx_titles);
    t->bits = list->options.limit == 1 ? 0 : SLOT_BITS;
    t->slots = GX_ARENA_ARRAY(arena, struct title_slot, (size_t)1 << t->bits);
    t->sql = gx_sqlb_new(arena, GX_SQLITE);
    gx_title_query(t->sql, list->scope, list->items[item].title_of);
    list->titles[item] = t;
    return t;
}

/* The title as stored, in a slot when it is short; in the arena otherwise. */
static struct gx_value keep(struct gx_list *list, struct title_slot *slot, int64_t id,
                            struct gx_value title)
{
    bool has = title.kind == GX_VALUE_TEXT;
    if (has && title.s.n > SLOT_TEXT_BYTES)
        return gx_value_text(gx_arena_str(gx_scope_ctx(list->scope)->arena, title.s));
    slot->id = id;
    slot->has = has;
    slot->n = has ? (uint8_t)title.s.n : 0;
    if (slot->n)
        memcpy(slot->text, title.s.p, slot->n);
    return has ? gx_value_text((struct gx_str){ slot->text, slot->n }) : GX_NULL_VALUE;
}

static enum gx_code ask(struct gx_list *list, struct gx_titles *t, int64_t id,
                        struct title_slot *slot, struct gx_value *ret_title)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_rows *rows;
    bool has;
    t->sql->values[0] = gx_value_int(id);
    GX_TRY(gx_db_query(ctx, gx_scope_conn(list->scope), gx_sqlb_sql(t->sql), t->sql->values,
                       t->sql->value_count, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK)
        *ret_title = keep(list, slot, id, has ? gx_rows_value(rows, 0) : GX_NULL_VALUE);
    gx_rows_close(rows);
    return code;
}

static enum gx_code find(struct gx_list *list, size_t item, int64_t id, struct gx_value *ret_title)
{
    struct gx_titles *t = titles_of(list, item);
    uint64_t spread = (uint64_t)id * 0x9e3779b97f4a7c15u;
    struct title_slot *slot = &t->slots[t->bits ? spread >> (64 - t->bits) : 0];
    if (slot->id != id)
        return ask(list, t, id, slot, ret_title);
    *ret_title = slot->has ? gx_value_text((struct gx_str){ slot->text, slot->n }) : GX_NULL_VALUE;
    return GX_OK;
}

enum gx_code gx_titles_read(struct gx_list *list)
{
    for (size_t i = 0; i < list->item_count; i++) {
        if (!list->items[i].title_of)
            continue;
        struct gx_value id = gx_rows_value(list->rows, list->items[i].column);
        list->title_values[i] = GX_NULL_VALUE;
        if (id.kind == GX_VALUE_INT)
            GX_TRY(find(list, i, id.i, &list->title_values[i]));
    }
    return GX_OK;
}
