/* test_db_sqlite.c - what only SQLite has: functions in SQL, the tokeniser, copies of the file. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "db_env.h"
#include "gx_test.h"

/* Upper-cases ASCII. */
static struct gx_value shout(struct gx_arena *scratch, const struct gx_value *args)
{
    if (args[0].kind != GX_VALUE_TEXT)
        return args[0];
    char *copy = gx_arena_cstr(scratch, args[0].s);
    for (char *c = copy; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return gx_value_text((struct gx_str){ copy, args[0].s.n });
}

static struct gx_value plus(struct gx_arena *scratch, const struct gx_value *args)
{
    (void)scratch;
    return gx_value_int(args[0].i + args[1].i);
}

static struct gx_value bytes(struct gx_arena *scratch, const struct gx_value *args)
{
    return gx_value_blob(gx_arena_str(scratch, args[0].s));
}

static const struct gx_db_function functions[] = {
    { "gx_shout", 1, shout },
    { "gx_plus", 2, plus },
    { "gx_bytes", 1, bytes },
    { 0 },
};

/* Words between spaces; a query text drops its words of one letter. */
static void split_words(struct gx_str text, bool query, gx_token_emit emit, void *p)
{
    struct gx_str rest = text, word;
    while (gx_str_split(&rest, ' ', &word)) {
        size_t from = (size_t)(word.p - text.p);
        struct gx_token token = { .text = word, .from = from, .to = from + word.n };
        if (word.n > (query ? 1U : 0U))
            emit(p, &token);
    }
}

static bool open_env(struct db_env *env)
{
    return db_env_open_with(
        env, GX_SQLITE, (struct gx_db_options){ .functions = functions, .tokenise = split_words });
}

GX_TEST(db_functions)
{
    struct db_env env;
    if (!open_env(&env))
        return;
    db_env_script(&env, "CREATE TABLE f (id BIGINT PRIMARY KEY, name TEXT);\n"
                        "CREATE UNIQUE INDEX f_shout ON f (gx_shout(name));\n"
                        "INSERT INTO f (id, name) VALUES (1, 'ada'), (2, NULL), (3, NULL);\n");
    GX_CHECK(db_env_run(&env, GX_SQL("INSERT INTO f (id, name) VALUES (4, 'Ada')"), NULL, 0) ==
                 GX_E_DUPLICATE,
             "unique by the function");
    GX_CHECK_STR(db_env_path(&env), GX_STR("f_shout"), "named index");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT id FROM f WHERE gx_shout(name) = 'ADA'")) == 1,
             "a reader has it too");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT gx_plus(40, 2)")) == 42, "two arguments");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT length(gx_bytes(''))")) == 0, "empty blob");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT typeof(gx_bytes('x')) = 'blob'")) == 1, "blob");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT gx_plus(2.0, 1)")) == 3, "a whole float");
    db_env_close(&env);
}

GX_TEST(db_tokeniser)
{
    struct db_env env;
    if (!open_env(&env))
        return;
    db_env_script(&env, "CREATE VIRTUAL TABLE s USING fts5(body, tokenize = 'guanxi', "
                        "content = '', contentless_delete = 1, detail = none);\n"
                        "INSERT INTO s (rowid, body) VALUES (1, 'ada x lovelace'), (2, 'x y');\n"
                        "DELETE FROM s WHERE rowid = 2;\n"
                        "INSERT INTO s (rowid, body) VALUES (3, 'grace hopper x');\n");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT rowid FROM s WHERE s MATCH '\"hopper\"'")) == 3,
             "word");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT rowid FROM s WHERE s MATCH '\"lov\" *'")) == 1,
             "prefix");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT count(*) FROM s WHERE s MATCH '\"ada\" \"x\"'")) == 1,
             "a query's text is split as one");
    GX_CHECK(db_env_int(&env, GX_SQL("SELECT count(*) FROM s WHERE s MATCH '\"y\"'")) == 0,
             "deleted");
    db_env_close(&env);
}

struct filling {
    struct gx_ctx *ctx;
    int64_t count;
};

static enum gx_code fill(void *p, struct gx_conn *conn)
{
    struct filling *f = p;
    struct gx_value v = gx_value_int(f->count);
    return gx_db_exec(f->ctx, conn,
                      GX_SQL("INSERT INTO t (x) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT "
                             "i + 1 FROM n WHERE i < ?1) SELECT zeroblob(1000) FROM n"),
                      &v, 1, NULL);
}

GX_TEST(db_backup)
{
    struct db_env env, copy;
    char path[600];
    struct stat st;
    if (!open_env(&env))
        return;
    if (!open_env(&copy))
        return;
    gx_db_close(copy.db);
    copy.db = NULL;
    unlink(copy.url);
    db_env_script(&env, "CREATE TABLE t (x BLOB)");
    struct filling filling = { &env.ctx, 5000 };
    GX_CHECK(gx_db_write(&env.ctx, env.db, fill, &filling) == GX_OK, "fill");
    GX_CHECK(gx_db_backup(&env.ctx, env.db, copy.url) == GX_OK, "backup");
    GX_CHECK(stat(copy.url, &st) == 0 && (st.st_mode & 0777) == 0600, "for its owner only");
    GX_CHECK(gx_db_backup(&env.ctx, env.db, copy.url) == GX_E_DUPLICATE, "never over a file");
    snprintf(path, sizeof path, "%s/none/x.db", copy.folder);
    GX_CHECK(gx_db_backup(&env.ctx, env.db, path) == GX_E_IO, "no such folder");
    GX_CHECK(access(path, F_OK) != 0, "nothing left behind");
    if (db_env_reopen(&copy))
        GX_CHECK(db_env_int(&copy, GX_SQL("SELECT count(*) FROM t")) == 5000, "all in the copy");
    db_env_close(&copy);
    db_env_close(&env);
}

/* The log does not grow without end, and is gone when nothing happens. */
GX_TEST(db_checkpoint)
{
    struct db_env env;
    struct gx_db_stats stats = { 0 };
    if (!open_env(&env))
        return;
    db_env_script(&env, "CREATE TABLE t (x BLOB)");
    struct filling filling = { &env.ctx, 100 };
    for (int k = 0; k < 300; k++)
        GX_CHECK(gx_db_write(&env.ctx, env.db, fill, &filling) == GX_OK, "fill");
    stats = gx_db_stats(env.db);
    GX_CHECK(stats.page_bytes > 10 << 20, "written back");
    GX_CHECK(stats.wal_bytes < 24 << 20, "the log starts over");
    for (int k = 0; k < 400 && stats.wal_bytes > 0; k++) {
        usleep(10000);
        stats = gx_db_stats(env.db);
    }
    GX_CHECK(stats.wal_bytes == 0, "cut when idle");
    db_env_close(&env);
}
