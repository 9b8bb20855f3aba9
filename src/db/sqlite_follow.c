/*
 * sqlite_follow.c - reading the write-ahead log behind the writer; see follow.h.
 *
 * After each commit the writer says how far the log is good.  A log that was begun anew has another
 * salt in its head.  The log has no locks of its own, so a second descriptor of it can be opened
 * and closed freely (that of the main file could not: closing it would drop SQLite's locks).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "db/follow.h"
#include "db/sqlite_int.h"

enum {
    LOG_HEAD_BYTES = 32,
    FRAME_HEAD_BYTES = 24,
    SALT_AT = 16, /* in the log's head; in a frame's: 8 */
    SALT_BYTES = 8,
    PRESSING_FRAMES = 1024,
    BEHIND_FRAMES_MAX = 65536, /* 256 MB: then the disk matters more than the archive */
};

/* The log is good up to `frame`, since then. */
struct mark {
    uint32_t frame;
    int64_t at_us;
};

struct sqlite_store {
    pthread_mutex_t lock;
    bool on, lost;
    unsigned char salt[SALT_BYTES];
    uint32_t taken; /* frames of this log */
    struct mark marks[GX_DB_FOLLOW_COMMITS_MAX];
    size_t count; /* marks not yet taken */
};

void sqlite_open_store(struct gx_db *db)
{
    struct sqlite_store *store = calloc(1, sizeof *store);
    gx_assert(store);
    pthread_mutex_init(&store->lock, NULL);
    db->store = store;
}

void sqlite_close_store(struct gx_db *db)
{
    struct sqlite_store *store = db->store;
    pthread_mutex_destroy(&store->lock);
    free(store);
    db->store = NULL;
}

/* Of the log as it is; all zero when there is none. */
static void read_salt(struct sqlite_conn *conn, unsigned char *salt)
{
    sqlite3_file *log = NULL;
    memset(salt, 0, SALT_BYTES);
    int rc = sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (rc != SQLITE_OK || !log || !log->pMethods ||
        log->pMethods->xRead(log, salt, SALT_BYTES, SALT_AT) != SQLITE_OK)
        memset(salt, 0, SALT_BYTES);
}

static int64_t wall_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint32_t good_upto(const struct sqlite_store *store)
{
    return store->count ? store->marks[store->count - 1].frame : store->taken;
}

void sqlite_follow_commit(struct sqlite_conn *conn, int frames)
{
    struct sqlite_store *store = conn->base.db->store;
    unsigned char salt[SALT_BYTES];
    pthread_mutex_lock(&store->lock);
    if (store->on && !store->lost) {
        read_salt(conn, salt);
        if (memcmp(salt, store->salt, SALT_BYTES) != 0) {
            store->lost = store->count > 0; /* the end of the log before was not taken */
            store->taken = 0;
            store->count = 0;
            memcpy(store->salt, salt, SALT_BYTES);
        }
        size_t at = store->count < GX_DB_FOLLOW_COMMITS_MAX ? store->count++ : store->count - 1;
        store->marks[at] = (struct mark){ (uint32_t)frames, wall_us() };
    }
    pthread_mutex_unlock(&store->lock);
}

bool sqlite_follow_may_checkpoint(struct sqlite_conn *conn)
{
    struct sqlite_store *store = conn->base.db->store;
    pthread_mutex_lock(&store->lock);
    bool may = !store->on || store->lost || store->count == 0;
    if (!may && good_upto(store) - store->taken > BEHIND_FRAMES_MAX)
        may = store->lost = true;
    pthread_mutex_unlock(&store->lock);
    return may;
}

struct following {
    bool on;
    bool ours; /* pages of our size */
};

