/*
 * test_expr_property.c - the evaluator, SQLite, PostgreSQL and DuckDB give the same answers.
 *
 * Random expressions of every kind over random records, with empty and extreme values, dangling
 * links, records in the recycle bin and hidden ones, several users, zones and fiscal years.  Each
 * BOOL expression also runs as the WHERE of a query of its own, where a planner may rewrite it.
 */
#include "gx_test.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "expr/expr_int.h"
#include "expr_data.h"
#include "expr_random.h"
#include "report/duck.h"

enum {
    ROUNDS = 120,     /* each with its own environment */
    EXPRS = 40,       /* in a round, in one query */
    EXPRS_WORLD = 10, /* rounds on the same records */
    DUCK_PART = 97,   /* one of so many is asked of DuckDB too */
    FAILURES_SHOWN = 5,
};

struct lab {
    struct world world;
    struct data data;
    struct gx_arena world_arena, arena;
    struct gx_ctx ctx;
    struct gx_expr_env env;
    const struct gx_expr *rules[WORLD_COUNT];
    uint64_t state;
    sqlite3 *lite;
    PGconn *pg;
    struct gx_duck duck;
    duckdb_database duck_db;
    duckdb_connection duck_con;
    bool duck_all;
    size_t duck_turn, duck_pairs;
    size_t pairs, conditions, not_empty, shown;
};

/* --- engines */

struct grid {
    size_t rows, columns;
    struct gx_value *v;
};

static void lite_call(sqlite3_context *c, int count, sqlite3_value **values)
{
    const struct gx_expr_function *f = sqlite3_user_data(c);
    struct gx_arena scratch = { 0 };
    struct gx_value args[4];
    for (int i = 0; i < count; i++) {
        int type = sqlite3_value_type(values[i]);
        args[i] = GX_NULL_VALUE;
        if (type == SQLITE_INTEGER)
            args[i] = gx_value_int(sqlite3_value_int64(values[i]));
        else if (type == SQLITE_TEXT)
            args[i] = gx_value_text((struct gx_str){ (const char *)sqlite3_value_text(values[i]),
                                                     (size_t)sqlite3_value_bytes(values[i]) });
    }
    struct gx_value v = f->call(&scratch, args);
    if (v.kind == GX_VALUE_INT)
        sqlite3_result_int64(c, v.i);
    else if (v.kind == GX_VALUE_TEXT)
        sqlite3_result_text(c, v.s.p, (int)v.s.n, SQLITE_TRANSIENT);
    else if (v.kind == GX_VALUE_BLOB)
        sqlite3_result_blob(c, v.s.p, (int)v.s.n, SQLITE_TRANSIENT);
    else
        sqlite3_result_null(c);
    gx_arena_free(&scratch);
}

static bool lite_run(struct lab *lab, struct gx_str sql, const struct gx_value *values,
                     size_t count, struct grid *ret)
{
    sqlite3_stmt *stmt = NULL;
    struct gx_value *out = NULL;
    size_t cap = 0, n = 0;
    int code = sqlite3_prepare_v2(lab->lite, sql.p, (int)sql.n, &stmt, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < count; i++) {
        if (values[i].kind == GX_VALUE_INT)
            code = sqlite3_bind_int64(stmt, (int)i + 1, values[i].i);
        else if (values[i].kind == GX_VALUE_TEXT)
            code = sqlite3_bind_text(stmt, (int)i + 1, values[i].s.p, (int)values[i].s.n,
                                     SQLITE_STATIC);
    }
    size_t columns = (size_t)sqlite3_column_count(stmt);
    while (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        code = SQLITE_OK;
        for (int i = 0; i < (int)columns; i++) {
            if (n == cap) {
                struct gx_value *more = GX_ARENA_ARRAY(&lab->arena, struct gx_value, 2 * cap + 64);
                if (n)
                    memcpy(more, out, n * sizeof *out);
                out = more;
                cap = 2 * cap + 64;
            }
            int type = sqlite3_column_type(stmt, i);
            struct gx_str text = { (const char *)sqlite3_column_blob(stmt, i),
                                   (size_t)sqlite3_column_bytes(stmt, i) };
            out[n++] = type == SQLITE_INTEGER ? gx_value_int(sqlite3_column_int64(stmt, i))
                       : type == SQLITE_NULL  ? GX_NULL_VALUE
                       : type == SQLITE_TEXT  ? gx_value_text(gx_arena_str(&lab->arena, text))
                                              : gx_value_text(GX_STR("(not a value)"));
        }
    }
    if (code != SQLITE_DONE)
        printf("SQLite: %s\n", sqlite3_errmsg(lab->lite));
    sqlite3_finalize(stmt);
    *ret = (struct grid){ columns ? n / columns : 0, columns, out };
    return code == SQLITE_DONE;
}

