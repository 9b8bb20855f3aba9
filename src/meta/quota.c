/* quota.c - see quota.h. */
#include "meta/quota.h"

#include "base/assert.h"

enum { COUNT_AGAIN = 20 }; /* of the time, at most a twentieth is spent counting */

void gx_quota_limit(struct gx_tenant *tenant, int64_t seats, int64_t records, int64_t file_bytes)
{
    atomic_store(&tenant->quota.limits[GX_QUOTA_SEATS], seats);
    atomic_store(&tenant->quota.limits[GX_QUOTA_RECORDS], records);
    atomic_store(&tenant->quota.limits[GX_QUOTA_FILE_BYTES], file_bytes);
}

/* Who works here, their views and who may do what are no records in this sense. */
bool gx_quota_counts(const struct gx_object *object)
{
    static const char *const others[] = { "user", "list_view", "list_default", "preference",
                                          "sql_query" };
    bool counts = !object->governs;
    for (size_t i = 0; i < GX_COUNT(others); i++)
        counts = counts && !gx_str_is(object->x.name, others[i]);
    return counts;
}

static enum gx_code count_records(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                  struct gx_conn *conn, int64_t *ret_count)
{
    struct gx_meta *meta = gx_tenant_meta(tenant);
    enum gx_code code = GX_OK;
    *ret_count = 0;
    for (size_t i = 0; i < meta->object_count && code == GX_OK; i++) {
        const struct gx_object *object = meta->objects[i];
        int64_t n = 0;
        if (!gx_quota_counts(object))
            continue;
        struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
        gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
        gx_sqlb_name(b, object->x.table);
        gx_sqlb_add(b, GX_SQL(" WHERE deleted_at IS NULL"));
        code = gx_db_int(ctx, conn, gx_sqlb_sql(b), NULL, 0, 0, &n);
        *ret_count += n;
    }
    gx_meta_unref(meta);
    return code;
}

enum gx_code gx_quota_count(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                            enum gx_quota_kind kind, int64_t *ret_count)
{
    switch (kind) {
    case GX_QUOTA_RECORDS:
        return count_records(ctx, tenant, conn, ret_count);
    case GX_QUOTA_FILE_BYTES:
        return gx_db_int(ctx, conn,
                         GX_SQL("SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM \"file\" "
                                "WHERE deleted_at IS NULL"),
                         NULL, 0, 0, ret_count);
    default:
        return gx_db_int(ctx, conn,
                         GX_SQL("SELECT count(*) FROM \"user\" u WHERE u.deleted_at IS NULL "
                                "AND coalesce(u.active, 1) = 1 AND (u.id IN "
                                "(SELECT user_id FROM gx_credential) OR u.id IN "
                                "(SELECT user_id FROM gx_identity) OR u.id IN "
                                "(SELECT user_id FROM gx_provision))"),
                         NULL, 0, 0, ret_count);
    }
}

static enum gx_code refuse(struct gx_ctx *ctx, enum gx_quota_kind kind, int64_t used, int64_t limit)
{
    static const enum gx_message words[GX_QUOTA_KINDS] = {
        [GX_QUOTA_SEATS] = GX_M_PLAN_SEATS,
        [GX_QUOTA_RECORDS] = GX_M_PLAN_RECORDS,
        [GX_QUOTA_FILE_BYTES] = GX_M_PLAN_FILES,
    };
    int64_t unit = kind == GX_QUOTA_FILE_BYTES ? 1 << 20 : 1;
    return gx_fail(ctx, GX_E_PLAN, GX_STR(""), words[kind],
                   gx_arena_printf(ctx->arena, "%lld", (long long)(limit / unit)),
                   gx_arena_printf(ctx->arena, "%lld", (long long)((used + unit - 1) / unit)));
}

/* Only the writer comes here, so `counts` needs no lock. */
enum gx_code gx_quota_take(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                           enum gx_quota_kind kind, int64_t more)
{
    int64_t limit = atomic_load(&tenant->quota.limits[kind]), now_us = gx_monotonic_us();
    struct gx_quota_known *known = &tenant->quota.known[kind];
    if (limit == 0)
        return GX_OK;
    gx_assert(gx_conn_is_writer(conn));
    if (tenant->quota.stale != known->stale) /* others have written, in PostgreSQL */
        known->counted_us = 0;
    bool worth = now_us - known->counted_us >= COUNT_AGAIN * known->took_us;
    if (known->counted_us == 0 || (known->count + more > limit && worth)) {
        GX_TRY(gx_quota_count(ctx, tenant, conn, kind, &known->count));
        known->counted_us = gx_monotonic_us();
        known->took_us = known->counted_us - now_us;
        known->stale = tenant->quota.stale;
    }
    if (known->count + more > limit)
        return refuse(ctx, kind, known->count, limit);
    known->count += more;
    return GX_OK;
}
