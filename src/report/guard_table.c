/* guard_table.c - what stands behind FROM: tables of the caller's, joins, sub-queries. */
#include "base/text.h"
#include "report/guard_int.h"

static enum gx_code alias_of(struct walk *w, const struct gx_json *ref, struct gx_str otherwise)
{
    struct gx_str alias = gx_json_get_str(ref, "alias", GX_STR(""));
    alias = alias.n ? alias : otherwise;
    if (alias.n) {
        guard_put(w, " AS ");
        GX_TRY(guard_name(w, alias));
    }
    return guard_names(w, gx_json_get(ref, "column_name_alias"), "(", ")");
}

static bool is_cte(const struct walk *w, struct gx_str name)
{
    for (const struct guard_cte *k = w->ctes; k; k = k->outer)
        if (gx_str_ieq(k->name, name))
            return true;
    return false;
}

static enum gx_code no_such(struct walk *w, struct gx_str name)
{
    enum { ALIKE = 500 };
    int best = ALIKE;
    struct gx_str near = GX_STR("");
    for (size_t i = 0; i < w->schema->count; i++) {
        int score = gx_text_near(w->schema->tables[i].name, name);
        if (score > best) {
            best = score;
            near = w->schema->tables[i].name;
        }
    }
    if (near.n)
        return GUARD_REFUSE(w, GX_M_SQL_TABLE_NEAR, name, near);
    return GUARD_REFUSE(w, GX_M_SQL_TABLE, name);
}

static enum gx_code base_table(struct walk *w, const struct gx_json *ref)
{
    static const char *const members[] = {
        "type",
        "alias",
        "sample",
        "query_location",
        "schema_name",
        "table_name",
        "column_name_alias",
        "catalog_name",
        NULL,
    };
    struct gx_str name = gx_json_get_str(ref, "table_name", GX_STR(""));
    struct gx_str schema = gx_json_get_str(ref, "schema_name", GX_STR(""));
    GX_TRY(guard_members(w, ref, members));
    if (schema.n || gx_json_get_str(ref, "catalog_name", GX_STR("")).n)
        return no_such(
            w, gx_arena_printf(w->ctx->arena, "%.*s.%.*s", GX_STR_ARG(schema), GX_STR_ARG(name)));
    if (is_cte(w, name)) {
        GX_TRY(guard_name(w, gx_arena_printf(w->ctx->arena, "c_%.*s", GX_STR_ARG(name))));
        GX_TRY(alias_of(w, ref, name));
        return guard_sample(w, gx_json_get(ref, "sample"), "TABLESAMPLE");
    }
    for (size_t i = 0; i < w->schema->count; i++) {
        const struct gx_guard_table *table = &w->schema->tables[i];
        if (!gx_str_ieq(table->name, name))
            continue;
        if (table->totals_only)
            return gx_fail_at(w->ctx, GX_E_FORBIDDEN, GX_STR("sql"), w->at, GX_M_SQL_TABLE_TOTALS,
                              table->name);
        w->found->used[i] = true;
        GX_TRY(guard_name(w, gx_arena_printf(w->ctx->arena, "o_%.*s", GX_STR_ARG(table->name))));
        guard_put(w, ".\"main\".");
        GX_TRY(guard_name(w, table->name));
        GX_TRY(alias_of(w, ref, name));
        return guard_sample(w, gx_json_get(ref, "sample"), "TABLESAMPLE");
    }
    return no_such(w, name);
}

static enum gx_code subquery(struct walk *w, const struct gx_json *ref)
{
    static const char *const members[] = {
        "type", "alias", "sample", "query_location", "subquery", "column_name_alias", NULL,
    };
    GX_TRY(guard_members(w, ref, members));
    gx_buf_addc(&w->out, '(');
    GX_TRY(guard_statement(w, gx_json_get(ref, "subquery")));
    gx_buf_addc(&w->out, ')');
    GX_TRY(alias_of(w, ref, GX_STR("")));
    return guard_sample(w, gx_json_get(ref, "sample"), "TABLESAMPLE");
}

static enum gx_code values(struct walk *w, const struct gx_json *ref)
{
    static const char *const members[] = {
        "type", "alias", "query_location", "values", "column_name_alias", NULL,
    };
    const struct gx_json *rows = gx_json_get(ref, "values");
    GX_TRY(guard_members(w, ref, members));
    if (guard_empty(rows))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("VALUES"));
    guard_put(w, "(VALUES ");
    for (const struct gx_json *k = rows->first; k; k = k->next) {
        guard_put(w, k == rows->first ? "(" : ", (");
        GX_TRY(guard_list(w, k));
        gx_buf_addc(&w->out, ')');
    }
    gx_buf_addc(&w->out, ')');
    return alias_of(w, ref, GX_STR("valueslist"));
}

static enum gx_code table_function(struct walk *w, const struct gx_json *ref)
{
    static const char *const members[] = {
        "type", "alias", "query_location", "function", "column_name_alias", "with_ordinality", NULL,
    };
    struct gx_str counted = gx_json_get_str(ref, "with_ordinality", GX_STR(""));
    GX_TRY(guard_members(w, ref, members));
    GX_TRY(guard_table_call(w, gx_json_get(ref, "function")));
    if (gx_str_is(counted, "WITH_ORDINALITY"))
        guard_put(w, " WITH ORDINALITY");
    return alias_of(w, ref, GX_STR(""));
}

