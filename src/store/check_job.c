/* check_job.c - see check_job.h. */
#include "store/check_job.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "base/assert.h"
#include "base/log.h"
#include "base/time.h"
#include "store/upkeep.h"

enum { KEPT_MAX = 500, RESULT_BYTES_MAX = 1 << 20 };

struct gx_check_job {
    struct gx_tenant *tenant;
    struct gx_sealer *sealer;
    struct gx_arena arena; /* the job itself */
    pthread_mutex_t lock;
    pthread_t thread;
    bool has_thread; /* to be joined */
    bool alive;      /* it looks once more before it ends */
    atomic_bool end;
    atomic_llong running, cancelled; /* ids */
    atomic_llong done, total;
};

/* --- rows */

struct ending {
    struct gx_ctx *ctx;
    int64_t id, ended_us, problems;
    struct gx_str state, result, problem;
};

static enum gx_code end_row(void *p, struct gx_conn *conn)
{
    const struct ending *e = p;
    struct gx_value values[] = { gx_value_int(e->id),
                                 gx_value_text(e->state),
                                 gx_value_int(e->ended_us),
                                 gx_value_int(e->problems),
                                 e->result.n ? gx_value_text(e->result) : GX_NULL_VALUE,
                                 gx_value_text(e->problem) };
    return gx_db_exec(e->ctx, conn,
                      GX_SQL("UPDATE gx_check SET state = ?2, finished_at = ?3, problems = ?4, "
                             "result = ?5, problem = ?6 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code break_off(void *p, struct gx_conn *conn)
{
    struct gx_ctx *ctx = p;
    struct gx_value now = gx_value_int(ctx->now_us);
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_check SET state = 'failed', finished_at = ?1, "
                             "problem = 'broken off' WHERE state IN ('waiting', 'running')"),
                      &now, 1, NULL);
}

static enum gx_code count_open(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_count)
{
    return gx_db_int(ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_check WHERE state IN ('waiting', 'running')"),
                     NULL, 0, 0, ret_count);
}

static enum gx_code trim(struct gx_ctx *ctx, struct gx_conn *conn)
{
    struct gx_value rest = gx_value_int(KEPT_MAX);
    return gx_db_exec(ctx, conn,
                      GX_SQL("DELETE FROM gx_check WHERE id NOT IN (SELECT id FROM gx_check "
                             "ORDER BY id DESC LIMIT ?1)"),
                      &rest, 1, NULL);
}

static enum gx_code insert(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                           const struct gx_check_note *n, int64_t by, struct gx_str anchor,
                           int64_t *ret_id)
{
    *ret_id = gx_id_next(&tenant->ids, n->begun_us);
    struct gx_value values[] = { gx_value_int(*ret_id),
                                 gx_value_text(gx_str_c(n->kind)),
                                 gx_value_text(gx_str_c(n->state)),
                                 gx_value_int(by),
                                 gx_value_text(anchor),
                                 gx_value_int(n->begun_us),
                                 n->ended_us ? gx_value_int(n->ended_us) : GX_NULL_VALUE,
                                 gx_value_int(n->problems),
                                 n->result.n ? gx_value_text(n->result) : GX_NULL_VALUE,
                                 gx_value_text(n->problem) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_check (id, kind, state, by_user, anchor, created_at, "
                             "finished_at, problems, result, problem) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_check_ask(struct gx_scope *scope, struct gx_str anchor, int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    const struct gx_check_note note = {
        .kind = "verify", .state = "waiting", .begun_us = ctx->now_us, .problem = GX_STR("")
    };
    int64_t open;
    gx_assert(gx_conn_is_writer(conn));
    GX_TRY(count_open(ctx, conn, &open));
    if (open)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_CHECK_RUNS);
    GX_TRY(insert(ctx, gx_scope_tenant(scope), conn, &note, gx_scope_me(scope), anchor, ret_id));
    return trim(ctx, conn);
}

struct keeping {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    const struct gx_check_note *note;
};

static enum gx_code keep(void *p, struct gx_conn *conn)
{
    struct keeping *k = p;
    int64_t id;
    GX_TRY(insert(k->ctx, k->tenant, conn, k->note, 0, GX_STR(""), &id));
    return trim(k->ctx, conn);
}

enum gx_code gx_check_keep(struct gx_ctx *ctx, struct gx_tenant *tenant,
                           const struct gx_check_note *note)
{
    struct keeping k = { ctx, tenant, note };
    return gx_db_write(ctx, tenant->db, keep, &k);
}

/* --- the thread */

static bool progress(void *p, int64_t done, int64_t total)
{
    struct gx_check_job *job = p;
    atomic_store(&job->done, done);
    atomic_store(&job->total, total);
    return !atomic_load(&job->end) && atomic_load(&job->cancelled) != atomic_load(&job->running);
}

static enum gx_code check(struct gx_ctx *ctx, struct gx_check_job *job, struct gx_str anchor,
                          struct gx_buf *out, int64_t *ret_problems)
{
    const struct gx_upkeep_ask ask = { .anchor = anchor, .progress = progress, .p = job };
    struct gx_conn *conn;
    struct gx_jw w = gx_jw(out);
    GX_TRY(gx_seal_now(ctx, job->sealer));
    GX_TRY(gx_db_reader(ctx, job->tenant->db, &conn));
    struct gx_scope *scope = gx_scope_system(ctx, job->tenant, conn, "check that was asked for");
    enum gx_code code = gx_upkeep_verify(scope, &ask, &w, ret_problems);
    gx_db_reader_release(conn);
    return code == GX_OK ? gx_buf_check(out) : code;
}

static struct gx_ctx fresh(const struct gx_check_job *job, struct gx_arena *arena)
{
    gx_arena_reset(arena);
    return (struct gx_ctx){ .arena = arena,
                            .now_us = gx_clock_us(),
                            .lang = job->tenant->settings.lang };
}

static void run_one(struct gx_check_job *job, struct gx_arena *arena, int64_t id,
                    struct gx_str anchor)
{
    struct gx_ctx ctx = fresh(job, arena);
    struct gx_buf out = { .max = RESULT_BYTES_MAX };
    struct ending e = { .ctx = &ctx, .id = id };
    atomic_store(&job->done, 0);
    atomic_store(&job->total, 0);
    atomic_store(&job->running, id);
    enum gx_code code =
        progress(job, 0, 0) ? check(&ctx, job, anchor, &out, &e.problems) : GX_E_CANCELLED;
    bool ours = atomic_load(&job->cancelled) == id;
    e.state = code == GX_OK                    ? GX_STR("done")
              : code == GX_E_CANCELLED && ours ? GX_STR("cancelled")
                                               : GX_STR("failed");
    e.result = code == GX_OK ? gx_buf_str(&out) : GX_STR("");
    e.problem = code == GX_OK            ? GX_STR("")
                : code == GX_E_CANCELLED ? GX_STR("broken off")
                                         : gx_arena_str(arena, gx_ctx_text(&ctx));
    gx_ctx_clear(&ctx);
    e.ended_us = gx_clock_us();
    if (gx_db_write(&ctx, job->tenant->db, end_row, &e) != GX_OK)
        gx_log_say(GX_LOG_ERROR, "check", gx_ctx_text(&ctx));
    atomic_store(&job->running, 0);
    gx_buf_free(&out);
}

/* The oldest that waits; *ret_id 0: none does. */
static enum gx_code next(struct gx_ctx *ctx, struct gx_check_job *job, int64_t *ret_id,
                         struct gx_str *ret_anchor)
{
    struct gx_conn *conn;
    struct gx_rows *rows;
    bool has;
    *ret_id = 0;
    GX_TRY(gx_db_reader(ctx, job->tenant->db, &conn));
    enum gx_code code = gx_db_query(ctx, conn,
                                    GX_SQL("SELECT id, anchor FROM gx_check WHERE state = "
                                           "'waiting' ORDER BY id LIMIT 1"),
                                    NULL, 0, &rows);
    if (code == GX_OK && (code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        *ret_id = gx_rows_int(rows, 0);
        *ret_anchor = gx_arena_str(&job->arena, gx_rows_text(rows, 1));
    }
    gx_db_reader_release(conn);
    return code;
}

static void *run(void *p)
{
    struct gx_check_job *job = p;
    struct gx_arena arena = { 0 };
    for (;;) {
        struct gx_ctx ctx = fresh(job, &arena);
        struct gx_str anchor = GX_STR("");
        int64_t id = 0;
        pthread_mutex_lock(&job->lock);
        bool failed = atomic_load(&job->end) || next(&ctx, job, &id, &anchor) != GX_OK;
        if (failed || !id)
            job->alive = false; /* under the lock: who asks from now on begins another thread */
        pthread_mutex_unlock(&job->lock);
        if (failed || !id)
            break;
        run_one(job, &arena, id, anchor);
    }
    gx_arena_free(&arena);
    return NULL;
}

void gx_check_job_wake(struct gx_check_job *job)
{
    sigset_t all, before;
    pthread_mutex_lock(&job->lock);
    if (!job->alive && !atomic_load(&job->end)) {
        if (job->has_thread)
            pthread_join(job->thread, NULL);
        sigfillset(&all); /* signals are main's */
        pthread_sigmask(SIG_BLOCK, &all, &before);
        job->has_thread = job->alive = pthread_create(&job->thread, NULL, run, job) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_mutex_unlock(&job->lock);
}

bool gx_check_job_busy(struct gx_check_job *job)
{
    pthread_mutex_lock(&job->lock);
    bool alive = job->alive;
    pthread_mutex_unlock(&job->lock);
    return alive;
}

enum gx_code gx_check_cancel(struct gx_ctx *ctx, struct gx_check_job *job, struct gx_conn *conn,
                             int64_t id)
{
    struct gx_value key = gx_value_int(id);
    int64_t state;
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT CASE WHEN state IN ('waiting', 'running') THEN 1 ELSE 0 END "
                            "FROM gx_check WHERE id = ?1"),
                     &key, 1, -1, &state));
    if (state < 0)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_CHECK_NONE);
    if (state == 0)
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_CHECK_OVER);
    atomic_store(&job->cancelled, id);
    return GX_OK;
}

