/* db.c - what both engines do alike: choosing one, the pool of readers, passing calls on. */
#include "db/db.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/assert.h"
#include "db/db_int.h"

void db_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool db_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t at_us)
{
    struct timespec at = { .tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000 };
    return pthread_cond_timedwait(cond, lock, &at) != ETIMEDOUT;
}

/* Opening and closing. */

static const struct db_engine *engine_for(const char *url)
{
    struct gx_str s = gx_str_c(url);
    if (gx_str_starts(s, GX_STR("postgresql://")) || gx_str_starts(s, GX_STR("postgres://")))
        return &db_pg_engine;
    return &db_sqlite_engine;
}

static void copy_options(struct gx_db *db, const struct gx_db_options *options)
{
    size_t count = 0;
    while (options->functions && options->functions[count].name)
        gx_assert(options->functions[count++].arg_count <= DB_FUNCTION_ARGS_MAX);
    struct gx_db_function *functions = GX_ARENA_ARRAY(&db->arena, struct gx_db_function, count + 1);
    for (size_t i = 0; i < count; i++) {
        functions[i] = options->functions[i];
        functions[i].name = gx_arena_cstr(&db->arena, gx_str_c(options->functions[i].name));
    }
    db->options = (struct gx_db_options){
        .url = gx_arena_cstr(&db->arena, gx_str_c(options->url)),
        .schema = gx_arena_cstr(&db->arena, gx_str_c(options->schema ? options->schema : "public")),
        .role = options->role ? gx_arena_cstr(&db->arena, gx_str_c(options->role)) : NULL,
        .must_exist = options->must_exist,
        .turns = options->turns,
        .shred = options->shred,
        .functions = functions,
        .tokenise = options->tokenise,
        .reader_max = options->reader_max ? options->reader_max : DB_READERS_DEFAULT,
    };
}

static void db_free(struct gx_db *db)
{
    db->engine->close(db);
    pthread_mutex_destroy(&db->lock);
    pthread_cond_destroy(&db->returned);
    gx_arena_free(&db->arena);
    free(db);
}

enum gx_code gx_db_open(struct gx_ctx *ctx, const struct gx_db_options *options,
                        struct gx_db **ret_db)
{
    gx_assert(options->url && options->reader_max >= 0);
    struct gx_db *db = calloc(1, sizeof *db);
    gx_assert(db);
    db->engine = engine_for(options->url);
    copy_options(db, options);
    pthread_mutex_init(&db->lock, NULL);
    db_cond_init(&db->returned);
    db->engine->open(db);
    enum gx_code code = db_writer_start(ctx, db);
    if (code != GX_OK) {
        db_free(db);
        return code;
    }
    *ret_db = db;
    return GX_OK;
}

void gx_db_close(struct gx_db *db)
{
    if (atomic_load(&db->forward))
        gx_db_close(atomic_load(&db->forward));
    while (db->idle) {
        struct gx_conn *conn = db->idle;
        db->idle = conn->next;
        db->engine->disconnect(conn);
        db->reader_count--;
    }
    gx_assert(db->reader_count == 0); /* every reader was given back */
    db_writer_stop(db);
    db_free(db);
}

enum gx_dialect gx_db_dialect(const struct gx_db *db)
{
    for (struct gx_db *next; (next = atomic_load(&db->forward));)
        db = next;
    return db->engine->dialect;
}

struct gx_db *gx_db_of(struct gx_db *db)
{
    return db_current(db);
}

/* Connections. */

void db_conn_init(struct gx_conn *conn, struct gx_db *db, bool writer)
{
    conn->db = db;
    conn->is_writer = writer;
}

void db_rows_opened(struct gx_conn *conn, struct gx_rows *rows)
{
    rows->conn = conn;
    rows->open_prev = NULL;
    rows->open_next = conn->open_rows;
    if (conn->open_rows)
        conn->open_rows->open_prev = rows;
    conn->open_rows = rows;
}

void db_rows_closed(struct gx_rows *rows)
{
    *(rows->open_prev ? &rows->open_prev->open_next : &rows->conn->open_rows) = rows->open_next;
    if (rows->open_next)
        rows->open_next->open_prev = rows->open_prev;
    rows->open_prev = rows->open_next = NULL;
}