static struct gx_value pg_value(struct lab *lab, const PGresult *r, int row, int column)
{
    if (PQgetisnull(r, row, column))
        return GX_NULL_VALUE;
    struct gx_str s = { PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column) };
    Oid type = PQftype(r, column);
    int64_t i;
    if (type == 25)
        return gx_value_text(gx_arena_str(&lab->arena, s));
    if ((type == 20 || type == 23) && gx_str_int64(s, &i))
        return gx_value_int(i);
    return gx_value_text(GX_STR("(not a value)"));
}

static bool pg_run(struct lab *lab, struct gx_str sql, const struct gx_value *values, size_t count,
                   struct grid *ret)
{
    static const Oid types[] = { [GX_VALUE_NULL] = 20, [GX_VALUE_INT] = 20, [GX_VALUE_TEXT] = 25 };
    char *text = gx_arena_cstr(&lab->arena, sql);
    const char **params = GX_ARENA_ARRAY(&lab->arena, const char *, count + 1);
    Oid *oids = GX_ARENA_ARRAY(&lab->arena, Oid, count + 1);
    for (char *p = text; *p; p++) {
        if (*p == '?')
            *p = '$';
    }
    for (size_t i = 0; i < count; i++) {
        oids[i] = types[values[i].kind];
        if (values[i].kind == GX_VALUE_INT)
            params[i] = gx_arena_printf(&lab->arena, "%" PRId64, values[i].i).p;
        else if (values[i].kind == GX_VALUE_TEXT)
            params[i] = gx_arena_cstr(&lab->arena, values[i].s);
    }
    PGresult *r = PQexecParams(lab->pg, text, (int)count, oids, params, NULL, NULL, 0);
    bool ok = PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!ok)
        printf("PostgreSQL: %s\n", PQresultErrorMessage(r));
    *ret = (struct grid){ (size_t)PQntuples(r), (size_t)PQnfields(r), NULL };
    ret->v = GX_ARENA_ARRAY(&lab->arena, struct gx_value, ret->rows * ret->columns + 1);
    for (size_t i = 0; i < ret->rows * ret->columns; i++)
        ret->v[i] = pg_value(lab, r, (int)(i / ret->columns), (int)(i % ret->columns));
    PQclear(r);
    return ok;
}

static struct gx_value duck_value(struct lab *lab, duckdb_vector vector, duckdb_type type,
                                  uint64_t row)
{
    const uint64_t *valid = lab->duck.vector_get_validity(vector);
    const void *data = lab->duck.vector_get_data(vector);
    if (valid && !(valid[row / 64] >> row % 64 & 1))
        return GX_NULL_VALUE;
    if (type == DUCKDB_TYPE_INTEGER)
        return gx_value_int(((const int32_t *)data)[row]);
    if (type == DUCKDB_TYPE_BIGINT)
        return gx_value_int(((const int64_t *)data)[row]);
    if (type != DUCKDB_TYPE_VARCHAR)
        return gx_value_text(GX_STR("(not a value)"));
    const duckdb_string_t *s = (const duckdb_string_t *)data + row;
    struct gx_str text = { s->value.inlined.inlined, s->value.inlined.length };
    if (text.n > 12)
        text.p = s->value.pointer.ptr;
    return gx_value_text(gx_arena_str(&lab->arena, text));
}

static void duck_rows(struct lab *lab, duckdb_result *result, struct grid *ret)
{
    size_t cap = 0;
    ret->columns = lab->duck.column_count(result);
    for (;;) {
        duckdb_data_chunk chunk = lab->duck.fetch_chunk(*result);
        uint64_t n = chunk ? lab->duck.data_chunk_get_size(chunk) : 0;
        if (n && ret->rows + n > cap) {
            cap = 2 * cap + n;
            struct gx_value *v = GX_ARENA_ARRAY(&lab->arena, struct gx_value, cap * ret->columns);
            if (ret->rows)
                memcpy(v, ret->v, ret->rows * ret->columns * sizeof *v);
            ret->v = v;
        }
        for (size_t k = 0; n && k < ret->columns; k++) {
            duckdb_vector vector = lab->duck.data_chunk_get_vector(chunk, k);
            duckdb_type type = lab->duck.column_type(result, k);
            for (uint64_t i = 0; i < n; i++)
                ret->v[(ret->rows + i) * ret->columns + k] = duck_value(lab, vector, type, i);
        }
        ret->rows += n;
        lab->duck.destroy_data_chunk(&chunk);
        if (!n)
            return;
    }
}

