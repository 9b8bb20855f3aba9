/*
 * import_run.c - the work itself: checking and running; import_undo.c takes back.
 *
 * Rows are parsed and their links resolved on this thread; a batch of them is then written in one
 * piece of work together with the progress, while the next is parsed: two of everything that
 * belongs to a batch take turns.  If a batch cannot be written as a whole, it is tried in
 * pieces, and the rows of a bad piece one by one, so one bad row costs only itself.
 */
#include <semaphore.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/decimal.h"
#include "base/text.h"
#include "store/bulk.h"
#include "store/import_int.h"

struct later_link {
    const struct gx_field *field;
    struct gx_str text;
    struct later_link *next;
};

/* A row on its way from the file to the store. */
struct row {
    int64_t number;
    struct gx_input *input;
    struct gx_str cells; /* JSON, for the file of failing rows */
    struct gx_str title;
    struct later_link *later; /* links to records further down this file */
    enum gx_code code;
    struct gx_str errors; /* JSON */
    const char *action;
    struct gx_str changes; /* JSON, dry run */
    struct gx_search_ready search;
};

struct runner {
    struct gx_import_work *work;
    struct gx_arena arena; /* of the whole job */
    struct gx_arena *batch_arena;
    struct gx_ctx job_ctx, ctx; /* ctx: of the batch */
    struct gx_import_plan plan;
    struct gx_import_row_state state, after_later;
    const struct gx_object *object;
    struct gx_meta *meta;
    const struct gx_field **fields; /* by plan column; NULL: left out */
    int *parts;                     /* by plan column: part of an address, -1: the whole field */
    const struct gx_field *match[IMPORT_MATCH_FIELDS_MAX];
    struct gx_linker *linker;
    struct gx_map seen; /* dry run: keys of rows above */
    struct gx_import_rows_above *above;
    struct gx_scope *scope;
    struct gx_conn *reader;
    struct row *rows;
    size_t count, batch_rows;
    int64_t offset, file_bytes, diff_kept;
    struct writing *writing;
    bool bulk; /* the table's indexes wait for the end */
};

static struct gx_str errors_json(struct gx_ctx *ctx)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "field", e->path);
        gx_jw_key_str(&w, "detail", gx_error_text(ctx->arena, e, ctx->lang));
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    gx_ctx_clear(ctx);
    return text;
}

static struct gx_str cells_json(struct gx_ctx *ctx, const struct gx_sheet_row *row)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (size_t i = 0; i < row->cell_count; i++)
        gx_jw_str(&w, row->cells[i].text);
    gx_jw_array_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static enum gx_code make_scope(struct runner *r, struct gx_conn *conn, struct gx_scope **ret)
{
    struct gx_import_work *work = r->work;
    if (work->user)
        return gx_scope_user(&r->ctx, work->tenant, conn, work->user, ret);
    *ret = gx_scope_system(&r->ctx, work->tenant, conn, "import by the operator");
    return GX_OK;
}

static bool is_link(const struct gx_field *f)
{
    return f->x.type == GX_TYPE_LINK;
}

/* A link within the imported object may point to a row further down. */
static bool points_here(const struct runner *r, const struct gx_field *f)
{
    return gx_str_is(r->object->x.name, f->x.object) && r->plan.mode != GX_IMPORT_UPDATE;
}

static enum gx_code set_link(struct runner *r, struct row *row, const struct gx_field *field,
                             struct gx_str text)
{
    int64_t id;
    bool here = points_here(r, field);
    GX_TRY(gx_linker_find(r->linker, r->scope, field, text, here, &id));
    row->input->given[field->index_in_object] = true;
    if (id) {
        row->input->v[field->slot] = gx_value_int(id);
    } else if (here) {
        row->input->given[field->index_in_object] = false;
        struct later_link *l = GX_ARENA_NEW(r->ctx.arena, struct later_link);
        *l = (struct later_link){ field, gx_arena_str(r->ctx.arena, text), row->later };
        row->later = l;
    }
    return GX_OK;
}

