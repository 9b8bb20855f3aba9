/* segment_list.c - lists that were frozen: asked for, shown with where they came from, dropped. */
#include "base/time.h"
#include "report/cells.h"
#include "report/segment_int.h"

enum { LISTS_SHOWN_MAX = 100, HISTORY_MAX = 400 };

#define ROW_COLUMNS                                                                                \
    "SELECT id, segment, name, object, state, rule, text, out_lists, exclude, seed, cells, "       \
    "source, counts, task, problem, control, fresh_at, matched, total, entered, gone, tasks, "     \
    "refused, created_at, created_by, frozen_at, took_us, auto FROM gx_segment_list "

static void read_row(struct gx_ctx *ctx, const struct gx_rows *rows, struct gx_segment_row *r)
{
    struct gx_str *texts[] = { &r->name,      &r->object,  &r->state,  &r->rule,  &r->text,
                               &r->out_lists, &r->exclude, &r->seed,   &r->cells, &r->source,
                               &r->counts,    &r->task,    &r->problem };
    int64_t *numbers[] = { &r->control,    &r->fresh_at,   &r->matched,   &r->total,
                           &r->entered,    &r->gone,       &r->tasks,     &r->refused,
                           &r->created_at, &r->created_by, &r->frozen_at, &r->took_us };
    r->id = gx_rows_int(rows, 0);
    r->segment = gx_rows_int(rows, 1);
    for (int i = 0; i < (int)GX_COUNT(texts); i++)
        *texts[i] = gx_arena_str(ctx->arena, gx_rows_text(rows, 2 + i));
    for (int i = 0; i < (int)GX_COUNT(numbers); i++)
        *numbers[i] = gx_rows_int(rows, 15 + i);
    r->automatic = gx_rows_int(rows, 27) == 1;
    r->has_flow = gx_rows_value(rows, 19).kind == GX_VALUE_INT;
}

enum gx_code gx_segment_row(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id,
                            struct gx_segment_row *ret_row, bool *ret_there)
{
    struct gx_value value = gx_value_int(id);
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL(ROW_COLUMNS "WHERE id = ?1"), &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_there);
    if (code == GX_OK && *ret_there)
        read_row(ctx, rows, ret_row);
    gx_rows_close(rows);
    return code;
}

bool gx_segment_row_mine(const struct gx_scope *scope, const struct gx_segment_row *row)
{
    return gx_scope_is_admin(scope) || row->created_by == gx_scope_me(scope);
}

static enum gx_code no_list(struct gx_ctx *ctx, int64_t id)
{
    gx_ctx_clear(ctx);
    return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_SEGMENT_NO_LIST,
                   gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

/* One's own, and those of segments that one may read. */
enum gx_code gx_segment_row_seen(struct gx_scope *scope, int64_t id, struct gx_segment_row *ret_row)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_segment_record segment;
    bool there;
    GX_TRY(gx_segment_row(ctx, gx_scope_conn(scope), id, ret_row, &there));
    if (!there)
        return no_list(ctx, id);
    if (gx_segment_row_mine(scope, ret_row))
        return GX_OK;
    enum gx_code code = gx_segment_record(scope, ret_row->segment, GX_RIGHT_READ, &segment);
    return code == GX_E_NOT_FOUND || code == GX_E_FORBIDDEN ? no_list(ctx, id) : code;
}

enum gx_code gx_segment_list_object(struct gx_scope *scope, int64_t list,
                                    const struct gx_object **ret_object)
{
    struct gx_segment_row row;
    GX_TRY(gx_segment_row_seen(scope, list, &row));
    return gx_object_get(scope, row.object, ret_object);
}

/* --- asked for */

struct asking {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    const struct gx_segment_what *what;
    const struct gx_segment_freeze *how;
    bool once; /* static: no second one */
    int64_t by, id;
};

