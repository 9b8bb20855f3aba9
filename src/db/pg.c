/*
 * pg.c - the PostgreSQL engine: connections, sessions, transactions.
 *
 * A store is one schema, owned by a role of its own when options.role says so; then every session
 * takes that role at its start and so each statement runs without the rights of who signed in.
 *
 * Every transaction of a writer also counts up a row of its own in gx_turn: when the connection
 * breaks during COMMIT, that row says whether it happened.  Writer 0 is all of them together: with
 * options.turns that row is locked first and says who wrote last.
 */
#include "db/pg_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/assert.h"

enum {
    LOOK_MS = 20, /* look this often whether the work should stop */
    ASK_AGAIN_US = 500000,
    COMMAND_BYTES_MAX = 512,
};

static const int64_t BATCH_KEPT_US = INT64_C(30) * 86400 * 1000000;

static void open_store(struct gx_db *db)
{
    struct pg_store *store = GX_ARENA_NEW(&db->arena, struct pg_store);
    ssize_t n = getrandom(&store->writer_id, sizeof store->writer_id, 0);
    gx_assert(n == sizeof store->writer_id);
    store->writer_id &= INT64_MAX;
    db->store = store;
}

static void close_store(struct gx_db *db)
{
    db->store = NULL; /* it was in the store's arena */
}

static struct pg_store *store_of(struct pg_conn *conn)
{
    return conn->base.db->store;
}

/* Waiting and simple commands. */

/* A request to stop that comes before the server has read the statement stops nothing: so again. */
static void ask_to_stop(struct pg_conn *conn, int64_t *asked_us)
{
    char why[256];
    int64_t now_us = gx_monotonic_us();
    if (*asked_us && now_us - *asked_us < ASK_AGAIN_US)
        return;
    if (PQcancel(conn->cancel, why, sizeof why))
        *asked_us = now_us;
    conn->base.broken |= !conn->base.is_writer; /* it may hit a later statement */
}

PGresult *pg_wait(struct pg_conn *conn, bool may_stop)
{
    int64_t asked_us = 0;
    while (PQisBusy(conn->pg)) {
        struct pollfd fd = { .fd = PQsocket(conn->pg), .events = POLLIN };
        if (may_stop && db_conn_must_stop(&conn->base))
            ask_to_stop(conn, &asked_us);
        if (poll(&fd, 1, LOOK_MS) < 0 && errno != EINTR)
            break;
        if (!PQconsumeInput(conn->pg))
            break; /* PQgetResult tells the rest */
    }
    return PQgetResult(conn->pg);
}

enum gx_code pg_command(struct gx_ctx *ctx, struct pg_conn *conn, const char *text, bool may_stop)
{
    enum gx_code code = GX_OK;
    if (conn->streaming)
        GX_TRY(pg_drain(ctx, conn));
    GX_TRY(pg_settle(ctx, conn));
    if (!PQsendQuery(conn->pg, text))
        return pg_fail(ctx, conn, NULL);
    for (PGresult *r = pg_wait(conn, may_stop); r; r = pg_wait(conn, may_stop)) {
        ExecStatusType status = PQresultStatus(r);
        bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
        if (ok || code != GX_OK)
            PQclear(r);
        else
            code = pg_fail(ctx, conn, r);
    }
    if (code == GX_OK && PQstatus(conn->pg) == CONNECTION_BAD)
        code = pg_fail(ctx, conn, NULL);
    return code;
}

/* Connections. */

/* The only warning that matters: a commit that its standby has not confirmed. */
static void on_notice(void *p, const PGresult *result)
{
    struct pg_conn *conn = p;
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, "01000") == 0)
        conn->warned = true;
}

