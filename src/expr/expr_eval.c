/*
 * expr_eval.c - an expression on a record in memory.
 *
 * The rules of emptiness are those that expr_sql.c makes SQL obey: a comparison with an empty
 * side is false, a calculation with one is empty, `not` turns true and false around.  A yes or
 * no is 0 or 1, never empty.  The property test holds the two together.
 */
#include "expr/expr_int.h"

#include "base/assert.h"
#include "base/text.h"
#include "base/time.h"

struct scope {
    const void *record; /* NULL: there is none, all its fields are empty */
    const struct scope *up;
};

struct eval {
    struct gx_arena *arena;
    const struct gx_expr_env *env;
    const struct gx_expr_reader *reader;
};

static enum gx_code eval(struct eval *e, const struct scope *scope, const struct node *node,
                         struct gx_value *ret_value);
static enum gx_code eval_as(struct eval *e, const struct scope *scope, const struct node *node,
                            enum form form, struct gx_value *ret_value);

static enum gx_code eval_bool(struct eval *e, const struct scope *scope, const struct node *node,
                              bool *ret_bool)
{
    struct gx_value v;
    GX_TRY(eval(e, scope, node, &v));
    *ret_bool = v.kind == GX_VALUE_INT && v.i == 1;
    return GX_OK;
}

static enum gx_code eval_record(struct eval *e, const struct scope *scope, const struct node *node,
                                const void **ret_record)
{
    if (node->kind == N_THIS) {
        for (int i = 0; i < node->shift; i++)
            scope = scope->up;
        *ret_record = scope->record;
        return GX_OK;
    }
    gx_assert(node->kind == N_FOLLOW);
    struct gx_value id;
    GX_TRY(eval(e, scope, node->kids[0], &id));
    *ret_record = NULL;
    if (id.kind != GX_VALUE_INT)
        return GX_OK;
    return e->reader->follow(e->reader->p, node->target->name, id.i, ret_record);
}

static enum gx_code eval_field(struct eval *e, const struct scope *scope, const struct node *node,
                               enum form form, struct gx_value *ret_value)
{
    struct scope inner = { 0 };
    GX_TRY(eval_record(e, scope, node->kids[0], &inner.record));
    *ret_value = GX_NULL_VALUE;
    if (!inner.record)
        return GX_OK;
    if (node->field->formula) {
        const struct node *root = node->field->formula->root;
        return eval_as(e, &inner, root, form, ret_value);
    }
    struct gx_value v;
    GX_TRY(e->reader->field(e->reader->p, inner.record, node->field, &v));
    if (v.kind == GX_VALUE_TEXT && v.s.n == 0)
        v = GX_NULL_VALUE;
    if (form != FORM_PLAIN && v.kind == GX_VALUE_TEXT)
        v = gx_expr_call_fn(e->arena, FN_FOLD, &v);
    *ret_value = v;
    return GX_OK;
}

static bool holds(enum op op, int sign)
{
    switch (op) {
    case OP_EQ:
        return sign == 0;
    case OP_NE:
        return sign != 0;
    case OP_LT:
        return sign < 0;
    case OP_LE:
        return sign <= 0;
    case OP_GT:
        return sign > 0;
    default:
        return sign >= 0;
    }
}

/* A moment beside a date counts as its day. */
static struct gx_value as_date(const struct eval *e, struct gx_value v)
{
    return gx_expr_call_fn(e->arena, FN_DAY,
                           (const struct gx_value[]){ v, gx_value_int(e->env->tz_offset_min) });
}

static bool compare(const struct eval *e, enum op op, const struct node *left, struct gx_value a,
                    const struct node *right, struct gx_value b)
{
    if (left->type == GX_TYPE_BOOL) {
        int x = a.kind == GX_VALUE_INT && a.i == 1, y = b.kind == GX_VALUE_INT && b.i == 1;
        return holds(op, x - y);
    }
    if (left->type == GX_TYPE_MOMENT && right->type == GX_TYPE_DATE)
        a = as_date(e, a);
    if (left->type == GX_TYPE_DATE && right->type == GX_TYPE_MOMENT)
        b = as_date(e, b);
    if (a.kind == GX_VALUE_NULL || b.kind == GX_VALUE_NULL)
        return op == OP_NE;
    if (a.kind == GX_VALUE_TEXT) {
        gx_assert(b.kind == GX_VALUE_TEXT);
        return holds(op, gx_str_cmp(a.s, b.s));
    }
    const struct gx_value args[] = { a, b, gx_value_int(right->scale - left->scale) };
    return holds(op, (int)gx_expr_call_fn(e->arena, FN_CMP, args).i);
}

