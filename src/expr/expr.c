/* expr.c - the doors of the module: parse, ask, join. */
#include "expr/expr_int.h"

#include "base/assert.h"
#include "base/decimal.h"

static enum gx_code check_want(struct parser *p, enum gx_type want, struct node **root)
{
    int type = (*root)->type;
    if (type > GX_TYPE_LINK)
        return gx_expr_fail_type(p, *root, (int)want);
    if (want == GX_TYPE_ANY || type == (int)want)
        return GX_OK;
    if (want == GX_TYPE_MONEY && type == GX_TYPE_NUMBER)
        return gx_expr_to_scale(p, root, GX_TYPE_MONEY, GX_MONEY_SCALE);
    if (want == GX_TYPE_TEXT && type != GX_TYPE_BOOL)
        return gx_expr_to_text(p, root);
    return gx_expr_fail(p, (*root)->at, GX_M_EXPR_WANT, gx_str_c(gx_expr_type_name(p, (int)want)),
                        gx_str_c(gx_expr_type_name(p, type)));
}

enum gx_code gx_expr_parse(struct gx_ctx *ctx, struct gx_arena *arena,
                           const struct gx_expr_schema *schema, struct gx_str object,
                           struct gx_str text, enum gx_type want, const struct gx_expr **ret_expr)
{
    struct parser p = {
        .ctx = ctx,
        .arena = arena ? arena : ctx->arena,
        .schema = schema,
        .node_max = GX_EXPR_NODES_MAX,
    };
    const struct check_scope scope = { .object = schema->object(schema->p, object) };
    struct node *root;
    if (!scope.object)
        return gx_expr_fail(&p, 0, GX_M_EXPR_OBJECT, object, GX_STR(""));
    if (text.n > GX_EXPR_TEXT_BYTES_MAX)
        return gx_expr_fail(&p, GX_EXPR_TEXT_BYTES_MAX, GX_M_EXPR_TOO_LONG, GX_STR(""), GX_STR(""));
    p.text = gx_arena_str(p.arena, text);
    GX_TRY(gx_expr_tree(&p, &root));
    p.node_max = SIZE_MAX; /* the checker makes a few for each, bounded by those of the text */
    GX_TRY(gx_expr_check(&p, &scope, &root));
    GX_TRY(check_want(&p, want, &root));
    struct gx_expr *expr = GX_ARENA_NEW(p.arena, struct gx_expr);
    expr->root = root;
    expr->object = scope.object->name;
    *ret_expr = expr;
    return GX_OK;
}

enum gx_type gx_expr_type(const struct gx_expr *expr)
{
    gx_assert(expr->root->type <= GX_TYPE_LINKS);
    return (enum gx_type)expr->root->type;
}

int gx_expr_scale(const struct gx_expr *expr)
{
    return expr->root->scale;
}

const char *gx_expr_link_object(const struct gx_expr *expr)
{
    return expr->root->type == GX_TYPE_LINK ? expr->root->object.p : NULL;
}

/* The parts of a node: itself, or the kids of an `and` (of an `or`). */
static size_t parts_of(const struct node *node, enum node_kind kind, struct node *const **ret_parts,
                       struct node *const *self)
{
    *ret_parts = node->kind == kind ? node->kids : self;
    return node->kind == kind ? node->count : 1;
}

static const struct gx_expr *join(struct gx_arena *arena, enum node_kind kind,
                                  const struct gx_expr *a, const struct gx_expr *b)
{
    gx_assert(a->root->type == GX_TYPE_BOOL && b->root->type == GX_TYPE_BOOL);
    gx_assert(gx_str_eq(a->object, b->object));
    struct node *const *left, *const *right;
    size_t left_count = parts_of(a->root, kind, &left, &a->root);
    size_t right_count = parts_of(b->root, kind, &right, &b->root);
    struct node *root = GX_ARENA_NEW(arena, struct node);
    *root = (struct node){
        .kind = kind,
        .type = GX_TYPE_BOOL,
        .constant = a->root->constant && b->root->constant,
        .depth = 1 + (a->root->depth > b->root->depth ? a->root->depth : b->root->depth),
        .cost = 1 + a->root->cost + b->root->cost,
        .count = left_count + right_count,
        .kids = GX_ARENA_ARRAY(arena, struct node *, left_count + right_count),
    };
    memcpy(root->kids, left, left_count * sizeof *left);
    memcpy(root->kids + left_count, right, right_count * sizeof *right);
    struct gx_expr *expr = GX_ARENA_NEW(arena, struct gx_expr);
    expr->root = root;
    expr->object = a->object;
    return expr;
}

