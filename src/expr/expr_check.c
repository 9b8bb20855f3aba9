/*
 * expr_check.c - types of logic, comparison and text match; names are in expr_name.c, functions
 * in expr_call.c, arithmetic in expr_arith.c.
 *
 * A literal takes the type of what it stands beside: "won" beside a choice field is a code,
 * "123" beside a link is an id.  All else must have the same type already.
 */
#include "expr/expr_int.h"

#include "base/decimal.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"

const char *gx_expr_type_name(const struct parser *p, int type)
{
    static const char *const names[][GX_LANG_COUNT] = {
        [GX_TYPE_ANY] = { "任何值", "anything" },
        [GX_TYPE_BOOL] = { "是或否", "yes or no" },
        [GX_TYPE_NUMBER] = { "數字", "a number" },
        [GX_TYPE_MONEY] = { "金額", "money" },
        [GX_TYPE_TEXT] = { "文字", "text" },
        [GX_TYPE_DATE] = { "日期", "a date" },
        [GX_TYPE_MOMENT] = { "日期時間", "a date and time" },
        [GX_TYPE_DURATION] = { "時間長度", "a duration" },
        [GX_TYPE_CHOICE] = { "選項", "a choice" },
        [GX_TYPE_CHOICES] = { "多個選項", "several choices" },
        [GX_TYPE_LINK] = { "連結", "a link" },
        [GX_TYPE_LINKS] = { "多個連結", "several links" },
        [TYPE_EMPTY] = { "empty", "empty" },
        [TYPE_MONTHS] = { "幾個月", "a number of months" },
        [TYPE_PERIOD] = { "期間", "a period" },
        [TYPE_RECORD] = { "記錄", "a record" },
    };
    return names[type][p->ctx->lang];
}

enum gx_code gx_expr_fail_type(struct parser *p, const struct node *node, int wanted)
{
    return gx_expr_fail(p, node->at, GX_M_EXPR_TYPE, gx_str_c(gx_expr_type_name(p, wanted)),
                        gx_str_c(gx_expr_type_name(p, node->type)));
}

static bool constant_kind(const struct node *node)
{
    switch (node->kind) {
    case N_EMPTY:
    case N_CONST:
    case N_LOCAL_MOMENT:
    case N_MONTHS:
    case N_ME:
    case N_TODAY:
    case N_NOW:
    case N_PERIOD:
        return true;
    case N_THIS:
    case N_FOLLOW:
    case N_FIELD:
    case N_AGGREGATE:
        return false;
    default:
        break;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!node->kids[i]->constant)
            return false;
    }
    return true;
}

enum gx_code gx_expr_finish(struct parser *p, struct node *node)
{
    node->constant = constant_kind(node);
    node->depth = 0;
    node->cost = 1;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *kid = node->kids[i];
        if (kid->depth > node->depth)
            node->depth = kid->depth;
        node->cost += kid->cost;
    }
    /* SQL may have to write the left side once for each right side. */
    if (node->kind == N_IN || node->kind == N_BETWEEN || node->kind == N_HAS)
        node->cost += node->kids[0]->cost * (int64_t)(node->count - 2);
    if (node->kind == N_FOLLOW || node->kind == N_AGGREGATE)
        node->cost += COST_SUBQUERY; /* it carries the rule that hides records */
    if (node->kind == N_MATCH)
        node->cost += node->kids[0]->cost + node->kids[1]->cost;
    if (node->kind == N_FIELD && node->field->formula) {
        node->depth += node->field->formula->root->depth;
        node->cost += node->field->formula->root->cost;
    }
    if (++node->depth > GX_EXPR_DEPTH_MAX)
        return gx_expr_fail(p, node->at, GX_M_TOO_DEEP, GX_STR(""), GX_STR(""));
    if (node->cost > COST_MAX)
        return gx_expr_fail(p, node->at, GX_M_EXPR_TOO_MANY, GX_STR(""), GX_STR(""));
    return GX_OK;
}

