/* warehouse_line.c - see warehouse_line.h. */
#include "report/warehouse_line.h"

#include <stdio.h>

#include "report/duck_rows.h"

enum { LOAD_COLUMNS_MAX = GX_WIRE_COLUMNS_MAX };

struct talk {
    struct gx_line *line;
    const struct gx_duck *duck;
    struct gx_arena arena; /* of the question */
    struct gx_buf in, out;
};

static bool flush(struct talk *t)
{
    atomic_store(&t->line->sending, true);
    bool ok = gx_wire_send(t->line->fd, &t->out);
    atomic_store(&t->line->sending, false);
    return ok;
}

static bool done(struct talk *t, int64_t rows)
{
    size_t at = gx_wire_begin(&t->out, GX_WIRE_DONE);
    gx_wire_put_i64(&t->out, rows);
    gx_wire_end(&t->out, at);
    return flush(t);
}

static bool fail(struct talk *t, enum gx_code code, const char *text)
{
    size_t at = gx_wire_begin(&t->out, GX_WIRE_FAIL);
    gx_wire_put_u8(&t->out, code);
    gx_wire_put_text(&t->out, gx_str_c(text));
    gx_wire_end(&t->out, at);
    return flush(t);
}

static bool fail_result(struct talk *t, duckdb_result *result)
{
    duckdb_error_type type = t->duck->result_error_type(result);
    const char *text = t->duck->result_error(result);
    enum gx_code code = atomic_load(&t->line->late)          ? GX_E_LIMIT
                        : type == DUCKDB_ERROR_INTERRUPT     ? GX_E_CANCELLED
                        : type == DUCKDB_ERROR_OUT_OF_MEMORY ? GX_E_LIMIT
                                                             : GX_E_INTERNAL;
    return fail(t, code, text ? text : "");
}

/* --- a question */

static bool send_columns(struct talk *t, const struct gx_duck_column *columns, size_t count)
{
    size_t at = gx_wire_begin(&t->out, GX_WIRE_COLUMNS);
    gx_wire_put_u32(&t->out, count);
    for (size_t i = 0; i < count; i++) {
        gx_wire_put_text(&t->out, columns[i].as.name);
        gx_wire_put_u8(&t->out, columns[i].as.type);
        gx_wire_put_u8(&t->out, (unsigned)columns[i].as.scale);
    }
    gx_wire_end(&t->out, at);
    return flush(t);
}

static bool send_chunk(struct talk *t, struct gx_duck_column *columns, size_t count,
                       duckdb_data_chunk chunk, size_t rows)
{
    char scratch[GX_DUCK_SCRATCH];
    bool ok = true;
    gx_duck_look(t->duck, columns, count, chunk);
    size_t at = gx_wire_begin(&t->out, GX_WIRE_ROWS);
    for (size_t r = 0; r < rows && ok; r++) {
        for (size_t i = 0; i < count; i++)
            gx_wire_put_value(&t->out, gx_duck_value(&columns[i], r, scratch));
        if (t->out.n < GX_WIRE_ROWS_BYTES && r + 1 < rows)
            continue;
        gx_wire_end(&t->out, at);
        ok = flush(t);
        at = gx_wire_begin(&t->out, GX_WIRE_ROWS);
    }
    gx_buf_clear(&t->out);
    return ok;
}

/* *ret_ok false: the line is broken. */
static bool send_rows(struct talk *t, duckdb_result *result, int64_t rows_max)
{
    struct gx_duck_column *columns;
    duckdb_data_chunk chunk;
    size_t count, bad;
    int64_t rows = 0;
    if (!gx_duck_columns(t->duck, &t->arena, result, &columns, &count, &bad))
        return fail(t, GX_E_INTERNAL,
                    gx_arena_printf(&t->arena, "column %zu must be cast", bad + 1).p);
    bool ok = send_columns(t, columns, count);
    while (ok && (chunk = t->duck->fetch_chunk(*result)) != NULL) {
        size_t n = (size_t)t->duck->data_chunk_get_size(chunk);
        bool over = rows_max > 0 && rows + (int64_t)n > rows_max;
        if (over)
            n = (size_t)(rows_max - rows);
        if (n > 0)
            ok = send_chunk(t, columns, count, chunk, n);
        rows += (int64_t)n;
        t->duck->destroy_data_chunk(&chunk);
        if (ok && over)
            return fail(t, GX_E_LIMIT, "more rows than were asked for");
    }
    if (!ok)
        return false;
    const char *error = t->duck->result_error(result);
    return error && *error ? fail_result(t, result) : done(t, rows);
}

