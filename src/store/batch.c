/* batch.c - batches as rows of gx_batch: asked for, previewed, shown, cancelled, taken back. */
#include "store/batch.h"

#include "base/time.h"
#include "store/batch_int.h"
#include "store/list.h"
#include "store/relocate.h"
#include "store/share.h"

#define BATCH_COLUMNS                                                                              \
    "SELECT id, object, action, state, plan, position, total, done, changed, same, refused, "      \
    "kept, created_by, problem FROM gx_batch "

static struct gx_str keep(struct gx_ctx *ctx, const struct gx_rows *rows, int column)
{
    return gx_arena_str(ctx->arena, gx_rows_text(rows, column));
}

enum gx_code gx_batch_read(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id,
                           struct gx_batch_state *ret, bool *ret_there)
{
    struct gx_value value = gx_value_int(id);
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL(BATCH_COLUMNS "WHERE id = ?1"), &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_there);
    if (code == GX_OK && *ret_there)
        *ret = (struct gx_batch_state){
            .id = gx_rows_int(rows, 0),
            .object = keep(ctx, rows, 1),
            .action = keep(ctx, rows, 2),
            .state = keep(ctx, rows, 3),
            .plan = keep(ctx, rows, 4),
            .position = keep(ctx, rows, 5),
            .total = gx_rows_int(rows, 6),
            .done = gx_rows_int(rows, 7),
            .changed = gx_rows_int(rows, 8),
            .same = gx_rows_int(rows, 9),
            .refused = gx_rows_int(rows, 10),
            .kept = gx_rows_int(rows, 11),
            .created_by = gx_rows_int(rows, 12),
            .problem = keep(ctx, rows, 13),
        };
    gx_rows_close(rows);
    return code;
}

/* Only one's own, except for an administrator. */
static enum gx_code read_mine(struct gx_scope *scope, int64_t id, struct gx_batch_state *ret)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    bool there = false;
    GX_TRY(gx_batch_read(ctx, gx_scope_conn(scope), id, ret, &there));
    if (there && (gx_scope_is_admin(scope) || ret->created_by == gx_scope_me(scope)))
        return GX_OK;
    return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_BATCH,
                   gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

enum gx_right gx_batch_right(const struct gx_scope *scope, struct gx_str action)
{
    if (gx_str_is(action, "relocate") && gx_scope_may_relocate(scope))
        return GX_RIGHT_READ;
    bool deletes = gx_str_is(action, "delete") || gx_str_is(action, "restore");
    return deletes ? GX_RIGHT_DELETE : GX_RIGHT_EDIT;
}

bool gx_batch_binned(struct gx_str action)
{
    return gx_str_is(action, "restore");
}

/* The definition was read by its name; it must hold still. */
static enum gx_code check_relocation(struct gx_scope *scope, const struct gx_object *object,
                                     const struct gx_batch_ask *ask)
{
    struct gx_relocate *def;
    if (!gx_str_is(object->x.name, "account"))
        return gx_fail(gx_scope_ctx(scope), GX_E_INVALID, GX_STR("action"), GX_M_META_NO_OBJECT,
                       object->x.name);
    return gx_relocate_read(scope, ask->values, &def);
}

/* Is it whole, and may this person do it to any record at all? */
static enum gx_code check(struct gx_scope *scope, const struct gx_object *object,
                          const struct gx_batch_ask *ask)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_expr *filter;
    struct gx_input *input;
    const struct gx_field **fields;
    GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_READ, &filter));
    GX_TRY(gx_scope_filter(scope, object, gx_batch_right(scope, ask->action), &filter));
    if (ask->ids.n > (ask->except ? GX_BATCH_EXCEPT_MAX : GX_BATCH_IDS_MAX))
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("ids"), GX_M_TOO_BIG,
                       ask->except ? GX_STR("300") : GX_STR("10000"));
    if (gx_str_is(ask->action, "cells"))
        return gx_batch_columns(scope, object, ask, &fields);
    if (gx_str_is(ask->action, "put") || gx_str_is(ask->action, "take"))
        return gx_book_check(scope, ask->book);
    if (gx_str_is(ask->action, "relocate"))
        return check_relocation(scope, object, ask);
    if (!gx_str_is(ask->action, "update"))
        return GX_OK;
    if (!ask->values || ask->values->kind != GX_JSON_OBJECT || !ask->values->first)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("values"), GX_M_WRONG_TYPE,
                       gx_label_text(&object->label, ctx->lang), GX_STR("{…}"));
    return gx_input_json(scope, object, ask->values, GX_STR("values"), &input);
}

