/* test_db_ddl.c - what is described is what is read back, on both engines. */
#include "db/ddl.h"
#include "db_env.h"
#include "gx_test.h"

static const struct gx_ddl_column columns[] = {
    { .name = GX_STR_INIT("id"), .kind = GX_DDL_INT, .primary_key = true, .not_null = true },
    { .name = GX_STR_INIT("name"), .kind = GX_DDL_TEXT, .not_null = true, .folded = true },
    { .name = GX_STR_INIT("picture"), .kind = GX_DDL_BLOB },
    { .name = GX_STR_INIT("done"),
      .kind = GX_DDL_BOOL,
      .not_null = true,
      .otherwise = { .kind = GX_VALUE_INT, .i = 1 } },
    { .name = GX_STR_INIT("note_k"), .kind = GX_DDL_TEXT }, /* looks like a shadow, is none */
    { .name = GX_STR_INIT("order"), .kind = GX_DDL_INT },   /* a word of SQL */
};
static const struct gx_ddl_column pair[] = {
    { .name = GX_STR_INIT("src"), .kind = GX_DDL_INT, .primary_key = true, .not_null = true },
    { .name = GX_STR_INIT("dst"), .kind = GX_DDL_TEXT, .primary_key = true, .not_null = true },
};
static const struct gx_ddl_column added[] = {
    { .name = GX_STR_INIT("extra"), .kind = GX_DDL_TEXT, .folded = true },
    { .name = GX_STR_INIT("quote"),
      .kind = GX_DDL_TEXT,
      .not_null = true,
      .otherwise = { .kind = GX_VALUE_TEXT, .s = GX_STR_INIT("it's ?1; \\ \"x\"") } },
    { .name = GX_STR_INIT("least"),
      .kind = GX_DDL_INT,
      .not_null = true,
      .otherwise = { .kind = GX_VALUE_INT, .i = -5 } },
};

static void lower_name(void *p, struct gx_sqlb *b)
{
    gx_sqlb_add(b, GX_SQL("lower("));
    gx_sqlb_name(b, gx_str_c(p));
    gx_sqlb_add(b, GX_SQL(")"));
}

struct making {
    struct gx_ctx *ctx;
};

