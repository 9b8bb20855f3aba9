/*
 * expr_arith.c - types of + - * / & and of their results.
 *
 * Every operation becomes a call of one of gx_expr_functions[], so the evaluator and SQLite run
 * the same C.  A plain number next to money counts as money; money has no currency here.
 */
#include "expr/expr_int.h"

#include "base/decimal.h"

enum gx_code gx_expr_fn_node(struct parser *p, enum fn fn, int type, int scale, struct node *a,
                             struct node *b, struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, N_FN, a->at, b ? 2 : 1, ret_node));
    struct node *node = *ret_node;
    node->fn = fn;
    node->type = type;
    node->scale = scale;
    node->kids[0] = a;
    if (b)
        node->kids[1] = b;
    return gx_expr_finish(p, node);
}

static enum gx_code op_node(struct parser *p, enum op op, enum fn fn, int type, int scale,
                            struct node *a, struct node *b, struct node **ret_node)
{
    GX_TRY(gx_expr_fn_node(p, fn, type, scale, a, b, ret_node));
    (*ret_node)->op = op;
    return GX_OK;
}

static bool is_number(const struct node *node)
{
    return node->type == GX_TYPE_NUMBER;
}

static bool is_numeric(const struct node *node)
{
    return node->type == GX_TYPE_NUMBER || node->type == GX_TYPE_MONEY;
}

static bool is_time(const struct node *node)
{
    return node->type == GX_TYPE_DATE || node->type == GX_TYPE_MOMENT;
}

