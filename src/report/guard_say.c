/* guard_say.c - a question in plain words, from the tree that runs; see guard.h. */
#include "base/buf.h"
#include "report/guard.h"

enum { DEPTH_MAX = 12, WORDS_BYTES_MAX = 4000 };

struct say {
    struct gx_buf out;
    struct gx_str (*label)(void *p, struct gx_str table, struct gx_str column);
    void *p;
    const struct gx_json *from; /* of the query that is being told */
    int depth;
    bool zh;
};

static const char *pick(const struct say *s, const char *en, const char *zh)
{
    return s->zh ? zh : en;
}

static void put(struct say *s, const char *en, const char *zh)
{
    gx_buf_addz(&s->out, pick(s, en, zh));
}

static void expr(struct say *s, const struct gx_json *node);
static void query(struct say *s, const struct gx_json *node);

static bool is(const struct gx_json *node, const char *member, const char *value)
{
    return gx_str_is(gx_json_get_str(node, member, GX_STR("")), value);
}

static void list(struct say *s, const struct gx_json *items)
{
    for (const struct gx_json *k = items ? items->first : NULL; k; k = k->next) {
        if (k != items->first)
            put(s, ", ", "、");
        expr(s, k);
    }
}

/* The table that a name before the point stands for: its own name or an alias. */
static struct gx_str table_of(const struct gx_json *from, struct gx_str name)
{
    if (!from)
        return GX_STR("");
    if (is(from, "type", "JOIN")) {
        struct gx_str left = table_of(gx_json_get(from, "left"), name);
        return left.n ? left : table_of(gx_json_get(from, "right"), name);
    }
    struct gx_str table = gx_json_get_str(from, "table_name", GX_STR(""));
    struct gx_str alias = gx_json_get_str(from, "alias", GX_STR(""));
    return gx_str_ieq(alias.n ? alias : table, name) ? table : GX_STR("");
}

static void column(struct say *s, const struct gx_json *node)
{
    const struct gx_json *names = gx_json_get(node, "column_names");
    if (!names || !names->first)
        return;
    struct gx_str name = names->first->text, table = GX_STR("");
    if (names->first->next) {
        table = table_of(s->from, name);
        name = names->first->next->text;
    }
    struct gx_str label = s->label(s->p, table, name);
    gx_buf_add(&s->out, label.n ? label : name);
}

static void constant(struct say *s, const struct gx_json *node)
{
    const struct gx_json *v = gx_json_get(node, "value"), *value = gx_json_get(v, "value");
    const struct gx_json *type = gx_json_get(v, "type");
    int64_t scale = gx_json_get_int(gx_json_get(type, "type_info"), "scale", 0), whole;
    if (!value)
        put(s, "nothing", "空值");
    else if (value->kind == GX_JSON_STRING)
        gx_buf_printf(&s->out, "%s%.*s%s", pick(s, "\"", "「"), GX_STR_ARG(value->text),
                      pick(s, "\"", "」"));
    else if (is(type, "id", "DECIMAL") && scale > 0 && gx_json_int64(value, &whole)) {
        int64_t unit = 1;
        for (int64_t i = 0; i < scale && i < 18; i++)
            unit *= 10;
        gx_buf_printf(&s->out, "%s%lld.%0*lld", whole < 0 ? "-" : "",
                      (long long)(whole < 0 ? -(whole / unit) : whole / unit), (int)scale,
                      (long long)(whole < 0 ? -(whole % unit) : whole % unit));
    } else {
        gx_buf_add(&s->out, value->text);
    }
}