/* "A; B" → ids */
static enum gx_code set_links(struct runner *r, struct row *row, const struct gx_field *field,
                              struct gx_str text)
{
    struct gx_buf ids = { 0 };
    struct gx_str piece;
    enum gx_code code = GX_OK;
    while (code == GX_OK && gx_str_split(&text, ';', &piece)) {
        int64_t id = 0;
        piece = gx_str_trim(piece);
        if (piece.n == 0)
            continue;
        code = gx_linker_find(r->linker, r->scope, field, piece, false, &id);
        if (code == GX_OK && id && ids.n)
            gx_buf_addc(&ids, ',');
        if (code == GX_OK && id)
            gx_buf_addi(&ids, id);
    }
    row->input->given[field->index_in_object] = true;
    if (code == GX_OK && ids.n)
        row->input->v[field->slot] = gx_value_text(gx_arena_str(r->ctx.arena, gx_buf_str(&ids)));
    gx_buf_free(&ids);
    return code;
}

static enum gx_code set_part(struct runner *r, struct row *row, const struct gx_field *field,
                             int part, struct gx_str text)
{
    struct gx_type_io io = gx_store_io(r->scope, field, field->x.name);
    row->input->given[field->index_in_object] = true;
    return gx_type_address_text(&io, part, text, &row->input->v[field->slot]);
}

static enum gx_code set_cell(struct runner *r, struct row *row, size_t column, struct gx_str text)
{
    const struct gx_field *field = r->fields[column];
    text = gx_str_trim(text);
    if (text.n == 0) {
        /* An empty cell clears a field on update; on create the default stands. */
        if (r->plan.mode != GX_IMPORT_CREATE)
            row->input->given[field->index_in_object] = true;
        return GX_OK;
    }
    if (r->parts[column] >= 0)
        return set_part(r, row, field, r->parts[column], text);
    if (is_link(field))
        return set_link(r, row, field, text);
    if (field->x.type == GX_TYPE_LINKS)
        return set_links(r, row, field, text);
    if (field->x.type == GX_TYPE_CHOICE) {
        struct gx_str choice = GX_STR("");
        row->input->given[field->index_in_object] = true;
        GX_TRY(gx_linker_choice(r->linker, r->scope, field, text, &choice));
        if (choice.n)
            row->input->v[field->slot] = gx_value_text(choice);
        return GX_OK;
    }
    return gx_input_text(r->scope, row->input, field, gx_arena_str(r->ctx.arena, text),
                         r->plan.columns[column].date_order);
}

static void read_row(struct runner *r, const struct gx_sheet_row *file_row)
{
    struct row *row = &r->rows[r->count++];
    *row = (struct row){ .number = file_row->number, .action = "fail" };
    row->input = gx_input_new(r->scope, r->object);
    row->code = file_row->problem;
    if (row->code != GX_OK)
        gx_fail(&r->ctx, row->code, GX_STR(""), file_row->problem_message);
    for (size_t i = 0; i < r->plan.column_count && file_row->problem == GX_OK; i++) {
        const struct gx_import_column *c = &r->plan.columns[i];
        if (!r->fields[i])
            continue;
        struct gx_str text = c->column < 0 ? c->value
                             : (size_t)c->column < file_row->cell_count
                                 ? file_row->cells[c->column].text
                                 : GX_STR("");
        enum gx_code code = set_cell(r, row, i, text);
        if (code != GX_OK)
            row->code = code;
    }
    const struct gx_field *title = r->object->title;
    if (!title->type->computed && row->input->v[title->slot].kind == GX_VALUE_TEXT)
        row->title = row->input->v[title->slot].s;
    if (row->code != GX_OK) {
        row->cells = cells_json(&r->ctx, file_row);
        row->errors = errors_json(&r->ctx);
    } else if (r->work->job == GX_IMPORT_RUN) {
        row->cells = cells_json(&r->ctx, file_row); /* it may still fail when it is written */
        if (r->object->searched && r->plan.mode == GX_IMPORT_CREATE)
            gx_input_search(r->ctx.arena, row->input, &row->search);
    }
}

/* What would this row do?  0: create. */
static enum gx_code find_match(struct runner *r, struct gx_scope *scope, struct row *row,
                               int64_t *ret_id)
{
    *ret_id = 0;
    if (r->plan.mode == GX_IMPORT_CREATE)
        return GX_OK;
    GX_TRY(gx_match_find(scope, r->object, r->match, r->plan.match_count, row->input, ret_id));
    if (!*ret_id && r->plan.mode == GX_IMPORT_UPDATE)
        return gx_fail(&r->ctx, GX_E_NOT_FOUND, r->match[0]->x.name, GX_M_NO_MATCH);
    return GX_OK;
}

