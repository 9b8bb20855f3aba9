/* operator_export.c - see operator_export.h; and its addresses in the console. */
#include "api/operator_export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "api/app.h"
#include "api/house.h"
#include "api/operator_house.h"
#include "base/time.h"

enum {
    EXPORTS_MAX = 10,
    OPEN_FOLDERS = 16,
    PIECE_BYTES = 64 << 10,
    PROBLEM_BYTES = 300,
    BY_BYTES = 200,
};

enum state { COPYING, PACKING, DONE, FAILED, CANCELLED };

struct job {
    int64_t id, by, bytes, begun_us, ended_us;
    enum state state;
    int percent; /* of the packing */
    char tenant[GX_TENANT_NAME_MAX + 1], by_name[BY_BYTES], problem[PROBLEM_BYTES];
};

struct gx_operator_exports {
    struct gx_house *house;
    const char *spool_dir;
    pthread_mutex_t lock;
    pthread_t thread;
    bool has_thread;
    atomic_bool end, cancel;
    struct job jobs[EXPORTS_MAX]; /* newest first; id 0: none */
    enum gx_lang lang;
};

/* --- files */

static const char *file_of(struct gx_arena *arena, const struct gx_operator_exports *x, int64_t id)
{
    return gx_arena_printf(arena, "%s/tenant-%lld.zip", x->spool_dir, (long long)id).p;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

struct packing {
    struct gx_operator_exports *x;
    struct gx_ctx *ctx;
    zip_t *zip;
};

static enum gx_code add_folder(struct packing *p, const char *folder, const char *inside);

static enum gx_code add_one(struct packing *p, const char *path, const char *inside)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return add_folder(p, path, gx_arena_printf(p->ctx->arena, "%s/", inside).p);
    zip_source_t *source = zip_source_file(p->zip, path, 0, -1);
    if (source && zip_file_add(p->zip, inside, source, ZIP_FL_ENC_UTF_8) >= 0)
        return GX_OK;
    zip_source_free(source);
    return gx_fail(p->ctx, GX_E_IO, GX_STR("path"), GX_M_DB_BACKUP, gx_str_c(path),
                   gx_str_c(zip_error_strerror(zip_get_error(p->zip))));
}

static enum gx_code add_folder(struct packing *p, const char *folder, const char *inside)
{
    enum gx_code code = GX_OK;
    DIR *dir = opendir(folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && code == GX_OK; e = readdir(dir))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            code = add_one(p, gx_arena_printf(p->ctx->arena, "%s/%s", folder, e->d_name).p,
                           gx_arena_printf(p->ctx->arena, "%s%s", inside, e->d_name).p);
    if (dir)
        closedir(dir);
    return code;
}

static void packed(zip_t *zip, double part, void *p)
{
    struct gx_operator_exports *x = p;
    (void)zip;
    pthread_mutex_lock(&x->lock);
    x->jobs[0].percent = (int)(part * 100);
    pthread_mutex_unlock(&x->lock);
}

static int is_cancelled(zip_t *zip, void *p)
{
    struct gx_operator_exports *x = p;
    (void)zip;
    return atomic_load(&x->end) || atomic_load(&x->cancel);
}

