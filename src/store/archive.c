/*
 * archive.c - the thread that archives a tenant while it is served, and one backup by hand.
 *
 * Whatever goes wrong (the archive's disk is full, or away), people go on working: the thread says
 * so once, lets go of the log, and tries again with a comparison of all pages, until it succeeds.
 */
#include "store/archive.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "store/archive_int.h"
#include "store/file.h"

enum {
    LOOK_MS = 200,
    AGAIN_US = 10 * 1000000,
    FILES_MAX = 1000,
    ID_TIME_SHIFT = 22,        /* base/id.h */
    ID_SPREAD_MS = 600 * 1000, /* a record may be committed so much later than its id was made */
};

struct gx_archiver {
    struct gx_arena arena; /* as long as the archiver */
    struct gx_tenant *tenant;
    struct gx_archive_options options;
    struct archive_book book;
    struct archive_book ended; /* the book before, which gets the same pieces once more; or none */
    struct gx_buf frames;
    int64_t newest_file; /* id of the newest file record whose content is here */
    bool following;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    bool end;
    struct gx_archive_state state;
};

/* Contents that came since the last piece: they lie there before their records are committed. */
static enum gx_code copy_new_files(struct gx_ctx *ctx, struct gx_archiver *a)
{
    struct gx_tenant *tenant = a->tenant;
    struct gx_conn *conn;
    struct gx_rows *rows = NULL;
    bool has;
    int64_t after = a->newest_file - ((int64_t)ID_SPREAD_MS << ID_TIME_SHIFT), newest = after;
    struct gx_value values[] = { gx_value_int(after), gx_value_int(FILES_MAX) };
    struct gx_str hashes[FILES_MAX];
    size_t count = 0;
    int64_t copied;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = gx_db_query(
        ctx, conn, GX_SQL("SELECT id, hash FROM \"file\" WHERE id > ?1 ORDER BY id LIMIT ?2"),
        values, 2, &rows);
    while (code == GX_OK && (code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        newest = gx_rows_int(rows, 0);
        hashes[count++] = gx_arena_str(ctx->arena, gx_rows_text(rows, 1));
    }
    gx_rows_close(rows);
    gx_db_reader_release(conn);
    if (code != GX_OK)
        return code;
    if (count == FILES_MAX || a->newest_file == 0) /* many: all that are missing */
        code = gx_file_copy_all(ctx, tenant->dir, a->options.root, &copied);
    for (size_t i = 0; i < count && count < FILES_MAX && code == GX_OK; i++)
        if (hashes[i].n)
            code = gx_file_copy_one(ctx, tenant->dir, a->options.root, hashes[i]);
    if (code == GX_OK && newest > a->newest_file)
        a->newest_file = newest;
    return code;
}

static void note_written(struct gx_archiver *a, int64_t upto_us, int64_t bytes, int64_t pieces)
{
    pthread_mutex_lock(&a->lock);
    bool was_behind = a->state.behind;
    a->state.behind = false;
    a->state.upto_us = upto_us;
    a->state.bytes += bytes;
    a->state.pieces += pieces;
    pthread_mutex_unlock(&a->lock);
    if (was_behind)
        gx_log_say(GX_LOG_WARN, "archive", GX_STR("it goes on"));
}

static void note_failed(struct gx_archiver *a, struct gx_ctx *ctx)
{
    struct gx_str why = gx_ctx_text(ctx);
    pthread_mutex_lock(&a->lock);
    bool was_behind = a->state.behind;
    a->state.behind = true;
    snprintf(a->state.problem, sizeof a->state.problem, "%.*s", GX_STR_ARG(why));
    pthread_mutex_unlock(&a->lock);
    if (!was_behind)
        gx_log_say(GX_LOG_ERROR, "archive", why);
}

/* Everything that is committed and not yet archived, in as many pieces as it takes. */
static enum gx_code ship(struct gx_ctx *ctx, struct gx_archiver *a)
{
    struct gx_db_commit *commits =
        GX_ARENA_ARRAY(ctx->arena, struct gx_db_commit, GX_DB_FOLLOW_COMMITS_MAX);
    for (;;) {
        int64_t asked_us = gx_clock_us(), bytes = 0;
        struct archive_piece piece = { .commits = commits, .frames = &a->frames };
        piece.head = archive_head(ctx->arena, a->tenant); /* before: its seal is in the frames */
        gx_buf_clear(&a->frames);
        GX_TRY(gx_db_follow_take(ctx, a->tenant->db, &a->frames, commits, &piece.commit_count));
        if (piece.commit_count) {
            GX_TRY(copy_new_files(ctx, a));
            if (a->ended.begun_us)
                GX_TRY(archive_append(ctx, &a->ended, &piece, &bytes));
            GX_TRY(archive_append(ctx, &a->book, &piece, &bytes));
        }
        note_written(a, asked_us, bytes, piece.commit_count > 0);
        if (piece.commit_count == 0)
            break;
    }
    a->ended.begun_us = 0;
    return GX_OK;
}

static bool book_is_old(const struct gx_archiver *a)
{
    return gx_clock_us() - a->book.begun_us > a->options.book_days * GX_DAY_US;
}

/*
 * A copy of the whole, or what differs from the book; from then on the log is followed.  What was
 * committed while a book that was up to date is followed by another belongs into both.
 */
static enum gx_code attach(struct gx_ctx *ctx, struct gx_archiver *a)
{
    int64_t bytes, begun_us = gx_clock_us();
    struct archive_book ended = a->book;
    a->newest_file = 0;
    if (!a->following) {
        ended.begun_us = 0;
        GX_TRY(gx_db_follow(ctx, a->tenant->db, true));
    }
    a->following = true;
    GX_TRY(book_is_old(a) ? archive_begin(ctx, a->tenant, &a->book, &bytes)
                          : archive_catch_up(ctx, a->tenant, &a->book, &bytes));
    a->ended = ended;
    note_written(a, begun_us, bytes, 1);
    return archive_forget(ctx, &a->book, a->options.keep_days);
}

/* The log is nobody's to keep until we are back. */
static void let_go(struct gx_archiver *a)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    if (a->following)
        (void)!gx_db_follow(&ctx, a->tenant->db, false);
    a->following = false;
    gx_arena_free(&arena);
}

