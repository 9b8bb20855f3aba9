/*
 * pg_int.h - what the files of the PostgreSQL engine share.
 *
 * Layer: db, private to it.
 */
#ifndef GX_DB_PG_INT_H
#define GX_DB_PG_INT_H

#include <libpq-fe.h>

#include "db/db_int.h"

enum {
    PG_DRAIN_BYTES_MAX = 64 << 20, /* rows of an open query kept while another runs */
    PG_LATER_MAX = 60,             /* their answers must fit into the buffers between */
};

/* What all connections of a store share. */
struct pg_store {
    int64_t writer_id;      /* who we are in gx_turn */
    int64_t batch;          /* number of the writer's last transaction */
    _Atomic uint32_t epoch; /* goes up when the schema has changed */
};

/* One value of a row kept in memory. */
struct pg_cell {
    const char *p; /* NULL: null */
    int n;
};

struct pg_row {
    struct pg_row *next;
    struct pg_cell cells[];
};

struct pg_conn {
    struct gx_conn base; /* first */
    PGconn *pg;
    PGcancel *cancel;
    struct pg_stmt *streaming; /* its rows are still coming in */
    uint32_t names;            /* statements named so far */
    uint32_t epoch;            /* of the store when the statements were prepared */
    int later;                 /* statements that were sent and not yet answered */
    bool release_pending;      /* a RELEASE that goes along with the next command */
    bool changed_schema;       /* in this transaction */
    bool warned;               /* the server said a commit is not yet replicated */
};

struct pg_stmt {
    struct gx_rows rows; /* first */
    uint32_t name;       /* on the server: s1, s2, …; 0: not prepared */
    char *text;          /* with $1 … */
    Oid *types;          /* of parameters; 0: not known yet */
    size_t count;        /* of parameters */
    /* One run: */
    PGresult *result; /* of the row at hand, unless that was kept */
    bool peeked;      /* `result` is the first row, not yet asked for */
    bool done;        /* nothing more comes from the server */
    Oid *columns;
    int column_count;
    struct pg_row *unread, *last; /* kept in memory, oldest first */
    struct pg_row *current;       /* the row at hand, if it was kept */
    struct gx_arena arena;        /* columns and kept rows */
    struct gx_arena texts;        /* of the row at hand: numbers as text */
};

/* pg_err.c: report what a failed result (or NULL: the connection) says, and clear it. */
enum gx_code pg_fail(struct gx_ctx *ctx, struct pg_conn *conn, PGresult *result);

/* pg.c */
void pg_disconnect(struct gx_conn *conn);
/* Set up the session after connecting (again). */
enum gx_code pg_set_up(struct gx_ctx *ctx, struct pg_conn *conn);
/* Wait for the next result; NULL at the end.  May cancel when `may_stop`. */
PGresult *pg_wait(struct pg_conn *conn, bool may_stop);
/* Run text that may hold several statements and gives no rows. */
/* Plain enough to be written into SQL text, in quotes. */
bool pg_is_name(const char *name);
enum gx_code pg_command(struct gx_ctx *ctx, struct pg_conn *conn, const char *text, bool may_stop);

/* pg_stmt.c */
enum gx_code pg_exec(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                     const struct gx_value *values, size_t count, int64_t *ret_changed);
enum gx_code pg_query(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                      const struct gx_value *values, size_t count, struct gx_rows **ret_rows);
/* See gx_db_exec_later(). */
enum gx_code pg_exec_later(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                           const struct gx_value *values, size_t count);
enum gx_code pg_run(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str statement);
/* Forget all statements; those in use when they are closed. */
void pg_drop_statements(struct pg_conn *conn);
/* The run is over: into the cache, or away. */
void pg_give_back(struct pg_stmt *s);

/* What must be out of the way before something is sent. */
enum gx_code pg_make_ready(struct gx_ctx *ctx, struct pg_conn *conn);

/* pg_later.c: statements whose answers are read with the next one's */
enum gx_code pg_later_text(struct gx_ctx *ctx, struct pg_conn *conn, const char *text);
/* Before one is sent by other means; count it in conn->later. */
enum gx_code pg_later_ready(struct gx_ctx *ctx, struct pg_conn *conn);
/*
 * Another statement was sent behind them: their answers; its own come next, and after those
 * pg_pipeline_end().  An error has ended everything.
 */
enum gx_code pg_later_answers(struct gx_ctx *ctx, struct pg_conn *conn);
/* One could not be sent. */
enum gx_code pg_later_failed(struct gx_ctx *ctx, struct pg_conn *conn);
void pg_pipeline_end(struct pg_conn *conn);
/* All answers; afterwards anything may be sent. */
enum gx_code pg_settle(struct gx_ctx *ctx, struct pg_conn *conn);

/* pg_copy.c */
enum gx_code pg_load(struct gx_ctx *ctx, struct gx_conn *base, struct gx_str table,
                     const struct gx_str *columns, size_t column_count,
                     const struct gx_value *values, size_t row_count);

/* pg_rows.c */
enum gx_code pg_next(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has);
struct gx_value pg_column(const struct gx_rows *rows, int column);
int pg_columns(const struct gx_rows *rows);
void pg_close_rows(struct gx_rows *rows);
/* Take the rest of the open query into memory, so that another statement may run. */
enum gx_code pg_drain(struct gx_ctx *ctx, struct pg_conn *conn);
/* A query was sent: fetch its first row, so that its errors come at once. */
enum gx_code pg_rows_start(struct gx_ctx *ctx, struct pg_stmt *s);

/* pg_script.c: a statement of migrations/ in PostgreSQL's types. */
struct gx_str pg_translate(struct gx_arena *arena, struct gx_str statement);

/* pg_value.c */
/* The type to declare for a value; 0 for NULL. */
Oid pg_type_of(struct gx_value value);
/* How db/ sees a value of the server's in binary form; texts made for it live in `arena`. */
struct gx_value pg_decode(struct gx_arena *arena, Oid type, struct pg_cell cell);

#endif
