/* test_db.c - the contracts of db.h, the same on both engines. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "db/db_int.h"
#include "db_env.h"
#include "gx_test.h"

static struct gx_conn *reader(struct db_env *env)
{
    struct gx_conn *conn = NULL;
    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader");
    return conn;
}

/* Values come back as they went in. */

static void create_values(struct db_env *env)
{
    db_env_script(env, env->dialect == GX_SQLITE
                           ? "CREATE TABLE v (id BIGINT PRIMARY KEY, i BIGINT, t TEXT, b BLOB)"
                           : "CREATE TABLE v (id BIGINT PRIMARY KEY, i BIGINT, t TEXT, b BYTEA)");
}

static const struct {
    const char *what;
    struct gx_value i, t, b;
} value_rows[] = {
    { "null", { 0 }, { 0 }, { 0 } },
    { "zero and empty",
      { .kind = GX_VALUE_INT, .i = 0 },
      { .kind = GX_VALUE_TEXT },
      { .kind = GX_VALUE_BLOB } },
    { "smallest",
      { .kind = GX_VALUE_INT, .i = INT64_MIN },
      { .kind = GX_VALUE_TEXT, .s = GX_STR_INIT("x") },
      { .kind = GX_VALUE_BLOB, .s = GX_STR_INIT("\0") } },
    { "largest",
      { .kind = GX_VALUE_INT, .i = INT64_MAX },
      { .kind = GX_VALUE_TEXT, .s = GX_STR_INIT("王小明 ' \" \\ ?1 $1 -- ;") },
      { .kind = GX_VALUE_BLOB, .s = GX_STR_INIT("\0\xff\x80'\\x00\n") } },
    { "minus one and quotes",
      { .kind = GX_VALUE_INT, .i = -1 },
      { .kind = GX_VALUE_TEXT, .s = GX_STR_INIT("'; DROP TABLE v; --") },
      { .kind = GX_VALUE_BLOB, .s = GX_STR_INIT("\\") } },
    { "null among others",
      { .kind = GX_VALUE_INT, .i = 7 },
      { 0 },
      { .kind = GX_VALUE_BLOB, .s = GX_STR_INIT("b") } },
};

static void values(struct db_env *env)
{
    create_values(env);
    for (size_t k = 0; k < GX_COUNT(value_rows); k++) {
        struct gx_value v[] = { gx_value_int((int64_t)k), value_rows[k].i, value_rows[k].t,
                                value_rows[k].b };
        GX_CHECK(db_env_run(env, GX_SQL("INSERT INTO v (id, i, t, b) VALUES (?1, ?2, ?3, ?4)"), v,
                            4) == GX_OK,
                 value_rows[k].what);
    }
    struct gx_conn *conn = reader(env);
    struct gx_rows *rows = NULL;
    bool has = false;
    GX_CHECK(gx_db_query(&env->ctx, conn, GX_SQL("SELECT id, i, t, b FROM v ORDER BY id"), NULL, 0,
                         &rows) == GX_OK,
             "query");
    for (size_t k = 0; k < GX_COUNT(value_rows); k++) {
        GX_CHECK(gx_rows_next(&env->ctx, rows, &has) == GX_OK && has, value_rows[k].what);
        GX_CHECK(gx_rows_columns(rows) == 4, "columns");
        GX_CHECK(gx_rows_int(rows, 0) == (int64_t)k, value_rows[k].what);
        GX_CHECK(gx_value_eq(gx_rows_value(rows, 1), value_rows[k].i), value_rows[k].what);
        GX_CHECK(gx_value_eq(gx_rows_value(rows, 2), value_rows[k].t), value_rows[k].what);
        GX_CHECK(gx_value_eq(gx_rows_value(rows, 3), value_rows[k].b), value_rows[k].what);
    }
    GX_CHECK(gx_rows_next(&env->ctx, rows, &has) == GX_OK && !has, "the end");
    GX_CHECK(gx_rows_next(&env->ctx, rows, &has) == GX_OK && !has, "still the end");
    gx_rows_close(rows);
    gx_rows_close(NULL);
    gx_db_reader_release(conn);
}

