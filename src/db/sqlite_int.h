/*
 * sqlite_int.h - what the files of the SQLite engine share.
 *
 * Layer: db, private to it.
 */
#ifndef GX_DB_SQLITE_INT_H
#define GX_DB_SQLITE_INT_H

#include <sqlite3.h>

#include "db/db_int.h"

struct sqlite_conn {
    struct gx_conn base; /* first */
    sqlite3 *db;
    sqlite3_stmt *controls[DB_CONTROL_COUNT];
    struct gx_arena arena; /* lives as long as the connection */
    int64_t definitions;   /* CREATE, DROP … so far: sqlite3_total_changes() leaves them out */
    int wal_pages;
};

struct sqlite_stmt {
    struct gx_rows rows; /* first */
    sqlite3_stmt *stmt;
    int columns;       /* of the current row */
    bool done;         /* stepped past the last row */
    uint64_t bound[4]; /* by bit: of the first 256 parameters those that are not NULL */
};

/* Report the connection's last error (`rc` is its extended code). */
enum gx_code sqlite_fail(struct gx_ctx *ctx, struct sqlite_conn *conn, int rc);
/* Functions and the tokeniser on a new connection; an SQLite result code. */
int sqlite_add_functions(struct sqlite_conn *conn);
/* How db/ sees a value of SQLite; numbers that are not whole become text. */
struct gx_value sqlite_value(sqlite3_value *value);
void sqlite_disconnect(struct gx_conn *conn);

/* sqlite_stmt.c */
enum gx_code sqlite_exec(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                         const struct gx_value *values, size_t count, int64_t *ret_changed);
enum gx_code sqlite_query(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                          const struct gx_value *values, size_t count, struct gx_rows **ret_rows);
enum gx_code sqlite_next(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has);
struct gx_value sqlite_column(const struct gx_rows *rows, int column);
int sqlite_columns(const struct gx_rows *rows);
void sqlite_close_rows(struct gx_rows *rows);
enum gx_code sqlite_run(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str statement);
void sqlite_drop_statements(struct sqlite_conn *conn);

/* sqlite_follow.c: what a follower needs is in the store (db->store). */
void sqlite_open_store(struct gx_db *db);
void sqlite_close_store(struct gx_db *db);
/* On the writer after a commit: the log is good up to `frames`. */
void sqlite_follow_commit(struct sqlite_conn *conn, int frames);
/* Whether the log may be begun anew. */
bool sqlite_follow_may_checkpoint(struct sqlite_conn *conn);

/* sqlite_backup.c */
enum gx_code sqlite_backup(struct gx_ctx *ctx, struct gx_db *db, const char *path);

#endif
