/*
 * sqlite.c - the SQLite engine: connections, transactions, errors, checkpoints.
 *
 * One file in WAL mode.  Readers see snapshots and never wait; the writer's connection alone
 * commits and checkpoints.  The schema is not trusted and readers may only read, so that a
 * mistake in SQL text cannot do more than its connection is for.
 */
#include "db/sqlite_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"

enum {
    CHECKPOINT_PAGES = 4096, /* 16 MB of write-ahead log */
    SORT_THREADS = 2,
    PROGRESS_STEPS = 2000, /* look for interrupts this often: some 20 µs */
};

/* Errors. */

static void copy_text(struct db_fault *fault, const char *text)
{
    snprintf(fault->text, sizeof fault->text, "%s", text);
}

/* What follows "failed: ", without the word "index" and its quotes. */
static struct gx_str constraint_path(char *text)
{
    char *at = strstr(text, "failed: ");
    struct gx_str path = gx_str_c(at ? at + 8 : text);
    if (gx_str_starts(path, GX_STR("index '")) && gx_str_ends(path, GX_STR("'")))
        path = (struct gx_str){ path.p + 7, path.n - 8 };
    return path;
}

static enum gx_code fail_constraint(struct gx_ctx *ctx, struct sqlite_conn *conn, int rc)
{
    struct db_fault fault = { .code = GX_E_INVALID, .message = GX_M_DB_REFUSED };
    char text[DB_ERROR_TEXT_MAX];
    snprintf(text, sizeof text, "%s", sqlite3_errmsg(conn->db));
    struct gx_str path = constraint_path(text);
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        fault.code = GX_E_DUPLICATE;
        fault.message = GX_M_DB_DUPLICATE;
        break;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        fault.code = GX_E_IN_USE;
        fault.message = GX_M_DB_IN_USE;
        path = GX_STR("");
        break;
    default:
        break;
    }
    snprintf(fault.text, sizeof fault.text, "%.*s", GX_STR_ARG(path));
    return db_fail(ctx, &conn->base, &fault, path);
}

enum gx_code sqlite_fail(struct gx_ctx *ctx, struct sqlite_conn *conn, int rc)
{
    struct db_fault fault = { .code = GX_E_IO, .message = GX_M_DB };
    if (!conn->db) {
        copy_text(&fault, sqlite3_errstr(rc));
        return db_fail(ctx, &conn->base, &fault, GX_STR(""));
    }
    copy_text(&fault, sqlite3_errmsg(conn->db));
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return fail_constraint(ctx, conn, rc);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        fault.code = GX_E_BUSY;
        fault.message = GX_M_DB_BUSY;
        break;
    case SQLITE_INTERRUPT:
        fault.code = GX_E_CANCELLED;
        fault.message = GX_M_DB_STOPPED;
        break;
    case SQLITE_FULL:
        fault.message = GX_M_DB_FULL;
        break;
    case SQLITE_TOOBIG:
        fault.code = GX_E_LIMIT;
        fault.message = GX_M_DB_REFUSED;
        break;
    case SQLITE_MISMATCH:
        fault.code = GX_E_INVALID;
        fault.message = GX_M_DB_REFUSED;
        break;
    case SQLITE_ERROR:
        /* sum() past 64 bits is the data's doing, anything else the program's. */
        fault.code = strcmp(fault.text, "integer overflow") ? GX_E_INTERNAL : GX_E_INVALID;
        break;
    case SQLITE_AUTH:
    case SQLITE_READONLY:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        fault.code = GX_E_INTERNAL;
        break;
    default:
        break;
    }
    return db_fail(ctx, &conn->base, &fault, GX_STR(""));
}

/* Connections. */

static int progress(void *p)
{
    return db_conn_must_stop(p);
}

static int remember_wal(void *p, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_conn *conn = p;
    (void)db;
    (void)name;
    conn->wal_pages = pages;
    return SQLITE_OK;
}

static bool is_one_of(const char *what, const char *const *list)
{
    for (; what && *list; list++)
        if (strcmp(what, *list) == 0)
            return true;
    return false;
}

static int authorize_reader(void *p, int action, const char *a, const char *b, const char *db,
                            const char *within)
{
    static const char *const pragmas[] = { "data_version",    "table_info", "table_xinfo",
                                           "index_list",      "index_info", "index_xinfo",
                                           "integrity_check", NULL };
    (void)p;
    (void)b;
    (void)db;
    (void)within;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
        return SQLITE_OK;
    case SQLITE_PRAGMA:
        return is_one_of(a, pragmas) ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int authorize_writer(void *p, int action, const char *a, const char *b, const char *db,
                            const char *within)
{
    static const char *const settings[] = { "journal_mode",
                                            "synchronous",
                                            "writable_schema",
                                            "locking_mode",
                                            "ignore_check_constraints",
                                            NULL };
    (void)p;
    (void)b;
    (void)db;
    (void)within;
    if (action == SQLITE_ATTACH || action == SQLITE_DETACH)
        return SQLITE_DENY;
    return action == SQLITE_PRAGMA && is_one_of(a, settings) ? SQLITE_DENY : SQLITE_OK;
}

/* Make the file before SQLite does: only its owner may read it, and so its log. */
static enum gx_code make_file(struct gx_ctx *ctx, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB_OPEN, gx_str_c(path),
                       gx_str_c(strerror(errno)));
    close(fd);
    return GX_OK;
}

