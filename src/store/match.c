/* match.c - see match.h. */
#include "store/match.h"

#include "base/text.h"
#include "store/store_int.h"

enum gx_code gx_match_field(struct gx_scope *scope, const struct gx_object *object,
                            struct gx_str name, const struct gx_field **ret_field)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_field *field = gx_object_open_field(object, name);
    if (!field) {
        struct gx_str near = gx_object_near(object, name);
        return near.n
                   ? gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_UNKNOWN_KEY_NEAR, name, near)
                   : gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_UNKNOWN_KEY, name);
    }
    if (field->part_count == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_NOT_MATCHABLE,
                       gx_label_text(&field->label, ctx->lang));
    *ret_field = field;
    return GX_OK;
}

static void compare(struct gx_sqlb *b, const struct gx_field *field, struct gx_value value)
{
    gx_sqlb_add(b, GX_SQL(" AND "));
    bool exact = field->unique || value.kind != GX_VALUE_TEXT;
    if (exact) {
        gx_sqlb_column(b, GX_STR("t"), field->x.column);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, value);
        return;
    }
    gx_sql_folded(b, GX_STR("t"), field->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_text(gx_text_fold(b->arena, value.s)));
}

enum gx_code gx_match_all(struct gx_scope *scope, const struct gx_object *object,
                          const struct gx_field *const *fields, size_t count,
                          const struct gx_input *input, int64_t *ret_ids, size_t max,
                          size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    *ret_count = 0;
    if (gx_scope_level(scope, object, GX_RIGHT_READ) == GX_LEVEL_NONE)
        return GX_OK;
    GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_READ, &filter));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL"));
    for (size_t i = 0; i < count; i++) {
        if (input->v[fields[i]->slot].kind == GX_VALUE_NULL)
            return GX_OK;
        compare(b, fields[i], input->v[fields[i]->slot]);
    }
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, gx_scope_env(scope), GX_STR("t"));
    }
    gx_sqlb_add(b, GX_SQL(" LIMIT "));
    gx_sqlb_bind(b, gx_value_int((int64_t)max));
    struct gx_rows *rows;
    bool has;
    size_t n = 0;
    enum gx_code code;
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < max)
        ret_ids[n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    *ret_count = n;
    return code;
}

enum gx_code gx_match_find(struct gx_scope *scope, const struct gx_object *object,
                           const struct gx_field *const *fields, size_t count,
                           const struct gx_input *input, int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    int64_t ids[2];
    size_t found;
    *ret_id = 0;
    GX_TRY(
        gx_scope_filter(scope, object, GX_RIGHT_READ, &filter)); /* says why, when there is none */
    GX_TRY(gx_match_all(scope, object, fields, count, input, ids, 2, &found));
    if (found == 2)
        return gx_fail(ctx, GX_E_INVALID, fields[0]->x.name, GX_M_TWO_MATCH,
                       gx_label_text(&fields[0]->label, ctx->lang));
    if (found == 1)
        *ret_id = ids[0];
    return GX_OK;
}
