/* guard_expr.c - expressions: each class that is known, and none else. */
#include "base/time.h"
#include "report/guard_int.h"

struct word {
    const char *type, *sql;
};

static const char *word_of(const struct word *words, size_t count, struct gx_str type)
{
    for (size_t i = 0; i < count; i++)
        if (gx_str_is(type, words[i].type))
            return words[i].sql;
    return NULL;
}

static const struct word comparisons[] = {
    { "COMPARE_EQUAL", " = " },
    { "COMPARE_NOTEQUAL", " <> " },
    { "COMPARE_LESSTHAN", " < " },
    { "COMPARE_LESSTHANOREQUALTO", " <= " },
    { "COMPARE_GREATERTHAN", " > " },
    { "COMPARE_GREATERTHANOREQUALTO", " >= " },
    { "COMPARE_DISTINCT_FROM", " IS DISTINCT FROM " },
    { "COMPARE_NOT_DISTINCT_FROM", " IS NOT DISTINCT FROM " },
};

static enum gx_code one(struct walk *w, const struct gx_json *node, const char *member)
{
    const struct gx_json *child = gx_json_get(node, member);
    if (!child)
        return GUARD_REFUSE(w, GX_M_SQL_PART, gx_str_c(member));
    return guard_expr(w, child, GUARD_VALUE);
}

enum gx_code guard_list(struct walk *w, const struct gx_json *list)
{
    if (!list)
        return GX_OK;
    if (list->kind != GX_JSON_ARRAY)
        return GUARD_REFUSE(w, GX_M_SQL_PART, list->key);
    for (const struct gx_json *k = list->first; k; k = k->next) {
        if (k != list->first)
            guard_put(w, ", ");
        GX_TRY(guard_expr(w, k, GUARD_VALUE));
    }
    return GX_OK;
}

/* Names the engine would take for functions without parentheses: the clock of the question. */
static bool put_clock(struct walk *w, struct gx_str name)
{
    static const char *const dates[] = { "current_date", "today" };
    static const char *const moments[] = { "current_timestamp", "localtimestamp", "now",
                                           "get_current_timestamp", "transaction_timestamp" };
    int64_t local = w->ctx->now_us + (int64_t)w->ctx->tz_offset_min * 60000000;
    struct gx_str text = gx_moment_format(w->ctx->arena, local);
    for (size_t i = 0; i < GX_COUNT(dates); i++)
        if (gx_str_ieq(name, gx_str_c(dates[i]))) {
            gx_buf_printf(&w->out, "DATE '%.10s'", text.p);
            return true;
        }
    for (size_t i = 0; i < GX_COUNT(moments); i++)
        if (gx_str_ieq(name, gx_str_c(moments[i]))) {
            gx_buf_printf(&w->out, "TIMESTAMP '%.10s %.8s'", text.p, text.p + 11);
            return true;
        }
    return false;
}

/* Lower case, so that it is found however it was written. */
static void remember_name(struct walk *w, struct gx_str name)
{
    char *low = gx_arena_cstr(w->ctx->arena, name);
    for (size_t i = 0; i < name.n; i++)
        if (low[i] >= 'A' && low[i] <= 'Z')
            low[i] = (char)(low[i] + 32);
    gx_map_set(&w->found->names, w->ctx->arena, (struct gx_str){ low, name.n }, low);
}

static enum gx_code column(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class",          "type",         "alias",
                                           "query_location", "column_names", NULL };
    const struct gx_json *names = gx_json_get(node, "column_names");
    GX_TRY(guard_members(w, node, members));
    if (!names || names->count == 0 || names->count > 2)
        return GUARD_REFUSE(w, GX_M_SQL_COLUMN);
    if (names->count == 1 && put_clock(w, names->first->text))
        return GX_OK;
    for (const struct gx_json *k = names->first; k; k = k->next) {
        if (k != names->first)
            gx_buf_addc(&w->out, '.');
        GX_TRY(guard_name(w, k->text));
        if (!k->next)
            remember_name(w, k->text);
    }
    return GX_OK;
}

static enum gx_code constant(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "class", "type", "alias", "query_location", "value", NULL
    };
    GX_TRY(guard_members(w, node, members));
    return guard_constant(w, gx_json_get(node, "value"));
}

