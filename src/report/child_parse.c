/*
 * child_parse.c - texts into trees, and questions held against empty tables.
 *
 * 'J' text → 'T' its tree.  'B' cells (statements that make empty tables, the question, statements
 * that take them away) → 'C' the columns it would give, or 'X'.  There is no data here, no file and
 * no network; it is kept alive between texts, and killed when one takes too long.
 */
#include <stdlib.h>
#include <unistd.h>

#include "report/cage.h"
#include "report/child.h"
#include "report/keeper.h"
#include "report/pipe.h"

static void send(struct child *c, char kind, struct gx_str bytes)
{
    if (!gx_pipe_write(c->fd, kind, bytes, 0))
        _exit(0);
}

static void parse(struct child *c, struct gx_str text)
{
    duckdb_prepared_statement ask = NULL;
    duckdb_result result;
    duckdb_data_chunk chunk = NULL;
    const char *sql = "SELECT json_serialize_sql(?::VARCHAR, skip_null := true)";
    if (c->duck->prepare(c->conn, sql, &ask) != DuckDBSuccess ||
        c->duck->bind_varchar_length(ask, 1, text.p, text.n) != DuckDBSuccess) {
        child_error(c, DUCKDB_ERROR_INTERNAL, c->duck->prepare_error(ask));
    } else if (c->duck->execute_prepared(ask, &result) != DuckDBSuccess) {
        child_error(c, (int)c->duck->result_error_type(&result), c->duck->result_error(&result));
        c->duck->destroy_result(&result);
    } else {
        struct gx_buf out = { 0 };
        chunk = c->duck->fetch_chunk(result);
        if (chunk) {
            struct child_column column = {
                .type = DUCKDB_TYPE_VARCHAR,
                .data = c->duck->vector_get_data(c->duck->data_chunk_get_vector(chunk, 0)),
            };
            child_cell(&out, &column, 0);
        }
        char tag;
        struct gx_str rest = gx_buf_str(&out), tree = GX_STR("");
        if (gx_pipe_take(&rest, &tag, &tree))
            send(c, 'T', tree);
        gx_buf_free(&out);
        c->duck->destroy_data_chunk(&chunk);
        c->duck->destroy_result(&result);
    }
    c->duck->destroy_prepare(&ask);
}

static void columns(struct child *c, duckdb_prepared_statement ask)
{
    struct gx_buf out = { 0 };
    idx_t count = c->duck->prepared_statement_column_count(ask);
    for (idx_t i = 0; i < count; i++) {
        char buf[32];
        const char *name = c->duck->prepared_statement_column_name(ask, i);
        duckdb_logical_type type = c->duck->prepared_statement_column_logical_type(ask, i);
        const char *plain = child_type(c->duck, type, buf);
        gx_pipe_cell(&out, 's', gx_str_c(name));
        gx_pipe_cell(&out, 's', gx_str_c(plain ? plain : "VARCHAR"));
        c->duck->free((void *)(uintptr_t)name);
        c->duck->destroy_logical_type(&type);
    }
    send(c, 'C', gx_buf_str(&out));
    gx_buf_free(&out);
}

static void bind(struct child *c, struct gx_str rest)
{
    struct gx_str make, ask, away;
    char tag;
    duckdb_prepared_statement statement = NULL;
    if (!gx_pipe_take(&rest, &tag, &make) || !gx_pipe_take(&rest, &tag, &ask) ||
        !gx_pipe_take(&rest, &tag, &away))
        _exit(1);
    char *make_z = strndup(make.p, make.n), *ask_z = strndup(ask.p, ask.n),
         *away_z = strndup(away.p, away.n);
    if (!make_z || !ask_z || !away_z)
        _exit(1);
    if (make.n == 0 || child_exec(c, make_z)) {
        if (c->duck->prepare(c->conn, ask_z, &statement) == DuckDBSuccess) {
            columns(c, statement);
        } else {
            const char *error = c->duck->prepare_error(statement);
            child_error(c, child_class(error), error);
        }
        c->duck->destroy_prepare(&statement);
    }
    duckdb_result done;
    if (away.n) /* what was not made is not there either */
        c->duck->query(c->conn, away_z, &done);
    if (away.n)
        c->duck->destroy_result(&done);
    free(make_z);
    free(ask_z);
    free(away_z);
}

void gx_child_parse(const struct gx_duck *duck, int fd)
{
    static const struct child_setting settings[] = {
        { "memory_limit", "400MB" },
        { "autoinstall_known_extensions", "false" },
        { "autoload_known_extensions", "false" },
        { "disabled_optimizers", "expression_rewriter,statistics_propagation" },
        { NULL, NULL },
    };
    static const struct gx_cage cage = { .memory_bytes = INT64_C(1500) << 20 };
    struct child c = { .duck = duck, .fd = fd };
    struct gx_buf in = { 0 };
    char kind;
    if (!child_open(&c, settings) || !gx_cage_enter(&cage))
        _exit(1);
    while (gx_pipe_read(fd, &in, &kind, 0) == GX_PIPE_PIECE) {
        if (kind == 'J')
            parse(&c, gx_buf_str(&in));
        else
            bind(&c, gx_buf_str(&in));
    }
    _exit(0);
}
