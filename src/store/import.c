/* import.c - imports as rows of gx_import: a draft for a file, and what is changed in it. */
#include "store/import.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/import_int.h"

enum gx_code import_may(struct gx_scope *scope, const struct gx_object *object)
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
        GX_TRY(import_may(scope, object));
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
    GX_TRY(import_may(s->scope, s->stream->object));
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

enum gx_code import_wrong_state(struct gx_scope *scope, const struct gx_import_row_state *s)
{
    return gx_fail(gx_scope_ctx(scope), GX_E_CONFLICT, GX_STR("state"), GX_M_IMPORT_STATE,
                   s->state);
}

bool import_is_one_of(struct gx_str s, const char *const *words)
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
    if (!import_is_one_of(s.state, open_states) || s.written)
        return import_wrong_state(scope, &s);
    for (const struct gx_json *k = changes->first; k; k = k->next) {
        if (!import_is_one_of(k->key, keys))
            return gx_fail(ctx, GX_E_INVALID, k->key, GX_M_UNKNOWN_KEY, k->key);
        fresh |= import_is_one_of(k->key, looks);
        mapped |= gx_str_is(k->key, "mapping");
    }
    GX_TRY(gx_json_read(ctx, s.plan_text, &base));
    GX_TRY(gx_plan_parse(ctx, overlay(ctx, base, changes, fresh && !mapped), &plan));
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, plan.object, &object));
    GX_TRY(import_may(scope, object));
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
