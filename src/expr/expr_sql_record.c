/*
 * expr_sql_record.c - fields of other records: links followed, related records counted.
 *
 * Every subquery leaves out records in the recycle bin and those that env->visible hides.  The
 * rule that hides them is applied as it stands: inside it nothing is hidden, or rules that
 * mention each other would never end.
 */
#include "expr/expr_sql.h"

#include "base/assert.h"

struct gx_str gx_expr_new_alias(struct sql *s)
{
    return gx_arena_printf(s->b->arena, "gx%d", ++s->aliases);
}

/* " AND …" for what hides records of `object`. */
static void emit_live(struct sql *s, const struct gx_expr_object *object, struct gx_str alias)
{
    if (object->deleted_column.n) {
        ADD(s, " AND ");
        gx_sqlb_column(s->b, alias, object->deleted_column);
        ADD(s, " IS NULL");
    }
    if (s->in_rule || !s->env->visible)
        return;
    const struct gx_expr *rule = s->env->visible(s->env->visible_p, object->name);
    if (!rule)
        return;
    const struct sql_scope scope = { alias, NULL };
    ADD(s, " AND ");
    s->in_rule = true;
    gx_expr_emit_cond(s, &scope, rule->root);
    s->in_rule = false;
}

static void emit_table(struct sql *s, const struct gx_expr_object *object, struct gx_str alias)
{
    gx_sqlb_name(s->b, object->table);
    ADD(s, " AS ");
    gx_sqlb_name(s->b, alias);
}

static const struct sql_scope *scope_at(const struct sql_scope *scope, int levels)
{
    while (levels-- > 0)
        scope = scope->up;
    gx_assert(scope);
    return scope;
}

/* A field of the record in `scope`. */
static void emit_own(struct sql *s, const struct sql_scope *scope,
                     const struct gx_expr_field *field, enum form form)
{
    if (field->formula) {
        const struct sql_scope alone = { scope->alias, NULL };
        if (form == FORM_PLAIN)
            gx_expr_emit_value(s, &alone, field->formula->root);
        else
            gx_expr_emit_fold(s, &alone, field->formula->root, form == FORM_PART);
    } else if (form == FORM_PLAIN && is_duck(s)) {
        gx_expr_duck_field(s, scope->alias, field);
    } else if (form == FORM_PLAIN) {
        gx_sqlb_column(s->b, scope->alias, field->column);
    } else if (!is_sqlite(s)) {
        struct gx_str shadow = gx_arena_printf(s->b->arena, "%.*s_k", GX_STR_ARG(field->column));
        gx_sqlb_column(s->b, scope->alias, shadow);
    } else {
        gx_expr_emit_call(s, FN_FOLD);
        gx_sqlb_column(s->b, scope->alias, field->column);
        ADD(s, ")");
    }
}

void gx_expr_emit_field(struct sql *s, const struct sql_scope *scope, const struct node *node,
                        enum form form)
{
    const struct node *record = node->kids[0];
    if (record->kind == N_THIS) {
        emit_own(s, scope_at(scope, record->shift), node->field, form);
        return;
    }
    const struct sql_scope inner = { gx_expr_new_alias(s), NULL };
    ADD(s, "(SELECT ");
    emit_own(s, &inner, node->field, form);
    ADD(s, " FROM ");
    emit_table(s, record->target, inner.alias);
    ADD(s, " WHERE ");
    gx_sqlb_column(s->b, inner.alias, GX_STR("id"));
    ADD(s, " = ");
    gx_expr_emit_value(s, scope, record->kids[0]);
    emit_live(s, record->target, inner.alias);
    ADD(s, ")");
}

void gx_expr_emit_flag(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct node field;
    struct sql_scope inner;
    int open = gx_expr_open_path(s, scope, node, false, &field, &inner);
    if (field.field->formula) {
        const struct sql_scope alone = { scope_at(&inner, field.kids[0]->shift)->alias, NULL };
        gx_expr_emit_cond(s, &alone, field.field->formula->root);
    } else {
        gx_expr_emit_field(s, &inner, &field, FORM_PLAIN);
        ADD(s, " = 1");
    }
    gx_expr_close_path(s, open);
}