static enum gx_code check_free(struct asking *a, struct gx_conn *conn)
{
    struct gx_value value = gx_value_int(a->what->id);
    int64_t working, there;
    GX_TRY(gx_db_int(a->ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_segment_list WHERE segment = ?1 AND state IN "
                            "('running', 'handing')"),
                     &value, 1, 0, &working));
    if (working)
        return gx_fail(a->ctx, GX_E_CONFLICT, GX_STR(""), GX_M_SEGMENT_AT_WORK);
    GX_TRY(gx_segment_newest(a->ctx, conn, a->what->id, &there));
    if (there && a->once)
        return gx_fail(a->ctx, GX_E_CONFLICT, GX_STR(""), GX_M_SEGMENT_STATIC, a->what->name);
    return GX_OK;
}

static struct gx_str lists_text(struct gx_ctx *ctx, const struct gx_segment_what *what)
{
    struct gx_str out = GX_STR("");
    for (size_t i = 0; i < what->among_count; i++)
        out = gx_arena_printf(ctx->arena, "%.*s%s%lld", GX_STR_ARG(out), i ? "," : "",
                              (long long)what->among[i].list);
    return out;
}

static struct gx_str name_of(const struct asking *a)
{
    if (a->how->name.n)
        return a->how->name;
    int64_t day = gx_date_of_moment(a->ctx->now_us, a->ctx->tz_offset_min);
    return gx_arena_printf(a->ctx->arena, "%.*s %.*s", GX_STR_ARG(a->what->name),
                           GX_STR_ARG(gx_date_format(a->ctx->arena, day)));
}

static enum gx_code ask_list(void *p, struct gx_conn *conn)
{
    struct asking *a = p;
    GX_TRY(check_free(a, conn));
    a->id = gx_id_next(&a->tenant->ids, a->ctx->now_us);
    struct gx_str seed = a->how->seed.n
                             ? a->how->seed
                             : gx_arena_printf(a->ctx->arena, "%lld", (long long)(a->id % 1000000));
    struct gx_value values[] = {
        gx_value_int(a->id),
        gx_value_int(a->what->id),
        gx_value_text(name_of(a)),
        gx_value_text(a->what->object->x.name),
        gx_value_text(a->what->rule),
        gx_value_text(a->what->text),
        gx_value_text(lists_text(a->ctx, a->what)),
        gx_value_text(a->what->exclude),
        gx_value_text(seed),
        gx_value_int(a->how->control),
        gx_value_text(a->how->cells),
        gx_value_int(a->how->automatic),
        gx_value_int(a->ctx->now_us),
        gx_value_int(a->by),
    };
    return gx_db_exec(
        a->ctx, conn,
        GX_SQL("INSERT INTO gx_segment_list (id, segment, name, object, state, rule, text, "
               "out_lists, exclude, seed, control, cells, auto, created_at, created_by, source, "
               "counts, total, tasks, refused) VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6, ?7, ?8, "
               "?9, ?10, ?11, ?12, ?13, ?14, '', '{}', 0, 0, 0)"),
        values, GX_COUNT(values), NULL);
}

static enum gx_code ask_for(struct gx_scope *scope, int64_t segment,
                            const struct gx_segment_freeze *how, int64_t *ret_list)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_segment_record record;
    struct gx_segment_what what;
    struct gx_cells cells;
    GX_TRY(gx_segment_record(scope, segment, GX_RIGHT_READ, &record));
    GX_TRY(gx_segment_rule_now(scope, &record, &what));
    struct gx_segment_freeze full = *how;
    if (full.control < 0)
        full.control = gx_segment_control(&record);
    if (!full.cells.n)
        full.cells = gx_segment_text(&record, "cells");
    if (!full.seed.n)
        full.seed = gx_segment_text(&record, "seed");
    GX_TRY(gx_cells_read(ctx, full.cells, &cells));
    const struct gx_expr *filter;
    GX_TRY(gx_scope_filter(scope, what.object, GX_RIGHT_READ, &filter));
    struct asking a = { .ctx = ctx,
                        .tenant = gx_scope_tenant(scope),
                        .what = &what,
                        .how = &full,
                        .once = gx_str_is(gx_segment_text(&record, "kind"), "static"),
                        .by = gx_scope_me(scope) };
    GX_TRY(gx_db_write(ctx, a.tenant->db, ask_list, &a));
    *ret_list = a.id;
    return GX_OK;
}

