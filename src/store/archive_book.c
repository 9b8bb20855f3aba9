/* archive_book.c - a book of an archive: begun, found again, brought up to date, forgotten. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "store/archive_int.h"
#include "store/erase.h"
#include "store/file.h"
#include "store/seal_int.h"

enum { BOOKS_MAX = 4096, NAME_DIGITS = 16, PAGE_HASH_BYTES = 16 };

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

enum gx_code archive_books(struct gx_ctx *ctx, const char *folder, int64_t **ret_books,
                           size_t *ret_count)
{
    int64_t *books = GX_ARENA_ARRAY(ctx->arena, int64_t, BOOKS_MAX);
    const struct dirent *entry;
    size_t count = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return archive_failed(ctx, folder);
    while ((entry = readdir(dir)) && count < BOOKS_MAX) {
        int64_t begun;
        struct gx_str name = gx_str_c(entry->d_name);
        if (name.n == NAME_DIGITS && gx_str_int64(name, &begun) &&
            access(archive_piece_path(ctx->arena, folder, begun, 0).p, F_OK) == 0)
            books[count++] = begun;
    }
    closedir(dir);
    qsort(books, count, sizeof *books, by_number);
    *ret_books = books;
    *ret_count = count;
    return GX_OK;
}

bool gx_archive_has(const char *root, struct gx_str tenant)
{
    struct gx_arena arena = { 0 };
    struct gx_str folder = gx_arena_printf(&arena, "%s/%.*s.archive", root, GX_STR_ARG(tenant));
    bool has = access(folder.p, F_OK) == 0;
    gx_arena_free(&arena);
    return has;
}

/* Pieces until there is no next one, each checked; false: one is damaged. */
static bool find_end(struct archive_book *book)
{
    struct gx_arena arena = { 0 };
    enum gx_code code = GX_OK;
    for (book->next = 0; code == GX_OK;) {
        struct archive_piece piece = { 0 };
        gx_arena_reset(&arena);
        code = archive_piece_read(
            &arena, archive_piece_path(&arena, book->folder, book->begun_us, book->next).p, &piece);
        if (code == GX_OK && (piece.number != book->next ||
                              (book->next && memcmp(piece.before, book->hash, sizeof book->hash))))
            code = GX_E_INVALID;
        if (code != GX_OK)
            break;
        memcpy(book->hash, piece.hash, sizeof book->hash);
        if (piece.commit_count)
            book->last_us = piece.commits[piece.commit_count - 1].at_us;
        book->next++;
    }
    gx_arena_free(&arena);
    return code == GX_E_NOT_FOUND;
}