/* A link of the record of `own`, or any expression in `scope`. */
static void emit_link(struct sql *s, const struct sql_scope *scope, const struct sql_scope *own,
                      const struct node *link)
{
    if (own)
        emit_own(s, own, link->field, FORM_PLAIN);
    else
        gx_expr_emit_value(s, scope, link);
}

static int open_record(struct sql *s, const struct sql_scope *scope, const struct node *record,
                       bool selective, struct sql_scope *ret_scope)
{
    const struct node *link = record->kids[0];
    struct sql_scope outer = *scope;
    int open = 0;
    bool linked = link->kind == N_FIELD && link->kids[0]->kind == N_FOLLOW;
    if (linked)
        open = open_record(s, scope, link->kids[0], selective, &outer);
    *ret_scope = (struct sql_scope){ gx_expr_new_alias(s), NULL };
    if (selective) {
        emit_link(s, scope, linked ? &outer : NULL, link);
        ADD(s, " IN (SELECT ");
        gx_sqlb_column(s->b, ret_scope->alias, GX_STR("id"));
    } else {
        ADD(s, "EXISTS (SELECT 1");
    }
    ADD(s, " FROM ");
    emit_table(s, record->target, ret_scope->alias);
    ADD(s, " WHERE ");
    gx_sqlb_column(s->b, ret_scope->alias, GX_STR("id"));
    if (selective) {
        ADD(s, " IS NOT NULL");
    } else {
        ADD(s, " = ");
        emit_link(s, scope, linked ? &outer : NULL, link);
    }
    emit_live(s, record->target, ret_scope->alias);
    ADD(s, " AND ");
    return open + 1;
}

int gx_expr_open_path(struct sql *s, const struct sql_scope *scope, const struct node *field,
                      bool selective, struct node *ret_field, struct sql_scope *ret_scope)
{
    *ret_field = *field;
    *ret_scope = *scope;
    if (field->kind != N_FIELD || field->kids[0]->kind != N_FOLLOW)
        return 0;
    int open = open_record(s, scope, field->kids[0], selective, ret_scope);
    struct node *record = GX_ARENA_NEW(s->b->arena, struct node);
    *record = *field->kids[0];
    record->kind = N_THIS;
    record->shift = 0;
    record->count = 0;
    ret_field->kids = GX_ARENA_NEW(s->b->arena, struct node *);
    ret_field->kids[0] = record;
    return open;
}

void gx_expr_close_path(struct sql *s, int count)
{
    while (count-- > 0)
        ADD(s, ")");
}

/* The id of the record that a list belongs to. */
static void emit_owner(struct sql *s, const struct sql_scope *scope, const struct node *record)
{
    if (record->kind == N_THIS) {
        gx_sqlb_column(s->b, scope_at(scope, record->shift)->alias, GX_STR("id"));
        return;
    }
    struct node *kids[] = { (struct node *)record };
    const struct node id = {
        .kind = N_FIELD, .type = GX_TYPE_LINK, .field = &gx_expr_id_field, .kids = kids, .count = 1
    };
    gx_expr_emit_field(s, scope, &id, FORM_PLAIN);
}

/* DuckDB: the ids are a list in a column of the record that they belong to. */
static void emit_from_list(struct sql *s, const struct sql_scope *scope, const struct node *node,
                           struct gx_str alias)
{
    struct node *kids[] = { node->over };
    const struct node ids = {
        .kind = N_FIELD, .type = GX_TYPE_LINKS, .field = node->field, .kids = kids, .count = 1
    };
    struct gx_str list = gx_expr_new_alias(s);
    ADD(s, "(SELECT unnest(");
    gx_expr_emit_field(s, scope, &ids, FORM_PLAIN);
    ADD(s, ") AS dst) AS ");
    gx_sqlb_name(s->b, list);
    ADD(s, " JOIN ");
    emit_table(s, node->target, alias);
    ADD(s, " ON ");
    gx_sqlb_column(s->b, alias, GX_STR("id"));
    ADD(s, " = ");
    gx_sqlb_column(s->b, list, GX_STR("dst"));
    ADD(s, " WHERE true");
}

