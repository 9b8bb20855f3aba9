/*
 * db_int.h - what the files of db/ share: the engine table, connections, statements, writer.
 *
 * An engine (SQLite, PostgreSQL) is one struct of functions.  db.c keeps the pool of readers
 * and what both engines do alike, writer.c the queue and the group commit, cache.c the
 * prepared statements.  An engine puts struct gx_conn and struct gx_rows first in its own.
 *
 * Layer: db, private to it.
 */
#ifndef GX_DB_DB_INT_H
#define GX_DB_DB_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "db/db.h"

enum {
    DB_READERS_DEFAULT = 8,
    DB_READER_WAIT_MS = 5000,
    DB_BUSY_WAIT_MS = 5000,
    DB_CACHE_STATEMENTS_MAX = 200,
    DB_CACHE_BUCKETS = 256, /* a power of two */
    DB_FUNCTION_ARGS_MAX = 8,
    DB_ERROR_TEXT_MAX = 240,
};

/* A prepared statement; while a query runs, also its rows. */
struct gx_rows {
    struct gx_conn *conn;
    struct gx_rows *open_prev, *open_next;
    struct gx_str text; /* owned by the engine's struct around this one */
    uint64_t hash;
    struct gx_rows *chain;         /* in the cache's bucket */
    struct gx_rows *newer, *older; /* among the idle ones */
    bool cached, idle;
};

struct db_cache {
    struct gx_rows *buckets[DB_CACHE_BUCKETS];
    struct gx_rows *newest, *oldest; /* idle statements by last use */
    int count;
};

/* An idle statement with this text, now taken, or NULL. */
struct gx_rows *db_cache_take(struct db_cache *cache, struct gx_str text);
/* Enter a statement in use; text is set, the rest is filled in. */
void db_cache_add(struct db_cache *cache, struct gx_rows *stmt);
/* It is idle again. */
void db_cache_give(struct db_cache *cache, struct gx_rows *stmt);
/* Remove a statement, idle or not. */
void db_cache_drop(struct db_cache *cache, struct gx_rows *stmt);
/* Remove and return the idle statement used longest ago; NULL while there is room. */
struct gx_rows *db_cache_evict(struct db_cache *cache, int room);
/* Statements that change the schema are run once: not worth a place. */
bool db_cache_worth(struct gx_str text);

/* Why a transaction failed, kept where no context is at hand. */
struct db_fault {
    enum gx_code code;
    enum gx_message message;
    bool again;        /* the whole transaction may succeed when tried again */
    bool disconnected; /* the connection is gone */
    bool in_doubt;     /* lost during COMMIT: ask was_committed() on a new connection */
    char text[DB_ERROR_TEXT_MAX];
};

struct gx_conn {
    struct gx_db *db;
    struct gx_conn *next;      /* idle readers */
    struct gx_rows *open_rows; /* queries not yet closed */
    struct gx_arena scratch;   /* of SQL functions, reset after each call */
    struct db_cache cache;
    struct db_fault fault; /* writer: why the transaction was lost */
    atomic_bool interrupted;
    _Atomic int64_t deadline_us; /* monotonic; 0: none */
    struct gx_ctx *hurried;      /* reader: who is in a hurry, or NULL */
    bool is_writer, in_read;
    bool failed;  /* writer: a statement failed; only a rollback helps */
    bool foreign; /* writer: others have written since its last transaction */
    bool broken;  /* throw it away instead of using it again */
    bool at_once; /* writer: until the batch ends, nothing is sent ahead of its answer */
};

enum db_control {
    DB_BEGIN,
    DB_COMMIT,
    DB_ROLLBACK,
    DB_SAVEPOINT,
    DB_RELEASE,
    DB_ROLLBACK_TO, /* and release */
    DB_BEGIN_READ,
    DB_END_READ,
    DB_CONTROL_COUNT
};

