/*
 * import_bulk.c - a large file into an empty table: its indexes are made at the end.
 *
 * An index on names or phones takes each new row in a page of its own, which is then written
 * twice; made at once from all rows it is sorted once.  Unique indexes stay, since they are
 * rules.  If the program dies meanwhile, opening the store plans and makes what is missing.
 *
 * The search table merges its segments as it grows, several times each entry: that too is left
 * for later, in pieces, when the import is done already (searching many segments finds the same
 * a little slower).  The setting is kept in the table, so an import that goes on after a crash
 * sets it back.
 */
#include "base/log.h"
#include "meta/tenant.h"
#include "store/import_int.h"

enum {
    LARGE_BYTES = 1 << 20,
    MERGE_PAGES = 1000, /* in one piece of work: some 4 MB */
};

struct bulk {
    struct gx_ctx *ctx;
    const struct gx_meta *meta;
    const struct gx_object *object;
    bool begun, more;
};

static enum gx_code merging_on(void *p, struct gx_conn *conn)
{
    struct bulk *bulk = p;
    return gx_plan_search_merging(bulk->ctx, conn, bulk->object, true);
}

/* A piece of the merge of all segments into one: the first with a minus begins it. */
static enum gx_code merge_some(void *p, struct gx_conn *conn)
{
    struct bulk *bulk = p;
    int64_t before, after;
    struct gx_sql count = GX_SQL("SELECT total_changes()");
    if (!bulk->object->searched || gx_conn_dialect(conn) != GX_SQLITE) {
        bulk->more = false;
        return GX_OK;
    }
    GX_TRY(gx_db_int(bulk->ctx, conn, count, NULL, 0, 0, &before));
    GX_TRY(gx_plan_search_command(bulk->ctx, conn, bulk->object, GX_SQL("'merge'"),
                                  bulk->begun ? MERGE_PAGES : -MERGE_PAGES));
    GX_TRY(gx_db_int(bulk->ctx, conn, count, NULL, 0, 0, &after));
    bulk->begun = true;
    bulk->more = after - before >= 2; /* less: there was nothing left (FTS5's manual) */
    return GX_OK;
}

static enum gx_code drop_indexes(void *p, struct gx_conn *conn)
{
    struct bulk *bulk = p;
    struct gx_plan_step *steps;
    struct gx_sqlb *b = gx_sqlb_new(bulk->ctx->arena, gx_conn_dialect(conn));
    int64_t rows;
    bulk->begun = false;
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM "));
    gx_sqlb_name(b, bulk->object->x.table);
    gx_sqlb_add(b, GX_SQL(" LIMIT 1"));
    GX_TRY(gx_db_int(bulk->ctx, conn, gx_sqlb_sql(b), NULL, 0, 0, &rows));
    if (rows || gx_conn_dialect(conn) != GX_SQLITE)
        return GX_OK;
    GX_TRY(gx_plan_without_indexes(bulk->ctx, conn, bulk->object, &steps));
    GX_TRY(gx_plan_run(bulk->ctx, conn, bulk->meta, steps));
    GX_TRY(gx_plan_search_merging(bulk->ctx, conn, bulk->object, false));
    bulk->begun = true;
    return GX_OK;
}

enum gx_code gx_import_bulk_begin(struct gx_ctx *ctx, struct gx_import_work *work,
                                  const struct gx_meta *meta, const struct gx_object *object,
                                  int64_t file_bytes, bool *ret_begun)
{
    struct bulk bulk = { .ctx = ctx, .meta = meta, .object = object };
    if (file_bytes >= LARGE_BYTES)
        GX_TRY(gx_db_write(ctx, work->tenant->db, drop_indexes, &bulk));
    *ret_begun = bulk.begun;
    return GX_OK;
}

/* One index a piece of work, so that what others write gets its turn in between. */
static enum gx_code make_index(void *p, struct gx_conn *conn)
{
    struct bulk *bulk = p;
    struct gx_plan_step *s;
    GX_TRY(gx_plan_make(bulk->ctx, conn, bulk->meta, &s));
    while (s && (s->kind != GX_PLAN_ADD_INDEX || !gx_str_eq(s->object, bulk->object->x.name)))
        s = s->next;
    bulk->more = s;
    if (!s)
        return GX_OK;
    s->next = NULL;
    return gx_plan_run(bulk->ctx, conn, bulk->meta, s);
}

enum gx_code gx_import_bulk_end(struct gx_ctx *ctx, struct gx_import_work *work,
                                const struct gx_meta *meta, const struct gx_object *object)
{
    struct bulk bulk = { .ctx = ctx, .meta = meta, .object = object, .more = true };
    while (bulk.more)
        GX_TRY(gx_db_write(ctx, work->tenant->db, make_index, &bulk));
    return gx_db_write(ctx, work->tenant->db, merging_on, &bulk);
}

void gx_import_bulk_tidy(struct gx_ctx *ctx, struct gx_import_work *work,
                         const struct gx_object *object)
{
    struct bulk bulk = { .ctx = ctx, .object = object, .more = true };
    while (bulk.more && !atomic_load(work->stop))
        if (gx_db_write(ctx, work->tenant->db, merge_some, &bulk) != GX_OK) {
            gx_log_say(GX_LOG_WARN, "search_merge", gx_ctx_text(ctx));
            gx_ctx_clear(ctx);
            return;
        }
}
