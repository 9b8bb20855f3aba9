/* warehouse.c - who keeps the process of a warehouse: begins it, feeds it, ends it; how it is. */
#include "report/warehouse.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "report/warehouse_int.h"

enum {
    HELLO_MS = 30000,
    TICK_MS = 100,     /* how often the log is looked at without news */
    BACK_OFF_MS = 500, /* before another try, doubled each time up to … */
    BACK_OFF_MS_MAX = 30000,
    BEHIND_US = 2000000,
    ARG_CHARS = 24,
    ERASED_LOOK_S = 10, /* how often a sleeping one is asked whether it holds who was erased */
};

#define FILE_NAME  "warehouse.duckdb"
#define FRESH_NAME "fresh.duckdb"

const char *const gx_warehouse_state_names[GX_WAREHOUSE_STATES] = { "asleep", "down", "filling",
                                                                    "behind", "up" };

/* --- the process */

static void set_died(struct gx_warehouse *w, const char *why, struct gx_str more)
{
    pthread_mutex_lock(&w->lock);
    snprintf(w->why, sizeof w->why, "%s%.*s", why, (int)(more.n > 200 ? 200 : more.n), more.p);
    w->failures++;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    gx_log_say(GX_LOG_ERROR, "warehouse", gx_str_c(w->why));
}

static void set_why(struct gx_warehouse *w, const char *why, struct gx_str more)
{
    pthread_mutex_lock(&w->lock);
    w->failures += GX_WAREHOUSE_GIVEN_UP; /* it would be the same again */
    pthread_mutex_unlock(&w->lock);
    set_died(w, why, more);
}

/* The first frame: it is open, or why it is not. */
static bool hear_hello(struct gx_warehouse *w, int control)
{
    struct gx_buf buf = { .max = 1 << 16 };
    enum gx_wire_kind kind = GX_WIRE_HELLO;
    struct gx_wire_in in;
    bool ok =
        gx_wire_receive(control, HELLO_MS, &buf, &kind, &in) == GX_OK && kind == GX_WIRE_HELLO;
    if (!ok) {
        set_why(w, "the process did not begin", GX_STR(""));
    } else if (gx_wire_u8(&in) != GX_OK) {
        set_why(w, "", gx_wire_text(&in));
        ok = false;
    }
    gx_buf_free(&buf);
    return ok;
}

static bool launch(struct gx_warehouse *w, int fd, struct gx_launched *ret)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    char memory[ARG_CHARS], temp[ARG_CHARS], threads[ARG_CHARS];
    snprintf(memory, sizeof memory, "%lld", (long long)w->limits.memory_bytes);
    snprintf(temp, sizeof temp, "%lld", (long long)w->limits.temp_bytes);
    snprintf(threads, sizeof threads, "%d", w->limits.threads);
    const char *const args[] = { FILE_NAME, memory, temp, threads, NULL };
    bool ok = gx_launch(&ctx, w->launcher, "warehouse-process", w->folder, args, fd, ret) == GX_OK;
    if (!ok)
        set_why(w, "", gx_ctx_text(&ctx));
    gx_arena_free(&arena);
    return ok;
}

