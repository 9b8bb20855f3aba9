/* guard_query.c - SELECT and what it is put together with. */
#include "report/guard_int.h"

static enum gx_code cte(struct walk *w, const struct gx_json *entry)
{
    static const char *const members[] = { "key", "value", NULL };
    static const char *const value_members[] = { "aliases", "query", "materialized", NULL };
    const struct gx_json *value = gx_json_get(entry, "value");
    struct gx_str name = gx_json_get_str(entry, "key", GX_STR(""));
    struct gx_str kept = gx_json_get_str(value, "materialized", GX_STR(""));
    GX_TRY(guard_members(w, entry, members));
    if (!value)
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("WITH"));
    GX_TRY(guard_members(w, value, value_members));
    GX_TRY(guard_name(w, gx_arena_printf(w->ctx->arena, "c_%.*s", GX_STR_ARG(name))));
    GX_TRY(guard_names(w, gx_json_get(value, "aliases"), "(", ")"));
    guard_put(w, gx_str_is(kept, "CTE_MATERIALIZE_ALWAYS")  ? " AS MATERIALIZED ("
                 : gx_str_is(kept, "CTE_MATERIALIZE_NEVER") ? " AS NOT MATERIALIZED ("
                                                            : " AS (");
    GX_TRY(guard_statement(w, gx_json_get(value, "query")));
    gx_buf_addc(&w->out, ')');
    /* Those behind it, and the query itself, may name it. */
    struct guard_cte *here = GX_ARENA_NEW(w->ctx->arena, struct guard_cte);
    *here = (struct guard_cte){ w->ctes, name };
    w->ctes = here;
    return GX_OK;
}

static bool is_recursive(const struct gx_json *entry)
{
    const struct gx_json *node =
        gx_json_get(gx_json_get(gx_json_get(entry, "value"), "query"), "node");
    return gx_str_is(gx_json_get_str(node, "type", GX_STR("")), "RECURSIVE_CTE_NODE");
}

static enum gx_code with(struct walk *w, const struct gx_json *map)
{
    const struct gx_json *list = gx_json_get(map, "map");
    bool recursive = false;
    if (guard_empty(list))
        return GX_OK;
    for (const struct gx_json *k = list->first; k; k = k->next)
        recursive |= is_recursive(k);
    guard_put(w, recursive ? "WITH RECURSIVE " : "WITH ");
    for (const struct gx_json *k = list->first; k; k = k->next) {
        guard_put(w, k == list->first ? "" : ", ");
        GX_TRY(cte(w, k));
    }
    gx_buf_addc(&w->out, ' ');
    return GX_OK;
}

enum gx_code guard_orders(struct walk *w, const struct gx_json *orders)
{
    static const char *const members[] = { "type", "null_order", "expression", NULL };
    for (const struct gx_json *k = orders->first; k; k = k->next) {
        struct gx_str way = gx_json_get_str(k, "type", GX_STR(""));
        struct gx_str nulls = gx_json_get_str(k, "null_order", GX_STR(""));
        const struct gx_json *expr = gx_json_get(k, "expression");
        GX_TRY(guard_members(w, k, members));
        if (!expr)
            return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("ORDER BY"));
        guard_put(w, k == orders->first ? "" : ", ");
        GX_TRY(guard_expr(w, expr, GUARD_SORTED));
        guard_put(w, gx_str_is(way, "DESCENDING")  ? " DESC"
                     : gx_str_is(way, "ASCENDING") ? " ASC"
                                                   : "");
        guard_put(w, gx_str_is(nulls, "NULLS LAST")    ? " NULLS LAST"
                     : gx_str_is(nulls, "NULLS FIRST") ? " NULLS FIRST"
                                                       : "");
    }
    return GX_OK;
}

static const struct gx_json *modifier(const struct gx_json *node, const char *type)
{
    const struct gx_json *list = gx_json_get(node, "modifiers");
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
        if (gx_str_is(gx_json_get_str(k, "type", GX_STR("")), type))
            return k;
    return NULL;
}

