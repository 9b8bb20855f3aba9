/* guard_call.c - functions, operators written as such, windows. */
#include "base/text.h"
#include "report/guard_int.h"

enum kind { SCALAR = 1, TOTAL = 2, WINDOW = 4, TABLE = 8, GROWS = 16 };

static const struct function {
    const char *name;
    int kind;
} functions[] = {
#define GX_SQL_FN(name, kind) { name, kind },
#include "report/guard_fn.def"
#undef GX_SQL_FN
};

const char *const gx_guard_functions[] = {
#define GX_SQL_FN(name, kind) name,
#include "report/guard_fn.def"
#undef GX_SQL_FN
    NULL
};

static const struct function *function_of(struct gx_str name)
{
    for (size_t i = 0; i < GX_COUNT(functions); i++)
        if (gx_str_ieq(name, gx_str_c(functions[i].name)))
            return &functions[i];
    return NULL;
}

static enum gx_code no_such(struct walk *w, struct gx_str name)
{
    enum { ALIKE = 600 };
    int best = ALIKE;
    const char *near = NULL;
    for (size_t i = 0; i < GX_COUNT(functions); i++) {
        int score = gx_text_near(gx_str_c(functions[i].name), name);
        if (score > best) {
            best = score;
            near = functions[i].name;
        }
    }
    if (near)
        return GUARD_REFUSE(w, GX_M_SQL_FUNCTION_NEAR, name, gx_str_c(near));
    return GUARD_REFUSE(w, GX_M_SQL_FUNCTION, name);
}

/* The same function of another schema is another function. */
static enum gx_code find(struct walk *w, const struct gx_json *node, int kinds,
                         const struct function **ret)
{
    struct gx_str name = gx_json_get_str(node, "function_name", GX_STR(""));
    struct gx_str schema = gx_json_get_str(node, "schema", GX_STR(""));
    bool elsewhere =
        (schema.n && !gx_str_is(schema, "main")) || gx_json_get_str(node, "catalog", GX_STR("")).n;
    *ret = elsewhere ? NULL : function_of(name);
    return *ret && ((*ret)->kind & kinds) ? GX_OK : no_such(w, name);
}

/* repeat(x, n), lpad(x, n, y): the second is a small number, and nothing inside grows as well. */
static enum gx_code check_growth(struct walk *w, const struct gx_json *children)
{
    const struct gx_json *second = children && children->first ? children->first->next : NULL;
    int64_t n = gx_json_get_int(gx_json_get(second, "value"), "value", -1);
    if (n < 0 || n > GX_GUARD_GROWTH_MAX || w->growing)
        return GUARD_REFUSE(w, GX_M_SQL_GROWTH);
    return GX_OK;
}

