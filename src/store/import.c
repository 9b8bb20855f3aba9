/* import.c - imports as rows of gx_import, and the thread that works on them. */
#include "store/import.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/time.h"
#include "store/import_int.h"

struct queued {
    struct queued *next;
    int64_t id, user;
    enum gx_lang lang;
    enum gx_import_job job;
};

struct gx_import_runner {
    struct gx_tenant *tenant;
    struct gx_arena arena;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_cond_t ended; /* some job is over */
    struct queued *first, *spare;
    int64_t current; /* import under way, 0: none */
    enum gx_import_job current_job;
    atomic_bool stop; /* the job under way */
    atomic_bool end;  /* the thread */
};

static void *work_through(void *p)
{
    struct gx_import_runner *runner = p;
    pthread_mutex_lock(&runner->lock);
    while (!atomic_load(&runner->end)) {
        struct queued *q = runner->first;
        if (!q) {
            pthread_cond_wait(&runner->wake, &runner->lock);
            continue;
        }
        runner->first = q->next;
        runner->current = q->id;
        runner->current_job = q->job;
        atomic_store(&runner->stop, false);
        struct gx_import_work work = {
            .tenant = runner->tenant,
            .id = q->id,
            .job = q->job,
            .user = q->user,
            .lang = q->lang,
            .stop = &runner->stop,
            .ending = &runner->end,
        };
        q->next = runner->spare;
        runner->spare = q;
        pthread_mutex_unlock(&runner->lock);
        gx_import_work(&work);
        pthread_mutex_lock(&runner->lock);
        runner->current = 0;
        pthread_cond_broadcast(&runner->ended);
    }
    pthread_mutex_unlock(&runner->lock);
    return NULL;
}

static void enqueue(struct gx_import_runner *runner, int64_t id, int64_t user,
                    enum gx_import_job job, enum gx_lang lang)
{
    struct queued **at = &runner->first;
    pthread_mutex_lock(&runner->lock);
    struct queued *q = runner->spare;
    if (q)
        runner->spare = q->next;
    else
        q = GX_ARENA_NEW(&runner->arena, struct queued);
    *q = (struct queued){ .id = id, .user = user, .lang = lang, .job = job };
    while (*at)
        at = &(*at)->next;
    *at = q;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
}

/* Take a job that has not begun out of the queue. */
static bool unqueue(struct gx_import_runner *runner, int64_t id)
{
    struct queued **at = &runner->first;
    while (*at && ((*at)->id != id || (*at)->job == GX_IMPORT_UNDO))
        at = &(*at)->next;
    struct queued *q = *at;
    if (!q)
        return false;
    *at = q->next;
    q->next = runner->spare;
    runner->spare = q;
    return true;
}

/*
 * What was under way when the program ended goes on where it was.  An import whose file is not in
 * this data folder is another server's, which shares the database.
 */
static enum gx_code requeue(struct gx_ctx *ctx, struct gx_import_runner *runner)
{
    struct gx_conn *conn;
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_reader(ctx, runner->tenant->db, &conn));
    enum gx_code code = gx_db_query(ctx, conn,
                                    GX_SQL("SELECT id, state, created_by, path FROM gx_import "
                                           "WHERE state IN ('running', 'checking', 'undoing')"),
                                    NULL, 0, &rows);
    while (code == GX_OK && (code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_str state = gx_rows_text(rows, 1);
        if (access(gx_arena_cstr(ctx->arena, gx_rows_text(rows, 3)), F_OK) != 0 &&
            gx_db_dialect(runner->tenant->db) == GX_POSTGRES)
            continue;
        enum gx_import_job job = gx_str_is(state, "running")    ? GX_IMPORT_RUN
                                 : gx_str_is(state, "checking") ? GX_IMPORT_CHECK
                                                                : GX_IMPORT_UNDO;
        enqueue(runner, gx_rows_int(rows, 0), gx_rows_int(rows, 2), job,
                runner->tenant->settings.lang);
    }
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_import_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                    struct gx_import_runner **ret_runner)
{
    struct gx_arena arena = { 0 };
    struct gx_import_runner *runner = GX_ARENA_NEW(&arena, struct gx_import_runner);
    runner->arena = arena;
    runner->tenant = tenant;
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->wake, NULL);
    pthread_cond_init(&runner->ended, NULL);
    GX_TRY(requeue(ctx, runner));
    if (pthread_create(&runner->thread, NULL, work_through, runner) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_runner = runner;
    return GX_OK;
}