static enum gx_code check_modifiers(struct walk *w, const struct gx_json *node)
{
    static const char *const known[] = { "DISTINCT_MODIFIER", "ORDER_MODIFIER", "LIMIT_MODIFIER",
                                         "LIMIT_PERCENT_MODIFIER" };
    const struct gx_json *list = gx_json_get(node, "modifiers");
    size_t at = 0;
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next, at++) {
        while (at < GX_COUNT(known) &&
               !gx_str_is(gx_json_get_str(k, "type", GX_STR("")), known[at]))
            at++;
        if (at == GX_COUNT(known)) /* unknown, twice, or in an order of its own */
            return GUARD_REFUSE(w, GX_M_SQL_PART, gx_json_get_str(k, "type", GX_STR("")));
    }
    return GX_OK;
}

static enum gx_code limit(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "type", "limit", "offset", NULL };
    const struct gx_json *m = modifier(node, "LIMIT_MODIFIER"),
                         *percent = modifier(node, "LIMIT_PERCENT_MODIFIER");
    m = m ? m : percent;
    if (!m)
        return GX_OK;
    GX_TRY(guard_members(w, m, members));
    if (w->depth <= 1)
        w->found->limited = true;
    if (gx_json_get(m, "limit")) {
        guard_put(w, " LIMIT ");
        GX_TRY(guard_expr(w, gx_json_get(m, "limit"), GUARD_VALUE));
        guard_put(w, percent ? "%" : "");
    }
    if (gx_json_get(m, "offset")) {
        guard_put(w, " OFFSET ");
        GX_TRY(guard_expr(w, gx_json_get(m, "offset"), GUARD_VALUE));
    }
    return GX_OK;
}

static enum gx_code order_and_limit(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "type", "orders", NULL };
    const struct gx_json *m = modifier(node, "ORDER_MODIFIER");
    if (m) {
        GX_TRY(guard_members(w, m, members));
        guard_put(w, " ORDER BY ");
        GX_TRY(guard_orders(w, gx_json_get(m, "orders")));
    }
    return limit(w, node);
}

static enum gx_code distinct(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "type", "distinct_on_targets", NULL };
    const struct gx_json *m = modifier(node, "DISTINCT_MODIFIER");
    if (!m)
        return GX_OK;
    GX_TRY(guard_members(w, m, members));
    guard_put(w, "DISTINCT ");
    if (guard_empty(gx_json_get(m, "distinct_on_targets")))
        return GX_OK;
    guard_put(w, "ON (");
    GX_TRY(guard_list(w, gx_json_get(m, "distinct_on_targets")));
    guard_put(w, ") ");
    return GX_OK;
}

/* --- GROUP BY */

static const struct gx_json *nth(const struct gx_json *list, int64_t n)
{
    const struct gx_json *k = list ? list->first : NULL;
    while (k && n-- > 0)
        k = k->next;
    return k;
}

static enum gx_code one_set(struct walk *w, const struct gx_json *set, const struct gx_json *exprs)
{
    for (const struct gx_json *k = set->first; k; k = k->next) {
        int64_t index = -1;
        const struct gx_json *expr;
        if (!gx_json_int64(k, &index) || index < 0 || !(expr = nth(exprs, index)))
            return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("GROUP BY"));
        guard_put(w, k == set->first ? "" : ", ");
        GX_TRY(guard_expr(w, expr, GUARD_VALUE));
    }
    return GX_OK;
}

static enum gx_code group_by(struct walk *w, const struct gx_json *node)
{
    const struct gx_json *sets = gx_json_get(node, "group_sets"),
                         *exprs = gx_json_get(node, "group_expressions");
    struct gx_str how = gx_json_get_str(node, "aggregate_handling", GX_STR("STANDARD_HANDLING"));
    if (gx_str_is(how, "FORCE_AGGREGATES")) {
        guard_put(w, " GROUP BY ALL");
        return GX_OK;
    }
    if (!gx_str_is(how, "STANDARD_HANDLING"))
        return GUARD_REFUSE(w, GX_M_SQL_PART, how);
    if (guard_empty(sets))
        return guard_empty(exprs) ? GX_OK : GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("GROUP BY"));
    guard_put(w, " GROUP BY ");
    if (sets->count == 1 && sets->first->count > 0)
        return one_set(w, sets->first, exprs);
    guard_put(w, "GROUPING SETS (");
    for (const struct gx_json *k = sets->first; k; k = k->next) {
        guard_put(w, k == sets->first ? "(" : ", (");
        GX_TRY(one_set(w, k, exprs));
        gx_buf_addc(&w->out, ')');
    }
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

