/*
 * expr_print.c - a tree back to its canonical text, and whether two trees are the same.
 *
 * Parsing the text again gives the same tree.  What the checker put in by itself (a number made
 * money, a moment made a date) is not written.
 */
#include "expr/expr_int.h"

#include "base/decimal.h"
#include "base/time.h"

enum level { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_ONE };

static void print_at(struct gx_buf *out, const struct node *node, enum level level);

static enum level level_of(const struct node *node)
{
    switch (node->kind) {
    case N_OR:
        return LEVEL_OR;
    case N_AND:
        return LEVEL_AND;
    case N_NOT:
        switch (node->kids[0]->kind) {
        case N_IN:
        case N_BETWEEN:
        case N_IN_PERIOD:
        case N_IS_EMPTY:
            return LEVEL_COMPARE;
        default:
            return LEVEL_NOT;
        }
    case N_COMPARE:
    case N_MATCH:
    case N_IN:
    case N_BETWEEN:
    case N_IN_PERIOD:
    case N_IS_EMPTY:
        return LEVEL_COMPARE;
    case N_CONCAT:
        return LEVEL_SUM;
    case N_AS_TEXT:
        return node->implicit ? level_of(node->kids[0]) : LEVEL_ONE;
    case N_FN:
        if (node->implicit)
            return level_of(node->kids[0]);
        if (node->op == OP_ADD || (node->op == OP_SUB && node->fn != FN_NEG))
            return LEVEL_SUM;
        return node->op == OP_MUL || node->op == OP_DIV ? LEVEL_PRODUCT : LEVEL_ONE;
    default:
        return LEVEL_ONE;
    }
}

static void print_text(struct gx_buf *out, struct gx_str s)
{
    gx_buf_addc(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\n' || c == '\t') {
            gx_buf_addz(out, c == '\n' ? "\\n" : "\\t");
            continue;
        }
        if (c == '"' || c == '\\')
            gx_buf_addc(out, '\\');
        gx_buf_addc(out, c);
    }
    gx_buf_addc(out, '"');
}

static void print_decimal(struct gx_buf *out, int64_t value, int scale)
{
    char text[32];
    gx_buf_add(out, (struct gx_str){ text, gx_decimal_write(text, value, scale) });
}

/* 1d12h; only whole seconds can be written. */
static void print_duration(struct gx_buf *out, int64_t us)
{
    static const struct {
        int64_t us;
        char letter;
    } units[] = { { GX_DAY_US, 'd' }, { GX_HOUR_US, 'h' }, { GX_MINUTE_US, 'm' } };
    uint64_t rest = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    bool any = false;
    if (us < 0)
        gx_buf_addc(out, '-');
    for (size_t i = 0; i < GX_COUNT(units); i++) {
        uint64_t unit = (uint64_t)units[i].us;
        if (rest < unit)
            continue;
        gx_buf_addi(out, (int64_t)(rest / unit));
        gx_buf_addc(out, units[i].letter);
        rest %= unit;
        any = true;
    }
    if (rest || !any) {
        gx_buf_addi(out, (int64_t)(rest / (uint64_t)GX_SECOND_US));
        gx_buf_addc(out, 's');
    }
}

static void print_moment(struct gx_buf *out, int64_t us, bool local)
{
    int64_t days = gx_date_of_moment(us, 0);
    int64_t rest = us - days * GX_DAY_US;
    struct gx_ymd d = gx_date_to_ymd(days);
    gx_buf_printf(out, "%04d-%02d-%02dT%02d:%02d", (int)d.year, (int)d.month, (int)d.day,
                  (int)(rest / GX_HOUR_US), (int)(rest / GX_MINUTE_US % 60));
    if (rest % GX_MINUTE_US)
        gx_buf_printf(out, ":%02d", (int)(rest / GX_SECOND_US % 60));
    if (rest % GX_SECOND_US)
        gx_buf_printf(out, ".%06d", (int)(rest % GX_SECOND_US));
    if (!local)
        gx_buf_addc(out, 'Z');
}

static void print_constant(struct gx_buf *out, const struct node *node)
{
    int64_t i = node->value.i;
    switch (node->type) {
    case GX_TYPE_BOOL:
        gx_buf_addz(out, i ? "true" : "false");
        break;
    case GX_TYPE_NUMBER:
    case GX_TYPE_MONEY:
        print_decimal(out, i, node->scale);
        break;
    case GX_TYPE_DATE: {
        struct gx_ymd d = gx_date_to_ymd(i);
        gx_buf_printf(out, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.day);
        break;
    }
    case GX_TYPE_MOMENT:
        print_moment(out, i, false);
        break;
    case GX_TYPE_DURATION:
        print_duration(out, i);
        break;
    case GX_TYPE_LINK:
        gx_buf_printf(out, "\"%lld\"", (long long)i);
        break;
    default:
        print_text(out, node->value.s);
    }
}

