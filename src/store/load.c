/* load.c - one record for a right: the scope's filter is part of the question. */
#include "store/store_int.h"

static enum gx_code passes(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                           const struct gx_expr *filter, bool deleted, bool *ret_pass)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, deleted ? GX_SQL(" AND t.deleted_at IS NOT NULL")
                           : GX_SQL(" AND t.deleted_at IS NULL"));
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, gx_scope_env(scope), GX_STR("t"));
    }
    int64_t there;
    GX_TRY(
        gx_db_int(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, 0, &there));
    *ret_pass = there != 0;
    return GX_OK;
}

static enum gx_code not_found(struct gx_scope *scope, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                   gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

enum gx_code gx_record_load(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                            enum gx_right right, bool deleted, struct gx_record *ret_record)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    bool pass;
    GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_READ, &filter));
    GX_TRY(passes(scope, object, id, filter, deleted, &pass));
    if (!pass)
        return not_found(scope, id);
    if (right != GX_RIGHT_READ) {
        GX_TRY(gx_scope_filter(scope, object, right, &filter));
        if (filter)
            GX_TRY(passes(scope, object, id, filter, deleted, &pass));
        if (!pass)
            return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_FORBIDDEN,
                           gx_label_text(&object->plural, ctx->lang));
    }
    return gx_row_read(ctx, gx_scope_conn(scope), object, id, ret_record);
}
