/* expr_uses.c - which fields of which objects an expression reads; see expr.h. */
#include "expr/expr_int.h"

struct uses {
    void (*use)(void *p, struct gx_str object, struct gx_str field);
    void *p;
};

static void walk(const struct uses *u, const struct node *node)
{
    if (node->kind == N_FIELD)
        u->use(u->p, node->kids[0]->object, node->field->name);
    if (node->kind == N_AGGREGATE && node->link)
        u->use(u->p, node->target->name, node->link->name);
    else if (node->kind == N_AGGREGATE && node->field)
        u->use(u->p, node->over->object, node->field->name);
    for (size_t i = 0; i < node->count; i++)
        walk(u, node->kids[i]);
}

void gx_expr_uses(const struct gx_expr *expr,
                  void (*use)(void *p, struct gx_str object, struct gx_str field), void *p)
{
    const struct uses u = { use, p };
    walk(&u, expr->root);
}
