/*
 * pg_err.c - PostgreSQL's errors in our codes, by SQLSTATE.
 *
 * The primary message names tables and columns but may also quote a value (class 22), and the
 * detail line shows whole rows; so the detail is never passed on and class 22 has words of ours.
 */
#include "db/pg_int.h"

#include <stdio.h>

#include "base/assert.h"

static const struct row {
    const char *state; /* its beginning; the first that fits counts */
    enum gx_code code;
    enum gx_message message;
    bool again, disconnected;
} rows[] = {
    { "23505", GX_E_DUPLICATE, GX_M_DB_DUPLICATE, false, false },
    { "23P01", GX_E_DUPLICATE, GX_M_DB_DUPLICATE, false, false },
    { "23503", GX_E_IN_USE, GX_M_DB_IN_USE, false, false },
    { "23001", GX_E_IN_USE, GX_M_DB_IN_USE, false, false },
    { "23", GX_E_INVALID, GX_M_DB_REFUSED, false, false },
    { "22", GX_E_INVALID, GX_M_DB_REFUSED, false, false },
    { "40", GX_E_BUSY, GX_M_DB_BUSY, true, false },
    { "55P03", GX_E_BUSY, GX_M_DB_BUSY, true, false },
    { "53100", GX_E_IO, GX_M_DB_FULL, false, false },
    { "53300", GX_E_BUSY, GX_M_DB_BUSY, false, false },
    { "54", GX_E_LIMIT, GX_M_DB_REFUSED, false, false },
    { "57P", GX_E_BUSY, GX_M_DB, true, true }, /* shutting down, crashed, starting */
    { "08", GX_E_BUSY, GX_M_DB, true, true },
    { "26000", GX_E_BUSY, GX_M_DB, true, true }, /* our statements are gone: a new session */
    { "42", GX_E_INTERNAL, GX_M_DB, false, false },
    { "25", GX_E_INTERNAL, GX_M_DB, false, false },
    { "0A000", GX_E_INTERNAL, GX_M_DB, false, false },
    { "", GX_E_IO, GX_M_DB, false, false },
};

static void set_text(struct db_fault *fault, const char *text)
{
    size_t n = strcspn(text, "\n"); /* the first line is enough */
    snprintf(fault->text, sizeof fault->text, "%.*s", (int)n, text);
}

static struct db_fault fault_of(struct pg_conn *conn, const char *state, const char *text)
{
    const struct row *row = rows;
    while (!gx_str_starts(gx_str_c(state), gx_str_c(row->state)))
        row++;
    struct db_fault fault = { .code = row->code,
                              .message = row->message,
                              .again = row->again,
                              .disconnected = row->disconnected };
    set_text(&fault, text);
    if (strcmp(state, "57014") == 0) {
        /* Ours, or one meant for an earlier statement that came late. */
        bool ours = db_conn_must_stop(&conn->base);
        fault.code = ours ? GX_E_CANCELLED : GX_E_BUSY;
        fault.message = ours ? GX_M_DB_STOPPED : GX_M_DB_BUSY;
        fault.again = !ours;
    } else if (strcmp(state, "25006") == 0 && conn->base.is_writer) {
        /* It has become a standby: look for the new primary. */
        fault = (struct db_fault){ .code = GX_E_BUSY, .message = GX_M_DB_BUSY };
        fault.again = fault.disconnected = true;
    } else if (strcmp(state, "0A000") == 0 && strstr(text, "cached plan")) {
        fault.code = GX_E_BUSY;
        fault.message = GX_M_DB_BUSY;
        fault.again = true;
        conn->epoch--; /* forget the statements before the next one */
    } else if (strncmp(state, "22", 2) == 0) {
        snprintf(fault.text, sizeof fault.text, "SQLSTATE %.5s", state);
    }
    return fault;
}

static struct gx_str path_of(struct gx_arena *arena, const PGresult *result, const char *state)
{
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
    if (strncmp(state, "23", 2) != 0)
        return GX_STR("");
    if (!constraint && table && column)
        return gx_arena_printf(arena, "%s.%s", table, column);
    return gx_arena_str(arena, gx_str_c(constraint));
}

enum gx_code pg_fail(struct gx_ctx *ctx, struct pg_conn *conn, PGresult *result)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    bool gone = PQstatus(conn->pg) == CONNECTION_BAD;
    struct db_fault fault = fault_of(conn,
                                     state  ? state
                                     : gone ? "08006"
                                            : "XX000",
                                     text ? text : PQerrorMessage(conn->pg));
    if (gone)
        fault.again = fault.disconnected = true;
    struct gx_str path = GX_STR("");
    if (result && state)
        path = path_of(ctx->arena, result, state);
    if (fault.message == GX_M_DB_DUPLICATE || (path.n && fault.message == GX_M_DB_REFUSED))
        snprintf(fault.text, sizeof fault.text, "%.*s", GX_STR_ARG(path));
    PQclear(result);
    return db_fail(ctx, &conn->base, &fault, path);
}
