/*
 * expr_call.c - the functions of the language: how many values each takes and of what type.
 *
 * docs/EXPRESSIONS.md has the same table for people; a test compares the names.
 */
#include "expr/expr_int.h"

#include "base/decimal.h"
#include "base/text.h"
#include "base/time.h"

enum call {
    CALL_TODAY,
    CALL_NOW,
    CALL_YEAR,
    CALL_QUARTER,
    CALL_MONTH,
    CALL_DAY,
    CALL_WEEKDAY,
    CALL_DATE,
    CALL_DAYS,
    CALL_HOURS,
    CALL_MINUTES,
    CALL_ABS,
    CALL_ROUND,
    CALL_FLOOR,
    CALL_CEIL,
    CALL_COALESCE,
    CALL_IF,
    CALL_LENGTH,
    CALL_LOWER,
    CALL_UPPER,
    CALL_TRIM,
    CALL_LEFT,
    CALL_RIGHT,
    CALL_VALID_TAX_ID,
    CALL_CONCAT,
    CALL_TEXT,
    CALL_HAS,
    CALL_MIN,
    CALL_MAX,
    CALL_COUNT,
    CALL_SUM,
    CALL_AVG,
    CALL_ANY,
    CALL_ALL,
};

struct call_def {
    const char *name;
    size_t min, max;
};

static const struct call_def calls[] = {
    [CALL_TODAY] = { "today", 0, 0 },     [CALL_NOW] = { "now", 0, 0 },
    [CALL_YEAR] = { "year", 1, 1 },       [CALL_QUARTER] = { "quarter", 1, 1 },
    [CALL_MONTH] = { "month", 1, 1 },     [CALL_DAY] = { "day", 1, 1 },
    [CALL_WEEKDAY] = { "weekday", 1, 1 }, [CALL_DATE] = { "date", 1, 1 },
    [CALL_DAYS] = { "days", 1, 1 },       [CALL_HOURS] = { "hours", 1, 1 },
    [CALL_MINUTES] = { "minutes", 1, 1 }, [CALL_ABS] = { "abs", 1, 1 },
    [CALL_ROUND] = { "round", 1, 2 },     [CALL_FLOOR] = { "floor", 1, 1 },
    [CALL_CEIL] = { "ceil", 1, 1 },       [CALL_COALESCE] = { "coalesce", 2, 100 },
    [CALL_IF] = { "if", 3, 3 },           [CALL_LENGTH] = { "length", 1, 1 },
    [CALL_LOWER] = { "lower", 1, 1 },     [CALL_UPPER] = { "upper", 1, 1 },
    [CALL_TRIM] = { "trim", 1, 1 },       [CALL_LEFT] = { "left", 2, 2 },
    [CALL_RIGHT] = { "right", 2, 2 },     [CALL_VALID_TAX_ID] = { "valid_tax_id", 1, 1 },
    [CALL_CONCAT] = { "concat", 1, 100 }, [CALL_TEXT] = { "text", 1, 1 },
    [CALL_HAS] = { "has", 2, 100 },       [CALL_MIN] = { "min", 1, 100 },
    [CALL_MAX] = { "max", 1, 100 },       [CALL_COUNT] = { "count", 1, 1 },
    [CALL_SUM] = { "sum", 1, 1 },         [CALL_AVG] = { "avg", 1, 1 },
    [CALL_ANY] = { "any", 1, 1 },         [CALL_ALL] = { "all", 1, 1 },
};

size_t gx_expr_call_count(void)
{
    return GX_COUNT(calls);
}

const char *gx_expr_call_name(size_t i)
{
    return calls[i].name;
}

static enum gx_code fail_unknown(struct parser *p, const struct node *node, struct gx_str name)
{
    struct gx_str nearest = GX_STR("");
    int best = 499;
    for (size_t i = 0; i < GX_COUNT(calls); i++) {
        int near = gx_text_near(name, gx_str_c(calls[i].name));
        if (near <= best)
            continue;
        best = near;
        nearest = gx_str_c(calls[i].name);
    }
    enum gx_message message = best < 500 ? GX_M_EXPR_FUNCTION : GX_M_EXPR_FUNCTION_NEAR;
    return gx_expr_fail(p, node->at, message, name, nearest);
}

/* The call becomes a node of `kind` with the same kids. */
static enum gx_code become(struct parser *p, struct node *node, enum node_kind kind, int type)
{
    node->kind = kind;
    node->type = type;
    return gx_expr_finish(p, node);
}

