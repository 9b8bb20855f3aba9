/*
 * delete.c - a tenant gone, and the record that says so.
 *
 * The row says "deleting" first, durably, so a deletion that is cut off goes on at the next start;
 * the row itself goes last, together with the record taking its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/time.h"
#include "house/house_int.h"
#include "json/write.h"
#include "store/seal.h"

enum { OPEN_FOLDERS = 16, WAIT_S = 60 };

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* The name is gone from the folder above for good. */
static bool sync_above(struct gx_arena *arena, const char *path)
{
    size_t n = strlen(path);
    while (n > 0 && path[n - 1] != '/')
        n--;
    int fd =
        open(gx_arena_cstr(arena, (struct gx_str){ path, n }), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

enum gx_code delete_all(struct gx_ctx *ctx, struct gx_house *house,
                        const struct gx_directory_entry *row)
{
    struct stat st;
    if (row->url.n)
        GX_TRY(gx_tenant_drop_schema(ctx, row->name, gx_arena_cstr(ctx->arena, row->url)));
    if (row->folder.n == 0)
        return GX_OK;
    const char *folder = house_folder(ctx->arena, house, row);
    if (lstat(folder, &st) != 0)
        return GX_OK;
    if (nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0 ||
        !sync_above(ctx->arena, folder))
        return gx_fail(ctx, GX_E_IO, GX_STR("tenant"), GX_M_TENANT_REMOVE, gx_str_c(folder),
                       gx_str_c(strerror(errno)));
    return GX_OK;
}

/* {"record": {…}, "signer", "signature"}; the signature is over the bytes of the record. */
static enum gx_code make_record(struct gx_ctx *ctx, struct gx_house *house,
                                const struct gx_directory_entry *row,
                                const struct gx_house_usage *u, struct gx_str *ret_line)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    struct gx_str signer, signature;
    gx_jw_object(&w);
    gx_jw_key_str(&w, "deleted", row->name);
    gx_jw_key_str(&w, "at", gx_moment_format(ctx->arena, ctx->now_us));
    gx_jw_key_str(&w, "made_at", gx_moment_format(ctx->arena, row->made_at));
    gx_jw_key_str(&w, "reason", row->reason);
    gx_jw_key_str(&w, "store", row->url.n ? GX_STR("postgresql") : GX_STR("file"));
    gx_jw_key_int(&w, "records", u->records);
    gx_jw_key_int(&w, "file_bytes", u->file_bytes);
    gx_jw_key_int(&w, "store_bytes", u->store_bytes);
    gx_jw_object_end(&w);
    struct gx_str record = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    GX_TRY(gx_seal_text(ctx, house->front->tenant, record, &signer, &signature));
    *ret_line =
        gx_arena_printf(ctx->arena, "{\"record\":%.*s,\"signer\":\"%.*s\",\"signature\":\"%.*s\"}",
                        GX_STR_ARG(record), GX_STR_ARG(signer), GX_STR_ARG(signature));
    return GX_OK;
}

/* Nobody is in it any more. */
static enum gx_code finish(struct gx_ctx *ctx, struct gx_house *house,
                           const struct gx_directory_entry *row, struct gx_str *ret_line)
{
    struct gx_house_usage usage;
    GX_TRY(gx_house_newest(ctx, house, row->name, &usage));
    GX_TRY(delete_all(ctx, house, row));
    if (house->options.forget)
        house->options.forget(house->options.app, row->name);
    GX_TRY(make_record(ctx, house, row, &usage, ret_line));
    GX_TRY(gx_directory_drop(ctx, house->directory, row->name, *ret_line));
    pthread_mutex_lock(&house->lock);
    house_forget(house, row->name);
    pthread_mutex_unlock(&house->lock);
    return GX_OK;
}

static enum gx_code condemn(struct gx_ctx *ctx, struct gx_directory_entry *row, const void *p)
{
    const struct gx_str *reason = p;
    if (row->folder.n == 0)
        return gx_fail(ctx, GX_E_IN_USE, GX_STR("tenant"), GX_M_TENANT_SHARED, row->name);
    row->state = GX_TENANT_DELETING;
    row->reason = *reason;
    row->changed_at = ctx->now_us;
    return GX_OK;
}

enum gx_code gx_house_delete(struct gx_ctx *ctx, struct gx_house *house, struct gx_str name,
                             struct gx_str reason, struct gx_str *ret_record)
{
    struct gx_directory_entry row;
    if (gx_str_is(name, house->options.front))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("tenant"), GX_M_TENANT_FRONT, name);
    GX_TRY(life_change(ctx, house, name, condemn, &reason));
    GX_TRY(room_end(ctx, house, name, WAIT_S));
    pthread_mutex_lock(&house->making);
    enum gx_code code = gx_house_find(ctx, house, name, &row);
    if (code == GX_OK)
        code = finish(ctx, house, &row, ret_record);
    pthread_mutex_unlock(&house->making);
    return code;
}

/* One that is not what it should be; NULL: none.  In ctx->arena. */
static bool left_over(struct gx_ctx *ctx, struct gx_house *house, struct gx_str after,
                      struct gx_directory_entry *ret_row)
{
    for (int state = GX_TENANT_MAKING; state <= GX_TENANT_DELETING; state++) {
        const struct gx_house_ask ask = { .state = state, .after = after, .limit = 1 };
        struct gx_directory_entry *first;
        if (gx_house_list(ctx, house, &ask, &first) != GX_OK || !first)
            continue;
        *ret_row = *first;
        return true;
    }
    return false;
}

void delete_left_overs(struct gx_house *house)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct gx_directory_entry row = { 0 };
    struct gx_str line;
    while (left_over(&ctx, house, GX_STR(""), &row)) {
        enum gx_code code = row.state == GX_TENANT_DELETING ? finish(&ctx, house, &row, &line)
                                                            : delete_all(&ctx, house, &row);
        if (code == GX_OK && row.state == GX_TENANT_MAKING) {
            code = gx_directory_drop(&ctx, house->directory, row.name, GX_STR(""));
            house_forget(house, row.name);
        }
        if (code == GX_OK)
            continue;
        gx_log_say(GX_LOG_ERROR, "tenant", gx_ctx_text(&ctx));
        break; /* at the next start */
    }
    gx_arena_free(&arena);
}