static enum gx_code choice_code(struct parser *p, const struct gx_expr_field *field,
                                struct node *node)
{
    const struct gx_expr_choice *best = NULL;
    struct gx_str typed = node->value.s, nearest = GX_STR("");
    int best_near = 499;
    node->type = GX_TYPE_CHOICE;
    node->choices = field;
    for (size_t i = 0; field && i < field->choice_count; i++) {
        const struct gx_expr_choice *c = &field->choices[i];
        if (!gx_str_eq(c->code, typed) && !gx_str_eq(c->label[0], typed) &&
            !gx_str_eq(c->label[1], typed))
            continue;
        node->value.s = gx_arena_str(p->arena, c->code);
        return GX_OK;
    }
    for (size_t i = 0; field && i < field->choice_count; i++) {
        const struct gx_expr_choice *c = &field->choices[i];
        const struct gx_str names[] = { c->code, c->label[0], c->label[1] };
        for (size_t k = 0; k < GX_COUNT(names); k++) {
            int near = names[k].n ? gx_text_near(names[k], typed) : 0;
            if (near <= best_near)
                continue;
            best_near = near;
            best = c;
            nearest = names[k];
        }
    }
    struct gx_str name = field ? field->name : GX_STR("");
    if (!best)
        return gx_fail_at(p->ctx, GX_E_INVALID, GX_STR(""), (int64_t)node->at, GX_M_NOT_A_CHOICE,
                          name, typed);
    if (best_near < 1000)
        return gx_fail_at(p->ctx, GX_E_INVALID, GX_STR(""), (int64_t)node->at,
                          GX_M_NOT_A_CHOICE_NEAR, name, typed, nearest);
    node->value.s = gx_arena_str(p->arena, best->code);
    return GX_OK;
}

enum gx_code gx_expr_adapt(struct parser *p, struct node *node, const struct node *beside)
{
    int64_t value;
    struct gx_str s = node->value.s;
    switch (beside->type) {
    case GX_TYPE_CHOICE:
    case GX_TYPE_CHOICES:
        return choice_code(p, beside->choices, node);
    case GX_TYPE_LINK:
        if (!gx_id_parse(s, &value))
            return gx_expr_fail(p, node->at, GX_M_EXPR_ID, s, GX_STR(""));
        node->object = beside->object;
        break;
    case GX_TYPE_DATE:
    case GX_TYPE_MOMENT:
        if (!gx_date_parse(s, &value))
            return gx_expr_fail(p, node->at, GX_M_EXPR_DATE, s, GX_STR(""));
        node->type = GX_TYPE_DATE;
        node->value = gx_value_int(value);
        return GX_OK;
    default:
        return GX_OK;
    }
    node->type = beside->type;
    node->value = gx_value_int(value);
    return GX_OK;
}

static bool is_text_literal(const struct node *node)
{
    return node->kind == N_CONST && node->type == GX_TYPE_TEXT;
}

static bool is_numeric(int type)
{
    return type == GX_TYPE_NUMBER || type == GX_TYPE_MONEY;
}

static bool is_time(int type)
{
    return type == GX_TYPE_DATE || type == GX_TYPE_MOMENT;
}

/* Whether two values of these types are of one kind. */
static bool same_kind(const struct node *a, const struct node *b)
{
    if (a->type != b->type || a->type > GX_TYPE_LINK || a->type == GX_TYPE_CHOICES)
        return false;
    return a->type != GX_TYPE_LINK || gx_str_eq(a->object, b->object);
}

static enum gx_code fail_pair(struct parser *p, const struct node *a, const struct node *b)
{
    struct gx_str left = gx_str_c(gx_expr_type_name(p, a->type));
    struct gx_str right = gx_str_c(gx_expr_type_name(p, b->type));
    if (a->type == GX_TYPE_LINK && b->type == GX_TYPE_LINK) {
        left = a->object;
        right = b->object;
    }
    return gx_expr_fail(p, b->at, GX_M_EXPR_PAIR, left, right);
}

