/*
 * batch_undo.c - take a batch back, from the newest entry of its log to the oldest.
 *
 * An entry that was taken back stays in the log with the negative id of the batch, so it is done
 * once, and a program that was killed goes on where it was.
 */
#include "store/batch_int.h"

enum { UNDO_ENTRIES = 200 };

struct entry {
    int64_t seq, kind, record;
    struct gx_str object, data;
};

struct undo {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    int64_t id;
    bool more;
    /* the entry at hand */
    struct gx_scope *scope;
    const struct gx_object *object;
    const struct entry *entry;
    int64_t kept;
};

static enum gx_code keep(void *p, struct gx_str title)
{
    struct undo *u = p;
    u->kept++;
    return gx_batch_keep(u->ctx, gx_scope_conn(u->scope), u->id, u->entry->record, "kept", title);
}

static enum gx_code take(void *p, struct gx_conn *conn)
{
    struct undo *u = p;
    struct gx_write_options options = { .import_id = -u->id,
                                        .reason = GX_STR("change of many records undone"),
                                        .any_move = true };
    struct gx_revert revert = { .scope = u->scope,
                                .object = u->object,
                                .record = u->entry->record,
                                .data = u->entry->data,
                                .options = &options,
                                .keep = keep,
                                .p = u };
    (void)conn;
    if (u->entry->kind == GX_CHANGE_DELETE)
        return gx_revert_delete(&revert);
    if (u->entry->kind == GX_CHANGE_RESTORE)
        return gx_revert_restore(&revert);
    return gx_revert_update(&revert);
}

static enum gx_code take_one(struct undo *u, struct gx_conn *conn, const struct entry *entry)
{
    const struct gx_meta *meta = gx_scope_meta(u->scope);
    struct gx_value seq = gx_value_int(entry->seq);
    u->entry = entry;
    u->object = NULL;
    for (size_t i = 0; i < meta->object_count && !u->object; i++)
        if (gx_str_eq(meta->objects[i]->id, entry->object))
            u->object = meta->objects[i];
    int64_t kept = u->kept;
    enum gx_code code = u->object ? gx_db_try(u->ctx, conn, take, u) : GX_OK;
    if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
        return code;
    if (code != GX_OK) {
        u->kept = kept;
        GX_TRY(keep(u, GX_STR("")));
    }
    gx_ctx_clear(u->ctx);
    return gx_db_exec(u->ctx, conn,
                      GX_SQL("UPDATE gx_change SET import_id = -import_id WHERE seq = ?1"), &seq, 1,
                      NULL);
}

static enum gx_code read_entries(struct undo *u, struct gx_conn *conn, struct entry *entries,
                                 size_t *ret_count)
{
    struct gx_arena *arena = u->ctx->arena;
    struct gx_value values[] = { gx_value_int(u->id), gx_value_int(UNDO_ENTRIES) };
    struct gx_rows *rows;
    bool has;
    size_t n = 0;
    GX_TRY(gx_db_query(u->ctx, conn,
                       GX_SQL("SELECT seq, kind, record, object, data FROM gx_change "
                              "WHERE import_id = ?1 ORDER BY seq DESC LIMIT ?2"),
                       values, 2, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(u->ctx, rows, &has)) == GX_OK && has && n < UNDO_ENTRIES)
        entries[n++] = (struct entry){
            .seq = gx_rows_int(rows, 0),
            .kind = gx_rows_int(rows, 1),
            .record = gx_rows_int(rows, 2),
            .object = gx_arena_str(arena, gx_rows_text(rows, 3)),
            .data = gx_arena_str(arena, gx_rows_text(rows, 4)),
        };
    gx_rows_close(rows);
    *ret_count = n;
    return code;
}

static enum gx_code undo_piece(void *p, struct gx_conn *conn)
{
    struct undo *u = p;
    struct entry *entries = GX_ARENA_ARRAY(u->ctx->arena, struct entry, UNDO_ENTRIES);
    size_t count;
    gx_ctx_clear(u->ctx);
    u->kept = 0;
    u->scope = gx_scope_system(u->ctx, u->tenant, conn, "undo of a change of many records");
    GX_TRY(read_entries(u, conn, entries, &count));
    for (size_t i = 0; i < count; i++)
        GX_TRY(take_one(u, conn, &entries[i]));
    u->more = count == UNDO_ENTRIES;
    struct gx_value values[] = { gx_value_int(u->id), gx_value_int(u->kept),
                                 gx_value_text(u->more ? GX_STR("undoing") : GX_STR("undone")),
                                 gx_value_int(u->ctx->now_us) };
    return gx_db_exec(u->ctx, conn,
                      GX_SQL("UPDATE gx_batch SET kept = kept + ?2, state = ?3, finished_at = ?4 "
                             "WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_batch_undo_piece(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                                 bool *ret_more)
{
    struct undo undo = { .ctx = ctx, .tenant = tenant, .id = id };
    GX_TRY(gx_db_write(ctx, tenant->db, undo_piece, &undo));
    *ret_more = undo.more;
    return GX_OK;
}