void db_conn_clean(struct gx_conn *conn)
{
    while (conn->open_rows)
        gx_rows_close(conn->open_rows);
    atomic_store(&conn->interrupted, false);
    atomic_store(&conn->deadline_us, 0);
    conn->hurried = NULL;
}

bool db_conn_must_stop(struct gx_conn *conn)
{
    if (atomic_load_explicit(&conn->interrupted, memory_order_relaxed))
        return true;
    int64_t deadline_us = atomic_load_explicit(&conn->deadline_us, memory_order_relaxed);
    int64_t hurry_us = conn->hurried ? conn->hurried->hurry_us : 0;
    if (!deadline_us && !hurry_us)
        return false;
    int64_t now_us = gx_monotonic_us();
    if (hurry_us && now_us >= hurry_us)
        conn->hurried->late = true;
    return (hurry_us && now_us >= hurry_us) || (deadline_us && now_us >= deadline_us);
}

/* A place in the pool: an idle reader, or NULL when a new one may be made. */
static enum gx_code claim(struct gx_ctx *ctx, struct gx_db *db, struct gx_conn **ret_conn)
{
    int64_t until_us = gx_monotonic_us() + DB_READER_WAIT_MS * INT64_C(1000);
    bool waited_out = false;
    pthread_mutex_lock(&db->lock);
    while (!db->idle && db->reader_count >= db->options.reader_max && !waited_out)
        waited_out = !db_cond_wait_until(&db->returned, &db->lock, until_us);
    bool has = db->idle || db->reader_count < db->options.reader_max;
    *ret_conn = db->idle;
    if (db->idle)
        db->idle = db->idle->next;
    else if (has)
        db->reader_count++;
    pthread_mutex_unlock(&db->lock);
    return has ? GX_OK : gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_DB_BUSY);
}

static void leave(struct gx_db *db, struct gx_conn *conn)
{
    pthread_mutex_lock(&db->lock);
    if (conn) {
        conn->next = db->idle;
        db->idle = conn;
    } else {
        db->reader_count--;
    }
    pthread_cond_signal(&db->returned);
    pthread_mutex_unlock(&db->lock);
}

enum gx_code gx_db_reader(struct gx_ctx *ctx, struct gx_db *db, struct gx_conn **ret_conn)
{
    struct gx_conn *conn = NULL;
    db = db_current(db);
    GX_TRY(claim(ctx, db, &conn));
    if (!conn) {
        enum gx_code code = db->engine->connect(ctx, db, false, &conn);
        if (code != GX_OK) {
            leave(db, NULL);
            return code;
        }
    }
    conn->next = NULL;
    conn->hurried = ctx->hurry_us ? ctx : NULL;
    *ret_conn = conn;
    return GX_OK;
}

void gx_db_reader_release(struct gx_conn *conn)
{
    struct gx_db *db = conn->db;
    gx_assert(!conn->is_writer);
    gx_conn_end_read(conn);
    db_conn_clean(conn);
    if (conn->broken) {
        db->engine->disconnect(conn);
        conn = NULL;
    }
    leave(db, conn);
}

enum gx_code gx_conn_begin_read(struct gx_ctx *ctx, struct gx_conn *conn)
{
    gx_assert(!conn->is_writer && !conn->in_read);
    GX_TRY(conn->db->engine->control(ctx, conn, DB_BEGIN_READ));
    conn->in_read = true;
    return GX_OK;
}

void gx_conn_end_read(struct gx_conn *conn)
{
    if (!conn->in_read)
        return;
    while (conn->open_rows)
        gx_rows_close(conn->open_rows);
    conn->in_read = conn->failed = false;
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    if (conn->db->engine->control(&ctx, conn, DB_END_READ) != GX_OK)
        conn->broken = true;
    gx_arena_free(&arena);
}

enum gx_dialect gx_conn_dialect(const struct gx_conn *conn)
{
    return conn->db->engine->dialect;
}

bool gx_conn_is_writer(const struct gx_conn *conn)
{
    return conn->is_writer;
}

