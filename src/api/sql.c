/*
 * sql.c - a question in SQL: checked, tried on empty tables, run on what its asker may see.
 *
 * The reply streams: {"run", "columns"}, then {"rows": [[…], …]} and {"progress"} lines, then
 * {"end"} or {"error"}.  As a file it is CSV, under the right to export.
 */
#include <stdio.h>

#include "api/sql_tables.h"
#include "base/assert.h"
#include "base/text.h"
#include "report/pipe.h"
#include "sheet/sheet.h"
#include "store/watch.h"

enum { ROWS_SHOWN = 5000, ROWS_FILE = 1000000, COLUMNS_MAX = 500, COUNT_MS = 300 };

struct sql_in {
    struct gx_str sql, format;
    int64_t limit;
    bool check;
};

static const char *const formats[] = { "ndjson", "csv", NULL };

static const struct gx_schema sql_in[] = {
    GX_FIELD(struct sql_in, sql, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = GX_GUARD_TEXT_BYTES_MAX, .doc = "One SELECT over the caller's tables."),
    GX_FIELD(struct sql_in, check, .type = GX_SCHEMA_BOOL,
             .doc = "Only say what it would give: columns, tables, how much is read."),
    GX_FIELD(struct sql_in, format, .type = GX_SCHEMA_STR, .words = formats,
             .doc = "csv: as a file, of records that may be exported."),
    GX_FIELD(struct sql_in, limit, .type = GX_SCHEMA_INT, .min = 1, .max = ROWS_FILE,
             .doc = "So many rows at most; without it 5000, of a file a million."),
    { 0 },
};

struct asked {
    struct gx_req *req;
    const struct sql_in *in;
    struct sql_tables *tables;
    struct gx_guard guard;
    struct gx_str tree;
    struct gx_engine_column *columns;
    size_t column_count;
    struct gx_run *run;
    struct gx_buf piece;
    bool file, begun, ended;
    int64_t rows, from_us;
    const char *end;
    struct gx_tenant *tenant;
};

/* --- before it runs */

static enum gx_code understand(struct asked *a)
{
    struct gx_req *req = a->req;
    struct gx_engine *engine = gx_api(req)->engine;
    GX_TRY(gx_sql_tables(req, &a->tables));
    GX_TRY(gx_engine_parse(engine, req->ctx, a->in->sql, &a->tree));
    GX_TRY(gx_guard_check(req->ctx, a->tree, &a->tables->schema, &a->guard));
    return gx_engine_bind(engine, req->ctx, a->in->sql, &a->tables->schema, &a->guard, &a->columns,
                          &a->column_count);
}

static struct gx_str label_of(void *p, struct gx_str table, struct gx_str column)
{
    const struct asked *a = p;
    enum gx_lang lang = a->req->ctx->lang;
    for (size_t i = 0; i < a->tables->schema.count; i++) {
        const struct gx_guard_table *t = &a->tables->schema.tables[i];
        if (table.n && !gx_str_ieq(t->name, table))
            continue;
        if (!column.n)
            return gx_label_text(&a->tables->tables[i].object->plural, lang);
        for (size_t k = 0; k < t->column_count; k++) {
            const struct sql_column *c = &a->tables->tables[i].columns[k];
            bool plain = c->field && c->part == 0;
            if ((table.n || a->guard.used[i]) && plain && gx_str_ieq(t->columns[k].name, column))
                return gx_label_text(&c->field->label, lang);
        }
    }
    return GX_STR("");
}

static enum gx_code write_used(struct asked *a, struct gx_jw *w, int64_t *ret_rows)
{
    int64_t all = 0;
    gx_jw_key(w, GX_STR("tables"));
    gx_jw_array(w);
    for (size_t i = 0; i < a->tables->schema.count; i++) {
        if (!a->guard.used[i])
            continue;
        const struct gx_object *object = a->tables->tables[i].object;
        const struct gx_list_options options = { .right = GX_RIGHT_READ };
        int64_t rows;
        GX_TRY(gx_list_count(a->req->scope, object, &options, gx_monotonic_us() + COUNT_MS * 1000,
                             &rows));
        gx_jw_object(w);
        gx_jw_key_str(w, "name", object->x.name);
        gx_jw_key_str(w, "label", gx_label_text(&object->plural, a->req->ctx->lang));
        gx_jw_key_int(w, "rows", rows);
        gx_jw_object_end(w);
        all = rows < 0 || all < 0 ? -1 : all + rows;
    }
    gx_jw_array_end(w);
    *ret_rows = all;
    return GX_OK;
}

