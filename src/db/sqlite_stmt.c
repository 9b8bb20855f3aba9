/* sqlite_stmt.c - statements on SQLite: prepare, bind, step, read columns. */
#include "db/sqlite_int.h"

#include <stdlib.h>

#include "base/assert.h"

static struct sqlite_stmt *stmt_of(const struct gx_rows *rows)
{
    return (struct sqlite_stmt *)(uintptr_t)rows;
}

static void destroy(struct gx_rows *rows)
{
    sqlite3_finalize(stmt_of(rows)->stmt);
    free(rows);
}

static enum gx_code prepare(struct gx_ctx *ctx, struct sqlite_conn *conn, struct gx_str text,
                            struct gx_rows **ret_rows)
{
    bool worth = db_cache_worth(text);
    struct sqlite_stmt *s = calloc(1, sizeof *s + text.n);
    gx_assert(s && text.n < INT32_MAX);
    s->rows.text = (struct gx_str){ memcpy(s + 1, text.p, text.n), text.n };
    int rc = sqlite3_prepare_v3(conn->db, text.p, (int)text.n,
                                worth ? SQLITE_PREPARE_PERSISTENT : 0, &s->stmt, NULL);
    if (rc != SQLITE_OK) {
        free(s);
        return sqlite_fail(ctx, conn, rc);
    }
    gx_assert(s->stmt); /* not only white space */
    if (worth) {
        struct gx_rows *old = db_cache_evict(&conn->base.cache, 1);
        if (old)
            destroy(old);
        db_cache_add(&conn->base.cache, &s->rows);
    }
    *ret_rows = &s->rows;
    return GX_OK;
}

static int bind(sqlite3_stmt *stmt, int k, struct gx_value value)
{
    const char *p = value.kind == GX_VALUE_TEXT || value.kind == GX_VALUE_BLOB ? value.s.p : NULL;
    switch (value.kind) {
    case GX_VALUE_NULL:
        return sqlite3_bind_null(stmt, k);
    case GX_VALUE_INT:
        return sqlite3_bind_int64(stmt, k, value.i);
    case GX_VALUE_TEXT: /* a NULL pointer would bind NULL */
        return sqlite3_bind_text64(stmt, k, p ? p : "", value.s.n, SQLITE_STATIC, SQLITE_UTF8);
    case GX_VALUE_BLOB:
        return sqlite3_bind_blob64(stmt, k, p ? p : "", value.s.n, SQLITE_STATIC);
    }
    gx_assert(!"a kind of value");
}

static void give_back(struct gx_rows *rows)
{
    if (!rows->cached) {
        destroy(rows);
        return;
    }
    sqlite3_reset(stmt_of(rows)->stmt);
    db_cache_give(&rows->conn->cache, rows);
}

/* A statement ready to step, opened on the connection. */
static enum gx_code start(struct gx_ctx *ctx, struct gx_conn *base, struct gx_str text,
                          const struct gx_value *values, size_t count, struct gx_rows **ret_rows)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    struct gx_rows *rows = db_cache_take(&base->cache, text);
    if (!rows)
        GX_TRY(prepare(ctx, conn, text, &rows));
    db_rows_opened(base, rows);
    struct sqlite_stmt *s = stmt_of(rows);
    s->done = false;
    int wanted = sqlite3_bind_parameter_count(s->stmt);
    gx_assert((size_t)wanted <= count); /* every placeholder has a value */
    int rc = SQLITE_OK;
    for (int k = 1; k <= wanted && rc == SQLITE_OK; k++) {
        /* Most columns of most records are empty: what was NULL last time is not bound again. */
        bool empty = values[k - 1].kind == GX_VALUE_NULL;
        size_t word = (size_t)(k - 1) / 64;
        uint64_t bit = UINT64_C(1) << (k - 1) % 64;
        if (word >= GX_COUNT(s->bound)) {
            rc = bind(s->stmt, k, values[k - 1]);
            continue;
        }
        if (empty && !(s->bound[word] & bit))
            continue;
        rc = bind(s->stmt, k, values[k - 1]);
        s->bound[word] = empty ? s->bound[word] & ~bit : s->bound[word] | bit;
    }
    if (rc != SQLITE_OK) {
        enum gx_code code = sqlite_fail(ctx, conn, rc);
        sqlite_close_rows(rows);
        return code;
    }
    *ret_rows = rows;
    return GX_OK;
}

