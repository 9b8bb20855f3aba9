/*
 * pg_stmt.c - statements on PostgreSQL: placeholders, parameter types, prepare, send.
 *
 * Parameters are declared by the kind of their values, for the server would otherwise guess
 * from the text around them (int4 in "$1 = 0").  NULL has no kind: its place stays open until
 * another value comes there, and then the statement is prepared anew.
 */
#include "db/pg_int.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

enum { NAME_BYTES = 16, FORMAT_TEXT = 0, FORMAT_BINARY = 1 };

static void write_name(char name[NAME_BYTES], uint32_t number)
{
    snprintf(name, NAME_BYTES, "s%u", number);
}

/* Statements and the cache. */

static void destroy(struct pg_stmt *s)
{
    PQclear(s->result);
    gx_arena_free(&s->arena);
    gx_arena_free(&s->texts);
    free(s->text);
    free(s->types);
    free(s);
}

/* ?1 becomes $1, outside quotes and comments; *ret_count is the largest number. */
static char *rewrite(struct gx_str sql, size_t *ret_count)
{
    char *text = malloc(sql.n + 1);
    gx_assert(text);
    size_t count = 0;
    for (size_t i = 0; i < sql.n;) {
        size_t past = db_sql_skip(sql, i);
        if (past > i) {
            memcpy(text + i, sql.p + i, past - i);
            i = past;
        } else if (sql.p[i] != '?') {
            text[i] = sql.p[i];
            i++;
        } else {
            size_t k = 0;
            text[i++] = '$';
            for (; i < sql.n && sql.p[i] >= '0' && sql.p[i] <= '9'; i++) {
                k = k * 10 + (size_t)(sql.p[i] - '0');
                text[i] = sql.p[i];
            }
            gx_assert(k >= 1 && k <= GX_SQL_VALUES_MAX);
            count = k > count ? k : count;
        }
    }
    text[sql.n] = 0;
    *ret_count = count;
    return text;
}

static struct pg_stmt *make(struct gx_str sql)
{
    struct pg_stmt *s = calloc(1, sizeof *s + sql.n);
    gx_assert(s);
    s->rows.text = (struct gx_str){ memcpy(s + 1, sql.p, sql.n), sql.n };
    s->text = rewrite(sql, &s->count);
    s->types = calloc(s->count + 1, sizeof *s->types);
    gx_assert(s->types);
    return s;
}

static enum gx_code deallocate(struct gx_ctx *ctx, struct pg_conn *conn, uint32_t number)
{
    char name[NAME_BYTES], text[NAME_BYTES + 16];
    if (!number)
        return GX_OK;
    write_name(name, number);
    snprintf(text, sizeof text, "DEALLOCATE %s", name);
    return pg_command(ctx, conn, text, false);
}

/* A statement for this text, not in use by anybody else. */
static enum gx_code acquire(struct gx_ctx *ctx, struct pg_conn *conn, struct gx_str sql,
                            struct pg_stmt **ret_stmt)
{
    struct gx_rows *found = db_cache_take(&conn->base.cache, sql);
    if (found) {
        *ret_stmt = (struct pg_stmt *)found;
        return GX_OK;
    }
    struct gx_rows *old = db_cache_evict(&conn->base.cache, 1);
    if (old) {
        uint32_t name = ((struct pg_stmt *)old)->name;
        destroy((struct pg_stmt *)old);
        GX_TRY(deallocate(ctx, conn, name));
    }
    struct pg_stmt *s = make(sql);
    db_cache_add(&conn->base.cache, &s->rows);
    *ret_stmt = s;
    return GX_OK;
}

void pg_give_back(struct pg_stmt *s)
{
    PQclear(s->result);
    s->result = NULL;
    s->peeked = s->done = false;
    s->columns = NULL;
    s->column_count = 0;
    s->unread = s->last = s->current = NULL;
    gx_arena_reset(&s->arena);
    gx_arena_reset(&s->texts);
    if (s->rows.cached)
        db_cache_give(&s->rows.conn->cache, &s->rows);
    else
        destroy(s);
}

void pg_drop_statements(struct pg_conn *conn)
{
    struct db_cache *cache = &conn->base.cache;
    for (struct gx_rows *open = conn->base.open_rows; open; open = open->open_next)
        if (open->cached)
            db_cache_drop(cache, open);
    while (cache->newest) {
        struct gx_rows *idle = cache->newest;
        db_cache_drop(cache, idle);
        destroy((struct pg_stmt *)idle);
    }
    gx_assert(cache->count == 0);
}