/* What is packed lies in a folder of the tenant's name. */
static enum gx_code pack(struct gx_ctx *ctx, struct gx_operator_exports *x, const char *folder,
                         const char *file)
{
    struct packing p = { x, ctx, NULL };
    int error = 0;
    const char *name = gx_arena_printf(ctx->arena, "%s/", x->jobs[0].tenant).p;
    p.zip = zip_open(file, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (!p.zip)
        return gx_fail(ctx, GX_E_IO, GX_STR("path"), GX_M_DB_BACKUP, gx_str_c(file),
                       gx_str_c(strerror(errno)));
    zip_register_progress_callback_with_state(p.zip, 0.01, packed, NULL, x);
    zip_register_cancel_callback_with_state(p.zip, is_cancelled, NULL, x);
    enum gx_code code = add_folder(&p, folder, name);
    if (code == GX_OK && zip_close(p.zip) == 0)
        return GX_OK;
    if (code == GX_OK)
        code = is_cancelled(NULL, x)
                   ? gx_fail(ctx, GX_E_CANCELLED, GX_STR(""), GX_M_NONE)
                   : gx_fail(ctx, GX_E_IO, GX_STR("path"), GX_M_DB_BACKUP, gx_str_c(file),
                             gx_str_c(zip_error_strerror(zip_get_error(p.zip))));
    zip_discard(p.zip);
    return code;
}

/* --- the thread */

static void set_state(struct gx_operator_exports *x, enum state state)
{
    pthread_mutex_lock(&x->lock);
    x->jobs[0].state = state;
    pthread_mutex_unlock(&x->lock);
}

static enum gx_code make(struct gx_ctx *ctx, struct gx_operator_exports *x, const char *folder,
                         const char *file)
{
    GX_TRY(gx_house_export(ctx, x->house, gx_str_c(x->jobs[0].tenant), gx_str_c(folder)));
    if (is_cancelled(NULL, x))
        return gx_fail(ctx, GX_E_CANCELLED, GX_STR(""), GX_M_NONE);
    set_state(x, PACKING);
    return pack(ctx, x, folder, file);
}

static void *run(void *v)
{
    struct gx_operator_exports *x = v;
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us(), .lang = x->lang };
    struct stat st = { 0 };
    const char *file = file_of(&arena, x, x->jobs[0].id);
    const char *folder = gx_arena_printf(&arena, "%s.copy", file).p;
    enum gx_code code = make(&ctx, x, folder, file);
    nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    if (code != GX_OK)
        (void)unlink(file);
    else
        (void)stat(file, &st);
    struct gx_str why = code == GX_OK ? GX_STR("") : gx_ctx_text(&ctx);
    pthread_mutex_lock(&x->lock);
    struct job *job = &x->jobs[0];
    job->bytes = st.st_size;
    job->ended_us = gx_clock_us();
    snprintf(job->problem, sizeof job->problem, "%.*s", GX_STR_ARG(why));
    job->state = code == GX_OK ? DONE : code == GX_E_CANCELLED ? CANCELLED : FAILED;
    pthread_mutex_unlock(&x->lock);
    gx_arena_free(&arena);
    return NULL;
}

static bool is_open(const struct job *job)
{
    return job->id && job->state <= PACKING;
}

/* Under the lock: the oldest goes, and those of yesterday. */
static void forget_old(struct gx_operator_exports *x, int64_t now_us)
{
    struct gx_arena arena = { 0 };
    for (int i = 0; i < EXPORTS_MAX; i++) {
        struct job *job = &x->jobs[i];
        bool old = job->id && !is_open(job) &&
                   (i == EXPORTS_MAX - 1 || now_us - job->ended_us > GX_DAY_US);
        if (!old)
            continue;
        (void)unlink(file_of(&arena, x, job->id));
        *job = (struct job){ 0 };
    }
    gx_arena_free(&arena);
}

enum gx_code gx_operator_exports_start(struct gx_arena *arena, struct gx_house *house,
                                       const char *spool_dir,
                                       struct gx_operator_exports **ret_exports)
{
    struct gx_operator_exports *x = GX_ARENA_NEW(arena, struct gx_operator_exports);
    x->house = house;
    x->spool_dir = spool_dir;
    pthread_mutex_init(&x->lock, NULL);
    DIR *dir = opendir(spool_dir); /* what an earlier run has left */
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        if (gx_str_starts(gx_str_c(e->d_name), GX_STR("tenant-")))
            nftw(gx_arena_printf(arena, "%s/%s", spool_dir, e->d_name).p, remove_one, OPEN_FOLDERS,
                 FTW_DEPTH | FTW_PHYS);
    if (dir)
        closedir(dir);
    *ret_exports = x;
    return GX_OK;
}

void gx_operator_exports_stop(struct gx_operator_exports *x)
{
    if (!x)
        return;
    atomic_store(&x->end, true);
    if (x->has_thread)
        pthread_join(x->thread, NULL);
    pthread_mutex_destroy(&x->lock);
}

/* --- asking for one */