enum gx_code gx_segment_freeze(struct gx_scope *scope, struct gx_segment_runner *runner,
                               int64_t segment, const struct gx_segment_freeze *how,
                               int64_t *ret_list)
{
    GX_TRY(ask_for(scope, segment, how, ret_list));
    gx_segment_runner_wake(runner);
    return GX_OK;
}

enum gx_code gx_segment_freeze_due(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t segment,
                                   int64_t owner)
{
    const struct gx_segment_freeze how = { .control = -1, .automatic = true };
    struct gx_conn *conn;
    struct gx_scope *scope;
    int64_t list;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = gx_scope_user(ctx, tenant, conn, owner, &scope);
    if (code == GX_OK)
        code = ask_for(scope, segment, &how, &list);
    gx_db_reader_release(conn);
    return code;
}

/* --- shown */

static void key_number(struct gx_jw *w, const char *key, bool known, int64_t value)
{
    gx_jw_key(w, gx_str_c(key));
    if (known)
        gx_jw_int(w, value);
    else
        gx_jw_null(w);
}

static void key_time(struct gx_jw *w, struct gx_ctx *ctx, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(ctx->arena, us));
    else
        gx_jw_null(w);
}

static enum gx_code write_author(struct gx_scope *scope, struct gx_jw *w, int64_t id)
{
    struct gx_value value = gx_value_int(id);
    struct gx_rows *rows;
    bool has;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT coalesce(display_name, login) FROM \"user\" WHERE id = ?1"),
                       &value, 1, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    gx_jw_key(w, GX_STR("author"));
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key_str(w, "title", code == GX_OK && has ? gx_rows_text(rows, 0) : GX_STR(""));
    gx_jw_object_end(w);
    gx_rows_close(rows);
    return code;
}

/* How many of its members the reader may see, where that is not the author's number. */
static enum gx_code yours(struct gx_scope *scope, const struct gx_segment_row *row,
                          int64_t *ret_count)
{
    const struct gx_list_among among = { .list = row->id, .all = true };
    const struct gx_list_options options = { .among = &among, .among_count = 1 };
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, row->object, &object));
    enum gx_code code =
        gx_list_count(scope, object, &options, gx_monotonic_us() + GX_SEGMENT_COUNT_US, ret_count);
    if (code != GX_E_FORBIDDEN)
        return code;
    gx_ctx_clear(gx_scope_ctx(scope));
    *ret_count = -1;
    return GX_OK;
}