static void write_columns(const struct asked *a, struct gx_jw *w)
{
    gx_jw_key(w, GX_STR("columns"));
    gx_jw_array(w);
    for (size_t i = 0; i < a->column_count; i++) {
        gx_jw_object(w);
        gx_jw_key_str(w, "name", a->columns[i].name);
        gx_jw_key_str(w, "type", a->columns[i].type);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

/* How much work it may be, by what is read and joined. */
static const char *cost_of(const struct asked *a, int64_t rows)
{
    if (rows < 0 || rows > 500000 || (a->guard.crossings && rows > 2000))
        return "high";
    return rows > 50000 || a->guard.crossings ? "medium" : "low";
}

static enum gx_code reply_check(struct asked *a)
{
    struct gx_req *req = a->req;
    struct gx_str say = GX_STR("");
    struct gx_jw w = gx_jw(&req->out);
    int64_t rows = 0;
    GX_TRY(gx_guard_say(req->ctx, a->tree, label_of, a, &say));
    gx_jw_object(&w);
    write_columns(a, &w);
    GX_TRY(write_used(a, &w, &rows));
    gx_jw_key_str(&w, "cost", gx_str_c(cost_of(a, rows)));
    gx_jw_key_int(&w, "crossings", (int64_t)a->guard.crossings);
    gx_jw_key(&w, GX_STR("crossing_at"));
    if (a->guard.crossing_at >= 0)
        gx_jw_int(&w, a->guard.crossing_at);
    else
        gx_jw_null(&w);
    gx_jw_key_str(&w, "reading", say);
    gx_jw_key_str(&w, "runs", a->guard.sql);
    gx_jw_object_end(&w);
    gx_buf_addc(&req->out, '\n');
    req->content_type = "application/x-ndjson";
    return GX_OK;
}

/* --- while it runs */

/* Whose rows they are cannot be told: each that differs counts as a record, long ones for more. */
static void watch(struct asked *a, struct gx_str rest, size_t columns)
{
    enum { BATCH = 64, BYTES_OF_ONE = 400 };
    int64_t seen[BATCH];
    size_t n = 0, at = 0, bytes = 0;
    uint64_t hash = 0;
    struct gx_str text;
    char tag;
    while (gx_pipe_take(&rest, &tag, &text)) {
        hash = hash * 1099511628211U + gx_str_hash_quick(text) + (uint64_t)tag;
        bytes += text.n;
        if (++at < columns)
            continue;
        for (size_t more = 0; more <= bytes / BYTES_OF_ONE && n < BATCH; more++)
            seen[n++] = (int64_t)((hash + more * 7919) >> 1);
        at = bytes = 0;
        hash = 0;
        if (n > BATCH / 2) {
            gx_watch_add(a->tenant->watch, gx_scope_me(a->req->scope), seen, n, a->file,
                         a->req->ctx->now_us);
            n = 0;
        }
    }
    if (n)
        gx_watch_add(a->tenant->watch, gx_scope_me(a->req->scope), seen, n, a->file,
                     a->req->ctx->now_us);
}

static bool is_number(struct gx_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= '0' && s.p[i] <= '9') && !strchr("+-.eE", s.p[i]))
            return false;
    return s.n > 0 && s.n < 60;
}

static void write_cell(struct gx_jw *w, char tag, struct gx_str text)
{
    if (tag == 'n')
        gx_jw_null(w);
    else if (tag == 't' || tag == 'f')
        gx_jw_bool(w, tag == 't');
    else if (tag == 'i' && is_number(text))
        gx_jw_raw(w, text);
    else
        gx_jw_str(w, gx_text_valid(text) ? text : GX_STR("?"));
}

static void rows_json(struct asked *a, struct gx_str rest, struct gx_buf *out)
{
    struct gx_jw w = gx_jw(out);
    struct gx_str text;
    size_t at = 0;
    char tag;
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    while (gx_pipe_take(&rest, &tag, &text)) {
        if (at == 0)
            gx_jw_array(&w);
        write_cell(&w, tag, text);
        if (++at == a->column_count) {
            gx_jw_array_end(&w);
            a->rows++;
            at = 0;
        }
    }
    while (at && at++ < a->column_count) /* a row cut short: its process was not well */
        gx_jw_null(&w);
    if (at)
        gx_jw_array_end(&w);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
}