static bool duck_run(struct lab *lab, struct gx_str sql, const struct gx_value *values,
                     size_t count, struct grid *ret)
{
    const struct gx_duck *d = &lab->duck;
    duckdb_prepared_statement stmt = NULL;
    duckdb_result result = { 0 };
    *ret = (struct grid){ 0 };
    bool ok = d->prepare(lab->duck_con, gx_arena_cstr(&lab->arena, sql), &stmt) == DuckDBSuccess;
    if (!ok)
        printf("DuckDB: %s\n", d->prepare_error(stmt));
    for (size_t i = 0; ok && i < count; i++) {
        if (values[i].kind == GX_VALUE_INT)
            ok = d->bind_int64(stmt, i + 1, values[i].i) == DuckDBSuccess;
        else if (values[i].kind == GX_VALUE_TEXT)
            ok = d->bind_varchar_length(stmt, i + 1, values[i].s.p, values[i].s.n) == DuckDBSuccess;
        else
            ok = d->bind_null(stmt, i + 1) == DuckDBSuccess;
    }
    if (ok && d->execute_prepared(stmt, &result) != DuckDBSuccess) {
        ok = false;
        printf("DuckDB: %s\n", d->result_error(&result));
    }
    if (ok)
        duck_rows(lab, &result, ret);
    d->destroy_result(&result);
    d->destroy_prepare(&stmt);
    return ok;
}

static bool run(struct lab *lab, const struct gx_sqlb *b, struct grid *ret)
{
    struct gx_str sql = gx_sqlb_sql(b).text_;
    if (b->dialect == GX_SQLITE)
        return lite_run(lab, sql, b->values, b->value_count, ret);
    if (b->dialect == GX_POSTGRES)
        return pg_run(lab, sql, b->values, b->value_count, ret);
    return duck_run(lab, sql, b->values, b->value_count, ret);
}

static bool has_engine(const struct lab *lab, enum gx_dialect dialect)
{
    return dialect == GX_SQLITE ||
           (dialect == GX_POSTGRES ? lab->pg != NULL : lab->duck_con != NULL);
}

/* DuckDB plans for long: a part of the expressions, unless GUANXI_TEST_DUCK says all. */
static bool asks(struct lab *lab, enum gx_dialect dialect, size_t k)
{
    if (!has_engine(lab, dialect))
        return false;
    return dialect != GX_DUCKDB || lab->duck_all || (lab->duck_turn++ + k) % DUCK_PART == 0;
}

static const char *engine_name(enum gx_dialect dialect, bool where)
{
    static const char *const names[][2] = { [GX_SQLITE] = { "SQLite", "SQLite WHERE" },
                                            [GX_POSTGRES] = { "PostgreSQL", "PostgreSQL WHERE" },
                                            [GX_DUCKDB] = { "DuckDB", "DuckDB WHERE" } };
    return names[dialect][where];
}

/* --- the records as tables */

static bool is_text(enum gx_type type)
{
    return type == GX_TYPE_TEXT || type == GX_TYPE_CHOICE || type == GX_TYPE_CHOICES;
}

/* The types of the warehouse. */
static struct gx_sql duck_type(enum gx_type type)
{
    switch (type) {
    case GX_TYPE_BOOL:
        return GX_SQL(" boolean");
    case GX_TYPE_DATE:
        return GX_SQL(" date");
    case GX_TYPE_MOMENT:
        return GX_SQL(" timestamp");
    case GX_TYPE_CHOICES:
        return GX_SQL(" varchar[]");
    default:
        return is_text(type) ? GX_SQL(" varchar") : GX_SQL(" bigint");
    }
}

static void duck_bind(struct gx_sqlb *b, enum gx_type type, struct gx_value v)
{
    gx_sqlb_add(b, type == GX_TYPE_BOOL      ? GX_SQL("CAST(")
                   : type == GX_TYPE_DATE    ? GX_SQL("DATE '1970-01-01' + CAST(")
                   : type == GX_TYPE_MOMENT  ? GX_SQL("make_timestamp(")
                   : type == GX_TYPE_CHOICES ? GX_SQL("string_split(trim(")
                                             : GX_SQL(""));
    gx_sqlb_bind(b, v);
    gx_sqlb_add(b, type == GX_TYPE_BOOL      ? GX_SQL(" AS boolean)")
                   : type == GX_TYPE_DATE    ? GX_SQL(" AS integer)")
                   : type == GX_TYPE_MOMENT  ? GX_SQL(")")
                   : type == GX_TYPE_CHOICES ? GX_SQL(", '|'), '|')")
                                             : GX_SQL(""));
}