/* " FROM … WHERE …": the records of the list that may be seen, without the condition. */
static void emit_from(struct sql *s, const struct sql_scope *scope, const struct node *node,
                      struct gx_str alias)
{
    ADD(s, " FROM ");
    if (node->relation) {
        emit_table(s, node->target, alias);
        ADD(s, " WHERE ");
        gx_sqlb_column(s->b, alias, node->link->column);
    } else if (is_duck(s)) {
        emit_from_list(s, scope, node, alias);
        emit_live(s, node->target, alias);
        return;
    } else {
        struct gx_str join = gx_expr_new_alias(s);
        gx_sqlb_name(s->b, node->field->join_table);
        ADD(s, " AS ");
        gx_sqlb_name(s->b, join);
        ADD(s, " JOIN ");
        emit_table(s, node->target, alias);
        ADD(s, " ON ");
        gx_sqlb_column(s->b, alias, GX_STR("id"));
        ADD(s, " = ");
        gx_sqlb_column(s->b, join, GX_STR("dst"));
        ADD(s, " WHERE ");
        gx_sqlb_column(s->b, join, GX_STR("src"));
    }
    ADD(s, " = ");
    emit_owner(s, scope, node->over);
    emit_live(s, node->target, alias);
}

static void emit_rows(struct sql *s, const struct sql_scope *scope, const struct node *node,
                      const struct sql_scope *inner)
{
    emit_from(s, scope, node, inner->alias);
    if (!node->cond)
        return;
    ADD(s, " AND ");
    gx_expr_emit_cond(s, inner, node->cond);
}

void gx_expr_emit_exists(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    const struct sql_scope inner = { gx_expr_new_alias(s), scope };
    if (node->aggregate == AGGREGATE_ANY) {
        ADD(s, "EXISTS (SELECT 1");
        emit_rows(s, scope, node, &inner);
        ADD(s, ")");
        return;
    }
    gx_assert(node->aggregate == AGGREGATE_ALL);
    ADD(s, "NOT EXISTS (SELECT 1");
    emit_from(s, scope, node, inner.alias);
    ADD(s, " AND ");
    gx_expr_emit_cond(s, &inner, node->cond);
    ADD(s, " IS NOT TRUE)");
}

/*
 * SQLite: gx_sum() of the upper and lower halves, see expr_fn.c.  The value is in a subquery of
 * its own, kept apart by LIMIT, so that it is written and computed once.
 */
static void emit_sum_sqlite(struct sql *s, const struct sql_scope *scope, const struct node *node,
                            const struct sql_scope *inner)
{
    struct gx_str rows = gx_expr_new_alias(s);
    ADD(s, "(SELECT ");
    gx_expr_emit_call(s, node->aggregate == AGGREGATE_SUM ? FN_SUM : FN_AVG);
    ADD(s, "sum(");
    gx_sqlb_column(s->b, rows, GX_STR("v"));
    ADD(s, " >> 32), sum(");
    gx_sqlb_column(s->b, rows, GX_STR("v"));
    ADD(s, " & 4294967295)");
    if (node->aggregate == AGGREGATE_AVG) {
        ADD(s, ", count(");
        gx_sqlb_column(s->b, rows, GX_STR("v"));
        ADD(s, "), ");
        gx_sqlb_int(s->b, node->scale - node->of->scale);
    }
    ADD(s, ") FROM (SELECT ");
    gx_expr_emit_value(s, inner, node->of);
    ADD(s, " AS v");
    emit_rows(s, scope, node, inner);
    ADD(s, " LIMIT -1) AS ");
    gx_sqlb_name(s->b, rows);
    ADD(s, ")");
}