static enum gx_code fn_call(struct parser *p, struct node **node, enum fn fn, int type, int scale)
{
    struct node *n = *node;
    struct gx_str name = n->names[0];
    size_t at = n->at;
    GX_TRY(gx_expr_fn_node(p, fn, type, scale, n->kids[0], n->count > 1 ? n->kids[1] : NULL, node));
    (*node)->name = name;
    (*node)->at = at;
    return GX_OK;
}

static enum gx_code with_params(struct node *node, int64_t a, int64_t b, int64_t c, int count)
{
    node->params[0] = a;
    node->params[1] = b;
    node->params[2] = c;
    node->param_count = count;
    return GX_OK;
}

static enum gx_code call_date(struct parser *p, struct node **node, enum call call)
{
    static const enum date_part parts[] = {
        [CALL_YEAR] = PART_YEAR, [CALL_QUARTER] = PART_QUARTER, [CALL_MONTH] = PART_MONTH,
        [CALL_DAY] = PART_DAY,   [CALL_WEEKDAY] = PART_WEEKDAY,
    };
    struct node *n = *node;
    GX_TRY(gx_expr_to_date(p, &n->kids[0]));
    if (call == CALL_DATE) {
        *node = n->kids[0];
        if ((*node)->implicit) {
            (*node)->implicit = false;
            (*node)->name = n->names[0];
        }
        return GX_OK;
    }
    GX_TRY(fn_call(p, node, FN_DATE_PART, GX_TYPE_NUMBER, 0));
    return with_params(*node, (int64_t)parts[call], 0, 0, 1);
}

static enum gx_code call_duration(struct parser *p, struct node **node, enum call call)
{
    int64_t unit = call == CALL_DAYS ? GX_DAY_US : call == CALL_HOURS ? GX_HOUR_US : GX_MINUTE_US;
    if ((*node)->kids[0]->type != GX_TYPE_DURATION)
        return gx_expr_fail_type(p, (*node)->kids[0], GX_TYPE_DURATION);
    GX_TRY(fn_call(p, node, FN_WHOLE, GX_TYPE_NUMBER, 0));
    return with_params(*node, unit, 0, 0, 1);
}

/* round(x, n), floor(x), ceil(x); n is written out, because the type depends on it. */
static enum gx_code call_round(struct parser *p, struct node **node, enum call call)
{
    struct node *n = *node, *x = n->kids[0];
    int digits = 0;
    if (x->type != GX_TYPE_NUMBER && x->type != GX_TYPE_MONEY)
        return gx_expr_fail_type(p, x, GX_TYPE_NUMBER);
    if (n->count == 2) {
        const struct node *arg = n->kids[1];
        if (arg->kind != N_CONST || arg->type != GX_TYPE_NUMBER || arg->scale ||
            arg->value.i < -GX_DECIMAL_SCALE_MAX || arg->value.i > GX_DECIMAL_SCALE_MAX)
            return gx_expr_fail(p, arg->at, GX_M_EXPR_DIGITS, GX_STR(""), GX_STR(""));
        digits = (int)arg->value.i;
        n->count = 1;
    }
    int drop = x->scale > digits ? x->scale - digits : 0;
    int scale = x->type == GX_TYPE_MONEY || !drop ? x->scale : digits > 0 ? digits : 0;
    int add = drop ? scale - digits : 0;
    enum round_mode mode = call == CALL_ROUND   ? ROUND_HALF_AWAY
                           : call == CALL_FLOOR ? ROUND_FLOOR
                                                : ROUND_CEIL;
    GX_TRY(fn_call(p, node, FN_ROUND, x->type, scale));
    (*node)->shift = digits;
    return with_params(*node, drop, add, (int64_t)mode, 3);
}

static enum gx_code call_abs(struct parser *p, struct node **node)
{
    const struct node *x = (*node)->kids[0];
    if (x->type != GX_TYPE_NUMBER && x->type != GX_TYPE_MONEY && x->type != GX_TYPE_DURATION)
        return gx_expr_fail_type(p, x, GX_TYPE_NUMBER);
    return fn_call(p, node, FN_ABS, x->type, x->scale);
}

