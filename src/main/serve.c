/* serve.c - the hooks between the server, access and the store; see serve.h. */
#include "main/serve.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "api/app.h"
#include "api/operator_export.h"
#include "api/operator_house.h"
#include "api/scim.h"
#include "api/signin.h"
#include "base/assert.h"
#include "base/log.h"
#include "main/assets.h"
#include "main/slow.h"
#include "main/unit.h"
#include "main/visit.h"
#include "net/server.h"
#include "report/engine.h"
#include "report/launch.h"
#include "store/backups.h"

/* Passwords, work of the house, and what asks other servers; who comes is not known yet. */
static const struct gx_slow_options one_by_one = {
    .threads = 1, .waiting_each = 8, .waiting = 32, .full = GX_M_SIGNIN_QUEUE
};
static const struct gx_slow_options outward = {
    .threads = 2, .waiting_each = 8, .waiting = 32, .full = GX_M_SIGNIN_QUEUE
};
/* Questions that take longer than a moment, and pieces of streams. */
static const struct gx_slow_options long_reads = { .threads = 4,
                                                   .running_each = 2,
                                                   .waiting_each = 6,
                                                   .waiting = 256,
                                                   .nice = 5,
                                                   .full = GX_M_LONG_READS };
/* People's SQL: threads that wait for its processes. */
static const struct gx_slow_options questions = {
    .threads = 4, .running_each = 2, .waiting_each = 6, .waiting = 64, .full = GX_M_LONG_READS
};

struct gx_app {
    struct gx_arena arena;
    struct gx_unit_shared shared;
    struct gx_house *house;
    struct gx_server *server;
    struct gx_slow *slow, *chores, *outward, *reads, *sql;
    struct gx_operator_runner *metering;
    struct gx_operator_exports *exports;
    struct gx_backups_options backups;
    struct gx_backups_house backups_house;
    int lock_fd;
    const char *dir;
    int64_t ballast_bytes;
    atomic_bool read_only; /* the disk is nearly full */
};

static struct gx_app *app_of(const struct gx_req *req)
{
    const struct gx_unit *unit = req->app;
    return unit->app;
}

struct gx_house *gx_app_house(const void *app)
{
    const struct gx_app *a = app;
    return a->house;
}

static struct gx_tenant *front_of(const struct gx_app *app)
{
    return gx_house_front(app->house)->tenant;
}

/* Over the local socket: the operator, or whom the operator stands in for. */
static enum gx_code authenticate_local(struct gx_req *req, struct gx_conn *conn)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_str as = gx_req_header(req, "X-Guanxi-As");
    int64_t user;
    if (as.n == 0) {
        req->scope = gx_scope_system(req->ctx, tenant, conn, "operator at the command line");
        return GX_OK;
    }
    GX_TRY(gx_user_find(req->ctx, tenant, conn, as, &user));
    return gx_scope_user(req->ctx, tenant, conn, user, &req->scope);
}

static enum gx_code check_origin(struct gx_req *req, const struct gx_session *session)
{
    struct gx_str given = gx_req_header(req, "X-CSRF-Token");
    bool safe = req->method == GX_GET;
    if (safe || (gx_req_same_origin(req) && given.n == session->csrf.n && given.n > 0 &&
                 sodium_memcmp(given.p, session->csrf.p, given.n) == 0))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("X-CSRF-Token"), GX_M_CSRF);
}

static bool is_one_of(const char *path, const char *const *paths)
{
    for (; *paths; paths++)
        if (strcmp(path, *paths) == 0)
            return true;
    return false;
}

/*
 * Who came in with a password that somebody else made sets another one before anything else; and
 * who must have a second factor, and has none, sets up one.
 */
static enum gx_code check_is_settled(struct gx_req *req, const struct gx_session *session)
{
    static const char *const password[] = { "/api/v1/session", "/api/v1/user/{id}/password", NULL };
    static const char *const factor[] = { "/api/v1/session",
                                          "/api/v1/session/fresh",
                                          "/api/v1/user/{id}/factors",
                                          "/api/v1/user/{id}/totp",
                                          "/api/v1/user/{id}/passkeys",
                                          "/api/v1/user/{id}/passkeys/options",
                                          NULL };
    if (session->must_change && !is_one_of(req->route->path, password))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_PASSWORD_MUST_CHANGE);
    if (!session->must_change && session->must_enrol && !is_one_of(req->route->path, factor))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SECOND_FACTOR_DUE);
    return GX_OK;
}