GX_TEST(db_values)
{
    db_env_on(GX_SQLITE, values);
}

GX_TEST(db_pg_values)
{
    db_env_on(GX_POSTGRES, values);
}

/* A value may be NULL at one time and another kind the next, and a sum is a whole number. */
static void kinds(struct db_env *env)
{
    create_values(env);
    static const struct gx_sql insert = { GX_STR_INIT(
        "INSERT INTO v (id, i, t) VALUES (?1, ?2, ?3)") };
    struct gx_value text = gx_value_text(GX_STR("text"));
    struct gx_value rows[][3] = {
        { gx_value_int(1), GX_NULL_VALUE, GX_NULL_VALUE },
        { gx_value_int(2), gx_value_int(INT64_MAX - 10), text },
        { gx_value_int(3), GX_NULL_VALUE, text },
        { gx_value_int(4), gx_value_int(5), GX_NULL_VALUE },
    };
    for (size_t k = 0; k < GX_COUNT(rows); k++)
        GX_CHECK(db_env_run(env, insert, rows[k], 3) == GX_OK, "insert");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT sum(i) FROM v")) == INT64_MAX - 5, "sum");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT -sum(i) FROM v")) == -(INT64_MAX - 5), "minus sum");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT sum(i) FROM v WHERE id = 99")) == 0, "null sum");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM v WHERE t IS NOT NULL")) == 2, "count");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT id FROM v WHERE id = 99")) == -1, "otherwise");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT 1 = 1")) == 1, "a truth is 1");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT 1 WHERE '?1' = '?1' -- ?2\n")) == 1, "quoted ?");

    struct gx_conn *conn = reader(env);
    int64_t found = 0;
    for (size_t k = 0; k < 4; k++) {
        struct gx_value v = k % 2 ? gx_value_int(5) : GX_NULL_VALUE;
        GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT count(*) FROM v WHERE i = ?1"), &v, 1, 9,
                           &found) == GX_OK &&
                     found == (int64_t)(k % 2),
                 "NULL and number in turn");
    }
    gx_db_reader_release(conn);
}

GX_TEST(db_kinds)
{
    db_env_on(GX_SQLITE, kinds);
}

GX_TEST(db_pg_kinds)
{
    db_env_on(GX_POSTGRES, kinds);
}

/* Rows changed. */

struct changing {
    struct gx_ctx *ctx;
    int64_t changed[4];
};

static enum gx_code change(void *p, struct gx_conn *conn)
{
    struct changing *c = p;
    struct gx_value two = gx_value_int(2);
    GX_TRY(gx_db_exec(c->ctx, conn, GX_SQL("INSERT INTO v (id, i) VALUES (1, 1), (2, 1), (3, 1)"),
                      NULL, 0, &c->changed[0]));
    GX_TRY(gx_db_exec(c->ctx, conn, GX_SQL("UPDATE v SET i = 5 WHERE id <= ?1"), &two, 1,
                      &c->changed[1]));
    GX_TRY(
        gx_db_exec(c->ctx, conn, GX_SQL("DELETE FROM v WHERE id = 99"), NULL, 0, &c->changed[2]));
    return gx_db_exec(c->ctx, conn, GX_SQL("CREATE TABLE w (id BIGINT PRIMARY KEY)"), NULL, 0,
                      &c->changed[3]);
}

static void changes(struct db_env *env)
{
    create_values(env);
    struct changing c = { .ctx = &env->ctx, .changed = { -1, -1, -1, -1 } };
    GX_CHECK(gx_db_write(&env->ctx, env->db, change, &c) == GX_OK, "write");
    GX_CHECK(c.changed[0] == 3 && c.changed[1] == 2, "rows changed");
    GX_CHECK(c.changed[2] == 0 && c.changed[3] == 0, "no rows changed");
    GX_CHECK(gx_db_dialect(env->db) == env->dialect, "dialect");
    struct gx_conn *conn = reader(env);
    GX_CHECK(gx_conn_dialect(conn) == env->dialect && !gx_conn_is_writer(conn), "a reader's");
    gx_db_reader_release(conn);
}

