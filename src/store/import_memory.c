/*
 * import_memory.c - how the columns of a file were mapped last time.
 *
 * Per object and set of column names, whoever ran it: the next month's file from the same source
 * is mapped before anybody looks.  Only the mapping is remembered; what is done with the rows
 * (mode, match) is said anew each time.
 */
#include "store/import_int.h"

/* Names end with a byte no text has, so that no two lists look alike. */
static struct gx_value key_of(struct gx_ctx *ctx, const struct gx_str *columns, size_t count)
{
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < count; i++) {
        gx_buf_add(&out, columns[i]);
        gx_buf_addc(&out, '\x1f');
    }
    struct gx_str names = gx_buf_str(&out);
    struct gx_str hash =
        gx_arena_printf(ctx->arena, "%016llx%zu", (unsigned long long)gx_str_hash(names), names.n);
    gx_buf_free(&out);
    return gx_value_blob(hash);
}

enum gx_code gx_memory_put(struct gx_scope *scope, const struct gx_import_row_state *s)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_import_plan plan;
    GX_TRY(gx_plan_parse(ctx, s->plan_text, &plan));
    const struct gx_json *list = gx_json_get(plan.info, "columns");
    size_t count = list ? list->count : 0, n = 0;
    struct gx_str *columns = GX_ARENA_ARRAY(ctx->arena, struct gx_str, count + 1);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
        columns[n++] = k->text;
    plan.info = plan.sample = plan.asked = plan.links = NULL;
    struct gx_value values[] = {
        gx_value_text(plan.object),
        key_of(ctx, columns, count),
        gx_value_text(gx_plan_text(ctx, &plan)),
        gx_value_int(ctx->now_us),
    };
    return gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_import_memory (object, columns_hash, plan, used_at) "
                             "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (object, columns_hash) "
                             "DO UPDATE SET plan = excluded.plan, used_at = excluded.used_at"),
                      values, GX_COUNT(values), NULL);
}

/* Is the remembered column still where it was, and its field still there to be written? */
static bool still_fits(const struct gx_object *object, const struct gx_import_column *c,
                       const struct gx_str *columns, size_t count)
{
    int part;
    const struct gx_field *f = c->field.n ? gx_plan_field(object, c->field, &part) : NULL;
    if (c->field.n && (!f || f->type->computed || f->readonly))
        return false;
    return c->column < 0 || ((size_t)c->column < count && gx_str_eq(columns[c->column], c->name));
}

enum gx_code gx_memory_recall(struct gx_scope *scope, struct gx_import_plan *plan,
                              const struct gx_str *columns, size_t count, bool *ret_known)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), plan->object);
    struct gx_value values[] = { gx_value_text(plan->object), key_of(ctx, columns, count) };
    struct gx_import_plan last;
    struct gx_str text = GX_STR("");
    struct gx_rows *rows;
    bool has;
    *ret_known = false;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT plan FROM gx_import_memory WHERE object = ?1 "
                              "AND columns_hash = ?2"),
                       values, 2, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has)
        text = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    GX_TRY(code);
    if (text.n == 0)
        return GX_OK;
    GX_TRY(gx_plan_parse(ctx, text, &last));
    for (size_t i = 0; i < last.column_count; i++) {
        if (!still_fits(object, &last.columns[i], columns, count))
            return GX_OK;
        last.columns[i].score = last.columns[i].field.n ? IMPORT_SCORE_REMEMBERED : 0;
    }
    plan->columns = last.columns;
    plan->column_count = last.column_count;
    *ret_known = last.column_count > 0;
    return GX_OK;
}