/* Kid 0 against the others: `=` to any (in), or >= the first and <= the second (between). */
static enum gx_code eval_several(struct eval *e, const struct scope *scope, const struct node *node,
                                 bool *ret_bool)
{
    struct gx_value a, b;
    bool in = node->kind == N_IN, is = !in;
    GX_TRY(eval(e, scope, node->kids[0], &a));
    for (size_t i = 1; i < node->count; i++) {
        enum op op = in ? OP_EQ : i == 1 ? OP_GE : OP_LE;
        GX_TRY(eval(e, scope, node->kids[i], &b));
        bool holds_here = compare(e, op, node->kids[0], a, node->kids[i], b);
        is = in ? is || holds_here : is && holds_here;
    }
    *ret_bool = is;
    return GX_OK;
}

static enum gx_code eval_match(struct eval *e, const struct scope *scope, const struct node *node,
                               bool *ret_bool)
{
    struct gx_value a, b;
    GX_TRY(eval_as(e, scope, node->kids[0], FORM_FOLDED, &a));
    GX_TRY(eval_as(e, scope, node->kids[1], FORM_FOLDED, &b));
    *ret_bool = false;
    if (a.kind == GX_VALUE_NULL || b.kind == GX_VALUE_NULL)
        return GX_OK;
    if (node->op == OP_CONTAINS)
        *ret_bool = b.s.n == 0 || gx_str_search(a.s, b.s) != SIZE_MAX;
    else
        *ret_bool = node->op == OP_STARTS ? gx_str_starts(a.s, b.s) : gx_str_ends(a.s, b.s);
    return GX_OK;
}

static enum gx_code eval_in_period(struct eval *e, const struct scope *scope,
                                   const struct node *node, bool *ret_bool)
{
    struct gx_value v;
    int64_t from, to;
    const struct node *period = node->kids[1];
    GX_TRY(eval(e, scope, node->kids[0], &v));
    if (node->kids[0]->type == GX_TYPE_MOMENT)
        v = as_date(e, v);
    gx_expr_period_range(e->env, period->period, period->shift, &from, &to);
    *ret_bool = v.kind == GX_VALUE_INT && v.i >= from && v.i < to;
    return GX_OK;
}

/* "|a|b|" has code a. */
static enum gx_code eval_has(struct eval *e, const struct scope *scope, const struct node *node,
                             bool *ret_bool)
{
    struct gx_value list;
    GX_TRY(eval(e, scope, node->kids[0], &list));
    *ret_bool = false;
    for (size_t i = 1; list.kind == GX_VALUE_TEXT && i < node->count; i++) {
        struct gx_str code = node->kids[i]->value.s;
        struct gx_str wanted = gx_arena_printf(e->arena, "|%.*s|", GX_STR_ARG(code));
        *ret_bool = *ret_bool || gx_str_search(list.s, wanted) != SIZE_MAX;
    }
    return GX_OK;
}

static enum gx_code eval_logic(struct eval *e, const struct scope *scope, const struct node *node,
                               bool *ret_bool)
{
    bool is = false;
    for (size_t i = 0; i < node->count; i++) {
        GX_TRY(eval_bool(e, scope, node->kids[i], &is));
        if (node->kind == N_AND ? !is : is)
            break;
    }
    *ret_bool = node->kind == N_NOT ? !is : is;
    return GX_OK;
}