GX_TEST(db_changes)
{
    db_env_on(GX_SQLITE, changes);
}

GX_TEST(db_pg_changes)
{
    db_env_on(GX_POSTGRES, changes);
}

/* Every error has its code, and the path that names the constraint. */

static const struct {
    struct gx_sql sql;
    enum gx_code code;
    const char *path_sqlite, *path_pg;
} error_rows[] = {
    { { GX_STR_INIT("INSERT INTO p (id, name) VALUES (1, 'b')") },
      GX_E_DUPLICATE,
      "p.id",
      "p_pkey" },
    { { GX_STR_INIT("INSERT INTO p (id, name) VALUES (2, 'a')") },
      GX_E_DUPLICATE,
      "p.name",
      "p_name" },
    { { GX_STR_INIT("INSERT INTO q (id, name) VALUES (2, 'A')") },
      GX_E_DUPLICATE,
      "q_lower",
      "q_lower" },
    { { GX_STR_INIT("INSERT INTO c (id, parent) VALUES (9, 99)") }, GX_E_IN_USE, "", "c_parent" },
    { { GX_STR_INIT("DELETE FROM p WHERE id = 1") }, GX_E_IN_USE, "", "c_parent" },
    { { GX_STR_INIT("INSERT INTO p (id) VALUES (3)") }, GX_E_INVALID, "p.name", "p.name" },
    { { GX_STR_INIT("INSERT INTO p (id, name) VALUES (-3, 'x')") }, GX_E_INVALID, "p_id", "p_id" },
    { { GX_STR_INIT("SELECT sum(x) FROM (SELECT 9223372036854775807 AS x "
                    "UNION ALL SELECT 9223372036854775807) AS s HAVING sum(x) > 0 "
                    "AND 9223372036854775807 + count(*) > 0 AND 1/0 > 0") },
      GX_E_INVALID,
      "",
      "" },
    { { GX_STR_INIT("SELEC 1") }, GX_E_INTERNAL, "", "" },
    { { GX_STR_INIT("SELECT x FROM no_such_table") }, GX_E_INTERNAL, "", "" },
};

static void errors(struct db_env *env)
{
    db_env_script(env, "CREATE TABLE p (id BIGINT PRIMARY KEY, name TEXT NOT NULL,\n"
                       "    CONSTRAINT p_id CHECK (id > 0));\n"
                       "CREATE UNIQUE INDEX p_name ON p (name);\n"
                       "CREATE TABLE q (id BIGINT PRIMARY KEY, name TEXT);\n"
                       "CREATE UNIQUE INDEX q_lower ON q (lower(name));\n"
                       "INSERT INTO q (id, name) VALUES (1, 'a');\n"
                       "CREATE TABLE c (id BIGINT PRIMARY KEY, parent BIGINT,\n"
                       "    CONSTRAINT c_parent FOREIGN KEY (parent) REFERENCES p (id));\n"
                       "INSERT INTO p (id, name) VALUES (1, 'a');\n"
                       "INSERT INTO c (id, parent) VALUES (1, 1);\n");
    for (size_t k = 0; k < GX_COUNT(error_rows); k++) {
        const char *what = error_rows[k].sql.text_.p;
        GX_CHECK(db_env_run(env, error_rows[k].sql, NULL, 0) == error_rows[k].code, what);
        GX_CHECK(env->ctx.error_count == 1, what);
        GX_CHECK_STR(
            db_env_path(env),
            gx_str_c(env->dialect == GX_SQLITE ? error_rows[k].path_sqlite : error_rows[k].path_pg),
            what);
    }
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM p")) == 1, "nothing was written");
}

GX_TEST(db_errors)
{
    db_env_on(GX_SQLITE, errors);
}

GX_TEST(db_pg_errors)
{
    db_env_on(GX_POSTGRES, errors);
}

