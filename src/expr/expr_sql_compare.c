/*
 * expr_sql_compare.c - comparisons, so that an index on the column can serve them.
 *
 * A constant goes to the right and takes the column's unit: a date beside a moment becomes the
 * bounds of that day, 1.5 beside a number of two digits becomes 150.  What cannot be brought to
 * one unit exactly is compared exactly all the same, by gx_cmp(), in numeric or in hugeint.
 */
#include "expr/expr_sql.h"

#include "base/decimal.h"
#include "base/time.h"

static void emit_op(struct sql *s, enum op op)
{
    switch (op) {
    case OP_LT:
        ADD(s, " < ");
        break;
    case OP_LE:
        ADD(s, " <= ");
        break;
    case OP_GT:
        ADD(s, " > ");
        break;
    case OP_GE:
        ADD(s, " >= ");
        break;
    default:
        ADD(s, " = ");
    }
}

static enum op mirrored(enum op op)
{
    switch (op) {
    case OP_LT:
        return OP_GT;
    case OP_LE:
        return OP_GE;
    case OP_GT:
        return OP_LT;
    case OP_GE:
        return OP_LE;
    default:
        return op;
    }
}

static int64_t midnight(const struct sql *s, int64_t days)
{
    return days * GX_DAY_US - s->env->tz_offset_min * GX_MINUTE_US;
}

static void emit_bounds(struct sql *s, const struct sql_scope *scope, const struct node *a,
                        int64_t first, int64_t last)
{
    gx_expr_emit_value(s, scope, a);
    ADD(s, " BETWEEN ");
    gx_expr_emit_int(s, first);
    ADD(s, " AND ");
    gx_expr_emit_int(s, last);
}

/* Moment `a` against the day `day`. */
static void emit_day(struct sql *s, const struct sql_scope *scope, enum op op, const struct node *a,
                     int64_t day)
{
    if (op == OP_EQ) {
        emit_bounds(s, scope, a, midnight(s, day), midnight(s, day + 1) - 1);
        return;
    }
    bool after = op == OP_GT || op == OP_LE; /* the border is the end of the day */
    gx_expr_emit_value(s, scope, a);
    gx_sqlb_add(s->b, op == OP_GT || op == OP_GE ? GX_SQL(" >= ") : GX_SQL(" < "));
    gx_expr_emit_int(s, midnight(s, day + after));
}

/* A moment as its day. */
static void emit_as_day(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    if (node->type != GX_TYPE_MOMENT) {
        gx_expr_emit_value(s, scope, node);
        return;
    }
    struct node *kids[] = { (struct node *)node };
    const struct node date = {
        .kind = N_FN,
        .type = GX_TYPE_DATE,
        .fn = FN_DAY,
        .tz = true,
        .count = 1,
        .kids = kids,
        .constant = node->constant,
    };
    gx_expr_emit_value(s, scope, &date);
}

static void emit_scaled(struct sql *s, const struct sql_scope *scope, enum op op,
                        const struct node *a, const struct node *b)
{
    if (is_duck(s)) {
        gx_expr_duck_scaled(s, scope, a, b->scale - a->scale);
        emit_op(s, op);
        gx_expr_duck_scaled(s, scope, b, a->scale - b->scale);
        return;
    }
    if (is_postgres(s)) {
        ADD(s, "CAST(");
        gx_expr_emit_value(s, scope, a);
        ADD(s, " AS numeric)");
        gx_expr_emit_power(s, b->scale - a->scale);
        emit_op(s, op);
        gx_expr_emit_value(s, scope, b);
        return;
    }
    gx_expr_emit_call(s, FN_CMP);
    gx_expr_emit_value(s, scope, a);
    ADD(s, ", ");
    gx_expr_emit_value(s, scope, b);
    ADD(s, ", ");
    gx_sqlb_int(s->b, b->scale - a->scale);
    ADD(s, ")");
    emit_op(s, op);
    ADD(s, "0");
}

/* Bring constant `v` of scale `from` to scale `to` without losing a digit. */
static bool rescale_exactly(struct gx_value *v, int from, int to)
{
    int64_t there, back;
    if (v->kind != GX_VALUE_INT || from == to)
        return true;
    if (!gx_decimal_rescale(v->i, from, to, &there) ||
        !gx_decimal_rescale(there, to, from, &back) || back != v->i)
        return false;
    v->i = there;
    return true;
}

/*
 * On SQLite text is indexed folded: equal texts are equal folded too, so saying that as well lets
 * the index find them.  It stands behind, where it costs nothing when there is no index.
 */
static void emit_same_folded(struct sql *s, const struct sql_scope *scope, const struct node *a,
                             const struct node *b)
{
    struct gx_value v = gx_expr_fold_constant(s->b->arena, b, s->env, false);
    if (v.kind != GX_VALUE_TEXT || v.s.n == 0)
        return;
    ADD(s, " AND ");
    gx_expr_emit_fold(s, scope, a, false);
    ADD(s, " = ");
    gx_expr_emit_constant(s, GX_TYPE_TEXT, v);
}

/* `a` is no constant, `b` is. */
static void emit_with_constant(struct sql *s, const struct sql_scope *scope, enum op op,
                               const struct node *a, const struct node *b)
{
    struct gx_value v = gx_expr_sql_constant(s, b);
    if (v.kind == GX_VALUE_NULL) {
        ADD(s, "1 = 0");
    } else if (a->type == GX_TYPE_MOMENT && b->type == GX_TYPE_DATE) {
        emit_day(s, scope, op, a, v.i);
    } else if (!rescale_exactly(&v, b->scale, a->scale)) {
        emit_scaled(s, scope, op, a, b);
    } else {
        bool folds = op == OP_EQ && a->type == GX_TYPE_TEXT && a->kind == N_FIELD &&
                     !a->field->formula && is_sqlite(s);
        if (folds)
            ADD(s, "(");
        gx_expr_emit_value(s, scope, a);
        emit_op(s, op);
        if (a->type == GX_TYPE_DATE && b->type == GX_TYPE_MOMENT)
            emit_as_day(s, scope, b);
        else
            gx_expr_emit_constant(s, a->type, v);
        if (folds) {
            emit_same_folded(s, scope, a, b);
            ADD(s, ")");
        }
    }
}

