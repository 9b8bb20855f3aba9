/*
 * batch_run.c - one piece of a batch: some records found on a reader, changed on the writer.
 *
 * The records are walked in the order of their ids, so each is met once whatever the change does
 * to the filter.
 */
#include "store/batch_int.h"
#include "store/list.h"
#include "store/relocate.h"
#include "store/share.h"

enum { PIECE_LONG_US = 150000, PIECE_SHORT_US = 40000, PIECE_RECORDS_MAX = 2000 };

struct piece {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_batch_state state;
    struct gx_batch_plan plan;
    const struct gx_object *object;
    const struct gx_field **fields; /* cells */
    int64_t *ids;
    const struct gx_json **rows; /* cells: of the records of `ids` */
    size_t count;
    struct gx_str position; /* after this piece */
    bool last;
    bool over; /* somebody cancelled it, or it is done */
    /* on the writer */
    struct gx_scope *scope;
    struct gx_linker *linker;
    size_t at;
    bool changed;
};

static enum gx_code make_scope(struct piece *p, struct gx_conn *conn, struct gx_scope **ret)
{
    if (p->state.created_by)
        return gx_scope_user(p->ctx, p->tenant, conn, p->state.created_by, ret);
    *ret = gx_scope_system(p->ctx, p->tenant, conn, "change of many records by the operator");
    return GX_OK;
}

/* The next records that match; those that were made after the batch began are left alone. */
static enum gx_code find_matching(struct piece *p, struct gx_scope *scope, size_t max)
{
    const struct gx_batch_ask *ask = &p->plan.ask;
    struct gx_list_options options = {
        .filter = gx_batch_filter(p->ctx, ask),
        .q = ask->q,
        .sort = GX_STR("id"),
        .fields = GX_STR("id"),
        .cursor = p->state.position,
        .limit = (int64_t)max,
        .deleted = gx_batch_binned(ask->action),
    };
    struct gx_list *list;
    bool has;
    GX_TRY(gx_list_open(scope, p->object, &options, &list));
    enum gx_code code;
    while ((code = gx_list_next(list, &has)) == GX_OK && has) {
        p->last |= gx_list_id(list) > p->state.id;
        if (!p->last)
            p->ids[p->count++] = gx_list_id(list);
    }
    p->position = gx_list_cursor(list);
    p->last |= p->position.n == 0;
    gx_list_close(list);
    return code;
}

static void find_chosen(struct piece *p, size_t max)
{
    const struct gx_ids *ids = &p->plan.ask.ids;
    for (size_t i = (size_t)p->state.done; i < ids->n && p->count < max; i++)
        p->ids[p->count++] = ids->v[i];
    p->last = (size_t)p->state.done + p->count >= ids->n;
}

static void find_rows(struct piece *p, size_t max)
{
    int64_t skip = p->state.done;
    const struct gx_json *row = p->plan.ask.rows->first;
    p->rows = GX_ARENA_ARRAY(p->ctx->arena, const struct gx_json *, max);
    for (; row && skip > 0; skip--)
        row = row->next;
    for (; row && p->count < max; row = row->next) {
        p->rows[p->count] = row;
        p->ids[p->count++] = gx_batch_row_id(row);
    }
    p->last = row == NULL;
}

static enum gx_code find(struct piece *p, struct gx_conn *conn, size_t max)
{
    struct gx_scope *scope;
    const struct gx_batch_ask *ask = &p->plan.ask;
    GX_TRY(make_scope(p, conn, &scope));
    GX_TRY(gx_object_get(scope, p->state.object, &p->object));
    p->ids = GX_ARENA_ARRAY(p->ctx->arena, int64_t, max);
    if (gx_str_is(ask->action, "cells")) {
        GX_TRY(gx_batch_columns(scope, p->object, ask, &p->fields));
        find_rows(p, max);
    } else if (ask->ids.n && !ask->except) {
        find_chosen(p, max);
    } else {
        GX_TRY(find_matching(p, scope, max));
    }
    return GX_OK;
}

static enum gx_code change_market(struct piece *p, int64_t id)
{
    const struct gx_batch_ask *ask = &p->plan.ask;
    const struct gx_write_options options = { .import_id = p->state.id, .reason = ask->reason };
    struct gx_relocate *def;
    GX_TRY(gx_relocate_read(p->scope, ask->values, &def));
    return gx_relocate_run(p->scope, def, id, &options);
}

static enum gx_code change_book(struct piece *p, int64_t id)
{
    const struct gx_batch_ask *ask = &p->plan.ask;
    GX_TRY(gx_book_check(p->scope, ask->book));
    return gx_book_put(p->scope, p->object, id, ask->book, gx_str_is(ask->action, "put"),
                       p->state.id, &p->changed);
}

