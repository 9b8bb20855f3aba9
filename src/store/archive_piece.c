/*
 * archive_piece.c - one piece of an archive as a file.
 *
 * Numbers little end first:  "GXPAGES1"  number 8  commits 4  frames 4  packed bytes 8  head bytes
 * 4 (4 free)  hash of the piece before 32 | head | commits, 16 bytes each: frames 4, pages 4, time
 * 8 | frames, deflated together | BLAKE2b-256 of all that.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "store/archive_int.h"

enum {
    FIXED_BYTES = 72,
    COMMIT_BYTES = 16,
    BLOCK_BYTES = 1 << 16,
    PIECE_BYTES_MAX = 64 << 20,
    DEFLATE_LEVEL = 1,
};
static const char magic[] = "GXPAGES1";

enum gx_code archive_failed(struct gx_ctx *ctx, const char *path)
{
    return errno == ENOSPC || errno == EDQUOT
               ? gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_ARCHIVE_FULL, gx_str_c(path))
               : gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB_BACKUP, gx_str_c(path),
                         gx_str_c(strerror(errno)));
}

struct gx_str archive_piece_path(struct gx_arena *arena, const char *folder, int64_t book,
                                 uint64_t number)
{
    return gx_arena_printf(arena, "%s/%016lld/%013llu.piece", folder, (long long)book,
                           (unsigned long long)number);
}

static void put(unsigned char **at, uint64_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*at)++ = (unsigned char)(n >> (8 * i));
}

static uint64_t get(const unsigned char **at, int bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < bytes; i++)
        n |= (uint64_t) * (*at)++ << (8 * i);
    return n;
}

static bool write_all(int fd, const unsigned char *p, size_t n)
{
    for (size_t at = 0; at < n;) {
        ssize_t put_bytes = write(fd, p + at, n - at);
        if (put_bytes < 0)
            return false;
        at += (size_t)put_bytes;
    }
    return true;
}

/* The name must be durable too. */
static bool sync_folder_of(struct gx_arena *arena, const char *path)
{
    int fd = open(dirname(gx_arena_cstr(arena, gx_str_c(path))), O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static enum gx_code write_file(struct gx_ctx *ctx, const char *path, const unsigned char *p,
                               size_t n)
{
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.part", path);
    int fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write_all(fd, p, n) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    if (ok && rename(part.p, path) == 0 && sync_folder_of(ctx->arena, path))
        return GX_OK;
    errno = ok ? errno : why;
    enum gx_code code = archive_failed(ctx, path);
    unlink(part.p);
    return code;
}

enum gx_code archive_piece_write(struct gx_ctx *ctx, const char *path, struct archive_piece *piece,
                                 int64_t *ret_bytes)
{
    size_t raw = piece->frames ? piece->frames->n : 0;
    uLongf packed = compressBound(raw);
    size_t table = piece->commit_count * COMMIT_BYTES;
    struct gx_arena scratch = { 0 };
    unsigned char *file =
        gx_arena_alloc(&scratch, FIXED_BYTES + piece->head.n + table + packed + ARCHIVE_HASH_BYTES);
    unsigned char *at = file + FIXED_BYTES;
    memcpy(at, piece->head.p, piece->head.n);
    at += piece->head.n;
    for (size_t i = 0; i < piece->commit_count; i++) {
        put(&at, piece->commits[i].frames, 4);
        put(&at, piece->commits[i].pages, 4);
        put(&at, (uint64_t)piece->commits[i].at_us, 8);
    }
    if (compress2(at, &packed, (const Bytef *)(raw ? piece->frames->p : ""), raw, DEFLATE_LEVEL) !=
        Z_OK) {
        gx_arena_free(&scratch);
        return gx_fail(ctx, GX_E_INTERNAL, GX_STR(""), GX_M_NONE);
    }
    at += packed;
    unsigned char *fixed = file;
    memcpy(fixed, magic, sizeof magic - 1);
    fixed += sizeof magic - 1;
    put(&fixed, piece->number, 8);
    put(&fixed, piece->commit_count, 4);
    put(&fixed, raw / GX_DB_FRAME_BYTES, 4);
    put(&fixed, packed, 8);
    put(&fixed, piece->head.n, 4);
    put(&fixed, 0, 4);
    memcpy(fixed, piece->before, ARCHIVE_HASH_BYTES);
    size_t n = (size_t)(at - file);
    crypto_generichash(at, ARCHIVE_HASH_BYTES, file, n, NULL, 0);
    memcpy(piece->hash, at, ARCHIVE_HASH_BYTES);
    enum gx_code code = write_file(ctx, path, file, n + ARCHIVE_HASH_BYTES);
    *ret_bytes = (int64_t)(n + ARCHIVE_HASH_BYTES);
    gx_arena_free(&scratch);
    return code;
}

/* The whole file, in the arena. */
static enum gx_code read_bytes(struct gx_arena *arena, const char *path, struct gx_str *ret_file)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? GX_E_NOT_FOUND : GX_E_INVALID;
    bool ok = fstat(fd, &st) == 0 && st.st_size >= FIXED_BYTES + ARCHIVE_HASH_BYTES &&
              st.st_size <= PIECE_BYTES_MAX;
    char *p = ok ? gx_arena_alloc(arena, (size_t)st.st_size) : NULL;
    for (off_t at = 0; ok && at < st.st_size;) {
        ssize_t n = pread(fd, p + at, (size_t)(st.st_size - at), at);
        ok = n > 0;
        at += ok ? n : 0;
    }
    close(fd);
    if (ok)
        *ret_file = (struct gx_str){ p, (size_t)st.st_size };
    return ok ? GX_OK : GX_E_INVALID;
}

static bool inflate_frames(const unsigned char *packed, size_t n, size_t frame_count,
                           struct gx_buf *frames)
{
    uLongf raw = (uLongf)frame_count * GX_DB_FRAME_BYTES;
    uLongf want = raw;
    char none;
    gx_buf_clear(frames);
    if (!gx_buf_reserve(frames, raw))
        return false;
    if (uncompress((Bytef *)(raw ? frames->p : &none), &raw, packed, n) != Z_OK || raw != want)
        return false;
    frames->n = raw;
    return true;
}

/* What was written by archive_piece_write() and hashed; still, no number is believed. */
static bool parse(struct gx_arena *arena, struct gx_str file, struct archive_piece *piece)
{
    const unsigned char *at = (const unsigned char *)file.p + sizeof magic - 1;
    size_t body = file.n - ARCHIVE_HASH_BYTES - FIXED_BYTES;
    if (memcmp(file.p, magic, sizeof magic - 1) != 0)
        return false;
    piece->number = get(&at, 8);
    piece->commit_count = get(&at, 4);
    size_t frame_count = get(&at, 4);
    uint64_t packed = get(&at, 8);
    size_t head = get(&at, 4);
    at += 4;
    memcpy(piece->before, at, ARCHIVE_HASH_BYTES);
    at += ARCHIVE_HASH_BYTES;
    size_t table = piece->commit_count * COMMIT_BYTES;
    if (head > body || table > body - head || packed != body - head - table)
        return false;
    piece->head = (struct gx_str){ (const char *)at, head };
    at += head;
    piece->commits = GX_ARENA_ARRAY(arena, struct gx_db_commit, piece->commit_count + 1);
    uint64_t frames = 0;
    for (size_t i = 0; i < piece->commit_count; i++) {
        struct gx_db_commit *c = &piece->commits[i];
        c->frames = (uint32_t)get(&at, 4);
        c->pages = (uint32_t)get(&at, 4);
        c->at_us = (int64_t)get(&at, 8);
        frames += c->frames;
    }
    return frames == frame_count &&
           (!piece->frames || inflate_frames(at, (size_t)packed, frame_count, piece->frames));
}

enum gx_code archive_piece_read(struct gx_arena *arena, const char *path,
                                struct archive_piece *ret_piece)
{
    struct gx_str file;
    unsigned char hash[ARCHIVE_HASH_BYTES];
    enum gx_code code = read_bytes(arena, path, &file);
    if (code != GX_OK)
        return code;
    size_t n = file.n - ARCHIVE_HASH_BYTES;
    crypto_generichash(hash, sizeof hash, (const unsigned char *)file.p, n, NULL, 0);
    if (memcmp(hash, file.p + n, sizeof hash) != 0 || !parse(arena, file, ret_piece))
        return GX_E_INVALID;
    memcpy(ret_piece->hash, hash, sizeof hash);
    return GX_OK;
}

enum gx_code archive_hash_file(struct gx_ctx *ctx, const char *path, unsigned char *ret_hash,
                               int64_t *ret_bytes)
{
    crypto_generichash_state state;
    unsigned char *block = gx_arena_alloc(ctx->arena, BLOCK_BYTES);
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return archive_failed(ctx, path);
    *ret_bytes = 0;
    crypto_generichash_init(&state, NULL, 0, ARCHIVE_HASH_BYTES);
    while ((n = read(fd, block, BLOCK_BYTES)) > 0) {
        crypto_generichash_update(&state, block, (unsigned long long)n);
        *ret_bytes += n;
    }
    crypto_generichash_final(&state, ret_hash, ARCHIVE_HASH_BYTES);
    close(fd);
    return n == 0 ? GX_OK : archive_failed(ctx, path);
}