struct export_in {
    struct gx_str reason;
};
static const struct gx_schema export_in[] = {
    GX_FIELD(struct export_in, reason, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 500, .doc = "Who wants it, and why: for the tenant's log and the house's."),
    { 0 },
};
static const struct gx_schema export_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code who(struct gx_req *req, struct job *job)
{
    struct gx_value me = gx_value_int(gx_scope_me(req->scope));
    struct gx_conn *conn;
    struct gx_rows *rows;
    bool has;
    job->by = me.i;
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code = gx_db_query(
        req->ctx, conn, GX_SQL("SELECT display_name FROM \"user\" WHERE id = ?1"), &me, 1, &rows);
    if (code == GX_OK && (code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has)
        snprintf(job->by_name, sizeof job->by_name, "%.*s", GX_STR_ARG(gx_rows_text(rows, 0)));
    gx_db_reader_release(conn);
    return code;
}

/* Under the lock. */
static enum gx_code begin(struct gx_ctx *ctx, struct gx_operator_exports *x, const struct job *job)
{
    sigset_t all, before;
    if (is_open(&x->jobs[0]))
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_EXPORT_RUNS, gx_str_c(x->jobs[0].tenant));
    if (x->has_thread)
        pthread_join(x->thread, NULL);
    forget_old(x, ctx->now_us);
    memmove(&x->jobs[1], &x->jobs[0], (EXPORTS_MAX - 1) * sizeof x->jobs[0]);
    x->jobs[0] = *job;
    x->lang = ctx->lang;
    atomic_store(&x->cancel, false);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    x->has_thread = pthread_create(&x->thread, NULL, run, x) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (x->has_thread)
        return GX_OK;
    x->jobs[0].state = FAILED;
    return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
}

static enum gx_code export_post(struct gx_req *req, const void *body)
{
    const struct export_in *in = body;
    struct gx_operator_exports *x = gx_api(req)->exports;
    struct gx_house *house;
    struct gx_directory_entry entry;
    struct job job = { .id = gx_id_next(&gx_api(req)->tenant->ids, req->ctx->now_us),
                       .begun_us = req->ctx->now_us };
    GX_TRY(gx_req_operator_house(req, &house));
    GX_TRY(gx_house_find(req->ctx, house, req->params[0], &entry));
    snprintf(job.tenant, sizeof job.tenant, "%.*s", GX_STR_ARG(entry.name));
    GX_TRY(who(req, &job));
    pthread_mutex_lock(&x->lock);
    enum gx_code code = begin(req->ctx, x, &job);
    pthread_mutex_unlock(&x->lock);
    GX_TRY(code);
    GX_TRY(gx_house_note(
        req, entry.name,
        gx_arena_printf(req->ctx->arena, "exported: %.*s", GX_STR_ARG(in->reason)).p));
    req->status = 202;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", job.id);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_operator_export = {
    .doc = "Make a file of all that a tenant has, in the background; its own log says so.",
    .method = GX_POST,
    .path = "/api/v1/operator/tenants/{name}/export",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = export_in,
    .in_size = sizeof(struct export_in),
    .out = export_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_BUSY },
    .handler = export_post,
};

/* --- how far they are */

static void write_moment(struct gx_req *req, struct gx_jw *w, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(req->ctx->arena, us));
    else
        gx_jw_null(w);
}

static void write_job(struct gx_req *req, struct gx_jw *w, const struct job *job)
{
    static const char *const states[] = { "copying", "packing", "done", "failed", "cancelled" };
    gx_jw_object(w);
    gx_jw_key_id(w, "id", job->id);
    gx_jw_key_str(w, "tenant", gx_str_c(job->tenant));
    gx_jw_key_str(w, "state", gx_str_c(states[job->state]));
    gx_jw_key_int(w, "percent", job->percent);
    gx_jw_key_int(w, "bytes", job->bytes);
    gx_jw_key_str(w, "by", gx_str_c(job->by_name));
    write_moment(req, w, "created_at", job->begun_us);
    write_moment(req, w, "finished_at", job->ended_us);
    gx_jw_key_str(w, "problem", gx_str_c(job->problem));
    gx_jw_object_end(w);
}