enum gx_code gx_expr_pair(struct parser *p, struct node **a, struct node **b)
{
    if (is_text_literal(*a) && (*b)->type != GX_TYPE_TEXT)
        GX_TRY(gx_expr_adapt(p, *a, *b));
    if (is_text_literal(*b) && (*a)->type != GX_TYPE_TEXT)
        GX_TRY(gx_expr_adapt(p, *b, *a));
    int left = (*a)->type, right = (*b)->type;
    if ((is_numeric(left) && is_numeric(right)) || (is_time(left) && is_time(right)))
        return GX_OK;
    return same_kind(*a, *b) ? GX_OK : fail_pair(p, *a, *b);
}

enum gx_code gx_expr_to_scale(struct parser *p, struct node **node, int type, int scale)
{
    struct node *n = *node;
    if (n->scale == scale) {
        n->type = n->kind == N_CONST ? type : n->type;
        if (n->type == type)
            return GX_OK;
    }
    if (n->kind == N_CONST && n->scale <= scale) {
        int64_t value;
        if (!gx_decimal_rescale(n->value.i, n->scale, scale, &value))
            return gx_expr_fail(p, n->at, GX_M_EXPR_NUMBER,
                                gx_decimal_format(p->ctx->arena, n->value.i, n->scale), GX_STR(""));
        n->value = gx_value_int(value);
        n->type = type;
        n->scale = scale;
        return GX_OK;
    }
    struct node *fn;
    GX_TRY(gx_expr_fn_node(p, FN_RESCALE, type, scale, n, NULL, &fn));
    fn->implicit = true;
    fn->params[0] = n->scale;
    fn->params[1] = scale;
    fn->param_count = 2;
    *node = fn;
    return GX_OK;
}

/* The first kid that says what the others are: not `empty`, and not a literal if it can be. */
static const struct node *leader(const struct node *node, size_t from)
{
    const struct node *found = NULL;
    for (size_t i = from; i < node->count; i++) {
        const struct node *kid = node->kids[i];
        if (kid->type == TYPE_EMPTY)
            continue;
        if (!found || (is_text_literal(found) && !is_text_literal(kid)))
            found = kid;
    }
    return found;
}

enum gx_code gx_expr_unify(struct parser *p, struct node *node, size_t from)
{
    const struct node *first = leader(node, from);
    if (!first)
        return gx_expr_fail(p, node->at, GX_M_EXPR_ALL_EMPTY, GX_STR(""), GX_STR(""));
    int type = first->type, scale = first->scale;
    for (size_t i = from; i < node->count; i++) {
        struct node *kid = node->kids[i];
        if (kid->type == TYPE_EMPTY || kid == first)
            continue;
        if (is_text_literal(kid) && type != GX_TYPE_TEXT)
            GX_TRY(gx_expr_adapt(p, kid, first));
        if (is_numeric(kid->type) && is_numeric(type)) {
            if (kid->type == GX_TYPE_MONEY)
                type = GX_TYPE_MONEY;
            scale = type == GX_TYPE_MONEY ? GX_MONEY_SCALE
                    : kid->scale > scale  ? kid->scale
                                          : scale;
        } else if (!same_kind(first, kid)) {
            return fail_pair(p, first, kid);
        }
    }
    if (type > GX_TYPE_LINK || type == GX_TYPE_CHOICES)
        return gx_expr_fail_type(p, first, GX_TYPE_ANY);
    node->type = type;
    node->scale = scale;
    node->object = first->object;
    node->choices = first->choices;
    for (size_t i = from; i < node->count; i++) {
        if (node->kids[i]->type == TYPE_EMPTY)
            node->kids[i]->type = type;
        else if (is_numeric(type))
            GX_TRY(gx_expr_to_scale(p, &node->kids[i], type, scale));
    }
    return GX_OK;
}

