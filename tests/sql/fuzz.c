/*
 * fuzz.c - questions made up by a grammar that mixes what people ask with what attackers try.
 *
 * Whatever is made up: the process that asks goes on, nothing that is not in the caller's files is
 * ever shown, each error has words of ours, and the next honest question is answered.
 */
#include "fuzz.h"

#include <stdio.h>

struct made_up {
    struct gx_buf out;
    uint64_t seed;
    int depth;
};

static uint64_t next(struct made_up *m)
{
    uint64_t z = (m->seed += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int one_of(struct made_up *m, int n)
{
    return (int)(next(m) % (uint64_t)n);
}

static void say(struct made_up *m, const char *text)
{
    gx_buf_addz(&m->out, text);
}

#define PICK(m, list) say((m), (list)[one_of((m), (int)GX_COUNT(list))])

static void query(struct made_up *m);

static const char *const columns[] = { "id",      "name",   "city",   "a.id",
                                       "account", "stage",  "value",  "line",
                                       "rowid",   "price",  "\"id\"", "employees",
                                       "born",    "a.name", "amount", "nothing" };
static const char *const literals[] = { "1",
                                        "0",
                                        "-1",
                                        "'x'",
                                        "NULL",
                                        "true",
                                        "1.5",
                                        "1e300",
                                        "DATE '2026-01-01'",
                                        "''",
                                        "9223372036854775807",
                                        "'%'",
                                        "INTERVAL 1 DAY",
                                        "[1,2]",
                                        "'/etc/passwd'",
                                        "$1" };
static const char *const functions[] = {
    "sum",
    "count",
    "avg",
    "min",
    "max",
    "lower",
    "upper",
    "length",
    "substr",
    "round",
    "abs",
    "coalesce",
    "date_trunc",
    "year",
    "string_agg",
    "list",
    "median",
    "concat",
    "repeat",
    "lpad",
    "replace",
    "regexp_replace",
    "nullif",
    "greatest",
    "row_number",
    "lag",
    "rank",
    "unnest",
    /* and what must not be had */
    "getenv",
    "current_setting",
    "read_text",
    "read_csv_auto",
    "read_blob",
    "json_structure",
    "query",
    "query_table",
    "pragma_version",
    "duckdb_settings",
    "glob",
    "sniff_csv",
    "nextval",
    "set_config",
    "currval",
    "version",
    "current_database",
    "error",
    "write_log",
    "parse_path",
    "read_parquet",
    "sqlite_scan",
    "json_execute_serialized_sql",
    "pg_typeof",
    "txid_current",
    "list_transform",
    "list_reduce",
    "apply",
    "getvariable",
    "in_search_path",
    "which_secret",
};
static const char *const tables[] = {
    "account",     "account a", "contact",   "product",
    "opportunity", "line",      "line AS a", "account AS a(x, y)",
    "q",           "r",         "range(5)",  "generate_series(1, 3) g(id)"
};
static const char *const bad_tables[] = {
    "secret",
    "o_secret.main.secret",
    "main.account",
    "information_schema.tables",
    "duckdb_tables()",
    "duckdb_settings()",
    "pg_catalog.pg_class",
    "sqlite_master",
    "'/etc/passwd'",
    "'/tmp/x.csv'",
    "read_text('/etc/passwd')",
    "glob('/**')",
    "query('SELECT 1')",
    "query_table('account')",
    "pragma_database_list",
    "duckdb_secrets()",
    "read_csv('/etc/passwd')",
    "temp.account",
    "\"o_account\".\"main\".\"account\"",
    "duckdb_temporary_files()",
    "\"c_q\"",
    "repeat_row(1, num_rows := 1000)",
    "o_account.account",
};
static const char *const operators[] = { " + ",     " - ",  " * ",  " / ",   " % ",  " || ",
                                         " = ",     " < ",  " <> ", " AND ", " OR ", " LIKE ",
                                         " ILIKE ", " IS ", " IN ", " ^ ",   " // ", " -> ",
                                         " ->> ",   " ~ ",  "::" };
static const char *const types[] = { "INTEGER", "VARCHAR",       "DATE",      "DECIMAL(10,2)",
                                     "BLOB",    "JSON",          "TIMESTAMP", "BOOLEAN",
                                     "INT[]",   "STRUCT(a INT)", "HUGEINT" };

static void expr(struct made_up *m)
{
    if (++m->depth > 6) {
        PICK(m, literals);
        m->depth--;
        return;
    }
    switch (one_of(m, 14)) {
    case 0:
    case 1:
    case 2:
        PICK(m, columns);
        break;
    case 3:
    case 4:
        PICK(m, literals);
        break;
    case 5:
    case 6:
        say(m, "(");
        expr(m);
        PICK(m, operators);
        expr(m);
        say(m, ")");
        break;
    case 7:
    case 8:
        PICK(m, functions);
        say(m, "(");
        for (int n = one_of(m, 4); n > 0; n--) {
            expr(m);
            say(m, n > 1 ? ", " : "");
        }
        say(m, one_of(m, 6) ? ")" : ") OVER (ORDER BY id)");
        break;
    case 9:
        say(m, "CAST(");
        expr(m);
        say(m, " AS ");
        PICK(m, types);
        say(m, ")");
        break;
    case 10:
        say(m, "CASE WHEN ");
        expr(m);
        say(m, " THEN ");
        expr(m);
        say(m, " ELSE ");
        expr(m);
        say(m, " END");
        break;
    case 11:
        say(m, one_of(m, 2) ? "(" : "EXISTS (");
        query(m);
        say(m, ")");
        break;
    case 12:
        say(m, one_of(m, 3) ? "count(*)" : one_of(m, 2) ? "COLUMNS(*)" : "COLUMNS('.*')");
        break;
    default:
        expr(m);
        say(m, one_of(m, 2) ? " BETWEEN 1 AND 5" : " IS NOT NULL");
    }
    m->depth--;
}

static void from(struct made_up *m)
{
    static const char *const joins[] = { ", ",
                                         " JOIN ",
                                         " LEFT JOIN ",
                                         " CROSS JOIN ",
                                         " POSITIONAL JOIN ",
                                         " NATURAL JOIN ",
                                         " ASOF JOIN " };
    switch (one_of(m, 9)) {
    case 0:
        PICK(m, bad_tables);
        break;
    case 1:
        say(m, "(");
        query(m);
        say(m, ") AS a");
        break;
    case 2:
        say(m, "(VALUES (1, 'a'), (2, 'b')) AS a(id, name)");
        break;
    default:
        PICK(m, tables);
    }
    if (++m->depth < 5 && one_of(m, 3) == 0) {
        int j = one_of(m, (int)GX_COUNT(joins));
        say(m, joins[j]);
        from(m);
        say(m, j == 1 || j == 2 || j == 6 ? one_of(m, 2) ? " USING (id)" : " ON a.id = id" : "");
    }
    m->depth--;
}

static void selected(struct made_up *m)
{
    for (int n = 1 + one_of(m, 3); n > 0; n--) {
        switch (one_of(m, 8)) {
        case 0:
            say(m, "*");
            break;
        case 1:
            say(m, "* REPLACE (");
            expr(m);
            say(m, " AS name)");
            break;
        case 2:
            say(m, "* EXCLUDE (id)");
            break;
        default:
            expr(m);
            say(m, one_of(m, 3) ? "" : " AS name");
        }
        say(m, n > 1 ? ", " : "");
    }
}

static void query(struct made_up *m)
{
    if (++m->depth > 6) {
        say(m, "SELECT 1");
        m->depth--;
        return;
    }
    if (one_of(m, 8) == 0) {
        say(m, one_of(m, 2) ? "WITH q AS (" : "WITH q AS MATERIALIZED (");
        query(m);
        say(m, ") ");
    } else if (one_of(m, 20) == 0) {
        say(m, "WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM r WHERE id < 9) ");
    }
    say(m, one_of(m, 6) ? "SELECT " : "SELECT DISTINCT ");
    selected(m);
    if (one_of(m, 8)) {
        say(m, " FROM ");
        from(m);
    }
    if (one_of(m, 2)) {
        say(m, " WHERE ");
        expr(m);
    }
    if (one_of(m, 3) == 0) {
        say(m, one_of(m, 2) ? " GROUP BY ALL" : " GROUP BY ");
        if (m->out.p[m->out.n - 1] == ' ')
            expr(m);
    }
    if (one_of(m, 8) == 0) {
        say(m, " UNION ALL ");
        query(m);
    }
    if (one_of(m, 4) == 0) {
        say(m, " ORDER BY ");
        expr(m);
    }
    if (one_of(m, 3) == 0)
        say(m, " LIMIT 5");
    m->depth--;
}

/* Sometimes something stands before or behind that no question has. */
static void statement(struct made_up *m)
{
    static const char *const before[] = { "EXPLAIN ",      "COPY (",    "CREATE TABLE t AS ",
                                          "SUMMARIZE ",    "DESCRIBE ", "INSERT INTO account ",
                                          "PREPARE p AS ", "EXECUTE ",  "PIVOT ",
                                          "CALL " };
    static const char *const behind[] = { "; DROP TABLE account",
                                          " INTO OUTFILE 'x'",
                                          "; ATTACH '/etc/passwd' AS x",
                                          ") TO '/tmp/x'",
                                          " USING SAMPLE 10%",
                                          "; SET threads = 1",
                                          ";",
                                          ";;",
                                          " OFFSET 1",
                                          " --",
                                          " /* x",
                                          "\0" };
    if (one_of(m, 12) == 0)
        PICK(m, before);
    query(m);
    if (one_of(m, 12) == 0)
        PICK(m, behind);
}

/* A few bytes changed: the parser's own corners. */
static void spoil(struct made_up *m)
{
    for (int n = one_of(m, 4); n > 0 && m->out.n > 0; n--)
        m->out.p[next(m) % m->out.n] = "'\"();,.*\\\x01 =-"[one_of(m, 14)];
}

/* A file beside those of the caller's: somebody else's. */
static bool make_secret(const struct world *w)
{
    static const struct gx_guard_column column = { GX_STR_INIT("word"), GX_STR_INIT("VARCHAR"),
                                                   false };
    static const struct gx_guard_table table = { GX_STR_INIT("secret"), &column, 1, false };
    struct gx_ctx ctx = { .arena = w->arena };
    struct gx_fill *fill;
    struct gx_str path;
    if (gx_fill_open(w->engine, &ctx, GX_STR("secret"), 1, &table, NULL, &fill, &path) != GX_OK ||
        !fill)
        return false;
    gx_fill_cell(fill, 's', GX_STR("canary of somebody else"));
    return gx_fill_row(fill) == GX_OK && gx_fill_close(fill, true) == GX_OK;
}

static bool shows(struct gx_str text)
{
    static const char *const never[] = { "canary",      "root:x:",      "/shelf/",
                                         "guanxi-sql-", "Binder Error", "LINE 1:" };
    for (size_t i = 0; i < GX_COUNT(never); i++)
        if (gx_str_search(text, gx_str_c(never[i])) != SIZE_MAX)
            return true;
    return false;
}

int sql_fuzz(struct gx_engine *engine, struct gx_arena *arena, int seconds, uint64_t seed)
{
    struct world w;
    struct made_up m = { .seed = seed };
    int asked = 0, ran = 0, failed = 0;
    int64_t until = gx_monotonic_us() + (int64_t)seconds * 1000000;
    if (!world_shop(arena, engine, &w) || !make_secret(&w)) {
        printf("0 passed, 1 failed\n");
        return 1;
    }
    while (gx_monotonic_us() < until) {
        struct gx_arena own = { 0 };
        uint64_t from_seed = m.seed;
        gx_buf_clear(&m.out);
        m.depth = 0;
        statement(&m);
        if (one_of(&m, 10) == 0)
            spoil(&m);
        struct answer a = world_ask(&w, &own, gx_buf_str(&m.out), 2);
        bool bad = a.code == GX_E_INTERNAL || a.code == GX_E_IO || shows(a.text) ||
                   shows(a.reason) || (a.code != GX_OK && a.reason.n == 0);
        if (bad) {
            failed++;
            printf("FAILED (seed %llu) %.*s\n  %.*s %.*s\n", (unsigned long long)from_seed,
                   GX_STR_ARG(gx_buf_str(&m.out)), GX_STR_ARG(a.reason),
                   (int)(a.text.n < 300 ? a.text.n : 300), a.text.p);
        }
        asked++;
        ran += a.code == GX_OK;
        gx_arena_free(&own);
    }
    struct answer last =
        world_ask(&w, arena, GX_STR("SELECT count(*) FROM account WHERE name LIKE 'Company%'"), 5);
    if (last.code != GX_OK || !gx_str_is(last.text, "100")) {
        failed++;
        printf("FAILED an honest question afterwards: %.*s\n", GX_STR_ARG(last.reason));
    }
    printf("%d questions, %d of them answered\n%d passed, %d failed\n", asked, ran,
           asked + 1 - failed, failed);
    gx_buf_free(&m.out);
    return failed ? 1 : 0;
}
