/*
 * db_env.h - a fresh store for a test of db/, on either engine.
 *
 * On SQLite a file in a new folder; on PostgreSQL a new schema at GUANXI_TEST_PG, which
 * tools/pg-test sets.  Without that the test is skipped, and says so.
 */
#ifndef DB_ENV_H
#define DB_ENV_H

#include "db/db.h"

struct db_env {
    enum gx_dialect dialect;
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_db_options options;
    struct gx_db *db;
    char folder[64], url[512], schema[64];
};

/* A new store, opened; false when this engine is not here. */
bool db_env_open(struct db_env *env, enum gx_dialect dialect);
/* The same with options (url and schema are filled in). */
bool db_env_open_with(struct db_env *env, enum gx_dialect dialect, struct gx_db_options options);
/* Open the same store (again). */
bool db_env_reopen(struct db_env *env);
/* Close it and remove every trace. */
void db_env_close(struct db_env *env);

/* One statement as a write of its own. */
enum gx_code db_env_run(struct db_env *env, struct gx_sql sql, const struct gx_value *values,
                        size_t count);
/* A script as a write of its own; checks that it works. */
void db_env_script(struct db_env *env, const char *script);
/* The first value of a query by a reader of its own; checks that it works. */
int64_t db_env_int(struct db_env *env, struct gx_sql sql);
/* The last error's path, or "(none)"; then forgets all errors. */
struct gx_str db_env_path(struct db_env *env);

/* Run a test on one engine. */
void db_env_on(enum gx_dialect dialect, void (*test)(struct db_env *env));

#endif
