/*
 * pg_rows.c - the rows of a query on PostgreSQL.
 *
 * Rows stream in one by one, so a large result costs no memory.  A connection carries one
 * stream: when another statement starts, the rest of the open one is kept in memory first.
 */
#include "db/pg_int.h"

#include "base/assert.h"

enum { EARLY_RESULTS_MAX = 64 }; /* more than these left: cancel instead of reading them */

static struct pg_stmt *stmt_of(const struct gx_rows *rows)
{
    return (struct pg_stmt *)(uintptr_t)rows;
}

static struct pg_conn *conn_of(const struct pg_stmt *s)
{
    return (struct pg_conn *)s->rows.conn;
}

static void set_columns(struct pg_stmt *s, const PGresult *result)
{
    if (s->columns)
        return;
    s->column_count = PQnfields(result);
    s->columns = GX_ARENA_ARRAY(&s->arena, Oid, (size_t)s->column_count + 1);
    for (int i = 0; i < s->column_count; i++)
        s->columns[i] = PQftype(result, i);
}

/* Read and drop what is left, at most `max` results (0: all); true at the end. */
static bool skip_results(struct pg_conn *conn, int max)
{
    for (int n = 0; max == 0 || n < max; n++) {
        PGresult *r = pg_wait(conn, true);
        if (!r)
            return true;
        PQclear(r);
    }
    return false;
}

static void end_stream(struct pg_stmt *s)
{
    s->done = true;
    conn_of(s)->streaming = NULL;
    pg_pipeline_end(conn_of(s));
}

/* The next row from the server into s->result. */
static enum gx_code fetch(struct gx_ctx *ctx, struct pg_stmt *s, bool *ret_has)
{
    struct pg_conn *conn = conn_of(s);
    PGresult *r = pg_wait(conn, true);
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    PQclear(s->result);
    s->result = NULL;
    *ret_has = status == PGRES_SINGLE_TUPLE;
    if (*ret_has) {
        set_columns(s, r);
        s->result = r;
        return GX_OK;
    }
    enum gx_code code = GX_OK;
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        set_columns(s, r);
        PQclear(r);
    } else {
        code = pg_fail(ctx, conn, r);
    }
    skip_results(conn, 0);
    end_stream(s);
    return code;
}

enum gx_code pg_rows_start(struct gx_ctx *ctx, struct pg_stmt *s)
{
    struct pg_conn *conn = conn_of(s);
    int ok = PQsetSingleRowMode(conn->pg);
    gx_assert(ok); /* a query was just sent */
    conn->streaming = s;
    return fetch(ctx, s, &s->peeked);
}

/* Copy the row in s->result behind the kept ones. */
static void keep(struct pg_stmt *s)
{
    size_t count = (size_t)s->column_count;
    struct pg_row *row =
        gx_arena_zalloc(&s->arena, 1, sizeof *row + count * sizeof(struct pg_cell));
    for (int i = 0; i < s->column_count; i++) {
        if (PQgetisnull(s->result, 0, i))
            continue;
        int n = PQgetlength(s->result, 0, i);
        struct gx_str value = { PQgetvalue(s->result, 0, i), (size_t)n };
        row->cells[i] = (struct pg_cell){ gx_arena_cstr(&s->arena, value), n };
    }
    *(s->last ? &s->last->next : &s->unread) = row;
    s->last = row;
}

enum gx_code pg_drain(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct pg_stmt *s = conn->streaming;
    PGresult *at_hand = s->peeked ? NULL : s->result; /* its values are still being used */
    bool has = s->peeked;
    enum gx_code code = GX_OK;
    if (!has) {
        s->result = NULL;
        code = fetch(ctx, s, &has);
    }
    while (code == GX_OK && has) {
        keep(s);
        if (s->arena.used_bytes > PG_DRAIN_BYTES_MAX)
            code = gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_BIG, GX_STR("64 MB"));
        else
            code = fetch(ctx, s, &has);
    }
    PQclear(s->result);
    s->result = at_hand;
    s->peeked = false;
    if (code != GX_OK && conn->streaming) {
        skip_results(conn, 0);
        end_stream(s);
    }
    return code;
}

enum gx_code pg_next(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has)
{
    struct pg_stmt *s = stmt_of(rows);
    gx_arena_reset(&s->texts);
    *ret_has = s->peeked;
    if (s->peeked) {
        s->peeked = false;
        return GX_OK;
    }
    if (!s->done)
        return fetch(ctx, s, ret_has);
    PQclear(s->result);
    s->result = NULL;
    s->current = s->unread;
    if (s->unread)
        s->unread = s->unread->next;
    *ret_has = s->current;
    return GX_OK;
}

struct gx_value pg_column(const struct gx_rows *rows, int column)
{
    struct pg_stmt *s = stmt_of(rows);
    struct pg_cell cell = { 0 };
    gx_assert(column >= 0 && column < s->column_count && (s->current || s->result));
    if (s->current)
        cell = s->current->cells[column];
    else if (!PQgetisnull(s->result, 0, column))
        cell =
            (struct pg_cell){ PQgetvalue(s->result, 0, column), PQgetlength(s->result, 0, column) };
    return pg_decode(&s->texts, s->columns[column], cell);
}

int pg_columns(const struct gx_rows *rows)
{
    return stmt_of(rows)->column_count;
}

/* Cancelling would also undo the transaction it happens in. */
static void stop_stream(struct pg_stmt *s)
{
    struct pg_conn *conn = conn_of(s);
    char why[256];
    bool alone = !conn->base.is_writer && !conn->base.in_read;
    if (!skip_results(conn, EARLY_RESULTS_MAX)) {
        if (alone) {
            PQcancel(conn->cancel, why, sizeof why);
            conn->base.broken = true; /* the request may come late and hit another statement */
        }
        skip_results(conn, 0);
    }
    end_stream(s);
}

void pg_close_rows(struct gx_rows *rows)
{
    struct pg_stmt *s = stmt_of(rows);
    struct pg_conn *conn = conn_of(s);
    if (conn->streaming == s && conn->pg)
        stop_stream(s);
    if (conn->streaming == s)
        conn->streaming = NULL;
    db_rows_closed(rows);
    pg_give_back(s);
}