static bool is_ordered(int type)
{
    return is_numeric(type) || is_time(type) || type == GX_TYPE_TEXT || type == GX_TYPE_DURATION;
}

enum gx_code gx_expr_check_bool(struct parser *p, const struct check_scope *scope,
                                struct node **node)
{
    GX_TRY(gx_expr_check(p, scope, node));
    return (*node)->type == GX_TYPE_BOOL ? GX_OK : gx_expr_fail_type(p, *node, GX_TYPE_BOOL);
}

/* `x is empty`; a yes or no never is. */
static enum gx_code check_empty(struct parser *p, struct node *node)
{
    const struct node *kid = node->kids[0];
    if (kid->type == GX_TYPE_BOOL)
        return gx_expr_fail(p, node->at, GX_M_EXPR_NEVER_EMPTY, GX_STR(""), GX_STR(""));
    if (kid->type > GX_TYPE_LINK && kid->type != TYPE_EMPTY)
        return gx_expr_fail_type(p, kid, GX_TYPE_ANY);
    node->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, node);
}

/* `= empty` is written for `is empty`. */
static enum gx_code compare_empty(struct parser *p, struct node **node)
{
    struct node *compare = *node;
    bool second = compare->kids[1]->type == TYPE_EMPTY;
    enum op op = compare->op;
    if (op != OP_EQ && op != OP_NE)
        return gx_expr_fail(p, compare->at, GX_M_EXPR_EMPTY, GX_STR(""), GX_STR(""));
    compare->kind = N_IS_EMPTY;
    compare->op = OP_NONE;
    compare->kids[0] = compare->kids[second ? 0 : 1];
    compare->count = 1;
    GX_TRY(check_empty(p, compare));
    if (op == OP_EQ)
        return GX_OK;
    GX_TRY(gx_expr_node_new(p, N_NOT, compare->at, 1, node));
    (*node)->kids[0] = compare;
    (*node)->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, *node);
}

static enum gx_code check_compare(struct parser *p, struct node **node)
{
    struct node *n = *node;
    if (n->kids[0]->type == TYPE_EMPTY || n->kids[1]->type == TYPE_EMPTY)
        return compare_empty(p, node);
    GX_TRY(gx_expr_pair(p, &n->kids[0], &n->kids[1]));
    if (n->op != OP_EQ && n->op != OP_NE && !is_ordered(n->kids[0]->type))
        return gx_expr_fail(p, n->at, GX_M_EXPR_NO_ORDER,
                            gx_str_c(gx_expr_type_name(p, n->kids[0]->type)), GX_STR(""));
    n->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, n);
}

/* Text whose folded form every engine can know: see expr_sql_text.c. */
bool gx_expr_is_foldable(const struct node *node)
{
    if (node->constant)
        return true;
    switch (node->kind) {
    case N_FIELD:
        return !node->field->formula || gx_expr_is_foldable(node->field->formula->root);
    case N_CONCAT:
    case N_COALESCE:
    case N_IF:
        for (size_t i = node->kind == N_IF; i < node->count; i++) {
            if (!gx_expr_is_foldable(node->kids[i]))
                return false;
        }
        return true;
    case N_FN:
        if (node->fn == FN_TEXT_NUMBER || node->fn == FN_TEXT_DATE)
            return true;
        return (node->fn == FN_LOWER || node->fn == FN_UPPER || node->fn == FN_TRIM) &&
               gx_expr_is_foldable(node->kids[0]);
    default:
        return false;
    }
}

static enum gx_code check_match(struct parser *p, struct node *node)
{
    for (size_t i = 0; i < 2; i++) {
        struct node *kid = node->kids[i];
        if (kid->type == TYPE_EMPTY)
            return gx_expr_fail(p, node->at, GX_M_EXPR_EMPTY, GX_STR(""), GX_STR(""));
        if (kid->type != GX_TYPE_TEXT)
            return gx_expr_fail_type(p, kid, GX_TYPE_TEXT);
        if (!gx_expr_is_foldable(kid))
            return gx_expr_fail(p, kid->at, GX_M_EXPR_NOT_FOLDABLE, GX_STR(""), GX_STR(""));
    }
    node->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, node);
}

