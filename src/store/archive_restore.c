/*
 * archive_restore.c - the store as it was at a moment: the copy of a book, and pieces up to there.
 *
 * First the pieces are read for what they say of themselves, to find the commit where to stop;
 * then their pages are laid over the copy.  Both times every hash is checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "store/archive_int.h"
#include "store/file.h"

/* Where to stop: so many commits of so many pieces. */
struct target {
    int64_t book_us, at_us;
    uint64_t piece; /* the last one that has something for us */
    size_t commits; /* of it */
    uint32_t pages; /* of the store then */
    struct gx_str head;
    int64_t damaged; /* number of the first piece that cannot be read; -1: none */
    int64_t upto_us; /* the last commit before that, or of all */
    int64_t next_us; /* the first commit after the moment; 0: none */
};

/* Note what a piece has up to at_us. */
static void look_at(struct gx_ctx *ctx, struct target *t, const struct archive_piece *piece,
                    int64_t at_us)
{
    bool within = true;
    for (size_t i = 0; i < piece->commit_count; i++) {
        const struct gx_db_commit *c = &piece->commits[i];
        t->upto_us = c->pages ? c->at_us : t->upto_us;
        within = within && c->at_us <= at_us;
        if (!within && c->pages && t->next_us == 0)
            t->next_us = c->at_us;
        if (!within || c->pages == 0)
            continue;
        t->at_us = c->at_us;
        t->piece = piece->number;
        t->commits = i + 1;
        t->pages = c->pages;
    }
    /* The head is as old as the newest of them. */
    if (within && piece->head.n)
        t->head = gx_arena_str(ctx->arena, piece->head);
}

/* All pieces of a book, as far as they are whole. */
static void scan(struct gx_ctx *ctx, const char *folder, struct target *t, int64_t at_us)
{
    struct gx_arena arena = { 0 };
    unsigned char before[ARCHIVE_HASH_BYTES];
    for (uint64_t number = 0;; number++) {
        struct archive_piece piece = { 0 };
        gx_arena_reset(&arena);
        enum gx_code code = archive_piece_read(
            &arena, archive_piece_path(&arena, folder, t->book_us, number).p, &piece);
        bool fits = piece.number == number &&
                    (number == 0 || memcmp(piece.before, before, sizeof before) == 0);
        /* A piece that is gone while a later one is there was not the last. */
        bool gap = code == GX_E_NOT_FOUND &&
                   access(archive_piece_path(&arena, folder, t->book_us, number + 1).p, F_OK) == 0;
        if (gap || code == GX_E_INVALID || (code == GX_OK && !fits))
            t->damaged = (int64_t)number;
        if (code != GX_OK || !fits)
            break;
        memcpy(before, piece.hash, sizeof before);
        look_at(ctx, t, &piece, at_us);
    }
    gx_arena_free(&arena);
}

static enum gx_code fail_damaged(struct gx_ctx *ctx, const struct target *t, const char *what)
{
    return gx_fail(ctx, GX_E_INVALID, GX_STR("--at"), GX_M_ARCHIVE_DAMAGED, gx_str_c(what),
                   t->upto_us ? gx_moment_format(ctx->arena, t->upto_us) : GX_STR("-"));
}

/* The newest book that begins not after the moment. */
static enum gx_code choose(struct gx_ctx *ctx, const char *folder, int64_t at_us,
                           struct target *ret_target)
{
    int64_t *books;
    size_t count;
    struct target t = { 0 };
    const char *broken = NULL; /* a book that should have been the one */
    GX_TRY(archive_books(ctx, folder, &books, &count));
    for (size_t i = count; i-- > 0 && t.pages == 0;) {
        int64_t next_us = t.next_us;
        t = (struct target){ .book_us = books[i], .damaged = -1 };
        scan(ctx, folder, &t, at_us);
        t.next_us = t.next_us ? t.next_us : next_us;
        if (t.damaged == 0 && books[i] <= at_us && !broken)
            broken = archive_piece_path(ctx->arena, folder, books[i], 0).p;
    }
    if (broken)
        return fail_damaged(ctx, &t, broken);
    if (t.pages) {
        *ret_target = t;
        return GX_OK;
    }
    return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("--at"),
                   t.next_us ? GX_M_ARCHIVE_BEFORE : GX_M_ARCHIVE_EMPTY,
                   t.next_us ? gx_moment_format(ctx->arena, t.next_us) : gx_str_c(folder));
}

