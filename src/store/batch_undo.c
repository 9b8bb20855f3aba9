/*
 * batch_undo.c - take a batch back, from the newest entry of its log to the oldest.
 *
 * An entry that was taken back stays in the log with the negative id of the batch, so it is done
 * once, and a program that was killed goes on where it was.
 */
#include "store/batch_int.h"
#include "store/before.h"
#include "store/relocate.h"

enum { UNDO_ENTRIES = 200, UNDO_HEADS = 20 };

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
    /* of what stands in gx_batch_before */
    struct gx_batch_state state;
    struct gx_str action;
    int64_t created_by, head;
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

/* --- what stands in gx_batch_before: a head, whole or not at all */

static enum gx_code take_head(void *p, struct gx_conn *conn)
{
    struct undo *u = p;
    struct gx_before *rows;
    size_t count;
    const struct gx_write_options options = { .import_id = -u->id,
                                              .reason = GX_STR("move between markets undone"),
                                              .by = u->created_by };
    (void)conn;
    if (gx_str_is(u->action, "relocate"))
        return gx_relocate_undo(u->scope, u->id, u->head, &options);
    GX_TRY(gx_before_read(u->scope, u->id, u->head, &rows, &count));
    for (size_t i = 0; i < count; i++)
        GX_TRY(gx_before_put_back(u->scope, u->object, &rows[i]));
    return gx_before_forget(u->scope, u->id, u->head);
}

static enum gx_code take_heads(struct undo *u, struct gx_conn *conn)
{
    int64_t heads[UNDO_HEADS];
    size_t count;
    GX_TRY(gx_object_get(u->scope, u->state.object, &u->object));
    GX_TRY(gx_before_heads(u->scope, u->id, heads, UNDO_HEADS, &count));
    for (size_t i = 0; i < count; i++) {
        u->head = heads[i];
        enum gx_code code = gx_db_try(u->ctx, conn, take_head, u);
        if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
            return code;
        if (code != GX_OK) {
            struct gx_record record;
            struct gx_error *errors = u->ctx->errors;
            GX_TRY(gx_row_read(u->ctx, conn, u->object, u->head, &record));
            u->ctx->errors = errors;
            u->kept++;
            GX_TRY(gx_batch_keep(u->ctx, conn, u->id, u->head, "kept",
                                 record.v ? gx_record_title(&record) : GX_STR("")));
            GX_TRY(gx_before_forget(u->scope, u->id, u->head));
        }
        gx_ctx_clear(u->ctx);
    }
    u->more = count == UNDO_HEADS;
    return GX_OK;
}

static bool has_heads(struct gx_str action)
{
    return gx_str_is(action, "relocate") || gx_str_is(action, "put") || gx_str_is(action, "take");
}

static enum gx_code take_entries(struct undo *u, struct gx_conn *conn)
{
    struct entry *entries = GX_ARENA_ARRAY(u->ctx->arena, struct entry, UNDO_ENTRIES);
    size_t count;
    GX_TRY(read_entries(u, conn, entries, &count));
    for (size_t i = 0; i < count; i++)
        GX_TRY(take_one(u, conn, &entries[i]));
    u->more = count == UNDO_ENTRIES;
    return GX_OK;
}

static enum gx_code undo_piece(void *p, struct gx_conn *conn)
{
    struct undo *u = p;
    bool there;
    gx_ctx_clear(u->ctx);
    u->kept = 0;
    GX_TRY(gx_batch_read(u->ctx, conn, u->id, &u->state, &there));
    u->action = u->state.action;
    u->created_by = u->state.created_by;
    u->scope = gx_scope_system(u->ctx, u->tenant, conn, "undo of a change of many records");
    GX_TRY(has_heads(u->action) ? take_heads(u, conn) : take_entries(u, conn));
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