static void emit_sum_postgres(struct sql *s, const struct sql_scope *scope, const struct node *node,
                              const struct sql_scope *inner)
{
    int alias;
    gx_expr_emit_fit_open(s, &alias, INT64_MIN, INT64_MAX);
    if (node->aggregate == AGGREGATE_SUM) {
        ADD(s, "(SELECT COALESCE(sum(");
        gx_expr_emit_value(s, inner, node->of);
        ADD(s, "), 0)");
        emit_rows(s, scope, node, inner);
        ADD(s, ")");
    } else {
        struct gx_str rows = gx_expr_new_alias(s), q = gx_expr_new_alias(s);
        ADD(s, "(SELECT CASE WHEN n > 0 THEN sign(t) * div(2 * abs(t) + n, 2 * n) END FROM "
               "(SELECT CAST(count(v) AS numeric) AS n, CAST(sum(v) AS numeric)");
        gx_expr_emit_power(s, node->scale - node->of->scale);
        ADD(s, " AS t FROM (SELECT ");
        gx_expr_emit_value(s, inner, node->of);
        ADD(s, " AS v");
        emit_rows(s, scope, node, inner);
        ADD(s, " OFFSET 0) AS ");
        gx_sqlb_name(s->b, rows);
        ADD(s, ") AS ");
        gx_sqlb_name(s->b, q);
        ADD(s, ")");
    }
    gx_expr_emit_fit_close(s, alias);
}

static void emit_sum_duck(struct sql *s, const struct sql_scope *scope, const struct node *node,
                          const struct sql_scope *inner)
{
    if (node->aggregate == AGGREGATE_SUM) {
        struct gx_str v = gx_expr_duck_fit_open(s);
        ADD(s, "(SELECT COALESCE(sum(");
        gx_expr_emit_value(s, inner, node->of);
        ADD(s, "), CAST(0 AS HUGEINT))");
        emit_rows(s, scope, node, inner);
        ADD(s, ")");
        gx_expr_duck_fit_close(s, v, INT64_MIN, INT64_MAX);
        return;
    }
    struct gx_str fit, r = gx_expr_duck_quotient_open(s, &fit), rows = gx_expr_new_alias(s);
    ADD(s, "(SELECT struct_pack(a := sum(v)");
    gx_expr_duck_times(s, node->scale - node->of->scale);
    ADD(s, ", b := CAST(count(v) AS HUGEINT)) FROM (SELECT ");
    gx_expr_emit_value(s, inner, node->of);
    ADD(s, " AS v");
    emit_rows(s, scope, node, inner);
    ADD(s, ") AS ");
    gx_sqlb_name(s->b, rows);
    ADD(s, ")");
    gx_expr_duck_quotient_close(s, r, fit);
}

void gx_expr_emit_aggregate(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    const struct sql_scope inner = { gx_expr_new_alias(s), scope };
    if (node->aggregate == AGGREGATE_SUM || node->aggregate == AGGREGATE_AVG) {
        if (is_sqlite(s))
            emit_sum_sqlite(s, scope, node, &inner);
        else if (is_duck(s))
            emit_sum_duck(s, scope, node, &inner);
        else
            emit_sum_postgres(s, scope, node, &inner);
        return;
    }
    if (node->aggregate == AGGREGATE_COUNT) {
        ADD(s, "(SELECT count(*)");
    } else {
        gx_sqlb_add(s->b, node->aggregate == AGGREGATE_MIN ? GX_SQL("(SELECT min(")
                                                           : GX_SQL("(SELECT max("));
        gx_expr_emit_value(s, &inner, node->of);
        ADD(s, ")");
    }
    emit_rows(s, scope, node, &inner);
    ADD(s, ")");
}