static void table(struct lab *lab, enum world_object o, enum gx_dialect dialect)
{
    const struct gx_expr_object *object = &lab->world.objects[o];
    struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
    struct grid none;
    gx_sqlb_add(b, GX_SQL("CREATE TEMP TABLE "));
    gx_sqlb_name(b, object->table);
    gx_sqlb_add(b, GX_SQL(" (id bigint PRIMARY KEY, deleted_at bigint"));
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_expr_field *f = &object->fields[i];
        if (!f->column.n)
            continue;
        gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_name(b, f->column);
        gx_sqlb_add(b, dialect == GX_DUCKDB ? duck_type(f->type)
                       : is_text(f->type)   ? GX_SQL(" text")
                                            : GX_SQL(" bigint"));
        if (dialect != GX_SQLITE && f->type == GX_TYPE_TEXT) {
            gx_sqlb_add(b, GX_SQL(", "));
            gx_sqlb_name(b, gx_arena_printf(&lab->arena, "%.*s_k", GX_STR_ARG(f->column)));
            gx_sqlb_add(b,
                        dialect == GX_POSTGRES ? GX_SQL(" text COLLATE \"C\"") : GX_SQL(" text"));
        }
    }
    if (dialect == GX_DUCKDB && o == WORLD_ACCOUNT)
        gx_sqlb_add(b, GX_SQL(", tags bigint[]"));
    gx_sqlb_add(b, GX_SQL(")"));
    GX_CHECK(run(lab, b, &none), "create table");
}

static void insert(struct lab *lab, const struct data_record *r, enum gx_dialect dialect)
{
    const struct gx_expr_object *object = &lab->world.objects[r->object];
    struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
    struct grid none;
    gx_sqlb_add(b, GX_SQL("INSERT INTO "));
    gx_sqlb_name(b, object->table);
    gx_sqlb_add(b, GX_SQL(" VALUES ("));
    gx_sqlb_bind(b, gx_value_int(r->id));
    gx_sqlb_add(b, GX_SQL(", "));
    gx_sqlb_bind(b, r->deleted ? gx_value_int(1) : GX_NULL_VALUE);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_expr_field *f = &object->fields[i];
        if (!f->column.n)
            continue;
        gx_sqlb_add(b, GX_SQL(", "));
        if (dialect == GX_DUCKDB)
            duck_bind(b, f->type, r->v[i]);
        else
            gx_sqlb_bind(b, r->v[i]);
        if (dialect != GX_SQLITE && f->type == GX_TYPE_TEXT) {
            struct gx_value v = r->v[i];
            gx_sqlb_add(b, GX_SQL(", "));
            gx_sqlb_bind(b, gx_expr_call_fn(&lab->arena, FN_FOLD, &v));
        }
    }
    if (dialect == GX_DUCKDB && r->object == WORLD_ACCOUNT) {
        gx_sqlb_add(b, GX_SQL(", CAST(["));
        for (size_t i = 0; i < r->link_count; i++) {
            gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(""));
            gx_sqlb_bind(b, gx_value_int(r->links[i]));
        }
        gx_sqlb_add(b, GX_SQL("] AS bigint[])"));
    }
    gx_sqlb_add(b, GX_SQL(")"));
    GX_CHECK(run(lab, b, &none), "insert");
    for (size_t i = 0; i < r->link_count && dialect != GX_DUCKDB; i++) {
        struct gx_sqlb *l = gx_sqlb_new(&lab->arena, dialect);
        gx_sqlb_add(l, GX_SQL("INSERT INTO account_tags VALUES ("));
        gx_sqlb_bind(l, gx_value_int(r->id));
        gx_sqlb_add(l, GX_SQL(", "));
        gx_sqlb_bind(l, gx_value_int(r->links[i]));
        gx_sqlb_add(l, GX_SQL(")"));
        GX_CHECK(run(lab, l, &none), "insert link");
    }
}

static void literal(struct lab *lab, struct gx_sql sql, enum gx_dialect dialect)
{
    struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
    struct grid none;
    gx_sqlb_add(b, sql);
    GX_CHECK(run(lab, b, &none), "statement");
}

