/* child.c - see child.h. */
#include "report/child.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/pipe.h"

bool child_open(struct child *c, const struct child_setting *settings)
{
    duckdb_config config;
    char *error = NULL;
    if (c->duck->create_config(&config) != DuckDBSuccess)
        return false;
    bool ok = c->duck->set_config(config, "threads", "1") == DuckDBSuccess;
    for (; ok && settings->name; settings++)
        ok = c->duck->set_config(config, settings->name, settings->value) == DuckDBSuccess;
    ok = ok && c->duck->open_ext(NULL, &c->db, config, &error) == DuckDBSuccess &&
         c->duck->connect(c->db, &c->conn) == DuckDBSuccess;
    c->duck->destroy_config(&config);
    return ok;
}

bool child_exec(struct child *c, const char *sql)
{
    duckdb_result result;
    bool ok = c->duck->query(c->conn, sql, &result) == DuckDBSuccess;
    if (!ok)
        child_error(c, (int)c->duck->result_error_type(&result), c->duck->result_error(&result));
    c->duck->destroy_result(&result);
    return ok;
}

void child_error(struct child *c, int class, const char *message)
{
    struct gx_buf out = { 0 };
    char number[16];
    int n = snprintf(number, sizeof number, "%d", class);
    gx_pipe_cell(&out, 'i', (struct gx_str){ number, (size_t)n });
    gx_pipe_cell(&out, 's', gx_str_c(message));
    if (!gx_pipe_write(c->fd, 'X', gx_buf_str(&out), 0))
        _Exit(1);
    gx_buf_free(&out);
}

int child_class(const char *message)
{
    static const struct {
        const char *begins;
        int class;
    } words[] = {
        { "Binder Error", DUCKDB_ERROR_BINDER },
        { "Catalog Error", DUCKDB_ERROR_CATALOG },
        { "Conversion Error", DUCKDB_ERROR_CONVERSION },
        { "Out of Range Error", DUCKDB_ERROR_OUT_OF_RANGE },
        { "Out of Memory Error", DUCKDB_ERROR_OUT_OF_MEMORY },
        { "INTERRUPT Error", DUCKDB_ERROR_INTERRUPT },
        { "Parser Error", DUCKDB_ERROR_PARSER },
    };
    for (size_t i = 0; message && i < GX_COUNT(words); i++)
        if (strncmp(message, words[i].begins, strlen(words[i].begins)) == 0)
            return words[i].class;
    return DUCKDB_ERROR_INVALID;
}

const char *child_type(const struct gx_duck *duck, duckdb_logical_type type, char buf[32])
{
    static const struct {
        duckdb_type id;
        const char *name;
    } plain[] = {
        { DUCKDB_TYPE_BOOLEAN, "BOOLEAN" },     { DUCKDB_TYPE_TINYINT, "INTEGER" },
        { DUCKDB_TYPE_SMALLINT, "INTEGER" },    { DUCKDB_TYPE_INTEGER, "INTEGER" },
        { DUCKDB_TYPE_BIGINT, "BIGINT" },       { DUCKDB_TYPE_UTINYINT, "INTEGER" },
        { DUCKDB_TYPE_USMALLINT, "INTEGER" },   { DUCKDB_TYPE_UINTEGER, "BIGINT" },
        { DUCKDB_TYPE_UBIGINT, "HUGEINT" },     { DUCKDB_TYPE_HUGEINT, "HUGEINT" },
        { DUCKDB_TYPE_FLOAT, "DOUBLE" },        { DUCKDB_TYPE_DOUBLE, "DOUBLE" },
        { DUCKDB_TYPE_VARCHAR, "VARCHAR" },     { DUCKDB_TYPE_DATE, "DATE" },
        { DUCKDB_TYPE_TIMESTAMP, "TIMESTAMP" }, { DUCKDB_TYPE_SQLNULL, "VARCHAR" },
    };
    duckdb_type id = duck->get_type_id(type);
    if (id == DUCKDB_TYPE_DECIMAL) {
        snprintf(buf, 32, "DECIMAL(%d,%d)", (int)duck->decimal_width(type),
                 (int)duck->decimal_scale(type));
        return buf;
    }
    for (size_t i = 0; i < GX_COUNT(plain); i++)
        if (plain[i].id == id)
            return plain[i].name;
    return NULL;
}

void child_quote(struct gx_buf *sql, struct gx_str text)
{
    gx_buf_addc(sql, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            gx_buf_addc(sql, '\'');
        gx_buf_addc(sql, text.p[i]);
    }
    gx_buf_addc(sql, '\'');
}