/* DESCRIBE and SUMMARIZE of a query that may itself be asked. */
static enum gx_code show(struct walk *w, const struct gx_json *ref)
{
    static const char *const members[] = {
        "type", "alias", "query_location", "query", "show_type", NULL,
    };
    struct gx_str type = gx_json_get_str(ref, "show_type", GX_STR(""));
    const struct gx_json *query = gx_json_get(ref, "query");
    bool summary = gx_str_is(type, "SUMMARY");
    if (!query || (!summary && !gx_str_is(type, "DESCRIBE")))
        return GUARD_REFUSE(w, GX_M_SQL_SHOW);
    GX_TRY(guard_members(w, ref, members));
    guard_put(w, summary ? "(SUMMARIZE " : "(DESCRIBE ");
    GX_TRY(guard_query(w, query));
    gx_buf_addc(&w->out, ')');
    return alias_of(w, ref, GX_STR(""));
}

/* --- joins */

static const char *join_word(struct gx_str type, struct gx_str kind)
{
    static const char *const words[][3] = {
        { "INNER", "REGULAR", " JOIN " },
        { "LEFT", "REGULAR", " LEFT JOIN " },
        { "RIGHT", "REGULAR", " RIGHT JOIN " },
        { "FULL", "REGULAR", " FULL JOIN " },
        { "SEMI", "REGULAR", " SEMI JOIN " },
        { "ANTI", "REGULAR", " ANTI JOIN " },
        { "INNER", "CROSS", " CROSS JOIN " },
        { "INNER", "NATURAL", " NATURAL JOIN " },
        { "LEFT", "NATURAL", " NATURAL LEFT JOIN " },
        { "RIGHT", "NATURAL", " NATURAL RIGHT JOIN " },
        { "FULL", "NATURAL", " NATURAL FULL JOIN " },
        { "INNER", "ASOF", " ASOF JOIN " },
        { "LEFT", "ASOF", " ASOF LEFT JOIN " },
    };
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(type, words[i][0]) && gx_str_is(kind, words[i][1]))
            return words[i][2];
    return NULL;
}

/* A sub-query or function beside a table speaks of its row; that is no join without condition. */
static bool is_lateral(const struct gx_json *ref)
{
    struct gx_str type = gx_json_get_str(ref, "type", GX_STR(""));
    return gx_str_is(type, "SUBQUERY") || gx_str_is(type, "TABLE_FUNCTION");
}

static void note_crossing(struct walk *w, const struct gx_json *ref, const char *word)
{
    if (strcmp(word, " CROSS JOIN ") != 0 || is_lateral(gx_json_get(ref, "right")))
        return;
    w->found->crossings++;
    if (w->found->crossing_at < 0)
        w->found->crossing_at = w->at;
}

static enum gx_code join(struct walk *w, const struct gx_json *ref)
{
    static const char *const members[] = {
        "type",      "query_location", "left",          "right", "condition",
        "join_type", "ref_type",       "using_columns", NULL,
    };
    const struct gx_json *left = gx_json_get(ref, "left"), *right = gx_json_get(ref, "right"),
                         *on = gx_json_get(ref, "condition"),
                         *using = gx_json_get(ref, "using_columns");
    const char *word = join_word(gx_json_get_str(ref, "join_type", GX_STR("")),
                                 gx_json_get_str(ref, "ref_type", GX_STR("")));
    GX_TRY(guard_members(w, ref, members));
    if (++w->found->joins > GX_GUARD_JOINS_MAX)
        return gx_fail_at(w->ctx, GX_E_LIMIT, GX_STR("sql"), w->at, GX_M_SQL_LARGE);
    if (!word || !left || !right)
        return GUARD_REFUSE(w, GX_M_SQL_JOIN);
    bool free = strstr(word, "CROSS") || strstr(word, "NATURAL");
    if (free != (!on && guard_empty(using)))
        return GUARD_REFUSE(w, GX_M_SQL_JOIN);
    note_crossing(w, ref, word);
    gx_buf_addc(&w->out, '(');
    GX_TRY(guard_table(w, left));
    guard_put(w, word);
    GX_TRY(guard_table(w, right));
    if (on) {
        guard_put(w, " ON ");
        GX_TRY(guard_expr(w, on, GUARD_VALUE));
    }
    GX_TRY(guard_names(w, using, " USING (", ")"));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

enum gx_code guard_table(struct walk *w, const struct gx_json *ref)
{
    static const struct {
        const char *name;
        enum gx_code (*write)(struct walk *w, const struct gx_json *ref);
    } kinds[] = {
        { "BASE_TABLE", base_table },
        { "SUBQUERY", subquery },
        { "JOIN", join },
        { "EXPRESSION_LIST", values },
        { "SHOW_REF", show },
        { "TABLE_FUNCTION", table_function },
    };
    struct gx_str type = gx_json_get_str(ref, "type", GX_STR(""));
    int64_t outer = w->at;
    GX_TRY(guard_enter(w, ref));
    size_t i = 0;
    while (i < GX_COUNT(kinds) && !gx_str_is(type, kinds[i].name))
        i++;
    if (i == GX_COUNT(kinds))
        return GUARD_REFUSE(w, gx_str_is(type, "PIVOT") ? GX_M_SQL_PIVOT : GX_M_SQL_PART, type);
    GX_TRY(kinds[i].write(w, ref));
    guard_leave(w);
    w->at = outer;
    return GX_OK;
}
