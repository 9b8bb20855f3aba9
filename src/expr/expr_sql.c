/*
 * expr_sql.c - a tree as SQL: logic and the plain values; the rest is in the files beside it.
 */
#include "expr/expr_sql.h"

#include "base/assert.h"

enum { RULE_VALUES_MAX = 1000 };

void gx_expr_emit_int(struct sql *s, int64_t value)
{
    gx_expr_emit_constant(s, GX_TYPE_NUMBER, gx_value_int(value));
}

void gx_expr_emit_text(struct sql *s, struct gx_str text)
{
    gx_expr_emit_constant(s, GX_TYPE_TEXT, gx_value_text(text));
}

static bool is_text_type(int type)
{
    return type == GX_TYPE_TEXT || type == GX_TYPE_CHOICE || type == GX_TYPE_CHOICES;
}

/*
 * The rules that hide records are written once for each subquery; their values are bound once, so
 * that many subqueries do not use up what an engine can bind.
 */
static void emit_bound(struct sql *s, struct gx_value value)
{
    const struct gx_sqlb *b = s->b;
    for (size_t i = 0; s->in_rule && i < b->value_count && i < RULE_VALUES_MAX; i++) {
        if (!gx_value_eq(b->values[i], value))
            continue;
        ADD(s, "?");
        gx_sqlb_int(s->b, (int64_t)i + 1);
        return;
    }
    gx_sqlb_bind(s->b, value);
}

void gx_expr_emit_constant(struct sql *s, int type, struct gx_value value)
{
    if (!is_sqlite(s))
        ADD(s, "CAST(");
    if (value.kind == GX_VALUE_NULL)
        ADD(s, "NULL");
    else
        emit_bound(s, value);
    if (is_sqlite(s))
        return;
    if (is_text_type(type))
        ADD(s, " AS text)");
    else
        ADD(s, " AS bigint)");
}

static void emit_list(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "(");
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            ADD(s, ", ");
        gx_expr_emit_value(s, scope, node->kids[i]);
    }
    ADD(s, ")");
}

struct gx_str gx_expr_text_open(struct sql *s)
{
    if (is_duck(s))
        return gx_expr_duck_text_open(s);
    ADD(s, "NULLIF(");
    return GX_STR("");
}

void gx_expr_text_close(struct sql *s, struct gx_str v)
{
    if (is_duck(s))
        gx_expr_duck_text_close(s, v);
    else
        ADD(s, ", '')");
}

static void emit_concat(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct gx_str v = gx_expr_text_open(s);
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            ADD(s, " || ");
        ADD(s, "COALESCE(");
        gx_expr_emit_value(s, scope, node->kids[i]);
        ADD(s, ", '')");
    }
    gx_expr_text_close(s, v);
}

static void emit_if(struct sql *s, const struct sql_scope *scope, const struct node *node,
                    void (*emit)(struct sql *s, const struct sql_scope *scope,
                                 const struct node *node))
{
    ADD(s, "CASE WHEN ");
    gx_expr_emit_cond(s, scope, node->kids[0]);
    ADD(s, " THEN ");
    emit(s, scope, node->kids[1]);
    ADD(s, " ELSE ");
    emit(s, scope, node->kids[2]);
    ADD(s, " END");
}

/* SQLite's min() is NULL when one side is; gx_min() passes over it, as LEAST does. */
static void emit_least(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    bool min = node->kind == N_MIN;
    if (!is_sqlite(s)) {
        gx_sqlb_add(s->b, min ? GX_SQL("LEAST") : GX_SQL("GREATEST"));
        emit_list(s, scope, node);
        return;
    }
    for (size_t i = 1; i < node->count; i++)
        gx_expr_emit_call(s, min ? FN_MIN : FN_MAX);
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            ADD(s, ", ");
        gx_expr_emit_value(s, scope, node->kids[i]);
        if (i)
            ADD(s, ")");
    }
}

struct gx_value gx_expr_sql_constant(struct sql *s, const struct node *node)
{
    s->b->varies |= node->kind != N_CONST && node->kind != N_EMPTY;
    return gx_expr_eval_constant(s->b->arena, node, s->env);
}