enum gx_code guard_sample(struct walk *w, const struct gx_json *sample, const char *word)
{
    static const char *const members[] = { "sample_size", "is_percentage", "method",
                                           "seed",        "repeatable",    NULL };
    static const char *const methods[] = { "System", "Bernoulli", "Reservoir" };
    struct gx_str method;
    size_t i = 0;
    if (!sample)
        return GX_OK;
    GX_TRY(guard_members(w, sample, members));
    method = gx_json_get_str(sample, "method", GX_STR(""));
    while (i < GX_COUNT(methods) && !gx_str_ieq(method, gx_str_c(methods[i])))
        i++;
    if (i == GX_COUNT(methods))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("SAMPLE"));
    const struct gx_json *size = gx_json_get(gx_json_get(sample, "sample_size"), "value");
    if (!size || size->kind != GX_JSON_NUMBER || size->text.n > 20)
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("SAMPLE"));
    gx_buf_printf(&w->out, " %s %s(%.*s %s)", word, methods[i], GX_STR_ARG(size->text),
                  gx_json_get_bool(sample, "is_percentage", false) ? "PERCENT" : "ROWS");
    int64_t seed = gx_json_get_int(sample, "seed", -1);
    if (seed >= 0)
        gx_buf_printf(&w->out, " REPEATABLE (%lld)", (long long)seed);
    return GX_OK;
}

static enum gx_code clause(struct walk *w, const struct gx_json *node, const char *member,
                           const char *word)
{
    const struct gx_json *expr = gx_json_get(node, member);
    if (!expr)
        return GX_OK;
    guard_put(w, word);
    return guard_expr(w, expr, GUARD_VALUE);
}

static enum gx_code select(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "type",         "modifiers",         "cte_map",    "select_list",        "from_table",
        "where_clause", "group_expressions", "group_sets", "aggregate_handling", "having",
        "sample",       "qualify",           NULL,
    };
    const struct gx_json *list = gx_json_get(node, "select_list"),
                         *from = gx_json_get(node, "from_table");
    GX_TRY(guard_members(w, node, members));
    GX_TRY(check_modifiers(w, node));
    if (guard_empty(list) || !from)
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("SELECT"));
    guard_put(w, "SELECT ");
    GX_TRY(distinct(w, node));
    for (const struct gx_json *k = list->first; k; k = k->next) {
        guard_put(w, k == list->first ? "" : ", ");
        GX_TRY(guard_expr(w, k, GUARD_SELECTED));
    }
    if (!gx_str_is(gx_json_get_str(from, "type", GX_STR("")), "EMPTY")) {
        guard_put(w, " FROM ");
        GX_TRY(guard_table(w, from));
    }
    GX_TRY(clause(w, node, "where_clause", " WHERE "));
    GX_TRY(group_by(w, node));
    GX_TRY(clause(w, node, "having", " HAVING "));
    GX_TRY(clause(w, node, "qualify", " QUALIFY "));
    GX_TRY(guard_sample(w, gx_json_get(node, "sample"), "USING SAMPLE"));
    return order_and_limit(w, node);
}

/* --- UNION and its like */