static enum gx_code eval_test(struct eval *e, const struct scope *scope, const struct node *node,
                              bool *ret_bool)
{
    struct gx_value a, b;
    switch (node->kind) {
    case N_NOT:
    case N_AND:
    case N_OR:
        return eval_logic(e, scope, node, ret_bool);
    case N_COMPARE:
        GX_TRY(eval(e, scope, node->kids[0], &a));
        GX_TRY(eval(e, scope, node->kids[1], &b));
        *ret_bool = compare(e, node->op, node->kids[0], a, node->kids[1], b);
        return GX_OK;
    case N_MATCH:
        return eval_match(e, scope, node, ret_bool);
    case N_IN_PERIOD:
        return eval_in_period(e, scope, node, ret_bool);
    case N_IS_EMPTY:
        GX_TRY(eval(e, scope, node->kids[0], &a));
        *ret_bool = a.kind == GX_VALUE_NULL;
        return GX_OK;
    case N_HAS:
        return eval_has(e, scope, node, ret_bool);
    default:
        return eval_several(e, scope, node, ret_bool);
    }
}

/* All kids joined; nothing at all is empty. */
static enum gx_code eval_concat(struct eval *e, const struct scope *scope, const struct node *node,
                                enum form form, struct gx_value *ret_value)
{
    struct gx_str all = GX_STR("");
    for (size_t i = 0; i < node->count; i++) {
        struct gx_value v;
        GX_TRY(eval_as(e, scope, node->kids[i], form == FORM_PLAIN ? form : FORM_PART, &v));
        if (v.kind != GX_VALUE_TEXT || v.s.n == 0)
            continue;
        char *p = gx_arena_alloc(e->arena, all.n + v.s.n);
        memcpy(p, all.p, all.n);
        memcpy(p + all.n, v.s.p, v.s.n);
        all = (struct gx_str){ p, all.n + v.s.n };
    }
    *ret_value = all.n ? gx_value_text(all) : GX_NULL_VALUE;
    if (form == FORM_FOLDED)
        *ret_value = gx_expr_call_fn(e->arena, FN_SQUEEZE, ret_value);
    return GX_OK;
}

/* The first kid that is not empty. */
static enum gx_code eval_coalesce(struct eval *e, const struct scope *scope,
                                  const struct node *node, enum form form,
                                  struct gx_value *ret_value)
{
    *ret_value = GX_NULL_VALUE;
    for (size_t i = 0; i < node->count && ret_value->kind == GX_VALUE_NULL; i++)
        GX_TRY(eval_as(e, scope, node->kids[i], form, ret_value));
    return GX_OK;
}

static enum gx_code eval_if(struct eval *e, const struct scope *scope, const struct node *node,
                            enum form form, struct gx_value *ret_value)
{
    bool yes;
    GX_TRY(eval_bool(e, scope, node->kids[0], &yes));
    return eval_as(e, scope, node->kids[yes ? 1 : 2], form, ret_value);
}

static enum gx_code eval_least(struct eval *e, const struct scope *scope, const struct node *node,
                               struct gx_value *ret_value)
{
    struct gx_value pair[2] = { GX_NULL_VALUE, GX_NULL_VALUE };
    for (size_t i = 0; i < node->count; i++) {
        GX_TRY(eval(e, scope, node->kids[i], &pair[1]));
        pair[0] = gx_expr_call_fn(e->arena, node->kind == N_MIN ? FN_MIN : FN_MAX, pair);
    }
    *ret_value = pair[0];
    return GX_OK;
}

static enum gx_code eval_fn(struct eval *e, const struct scope *scope, const struct node *node,
                            struct gx_value *ret_value)
{
    struct gx_value args[6];
    size_t n = 0;
    for (size_t i = 0; i < node->count; i++)
        GX_TRY(eval(e, scope, node->kids[i], &args[n++]));
    for (int i = 0; i < node->param_count; i++)
        args[n++] = gx_value_int(node->params[i]);
    if (node->tz)
        args[n++] = gx_value_int(e->env->tz_offset_min);
    gx_assert((int)n == gx_expr_functions[node->fn].arg_count);
    *ret_value = gx_expr_call_fn(e->arena, node->fn, args);
    return GX_OK;
}

/* What an aggregate has seen so far. */
struct tally {
    int64_t rows, values, best;
    __int128 sum;
    bool failed_one;
};

static void count_value(struct tally *t, const struct node *node, struct gx_value v)
{
    if (v.kind != GX_VALUE_INT)
        return;
    bool better = node->aggregate == AGGREGATE_MIN ? v.i < t->best : v.i > t->best;
    if (t->values++ == 0 || better)
        t->best = v.i;
    t->sum += v.i;
}