/* A key that was given out for reading changes nothing. */
static enum gx_code check_key_may(struct gx_req *req, const struct gx_session *session)
{
    if (!session->read_only || req->method == GX_GET)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_KEY_READ_ONLY);
}

static enum gx_code who_is_it(struct gx_req *req, struct gx_conn *conn)
{
    struct gx_api *api = gx_api(req);
    struct gx_str bearer = gx_req_header(req, "Authorization");
    struct gx_str cookie = gx_signin_cookie_get(req, "gx");
    struct gx_session *session = GX_ARENA_NEW(req->ctx->arena, struct gx_session);
    if (req->local)
        return authenticate_local(req, conn);
    if (bearer.n) {
        if (bearer.n < 8 || !gx_str_ieq((struct gx_str){ bearer.p, 7 }, GX_STR("Bearer ")))
            return gx_fail(req->ctx, GX_E_UNAUTHENTICATED, GX_STR("Authorization"),
                           GX_M_SIGNIN_EXPIRED);
        GX_TRY(gx_session_find(req->ctx, api->tenant, conn, gx_str_trim(gx_str_from(bearer, 7)),
                               session));
        if (session->kind != GX_SESSION_API_KEY)
            return gx_fail(req->ctx, GX_E_UNAUTHENTICATED, GX_STR("Authorization"),
                           GX_M_SIGNIN_EXPIRED);
        GX_TRY(check_key_may(req, session));
    } else {
        if (gx_session_find(req->ctx, api->tenant, conn, cookie, session) != GX_OK) {
            gx_ctx_clear(req->ctx); /* an old cookie is no cookie */
            return GX_OK;
        }
        GX_TRY(check_origin(req, session));
    }
    GX_TRY(check_is_settled(req, session));
    gx_session_touch(api->tenant, session, req->ctx->now_us);
    req->session = session;
    return gx_scope_user(req->ctx, api->tenant, conn, session->user, &req->scope);
}

/* The reader is given back at once: there are fewer readers than clients with slow bodies. */
static enum gx_code authenticate(struct gx_req *req)
{
    struct gx_conn *conn;
    bool stranger =
        gx_req_header(req, "Authorization").n == 0 && gx_req_header(req, "Cookie").n == 0;
    req->ctx->tz_offset_min = gx_api(req)->tenant->settings.tz_offset_min;
    bool system = req->route->who == GX_WHO_PROVISIONER;
    /* Who may call anyway is not asked: a dead cookie must not keep anybody from signing in. */
    if (!req->local && (stranger || req->route->who == GX_WHO_PUBLIC))
        return GX_OK;
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code = system ? gx_scim_authenticate(req, conn) : who_is_it(req, conn);
    gx_db_reader_release(conn);
    if (req->scope)
        gx_scope_use(req->scope, NULL);
    return code;
}

/* Before the handler of a route that reads: its reader, until the reply is out. */
static enum gx_code enter(struct gx_req *req)
{
    return req->scope && !req->route->live ? gx_req_reader(req) : GX_OK;
}

/* People are records too, and what is changed about them (e-mail, login, active) is sensitive. */
static bool changes_people(const struct gx_req *req)
{
    return req->method != GX_GET && gx_str_is(req->params[0], "user") &&
           gx_str_starts(gx_str_c(req->route->path), GX_STR("/api/v1/{object}"));
}

/*
 * A tenant whose trial is over: its people read and export.  They still sign in and out and keep
 * their preferences, and the operator does everything.
 */
static bool is_read_only(const struct gx_req *req)
{
    static const char *const open[] = { "/api/v1/session", "/api/v1/signin",
                                        "/api/v1/user/{id}/password", "/api/v1/sql" };
    struct gx_str path = gx_str_c(req->route->path);
    if (req->method == GX_GET || req->local ||
        !atomic_load(&gx_api(req)->tenant->quota.read_only) ||
        gx_str_is(req->params[0], "preference"))
        return false;
    for (size_t i = 0; i < GX_COUNT(open); i++)
        if (gx_str_starts(path, gx_str_c(open[i])))
            return false;
    return true;
}

