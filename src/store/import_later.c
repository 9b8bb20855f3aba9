/* import_later.c - links to rows further down, now that all rows are there. */
#include "store/import_run.h"

struct later {
    struct import_runner *r;
    int64_t row;
    struct gx_str title, detail, cells;
};

static enum gx_code link_later(struct import_runner *r, struct gx_scope *scope,
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
    struct import_runner *r;
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
    struct import_runner *r = l->r;
    struct gx_json *detail;
    struct linking linking = { .r = r };
    GX_TRY(import_scope(r, conn, &linking.scope));
    GX_TRY(gx_json_read(&r->ctx, l->detail, &detail));
    linking.detail = detail;
    if (!gx_str_int64(gx_json_get_str(detail, "id", GX_STR("")), &linking.record))
        return GX_E_INTERNAL;
    struct gx_import_row_state after = r->state;
    struct import_row row = {
        .number = l->row, .action = "fail", .title = l->title, .cells = l->cells
    };
    if (gx_db_try(&r->ctx, conn, try_link_later, &linking) == GX_OK) {
        struct gx_value values[] = { gx_value_int(r->work->id), gx_value_int(l->row) };
        return gx_db_exec(&r->ctx, conn,
                          GX_SQL("DELETE FROM gx_import_row WHERE import_id = ?1 AND row = ?2"),
                          values, 2, NULL);
    }
    GX_TRY(import_keep_row(r, conn, &row, import_errors(&r->ctx)));
    struct gx_str action = gx_json_get_str(detail, "action", GX_STR(""));
    after.failed++;
    after.created -= gx_str_is(action, "create");
    after.updated -= gx_str_is(action, "update");
    after.same -= gx_str_is(action, "same");
    GX_TRY(import_save_progress(r, conn, &after));
    r->after_later = after;
    return GX_OK;
}

static enum gx_code next_later(struct import_runner *r, int64_t after, struct later *l,
                               bool *ret_has)
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

enum gx_code import_finish_later(struct import_runner *r)
{
    struct later l = { .r = r };
    bool has = true;
    while (has && !atomic_load(r->work->stop)) {
        GX_TRY(import_begin_batch(r));
        enum gx_code code = next_later(r, l.row, &l, &has);
        import_end_batch(r);
        GX_TRY(code);
        r->after_later = r->state;
        if (has)
            GX_TRY(gx_db_write(&r->ctx, r->work->tenant->db, write_later, &l));
        r->state = r->after_later;
    }
    return GX_OK;
}
