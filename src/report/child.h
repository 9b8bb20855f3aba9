/*
 * child.h - what the children of the keeper share.
 *
 * Pieces that a child sends (report/pipe.h): 'X' error (cells: the engine's class as a number, its
 * message); 'C' columns (cells: name, type, …); 'R' rows (cells); 'P' progress in percent; 'T' a
 * tree; 'E' the end.
 *
 * Layer: report, private to child_*.c.
 */
#ifndef GX_REPORT_CHILD_H
#define GX_REPORT_CHILD_H

#include "base/buf.h"
#include "report/duck.h"

struct child {
    const struct gx_duck *duck;
    int fd;
    duckdb_database db;
    duckdb_connection conn;
};

struct child_setting {
    const char *name, *value;
};

/* An empty database in memory, one thread, with these settings (ended by NULL). */
bool child_open(struct child *c, const struct child_setting *settings);
/* A statement of ours. */
bool child_exec(struct child *c, const char *sql);
/* Say that a piece of work failed. */
void child_error(struct child *c, int class, const char *message);
/* What kind of error a message is about, where only the message is to be had. */
int child_class(const char *message);
/* "DECIMAL(18,4)"; NULL: not one of the plain types. */
const char *child_type(const struct gx_duck *duck, duckdb_logical_type type, char buf[32]);
/* 'quoted' */
void child_quote(struct gx_buf *sql, struct gx_str text);
/* The value in row `row` of a vector as a cell. */
struct child_column {
    duckdb_type type, inner; /* inner: of a decimal, how it is kept */
    int scale;
    const void *data;
    const uint64_t *valid;
};
void child_cell(struct gx_buf *out, const struct child_column *column, uint64_t row);

#endif