static enum gx_code infix(struct walk *w, struct gx_str name, const struct gx_json *children)
{
    static const char *const known[] = { "+",  "-",  "*",   "/",   "//",   "%",   "||", "^",
                                         "**", "~~", "!~~", "~~*", "!~~*", "~~~", NULL };
    size_t i = 0;
    while (known[i] && !gx_str_is(name, known[i]))
        i++;
    size_t count = children ? children->count : 0;
    if (!known[i] || count < 1 || count > 2 || (count == 1 && i > 1))
        return no_such(w, name);
    gx_buf_addc(&w->out, '(');
    if (count == 2)
        GX_TRY(guard_expr(w, children->first, GUARD_VALUE));
    gx_buf_printf(&w->out, " %s ", known[i]);
    GX_TRY(guard_expr(w, count == 2 ? children->first->next : children->first, GUARD_VALUE));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

static enum gx_code arguments(struct walk *w, const struct gx_json *node,
                              const struct function *function)
{
    const struct gx_json *children = gx_json_get(node, "children");
    bool grows = function->kind & GROWS;
    if (grows)
        GX_TRY(check_growth(w, children));
    w->growing += grows;
    /* POSITION(x IN y) has a form of its own; strpos() is the same with commas. */
    const char *name = strcmp(function->name, "position") == 0 ? "strpos" : function->name;
    gx_buf_printf(&w->out, "%s(%s", name,
                  gx_json_get_bool(node, "distinct", false) ? "DISTINCT " : "");
    GX_TRY(guard_list(w, children));
    w->growing -= grows;
    return GX_OK;
}

static bool is_clock(struct gx_str name)
{
    static const char *const names[] = { "now",
                                         "today",
                                         "current_date",
                                         "current_timestamp",
                                         "get_current_timestamp",
                                         "transaction_timestamp" };
    for (size_t i = 0; i < GX_COUNT(names); i++)
        if (gx_str_ieq(name, gx_str_c(names[i])))
            return true;
    return false;
}

/* now() is the column-like word: guard_expr.c writes the moment of the question. */
static enum gx_code clock(struct walk *w, struct gx_str name)
{
    struct gx_json text = { .kind = GX_JSON_STRING, .text = name };
    struct gx_json names = {
        .kind = GX_JSON_ARRAY, .key = GX_STR("column_names"), .first = &text, .count = 1
    };
    struct gx_json class = {
        .kind = GX_JSON_STRING, .key = GX_STR("class"), .text = GX_STR("COLUMN_REF"), .next = &names
    };
    struct gx_json node = { .kind = GX_JSON_OBJECT, .first = &class, .count = 2 };
    return guard_expr(w, &node, GUARD_VALUE);
}

enum gx_code guard_call(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "class",    "type",   "alias",     "query_location", "function_name", "schema", "catalog",
        "children", "filter", "order_bys", "distinct",       "is_operator",   NULL,
    };
    const struct gx_json *children = gx_json_get(node, "children"),
                         *filter = gx_json_get(node, "filter"),
                         *orders = gx_json_get(gx_json_get(node, "order_bys"), "orders");
    struct gx_str name = gx_json_get_str(node, "function_name", GX_STR(""));
    const struct function *function;
    GX_TRY(guard_members(w, node, members));
    if (gx_json_get_bool(node, "is_operator", false))
        return infix(w, name, children);
    if (is_clock(name) && guard_empty(children))
        return clock(w, name);
    GX_TRY(find(w, node, SCALAR | TOTAL, &function));
    bool total = function->kind & TOTAL;
    if (!total && (filter || !guard_empty(orders) || gx_json_get_bool(node, "distinct", false)))
        return GUARD_REFUSE(w, GX_M_SQL_NOT_TOTAL, name);
    GX_TRY(arguments(w, node, function));
    if (!guard_empty(orders)) {
        guard_put(w, " ORDER BY ");
        GX_TRY(guard_orders(w, orders));
    }
    gx_buf_addc(&w->out, ')');
    if (filter) {
        guard_put(w, " FILTER (WHERE ");
        GX_TRY(guard_expr(w, filter, GUARD_VALUE));
        gx_buf_addc(&w->out, ')');
    }
    return GX_OK;
}

enum gx_code guard_table_call(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "class",  "type",    "alias",    "query_location", "function_name",
        "schema", "catalog", "children", "order_bys",      NULL,
    };
    const struct function *function;
    if (!node || !gx_str_is(gx_json_get_str(node, "class", GX_STR("")), "FUNCTION"))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("TABLE_FUNCTION"));
    GX_TRY(guard_enter(w, node));
    GX_TRY(find(w, node, TABLE, &function));
    GX_TRY(guard_members(w, node, members));
    if (!guard_empty(gx_json_get(gx_json_get(node, "order_bys"), "orders")))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("ORDER BY"));
    GX_TRY(arguments(w, node, function));
    gx_buf_addc(&w->out, ')');
    guard_leave(w);
    return GX_OK;
}

/* --- windows */

struct edge {
    const char *name, *unit, *sql;
};

static const struct edge edges[] = {
    { "UNBOUNDED_PRECEDING", NULL, "UNBOUNDED PRECEDING" },
    { "UNBOUNDED_FOLLOWING", NULL, "UNBOUNDED FOLLOWING" },
    { "CURRENT_ROW_RANGE", "RANGE", "CURRENT ROW" },
    { "CURRENT_ROW_ROWS", "ROWS", "CURRENT ROW" },
    { "CURRENT_ROW_GROUPS", "GROUPS", "CURRENT ROW" },
    { "EXPR_PRECEDING_ROWS", "ROWS", "PRECEDING" },
    { "EXPR_FOLLOWING_ROWS", "ROWS", "FOLLOWING" },
    { "EXPR_PRECEDING_RANGE", "RANGE", "PRECEDING" },
    { "EXPR_FOLLOWING_RANGE", "RANGE", "FOLLOWING" },
    { "EXPR_PRECEDING_GROUPS", "GROUPS", "PRECEDING" },
    { "EXPR_FOLLOWING_GROUPS", "GROUPS", "FOLLOWING" },
};

