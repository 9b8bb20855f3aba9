/*
 * width.c - whether many records are in somebody's reach, which says how a list is best asked.
 *
 * SQLite plans without knowing the person.  So a bounded number of records is counted along the
 * indexes, and remembered for a minute; a wrong guess costs time and nothing else.
 */
#include "access/access_int.h"

enum { WIDE = 3000, WIDTH_TRUST_US = 60 * 1000000 };

static uint64_t key_of(struct gx_scope *scope, const struct gx_object *object, unsigned parts)
{
    uint64_t key = (uint64_t)gx_scope_me(scope) * 0x9e3779b97f4a7c15u;
    key ^= gx_str_hash(object->id) + parts;
    return key | 1;
}

static bool recall(struct gx_access_cache *cache, uint64_t key, bool *ret_wide)
{
    const struct gx_width *kept = &cache->widths[(key >> 1) % WIDTHS_KEPT];
    pthread_mutex_lock(&cache->lock);
    bool known = kept->key == key && kept->until_us > gx_monotonic_us();
    *ret_wide = kept->wide;
    pthread_mutex_unlock(&cache->lock);
    return known;
}

enum gx_code gx_reach_is_wide(struct gx_scope *scope, struct gx_access_cache *cache,
                              const struct gx_object *object, const struct gx_expr *filter,
                              unsigned parts, bool *ret_wide)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    uint64_t key = key_of(scope, object, parts);
    int64_t count;
    bool wide = object->sharing_count > 0; /* a rule says nothing of how many it means */
    *ret_wide = wide;
    if (wide || gx_conn_dialect(conn) != GX_SQLITE || recall(cache, key, ret_wide))
        return GX_OK;
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, GX_SQLITE);
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM (SELECT 1 FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE "));
    gx_expr_sql(b, filter, gx_scope_env(scope), GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" LIMIT "));
    gx_sqlb_int(b, WIDE);
    gx_sqlb_add(b, GX_SQL(")"));
    GX_TRY(gx_buf_check(&b->text));
    GX_TRY(gx_db_int(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, 0, &count));
    struct gx_width *kept = &cache->widths[(key >> 1) % WIDTHS_KEPT];
    pthread_mutex_lock(&cache->lock);
    *kept = (struct gx_width){ key, gx_monotonic_us() + WIDTH_TRUST_US, count == WIDE };
    pthread_mutex_unlock(&cache->lock);
    *ret_wide = count == WIDE;
    return GX_OK;
}