struct db_engine {
    enum gx_dialect dialect;
    /* What the store's connections share (db->store), before the first and after the last. */
    void (*open)(struct gx_db *db);
    void (*close)(struct gx_db *db);
    enum gx_code (*connect)(struct gx_ctx *ctx, struct gx_db *db, bool writer,
                            struct gx_conn **ret_conn);
    void (*disconnect)(struct gx_conn *conn);
    enum gx_code (*control)(struct gx_ctx *ctx, struct gx_conn *conn, enum db_control what);
    /* False once the engine has rolled the transaction back by itself. */
    bool (*in_transaction)(struct gx_conn *conn);
    /* Grows with every row written in this transaction; below 0: a deferred key is open.  NULL:
     * the engine cannot say, or a failed statement ends its transactions. */
    int64_t (*changes)(struct gx_conn *conn);
    /* Whether the last transaction of this store's writer was committed after all. */
    enum gx_code (*was_committed)(struct gx_ctx *ctx, struct gx_conn *conn, bool *ret_was);
    enum gx_code (*exec)(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                         const struct gx_value *values, size_t count, int64_t *ret_changed);
    /* See gx_db_exec_later(); NULL: as exec. */
    enum gx_code (*exec_later)(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                               const struct gx_value *values, size_t count);
    enum gx_code (*query)(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                          const struct gx_value *values, size_t count, struct gx_rows **ret_rows);
    enum gx_code (*next)(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has);
    struct gx_value (*value)(const struct gx_rows *rows, int column);
    int (*columns)(const struct gx_rows *rows);
    void (*close_rows)(struct gx_rows *rows);
    /* One statement of a script, not cached. */
    enum gx_code (*run)(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str statement);
    /* Housekeeping on the writer between batches; `idle`: nothing has come for a second.
     * True when it wants to be called again. */
    bool (*rest)(struct gx_conn *conn, bool idle);
    void (*sizes)(struct gx_db *db, struct gx_db_stats *stats);
    enum gx_code (*backup)(struct gx_ctx *ctx, struct gx_db *db, const char *path);
    /* See gx_db_turn(); NULL: there is one writer anyway. */
    enum gx_code (*turn)(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_turn,
                         bool *ret_ours);
    /* See gx_db_load(); NULL: by inserts. */
    enum gx_code (*load)(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                         const struct gx_str *columns, size_t column_count,
                         const struct gx_value *values, size_t row_count);
    /* See gx_db_scrub(); on the writer, outside any transaction. */
    enum gx_code (*scrub)(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_str *tables,
                          size_t count);
    /* A statement of a script in the engine's own words; NULL: as it stands. */
    struct gx_str (*translate)(struct gx_arena *arena, struct gx_str statement);
};
extern const struct db_engine db_sqlite_engine, db_pg_engine;

struct db_job {
    struct db_job *next;
    gx_db_work work;
    gx_db_done done;
    void *p;
    enum gx_code code;
    bool on_stack;
    bool alone;             /* in a transaction of its own */
    bool final;             /* not run again when the batch is */
    struct db_fault *fault; /* where to say why the transaction was lost; may be NULL */
};

struct db_writer {
    struct gx_db *db;
    struct gx_conn *conn;
    pthread_t thread;
    pthread_mutex_t lock; /* of the queue */
    pthread_cond_t wake;
    struct db_job *first, *last;
    size_t queued, wake_at; /* wake the writer when this many are queued; 0: it is awake */
    bool stop;
    struct gx_arena arena; /* of the writer's own statements */
    struct gx_ctx ctx;
    size_t in_flight[2]; /* jobs waited for at the ends of the last two batches */
    int64_t commit_us;   /* how long a commit takes, smoothed */
    _Atomic int64_t commits, writes, batch_largest;
    void (*committed)(void *p); /* under lock; NULL: nobody wants to know */
    void *committed_p;
    enum gx_code (*foreign)(void *p, struct gx_ctx *ctx,
                            struct gx_conn *conn); /* NULL: nobody wants to know */
    void *foreign_p;
    int64_t *number; /* goes back with what is rolled back; NULL: nobody counts */
    bool unsure;     /* what is remembered of the store may be wrong: ask `foreign` */
};

struct gx_db {
    const struct db_engine *engine;
    void *store;           /* the engine's own; may be NULL */
    struct gx_arena arena; /* copies of the options */
    struct gx_db_options options;
    pthread_mutex_t lock; /* of the pool */
    pthread_cond_t returned;
    struct gx_conn *idle;
    int reader_count;
    struct gx_db *_Atomic forward; /* who does the work now; NULL: this one */
    struct db_writer writer;
};

/* The store that does the work of this one. */
static inline struct gx_db *db_current(struct gx_db *db)
{
    for (struct gx_db *next; (next = atomic_load(&db->forward));)
        db = next;
    return db;
}

/* Wait on `cond` until a monotonic time; false when that has come. */
bool db_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t at_us);
void db_cond_init(pthread_cond_t *cond);

/* An engine's opened connection: fill in what is common. */
void db_conn_init(struct gx_conn *conn, struct gx_db *db, bool writer);
/* For the engine when a query starts and ends. */
void db_rows_opened(struct gx_conn *conn, struct gx_rows *rows);
void db_rows_closed(struct gx_rows *rows);
/* Close every query left open, forget interrupts and deadlines. */
void db_conn_clean(struct gx_conn *conn);
/* Interrupted, or past its deadline. */
bool db_conn_must_stop(struct gx_conn *conn);

/* Report an engine's error; on the writer it also becomes conn->fault. */
enum gx_code db_fail(struct gx_ctx *ctx, struct gx_conn *conn, const struct db_fault *fault,
                     struct gx_str path);

/* Past the quoted text or "--" comment that starts at s.p[i]; `i` when none does. */
size_t db_sql_skip(struct gx_str s, size_t i);

GX_NODISCARD enum gx_code db_writer_start(struct gx_ctx *ctx, struct gx_db *db);
void db_writer_stop(struct gx_db *db);

#endif