enum gx_code pg_set_up(struct gx_ctx *ctx, struct pg_conn *conn)
{
    const struct gx_db_options *options = &conn->base.db->options;
    char text[COMMAND_BYTES_MAX];
    PQsetNoticeReceiver(conn->pg, on_notice, conn);
    int n = snprintf(text, sizeof text,
                     "SET search_path TO \"%s\"; SET client_encoding TO 'UTF8';"
                     "SET standard_conforming_strings TO on; SET jit TO off;"
                     "SET lock_timeout TO '2s'; SET default_transaction_read_only TO %s;"
                     "SET idle_in_transaction_session_timeout TO '5min'%s%s%s",
                     options->schema, conn->base.is_writer ? "off" : "on",
                     options->role ? "; SET ROLE \"" : "", options->role ? options->role : "",
                     options->role ? "\"" : "");
    gx_assert(n > 0 && (size_t)n < sizeof text);
    return pg_command(ctx, conn, text, false);
}

/* Does a catalogue know this name?  `sql` has it as ?1. */
static enum gx_code is_there(struct gx_ctx *ctx, struct pg_conn *conn, struct gx_sql sql,
                             const char *name, bool *ret_there)
{
    struct gx_value value = gx_value_text(gx_str_c(name));
    int64_t count = 0;
    GX_TRY(gx_db_int(ctx, &conn->base, sql, &value, 1, 0, &count));
    *ret_there = count > 0;
    return GX_OK;
}

/* Run what another process may be doing at the same time: what is there already is no error. */
static enum gx_code make_named(struct gx_ctx *ctx, struct pg_conn *conn, const char *text,
                               struct gx_sql look, const char *name)
{
    bool there = false;
    enum gx_code code = pg_command(ctx, conn, text, false);
    if (code == GX_OK)
        return GX_OK;
    struct gx_ctx quiet = { .arena = ctx->arena };
    conn->base.failed = false;
    if (is_there(&quiet, conn, look, name, &there) != GX_OK || !there)
        return code;
    gx_ctx_clear(ctx);
    return GX_OK;
}

/* Before the session takes its role: the role, and the schema that it owns. */
static enum gx_code set_up_schema(struct gx_ctx *ctx, struct pg_conn *conn)
{
    static const struct gx_sql roles = { GX_STR_INIT(
        "SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = ?1") };
    static const struct gx_sql schemas = { GX_STR_INIT(
        "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = ?1") };
    const struct gx_db_options *options = &conn->base.db->options;
    const char *schema = options->schema, *role = options->role;
    bool there = false, has_role = true;
    char text[COMMAND_BYTES_MAX];
    GX_TRY(is_there(ctx, conn, schemas, schema, &there));
    if (there)
        return GX_OK;
    if (options->must_exist)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("--db"), GX_M_DB_NO_SCHEMA, gx_str_c(schema));
    if (role)
        GX_TRY(is_there(ctx, conn, roles, role, &has_role));
    snprintf(text, sizeof text, "CREATE ROLE \"%s\" NOLOGIN; GRANT \"%s\" TO CURRENT_USER",
             role ? role : "", role ? role : "");
    if (!has_role)
        GX_TRY(make_named(ctx, conn, text, roles, role));
    snprintf(text, sizeof text, "CREATE SCHEMA IF NOT EXISTS \"%s\"%s%s%s", schema,
             role ? " AUTHORIZATION \"" : "", role ? role : "", role ? "\"" : "");
    return make_named(ctx, conn, text, schemas, schema);
}

/* The rows that count transactions. */
static enum gx_code set_up_store(struct gx_ctx *ctx, struct pg_conn *conn)
{
    static const struct gx_sql tables = { GX_STR_INIT(
        "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = ?1 "
        "AND tablename = 'gx_turn'") };
    struct pg_store *store = store_of(conn);
    struct gx_conn *base = &conn->base;
    const char *schema = base->db->options.schema;
    bool there = false;
    GX_TRY(is_there(ctx, conn, tables, schema, &there));
    if (!there)
        GX_TRY(make_named(ctx, conn,
                          "CREATE TABLE IF NOT EXISTS gx_turn (writer BIGINT PRIMARY KEY, "
                          "batch BIGINT NOT NULL, at BIGINT NOT NULL, last BIGINT)",
                          tables, schema));
    struct gx_value row[] = { gx_value_int(store->writer_id), gx_value_int(store->batch),
                              gx_value_int(gx_clock_us()),
                              gx_value_int(gx_clock_us() - BATCH_KEPT_US) };
    GX_TRY(gx_db_exec(ctx, base, GX_SQL("DELETE FROM gx_turn WHERE at < ?4 AND writer <> 0"), row,
                      4, NULL));
    return gx_db_exec(ctx, base,
                      GX_SQL("INSERT INTO gx_turn (writer, batch, at) "
                             "VALUES (0, 0, ?3), (?1, ?2, ?3) ON CONFLICT (writer) DO NOTHING"),
                      row, 3, NULL);
}