static bool start_process(struct gx_warehouse *w)
{
    int pair[2];
    struct gx_launched process;
    if (mkdir(w->folder, 0700) != 0 && errno != EEXIST) {
        set_why(w, w->folder, GX_STR(""));
        return false;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    bool ok = launch(w, pair[1], &process);
    close(pair[1]);
    if (ok && !hear_hello(w, pair[0])) {
        gx_launched_kill(&process);
        ok = false;
    }
    if (!ok) {
        close(pair[0]);
        return false;
    }
    pthread_mutex_lock(&w->lock);
    w->control = pair[0];
    w->process = process;
    w->generation++;
    pthread_mutex_unlock(&w->lock);
    return true;
}

static void wait_gone(int pidfd)
{
    struct pollfd gone = { .fd = pidfd, .events = POLLIN };
    enum { CLOSE_MS = 6000 };
    if (pidfd >= 0)
        (void)poll(&gone, 1, CLOSE_MS);
}

/* Its first socket is closed, so it writes what is to be written and ends; else it is ended. */
static void end_process(struct gx_warehouse *w)
{
    pthread_mutex_lock(&w->lock);
    w->ready = false;
    if (w->control >= 0)
        close(w->control);
    w->control = -1;
    int pidfd = w->process.pidfd;
    pthread_mutex_unlock(&w->lock);
    wait_gone(pidfd);
    pthread_mutex_lock(&w->lock);
    gx_launched_kill(&w->process);
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

/* --- the keeper's thread */

struct keeping {
    struct gx_warehouse *w;
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_asker *session;
    struct gx_feed_state *state;
    bool renew;
};

static bool should_go_on(struct gx_warehouse *w)
{
    pthread_mutex_lock(&w->lock);
    int64_t idle_us = gx_monotonic_us() - w->asked_us;
    bool busy = w->waiting > 0 || w->errand.kind != GX_ERRAND_NONE;
    for (int i = 0; i < GX_WAREHOUSE_SESSIONS_MAX; i++)
        busy |= w->busy[i] != 0;
    if (!busy && idle_us > w->limits.idle_s * INT64_C(1000000))
        w->wanted = false;
    bool on = !w->closing && w->wanted;
    pthread_mutex_unlock(&w->lock);
    return on;
}

/* Until there is news, but no longer than a tick. */
static void rest(struct gx_warehouse *w)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&w->lock);
    if (!w->closing && w->wanted && !w->errand.kind)
        pthread_cond_timedwait(&w->changed, &w->lock, &until);
    pthread_mutex_unlock(&w->lock);
}

static enum gx_code do_errand(struct keeping *k)
{
    struct gx_warehouse *w = k->w;
    pthread_mutex_lock(&w->lock);
    struct gx_errand_box *e = &w->errand;
    bool any = e->kind != GX_ERRAND_NONE && !e->taken;
    e->taken |= any;
    pthread_mutex_unlock(&w->lock);
    if (!any)
        return GX_OK;
    enum gx_code code = e->kind == GX_ERRAND_REBUILD  ? gx_feed_fill(&k->ctx, k->state, &e->rows)
                        : e->kind == GX_ERRAND_VERIFY ? gx_feed_check(&k->ctx, k->state, e->check)
                                                      : gx_feed_take(&k->ctx, k->state, e->taking);
    pthread_mutex_lock(&w->lock);
    e->over = true;
    e->code = code;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    return code; /* whatever was begun ends with the process */
}

static enum gx_code feed(struct keeping *k)
{
    enum gx_code code = GX_OK;
    while (code == GX_OK && !k->renew && should_go_on(k->w)) {
        bool more = false;
        gx_arena_reset(&k->arena);
        gx_ctx_clear(&k->ctx);
        k->ctx.now_us = gx_clock_us();
        code = do_errand(k);
        if (code == GX_OK)
            code = gx_feed_batch(&k->ctx, k->state, &more, &k->renew);
        if (code == GX_OK && !more) {
            pthread_mutex_lock(&k->w->lock);
            k->w->ready = true;
            k->w->failures = 0;
            pthread_cond_broadcast(&k->w->changed);
            pthread_mutex_unlock(&k->w->lock);
            rest(k->w);
        }
    }
    return code;
}

/* What was erased must not stand in the file's unused pages: the file is written anew. */
static enum gx_code renew_file(struct keeping *k)
{
    struct gx_str fresh = gx_arena_printf(&k->arena, "%s/" FRESH_NAME, k->w->folder);
    struct gx_str file = gx_arena_printf(&k->arena, "%s/" FILE_NAME, k->w->folder);
    unlink(fresh.p);
    GX_TRY(gx_asker_run(&k->ctx, k->session, GX_STR("ATTACH '" FRESH_NAME "' AS fresh")));
    GX_TRY(gx_asker_run(&k->ctx, k->session, GX_STR("COPY FROM DATABASE warehouse TO fresh")));
    GX_TRY(
        gx_asker_run(&k->ctx, k->session,
                     GX_STR("UPDATE fresh.gx_position SET renewed_us = erased_us; DETACH fresh")));
    end_process(k->w);
    if (rename(fresh.p, file.p) != 0)
        return gx_fail(&k->ctx, GX_E_IO, GX_STR(""), GX_M_WAREHOUSE_GONE);
    unlink(gx_arena_printf(&k->arena, "%s.wal", file.p).p);
    gx_log_say(GX_LOG_INFO, "warehouse", GX_STR("written anew after an erasure"));
    return GX_OK;
}