/*
 * The writer does without mapping: it would count a whole import's pages as its own memory.
 * Small pages, because a commit writes each page it touched: with random keys 8 KB ones cost
 * a third more bytes.  A small cache, because SQLite walks through all of it at the end of a
 * transaction that put the pages of an index into another order; what is left out of it is in the
 * system's.
 */
static int set_up(struct sqlite_conn *conn)
{
    static const char writer_setup[] =
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON";
    static const char reader_setup[] =
        "PRAGMA query_only = ON; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY;"
        "PRAGMA mmap_size = 268435456";
    bool writer = conn->base.is_writer;
    sqlite3_busy_timeout(conn->db, DB_BUSY_WAIT_MS);
    if (writer) /* sorting for a new index */
        sqlite3_limit(conn->db, SQLITE_LIMIT_WORKER_THREADS, SORT_THREADS);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(conn->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    int rc = sqlite3_exec(conn->db, writer ? writer_setup : reader_setup, NULL, NULL, NULL);
    if (rc == SQLITE_OK && writer && conn->base.db->options.shred)
        rc = sqlite3_exec(conn->db, "PRAGMA journal_mode = TRUNCATE; PRAGMA secure_delete = ON",
                          NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite_add_functions(conn);
    sqlite3_wal_autocheckpoint(conn->db, 0);
    if (writer)
        sqlite3_wal_hook(conn->db, remember_wal, conn);
    sqlite3_progress_handler(conn->db, PROGRESS_STEPS, progress, &conn->base);
    sqlite3_set_authorizer(conn->db, writer ? authorize_writer : authorize_reader, NULL);
    return rc;
}

static enum gx_code connect(struct gx_ctx *ctx, struct gx_db *db, bool writer,
                            struct gx_conn **ret_conn)
{
    const char *path = db->options.url;
    if (writer)
        GX_TRY(make_file(ctx, path));
    struct sqlite_conn *conn = calloc(1, sizeof *conn);
    gx_assert(conn);
    db_conn_init(&conn->base, db, writer);
    /*
     * unix-excl: the process holds the file's lock for as long as a connection is open, so a read
     * takes no lock of the kernel's (two calls less), and no other program can open the file.
     */
    int rc = sqlite3_open_v2(path, &conn->db,
                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                             "unix-excl");
    if (rc == SQLITE_OK)
        rc = set_up(conn);
    if (rc != SQLITE_OK) {
        struct gx_str why = gx_str_c(conn->db ? sqlite3_errmsg(conn->db) : sqlite3_errstr(rc));
        enum gx_code code = rc == SQLITE_BUSY ? GX_E_BUSY : GX_E_IO;
        (void)gx_fail(ctx, code, GX_STR(""), GX_M_DB_OPEN, gx_str_c(path), why);
        sqlite_disconnect(&conn->base);
        return code;
    }
    *ret_conn = &conn->base;
    return GX_OK;
}

void sqlite_disconnect(struct gx_conn *base)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    while (base->open_rows)
        sqlite_close_rows(base->open_rows);
    sqlite_drop_statements(conn);
    for (size_t i = 0; i < DB_CONTROL_COUNT; i++)
        sqlite3_finalize(conn->controls[i]);
    int rc = sqlite3_close(conn->db);
    gx_assert(rc == SQLITE_OK); /* no statement was left */
    gx_arena_free(&conn->arena);
    gx_arena_free(&base->scratch);
    free(conn);
}

/* Transactions. */

static int step_control(struct sqlite_conn *conn, enum db_control what)
{
    static const char *const texts[DB_CONTROL_COUNT] = {
        [DB_BEGIN] = "BEGIN IMMEDIATE", [DB_COMMIT] = "COMMIT",
        [DB_ROLLBACK] = "ROLLBACK",     [DB_SAVEPOINT] = "SAVEPOINT gx",
        [DB_RELEASE] = "RELEASE gx",    [DB_ROLLBACK_TO] = "ROLLBACK TO gx",
        [DB_BEGIN_READ] = "BEGIN",      [DB_END_READ] = "COMMIT",
    };
    sqlite3_stmt **stmt = &conn->controls[what];
    if (!*stmt) {
        int rc =
            sqlite3_prepare_v3(conn->db, texts[what], -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    int rc = sqlite3_step(*stmt);
    sqlite3_reset(*stmt);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? SQLITE_OK : rc;
}

/* A transaction's snapshot begins with its first read, so read something. */
static enum gx_code begin_read(struct gx_ctx *ctx, struct sqlite_conn *conn)
{
    int64_t first = 0;
    enum gx_code code = gx_db_int(
        ctx, &conn->base, GX_SQL("SELECT rootpage FROM sqlite_schema LIMIT 1"), NULL, 0, 0, &first);
    if (code != GX_OK)
        step_control(conn, DB_END_READ);
    return code;
}

static enum gx_code control(struct gx_ctx *ctx, struct gx_conn *base, enum db_control what)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    if (what == DB_RELEASE) {
        /* What a deferred foreign key would refuse at COMMIT is refused to this work alone. */
        int now = 0, high = 0;
        sqlite3_db_status(conn->db, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &high, 0);
        if (now)
            return gx_fail(ctx, GX_E_IN_USE, GX_STR(""), GX_M_DB_IN_USE);
    }
    int rc = step_control(conn, what);
    if (rc == SQLITE_OK && what == DB_ROLLBACK_TO)
        rc = step_control(conn, DB_RELEASE);
    if (rc != SQLITE_OK)
        return sqlite_fail(ctx, conn, rc);
    return what == DB_BEGIN_READ ? begin_read(ctx, conn) : GX_OK;
}

static bool in_transaction(struct gx_conn *base)
{
    return !sqlite3_get_autocommit(((struct sqlite_conn *)base)->db);
}

static int64_t changes(struct gx_conn *base)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    sqlite3 *db = conn->db;
    int now = 0, high = 0;
    sqlite3_db_status(db, SQLITE_DBSTATUS_DEFERRED_FKS, &now, &high, 0);
    return now ? -1 : sqlite3_total_changes64(db) + conn->definitions;
}

static bool rest(struct gx_conn *base, bool idle)
{
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    if (idle) {
        sqlite3_busy_timeout(conn->db, 0); /* do not wait for readers of an old snapshot */
        int rc = sqlite3_wal_checkpoint_v2(conn->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        sqlite3_busy_timeout(conn->db, DB_BUSY_WAIT_MS);
        if (rc == SQLITE_OK)
            conn->wal_pages = 0;
        sqlite3_db_release_memory(conn->db);
    } else if (conn->wal_pages >= CHECKPOINT_PAGES) {
        sqlite3_wal_checkpoint_v2(conn->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    return conn->wal_pages > 0;
}

static int64_t file_bytes(const char *path, const char *suffix)
{
    char name[4096];
    struct stat st;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &st) == 0 ? (int64_t)st.st_size : 0;
}

static void sizes(struct gx_db *db, struct gx_db_stats *stats)
{
    stats->page_bytes = file_bytes(db->options.url, "");
    stats->wal_bytes = file_bytes(db->options.url, "-wal");
}

/*
 * Deleted rows, old versions of pages, words of merged search segments: only a new file is sure to
 * have none of them.  Small ones are built in memory; for large ones there is the system's folder
 * for such files (where the process is confined to its own, they cannot be built: GX_E_IO).
 */
static enum gx_code scrub(struct gx_ctx *ctx, struct gx_conn *base, const struct gx_str *tables,
                          size_t count)
{
    enum { IN_MEMORY_BYTES_MAX = 256 << 20 };
    struct sqlite_conn *conn = (struct sqlite_conn *)base;
    struct gx_db_stats stats = { 0 };
    (void)tables, (void)count;
    sizes(base->db, &stats);
    bool large = stats.page_bytes + stats.wal_bytes > IN_MEMORY_BYTES_MAX;
    sqlite3_set_authorizer(conn->db, NULL, NULL); /* VACUUM attaches the new file */
    int rc =
        large ? sqlite3_exec(conn->db, "PRAGMA temp_store = FILE", NULL, NULL, NULL) : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(conn->db, "VACUUM", NULL, NULL, NULL);
    if (large)
        (void)sqlite3_exec(conn->db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
    sqlite3_set_authorizer(conn->db, authorize_writer, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(conn->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (rc == SQLITE_OK)
        conn->wal_pages = 0;
    return rc == SQLITE_OK ? GX_OK : sqlite_fail(ctx, conn, rc);
}

/* A COMMIT here is never in doubt: the file is ours. */
static enum gx_code was_committed(struct gx_ctx *ctx, struct gx_conn *conn, bool *ret_was)
{
    (void)ctx;
    (void)conn;
    *ret_was = false;
    return GX_OK;
}

static void no_store(struct gx_db *db)
{
    gx_assert(!db->store);
}

const struct db_engine db_sqlite_engine = {
    .dialect = GX_SQLITE,
    .open = no_store,
    .close = no_store,
    .connect = connect,
    .disconnect = sqlite_disconnect,
    .control = control,
    .in_transaction = in_transaction,
    .changes = changes,
    .was_committed = was_committed,
    .exec = sqlite_exec,
    .query = sqlite_query,
    .next = sqlite_next,
    .value = sqlite_column,
    .columns = sqlite_columns,
    .close_rows = sqlite_close_rows,
    .run = sqlite_run,
    .rest = rest,
    .sizes = sizes,
    .backup = sqlite_backup,
    .scrub = scrub,
};
