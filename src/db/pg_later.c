/*
 * pg_later.c - statements that go along with the next one, in libpq's pipeline mode.
 *
 * What nobody waits for (the entry of the log, the search index, savepoints) is sent at once and
 * its answer read together with that of the next statement that somebody does wait for: one journey
 * to the server instead of several.  After one that fails the server skips all others up to
 * there, so nothing is built upon it.  Whose fault it was is not known any more; the transaction
 * counts as lost and is run again with each statement on its own (gx_conn.at_once).
 */
#include "db/pg_int.h"

#include <stdio.h>

#include "base/assert.h"

/* Half a pipeline helps nobody: the connection is thrown away. */
enum gx_code pg_later_failed(struct gx_ctx *ctx, struct pg_conn *conn)
{
    enum gx_code code = pg_fail(ctx, conn, NULL);
    struct gx_conn *base = &conn->base;
    base->broken = base->fault.again = base->fault.disconnected = true;
    return code;
}

enum gx_code pg_later_ready(struct gx_ctx *ctx, struct pg_conn *conn)
{
    if (conn->streaming)
        GX_TRY(pg_drain(ctx, conn));
    if (conn->later >= PG_LATER_MAX)
        GX_TRY(pg_settle(ctx, conn));
    if (PQpipelineStatus(conn->pg) == PQ_PIPELINE_OFF && !PQenterPipelineMode(conn->pg))
        return pg_later_failed(ctx, conn);
    return GX_OK;
}

enum gx_code pg_later_text(struct gx_ctx *ctx, struct pg_conn *conn, const char *text)
{
    GX_TRY(pg_later_ready(ctx, conn));
    if (!PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, 0))
        return pg_later_failed(ctx, conn);
    conn->later++;
    return GX_OK;
}

/* Read on to the mark behind everything that was sent. */
void pg_pipeline_end(struct pg_conn *conn)
{
    conn->later = 0;
    if (PQpipelineStatus(conn->pg) == PQ_PIPELINE_OFF)
        return;
    for (bool open = true; open;) {
        PGresult *r = pg_wait(conn, false);
        open = PQstatus(conn->pg) != CONNECTION_BAD &&
               !(r && PQresultStatus(r) == PGRES_PIPELINE_SYNC);
        PQclear(r);
    }
    (void)PQexitPipelineMode(conn->pg);
}

/* One that failed by what it wanted would do so again; then it is to be known whose it was. */
static enum gx_code failed(struct pg_conn *conn, PGresult *result)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx quiet = { .arena = &arena };
    struct gx_conn *base = &conn->base;
    enum gx_code code = pg_fail(&quiet, conn, result);
    gx_arena_free(&arena);
    if (base->fault.again || code == GX_E_CANCELLED)
        return code;
    base->at_once = true;
    base->fault.code = GX_E_BUSY;
    base->fault.message = GX_M_DB_BUSY;
    base->fault.again = true;
    return GX_E_BUSY;
}

enum gx_code pg_later_answers(struct gx_ctx *ctx, struct pg_conn *conn)
{
    enum gx_code code = GX_OK;
    if (!conn->later)
        return GX_OK;
    if (!PQpipelineSync(conn->pg))
        return pg_later_failed(ctx, conn);
    for (int left = conn->later; left > 0 && code == GX_OK; left--)
        for (PGresult *r = pg_wait(conn, true); r; r = pg_wait(conn, true)) {
            ExecStatusType status = PQresultStatus(r);
            if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || code != GX_OK)
                PQclear(r);
            else
                code = failed(conn, r);
        }
    if (code == GX_OK && PQstatus(conn->pg) == CONNECTION_BAD)
        code = failed(conn, NULL);
    conn->later = 0;
    if (code != GX_OK)
        pg_pipeline_end(conn);
    if (code == GX_E_CANCELLED)
        return gx_fail(ctx, code, GX_STR(""), GX_M_DB_STOPPED);
    return code;
}

enum gx_code pg_settle(struct gx_ctx *ctx, struct pg_conn *conn)
{
    if (!conn->later)
        return GX_OK;
    GX_TRY(pg_later_answers(ctx, conn));
    pg_pipeline_end(conn);
    return GX_OK;
}