static enum gx_code exports_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_operator_exports *x = gx_api(req)->exports;
    struct gx_house *house;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(gx_req_operator_house(req, &house));
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    pthread_mutex_lock(&x->lock);
    forget_old(x, req->ctx->now_us);
    for (int i = 0; i < EXPORTS_MAX; i++)
        if (x->jobs[i].id)
            write_job(req, &w, &x->jobs[i]);
    pthread_mutex_unlock(&x->lock);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema job_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "tenant", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "copying, packing, done, failed or cancelled" },
    { .name = "percent", .type = GX_SCHEMA_INT, .required = true, .doc = "While it is packed." },
    { .name = "bytes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "by", .type = GX_SCHEMA_STR, .required = true, .doc = "Empty: the operator." },
    { .name = "created_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "finished_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema jobs_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = job_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_operator_exports = {
    .doc = "Exports of tenants that were asked for, newest first; files are kept for a day.",
    .method = GX_GET,
    .path = "/api/v1/operator/exports",
    .who = GX_WHO_ADMIN,
    .out = jobs_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = exports_get,
};

static enum gx_code find(struct gx_req *req, struct job *ret_job)
{
    struct gx_operator_exports *x = gx_api(req)->exports;
    struct gx_house *house;
    int64_t id;
    *ret_job = (struct job){ 0 };
    GX_TRY(gx_req_operator_house(req, &house));
    GX_TRY(gx_req_id(req, 0, &id));
    pthread_mutex_lock(&x->lock);
    for (int i = 0; i < EXPORTS_MAX; i++)
        if (x->jobs[i].id == id)
            *ret_job = x->jobs[i];
    pthread_mutex_unlock(&x->lock);
    return ret_job->id ? GX_OK : gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_EXPORT_NONE);
}

static enum gx_code cancel_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct job job;
    GX_TRY(find(req, &job));
    if (!is_open(&job))
        return gx_fail(req->ctx, GX_E_CONFLICT, GX_STR(""), GX_M_EXPORT_OVER);
    atomic_store(&gx_api(req)->exports->cancel, true);
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_operator_export_cancel = {
    .doc = "Stop an export that is under way.",
    .method = GX_POST,
    .path = "/api/v1/operator/exports/{id}/cancel",
    .who = GX_WHO_ADMIN,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = cancel_post,
};

/* --- the file */

static enum gx_code piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    FILE *file = p;
    (void)req;
    if (!gx_buf_reserve(out, PIECE_BYTES))
        return GX_E_LIMIT;
    size_t n = fread(out->p + out->n, 1, PIECE_BYTES, file);
    out->n += n;
    *ret_more = n > 0;
    return ferror(file) ? GX_E_IO : GX_OK;
}

static void close_file(void *p)
{
    fclose(p);
}

static enum gx_code file_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_arena *arena = req->ctx->arena;
    struct job job;
    GX_TRY(find(req, &job));
    FILE *file =
        job.state == DONE ? fopen(file_of(arena, gx_api(req)->exports, job.id), "rbe") : NULL;
    if (!file)
        return gx_fail(req->ctx, GX_E_CONFLICT, GX_STR(""), GX_M_EXPORT_NO_FILE);
    gx_arena_defer(arena, close_file, file);
    if (gx_req_flag(req, "check")) {
        req->status = 204;
        return GX_OK;
    }
    req->content_type = "application/zip";
    gx_reply_header(req, "Content-Disposition",
                    gx_arena_printf(arena, "attachment; filename=\"%s.zip\"", job.tenant));
    req->stream = piece;
    req->stream_p = file;
    return GX_OK;
}

static const struct gx_query_param file_query[] = {
    { .name = "check",
      .doc = "Only say whether it may be had: 204 without a body.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

const struct gx_route gx_route_operator_export_file = {
    .doc = "The file of an export: a ZIP with a data folder, for `guanxi restore`.",
    .method = GX_GET,
    .path = "/api/v1/operator/exports/{id}/file",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .query = file_query,
    .out_kind = "application/zip",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = file_get,
};
