/*
 * feed_facts.c - facts about customers, kept in the transaction that changes what they follow from.
 *
 * A batch looks whose facts the records were that it is about to replace, and whose they are then;
 * the facts of those are made anew by the same statement that makes all of them.  So a fact is
 * always what its declaration says of the rows there are.
 */
#include "base/log.h"
#include "report/feed_int.h"

/* --- the statement */

static void literal(struct gx_buf *sql, struct gx_str text)
{
    gx_buf_addc(sql, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            gx_buf_addc(sql, '\'');
        gx_buf_addc(sql, text.p[i]);
    }
    gx_buf_addc(sql, '\'');
}

static void conditions(struct gx_buf *sql, const char *before, const struct gx_fact_where *where,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        gx_buf_printf(sql, "%s%scoalesce(CAST(r.\"%.*s\" AS VARCHAR) IN (", i ? " AND " : before,
                      where[i].not ? "NOT " : "", GX_STR_ARG(where[i].column));
        for (const struct gx_json *k = where[i].any->first; k; k = k->next) {
            literal(sql, k->text);
            gx_buf_addz(sql, k->next ? ", " : "");
        }
        gx_buf_addz(sql, "), FALSE)");
    }
}

/* " FROM rows r JOIN …": `t<i>` is what step i leads to, but for the last. */
static void from(struct gx_buf *sql, const struct gx_fact *f)
{
    gx_buf_printf(sql, " FROM \"%.*s\" r", GX_STR_ARG(f->table));
    for (size_t i = 0; i + 1 < f->path_count; i++) {
        if (i == 0)
            gx_buf_printf(sql, " JOIN \"%.*s\" t0 ON t0.id = r.\"%.*s\"",
                          GX_STR_ARG(f->path[0].table), GX_STR_ARG(f->path[0].column));
        else
            gx_buf_printf(sql, " JOIN \"%.*s\" t%zu ON t%zu.id = t%zu.\"%.*s\"",
                          GX_STR_ARG(f->path[i].table), i, i, i - 1, GX_STR_ARG(f->path[i].column));
        gx_buf_printf(sql, " AND t%zu.deleted_at IS NULL", i);
    }
}

static struct gx_str about(struct gx_arena *arena, const struct gx_fact *f)
{
    const struct gx_fact_step *last = &f->path[f->path_count - 1];
    if (f->path_count == 1)
        return gx_arena_printf(arena, "r.\"%.*s\"", GX_STR_ARG(last->column));
    return gx_arena_printf(arena, "t%zu.\"%.*s\"", f->path_count - 2, GX_STR_ARG(last->column));
}

/* " WHERE …" of rows that count, of those in `touched` alone if that is given. */
static void where(struct gx_buf *sql, struct gx_str id, const struct gx_fact *f,
                  const char *touched)
{
    gx_buf_printf(sql, " WHERE %.*s IS NOT NULL", GX_STR_ARG(id));
    if (f->object)
        gx_buf_addz(sql, " AND r.deleted_at IS NULL");
    conditions(sql, " AND ", f->where, f->where_count);
    if (touched)
        gx_buf_printf(sql, " AND %.*s IN (SELECT id FROM %s)", GX_STR_ARG(id), touched);
}

static void measure(struct gx_buf *sql, const struct gx_feed_state *s,
                    const struct gx_fact_column *c)
{
    static const char *const open[GX_FACT_KINDS] = {
        [GX_FACT_COUNT] = "count(*", [GX_FACT_SUM] = "CAST(sum(",
        [GX_FACT_MIN] = "min(",      [GX_FACT_MAX] = "max(",
        [GX_FACT_NEXT] = "min(",     [GX_FACT_LIST] = "list_sort(list(DISTINCT ",
    };
    gx_buf_addz(sql, open[c->kind]);
    if (c->kind != GX_FACT_COUNT)
        gx_buf_printf(sql, "r.\"%.*s\"", GX_STR_ARG(c->of));
    gx_buf_addc(sql, ')');
    bool next = c->kind == GX_FACT_NEXT, list = c->kind == GX_FACT_LIST;
    if (c->where_count || next || list)
        gx_buf_addz(sql, " FILTER (WHERE TRUE");
    if (next)
        gx_buf_printf(sql, " AND CAST(r.\"%.*s\" AS DATE) >= DATE '1970-01-01' + %lld",
                      GX_STR_ARG(c->of), (long long)s->as_of_day);
    if (list)
        gx_buf_printf(sql, " AND r.\"%.*s\" IS NOT NULL", GX_STR_ARG(c->of));
    conditions(sql, " AND ", c->where, c->where_count);
    if (c->where_count || next || list)
        gx_buf_addc(sql, ')');
    gx_buf_addz(sql, c->kind == GX_FACT_SUM ? " AS BIGINT)" : list ? ")" : "");
    gx_buf_printf(sql, " AS \"%.*s\"", GX_STR_ARG(c->name));
}