static enum gx_code keep_row(struct runner *r, struct gx_conn *conn, const struct row *row,
                             struct gx_str detail)
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
static enum gx_code keep_later(struct runner *r, struct gx_conn *conn, const struct row *row,
                               int64_t id)
{
    struct row kept = *row;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", id);
    gx_jw_key_str(&w, "action", gx_str_c(row->action));
    gx_jw_key(&w, GX_STR("fields"));
    gx_jw_object(&w);
    for (const struct later_link *l = row->later; l; l = l->next) {
        gx_jw_key(&w, l->field->x.name);
        gx_jw_str(&w, l->text);
    }
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(r->ctx.arena, gx_buf_str(&out));
    gx_buf_free(&out);
    kept.action = "later";
    return keep_row(r, conn, &kept, text);
}

static enum gx_code write_one(struct runner *r, struct gx_scope *scope, struct gx_bulk *bulk,
                              struct row *row)
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
    GX_TRY(find_match(r, scope, row, &id));
    row->action = id ? "update" : "create";
    if (!id)
        GX_TRY(gx_record_create(scope, &copy, &options, &id));
    else
        GX_TRY(gx_record_update(scope, id, 0, &copy, &options, &changed, NULL));
    if (!changed)
        row->action = "same";
    return row->later ? keep_later(r, gx_scope_conn(scope), row, id) : GX_OK;
}

static enum gx_code save_progress(struct runner *r, struct gx_conn *conn,
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

static void count_row(struct gx_import_row_state *s, const struct row *row)
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
    struct runner *r;
    struct gx_scope *scope;
    size_t from, to;
};

static enum gx_code write_piece(void *p, struct gx_conn *conn)
{
    struct piece *piece = p;
    struct runner *r = piece->r;
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
static void write_in_pieces(struct runner *r, struct gx_conn *conn, struct piece all)
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
            r->rows[i].errors = errors_json(&r->ctx);
        }
    }
}

/* A batch on its way to the store; the runner is a copy with the batch's own memory. */
struct writing {
    struct runner r;
    struct gx_arena arena;
    struct gx_import_row_state after;
    bool in_pieces, under_way;
    int64_t took_us;
    enum gx_code code;
    sem_t done;
};

/* All rows of the batch, their failures, and how far the import is; one transaction. */
static enum gx_code write_batch(void *p, struct gx_conn *conn)
{
    struct writing *b = p;
    struct runner *r = &b->r;
    struct piece all = { r, NULL, 0, r->count };
    int64_t start_us = gx_monotonic_us();
    b->after = r->state;
    GX_TRY(make_scope(r, conn, &all.scope));
    if (r->work->job == GX_IMPORT_RUN && !b->in_pieces)
        GX_TRY(write_piece(&all, conn)); /* if not: the whole batch again, in pieces */
    else if (r->work->job == GX_IMPORT_RUN)
        write_in_pieces(r, conn, all);
    for (size_t i = 0; i < r->count; i++) {
        struct row *row = &r->rows[i];
        count_row(&b->after, row);
        bool failed = strcmp(row->action, "fail") == 0;
        if (failed && b->after.failed <= GX_IMPORT_FAILED_ROWS_MAX)
            GX_TRY(keep_row(r, conn, row, row->errors));
        else if (r->work->job == GX_IMPORT_CHECK &&
                 r->diff_kept + (int64_t)i < GX_IMPORT_DIFF_ROWS_MAX)
            GX_TRY(keep_row(r, conn, row, row->changes));
        b->after.row_done = row->number;
    }
    b->after.row_total = r->file_bytes && r->offset > 0
                             ? b->after.row_done * r->file_bytes / r->offset
                             : b->after.row_done;
    enum gx_code code = save_progress(r, conn, &b->after);
    b->took_us = gx_monotonic_us() - start_us;
    return code;
}

static void written(void *p, enum gx_code code)
{
    struct writing *b = p;
    b->code = code;
    sem_post(&b->done);
}

