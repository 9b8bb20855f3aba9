/*
 * child_fill.c - a file of DuckDB made of rows that are sent.
 *
 * 'A' cells: the file, the statement that makes its table, the table's name.  'R' cells, row after
 * row, as many as the table has columns in each.  'E' the end → 'E' when it is whole on the disk.
 */
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/child.h"
#include "report/keeper.h"
#include "report/pipe.h"

struct fill {
    struct child c;
    duckdb_appender appender;
    idx_t columns;
};

static bool make(struct fill *f, struct gx_str rest)
{
    struct gx_str path, sql, table;
    struct gx_buf text = { 0 };
    char tag;
    if (!gx_pipe_take(&rest, &tag, &path) || !gx_pipe_take(&rest, &tag, &sql) ||
        !gx_pipe_take(&rest, &tag, &table))
        return false;
    gx_buf_addz(&text, "ATTACH ");
    child_quote(&text, path);
    gx_buf_addz(&text, " AS made; ");
    gx_buf_add(&text, sql);
    gx_buf_addc(&text, 0);
    char *name = strndup(table.p, table.n);
    bool ok = name && gx_buf_check(&text) == GX_OK && child_exec(&f->c, text.p) &&
              f->c.duck->appender_create_ext(f->c.conn, "made", "main", name, &f->appender) ==
                  DuckDBSuccess;
    f->columns = ok ? f->c.duck->appender_column_count(f->appender) : 0;
    free(name);
    gx_buf_free(&text);
    return ok && f->columns > 0;
}

static bool append(struct fill *f, char tag, struct gx_str text)
{
    const struct gx_duck *d = f->c.duck;
    int64_t number;
    switch (tag) {
    case 'n':
        return d->append_null(f->appender) == DuckDBSuccess;
    case 't':
    case 'f':
        return d->append_bool(f->appender, tag == 't') == DuckDBSuccess;
    case 'i':
        return gx_str_int64(text, &number) && d->append_int64(f->appender, number) == DuckDBSuccess;
    default:
        return d->append_varchar_length(f->appender, text.p, text.n) == DuckDBSuccess;
    }
}

static bool rows(struct fill *f, struct gx_str rest)
{
    idx_t at = 0;
    char tag;
    struct gx_str text;
    while (gx_pipe_take(&rest, &tag, &text)) {
        if (!append(f, tag, text))
            return false;
        if (++at < f->columns)
            continue;
        at = 0;
        if (f->c.duck->appender_end_row(f->appender) != DuckDBSuccess)
            return false;
    }
    return at == 0 && rest.n == 0;
}

static bool finish(struct fill *f)
{
    return f->c.duck->appender_destroy(&f->appender) == DuckDBSuccess &&
           child_exec(&f->c, "CHECKPOINT made; DETACH made") &&
           gx_pipe_write(f->c.fd, 'E', GX_STR(""), 0);
}

void gx_child_fill(const struct gx_duck *duck, int fd)
{
    static const struct child_setting settings[] = { { "memory_limit", "600MB" }, { NULL, NULL } };
    struct fill f = { .c = { .duck = duck, .fd = fd } };
    struct gx_buf in = { 0 };
    char kind;
    bool ok = child_open(&f.c, settings);
    while (ok && gx_pipe_read(fd, &in, &kind, 0) == GX_PIPE_PIECE) {
        if (kind == 'A')
            ok = make(&f, gx_buf_str(&in));
        else if (kind == 'R')
            ok = f.appender && rows(&f, gx_buf_str(&in));
        else
            _exit(f.appender && finish(&f) ? 0 : 1);
    }
    if (!ok)
        child_error(&f.c, DUCKDB_ERROR_INVALID, f.appender ? duck->appender_error(f.appender) : "");
    _exit(1);
}