static enum gx_code comparison(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class", "type",  "alias", "query_location",
                                           "left",  "right", NULL };
    struct gx_str type = gx_json_get_str(node, "type", GX_STR(""));
    const char *sql = word_of(comparisons, GX_COUNT(comparisons), type);
    GX_TRY(guard_members(w, node, members));
    if (!sql)
        return GUARD_REFUSE(w, GX_M_SQL_PART, type);
    gx_buf_addc(&w->out, '(');
    GX_TRY(one(w, node, "left"));
    guard_put(w, sql);
    GX_TRY(one(w, node, "right"));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code conjunction(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class",          "type",     "alias",
                                           "query_location", "children", NULL };
    const struct gx_json *children = gx_json_get(node, "children");
    struct gx_str type = gx_json_get_str(node, "type", GX_STR(""));
    bool either = gx_str_is(type, "CONJUNCTION_OR");
    GX_TRY(guard_members(w, node, members));
    if ((!either && !gx_str_is(type, "CONJUNCTION_AND")) || !children || children->count == 0)
        return GUARD_REFUSE(w, GX_M_SQL_PART, type);
    gx_buf_addc(&w->out, '(');
    for (const struct gx_json *k = children->first; k; k = k->next) {
        if (k != children->first)
            guard_put(w, either ? " OR " : " AND ");
        GX_TRY(guard_expr(w, k, GUARD_VALUE));
    }
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code between(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class", "type",  "alias", "query_location",
                                           "input", "lower", "upper", NULL };
    GX_TRY(guard_members(w, node, members));
    gx_buf_addc(&w->out, '(');
    GX_TRY(one(w, node, "input"));
    guard_put(w, " BETWEEN ");
    GX_TRY(one(w, node, "lower"));
    guard_put(w, " AND ");
    GX_TRY(one(w, node, "upper"));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code choice(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class",       "type",      "alias", "query_location",
                                           "case_checks", "else_expr", NULL };
    static const char *const check_members[] = { "when_expr", "then_expr", NULL };
    const struct gx_json *checks = gx_json_get(node, "case_checks");
    GX_TRY(guard_members(w, node, members));
    if (!checks || checks->count == 0)
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("CASE"));
    guard_put(w, "CASE");
    for (const struct gx_json *k = checks->first; k; k = k->next) {
        GX_TRY(guard_members(w, k, check_members));
        guard_put(w, " WHEN ");
        GX_TRY(one(w, k, "when_expr"));
        guard_put(w, " THEN ");
        GX_TRY(one(w, k, "then_expr"));
    }
    if (gx_json_get(node, "else_expr")) {
        guard_put(w, " ELSE ");
        GX_TRY(one(w, node, "else_expr"));
    }
    guard_put(w, " END");
    return GX_OK;
}

static enum gx_code cast(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class", "type",      "alias",    "query_location",
                                           "child", "cast_type", "try_cast", NULL };
    GX_TRY(guard_members(w, node, members));
    guard_put(w, "TRY_CAST(");
    GX_TRY(one(w, node, "child"));
    guard_put(w, " AS ");
    GX_TRY(guard_type(w, gx_json_get(node, "cast_type")));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

/* before, between, behind; at least and at most so many children. */
static const struct shape {
    const char *type, *before, *first, *between, *behind;
    size_t min, max;
} shapes[] = {
    { "OPERATOR_NOT", "(NOT ", "", "", ")", 1, 1 },
    { "OPERATOR_IS_NULL", "(", "", "", " IS NULL)", 1, 1 },
    { "OPERATOR_IS_NOT_NULL", "(", "", "", " IS NOT NULL)", 1, 1 },
    { "COMPARE_IN", "(", " IN (", ", ", "))", 2, 2000 },
    { "COMPARE_NOT_IN", "(", " NOT IN (", ", ", "))", 2, 2000 },
    { "OPERATOR_COALESCE", "COALESCE(", ", ", ", ", ")", 1, 50 },
    { "ARRAY_EXTRACT", "(", ")[", "", "]", 2, 2 },
    { "ARRAY_SLICE", "(", ")[", ":", "]", 3, 3 },
    { "GROUPING_FUNCTION", "GROUPING(", ", ", ", ", ")", 1, 20 },
};

static enum gx_code operator_(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class",          "type",     "alias",
                                           "query_location", "children", NULL };
    const struct gx_json *children = gx_json_get(node, "children");
    struct gx_str type = gx_json_get_str(node, "type", GX_STR(""));
    size_t i = 0, n = 0;
    GX_TRY(guard_members(w, node, members));
    while (i < GX_COUNT(shapes) && !gx_str_is(type, shapes[i].type))
        i++;
    if (i == GX_COUNT(shapes) || !children || children->count < shapes[i].min ||
        children->count > shapes[i].max)
        return GUARD_REFUSE(w, GX_M_SQL_PART, type);
    guard_put(w, shapes[i].before);
    for (const struct gx_json *k = children->first; k; k = k->next, n++) {
        if (n > 0)
            guard_put(w, n == 1 ? shapes[i].first : shapes[i].between);
        GX_TRY(guard_expr(w, k, GUARD_VALUE));
    }
    guard_put(w, shapes[i].behind);
    return GX_OK;
}