void gx_import_runner_stop(struct gx_import_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    atomic_store(&runner->end, true);
    atomic_store(&runner->stop, true);
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->thread, NULL);
    pthread_mutex_destroy(&runner->lock);
    pthread_cond_destroy(&runner->wake);
    pthread_cond_destroy(&runner->ended);
    struct gx_arena arena = runner->arena;
    gx_arena_free(&arena);
}

static struct gx_str keep(struct gx_ctx *ctx, const struct gx_rows *rows, int column)
{
    return gx_arena_str(ctx->arena, gx_rows_text(rows, column));
}

static void read_state(struct gx_ctx *ctx, const struct gx_rows *rows,
                       struct gx_import_row_state *s)
{
    *s = (struct gx_import_row_state){
        .id = gx_rows_int(rows, 0),
        .object = keep(ctx, rows, 1),
        .file_name = keep(ctx, rows, 2),
        .path = keep(ctx, rows, 3),
        .state = keep(ctx, rows, 4),
        .plan_text = keep(ctx, rows, 5),
        .row_done = gx_rows_int(rows, 6),
        .row_total = gx_rows_int(rows, 7),
        .created = gx_rows_int(rows, 8),
        .updated = gx_rows_int(rows, 9),
        .same = gx_rows_int(rows, 10),
        .failed = gx_rows_int(rows, 11),
        .created_at = gx_rows_int(rows, 12),
        .created_by = gx_rows_int(rows, 13),
        .problem = keep(ctx, rows, 14),
        .written = gx_rows_int(rows, 15) != 0,
    };
}

#define IMPORT_COLUMNS                                                                             \
    "SELECT id, object, file_name, path, state, plan, row_done, row_total, created_count, "        \
    "updated_count, same_count, failed_count, created_at, created_by, problem, CASE WHEN EXISTS "  \
    "(SELECT 1 FROM gx_change c "                                                                  \
    "WHERE c.import_id = gx_import.id) THEN 1 ELSE 0 END FROM gx_import "

enum gx_code gx_import_read(struct gx_scope *scope, int64_t id, struct gx_import_row_state *ret)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value value = gx_value_int(id);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope), GX_SQL(IMPORT_COLUMNS "WHERE id = ?1"), &value, 1,
                       &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has)
        read_state(ctx, rows, ret);
    bool mine = has && (gx_scope_is_admin(scope) || ret->created_by == gx_scope_me(scope));
    gx_rows_close(rows);
    GX_TRY(code);
    return mine ? GX_OK
                : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_IMPORT,
                          gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

static enum gx_code may_import(struct gx_scope *scope, const struct gx_object *object)
{
    const struct gx_expr *filter;
    return gx_scope_filter(scope, object, GX_RIGHT_IMPORT, &filter);
}

/* Without an object: the one whose fields fit the columns best. */
static enum gx_code choose_object(struct gx_scope *scope, struct gx_import_plan *plan,
                                  const char *path)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    int best = -1;
    struct gx_import_plan chosen = *plan;
    for (size_t i = 0; i < meta->object_count; i++) {
        struct gx_import_plan trial = *plan;
        int score = 0;
        if (gx_scope_level(scope, meta->objects[i], GX_RIGHT_IMPORT) == GX_LEVEL_NONE)
            continue;
        trial.object = meta->objects[i]->x.name;
        trial.columns = NULL;
        trial.column_count = 0;
        GX_TRY(gx_plan_look(scope, &trial, path));
        for (size_t c = 0; c < trial.column_count; c++)
            score += trial.columns[c].score;
        if (score > best) {
            best = score;
            chosen = trial;
        }
    }
    *plan = chosen;
    return best >= 0 ? GX_OK
                     : gx_fail(gx_scope_ctx(scope), GX_E_FORBIDDEN, GX_STR("object"), GX_M_NONE);
}