static enum gx_code call_text(struct parser *p, struct node **node, enum call call)
{
    static const enum fn fns[] = {
        [CALL_LENGTH] = FN_LENGTH,       [CALL_LOWER] = FN_LOWER, [CALL_UPPER] = FN_UPPER,
        [CALL_TRIM] = FN_TRIM,           [CALL_LEFT] = FN_LEFT,   [CALL_RIGHT] = FN_RIGHT,
        [CALL_VALID_TAX_ID] = FN_TAX_ID,
    };
    struct node *n = *node;
    GX_TRY(gx_expr_to_text(p, &n->kids[0]));
    if (call == CALL_TEXT) {
        struct gx_str name = n->names[0];
        *node = n->kids[0];
        if ((*node)->implicit) {
            (*node)->implicit = false;
            (*node)->name = name;
        }
        return GX_OK;
    }
    if (call == CALL_LEFT || call == CALL_RIGHT) {
        if (n->kids[1]->type != GX_TYPE_NUMBER)
            return gx_expr_fail_type(p, n->kids[1], GX_TYPE_NUMBER);
        GX_TRY(gx_expr_to_scale(p, &n->kids[1], GX_TYPE_NUMBER, 0));
    }
    enum gx_type type = call == CALL_LENGTH         ? GX_TYPE_NUMBER
                        : call == CALL_VALID_TAX_ID ? GX_TYPE_BOOL
                                                    : GX_TYPE_TEXT;
    return fn_call(p, node, fns[call], (int)type, 0);
}

static enum gx_code call_unified(struct parser *p, struct node **node, enum call call)
{
    struct node *n = *node;
    if (call == CALL_IF && n->kids[0]->type != GX_TYPE_BOOL)
        return gx_expr_fail_type(p, n->kids[0], GX_TYPE_BOOL);
    GX_TRY(gx_expr_unify(p, n, call == CALL_IF));
    if (call == CALL_IF)
        return become(p, n, N_IF, n->type);
    if (n->type == GX_TYPE_BOOL)
        return gx_expr_fail(p, n->at, GX_M_EXPR_NEVER_EMPTY, GX_STR(""), GX_STR(""));
    if (call == CALL_COALESCE)
        return become(p, n, N_COALESCE, n->type);
    bool ordered = n->type == GX_TYPE_NUMBER || n->type == GX_TYPE_MONEY ||
                   n->type == GX_TYPE_DATE || n->type == GX_TYPE_MOMENT ||
                   n->type == GX_TYPE_DURATION;
    if (!ordered)
        return gx_expr_fail(p, n->at, GX_M_EXPR_NO_ORDER, gx_str_c(gx_expr_type_name(p, n->type)),
                            GX_STR(""));
    return become(p, n, call == CALL_MIN ? N_MIN : N_MAX, n->type);
}

/* has(field of several choices, code, …) */
static enum gx_code call_has(struct parser *p, const struct check_scope *scope, struct node *n)
{
    GX_TRY(gx_expr_check(p, scope, &n->kids[0]));
    struct node *field = n->kids[0];
    if (field->kind != N_FIELD || field->type != GX_TYPE_CHOICES || field->field->formula)
        return gx_expr_fail_type(p, field, GX_TYPE_CHOICES);
    for (size_t i = 1; i < n->count; i++) {
        GX_TRY(gx_expr_check(p, scope, &n->kids[i]));
        if (n->kids[i]->kind != N_CONST || n->kids[i]->type != GX_TYPE_TEXT)
            return gx_expr_fail_type(p, n->kids[i], GX_TYPE_CHOICE);
        GX_TRY(gx_expr_adapt(p, n->kids[i], field));
    }
    return become(p, n, N_HAS, GX_TYPE_BOOL);
}

/* has(links, id, …) is any(links: id in (id, …)). */
static enum gx_code call_has_link(struct parser *p, const struct check_scope *scope,
                                  struct node **node)
{
    struct node *n = *node, *cond, *id;
    for (size_t i = 1; i < n->count; i++) {
        const struct node *arg = n->kids[i];
        bool me = arg->kind == N_NAME && arg->name_count == 1 && gx_str_is(arg->names[0], "me");
        if (!me && (arg->kind != N_CONST || arg->type != GX_TYPE_TEXT))
            return gx_expr_fail(p, arg->at, GX_M_EXPR_ID, GX_STR(""), GX_STR(""));
    }
    GX_TRY(gx_expr_node_new(p, N_NAME, n->at, 0, &id));
    struct gx_str *names = GX_ARENA_NEW(p->arena, struct gx_str);
    *names = GX_STR("id");
    id->names = names;
    id->name_count = 1;
    GX_TRY(gx_expr_node_new(p, n->count == 2 ? N_COMPARE : N_IN, n->at, n->count, &cond));
    cond->op = n->count == 2 ? OP_EQ : OP_NONE;
    memcpy(cond->kids, n->kids, n->count * sizeof *cond->kids);
    cond->kids[0] = id;
    n->count = 1;
    n->cond = cond;
    return gx_expr_check_aggregate(p, scope, AGGREGATE_ANY, node);
}