enum gx_code gx_check_job_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                struct gx_sealer *sealer, struct gx_check_job **ret_job)
{
    struct gx_arena arena = { 0 };
    struct gx_conn *conn;
    int64_t open = 0;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = count_open(ctx, conn, &open);
    gx_db_reader_release(conn);
    GX_TRY(code);
    if (open)
        GX_TRY(gx_db_write(ctx, tenant->db, break_off, ctx));
    struct gx_check_job *job = GX_ARENA_NEW(&arena, struct gx_check_job);
    job->arena = arena;
    job->tenant = tenant;
    job->sealer = sealer;
    pthread_mutex_init(&job->lock, NULL);
    *ret_job = job;
    return GX_OK;
}

void gx_check_job_stop(struct gx_check_job *job)
{
    atomic_store(&job->end, true);
    if (job->has_thread)
        pthread_join(job->thread, NULL);
    pthread_mutex_destroy(&job->lock);
    struct gx_arena arena = job->arena;
    gx_arena_free(&arena);
}

/* --- the list */

static void write_moment(struct gx_ctx *ctx, struct gx_jw *w, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(ctx->arena, us));
    else
        gx_jw_null(w);
}

static void write_by(struct gx_jw *w, const struct gx_rows *rows)
{
    gx_jw_key(w, GX_STR("by"));
    if (!gx_rows_int(rows, 3)) {
        gx_jw_null(w);
        return;
    }
    gx_jw_object(w);
    gx_jw_key_id(w, "id", gx_rows_int(rows, 3));
    gx_jw_key_str(w, "title", gx_rows_text(rows, 4));
    gx_jw_object_end(w);
}