void gx_conn_interrupt(struct gx_conn *conn)
{
    atomic_store(&conn->interrupted, true); /* the engine looks while it waits */
}

void gx_conn_deadline(struct gx_conn *conn, int64_t monotonic_us)
{
    atomic_store(&conn->deadline_us, monotonic_us);
}

/* Errors and statements. */

enum gx_code db_fail(struct gx_ctx *ctx, struct gx_conn *conn, const struct db_fault *fault,
                     struct gx_str path)
{
    if (conn)
        conn->fault = *fault;
    if (conn && fault->disconnected)
        conn->broken = true;
    if (conn && conn->is_writer && fault->again)
        return fault->code; /* tried again; only the last try's reason is told */
    return gx_fail(ctx, fault->code, path, fault->message, gx_str_c(fault->text));
}

/* After a failed statement nothing else may run before the rollback, on either engine. */
static enum gx_code check_usable(struct gx_ctx *ctx, struct gx_conn *conn)
{
    if (!conn->failed)
        return GX_OK;
    return gx_fail(ctx, GX_E_INTERNAL, GX_STR(""), GX_M_DB_FAILED_BEFORE);
}

static enum gx_code remember(struct gx_conn *conn, enum gx_code code)
{
    if (code != GX_OK && (conn->is_writer || conn->in_read))
        conn->failed = true;
    return code;
}

enum gx_code gx_db_exec(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                        const struct gx_value *values, size_t count, int64_t *ret_changed)
{
    int64_t changed = 0;
    GX_TRY(check_usable(ctx, conn));
    GX_TRY(remember(conn, conn->db->engine->exec(ctx, conn, sql, values, count, &changed)));
    if (ret_changed)
        *ret_changed = changed;
    return GX_OK;
}

enum gx_code gx_db_exec_later(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                              const struct gx_value *values, size_t count)
{
    if (!conn->is_writer || conn->at_once || !conn->db->engine->exec_later)
        return gx_db_exec(ctx, conn, sql, values, count, NULL);
    GX_TRY(check_usable(ctx, conn));
    return remember(conn, conn->db->engine->exec_later(ctx, conn, sql, values, count));
}

enum gx_code gx_db_query(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                         const struct gx_value *values, size_t count, struct gx_rows **ret_rows)
{
    GX_TRY(check_usable(ctx, conn));
    return remember(conn, conn->db->engine->query(ctx, conn, sql, values, count, ret_rows));
}

enum gx_code gx_rows_next(struct gx_ctx *ctx, struct gx_rows *rows, bool *ret_has)
{
    return remember(rows->conn, rows->conn->db->engine->next(ctx, rows, ret_has));
}

struct gx_value gx_rows_value(const struct gx_rows *rows, int column)
{
    return rows->conn->db->engine->value(rows, column);
}

int64_t gx_rows_int(const struct gx_rows *rows, int column)
{
    struct gx_value value = gx_rows_value(rows, column);
    return value.kind == GX_VALUE_INT ? value.i : 0;
}

struct gx_str gx_rows_text(const struct gx_rows *rows, int column)
{
    struct gx_value value = gx_rows_value(rows, column);
    bool is_bytes = value.kind == GX_VALUE_TEXT || value.kind == GX_VALUE_BLOB;
    return is_bytes ? value.s : GX_STR("");
}

int gx_rows_columns(const struct gx_rows *rows)
{
    return rows->conn->db->engine->columns(rows);
}

void gx_rows_close(struct gx_rows *rows)
{
    if (rows)
        rows->conn->db->engine->close_rows(rows);
}

enum gx_code gx_db_int(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_sql sql,
                       const struct gx_value *values, size_t count, int64_t otherwise,
                       int64_t *ret_value)
{
    struct gx_rows *rows = NULL;
    bool has = false;
    GX_TRY(gx_db_query(ctx, conn, sql, values, count, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK)
        *ret_value = has ? gx_rows_int(rows, 0) : otherwise;
    gx_rows_close(rows);
    return code;
}

static enum gx_code load_by_inserts(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                                    const struct gx_str *columns, size_t column_count,
                                    const struct gx_value *values, size_t row_count)
{
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, GX_SQL("INSERT INTO "));
    gx_sqlb_name(b, table);
    for (size_t i = 0; i < column_count; i++) {
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(" ("));
        gx_sqlb_name(b, columns[i]);
    }
    for (size_t i = 0; i < column_count; i++) {
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(") VALUES ("));
        gx_sqlb_reserve(b);
        gx_sqlb_add(b, GX_SQL("?"));
        gx_sqlb_int(b, (int64_t)i + 1);
    }
    gx_sqlb_add(b, GX_SQL(")"));
    for (size_t i = 0; i < row_count; i++)
        GX_TRY(
            gx_db_exec(ctx, conn, gx_sqlb_sql(b), values + i * column_count, column_count, NULL));
    return GX_OK;
}

