/*
 * relocate_set.c - everything that moves with an account, and whatever has a link to that.
 *
 * The recycle bin counts too: what lies there would still be seen in the old market.
 */
#include <stdio.h>

#include "base/assert.h"
#include "store/relocate_int.h"

static struct gx_str key_of(struct gx_relocate_move *m, int64_t id)
{
    return gx_arena_printf(gx_scope_ctx(m->scope)->arena, "%lld", (long long)id);
}

struct gx_relocate_item *gx_relocate_item_of(struct gx_relocate_move *m, int64_t id)
{
    char text[24];
    size_t n = (size_t)snprintf(text, sizeof text, "%lld", (long long)id);
    return gx_map_get(&m->by_id, (struct gx_str){ text, n });
}

static enum gx_code add(struct gx_relocate_move *m, const struct gx_object *object, int64_t id,
                        bool moves)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    struct gx_arena *arena = ctx->arena;
    if (gx_relocate_item_of(m, id))
        return GX_OK;
    if (m->count == GX_RELOCATE_RECORDS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_RELOCATE_MANY,
                       gx_arena_printf(arena, "%d", GX_RELOCATE_RECORDS_MAX));
    struct gx_relocate_item *item = GX_ARENA_NEW(arena, struct gx_relocate_item);
    item->object = object;
    item->part = gx_relocate_part_of(m->def, object);
    item->id = id;
    item->moves = moves;
    GX_TRY(gx_row_read(ctx, gx_scope_conn(m->system), object, id, &item->old));
    gx_assert(item->old.v);
    GX_TRY(gx_row_read_links(ctx, gx_scope_conn(m->system), &item->old));
    item->now =
        (struct gx_record){ object, GX_ARENA_ARRAY(arena, struct gx_value, object->slot_count) };
    memcpy(item->now.v, item->old.v, object->slot_count * sizeof *item->now.v);
    m->items[m->count++] = item;
    gx_map_set(&m->by_id, arena, key_of(m, id), item);
    return GX_OK;
}

/* Ids of records of `object` whose `field` leads to `to`. */
static enum gx_code pointing(struct gx_relocate_move *m, const struct gx_object *object,
                             const struct gx_field *field, int64_t to, struct gx_ids *ret_ids)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    struct gx_conn *conn = gx_scope_conn(m->system);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    if (field->x.type == GX_TYPE_LINKS) {
        gx_sqlb_add(b, GX_SQL("SELECT src FROM "));
        gx_sqlb_name(b, field->x.join_table);
        gx_sqlb_add(b, GX_SQL(" WHERE dst = "));
    } else {
        gx_sqlb_add(b, GX_SQL("SELECT id FROM "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" WHERE "));
        gx_sqlb_name(b, field->x.column);
        gx_sqlb_add(b, GX_SQL(" = "));
    }
    gx_sqlb_bind(b, gx_value_int(to));
    gx_sqlb_add(b, GX_SQL(" ORDER BY 1 LIMIT "));
    gx_sqlb_int(b, GX_RELOCATE_RECORDS_MAX + 1);
    *ret_ids = (struct gx_ids){ 0 };
    size_t cap = 0;
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        if (ret_ids->n == cap) {
            int64_t *v = GX_ARENA_ARRAY(ctx->arena, int64_t, cap = cap ? 2 * cap : 8);
            if (ret_ids->n)
                memcpy(v, ret_ids->v, ret_ids->n * sizeof *v);
            ret_ids->v = v;
        }
        ret_ids->v[ret_ids->n++] = gx_rows_int(rows, 0);
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code add_pointing(struct gx_relocate_move *m, const struct gx_object *object,
                                 const struct gx_field *field, int64_t to, bool moves)
{
    struct gx_ids ids;
    GX_TRY(pointing(m, object, field, to, &ids));
    for (size_t i = 0; i < ids.n; i++)
        GX_TRY(add(m, object, ids.v[i], moves));
    return GX_OK;
}

/* What comes along by a link to this item; the list grows while it is walked. */
static enum gx_code add_below(struct gx_relocate_move *m, const struct gx_relocate_item *item)
{
    for (size_t p = 1; p < m->def->part_count; p++) {
        const struct gx_relocate_part *part = &m->def->parts[p];
        for (size_t b = 0; part->stay == GX_RELOCATE_ALONG && b < part->by_count; b++)
            if (gx_str_is(item->object->x.name, part->by[b]->x.object))
                GX_TRY(add_pointing(m, part->object, part->by[b], item->id, true));
    }
    return GX_OK;
}

/* Any other link to it. */
static enum gx_code add_behind(struct gx_relocate_move *m, const struct gx_relocate_item *item)
{
    const struct gx_meta *meta = gx_scope_meta(m->system);
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        for (size_t f = GX_SLOT_OWNER; f < object->field_count; f++) {
            const struct gx_field *field = &object->fields[f];
            bool link = field->x.type == GX_TYPE_LINK || field->x.type == GX_TYPE_LINKS;
            if (link && !field->type->computed && !field->system &&
                gx_str_is(item->object->x.name, field->x.object))
                GX_TRY(add_pointing(m, object, field, item->id, false));
        }
    }
    return GX_OK;
}

enum gx_code gx_relocate_gather(struct gx_relocate_move *m, int64_t account)
{
    m->items = GX_ARENA_ARRAY(gx_scope_ctx(m->scope)->arena, struct gx_relocate_item *,
                              GX_RELOCATE_RECORDS_MAX);
    GX_TRY(add(m, m->def->parts[0].object, account, true));
    for (size_t i = 0; i < m->count; i++)
        GX_TRY(add_below(m, m->items[i]));
    size_t moving = m->count;
    for (size_t i = 0; i < moving; i++)
        GX_TRY(add_behind(m, m->items[i]));
    return GX_OK;
}
