/*
 * segment_count.c - who counts: the one place that decides whom a segment is asked of.
 *
 * The store is right at once and slow among millions; the warehouse is quick and may be behind, or
 * not there.  So the warehouse is asked when it has everything that was written before the
 * question, or when the store gives up.  Scopes that reach over units, books, teams and shares are
 * known to the store alone, as are lists and folded texts: those questions stay there.  Who has
 * only a right to totals gets those, with small groups left out.
 */
#include "base/time.h"
#include "json/read.h"
#include "report/segment_int.h"
#include "report/warehouse.h"
#include "store/group.h"

static enum gx_code by_totals(struct gx_scope *scope, const struct gx_segment_what *what,
                              int64_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_group_options options = { .totals = true, .filter = what->text };
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_json *json = NULL;
    enum gx_code code = gx_group(scope, what->object, &options, &w);
    if (code == GX_OK)
        code = gx_json_read(ctx, gx_arena_str(ctx->arena, gx_buf_str(&out)), &json);
    gx_buf_free(&out);
    GX_TRY(code);
    const struct gx_json *groups = gx_json_get(json, "groups");
    if (groups && groups->first)
        *ret_count = gx_json_get_int(groups->first, "count", 0);
    else
        *ret_count = gx_json_get_bool(json, "complete", true) ? -2 : -1;
    return GX_OK;
}

enum { SETTLE_MS = 150, WORTH_US = 300000 };

static void add_where(struct gx_sqlb *b, const struct gx_expr *expr, const struct gx_expr_env *env)
{
    if (!expr)
        return;
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, expr, env, GX_STR("t"));
}

/* The question for the warehouse, or NULL when it cannot be asked it. */
static struct gx_sqlb *warehouse_sql(struct gx_scope *scope, const struct gx_segment_what *what)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr_env *env = gx_scope_env(scope);
    const struct gx_expr *parts[2] = { NULL, NULL };
    if (what->among_count ||
        gx_scope_filter(scope, what->object, GX_RIGHT_READ, &parts[0]) != GX_OK)
        return NULL;
    if (what->text.n &&
        gx_expr_parse(ctx, NULL, &gx_scope_meta(scope)->schema, what->object->x.name, what->text,
                      GX_TYPE_BOOL, &parts[1]) != GX_OK)
        return NULL;
    for (size_t i = 0; i < GX_COUNT(parts); i++)
        if (parts[i] && !gx_expr_duck_can(parts[i], env, false))
            return NULL;
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, GX_DUCKDB);
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
    gx_sqlb_name(b, what->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL"));
    add_where(b, parts[0], env);
    add_where(b, parts[1], env);
    return b;
}

/* False: it has no answer, whatever the reason; the store is asked then. */
static bool by_warehouse(struct gx_scope *scope, struct gx_warehouse *warehouse,
                         const struct gx_segment_what *what, bool behind_too,
                         struct gx_segment_count *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_warehouse_status status;
    gx_warehouse_status(ctx, warehouse, &status);
    if (status.state != GX_WAREHOUSE_UP && status.state != GX_WAREHOUSE_BEHIND)
        return false;
    struct gx_sqlb *b = warehouse_sql(scope, what);
    bool settled = b && gx_warehouse_settle(ctx, warehouse, SETTLE_MS) == GX_OK;
    const struct gx_ask ask = {
        .sql = b ? gx_buf_str(&b->text) : GX_STR(""),
        .values = b ? b->values : NULL,
        .count = b ? b->value_count : 0,
        .user = gx_scope_me(scope),
        .time_ms = GX_SEGMENT_COUNT_US / 1000,
    };
    int64_t count = 0;
    bool done =
        b && (settled || behind_too) && gx_warehouse_int(ctx, warehouse, &ask, 0, &count) == GX_OK;
    gx_ctx_clear(ctx);
    if (done)
        *ret_count = (struct gx_segment_count){ .count = count,
                                                .source = "warehouse",
                                                .behind_us = settled ? 0 : status.lag_us };
    return done;
}

static enum gx_code by_store(struct gx_scope *scope, const struct gx_segment_what *what,
                             int64_t *ret_count)
{
    const struct gx_list_options options = {
        .filter = what->text,
        .among = what->among,
        .among_count = what->among_count,
    };
    return gx_list_count(scope, what->object, &options, gx_monotonic_us() + GX_SEGMENT_COUNT_US,
                         ret_count);
}

enum gx_code gx_segment_count(struct gx_scope *scope, struct gx_warehouse *warehouse,
                              const struct gx_segment_what *what,
                              struct gx_segment_count *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    *ret_count = (struct gx_segment_count){ .source = "records" };
    enum gx_code code = gx_scope_filter(scope, what->object, GX_RIGHT_READ, &filter);
    if (code == GX_E_FORBIDDEN && !what->among_count) {
        gx_ctx_clear(ctx);
        return by_totals(scope, what, &ret_count->count);
    }
    GX_TRY(code);
    if (warehouse && by_warehouse(scope, warehouse, what, false, ret_count))
        return GX_OK;
    int64_t start = gx_monotonic_us();
    GX_TRY(by_store(scope, what, &ret_count->count));
    if (warehouse && gx_monotonic_us() - start > WORTH_US)
        gx_warehouse_wake(warehouse);
    if (warehouse && ret_count->count < 0)
        (void)by_warehouse(scope, warehouse, what, true, ret_count);
    return GX_OK;
}