static void comparison(struct say *s, const struct gx_json *node)
{
    static const char *const words[][3] = {
        { "COMPARE_EQUAL", " is ", "等於" },
        { "COMPARE_NOTEQUAL", " is not ", "不等於" },
        { "COMPARE_LESSTHAN", " is less than ", "小於" },
        { "COMPARE_LESSTHANOREQUALTO", " is at most ", "最多為" },
        { "COMPARE_GREATERTHAN", " is more than ", "大於" },
        { "COMPARE_GREATERTHANOREQUALTO", " is at least ", "至少為" },
        { "COMPARE_DISTINCT_FROM", " differs from ", "不同於" },
        { "COMPARE_NOT_DISTINCT_FROM", " is the same as ", "相同於" },
    };
    expr(s, gx_json_get(node, "left"));
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (is(node, "type", words[i][0]))
            put(s, words[i][1], words[i][2]);
    expr(s, gx_json_get(node, "right"));
}

static void conjunction(struct say *s, const struct gx_json *node)
{
    const struct gx_json *children = gx_json_get(node, "children");
    bool either = is(node, "type", "CONJUNCTION_OR");
    put(s, either ? "(" : "", either ? "（" : "");
    for (const struct gx_json *k = children ? children->first : NULL; k; k = k->next) {
        if (k != children->first)
            put(s, either ? " or " : " and ", either ? "，或" : "，且");
        expr(s, k);
    }
    put(s, either ? ")" : "", either ? "）" : "");
}

static void operator_(struct say *s, const struct gx_json *node)
{
    const struct gx_json *children = gx_json_get(node, "children");
    const struct gx_json *first = children ? children->first : NULL;
    bool in = is(node, "type", "COMPARE_IN"), out = is(node, "type", "COMPARE_NOT_IN");
    if (!first)
        return;
    if (is(node, "type", "OPERATOR_NOT")) {
        put(s, "not ", "並非");
        expr(s, first);
    } else if (is(node, "type", "OPERATOR_IS_NULL")) {
        expr(s, first);
        put(s, " is empty", "沒有值");
    } else if (is(node, "type", "OPERATOR_IS_NOT_NULL")) {
        expr(s, first);
        put(s, " is not empty", "有值");
    } else if (in || out) {
        struct gx_json rest = { .kind = GX_JSON_ARRAY, .first = first->next };
        expr(s, first);
        put(s, in ? " is one of " : " is none of ", in ? "是以下之一：" : "不是以下任何一個：");
        list(s, &rest);
    } else {
        list(s, children);
    }
}

static void call(struct say *s, const struct gx_json *node)
{
    static const char *const words[][3] = {
        { "count", "number of ", "的數量" },        { "sum", "sum of ", "的總和" },
        { "avg", "average of ", "的平均" },         { "min", "smallest ", "的最小值" },
        { "max", "largest ", "的最大值" },          { "median", "median of ", "的中位數" },
        { "year", "year of ", "的年份" },           { "month", "month of ", "的月份" },
        { "lower", "small letters of ", "的小寫" }, { "length", "length of ", "的長度" },
    };
    static const char *const likes[][3] = {
        { "~~", " looks like ", "符合樣式" },
        { "!~~", " does not look like ", "不符合樣式" },
        { "~~*", " looks like ", "符合樣式" },
        { "!~~*", " does not look like ", "不符合樣式" },
    };
    struct gx_str name = gx_json_get_str(node, "function_name", GX_STR(""));
    const struct gx_json *children = gx_json_get(node, "children");
    if (gx_str_is(name, "count_star")) {
        put(s, "number of records", "筆數");
        return;
    }
    if (gx_json_get_bool(node, "is_operator", false) && children && children->count == 2) {
        const char *word = NULL;
        for (size_t i = 0; i < GX_COUNT(likes); i++)
            if (gx_str_is(name, likes[i][0]))
                word = pick(s, likes[i][1], likes[i][2]);
        expr(s, children->first);
        if (word)
            gx_buf_addz(&s->out, word);
        else
            gx_buf_printf(&s->out, " %.*s ", GX_STR_ARG(name));
        expr(s, children->first->next);
        return;
    }
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(name, words[i][0])) {
            put(s, words[i][1], "");
            put(s, gx_json_get_bool(node, "distinct", false) ? "different " : "",
                gx_json_get_bool(node, "distinct", false) ? "不同的" : "");
            list(s, children);
            put(s, "", words[i][2]);
            return;
        }
    gx_buf_printf(&s->out, "%.*s(", GX_STR_ARG(name));
    list(s, children);
    gx_buf_addc(&s->out, ')');
}

