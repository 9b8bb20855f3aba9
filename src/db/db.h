/*
 * db.h - one interface over SQLite and PostgreSQL.
 *
 * A store is opened once.  Readers are connections used by one thread at a time, each with its
 * own cache of prepared statements.  There is one writer per store: a thread that takes many
 * requests' writes into one transaction (group commit), one failing alone, and reports
 * each one done only after the commit is durable.
 *
 * Layer: db.  Only this folder includes sqlite3.h and libpq-fe.h.  Pass-through of errors:
 * every function that can fail says so in ctx (GX_E_IO with the engine's words, GX_E_DUPLICATE
 * for a unique violation with the index, constraint or table.column as path, GX_E_IN_USE for a
 * foreign key, GX_E_INVALID for NOT NULL, CHECK and values out of range, GX_E_LIMIT for a value
 * too large, GX_E_CANCELLED after an interrupt or deadline, GX_E_BUSY when it should be tried
 * again, GX_E_INTERNAL for SQL the engine does not take).
 */
#ifndef GX_DB_DB_H
#define GX_DB_DB_H

#include "base/ctx.h"
#include "base/sql.h"
#include "base/token.h"

struct gx_db;
struct gx_conn;
struct gx_rows;

struct gx_db_function {
    const char *name;
    int arg_count;
    struct gx_value (*call)(struct gx_arena *scratch, const struct gx_value *args);
};

struct gx_db_options {
    const char *url;    /* a file path (SQLite) or "postgresql://…" */
    const char *schema; /* PostgreSQL schema of the tenant; NULL: "public" */
    /* PostgreSQL: every statement runs as this role, which owns the schema and sees nothing else;
     * made when it is missing.  NULL: as who connects. */
    const char *role;
    /* PostgreSQL: GX_E_NOT_FOUND when there is no such schema, instead of making it. */
    bool must_exist;
    /*
     * PostgreSQL: several processes write this store.  Each transaction of a writer begins by
     * taking the turn, which it has until it ends, so writers follow each other as they do on
     * SQLite and whatever a work reads is what it will write upon.
     */
    bool turns;
    /* Functions for SQL on SQLite, ended by a NULL name; may be NULL. */
    const struct gx_db_function *functions;
    /*
     * Splits text into search tokens for the FTS5 tokeniser "guanxi"; calls `emit` per token.
     * `query` is true when a search text is being split, false when a document is.
     */
    void (*tokenise)(struct gx_str text, bool query, gx_token_emit emit, void *p);
    int reader_max; /* 0: 8 */
    bool shred;     /* SQLite: what is deleted is overwritten, in the log of changes too */
};

GX_NODISCARD enum gx_code gx_db_open(struct gx_ctx *ctx, const struct gx_db_options *options,
                                     struct gx_db **ret_db);
/* Finish what is queued, checkpoint, close. */
void gx_db_close(struct gx_db *db);
enum gx_dialect gx_db_dialect(const struct gx_db *db);

/*
 * A reader for this piece of work.  It sees one snapshot from gx_conn_begin_read() to
 * gx_conn_end_read(), or each statement its own.  Give it back with gx_db_reader_release(), before
 * a context that is in a hurry (ctx->hurry_us) goes.
 */
GX_NODISCARD enum gx_code gx_db_reader(struct gx_ctx *ctx, struct gx_db *db,
                                       struct gx_conn **ret_conn);
/* Queries still open are closed; closing them later is an error of the program. */
void gx_db_reader_release(struct gx_conn *conn);
GX_NODISCARD enum gx_code gx_conn_begin_read(struct gx_ctx *ctx, struct gx_conn *conn);
void gx_conn_end_read(struct gx_conn *conn);
enum gx_dialect gx_conn_dialect(const struct gx_conn *conn);
bool gx_conn_is_writer(const struct gx_conn *conn);

/* Run a statement that gives no rows.  *ret_changed (may be NULL): rows changed. */
GX_NODISCARD enum gx_code gx_db_exec(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                                     const struct gx_value *values, size_t count,
                                     int64_t *ret_changed);
/*
 * The same for a statement that cannot fail unless something is wrong with the store, and whose
 * outcome nobody asks for: on the writer of PostgreSQL it goes along with the next one.  Should it
 * fail, the transaction is run again, and then this call says so.
 */
GX_NODISCARD enum gx_code gx_db_exec_later(struct gx_ctx *ctx, struct gx_conn *conn,
                                           struct gx_sql sql, const struct gx_value *values,
                                           size_t count);
/*
 * Run a query.  The statement is prepared once per connection and text, then cached.  Values
 * of a row are valid until the next step.  Close it (closing NULL does nothing).  `values` must
 * stay alive until then.  PostgreSQL: when another statement starts on this connection, what is
 * left of an open query is kept in memory, at most 64 MB (else GX_E_LIMIT); text cannot hold a
 * zero byte (GX_E_INVALID).
 */
GX_NODISCARD enum gx_code gx_db_query(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                                      const struct gx_value *values, size_t count,
                                      struct gx_rows **ret_rows);
GX_NODISCARD enum gx_code gx_rows_next(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has);
struct gx_value gx_rows_value(const struct gx_rows *rows, int column);
int64_t gx_rows_int(const struct gx_rows *rows, int column);        /* NULL: 0 */
struct gx_str gx_rows_text(const struct gx_rows *rows, int column); /* NULL: empty */
int gx_rows_columns(const struct gx_rows *rows);
void gx_rows_close(struct gx_rows *rows);
/* First column of the first row as an integer; `otherwise` when there is none. */
GX_NODISCARD enum gx_code gx_db_int(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                                    const struct gx_value *values, size_t count, int64_t otherwise,
                                    int64_t *ret_value);