static void write_counts(struct gx_jw *w, const struct gx_import_row_state *s)
{
    gx_jw_key(w, GX_STR("progress"));
    gx_jw_object(w);
    /* Rows of data: row_done and row_total count the header too. */
    int64_t done = s->created + s->updated + s->same + s->failed;
    int64_t total = s->row_total - (s->row_done > done ? s->row_done - done : 0);
    gx_jw_key_int(w, "done", done);
    gx_jw_key_int(w, "total", total > done ? total : done);
    gx_jw_object_end(w);
    gx_jw_key(w, GX_STR("counts"));
    gx_jw_object(w);
    gx_jw_key_int(w, "create", s->created);
    gx_jw_key_int(w, "update", s->updated);
    gx_jw_key_int(w, "same", s->same);
    gx_jw_key_int(w, "failed", s->failed);
    gx_jw_object_end(w);
}

static enum gx_code write_errors(struct gx_scope *scope, int64_t id, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(id), gx_value_int(GX_IMPORT_ERRORS_SHOWN_MAX) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT row, detail FROM gx_import_row WHERE import_id = ?1 "
                              "AND action = 'fail' ORDER BY row LIMIT ?2"),
                       values, 2, &rows));
    enum gx_code code;
    gx_jw_key(w, GX_STR("errors"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_json *list;
        if (gx_json_read(ctx, keep(ctx, rows, 1), &list) != GX_OK)
            continue;
        for (const struct gx_json *k = list->first; k; k = k->next) {
            gx_jw_object(w);
            gx_jw_key_int(w, "row", gx_rows_int(rows, 0));
            gx_jw_key_str(w, "field", gx_json_get_str(k, "field", GX_STR("")));
            gx_jw_key_str(w, "detail", gx_json_get_str(k, "detail", GX_STR("")));
            gx_jw_object_end(w);
        }
    }
    gx_jw_array_end(w);
    gx_rows_close(rows);
    return code;
}

/* The file into the data folder and the draft into the database. */
static enum gx_code keep_draft(struct gx_scope *scope, const struct gx_import_plan *plan,
                               struct gx_str file_name, const char *path, int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_tenant *tenant = gx_scope_tenant(scope);
    int64_t id = gx_id_next(&tenant->ids, ctx->now_us);
    struct gx_str dir = gx_arena_printf(ctx->arena, "%s/imports", tenant->dir);
    struct gx_str kept = gx_arena_printf(ctx->arena, "%.*s/%lld", GX_STR_ARG(dir), (long long)id);
    if ((mkdir(dir.p, 0700) != 0 && errno != EEXIST) || rename(path, kept.p) != 0)
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_NO_FOLDER, dir);
    struct gx_value values[] = {
        gx_value_int(id),
        gx_value_text(plan->object),
        gx_value_text(file_name),
        gx_value_text(kept),
        gx_value_text(gx_plan_text(ctx, plan)),
        gx_value_int(ctx->now_us),
        gx_value_int(gx_scope_me(scope)),
    };
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_import (id, object, file_name, path, state, plan, "
                             "row_done, row_total, created_count, updated_count, same_count, "
                             "failed_count, created_at, created_by) "
                             "VALUES (?1, ?2, ?3, ?4, 'draft', ?5, 0, 0, 0, 0, 0, 0, ?6, ?7)"),
                      values, GX_COUNT(values), NULL));
    *ret_id = id;
    return GX_OK;
}

enum gx_code gx_import_create(struct gx_scope *scope, const struct gx_object *object,
                              struct gx_str file_name, const char *path, int64_t *ret_id)
{
    struct gx_import_plan plan = { .sheet = { .header_row = -1 } };
    if (object) {
        GX_TRY(may_import(scope, object));
        plan.object = object->x.name;
        GX_TRY(gx_plan_look(scope, &plan, path));
    } else {
        GX_TRY(choose_object(scope, &plan, path));
    }
    return keep_draft(scope, &plan, file_name, path, ret_id);
}

struct streaming {
    struct gx_scope *scope;
    const struct gx_import_stream *stream;
    int64_t id;
};

static enum gx_code create_stream(void *p, struct gx_conn *conn)
{
    struct streaming *s = p;
    struct gx_import_plan plan;
    gx_scope_use(s->scope, conn);
    GX_TRY(may_import(s->scope, s->stream->object));
    GX_TRY(gx_plan_named(s->scope, s->stream, &plan));
    return keep_draft(s->scope, &plan, GX_STR("stream"), s->stream->path, &s->id);
}