static struct gx_str facts_sql(struct feed_work *work, const struct gx_fact *f, const char *touched)
{
    struct gx_buf sql = { 0 };
    struct gx_str id = about(work->ctx->arena, f);
    gx_buf_printf(&sql, "SELECT %.*s AS id", GX_STR_ARG(id));
    for (size_t i = 0; i < f->column_count; i++) {
        gx_buf_addz(&sql, ", ");
        measure(&sql, work->s, &f->columns[i]);
    }
    from(&sql, f);
    where(&sql, id, f, touched);
    gx_buf_addz(&sql, " GROUP BY 1");
    struct gx_str text = gx_arena_str(work->ctx->arena, gx_buf_str(&sql));
    gx_buf_free(&sql);
    return text;
}

/* By period and line: sums and counts only, the rest does not add up. */
static struct gx_str by_sql(struct feed_work *work, const struct gx_fact *f, const char *touched)
{
    struct gx_buf sql = { 0 };
    struct gx_str id = about(work->ctx->arena, f);
    gx_buf_printf(&sql, "SELECT %.*s AS id, CAST(date_trunc('%.*s', r.\"%.*s\") AS DATE) AS period",
                  GX_STR_ARG(id), GX_STR_ARG(f->by_period), GX_STR_ARG(f->by_date));
    if (f->by_line.n)
        gx_buf_printf(&sql, ", CAST(%s.\"%.*s\" AS VARCHAR) AS line",
                      f->line_link.object ? "l" : "r", GX_STR_ARG(f->by_line));
    else
        gx_buf_addz(&sql, ", CAST(NULL AS VARCHAR) AS line");
    for (size_t i = 0; i < f->column_count; i++)
        if (f->columns[i].kind == GX_FACT_COUNT || f->columns[i].kind == GX_FACT_SUM) {
            gx_buf_addz(&sql, ", ");
            measure(&sql, work->s, &f->columns[i]);
        }
    from(&sql, f);
    if (f->line_link.object)
        gx_buf_printf(&sql, " LEFT JOIN \"%.*s\" l ON l.id = r.\"%.*s\"",
                      GX_STR_ARG(f->line_link.table), GX_STR_ARG(f->line_link.column));
    where(&sql, id, f, touched);
    gx_buf_printf(&sql, " AND r.\"%.*s\" IS NOT NULL GROUP BY 1, 2, 3", GX_STR_ARG(f->by_date));
    struct gx_str text = gx_arena_str(work->ctx->arena, gx_buf_str(&sql));
    gx_buf_free(&sql);
    return text;
}

/* --- whose facts a batch touches */

static const char *touched_name(struct feed_work *work, const struct gx_fact *f)
{
    return gx_arena_printf(work->ctx->arena, "touched_%.*s", GX_STR_ARG(f->name)).p;
}

/* Changed records that the rows of these facts are, or go through. */
static size_t find_touched(const struct gx_fact *f, const bool *touched, struct gx_buf *where)
{
    size_t n = 0;
    if (f->object && touched[f->object->index])
        gx_buf_printf(where, "%sr.id IN (SELECT id FROM ids_%d)", n++ ? " OR " : "",
                      f->object->index);
    for (size_t i = 0; i + 1 < f->path_count; i++)
        if (touched[f->path[i].object->index])
            gx_buf_printf(where, "%st%zu.id IN (SELECT id FROM ids_%d)", n++ ? " OR " : "", i,
                          f->path[i].object->index);
    if (f->line_link.object && touched[f->line_link.object->index])
        gx_buf_printf(where, "%sr.\"%.*s\" IN (SELECT id FROM ids_%d)", n++ ? " OR " : "",
                      GX_STR_ARG(f->line_link.column), f->line_link.object->index);
    return n;
}