static enum gx_code subquery(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "class",           "type", "alias", "query_location", "subquery_type", "subquery", "child",
        "comparison_type", NULL
    };
    struct gx_str kind = gx_json_get_str(node, "subquery_type", GX_STR(""));
    bool any = gx_str_is(kind, "ANY"), exists = gx_str_is(kind, "EXISTS");
    GX_TRY(guard_members(w, node, members));
    if (!any && !exists && !gx_str_is(kind, "SCALAR"))
        return GUARD_REFUSE(w, GX_M_SQL_PART, kind);
    guard_put(w, exists ? "(EXISTS (" : "(");
    if (any) {
        struct gx_str type = gx_json_get_str(node, "comparison_type", GX_STR(""));
        const char *sql = word_of(comparisons, 6, type);
        if (!sql)
            return GUARD_REFUSE(w, GX_M_SQL_PART, type);
        GX_TRY(one(w, node, "child"));
        guard_put(w, sql);
        guard_put(w, "ANY (");
    } else if (gx_json_get(node, "child")) {
        return GUARD_REFUSE(w, GX_M_SQL_PART, kind);
    }
    GX_TRY(guard_statement(w, gx_json_get(node, "subquery")));
    guard_put(w, any || exists ? "))" : ")");
    return GX_OK;
}

/* EXCLUDE (a, t.b) */
static enum gx_code star_without(struct walk *w, const struct gx_json *node)
{
    const struct gx_json *plain = gx_json_get(node, "exclude_list"),
                         *dotted = gx_json_get(node, "qualified_exclude_list");
    static const char *const members[] = { "table", "column", NULL };
    bool first = true;
    if (guard_empty(plain) && guard_empty(dotted))
        return GX_OK;
    guard_put(w, " EXCLUDE (");
    for (const struct gx_json *k = plain ? plain->first : NULL; k; k = k->next, first = false) {
        guard_put(w, first ? "" : ", ");
        GX_TRY(guard_name(w, k->text));
    }
    for (const struct gx_json *k = dotted ? dotted->first : NULL; k; k = k->next, first = false) {
        GX_TRY(guard_members(w, k, members));
        guard_put(w, first ? "" : ", ");
        GX_TRY(guard_name(w, gx_json_get_str(k, "table", GX_STR(""))));
        gx_buf_addc(&w->out, '.');
        GX_TRY(guard_name(w, gx_json_get_str(k, "column", GX_STR(""))));
    }
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

/* REPLACE (expression AS a) */
static enum gx_code star_instead(struct walk *w, const struct gx_json *list)
{
    static const char *const members[] = { "key", "value", NULL };
    if (guard_empty(list))
        return GX_OK;
    guard_put(w, " REPLACE (");
    for (const struct gx_json *k = list->first; k; k = k->next) {
        GX_TRY(guard_members(w, k, members));
        guard_put(w, k == list->first ? "" : ", ");
        GX_TRY(one(w, k, "value"));
        guard_put(w, " AS ");
        GX_TRY(guard_name(w, gx_json_get_str(k, "key", GX_STR(""))));
    }
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code star_renamed(struct walk *w, const struct gx_json *list)
{
    static const char *const members[] = { "key", "value", NULL };
    static const char *const key_members[] = { "table", "column", NULL };
    if (guard_empty(list))
        return GX_OK;
    guard_put(w, " RENAME (");
    for (const struct gx_json *k = list->first; k; k = k->next) {
        const struct gx_json *key = gx_json_get(k, "key");
        struct gx_str table = gx_json_get_str(key, "table", GX_STR(""));
        GX_TRY(guard_members(w, k, members));
        if (!key)
            return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("RENAME"));
        GX_TRY(guard_members(w, key, key_members));
        guard_put(w, k == list->first ? "" : ", ");
        if (table.n) {
            GX_TRY(guard_name(w, table));
            gx_buf_addc(&w->out, '.');
        }
        GX_TRY(guard_name(w, gx_json_get_str(key, "column", GX_STR(""))));
        guard_put(w, " AS ");
        GX_TRY(guard_name(w, gx_json_get_str(k, "value", GX_STR(""))));
    }
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code star(struct walk *w, const struct gx_json *node, enum guard_place place)
{
    static const char *const members[] = {
        "class",        "type",         "alias",   "query_location",         "relation_name",
        "exclude_list", "replace_list", "columns", "qualified_exclude_list", "rename_list",
        NULL,
    };
    struct gx_str table = gx_json_get_str(node, "relation_name", GX_STR(""));
    bool columns = gx_json_get_bool(node, "columns", false);
    if (place == GUARD_SORTED && columns && guard_empty(gx_json_get(node, "expr"))) {
        guard_put(w, "ALL");
        return GX_OK;
    }
    if (columns || place != GUARD_SELECTED || !guard_empty(gx_json_get(node, "expr")))
        return GUARD_REFUSE(w, GX_M_SQL_COLUMNS);
    GX_TRY(guard_members(w, node, members));
    w->found->star = true;
    if (table.n) {
        GX_TRY(guard_name(w, table));
        gx_buf_addc(&w->out, '.');
    }
    gx_buf_addc(&w->out, '*');
    GX_TRY(star_without(w, node));
    GX_TRY(star_instead(w, gx_json_get(node, "replace_list")));
    return star_renamed(w, gx_json_get(node, "rename_list"));
}

static enum gx_code position(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "class", "type", "alias", "query_location", "index", NULL
    };
    int64_t index = gx_json_get_int(node, "index", 0);
    GX_TRY(guard_members(w, node, members));
    if (index < 1 || index > 1000)
        return GUARD_REFUSE(w, GX_M_SQL_LITERAL);
    gx_buf_printf(&w->out, "#%d", (int)index);
    return GX_OK;
}

static enum gx_code collate(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "class", "type",      "alias", "query_location",
                                           "child", "collation", NULL };
    static const char *const known[] = { "nocase", "noaccent", "nocase.noaccent", "c", "binary" };
    struct gx_str name = gx_json_get_str(node, "collation", GX_STR(""));
    GX_TRY(guard_members(w, node, members));
    for (size_t i = 0; i < GX_COUNT(known); i++) {
        if (!gx_str_ieq(name, gx_str_c(known[i])))
            continue;
        gx_buf_addc(&w->out, '(');
        GX_TRY(one(w, node, "child"));
        gx_buf_printf(&w->out, " COLLATE %s)", known[i]);
        return GX_OK;
    }
    return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("COLLATE"));
}