static enum gx_code authorise(struct gx_req *req)
{
    if (req->route->who == GX_WHO_PUBLIC)
        return GX_OK;
    if (!req->scope)
        return gx_fail(req->ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_EXPIRED);
    if (req->route->who == GX_WHO_ADMIN)
        GX_TRY(gx_req_admin(req));
    gx_assert(!req->provisioner == (req->route->who != GX_WHO_PROVISIONER));
    if (is_read_only(req))
        return gx_fail(req->ctx, GX_E_PLAN, GX_STR(""), GX_M_TENANT_READ_ONLY);
    return req->route->fresh || changes_people(req) ? gx_req_fresh(req) : GX_OK;
}

/*
 * A write is given up after this: whatever it waits for (a rule over a roll-up over a million
 * records, say) must not keep everybody else's writes from the one writer.  Not for the operator.
 */
enum { WRITE_PATIENCE_S = 60 };

struct pending {
    struct gx_req *req;
    void (*done)(struct gx_req *req, enum gx_code code);
};

/* May run twice when a transaction was lost, so it starts from nothing each time. */
static enum gx_code write_work(void *p, struct gx_conn *conn)
{
    struct pending *w = p;
    struct gx_req *req = w->req;
    bool replayed;
    gx_reply_forget(req);
    if (req->scope)
        gx_scope_use(req->scope, conn);
    if (req->scope && gx_scope_reason(req->scope).n == 0)
        gx_conn_deadline(conn, gx_monotonic_us() + (int64_t)WRITE_PATIENCE_S * 1000000);
    enum gx_code code = gx_idempotency_find(req, conn, &replayed);
    if (code != GX_OK)
        gx_reply_problem(req, code);
    if (code != GX_OK || replayed)
        return code;
    GX_TRY(gx_server_call(req));
    return gx_idempotency_keep(req, conn);
}

static void write_done(void *p, enum gx_code code)
{
    struct pending *w = p;
    w->done(w->req, code);
}

/* Whose share of the threads it takes. */
static int64_t who_asks(const struct gx_req *req)
{
    int64_t user = req->scope ? gx_scope_me(req->scope) : 0;
    return user ? user : (int64_t)gx_str_hash(req->peer);
}

static void run_write(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code))
{
    /* The operator may go on: whoever frees space may have to write. */
    if (req->route->writes && !req->local && atomic_load(&app_of(req)->read_only)) {
        enum gx_code code = gx_fail(req->ctx, GX_E_BUSY, GX_STR(""), GX_M_DISK_LOW);
        gx_reply_problem(req, code);
        done(req, code);
        return;
    }
    if (req->route->slow) {
        struct gx_app *app = app_of(req);
        gx_slow_submit(req->route->chore       ? app->chores
                       : req->route->query_sql ? app->sql
                       : req->route->outward   ? app->outward
                                               : app->slow,
                       req, who_asks(req), false, gx_server_call, done);
        return;
    }
    struct pending *w = GX_ARENA_NEW(req->ctx->arena, struct pending);
    *w = (struct pending){ req, done };
    gx_db_submit(gx_api(req)->tenant->db, write_work, write_done, w);
}

static void run_later(struct gx_req *req, bool begun, enum gx_code (*work)(struct gx_req *req),
                      void (*done)(struct gx_req *req, enum gx_code code))
{
    gx_slow_submit(app_of(req)->reads, req, who_asks(req), begun, work, done);
}

