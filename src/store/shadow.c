/*
 * shadow.c - PostgreSQL: the folded form of each text, kept in a column beside it.
 *
 * SQLite folds in its indexes and questions; PostgreSQL cannot call the program, so whoever writes
 * a text writes its shadow too.
 */
#include "base/text.h"
#include "store/store_int.h"

struct gx_value gx_row_folded(struct gx_arena *arena, struct gx_value value)
{
    if (value.kind != GX_VALUE_TEXT)
        return GX_NULL_VALUE;
    return gx_value_text(gx_text_fold(arena, value.s));
}

enum gx_code gx_row_insert(const struct gx_scope *scope, const struct gx_record *record, bool many)
{
    const struct gx_object *object = record->object;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    if (gx_conn_dialect(conn) == GX_SQLITE)
        return gx_db_exec(ctx, conn, object->insert, record->v, object->column_count, NULL);
    size_t count = object->column_count;
    struct gx_value *values =
        GX_ARENA_ARRAY(ctx->arena, struct gx_value, count + object->shadow_count);
    memcpy(values, record->v, count * sizeof *values);
    for (size_t i = 0; i < object->column_count; i++)
        if (object->columns[i].shadow.n)
            values[count++] = gx_row_folded(ctx->arena, record->v[i]);
    if (many)
        return gx_db_exec_later(ctx, conn, object->insert_shadows, values, count);
    return gx_db_exec(ctx, conn, object->insert_shadows, values, count, NULL);
}

void gx_row_set_shadow(struct gx_sqlb *b, const struct gx_column *column, struct gx_value value)
{
    if (b->dialect == GX_SQLITE || !column->shadow.n)
        return;
    gx_sqlb_add(b, GX_SQL(", "));
    gx_sqlb_name(b, column->shadow);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_row_folded(b->arena, value));
}
