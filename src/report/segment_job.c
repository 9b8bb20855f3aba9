/*
 * segment_job.c - the thread that makes lists and hands them over; the queue is the table.
 *
 * It looks for segments that are due by their schedule every minute.  A schedule is due when the
 * segment's newest list is older than its period; nothing else is remembered.
 */
#include <pthread.h>

#include "base/log.h"
#include "base/time.h"
#include "report/segment_int.h"

enum { LOOK_S = 60, DUE_MAX = 20 };

struct gx_segment_runner {
    struct gx_tenant *tenant;
    struct gx_arena arena; /* the runner itself */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool asked;
    atomic_bool end;
};

static struct gx_ctx fresh(struct gx_segment_runner *runner, struct gx_arena *arena)
{
    gx_arena_reset(arena);
    return (struct gx_ctx){ .arena = arena,
                            .now_us = gx_clock_us(),
                            .tz_offset_min = runner->tenant->settings.tz_offset_min,
                            .lang = runner->tenant->settings.lang };
}

struct failing {
    struct gx_ctx *ctx;
    int64_t id;
    bool handing;
    struct gx_str problem;
};

static enum gx_code write_failed(void *p, struct gx_conn *conn)
{
    struct failing *f = p;
    struct gx_value values[] = { gx_value_int(f->id), gx_value_text(f->problem),
                                 gx_value_text(f->handing ? GX_STR("frozen") : GX_STR("failed")) };
    return gx_db_exec(f->ctx, conn,
                      GX_SQL("UPDATE gx_segment_list SET state = ?3, problem = ?2 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* The oldest list at work; 0: none. */
static enum gx_code next(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t *ret_id,
                         bool *ret_handing)
{
    struct gx_conn *conn;
    struct gx_rows *rows;
    bool has = false;
    *ret_id = 0;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = gx_db_query(ctx, conn,
                                    GX_SQL("SELECT id, state FROM gx_segment_list WHERE state IN "
                                           "('running', 'handing') ORDER BY id LIMIT 1"),
                                    NULL, 0, &rows);
    if (code == GX_OK)
        code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_id = gx_rows_int(rows, 0);
        *ret_handing = gx_str_is(gx_rows_text(rows, 1), "handing");
    }
    gx_db_reader_release(conn);
    return code;
}

/* False: nothing more can be done now. */
static bool work(struct gx_segment_runner *runner, struct gx_arena *arena)
{
    struct gx_ctx ctx = fresh(runner, arena);
    int64_t id;
    bool handing = false, more = true;
    if (next(&ctx, runner->tenant, &id, &handing) != GX_OK || !id)
        return false;
    enum gx_code code = GX_OK;
    while (code == GX_OK && more && !atomic_load(&runner->end)) {
        ctx = fresh(runner, arena);
        more = false;
        code = handing ? gx_segment_tasks_piece(&ctx, runner->tenant, id, &more)
                       : gx_segment_make(&ctx, runner->tenant, id, &runner->end);
    }
    if (code == GX_OK || atomic_load(&runner->end))
        return true;
    struct failing failing = { &ctx, id, handing, gx_ctx_text(&ctx) };
    return gx_db_write(&ctx, runner->tenant->db, write_failed, &failing) == GX_OK;
}

struct due {
    int64_t segment, owner;
};

/* A list of now less a period that is newer is none of these segments'. */
#define DUE_COLUMNS                                                                                \
    "SELECT s.id, s.owner, COALESCE((SELECT max(l.created_at) FROM gx_segment_list l WHERE "       \
    "l.segment = s.id), 0) + CASE s.schedule WHEN 'hourly' THEN 3600000000 WHEN 'daily' THEN "     \
    "86400000000 ELSE 604800000000 END AS due_at FROM \"segment\" s WHERE s.deleted_at IS NULL "   \
    "AND s.schedule IS NOT NULL AND (s.kind <> 'static' OR NOT EXISTS (SELECT 1 FROM "             \
    "gx_segment_list l WHERE l.segment = s.id))"

static enum gx_code find_due(struct gx_ctx *ctx, struct gx_tenant *tenant, struct due *due,
                             size_t *ret_count)
{
    struct gx_conn *conn;
    struct gx_rows *rows;
    struct gx_value values[] = { gx_value_int(ctx->now_us), gx_value_int(DUE_MAX) };
    bool has;
    *ret_count = 0;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code =
        gx_db_query(ctx, conn,
                    GX_SQL("SELECT d.id, d.owner FROM (" DUE_COLUMNS ") d WHERE d.due_at <= ?1 "
                           "ORDER BY d.due_at LIMIT ?2"),
                    values, 2, &rows);
    while (code == GX_OK && (code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        due[(*ret_count)++] = (struct due){ gx_rows_int(rows, 0), gx_rows_int(rows, 1) };
    gx_db_reader_release(conn);
    return code;
}

static void schedule(struct gx_segment_runner *runner, struct gx_arena *arena)
{
    struct due due[DUE_MAX];
    size_t count;
    struct gx_ctx ctx = fresh(runner, arena);
    if (find_due(&ctx, runner->tenant, due, &count) != GX_OK)
        return;
    for (size_t i = 0; i < count && !atomic_load(&runner->end); i++) {
        ctx = fresh(runner, arena);
        enum gx_code code =
            gx_segment_freeze_due(&ctx, runner->tenant, due[i].segment, due[i].owner);
        if (code != GX_OK && code != GX_E_CONFLICT)
            gx_log_say(GX_LOG_ERROR, "segment", gx_ctx_text(&ctx));
    }
}

static void *run(void *p)
{
    struct gx_segment_runner *runner = p;
    struct gx_arena arena = { 0 };
    while (!atomic_load(&runner->end)) {
        struct timespec until;
        pthread_mutex_lock(&runner->lock);
        runner->asked = false;
        pthread_mutex_unlock(&runner->lock);
        schedule(runner, &arena);
        while (!atomic_load(&runner->end) && work(runner, &arena))
            ;
        pthread_mutex_lock(&runner->lock);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += LOOK_S;
        int rc = 0;
        while (!runner->asked && !atomic_load(&runner->end) && rc == 0)
            rc = pthread_cond_timedwait(&runner->wake, &runner->lock, &until);
        pthread_mutex_unlock(&runner->lock);
    }
    gx_arena_free(&arena);
    return NULL;
}

enum gx_code gx_segment_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                     struct gx_segment_runner **ret_runner)
{
    struct gx_arena arena = { 0 };
    struct gx_segment_runner *runner = GX_ARENA_NEW(&arena, struct gx_segment_runner);
    pthread_condattr_t clock;
    runner->arena = arena;
    runner->tenant = tenant;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->wake, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&runner->thread, NULL, run, runner) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_runner = runner;
    return GX_OK;
}

void gx_segment_runner_wake(struct gx_segment_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->asked = true;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
}

void gx_segment_runner_stop(struct gx_segment_runner *runner)
{
    atomic_store(&runner->end, true);
    gx_segment_runner_wake(runner);
    pthread_join(runner->thread, NULL);
    pthread_mutex_destroy(&runner->lock);
    pthread_cond_destroy(&runner->wake);
    struct gx_arena arena = runner->arena;
    gx_arena_free(&arena);
}

enum gx_code gx_segment_pending(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_working,
                                int64_t *ret_due)
{
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_segment_list WHERE state IN ('running', "
                            "'handing')"),
                     NULL, 0, 0, ret_working));
    return gx_db_int(ctx, conn, GX_SQL("SELECT min(d.due_at) FROM (" DUE_COLUMNS ") d"), NULL, 0, 0,
                     ret_due);
}
