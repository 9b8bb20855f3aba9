/* directory.c - see directory.h. */
#include "meta/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/read.h"
#include "json/write.h"

enum { FILE_BYTES_MAX = 64 << 20 };

static enum gx_code failed(struct gx_ctx *ctx, const char *path)
{
    return gx_fail(ctx, GX_E_IO, GX_STR("--data"), GX_M_DIRECTORY, gx_str_c(path),
                   gx_str_c(strerror(errno)));
}

/* The lines of the file; empty when there is none. */
static enum gx_code read_text(struct gx_ctx *ctx, const char *path, struct gx_str *ret_text)
{
    struct gx_buf text = { .max = FILE_BYTES_MAX };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *ret_text = GX_STR("");
    if (fd < 0)
        return errno == ENOENT ? GX_OK : failed(ctx, path);
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

/* Where the name belongs, or stands. */
static struct gx_directory_entry **place_of(struct gx_directory_entry **at, struct gx_str name)
{
    while (*at && gx_str_cmp((*at)->name, name) < 0)
        at = &(*at)->next;
    return at;
}

static void enter(struct gx_arena *arena, struct gx_directory_entry **first, struct gx_str name,
                  struct gx_str url)
{
    struct gx_directory_entry **at = place_of(first, name);
    if (!*at || !gx_str_eq((*at)->name, name)) {
        struct gx_directory_entry *e = GX_ARENA_NEW(arena, struct gx_directory_entry);
        *e = (struct gx_directory_entry){ .next = *at, .name = gx_arena_str(arena, name) };
        *at = e;
    }
    (*at)->url = url;
}

/* Tenants in files. */
static void enter_files(struct gx_arena *arena, const char *dir, struct gx_directory_entry **first)
{
    DIR *folder = opendir(dir);
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        struct gx_str name = gx_str_c(e->d_name);
        if (name.n > 3 && gx_str_ends(name, GX_STR(".db")))
            enter(arena, first, (struct gx_str){ name.p, name.n - 3 }, GX_STR(""));
    }
    if (folder)
        closedir(folder);
}

enum gx_code gx_directory_read(struct gx_ctx *ctx, const char *dir,
                               struct gx_directory_entry **ret_first)
{
    struct gx_directory_entry *first = NULL;
    struct gx_str rest, line, path = gx_arena_printf(ctx->arena, "%s/tenants", dir);
    GX_TRY(read_text(ctx, path.p, &rest));
    enter_files(ctx->arena, dir, &first);
    while (rest.n && gx_str_split(&rest, '\n', &line)) {
        struct gx_json *json;
        if (!gx_str_trim(line).n)
            continue;
        GX_TRY(gx_json_read(ctx, line, &json));
        enter(ctx->arena, &first, gx_json_get_str(json, "tenant", GX_STR("")),
              gx_json_get_str(json, "store", GX_STR("")));
    }
    *ret_first = first;
    return GX_OK;
}

enum gx_code gx_directory_find(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                               const char **ret_url)
{
    struct gx_directory_entry *first;
    GX_TRY(gx_directory_read(ctx, dir, &first));
    struct gx_directory_entry *e = *place_of(&first, name);
    bool elsewhere = e && gx_str_eq(e->name, name) && e->url.n;
    *ret_url = elsewhere ? gx_arena_cstr(ctx->arena, e->url) : NULL;
    return GX_OK;
}

/* Whole and on the disk before it has its name. */
static enum gx_code replace(struct gx_ctx *ctx, const char *dir, const char *path,
                            struct gx_str text)
{
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.part", path);
    int fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    ok = ok && rename(part.p, path) == 0;
    int folder = ok ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    ok = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return ok ? GX_OK : failed(ctx, path);
}

enum gx_code gx_directory_set(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                              const char *url)
{
    struct gx_directory_entry *first;
    struct gx_buf out = { 0 };
    GX_TRY(gx_directory_read(ctx, dir, &first));
    enter(ctx->arena, &first, name, url ? gx_str_c(url) : GX_STR(""));
    for (const struct gx_directory_entry *e = first; e; e = e->next) {
        if (!e->url.n)
            continue;
        struct gx_jw w = gx_jw(&out);
        gx_jw_object(&w);
        gx_jw_key_str(&w, "tenant", e->name);
        gx_jw_key_str(&w, "store", e->url);
        gx_jw_object_end(&w);
        gx_buf_addc(&out, '\n');
    }
    struct gx_str path = gx_arena_printf(ctx->arena, "%s/tenants", dir);
    enum gx_code code = replace(ctx, dir, path.p, gx_buf_str(&out));
    gx_buf_free(&out);
    return code;
}

struct gx_str gx_directory_shown(struct gx_arena *arena, struct gx_str url)
{
    size_t slashes = gx_str_search(url, GX_STR("://"));
    if (slashes == SIZE_MAX)
        return url;
    struct gx_str rest = gx_str_from(url, slashes + 3);
    size_t end = gx_str_find(rest, '/'), at = gx_str_find(rest, '@');
    size_t colon = gx_str_find(rest, ':');
    if (at >= end || colon >= at)
        return url;
    return gx_arena_printf(arena, "%.*s:***%.*s", (int)(slashes + 3 + colon), url.p,
                           GX_STR_ARG(gx_str_from(rest, at)));
}
