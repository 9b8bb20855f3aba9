/* import_queue.c - the thread that works on imports one after another, and what waits for it. */
#include <pthread.h>
#include <unistd.h>

#include "store/import_int.h"

struct queued {
    struct queued *next;
    int64_t id, user;
    enum gx_lang lang;
    enum gx_import_job job;
};

struct gx_import_runner {
    struct gx_tenant *tenant;
    struct gx_arena arena;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_cond_t ended; /* some job is over */
    struct queued *first, *spare;
    int64_t current; /* import under way, 0: none */
    enum gx_import_job current_job;
    atomic_bool stop; /* the job under way */
    atomic_bool end;  /* the thread */
};

static void *work_through(void *p)
{
    struct gx_import_runner *runner = p;
    pthread_mutex_lock(&runner->lock);
    while (!atomic_load(&runner->end)) {
        struct queued *q = runner->first;
        if (!q) {
            pthread_cond_wait(&runner->wake, &runner->lock);
            continue;
        }
        runner->first = q->next;
        runner->current = q->id;
        runner->current_job = q->job;
        atomic_store(&runner->stop, false);
        struct gx_import_work work = {
            .tenant = runner->tenant,
            .id = q->id,
            .job = q->job,
            .user = q->user,
            .lang = q->lang,
            .stop = &runner->stop,
            .ending = &runner->end,
        };
        q->next = runner->spare;
        runner->spare = q;
        pthread_mutex_unlock(&runner->lock);
        gx_import_work(&work);
        pthread_mutex_lock(&runner->lock);
        runner->current = 0;
        pthread_cond_broadcast(&runner->ended);
    }
    pthread_mutex_unlock(&runner->lock);
    return NULL;
}

static void enqueue(struct gx_import_runner *runner, int64_t id, int64_t user,
                    enum gx_import_job job, enum gx_lang lang)
{
    struct queued **at = &runner->first;
    pthread_mutex_lock(&runner->lock);
    struct queued *q = runner->spare;
    if (q)
        runner->spare = q->next;
    else
        q = GX_ARENA_NEW(&runner->arena, struct queued);
    *q = (struct queued){ .id = id, .user = user, .lang = lang, .job = job };
    while (*at)
        at = &(*at)->next;
    *at = q;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
}

/* Take a job that has not begun out of the queue. */
static bool unqueue(struct gx_import_runner *runner, int64_t id)
{
    struct queued **at = &runner->first;
    while (*at && ((*at)->id != id || (*at)->job == GX_IMPORT_UNDO))
        at = &(*at)->next;
    struct queued *q = *at;
    if (!q)
        return false;
    *at = q->next;
    q->next = runner->spare;
    runner->spare = q;
    return true;
}

/*
 * What was under way when the program ended goes on where it was.  An import whose file is not in
 * this data folder is another server's, which shares the database.
 */
static enum gx_code requeue(struct gx_ctx *ctx, struct gx_import_runner *runner)
{
    struct gx_conn *conn;
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_reader(ctx, runner->tenant->db, &conn));
    enum gx_code code = gx_db_query(ctx, conn,
                                    GX_SQL("SELECT id, state, created_by, path FROM gx_import "
                                           "WHERE state IN ('running', 'checking', 'undoing')"),
                                    NULL, 0, &rows);
    while (code == GX_OK && (code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_str state = gx_rows_text(rows, 1);
        if (access(gx_arena_cstr(ctx->arena, gx_rows_text(rows, 3)), F_OK) != 0 &&
            gx_db_dialect(runner->tenant->db) == GX_POSTGRES)
            continue;
        enum gx_import_job job = gx_str_is(state, "running")    ? GX_IMPORT_RUN
                                 : gx_str_is(state, "checking") ? GX_IMPORT_CHECK
                                                                : GX_IMPORT_UNDO;
        enqueue(runner, gx_rows_int(rows, 0), gx_rows_int(rows, 2), job,
                runner->tenant->settings.lang);
    }
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_import_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                    struct gx_import_runner **ret_runner)
{
    struct gx_arena arena = { 0 };
    struct gx_import_runner *runner = GX_ARENA_NEW(&arena, struct gx_import_runner);
    runner->arena = arena;
    runner->tenant = tenant;
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->wake, NULL);
    pthread_cond_init(&runner->ended, NULL);
    GX_TRY(requeue(ctx, runner));
    if (pthread_create(&runner->thread, NULL, work_through, runner) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_runner = runner;
    return GX_OK;
}