enum gx_code sqlite_query(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                          const struct gx_value *values, size_t count, struct gx_rows **ret_rows)
{
    return start(ctx, conn, sql.text_, values, count, ret_rows);
}

enum gx_code sqlite_next(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has)
{
    struct sqlite_stmt *s = stmt_of(rows);
    if (s->done) { /* stepping again would start over */
        *ret_has = false;
        return GX_OK;
    }
    int rc = sqlite3_step(s->stmt);
    s->done = rc != SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return sqlite_fail(ctx, (struct sqlite_conn *)rows->conn, rc);
    *ret_has = rc == SQLITE_ROW;
    s->columns = sqlite3_column_count(s->stmt); /* a changed table may have made it anew */
    return GX_OK;
}

enum gx_code sqlite_exec(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                         const struct gx_value *values, size_t count, int64_t *ret_changed)
{
    struct gx_rows *rows = NULL;
    bool has = true;
    enum gx_code code = GX_OK;
    GX_TRY(start(ctx, conn, sql.text_, values, count, &rows));
    if (!rows->cached && !sqlite3_stmt_readonly(stmt_of(rows)->stmt))
        ((struct sqlite_conn *)conn)->definitions++;
    while (code == GX_OK && has)
        code = sqlite_next(ctx, rows, &has);
    /* The engine keeps the last count through statements that change no rows. */
    bool counts = rows->cached && !sqlite3_stmt_readonly(stmt_of(rows)->stmt);
    *ret_changed = counts ? sqlite3_changes64(((struct sqlite_conn *)conn)->db) : 0;
    sqlite_close_rows(rows);
    return code;
}

enum gx_code sqlite_run(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str statement)
{
    int64_t changed = 0;
    struct gx_sql sql = { statement };
    return sqlite_exec(ctx, conn, sql, NULL, 0, &changed);
}

struct gx_value sqlite_value(sqlite3_value *value)
{
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
        return GX_NULL_VALUE;
    case SQLITE_INTEGER:
        return gx_value_int(sqlite3_value_int64(value));
    case SQLITE_FLOAT: {
        double d = sqlite3_value_double(value);
        if (d >= -9.0e15 && d <= 9.0e15 && d == (double)(int64_t)d)
            return gx_value_int((int64_t)d);
        break;
    }
    case SQLITE_BLOB: {
        const char *p = sqlite3_value_blob(value);
        return gx_value_blob((struct gx_str){ p ? p : "", (size_t)sqlite3_value_bytes(value) });
    }
    default:
        break;
    }
    const char *p = (const char *)sqlite3_value_text(value);
    return gx_value_text((struct gx_str){ p ? p : "", (size_t)sqlite3_value_bytes(value) });
}

struct gx_value sqlite_column(const struct gx_rows *rows, int column)
{
    const struct sqlite_stmt *s = stmt_of(rows);
    gx_assert(column >= 0 && column < s->columns && !s->done);
    /* One look at the column: the sqlite3_column_… functions check the statement each time. */
    return sqlite_value(sqlite3_column_value(s->stmt, column));
}

int sqlite_columns(const struct gx_rows *rows)
{
    return sqlite3_column_count(stmt_of(rows)->stmt);
}

void sqlite_close_rows(struct gx_rows *rows)
{
    db_rows_closed(rows);
    give_back(rows);
}

void sqlite_drop_statements(struct sqlite_conn *conn)
{
    struct db_cache *cache = &conn->base.cache;
    while (cache->newest) {
        struct gx_rows *stmt = cache->newest;
        db_cache_drop(cache, stmt);
        destroy(stmt);
    }
    gx_assert(cache->count == 0); /* none is still open */
}