static enum gx_code tally_one(struct eval *e, const struct scope *scope, const struct node *node,
                              const void *record, struct tally *t)
{
    const struct scope inner = { record, scope };
    bool is = true;
    if (node->cond)
        GX_TRY(eval_bool(e, &inner, node->cond, &is));
    if (!is) {
        t->failed_one = true;
        return GX_OK;
    }
    t->rows++;
    if (!node->of)
        return GX_OK;
    struct gx_value v;
    GX_TRY(eval(e, &inner, node->of, &v));
    count_value(t, node, v);
    return GX_OK;
}

/* The next record of the list; NULL at the end. */
static enum gx_code next_record(struct eval *e, const struct node *node, const void *base,
                                int64_t id, int64_t *cursor, const void **ret_record)
{
    const struct gx_expr_reader *r = e->reader;
    *ret_record = NULL;
    if (node->relation)
        return r->related(r->p, node->target->name, node->link->name, id, cursor, ret_record);
    for (;;) {
        int64_t to = 0;
        GX_TRY(r->links(r->p, base, node->field, cursor, &to));
        if (!to)
            return GX_OK;
        GX_TRY(r->follow(r->p, node->target->name, to, ret_record));
        if (*ret_record)
            return GX_OK;
    }
}

static struct gx_value result_of(const struct node *node, const struct tally *t)
{
    switch (node->aggregate) {
    case AGGREGATE_COUNT:
        return gx_value_int(t->rows);
    case AGGREGATE_ANY:
        return gx_value_int(t->rows > 0);
    case AGGREGATE_ALL:
        return gx_value_int(!t->failed_one);
    case AGGREGATE_SUM:
    case AGGREGATE_AVG: {
        /* The same two halves that SQL makes, so that the same function ends both. */
        const struct gx_value args[] = {
            gx_value_int((int64_t)(t->sum >> 32)),
            gx_value_int((int64_t)(t->sum & 0xffffffff)),
            gx_value_int(t->values),
            gx_value_int(node->of->scale < node->scale ? node->scale - node->of->scale : 0),
        };
        return gx_expr_call_fn(NULL, node->aggregate == AGGREGATE_SUM ? FN_SUM : FN_AVG, args);
    }
    default:
        return t->values ? gx_value_int(t->best) : GX_NULL_VALUE;
    }
}

static enum gx_code eval_aggregate(struct eval *e, const struct scope *scope,
                                   const struct node *node, struct gx_value *ret_value)
{
    struct tally t = { 0 };
    const void *base, *record;
    struct gx_value id;
    int64_t cursor = 0;
    GX_TRY(eval_record(e, scope, node->over, &base));
    if (base) {
        GX_TRY(e->reader->field(e->reader->p, base, &gx_expr_id_field, &id));
        gx_assert(id.kind == GX_VALUE_INT);
    }
    while (base) {
        GX_TRY(next_record(e, node, base, id.i, &cursor, &record));
        if (!record)
            break;
        GX_TRY(tally_one(e, scope, node, record, &t));
        if ((node->aggregate == AGGREGATE_ANY && t.rows) ||
            (node->aggregate == AGGREGATE_ALL && t.failed_one))
            break;
    }
    *ret_value = result_of(node, &t);
    return GX_OK;
}

static enum gx_code eval(struct eval *e, const struct scope *scope, const struct node *node,
                         struct gx_value *ret_value)
{
    switch (node->kind) {
    case N_EMPTY:
        *ret_value = GX_NULL_VALUE;
        return GX_OK;
    case N_CONST:
        *ret_value = node->value;
        return GX_OK;
    case N_LOCAL_MOMENT:
        *ret_value = gx_value_int(node->value.i - e->env->tz_offset_min * GX_MINUTE_US);
        return GX_OK;
    case N_ME:
        *ret_value = e->env->me ? gx_value_int(e->env->me) : GX_NULL_VALUE;
        return GX_OK;
    case N_TODAY:
        *ret_value = gx_value_int(gx_expr_today(e->env));
        return GX_OK;
    case N_NOW:
        *ret_value = gx_value_int(e->env->now_us);
        return GX_OK;
    case N_FIELD:
        return eval_field(e, scope, node, FORM_PLAIN, ret_value);
    case N_CONCAT:
        return eval_concat(e, scope, node, FORM_PLAIN, ret_value);
    case N_COALESCE:
        return eval_coalesce(e, scope, node, FORM_PLAIN, ret_value);
    case N_IF:
        return eval_if(e, scope, node, FORM_PLAIN, ret_value);
    case N_MIN:
    case N_MAX:
        return eval_least(e, scope, node, ret_value);
    case N_AS_TEXT:
        return eval(e, scope, node->kids[0], ret_value);
    case N_FN:
        return eval_fn(e, scope, node, ret_value);
    case N_AGGREGATE:
        return eval_aggregate(e, scope, node, ret_value);
    default:
        break;
    }
    gx_assert(node->type == GX_TYPE_BOOL);
    bool is = false;
    GX_TRY(eval_test(e, scope, node, &is));
    *ret_value = gx_value_int(is);
    return GX_OK;
}

