/*
 * list_may.c - what the reader may do with each record of a list.
 *
 * The answer is the condition that a write is held against (store/load.c, store/grants.c), asked
 * of the record itself, so what a screen offers is what the server then does.  PostgreSQL is
 * asked in the list's own SELECT; on SQLite, where a sort would work it out for all records, one
 * by one for those that are given.
 */
#include "store/list_int.h"
#include "store/store_int.h"

static const enum gx_right rights[GX_MAY_COUNT] = {
    [GX_MAY_EDIT] = GX_RIGHT_EDIT,
    [GX_MAY_DELETE] = GX_RIGHT_DELETE,
};

static bool is_granted(const struct gx_list *list, int m)
{
    return m == GX_MAY_EDIT && gx_grants_asked(list->scope, list->object);
}

enum gx_code gx_may_begin(struct gx_list *list)
{
    if (list->options.may == GX_MAY_UNSAID)
        return GX_OK;
    struct gx_list_may *may = GX_ARENA_NEW(gx_scope_ctx(list->scope)->arena, struct gx_list_may);
    for (int m = 0; m < GX_MAY_COUNT; m++) {
        enum gx_level level = gx_scope_level(list->scope, list->object, rights[m]);
        bool never = level == GX_LEVEL_NONE || list->options.may == GX_MAY_NOTHING ||
                     (list->options.deleted && m == GX_MAY_EDIT);
        if (never)
            continue;
        may->yes[m] = true;
        GX_TRY(gx_scope_filter(list->scope, list->object, rights[m], &may->filters[m]));
        may->asked[m] = may->filters[m] || is_granted(list, m);
        may->any |= may->asked[m];
    }
    list->may = may;
    return GX_OK;
}

static void column(struct gx_sqlb *b, const struct gx_list *list, int m)
{
    const struct gx_expr *filter = list->may->filters[m];
    gx_sqlb_add(b, GX_SQL("CASE WHEN "));
    if (filter)
        gx_expr_sql(b, filter, gx_scope_env(list->scope), GX_STR("t"));
    if (filter && is_granted(list, m))
        gx_sqlb_add(b, GX_SQL(" AND "));
    if (is_granted(list, m))
        gx_grants_sql(b, list->scope, list->object, GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" THEN 1 ELSE 0 END"));
}

void gx_may_columns(struct gx_sqlb *b, struct gx_list *list)
{
    for (int m = 0; list->may && b->dialect == GX_POSTGRES && m < GX_MAY_COUNT; m++) {
        if (!list->may->asked[m])
            continue;
        gx_sqlb_add(b, GX_SQL(", "));
        column(b, list, m);
        list->may->columns[m] = list->column_count++;
    }
}

/* SELECT … of ?1, made once. */
static struct gx_sqlb *one_by_one(struct gx_list *list)
{
    struct gx_sqlb *b = list->may->sql;
    if (b)
        return b;
    b = list->may->sql = gx_sqlb_new(gx_scope_ctx(list->scope)->arena, GX_SQLITE);
    gx_sqlb_add(b, GX_SQL("SELECT "));
    gx_sqlb_reserve(b);
    for (int m = 0, n = 0; m < GX_MAY_COUNT; m++) {
        if (!list->may->asked[m])
            continue;
        gx_sqlb_add(b, n ? GX_SQL(", ") : GX_SQL(""));
        column(b, list, m);
        list->may->columns[m] = n++;
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, list->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = ?1"));
    return b;
}

static void take(struct gx_list_may *may, const struct gx_rows *rows)
{
    for (int m = 0; m < GX_MAY_COUNT; m++)
        if (may->asked[m])
            may->yes[m] = gx_rows_int(rows, may->columns[m]) != 0;
}

enum gx_code gx_may_read(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_conn *conn = gx_scope_conn(list->scope);
    struct gx_rows *rows;
    bool has;
    if (!list->may || !list->may->any)
        return GX_OK;
    if (gx_conn_dialect(conn) == GX_POSTGRES) {
        take(list->may, list->rows);
        return GX_OK;
    }
    struct gx_sqlb *b = one_by_one(list);
    b->values[0] = gx_value_int(gx_rows_int(list->rows, 0));
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has)
        take(list->may, rows);
    gx_rows_close(rows);
    return code;
}

void gx_may_json(const struct gx_list *list, struct gx_jw *w)
{
    const struct gx_field *owner = list->object->owner;
    if (!list->may)
        return;
    bool live = !list->options.deleted;
    bool edit = list->may->yes[GX_MAY_EDIT], remove = list->may->yes[GX_MAY_DELETE];
    gx_jw_key(w, GX_STR("_may"));
    gx_jw_object(w);
    gx_jw_key_bool(w, "edit", edit);
    gx_jw_key_bool(w, "delete", live && remove);
    gx_jw_key_bool(w, "share", edit);
    gx_jw_key_bool(w, "assign", edit && owner && owner->access == GX_FIELD_WRITE);
    gx_jw_key_bool(w, "restore", !live && remove);
    gx_jw_object_end(w);
}