/* From its beginning to its end; GX_OK: it was asked to end. */
static enum gx_code keep(struct gx_warehouse *w)
{
    struct keeping k = { .w = w };
    k.ctx = (struct gx_ctx){ .arena = &k.arena, .now_us = gx_clock_us(), .lang = GX_LANG_EN };
    enum gx_code code = gx_asker_connect(&k.ctx, w, -1, &k.session);
    if (code == GX_OK) {
        code = gx_feed_begin(&k.ctx, w, k.session, &k.state);
        if (code == GX_OK)
            code = feed(&k);
        if (code == GX_OK && k.renew)
            code = renew_file(&k);
        if (k.state)
            gx_feed_end(k.state);
        gx_asker_close(k.session);
    }
    if (code != GX_OK)
        set_died(w, "", gx_ctx_text(&k.ctx));
    gx_arena_free(&k.arena);
    return code;
}

static void back_off(struct gx_warehouse *w, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&w->lock);
    int rc = 0;
    while (!w->closing && w->wanted && rc == 0)
        rc = pthread_cond_timedwait(&w->changed, &w->lock, &until);
    pthread_mutex_unlock(&w->lock);
}

/*
 * Nobody asks, but somebody was erased, whose bytes are in the file: it is begun for that.  What a
 * sleeping file has is not known before it was fed once, so it is fed once after each start.
 */
static bool has_erased(struct gx_warehouse *w)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct gx_conn *conn;
    int64_t done_us = 0;
    if (access(gx_arena_printf(&arena, "%s/" FILE_NAME, w->folder).p, F_OK) == 0 &&
        gx_db_reader(&ctx, gx_db_of(w->tenant->db), &conn) == GX_OK) {
        if (gx_db_int(&ctx, conn,
                      GX_SQL("SELECT max(done_at) FROM gx_erasure WHERE state = 'done'"), NULL, 0,
                      0, &done_us) != GX_OK)
            done_us = 0;
        gx_db_reader_release(conn);
    }
    gx_arena_free(&arena);
    return done_us > w->erased_us;
}

static bool wait_wanted(struct gx_warehouse *w)
{
    pthread_mutex_lock(&w->lock);
    while (!w->closing && !w->wanted) {
        struct timespec until;
        pthread_mutex_unlock(&w->lock);
        bool erased = has_erased(w);
        pthread_mutex_lock(&w->lock);
        if (erased && !w->closing && !w->wanted) {
            w->wanted = true;
            w->asked_us = gx_monotonic_us();
            break;
        }
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += ERASED_LOOK_S;
        if (!w->closing && !w->wanted)
            pthread_cond_timedwait(&w->changed, &w->lock, &until);
    }
    bool go_on = !w->closing;
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

static void fail_errand(struct gx_warehouse *w)
{
    pthread_mutex_lock(&w->lock);
    if (w->errand.kind && !w->errand.over && w->errand.taken) {
        w->errand.over = true;
        w->errand.code = GX_E_BUSY;
        pthread_cond_broadcast(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
}

static void *keeper(void *p)
{
    struct gx_warehouse *w = p;
    while (wait_wanted(w)) {
        enum gx_code code = start_process(w) ? keep(w) : GX_E_IO;
        end_process(w);
        fail_errand(w);
        if (code == GX_OK)
            continue;
        pthread_mutex_lock(&w->lock);
        w->restarts++;
        int doublings = w->failures > 1 ? w->failures - 1 : 0;
        pthread_mutex_unlock(&w->lock);
        int64_t wait_ms = (int64_t)BACK_OFF_MS << (doublings > 6 ? 6 : doublings);
        back_off(w, wait_ms > BACK_OFF_MS_MAX ? BACK_OFF_MS_MAX : wait_ms);
    }
    return NULL;
}

/* --- begin, end */

static struct gx_warehouse_limits with_usual(const struct gx_warehouse_limits *given)
{
    struct gx_warehouse_limits l = given ? *given : (struct gx_warehouse_limits){ 0 };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (l.memory_bytes <= 0)
        l.memory_bytes = GX_WAREHOUSE_MEMORY_BYTES;
    if (l.temp_bytes <= 0)
        l.temp_bytes = GX_WAREHOUSE_TEMP_BYTES;
    if (l.threads <= 0)
        l.threads = processors > 0 ? (int)processors : 1;
    if (l.idle_s <= 0)
        l.idle_s = GX_WAREHOUSE_IDLE_S;
    return l;
}

enum gx_code gx_warehouse_open(struct gx_ctx *ctx, struct gx_tenant *tenant,
                               struct gx_launcher *launcher,
                               const struct gx_warehouse_limits *limits,
                               struct gx_warehouse **ret_warehouse)
{
    char dir[PATH_MAX];
    if (!realpath(tenant->dir, dir))
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_LAUNCH, gx_str_c(tenant->dir));
    struct gx_warehouse *w = calloc(1, sizeof *w);
    size_t n = strlen(dir) + tenant->name.n + sizeof "/.warehouse";
    char *folder = malloc(n);
    if (!w || !folder) {
        free(w);
        free(folder);
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_LAUNCH, GX_STR("memory"));
    }
    snprintf(folder, n, "%s/%.*s.warehouse", dir, GX_STR_ARG(tenant->name));
    *w = (struct gx_warehouse){ .tenant = tenant,
                                .launcher = launcher,
                                .limits = with_usual(limits),
                                .folder = folder,
                                .control = -1,
                                .process = { .pidfd = -1 } };
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    if (pthread_create(&w->keeper, NULL, keeper, w) != 0) {
        free(folder);
        free(w);
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_LAUNCH, GX_STR("thread"));
    }
    *ret_warehouse = w;
    return GX_OK;
}