static enum gx_code call_simple(struct parser *p, struct node **node, enum call call)
{
    switch (call) {
    case CALL_TODAY:
        return become(p, *node, N_TODAY, GX_TYPE_DATE);
    case CALL_NOW:
        return become(p, *node, N_NOW, GX_TYPE_MOMENT);
    case CALL_DAYS:
    case CALL_HOURS:
    case CALL_MINUTES:
        return call_duration(p, node, call);
    case CALL_ABS:
        return call_abs(p, node);
    case CALL_ROUND:
    case CALL_FLOOR:
    case CALL_CEIL:
        return call_round(p, node, call);
    case CALL_COALESCE:
    case CALL_IF:
    case CALL_MIN:
    case CALL_MAX:
        return call_unified(p, node, call);
    case CALL_CONCAT:
        (*node)->kind = N_CONCAT;
        return gx_expr_check_concat(p, node);
    default:
        return call <= CALL_DATE ? call_date(p, node, call) : call_text(p, node, call);
    }
}

static enum gx_code check_count(struct parser *p, const struct node *node, enum call call)
{
    const struct call_def *def = &calls[call];
    if (node->count >= def->min && node->count <= def->max)
        return GX_OK;
    struct gx_str wanted = def->min == def->max
                               ? gx_arena_printf(p->ctx->arena, "%zu", def->min)
                               : gx_arena_printf(p->ctx->arena, "%zu–%zu", def->min, def->max);
    return gx_expr_fail(p, node->at, GX_M_EXPR_ARGS, gx_str_c(def->name), wanted);
}

static enum gx_code check_aggregate_call(struct parser *p, const struct check_scope *scope,
                                         enum call call, struct node **node)
{
    static const enum aggregate aggregates[] = {
        [CALL_COUNT] = AGGREGATE_COUNT, [CALL_SUM] = AGGREGATE_SUM, [CALL_AVG] = AGGREGATE_AVG,
        [CALL_MIN] = AGGREGATE_MIN,     [CALL_MAX] = AGGREGATE_MAX, [CALL_ANY] = AGGREGATE_ANY,
        [CALL_ALL] = AGGREGATE_ALL,
    };
    return gx_expr_check_aggregate(p, scope, aggregates[call], node);
}

enum gx_code gx_expr_check_call(struct parser *p, const struct check_scope *scope,
                                struct node **node)
{
    struct node *n = *node;
    enum period period;
    int shift;
    if (gx_expr_find_period(n->names[0], &period, &shift) && n->count == 0 && !n->cond)
        return gx_expr_period_node(p, n->at, period, shift, node);
    size_t i = 0;
    while (i < GX_COUNT(calls) && !gx_str_ieq(n->names[0], gx_str_c(calls[i].name)))
        i++;
    if (i == GX_COUNT(calls))
        return fail_unknown(p, n, n->names[0]);
    enum call call = (enum call)i;
    GX_TRY(check_count(p, n, call));
    if (call >= CALL_COUNT || ((call == CALL_MIN || call == CALL_MAX) && n->count == 1))
        return check_aggregate_call(p, scope, call, node);
    if (n->cond)
        return gx_expr_fail(p, n->cond->at, GX_M_EXPR_NO_COLON, gx_str_c(calls[call].name),
                            GX_STR(""));
    struct gx_str *names = GX_ARENA_NEW(p->arena, struct gx_str);
    *names = gx_str_c(calls[call].name);
    n->names = names;
    if (call == CALL_HAS)
        return gx_expr_names_list(p, scope, n->kids[0]) ? call_has_link(p, scope, node)
                                                        : call_has(p, scope, n);
    for (i = 0; i < n->count; i++)
        GX_TRY(gx_expr_check(p, scope, &n->kids[i]));
    return call_simple(p, node, call);
}