enum gx_code archive_open(struct gx_ctx *ctx, const char *root, struct gx_str tenant,
                          struct archive_book *ret_book)
{
    struct archive_book book = { .root = root, .tenant = tenant, .lock_fd = -1 };
    int64_t *books;
    size_t count;
    book.folder = gx_arena_printf(ctx->arena, "%s/%.*s.archive", root, GX_STR_ARG(tenant)).p;
    struct gx_str lock = gx_arena_printf(ctx->arena, "%s/lock", book.folder);
    if ((mkdir(root, 0700) != 0 && errno != EEXIST) ||
        (mkdir(book.folder, 0700) != 0 && errno != EEXIST))
        return archive_failed(ctx, book.folder);
    book.lock_fd = open(lock.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (book.lock_fd < 0)
        return archive_failed(ctx, lock.p);
    enum gx_code code =
        flock(book.lock_fd, LOCK_EX | LOCK_NB) == 0
            ? archive_books(ctx, book.folder, &books, &count)
            : gx_fail(ctx, GX_E_BUSY, GX_STR("path"), GX_M_ARCHIVE_BUSY, gx_str_c(root));
    if (code != GX_OK) {
        archive_close(&book);
        return code;
    }
    book.begun_us = count ? books[count - 1] : 0;
    if (count && !find_end(&book)) {
        gx_log_say(GX_LOG_ERROR, "archive",
                   gx_arena_printf(ctx->arena,
                                   "piece %llu of book %016lld is damaged: a new book "
                                   "is begun",
                                   (unsigned long long)book.next, (long long)book.begun_us));
        book.begun_us = 0;
    }
    *ret_book = book;
    return GX_OK;
}

void archive_close(struct archive_book *book)
{
    if (book->lock_fd >= 0)
        close(book->lock_fd);
    book->lock_fd = -1;
}

struct gx_str archive_head(struct gx_arena *arena, const struct gx_tenant *tenant)
{
    char *text = gx_arena_alloc(arena, GX_SEAL_LINE_MAX);
    struct gx_str rest = { text, 0 }, line = GX_STR("");
    int fd = open(seal_path(arena, tenant, "head"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? 0 : read(fd, text, GX_SEAL_LINE_MAX);
    if (fd >= 0)
        close(fd);
    rest.n = n > 0 ? (size_t)n : 0;
    return gx_str_split(&rest, '\n', &line) ? line : GX_STR("");
}

enum gx_code archive_append(struct gx_ctx *ctx, struct archive_book *book,
                            struct archive_piece *piece, int64_t *ret_bytes)
{
    piece->number = book->next;
    if (book->next)
        memcpy(piece->before, book->hash, sizeof piece->before);
    for (size_t i = 0; i < piece->commit_count; i++) {
        struct gx_db_commit *c = &piece->commits[i];
        c->at_us = c->at_us > book->last_us ? c->at_us : book->last_us;
        book->last_us = c->at_us;
    }
    struct gx_str path = archive_piece_path(ctx->arena, book->folder, book->begun_us, book->next);
    GX_TRY(archive_piece_write(ctx, path.p, piece, ret_bytes));
    memcpy(book->hash, piece->hash, sizeof book->hash);
    book->next++;
    return GX_OK;
}

/* What lies beside the pages. */
static enum gx_code copy_beside(struct gx_ctx *ctx, struct gx_tenant *tenant, const char *root)
{
    int64_t count;
    GX_TRY(gx_seal_copy_keys(ctx, tenant, root));
    GX_TRY(gx_erase_copy_list(ctx, tenant, root));
    return gx_file_copy_all(ctx, tenant->dir, root, &count);
}

enum gx_code archive_begin(struct gx_ctx *ctx, struct gx_tenant *tenant, struct archive_book *book,
                           int64_t *ret_bytes)
{
    int64_t begun_us = gx_clock_us(), bytes = 0, piece_bytes = 0;
    struct archive_book fresh = *book;
    struct gx_db_commit commit = { 0 };
    struct archive_piece piece = { .commits = &commit, .commit_count = 1 };
    struct gx_str folder =
        gx_arena_printf(ctx->arena, "%s/%016lld", book->folder, (long long)begun_us);
    struct gx_str full = gx_arena_printf(ctx->arena, "%s/full.db", folder.p);
    piece.head = archive_head(ctx->arena, tenant);
    if (mkdir(folder.p, 0700) != 0)
        return archive_failed(ctx, folder.p);
    enum gx_code code = gx_db_backup(ctx, tenant->db, full.p);
    if (code == GX_OK)
        code = archive_hash_file(ctx, full.p, piece.before, &bytes);
    if (code == GX_OK)
        code = copy_beside(ctx, tenant, book->root);
    fresh.begun_us = begun_us;
    fresh.next = 0;
    fresh.last_us = 0;
    commit.at_us = gx_clock_us(); /* by now the copy has everything committed before it began */
    commit.pages = (uint32_t)(bytes / GX_DB_PAGE_BYTES);
    if (code == GX_OK)
        code = archive_append(ctx, &fresh, &piece, &piece_bytes);
    if (code != GX_OK) {
        unlink(full.p);
        rmdir(folder.p);
        return code;
    }
    *book = fresh;
    *ret_bytes = bytes + piece_bytes;
    return GX_OK;
}

/* --- all pages of the book against all pages of the store */

struct page_hash {
    unsigned char v[PAGE_HASH_BYTES];
};
struct page_hashes {
    struct gx_buf buf;
    size_t count; /* pages, with a place for page 0 */
};
#define PAGE_HASHES_BYTES_MAX ((size_t)4 << 30) /* of a store of a terabyte */

static struct page_hash hash_page(const void *page)
{
    struct page_hash hash;
    crypto_generichash(hash.v, sizeof hash.v, page, GX_DB_PAGE_BYTES, NULL, 0);
    return hash;
}

static struct page_hash *page_of(const struct page_hashes *all, size_t number)
{
    return (struct page_hash *)(void *)all->buf.p + number;
}

static bool set_page(struct page_hashes *all, size_t number, struct page_hash hash)
{
    size_t need = (number + 1) * sizeof hash;
    all->buf.max = PAGE_HASHES_BYTES_MAX;
    if (need > all->buf.n) {
        if (!gx_buf_reserve(&all->buf, need - all->buf.n))
            return false;
        memset(all->buf.p + all->buf.n, 0, need - all->buf.n);
        all->buf.n = need;
        all->count = number + 1;
    }
    *page_of(all, number) = hash;
    return true;
}

static bool hash_pages(const char *path, struct page_hashes *all)
{
    unsigned char page[GX_DB_PAGE_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0;
    for (size_t n = 1; ok && read(fd, page, sizeof page) == (ssize_t)sizeof page; n++)
        ok = set_page(all, n, hash_page(page));
    if (fd >= 0)
        close(fd);
    return ok;
}

static uint32_t frame_page(const char *frame)
{
    const unsigned char *p = (const unsigned char *)frame;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What the book says each page is now. */
static bool hash_book(const struct archive_book *book, struct page_hashes *all)
{
    struct gx_arena arena = { 0 };
    struct gx_buf frames = { 0 };
    struct gx_str full =
        gx_arena_printf(&arena, "%s/%016lld/full.db", book->folder, (long long)book->begun_us);
    bool ok = hash_pages(full.p, all);
    for (uint64_t n = 1; ok && n < book->next; n++) {
        struct archive_piece piece = { .frames = &frames };
        gx_arena_reset(&arena);
        ok = archive_piece_read(&arena,
                                archive_piece_path(&arena, book->folder, book->begun_us, n).p,
                                &piece) == GX_OK;
        for (size_t at = 0; ok && at < frames.n; at += GX_DB_FRAME_BYTES)
            ok = set_page(all, frame_page(frames.p + at), hash_page(frames.p + at + 4));
    }
    gx_buf_free(&frames);
    gx_arena_free(&arena);
    return ok;
}

/* Pages of the file that differ become pieces; all of them together are one commit. */
struct difference {
    struct gx_ctx *ctx;
    struct archive_book *book;
    struct gx_str head;
    struct gx_buf frames;
    int64_t at_us, bytes;
};

static enum gx_code append_difference(struct difference *d, uint32_t pages)
{
    struct gx_db_commit commit = { .at_us = d->at_us,
                                   .frames = (uint32_t)(d->frames.n / GX_DB_FRAME_BYTES),
                                   .pages = pages };
    struct archive_piece piece = {
        .commits = &commit, .commit_count = 1, .frames = &d->frames, .head = d->head
    };
    int64_t bytes;
    enum gx_code code = archive_append(d->ctx, d->book, &piece, &bytes);
    d->bytes += code == GX_OK ? bytes : 0;
    gx_buf_clear(&d->frames);
    return code;
}

static enum gx_code append_pages(struct difference *d, int fd, const struct page_hashes *was)
{
    char frame[GX_DB_FRAME_BYTES];
    ssize_t n;
    uint32_t number = 0;
    while ((n = read(fd, frame + 4, GX_DB_PAGE_BYTES)) == GX_DB_PAGE_BYTES) {
        struct page_hash hash = hash_page(frame + 4);
        number++;
        if (number < was->count && memcmp(page_of(was, number), &hash, sizeof hash) == 0)
            continue;
        for (int i = 0; i < 4; i++)
            frame[i] = (char)(number >> (8 * i));
        gx_buf_add(&d->frames, (struct gx_str){ frame, sizeof frame });
        if (d->frames.n >= (size_t)GX_DB_FOLLOW_FRAMES_MAX * GX_DB_FRAME_BYTES)
            GX_TRY(append_difference(d, 0));
    }
    if (n != 0)
        return archive_failed(d->ctx, d->book->folder);
    bool same = d->frames.n == 0 && d->bytes == 0 && number + 1 == was->count;
    return same ? GX_OK : append_difference(d, number);
}

enum gx_code archive_catch_up(struct gx_ctx *ctx, struct gx_tenant *tenant,
                              struct archive_book *book, int64_t *ret_bytes)
{
    struct page_hashes was = { 0 };
    struct gx_str copy = gx_arena_printf(ctx->arena, "%s/now.db", book->folder);
    struct difference d = { .ctx = ctx, .book = book, .head = archive_head(ctx->arena, tenant) };
    unlink(copy.p); /* of one that was broken off */
    GX_TRY(gx_db_backup(ctx, tenant->db, copy.p));
    d.at_us = gx_clock_us();
    enum gx_code code = copy_beside(ctx, tenant, book->root);
    int fd = open(copy.p, O_RDONLY | O_CLOEXEC);
    if (code == GX_OK && fd < 0)
        code = archive_failed(ctx, copy.p);
    /* A book that cannot be read is followed by another one. */
    if (code == GX_OK)
        code = hash_book(book, &was) ? append_pages(&d, fd, &was) : GX_E_CONFLICT;
    if (fd >= 0)
        close(fd);
    unlink(copy.p);
    gx_buf_free(&was.buf);
    gx_buf_free(&d.frames);
    *ret_bytes = d.bytes;
    return code == GX_E_CONFLICT ? archive_begin(ctx, tenant, book, ret_bytes) : code;
}

static void remove_book(struct gx_arena *arena, const char *folder, int64_t begun_us)
{
    struct gx_str path = gx_arena_printf(arena, "%s/%016lld", folder, (long long)begun_us);
    const struct dirent *entry;
    unlink(archive_piece_path(arena, folder, begun_us, 0).p); /* a book no more */
    DIR *dir = opendir(path.p);
    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlink(gx_arena_printf(arena, "%s/%s", path.p, entry->d_name).p);
    if (dir)
        closedir(dir);
    rmdir(path.p);
}

enum gx_code archive_forget(struct gx_ctx *ctx, struct archive_book *book, int64_t days)
{
    int64_t *books, until_us = gx_clock_us() - days * GX_DAY_US;
    size_t count;
    GX_TRY(archive_books(ctx, book->folder, &books, &count));
    for (size_t i = 0; i + 1 < count && books[i + 1] <= until_us; i++)
        remove_book(ctx->arena, book->folder, books[i]);
    return GX_OK;
}
