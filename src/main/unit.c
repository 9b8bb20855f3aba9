/* unit.c - see unit.h. */
#include "main/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/demo_run.h"
#include "api/hub.h"
#include "api/oidc.h"
#include "api/others.h"
#include "api/presence.h"
#include "api/setup.h"
#include "base/time.h"
#include "flow/expiry.h"
#include "report/segment.h"
#include "report/warehouse.h"
#include "store/archive.h"
#include "store/backups.h"
#include "store/batch.h"
#include "store/check_job.h"
#include "store/erase.h"
#include "store/import.h"
#include "store/privacy_job.h"
#include "store/seal.h"
#include "store/seen.h"
#include "store/watch.h"

static struct gx_unit *unit_of(const struct gx_room *room)
{
    return room->services;
}

static enum gx_code start_watch(struct gx_ctx *ctx, struct gx_tenant *tenant)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = gx_watch_start(ctx, tenant->watch, conn);
    gx_db_reader_release(conn);
    return code;
}

/* --- copies of the store elsewhere, where the options of the program ask for them */

/* The front's folder is the one that was given; others have one of their own in it. */
static const char *own_folder(struct gx_arena *arena, const struct gx_unit_shared *shared,
                              const char *folder, struct gx_str tenant)
{
    if (gx_str_is(tenant, shared->front))
        return folder;
    return gx_arena_printf(arena, "%s/%.*s", folder, GX_STR_ARG(tenant)).p;
}

static enum gx_code start_copies(struct gx_ctx *ctx, const struct gx_unit_shared *shared,
                                 struct gx_room *room)
{
    struct gx_unit *unit = unit_of(room);
    struct gx_tenant *tenant = unit->api.tenant;
    if (shared->backups) {
        struct gx_backups_options own = *shared->backups;
        (void)mkdir(own.folder, 0700); /* what is wrong with it is said when it is used */
        own.folder = own_folder(room->arena, shared, own.folder, tenant->name);
        GX_TRY(gx_backups_start(ctx, tenant, &own, &unit->api.backups));
    }
    if (!shared->archive || gx_db_dialect(tenant->db) != GX_SQLITE)
        return GX_OK; /* PostgreSQL archives its own log */
    struct gx_archive_options *own = GX_ARENA_NEW(room->arena, struct gx_archive_options);
    *own = *shared->archive;
    (void)mkdir(own->root, 0700);
    own->root = own_folder(room->arena, shared, own->root, tenant->name);
    return gx_archiver_start(ctx, tenant, own, &unit->api.archiver);
}

/*
 * Where it was closed while nobody made backups: its folder is not there, or its file is newer than
 * what lies in it.  Once it was opened, it says itself when it has to be opened again.
 */
