/* backups.c - the thread that makes them; see backups.h. */
#include "store/backups.h"

#include <ftw.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "store/upkeep.h"

enum {
    LOOK_S = 20,
    ROWS_MAX = 100,
    AGAIN_US_MAX = 3600, /* seconds: one that failed is tried again so soon */
    REMOVED_MAX = 16,    /* old ones at one time */
    OPEN_MAX = 16,
};

struct gx_backups {
    struct gx_arena arena; /* as long as the thread */
    struct gx_tenant *tenant;
    struct gx_backups_options options;
    int64_t failed_us; /* when the last try failed; 0: it did not */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool end;
};

enum gx_code gx_backups_newest(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_us)
{
    return gx_db_int(ctx, conn,
                     GX_SQL("SELECT max(created_at) FROM gx_backup WHERE state = 'done'"), NULL, 0,
                     0, ret_us);
}

/* How one went, written down when it is over: a copy does not have the row of itself. */
struct note {
    struct gx_ctx *ctx;
    int64_t id, begun_us, ended_us;
    struct gx_str path, state, problem;
};

static enum gx_code note_it(void *p, struct gx_conn *conn)
{
    struct note *n = p;
    struct gx_value values[] = { gx_value_int(n->id),       gx_value_text(n->path),
                                 gx_value_text(n->state),   gx_value_int(n->begun_us),
                                 gx_value_int(n->ended_us), gx_value_text(n->problem) };
    struct gx_value rest = gx_value_int(ROWS_MAX);
    GX_TRY(gx_db_exec(n->ctx, conn,
                      GX_SQL("INSERT INTO gx_backup (id, path, state, created_at, finished_at, "
                             "problem) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                      values, 6, NULL));
    return gx_db_exec(n->ctx, conn,
                      GX_SQL("DELETE FROM gx_backup WHERE id NOT IN (SELECT id FROM gx_backup "
                             "ORDER BY id DESC LIMIT ?1)"),
                      &rest, 1, NULL);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* Those beyond the newest `keep`: only what we made, and wrote down that it was made. */
static enum gx_code remove_old(struct gx_ctx *ctx, struct gx_backups *b)
{
    struct gx_conn *conn;
    struct gx_rows *rows = NULL;
    struct gx_value values[] = { gx_value_int(REMOVED_MAX), gx_value_int(b->options.keep) };
    bool has;
    GX_TRY(gx_db_reader(ctx, b->tenant->db, &conn));
    enum gx_code code = gx_db_query(ctx, conn,
                                    GX_SQL("SELECT path FROM gx_backup WHERE state = 'done' "
                                           "ORDER BY id DESC LIMIT ?1 OFFSET ?2"),
                                    values, 2, &rows);
    while (code == GX_OK && (code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        const char *path = gx_arena_cstr(ctx->arena, gx_rows_text(rows, 0));
        if (access(path, F_OK) == 0)
            nftw(path, remove_one, OPEN_MAX, FTW_DEPTH | FTW_PHYS);
    }
    gx_rows_close(rows);
    gx_db_reader_release(conn);
    return code;
}

/* "main-20261122T101500Z" in the folder. */
static struct gx_str path_now(struct gx_ctx *ctx, const struct gx_backups *b)
{
    char text[40];
    struct tm tm;
    time_t now = (time_t)(ctx->now_us / GX_SECOND_US);
    gmtime_r(&now, &tm);
    strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &tm);
    return gx_arena_printf(ctx->arena, "%s/%.*s-%s", b->options.folder, GX_STR_ARG(b->tenant->name),
                           text);
}

/* What a program that was killed has left half done. */
static void remove_broken_off(struct gx_ctx *ctx, const struct gx_backups *b)
{
    glob_t found;
    struct gx_str pattern = gx_arena_printf(ctx->arena, "%s/%.*s-*Z.part", b->options.folder,
                                            GX_STR_ARG(b->tenant->name));
    if (glob(pattern.p, GLOB_NOSORT, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        nftw(found.gl_pathv[i], remove_one, OPEN_MAX, FTW_DEPTH | FTW_PHYS);
    globfree(&found);
}

static enum gx_code make(struct gx_ctx *ctx, struct gx_backups *b)
{
    struct gx_conn *conn;
    struct note note = { .ctx = ctx,
                         .id = gx_id_next(&b->tenant->ids, ctx->now_us),
                         .begun_us = ctx->now_us,
                         .path = path_now(ctx, b) };
    (void)mkdir(b->options.folder, 0700); /* what is wrong with it is said below */
    remove_broken_off(ctx, b);
    GX_TRY(gx_db_reader(ctx, b->tenant->db, &conn));
    enum gx_code code =
        gx_upkeep_backup(gx_scope_system(ctx, b->tenant, conn, "backup by the server"), note.path);
    gx_db_reader_release(conn);
    note.state = code == GX_OK ? GX_STR("done") : GX_STR("failed");
    note.problem = code == GX_OK ? GX_STR("") : gx_ctx_text(ctx);
    note.ended_us = gx_clock_us();
    if (code != GX_OK)
        gx_log_say(GX_LOG_ERROR, "backup", note.problem);
    GX_TRY(gx_db_write(ctx, b->tenant->db, note_it, &note));
    return code == GX_OK ? remove_old(ctx, b) : code;
}

static void make_if_due(struct gx_backups *b)
{
    struct gx_arena arena = { 0 };
    struct gx_settings settings = gx_settings_now(b->tenant, &arena);
    struct gx_ctx ctx = { .arena = &arena, .lang = settings.lang, .now_us = gx_clock_us() };
    struct gx_conn *conn;
    int64_t newest_us = 0, every_us = b->options.every_hours * GX_HOUR_US;
    int64_t again_us = AGAIN_US_MAX * GX_SECOND_US;
    enum gx_code code = gx_db_reader(&ctx, b->tenant->db, &conn);
    if (code == GX_OK) {
        code = gx_backups_newest(&ctx, conn, &newest_us);
        gx_db_reader_release(conn);
    }
    bool due = code == GX_OK && ctx.now_us - newest_us >= every_us &&
               (!b->failed_us || ctx.now_us - b->failed_us >= again_us);
    if (due)
        b->failed_us = make(&ctx, b) == GX_OK ? 0 : ctx.now_us;
    gx_arena_free(&arena);
}

static void *run(void *p)
{
    struct gx_backups *b = p;
    bool end = false;
    while (!end) {
        struct timespec t;
        make_if_due(b);
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_sec += LOOK_S;
        pthread_mutex_lock(&b->lock);
        if (!b->end)
            pthread_cond_timedwait(&b->wake, &b->lock, &t);
        end = b->end;
        pthread_mutex_unlock(&b->lock);
    }
    return NULL;
}

enum gx_code gx_backups_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                              const struct gx_backups_options *options,
                              struct gx_backups **ret_backups)
{
    struct gx_arena arena = { 0 };
    struct gx_backups *b = GX_ARENA_NEW(&arena, struct gx_backups);
    pthread_condattr_t clock;
    b->tenant = tenant;
    b->options = *options;
    b->options.folder = gx_arena_cstr(&arena, gx_str_c(options->folder));
    b->arena = arena;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wake, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&b->thread, NULL, run, b) != 0) {
        arena = b->arena;
        gx_arena_free(&arena);
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    }
    *ret_backups = b;
    return GX_OK;
}

void gx_backups_stop(struct gx_backups *b)
{
    pthread_mutex_lock(&b->lock);
    b->end = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->wake);
    struct gx_arena arena = b->arena;
    gx_arena_free(&arena);
}
