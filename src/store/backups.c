/* backups.c - the thread that makes and tries them; see backups.h. */
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
#include "store/check_job.h"
#include "store/drill.h"

enum {
    LOOK_S = 20,
    TURN_S = 2, /* another tenant is being copied */
    RESULT_BYTES_MAX = 1 << 20,
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
    int64_t drill_failed_us;
    atomic_bool due, working;
    bool wrong; /* counted in house->wrong */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool end;
};

/* --- how it stands */

const struct gx_backups_options *gx_backups_options(const struct gx_backups *b)
{
    return &b->options;
}

const char *gx_backups_how_name(enum gx_backups_how how)
{
    static const char *const names[] = { "ok", "never", "late", "failed" };
    return names[how];
}

static enum gx_code look_at_backups(struct gx_ctx *ctx, struct gx_conn *conn,
                                    const struct gx_backups_options *o, struct gx_backups_state *s)
{
    struct gx_rows *rows;
    bool has, last = true;
    int64_t seq = -1, newest, every_us = o->every_hours * GX_HOUR_US;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT state, created_at, path, problem, coalesce(seq, -1) "
                              "FROM gx_backup ORDER BY id DESC LIMIT 100"),
                       NULL, 0, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && !s->backup_us) {
        if (gx_str_is(gx_rows_text(rows, 0), "done")) {
            s->backup_us = gx_rows_int(rows, 1);
            s->path = gx_arena_str(ctx->arena, gx_rows_text(rows, 2));
            seq = gx_rows_int(rows, 4);
        } else if (last) {
            s->backup = GX_BACKUPS_FAILED;
            s->backup_problem = gx_arena_str(ctx->arena, gx_rows_text(rows, 3));
        }
        last = false;
    }
    gx_rows_close(rows);
    GX_TRY(code);
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &newest));
    bool changed = newest > seq;
    s->backup_next_us = !s->backup_us ? ctx->now_us : changed ? s->backup_us + every_us : 0;
    if (s->backup == GX_BACKUPS_FAILED)
        return GX_OK;
    s->backup = !s->backup_us                                          ? GX_BACKUPS_NEVER
                : changed && ctx->now_us - s->backup_us > 2 * every_us ? GX_BACKUPS_LATE
                                                                       : GX_BACKUPS_OK;
    return GX_OK;
}

/* The newest backup is tried, once; the next after so many days. */
static enum gx_code look_at_drills(struct gx_ctx *ctx, struct gx_conn *conn,
                                   const struct gx_backups_options *o, struct gx_backups_state *s)
{
    struct gx_rows *rows;
    bool has;
    int64_t days_us = o->drill_days * GX_DAY_US, oldest;
    GX_TRY(gx_db_query(ctx, conn,
                       GX_SQL("SELECT state, problems, created_at, problem FROM gx_check "
                              "WHERE kind = 'drill' ORDER BY id DESC LIMIT 1"),
                       NULL, 0, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    s->drill = GX_BACKUPS_NEVER;
    if (code == GX_OK && has) {
        bool good = gx_str_is(gx_rows_text(rows, 0), "done") && gx_rows_int(rows, 1) == 0;
        s->drill = good ? GX_BACKUPS_OK : GX_BACKUPS_FAILED;
        s->drill_us = gx_rows_int(rows, 2);
        s->drill_problem = gx_arena_str(ctx->arena, gx_rows_text(rows, 3));
    }
    gx_rows_close(rows);
    GX_TRY(code);
    if (!days_us || !s->backup_us)
        return GX_OK;
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT min(created_at) FROM gx_backup WHERE state = 'done'"), NULL, 0,
                     0, &oldest));
    bool untried = s->backup_us > s->drill_us || s->drill == GX_BACKUPS_FAILED;
    s->drill_next_us = !untried ? 0 : s->drill_us ? s->drill_us + days_us : ctx->now_us;
    int64_t since_us = s->drill_us ? s->drill_us : oldest;
    if (s->drill != GX_BACKUPS_FAILED && untried && ctx->now_us - since_us > 2 * days_us)
        s->drill = GX_BACKUPS_LATE;
    return GX_OK;
}