bool gx_unit_unkept(void *p, const struct gx_directory_entry *row)
{
    enum { SLACK_S = 3600 }; /* closing comes after the backup, and writes */
    const struct gx_unit_shared *shared = p;
    struct gx_arena arena = { 0 };
    struct stat kept, file;
    if (!shared->backups)
        return false;
    const char *folder = own_folder(&arena, shared, shared->backups->folder, row->name);
    const char *db = gx_arena_printf(&arena, "%s/%.*s/%.*s.db", shared->dir,
                                     GX_STR_ARG(row->folder), GX_STR_ARG(row->name))
                         .p;
    bool unkept = stat(folder, &kept) != 0 ||
                  (stat(db, &file) == 0 && file.st_mtime > kept.st_mtime + SLACK_S);
    gx_arena_free(&arena);
    return unkept;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

void gx_unit_forget(void *p, struct gx_str name)
{
    enum { OPEN_FOLDERS = 16 };
    const struct gx_unit_shared *shared = p;
    struct gx_arena arena = { 0 };
    const char *const above[] = { shared->backups ? shared->backups->folder : NULL,
                                  shared->archive ? shared->archive->root : NULL };
    for (size_t i = 0; i < GX_COUNT(above); i++) {
        const char *folder = above[i] ? own_folder(&arena, shared, above[i], name) : NULL;
        if (folder && folder != above[i] && access(folder, F_OK) == 0)
            nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    }
    gx_arena_free(&arena);
}

static enum gx_code start_all(struct gx_ctx *ctx, const struct gx_unit_shared *shared,
                              struct gx_room *room)
{
    struct gx_unit *unit = unit_of(room);
    struct gx_tenant *tenant = unit->api.tenant;
    struct gx_api *api = &unit->api;
    gx_access_start(tenant);
    GX_TRY(gx_erase_catch_up(ctx, tenant, &api->erased_again));
    tenant->seen = gx_seen_new(room->arena, tenant);
    tenant->watch = gx_watch_new(room->arena, tenant);
    GX_TRY(start_watch(ctx, tenant));
    /* Others begin with an administrator whom the house has made. */
    api->front = gx_str_is(tenant->name, shared->front);
    api->console = shared->console;
    GX_TRY(gx_sealer_start(ctx, tenant, &api->sealer));
    GX_TRY(start_copies(ctx, shared, room));
    api->presence = gx_presence_new(room->arena);
    GX_TRY(gx_hub_start(ctx, room->arena, tenant, &api->hub));
    GX_TRY(gx_others_start(ctx, room->arena, tenant, api->hub, &unit->others));
    GX_TRY(gx_import_runner_start(ctx, tenant, &api->imports));
    GX_TRY(gx_batch_runner_start(ctx, tenant, &api->batches));
    GX_TRY(gx_demo_runner_start(ctx, tenant, &api->demo));
    GX_TRY(gx_segment_runner_start(ctx, tenant, &api->segments));
    GX_TRY(gx_privacy_job_start(ctx, tenant, api->sealer, &api->privacy));
    GX_TRY(gx_check_job_start(ctx, tenant, api->sealer, &api->checks));
    GX_TRY(gx_warehouse_open(ctx, tenant, shared->launcher, shared->warehouse, &api->warehouse));
    GX_TRY(gx_expiry_job_start(ctx, tenant, &unit->expiry));
    api->oidc = gx_oidc_new(room->arena);
    return api->front ? gx_setup_start(ctx, tenant, room->arena, &api->setup_token) : GX_OK;
}

enum gx_code gx_unit_start(void *p, struct gx_ctx *ctx, struct gx_room *room)
{
    const struct gx_unit_shared *shared = p;
    struct gx_unit *unit = GX_ARENA_NEW(room->arena, struct gx_unit);
    unit->app = shared->app;
    unit->api = (struct gx_api){
        .house = room->house,
        .tenant = room->tenant,
        .server = shared->server,
        .engine = shared->engine,
        .metrics_token = shared->metrics_token,
        .spool_dir = shared->spool_dir,
        .secure = shared->secure,
    };
    room->services = unit;
    return start_all(ctx, shared, room);
}

void gx_unit_expel(struct gx_room *room)
{
    struct gx_unit *unit = unit_of(room);
    if (unit->api.hub && !unit->expelled)
        gx_hub_stop(unit->api.hub);
    unit->expelled = true;
}

void gx_unit_stop(struct gx_room *room)
{
    struct gx_unit *unit = unit_of(room);
    if (!unit)
        return;
    gx_others_stop(unit->others);
    gx_unit_expel(room);
    if (unit->api.backups)
        gx_backups_stop(unit->api.backups);
    if (unit->api.oidc)
        gx_oidc_end(unit->api.oidc);
    if (unit->api.segments)
        gx_segment_runner_stop(unit->api.segments);
    if (unit->api.checks)
        gx_check_job_stop(unit->api.checks);
    if (unit->expiry)
        gx_expiry_job_stop(unit->expiry);
    if (unit->api.privacy)
        gx_privacy_job_stop(unit->api.privacy);
    if (unit->api.demo)
        gx_demo_runner_stop(unit->api.demo);
    if (unit->api.batches)
        gx_batch_runner_stop(unit->api.batches);
    if (unit->api.imports)
        gx_import_runner_stop(unit->api.imports);
    gx_warehouse_close(unit->api.warehouse); /* those above ask it */
    if (room->tenant->seen)
        gx_seen_end(room->tenant->seen);
    room->tenant->seen = NULL;
    if (room->tenant->watch)
        gx_watch_end(room->tenant->watch);
    room->tenant->watch = NULL;
    if (unit->api.sealer)
        gx_sealer_stop(unit->api.sealer); /* after everything that writes */
    if (unit->api.archiver)
        gx_archiver_stop(unit->api.archiver); /* with the last seal */
    room->services = NULL; /* the memory goes with the room: the last writes still ask the hub */
}

/* Jobs of people go on when these have gone home. */
static enum gx_code count_jobs(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_count)
{
    return gx_db_int(ctx, conn,
                     GX_SQL("SELECT (SELECT count(*) FROM gx_import WHERE state IN ('checking', "
                            "'running', 'undoing')) + (SELECT count(*) FROM gx_batch WHERE state "
                            "IN ('running', 'undoing')) + (SELECT count(*) FROM gx_setting WHERE "
                            "key = 'demo_state' AND value IN ('loading', 'removing')) + (SELECT "
                            "count(*) FROM gx_erasure WHERE state = 'running')"),
                     NULL, 0, 0, ret_count);
}

/* Rules of retention, of the log and of records, are kept once a day; so are expiries. */
static enum gx_code count_rules(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                int64_t *ret_count)
{
    struct gx_meta *meta = gx_tenant_meta(tenant);
    bool expiries = meta->expiry_count > 0;
    int64_t days;
    gx_meta_unref(meta);
    GX_TRY(gx_seal_days(ctx, conn, &days));
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_retention WHERE paused = 0"), NULL,
                     0, 0, ret_count));
    *ret_count += (days > 0) + expiries;
    return GX_OK;
}