/* Wait for the batch that is being written; once more in pieces when it did not go as a whole. */
static enum gx_code finish_batch(struct runner *r)
{
    struct writing *b = r->writing;
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

/* Send the rows at hand to be written, once those before are, and go on with the other half. */
static enum gx_code flush(struct runner *r)
{
    struct writing *b = r->writing;
    GX_TRY(finish_batch(r));
    if (r->count == 0)
        return GX_OK;
    struct gx_arena *free_arena = b->r.batch_arena;
    struct row *free_rows = b->r.rows;
    b->r = *r;
    r->batch_arena = free_arena;
    r->rows = free_rows;
    r->count = 0;
    b->under_way = true;
    gx_db_submit(r->work->tenant->db, write_batch, written, b);
    return GX_OK;
}

/* An address may have a city and no street. */
static bool has_value(const struct gx_field *f, const struct gx_value *parts)
{
    bool has = false;
    for (int i = 0; parts && i < (f->part_count ? f->part_count : 1); i++)
        has |= parts[i].kind != GX_VALUE_NULL;
    return has;
}

static bool same_value(const struct gx_field *f, const struct gx_value *a, const struct gx_value *b)
{
    bool same = true;
    for (int i = 0; i < (f->part_count ? f->part_count : 1); i++)
        same &= gx_value_eq(a[i], b[i]);
    return same;
}

/* Dry run: the same checks on a reader; what would change. */
static struct gx_str changes_json(struct runner *r, const struct gx_record *old,
                                  const struct gx_input *input)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (size_t i = 0; i < r->object->field_count; i++) {
        const struct gx_field *f = &r->object->fields[i];
        if (!input->given[i] || f->type->computed)
            continue;
        const struct gx_value *now = &input->v[f->slot];
        const struct gx_value *was = old->v ? &old->v[f->slot] : NULL;
        bool had = has_value(f, was), has = has_value(f, now);
        if (had == has && (!has || same_value(f, was, now)))
            continue;
        gx_jw_object(&w);
        gx_jw_key_str(&w, "field", f->x.name);
        gx_jw_key(&w, GX_STR("old"));
        if (had)
            f->type->to_json(&w, f, was);
        else
            gx_jw_null(&w);
        gx_jw_key(&w, GX_STR("new"));
        if (has)
            f->type->to_json(&w, f, now);
        else
            gx_jw_null(&w);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    struct gx_str text = gx_arena_str(r->ctx.arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

/* Unique values and match keys that stood in a row above would clash when it is run. */
static enum gx_code check_twice(struct runner *r, const struct row *row)
{
    for (size_t i = 0; i < r->object->unique_count; i++) {
        const struct gx_unique *u = &r->object->uniques[i];
        struct gx_str key = u->index;
        bool whole = true;
        for (size_t k = 0; k < u->count; k++) {
            struct gx_value v = row->input->v[u->fields[k]->slot];
            whole &= v.kind != GX_VALUE_NULL;
            key =
                v.kind == GX_VALUE_INT
                    ? gx_arena_printf(r->ctx.arena, "%.*s|%lld", GX_STR_ARG(key), (long long)v.i)
                    : gx_arena_printf(r->ctx.arena, "%.*s|%.*s", GX_STR_ARG(key), GX_STR_ARG(v.s));
        }
        if (!whole || r->plan.mode != GX_IMPORT_CREATE)
            continue;
        if (gx_map_get(&r->seen, key))
            return gx_fail(&r->ctx, GX_E_DUPLICATE, u->fields[0]->x.name, GX_M_ROW_TWICE);
        gx_map_set(&r->seen, &r->arena, gx_arena_str(&r->arena, key), r);
    }
    return GX_OK;
}

static enum gx_code check_unique(struct runner *r, struct row *row)
{
    for (size_t i = 0; i < r->object->unique_count; i++) {
        const struct gx_unique *u = &r->object->uniques[i];
        int64_t id;
        GX_TRY(gx_match_find(r->scope, r->object, u->fields, u->count, row->input, &id));
        if (id)
            return gx_fail(&r->ctx, GX_E_DUPLICATE, u->fields[0]->x.name, GX_M_DUPLICATE,
                           gx_label_text(&u->fields[0]->label, r->ctx.lang));
    }
    return GX_OK;
}

static enum gx_code check_one(struct runner *r, struct row *row)
{
    int64_t id;
    struct gx_record old = { r->object, NULL };
    struct gx_input copy = *row->input;
    bool *flags = GX_ARENA_ARRAY(r->ctx.arena, bool, r->object->field_count * 2);
    GX_TRY(check_twice(r, row));
    GX_TRY(find_match(r, r->scope, row, &id));
    if (id)
        GX_TRY(gx_record_load(r->scope, r->object, id, GX_RIGHT_EDIT, false, &old));
    else
        GX_TRY(check_unique(r, row));
    row->changes = changes_json(r, &old, row->input);
    row->action = !id ? "create" : row->changes.n > 2 ? "update" : "same";
    copy.v = gx_arena_alloc(r->ctx.arena, r->object->slot_count * sizeof *copy.v);
    memcpy(copy.v, row->input->v, r->object->slot_count * sizeof *copy.v);
    if (!id)
        GX_TRY(gx_input_defaults(r->scope, &copy));
    GX_TRY(gx_record_check(r->scope, id, &copy, flags, flags + r->object->field_count));
    const char *again =
        !id && r->plan.mode == GX_IMPORT_BOTH
            ? gx_rows_above_put(r->above, r->match, r->plan.match_count, row->input, row->changes)
            : NULL;
    row->action = again ? again : row->action;
    return GX_OK;
}

static void check_rows(struct runner *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct row *row = &r->rows[i];
        if (row->code != GX_OK)
            continue;
        row->code = check_one(r, row);
        if (row->code == GX_OK)
            continue;
        row->action = "fail";
        row->errors = errors_json(&r->ctx);
    }
}

/* Fresh memory, a fresh view of the store, for each batch. */
static enum gx_code begin_batch(struct runner *r)
{
    gx_arena_reset(r->batch_arena);
    r->ctx = r->job_ctx;
    r->ctx.arena = r->batch_arena;
    r->ctx.now_us = gx_clock_us();
    r->count = 0;
    GX_TRY(gx_db_reader(&r->ctx, r->work->tenant->db, &r->reader));
    return make_scope(r, r->reader, &r->scope);
}

static void end_batch(struct runner *r)
{
    if (r->reader)
        gx_db_reader_release(r->reader);
    r->reader = NULL;
}

static enum gx_code map_columns(struct runner *r)
{
    struct gx_ctx *ctx = &r->job_ctx;
    size_t mapped = 0;
    r->fields = GX_ARENA_ARRAY(&r->arena, const struct gx_field *, r->plan.column_count + 1);
    r->parts = GX_ARENA_ARRAY(&r->arena, int, r->plan.column_count + 1);
    for (size_t i = 0; i < r->plan.column_count; i++) {
        struct gx_str name = r->plan.columns[i].field;
        if (name.n == 0)
            continue;
        r->fields[i] = gx_plan_field(r->object, name, &r->parts[i]);
        if (!r->fields[i] || r->fields[i]->type->computed || r->fields[i]->readonly)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_UNKNOWN_KEY, name);
        for (size_t k = 0; k < i; k++)
            if (r->fields[k] == r->fields[i] && r->parts[k] == r->parts[i])
                return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_IMPORT_TWICE,
                               gx_label_text(&r->fields[i]->label, ctx->lang));
        mapped++;
    }
    if (mapped == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_IMPORT_NO_COLUMNS);
    if (r->plan.mode != GX_IMPORT_CREATE && r->plan.match_count == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_IMPORT_NO_MATCH_FIELD);
    for (size_t i = 0; i < r->plan.match_count; i++) {
        r->match[i] = gx_object_open_field(r->object, r->plan.match[i]);
        if (!r->match[i] || r->match[i]->part_count == 0)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_UNKNOWN_KEY, r->plan.match[i]);
    }
    return GX_OK;
}

