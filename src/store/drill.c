/* drill.c - see drill.h. */
#include "store/drill.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/signin.h"
#include "base/assert.h"
#include "store/erase.h"
#include "store/file.h"

enum { OPEN_MAX_FOLDERS = 16 };

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static const char *in(struct gx_ctx *ctx, const char *folder, const struct gx_tenant *tenant,
                      const char *end)
{
    return gx_arena_printf(ctx->arena, "%s/%.*s%s", folder, GX_STR_ARG(tenant->name), end).p;
}

static enum gx_code copy_if_there(struct gx_ctx *ctx, const char *from, const char *to)
{
    return access(from, F_OK) == 0 ? gx_file_copy(ctx, from, to) : GX_OK;
}

/* As `guanxi restore`: files first, the database last; with the newest list of erasures. */
static enum gx_code bring(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                          const struct gx_drill *d)
{
    const char *list = in(ctx, tenant->dir, tenant, ".erased");
    int64_t count;
    nftw(d->scratch, remove_one, OPEN_MAX_FOLDERS, FTW_DEPTH | FTW_PHYS);
    if (mkdir(d->scratch, 0700) != 0)
        return gx_fail(ctx, GX_E_IO, GX_STR("path"), GX_M_DB_BACKUP, gx_str_c(d->scratch),
                       gx_str_c(strerror(errno)));
    GX_TRY(gx_file_copy_all(ctx, d->backup, d->scratch, &count));
    GX_TRY(copy_if_there(ctx, in(ctx, d->backup, tenant, ".audit.pub"),
                         in(ctx, d->scratch, tenant, ".audit.pub")));
    GX_TRY(copy_if_there(ctx, in(ctx, d->backup, tenant, ".erased"),
                         in(ctx, d->scratch, tenant, ".erased")));
    GX_TRY(gx_erase_bring_list(ctx, d->scratch, tenant->name,
                               access(list, F_OK) == 0 ? list : "none"));
    return gx_file_copy(ctx, in(ctx, d->backup, tenant, ".db"), in(ctx, d->scratch, tenant, ".db"));
}

static enum gx_code check(struct gx_ctx *ctx, struct gx_tenant *copy, const struct gx_drill *d,
                          struct gx_buf *out, int64_t *ret_problems)
{
    const struct gx_upkeep_ask ask = { .progress = d->progress, .p = d->p };
    struct gx_jw w = gx_jw(out);
    struct gx_conn *conn;
    int erased;
    GX_TRY(gx_erase_catch_up(ctx, copy, &erased));
    GX_TRY(gx_db_reader(ctx, copy->db, &conn));
    enum gx_code code =
        gx_upkeep_verify(gx_scope_system(ctx, copy, conn, "drill"), &ask, &w, ret_problems);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code open_and_check(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                   const struct gx_drill *d, struct gx_buf *out,
                                   int64_t *ret_problems)
{
    struct gx_tenant_options options = { .dir = d->scratch, .name = tenant->name };
    struct gx_tenant *copy;
    GX_TRY(bring(ctx, tenant, d));
    GX_TRY(gx_tenant_open(ctx, &options, &copy));
    gx_access_start(copy);
    enum gx_code code = check(ctx, copy, d, out, ret_problems);
    gx_tenant_close(copy);
    return code;
}

enum gx_code gx_drill_run(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                          const struct gx_drill *d, struct gx_buf *out, int64_t *ret_problems)
{
    int64_t begun_us = gx_monotonic_us();
    enum gx_code code = open_and_check(ctx, tenant, d, out, ret_problems);
    nftw(d->scratch, remove_one, OPEN_MAX_FOLDERS, FTW_DEPTH | FTW_PHYS);
    if (code != GX_OK)
        return code;
    gx_assert(out->n > 0 && out->p[out->n - 1] == '}');
    out->n--; /* two more members */
    struct gx_buf path = { 0 };
    struct gx_jw w = gx_jw(&path);
    gx_jw_str(&w, gx_str_c(d->backup));
    gx_buf_printf(out, ",\"path\":%.*s,\"ms\":%lld}", (int)path.n, path.p,
                  (long long)((gx_monotonic_us() - begun_us) / 1000));
    gx_buf_free(&path);
    return gx_buf_check(out);
}