enum gx_code gx_import_stream(struct gx_scope *scope, struct gx_import_runner *runner,
                              const struct gx_import_stream *stream, int64_t wait_us,
                              int64_t *ret_id)
{
    struct streaming s = { scope, stream, 0 };
    struct gx_conn *own = gx_scope_conn(scope);
    enum gx_code code =
        gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, create_stream, &s);
    gx_scope_use(scope, own);
    GX_TRY(code);
    GX_TRY(gx_import_start(scope, runner, s.id, GX_IMPORT_RUN));
    gx_import_wait(runner, s.id, wait_us);
    *ret_id = s.id;
    return GX_OK;
}

enum gx_code gx_import_result(struct gx_scope *scope, int64_t id, struct gx_jw *w, bool *ret_over)
{
    struct gx_import_row_state s;
    GX_TRY(gx_import_read(scope, id, &s));
    *ret_over = !gx_str_is(s.state, "running");
    gx_jw_object(w);
    gx_jw_key_id(w, "import", id);
    gx_jw_key_str(w, "state", s.state);
    gx_jw_key_str(w, "problem", s.problem);
    write_counts(w, &s);
    GX_TRY(write_errors(scope, id, w));
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code wrong_state(struct gx_scope *scope, const struct gx_import_row_state *s)
{
    return gx_fail(gx_scope_ctx(scope), GX_E_CONFLICT, GX_STR("state"), GX_M_IMPORT_STATE,
                   s->state);
}

static bool is_one_of(struct gx_str s, const char *const *words)
{
    for (; *words; words++)
        if (gx_str_is(s, *words))
            return true;
    return false;
}

/* Lay the members of `changes` over the plan's JSON. */
static struct gx_str overlay(struct gx_ctx *ctx, const struct gx_json *base,
                             const struct gx_json *changes, bool fresh_look)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    for (const struct gx_json *k = base->first; k; k = k->next) {
        bool replaced = false;
        for (const struct gx_json *c = changes->first; c; c = c->next)
            replaced |= gx_str_eq(c->key, k->key);
        bool mapping = gx_str_is(k->key, "mapping") && fresh_look;
        if (replaced || mapping)
            continue;
        gx_jw_key(&w, k->key);
        gx_json_write(&w, k);
    }
    for (const struct gx_json *c = changes->first; c; c = c->next) {
        gx_jw_key(&w, c->key);
        gx_json_write(&w, c);
    }
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

/* Columns named in a mapping get their place in the file. */
static enum gx_code number_columns(struct gx_ctx *ctx, struct gx_import_plan *plan)
{
    const struct gx_json *columns = gx_json_get(plan->info, "columns");
    for (size_t i = 0; i < plan->column_count; i++) {
        struct gx_import_column *c = &plan->columns[i];
        int at = 0;
        c->column = -1;
        if (c->name.n == 0)
            continue;
        for (const struct gx_json *k = columns ? columns->first : NULL; k; k = k->next, at++)
            if (gx_str_eq(k->text, c->name) && c->column < 0)
                c->column = at;
        if (c->column < 0)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_UNKNOWN_KEY, c->name);
    }
    return GX_OK;
}

