/* import_show.c - an import as people see it: how far it is, its rows, what failed and why. */
#include "base/time.h"
#include "store/import_int.h"

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
        if (import_is_one_of(k->key, shown)) {
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