static uint32_t page_number(const char *frame)
{
    const unsigned char *p = (const unsigned char *)frame;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The frames of the first `commits` commits. */
static bool lay_over(int fd, const struct archive_piece *piece, size_t commits)
{
    size_t count = 0;
    for (size_t i = 0; i < commits; i++)
        count += piece->commits[i].frames;
    for (size_t i = 0; i < count; i++) {
        const char *frame = piece->frames->p + i * GX_DB_FRAME_BYTES;
        uint32_t page = page_number(frame);
        if (page == 0 || pwrite(fd, frame + 4, GX_DB_PAGE_BYTES,
                                (off_t)(page - 1) * GX_DB_PAGE_BYTES) != GX_DB_PAGE_BYTES)
            return false;
    }
    return true;
}

static enum gx_code lay_all_over(struct gx_ctx *ctx, const char *folder, const struct target *t,
                                 int fd, const char *to)
{
    struct gx_arena arena = { 0 };
    struct gx_buf frames = { 0 };
    enum gx_code code = GX_OK;
    for (uint64_t number = 1; number <= t->piece && code == GX_OK; number++) {
        struct archive_piece piece = { .frames = &frames };
        gx_arena_reset(&arena);
        struct gx_str path = archive_piece_path(&arena, folder, t->book_us, number);
        if (archive_piece_read(&arena, path.p, &piece) != GX_OK)
            code = fail_damaged(ctx, t, path.p);
        else if (!lay_over(fd, &piece, number < t->piece ? piece.commit_count : t->commits))
            code = archive_failed(ctx, to);
    }
    gx_buf_free(&frames);
    gx_arena_free(&arena);
    if (code == GX_OK && (ftruncate(fd, (off_t)t->pages * GX_DB_PAGE_BYTES) != 0 || fsync(fd) != 0))
        code = archive_failed(ctx, to);
    return code;
}

/* The copy is what its piece says it is. */
static enum gx_code check_full(struct gx_ctx *ctx, const char *folder, const struct target *t,
                               const char *full)
{
    unsigned char hash[ARCHIVE_HASH_BYTES];
    int64_t bytes;
    struct archive_piece piece = { 0 };
    struct gx_str first = archive_piece_path(ctx->arena, folder, t->book_us, 0);
    GX_TRY(archive_hash_file(ctx, full, hash, &bytes));
    if (archive_piece_read(ctx->arena, first.p, &piece) != GX_OK ||
        memcmp(piece.before, hash, sizeof hash) != 0) {
        struct target none = *t;
        none.upto_us = 0;
        return fail_damaged(ctx, &none, full);
    }
    return GX_OK;
}

enum gx_code gx_archive_restore(struct gx_ctx *ctx, const char *root, struct gx_str tenant,
                                int64_t at_us, const char *to, struct gx_archive_found *ret_found)
{
    struct gx_archive_found found = { 0 };
    struct target t = { 0 };
    struct gx_str folder = gx_arena_printf(ctx->arena, "%s/%.*s.archive", root, GX_STR_ARG(tenant));
    int64_t wanted_us = at_us ? at_us : INT64_MAX;
    GX_TRY(choose(ctx, folder.p, wanted_us, &t));
    if (t.damaged >= 0 && wanted_us > t.upto_us)
        return fail_damaged(
            ctx, &t, archive_piece_path(ctx->arena, folder.p, t.book_us, (uint64_t)t.damaged).p);
    struct gx_str full =
        gx_arena_printf(ctx->arena, "%s/%016lld/full.db", folder.p, (long long)t.book_us);
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.restoring", to);
    GX_TRY(check_full(ctx, folder.p, &t, full.p));
    GX_TRY(gx_file_copy(ctx, full.p, part.p));
    int fd = open(part.p, O_RDWR | O_CLOEXEC);
    enum gx_code code =
        fd < 0 ? archive_failed(ctx, part.p) : lay_all_over(ctx, folder.p, &t, fd, part.p);
    if (fd >= 0)
        close(fd);
    if (code == GX_OK && rename(part.p, to) != 0)
        code = archive_failed(ctx, to);
    if (code != GX_OK) {
        unlink(part.p);
        return code;
    }
    found.at_us = t.at_us;
    found.next_us = t.next_us;
    found.pieces = (int64_t)t.piece + 1;
    found.head = t.head;
    *ret_found = found;
    return GX_OK;
}
