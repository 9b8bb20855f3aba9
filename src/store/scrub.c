/* scrub.c - see scrub.h. */
#include "store/scrub.h"

enum { MERGE_PAGES = 400, MERGE_STEPS_MAX = 100000 };

struct scrubbing {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    const struct gx_object *object;
    int64_t pages; /* negative: begin to bring all into one segment */
    int64_t changed, erasure;
};

static enum gx_code merge(void *p, struct gx_conn *conn)
{
    struct scrubbing *s = p;
    int64_t before, after;
    GX_TRY(gx_db_int(s->ctx, conn, GX_SQL("SELECT total_changes()"), NULL, 0, 0, &before));
    GX_TRY(gx_plan_search_command(s->ctx, conn, s->object, GX_SQL("'merge'"), s->pages));
    GX_TRY(gx_db_int(s->ctx, conn, GX_SQL("SELECT total_changes()"), NULL, 0, 0, &after));
    s->changed = after - before;
    return GX_OK;
}

/* A deleted text's words stay in their segment until it is merged: do so, in steps, to the end. */
static enum gx_code merge_search(struct scrubbing *s, const atomic_bool *end)
{
    enum { STILL = 2 }; /* FTS5's manual: fewer changes than that are none */
    s->pages = -MERGE_PAGES;
    for (int i = 0; i < MERGE_STEPS_MAX; i++) {
        if (atomic_load(end))
            return GX_E_CANCELLED;
        GX_TRY(gx_db_write(s->ctx, s->tenant->db, merge, s));
        if (s->changed < STILL)
            return GX_OK;
        s->pages = MERGE_PAGES;
    }
    return GX_OK;
}

static enum gx_code say_done(void *p, struct gx_conn *conn)
{
    struct scrubbing *s = p;
    struct gx_value values[] = { gx_value_int(s->ctx->now_us), gx_value_int(s->erasure) };
    return gx_db_exec(s->ctx, conn,
                      GX_SQL("UPDATE gx_erasure SET scrubbed_at = ?1 WHERE state = 'done' AND "
                             "scrubbed_at IS NULL AND id <= ?2"),
                      values, GX_COUNT(values), NULL);
}

/* Tables whose rows an erasure may have touched. */
static size_t tables_of(const struct gx_meta *meta, struct gx_arena *arena, struct gx_str **ret)
{
    static const char *const own[] = { "gx_change",        "gx_seal",        "gx_import",
                                       "gx_import_row",    "gx_batch",       "gx_batch_row",
                                       "gx_share",         "gx_idempotency", "gx_total_asked",
                                       "gx_batch_before",  "gx_book_record", "gx_segment_member",
                                       "gx_segment_event", "gx_segment_list" };
    struct gx_str *tables =
        GX_ARENA_ARRAY(arena, struct gx_str, GX_COUNT(own) + 2 * meta->object_count);
    size_t n = 0;
    for (size_t i = 0; i < GX_COUNT(own); i++)
        tables[n++] = gx_str_c(own[i]);
    for (size_t i = 0; i < meta->object_count; i++) {
        tables[n++] = meta->objects[i]->x.table;
        if (meta->objects[i]->searched)
            tables[n++] = meta->objects[i]->search_table;
    }
    *ret = tables;
    return n;
}

static enum gx_code scrub(struct scrubbing *s, const struct gx_meta *meta, const atomic_bool *end)
{
    struct gx_str *tables;
    size_t count = tables_of(meta, s->ctx->arena, &tables);
    for (size_t i = 0; i < meta->object_count && gx_db_dialect(s->tenant->db) == GX_SQLITE; i++) {
        s->object = meta->objects[i];
        if (s->object->searched)
            GX_TRY(merge_search(s, end));
    }
    GX_TRY(gx_db_scrub(s->ctx, s->tenant->db, tables, count));
    return gx_db_write(s->ctx, s->tenant->db, say_done, s);
}

enum gx_code gx_scrub(struct gx_ctx *ctx, struct gx_tenant *tenant, bool large,
                      const atomic_bool *end)
{
    struct scrubbing s = { .ctx = ctx, .tenant = tenant };
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = gx_db_int(ctx, conn,
                                  GX_SQL("SELECT max(id) FROM gx_erasure WHERE state = 'done' AND "
                                         "scrubbed_at IS NULL"),
                                  NULL, 0, 0, &s.erasure);
    gx_db_reader_release(conn);
    if (code != GX_OK || !s.erasure)
        return code;
    if (!large && gx_db_stats(tenant->db).page_bytes > GX_SCRUB_BYTES_MAX)
        return GX_OK;
    struct gx_meta *meta = gx_tenant_meta(tenant);
    code = scrub(&s, meta, end);
    gx_meta_unref(meta);
    return code;
}