/* Readers only read. */
static void read_only(struct db_env *env)
{
    static const struct gx_sql tries[] = {
        { GX_STR_INIT("INSERT INTO v (id) VALUES (1)") },
        { GX_STR_INIT("CREATE TABLE x (id BIGINT)") },
        { GX_STR_INIT("DROP TABLE v") },
    };
    create_values(env);
    struct gx_conn *conn = reader(env);
    for (size_t k = 0; k < GX_COUNT(tries); k++)
        GX_CHECK(gx_db_exec(&env->ctx, conn, tries[k], NULL, 0, NULL) == GX_E_INTERNAL,
                 tries[k].text_.p);
    gx_db_reader_release(conn);
    gx_ctx_clear(&env->ctx);
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM v")) == 0, "nothing was written");
}

GX_TEST(db_read_only)
{
    db_env_on(GX_SQLITE, read_only);
}

GX_TEST(db_pg_read_only)
{
    db_env_on(GX_POSTGRES, read_only);
}

static void attach_refused(struct db_env *env)
{
    static const struct gx_sql tries[] = {
        { GX_STR_INIT("ATTACH '/tmp/guanxi-never.db' AS x") },
        { GX_STR_INIT("PRAGMA journal_mode = DELETE") },
        { GX_STR_INIT("PRAGMA writable_schema = ON") },
    };
    for (size_t k = 0; k < GX_COUNT(tries); k++)
        GX_CHECK(db_env_run(env, tries[k], NULL, 0) == GX_E_INTERNAL, tries[k].text_.p);
}

GX_TEST(db_attach_refused)
{
    db_env_on(GX_SQLITE, attach_refused);
}

/* One snapshot from begin to end. */
static void snapshot(struct db_env *env)
{
    int64_t seen = 0;
    create_values(env);
    struct gx_conn *conn = reader(env);
    GX_CHECK(gx_conn_begin_read(&env->ctx, conn) == GX_OK, "begin");
    GX_CHECK(db_env_run(env, GX_SQL("INSERT INTO v (id) VALUES (1)"), NULL, 0) == GX_OK, "write");
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT count(*) FROM v"), NULL, 0, -1, &seen) ==
                     GX_OK &&
                 seen == 0,
             "the snapshot is from before the write");
    gx_conn_end_read(conn);
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT count(*) FROM v"), NULL, 0, -1, &seen) ==
                     GX_OK &&
                 seen == 1,
             "afterwards each statement sees what is there");
    GX_CHECK(gx_conn_begin_read(&env->ctx, conn) == GX_OK, "begin again");
    GX_CHECK(gx_db_exec(&env->ctx, conn, GX_SQL("SELEC"), NULL, 0, NULL) == GX_E_INTERNAL, "error");
    GX_CHECK(gx_db_exec(&env->ctx, conn, GX_SQL("SELECT 1"), NULL, 0, NULL) == GX_E_INTERNAL,
             "a failed snapshot stays failed");
    gx_db_reader_release(conn); /* ends the snapshot too */
    gx_ctx_clear(&env->ctx);
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM v")) == 1, "usable again");
}

GX_TEST(db_snapshot)
{
    db_env_on(GX_SQLITE, snapshot);
}

GX_TEST(db_pg_snapshot)
{
    db_env_on(GX_POSTGRES, snapshot);
}

/* Several queries open at once, the same text among them; leaving them open is mended. */
static void nested(struct db_env *env)
{
    static const struct gx_sql all = { GX_STR_INIT("SELECT id FROM v ORDER BY id") };
    create_values(env);
    db_env_script(env, "INSERT INTO v (id) VALUES (1), (2), (3)");
    struct gx_conn *conn = reader(env);
    struct gx_rows *outer = NULL, *inner = NULL;
    bool has = false;
    int64_t product = 0;
    GX_CHECK(gx_db_query(&env->ctx, conn, all, NULL, 0, &outer) == GX_OK, "outer");
    while (gx_rows_next(&env->ctx, outer, &has) == GX_OK && has) {
        GX_CHECK(gx_db_query(&env->ctx, conn, all, NULL, 0, &inner) == GX_OK, "inner");
        while (gx_rows_next(&env->ctx, inner, &has) == GX_OK && has)
            product += gx_rows_int(outer, 0) * gx_rows_int(inner, 0);
        gx_rows_close(inner);
    }
    GX_CHECK(product == 36, "every pair");
    GX_CHECK(gx_db_query(&env->ctx, conn, all, NULL, 0, &inner) == GX_OK, "left open");
    GX_CHECK(gx_rows_next(&env->ctx, inner, &has) == GX_OK && has, "left open");
    gx_db_reader_release(conn);
    GX_CHECK(db_env_int(env, all) == 1, "a statement left open is usable again");
}

