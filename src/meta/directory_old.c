/* directory_old.c - see directory_int.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "json/read.h"
#include "meta/directory_int.h"

enum { FILE_BYTES_MAX = 64 << 20 };

static enum gx_code failed(struct gx_ctx *ctx, const char *path)
{
    return gx_fail(ctx, GX_E_IO, GX_STR("--data"), GX_M_DIRECTORY, gx_str_c(path),
                   gx_str_c(strerror(errno)));
}

static struct gx_str path_of(struct gx_arena *arena, const char *dir)
{
    return gx_arena_printf(arena, "%s/tenants", dir);
}

bool gx_directory_has_old(const char *dir)
{
    struct gx_arena arena = { 0 };
    struct stat st;
    bool has = stat(path_of(&arena, dir).p, &st) == 0 && S_ISREG(st.st_mode);
    gx_arena_free(&arena);
    return has;
}

static enum gx_code read_text(struct gx_ctx *ctx, const char *path, struct gx_str *ret_text)
{
    struct gx_buf text = { .max = FILE_BYTES_MAX };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return failed(ctx, path);
    ssize_t n = 1;
    while (n > 0 && gx_buf_reserve(&text, 65536)) {
        n = read(fd, text.p + text.n, 65536);
        text.n += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    *ret_text = gx_arena_str(ctx->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    return n == 0 ? GX_OK : failed(ctx, path);
}

enum gx_code gx_directory_old(struct gx_ctx *ctx, const char *dir,
                              struct gx_directory_entry **ret_first)
{
    struct gx_str rest, line;
    *ret_first = NULL;
    if (!gx_directory_has_old(dir))
        return GX_OK;
    GX_TRY(read_text(ctx, path_of(ctx->arena, dir).p, &rest));
    while (rest.n && gx_str_split(&rest, '\n', &line)) {
        struct gx_json *json;
        if (!gx_str_trim(line).n)
            continue;
        GX_TRY(gx_json_read(ctx, line, &json));
        struct gx_directory_entry *e = GX_ARENA_NEW(ctx->arena, struct gx_directory_entry);
        *e = (struct gx_directory_entry){
            .next = *ret_first,
            .name = gx_json_get_str(json, "tenant", GX_STR("")),
            .url = gx_json_get_str(json, "store", GX_STR("")),
            .made_at = ctx->now_us,
        };
        *ret_first = e;
    }
    return GX_OK;
}

enum gx_code gx_directory_old_done(struct gx_ctx *ctx, const char *dir)
{
    struct gx_str path = path_of(ctx->arena, dir);
    return rename(path.p, gx_arena_printf(ctx->arena, "%s.old", path.p).p) == 0
               ? GX_OK
               : failed(ctx, path.p);
}
