/*
 * import_bulk.c - a large file into an empty table: its indexes are made at the end.
 *
 * An index on names or phones takes each new row in a page of its own, which is then written
 * twice; made at once from all rows it is sorted once.  Unique indexes stay, since they are
 * rules.  If the program dies meanwhile, opening the store plans and makes what is missing.
 */
#include "meta/tenant.h"
#include "store/import_int.h"

enum { LARGE_BYTES = 8 << 20 };

struct bulk {
    struct gx_ctx *ctx;
    const struct gx_meta *meta;
    const struct gx_object *object;
    bool begun, more;
};

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
    return GX_OK;
}