/* One process has a data folder: the lock goes with the process, however it ends. */
static enum gx_code lock_folder(struct gx_ctx *ctx, struct gx_app *app, const char *dir)
{
    struct gx_str path = gx_arena_printf(&app->arena, "%s/guanxi.lock", dir);
    app->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (app->lock_fd < 0)
        return gx_fail(ctx, GX_E_IO, GX_STR("--data"), GX_M_NO_FOLDER, gx_str_c(dir));
    if (flock(app->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR("--data"), GX_M_FOLDER_BUSY, gx_str_c(dir));
    return GX_OK;
}

static enum gx_code start_house(struct gx_ctx *ctx, struct gx_app *app,
                                const struct gx_app_options *o)
{
    const struct gx_house_options house = {
        .dir = app->dir,
        .front = app->shared.front,
        .front_url = o->url,
        .packs = o->packs,
        .create = o->create,
        .store = o->store,
        .host_suffix = o->host_suffix,
        .scheme = o->https || o->tls ? "https" : "http",
        .open_max = o->open_tenants,
        .idle_s = o->idle_s,
        .app = &app->shared,
        .start = gx_unit_start,
        .stop = gx_unit_stop,
        .expel = gx_unit_expel,
        .busy = gx_unit_busy,
        .wake_at = gx_unit_wake_at,
        .unkept = gx_unit_unkept,
        .forget = gx_unit_forget,
        .demo = gx_unit_demo,
    };
    return gx_house_start(ctx, &house, &app->house);
}

static enum gx_code start_server(struct gx_ctx *ctx, struct gx_app *app,
                                 const struct gx_app_options *o)
{
    struct gx_server_options server = {
        .listen = o->listen,
        .listen_fd = o->listen_fd,
        .tls = o->tls,
        .hsts = o->tls || o->https,
        .socket = gx_arena_printf(&app->arena, "%s/guanxi.sock", o->dir).p,
        .spool_dir = app->shared.spool_dir,
        .quiet = o->quiet,
        .proxies = o->proxies,
    };
    const struct gx_server_hooks hooks = {
        .app = app,
        .locate = gx_visit_locate,
        .arrive = gx_visit_arrive,
        .fetch = gx_visit_fetch,
        .no_page = gx_visit_no_page,
        .authenticate = authenticate,
        .authorise = authorise,
        .enter = enter,
        .run_write = run_write,
        .run_later = run_later,
        .finish = gx_visit_finish,
        .asset = gx_asset_find,
    };
    GX_TRY(gx_server_start(ctx, &server, &hooks, &app->server));
    struct gx_unit *front = gx_house_front(app->house)->services;
    front->api.server = app->shared.server = app->server;
    gx_house_at(app->house, gx_server_port(app->server));
    return GX_OK;
}

static enum gx_code open_all(struct gx_ctx *ctx, struct gx_app *app, const struct gx_app_options *o)
{
    app->dir = gx_arena_cstr(&app->arena, gx_str_c(o->dir));
    app->ballast_bytes = o->ballast_bytes;
    app->shared = (struct gx_unit_shared){
        .dir = app->dir,
        .spool_dir = gx_arena_printf(&app->arena, "%s/spool", o->dir).p,
        .metrics_token = o->metrics_token,
        .secure = o->https || o->tls,
        .front = o->tenant ? o->tenant : "main",
        .console = o->console,
        .archive = o->archive,
        .launcher = o->launcher ? o->launcher : gx_launcher_new(&app->arena, app->dir),
        .warehouse = o->warehouse,
        .app = app,
    };
    if (o->backups) {
        app->backups = *o->backups;
        app->backups.house = &app->backups_house;
        app->shared.backups = &app->backups;
    }
    if (o->create)
        mkdir(o->dir, 0700); /* what is wrong with it is said below */
    if (access(o->dir, F_OK) != 0)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("--data"), GX_M_NO_DATA, gx_str_c(o->dir));
    GX_TRY(lock_folder(ctx, app, o->dir));
    mkdir(app->shared.spool_dir, 0700);
    gx_app_watch_disk(app);
    const struct gx_engine_options engine = {
        .dir = gx_arena_printf(&app->arena, "%s/sql", o->dir).p,
        .keeper = o->sql_keeper > 0 ? o->sql_keeper : -1,
    };
    app->shared.engine = gx_engine_new(&app->arena, &engine);
    GX_TRY(start_house(ctx, app, o));
    GX_TRY(gx_slow_start(&app->arena, &one_by_one, &app->slow));
    GX_TRY(gx_slow_start(&app->arena, &one_by_one, &app->chores));
    GX_TRY(gx_slow_start(&app->arena, &outward, &app->outward));
    GX_TRY(gx_slow_start(&app->arena, &long_reads, &app->reads));
    GX_TRY(gx_slow_start(&app->arena, &questions, &app->sql));
    GX_TRY(gx_operator_runner_start(&app->arena, app->house, front_of(app), &app->metering));
    GX_TRY(
        gx_operator_exports_start(&app->arena, app->house, app->shared.spool_dir, &app->exports));
    struct gx_unit *front = gx_house_front(app->house)->services;
    front->api.exports = app->exports;
    return start_server(ctx, app, o);
}

