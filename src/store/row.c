/* row.c - one stored row in memory, and expressions over it. */
#include "store/store_int.h"

#include "base/assert.h"

static struct gx_value keep(struct gx_arena *arena, struct gx_value v)
{
    if (v.kind == GX_VALUE_TEXT || v.kind == GX_VALUE_BLOB)
        v.s = gx_arena_str(arena, v.s);
    return v;
}

enum gx_code gx_row_read(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_object *object,
                         int64_t id, struct gx_record *ret_record)
{
    struct gx_value key = gx_value_int(id);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, conn, object->select, &key, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    struct gx_record record = { .object = object, .v = NULL };
    if (code == GX_OK && has) {
        record.v = GX_ARENA_ARRAY(ctx->arena, struct gx_value, object->slot_count);
        for (size_t i = 0; i < object->column_count; i++)
            record.v[i] = keep(ctx->arena, gx_rows_value(rows, (int)i));
    }
    gx_rows_close(rows);
    if (code == GX_OK)
        *ret_record = record;
    return code;
}

static enum gx_code read_one_links(struct gx_ctx *ctx, struct gx_conn *conn,
                                   const struct gx_field *field, int64_t id,
                                   struct gx_value *ret_value)
{
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, GX_SQL("SELECT dst FROM "));
    gx_sqlb_name(b, field->x.join_table);
    gx_sqlb_add(b, GX_SQL(" WHERE src = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" ORDER BY position"));
    struct gx_rows *rows;
    bool has;
    struct gx_buf ids = { 0 };
    GX_TRY(gx_db_query(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        if (ids.n)
            gx_buf_addc(&ids, ',');
        gx_buf_addi(&ids, gx_rows_int(rows, 0));
    }
    gx_rows_close(rows);
    *ret_value = ids.n ? gx_value_text(gx_arena_str(ctx->arena, gx_buf_str(&ids))) : GX_NULL_VALUE;
    gx_buf_free(&ids);
    return code;
}

enum gx_code gx_row_read_links(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_record *record)
{
    for (size_t i = 0; i < record->object->field_count; i++) {
        const struct gx_field *f = &record->object->fields[i];
        if (f->x.type == GX_TYPE_LINKS)
            GX_TRY(read_one_links(ctx, conn, f, record->v[GX_SLOT_ID].i, &record->v[f->slot]));
    }
    return GX_OK;
}

/* The evaluator's view: rules belong to the system, so they see records as they are. */

static enum gx_code eval_field(void *p, const void *record_p, const struct gx_expr_field *xf,
                               struct gx_value *ret_value)
{
    (void)p;
    const struct gx_record *record = record_p;
    const struct gx_field *field = gx_object_any_field(record->object, xf->name);
    gx_assert(field);
    *ret_value = record->v[field->slot];
    return GX_OK;
}

static enum gx_code eval_follow(void *p, struct gx_str object_name, int64_t id,
                                const void **ret_record)
{
    const struct gx_scope *scope = p;
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), object_name);
    struct gx_record *record = GX_ARENA_NEW(gx_scope_ctx(scope)->arena, struct gx_record);
    GX_TRY(gx_row_read(gx_scope_ctx(scope), gx_scope_conn(scope), object, id, record));
    bool there = record->v && record->v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL;
    *ret_record = there ? record : NULL;
    return GX_OK;
}

static enum gx_code eval_related(void *p, struct gx_str object_name, struct gx_str field_name,
                                 int64_t id, int64_t *cursor, const void **ret_record)
{
    const struct gx_scope *scope = p;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), object_name);
    const struct gx_field *field = gx_object_any_field(object, field_name);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT min(id) FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, field->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" AND id > "));
    gx_sqlb_bind(b, gx_value_int(*cursor));
    gx_sqlb_add(b, GX_SQL(" AND deleted_at IS NULL"));
    int64_t next;
    GX_TRY(
        gx_db_int(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, 0, &next));
    *ret_record = NULL;
    if (!next)
        return GX_OK;
    *cursor = next;
    return eval_follow(p, object_name, next, ret_record);
}

static enum gx_code eval_links(void *p, const void *record_p, const struct gx_expr_field *xf,
                               int64_t *cursor, int64_t *ret_id)
{
    (void)p;
    const struct gx_record *record = record_p;
    const struct gx_field *field = gx_object_any_field(record->object, xf->name);
    gx_assert(field);
    struct gx_value ids = record->v[field->slot];
    struct gx_str rest =
        ids.kind == GX_VALUE_TEXT ? gx_str_from(ids.s, (size_t)*cursor) : GX_STR("");
    *ret_id = 0;
    if (rest.n == 0)
        return GX_OK;
    size_t comma = gx_str_find(rest, ',');
    gx_str_int64((struct gx_str){ rest.p, comma }, ret_id);
    *cursor += (int64_t)(comma < rest.n ? comma + 1 : comma);
    return GX_OK;
}

enum gx_code gx_record_eval(const struct gx_scope *scope, const struct gx_expr *expr,
                            const struct gx_record *record, struct gx_value *ret_value)
{
    const struct gx_expr_reader reader = {
        .p = (void *)scope,
        .field = eval_field,
        .follow = eval_follow,
        .related = eval_related,
        .links = eval_links,
    };
    struct gx_expr_env env = *gx_scope_env(scope);
    env.visible = NULL;
    return gx_expr_eval(gx_scope_ctx(scope), expr, &env, &reader, record, ret_value);
}

enum gx_code gx_record_test(const struct gx_scope *scope, const struct gx_expr *expr,
                            const struct gx_record *record, bool *ret_true)
{
    struct gx_value value;
    GX_TRY(gx_record_eval(scope, expr, record, &value));
    *ret_true = value.kind == GX_VALUE_INT && value.i != 0;
    return GX_OK;
}