bool gx_unit_busy(struct gx_room *room, bool pressed)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct gx_conn *conn;
    int64_t jobs = 1; /* when it cannot be asked, it is left alone */
    if (gx_db_reader(&ctx, room->tenant->db, &conn) == GX_OK) {
        int64_t lists = 0, due;
        if (count_jobs(&ctx, conn, &jobs) != GX_OK ||
            gx_segment_pending(&ctx, conn, &lists, &due) != GX_OK)
            jobs = 1;
        jobs += lists;
        gx_db_reader_release(conn);
    }
    gx_arena_free(&arena);
    struct gx_api *api = &unit_of(room)->api;
    jobs += gx_check_job_busy(api->checks);
    jobs += api->backups && gx_backups_busy(api->backups, pressed);
    return jobs > 0 || (!pressed && gx_access_tried(room->tenant, gx_clock_us()));
}

int64_t gx_unit_wake_at(struct gx_room *room)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    struct gx_conn *conn;
    int64_t rules = 0, jobs = 0, lists = 0, due = 0;
    if (gx_db_reader(&ctx, room->tenant->db, &conn) == GX_OK) {
        if (count_rules(&ctx, room->tenant, conn, &rules) != GX_OK ||
            count_jobs(&ctx, conn, &jobs) != GX_OK ||
            gx_segment_pending(&ctx, conn, &lists, &due) != GX_OK)
            rules = jobs = lists = due = 0;
        gx_db_reader_release(conn);
    }
    gx_arena_free(&arena);
    if (jobs + lists)
        return ctx.now_us;
    struct gx_backups *backups = unit_of(room)->api.backups;
    int64_t copy_at = backups ? gx_backups_wake_at(backups) : 0;
    int64_t at = rules ? ctx.now_us + GX_DAY_US : 0;
    if (copy_at && (!at || copy_at < at))
        at = copy_at;
    return due && (!at || due < at) ? due : at;
}

enum gx_code gx_unit_demo(struct gx_ctx *ctx, struct gx_room *room, int64_t admin,
                          struct gx_str organisation)
{
    struct gx_unit *unit = unit_of(room);
    struct gx_conn *conn;
    struct gx_scope *scope;
    GX_TRY(gx_db_reader(ctx, room->tenant->db, &conn));
    enum gx_code code = gx_scope_user(ctx, room->tenant, conn, admin, &scope);
    if (code == GX_OK)
        code = gx_demo_load(scope, unit->api.demo, organisation);
    gx_db_reader_release(conn);
    return code;
}