enum gx_code gx_db_load(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str table,
                        const struct gx_str *columns, size_t column_count,
                        const struct gx_value *values, size_t row_count)
{
    gx_assert(conn->is_writer && column_count > 0);
    if (!conn->db->engine->load)
        return load_by_inserts(ctx, conn, table, columns, column_count, values, row_count);
    GX_TRY(check_usable(ctx, conn));
    return remember(
        conn, conn->db->engine->load(ctx, conn, table, columns, column_count, values, row_count));
}

size_t db_sql_skip(struct gx_str s, size_t i)
{
    char c = s.p[i];
    if (c == '-' && i + 1 < s.n && s.p[i + 1] == '-') {
        size_t line = gx_str_find(gx_str_from(s, i), '\n');
        return i + line;
    }
    if (c != '\'' && c != '"')
        return i;
    size_t length = gx_str_find(gx_str_from(s, i + 1), c);
    return i + 1 + length < s.n ? i + length + 2 : s.n;
}

/* The end of the statement at the start of `s`: past a ";" that ends its line, or s.n. */
static size_t statement_end(struct gx_str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t past = db_sql_skip(s, i);
        if (past > i) {
            i = past;
            continue;
        }
        if (s.p[i++] != ';')
            continue;
        size_t k = i;
        while (k < s.n && (s.p[k] == ' ' || s.p[k] == '\t' || s.p[k] == '\r'))
            k++;
        if (k == s.n || s.p[k] == '\n')
            return i;
    }
    return s.n;
}

/* Without white space and "--" lines in front. */
static struct gx_str skip_comments(struct gx_str s)
{
    for (s = gx_str_trim(s); gx_str_starts(s, GX_STR("--")); s = gx_str_trim(s))
        s = gx_str_from(s, gx_str_find(s, '\n'));
    return s;
}

enum gx_code gx_db_script(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str script)
{
    for (struct gx_str rest = skip_comments(script); rest.n; rest = skip_comments(rest)) {
        struct gx_str one = { rest.p, statement_end(rest) };
        rest = gx_str_from(rest, one.n);
        if (gx_str_is(gx_str_trim(one), ";"))
            continue;
        if (conn->db->engine->translate)
            one = conn->db->engine->translate(ctx->arena, one);
        GX_TRY(check_usable(ctx, conn));
        GX_TRY(remember(conn, conn->db->engine->run(ctx, conn, one)));
    }
    return GX_OK;
}

enum gx_code gx_db_turn(struct gx_ctx *ctx, struct gx_conn *conn, int64_t *ret_turn, bool *ret_ours)
{
    *ret_turn = 0;
    *ret_ours = true;
    return conn->db->engine->turn ? conn->db->engine->turn(ctx, conn, ret_turn, ret_ours) : GX_OK;
}

struct gx_db_stats gx_db_stats(struct gx_db *db)
{
    db = db_current(db);
    struct gx_db_stats stats = {
        .commits = atomic_load(&db->writer.commits),
        .writes = atomic_load(&db->writer.writes),
        .batch_largest = atomic_load(&db->writer.batch_largest),
    };
    pthread_mutex_lock(&db->writer.lock);
    stats.queued = (int64_t)db->writer.queued;
    pthread_mutex_unlock(&db->writer.lock);
    db->engine->sizes(db, &stats);
    return stats;
}

enum gx_code gx_db_backup(struct gx_ctx *ctx, struct gx_db *db, const char *path)
{
    db = db_current(db);
    return db->engine->backup(ctx, db, path);
}