static void load(struct lab *lab, enum gx_dialect dialect)
{
    for (enum world_object o = 0; o < WORLD_COUNT; o++) {
        struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
        struct grid none;
        gx_sqlb_add(b, GX_SQL("DROP TABLE IF EXISTS "));
        gx_sqlb_name(b, lab->world.objects[o].table);
        GX_CHECK(run(lab, b, &none), "drop");
        table(lab, o, dialect);
    }
    literal(lab, GX_SQL("DROP TABLE IF EXISTS account_tags"), dialect);
    literal(lab, GX_SQL("CREATE TEMP TABLE account_tags (src bigint, dst bigint)"), dialect);
    for (enum world_object o = 0; o < WORLD_COUNT; o++) {
        for (size_t i = 0; i < lab->data.counts[o]; i++)
            insert(lab, &lab->data.records[o][i], dialect);
    }
    literal(lab, GX_SQL("CREATE INDEX by_account ON orders (account)"), dialect);
    if (dialect == GX_SQLITE)
        literal(lab, GX_SQL("CREATE INDEX by_name ON accounts (gx_fold(name))"), dialect);
    literal(lab, GX_SQL("ANALYZE"), dialect);
}

/* --- environments */

static const struct gx_expr *visible(void *p, struct gx_str object)
{
    const struct lab *lab = p;
    for (size_t i = 0; i < WORLD_COUNT; i++) {
        if (gx_str_eq(lab->world.objects[i].name, object))
            return lab->rules[i];
    }
    return NULL;
}

static const struct gx_expr *rule(struct lab *lab, const char *object, const char *text)
{
    const struct gx_expr *expr = NULL;
    enum gx_code code = gx_expr_parse(&lab->ctx, &lab->world_arena, &lab->world.schema,
                                      gx_str_c(object), gx_str_c(text), GX_TYPE_BOOL, &expr);
    GX_CHECK(code == GX_OK, text);
    return expr;
}

static void new_env(struct lab *lab)
{
    static const int32_t zones[] = { 480, 0, -570, 840 };
    static const int64_t nows[] = { 1795248000, 1795276799, 1798761600, 1709164800 };
    lab->env = (struct gx_expr_env){
        .me =
            (int64_t)random_below(&lab->state, 3) ? 100 + (int64_t)random_below(&lab->state, 8) : 0,
        .now_us = nows[random_below(&lab->state, 4)] * 1000000 + 123456,
        .tz_offset_min = zones[random_below(&lab->state, 4)],
        .fiscal_start_month = 1 + (int)random_below(&lab->state, 12),
    };
    if (random_below(&lab->state, 2)) {
        lab->env.visible = visible;
        lab->env.visible_p = lab;
    }
    lab->data.env = &lab->env;
}

/* --- one round: many expressions, all records of one object */

static const struct gx_expr *random_parsed(struct lab *lab, enum world_object o, enum gx_type type)
{
    struct gx_buf text = { 0 };
    const struct gx_expr *expr = NULL, *again = NULL;
    for (int tries = 0; tries < 20 && !expr; tries++) {
        gx_buf_clear(&text);
        random_expr(&text, &lab->world, &lab->state, o, type,
                    2 + (int)random_below(&lab->state, 4));
        gx_ctx_clear(&lab->ctx);
        enum gx_code code =
            gx_expr_parse(&lab->ctx, NULL, &lab->world.schema, lab->world.objects[o].name,
                          gx_buf_str(&text), type, &expr);
        if (code == GX_OK)
            break;
        /* Only these depend on more than the types, which are always right. */
        enum gx_message why = lab->ctx.last_error->message;
        if (!GX_CHECK(why == GX_M_EXPR_NUMBER || why == GX_M_TOO_DEEP ||
                          why == GX_M_EXPR_TOO_MANY || why == GX_M_EXPR_ALL_EMPTY ||
                          why == GX_M_EXPR_EMPTY || why == GX_M_EXPR_TOO_LONG,
                      "a random expression parses"))
            printf("%.*s\n%.*s\n", GX_STR_ARG(gx_buf_str(&text)),
                   GX_STR_ARG(gx_ctx_text(&lab->ctx)));
    }
    if (expr) {
        struct gx_str canonical = gx_expr_text(&lab->arena, expr);
        bool same = gx_expr_parse(&lab->ctx, NULL, &lab->world.schema, lab->world.objects[o].name,
                                  canonical, type, &again) == GX_OK &&
                    gx_expr_same(expr, again);
        if (!same && canonical.n <= GX_EXPR_TEXT_BYTES_MAX)
            GX_CHECK(same, gx_arena_cstr(&lab->arena, canonical));
    }
    gx_buf_free(&text);
    return expr;
}