static bool moved(const struct gx_archiver *a)
{
    return gx_db_of(a->tenant->db) != a->tenant->db;
}

static void one_round(struct gx_archiver *a)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    enum gx_code code = GX_OK;
    if (a->following && gx_db_follow_lost(a->tenant->db))
        let_go(a);
    if (!a->following || book_is_old(a))
        code = attach(&ctx, a);
    if (code == GX_OK)
        code = ship(&ctx, a);
    if (code != GX_OK) {
        a->ended.begun_us = 0;
        let_go(a);
        note_failed(a, &ctx);
    }
    gx_arena_free(&arena);
}

/* Sleep until there is something to do; true: the end has come. */
static bool rest(struct gx_archiver *a, int64_t until_us)
{
    pthread_mutex_lock(&a->lock);
    while (!a->end && gx_monotonic_us() < until_us &&
           !(a->following && !moved(a) && gx_db_follow_presses(a->tenant->db))) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_nsec += LOOK_MS * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&a->wake, &a->lock, &t);
    }
    bool end = a->end;
    pthread_mutex_unlock(&a->lock);
    return end;
}

static void *run(void *p)
{
    struct gx_archiver *a = p;
    bool end = false;
    while (!end && !moved(a)) {
        one_round(a);
        int64_t pause_us = a->following ? a->options.every_s * 1000000 : AGAIN_US;
        end = rest(a, gx_monotonic_us() + pause_us);
    }
    if (!moved(a) && a->following)
        one_round(a);
    if (!moved(a))
        let_go(a);
    return NULL;
}

enum gx_code gx_archiver_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                               const struct gx_archive_options *options,
                               struct gx_archiver **ret_archiver)
{
    struct gx_arena arena = { 0 };
    pthread_condattr_t clock;
    if (gx_db_dialect(tenant->db) != GX_SQLITE)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("--archive"), GX_M_FOLLOW_FILES);
    struct gx_archiver *a = GX_ARENA_NEW(&arena, struct gx_archiver);
    a->arena = arena;
    a->tenant = tenant;
    a->options = *options;
    a->options.root = gx_arena_cstr(&a->arena, gx_str_c(options->root));
    a->book.lock_fd = -1;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->wake, &clock);
    pthread_condattr_destroy(&clock);
    struct gx_ctx own = { .arena = &a->arena, .lang = ctx->lang };
    enum gx_code code = archive_open(&own, a->options.root, tenant->name, &a->book);
    if (code != GX_OK)
        code = gx_fail(ctx, code, GX_STR("--archive"), GX_M_ARCHIVE_START, gx_ctx_text(&own));
    else if (pthread_create(&a->thread, NULL, run, a) != 0)
        code = gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    if (code != GX_OK) {
        archive_close(&a->book);
        arena = a->arena;
        gx_arena_free(&arena);
        return code;
    }
    *ret_archiver = a;
    return GX_OK;
}

void gx_archiver_stop(struct gx_archiver *a)
{
    pthread_mutex_lock(&a->lock);
    a->end = true;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    archive_close(&a->book);
    gx_buf_free(&a->frames);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->wake);
    struct gx_arena arena = a->arena;
    gx_arena_free(&arena);
}

struct gx_archive_state gx_archiver_state(struct gx_archiver *a)
{
    pthread_mutex_lock(&a->lock);
    struct gx_archive_state state = a->state;
    pthread_mutex_unlock(&a->lock);
    return state;
}

enum gx_code gx_archive_once(struct gx_ctx *ctx, struct gx_tenant *tenant, const char *root,
                             int64_t *ret_bytes)
{
    struct archive_book book;
    if (gx_db_dialect(tenant->db) != GX_SQLITE)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("path"), GX_M_FOLLOW_FILES);
    GX_TRY(archive_open(ctx, root, tenant->name, &book));
    enum gx_code code = book.begun_us ? archive_catch_up(ctx, tenant, &book, ret_bytes)
                                      : archive_begin(ctx, tenant, &book, ret_bytes);
    archive_close(&book);
    return code;
}
