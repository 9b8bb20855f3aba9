/* engine_fill.c - files of rows that one person may see, on a shelf for a while. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "report/engine_int.h"
#include "report/pipe.h"

enum { PIECE_BYTES = 128 << 10, SHELF_FILES_MAX = 2000 };

struct gx_fill {
    struct gx_engine *engine;
    struct gx_ctx *ctx;
    uint64_t id;
    int fd;
    struct gx_str path, part; /* what it becomes, what it is meanwhile */
    struct gx_buf rows;
    int64_t until_us;
};

/* --- the shelf: <hash of the key>-<position> */

struct shelved {
    char name[80];
    int64_t bytes, used_s;
};

static int older(const void *a, const void *b)
{
    const struct shelved *x = a, *y = b;
    return x->used_s < y->used_s ? -1 : x->used_s > y->used_s;
}

static size_t look(const char *dir, struct shelved *list)
{
    DIR *d = opendir(dir);
    size_t n = 0;
    for (struct dirent *e = d ? readdir(d) : NULL; e && n < SHELF_FILES_MAX; e = readdir(d)) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (e->d_name[0] == '.' || strlen(e->d_name) >= sizeof list->name || stat(path, &st) != 0)
            continue;
        memcpy(list[n].name, e->d_name, strlen(e->d_name) + 1);
        list[n].bytes = st.st_size;
        list[n].used_s = st.st_mtim.tv_sec;
        n++;
    }
    if (d)
        closedir(d);
    return n;
}

/* What nobody has asked of for long goes, then the oldest, until there is room. */
static void tidy_shelf(struct gx_engine *engine, const char *dir)
{
    struct shelved *list = calloc(SHELF_FILES_MAX, sizeof *list);
    size_t n = list ? look(dir, list) : 0;
    int64_t total = 0, now = (int64_t)time(NULL);
    (void)engine;
    for (size_t i = 0; i < n; i++)
        total += list[i].bytes;
    if (n)
        qsort(list, n, sizeof *list, older);
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        bool old = now - list[i].used_s > GX_ENGINE_SHELF_S;
        if (!old && total <= GX_ENGINE_SHELF_BYTES)
            break;
        snprintf(path, sizeof path, "%s/%s", dir, list[i].name);
        unlink(path);
        total -= list[i].bytes;
    }
    free(list);
}

/* Files of this key at other positions are of no use any more. */
static void forget_others(const char *dir, struct gx_str key, const char *keep)
{
    DIR *d = opendir(dir);
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        char path[4096];
        if (!gx_str_starts(gx_str_c(e->d_name), key) || strcmp(e->d_name, keep) == 0 ||
            gx_str_ends(gx_str_c(e->d_name), GX_STR(".part")))
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        unlink(path);
    }
    if (d)
        closedir(d);
}

static enum gx_code begin(struct gx_fill *f, const struct gx_guard_table *table, const bool *with)
{
    struct gx_buf message = { 0 }, sql = { 0 };
    engine_make_sql(&sql, GX_STR("made"), table, with);
    gx_pipe_cell(&message, 's', f->part);
    gx_pipe_cell(&message, 's', gx_buf_str(&sql));
    gx_pipe_cell(&message, 's', table->name);
    bool ok = gx_pipe_write(f->fd, 'A', gx_buf_str(&message), f->until_us);
    gx_buf_free(&message);
    gx_buf_free(&sql);
    return ok ? GX_OK : gx_fail(f->ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
}

enum gx_code gx_fill_open(struct gx_engine *engine, struct gx_ctx *ctx, struct gx_str key,
                          int64_t position, const struct gx_guard_table *table, bool *with,
                          struct gx_fill **ret_fill, struct gx_str *ret_path)
{
    struct gx_str shelf = gx_arena_printf(ctx->arena, "%s/shelf", engine->dir);
    struct gx_str hash =
        gx_arena_printf(ctx->arena, "%016llx-", (unsigned long long)gx_str_hash(key));
    struct gx_str name =
        gx_arena_printf(ctx->arena, "%.*s%lld", GX_STR_ARG(hash), (long long)position);
    *ret_path = gx_arena_printf(ctx->arena, "%s/%s", shelf.p, name.p);
    *ret_fill = NULL;
    tidy_shelf(engine, shelf.p);
    if (access(ret_path->p, R_OK) == 0)
        return GX_OK;
    struct gx_fill *f = GX_ARENA_NEW(ctx->arena, struct gx_fill);
    f->engine = engine;
    f->ctx = ctx;
    f->path = *ret_path;
    GX_TRY(engine_spawn(engine, ctx, GX_CHILD_FILL, &f->id, &f->fd));
    forget_others(shelf.p, hash, name.p);
    f->part = gx_arena_printf(ctx->arena, "%s.%llu.part", f->path.p, (unsigned long long)f->id);
    f->until_us = gx_monotonic_us() + GX_ENGINE_FILL_S * INT64_C(1000000);
    engine_kill(engine, f->id, GX_ENGINE_FILL_S * INT64_C(1000));
    *ret_fill = f;
    enum gx_code code = begin(f, table, with);
    return code == GX_OK ? code : gx_fill_close(f, false);
}

void gx_fill_cell(struct gx_fill *fill, char tag, struct gx_str text)
{
    gx_pipe_cell(&fill->rows, tag, text);
}

static enum gx_code flush(struct gx_fill *fill)
{
    bool ok = gx_pipe_write(fill->fd, 'R', gx_buf_str(&fill->rows), fill->until_us);
    gx_buf_clear(&fill->rows);
    return ok ? GX_OK : gx_fail(fill->ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
}

enum gx_code gx_fill_row(struct gx_fill *fill)
{
    return fill->rows.n < PIECE_BYTES ? GX_OK : flush(fill);
}

static bool finish(struct gx_fill *fill)
{
    struct gx_buf in = { 0 };
    char kind = 0;
    bool ok = (fill->rows.n == 0 || flush(fill) == GX_OK) &&
              gx_pipe_write(fill->fd, 'E', GX_STR(""), fill->until_us) &&
              gx_pipe_read(fill->fd, &in, &kind, fill->until_us) == GX_PIPE_PIECE && kind == 'E' &&
              rename(fill->part.p, fill->path.p) == 0;
    gx_buf_free(&in);
    return ok;
}

enum gx_code gx_fill_close(struct gx_fill *fill, bool ok)
{
    bool done = ok && finish(fill);
    close(fill->fd);
    if (!done) {
        engine_kill(fill->engine, fill->id, 0);
        unlink(fill->part.p);
    }
    gx_buf_free(&fill->rows);
    if (done)
        return GX_OK;
    return fill->ctx->errors ? fill->ctx->errors->code
                             : gx_fail(fill->ctx, GX_E_IO, GX_STR(""), GX_M_SQL_GONE);
}