static enum gx_code write_row(struct gx_scope *scope, const struct gx_segment_row *r,
                              struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    bool mine = gx_segment_row_mine(scope, r), frozen = r->frozen_at != 0;
    int64_t seen = mine ? r->total : -1;
    if (!mine && frozen)
        GX_TRY(yours(scope, r, &seen));
    gx_jw_object(w);
    gx_jw_key_id(w, "id", r->id);
    gx_jw_key_id(w, "segment", r->segment);
    gx_jw_key_str(w, "name", r->name);
    gx_jw_key_str(w, "object", r->object);
    gx_jw_key_str(w, "state", r->state);
    gx_jw_key_bool(w, "mine", mine);
    gx_jw_key_bool(w, "automatic", r->automatic);
    gx_jw_key_str(w, "rule", r->rule);
    gx_jw_key_str(w, "text", r->text);
    gx_jw_key_str(w, "exclude", r->exclude);
    gx_jw_key_str(w, "lists", r->out_lists);
    gx_jw_key_str(w, "seed", r->seed);
    gx_jw_key(w, GX_STR("control"));
    gx_jw_decimal(w, r->control, 2);
    gx_jw_key_str(w, "cells", r->cells);
    gx_jw_key(w, GX_STR("counts"));
    gx_jw_raw(w, mine && r->counts.n ? r->counts : GX_STR("{}"));
    gx_jw_key_str(w, "source", r->source);
    key_time(w, ctx, "as_of", r->fresh_at);
    key_number(w, "matched", mine && frozen, r->matched);
    key_number(w, "total", mine && frozen, r->total);
    key_number(w, "seen", frozen && seen >= 0, seen);
    key_number(w, "entered", mine && r->has_flow, r->entered);
    key_number(w, "gone", mine && r->has_flow, r->gone);
    key_number(w, "tasks", mine, r->tasks);
    key_number(w, "refused", mine, r->refused);
    key_time(w, ctx, "created_at", r->created_at);
    key_time(w, ctx, "frozen_at", r->frozen_at);
    key_number(w, "took_ms", frozen, r->took_us / 1000);
    gx_jw_key_str(w, "problem", mine ? r->problem : GX_STR(""));
    GX_TRY(write_author(scope, w, r->created_by));
    gx_jw_object_end(w);
    return GX_OK;
}

enum gx_code gx_segment_list_show(struct gx_scope *scope, int64_t list, struct gx_jw *w)
{
    struct gx_segment_row row;
    GX_TRY(gx_segment_row_seen(scope, list, &row));
    return write_row(scope, &row, w);
}

static enum gx_code write_lists(struct gx_scope *scope, int64_t segment, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(segment), gx_value_int(LISTS_SHOWN_MAX) };
    struct gx_segment_row *all = GX_ARENA_ARRAY(ctx->arena, struct gx_segment_row, LISTS_SHOWN_MAX);
    struct gx_rows *rows;
    size_t n = 0;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL(ROW_COLUMNS "WHERE segment = ?1 AND (auto = 0 OR frozen_at IS NULL "
                                          "OR id = (SELECT max(id) FROM gx_segment_list WHERE "
                                          "segment = ?1 AND frozen_at IS NOT NULL)) ORDER BY id "
                                          "DESC LIMIT ?2"),
                       values, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        read_row(ctx, rows, &all[n++]);
    gx_rows_close(rows);
    GX_TRY(code);
    gx_jw_array(w);
    for (size_t i = 0; i < n; i++)
        GX_TRY(write_row(scope, &all[i], w));
    gx_jw_array_end(w);
    return GX_OK;
}

/* Of lists that are one's own; what others saw is not told. */
static enum gx_code write_history(struct gx_scope *scope, int64_t segment, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(segment), gx_value_int(HISTORY_MAX),
                                 gx_value_int(gx_scope_me(scope)),
                                 gx_value_int(gx_scope_is_admin(scope)) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT frozen_at, total, entered, gone, id FROM gx_segment_list "
                              "WHERE segment = ?1 AND frozen_at IS NOT NULL AND (created_by = ?3 "
                              "OR 1 = ?4) ORDER BY id DESC LIMIT ?2"),
                       values, GX_COUNT(values), &rows));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        bool flow = gx_rows_value(rows, 2).kind == GX_VALUE_INT;
        gx_jw_object(w);
        key_time(w, ctx, "at", gx_rows_int(rows, 0));
        gx_jw_key_int(w, "size", gx_rows_int(rows, 1));
        key_number(w, "entered", flow, gx_rows_int(rows, 2));
        key_number(w, "gone", flow, gx_rows_int(rows, 3));
        gx_jw_key_id(w, "list", gx_rows_int(rows, 4));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    return code;
}

enum gx_code gx_segment_lists(struct gx_scope *scope, int64_t segment, struct gx_jw *w)
{
    struct gx_segment_record record;
    GX_TRY(gx_segment_record(scope, segment, GX_RIGHT_READ, &record));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    GX_TRY(write_lists(scope, segment, w));
    gx_jw_key(w, GX_STR("history"));
    GX_TRY(write_history(scope, segment, w));
    gx_jw_object_end(w);
    return GX_OK;
}