/* The record at hand, in a savepoint. */
static enum gx_code change(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    const struct gx_batch_ask *ask = &p->plan.ask;
    struct gx_write_options options = { .import_id = p->state.id };
    struct gx_input *input;
    int64_t id = p->ids[p->at];
    (void)conn;
    p->changed = true;
    if (gx_str_is(ask->action, "delete"))
        return gx_record_delete(p->scope, p->object, id, 0, &options);
    if (gx_str_is(ask->action, "restore"))
        return gx_record_restore(p->scope, p->object, id, &options);
    if (gx_str_is(ask->action, "relocate"))
        return change_market(p, id);
    if (gx_str_is(ask->action, "put") || gx_str_is(ask->action, "take"))
        return change_book(p, id);
    if (gx_str_is(ask->action, "cells"))
        GX_TRY(gx_batch_cells(p->scope, p->object, p->fields, ask->columns.n, p->linker,
                              p->rows[p->at], &input));
    else
        GX_TRY(gx_input_json(p->scope, p->object, ask->values, GX_STR(""), &input));
    return gx_record_update(p->scope, id, 0, input, &options, &p->changed, NULL);
}

static enum gx_code refuse(struct piece *p, struct gx_conn *conn, struct gx_batch_state *s)
{
    struct gx_record record = { .object = p->object };
    struct gx_error *errors = p->ctx->errors;
    bool binned = gx_batch_binned(p->plan.ask.action);
    s->refused++;
    if (s->refused > GX_BATCH_REFUSED_MAX)
        return GX_OK;
    /* What cannot be seen has no name here. */
    struct gx_ctx ask = *p->ctx;
    enum gx_code code =
        gx_record_load(p->scope, p->object, p->ids[p->at], GX_RIGHT_READ, binned, &record);
    *p->ctx = ask;
    p->ctx->errors = errors;
    bool seen = code == GX_OK && record.v;
    return gx_batch_keep(p->ctx, conn, s->id, p->ids[p->at], "refused",
                         seen ? gx_record_title(&record) : GX_STR(""));
}

static enum gx_code save(struct piece *p, struct gx_conn *conn, const struct gx_batch_state *s)
{
    struct gx_value values[] = {
        gx_value_int(s->id),
        p->position.n ? gx_value_text(p->position) : GX_NULL_VALUE,
        gx_value_int(s->done),
        gx_value_int(s->changed),
        gx_value_int(s->same),
        gx_value_int(s->refused),
        gx_value_text(p->last ? GX_STR("done") : GX_STR("running")),
        p->last ? gx_value_int(p->ctx->now_us) : GX_NULL_VALUE,
    };
    return gx_db_exec(p->ctx, conn,
                      GX_SQL("UPDATE gx_batch SET position = ?2, done = ?3, changed = ?4, "
                             "same = ?5, refused = ?6, state = ?7, finished_at = ?8, "
                             "total = CASE WHEN total < ?3 THEN ?3 ELSE total END WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* May run twice, so the counts begin from what is stored. */
static enum gx_code write_piece(void *v, struct gx_conn *conn)
{
    struct piece *p = v;
    const struct gx_import_plan no_plan = { .match_count = 0 };
    struct gx_batch_state s;
    bool there;
    gx_ctx_clear(p->ctx);
    GX_TRY(gx_batch_read(p->ctx, conn, p->state.id, &s, &there));
    p->over = !there || !gx_str_is(s.state, "running");
    /* Another server works on it too and has done this piece: look where it is now. */
    bool done_already = s.done != p->state.done;
    p->last &= !done_already;
    if (p->over || done_already)
        return GX_OK;
    GX_TRY(make_scope(p, conn, &p->scope));
    p->linker = gx_linker_new(p->ctx->arena, &no_plan);
    for (p->at = 0; p->at < p->count; p->at++) {
        enum gx_code code = gx_db_try(p->ctx, conn, change, p);
        if (code == GX_E_IO || code == GX_E_BUSY || code == GX_E_INTERNAL)
            return code;
        if (code != GX_OK)
            GX_TRY(refuse(p, conn, &s));
        else
            *(p->changed ? &s.changed : &s.same) += 1;
        gx_ctx_clear(p->ctx);
    }
    s.done += (int64_t)p->count;
    return save(p, conn, &s);
}

static enum gx_code do_piece(struct piece *p, size_t max)
{
    struct gx_conn *conn;
    bool there;
    GX_TRY(gx_db_reader(p->ctx, p->tenant->db, &conn));
    enum gx_code code = gx_batch_read(p->ctx, conn, p->state.id, &p->state, &there);
    p->over = code == GX_OK && (!there || !gx_str_is(p->state.state, "running"));
    if (code == GX_OK && !p->over)
        code = gx_batch_plan_read(p->ctx, p->state.plan, &p->plan);
    if (code == GX_OK && !p->over) {
        p->ctx->lang = p->plan.lang;
        code = find(p, conn, max);
    }
    gx_db_reader_release(conn);
    if (code != GX_OK || p->over)
        return code;
    return gx_db_write(p->ctx, p->tenant->db, write_piece, p);
}

enum gx_code gx_batch_piece(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                            int64_t *records, bool *ret_more)
{
    struct piece p = { .ctx = ctx, .tenant = tenant, .state = { .id = id } };
    int64_t start = gx_monotonic_us();
    GX_TRY(do_piece(&p, (size_t)*records));
    int64_t took = gx_monotonic_us() - start;
    if (took > PIECE_LONG_US && *records > 10)
        *records /= 2;
    else if (took < PIECE_SHORT_US && *records < PIECE_RECORDS_MAX / 2)
        *records *= 2;
    *ret_more = !p.last && !p.over;
    return GX_OK;
}
