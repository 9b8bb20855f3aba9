/*
 * import_undo.c - take back what an import did, from the newest entry of its log to the oldest.
 *
 * Records it made are purged, fields it changed get their values of before.  What others did
 * since is never lost: a record that was changed or linked to since stays, and so does a field
 * with a newer value; each is reported as a row "kept" of the import.  An entry that was taken back
 * stays in the log with the negative id of the import, so it is done once and a killed program goes
 * on where it was.
 */
#include "base/text.h"
#include "store/import_int.h"
#include "store/number.h"
#include "store/revert.h"

struct change {
    int64_t seq, kind, record;
    struct gx_str object, data;
};

struct taking {
    struct gx_import_undo *undo;
    struct gx_scope *scope;
    const struct gx_object *object;
    const struct change *change;
};

static struct gx_write_options undo_options(const struct taking *t)
{
    return (struct gx_write_options){ .import_id = -t->undo->work->id,
                                      .reason = GX_STR("import undone"),
                                      .numbers = true,
                                      .any_move = true };
}

/* One error of ctx as a row "kept"; negative numbers, as rows of the file are positive. */
static enum gx_code keep(const struct taking *t, struct gx_str title)
{
    struct gx_ctx *ctx = t->undo->ctx;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "object", t->object->x.name);
    gx_jw_key_id(&w, "id", t->change->record);
    gx_jw_key(&w, GX_STR("errors"));
    gx_jw_array(&w);
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "field", e->path);
        gx_jw_key_str(&w, "detail", gx_error_text(ctx->arena, e, ctx->lang));
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    struct gx_value values[] = {
        gx_value_int(t->undo->work->id),
        gx_value_int(-t->change->seq),
        gx_value_text(title),
        gx_value_text(gx_arena_str(ctx->arena, gx_buf_str(&out))),
    };
    gx_buf_free(&out);
    gx_ctx_clear(ctx);
    return gx_db_exec(ctx, gx_scope_conn(t->scope),
                      GX_SQL("INSERT INTO gx_import_row (import_id, row, action, title, detail) "
                             "VALUES (?1, ?2, 'kept', ?3, ?4) ON CONFLICT (import_id, row) "
                             "DO UPDATE SET action = excluded.action, detail = excluded.detail"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code keep_titled(void *p, struct gx_str title)
{
    return keep(p, title);
}

static enum gx_code take_update(struct taking *t)
{
    struct gx_write_options options = undo_options(t);
    struct gx_revert revert = { .scope = t->scope,
                                .object = t->object,
                                .record = t->change->record,
                                .data = t->change->data,
                                .options = &options,
                                .keep = keep_titled,
                                .p = t };
    return gx_revert_update(&revert);
}

/* Did anybody but this import, and imports that were taken back, change the record since? */
static enum gx_code edited_since(const struct taking *t, int64_t *ret_count)
{
    struct gx_value values[] = { gx_value_int(t->change->record), gx_value_int(t->undo->work->id),
                                 gx_value_int(GX_CHANGE_UPDATE) };
    return gx_db_int(t->undo->ctx, gx_scope_conn(t->scope),
                     GX_SQL("SELECT COUNT(*) FROM gx_change WHERE record = ?1 AND kind = ?3 "
                            "AND (import_id IS NULL OR (import_id > 0 AND import_id <> ?2))"),
                     values, GX_COUNT(values), 0, ret_count);
}

static enum gx_code return_numbers(const struct taking *t, const struct gx_record *record)
{
    struct gx_ctx *ctx = t->undo->ctx;
    int64_t now_us = ctx->now_us;
    enum gx_code code = GX_OK;
    ctx->now_us = record->v[GX_SLOT_CREATED_AT].i;
    for (size_t i = 0; i < t->object->field_count && code == GX_OK; i++) {
        const struct gx_field *f = &t->object->fields[i];
        if (f->number_format.n && record->v[f->slot].kind == GX_VALUE_TEXT)
            code = gx_number_return(t->scope, f, t->object, record->v[f->slot].s);
    }
    ctx->now_us = now_us;
    return code;
}

static enum gx_code take_create(const struct taking *t)
{
    struct gx_ctx *ctx = t->undo->ctx;
    struct gx_record now;
    struct gx_write_options options = undo_options(t);
    int64_t edits;
    size_t links;
    struct gx_str plural = GX_STR("");
    GX_TRY(gx_row_read(ctx, gx_scope_conn(t->scope), t->object, t->change->record, &now));
    if (!now.v)
        return GX_OK;
    GX_TRY(edited_since(t, &edits));
    GX_TRY(gx_record_pointed(t->scope, t->object, t->change->record, &links, &plural));
    if (edits)
        (void)!gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_UNDO_EDITED);
    else if (links)
        (void)!gx_fail(ctx, GX_E_IN_USE, GX_STR(""), GX_M_UNDO_LINKED,
                       gx_arena_printf(ctx->arena, "%zu", links), plural);
    if (edits || links)
        return keep(t, gx_record_title(&now));
    GX_TRY(gx_record_purge(t->scope, t->object, t->change->record, &options));
    return return_numbers(t, &now);
}

static enum gx_code take(void *p, struct gx_conn *conn)
{
    struct taking *t = p;
    (void)conn;
    return t->change->kind == GX_CHANGE_UPDATE ? take_update(t) : take_create(t);
}

/* One entry; what cannot be taken back (a rule of today forbids it) is reported. */
static enum gx_code take_one(struct gx_import_undo *undo, struct gx_scope *scope,
                             const struct change *change)
{
    struct taking t = { .undo = undo, .scope = scope, .change = change };
    struct gx_value seq = gx_value_int(change->seq);
    for (size_t i = 0; i < undo->meta->object_count && !t.object; i++)
        if (gx_str_eq(undo->meta->objects[i]->id, change->object))
            t.object = undo->meta->objects[i];
    bool known = change->kind == GX_CHANGE_UPDATE || change->kind == GX_CHANGE_CREATE;
    if (t.object && known) {
        enum gx_code code = gx_db_try(undo->ctx, gx_scope_conn(scope), take, &t);
        if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
            return code;
        if (code != GX_OK)
            GX_TRY(keep(&t, GX_STR("")));
    }
    return gx_db_exec(undo->ctx, gx_scope_conn(scope),
                      GX_SQL("UPDATE gx_change SET import_id = -import_id WHERE seq = ?1"), &seq, 1,
                      NULL);
}

enum gx_code gx_import_undo_batch(void *p, struct gx_conn *conn)
{
    struct gx_import_undo *undo = p;
    struct gx_ctx *ctx = undo->ctx;
    struct gx_scope *scope = gx_scope_system(ctx, undo->work->tenant, conn, "undo of an import");
    struct gx_value values[] = { gx_value_int(undo->work->id), gx_value_int(IMPORT_UNDO_ROWS) };
    struct change *changes = GX_ARENA_ARRAY(ctx->arena, struct change, IMPORT_UNDO_ROWS);
    struct gx_rows *rows;
    bool has;
    size_t n = 0;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT seq, kind, record, object, data FROM gx_change "
                              "WHERE import_id = ?1 ORDER BY seq DESC LIMIT ?2"),
                       values, 2, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < IMPORT_UNDO_ROWS)
        changes[n++] = (struct change){
            .seq = gx_rows_int(rows, 0),
            .kind = gx_rows_int(rows, 1),
            .record = gx_rows_int(rows, 2),
            .object = gx_arena_str(ctx->arena, gx_rows_text(rows, 3)),
            .data = gx_arena_str(ctx->arena, gx_rows_text(rows, 4)),
        };
    gx_rows_close(rows);
    GX_TRY(code);
    for (size_t i = 0; i < n; i++)
        GX_TRY(take_one(undo, scope, &changes[i]));
    undo->left = (int64_t)n;
    return GX_OK;
}