/* --- dropped, handed over */

struct changing {
    struct gx_scope *scope;
    int64_t id;
    struct gx_str task; /* empty: drop it */
};

static enum gx_code change(void *p, struct gx_conn *conn)
{
    struct changing *c = p;
    struct gx_ctx *ctx = gx_scope_ctx(c->scope);
    struct gx_segment_row row;
    struct gx_value values[] = { gx_value_int(c->id), gx_value_text(c->task) };
    bool there;
    GX_TRY(gx_segment_row(ctx, conn, c->id, &row, &there));
    if (!there)
        return no_list(ctx, c->id);
    if (gx_str_is(row.state, "running") || gx_str_is(row.state, "handing"))
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_SEGMENT_AT_WORK);
    if (c->task.n)
        return gx_db_exec(ctx, conn,
                          GX_SQL("UPDATE gx_segment_list SET state = 'handing', task = ?2, problem "
                                 "= NULL WHERE id = ?1"),
                          values, 2, NULL);
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_segment_member WHERE list = ?1"), values, 1,
                      NULL));
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_segment_event WHERE list = ?1"), values, 1,
                      NULL));
    return gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_segment_list WHERE id = ?1"), values, 1,
                      NULL);
}

static enum gx_code check_mine(struct gx_scope *scope, int64_t list, struct gx_segment_row *row)
{
    GX_TRY(gx_segment_row_seen(scope, list, row));
    if (gx_segment_row_mine(scope, row))
        return GX_OK;
    return gx_fail(gx_scope_ctx(scope), GX_E_FORBIDDEN, GX_STR(""), GX_M_SEGMENT_NOT_YOURS);
}

enum gx_code gx_segment_list_drop(struct gx_scope *scope, int64_t list)
{
    struct changing c = { .scope = scope, .id = list };
    struct gx_segment_row row;
    GX_TRY(check_mine(scope, list, &row));
    return gx_db_write(gx_scope_ctx(scope), gx_scope_tenant(scope)->db, change, &c);
}

static enum gx_code count_tasks(struct gx_scope *scope, const struct gx_segment_row *row,
                                struct gx_str cell)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(row->id), gx_value_text(cell) };
    int64_t count;
    GX_TRY(gx_db_int(ctx, gx_scope_conn(scope),
                     GX_SQL("SELECT count(*) FROM gx_segment_member WHERE list = ?1 AND task IS "
                            "NULL AND (cell = ?2 OR (?2 = '' AND cell <> 'control'))"),
                     values, 2, 0, &count));
    if (count > GX_SEGMENT_TASKS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("cell"), GX_M_SEGMENT_TOO_MANY, GX_STR("10000"));
    return GX_OK;
}

enum gx_code gx_segment_hand_over(struct gx_scope *scope, struct gx_segment_runner *runner,
                                  int64_t list, const struct gx_segment_tasks *tasks)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct changing c = { .scope = scope, .id = list };
    struct gx_segment_row row;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    GX_TRY(check_mine(scope, list, &row));
    if (!gx_str_is(row.object, "account") && !gx_str_is(row.object, "contact"))
        return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_SEGMENT_TASK_OBJECT);
    GX_TRY(count_tasks(scope, &row, tasks->cell));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "subject", tasks->subject);
    gx_jw_key_str(&w, "at", tasks->at);
    gx_jw_key_str(&w, "cell", tasks->cell);
    gx_jw_key_id(&w, "owner", tasks->owner);
    gx_jw_key_id(&w, "by", gx_scope_me(scope));
    gx_jw_object_end(&w);
    c.task = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    GX_TRY(gx_db_write(ctx, gx_scope_tenant(scope)->db, change, &c));
    gx_segment_runner_wake(runner);
    return GX_OK;
}
