/*
 * engine_run.c - a question under way: its process, and a thread that takes what it says.
 *
 * The thread keeps what is not taken yet in a queue; when that is long, it stops reading, and so
 * does the process writing.
 */
#include <duckdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/engine_int.h"
#include "report/pipe.h"

enum { QUEUE_BYTES_MAX = 4 << 20 };

struct piece {
    struct piece *next;
    char kind;
    size_t n;
    char bytes[];
};

struct gx_run {
    struct gx_run *next; /* of the engine */
    struct gx_engine *engine;
    struct gx_arena arena;
    uint64_t id;
    int64_t user, seconds, due_us;
    int fd;
    struct gx_str text;
    const struct gx_guard_schema *schema;
    const char *folder;
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t moved;
    struct piece *first, *last;
    size_t queued;
    bool ended, closing, cancelled, late;
    int class; /* of the error; 0: the process has gone */
    struct gx_str message;
    void (*wake)(void *p);
    void *wake_p;
};

/* --- the thread */

static void wake(struct gx_run *run)
{
    pthread_cond_broadcast(&run->moved);
    if (run->wake)
        run->wake(run->wake_p);
}

/* False: nobody wants it any more. */
static bool queue(struct gx_run *run, char kind, struct gx_str bytes)
{
    struct piece *piece = malloc(sizeof *piece + bytes.n);
    if (!piece)
        return false;
    *piece = (struct piece){ .kind = kind, .n = bytes.n };
    if (bytes.n)
        memcpy(piece->bytes, bytes.p, bytes.n);
    pthread_mutex_lock(&run->lock);
    while (run->queued > QUEUE_BYTES_MAX && !run->closing)
        pthread_cond_wait(&run->moved, &run->lock);
    bool closing = run->closing;
    if (closing) {
        free(piece);
    } else {
        *(run->last ? &run->last->next : &run->first) = piece;
        run->last = piece;
        run->queued += bytes.n;
        wake(run);
    }
    pthread_mutex_unlock(&run->lock);
    return !closing;
}

static void take_error(struct gx_run *run, struct gx_str rest)
{
    struct gx_str number = GX_STR(""), message = GX_STR("");
    int64_t class;
    char tag;
    if (!gx_pipe_take(&rest, &tag, &number) || !gx_pipe_take(&rest, &tag, &message) ||
        !gx_str_int64(number, &class))
        return;
    run->class = (int)class;
    run->message = gx_arena_str(&run->arena, message);
}

static void *listen_to(void *p)
{
    struct gx_run *run = p;
    struct gx_buf in = { .max = GX_PIPE_BYTES_MAX + 1 };
    char kind = 0;
    bool whole = false;
    while (!whole && gx_pipe_read(run->fd, &in, &kind, 0) == GX_PIPE_PIECE) {
        if (kind == 'X') {
            take_error(run, gx_buf_str(&in));
            break;
        }
        whole = kind == 'E';
        if (!queue(run, kind, gx_buf_str(&in)))
            break;
    }
    gx_buf_free(&in);
    if (!whole)
        queue(run, 'X', GX_STR(""));
    pthread_mutex_lock(&run->lock);
    run->ended = true;
    run->late = gx_monotonic_us() >= run->due_us;
    wake(run);
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

/* --- starting */

static enum gx_code admit(struct gx_engine *engine, struct gx_ctx *ctx, struct gx_run *run)
{
    int all = 0, own = 0;
    pthread_mutex_lock(&engine->lock);
    for (struct gx_run *k = engine->runs; k; k = k->next) {
        all++;
        own += k->user == run->user;
    }
    bool ok = all < GX_ENGINE_RUNS_MAX && own < GX_ENGINE_RUNS_USER_MAX;
    if (ok) {
        run->next = engine->runs;
        engine->runs = run;
    }
    pthread_mutex_unlock(&engine->lock);
    return ok ? GX_OK : gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_SQL_BUSY);
}

static void leave(struct gx_run *run)
{
    struct gx_engine *engine = run->engine;
    pthread_mutex_lock(&engine->lock);
    struct gx_run **at = &engine->runs;
    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
    pthread_mutex_unlock(&engine->lock);
}

static void cell_int(struct gx_buf *out, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    gx_pipe_cell(out, 'i', (struct gx_str){ text, (size_t)n });
}

static bool tell(struct gx_run *run, const struct gx_run_options *o)
{
    struct gx_buf out = { 0 };
    gx_pipe_cell(&out, 's', gx_str_c(run->folder));
    cell_int(&out, run->seconds);
    cell_int(&out, o->rows ? o->rows : INT64_MAX);
    cell_int(&out, o->megabytes ? o->megabytes : GX_ENGINE_MEGABYTES);
    for (size_t i = 0; i < o->table_count; i++) {
        gx_pipe_cell(&out, 's',
                     gx_arena_printf(&run->arena, "o_%.*s", GX_STR_ARG(o->tables[i].name)));
        gx_pipe_cell(&out, 's', o->tables[i].path);
    }
    int64_t until = gx_monotonic_us() + 5000000;
    bool ok = gx_pipe_write(run->fd, 'A', gx_buf_str(&out), until) &&
              gx_pipe_write(run->fd, 'Q', o->sql, until);
    gx_buf_free(&out);
    return ok;
}

static enum gx_code start(struct gx_run *run, struct gx_ctx *ctx, const struct gx_run_options *o)
{
    sigset_t all, before;
    GX_TRY(engine_spawn(run->engine, ctx, GX_CHILD_WORK, &run->id, &run->fd));
    run->due_us = gx_monotonic_us() + run->seconds * 1000000;
    /* Opening the files takes time as well, which is not the question's. */
    engine_kill(run->engine, run->id, run->seconds * 1000 + GX_ENGINE_GRACE_MS + 1000);
    run->folder =
        gx_arena_printf(&run->arena, "%s/run/%llu", run->engine->dir, (unsigned long long)run->id)
            .p;
    mkdir(run->folder, 0700);
    if (!tell(run, o))
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&run->thread, NULL, listen_to, run);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_SQL_BUSY) : GX_OK;
}