static enum gx_code side(struct walk *w, const struct gx_json *node)
{
    if (!node)
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("UNION"));
    gx_buf_addc(&w->out, '(');
    GX_TRY(guard_query(w, node));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code set_operation(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "type",  "modifiers", "cte_map",  "setop_type", "left",
                                           "right", "setop_all", "children", NULL };
    static const char *const words[][2] = {
        { "UNION", " UNION " },
        { "EXCEPT", " EXCEPT " },
        { "INTERSECT", " INTERSECT " },
        { "UNION_BY_NAME", " UNION " },
    };
    struct gx_str type = gx_json_get_str(node, "setop_type", GX_STR(""));
    const struct gx_json *children = gx_json_get(node, "children");
    size_t i = 0;
    GX_TRY(guard_members(w, node, members));
    GX_TRY(check_modifiers(w, node));
    while (i < GX_COUNT(words) && !gx_str_is(type, words[i][0]))
        i++;
    if (i == GX_COUNT(words) || modifier(node, "DISTINCT_MODIFIER"))
        return GUARD_REFUSE(w, GX_M_SQL_PART, type);
    struct gx_str word = gx_arena_printf(w->ctx->arena, "%s%s%s", words[i][1],
                                         gx_json_get_bool(node, "setop_all", false) ? "ALL " : "",
                                         i == 3 ? "BY NAME " : "");
    if (!guard_empty(children)) {
        for (const struct gx_json *k = children->first; k; k = k->next) {
            guard_put(w, k == children->first ? "" : word.p);
            GX_TRY(side(w, k));
        }
        return order_and_limit(w, node);
    }
    GX_TRY(side(w, gx_json_get(node, "left")));
    gx_buf_add(&w->out, word);
    GX_TRY(side(w, gx_json_get(node, "right")));
    return order_and_limit(w, node);
}

static enum gx_code recursive(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "type", "modifiers", "cte_map", "cte_name", "union_all",
                                           "left", "right",     "aliases", NULL };
    struct guard_cte *outer = w->ctes;
    struct guard_cte self = { outer, gx_json_get_str(node, "cte_name", GX_STR("")) };
    GX_TRY(guard_members(w, node, members));
    if (!guard_empty(gx_json_get(node, "modifiers")))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("RECURSIVE"));
    GX_TRY(side(w, gx_json_get(node, "left")));
    guard_put(w, gx_json_get_bool(node, "union_all", false) ? " UNION ALL " : " UNION ");
    w->ctes = &self;
    GX_TRY(side(w, gx_json_get(node, "right")));
    w->ctes = outer;
    return GX_OK;
}

/* A kept CTE stands around the query, which has it in its own list as well: that one counts. */
static enum gx_code unwrap(struct walk *w, const struct gx_json **node)
{
    static const char *const members[] = { "type",  "modifiers", "cte_map", "cte_name",
                                           "query", "child",     "aliases", NULL };
    while (gx_str_is(gx_json_get_str(*node, "type", GX_STR("")), "CTE_NODE")) {
        const struct gx_json *child = gx_json_get(*node, "child"),
                             *list = gx_json_get(gx_json_get(child, "cte_map"), "map");
        struct gx_str name = gx_json_get_str(*node, "cte_name", GX_STR(""));
        bool has = false;
        GX_TRY(guard_members(w, *node, members));
        for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
            has |= gx_str_eq(gx_json_get_str(k, "key", GX_STR("")), name);
        if (!has || !guard_empty(gx_json_get(*node, "modifiers")))
            return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("MATERIALIZED"));
        *node = child;
    }
    return GX_OK;
}

enum gx_code guard_query(struct walk *w, const struct gx_json *node)
{
    struct guard_cte *outer = w->ctes;
    GX_TRY(guard_enter(w, node));
    GX_TRY(unwrap(w, &node));
    struct gx_str type = gx_json_get_str(node, "type", GX_STR(""));
    GX_TRY(with(w, gx_json_get(node, "cte_map")));
    if (gx_str_is(type, "SELECT_NODE"))
        GX_TRY(select(w, node));
    else if (gx_str_is(type, "SET_OPERATION_NODE"))
        GX_TRY(set_operation(w, node));
    else if (gx_str_is(type, "RECURSIVE_CTE_NODE"))
        GX_TRY(recursive(w, node));
    else
        return GUARD_REFUSE(w, GX_M_SQL_PART, type);
    w->ctes = outer;
    guard_leave(w);
    return GX_OK;
}

enum gx_code guard_statement(struct walk *w, const struct gx_json *statement)
{
    static const char *const members[] = { "node", "named_param_map", NULL };
    const struct gx_json *node = gx_json_get(statement, "node");
    if (!node)
        return GUARD_REFUSE(w, GX_M_SQL_SELECT_ONLY);
    GX_TRY(guard_members(w, statement, members));
    if (!guard_empty(gx_json_get(statement, "named_param_map")))
        return GUARD_REFUSE(w, GX_M_SQL_PARAMETER);
    return guard_query(w, node);
}