GX_TEST(db_nested)
{
    db_env_on(GX_SQLITE, nested);
}

GX_TEST(db_pg_nested)
{
    db_env_on(GX_POSTGRES, nested);
}

/* The cache has a cap, survives a schema change, and an open statement is never thrown out. */
static void cache(struct db_env *env)
{
    create_values(env);
    db_env_script(env, "INSERT INTO v (id, i) VALUES (1, 10), (2, 20)");
    struct gx_conn *conn = reader(env);
    struct gx_rows *open = NULL;
    bool has = false;
    GX_CHECK(gx_db_query(&env->ctx, conn, GX_SQL("SELECT i FROM v ORDER BY id"), NULL, 0, &open) ==
                 GX_OK,
             "open");
    GX_CHECK(gx_rows_next(&env->ctx, open, &has) == GX_OK && has, "first");
    for (int round = 0; round < 2; round++) {
        for (int64_t k = 0; k < 300; k++) {
            struct gx_arena arena = { 0 };
            struct gx_sqlb *b = gx_sqlb_new(&arena, env->dialect);
            int64_t have = 0;
            gx_sqlb_add(b, GX_SQL("SELECT "));
            gx_sqlb_int(b, k);
            GX_CHECK(gx_db_int(&env->ctx, conn, gx_sqlb_sql(b), NULL, 0, -1, &have) == GX_OK &&
                         have == k,
                     "one of many");
            gx_arena_free(&arena);
        }
    }
    GX_CHECK(conn->cache.count == DB_CACHE_STATEMENTS_MAX, "full, not more");
    GX_CHECK(gx_rows_next(&env->ctx, open, &has) == GX_OK && has && gx_rows_int(open, 0) == 20,
             "second");
    gx_rows_close(open);
    static const struct gx_sql star = { GX_STR_INIT("SELECT * FROM v WHERE id = 1") };
    for (int columns = 4; columns <= 5; columns++) {
        GX_CHECK(gx_db_query(&env->ctx, conn, star, NULL, 0, &open) == GX_OK, "star");
        GX_CHECK(gx_rows_next(&env->ctx, open, &has) == GX_OK && has, "star");
        GX_CHECK(gx_rows_columns(open) == columns, "columns after a schema change");
        gx_rows_close(open);
        if (columns == 4)
            db_env_script(env, "ALTER TABLE v ADD COLUMN more BIGINT");
    }
    gx_db_reader_release(conn);
}

GX_TEST(db_cache)
{
    db_env_on(GX_SQLITE, cache);
}

GX_TEST(db_pg_cache)
{
    db_env_on(GX_POSTGRES, cache);
}

/* Stopping. */

static const struct gx_sql forever = { GX_STR_INIT(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
    "WHERE i < 2000000000) SELECT count(*) FROM n") };

static void *stop_it(void *p)
{
    gx_conn_interrupt(p);
    return NULL;
}

