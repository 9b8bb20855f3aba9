/*
 * import_run.c - a job from its beginning to its end; import_undo.c takes back.
 *
 * Rows are parsed and their links resolved on this thread (import_row.c); a batch of them is then
 * written in one piece of work together with the progress (import_write.c), while the next is
 * parsed: two of everything that belongs to a batch take turns.
 */
#include "store/import_run.h"

enum gx_code import_scope(struct import_runner *r, struct gx_conn *conn, struct gx_scope **ret)
{
    struct gx_import_work *work = r->work;
    if (work->user)
        return gx_scope_user(&r->ctx, work->tenant, conn, work->user, ret);
    *ret = gx_scope_system(&r->ctx, work->tenant, conn, "import by the operator");
    return GX_OK;
}

enum gx_code import_begin_batch(struct import_runner *r)
{
    gx_arena_reset(r->batch_arena);
    r->ctx = r->job_ctx;
    r->ctx.arena = r->batch_arena;
    r->ctx.now_us = gx_clock_us();
    r->count = 0;
    GX_TRY(gx_db_reader(&r->ctx, r->work->tenant->db, &r->reader));
    return import_scope(r, r->reader, &r->scope);
}

void import_end_batch(struct import_runner *r)
{
    if (r->reader)
        gx_db_reader_release(r->reader);
    r->reader = NULL;
}

/* Without indexes nothing can be looked up by name, so only when no row may mean another. */
static enum gx_code begin_bulk(struct import_runner *r)
{
    bool alone =
        r->work->job == GX_IMPORT_RUN && r->plan.mode == GX_IMPORT_CREATE && r->state.row_done == 0;
    for (size_t i = 0; i < r->plan.column_count; i++)
        if (r->fields[i] && (import_is_link(r->fields[i]) || r->fields[i]->x.type == GX_TYPE_LINKS))
            alone &= !import_points_here(r, r->fields[i]);
    if (r->work->job == GX_IMPORT_RUN && r->state.row_done > 0) {
        /* It was cut short: what was put off until its end is done first. */
        return gx_import_bulk_end(&r->job_ctx, r->work, r->meta, r->object);
    }
    return alone ? gx_import_bulk_begin(&r->job_ctx, r->work, r->meta, r->object, r->file_bytes,
                                        &r->bulk)
                 : GX_OK;
}

static enum gx_code walk_file(struct import_runner *r)
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
        enum gx_code code = import_begin_batch(r);
        while (code == GX_OK && r->count < r->batch_rows) {
            code = gx_sheet_next(sheet, &row, &has);
            if (code != GX_OK || !has)
                break;
            r->offset = row.byte_offset;
            import_read_row(r, &row);
        }
        if (code == GX_OK && r->work->job == GX_IMPORT_CHECK)
            import_check_rows(r);
        import_end_batch(r);
        if (code == GX_OK)
            code = import_flush(r);
        if (code != GX_OK) {
            if (!r->job_ctx.errors)
                r->job_ctx.errors = r->ctx.errors ? r->ctx.errors : sheet_ctx.errors;
            return code;
        }
    }
    return import_finish_batch(r);
}

/* Undo: batch by batch, see import_undo.c. */

static enum gx_code undo_all(struct import_runner *r)
{
    struct gx_import_undo undo = { &r->ctx, r->work, r->meta, 1 };
    while (undo.left && !atomic_load(r->work->stop)) {
        GX_TRY(import_begin_batch(r));
        import_end_batch(r);
        GX_TRY(gx_db_write(&r->ctx, r->work->tenant->db, gx_import_undo_batch, &undo));
    }
    return GX_OK;
}

/* Beginning and end of a job. */

struct ending {
    struct import_runner *r;
    struct gx_str state, problem, plan;
};

static enum gx_code write_state(void *p, struct gx_conn *conn)
{
    struct ending *e = p;
    struct import_runner *r = e->r;
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
    struct import_runner *r = p;
    struct gx_value id = gx_value_int(r->work->id);
    GX_TRY(gx_db_exec(&r->ctx, conn, GX_SQL("DELETE FROM gx_import_row WHERE import_id = ?1"), &id,
                      1, NULL));
    return import_save_progress(r, conn, &r->state);
}

static enum gx_code prepare(struct import_runner *r)
{
    GX_TRY(import_begin_batch(r));
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
    import_end_batch(r);
    GX_TRY(code);
    r->object = gx_meta_object(r->meta, r->plan.object);
    if (!r->object)
        return gx_fail(&r->job_ctx, GX_E_NOT_FOUND, GX_STR("object"), GX_M_META_NO_OBJECT,
                       r->plan.object);
    r->linker = gx_linker_new(&r->arena, &r->plan);
    r->above = gx_rows_above_new(&r->arena);
    if (r->work->job == GX_IMPORT_UNDO)
        return GX_OK;
    GX_TRY(import_map_columns(r));
    if (r->work->job == GX_IMPORT_CHECK || r->state.row_done == 0) {
        r->state.row_done = r->state.row_total = r->state.created = r->state.updated = 0;
        r->state.same = r->state.failed = 0;
        return gx_db_write(&r->ctx, r->work->tenant->db, start_over, r);
    }
    return GX_OK;
}

static enum gx_code do_job(struct import_runner *r)
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
    return r->work->job == GX_IMPORT_RUN ? import_finish_later(r) : GX_OK;
}

static void keep_asked(struct import_runner *r)
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
    struct import_runner *r = GX_ARENA_NEW(&own, struct import_runner);
    struct import_writing *b = GX_ARENA_NEW(&own, struct import_writing);
    r->work = work;
    r->writing = b;
    r->batch_rows = IMPORT_BATCH_ROWS_FIRST;
    r->batch_arena = &arena;
    r->rows = GX_ARENA_ARRAY(&own, struct import_row, IMPORT_BATCH_ROWS_MAX);
    b->r.batch_arena = &b->arena;
    b->r.rows = GX_ARENA_ARRAY(&own, struct import_row, IMPORT_BATCH_ROWS_MAX);
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
        (void)!import_finish_batch(r);
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
    import_end_batch(r);
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