static enum gx_code make(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    char name[] = "name";
    const struct gx_ddl_table thing = { GX_STR("thing"), columns, GX_COUNT(columns), false };
    const struct gx_ddl_table joined = { GX_STR("joined"), pair, GX_COUNT(pair), true };
    struct gx_sqlb *where = gx_sqlb_new(m->ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_name(where, GX_STR("order"));
    gx_sqlb_add(where, GX_SQL(" IS NOT NULL"));
    const struct gx_ddl_part unique[] = { { .expression = lower_name, .p = name } };
    const struct gx_ddl_part plain[] = { { .column = GX_STR("order"), .descending = true },
                                         { .column = GX_STR("id") } };
    const struct gx_ddl_index indexes[] = {
        { GX_STR("thing_name"), GX_STR("thing"), unique, 1, true, where },
        { GX_STR("thing_order"), GX_STR("thing"), plain, 2, false, NULL },
    };
    GX_TRY(gx_ddl_create_table(m->ctx, conn, &thing));
    GX_TRY(gx_ddl_create_table(m->ctx, conn, &joined));
    GX_TRY(gx_ddl_create_index(m->ctx, conn, &indexes[0]));
    GX_TRY(gx_ddl_create_index(m->ctx, conn, &indexes[1]));
    return gx_db_exec(m->ctx, conn, GX_SQL("INSERT INTO thing (id, name) VALUES (1, 'a')"), NULL, 0,
                      NULL);
}

static enum gx_code add(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    for (size_t i = 0; i < GX_COUNT(added); i++)
        GX_TRY(gx_ddl_add_column(m->ctx, conn, GX_STR("thing"), &added[i]));
    return GX_OK;
}

static enum gx_code unmake(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    GX_TRY(gx_ddl_drop_index(m->ctx, conn, GX_STR("thing_name")));
    GX_TRY(gx_ddl_drop_column(m->ctx, conn, GX_STR("thing"), &columns[1]));
    return gx_ddl_drop_table(m->ctx, conn, GX_STR("joined"));
}

static bool write(struct db_env *env, gx_db_work work)
{
    struct making m = { &env->ctx };
    enum gx_code code = gx_db_write(&env->ctx, env->db, work, &m);
    return GX_CHECK(code == GX_OK, gx_arena_cstr(&env->arena, gx_ctx_text(&env->ctx)));
}

/* The table's columns are those of `want`, from `from` on. */
static void check_columns(struct db_env *env, const char *table, size_t from,
                          const struct gx_ddl_column *want, size_t want_count, size_t total)
{
    struct gx_conn *conn = NULL;
    struct gx_ddl_column *have = NULL;
    size_t count = 0;
    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader");
    GX_CHECK(gx_ddl_columns(&env->ctx, conn, gx_str_c(table), &have, &count) == GX_OK, table);
    gx_db_reader_release(conn);
    if (!GX_CHECK(count == total && from + want_count <= total, table))
        return;
    for (size_t i = 0; i < want_count; i++) {
        const struct gx_ddl_column *h = &have[from + i], *w = &want[i];
        bool folded = w->folded && env->dialect == GX_POSTGRES;
        GX_CHECK_STR(h->name, w->name, table);
        GX_CHECK(h->kind == w->kind && h->not_null == w->not_null, w->name.p);
        GX_CHECK(h->primary_key == w->primary_key && h->folded == folded, w->name.p);
    }
}

static void ddl(struct db_env *env)
{
    struct gx_conn *conn = NULL;
    struct gx_ddl_found_index *indexes = NULL;
    size_t count = 9;
    if (!write(env, make))
        return;
    check_columns(env, "thing", 0, columns, GX_COUNT(columns), GX_COUNT(columns));
    check_columns(env, "joined", 0, pair, 2, 2);
    check_columns(env, "nothing", 0, NULL, 0, 0);
    GX_CHECK(db_env_int(env, GX_SQL("SELECT done FROM thing")) == 1, "default");
    if (!write(env, add))
        return;
    check_columns(env, "thing", GX_COUNT(columns), added, GX_COUNT(added),
                  GX_COUNT(columns) + GX_COUNT(added));
    GX_CHECK(db_env_int(env, GX_SQL("SELECT least FROM thing")) == -5, "default of old rows");
    GX_CHECK(db_env_int(env, GX_SQL("SELECT length(quote) FROM thing")) == 14, "quoted default");

    GX_CHECK(db_env_run(env, GX_SQL("INSERT INTO thing (id, name) VALUES (2, 'A')"), NULL, 0) ==
                 GX_OK,
             "not in the partial index");
    GX_CHECK(db_env_run(env, GX_SQL("UPDATE thing SET \"order\" = 1"), NULL, 0) == GX_E_DUPLICATE,
             "now in it");
    GX_CHECK_STR(db_env_path(env), GX_STR("thing_name"), "named");

    GX_CHECK(gx_db_reader(&env->ctx, env->db, &conn) == GX_OK, "a reader");
    GX_CHECK(gx_ddl_indexes(&env->ctx, conn, GX_STR("thing"), &indexes, &count) == GX_OK &&
                 count == 2,
             "two indexes");
    GX_CHECK_STR(indexes[0].name, GX_STR("thing_name"), "first");
    GX_CHECK(indexes[0].unique && !indexes[1].unique, "unique");
    GX_CHECK_STR(indexes[1].name, GX_STR("thing_order"), "second");
    GX_CHECK(gx_ddl_indexes(&env->ctx, conn, GX_STR("joined"), &indexes, &count) == GX_OK &&
                 count == 0,
             "a key is not listed");
    gx_db_reader_release(conn);

    if (!write(env, unmake))
        return;
    check_columns(env, "thing", 1, &columns[2], 4, GX_COUNT(columns) + GX_COUNT(added) - 1);
    check_columns(env, "joined", 0, NULL, 0, 0);
}

GX_TEST(db_ddl)
{
    db_env_on(GX_SQLITE, ddl);
}

GX_TEST(db_pg_ddl)
{
    db_env_on(GX_POSTGRES, ddl);
}