void gx_warehouse_close(struct gx_warehouse *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->keeper, NULL);
    free(w->folder);
    free(w);
}

/* --- how it is */

const char *gx_warehouse_folder(const struct gx_warehouse *w)
{
    return w->folder;
}

static int64_t memory_of(int pid)
{
    char path[64], text[128] = "";
    long long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *f = pid > 0 ? fopen(path, "re") : NULL;
    if (!f)
        return 0;
    if (fgets(text, sizeof text, f))
        (void)sscanf(text, "%*d %lld", &pages);
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

static int64_t size_of(struct gx_arena *arena, const struct gx_warehouse *w, const char *name)
{
    struct stat st;
    return stat(gx_arena_printf(arena, "%s/%s", w->folder, name).p, &st) == 0 ? st.st_size : 0;
}

void gx_warehouse_status(struct gx_ctx *ctx, struct gx_warehouse *w,
                         struct gx_warehouse_status *ret)
{
    pthread_mutex_lock(&w->lock);
    bool alive = w->control >= 0, filling = atomic_load(&w->filling);
    int64_t behind = w->log_end - w->position;
    *ret = (struct gx_warehouse_status){
        .position = w->position,
        .lag_changes = alive && behind > 0 ? behind : 0,
        .lag_us = alive ? w->lag_us : 0,
        .memory_bytes = alive ? memory_of(w->process.pid) : 0,
        .restarts = w->restarts,
        .pid = alive ? w->process.pid : 0,
        .applied = w->applied,
        .filled_rows = w->filled_rows,
        .asking = w->waiting,
        .rebuilt_us = w->rebuilt_us,
    };
    for (int i = 0; i < GX_WAREHOUSE_SESSIONS_MAX; i++)
        ret->asking += w->busy[i] != 0;
    ret->state = alive && w->ready ? (w->lag_us > BEHIND_US ? GX_WAREHOUSE_BEHIND : GX_WAREHOUSE_UP)
                 : w->failures > 0 && w->wanted && !alive ? GX_WAREHOUSE_DOWN
                 : alive || filling || w->wanted          ? GX_WAREHOUSE_FILLING
                                                          : GX_WAREHOUSE_ASLEEP;
    if (ret->state == GX_WAREHOUSE_DOWN)
        ret->why = gx_arena_str(ctx->arena, gx_str_c(w->why));
    pthread_mutex_unlock(&w->lock);
    ret->file_bytes = size_of(ctx->arena, w, FILE_NAME) + size_of(ctx->arena, w, FILE_NAME ".wal");
}

void gx_warehouse_wake(struct gx_warehouse *w)
{
    pthread_mutex_lock(&w->lock);
    w->asked_us = gx_monotonic_us();
    if (!w->wanted) {
        w->wanted = true;
        w->failures = 0;
        pthread_cond_broadcast(&w->changed);
    }
    pthread_mutex_unlock(&w->lock);
}

void gx_warehouse_stop(struct gx_warehouse *w)
{
    pthread_mutex_lock(&w->lock);
    w->wanted = false;
    pthread_cond_broadcast(&w->changed);
    while (w->control >= 0 && !w->wanted)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}