/* Without indexes nothing can be looked up by name, so only when no row may mean another. */
static enum gx_code begin_bulk(struct runner *r)
{
    bool alone =
        r->work->job == GX_IMPORT_RUN && r->plan.mode == GX_IMPORT_CREATE && r->state.row_done == 0;
    for (size_t i = 0; i < r->plan.column_count; i++)
        if (r->fields[i] && (is_link(r->fields[i]) || r->fields[i]->x.type == GX_TYPE_LINKS))
            alone &= !points_here(r, r->fields[i]);
    if (r->work->job == GX_IMPORT_RUN && r->state.row_done > 0) {
        /* It was cut short: what was put off until its end is done first. */
        return gx_import_bulk_end(&r->job_ctx, r->work, r->meta, r->object);
    }
    return alone ? gx_import_bulk_begin(&r->job_ctx, r->work, r->meta, r->object, r->file_bytes,
                                        &r->bulk)
                 : GX_OK;
}

static enum gx_code walk_file(struct runner *r)
{
    struct gx_ctx sheet_ctx = r->job_ctx;
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has = true;
    char *path = gx_arena_cstr(&r->arena, r->state.path);
    GX_TRY(gx_sheet_open(&sheet_ctx, path, &r->plan.sheet, &sheet));
    r->file_bytes = gx_sheet_info(sheet)->file_bytes;
    if (r->state.row_done)
        GX_TRY(gx_sheet_skip(sheet, r->state.row_done));
    GX_TRY(begin_bulk(r));
    while (has && !atomic_load(r->work->stop)) {
        enum gx_code code = begin_batch(r);
        while (code == GX_OK && r->count < r->batch_rows) {
            code = gx_sheet_next(sheet, &row, &has);
            if (code != GX_OK || !has)
                break;
            r->offset = row.byte_offset;
            read_row(r, &row);
        }
        if (code == GX_OK && r->work->job == GX_IMPORT_CHECK)
            check_rows(r);
        end_batch(r);
        if (code == GX_OK)
            code = flush(r);
        if (code != GX_OK) {
            if (!r->job_ctx.errors)
                r->job_ctx.errors = r->ctx.errors ? r->ctx.errors : sheet_ctx.errors;
            return code;
        }
    }
    return finish_batch(r);
}