static const struct edge *edge_of(const struct gx_json *node, const char *member)
{
    struct gx_str name = gx_json_get_str(node, member, GX_STR(""));
    for (size_t i = 0; i < GX_COUNT(edges); i++)
        if (gx_str_is(name, edges[i].name))
            return &edges[i];
    return NULL;
}

static enum gx_code put_edge(struct walk *w, const struct edge *edge, const struct gx_json *expr)
{
    bool needs = gx_str_starts(gx_str_c(edge->name), GX_STR("EXPR"));
    if (needs != (expr != NULL))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("OVER"));
    if (expr) {
        GX_TRY(guard_expr(w, expr, GUARD_VALUE));
        gx_buf_addc(&w->out, ' ');
    }
    guard_put(w, edge->sql);
    return GX_OK;
}

static enum gx_code frame(struct walk *w, const struct gx_json *node)
{
    static const char *const outs[][2] = { { "NO_OTHER", "" },
                                           { "CURRENT_ROW", " EXCLUDE CURRENT ROW" },
                                           { "GROUP", " EXCLUDE GROUP" },
                                           { "TIES", " EXCLUDE TIES" } };
    const struct edge *start = edge_of(node, "start"), *end = edge_of(node, "end");
    struct gx_str out = gx_json_get_str(node, "exclude_clause", GX_STR("NO_OTHER"));
    size_t i = 0;
    while (i < GX_COUNT(outs) && !gx_str_is(out, outs[i][0]))
        i++;
    if (!start || !end || i == GX_COUNT(outs))
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("OVER"));
    const char *unit = start->unit ? start->unit : end->unit ? end->unit : "ROWS";
    if (start->unit && end->unit && strcmp(start->unit, end->unit) != 0)
        return GUARD_REFUSE(w, GX_M_SQL_PART, GX_STR("OVER"));
    gx_buf_printf(&w->out, " %s BETWEEN ", unit);
    GX_TRY(put_edge(w, start, gx_json_get(node, "start_expr")));
    guard_put(w, " AND ");
    GX_TRY(put_edge(w, end, gx_json_get(node, "end_expr")));
    guard_put(w, outs[i][1]);
    return GX_OK;
}

static enum gx_code over(struct walk *w, const struct gx_json *node)
{
    const struct gx_json *parts = gx_json_get(node, "partitions"),
                         *orders = gx_json_get(node, "orders");
    guard_put(w, " OVER (");
    if (!guard_empty(parts)) {
        guard_put(w, "PARTITION BY ");
        GX_TRY(guard_list(w, parts));
    }
    if (!guard_empty(orders)) {
        guard_put(w, " ORDER BY ");
        GX_TRY(guard_orders(w, orders));
    }
    GX_TRY(frame(w, node));
    gx_buf_addc(&w->out, ')');
    return GX_OK;
}

/* lag(x, offset, otherwise) has its arguments in three places. */
static enum gx_code more_arguments(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = { "offset_expr", "default_expr" };
    for (size_t i = 0; i < GX_COUNT(members); i++)
        if (gx_json_get(node, members[i])) {
            guard_put(w, ", ");
            GX_TRY(guard_expr(w, gx_json_get(node, members[i]), GUARD_VALUE));
        }
    return GX_OK;
}

enum gx_code guard_window(struct walk *w, const struct gx_json *node)
{
    static const char *const members[] = {
        "class",        "type",         "alias",       "query_location", "function_name",
        "schema",       "catalog",      "children",    "partitions",     "orders",
        "start",        "end",          "start_expr",  "end_expr",       "offset_expr",
        "default_expr", "ignore_nulls", "filter_expr", "exclude_clause", "distinct",
        "arg_orders",   NULL,
    };
    const struct gx_json *filter = gx_json_get(node, "filter_expr"),
                         *orders = gx_json_get(node, "arg_orders");
    const struct function *function;
    GX_TRY(guard_members(w, node, members));
    GX_TRY(find(w, node, TOTAL | WINDOW, &function));
    GX_TRY(arguments(w, node, function));
    GX_TRY(more_arguments(w, node));
    if (!guard_empty(orders)) {
        guard_put(w, " ORDER BY ");
        GX_TRY(guard_orders(w, orders));
    }
    guard_put(w, gx_json_get_bool(node, "ignore_nulls", false) ? " IGNORE NULLS)" : ")");
    if (filter) {
        guard_put(w, " FILTER (WHERE ");
        GX_TRY(guard_expr(w, filter, GUARD_VALUE));
        gx_buf_addc(&w->out, ')');
    }
    return over(w, node);
}