static void rows_csv(struct asked *a, struct gx_str rest, struct gx_buf *out)
{
    struct gx_str cells[COLUMNS_MAX], text;
    size_t at = 0;
    char tag;
    while (gx_pipe_take(&rest, &tag, &text)) {
        cells[at++] = tag == 't'            ? GX_STR("true")
                      : tag == 'f'          ? GX_STR("false")
                      : gx_text_valid(text) ? text
                                            : GX_STR("?");
        if (at < a->column_count)
            continue;
        gx_csv_row(out, cells, at, true);
        a->rows++;
        at = 0;
    }
}

static void head(struct asked *a, struct gx_buf *out)
{
    struct gx_str names[COLUMNS_MAX];
    struct gx_jw w = gx_jw(out);
    if (a->file) {
        for (size_t i = 0; i < a->column_count; i++)
            names[i] = a->columns[i].name;
        gx_buf_addz(out, GX_CSV_BOM);
        gx_csv_row(out, names, a->column_count, true);
        return;
    }
    gx_jw_object(&w);
    gx_jw_key_id(&w, "run", (int64_t)gx_run_id(a->run));
    write_columns(a, &w);
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
}

/* What the worker says of columns is what the parser said; lists have become texts by then. */
static void end_json(struct asked *a, bool more, struct gx_buf *out)
{
    struct gx_jw w = gx_jw(out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("end"));
    gx_jw_object(&w);
    gx_jw_key_int(&w, "rows", a->rows);
    gx_jw_key_bool(&w, "more", more);
    gx_jw_key_int(&w, "ms", (gx_monotonic_us() - a->from_us) / 1000);
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
}

static enum gx_code error_json(struct asked *a, struct gx_buf *out)
{
    struct gx_ctx *ctx = a->req->ctx;
    gx_ctx_clear(ctx);
    enum gx_code code = gx_run_fail(a->run, ctx);
    a->end = code == GX_E_CANCELLED ? "stopped" : "failed";
    if (a->file)
        return code; /* the connection is cut: the file is not whole */
    struct gx_jw w = gx_jw(out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("error"));
    gx_jw_object(&w);
    gx_jw_key_str(&w, "code", gx_str_c(gx_code_wire(code)));
    gx_jw_key_str(&w, "detail", gx_error_text(ctx->arena, ctx->errors, ctx->lang));
    if (ctx->errors->at >= 0)
        gx_jw_key_int(&w, "at", ctx->errors->at);
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    gx_buf_addc(out, '\n');
    return GX_OK;
}

static enum gx_code take_end(struct asked *a, struct gx_buf *out)
{
    struct gx_str rest = gx_buf_str(&a->piece), text;
    char tag = 'f';
    bool ok = gx_pipe_take(&rest, &tag, &text) && gx_pipe_take(&rest, &tag, &text);
    a->ended = true;
    a->end = ok && tag == 't' ? "more" : "done";
    if (!a->file)
        end_json(a, ok && tag == 't', out);
    return GX_OK;
}

static void progress(struct gx_str percent, struct gx_buf *out)
{
    int64_t n;
    if (gx_str_int64(percent, &n) && n >= 0 && n <= 100)
        gx_buf_printf(out, "{\"progress\":%d}\n", (int)n);
}

static enum gx_code stream(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    enum { PIECE_BYTES = 64 << 10 };
    struct asked *a = p;
    enum gx_code code = GX_OK;
    (void)req;
    if (!a->begun)
        head(a, out);
    a->begun = true;
    while (!a->ended && code == GX_OK && out->n < PIECE_BYTES) {
        enum gx_run_piece piece = gx_run_take(a->run, &a->piece);
        if (piece == GX_RUN_NOTHING)
            break;
        if (piece == GX_RUN_ROWS) {
            watch(a, gx_buf_str(&a->piece), a->column_count);
            (a->file ? rows_csv : rows_json)(a, gx_buf_str(&a->piece), out);
        } else if (piece == GX_RUN_END) {
            code = take_end(a, out);
        } else if (piece == GX_RUN_FAILED) {
            a->ended = true;
            code = error_json(a, out);
        } else if (piece == GX_RUN_PROGRESS && !a->file) {
            progress(gx_buf_str(&a->piece), out);
        }
    }
    *ret_more = !a->ended;
    return code;
}