static void emit_flags(struct sql *s, const struct sql_scope *scope, const struct node *a,
                       const struct node *b)
{
    if (!b->constant) {
        gx_expr_emit_value(s, scope, a);
        ADD(s, " = ");
        gx_expr_emit_value(s, scope, b);
        return;
    }
    struct gx_value v = gx_expr_sql_constant(s, b);
    gx_expr_emit_cond(s, scope, a);
    if (v.kind != GX_VALUE_INT || v.i != 1)
        ADD(s, " IS NOT TRUE");
}

/* Whether few records have one given value of it. */
static bool names_few(const struct node *node)
{
    return node->type == GX_TYPE_TEXT || node->type == GX_TYPE_LINK;
}

void gx_expr_emit_compare(struct sql *s, const struct sql_scope *scope, enum op op,
                          const struct node *a, const struct node *b)
{
    if (op == OP_NE) {
        ADD(s, "(");
        gx_expr_emit_compare(s, scope, OP_EQ, a, b);
        ADD(s, ") IS NOT TRUE");
        return;
    }
    if (a->constant && !b->constant) {
        gx_expr_emit_compare(s, scope, mirrored(op), b, a);
        return;
    }
    if (a->type == GX_TYPE_BOOL) {
        emit_flags(s, scope, a, b);
    } else if (b->constant) {
        struct node field;
        struct sql_scope inner;
        int open = gx_expr_open_path(s, scope, a, op == OP_EQ && names_few(a), &field, &inner);
        emit_with_constant(s, open ? &inner : scope, op, open ? &field : a, b);
        gx_expr_close_path(s, open);
    } else if (a->type != b->type && (a->type == GX_TYPE_DATE || b->type == GX_TYPE_DATE)) {
        emit_as_day(s, scope, a);
        emit_op(s, op);
        emit_as_day(s, scope, b);
    } else if (a->scale != b->scale) {
        emit_scaled(s, scope, op, a, b);
    } else {
        gx_expr_emit_value(s, scope, a);
        emit_op(s, op);
        gx_expr_emit_value(s, scope, b);
    }
}

/* Whether all of kids 1… are constants that can stand in IN (…) as they are. */
static bool is_plain_list(const struct node *node)
{
    const struct node *a = node->kids[0];
    for (size_t i = 1; i < node->count; i++) {
        const struct node *b = node->kids[i];
        bool day = a->type != b->type && (a->type == GX_TYPE_MOMENT || b->type == GX_TYPE_MOMENT);
        if (!b->constant || day)
            return false;
    }
    return a->type != GX_TYPE_BOOL;
}

static void emit_plain_list(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    const struct node *a = node->kids[0];
    bool any = false;
    for (size_t i = 1; i < node->count; i++) {
        struct gx_value v = gx_expr_sql_constant(s, node->kids[i]);
        /* What cannot be written in the unit of `a` equals none of its values. */
        if (v.kind == GX_VALUE_NULL || !rescale_exactly(&v, node->kids[i]->scale, a->scale))
            continue;
        if (!any) {
            gx_expr_emit_value(s, scope, a);
            ADD(s, " IN (");
        } else {
            ADD(s, ", ");
        }
        any = true;
        gx_expr_emit_constant(s, a->type, v);
    }
    if (any)
        ADD(s, ")");
    else
        ADD(s, "1 = 0");
}

void gx_expr_emit_several(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct node field;
    struct sql_scope inner;
    if (node->kind == N_IN && is_plain_list(node)) {
        int open =
            gx_expr_open_path(s, scope, node->kids[0], names_few(node->kids[0]), &field, &inner);
        struct node copy = *node;
        struct node **kids = GX_ARENA_ARRAY(s->b->arena, struct node *, node->count);
        memcpy(kids, node->kids, node->count * sizeof *kids);
        copy.kids = kids;
        if (open)
            kids[0] = &field;
        emit_plain_list(s, open ? &inner : scope, &copy);
        gx_expr_close_path(s, open);
        return;
    }
    for (size_t i = 1; i < node->count; i++) {
        enum op op = node->kind == N_IN ? OP_EQ : i == 1 ? OP_GE : OP_LE;
        if (i > 1)
            gx_sqlb_add(s->b, node->kind == N_IN ? GX_SQL(" OR ") : GX_SQL(" AND "));
        ADD(s, "(");
        gx_expr_emit_compare(s, scope, op, node->kids[0], node->kids[i]);
        ADD(s, ")");
    }
}

void gx_expr_emit_in_period(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    const struct node *period = node->kids[1], *when = node->kids[0];
    struct node field;
    struct sql_scope inner;
    int64_t from, to;
    gx_expr_period_range(s->env, period->period, period->shift, &from, &to);
    s->b->varies = true;
    bool moment = when->type == GX_TYPE_MOMENT;
    int open = gx_expr_open_path(s, scope, when, false, &field, &inner);
    emit_bounds(s, open ? &inner : scope, open ? &field : when, moment ? midnight(s, from) : from,
                (moment ? midnight(s, to) : to) - 1);
    gx_expr_close_path(s, open);
}