static void print_months(struct gx_buf *out, int64_t months)
{
    bool years = months && months % 12 == 0;
    int64_t n = years ? months / 12 : months;
    gx_buf_addi(out, n);
    gx_buf_addz(out, years ? " year" : " month");
    if (n != 1 && n != -1)
        gx_buf_addc(out, 's');
}

static void print_record(struct gx_buf *out, const struct node *record)
{
    if (record->kind == N_THIS) {
        for (int i = 0; i < record->shift; i++)
            gx_buf_addz(out, "outer.");
        return;
    }
    print_at(out, record->kids[0], LEVEL_ONE);
    gx_buf_addc(out, '.');
}

static void print_list(struct gx_buf *out, struct node *const *kids, size_t count,
                       const char *between, enum level level)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            gx_buf_addz(out, between);
        print_at(out, kids[i], level);
    }
}

static void print_call(struct gx_buf *out, const char *name, const struct node *node)
{
    gx_buf_addz(out, name);
    gx_buf_addc(out, '(');
    print_list(out, node->kids, node->count, ", ", LEVEL_OR);
    gx_buf_addc(out, ')');
}

static void print_aggregate(struct gx_buf *out, const struct node *node)
{
    gx_buf_add(out, node->name);
    gx_buf_addc(out, '(');
    print_record(out, node->over);
    gx_buf_add(out, node->relation ? node->relation->name : node->field->name);
    if (node->of) {
        gx_buf_addc(out, '.');
        print_at(out, node->of, LEVEL_ONE);
    }
    if (node->cond) {
        gx_buf_addz(out, ": ");
        print_at(out, node->cond, LEVEL_OR);
    }
    gx_buf_addc(out, ')');
}

static const char *op_text(enum op op)
{
    static const char *const texts[] = {
        [OP_EQ] = " = ",    [OP_NE] = " != ", [OP_LT] = " < ",       [OP_LE] = " <= ",
        [OP_GT] = " > ",    [OP_GE] = " >= ", [OP_CONTAINS] = " ~ ", [OP_STARTS] = " ^= ",
        [OP_ENDS] = " $= ", [OP_ADD] = " + ", [OP_SUB] = " - ",      [OP_MUL] = " * ",
        [OP_DIV] = " / ",
    };
    return texts[op];
}

static void print_fn(struct gx_buf *out, const struct node *node)
{
    if (node->implicit) {
        print_at(out, node->kids[0], LEVEL_OR);
    } else if (node->fn == FN_NEG) {
        gx_buf_addc(out, '-');
        print_at(out, node->kids[0], LEVEL_ONE);
    } else if (node->op != OP_NONE) {
        bool product = node->op == OP_MUL || node->op == OP_DIV;
        print_at(out, node->kids[0], product ? LEVEL_PRODUCT : LEVEL_SUM);
        gx_buf_addz(out, op_text(node->op));
        if (node->fn == FN_DATE_MONTHS || node->fn == FN_MOMENT_MONTHS)
            print_months(out, node->params[0] < 0 ? -node->params[0] : node->params[0]);
        else
            print_at(out, node->kids[1], product ? LEVEL_ONE : LEVEL_PRODUCT);
    } else if (node->fn == FN_ROUND && node->shift) {
        gx_buf_add(out, node->name);
        gx_buf_addc(out, '(');
        print_at(out, node->kids[0], LEVEL_OR);
        gx_buf_printf(out, ", %d)", node->shift);
    } else {
        gx_buf_add(out, node->name);
        gx_buf_addc(out, '(');
        print_list(out, node->kids, node->count, ", ", LEVEL_OR);
        gx_buf_addc(out, ')');
    }
}

/* A test of one value; `not` stands inside it: "x not in (…)". */
static void print_test(struct gx_buf *out, const struct node *node, bool negated)
{
    print_at(out, node->kids[0], LEVEL_SUM);
    if (node->kind == N_IS_EMPTY) {
        gx_buf_addz(out, negated ? " is not empty" : " is empty");
        return;
    }
    gx_buf_addz(out, negated ? " not" : "");
    if (node->kind == N_IN) {
        gx_buf_addz(out, " in (");
        print_list(out, node->kids + 1, node->count - 1, ", ", LEVEL_OR);
        gx_buf_addc(out, ')');
        return;
    }
    gx_buf_addz(out, node->kind == N_BETWEEN ? " between " : " in ");
    print_list(out, node->kids + 1, node->count - 1, " and ", LEVEL_SUM);
}