enum gx_code gx_app_start(struct gx_ctx *ctx, const struct gx_app_options *options,
                          struct gx_app **ret_app)
{
    struct gx_arena arena = { 0 };
    struct gx_app *app = GX_ARENA_NEW(&arena, struct gx_app);
    app->arena = arena;
    app->lock_fd = -1;
    pthread_mutex_init(&app->backups_house.turn, NULL);
    enum gx_code code = sodium_init() < 0 ? GX_E_INTERNAL : open_all(ctx, app, options);
    if (code != GX_OK) {
        gx_app_stop(app);
        return code;
    }
    *ret_app = app;
    return GX_OK;
}

int gx_app_port(const struct gx_app *app)
{
    return gx_server_port(app->server);
}

const char *gx_app_setup_token(const struct gx_app *app)
{
    const struct gx_unit *front = gx_house_front(app->house)->services;
    return front->api.setup_token;
}

/*
 * A full disk refuses even deletes, so some of it is kept in a file that can be given up.  When
 * less than that is left, the file goes, and people can only read until there is space for it
 * again.
 */
static const char *ballast_path(struct gx_app *app, struct gx_arena *arena)
{
    return gx_arena_printf(arena, "%s/guanxi.ballast", app->dir).p;
}

static bool take_ballast(struct gx_app *app, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && posix_fallocate(fd, 0, app->ballast_bytes) == 0;
    if (fd >= 0)
        close(fd);
    if (!ok)
        unlink(path);
    return ok;
}

void gx_app_watch_disk(struct gx_app *app)
{
    struct gx_arena arena = { 0 };
    struct statvfs vfs;
    if (!app->ballast_bytes || statvfs(app->dir, &vfs) != 0)
        return;
    const char *path = ballast_path(app, &arena);
    int64_t left = (int64_t)(vfs.f_bavail * vfs.f_frsize);
    bool was = atomic_load(&app->read_only), has = access(path, F_OK) == 0;
    if (!was && left < app->ballast_bytes / 2) {
        unlink(path);
        atomic_store(&app->read_only, true);
        gx_log_say(GX_LOG_ERROR, "disk", GX_STR("nearly full: read only until there is space"));
    } else if (left > app->ballast_bytes * 2 && (was || !has) && take_ballast(app, path) && was) {
        atomic_store(&app->read_only, false);
        gx_log_say(GX_LOG_WARN, "disk", GX_STR("there is space again: writing goes on"));
    }
    gx_arena_free(&arena);
}

bool gx_app_alive(struct gx_app *app)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    struct gx_conn *conn;
    int64_t one;
    bool ok = gx_db_reader(&ctx, front_of(app)->db, &conn) == GX_OK;
    if (ok) {
        ok = gx_db_int(&ctx, conn, GX_SQL("SELECT 1 FROM gx_setting LIMIT 1"), NULL, 0, 0, &one) ==
             GX_OK;
        gx_db_reader_release(conn);
    }
    gx_arena_free(&arena);
    return ok;
}

void gx_app_stop(struct gx_app *app)
{
    if (app->house)
        gx_house_expel(app->house); /* streams would be waited for */
    gx_slow_drain(app->reads);
    gx_slow_drain(app->sql);
    if (app->shared.engine)
        gx_engine_halt(app->shared.engine);
    if (app->server)
        gx_server_stop(app->server);
    gx_slow_stop(app->slow);
    gx_slow_stop(app->chores);
    gx_slow_stop(app->outward);
    gx_slow_stop(app->reads);
    gx_slow_stop(app->sql);
    gx_operator_runner_stop(app->metering);
    gx_operator_exports_stop(app->exports);
    gx_house_stop(app->house);
    gx_engine_end(app->shared.engine);
    if (app->lock_fd >= 0)
        close(app->lock_fd);
    pthread_mutex_destroy(&app->backups_house.turn);
    struct gx_arena arena = app->arena;
    gx_arena_free(&arena);
}