const struct gx_expr *gx_expr_and(struct gx_arena *arena, const struct gx_expr *a,
                                  const struct gx_expr *b)
{
    return a && b ? join(arena, N_AND, a, b) : a ? a : b;
}

const struct gx_expr *gx_expr_or(struct gx_arena *arena, const struct gx_expr *a,
                                 const struct gx_expr *b)
{
    return a && b ? join(arena, N_OR, a, b) : NULL;
}

const struct gx_expr *gx_expr_reach(struct gx_arena *arena, struct gx_str object, int64_t code)
{
    struct gx_expr *expr = GX_ARENA_NEW(arena, struct gx_expr);
    expr->root = GX_ARENA_NEW(arena, struct node);
    *expr->root = (struct node){
        .kind = N_REACH,
        .type = GX_TYPE_BOOL,
        .depth = 1,
        .cost = 1,
        .value = gx_value_int(code),
        .object = object,
    };
    expr->object = object;
    return expr;
}

const struct gx_expr *gx_expr_rule(struct gx_arena *arena, const struct gx_expr *expr)
{
    struct gx_expr *rule = GX_ARENA_NEW(arena, struct gx_expr);
    rule->root = GX_ARENA_NEW(arena, struct node);
    *rule->root = (struct node){
        .kind = N_RULE,
        .type = GX_TYPE_BOOL,
        .depth = 1 + expr->root->depth,
        .cost = 1 + expr->root->cost,
        .kids = GX_ARENA_NEW(arena, struct node *),
        .count = 1,
    };
    rule->root->kids[0] = expr->root;
    rule->object = expr->object;
    return rule;
}

static bool is_own_field(const struct node *node)
{
    return node->kind == N_FIELD && node->kids[0]->kind == N_THIS && !node->field->formula;
}

/* One conjunct as a term; false if it is of another form. */
static bool term_of(const struct node *node, struct gx_expr_term *ret_term)
{
    const struct node *field = node;
    struct gx_expr_term term = { 0 };
    bool rest_constant = true;
    if (node->kind == N_IS_EMPTY)
        field = node->kids[0];
    else if (node->count >= 2)
        field = node->kids[node->kids[0]->constant ? 1 : 0];
    for (size_t i = 0; node->kind != N_FIELD && i < node->count; i++)
        rest_constant = rest_constant && (node->kids[i] == field || node->kids[i]->constant);
    if (!is_own_field(field) || !rest_constant)
        return false;
    term.field = field->field->name;
    switch (node->kind) {
    case N_FIELD:
    case N_IS_EMPTY:
        term.equal = true;
        break;
    case N_IN:
        term.equal = field == node->kids[0];
        break;
    case N_BETWEEN:
    case N_IN_PERIOD:
        term.range = field == node->kids[0];
        break;
    case N_MATCH:
        term.prefix = node->op == OP_STARTS && field == node->kids[0];
        break;
    case N_COMPARE:
        term.equal = node->op == OP_EQ;
        term.range = node->op >= OP_LT && node->op <= OP_GE;
        break;
    default:
        return false;
    }
    /* A day is a range of moments; `= false` is compiled as `not`. */
    if (term.equal && node->count > 1 && field->type == GX_TYPE_MOMENT) {
        term.equal = false;
        term.range = true;
    }
    if (field->type == GX_TYPE_BOOL && node->kind != N_FIELD)
        return false;
    *ret_term = term;
    return term.equal || term.range || term.prefix;
}

size_t gx_expr_terms(const struct gx_expr *expr, struct gx_expr_term *out, size_t max)
{
    struct node *const *parts;
    size_t count = parts_of(expr->root, N_AND, &parts, &expr->root), found = 0;
    for (size_t i = 0; i < count && found < max; i++)
        found += term_of(parts[i], &out[found]);
    return found;
}

bool gx_expr_reserved(struct gx_str name)
{
    static const char *const words[] = { "and", "or",   "not",   "in",    "between", "is",
                                         "me",  "true", "false", "empty", "outer" };
    enum period period;
    int shift;
    for (size_t i = 0; i < GX_COUNT(words); i++) {
        if (gx_str_ieq(name, gx_str_c(words[i])))
            return true;
    }
    return gx_expr_find_period(name, &period, &shift);
}