/* The schema changed: plans and result types may be others now. */
static enum gx_code forget_statements(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct pg_store *store = conn->base.db->store;
    conn->epoch = atomic_load(&store->epoch);
    pg_drop_statements(conn);
    return pg_command(ctx, conn, "DEALLOCATE ALL", false);
}

/* Preparing and sending. */

/* Whether the declared types fit the values; declares what they lack. */
static bool declare(struct pg_stmt *s, const struct gx_value *values)
{
    bool fits = true;
    for (size_t k = 0; k < s->count; k++) {
        Oid type = pg_type_of(values[k]);
        if (!type || s->types[k] == type)
            continue;
        s->types[k] = type;
        fits = false;
    }
    return fits;
}

static enum gx_code prepare(struct gx_ctx *ctx, struct pg_conn *conn, struct pg_stmt *s,
                            const struct gx_value *values)
{
    char name[NAME_BYTES];
    if (declare(s, values) && s->name)
        return GX_OK;
    uint32_t old = s->name;
    s->name = 0;
    GX_TRY(deallocate(ctx, conn, old));
    GX_TRY(pg_settle(ctx, conn));
    write_name(name, ++conn->names);
    if (!PQsendPrepare(conn->pg, name, s->text, (int)s->count, s->types))
        return pg_fail(ctx, conn, NULL);
    enum gx_code code = GX_OK;
    for (PGresult *r = pg_wait(conn, true); r; r = pg_wait(conn, true)) {
        if (PQresultStatus(r) == PGRES_COMMAND_OK || code != GX_OK)
            PQclear(r);
        else
            code = pg_fail(ctx, conn, r);
    }
    if (code == GX_OK)
        s->name = conn->names;
    return code;
}

struct parameters {
    const char **p;
    int *bytes, *formats;
};

static struct parameters encode(struct gx_arena *arena, const struct gx_value *values, size_t count)
{
    struct parameters out = {
        .p = GX_ARENA_ARRAY(arena, const char *, count),
        .bytes = GX_ARENA_ARRAY(arena, int, count),
        .formats = GX_ARENA_ARRAY(arena, int, count),
    };
    for (size_t k = 0; k < count; k++) {
        struct gx_value v = values[k];
        out.formats[k] = FORMAT_BINARY;
        if (v.kind == GX_VALUE_INT) {
            uint64_t *big_endian = GX_ARENA_NEW(arena, uint64_t);
            *big_endian = htobe64((uint64_t)v.i);
            out.p[k] = (const char *)big_endian;
            out.bytes[k] = sizeof *big_endian;
        } else if (v.kind != GX_VALUE_NULL) {
            gx_assert(v.s.n < INT32_MAX);
            out.p[k] = v.s.n ? v.s.p : "";
            out.bytes[k] = (int)v.s.n;
        }
    }
    return out;
}

static enum gx_code send(struct gx_ctx *ctx, struct pg_conn *conn, struct pg_stmt *s,
                         const struct gx_value *values)
{
    char name[NAME_BYTES];
    write_name(name, s->name);
    struct parameters with = encode(&conn->base.scratch, values, s->count);
    bool ok = PQsendQueryPrepared(conn->pg, name, (int)s->count, with.p, with.bytes, with.formats,
                                  FORMAT_BINARY);
    gx_arena_reset(&conn->base.scratch);
    return ok ? GX_OK : pg_fail(ctx, conn, NULL);
}

enum gx_code pg_make_ready(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct pg_store *store = conn->base.db->store;
    if (db_conn_must_stop(&conn->base))
        return gx_fail(ctx, GX_E_CANCELLED, GX_STR(""), GX_M_DB_STOPPED);
    if (conn->streaming)
        GX_TRY(pg_drain(ctx, conn));
    if (conn->release_pending) {
        conn->release_pending = false;
        GX_TRY(pg_later_text(ctx, conn, "RELEASE gx"));
    }
    if (conn->epoch != atomic_load(&store->epoch))
        return forget_statements(ctx, conn);
    return GX_OK;
}

/* Send once; on success the statement is open on the connection. */
static enum gx_code start_once(struct gx_ctx *ctx, struct pg_conn *conn, struct gx_sql sql,
                               const struct gx_value *values, size_t count, bool stream,
                               struct pg_stmt **ret_stmt)
{
    struct pg_stmt *s = NULL;
    GX_TRY(pg_make_ready(ctx, conn));
    GX_TRY(acquire(ctx, conn, sql.text_, &s));
    gx_assert(s->count <= count); /* every placeholder has a value */
    db_rows_opened(&conn->base, &s->rows);
    enum gx_code code = prepare(ctx, conn, s, values);
    if (code == GX_OK)
        code = send(ctx, conn, s, values);
    if (code == GX_OK)
        code = pg_later_answers(ctx, conn);
    if (code == GX_OK && stream)
        code = pg_rows_start(ctx, s);
    if (code != GX_OK) {
        pg_close_rows(&s->rows);
        return code;
    }
    *ret_stmt = s;
    return GX_OK;
}