static PGconn *connect_to(const char *url, bool writer)
{
    const char *const keys[] = {
        "connect_timeout",
        "keepalives",
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
        "tcp_user_timeout",
        "target_session_attrs",
        "application_name",
        "dbname",
        NULL,
    };
    const char *const values[] = {
        "3", "1",  "5", "2", "3", "5000", "read-write", writer ? "guanxi-writer" : "guanxi-reader",
        url, NULL,
    };
    _Static_assert(sizeof keys == sizeof values, "one value for each key");
    return PQconnectdbParams(keys, values, 1); /* what the URL says comes last and wins */
}

/* Names are written into SQL text, so they must be plain. */
bool pg_is_name(const char *name)
{
    size_t n = strlen(name);
    return n >= 1 && n <= 63 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == n &&
           !(name[0] >= '0' && name[0] <= '9');
}

static enum gx_code connect(struct gx_ctx *ctx, struct gx_db *db, bool writer,
                            struct gx_conn **ret_conn)
{
    gx_assert(pg_is_name(db->options.schema) &&
              (!db->options.role || pg_is_name(db->options.role)));
    struct pg_conn *conn = calloc(1, sizeof *conn);
    gx_assert(conn);
    db_conn_init(&conn->base, db, writer);
    conn->pg = connect_to(db->options.url, writer);
    conn->epoch = atomic_load(&store_of(conn)->epoch);
    enum gx_code code = GX_OK;
    if (PQstatus(conn->pg) != CONNECTION_OK) {
        struct gx_str why = gx_str_trim(gx_str_c(PQerrorMessage(conn->pg)));
        code = gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_DB_OPEN, gx_str_c(db->options.schema), why);
    } else {
        conn->cancel = PQgetCancel(conn->pg);
        code = writer ? set_up_schema(ctx, conn) : GX_OK;
    }
    if (code == GX_OK)
        code = pg_set_up(ctx, conn);
    if (code == GX_OK && writer)
        code = set_up_store(ctx, conn);
    conn->base.failed = false;
    if (code != GX_OK) {
        pg_disconnect(&conn->base);
        return code;
    }
    *ret_conn = &conn->base;
    return GX_OK;
}

void pg_disconnect(struct gx_conn *base)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    PQfinish(conn->pg); /* first: nothing is sent any more */
    conn->pg = NULL;
    while (base->open_rows)
        pg_close_rows(base->open_rows);
    pg_drop_statements(conn);
    PQfreeCancel(conn->cancel);
    gx_arena_free(&base->scratch);
    free(conn);
}

/* Transactions. */

/* The turn is ours once the row is locked; it says who had it last. */
static enum gx_code take_turn(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct pg_store *store = store_of(conn);
    char text[COMMAND_BYTES_MAX];
    enum gx_code code = GX_OK;
    snprintf(text, sizeof text,
             "BEGIN; SELECT last FROM gx_turn WHERE writer = 0 FOR UPDATE;"
             "UPDATE gx_turn SET batch = batch + 1, last = %lld WHERE writer = 0",
             (long long)store->writer_id);
    if (!PQsendQuery(conn->pg, text))
        return pg_fail(ctx, conn, NULL);
    for (PGresult *r = pg_wait(conn, false); r; r = pg_wait(conn, false)) {
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_TUPLES_OK && PQntuples(r) == 1)
            conn->base.foreign |=
                PQgetisnull(r, 0, 0) || strtoll(PQgetvalue(r, 0, 0), NULL, 10) != store->writer_id;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || code != GX_OK)
            PQclear(r);
        else
            code = pg_fail(ctx, conn, r);
    }
    if (code == GX_OK && PQstatus(conn->pg) == CONNECTION_BAD)
        code = pg_fail(ctx, conn, NULL);
    return code;
}

