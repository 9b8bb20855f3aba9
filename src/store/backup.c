/*
 * backup.c - a whole data folder once more: the database and the contents of files.
 *
 * The database is copied first, as one moment of it; contents never change and are never taken
 * away, so all that the copied records name is still there afterwards.  The copy gets its name when
 * it is whole: what was broken off is called ….part.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/erase.h"
#include "store/file.h"
#include "store/seal.h"
#include "store/transfer.h"
#include "store/upkeep.h"

static enum gx_code failed(struct gx_ctx *ctx, const char *path)
{
    return gx_fail(ctx, GX_E_IO, GX_STR("path"), GX_M_DB_BACKUP, gx_str_c(path),
                   gx_str_c(strerror(errno)));
}

static enum gx_code copy_to(struct gx_scope *scope, const char *folder)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_tenant *tenant = gx_scope_tenant(scope);
    int64_t count;
    if (mkdir(folder, 0700) != 0)
        return failed(ctx, folder);
    struct gx_str db = gx_arena_printf(ctx->arena, "%s/%.*s.db", folder, GX_STR_ARG(tenant->name));
    /* From PostgreSQL too it is a file, which can be restored into either. */
    enum gx_code code = gx_db_dialect(tenant->db) == GX_SQLITE ? gx_db_backup(ctx, tenant->db, db.p)
                                                               : gx_transfer_copy(scope, db.p);
    if (code != GX_OK) {
        unlink(db.p);
        rmdir(folder);
        return code;
    }
    GX_TRY(gx_seal_copy_keys(ctx, tenant, folder));
    GX_TRY(gx_erase_copy_list(ctx, tenant, folder));
    return gx_file_copy_all(ctx, tenant->dir, folder, &count);
}

enum gx_code gx_upkeep_backup(struct gx_scope *scope, struct gx_str path)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const char *name = gx_arena_cstr(ctx->arena, path);
    if (path.n < 2 || path.p[0] != '/' || path.p[path.n - 1] == '/' || access(name, F_OK) == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("path"), GX_M_BACKUP_PATH);
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.part", name);
    GX_TRY(copy_to(scope, part.p));
    return rename(part.p, name) == 0 ? GX_OK : failed(ctx, name);
}