/* Links to rows further down, now that all rows are there. */

struct later {
    struct runner *r;
    int64_t row;
    struct gx_str title, detail, cells;
};

static enum gx_code link_later(struct runner *r, struct gx_scope *scope,
                               const struct gx_json *detail, int64_t record)
{
    struct gx_write_options options = { .import_id = r->work->id, .any_move = true };
    struct gx_input *input = gx_input_new(scope, r->object);
    const struct gx_json *fields = gx_json_get(detail, "fields");
    enum gx_code code = GX_OK;
    for (const struct gx_json *k = fields ? fields->first : NULL; k; k = k->next) {
        const struct gx_field *field = gx_object_field(r->object, k->key);
        int64_t id = 0;
        gx_linker_forget(r->linker, field, k->text);
        enum gx_code one = gx_linker_find(r->linker, scope, field, k->text, false, &id);
        if (one != GX_OK)
            code = one;
        input->given[field->index_in_object] = one == GX_OK;
        input->v[field->slot] = id ? gx_value_int(id) : GX_NULL_VALUE;
    }
    GX_TRY(code);
    return gx_record_update(scope, record, 0, input, &options, NULL, NULL);
}

struct linking {
    struct runner *r;
    struct gx_scope *scope;
    const struct gx_json *detail;
    int64_t record;
};

static enum gx_code try_link_later(void *p, struct gx_conn *conn)
{
    struct linking *l = p;
    (void)conn;
    return link_later(l->r, l->scope, l->detail, l->record);
}

/* A row whose link leads nowhere counts as failed; its record stays, without the link. */
static enum gx_code write_later(void *p, struct gx_conn *conn)
{
    struct later *l = p;
    struct runner *r = l->r;
    struct gx_json *detail;
    struct linking linking = { .r = r };
    GX_TRY(make_scope(r, conn, &linking.scope));
    GX_TRY(gx_json_read(&r->ctx, l->detail, &detail));
    linking.detail = detail;
    if (!gx_str_int64(gx_json_get_str(detail, "id", GX_STR("")), &linking.record))
        return GX_E_INTERNAL;
    struct gx_import_row_state after = r->state;
    struct row row = { .number = l->row, .action = "fail", .title = l->title, .cells = l->cells };
    if (gx_db_try(&r->ctx, conn, try_link_later, &linking) == GX_OK) {
        struct gx_value values[] = { gx_value_int(r->work->id), gx_value_int(l->row) };
        return gx_db_exec(&r->ctx, conn,
                          GX_SQL("DELETE FROM gx_import_row WHERE import_id = ?1 AND row = ?2"),
                          values, 2, NULL);
    }
    GX_TRY(keep_row(r, conn, &row, errors_json(&r->ctx)));
    struct gx_str action = gx_json_get_str(detail, "action", GX_STR(""));
    after.failed++;
    after.created -= gx_str_is(action, "create");
    after.updated -= gx_str_is(action, "update");
    after.same -= gx_str_is(action, "same");
    GX_TRY(save_progress(r, conn, &after));
    r->after_later = after;
    return GX_OK;
}