/* The reply is out, or nobody takes it any more. */
static void close_run(void *p)
{
    struct asked *a = p;
    const struct sql_note note = {
        .by = gx_scope_me(a->req->scope),
        .text = a->in->sql,
        .rows = a->rows,
        .ms = (gx_monotonic_us() - a->from_us) / 1000,
        .end = a->end,
        .file = a->file,
    };
    gx_run_close(a->run);
    gx_buf_free(&a->piece);
    gx_sql_note(a->tenant, &note, a->req->ctx->now_us);
}

static void wake(void *p)
{
    gx_stream_wake(p);
}

static enum gx_code start(struct asked *a)
{
    struct gx_req *req = a->req;
    struct gx_run_options options = {
        .user = gx_sql_person(req),
        .sql = a->guard.sql,
        .text = a->in->sql,
        .schema = &a->tables->schema,
        .rows = a->in->limit ? a->in->limit
                : a->file    ? ROWS_FILE
                             : ROWS_SHOWN,
    };
    struct gx_run_table *files;
    GX_TRY(gx_sql_fill(req, a->tables, &a->guard, a->file, &files, &options.table_count));
    options.tables = files;
    GX_TRY(gx_run_start(gx_api(req)->engine, req->ctx, &options, &a->run));
    gx_arena_defer(req->ctx->arena, close_run, a);
    req->stream = stream;
    req->stream_p = a;
    req->content_type = a->file ? "text/csv; charset=utf-8" : "application/x-ndjson";
    if (a->file)
        gx_reply_header(req, "Content-Disposition", GX_STR("attachment; filename=\"query.csv\""));
    gx_run_listen(a->run, wake, req);
    return GX_OK;
}

/* A reader for as long as it is prepared; the answer needs none. */
static enum gx_code with_reader(struct asked *a, enum gx_code (*work)(struct asked *a))
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(a->req->ctx, a->tenant->db, &conn));
    gx_scope_use(a->req->scope, conn);
    enum gx_code code = work(a);
    gx_scope_use(a->req->scope, NULL);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code prepare(struct asked *a)
{
    GX_TRY(understand(a));
    if (a->column_count > COLUMNS_MAX)
        return gx_fail(a->req->ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_LARGE);
    return a->in->check ? reply_check(a) : start(a);
}

static enum gx_code sql_ask(struct gx_req *req, const void *in)
{
    struct asked *a = GX_ARENA_NEW(req->ctx->arena, struct asked);
    *a = (struct asked){ .req = req,
                         .in = in,
                         .tenant = gx_api(req)->tenant,
                         .from_us = gx_monotonic_us(),
                         .end = "stopped" };
    a->file = gx_str_is(a->in->format, "csv");
    if (a->file && !a->in->check)
        GX_TRY(gx_req_fresh(req));
    return with_reader(a, prepare);
}

const struct gx_route gx_route_sql = {
    .doc =
        "A question in SQL (DuckDB's, one SELECT) over the records that the caller may read. The "
        "reply is a line with \"run\" and \"columns\", lines with \"rows\" or \"progress\", and "
        "one with \"end\" or \"error\"; with \"check\" it is one object that says what would be "
        "read.",
    .method = GX_POST,
    .path = "/api/v1/sql",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .query_sql = true,
    .live = true,
    .body = GX_BODY_JSON,
    .in = sql_in,
    .in_size = sizeof(struct sql_in),
    .out_kind = "application/x-ndjson",
    .errors = { GX_E_INVALID, GX_E_FORBIDDEN, GX_E_LIMIT, GX_E_BUSY, GX_E_STEP_UP },
    .handler = sql_ask,
};

/* --- stopping one */

struct cancel_in {
    int64_t run;
};

static const struct gx_schema cancel_in[] = {
    GX_FIELD(struct cancel_in, run, .type = GX_SCHEMA_ID, .required = true,
             .doc = "As the reply to the question says it."),
    { 0 },
};

static enum gx_code sql_cancel(struct gx_req *req, const void *in_p)
{
    const struct cancel_in *in = in_p;
    GX_TRY(gx_engine_cancel(gx_api(req)->engine, req->ctx, (uint64_t)in->run, gx_sql_person(req)));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_sql_cancel = {
    .doc = "Stop a question of one's own.",
    .method = GX_POST,
    .path = "/api/v1/sql/cancel",
    .who = GX_WHO_SIGNED_IN,
    .body = GX_BODY_JSON,
    .in = cancel_in,
    .in_size = sizeof(struct cancel_in),
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = sql_cancel,
};