static void print_word(struct gx_buf *out, const struct node *node)
{
    switch (node->kind) {
    case N_EMPTY:
        gx_buf_addz(out, "empty");
        break;
    case N_CONST:
        print_constant(out, node);
        break;
    case N_LOCAL_MOMENT:
        print_moment(out, node->value.i, true);
        break;
    case N_MONTHS:
        print_months(out, node->value.i);
        break;
    case N_ME:
        gx_buf_addz(out, "me");
        break;
    case N_TODAY:
        gx_buf_addz(out, "today()");
        break;
    case N_NOW:
        gx_buf_addz(out, "now()");
        break;
    case N_PERIOD:
        gx_expr_period_print(out, node->period, node->shift);
        break;
    default:
        break;
    }
}

static void print_node(struct gx_buf *out, const struct node *node)
{
    switch (node->kind) {
    case N_FIELD:
        print_record(out, node->kids[0]);
        gx_buf_add(out, node->field->name);
        break;
    case N_NOT:
        if (level_of(node) == LEVEL_COMPARE) {
            print_test(out, node->kids[0], true);
            break;
        }
        gx_buf_addz(out, "not ");
        print_at(out, node->kids[0], LEVEL_NOT);
        break;
    case N_AND:
        print_list(out, node->kids, node->count, " and ", LEVEL_NOT);
        break;
    case N_OR:
        print_list(out, node->kids, node->count, " or ", LEVEL_AND);
        break;
    case N_COMPARE:
    case N_MATCH:
        print_list(out, node->kids, 2, op_text(node->op), LEVEL_SUM);
        break;
    case N_IN:
    case N_BETWEEN:
    case N_IN_PERIOD:
    case N_IS_EMPTY:
        print_test(out, node, false);
        break;
    case N_HAS:
        print_call(out, "has", node);
        break;
    case N_CONCAT:
        print_at(out, node->kids[0], LEVEL_SUM);
        gx_buf_addz(out, " & ");
        print_list(out, node->kids + 1, node->count - 1, " & ", LEVEL_PRODUCT);
        break;
    case N_COALESCE:
        print_call(out, "coalesce", node);
        break;
    case N_IF:
        print_call(out, "if", node);
        break;
    case N_MIN:
        print_call(out, "min", node);
        break;
    case N_MAX:
        print_call(out, "max", node);
        break;
    case N_AS_TEXT:
        if (node->implicit)
            print_at(out, node->kids[0], LEVEL_OR);
        else
            print_call(out, "text", node);
        break;
    case N_FN:
        print_fn(out, node);
        break;
    case N_AGGREGATE:
        print_aggregate(out, node);
        break;
    default:
        print_word(out, node);
    }
}

static void print_at(struct gx_buf *out, const struct node *node, enum level level)
{
    bool parentheses = level_of(node) < level;
    if (parentheses)
        gx_buf_addc(out, '(');
    print_node(out, node);
    if (parentheses)
        gx_buf_addc(out, ')');
}

static void free_buf(void *p)
{
    gx_buf_free(p);
}

struct gx_str gx_expr_text(struct gx_arena *arena, const struct gx_expr *expr)
{
    struct gx_buf *out = GX_ARENA_NEW(arena, struct gx_buf);
    gx_arena_defer(arena, free_buf, out);
    print_at(out, expr->root, LEVEL_OR);
    return gx_arena_str(arena, gx_buf_str(out));
}

static bool same(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || a->type != b->type || a->scale != b->scale || a->count != b->count ||
        a->op != b->op || a->shift != b->shift || a->implicit != b->implicit ||
        a->field != b->field || a->relation != b->relation || a->aggregate != b->aggregate ||
        a->fn != b->fn || a->param_count != b->param_count || !a->of != !b->of ||
        !a->cond != !b->cond || !gx_value_eq(a->value, b->value))
        return false;
    for (int i = 0; i < a->param_count; i++) {
        if (a->params[i] != b->params[i])
            return false;
    }
    if (a->kind == N_PERIOD && a->period != b->period)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!same(a->kids[i], b->kids[i]))
            return false;
    }
    return true;
}

bool gx_expr_same(const struct gx_expr *a, const struct gx_expr *b)
{
    return same(a->root, b->root);
}