static enum gx_code next_later(struct runner *r, int64_t after, struct later *l, bool *ret_has)
{
    struct gx_value values[] = { gx_value_int(r->work->id), gx_value_int(after) };
    struct gx_rows *rows;
    GX_TRY(gx_db_query(&r->ctx, r->reader,
                       GX_SQL("SELECT row, title, detail, cells FROM gx_import_row "
                              "WHERE import_id = ?1 AND row > ?2 AND action = 'later' "
                              "ORDER BY row LIMIT 1"),
                       values, 2, &rows));
    enum gx_code code = gx_rows_next(&r->ctx, rows, ret_has);
    if (code == GX_OK && *ret_has) {
        l->row = gx_rows_int(rows, 0);
        l->title = gx_arena_str(r->batch_arena, gx_rows_text(rows, 1));
        l->detail = gx_arena_str(r->batch_arena, gx_rows_text(rows, 2));
        l->cells = gx_arena_str(r->batch_arena, gx_rows_text(rows, 3));
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code finish_later(struct runner *r)
{
    struct later l = { .r = r };
    bool has = true;
    while (has && !atomic_load(r->work->stop)) {
        GX_TRY(begin_batch(r));
        enum gx_code code = next_later(r, l.row, &l, &has);
        end_batch(r);
        GX_TRY(code);
        r->after_later = r->state;
        if (has)
            GX_TRY(gx_db_write(&r->ctx, r->work->tenant->db, write_later, &l));
        r->state = r->after_later;
    }
    return GX_OK;
}

/* Undo: batch by batch, see import_undo.c. */

static enum gx_code undo_all(struct runner *r)
{
    struct gx_import_undo undo = { &r->ctx, r->work, r->meta, 1 };
    while (undo.left && !atomic_load(r->work->stop)) {
        GX_TRY(begin_batch(r));
        end_batch(r);
        GX_TRY(gx_db_write(&r->ctx, r->work->tenant->db, gx_import_undo_batch, &undo));
    }
    return GX_OK;
}

/* Beginning and end of a job. */

struct ending {
    struct runner *r;
    struct gx_str state, problem, plan;
};

static enum gx_code write_state(void *p, struct gx_conn *conn)
{
    struct ending *e = p;
    struct runner *r = e->r;
    struct gx_value values[] = {
        gx_value_int(r->work->id),
        gx_value_text(e->state),
        e->problem.n ? gx_value_text(e->problem) : GX_NULL_VALUE,
        gx_value_int(r->ctx.now_us),
        e->plan.n ? gx_value_text(e->plan) : GX_NULL_VALUE,
        gx_value_int(r->work->job == GX_IMPORT_CHECK && gx_str_is(e->state, "failed")),
    };
    return gx_db_exec(&r->ctx, conn,
                      GX_SQL("UPDATE gx_import SET state = ?2, problem = ?3, finished_at = ?4, "
                             "plan = COALESCE(?5, plan), "
                             "row_done = CASE WHEN ?6 = 1 THEN 0 ELSE row_done END "
                             "WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code start_over(void *p, struct gx_conn *conn)
{
    struct runner *r = p;
    struct gx_value id = gx_value_int(r->work->id);
    GX_TRY(gx_db_exec(&r->ctx, conn, GX_SQL("DELETE FROM gx_import_row WHERE import_id = ?1"), &id,
                      1, NULL));
    return save_progress(r, conn, &r->state);
}

static enum gx_code prepare(struct runner *r)
{
    GX_TRY(begin_batch(r));
    enum gx_code code = gx_import_read(r->scope, r->work->id, &r->state);
    if (code == GX_OK) {
        r->state.path = gx_arena_str(&r->arena, r->state.path);
        r->state.plan_text = gx_arena_str(&r->arena, r->state.plan_text);
        code = gx_plan_parse(&r->job_ctx, r->state.plan_text, &r->plan);
    }
    if (code == GX_OK) { /* the definitions as who imports may see them */
        struct gx_meta *theirs = gx_meta_ref((struct gx_meta *)gx_scope_meta(r->scope));
        gx_meta_unref(r->meta);
        r->meta = theirs;
    }
    end_batch(r);
    GX_TRY(code);
    r->object = gx_meta_object(r->meta, r->plan.object);
    if (!r->object)
        return gx_fail(&r->job_ctx, GX_E_NOT_FOUND, GX_STR("object"), GX_M_META_NO_OBJECT,
                       r->plan.object);
    r->linker = gx_linker_new(&r->arena, &r->plan);
    r->above = gx_rows_above_new(&r->arena);
    if (r->work->job == GX_IMPORT_UNDO)
        return GX_OK;
    GX_TRY(map_columns(r));
    if (r->work->job == GX_IMPORT_CHECK || r->state.row_done == 0) {
        r->state.row_done = r->state.row_total = r->state.created = r->state.updated = 0;
        r->state.same = r->state.failed = 0;
        return gx_db_write(&r->ctx, r->work->tenant->db, start_over, r);
    }
    return GX_OK;
}

static enum gx_code do_job(struct runner *r)
{
    GX_TRY(prepare(r));
    if (r->work->job == GX_IMPORT_UNDO)
        return undo_all(r);
    enum gx_code code = walk_file(r);
    if (r->bulk) {
        enum gx_code end = gx_import_bulk_end(&r->job_ctx, r->work, r->meta, r->object);
        code = code != GX_OK ? code : end;
    }
    GX_TRY(code);
    return r->work->job == GX_IMPORT_RUN ? finish_later(r) : GX_OK;
}

static void keep_asked(struct runner *r)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_json *node;
    gx_linker_report(r->linker, &w);
    if (gx_json_read(&r->job_ctx, gx_arena_str(&r->arena, gx_buf_str(&out)), &node) == GX_OK)
        r->plan.asked = node;
    gx_buf_free(&out);
}

void gx_import_work(struct gx_import_work *work)
{
    static const char *const done[] = { "checked", "done", "undone" };
    static const char *const stopped[] = { "draft", "cancelled", "undoing" };
    bool leave;
    struct gx_arena own = { 0 }, arena = { 0 };
    struct runner *r = GX_ARENA_NEW(&own, struct runner);
    struct writing *b = GX_ARENA_NEW(&own, struct writing);
    r->work = work;
    r->writing = b;
    r->batch_rows = IMPORT_BATCH_ROWS_FIRST;
    r->batch_arena = &arena;
    r->rows = GX_ARENA_ARRAY(&own, struct row, IMPORT_BATCH_ROWS_MAX);
    b->r.batch_arena = &b->arena;
    b->r.rows = GX_ARENA_ARRAY(&own, struct row, IMPORT_BATCH_ROWS_MAX);
    sem_init(&b->done, 0, 0);
    r->meta = gx_tenant_meta(work->tenant);
    r->job_ctx = (struct gx_ctx){
        .arena = &r->arena,
        .now_us = gx_clock_us(),
        .tz_offset_min = work->tenant->settings.tz_offset_min,
        .lang = work->lang,
    };
    enum gx_code code = do_job(r);
    if (b->under_way) /* something else failed meanwhile; what is written counts */
        (void)!finish_batch(r);
    struct gx_str problem = GX_STR("");
    if (code != GX_OK)
        problem = gx_ctx_text(r->job_ctx.errors ? &r->job_ctx : &r->ctx);
    if (r->linker && work->job != GX_IMPORT_UNDO)
        keep_asked(r);
    bool halted = atomic_load(work->stop);
    struct ending e = {
        .r = r,
        .problem = gx_arena_str(&r->arena, problem),
        .state = gx_str_c(code != GX_OK ? "failed"
                          : halted      ? stopped[work->job]
                                        : done[work->job]),
    };
    end_batch(r);
    gx_arena_reset(r->batch_arena);
    r->ctx = r->job_ctx;
    r->ctx.now_us = gx_clock_us();
    e.plan = r->object ? gx_plan_text(&r->job_ctx, &r->plan) : r->state.plan_text;
    /* When the program ends, or if even this cannot be written, the state stays what it is, and
     * the next start goes on with it. */
    leave = halted && atomic_load(work->ending);
    if (!leave && gx_db_write(&r->ctx, work->tenant->db, write_state, &e) != GX_OK)
        gx_ctx_clear(&r->ctx);
    if (r->bulk)
        gx_import_bulk_tidy(&r->ctx, work, r->object);
    gx_meta_unref(r->meta);
    gx_arena_free(&arena);
    gx_arena_free(&b->arena);
    gx_arena_free(&r->arena);
    sem_destroy(&b->done);
    gx_arena_free(&own);
}
