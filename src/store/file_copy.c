/* file_copy.c - the contents of files in another folder; see file.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"

enum { DEPTH = 2, BLOCK_BYTES = 64 << 10 };

static enum gx_code io_failed(struct gx_ctx *ctx)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_FILE_IO, gx_str_c(strerror(errno)));
}

static bool copy_bytes(struct gx_arena *arena, int from, int to)
{
    char *block = gx_arena_alloc(arena, BLOCK_BYTES);
    ssize_t n;
    while ((n = read(from, block, BLOCK_BYTES)) > 0)
        for (ssize_t at = 0, put; at < n; at += put)
            if ((put = write(to, block + at, (size_t)(n - at))) < 0)
                return false;
    return n == 0 && fsync(to) == 0;
}

enum gx_code gx_file_copy(struct gx_ctx *ctx, const char *from, const char *to)
{
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.part", to);
    struct gx_arena scratch = { 0 };
    int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int out = in < 0 ? -1 : open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = out >= 0 && copy_bytes(&scratch, in, out) && rename(part.p, to) == 0;
    enum gx_code code = ok ? GX_OK : io_failed(ctx);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    gx_arena_free(&scratch);
    return code;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* files/, files/ab/, files/ab/cd/: folders of two letters, files named by their hash. */
static bool is_ours(const char *name, int depth)
{
    size_t n = strlen(name);
    return strspn(name, "0123456789abcdef") == n && n == (depth < DEPTH ? 2 : 64);
}

static enum gx_code copy_folder(struct gx_ctx *ctx, const char *from, const char *to, int depth,
                                int64_t *count)
{
    enum gx_code code = GX_OK;
    const struct dirent *entry;
    DIR *dir = opendir(from);
    if (!dir)
        return errno == ENOENT && depth == 0 ? GX_OK : io_failed(ctx); /* no file yet */
    if (mkdir(to, 0700) != 0 && errno != EEXIST)
        code = io_failed(ctx);
    while (code == GX_OK && (entry = readdir(dir))) {
        if (!is_ours(entry->d_name, depth))
            continue;
        struct gx_str a = gx_arena_printf(ctx->arena, "%s/%s", from, entry->d_name);
        struct gx_str b = gx_arena_printf(ctx->arena, "%s/%s", to, entry->d_name);
        if (depth < DEPTH)
            code = copy_folder(ctx, a.p, b.p, depth + 1, count);
        else if (access(b.p, F_OK) != 0) {
            code = gx_file_copy(ctx, a.p, b.p);
            *count += 1;
        }
    }
    closedir(dir);
    if (code == GX_OK && !sync_folder(to))
        code = io_failed(ctx);
    return code;
}

enum gx_code gx_file_copy_one(struct gx_ctx *ctx, const char *from, const char *to,
                              struct gx_str hash)
{
    struct gx_str folder = gx_arena_printf(ctx->arena, "%s/files", to), below, a, b;
    if (hash.n < 4)
        return GX_OK;
    below = gx_arena_printf(ctx->arena, "%s/%.2s/%.2s", folder.p, hash.p, hash.p + 2);
    a = gx_arena_printf(ctx->arena, "%s/files/%.2s/%.2s/%.*s", from, hash.p, hash.p + 2,
                        GX_STR_ARG(hash));
    b = gx_arena_printf(ctx->arena, "%s/%.*s", below.p, GX_STR_ARG(hash));
    if (access(b.p, F_OK) == 0 || access(a.p, F_OK) != 0)
        return GX_OK;            /* what is missing here is what `verify` tells of */
    (void)mkdir(folder.p, 0700); /* what is wrong with them is said below */
    (void)mkdir(gx_arena_printf(ctx->arena, "%s/%.2s", folder.p, hash.p).p, 0700);
    (void)mkdir(below.p, 0700);
    GX_TRY(gx_file_copy(ctx, a.p, b.p));
    return sync_folder(below.p) ? GX_OK : io_failed(ctx);
}

enum gx_code gx_file_copy_all(struct gx_ctx *ctx, const char *from, const char *to,
                              int64_t *ret_count)
{
    int64_t count = 0;
    struct gx_str a = gx_arena_printf(ctx->arena, "%s/files", from);
    struct gx_str b = gx_arena_printf(ctx->arena, "%s/files", to);
    GX_TRY(copy_folder(ctx, a.p, b.p, 0, &count));
    *ret_count = count;
    return sync_folder(to) ? GX_OK : io_failed(ctx);
}