/* How many of the chosen records can be seen, and how many may be changed. */
static enum gx_code count_ids(struct gx_scope *scope, const struct gx_object *object,
                              const struct gx_batch_ask *ask, int64_t *ret_matched,
                              int64_t *ret_allowed)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    bool binned = gx_batch_binned(ask->action);
    *ret_matched = *ret_allowed = 0;
    for (size_t i = 0; i < ask->ids.n; i++) {
        struct gx_record record;
        enum gx_code code = gx_record_load(scope, object, ask->ids.v[i],
                                           gx_batch_right(scope, ask->action), binned, &record);
        gx_ctx_clear(ctx);
        if (code != GX_OK && code != GX_E_NOT_FOUND && code != GX_E_FORBIDDEN)
            return code;
        *ret_matched += code != GX_E_NOT_FOUND;
        *ret_allowed += code == GX_OK;
    }
    return GX_OK;
}

static enum gx_code count(struct gx_scope *scope, const struct gx_object *object,
                          const struct gx_batch_ask *ask, int64_t *ret_matched,
                          int64_t *ret_allowed)
{
    if (ask->ids.n && !ask->except)
        return count_ids(scope, object, ask, ret_matched, ret_allowed);
    struct gx_list_options options = {
        .filter = gx_batch_filter(gx_scope_ctx(scope), ask),
        .q = ask->q,
        .deleted = gx_batch_binned(ask->action),
    };
    int64_t until = gx_monotonic_us() + GX_BATCH_COUNT_US;
    GX_TRY(gx_list_count(scope, object, &options, until, ret_matched));
    enum gx_right right = gx_batch_right(scope, ask->action);
    bool all = gx_scope_level(scope, object, right) == GX_LEVEL_ALL;
    *ret_allowed = *ret_matched;
    if (all || *ret_matched < 0)
        return GX_OK;
    options.right = right;
    return gx_list_count(scope, object, &options, until, ret_allowed);
}

static void write_count(struct gx_jw *w, const char *key, int64_t n)
{
    gx_jw_key(w, gx_str_c(key));
    if (n < 0)
        gx_jw_null(w);
    else
        gx_jw_int(w, n);
}

enum gx_code gx_batch_preview(struct gx_scope *scope, const struct gx_object *object,
                              const struct gx_batch_ask *ask, struct gx_jw *w)
{
    int64_t matched = 0, allowed = 0;
    GX_TRY(check(scope, object, ask));
    gx_jw_object(w);
    if (gx_str_is(ask->action, "cells")) {
        gx_jw_key(w, GX_STR("rows"));
        GX_TRY(gx_batch_cells_preview(scope, object, ask, w, &allowed));
        matched = (int64_t)ask->rows->count;
    } else {
        GX_TRY(count(scope, object, ask, &matched, &allowed));
    }
    write_count(w, "matched", matched);
    write_count(w, "allowed", allowed);
    gx_jw_object_end(w);
    return GX_OK;
}

struct starting {
    struct gx_scope *scope;
    const struct gx_object *object;
    const struct gx_batch_ask *ask;
    int64_t total, id;
};