/* The folded form, part by part; see expr_sql_text.c. */
static enum gx_code eval_as(struct eval *e, const struct scope *scope, const struct node *node,
                            enum form form, struct gx_value *ret_value)
{
    struct gx_value v;
    if (form == FORM_PLAIN)
        return eval(e, scope, node, ret_value);
    if (node->constant) {
        *ret_value = gx_expr_fold_constant(e->arena, node, e->env, form == FORM_PART);
        return GX_OK;
    }
    switch (node->kind) {
    case N_FIELD:
        return eval_field(e, scope, node, form, ret_value);
    case N_CONCAT:
        return eval_concat(e, scope, node, form, ret_value);
    case N_COALESCE:
        return eval_coalesce(e, scope, node, form, ret_value);
    case N_IF:
        return eval_if(e, scope, node, form, ret_value);
    default:
        break;
    }
    gx_assert(node->kind == N_FN);
    if (node->fn == FN_TEXT_NUMBER || node->fn == FN_TEXT_DATE)
        return eval(e, scope, node, ret_value);
    GX_TRY(eval_as(e, scope, node->kids[0], node->fn == FN_TRIM ? FORM_FOLDED : form, &v));
    *ret_value = node->fn == FN_TRIM ? gx_expr_call_fn(e->arena, FN_TRIM, &v) : v;
    return GX_OK;
}

enum gx_code gx_expr_eval(struct gx_ctx *ctx, const struct gx_expr *expr,
                          const struct gx_expr_env *env, const struct gx_expr_reader *reader,
                          const void *record, struct gx_value *ret_value)
{
    struct eval e = { .arena = ctx->arena, .env = env, .reader = reader };
    const struct scope scope = { record, NULL };
    struct gx_value v;
    GX_TRY(eval(&e, &scope, expr->root, &v));
    if (expr->root->type == GX_TYPE_BOOL)
        v = gx_value_int(v.kind == GX_VALUE_INT && v.i == 1);
    *ret_value = v;
    return GX_OK;
}

struct gx_value gx_expr_eval_constant(struct gx_arena *arena, const struct node *node,
                                      const struct gx_expr_env *env)
{
    struct eval e = { .arena = arena, .env = env };
    struct gx_value v = GX_NULL_VALUE;
    gx_assert(node->constant);
    enum gx_code code = eval(&e, NULL, node, &v);
    gx_assert(code == GX_OK);
    return v;
}

/*
 * Folding drops white space at the ends.  In the middle of a longer text it counts, so there the
 * constant is folded between two letters, which are taken off again.
 */
struct gx_value gx_expr_fold_constant(struct gx_arena *arena, const struct node *node,
                                      const struct gx_expr_env *env, bool part)
{
    struct gx_value v = gx_expr_eval_constant(arena, node, env);
    if (v.kind != GX_VALUE_TEXT)
        return v;
    if (part) {
        struct gx_value framed = gx_value_text(gx_arena_printf(arena, "x%.*sx", GX_STR_ARG(v.s)));
        framed = gx_expr_call_fn(arena, FN_FOLD, &framed);
        struct gx_str s = framed.s;
        if (s.n >= 2 && s.p[0] == 'x' && s.p[s.n - 1] == 'x')
            return gx_value_text((struct gx_str){ s.p + 1, s.n - 2 });
    }
    return gx_expr_call_fn(arena, FN_FOLD, &v);
}