enum gx_code gx_import_patch(struct gx_scope *scope, int64_t id, const struct gx_json *changes)
{
    static const char *const keys[] = {
        "object",     "mode",  "match",      "mapping", "encoding",           "delimiter",
        "header_row", "sheet", "date_order", "links",   "accept_suggestions", NULL
    };
    static const char *const open_states[] = { "draft", "checked", "failed", "undone", NULL };
    static const char *const looks[] = { "object",     "encoding", "delimiter",
                                         "header_row", "sheet",    NULL };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_import_row_state s;
    struct gx_import_plan plan;
    struct gx_json *base;
    bool fresh = false, mapped = false;
    GX_TRY(gx_import_read(scope, id, &s));
    if (!is_one_of(s.state, open_states) || s.written)
        return wrong_state(scope, &s);
    for (const struct gx_json *k = changes->first; k; k = k->next) {
        if (!is_one_of(k->key, keys))
            return gx_fail(ctx, GX_E_INVALID, k->key, GX_M_UNKNOWN_KEY, k->key);
        fresh |= is_one_of(k->key, looks);
        mapped |= gx_str_is(k->key, "mapping");
    }
    GX_TRY(gx_json_read(ctx, s.plan_text, &base));
    GX_TRY(gx_plan_parse(ctx, overlay(ctx, base, changes, fresh && !mapped), &plan));
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, plan.object, &object));
    GX_TRY(may_import(scope, object));
    if (fresh)
        GX_TRY(gx_plan_look(scope, &plan, gx_arena_cstr(ctx->arena, s.path)));
    if (mapped)
        GX_TRY(number_columns(ctx, &plan));
    struct gx_value values[] = { gx_value_int(id), gx_value_text(plan.object),
                                 gx_value_text(gx_plan_text(ctx, &plan)) };
    return gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("UPDATE gx_import SET object = ?2, plan = ?3, state = 'draft', "
                             "row_done = 0 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

static void write_head(struct gx_ctx *ctx, struct gx_jw *w, const struct gx_import_row_state *s)
{
    gx_jw_key_id(w, "id", s->id);
    gx_jw_key_str(w, "object", s->object);
    gx_jw_key_str(w, "file_name", s->file_name);
    gx_jw_key_str(w, "state", s->state);
    gx_jw_key_str(w, "created_at", gx_moment_format(ctx->arena, s->created_at));
    gx_jw_key_str(w, "problem", s->problem);
    gx_jw_key_bool(w, "written", s->written);
    write_counts(w, s);
}

/* What an undo left as it is, and why. */
static enum gx_code write_kept(struct gx_scope *scope, int64_t id, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(id), gx_value_int(GX_IMPORT_ERRORS_SHOWN_MAX) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT title, detail FROM gx_import_row WHERE import_id = ?1 "
                              "AND action = 'kept' ORDER BY row LIMIT ?2"),
                       values, 2, &rows));
    enum gx_code code;
    gx_jw_key(w, GX_STR("kept"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_json *detail;
        if (gx_json_read(ctx, keep(ctx, rows, 1), &detail) != GX_OK)
            continue;
        const struct gx_json *errors = gx_json_get(detail, "errors");
        for (const struct gx_json *k = errors ? errors->first : NULL; k; k = k->next) {
            gx_jw_object(w);
            gx_jw_key_str(w, "object", gx_json_get_str(detail, "object", GX_STR("")));
            gx_jw_key_str(w, "id", gx_json_get_str(detail, "id", GX_STR("")));
            gx_jw_key_str(w, "title", gx_rows_text(rows, 0));
            gx_jw_key_str(w, "field", gx_json_get_str(k, "field", GX_STR("")));
            gx_jw_key_str(w, "detail", gx_json_get_str(k, "detail", GX_STR("")));
            gx_jw_object_end(w);
        }
    }
    gx_jw_array_end(w);
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_import_show(struct gx_scope *scope, int64_t id, struct gx_jw *w)
{
    static const char *const shown[] = { "mode",     "match",      "mapping",
                                         "encoding", "delimiter",  "header_row",
                                         "sheet",    "date_order", "accept_suggestions",
                                         "info",     "sample",     NULL };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_import_row_state s;
    struct gx_json *plan;
    GX_TRY(gx_import_read(scope, id, &s));
    GX_TRY(gx_json_read(ctx, s.plan_text, &plan));
    gx_jw_object(w);
    write_head(ctx, w, &s);
    for (const struct gx_json *k = plan->first; k; k = k->next)
        if (is_one_of(k->key, shown)) {
            gx_jw_key(w, k->key);
            gx_json_write(w, k);
        }
    gx_jw_key(w, GX_STR("links"));
    const struct gx_json *asked = gx_json_get(plan, "asked");
    if (asked)
        gx_json_write(w, asked);
    else
        gx_jw_raw(w, GX_STR("[]"));
    gx_jw_key(w, GX_STR("chosen"));
    const struct gx_json *chosen = gx_json_get(plan, "links");
    if (chosen)
        gx_json_write(w, chosen);
    else
        gx_jw_raw(w, GX_STR("{}"));
    GX_TRY(write_errors(scope, id, w));
    GX_TRY(write_kept(scope, id, w));
    gx_jw_object_end(w);
    return GX_OK;
}

enum gx_code gx_import_list(struct gx_scope *scope, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(gx_scope_is_admin(scope)),
                                 gx_value_int(gx_scope_me(scope)) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL(IMPORT_COLUMNS "WHERE ?1 = 1 OR created_by = ?2 "
                                             "ORDER BY id DESC LIMIT 200"),
                       values, 2, &rows));
    enum gx_code code;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        struct gx_import_row_state s;
        read_state(ctx, rows, &s);
        gx_jw_object(w);
        write_head(ctx, w, &s);
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return code;
}