static enum gx_code add_touched(struct feed_work *work, const struct gx_fact *f,
                                const bool *touched, bool first, bool *ret_any)
{
    struct gx_buf which = { 0 }, sql = { 0 };
    struct gx_str id = about(work->ctx->arena, f);
    enum gx_code code = GX_OK;
    *ret_any = find_touched(f, touched, &which) > 0;
    if (*ret_any && first)
        code = feed_run(work->ctx, work->s, "CREATE OR REPLACE TEMP TABLE %s (id BIGINT)",
                        touched_name(work, f));
    if (*ret_any && code == GX_OK) {
        gx_buf_printf(&sql, "INSERT INTO %s SELECT DISTINCT %.*s", touched_name(work, f),
                      GX_STR_ARG(id));
        from(&sql, f);
        gx_buf_printf(&sql, " WHERE %.*s", GX_STR_ARG(gx_buf_str(&which)));
        code = gx_asker_run(work->ctx, work->s->session, gx_buf_str(&sql));
    }
    gx_buf_free(&which);
    gx_buf_free(&sql);
    return code;
}

enum gx_code feed_facts_touched(struct feed_work *work, const bool *touched)
{
    bool any;
    for (const struct gx_fact *f = work->s->facts ? work->s->facts->facts : NULL; f; f = f->next)
        GX_TRY(add_touched(work, f, touched, true, &any));
    return GX_OK;
}

static enum gx_code renew_one(struct feed_work *work, const struct gx_fact *f)
{
    const char *touched = touched_name(work, f);
    GX_TRY(feed_run(work->ctx, work->s, "DELETE FROM \"fact_%.*s\" WHERE id IN (SELECT id FROM %s)",
                    GX_STR_ARG(f->name), touched));
    GX_TRY(feed_run(work->ctx, work->s, "INSERT INTO \"fact_%.*s\" %.*s", GX_STR_ARG(f->name),
                    GX_STR_ARG(facts_sql(work, f, touched))));
    if (f->by_period.n) {
        GX_TRY(feed_run(work->ctx, work->s,
                        "DELETE FROM \"fact_%.*s_by\" WHERE id IN (SELECT id FROM %s)",
                        GX_STR_ARG(f->name), touched));
        GX_TRY(feed_run(work->ctx, work->s, "INSERT INTO \"fact_%.*s_by\" %.*s",
                        GX_STR_ARG(f->name), GX_STR_ARG(by_sql(work, f, touched))));
    }
    return feed_run(work->ctx, work->s, "DROP TABLE %s", touched);
}

enum gx_code feed_facts_renew(struct feed_work *work, const bool *touched)
{
    bool any;
    for (const struct gx_fact *f = work->s->facts ? work->s->facts->facts : NULL; f; f = f->next) {
        GX_TRY(add_touched(work, f, touched, false, &any));
        if (any)
            GX_TRY(renew_one(work, f));
    }
    return GX_OK;
}

/* --- all of them */

enum gx_code feed_facts_one(struct feed_work *work, const struct gx_fact *f)
{
    GX_TRY(feed_run(work->ctx, work->s, "CREATE OR REPLACE TABLE \"fact_%.*s\" AS %.*s",
                    GX_STR_ARG(f->name), GX_STR_ARG(facts_sql(work, f, NULL))));
    if (f->by_period.n == 0)
        return GX_OK;
    return feed_run(work->ctx, work->s, "CREATE OR REPLACE TABLE \"fact_%.*s_by\" AS %.*s",
                    GX_STR_ARG(f->name), GX_STR_ARG(by_sql(work, f, NULL)));
}

static const char *bulk_type(enum gx_bulk_type type)
{
    return type == GX_BULK_TEXT     ? "VARCHAR"
           : type == GX_BULK_DATE   ? "DATE"
           : type == GX_BULK_MOMENT ? "TIMESTAMP"
                                    : "BIGINT";
}