static struct gx_str show(struct gx_arena *arena, struct gx_value v)
{
    if (v.kind == GX_VALUE_INT)
        return gx_arena_printf(arena, "%" PRId64, v.i);
    return v.kind == GX_VALUE_TEXT ? gx_arena_printf(arena, "'%.*s'", GX_STR_ARG(v.s))
                                   : GX_STR("empty");
}

static void differ(struct lab *lab, const struct gx_expr *expr, int64_t id, enum gx_dialect dialect,
                   bool where, struct gx_value memory, struct gx_value sql)
{
    const char *engine = engine_name(dialect, where);
    GX_CHECK(false, engine);
    if (lab->shown++ >= FAILURES_SHOWN)
        return;
    struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
    gx_expr_sql(b, expr, &lab->env, GX_STR("t"));
    printf("record %" PRId64 ": evaluator %.*s, %s %.*s\n  %.*s\n  %.*s\n", id,
           GX_STR_ARG(show(&lab->arena, memory)), engine, GX_STR_ARG(show(&lab->arena, sql)),
           GX_STR_ARG(gx_expr_text(&lab->arena, expr)), GX_STR_ARG(gx_sqlb_sql(b).text_));
    for (size_t i = 0; i < b->value_count; i++)
        printf("  ?%zu %.*s\n", i + 1, GX_STR_ARG(show(&lab->arena, b->values[i])));
}

static void compare_values(struct lab *lab, enum world_object o, const struct gx_expr **exprs,
                           size_t count, const struct gx_value *memory, enum gx_dialect dialect)
{
    const char *engine = engine_name(dialect, false);
    struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
    struct grid grid;
    gx_sqlb_add(b, GX_SQL("SELECT t.id"));
    for (size_t k = 0; k < count; k++) {
        gx_sqlb_add(b, GX_SQL(", "));
        gx_expr_sql_value(b, exprs[k], &lab->env, GX_STR("t"));
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, lab->world.objects[o].table);
    gx_sqlb_add(b, GX_SQL(" AS t ORDER BY t.id"));
    if (!GX_CHECK(run(lab, b, &grid), engine) ||
        !GX_CHECK(grid.rows == lab->data.counts[o], "rows"))
        return;
    lab->duck_pairs += dialect == GX_DUCKDB ? grid.rows * count : 0;
    for (size_t i = 0; i < grid.rows; i++) {
        for (size_t k = 0; k < count; k++) {
            struct gx_value here = memory[k * DATA_RECORDS_MAX + i];
            struct gx_value there = grid.v[i * grid.columns + k + 1];
            if (!gx_value_eq(here, there))
                differ(lab, exprs[k], lab->data.records[o][i].id, dialect, false, here, there);
        }
    }
}