static void window(struct say *s, const struct gx_json *node)
{
    const struct gx_json *parts = gx_json_get(node, "partitions");
    call(s, node);
    if (parts && parts->count) {
        put(s, " for each ", "（依");
        list(s, parts);
        put(s, "", "分別計算）");
    }
}

static void between(struct say *s, const struct gx_json *node)
{
    expr(s, gx_json_get(node, "input"));
    put(s, " is between ", "介於");
    expr(s, gx_json_get(node, "lower"));
    put(s, " and ", "與");
    expr(s, gx_json_get(node, "upper"));
    put(s, "", "之間");
}

static void expr(struct say *s, const struct gx_json *node)
{
    static const struct {
        const char *class;
        void (*tell)(struct say *s, const struct gx_json *node);
    } classes[] = {
        { "COLUMN_REF", column },       { "CONSTANT", constant },  { "COMPARISON", comparison },
        { "CONJUNCTION", conjunction }, { "OPERATOR", operator_ }, { "FUNCTION", call },
        { "WINDOW", window },           { "BETWEEN", between },
    };
    if (!node || ++s->depth > DEPTH_MAX) {
        put(s, "…", "…");
        s->depth -= node != NULL;
        return;
    }
    if (is(node, "class", "CAST"))
        expr(s, gx_json_get(node, "child"));
    else if (is(node, "class", "STAR"))
        put(s, "all columns", "所有欄位");
    else if (is(node, "class", "SUBQUERY"))
        put(s, "the answer to another question", "另一個查詢的結果");
    else if (is(node, "class", "CASE"))
        put(s, "a value by cases", "依條件決定的值");
    for (size_t i = 0; i < GX_COUNT(classes); i++)
        if (is(node, "class", classes[i].class))
            classes[i].tell(s, node);
    s->depth--;
}

static void tables(struct say *s, const struct gx_json *ref)
{
    if (!ref)
        return;
    if (is(ref, "type", "JOIN")) {
        tables(s, gx_json_get(ref, "left"));
        put(s,
            is(ref, "join_type", "LEFT") ? ", and where there are any their "
                                         : " together with their ",
            is(ref, "join_type", "LEFT") ? "（以及可能有的）" : "與相關的");
        tables(s, gx_json_get(ref, "right"));
    } else if (is(ref, "type", "BASE_TABLE")) {
        struct gx_str name = gx_json_get_str(ref, "table_name", GX_STR(""));
        struct gx_str label = s->label(s->p, name, GX_STR(""));
        gx_buf_add(&s->out, label.n ? label : name);
    } else {
        put(s, "the answer to another question", "另一個查詢的結果");
    }
}

/* The position of a column, "GROUP BY 1", as what stands there. */
static const struct gx_json *meant(const struct gx_json *node, const struct gx_json *selected)
{
    int64_t n = gx_json_get_int(gx_json_get(node, "value"), "value", 0);
    const struct gx_json *k = selected ? selected->first : NULL;
    if (!is(node, "class", "CONSTANT") || n < 1)
        return node;
    while (k && --n > 0)
        k = k->next;
    return k ? k : node;
}

static void orders_and_limit(struct say *s, const struct gx_json *node)
{
    const struct gx_json *mods = gx_json_get(node, "modifiers"),
                         *selected = gx_json_get(node, "select_list");
    for (const struct gx_json *k = mods ? mods->first : NULL; k; k = k->next) {
        const struct gx_json *order = gx_json_get(k, "orders");
        if (is(k, "type", "ORDER_MODIFIER") && order && order->first) {
            put(s, " Sorts by ", "依");
            for (const struct gx_json *o = order->first; o; o = o->next) {
                put(s, o == order->first ? "" : ", then ", o == order->first ? "" : "、");
                expr(s, meant(gx_json_get(o, "expression"), selected));
                if (is(o, "type", "DESCENDING"))
                    put(s, ", largest first", "由大到小");
            }
            put(s, ".", "排序。");
        }
        if (is(k, "type", "LIMIT_MODIFIER") && gx_json_get(k, "limit")) {
            put(s, " Shows at most ", "最多顯示 ");
            expr(s, gx_json_get(k, "limit"));
            put(s, " rows.", " 列。");
        }
    }
}