static enum gx_code bulk_table(struct feed_work *work, const struct gx_bulk *b)
{
    struct gx_feed_state *s = work->s;
    GX_TRY(feed_run(work->ctx, s, "CREATE TABLE IF NOT EXISTS \"bulk_%.*s\" (\"%.*s\" %s)",
                    GX_STR_ARG(b->name), GX_STR_ARG(b->columns[0].name),
                    bulk_type(b->columns[0].type)));
    for (size_t i = 1; i < b->column_count; i++)
        GX_TRY(feed_run(
            work->ctx, s, "ALTER TABLE \"bulk_%.*s\" ADD COLUMN IF NOT EXISTS \"%.*s\" %s",
            GX_STR_ARG(b->name), GX_STR_ARG(b->columns[i].name), bulk_type(b->columns[i].type)));
    return GX_OK;
}

enum gx_code feed_facts_load(struct feed_work *work)
{
    struct gx_feed_state *s = work->s;
    struct gx_arena arena = { 0 };
    struct gx_ctx own = { .arena = &arena, .now_us = work->ctx->now_us, .lang = GX_LANG_EN };
    if (gx_facts_of(&own, &s->arena, work->conn, s->meta, &s->facts) != GX_OK) {
        gx_log_say(GX_LOG_ERROR, "facts", gx_ctx_text(&own));
        s->facts = NULL; /* everything else goes on; what is wrong stands in the log */
    }
    gx_arena_free(&arena);
    return GX_OK;
}

static bool is_word(const struct gx_facts *facts, struct gx_str table)
{
    for (const struct gx_fact *f = facts ? facts->facts : NULL; f; f = f->next) {
        struct gx_str rest = gx_str_from(table, sizeof "fact_" - 1);
        if (gx_str_eq(rest, f->name) || (f->by_period.n && gx_str_ends(rest, GX_STR("_by")) &&
                                         gx_str_eq((struct gx_str){ rest.p, rest.n - 3 }, f->name)))
            return true;
    }
    return false;
}

struct names {
    struct gx_arena *arena;
    struct gx_str v[500];
    size_t n;
};

static enum gx_code take_name(void *p, const struct gx_value *v, size_t count)
{
    struct names *names = p;
    (void)count;
    if (names->n < GX_COUNT(names->v))
        names->v[names->n++] = gx_arena_str(names->arena, v[0].s);
    return GX_OK;
}

/* Those of facts that nobody declares any more. */
static enum gx_code drop_rest(struct feed_work *work)
{
    struct names *names = GX_ARENA_NEW(work->ctx->arena, struct names);
    const struct gx_ask ask = {
        .sql = GX_STR("SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' "
                      "AND schema_name = 'main' AND starts_with(table_name, 'fact_')"),
        .time_ms = -1,
    };
    const struct gx_answer answer = { .p = names, .row = take_name };
    names->arena = work->ctx->arena;
    GX_TRY(gx_asker_ask(work->ctx, work->s->session, &ask, &answer, NULL));
    for (size_t i = 0; i < names->n; i++)
        if (!is_word(work->s->facts, names->v[i]))
            GX_TRY(feed_run(work->ctx, work->s, "DROP TABLE \"%.*s\"", GX_STR_ARG(names->v[i])));
    return GX_OK;
}

static enum gx_code facts_meanings(struct feed_work *work)
{
    for (const struct gx_fact *f = work->s->facts ? work->s->facts->facts : NULL; f; f = f->next)
        for (size_t i = 0; i < f->column_count; i++) {
            struct gx_buf sql = { 0 };
            const struct gx_fact_column *c = &f->columns[i];
            struct gx_str path = f->path[f->path_count - 1].object->x.name;
            gx_buf_printf(&sql,
                          "INSERT INTO gx_column SELECT 'fact_%.*s', '%.*s', '%.*s', NULL, "
                          "'%s', coalesce((SELECT max(scale) FROM gx_column WHERE tbl = "
                          "'%.*s' AND col = '%.*s' AND %d = 1), 0), 0, NULL, ",
                          GX_STR_ARG(f->name), GX_STR_ARG(c->name), GX_STR_ARG(path),
                          gx_fact_kind_names[c->kind], GX_STR_ARG(f->table), GX_STR_ARG(c->of),
                          c->kind != GX_FACT_COUNT);
            literal(&sql, c->label.text[GX_LANG_ZH_HANT]);
            gx_buf_addz(&sql, ", ");
            literal(&sql, c->label.text[GX_LANG_EN]);
            enum gx_code code = gx_asker_run(work->ctx, work->s->session, gx_buf_str(&sql));
            gx_buf_free(&sql);
            GX_TRY(code);
        }
    return GX_OK;
}