static int page_bytes(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int bytes = 0;
    if (sqlite3_prepare_v2(db, "PRAGMA page_size", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        bytes = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    return bytes;
}

/* On the writer, between two commits. */
static enum gx_code follow_work(void *p, struct gx_conn *base)
{
    struct following *f = p;
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    struct sqlite_store *store = base->db->store;
    f->ours = page_bytes(conn->db) == GX_DB_PAGE_BYTES;
    pthread_mutex_lock(&store->lock);
    store->on = f->on && f->ours;
    store->lost = false;
    store->count = 0;
    read_salt(conn, store->salt);
    /* A log that was found at the start may have more than is known here: taken twice, no harm. */
    store->taken = (uint32_t)conn->wal_pages;
    pthread_mutex_unlock(&store->lock);
    return GX_OK;
}

enum gx_code gx_db_follow(struct gx_ctx *ctx, struct gx_db *db, bool on)
{
    struct following f = { .on = on };
    db = db_current(db);
    if (gx_db_dialect(db) == GX_SQLITE)
        GX_TRY(gx_db_write(ctx, db, follow_work, &f));
    return f.ours ? GX_OK : gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_FOLLOW_FILES);
}

bool gx_db_follow_lost(struct gx_db *db)
{
    if (db_current(db) != db)
        return true; /* the tenant has moved */
    struct sqlite_store *store = db->store;
    pthread_mutex_lock(&store->lock);
    bool lost = store->lost;
    pthread_mutex_unlock(&store->lock);
    return lost;
}

bool gx_db_follow_presses(struct gx_db *db)
{
    struct sqlite_store *store = db->store;
    pthread_mutex_lock(&store->lock);
    bool presses = good_upto(store) - store->taken > PRESSING_FRAMES ||
                   store->count > GX_DB_FOLLOW_COMMITS_MAX / 2;
    pthread_mutex_unlock(&store->lock);
    return presses;
}

/* A helping, as it was under the lock. */
struct helping {
    unsigned char salt[SALT_BYTES];
    uint32_t from, upto; /* frames */
    struct mark marks[GX_DB_FOLLOW_COMMITS_MAX];
    size_t count;
};

static void look(struct sqlite_store *store, struct helping *h)
{
    pthread_mutex_lock(&store->lock);
    h->count = store->lost ? 0 : store->count;
    memcpy(h->marks, store->marks, h->count * sizeof *h->marks);
    memcpy(h->salt, store->salt, SALT_BYTES);
    h->from = h->upto = store->taken;
    pthread_mutex_unlock(&store->lock);
    if (h->count)
        h->upto = h->marks[h->count - 1].frame;
    if (h->upto - h->from > GX_DB_FOLLOW_FRAMES_MAX)
        h->upto = h->from + GX_DB_FOLLOW_FRAMES_MAX;
}

static void put32(char *out, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        out[i] = (char)(n >> (8 * i));
}

static uint32_t big32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* One frame of the log onto `frames`; the pages of the store after it, if a commit ends there. */
static const char *read_frame(int fd, const struct helping *h, uint32_t frame,
                              struct gx_buf *frames, uint32_t *ret_pages)
{
    unsigned char head[FRAME_HEAD_BYTES];
    off_t at = LOG_HEAD_BYTES + (off_t)(frame - 1) * (FRAME_HEAD_BYTES + GX_DB_PAGE_BYTES);
    if (pread(fd, head, sizeof head, at) != (ssize_t)sizeof head)
        return "the log ends too early";
    if (memcmp(head + 8, h->salt, SALT_BYTES) != 0)
        return "the log was begun anew";
    if (!gx_buf_reserve(frames, GX_DB_FRAME_BYTES))
        return "too much at one time";
    put32(frames->p + frames->n, big32(head));
    if (pread(fd, frames->p + frames->n + 4, GX_DB_PAGE_BYTES, at + FRAME_HEAD_BYTES) !=
        GX_DB_PAGE_BYTES)
        return "the log ends too early";
    frames->n += GX_DB_FRAME_BYTES;
    *ret_pages = big32(head + 4);
    return NULL;
}

static const char *read_helping(int fd, const struct helping *h, struct gx_buf *frames,
                                struct gx_db_commit *commits, size_t *ret_count)
{
    const char *why = NULL;
    uint32_t frame = h->from, pages = 0;
    size_t count = 0;
    for (size_t i = 0; i < h->count && frame < h->upto && !why; i++) {
        uint32_t end = h->marks[i].frame < h->upto ? h->marks[i].frame : h->upto;
        uint32_t first = frame;
        while (frame < end && !why)
            why = read_frame(fd, h, ++frame, frames, &pages);
        bool whole = end == h->marks[i].frame;
        if (!why && whole && pages == 0)
            why = "a commit has no end";
        if (end > first)
            commits[count++] = (struct gx_db_commit){ .at_us = h->marks[i].at_us,
                                                      .frames = end - first,
                                                      .pages = whole ? pages : 0 };
    }
    *ret_count = count;
    return why;
}

/* Strike out what was taken; false: the log was begun anew meanwhile. */
static bool strike(struct sqlite_store *store, const struct helping *h)
{
    size_t done = 0;
    pthread_mutex_lock(&store->lock);
    bool ok = !store->lost && memcmp(store->salt, h->salt, SALT_BYTES) == 0;
    while (ok && done < store->count && store->marks[done].frame <= h->upto)
        done++;
    if (ok) {
        store->taken = h->upto;
        store->count -= done;
        memmove(store->marks, store->marks + done, store->count * sizeof *store->marks);
    } else {
        store->lost = true;
    }
    pthread_mutex_unlock(&store->lock);
    return ok;
}

enum gx_code gx_db_follow_take(struct gx_ctx *ctx, struct gx_db *db, struct gx_buf *frames,
                               struct gx_db_commit *commits, size_t *ret_count)
{
    struct sqlite_store *store = db->store;
    struct helping *h = GX_ARENA_NEW(ctx->arena, struct helping);
    size_t before = frames->n;
    *ret_count = 0;
    look(store, h);
    if (h->upto == h->from)
        return GX_OK;
    struct gx_str path = gx_arena_printf(ctx->arena, "%s-wal", db->options.url);
    int fd = open(path.p, O_RDONLY | O_CLOEXEC);
    const char *why = fd < 0 ? strerror(errno) : read_helping(fd, h, frames, commits, ret_count);
    if (fd >= 0)
        close(fd);
    if (!why && strike(store, h))
        return GX_OK;
    pthread_mutex_lock(&store->lock);
    store->lost = true;
    pthread_mutex_unlock(&store->lock);
    frames->n = before;
    *ret_count = 0;
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB,
                   gx_str_c(why ? why : "the log was begun anew"));
}