static void release(struct gx_run *run)
{
    for (struct piece *k = run->first, *next; k; k = next) {
        next = k->next;
        free(k);
    }
    if (run->fd >= 0)
        close(run->fd);
    if (run->folder) {
        engine_empty(run->folder, 1); /* killed, it could not do so itself */
        rmdir(run->folder);
    }
    leave(run);
    pthread_mutex_destroy(&run->lock);
    pthread_cond_destroy(&run->moved);
    struct gx_arena arena = run->arena;
    gx_arena_free(&arena);
}

enum gx_code gx_run_start(struct gx_engine *engine, struct gx_ctx *ctx,
                          const struct gx_run_options *options, struct gx_run **ret_run)
{
    struct gx_arena arena = { 0 };
    struct gx_run *run = GX_ARENA_NEW(&arena, struct gx_run);
    run->arena = arena;
    run->engine = engine;
    run->user = options->user;
    run->seconds = options->seconds ? options->seconds : GX_ENGINE_SECONDS;
    run->fd = -1;
    run->text = gx_arena_str(&run->arena, options->text);
    run->schema = options->schema;
    enum gx_code code = admit(engine, ctx, run);
    if (code != GX_OK) {
        arena = run->arena;
        gx_arena_free(&arena);
        return code;
    }
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->moved, NULL);
    code = start(run, ctx, options);
    if (code == GX_OK) {
        *ret_run = run;
        return GX_OK;
    }
    engine_kill(engine, run->id, 0);
    release(run);
    return code;
}

uint64_t gx_run_id(const struct gx_run *run)
{
    return run->id;
}

void gx_run_listen(struct gx_run *run, void (*wake_fn)(void *p), void *p)
{
    pthread_mutex_lock(&run->lock);
    run->wake = wake_fn;
    run->wake_p = p;
    pthread_mutex_unlock(&run->lock);
}

/* --- taking */

static enum gx_run_piece piece_of(char kind)
{
    switch (kind) {
    case 'C':
        return GX_RUN_COLUMNS;
    case 'R':
        return GX_RUN_ROWS;
    case 'P':
        return GX_RUN_PROGRESS;
    case 'E':
        return GX_RUN_END;
    default:
        return GX_RUN_FAILED;
    }
}

enum gx_run_piece gx_run_take(struct gx_run *run, struct gx_buf *buf)
{
    pthread_mutex_lock(&run->lock);
    struct piece *piece = run->first;
    if (piece) {
        run->first = piece->next;
        run->last = run->first ? run->last : NULL;
        run->queued -= piece->n;
        pthread_cond_broadcast(&run->moved);
    }
    bool ended = run->ended;
    pthread_mutex_unlock(&run->lock);
    if (!piece)
        return ended ? GX_RUN_FAILED : GX_RUN_NOTHING;
    enum gx_run_piece kind = piece_of(piece->kind);
    gx_buf_clear(buf);
    gx_buf_add(buf, (struct gx_str){ piece->bytes, piece->n });
    free(piece);
    return kind;
}

void gx_run_wait(struct gx_run *run)
{
    pthread_mutex_lock(&run->lock);
    while (!run->first && !run->ended)
        pthread_cond_wait(&run->moved, &run->lock);
    pthread_mutex_unlock(&run->lock);
}

enum gx_code gx_run_fail(struct gx_run *run, struct gx_ctx *ctx)
{
    pthread_mutex_lock(&run->lock);
    bool cancelled = run->cancelled;
    int class = run->class;
    pthread_mutex_unlock(&run->lock);
    if (cancelled)
        return gx_fail(ctx, GX_E_CANCELLED, GX_STR("sql"), GX_M_SQL_STOPPED);
    if (class)
        return engine_fail(ctx, class, run->message, run->text, run->schema, run->seconds);
    if (run->late)
        return engine_fail(ctx, DUCKDB_ERROR_INTERRUPT, GX_STR(""), run->text, run->schema,
                           run->seconds);
    return gx_fail(ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_GONE);
}

void gx_run_close(struct gx_run *run)
{
    pthread_mutex_lock(&run->lock);
    run->closing = true;
    run->wake = NULL;
    bool ended = run->ended;
    pthread_cond_broadcast(&run->moved);
    pthread_mutex_unlock(&run->lock);
    if (!ended) {
        engine_kill(run->engine, run->id, 0);
        shutdown(run->fd, SHUT_RDWR);
    }
    pthread_join(run->thread, NULL);
    release(run);
}

enum gx_code gx_engine_cancel(struct gx_engine *engine, struct gx_ctx *ctx, uint64_t id,
                              int64_t user)
{
    bool found = false;
    pthread_mutex_lock(&engine->lock);
    for (struct gx_run *k = engine->runs; k; k = k->next)
        if (k->id == id && (user == 0 || k->user == user)) {
            found = true;
            pthread_mutex_lock(&k->lock);
            k->cancelled = !k->ended;
            pthread_mutex_unlock(&k->lock);
        }
    if (found && engine->keeper >= 0)
        gx_keeper_kill(engine->keeper, id, 0);
    pthread_mutex_unlock(&engine->lock);
    return found ? GX_OK : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_SQL_NO_RUN);
}

void gx_engine_halt(struct gx_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    for (struct gx_run *k = engine->runs; k; k = k->next)
        gx_keeper_kill(engine->keeper, k->id, 0);
    pthread_mutex_unlock(&engine->lock);
}