static void select(struct say *s, const struct gx_json *node)
{
    const struct gx_json *from = gx_json_get(node, "from_table"),
                         *where = gx_json_get(node, "where_clause"),
                         *groups = gx_json_get(node, "group_expressions"),
                         *having = gx_json_get(node, "having"),
                         *selected = gx_json_get(node, "select_list");
    s->from = from;
    if (from && !is(from, "type", "EMPTY")) {
        put(s, "Takes ", "取出");
        tables(s, from);
        put(s, ".", "。");
    }
    if (where) {
        put(s, " Keeps those where ", "只保留");
        expr(s, where);
        put(s, ".", "的資料。");
    }
    if (groups && groups->first) {
        put(s, " Puts together those with the same ", "依");
        for (const struct gx_json *k = groups->first; k; k = k->next) {
            put(s, k == groups->first ? "" : ", ", k == groups->first ? "" : "、");
            expr(s, meant(k, selected));
        }
        put(s, ".", "分組。");
    }
    if (having) {
        put(s, " Keeps groups where ", "只保留");
        expr(s, having);
        put(s, ".", "的組別。");
    }
    put(s, " Shows ", "顯示");
    list(s, selected);
    put(s, ".", "。");
    orders_and_limit(s, node);
}

static void query(struct say *s, const struct gx_json *node)
{
    const struct gx_json *map = gx_json_get(gx_json_get(node, "cte_map"), "map");
    while (is(node, "type", "CTE_NODE"))
        node = gx_json_get(node, "child");
    if (map && map->count && is(node, "type", "SELECT_NODE")) {
        gx_buf_printf(&s->out, "%s%d%s",
                      pick(s, "First works out intermediate answers: ", "先計算中間結果 "),
                      (int)map->count, pick(s, ". ", " 個。"));
    }
    if (is(node, "type", "SELECT_NODE")) {
        select(s, node);
    } else if (is(node, "type", "SET_OPERATION_NODE")) {
        query(s, gx_json_get(node, "left"));
        put(s,
            is(node, "setop_type", "EXCEPT")      ? " Leaves out what this gives: "
            : is(node, "setop_type", "INTERSECT") ? " Keeps only what this gives too: "
                                                  : " Adds what this gives: ",
            is(node, "setop_type", "EXCEPT")      ? "再扣除以下結果："
            : is(node, "setop_type", "INTERSECT") ? "只保留同時出現在以下結果的資料："
                                                  : "再加上以下結果：");
        query(s, gx_json_get(node, "right"));
        orders_and_limit(s, node);
    }
}

enum gx_code gx_guard_say(struct gx_ctx *ctx, struct gx_str tree,
                          struct gx_str (*label)(void *p, struct gx_str table,
                                                 struct gx_str column),
                          void *p, struct gx_str *ret_text)
{
    struct say s = { .label = label, .p = p, .zh = ctx->lang == GX_LANG_ZH_HANT };
    struct gx_json *root;
    s.out.max = WORDS_BYTES_MAX;
    GX_TRY(gx_json_read_deep(ctx, tree, GX_GUARD_JSON_DEPTH_MAX, &root));
    const struct gx_json *statements = gx_json_get(root, "statements");
    if (statements && statements->first)
        query(&s, gx_json_get(statements->first, "node"));
    *ret_text = gx_arena_str(ctx->arena, gx_str_trim(gx_buf_str(&s.out)));
    gx_buf_free(&s.out);
    return GX_OK;
}