static bool bind_all(struct talk *t, duckdb_prepared_statement statement, struct gx_wire_in *in)
{
    bool ok = true;
    for (size_t i = 1; in->n > 0 && ok; i++) {
        struct gx_value v = gx_wire_value(in);
        if (in->bad)
            return false;
        if (v.kind == GX_VALUE_NULL)
            ok = t->duck->bind_null(statement, i) == DuckDBSuccess;
        else if (v.kind == GX_VALUE_INT)
            ok = t->duck->bind_int64(statement, i, v.i) == DuckDBSuccess;
        else if (v.kind == GX_VALUE_TEXT)
            ok = t->duck->bind_varchar_length(statement, i, v.s.p, v.s.n) == DuckDBSuccess;
        else
            ok = t->duck->bind_blob(statement, i, v.s.p, v.s.n) == DuckDBSuccess;
    }
    return ok;
}

static bool run(struct talk *t, duckdb_prepared_statement statement, int64_t rows_max)
{
    duckdb_result result;
    duckdb_statement_type type = t->duck->prepared_statement_type(statement);
    bool rows = type == DUCKDB_STATEMENT_TYPE_SELECT || type == DUCKDB_STATEMENT_TYPE_EXPLAIN ||
                type == DUCKDB_STATEMENT_TYPE_CALL || type == DUCKDB_STATEMENT_TYPE_PRAGMA;
    duckdb_state state = rows ? t->duck->execute_prepared_streaming(statement, &result)
                              : t->duck->execute_prepared(statement, &result);
    bool ok = state != DuckDBSuccess ? fail_result(t, &result)
              : rows                 ? send_rows(t, &result, rows_max)
                                     : done(t, (int64_t)t->duck->rows_changed(&result));
    t->duck->destroy_result(&result);
    return ok;
}

static bool ask(struct talk *t, struct gx_wire_in *in)
{
    duckdb_prepared_statement statement;
    int64_t time_ms = gx_wire_i64(in), rows_max = gx_wire_i64(in);
    struct gx_str sql = gx_wire_text(in);
    if (in->bad)
        return false;
    atomic_store(&t->line->late, false);
    atomic_store(&t->line->until_us, time_ms > 0 ? gx_monotonic_us() + time_ms * 1000 : -1);
    duckdb_state state = t->duck->prepare(t->line->con, gx_arena_cstr(&t->arena, sql), &statement);
    bool ok = state != DuckDBSuccess ? fail(t, GX_E_INTERNAL, t->duck->prepare_error(statement))
              : bind_all(t, statement, in) ? run(t, statement, rows_max)
                                           : fail(t, GX_E_INTERNAL, "values");
    t->duck->destroy_prepare(&statement);
    atomic_store(&t->line->until_us, 0);
    return ok;
}

/* Several statements, one after the other; what they give is not asked for. */
static bool run_all(struct talk *t, struct gx_wire_in *in)
{
    struct gx_str sql = gx_wire_text(in);
    duckdb_result result;
    if (in->bad)
        return false;
    atomic_store(&t->line->late, false);
    atomic_store(&t->line->until_us, -1);
    duckdb_state state = t->duck->query(t->line->con, gx_arena_cstr(&t->arena, sql), &result);
    bool ok = state != DuckDBSuccess ? fail_result(t, &result) : done(t, 0);
    t->duck->destroy_result(&result);
    atomic_store(&t->line->until_us, 0);
    return ok;
}

/* --- many rows */