static enum gx_code insert(void *p, struct gx_conn *conn)
{
    struct starting *s = p;
    struct gx_ctx *ctx = gx_scope_ctx(s->scope);
    s->id = gx_id_next(&gx_scope_tenant(s->scope)->ids, ctx->now_us);
    struct gx_value values[] = {
        gx_value_int(s->id),
        gx_value_text(s->object->x.name),
        gx_value_text(s->ask->action),
        gx_value_text(gx_batch_plan_text(ctx, s->ask)),
        gx_value_int(s->total),
        gx_value_int(ctx->now_us),
        gx_value_int(gx_scope_me(s->scope)),
    };
    return gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_batch (id, object, action, state, plan, total, done, "
                             "changed, same, refused, kept, created_at, created_by) "
                             "VALUES (?1, ?2, ?3, 'running', ?4, ?5, 0, 0, 0, 0, 0, ?6, ?7)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_batch_start(struct gx_scope *scope, struct gx_batch_runner *runner,
                            const struct gx_object *object, const struct gx_batch_ask *ask,
                            int64_t *ret_id)
{
    struct starting s = { .scope = scope, .object = object, .ask = ask };
    int64_t allowed;
    GX_TRY(check(scope, object, ask));
    if (gx_str_is(ask->action, "cells"))
        s.total = (int64_t)ask->rows->count;
    else if (ask->ids.n && !ask->except)
        s.total = (int64_t)ask->ids.n;
    else
        GX_TRY(count(scope, object, ask, &s.total, &allowed));
    GX_TRY(gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, insert, &s));
    gx_batch_runner_wake(runner);
    *ret_id = s.id;
    return GX_OK;
}

enum gx_code gx_batch_show(struct gx_scope *scope, int64_t id, struct gx_jw *w)
{
    struct gx_batch_state s;
    GX_TRY(read_mine(scope, id, &s));
    gx_jw_object(w);
    gx_jw_key_id(w, "id", s.id);
    gx_jw_key_str(w, "object", s.object);
    gx_jw_key_str(w, "action", s.action);
    gx_jw_key_str(w, "state", s.state);
    write_count(w, "total", s.total);
    gx_jw_key_int(w, "done", s.done);
    gx_jw_key_int(w, "changed", s.changed);
    gx_jw_key_int(w, "same", s.same);
    gx_jw_key_int(w, "refused", s.refused);
    gx_jw_key_int(w, "kept", s.kept);
    gx_jw_key_str(w, "problem", s.problem);
    gx_jw_object_end(w);
    return GX_OK;
}

enum gx_code gx_batch_rows(struct gx_scope *scope, int64_t id, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_batch_state s;
    struct gx_value values[] = { gx_value_int(id), gx_value_int(GX_BATCH_REFUSED_MAX) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(read_mine(scope, id, &s));
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT record, title, action, detail FROM gx_batch_row "
                              "WHERE batch_id = ?1 ORDER BY action, record LIMIT ?2"),
                       values, 2, &rows));
    enum gx_code code;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "title", gx_rows_text(rows, 1));
        gx_jw_key_str(w, "action", gx_rows_text(rows, 2));
        gx_jw_key(w, GX_STR("errors"));
        gx_jw_raw(w, gx_rows_text(rows, 3));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return code;
}

struct turning {
    struct gx_scope *scope;
    int64_t id;
    const char *to;
    bool undo;
};

static enum gx_code turn(void *p, struct gx_conn *conn)
{
    struct turning *t = p;
    struct gx_ctx *ctx = gx_scope_ctx(t->scope);
    struct gx_batch_state s = { 0 };
    bool there;
    GX_TRY(gx_batch_read(ctx, conn, t->id, &s, &there));
    bool runs = gx_str_is(s.state, "running");
    bool over = gx_str_is(s.state, "done") || gx_str_is(s.state, "cancelled") ||
                gx_str_is(s.state, "failed");
    if (t->undo ? !over : !runs)
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR("state"), GX_M_BATCH_STATE, s.state);
    struct gx_value values[] = { gx_value_int(t->id), gx_value_text(gx_str_c(t->to)),
                                 gx_value_int(ctx->now_us) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_batch SET state = ?2, finished_at = ?3 WHERE id = ?1"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_batch_cancel(struct gx_scope *scope, int64_t id)
{
    struct gx_batch_state s;
    struct turning t = { scope, id, "cancelled", false };
    GX_TRY(read_mine(scope, id, &s));
    return gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, turn, &t);
}

enum gx_code gx_batch_undo(struct gx_scope *scope, struct gx_batch_runner *runner, int64_t id)
{
    struct gx_batch_state s;
    struct turning t = { scope, id, "undoing", true };
    GX_TRY(read_mine(scope, id, &s));
    GX_TRY(gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, turn, &t));
    gx_batch_runner_wake(runner);
    return GX_OK;
}