void gx_expr_emit_value(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    if (node->type == GX_TYPE_BOOL) {
        ADD(s, "CASE WHEN ");
        gx_expr_emit_cond(s, scope, node);
        ADD(s, " THEN 1 ELSE 0 END");
        return;
    }
    if (node->constant) {
        struct gx_value v = gx_expr_sql_constant(s, node);
        gx_expr_emit_constant(s, node->type, v);
        return;
    }
    switch (node->kind) {
    case N_FIELD:
        gx_expr_emit_field(s, scope, node, FORM_PLAIN);
        break;
    case N_CONCAT:
        emit_concat(s, scope, node);
        break;
    case N_COALESCE:
        ADD(s, "COALESCE");
        emit_list(s, scope, node);
        break;
    case N_IF:
        emit_if(s, scope, node, gx_expr_emit_value);
        break;
    case N_MIN:
    case N_MAX:
        emit_least(s, scope, node);
        break;
    case N_AS_TEXT:
        gx_expr_emit_value(s, scope, node->kids[0]);
        break;
    case N_FN:
        gx_expr_emit_fn(s, scope, node);
        break;
    default:
        gx_assert(node->kind == N_AGGREGATE);
        gx_expr_emit_aggregate(s, scope, node);
    }
}

static void emit_logic(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            gx_sqlb_add(s->b, node->kind == N_AND ? GX_SQL(" AND ") : GX_SQL(" OR "));
        gx_expr_emit_cond(s, scope, node->kids[i]);
    }
    if (node->kind == N_NOT)
        ADD(s, " IS NOT TRUE");
}

static void emit_test(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    switch (node->kind) {
    case N_NOT:
    case N_AND:
    case N_OR:
        emit_logic(s, scope, node);
        break;
    case N_COMPARE:
        gx_expr_emit_compare(s, scope, node->op, node->kids[0], node->kids[1]);
        break;
    case N_MATCH:
        gx_expr_emit_match(s, scope, node);
        break;
    case N_IN:
    case N_BETWEEN:
        gx_expr_emit_several(s, scope, node);
        break;
    case N_IN_PERIOD:
        gx_expr_emit_in_period(s, scope, node);
        break;
    case N_IS_EMPTY:
        gx_expr_emit_value(s, scope, node->kids[0]);
        ADD(s, " IS NULL");
        break;
    case N_HAS:
        gx_expr_emit_has(s, scope, node);
        break;
    case N_FIELD:
        gx_expr_emit_flag(s, scope, node);
        break;
    case N_IF:
        emit_if(s, scope, node, gx_expr_emit_cond);
        break;
    case N_FN:
        gx_expr_emit_fn(s, scope, node);
        ADD(s, " = 1");
        break;
    case N_RULE: {
        bool in_rule = s->in_rule;
        s->in_rule = true;
        gx_expr_emit_cond(s, scope, node->kids[0]);
        s->in_rule = in_rule;
        break;
    }
    case N_REACH:
        s->b->varies = true;
        s->env->reach(s->env->visible_p, s->b, node->object, node->value.i, scope->alias);
        break;
    default:
        gx_assert(node->kind == N_AGGREGATE);
        gx_expr_emit_exists(s, scope, node);
    }
}

void gx_expr_emit_cond(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    gx_assert(node->type == GX_TYPE_BOOL);
    ADD(s, "(");
    if (node->constant) {
        struct gx_value v = gx_expr_sql_constant(s, node);
        gx_sqlb_add(s->b, v.kind == GX_VALUE_INT && v.i == 1 ? GX_SQL("1 = 1") : GX_SQL("1 = 0"));
    } else {
        emit_test(s, scope, node);
    }
    ADD(s, ")");
}

void gx_expr_sql(struct gx_sqlb *b, const struct gx_expr *expr, const struct gx_expr_env *env,
                 struct gx_str alias)
{
    struct sql s = { .b = b, .env = env };
    const struct sql_scope scope = { alias, NULL };
    if (expr->root->type == GX_TYPE_BOOL)
        gx_expr_emit_cond(&s, &scope, expr->root);
    else
        gx_expr_emit_value(&s, &scope, expr->root);
}

void gx_expr_sql_value(struct gx_sqlb *b, const struct gx_expr *expr, const struct gx_expr_env *env,
                       struct gx_str alias)
{
    struct sql s = { .b = b, .env = env };
    const struct sql_scope scope = { alias, NULL };
    gx_expr_emit_value(&s, &scope, expr->root);
}

void gx_expr_sql_folded(struct gx_sqlb *b, const struct gx_expr *expr,
                        const struct gx_expr_env *env, struct gx_str alias)
{
    struct sql s = { .b = b, .env = env };
    const struct sql_scope scope = { alias, NULL };
    gx_assert(is_text_type(expr->root->type));
    gx_expr_emit_fold(&s, &scope, expr->root, false);
}
