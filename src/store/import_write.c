/*
 * import_write.c - the rows of a batch written in one piece of work, with how far the import is.
 *
 * If a batch cannot be written as a whole, it is tried in pieces, and the rows of a bad piece one
 * by one, so one bad row costs only itself.
 */
#include "store/bulk.h"
#include "store/import_run.h"

enum gx_code import_find_match(struct import_runner *r, struct gx_scope *scope,
                               struct import_row *row, int64_t *ret_id)
{
    *ret_id = 0;
    if (r->plan.mode == GX_IMPORT_CREATE)
        return GX_OK;
    GX_TRY(gx_match_find(scope, r->object, r->match, r->plan.match_count, row->input, ret_id));
    if (!*ret_id && r->plan.mode == GX_IMPORT_UPDATE)
        return gx_fail(&r->ctx, GX_E_NOT_FOUND, r->match[0]->x.name, GX_M_NO_MATCH);
    return GX_OK;
}

enum gx_code import_keep_row(struct import_runner *r, struct gx_conn *conn,
                             const struct import_row *row, struct gx_str detail)
{
    struct gx_value values[] = {
        gx_value_int(r->work->id),
        gx_value_int(row->number),
        gx_value_text(gx_str_c(row->action)),
        row->title.n ? gx_value_text(row->title) : GX_NULL_VALUE,
        gx_value_text(detail),
        row->cells.n ? gx_value_text(row->cells) : GX_NULL_VALUE,
    };
    return gx_db_exec(
        &r->ctx, conn,
        GX_SQL("INSERT INTO gx_import_row (import_id, row, action, title, detail, cells) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (import_id, row) DO UPDATE "
               "SET action = excluded.action, detail = excluded.detail, "
               "cells = excluded.cells"),
        values, GX_COUNT(values), NULL);
}

/* {"id": of the record, "fields": {field: text}} for the end of the run. */
static enum gx_code keep_later(struct import_runner *r, struct gx_conn *conn,
                               const struct import_row *row, int64_t id)
{
    struct import_row kept = *row;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", id);
    gx_jw_key_str(&w, "action", gx_str_c(row->action));
    gx_jw_key(&w, GX_STR("fields"));
    gx_jw_object(&w);
    for (const struct import_later *l = row->later; l; l = l->next) {
        gx_jw_key(&w, l->field->x.name);
        gx_jw_str(&w, l->text);
    }
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(r->ctx.arena, gx_buf_str(&out));
    gx_buf_free(&out);
    kept.action = "later";
    return import_keep_row(r, conn, &kept, text);
}

static enum gx_code write_one(struct import_runner *r, struct gx_scope *scope, struct gx_bulk *bulk,
                              struct import_row *row)
{
    struct gx_write_options options = {
        .import_id = r->work->id,
        .numbers = true,
        .any_move = true,
        .search = &row->search,
        .bulk = bulk,
    };
    int64_t id;
    bool changed = true;
    struct gx_input copy = *row->input; /* defaults must not stick when it is tried again */
    copy.v = gx_arena_alloc(r->ctx.arena, r->object->slot_count * sizeof *copy.v);
    memcpy(copy.v, row->input->v, r->object->slot_count * sizeof *copy.v);
    GX_TRY(import_find_match(r, scope, row, &id));
    row->action = id ? "update" : "create";
    if (!id)
        GX_TRY(gx_record_create(scope, &copy, &options, &id));
    else
        GX_TRY(gx_record_update(scope, id, 0, &copy, &options, &changed, NULL));
    if (!changed)
        row->action = "same";
    return row->later ? keep_later(r, gx_scope_conn(scope), row, id) : GX_OK;
}