enum gx_code gx_backups_look(struct gx_ctx *ctx, struct gx_conn *conn,
                             const struct gx_backups_options *options,
                             struct gx_backups_state *ret_state)
{
    *ret_state = (struct gx_backups_state){ .backup_problem = GX_STR(""),
                                            .drill_problem = GX_STR(""),
                                            .path = GX_STR("") };
    GX_TRY(look_at_backups(ctx, conn, options, ret_state));
    return look_at_drills(ctx, conn, options, ret_state);
}

static enum gx_code look(struct gx_ctx *ctx, struct gx_backups *b, struct gx_backups_state *s)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, b->tenant->db, &conn));
    enum gx_code code = gx_backups_look(ctx, conn, &b->options, s);
    gx_db_reader_release(conn);
    return code;
}

bool gx_backups_busy(struct gx_backups *b, bool pressed)
{
    return atomic_load(&b->working) || (!pressed && atomic_load(&b->due));
}

int64_t gx_backups_wake_at(struct gx_backups *b)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct gx_backups_state s = { 0 };
    bool known = look(&ctx, b, &s) == GX_OK;
    int64_t at = s.backup_next_us;
    if (s.drill_next_us && (!at || s.drill_next_us < at))
        at = s.drill_next_us;
    gx_arena_free(&arena);
    return known ? at : ctx.now_us + GX_HOUR_US;
}

/* --- making one */

/* How one went, written down when it is over: a copy does not have the row of itself. */
struct note {
    struct gx_ctx *ctx;
    int64_t id, begun_us, ended_us, seq;
    struct gx_str path, state, problem;
};

static enum gx_code note_it(void *p, struct gx_conn *conn)
{
    struct note *n = p;
    struct gx_value values[] = { gx_value_int(n->id),       gx_value_text(n->path),
                                 gx_value_text(n->state),   gx_value_int(n->begun_us),
                                 gx_value_int(n->ended_us), gx_value_text(n->problem),
                                 gx_value_int(n->seq) };
    struct gx_value rest = gx_value_int(ROWS_MAX);
    GX_TRY(gx_db_exec(n->ctx, conn,
                      GX_SQL("INSERT INTO gx_backup (id, path, state, created_at, finished_at, "
                             "problem, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
                      values, GX_COUNT(values), NULL));
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
        gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &note.seq);
    if (code == GX_OK)
        code = gx_upkeep_backup(gx_scope_system(ctx, b->tenant, conn, "backup by the server"),
                                note.path);
    gx_db_reader_release(conn);
    note.state = code == GX_OK ? GX_STR("done") : GX_STR("failed");
    note.problem = code == GX_OK ? GX_STR("") : gx_ctx_text(ctx);
    note.ended_us = gx_clock_us();
    if (code != GX_OK)
        gx_log_say(GX_LOG_ERROR, "backup", note.problem);
    GX_TRY(gx_db_write(ctx, b->tenant->db, note_it, &note));
    return code == GX_OK ? remove_old(ctx, b) : code;
}

/* --- trying one */

static bool go_on(void *p, int64_t done, int64_t total)
{
    struct gx_backups *b = p;
    (void)done, (void)total;
    pthread_mutex_lock(&b->lock);
    bool end = b->end;
    pthread_mutex_unlock(&b->lock);
    return !end;
}