/*
 * Stop what this connection is doing, from another thread: the running statement and those
 * after it give GX_E_CANCELLED until the reader is released (writer: until the work ends).
 */
void gx_conn_interrupt(struct gx_conn *conn);
/* The same by itself at a time of gx_monotonic_us(); 0: no limit. */
void gx_conn_deadline(struct gx_conn *conn, int64_t monotonic_us);

/*
 * A piece of writing: run on the writer; an error takes back what it wrote, and nothing else.
 * Once a statement failed, no other may run in this work and its writes are not kept, even if
 * it returns GX_OK; to try something that may fail, use gx_db_try().  A work that succeeded is
 * run again from its start when the transaction around it was lost and can be repeated, so it
 * must begin from its input each time.
 */
typedef enum gx_code (*gx_db_work)(void *p, struct gx_conn *conn);
/* Inside a work: run `part` in a savepoint of its own; an error rolls that part back alone. */
GX_NODISCARD enum gx_code gx_db_try(struct gx_ctx *ctx, struct gx_conn *conn, gx_db_work part,
                                    void *p);
/* Called on the writer thread after the commit (or the failure) is final. */
typedef void (*gx_db_done)(void *p, enum gx_code code);

/* Queue work; returns at once.  `done` must be quick and must not wait for a write.  `done` is
 * always called, exactly once. */
void gx_db_submit(struct gx_db *db, gx_db_work work, gx_db_done done, void *p);
/* Queue work and wait until it is durable. */
GX_NODISCARD enum gx_code gx_db_write(struct gx_ctx *ctx, struct gx_db *db, gx_db_work work,
                                      void *p);
/*
 * Call fn(p) on the writer thread after each commit, before its works are told.  It must be quick
 * and must not wait for a write.  One listener, set before the first write that it wants to hear
 * of.
 */
void gx_db_on_commit(struct gx_db *db, void (*fn)(void *p), void *p);

/*
 * A number in memory that works count up along with what they write, such as that of the newest
 * entry of a log: when a work, a part of one or a whole transaction is rolled back, the number goes
 * back to what it was before.  One number; set it before there are writes.  NULL: none.
 */
void gx_db_number(struct gx_db *db, int64_t *number);

/*
 * The same for a work that no other may share its transaction with: all before it are committed,
 * none after it is begun until `done` has returned.
 */
void gx_db_submit_alone(struct gx_db *db, gx_db_work work, gx_db_done done, void *p);
/*
 * From `done` of such a work: everything asked of `db` from now on, and what waits in its queue, is
 * done by `to`, which is closed together with it.  Readers taken before go on where they are.
 */
void gx_db_forward(struct gx_db *db, struct gx_db *to);
/* The store that does the work of this one: itself, unless it was forwarded. */
struct gx_db *gx_db_of(struct gx_db *db);

/*
 * Call fn(p, ctx, conn) on the writer thread at the start of a transaction, before its
 * works, when another process has written since this one's last transaction, or when what this one
 * remembers may be wrong: after a connection or a transaction was lost.  An error loses the
 * transaction.  One listener; set it before there are writes.
 */
void gx_db_on_foreign(struct gx_db *db,
                      enum gx_code (*fn)(void *p, struct gx_ctx *ctx, struct gx_conn *conn),
                      void *p);
/*
 * With turns, on a reader: the number of the last transaction of all writers, and whether it was
 * one of this process.  Without: 0, true.
 */
GX_NODISCARD enum gx_code gx_db_turn(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_turn,
                                     bool *ret_ours);

/*
 * DDL cannot be bound, so it is built by the program alone; this runs statements of migrations/
 * (embedded files, checksummed) separated by ";" at line ends.  They are written for SQLite; on
 * PostgreSQL the types of CREATE TABLE and ALTER TABLE are replaced (pg_script.c).
 */
GX_NODISCARD enum gx_code gx_db_script(struct gx_ctx *ctx, struct gx_conn *conn,
                                       struct gx_str script);

/* Many rows at once, on the writer: `values` is row after row.  The columns have these names. */
GX_NODISCARD enum gx_code gx_db_load(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                                     const struct gx_str *columns, size_t column_count,
                                     const struct gx_value *values, size_t row_count);

/*
 * Nothing that was deleted stays behind: SQLite writes its file anew and empties its log (twice the
 * file's room is needed meanwhile), PostgreSQL vacuums these tables.  Between two transactions of
 * the writer; waits for it.  GX_E_BUSY: somebody reads an old snapshot, try again.
 */
GX_NODISCARD enum gx_code gx_db_scrub(struct gx_ctx *ctx, struct gx_db *db,
                                      const struct gx_str *tables, size_t count);

struct gx_db_stats {
    int64_t commits, writes, batch_largest;
    int64_t queued; /* writes that wait for their turn */
    int64_t page_bytes, wal_bytes;
};
struct gx_db_stats gx_db_stats(struct gx_db *db);

/*
 * PostgreSQL: the schema and the role of these options are no more, with all that is in them.
 * Nobody may have the store open.  Fine when they are gone already.
 */
GX_NODISCARD enum gx_code gx_db_drop(struct gx_ctx *ctx, const struct gx_db_options *options);

/* Online copy of the whole store to a new file (SQLite). */
GX_NODISCARD enum gx_code gx_db_backup(struct gx_ctx *ctx, struct gx_db *db, const char *path);

#endif