static void compare_where(struct lab *lab, enum world_object o, const struct gx_expr *expr,
                          const struct gx_value *memory, enum gx_dialect dialect)
{
    const char *engine = engine_name(dialect, true);
    struct gx_sqlb *b = gx_sqlb_new(&lab->arena, dialect);
    struct grid grid;
    gx_sqlb_add(b, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(b, lab->world.objects[o].table);
    gx_sqlb_add(b, GX_SQL(" AS t WHERE "));
    gx_expr_sql(b, expr, &lab->env, GX_STR("t"));
    gx_sqlb_add(b, GX_SQL(" ORDER BY t.id"));
    if (!GX_CHECK(run(lab, b, &grid), engine))
        return;
    size_t row = 0;
    lab->duck_pairs += dialect == GX_DUCKDB ? lab->data.counts[o] : 0;
    for (size_t i = 0; i < lab->data.counts[o]; i++) {
        int64_t id = lab->data.records[o][i].id;
        bool there = row < grid.rows && grid.v[row].i == id;
        row += there;
        if (there != (memory[i].i == 1))
            differ(lab, expr, id, dialect, true, memory[i], gx_value_int(there));
    }
}

static void evaluate(struct lab *lab, enum world_object o, const struct gx_expr *expr,
                     struct gx_value *out)
{
    struct gx_expr_reader reader = data_reader(&lab->data);
    for (size_t i = 0; i < lab->data.counts[o]; i++) {
        enum gx_code code =
            gx_expr_eval(&lab->ctx, expr, &lab->env, &reader, &lab->data.records[o][i], &out[i]);
        GX_CHECK(code == GX_OK, "eval");
        lab->pairs++;
        lab->not_empty += out[i].kind != GX_VALUE_NULL;
    }
}

static void one_round(struct lab *lab)
{
    static const enum gx_type types[] = {
        GX_TYPE_BOOL, GX_TYPE_BOOL, GX_TYPE_BOOL,   GX_TYPE_NUMBER,   GX_TYPE_MONEY,
        GX_TYPE_TEXT, GX_TYPE_DATE, GX_TYPE_MOMENT, GX_TYPE_DURATION,
    };
    enum world_object o = random_below(&lab->state, 2) ? WORLD_ACCOUNT : WORLD_ORDER;
    const struct gx_expr **exprs = GX_ARENA_ARRAY(&lab->arena, const struct gx_expr *, EXPRS);
    struct gx_value *memory =
        GX_ARENA_ARRAY(&lab->arena, struct gx_value, (size_t)EXPRS * DATA_RECORDS_MAX);
    new_env(lab);
    for (size_t k = 0; k < EXPRS; k++) {
        exprs[k] = random_parsed(lab, o, types[random_below(&lab->state, GX_COUNT(types))]);
        if (!GX_CHECK(exprs[k], "found none"))
            return;
        evaluate(lab, o, exprs[k], &memory[k * DATA_RECORDS_MAX]);
    }
    for (enum gx_dialect d = GX_SQLITE; d <= GX_DUCKDB; d++) {
        /* DuckDB plans all of a query at once, which takes long when there is much in it. */
        size_t step = d == GX_DUCKDB ? 1 : EXPRS;
        for (size_t k = 0; k < EXPRS; k += step)
            if (asks(lab, d, k))
                compare_values(lab, o, exprs + k, step, memory + k * DATA_RECORDS_MAX, d);
    }
    for (size_t k = 0; k < EXPRS; k++) {
        if (gx_expr_type(exprs[k]) != GX_TYPE_BOOL)
            continue;
        lab->conditions++;
        for (enum gx_dialect d = GX_SQLITE; d <= GX_DUCKDB; d++) {
            if (asks(lab, d, k))
                compare_where(lab, o, exprs[k], &memory[k * DATA_RECORDS_MAX], d);
        }
    }
}

static void open_lab(struct lab *lab)
{
    memset(lab, 0, sizeof *lab);
    lab->state = UINT64_C(0x9e3779b97f4a7c15);
    lab->ctx = gx_test_ctx(&lab->world_arena);
    world_open(&lab->world, &lab->ctx, &lab->world_arena);
    lab->rules[WORLD_ACCOUNT] =
        rule(lab, "account", "kind is not empty or owner = me or any(orders: amount > 10)");
    lab->rules[WORLD_ORDER] = rule(lab, "order", "paid or account.owner.unit > 3 or qty > 2");
    lab->rules[WORLD_TAG] = rule(lab, "tag", "name != \"z\"");
    lab->ctx.arena = &lab->arena;
    lab->duck_all = getenv("GUANXI_TEST_DUCK") != NULL;
    GX_CHECK(sqlite3_open(":memory:", &lab->lite) == SQLITE_OK, "open");
    for (const struct gx_expr_function *f = gx_expr_functions; f->name; f++)
        sqlite3_create_function(lab->lite, f->name, f->arg_count,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, (void *)f,
                                lite_call, NULL, NULL);
    if (gx_duck_load(&lab->ctx, &lab->duck) == GX_OK) {
        GX_CHECK(lab->duck.open_ext(NULL, &lab->duck_db, NULL, NULL) == DuckDBSuccess, "DuckDB");
        GX_CHECK(lab->duck.connect(lab->duck_db, &lab->duck_con) == DuckDBSuccess, "DuckDB");
        literal(lab, GX_SQL("SET threads = 1"), GX_DUCKDB);
    }
    const char *url = getenv("GUANXI_TEST_PG");
    if (!url) {
        gx_skip("PostgreSQL's half: GUANXI_TEST_PG is not set; the evaluator and SQLite agree");
        return;
    }
    lab->pg = PQconnectdb(url);
    GX_CHECK(PQstatus(lab->pg) == CONNECTION_OK, PQerrorMessage(lab->pg));
    literal(lab, GX_SQL("SET jit = off"), GX_POSTGRES);
    literal(lab, GX_SQL("SET client_min_messages = warning"), GX_POSTGRES);
}

static void close_lab(struct lab *lab)
{
    sqlite3_close(lab->lite);
    if (lab->duck_con) {
        lab->duck.disconnect(&lab->duck_con);
        lab->duck.close(&lab->duck_db);
    }
    PQfinish(lab->pg);
    gx_arena_free(&lab->arena);
    gx_arena_free(&lab->world_arena);
}

/* GUANXI_TEST_ROUNDS: more rounds than a commit needs. */
static size_t rounds_wanted(void)
{
    const char *more = getenv("GUANXI_TEST_ROUNDS");
    return more ? (size_t)strtoul(more, NULL, 10) : ROUNDS;
}

GX_TEST(expr_property)
{
    static struct lab lab;
    size_t rounds = rounds_wanted();
    open_lab(&lab);
    for (size_t i = 0; i < rounds && lab.shown < FAILURES_SHOWN; i++) {
        if (i % EXPRS_WORLD == 0) {
            data_fill(&lab.data, &lab.world, &lab.ctx, &lab.state);
            for (enum gx_dialect d = GX_SQLITE; d <= GX_DUCKDB; d++) {
                if (has_engine(&lab, d))
                    load(&lab, d);
            }
            /* data_fill() made its texts in this arena, so it is emptied only here. */
        }
        one_round(&lab);
        if (i % EXPRS_WORLD == EXPRS_WORLD - 1)
            gx_arena_reset(&lab.arena);
    }
    GX_CHECK(lab.pairs >= 100000, "pairs");
    GX_CHECK(lab.not_empty * 2 > lab.pairs, "most have a value");
    GX_CHECK(!lab.duck_con || lab.duck_pairs >= (lab.duck_all ? 100000u : 1000u), "DuckDB's pairs");
    printf("expr_property: %zu pairs, %zu conditions, %zu with a value, engines: memory SQLite%s",
           lab.pairs, lab.conditions, lab.not_empty, lab.pg ? " PostgreSQL" : "");
    printf(lab.duck_con ? " DuckDB (%zu pairs)\n" : "\n", lab.duck_pairs);
    close_lab(&lab);
}

static void repeat(struct gx_buf *out, const char *piece, size_t count)
{
    while (count-- > 0)
        gx_buf_addz(out, piece);
}

/* The deepest and widest that the limits let through still run on both engines. */
GX_TEST(expr_deepest)
{
    static const struct {
        const char *before, *piece, *middle, *piece_after, *after;
        size_t count;
    } rows[] = {
        { "", "qty + ", "qty", "", " > 3", 58 },
        { "", "-(", "qty", ")", " < 3", 30 },
        { "", "weight / (", "qty", ")", " < 3", 30 },
        { "", "round(", "each / 3", ")", " < 3", 30 },
        { "", "not (", "paid", ")", "", 30 },
        { "", "any(account.orders: ", "paid", ")", "", 12 },
        { "", "if(paid, 1, ", "qty", ")", " = 1", 55 },
        { "", "coalesce(name, upper(", "name", "))", " ~ \"a\"", 25 },
        { "closed", " + 1 month", "", "", " > today()", 55 },
        { "at", " - 1 month", "", "", " < now()", 55 },
        { "paid", " or qty = 1", "", "", "", 300 },
        { "qty in (1", ", 12", "", "", ")", 900 },
        { "account", ".parent", "", "", ".active", 25 },
        { "account", ".parent", "", "", ".name = \"Acme\"", 25 },
    };
    static struct lab lab;
    open_lab(&lab);
    lab.env = (struct gx_expr_env){ .now_us = lab.ctx.now_us, .fiscal_start_month = 1 };
    data_fill(&lab.data, &lab.world, &lab.ctx, &lab.state);
    load(&lab, GX_SQLITE);
    if (lab.pg)
        load(&lab, GX_POSTGRES);
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_buf text = { 0 };
        struct gx_value memory[DATA_RECORDS_MAX];
        const struct gx_expr *expr;
        gx_buf_addz(&text, rows[i].before);
        repeat(&text, rows[i].piece, rows[i].count);
        gx_buf_addz(&text, rows[i].middle);
        repeat(&text, rows[i].piece_after, rows[i].count);
        gx_buf_addz(&text, rows[i].after);
        if (GX_CHECK(gx_expr_parse(&lab.ctx, NULL, &lab.world.schema, GX_STR("order"),
                                   gx_buf_str(&text), GX_TYPE_BOOL, &expr) == GX_OK,
                     rows[i].piece)) {
            evaluate(&lab, WORLD_ORDER, expr, memory);
            compare_where(&lab, WORLD_ORDER, expr, memory, GX_SQLITE);
            if (lab.pg)
                compare_where(&lab, WORLD_ORDER, expr, memory, GX_POSTGRES);
        }
        gx_buf_free(&text);
    }
    close_lab(&lab);
}