static enum gx_code try_newest(struct gx_ctx *ctx, struct gx_backups *b, struct gx_str path)
{
    struct gx_buf out = { .max = RESULT_BYTES_MAX };
    const struct gx_drill drill = {
        .backup = gx_arena_cstr(ctx->arena, path),
        .scratch = gx_arena_printf(ctx->arena, "%s/%.*s-drill.part", b->options.folder,
                                   GX_STR_ARG(b->tenant->name))
                       .p,
        .progress = go_on,
        .p = b,
    };
    struct gx_check_note note = { .kind = "drill", .state = "done", .begun_us = ctx->now_us };
    enum gx_code code = gx_drill_run(ctx, b->tenant, &drill, &out, &note.problems);
    if (code == GX_E_CANCELLED) { /* the tenant is being closed: another time */
        gx_buf_free(&out);
        return code;
    }
    note.ended_us = gx_clock_us();
    note.problem = GX_STR("");
    note.result = code == GX_OK ? gx_buf_str(&out) : GX_STR("");
    if (code != GX_OK) {
        note.state = "failed";
        note.problem = gx_arena_str(ctx->arena, gx_ctx_text(ctx));
    }
    gx_log_say(code == GX_OK && !note.problems ? GX_LOG_INFO : GX_LOG_ERROR, "drill",
               gx_arena_printf(ctx->arena, "%s: %s %.*s", drill.backup,
                               code != GX_OK   ? "cannot be restored:"
                               : note.problems ? "restored, and it is not whole"
                                               : "restored and checked",
                               GX_STR_ARG(note.problem)));
    gx_ctx_clear(ctx);
    enum gx_code kept = gx_check_keep(ctx, b->tenant, &note);
    gx_buf_free(&out);
    return code == GX_OK ? kept : code;
}

/* --- the thread */

static bool is_due(int64_t next_us, int64_t failed_us, int64_t now_us)
{
    return next_us && next_us <= now_us &&
           (!failed_us || now_us - failed_us >= AGAIN_US_MAX * GX_SECOND_US);
}

/* How it stands is counted once, so that the operator sees how many tenants there is something
 * wrong with. */
static void count_wrong(struct gx_backups *b, const struct gx_backups_state *s)
{
    bool wrong = s->backup >= GX_BACKUPS_LATE || s->drill >= GX_BACKUPS_LATE;
    if (wrong != b->wrong)
        atomic_fetch_add(&b->options.house->wrong, wrong ? 1 : -1);
    b->wrong = wrong;
}

static void work(struct gx_ctx *ctx, struct gx_backups *b, struct gx_backups_state *s)
{
    int64_t now_us = ctx->now_us;
    if (is_due(s->backup_next_us, b->failed_us, now_us))
        b->failed_us = make(ctx, b) == GX_OK ? 0 : now_us;
    gx_ctx_clear(ctx);
    ctx->now_us = gx_clock_us();
    if (look(ctx, b, s) != GX_OK || !is_due(s->drill_next_us, b->drill_failed_us, ctx->now_us))
        return;
    b->drill_failed_us = try_newest(ctx, b, s->path) == GX_OK ? 0 : ctx->now_us;
    gx_ctx_clear(ctx);
    (void)look(ctx, b, s);
}

/* True: another tenant has its turn, so soon again. */
static bool work_if_due(struct gx_backups *b)
{
    struct gx_arena arena = { 0 };
    struct gx_settings settings = gx_settings_now(b->tenant, &arena);
    struct gx_ctx ctx = { .arena = &arena, .lang = settings.lang, .now_us = gx_clock_us() };
    struct gx_backups_state s;
    bool waits = false;
    if (look(&ctx, b, &s) == GX_OK) {
        bool due = is_due(s.backup_next_us, b->failed_us, ctx.now_us) ||
                   is_due(s.drill_next_us, b->drill_failed_us, ctx.now_us);
        atomic_store(&b->due, due);
        waits = due && pthread_mutex_trylock(&b->options.house->turn) != 0;
        if (due && !waits) {
            atomic_store(&b->working, true);
            work(&ctx, b, &s);
            atomic_store(&b->working, false);
            pthread_mutex_unlock(&b->options.house->turn);
        }
        count_wrong(b, &s);
    }
    if (!waits)
        atomic_store(&b->due, false);
    gx_arena_free(&arena);
    return waits;
}

static void *run(void *p)
{
    struct gx_backups *b = p;
    bool end = false;
    while (!end) {
        struct timespec t;
        bool waits = work_if_due(b);
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_sec += waits ? TURN_S : LOOK_S;
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
    b->due = true; /* until it was looked */
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
    if (b->wrong)
        atomic_fetch_sub(&b->options.house->wrong, 1);
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->wake);
    struct gx_arena arena = b->arena;
    gx_arena_free(&arena);
}