/*
 * `in (…)` and `between`: kid 0 against each of the others; twice, because kid 0 may be a literal
 * that takes its type only from a later one.
 */
static enum gx_code check_several(struct parser *p, struct node *node)
{
    for (size_t k = 0; k < 2 * (node->count - 1); k++) {
        size_t i = 1 + k % (node->count - 1);
        if (node->kids[i]->type == TYPE_EMPTY || node->kids[0]->type == TYPE_EMPTY)
            return gx_expr_fail(p, node->kids[i]->at, GX_M_EXPR_EMPTY, GX_STR(""), GX_STR(""));
        GX_TRY(gx_expr_pair(p, &node->kids[0], &node->kids[i]));
    }
    if (node->kind == N_BETWEEN && !is_ordered(node->kids[0]->type))
        return gx_expr_fail(p, node->at, GX_M_EXPR_NO_ORDER,
                            gx_str_c(gx_expr_type_name(p, node->kids[0]->type)), GX_STR(""));
    node->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, node);
}

static enum gx_code check_in_period(struct parser *p, struct node *node)
{
    if (node->kids[1]->type != TYPE_PERIOD)
        return gx_expr_fail_type(p, node->kids[1], TYPE_PERIOD);
    if (!is_time(node->kids[0]->type))
        return gx_expr_fail_type(p, node->kids[0], GX_TYPE_DATE);
    node->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, node);
}

static enum gx_code check_logic(struct parser *p, const struct check_scope *scope,
                                struct node *node)
{
    for (size_t i = 0; i < node->count; i++)
        GX_TRY(gx_expr_check_bool(p, scope, &node->kids[i]));
    node->type = GX_TYPE_BOOL;
    return gx_expr_finish(p, node);
}

/* `orders is empty`, `tags is empty`: there is none. */
static enum gx_code check_none(struct parser *p, const struct check_scope *scope,
                               struct node **node)
{
    struct node *any = *node;
    any->kind = N_CALL;
    any->name = GX_STR("any");
    GX_TRY(gx_expr_check_aggregate(p, scope, AGGREGATE_ANY, node));
    struct node * not ;
    GX_TRY(gx_expr_node_new(p, N_NOT, any->at, 1, &not ));
    not ->kids[0] = *node;
    not ->type = GX_TYPE_BOOL;
    *node = not ;
    return gx_expr_finish(p, not );
}

enum gx_code gx_expr_check(struct parser *p, const struct check_scope *scope, struct node **node)
{
    struct node *n = *node;
    switch (n->kind) {
    case N_NAME:
        return gx_expr_check_name(p, scope, node);
    case N_CALL:
        return gx_expr_check_call(p, scope, node);
    case N_NOT:
    case N_AND:
    case N_OR:
        return check_logic(p, scope, n);
    case N_IS_EMPTY:
        if (n->kids[0]->kind == N_NAME && gx_expr_names_list(p, scope, n->kids[0]))
            return check_none(p, scope, node);
        break;
    default:
        break;
    }
    for (size_t i = 0; i < n->count; i++)
        GX_TRY(gx_expr_check(p, scope, &n->kids[i]));
    switch (n->kind) {
    case N_ARITH:
        return gx_expr_check_arith(p, node);
    case N_CONCAT:
        return gx_expr_check_concat(p, node);
    case N_COMPARE:
        return check_compare(p, node);
    case N_MATCH:
        return check_match(p, n);
    case N_IN:
    case N_BETWEEN:
        return check_several(p, n);
    case N_IN_PERIOD:
        return check_in_period(p, n);
    case N_IS_EMPTY:
        return check_empty(p, n);
    default:
        return gx_expr_finish(p, n);
    }
}
