/* batch_job.c - the thread that works on batches; the queue is the table, oldest first. */
#include <pthread.h>
#include <stdatomic.h>

#include "base/assert.h"
#include "store/batch_int.h"

enum { PIECE_RECORDS_FIRST = 100 };

struct gx_batch_runner {
    struct gx_tenant *tenant;
    struct gx_arena arena; /* the runner itself */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool asked;
    atomic_bool end;
};

static struct gx_ctx fresh_ctx(struct gx_batch_runner *runner, struct gx_arena *arena)
{
    gx_arena_reset(arena);
    return (struct gx_ctx){
        .arena = arena,
        .now_us = gx_clock_us(),
        .tz_offset_min = runner->tenant->settings.tz_offset_min,
        .lang = runner->tenant->settings.lang,
    };
}

/* The oldest batch that is under way; *ret_id 0: none. */
static enum gx_code next(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t *ret_id,
                         bool *ret_undo)
{
    struct gx_conn *conn;
    struct gx_rows *rows;
    bool has = false;
    *ret_id = 0;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code =
        gx_db_query(ctx, conn,
                    GX_SQL("SELECT id, state FROM gx_batch WHERE state IN ('running', 'undoing') "
                           "ORDER BY id LIMIT 1"),
                    NULL, 0, &rows);
    if (code == GX_OK)
        code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_id = gx_rows_int(rows, 0);
        *ret_undo = gx_str_is(gx_rows_text(rows, 1), "undoing");
    }
    gx_db_reader_release(conn);
    return code;
}

struct failing {
    struct gx_ctx *ctx;
    int64_t id;
    struct gx_str problem;
};

static enum gx_code write_failed(void *p, struct gx_conn *conn)
{
    struct failing *f = p;
    struct gx_value values[] = { gx_value_int(f->id), gx_value_text(f->problem),
                                 gx_value_int(f->ctx->now_us) };
    return gx_db_exec(f->ctx, conn,
                      GX_SQL("UPDATE gx_batch SET state = 'failed', problem = ?2, "
                             "finished_at = ?3 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* One batch to its end, or until the program ends; then the next start goes on with it. */
static bool work_on(struct gx_batch_runner *runner, struct gx_arena *arena, int64_t id, bool undo)
{
    int64_t records = PIECE_RECORDS_FIRST;
    bool more = true;
    while (more && !atomic_load(&runner->end)) {
        struct gx_ctx ctx = fresh_ctx(runner, arena);
        enum gx_code code = undo ? gx_batch_undo_piece(&ctx, runner->tenant, id, &more)
                                 : gx_batch_piece(&ctx, runner->tenant, id, &records, &more);
        if (code == GX_OK)
            continue;
        struct failing failing = { &ctx, id, gx_ctx_text(&ctx) };
        return gx_db_write(&ctx, runner->tenant->db, write_failed, &failing) == GX_OK;
    }
    return true;
}

static void *work_through(void *p)
{
    struct gx_batch_runner *runner = p;
    struct gx_arena arena = { 0 };
    while (!atomic_load(&runner->end)) {
        int64_t id;
        bool undo;
        pthread_mutex_lock(&runner->lock);
        runner->asked = false;
        pthread_mutex_unlock(&runner->lock);
        struct gx_ctx ctx = fresh_ctx(runner, &arena);
        if (next(&ctx, runner->tenant, &id, &undo) == GX_OK && id &&
            work_on(runner, &arena, id, undo))
            continue;
        pthread_mutex_lock(&runner->lock);
        while (!runner->asked && !atomic_load(&runner->end))
            pthread_cond_wait(&runner->wake, &runner->lock);
        pthread_mutex_unlock(&runner->lock);
    }
    gx_arena_free(&arena);
    return NULL;
}

enum gx_code gx_batch_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                   struct gx_batch_runner **ret_runner)
{
    struct gx_arena arena = { 0 };
    struct gx_batch_runner *runner = GX_ARENA_NEW(&arena, struct gx_batch_runner);
    runner->arena = arena;
    runner->tenant = tenant;
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->wake, NULL);
    if (pthread_create(&runner->thread, NULL, work_through, runner) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_runner = runner;
    return GX_OK;
}

void gx_batch_runner_wake(struct gx_batch_runner *runner)
{
    gx_assert(runner);
    pthread_mutex_lock(&runner->lock);
    runner->asked = true;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
}

void gx_batch_runner_stop(struct gx_batch_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    atomic_store(&runner->end, true);
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->thread, NULL);
    pthread_mutex_destroy(&runner->lock);
    pthread_cond_destroy(&runner->wake);
    struct gx_arena arena = runner->arena;
    gx_arena_free(&arena);
}