static enum gx_code fail_arith(struct parser *p, const struct node *node)
{
    static const char *const signs[] = {
        [OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/"
    };
    struct gx_str args[] = { GX_STR(""), gx_str_c(gx_expr_type_name(p, node->kids[0]->type)),
                             gx_str_c(signs[node->op]),
                             gx_str_c(gx_expr_type_name(p, node->kids[1]->type)) };
    return gx_fail_args(p->ctx, GX_E_INVALID, GX_STR(""), (int64_t)node->at, GX_M_EXPR_ARITH, args,
                        3);
}

static enum gx_code check_minus(struct parser *p, struct node **node)
{
    struct node *kid = (*node)->kids[0];
    if (!is_numeric(kid) && kid->type != GX_TYPE_DURATION && kid->type != TYPE_MONTHS)
        return gx_expr_fail_type(p, kid, GX_TYPE_NUMBER);
    if ((kid->kind == N_CONST || kid->kind == N_MONTHS) && kid->value.i != INT64_MIN) {
        kid->value.i = -kid->value.i;
        *node = kid;
        return GX_OK;
    }
    return op_node(p, OP_SUB, FN_NEG, kid->type, kid->scale, kid, NULL, node);
}

static enum gx_code add_numbers(struct parser *p, struct node **node)
{
    struct node *n = *node;
    GX_TRY(gx_expr_unify(p, n, 0));
    return op_node(p, n->op, n->op == OP_ADD ? FN_ADD : FN_SUB, n->type, n->scale, n->kids[0],
                   n->kids[1], node);
}

static enum gx_code add_months(struct parser *p, struct node **node)
{
    struct node *n = *node, *when = n->kids[0];
    int64_t months = n->op == OP_SUB ? -n->kids[1]->value.i : n->kids[1]->value.i;
    bool date = when->type == GX_TYPE_DATE;
    GX_TRY(op_node(p, months < 0 ? OP_SUB : OP_ADD, date ? FN_DATE_MONTHS : FN_MOMENT_MONTHS,
                   when->type, 0, when, NULL, node));
    (*node)->params[0] = months;
    (*node)->param_count = 1;
    (*node)->tz = !date;
    return GX_OK;
}

static enum gx_code add_duration(struct parser *p, struct node **node)
{
    struct node *n = *node, *when = n->kids[0];
    bool date = when->type == GX_TYPE_DATE;
    enum fn add = date ? FN_DATE_ADD : FN_MOMENT_ADD;
    enum fn sub = date ? FN_DATE_SUB : FN_MOMENT_SUB;
    return op_node(p, n->op, n->op == OP_ADD ? add : sub, when->type, 0, when, n->kids[1], node);
}

/* A date beside a moment is its first moment. */
static enum gx_code to_moment(struct parser *p, struct node **node)
{
    if ((*node)->type == GX_TYPE_MOMENT)
        return GX_OK;
    GX_TRY(gx_expr_fn_node(p, FN_MIDNIGHT, GX_TYPE_MOMENT, 0, *node, NULL, node));
    (*node)->implicit = true;
    (*node)->tz = true;
    return GX_OK;
}

enum gx_code gx_expr_to_date(struct parser *p, struct node **node)
{
    if ((*node)->type == GX_TYPE_DATE)
        return GX_OK;
    if ((*node)->type != GX_TYPE_MOMENT)
        return gx_expr_fail_type(p, *node, GX_TYPE_DATE);
    GX_TRY(gx_expr_fn_node(p, FN_DATE, GX_TYPE_DATE, 0, *node, NULL, node));
    (*node)->implicit = true;
    (*node)->tz = true;
    return GX_OK;
}

static enum gx_code subtract_times(struct parser *p, struct node **node)
{
    struct node *n = *node;
    enum fn fn = FN_DATE_DIFF;
    if (n->kids[0]->type != n->kids[1]->type || n->kids[0]->type == GX_TYPE_MOMENT) {
        GX_TRY(to_moment(p, &n->kids[0]));
        GX_TRY(to_moment(p, &n->kids[1]));
        fn = FN_SUB;
    }
    return op_node(p, OP_SUB, fn, GX_TYPE_DURATION, 0, n->kids[0], n->kids[1], node);
}

static enum gx_code check_sum(struct parser *p, struct node **node)
{
    struct node *n = *node, *a = n->kids[0], *b = n->kids[1];
    if (is_numeric(a) && is_numeric(b))
        return add_numbers(p, node);
    if (a->type == GX_TYPE_DURATION && b->type == GX_TYPE_DURATION)
        return add_numbers(p, node);
    if (n->op == OP_ADD && a->type == GX_TYPE_DURATION && is_time(b)) {
        n->kids[0] = b;
        n->kids[1] = a;
        return add_duration(p, node);
    }
    if (is_time(a) && b->type == GX_TYPE_DURATION)
        return add_duration(p, node);
    if (is_time(a) && b->type == TYPE_MONTHS)
        return add_months(p, node);
    if (n->op == OP_SUB && is_time(a) && is_time(b))
        return subtract_times(p, node);
    if (n->op == OP_ADD && (a->type == GX_TYPE_TEXT || b->type == GX_TYPE_TEXT)) {
        n->kind = N_CONCAT;
        n->op = OP_NONE;
        return gx_expr_check_concat(p, node);
    }
    return fail_arith(p, n);
}

static enum gx_code check_mul(struct parser *p, struct node **node)
{
    struct node *n = *node, *a = n->kids[0], *b = n->kids[1];
    int type = b->type, scale = b->scale;
    if (is_number(a) && is_number(b)) {
        scale = a->scale + b->scale;
        if (scale > GX_DECIMAL_SCALE_MAX)
            scale = GX_DECIMAL_SCALE_MAX;
    } else if (is_number(b) && (a->type == GX_TYPE_MONEY || a->type == GX_TYPE_DURATION)) {
        type = a->type;
        scale = a->scale;
    } else if (!is_number(a) || (b->type != GX_TYPE_MONEY && b->type != GX_TYPE_DURATION)) {
        return fail_arith(p, n);
    }
    GX_TRY(op_node(p, OP_MUL, FN_MUL, type, scale, a, b, node));
    (*node)->params[0] = a->scale + b->scale - scale;
    (*node)->param_count = 1;
    return GX_OK;
}

static enum gx_code check_div(struct parser *p, struct node **node)
{
    struct node *n = *node, *a = n->kids[0], *b = n->kids[1];
    int type = GX_TYPE_NUMBER, scale = NUMBER_SCALE_DIV;
    if (is_number(b) && (a->type == GX_TYPE_MONEY || a->type == GX_TYPE_DURATION)) {
        type = a->type;
        scale = a->scale;
    } else if (!(is_numeric(a) && is_numeric(b)) &&
               !(a->type == GX_TYPE_DURATION && b->type == GX_TYPE_DURATION)) {
        return fail_arith(p, n);
    }
    GX_TRY(op_node(p, OP_DIV, FN_DIV, type, scale, a, b, node));
    (*node)->params[0] = b->scale + scale - a->scale;
    (*node)->param_count = 1;
    return GX_OK;
}

enum gx_code gx_expr_check_arith(struct parser *p, struct node **node)
{
    struct node *n = *node;
    if (n->count == 1)
        return check_minus(p, node);
    if (n->op == OP_MUL)
        return check_mul(p, node);
    return n->op == OP_DIV ? check_div(p, node) : check_sum(p, node);
}

enum gx_code gx_expr_to_text(struct parser *p, struct node **node)
{
    struct node *n = *node;
    switch (n->type) {
    case GX_TYPE_TEXT:
        return GX_OK;
    case GX_TYPE_NUMBER:
    case GX_TYPE_MONEY:
        GX_TRY(gx_expr_fn_node(p, FN_TEXT_NUMBER, GX_TYPE_TEXT, 0, n, NULL, node));
        (*node)->params[0] = n->scale;
        (*node)->param_count = 1;
        break;
    case GX_TYPE_DATE:
        GX_TRY(gx_expr_fn_node(p, FN_TEXT_DATE, GX_TYPE_TEXT, 0, n, NULL, node));
        break;
    case GX_TYPE_CHOICE:
        GX_TRY(gx_expr_node_new(p, N_AS_TEXT, n->at, 1, node));
        (*node)->kids[0] = n;
        (*node)->type = GX_TYPE_TEXT;
        GX_TRY(gx_expr_finish(p, *node));
        break;
    default:
        return gx_expr_fail_type(p, n, GX_TYPE_TEXT);
    }
    (*node)->implicit = true;
    return GX_OK;
}

/* a & b & c: nested ones are flattened, so that text() and + read the same. */
enum gx_code gx_expr_check_concat(struct parser *p, struct node **node)
{
    struct node *n = *node;
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++) {
        GX_TRY(gx_expr_to_text(p, &n->kids[i]));
        count += n->kids[i]->kind == N_CONCAT ? n->kids[i]->count : 1;
    }
    struct node **kids = GX_ARENA_ARRAY(p->arena, struct node *, count);
    size_t k = 0;
    for (size_t i = 0; i < n->count; i++) {
        struct node *kid = n->kids[i];
        for (size_t j = 0; kid->kind == N_CONCAT && j < kid->count; j++)
            kids[k++] = kid->kids[j];
        if (kid->kind != N_CONCAT)
            kids[k++] = kid;
    }
    n->kids = kids;
    n->count = count;
    n->type = GX_TYPE_TEXT;
    if (count == 1)
        *node = kids[0];
    return gx_expr_finish(p, *node);
}