static enum gx_code by_class(struct walk *w, const struct gx_json *node, enum guard_place place)
{
    static const struct {
        const char *name;
        enum gx_code (*write)(struct walk *w, const struct gx_json *node);
    } classes[] = {
        { "COLUMN_REF", column },
        { "CONSTANT", constant },
        { "COMPARISON", comparison },
        { "CONJUNCTION", conjunction },
        { "BETWEEN", between },
        { "CASE", choice },
        { "CAST", cast },
        { "OPERATOR", operator_ },
        { "SUBQUERY", subquery },
        { "FUNCTION", guard_call },
        { "WINDOW", guard_window },
        { "POSITIONAL_REFERENCE", position },
        { "COLLATE", collate },
    };
    struct gx_str name = gx_json_get_str(node, "class", GX_STR(""));
    if (gx_str_is(name, "STAR"))
        return star(w, node, place);
    for (size_t i = 0; i < GX_COUNT(classes); i++)
        if (gx_str_is(name, classes[i].name))
            return classes[i].write(w, node);
    if (gx_str_is(name, "PARAMETER"))
        return GUARD_REFUSE(w, GX_M_SQL_PARAMETER);
    if (gx_str_is(name, "LAMBDA"))
        return GUARD_REFUSE(w, GX_M_SQL_LAMBDA);
    return GUARD_REFUSE(w, GX_M_SQL_PART, name);
}

enum gx_code guard_expr(struct walk *w, const struct gx_json *node, enum guard_place place)
{
    struct gx_str alias = gx_json_get_str(node, "alias", GX_STR(""));
    int64_t outer = w->at;
    if (node->kind != GX_JSON_OBJECT)
        return GUARD_REFUSE(w, GX_M_SQL_PART, node->key);
    GX_TRY(guard_enter(w, node));
    GX_TRY(by_class(w, node, place));
    if (alias.n && place == GUARD_SELECTED) {
        guard_put(w, " AS ");
        GX_TRY(guard_name(w, alias));
    } else if (alias.n && !gx_str_is(gx_json_get_str(node, "class", GX_STR("")), "COLUMN_REF")) {
        return GUARD_REFUSE(w, GX_M_SQL_NAMED);
    }
    guard_leave(w);
    w->at = outer;
    return GX_OK;
}
