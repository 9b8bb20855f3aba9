/* source.c - see source.h. */
#include "sheet/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum gx_code fail_errno(struct gx_ctx *ctx)
{
    char text[128];
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SHEET_IO,
                   gx_str_c(strerror_r(errno, text, sizeof text)));
}

static void close_fd(void *p)
{
    close(*(int *)p);
}

enum gx_code gx_source_open(struct gx_ctx *ctx, const char *path, struct gx_source *ret_source)
{
    int *fd = GX_ARENA_NEW(ctx->arena, int);
    struct stat st;
    /* O_NONBLOCK: opening a named pipe would wait for a writer. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return fail_errno(ctx);
    gx_arena_defer(ctx->arena, close_fd, fd);
    if (fstat(*fd, &st) < 0)
        return fail_errno(ctx);
    if (!S_ISREG(st.st_mode)) {
        errno = S_ISDIR(st.st_mode) ? EISDIR : ESPIPE;
        return fail_errno(ctx);
    }
    *ret_source = (struct gx_source){
        .fd = *fd,
        .path = gx_arena_cstr(ctx->arena, gx_str_c(path)),
        .size = st.st_size,
    };
    return GX_OK;
}

struct gx_source gx_source_bytes(struct gx_str bytes)
{
    return (struct gx_source){ .fd = -1, .bytes = bytes, .size = (int64_t)bytes.n };
}

enum gx_code gx_source_peek(struct gx_ctx *ctx, const struct gx_source *source, int64_t at,
                            char *out, size_t n, size_t *ret_n)
{
    size_t done = 0;
    if (source->fd < 0) {
        struct gx_str rest = gx_str_from(source->bytes, (size_t)at);
        done = rest.n < n ? rest.n : n;
        if (done)
            memcpy(out, rest.p, done);
    }
    while (source->fd >= 0 && done < n) {
        ssize_t got = pread(source->fd, out + done, n - done, at + (int64_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(ctx);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret_n = done;
    return GX_OK;
}

enum gx_code gx_source_read(struct gx_ctx *ctx, struct gx_source *source, char *out, size_t n,
                            size_t *ret_n)
{
    size_t got;
    GX_TRY(gx_source_peek(ctx, source, source->at, out, n, &got));
    source->at += (int64_t)got;
    *ret_n = got;
    return GX_OK;
}