enum gx_code gx_import_rows(struct gx_scope *scope, int64_t id, const struct gx_import_page *page,
                            struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_import_row_state s;
    GX_TRY(gx_import_read(scope, id, &s));
    struct gx_value values[] = { gx_value_int(id), gx_value_int(page->after_row),
                                 gx_value_int(page->limit + 1), gx_value_text(page->action) };
    struct gx_rows *rows;
    bool has;
    int64_t last = 0;
    int n = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT row, action, title, detail FROM gx_import_row "
                              "WHERE import_id = ?1 AND row > ?2 AND action <> 'later' "
                              "AND (?4 = '' OR action = ?4) ORDER BY row LIMIT ?3"),
                       values, GX_COUNT(values), &rows));
    enum gx_code code;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < page->limit) {
        bool failed = gx_str_is(gx_rows_text(rows, 1), "fail");
        struct gx_str detail = gx_rows_text(rows, 3);
        n++;
        last = gx_rows_int(rows, 0);
        gx_jw_object(w);
        gx_jw_key_int(w, "row", last);
        gx_jw_key_str(w, "action", gx_rows_text(rows, 1));
        gx_jw_key_str(w, "title", gx_rows_text(rows, 2));
        gx_jw_key(w, GX_STR("changes"));
        gx_jw_raw(w, failed || detail.n == 0 ? GX_STR("[]") : detail);
        gx_jw_key(w, GX_STR("errors"));
        gx_jw_raw(w, failed && detail.n ? detail : GX_STR("[]"));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("next"));
    if (has && n == page->limit)
        gx_jw_id(w, last);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
    return code;
}

static struct gx_str reasons(struct gx_ctx *ctx, struct gx_str detail)
{
    struct gx_json *list;
    struct gx_str out = GX_STR("");
    if (gx_json_read(ctx, detail, &list) != GX_OK)
        return out;
    for (const struct gx_json *k = list->first; k; k = k->next) {
        struct gx_str text = gx_json_get_str(k, "detail", GX_STR(""));
        out = gx_arena_printf(ctx->arena, "%.*s%s%.*s", GX_STR_ARG(out), out.n ? " " : "",
                              GX_STR_ARG(text));
    }
    return out;
}

static void failed_row(struct gx_ctx *ctx, struct gx_buf *out, struct gx_str cells_json,
                       size_t columns, struct gx_str reason)
{
    struct gx_json *list = NULL;
    struct gx_str *cells = GX_ARENA_ARRAY(ctx->arena, struct gx_str, columns + 1);
    size_t i = 0;
    if (cells_json.n && gx_json_read(ctx, cells_json, &list) == GX_OK)
        for (const struct gx_json *k = list->first; k && i < columns; k = k->next)
            cells[i++] = k->text;
    for (; i < columns; i++)
        cells[i] = GX_STR("");
    cells[columns] = reason;
    gx_csv_row(out, cells, columns + 1, true);
}

enum gx_code gx_import_failed(struct gx_scope *scope, int64_t id, struct gx_buf *out)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_import_row_state s;
    struct gx_import_plan plan;
    GX_TRY(gx_import_read(scope, id, &s));
    GX_TRY(gx_plan_parse(ctx, s.plan_text, &plan));
    const struct gx_json *columns = gx_json_get(plan.info, "columns");
    size_t count = columns ? columns->count : 0;
    struct gx_str *names = GX_ARENA_ARRAY(ctx->arena, struct gx_str, count + 1);
    size_t i = 0;
    for (const struct gx_json *k = columns ? columns->first : NULL; k; k = k->next)
        names[i++] = k->text;
    names[count] = ctx->lang == GX_LANG_EN ? GX_STR("reason") : GX_STR("原因");
    gx_buf_addz(out, GX_CSV_BOM);
    gx_csv_row(out, names, count + 1, true);
    struct gx_value value = gx_value_int(id);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT cells, detail FROM gx_import_row WHERE import_id = ?1 "
                              "AND action = 'fail' ORDER BY row"),
                       &value, 1, &rows));
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        failed_row(ctx, out, keep(ctx, rows, 0), count, reasons(ctx, keep(ctx, rows, 1)));
    gx_rows_close(rows);
    return code == GX_OK ? gx_buf_check(out) : code;
}