/* A reader outside a snapshot may simply try again, on a new connection if need be. */
static bool renew(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct gx_conn *base = &conn->base;
    if (base->is_writer || base->in_read || base->open_rows || !base->fault.again)
        return false;
    if (base->fault.disconnected) {
        pg_drop_statements(conn);
        PQreset(conn->pg);
        PQfreeCancel(conn->cancel);
        conn->cancel = PQgetCancel(conn->pg);
        base->broken = PQstatus(conn->pg) != CONNECTION_OK || pg_set_up(ctx, conn) != GX_OK;
    }
    return !base->broken;
}

static enum gx_code start(struct gx_ctx *ctx, struct gx_conn *base, struct gx_sql sql,
                          const struct gx_value *values, size_t count, bool stream,
                          struct pg_stmt **ret_stmt)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    base->fault = (struct db_fault){ 0 };
    enum gx_code code = start_once(ctx, conn, sql, values, count, stream, ret_stmt);
    if (code != GX_OK && renew(ctx, conn))
        code = start_once(ctx, conn, sql, values, count, stream, ret_stmt);
    return code;
}

enum gx_code pg_query(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                      const struct gx_value *values, size_t count, struct gx_rows **ret_rows)
{
    struct pg_stmt *s = NULL;
    GX_TRY(start(ctx, conn, sql, values, count, true, &s));
    *ret_rows = &s->rows;
    return GX_OK;
}

/* Rows changed, as the command tag says; a SELECT's rows do not count. */
static int64_t changed_rows(PGresult *result)
{
    int64_t changed = 0;
    if (!gx_str_starts(gx_str_c(PQcmdStatus(result)), GX_STR("SELECT")))
        (void)gx_str_int64(gx_str_c(PQcmdTuples(result)), &changed);
    return changed;
}

enum gx_code pg_exec(struct gx_ctx *ctx, struct gx_conn *base, struct gx_sql sql,
                     const struct gx_value *values, size_t count, int64_t *ret_changed)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    struct pg_stmt *s = NULL;
    if (!db_cache_worth(sql.text_))
        return pg_run(ctx, base, sql.text_);
    GX_TRY(start(ctx, base, sql, values, count, false, &s));
    enum gx_code code = GX_OK;
    for (PGresult *r = pg_wait(conn, true); r; r = pg_wait(conn, true)) {
        ExecStatusType status = PQresultStatus(r);
        if (code == GX_OK && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            code = pg_fail(ctx, conn, r);
            continue;
        }
        *ret_changed = changed_rows(r);
        PQclear(r);
    }
    pg_pipeline_end(conn);
    s->done = true;
    pg_close_rows(&s->rows);
    return code;
}

enum gx_code pg_exec_later(struct gx_ctx *ctx, struct gx_conn *base, struct gx_sql sql,
                           const struct gx_value *values, size_t count)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    struct pg_stmt *s = NULL;
    base->fault = (struct db_fault){ 0 };
    GX_TRY(pg_make_ready(ctx, conn));
    GX_TRY(acquire(ctx, conn, sql.text_, &s));
    gx_assert(s->count <= count);
    db_rows_opened(base, &s->rows);
    enum gx_code code = prepare(ctx, conn, s, values);
    if (code == GX_OK)
        code = pg_later_ready(ctx, conn);
    if (code == GX_OK)
        code = send(ctx, conn, s, values);
    if (code == GX_OK)
        conn->later++;
    else if (PQpipelineStatus(conn->pg) != PQ_PIPELINE_OFF)
        code = pg_later_failed(ctx, conn);
    s->done = true;
    pg_close_rows(&s->rows); /* the server has it all */
    return code;
}

enum gx_code pg_run(struct gx_ctx *ctx, struct gx_conn *base, struct gx_str statement)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    GX_TRY(pg_make_ready(ctx, conn));
    enum gx_code code = pg_command(ctx, conn, gx_arena_cstr(&base->scratch, statement), true);
    gx_arena_reset(&base->scratch);
    if (code != GX_OK || db_cache_worth(statement))
        return code;
    conn->changed_schema = true;
    return forget_statements(ctx, conn);
}