static void interrupt(struct db_env *env)
{
    int64_t value = 0;
    pthread_t thread;
    struct gx_conn *conn = reader(env);
    pthread_create(&thread, NULL, stop_it, conn);
    GX_CHECK(gx_db_int(&env->ctx, conn, forever, NULL, 0, 0, &value) == GX_E_CANCELLED, "thread");
    pthread_join(thread, NULL);
    GX_CHECK(gx_db_int(&env->ctx, conn, forever, NULL, 0, 0, &value) == GX_E_CANCELLED,
             "until the reader is released");
    gx_db_reader_release(conn);
    conn = reader(env);
    int64_t before_us = gx_monotonic_us();
    gx_conn_deadline(conn, before_us + 30000);
    GX_CHECK(gx_db_int(&env->ctx, conn, forever, NULL, 0, 0, &value) == GX_E_CANCELLED, "deadline");
    GX_CHECK(gx_monotonic_us() - before_us >= 30000, "not before the deadline");
    gx_conn_deadline(conn, 0);
    GX_CHECK(gx_db_int(&env->ctx, conn, GX_SQL("SELECT 5"), NULL, 0, 0, &value) == GX_OK &&
                 value == 5,
             "without a deadline");
    gx_db_reader_release(conn);
}

GX_TEST(db_interrupt)
{
    db_env_on(GX_SQLITE, interrupt);
}

GX_TEST(db_pg_interrupt)
{
    db_env_on(GX_POSTGRES, interrupt);
}

/* The pool is bounded: who comes when all are out waits for one to come back. */

struct taking {
    struct gx_db *db;
    enum gx_code code;
};

static void *take_one(void *p)
{
    struct taking *t = p;
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_conn *conn = NULL;
    t->code = gx_db_reader(&ctx, t->db, &conn);
    if (conn)
        gx_db_reader_release(conn);
    gx_arena_free(&arena);
    return NULL;
}

static void pool_on(enum gx_dialect dialect)
{
    struct db_env env;
    if (!db_env_open_with(&env, dialect, (struct gx_db_options){ .reader_max = 2 }))
        return;
    struct gx_conn *one = reader(&env), *two = reader(&env);
    struct taking taking = { env.db, GX_E_INTERNAL };
    pthread_t thread;
    pthread_create(&thread, NULL, take_one, &taking);
    usleep(20000); /* most likely it waits by now; the outcome is the same if not */
    gx_db_reader_release(two);
    pthread_join(thread, NULL);
    GX_CHECK(taking.code == GX_OK, "it waited");
    GX_CHECK(env.db->reader_count == 2, "no third connection");
    gx_db_reader_release(one);
    db_env_close(&env);
}

GX_TEST(db_pool)
{
    pool_on(GX_SQLITE);
}

GX_TEST(db_pg_pool)
{
    pool_on(GX_POSTGRES);
}

/* Scripts. */
static void script(struct db_env *env)
{
    db_env_script(env, "-- a comment; with a semicolon\n"
                       "CREATE TABLE s (id BIGINT PRIMARY KEY, -- another;\n"
                       "    t TEXT); \t\r\n"
                       ";\n\n"
                       "INSERT INTO s (id, t) VALUES (1, 'a;\nb'), (2, 'it''s;\n');\n"
                       "INSERT INTO s (id, t)\nVALUES (3, 'no end')\n-- the last");
    db_env_script(env, "");
    db_env_script(env, "-- nothing");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT count(*) FROM s")) == 3, "rows");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT length(t) FROM s WHERE id = 1")) == 4, "text kept");
}

GX_TEST(db_script)
{
    db_env_on(GX_SQLITE, script);
}

GX_TEST(db_pg_script)
{
    db_env_on(GX_POSTGRES, script);
}

GX_TEST(db_open_fails)
{
    static const struct {
        const char *url;
        enum gx_code code;
    } rows[] = {
        { "/no/such/folder/x.db", GX_E_IO },
        { "/dev/null", GX_E_IO },
        { "postgresql:///nothing?host=/no/such/folder&connect_timeout=2", GX_E_IO },
        { "postgresql://x?no_such_option=1", GX_E_IO },
    };
    for (size_t k = 0; k < GX_COUNT(rows); k++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_db_options options = { .url = rows[k].url };
        struct gx_db *db = NULL;
        GX_CHECK(gx_db_open(&ctx, &options, &db) == rows[k].code, rows[k].url);
        GX_CHECK(!db && ctx.error_count == 1, rows[k].url);
        gx_arena_free(&arena);
    }
}