void gx_import_runner_stop(struct gx_import_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    atomic_store(&runner->end, true);
    atomic_store(&runner->stop, true);
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->thread, NULL);
    pthread_mutex_destroy(&runner->lock);
    pthread_cond_destroy(&runner->wake);
    pthread_cond_destroy(&runner->ended);
    struct gx_arena arena = runner->arena;
    gx_arena_free(&arena);
}

struct starting {
    struct gx_scope *scope;
    int64_t id;
    enum gx_import_job job;
};

static enum gx_code mark_started(void *p, struct gx_conn *conn)
{
    static const char *const to[] = { "checking", "running", "undoing" };
    static const char *const from_check[] = { "draft", "checked", "failed", "undone", NULL };
    static const char *const from_run[] = { "draft",  "checked", "cancelled",
                                            "failed", "undone",  NULL };
    static const char *const from_undo[] = { "done", "cancelled", "failed", NULL };
    static const char *const *const from[] = { from_check, from_run, from_undo };
    const struct starting *start = p;
    struct gx_scope *scope = start->scope;
    struct gx_import_row_state s;
    const struct gx_object *object;
    gx_scope_use(scope, conn);
    GX_TRY(gx_import_read(scope, start->id, &s));
    if (!import_is_one_of(s.state, from[start->job]))
        return import_wrong_state(scope, &s);
    GX_TRY(gx_object_get(scope, s.object, &object));
    GX_TRY(import_may(scope, object));
    /*
     * A run that was interrupted goes on where it was.  What was half taken back can only be
     * taken back further.
     */
    bool resumes = s.written;
    if (start->job != GX_IMPORT_UNDO && resumes && s.row_done == 0)
        return import_wrong_state(scope, &s);
    if (start->job == GX_IMPORT_CHECK && resumes)
        return import_wrong_state(scope, &s);
    struct gx_value values[] = { gx_value_int(start->id), gx_value_text(gx_str_c(to[start->job])),
                                 gx_value_int(resumes && start->job == GX_IMPORT_RUN ? s.row_done
                                                                                     : 0) };
    if (start->job == GX_IMPORT_RUN)
        GX_TRY(gx_memory_put(scope, &s));
    return gx_db_exec(gx_scope_ctx(scope), conn,
                      GX_SQL("UPDATE gx_import SET state = ?2, row_done = ?3, problem = NULL "
                             "WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* The job begins only when its state is durable, so that it cannot read an older one. */
enum gx_code gx_import_start(struct gx_scope *scope, struct gx_import_runner *runner, int64_t id,
                             enum gx_import_job job)
{
    struct starting start = { scope, id, job };
    struct gx_conn *own = gx_scope_conn(scope);
    enum gx_code code =
        gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, mark_started, &start);
    gx_scope_use(scope, own);
    if (code == GX_OK)
        enqueue(runner, id, gx_scope_me(scope), job, gx_scope_ctx(scope)->lang);
    return code;
}

static enum gx_code mark_cancelled(void *p, struct gx_conn *conn)
{
    const struct starting *start = p;
    struct gx_value value = gx_value_int(start->id);
    return gx_db_exec(gx_scope_ctx(start->scope), conn,
                      GX_SQL("UPDATE gx_import SET state = CASE state WHEN 'running' THEN "
                             "'cancelled' ELSE 'draft' END WHERE id = ?1"),
                      &value, 1, NULL);
}

enum gx_code gx_import_cancel(struct gx_scope *scope, struct gx_import_runner *runner, int64_t id)
{
    struct gx_import_row_state s;
    struct starting start = { scope, id, GX_IMPORT_RUN };
    GX_TRY(gx_import_read(scope, id, &s));
    pthread_mutex_lock(&runner->lock);
    bool queued = unqueue(runner, id);
    bool mine = runner->current == id && runner->current_job != GX_IMPORT_UNDO;
    if (mine)
        atomic_store(&runner->stop, true);
    pthread_mutex_unlock(&runner->lock);
    if (queued)
        return gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, mark_cancelled, &start);
    return mine ? GX_OK : import_wrong_state(scope, &s);
}

void gx_import_wait(struct gx_import_runner *runner, int64_t id, int64_t limit_us)
{
    struct timespec until;
    bool more = true;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + limit_us % 1000000 * 1000;
    until.tv_sec += limit_us / 1000000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&runner->lock);
    while (more) {
        bool there = runner->current == id;
        for (const struct queued *q = runner->first; q && !there; q = q->next)
            there = q->id == id;
        more = there && pthread_cond_timedwait(&runner->ended, &runner->lock, &until) == 0;
    }
    pthread_mutex_unlock(&runner->lock);
}