static bool append(const struct gx_duck *duck, duckdb_appender appender, struct gx_value v)
{
    if (v.kind == GX_VALUE_NULL)
        return duck->append_null(appender) == DuckDBSuccess;
    if (v.kind == GX_VALUE_INT)
        return duck->append_int64(appender, v.i) == DuckDBSuccess;
    if (v.kind == GX_VALUE_TEXT)
        return duck->append_varchar_length(appender, v.s.p, v.s.n) == DuckDBSuccess;
    return duck->append_blob(appender, v.s.p, v.s.n) == DuckDBSuccess;
}

/* A frame of rows; *ret_good false: they were not taken.  false: it is no frame of rows. */
static bool append_rows(struct talk *t, duckdb_appender appender, struct gx_wire_in *in,
                        size_t columns, bool *ret_good, int64_t *ret_rows)
{
    while (in->n > 0) {
        for (size_t i = 0; i < columns; i++) {
            struct gx_value v = gx_wire_value(in);
            if (in->bad)
                return false;
            *ret_good = *ret_good && append(t->duck, appender, v);
        }
        *ret_good = *ret_good && t->duck->appender_end_row(appender) == DuckDBSuccess;
        ++*ret_rows;
    }
    return true;
}

static bool load_rows(struct talk *t, duckdb_appender appender, size_t columns)
{
    enum gx_wire_kind kind = GX_WIRE_ROWS;
    struct gx_wire_in in;
    bool good = true;
    int64_t rows = 0;
    while (kind == GX_WIRE_ROWS) {
        if (gx_wire_receive(t->line->fd, -1, &t->in, &kind, &in) != GX_OK)
            return false;
        if (kind == GX_WIRE_ROWS && !append_rows(t, appender, &in, columns, &good, &rows))
            return false;
    }
    if (kind == GX_WIRE_ABORT)
        return fail(t, GX_E_CANCELLED, "");
    if (kind != GX_WIRE_END)
        return false;
    good = good && t->duck->appender_flush(appender) == DuckDBSuccess;
    return good ? done(t, rows) : fail(t, GX_E_INTERNAL, t->duck->appender_error(appender));
}

static bool load(struct talk *t, struct gx_wire_in *in)
{
    struct gx_str schema = gx_wire_text(in), table = gx_wire_text(in);
    size_t columns = gx_wire_u32(in);
    duckdb_appender appender;
    if (in->bad || columns == 0 || columns > LOAD_COLUMNS_MAX)
        return false;
    bool temp = gx_str_is(schema, "temp");
    const char *name = gx_arena_cstr(&t->arena, table);
    const char *where = temp || schema.n == 0 ? NULL : gx_arena_cstr(&t->arena, schema);
    duckdb_state state =
        t->duck->appender_create_ext(t->line->con, temp ? "temp" : NULL, where, name, &appender);
    if (state != DuckDBSuccess) {
        /* Said when the rows have come: the other side is sending them. */
        bool ok = fail(t, GX_E_INTERNAL, t->duck->appender_error(appender));
        t->duck->appender_destroy(&appender);
        return ok && false;
    }
    bool ok = load_rows(t, appender, columns);
    t->duck->appender_destroy(&appender);
    return ok;
}

void gx_line_serve(struct gx_line *line)
{
    struct talk t = { .line = line, .duck = line->duck, .in = { .max = GX_WIRE_BYTES_MAX + 1 } };
    enum gx_wire_kind kind;
    struct gx_wire_in in;
    bool ok = true;
    while (ok && gx_wire_receive(line->fd, -1, &t.in, &kind, &in) != GX_E_IO) {
        ok = kind == GX_WIRE_ASK   ? ask(&t, &in)
             : kind == GX_WIRE_RUN ? run_all(&t, &in)
                                   : kind == GX_WIRE_LOAD && load(&t, &in);
        gx_arena_reset(&t.arena);
    }
    gx_buf_free(&t.in);
    gx_buf_free(&t.out);
    gx_arena_free(&t.arena);
}