static void write_row(struct gx_ctx *ctx, struct gx_check_job *job, const struct gx_rows *rows,
                      struct gx_jw *w)
{
    int64_t id = gx_rows_int(rows, 0);
    bool runs = atomic_load(&job->running) == id;
    struct gx_str result = gx_rows_text(rows, 8);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key_str(w, "kind", gx_rows_text(rows, 1));
    gx_jw_key_str(w, "state", runs ? GX_STR("running") : gx_rows_text(rows, 2));
    write_by(w, rows);
    write_moment(ctx, w, "created_at", gx_rows_int(rows, 5));
    write_moment(ctx, w, "finished_at", gx_rows_int(rows, 6));
    gx_jw_key_int(w, "done", runs ? atomic_load(&job->done) : 0);
    gx_jw_key_int(w, "total", runs ? atomic_load(&job->total) : 0);
    gx_jw_key_int(w, "problems", gx_rows_int(rows, 7));
    gx_jw_key(w, GX_STR("result"));
    if (result.n)
        gx_jw_raw(w, result); /* as it was written by us */
    else
        gx_jw_null(w);
    gx_jw_key_str(w, "problem", gx_rows_text(rows, 9));
    gx_jw_object_end(w);
}

enum gx_code gx_check_list(struct gx_scope *scope, struct gx_check_job *job, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value most = gx_value_int(GX_CHECK_ROWS_MAX);
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT c.id, c.kind, c.state, c.by_user, u.display_name, "
                              "c.created_at, c.finished_at, c.problems, c.result, c.problem "
                              "FROM gx_check c LEFT JOIN \"user\" u ON u.id = c.by_user "
                              "ORDER BY c.id DESC LIMIT ?1"),
                       &most, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        write_row(ctx, job, rows, w);
    gx_rows_close(rows);
    return code;
}