static enum gx_code turn(struct gx_ctx *ctx, struct gx_conn *base, int64_t *ret_turn,
                         bool *ret_ours)
{
    struct gx_rows *rows;
    bool has;
    if (!base->db->options.turns)
        return GX_OK;
    GX_TRY(gx_db_query(ctx, base, GX_SQL("SELECT batch, last FROM gx_turn WHERE writer = 0"), NULL,
                       0, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_turn = gx_rows_int(rows, 0);
        *ret_ours = gx_rows_int(rows, 1) == store_of((struct pg_conn *)base)->writer_id;
    }
    gx_rows_close(rows);
    return code;
}

/* Whatever became of what was sent ahead. */
static enum gx_code rollback(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct gx_ctx quiet = { .arena = ctx->arena };
    conn->release_pending = false;
    (void)!pg_settle(&quiet, conn);
    return pg_command(ctx, conn, "ROLLBACK", false);
}

static enum gx_code begin(struct gx_ctx *ctx, struct pg_conn *conn)
{
    struct pg_store *store = store_of(conn);
    char text[COMMAND_BYTES_MAX];
    conn->changed_schema = false;
    if (conn->later || PQtransactionStatus(conn->pg) != PQTRANS_IDLE)
        GX_TRY(rollback(ctx, conn));
    GX_TRY(conn->base.db->options.turns ? take_turn(ctx, conn) : pg_later_text(ctx, conn, "BEGIN"));
    snprintf(text, sizeof text,
             "INSERT INTO gx_turn (writer, batch, at) VALUES (%lld, %lld, %lld) "
             "ON CONFLICT (writer) DO UPDATE SET batch = EXCLUDED.batch, at = EXCLUDED.at",
             (long long)store->writer_id, (long long)++store->batch, (long long)gx_clock_us());
    return pg_later_text(ctx, conn, text);
}

static enum gx_code commit(struct gx_ctx *ctx, struct pg_conn *conn)
{
    bool failed = PQtransactionStatus(conn->pg) == PQTRANS_INERROR;
    conn->release_pending = conn->warned = false;
    enum gx_code code =
        conn->later ? pg_later_text(ctx, conn, "COMMIT") : pg_command(ctx, conn, "COMMIT", false);
    if (code == GX_OK)
        code = pg_settle(ctx, conn);
    if (code == GX_OK && failed) {
        struct db_fault fault = { .code = GX_E_IO, .message = GX_M_DB };
        snprintf(fault.text, sizeof fault.text, "COMMIT rolled back");
        return db_fail(ctx, &conn->base, &fault, GX_STR(""));
    }
    if (code == GX_OK && conn->warned) {
        struct db_fault fault = { .code = GX_E_IO, .message = GX_M_DB_LOST };
        snprintf(fault.text, sizeof fault.text, "the standby has not confirmed");
        fault.again = fault.disconnected = true;
        code = db_fail(ctx, &conn->base, &fault, GX_STR(""));
    }
    conn->base.fault.in_doubt = code != GX_OK && conn->base.fault.disconnected;
    if (code == GX_OK && conn->changed_schema)
        conn->epoch = atomic_fetch_add(&store_of(conn)->epoch, 1) + 1;
    return code;
}

static enum gx_code control(struct gx_ctx *ctx, struct gx_conn *base, enum db_control what)
{
    static const char *const texts[DB_CONTROL_COUNT] = {
        [DB_ROLLBACK_TO] = "ROLLBACK TO gx; RELEASE gx",
        [DB_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1",
        [DB_END_READ] = "ROLLBACK",
    };
    struct pg_conn *conn = (struct pg_conn *)base;
    bool pending = conn->release_pending;
    conn->release_pending = false;
    switch (what) {
    case DB_BEGIN:
        return begin(ctx, conn);
    case DB_COMMIT:
        return commit(ctx, conn);
    case DB_ROLLBACK:
        return rollback(ctx, conn);
    case DB_RELEASE:
        if (pending)
            GX_TRY(pg_later_text(ctx, conn, "RELEASE gx"));
        conn->release_pending = true; /* most often another SAVEPOINT or COMMIT follows */
        return GX_OK;
    case DB_SAVEPOINT:
        if (pending)
            GX_TRY(pg_later_text(ctx, conn, "RELEASE gx"));
        return pg_later_text(ctx, conn, "SAVEPOINT gx");
    case DB_ROLLBACK_TO:
        if (pending)
            return pg_command(ctx, conn, "RELEASE gx; ROLLBACK TO gx; RELEASE gx", false);
        break;
    default:
        break;
    }
    return pg_command(ctx, conn, texts[what], false);
}

static bool in_transaction(struct gx_conn *base)
{
    struct pg_conn *conn = (struct pg_conn *)base;
    PGTransactionStatusType status = PQtransactionStatus(conn->pg);
    return !base->fault.again &&
           (conn->later || status == PQTRANS_INTRANS || status == PQTRANS_INERROR);
}

/* FOR UPDATE waits for the lost transaction, should the server not have noticed yet. */
static enum gx_code was_committed(struct gx_ctx *ctx, struct gx_conn *base, bool *ret_was)
{
    struct pg_store *store = store_of((struct pg_conn *)base);
    struct gx_value writer = gx_value_int(store->writer_id);
    int64_t batch = -1;
    GX_TRY(gx_db_int(ctx, base, GX_SQL("SELECT batch FROM gx_turn WHERE writer = ?1 FOR UPDATE"),
                     &writer, 1, -1, &batch));
    *ret_was = batch == store->batch;
    return GX_OK;
}

static bool rest(struct gx_conn *conn, bool idle)
{
    (void)conn;
    (void)idle;
    return false;
}

static enum gx_code scrub(struct gx_ctx *ctx, struct gx_conn *base, const struct gx_str *tables,
                          size_t count)
{
    enum { NAME_MAX_BYTES = 100 };
    struct pg_conn *conn = (struct pg_conn *)base;
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < count && code == GX_OK; i++) {
        char text[NAME_MAX_BYTES + 20];
        gx_assert(tables[i].n < NAME_MAX_BYTES && gx_str_find(tables[i], '"') == tables[i].n);
        snprintf(text, sizeof text, "VACUUM \"%.*s\"", GX_STR_ARG(tables[i]));
        code = pg_command(ctx, conn, text, false);
    }
    return code;
}

static void sizes(struct gx_db *db, struct gx_db_stats *stats)
{
    (void)db; /* the server's own business; its log is shared by all */
    stats->page_bytes = stats->wal_bytes = 0;
}

static enum gx_code backup(struct gx_ctx *ctx, struct gx_db *db, const char *path)
{
    (void)db;
    (void)path;
    return gx_fail(ctx, GX_E_INVALID, GX_STR(""), GX_M_DB_BACKUP_PG);
}

const struct db_engine db_pg_engine = {
    .dialect = GX_POSTGRES,
    .open = open_store,
    .close = close_store,
    .connect = connect,
    .disconnect = pg_disconnect,
    .control = control,
    .in_transaction = in_transaction,
    .was_committed = was_committed,
    .exec = pg_exec,
    .exec_later = pg_exec_later,
    .query = pg_query,
    .next = pg_next,
    .value = pg_column,
    .columns = pg_columns,
    .close_rows = pg_close_rows,
    .run = pg_run,
    .rest = rest,
    .sizes = sizes,
    .backup = backup,
    .scrub = scrub,
    .turn = turn,
    .load = pg_load,
    .translate = pg_translate,
};
