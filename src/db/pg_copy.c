/*
 * pg_copy.c - many rows at once by COPY, in its text form.
 *
 * Values need no types here: the server reads each as its column wants it.
 */
#include "db/pg_int.h"

#include "base/assert.h"

enum { CHUNK_BYTES = 1 << 18 };

static void add_name(struct gx_buf *out, struct gx_str name)
{
    gx_buf_addc(out, '"');
    gx_buf_add(out, name);
    gx_buf_addc(out, '"');
}

static void add_text(struct gx_buf *out, struct gx_str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c != '\\' && c != '\n' && c != '\r' && c != '\t')
            continue;
        gx_buf_add(out, (struct gx_str){ s.p + from, i - from });
        gx_buf_addc(out, '\\');
        gx_buf_addc(out, c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\t' ? 't' : c);
        from = i + 1;
    }
    gx_buf_add(out, gx_str_from(s, from));
}

static void add_bytes(struct gx_buf *out, struct gx_str s)
{
    static const char digits[] = "0123456789abcdef";
    gx_buf_addz(out, "\\\\x");
    for (size_t i = 0; i < s.n; i++) {
        gx_buf_addc(out, digits[(unsigned char)s.p[i] >> 4]);
        gx_buf_addc(out, digits[s.p[i] & 15]);
    }
}

static void add_value(struct gx_buf *out, struct gx_value value)
{
    switch (value.kind) {
    case GX_VALUE_NULL:
        gx_buf_addz(out, "\\N");
        break;
    case GX_VALUE_INT:
        gx_buf_addi(out, value.i);
        break;
    case GX_VALUE_TEXT:
        add_text(out, value.s);
        break;
    case GX_VALUE_BLOB:
        add_bytes(out, value.s);
        break;
    }
}

/* The answers to what was sent; the first that is no success is reported. */
static enum gx_code answers(struct gx_ctx *ctx, struct pg_conn *conn)
{
    enum gx_code code = GX_OK;
    for (PGresult *r = pg_wait(conn, true); r; r = pg_wait(conn, true)) {
        if (PQresultStatus(r) == PGRES_COMMAND_OK || code != GX_OK)
            PQclear(r);
        else
            code = pg_fail(ctx, conn, r);
    }
    if (code == GX_OK && PQstatus(conn->pg) == CONNECTION_BAD)
        code = pg_fail(ctx, conn, NULL);
    return code;
}

static bool send_chunk(struct pg_conn *conn, struct gx_buf *out)
{
    gx_assert(out->n < INT32_MAX);
    bool ok = PQputCopyData(conn->pg, out->p, (int)out->n) == 1;
    gx_buf_clear(out);
    return ok;
}

static bool send_rows(struct pg_conn *conn, const struct gx_value *values, size_t column_count,
                      size_t row_count)
{
    struct gx_buf out = { 0 };
    bool ok = true;
    for (size_t i = 0; i < row_count && ok; i++) {
        for (size_t k = 0; k < column_count; k++) {
            if (k)
                gx_buf_addc(&out, '\t');
            add_value(&out, values[i * column_count + k]);
        }
        gx_buf_addc(&out, '\n');
        if (out.n >= CHUNK_BYTES)
            ok = send_chunk(conn, &out);
    }
    if (ok && out.n)
        ok = send_chunk(conn, &out);
    gx_buf_free(&out);
    return ok;
}

enum gx_code pg_load(struct gx_ctx *ctx, struct gx_conn *base, struct gx_str table,
                     const struct gx_str *columns, size_t column_count,
                     const struct gx_value *values, size_t row_count)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    struct gx_buf text = { 0 };
    GX_TRY(pg_make_ready(ctx, conn));
    GX_TRY(pg_settle(ctx, conn));
    gx_buf_addz(&text, "COPY ");
    add_name(&text, table);
    for (size_t i = 0; i < column_count; i++) {
        gx_buf_addz(&text, i ? ", " : " (");
        add_name(&text, columns[i]);
    }
    gx_buf_addz(&text, ") FROM STDIN");
    const char *command = gx_arena_cstr(&base->scratch, gx_buf_str(&text));
    gx_buf_free(&text);
    bool sent = PQsendQuery(conn->pg, command);
    gx_arena_reset(&base->scratch);
    PGresult *r = sent ? pg_wait(conn, true) : NULL;
    if (!r || PQresultStatus(r) != PGRES_COPY_IN) {
        enum gx_code code = pg_fail(ctx, conn, r);
        while ((r = pg_wait(conn, false)))
            PQclear(r);
        return code;
    }
    PQclear(r);
    if (!send_rows(conn, values, column_count, row_count) || PQputCopyEnd(conn->pg, NULL) != 1)
        return pg_fail(ctx, conn, NULL);
    return answers(ctx, conn);
}
