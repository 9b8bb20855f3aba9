/* db_env.c - see db_env.h. */
#include "db_env.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "gx_test.h"

bool db_env_reopen(struct db_env *env)
{
    enum gx_code code = gx_db_open(&env->ctx, &env->options, &env->db);
    struct gx_str why = gx_ctx_text(&env->ctx);
    return GX_CHECK(code == GX_OK, gx_arena_cstr(&env->arena, why));
}

bool db_env_open_with(struct db_env *env, enum gx_dialect dialect, struct gx_db_options options)
{
    *env = (struct db_env){ .dialect = dialect, .options = options };
    const char *pg = getenv("GUANXI_TEST_PG");
    if (dialect == GX_POSTGRES && !pg) {
        gx_skip("needs PostgreSQL: run it under tools/pg-test");
        return false;
    }
    env->ctx = gx_test_ctx(&env->arena);
    snprintf(env->folder, sizeof env->folder, "/tmp/guanxi-test-XXXXXX");
    GX_CHECK(mkdtemp(env->folder), "a temporary folder");
    snprintf(env->schema, sizeof env->schema, "test_%s", strrchr(env->folder, '-') + 1);
    for (char *c = env->schema; *c; c++) /* XXXXXX may hold capitals */
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    if (pg)
        snprintf(env->url, sizeof env->url, "%s", pg);
    if (dialect == GX_SQLITE)
        snprintf(env->url, sizeof env->url, "%s/test.db", env->folder);
    env->options.url = env->url;
    env->options.schema = env->schema;
    return db_env_reopen(env);
}

bool db_env_open(struct db_env *env, enum gx_dialect dialect)
{
    return db_env_open_with(env, dialect, (struct gx_db_options){ 0 });
}

static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
    rmdir(folder);
}

void db_env_close(struct db_env *env)
{
    if (env->db && env->dialect == GX_POSTGRES) {
        struct gx_sqlb *b = gx_sqlb_new(&env->arena, GX_POSTGRES);
        gx_sqlb_add(b, GX_SQL("DROP SCHEMA "));
        gx_sqlb_name(b, gx_str_c(env->schema));
        gx_sqlb_add(b, GX_SQL(" CASCADE"));
        GX_CHECK(db_env_run(env, gx_sqlb_sql(b), NULL, 0) == GX_OK, env->schema);
    }
    if (env->db)
        gx_db_close(env->db);
    remove_folder(env->folder);
    gx_arena_free(&env->arena);
}

struct statement {
    struct gx_ctx *ctx;
    struct gx_sql sql;
    const struct gx_value *values;
    size_t count;
};

static enum gx_code run_statement(void *p, struct gx_conn *conn)
{
    const struct statement *s = p;
    return gx_db_exec(s->ctx, conn, s->sql, s->values, s->count, NULL);
}

enum gx_code db_env_run(struct db_env *env, struct gx_sql sql, const struct gx_value *values,
                        size_t count)
{
    struct statement s = { &env->ctx, sql, values, count };
    return gx_db_write(&env->ctx, env->db, run_statement, &s);
}

struct script {
    struct gx_ctx *ctx;
    struct gx_str text;
};

static enum gx_code run_script(void *p, struct gx_conn *conn)
{
    const struct script *s = p;
    return gx_db_script(s->ctx, conn, s->text);
}

void db_env_script(struct db_env *env, const char *script)
{
    struct script s = { &env->ctx, gx_str_c(script) };
    enum gx_code code = gx_db_write(&env->ctx, env->db, run_script, &s);
    GX_CHECK(code == GX_OK, gx_arena_cstr(&env->arena, gx_ctx_text(&env->ctx)));
    gx_ctx_clear(&env->ctx);
}

int64_t db_env_int(struct db_env *env, struct gx_sql sql)
{
    struct gx_conn *conn = NULL;
    int64_t value = INT64_MIN;
    if (!GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader"))
        return value;
    enum gx_code code = gx_db_int(&env->ctx, conn, sql, NULL, 0, -1, &value);
    GX_CHECK(code == GX_OK, gx_arena_cstr(&env->arena, gx_ctx_text(&env->ctx)));
    gx_db_reader_release(conn);
    return value;
}

struct gx_str db_env_path(struct db_env *env)
{
    struct gx_str path = env->ctx.last_error ? env->ctx.last_error->path : GX_STR("(none)");
    gx_ctx_clear(&env->ctx);
    return path;
}

void db_env_on(enum gx_dialect dialect, void (*test)(struct db_env *env))
{
    struct db_env env;
    if (!db_env_open(&env, dialect))
        return;
    test(&env);
    db_env_close(&env);
}