enum gx_code import_save_progress(struct import_runner *r, struct gx_conn *conn,
                                  const struct gx_import_row_state *s)
{
    struct gx_value values[] = {
        gx_value_int(s->id),      gx_value_int(s->row_done), gx_value_int(s->row_total),
        gx_value_int(s->created), gx_value_int(s->updated),  gx_value_int(s->same),
        gx_value_int(s->failed),
    };
    return gx_db_exec(&r->ctx, conn,
                      GX_SQL("UPDATE gx_import SET row_done = ?2, row_total = ?3, "
                             "created_count = ?4, updated_count = ?5, same_count = ?6, "
                             "failed_count = ?7 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static void count_row(struct gx_import_row_state *s, const struct import_row *row)
{
    if (strcmp(row->action, "create") == 0)
        s->created++;
    else if (strcmp(row->action, "update") == 0)
        s->updated++;
    else if (strcmp(row->action, "same") == 0)
        s->same++;
    else
        s->failed++;
}

enum { BULK_ROWS_MIN = 8 }; /* fewer are not worth a COPY */

/* Some rows of a batch, as one piece of work. */
struct piece {
    struct import_runner *r;
    struct gx_scope *scope;
    size_t from, to;
};

static enum gx_code write_piece(void *p, struct gx_conn *conn)
{
    struct piece *piece = p;
    struct import_runner *r = piece->r;
    struct gx_bulk *bulk = NULL;
    if (gx_conn_dialect(conn) == GX_POSTGRES && r->plan.mode == GX_IMPORT_CREATE &&
        piece->to - piece->from >= BULK_ROWS_MIN)
        bulk = gx_bulk_new(r->ctx.arena, piece->to - piece->from);
    for (size_t i = piece->from; i < piece->to; i++)
        if (r->rows[i].code == GX_OK)
            GX_TRY(write_one(r, piece->scope, bulk, &r->rows[i]));
    return bulk ? gx_bulk_write(piece->scope, r->object, bulk) : GX_OK;
}

/* Piece by piece, and a piece that fails row by row; what still fails says why. */
static void write_in_pieces(struct import_runner *r, struct gx_conn *conn, struct piece all)
{
    for (size_t from = all.from; from < all.to; from += IMPORT_CHUNK_ROWS) {
        size_t left = all.to - from;
        struct piece some = { r, all.scope, from,
                              from + (left < IMPORT_CHUNK_ROWS ? left : IMPORT_CHUNK_ROWS) };
        if (gx_db_try(&r->ctx, conn, write_piece, &some) == GX_OK)
            continue;
        gx_ctx_clear(&r->ctx);
        for (size_t i = some.from; i < some.to; i++) {
            struct piece one = { r, all.scope, i, i + 1 };
            if (gx_db_try(&r->ctx, conn, write_piece, &one) == GX_OK)
                continue;
            r->rows[i].action = "fail";
            r->rows[i].errors = import_errors(&r->ctx);
        }
    }
}

/* All rows of the batch, their failures, and how far the import is; one transaction. */
static enum gx_code write_batch(void *p, struct gx_conn *conn)
{
    struct import_writing *b = p;
    struct import_runner *r = &b->r;
    struct piece all = { r, NULL, 0, r->count };
    int64_t start_us = gx_monotonic_us();
    b->after = r->state;
    GX_TRY(import_scope(r, conn, &all.scope));
    if (r->work->job == GX_IMPORT_RUN && !b->in_pieces)
        GX_TRY(write_piece(&all, conn)); /* if not: the whole batch again, in pieces */
    else if (r->work->job == GX_IMPORT_RUN)
        write_in_pieces(r, conn, all);
    for (size_t i = 0; i < r->count; i++) {
        struct import_row *row = &r->rows[i];
        count_row(&b->after, row);
        bool failed = strcmp(row->action, "fail") == 0;
        if (failed && b->after.failed <= GX_IMPORT_FAILED_ROWS_MAX)
            GX_TRY(import_keep_row(r, conn, row, row->errors));
        else if (r->work->job == GX_IMPORT_CHECK &&
                 r->diff_kept + (int64_t)i < GX_IMPORT_DIFF_ROWS_MAX)
            GX_TRY(import_keep_row(r, conn, row, row->changes));
        b->after.row_done = row->number;
    }
    b->after.row_total = r->file_bytes && r->offset > 0
                             ? b->after.row_done * r->file_bytes / r->offset
                             : b->after.row_done;
    enum gx_code code = import_save_progress(r, conn, &b->after);
    b->took_us = gx_monotonic_us() - start_us;
    return code;
}

static void written(void *p, enum gx_code code)
{
    struct import_writing *b = p;
    b->code = code;
    sem_post(&b->done);
}

enum gx_code import_finish_batch(struct import_runner *r)
{
    struct import_writing *b = r->writing;
    if (!b->under_way)
        return GX_OK;
    while (sem_wait(&b->done) != 0)
        continue; /* a signal came */
    b->under_way = false;
    if (b->code != GX_OK) {
        gx_ctx_clear(&b->r.ctx);
        b->in_pieces = true;
        enum gx_code code = gx_db_write(&b->r.ctx, r->work->tenant->db, write_batch, b);
        b->in_pieces = false;
        if (code != GX_OK) {
            r->job_ctx.errors = b->r.ctx.errors;
            return code;
        }
    }
    r->state = b->after;
    r->diff_kept += (int64_t)b->r.count;
    if (b->took_us > IMPORT_BATCH_LONG_US && r->batch_rows > IMPORT_BATCH_ROWS_FIRST)
        r->batch_rows /= 2;
    else if (b->took_us < IMPORT_BATCH_SHORT_US && r->batch_rows < IMPORT_BATCH_ROWS_MAX)
        r->batch_rows *= 2;
    return GX_OK;
}

enum gx_code import_flush(struct import_runner *r)
{
    struct import_writing *b = r->writing;
    GX_TRY(import_finish_batch(r));
    if (r->count == 0)
        return GX_OK;
    struct gx_arena *free_arena = b->r.batch_arena;
    struct import_row *free_rows = b->r.rows;
    b->r = *r;
    r->batch_arena = free_arena;
    r->rows = free_rows;
    r->count = 0;
    b->under_way = true;
    gx_db_submit(r->work->tenant->db, write_batch, written, b);
    return GX_OK;
}