struct starting {
    struct gx_scope *scope;
    int64_t id;
    enum gx_import_job job;
};

static enum gx_code mark_started(void *p, struct gx_conn *conn)
{
    static const char *const to[] = { "checking", "running", "undoing" };
    static const char *const from_check[] = { "draft", "checked", "failed", "undone", NULL };
    static const char *const from_run[] = { "draft",  "checked", "cancelled",
                                            "failed", "undone",  NULL };
    static const char *const from_undo[] = { "done", "cancelled", "failed", NULL };
    static const char *const *const from[] = { from_check, from_run, from_undo };
    const struct starting *start = p;
    struct gx_scope *scope = start->scope;
    struct gx_import_row_state s;
    const struct gx_object *object;
    gx_scope_use(scope, conn);
    GX_TRY(gx_import_read(scope, start->id, &s));
    if (!is_one_of(s.state, from[start->job]))
        return wrong_state(scope, &s);
    GX_TRY(gx_object_get(scope, s.object, &object));
    GX_TRY(may_import(scope, object));
    /*
     * A run that was interrupted goes on where it was.  What was half taken back can only be
     * taken back further.
     */
    bool resumes = s.written;
    if (start->job != GX_IMPORT_UNDO && resumes && s.row_done == 0)
        return wrong_state(scope, &s);
    if (start->job == GX_IMPORT_CHECK && resumes)
        return wrong_state(scope, &s);
    struct gx_value values[] = { gx_value_int(start->id), gx_value_text(gx_str_c(to[start->job])),
                                 gx_value_int(resumes && start->job == GX_IMPORT_RUN ? s.row_done
                                                                                     : 0) };
    if (start->job == GX_IMPORT_RUN)
        GX_TRY(gx_memory_put(scope, &s));
    return gx_db_exec(gx_scope_ctx(scope), conn,
                      GX_SQL("UPDATE gx_import SET state = ?2, row_done = ?3, problem = NULL "
                             "WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

/* The job begins only when its state is durable, so that it cannot read an older one. */
enum gx_code gx_import_start(struct gx_scope *scope, struct gx_import_runner *runner, int64_t id,
                             enum gx_import_job job)
{
    struct starting start = { scope, id, job };
    struct gx_conn *own = gx_scope_conn(scope);
    enum gx_code code =
        gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, mark_started, &start);
    gx_scope_use(scope, own);
    if (code == GX_OK)
        enqueue(runner, id, gx_scope_me(scope), job, gx_scope_ctx(scope)->lang);
    return code;
}

static enum gx_code mark_cancelled(void *p, struct gx_conn *conn)
{
    const struct starting *start = p;
    struct gx_value value = gx_value_int(start->id);
    return gx_db_exec(gx_scope_ctx(start->scope), conn,
                      GX_SQL("UPDATE gx_import SET state = CASE state WHEN 'running' THEN "
                             "'cancelled' ELSE 'draft' END WHERE id = ?1"),
                      &value, 1, NULL);
}

enum gx_code gx_import_cancel(struct gx_scope *scope, struct gx_import_runner *runner, int64_t id)
{
    struct gx_import_row_state s;
    struct starting start = { scope, id, GX_IMPORT_RUN };
    GX_TRY(gx_import_read(scope, id, &s));
    pthread_mutex_lock(&runner->lock);
    bool queued = unqueue(runner, id);
    bool mine = runner->current == id && runner->current_job != GX_IMPORT_UNDO;
    if (mine)
        atomic_store(&runner->stop, true);
    pthread_mutex_unlock(&runner->lock);
    if (queued)
        return gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, mark_cancelled, &start);
    return mine ? GX_OK : wrong_state(scope, &s);
}

void gx_import_wait(struct gx_import_runner *runner, int64_t id, int64_t limit_us)
{
    struct timespec until;
    bool more = true;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + limit_us % 1000000 * 1000;
    until.tv_sec += limit_us / 1000000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&runner->lock);
    while (more) {
        bool there = runner->current == id;
        for (const struct queued *q = runner->first; q && !there; q = q->next)
            there = q->id == id;
        more = there && pthread_cond_timedwait(&runner->ended, &runner->lock, &until) == 0;
    }
    pthread_mutex_unlock(&runner->lock);
}
