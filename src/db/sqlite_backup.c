/*
 * sqlite_backup.c - a copy of the whole store while it is in use.
 *
 * A connection of its own holds one snapshot from beginning to end: without that, every write
 * in between would start the copy over.
 */
#include "db/sqlite_int.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEP_PAGES = 512 };

static enum gx_code fail(struct gx_ctx *ctx, enum gx_code code, const char *path, const char *why)
{
    return gx_fail(ctx, code, GX_STR(""), GX_M_DB_BACKUP, gx_str_c(path), gx_str_c(why));
}

/* The new file must not be there yet, and only its owner may read it. */
static enum gx_code make_file(struct gx_ctx *ctx, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(ctx, errno == EEXIST ? GX_E_DUPLICATE : GX_E_IO, path, strerror(errno));
    close(fd);
    return GX_OK;
}

/* The file's name must be durable too. */
static void sync_folder(struct gx_arena *arena, const char *path)
{
    int fd = open(dirname(gx_arena_cstr(arena, gx_str_c(path))), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static int copy_pages(sqlite3 *from, sqlite3 *to)
{
    int rc =
        sqlite3_exec(from, "BEGIN; SELECT rootpage FROM sqlite_schema LIMIT 1", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (!backup)
        return sqlite3_errcode(to);
    do {
        rc = sqlite3_backup_step(backup, STEP_PAGES);
    } while (rc == SQLITE_OK);
    return sqlite3_backup_finish(backup);
}

enum gx_code sqlite_backup(struct gx_ctx *ctx, struct gx_db *db, const char *path)
{
    sqlite3 *from = NULL, *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    GX_TRY(make_file(ctx, path));
    int rc = sqlite3_open_v2(db->options.url, &from, flags, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_autocheckpoint(from, 0);
    if (rc == SQLITE_OK)
        rc = sqlite3_open_v2(path, &to, flags, NULL);
    if (rc == SQLITE_OK)
        rc = copy_pages(from, to);
    sqlite3_close(from);
    int close_rc = sqlite3_close(to);
    rc = rc == SQLITE_OK ? close_rc : rc;
    if (rc != SQLITE_OK) {
        unlink(path);
        return rc == SQLITE_FULL ? gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB_FULL)
                                 : fail(ctx, GX_E_IO, path, sqlite3_errstr(rc));
    }
    sync_folder(ctx->arena, path);
    return GX_OK;
}