enum gx_code feed_facts_all(struct feed_work *work)
{
    const struct gx_facts *facts = work->s->facts;
    for (const struct gx_bulk *b = facts ? facts->bulks : NULL; b; b = b->next)
        GX_TRY(bulk_table(work, b));
    for (const struct gx_fact *f = facts ? facts->facts : NULL; f; f = f->next)
        GX_TRY(feed_facts_one(work, f));
    GX_TRY(drop_rest(work));
    GX_TRY(feed_run(work->ctx, work->s, "DELETE FROM gx_column WHERE starts_with(tbl, 'fact_')"));
    GX_TRY(facts_meanings(work));
    work->s->reshaped = false;
    return feed_run(work->ctx, work->s, "CREATE OR REPLACE TABLE gx_facts AS SELECT '%.*s' AS hash",
                    GX_STR_ARG(facts ? facts->hash : GX_STR("")));
}

enum gx_code feed_facts_shape(struct feed_work *work)
{
    struct gx_feed_state *s = work->s;
    int64_t same = 0;
    if (!s->reshaped)
        GX_TRY(feed_int(work->ctx, s, 0, &same, "SELECT count(*) FROM gx_facts WHERE hash = '%.*s'",
                        GX_STR_ARG(s->facts ? s->facts->hash : GX_STR(""))));
    if (same) {
        return facts_meanings(work);
    }
    GX_TRY(feed_run(work->ctx, s, "BEGIN"));
    GX_TRY(feed_facts_all(work));
    return feed_run(work->ctx, s, "COMMIT");
}

/* --- compared with what they follow from */

static struct gx_str columns_of(struct gx_arena *arena, const struct gx_fact *f, bool by)
{
    struct gx_str all = by ? GX_STR("id, period, line") : GX_STR("id");
    for (size_t i = 0; i < f->column_count; i++)
        if (!by || f->columns[i].kind == GX_FACT_COUNT || f->columns[i].kind == GX_FACT_SUM)
            all = gx_arena_printf(arena, "%.*s, \"%.*s\"", GX_STR_ARG(all),
                                  GX_STR_ARG(f->columns[i].name));
    return all;
}

static enum gx_code check_one(struct feed_work *work, struct gx_warehouse_check *check,
                              const struct gx_fact *f, bool by)
{
    struct gx_arena *arena = work->ctx->arena;
    struct gx_str sql = by ? by_sql(work, f, NULL) : facts_sql(work, f, NULL);
    GX_TRY(
        feed_run(work->ctx, work->s, "CREATE OR REPLACE TABLE gx_check AS %.*s", GX_STR_ARG(sql)));
    return feed_compare(work, check,
                        gx_arena_printf(arena, "fact_%.*s%s", GX_STR_ARG(f->name), by ? "_by" : ""),
                        "gx_check", gx_arena_cstr(arena, columns_of(arena, f, by)), "id");
}

enum gx_code feed_facts_check(struct feed_work *work, struct gx_warehouse_check *check)
{
    for (const struct gx_fact *f = work->s->facts ? work->s->facts->facts : NULL; f; f = f->next) {
        GX_TRY(check_one(work, check, f, false));
        if (f->by_period.n)
            GX_TRY(check_one(work, check, f, true));
    }
    return GX_OK;
}

enum gx_code feed_facts_erase(struct feed_work *work)
{
    const struct gx_facts *facts = work->s->facts;
    for (const struct gx_bulk *b = facts ? facts->bulks : NULL; b; b = b->next)
        for (size_t i = 0; i < b->column_count; i++)
            if (b->columns[i].type == GX_BULK_LINK)
                GX_TRY(feed_run(work->ctx, work->s,
                                "DELETE FROM \"bulk_%.*s\" WHERE \"%.*s\" IN (SELECT e.record FROM "
                                "erased e ANTI JOIN \"%.*s\" t ON t.id = e.record WHERE "
                                "e.object = '%.*s')",
                                GX_STR_ARG(b->name), GX_STR_ARG(b->columns[i].name),
                                GX_STR_ARG(b->columns[i].to->x.table),
                                GX_STR_ARG(b->columns[i].to->id)));
    return facts && facts->bulks ? feed_facts_all(work) : GX_OK;
}
