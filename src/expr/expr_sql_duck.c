/*
 * expr_sql_duck.c - calculations and sums for DuckDB.
 *
 * It has none of our functions, so each becomes an expression of hugeint (128 bits), exact, which
 * is empty past 64 bits.  Where a part is needed twice it is named once as the parameter of a
 * lambda over a list of one, never written twice: nested calculations would double at every level,
 * and a correlated subquery for each would be slow.  So NULLIF is not used (a macro that writes its
 * value twice), nor TRY_CAST: the optimiser takes TRY_CAST(x AS BIGINT) >= 1 for x >= 1, past 64
 * bits too.
 */
#include "expr/expr_sql.h"

#include "base/assert.h"
#include "base/time.h"

static void emit_huge(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "CAST(");
    gx_expr_emit_value(s, scope, node);
    ADD(s, " AS HUGEINT)");
}

static void emit_unit(struct sql *s, int64_t power)
{
    ADD(s, "CAST(1");
    while (power-- > 0)
        ADD(s, "0");
    ADD(s, " AS HUGEINT)");
}

void gx_expr_duck_times(struct sql *s, int64_t power)
{
    if (power <= 0)
        return;
    ADD(s, " * ");
    emit_unit(s, power);
}

void gx_expr_duck_scaled(struct sql *s, const struct sql_scope *scope, const struct node *node,
                         int power)
{
    ADD(s, "(");
    emit_huge(s, scope, node);
    gx_expr_duck_times(s, power);
    ADD(s, ")");
}

/* What follows until let_in() has the name that is returned in what follows until let_close(). */
static struct gx_str let_open(struct sql *s)
{
    ADD(s, "list_transform([");
    return gx_expr_new_alias(s);
}

static void let_in(struct sql *s, struct gx_str name)
{
    ADD(s, "], lambda ");
    gx_sqlb_name(s->b, name);
    ADD(s, ": ");
}

static void let_close(struct sql *s)
{
    ADD(s, ")[1]");
}

static void emit_name(struct sql *s, struct gx_str name)
{
    gx_sqlb_name(s->b, name);
}

/* What is open is a hugeint: / 10^power, half away from zero. */
static void rounded_close(struct sql *s, struct gx_str v, int64_t power)
{
    let_in(s, v);
    ADD(s, "(");
    emit_name(s, v);
    ADD(s, " + CASE WHEN ");
    emit_name(s, v);
    ADD(s, " < 0 THEN -5 ELSE 5 END");
    gx_expr_duck_times(s, power - 1);
    ADD(s, ") // ");
    emit_unit(s, power);
    let_close(s);
}

/* Of a struct r(a, b): a / b, half away from zero; NULL for b = 0. */
static void emit_quotient(struct sql *s, struct gx_str r)
{
    struct gx_str a = GX_STR("a"), b = GX_STR("b");
    ADD(s, "sign(");
    gx_sqlb_column(s->b, r, a);
    ADD(s, ") * sign(");
    gx_sqlb_column(s->b, r, b);
    ADD(s, ") * (abs(");
    gx_sqlb_column(s->b, r, a);
    ADD(s, ") // abs(");
    gx_sqlb_column(s->b, r, b);
    ADD(s, ") + CASE WHEN abs(");
    gx_sqlb_column(s->b, r, a);
    ADD(s, ") % abs(");
    gx_sqlb_column(s->b, r, b);
    ADD(s, ") >= abs(");
    gx_sqlb_column(s->b, r, b);
    ADD(s, ") - abs(");
    gx_sqlb_column(s->b, r, a);
    ADD(s, ") % abs(");
    gx_sqlb_column(s->b, r, b);
    ADD(s, ") THEN 1 ELSE 0 END)");
}

static void emit_div(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    int shift = (int)node->params[0];
    struct gx_str r = let_open(s);
    ADD(s, "struct_pack(a := ");
    gx_expr_duck_scaled(s, scope, node->kids[0], shift);
    ADD(s, ", b := ");
    gx_expr_duck_scaled(s, scope, node->kids[1], -shift);
    ADD(s, ")");
    let_in(s, r);
    emit_quotient(s, r);
    let_close(s);
}

static void emit_mul(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    int64_t shift = node->params[0];
    struct gx_str v = shift ? let_open(s) : GX_STR("");
    emit_huge(s, scope, node->kids[0]);
    ADD(s, " * ");
    emit_huge(s, scope, node->kids[1]);
    if (shift > 0)
        rounded_close(s, v, shift);
    if (shift < 0) { /* past 64 bits before, so past them after */
        gx_expr_duck_fit_close(s, v, INT64_MIN, INT64_MAX);
        gx_expr_duck_times(s, -shift);
    }
}

static void emit_rescaled(struct sql *s, const struct sql_scope *scope, const struct node *node,
                          int64_t power)
{
    struct gx_str v = power < 0 ? let_open(s) : GX_STR("");
    emit_huge(s, scope, node->kids[0]);
    if (power < 0)
        rounded_close(s, v, -power);
    else
        gx_expr_duck_times(s, power);
}

/* Whole units below (or above, of the negative) the value. */
static void emit_floor(struct sql *s, const struct sql_scope *scope, const struct node *node,
                       bool ceil)
{
    int64_t power = node->params[0];
    struct gx_str v = let_open(s);
    if (ceil)
        ADD(s, "-");
    emit_huge(s, scope, node->kids[0]);
    let_in(s, v);
    gx_sqlb_add(s->b, ceil ? GX_SQL("-(") : GX_SQL("("));
    emit_name(s, v);
    ADD(s, " // ");
    emit_unit(s, power);
    ADD(s, " - CASE WHEN ");
    emit_name(s, v);
    ADD(s, " < 0 AND ");
    emit_name(s, v);
    ADD(s, " % ");
    emit_unit(s, power);
    ADD(s, " <> 0 THEN 1 ELSE 0 END)");
    let_close(s);
}

static void emit_round(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    enum round_mode mode = (enum round_mode)node->params[2];
    if (mode == ROUND_HALF_AWAY)
        emit_rescaled(s, scope, node, -node->params[0]);
    else
        emit_floor(s, scope, node, mode == ROUND_CEIL);
    gx_expr_duck_times(s, node->params[1]);
}

static void emit_operator(struct sql *s, const struct sql_scope *scope, const struct node *node,
                          struct gx_sql op)
{
    emit_huge(s, scope, node->kids[0]);
    gx_sqlb_add(s->b, op);
    emit_huge(s, scope, node->kids[1]);
}

static int64_t zone_us(const struct sql *s)
{
    return s->env->tz_offset_min * GX_MINUTE_US;
}

/* Days are counted from far enough back that // never sees a negative number. */
static const int64_t days_back = 106751992;

static void emit_day_close(struct sql *s)
{
    ADD(s, " AS HUGEINT) + CAST(");
    gx_sqlb_int(s->b, days_back);
    ADD(s, " AS HUGEINT) * ");
    gx_sqlb_int(s->b, GX_DAY_US);
    ADD(s, " + (");
    gx_sqlb_int(s->b, zone_us(s));
    ADD(s, ")) // ");
    gx_sqlb_int(s->b, GX_DAY_US);
    ADD(s, " - ");
    gx_sqlb_int(s->b, days_back);
}

/* The day of a moment in the reader's zone. */
static void emit_day(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "(CAST(");
    gx_expr_emit_value(s, scope, node);
    emit_day_close(s);
}

static void emit_calendar(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "(DATE '1970-01-01' + CAST(");
    gx_expr_emit_value(s, scope, node);
    ADD(s, " AS INTEGER))");
}

static void emit_months(struct sql *s, int64_t months)
{
    ADD(s, " + to_months(CAST(");
    gx_sqlb_int(s->b, months);
    ADD(s, " AS INTEGER)) AS DATE) - DATE '1970-01-01'");
}

/* v: the moment, d: its day; then the same time of day months later. */
static void emit_moment_months(struct sql *s, const struct sql_scope *scope,
                               const struct node *node)
{
    struct gx_str r = let_open(s), v = GX_STR("v"), d = GX_STR("d"), m = let_open(s);
    gx_expr_emit_value(s, scope, node->kids[0]);
    let_in(s, m);
    ADD(s, "struct_pack(v := ");
    emit_name(s, m);
    ADD(s, ", d := (CAST(");
    emit_name(s, m);
    emit_day_close(s);
    ADD(s, ")");
    let_close(s);
    let_in(s, r);
    ADD(s, "CASE WHEN ");
    gx_sqlb_column(s->b, r, d);
    ADD(s, " BETWEEN ");
    gx_sqlb_int(s->b, GX_DATE_MIN);
    ADD(s, " AND ");
    gx_sqlb_int(s->b, GX_DATE_MAX);
    ADD(s, " THEN CAST(");
    gx_sqlb_column(s->b, r, v);
    ADD(s, " AS HUGEINT) + (CAST(DATE '1970-01-01' + CAST(");
    gx_sqlb_column(s->b, r, d);
    ADD(s, " AS INTEGER)");
    emit_months(s, node->params[0]);
    ADD(s, " - ");
    gx_sqlb_column(s->b, r, d);
    ADD(s, ") * ");
    gx_sqlb_int(s->b, GX_DAY_US);
    ADD(s, " END");
    let_close(s);
}

static void emit_number(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    switch (node->fn) {
    case FN_ADD:
    case FN_MOMENT_ADD:
        emit_operator(s, scope, node, GX_SQL(" + "));
        break;
    case FN_SUB:
    case FN_MOMENT_SUB:
        emit_operator(s, scope, node, GX_SQL(" - "));
        break;
    case FN_NEG:
        ADD(s, "-");
        emit_huge(s, scope, node->kids[0]);
        break;
    case FN_MUL:
        emit_mul(s, scope, node);
        break;
    case FN_DIV:
        emit_div(s, scope, node);
        break;
    case FN_RESCALE:
        emit_rescaled(s, scope, node, node->params[1] - node->params[0]);
        break;
    case FN_ROUND:
        emit_round(s, scope, node);
        break;
    case FN_ABS:
        ADD(s, "abs(");
        emit_huge(s, scope, node->kids[0]);
        ADD(s, ")");
        break;
    case FN_DATE_ADD:
    case FN_DATE_SUB:
        emit_huge(s, scope, node->kids[0]);
        gx_sqlb_add(s->b, node->fn == FN_DATE_ADD ? GX_SQL(" + (") : GX_SQL(" - ("));
        emit_huge(s, scope, node->kids[1]);
        ADD(s, " // ");
        gx_sqlb_int(s->b, GX_DAY_US);
        ADD(s, ")");
        break;
    case FN_DATE_DIFF:
        ADD(s, "(");
        emit_operator(s, scope, node, GX_SQL(" - "));
        ADD(s, ") * ");
        gx_sqlb_int(s->b, GX_DAY_US);
        break;
    case FN_DATE_MONTHS:
        ADD(s, "CAST(");
        emit_calendar(s, scope, node->kids[0]);
        emit_months(s, node->params[0]);
        break;
    case FN_MOMENT_MONTHS:
        emit_moment_months(s, scope, node);
        break;
    case FN_DATE:
    case FN_DAY:
        emit_day(s, scope, node->kids[0]);
        break;
    default:
        gx_assert(node->fn == FN_MIDNIGHT);
        emit_huge(s, scope, node->kids[0]);
        ADD(s, " * ");
        gx_sqlb_int(s->b, GX_DAY_US);
        ADD(s, " - (");
        gx_sqlb_int(s->b, zone_us(s));
        ADD(s, ")");
    }
}

static bool gives_date(enum fn fn)
{
    return fn == FN_DATE || fn == FN_DATE_ADD || fn == FN_DATE_SUB || fn == FN_DATE_MONTHS;
}

static bool gives_moment(enum fn fn)
{
    return fn == FN_MOMENT_ADD || fn == FN_MOMENT_SUB || fn == FN_MOMENT_MONTHS;
}

struct gx_str gx_expr_duck_fit_open(struct sql *s)
{
    return let_open(s);
}

void gx_expr_duck_fit_close(struct sql *s, struct gx_str v, int64_t min, int64_t max)
{
    let_in(s, v);
    ADD(s, "CASE WHEN ");
    emit_name(s, v);
    ADD(s, " BETWEEN ");
    gx_sqlb_int(s->b, min);
    ADD(s, " AND ");
    gx_sqlb_int(s->b, max);
    ADD(s, " THEN CAST(");
    emit_name(s, v);
    ADD(s, " AS BIGINT) END");
    let_close(s);
}

struct gx_str gx_expr_duck_text_open(struct sql *s)
{
    return let_open(s);
}

void gx_expr_duck_text_close(struct sql *s, struct gx_str v)
{
    let_in(s, v);
    ADD(s, "CASE WHEN ");
    emit_name(s, v);
    ADD(s, " <> '' THEN ");
    emit_name(s, v);
    ADD(s, " END");
    let_close(s);
}

static void emit_fitted(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct gx_str v = let_open(s);
    emit_number(s, scope, node);
    if (gives_date(node->fn))
        gx_expr_duck_fit_close(s, v, GX_DATE_MIN, GX_DATE_MAX);
    else if (gives_moment(node->fn))
        gx_expr_duck_fit_close(s, v, GX_DATE_MIN * GX_DAY_US, (GX_DATE_MAX + 1) * GX_DAY_US - 1);
    else
        gx_expr_duck_fit_close(s, v, INT64_MIN, INT64_MAX);
}

/* Most texts have none of the letters whose case is in the long list. */
static void emit_case(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    bool upper = node->fn == FN_UPPER;
    struct gx_str from, to, v = let_open(s);
    gx_expr_case_tables(s->b->arena, upper, &from, &to);
    gx_expr_emit_value(s, scope, node->kids[0]);
    let_in(s, v);
    ADD(s, "CASE WHEN regexp_matches(");
    emit_name(s, v);
    ADD(s, ", '[\\x{80}-\\x{58f}\\x{1e00}-\\x{1fff}\\x{ff21}-\\x{ff5a}]') THEN translate(");
    emit_name(s, v);
    ADD(s, ", ");
    gx_expr_emit_text(s, from);
    ADD(s, ", ");
    gx_expr_emit_text(s, to);
    ADD(s, ") ELSE translate(");
    emit_name(s, v);
    gx_sqlb_add(s->b,
                upper ? GX_SQL(", 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')")
                      : GX_SQL(", 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"));
    ADD(s, " END");
    let_close(s);
}

static void emit_side(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct gx_str v = let_open(s);
    gx_sqlb_add(s->b, node->fn == FN_LEFT ? GX_SQL("left(") : GX_SQL("right("));
    gx_expr_emit_value(s, scope, node->kids[0]);
    /* LEAST would make a number out of an empty count. */
    ADD(s, ", CAST(list_transform([");
    struct gx_str n = gx_expr_new_alias(s);
    gx_expr_emit_value(s, scope, node->kids[1]);
    let_in(s, n);
    ADD(s, "CASE WHEN ");
    emit_name(s, n);
    ADD(s, " < 0 THEN 0 WHEN ");
    emit_name(s, n);
    ADD(s, " > 1000000000 THEN 1000000000 ELSE ");
    emit_name(s, n);
    ADD(s, " END");
    let_close(s);
    ADD(s, " AS BIGINT))");
    gx_expr_duck_text_close(s, v);
}

static void emit_trim(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct gx_str v = let_open(s);
    ADD(s, "trim(");
    gx_expr_emit_value(s, scope, node->kids[0]);
    ADD(s, ", ");
    gx_expr_emit_text(s, GX_STR(TRIM_SET));
    ADD(s, ")");
    gx_expr_duck_text_close(s, v);
}

/* 1 or 0, as gx_tax_id_valid() says; what is no digit gives some number and fails the pattern. */
static void emit_tax_id(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    static const int weights[] = { 1, 2, 1, 2, 1, 2, 4, 1 };
    struct gx_str r = let_open(s), v = let_open(s);
    gx_expr_emit_value(s, scope, node->kids[0]);
    let_in(s, v);
    ADD(s, "struct_pack(v := ");
    emit_name(s, v);
    ADD(s, ", n := 0");
    for (size_t i = 0; i < GX_COUNT(weights); i++)
        for (int ten = 0; ten < 2; ten++) {
            ADD(s, " + (ascii(substr(");
            emit_name(s, v);
            ADD(s, ", ");
            gx_sqlb_int(s->b, (int64_t)i + 1);
            ADD(s, ", 1)) - 48) * ");
            gx_sqlb_int(s->b, weights[i]);
            gx_sqlb_add(s->b, ten ? GX_SQL(" // 10") : GX_SQL(" % 10"));
        }
    ADD(s, ")");
    let_close(s);
    let_in(s, r);
    ADD(s, "CASE WHEN regexp_full_match(");
    gx_sqlb_column(s->b, r, GX_STR("v"));
    ADD(s, ", '[0-9]{8}') AND (");
    gx_sqlb_column(s->b, r, GX_STR("n"));
    ADD(s, " % 5 = 0 OR (substr(");
    gx_sqlb_column(s->b, r, GX_STR("v"));
    ADD(s, ", 7, 1) = '7' AND (");
    gx_sqlb_column(s->b, r, GX_STR("n"));
    ADD(s, " + 1) % 5 = 0)) THEN 1 ELSE 0 END");
    let_close(s);
}

/* A decimal has all its digits; what it does not need is taken off. */
static void emit_text_number(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    int64_t scale = node->params[0];
    gx_sqlb_add(s->b, scale ? GX_SQL("rtrim(rtrim(CAST(CAST(") : GX_SQL("CAST("));
    gx_expr_emit_value(s, scope, node->kids[0]);
    if (scale) {
        ADD(s, " AS DECIMAL(19, 0)) * 0.");
        while (--scale > 0)
            ADD(s, "0");
        ADD(s, "1 AS VARCHAR), '0'), '.')");
    } else {
        ADD(s, " AS VARCHAR)");
    }
}

static void emit_part(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    switch ((enum date_part)node->params[0]) {
    case PART_YEAR:
        ADD(s, "year(");
        break;
    case PART_QUARTER:
        ADD(s, "quarter(");
        break;
    case PART_MONTH:
        ADD(s, "month(");
        break;
    case PART_DAY:
        ADD(s, "day(");
        break;
    case PART_WEEKDAY:
        ADD(s, "isodow(");
        break;
    }
    emit_calendar(s, scope, node->kids[0]);
    ADD(s, ")");
}

void gx_expr_duck_field(struct sql *s, struct gx_str alias, const struct gx_expr_field *field)
{
    struct gx_str column = field->type == GX_TYPE_LINKS ? field->list_column : field->column;
    gx_sqlb_add(s->b, field->type == GX_TYPE_DATE      ? GX_SQL("(")
                      : field->type == GX_TYPE_MOMENT  ? GX_SQL("epoch_us(")
                      : field->type == GX_TYPE_CHOICES ? GX_SQL("NULLIF('|' || array_to_string(")
                                                       : GX_SQL(""));
    gx_sqlb_column(s->b, alias, column);
    gx_sqlb_add(s->b, field->type == GX_TYPE_DATE      ? GX_SQL(" - DATE '1970-01-01')")
                      : field->type == GX_TYPE_MOMENT  ? GX_SQL(")")
                      : field->type == GX_TYPE_CHOICES ? GX_SQL(", '|') || '|', '||')")
                                                       : GX_SQL(""));
}

/* What only the store can be asked, or with folded texts only where those are kept. */
static bool can(const struct node *node, const struct gx_expr_env *env, bool folded, bool in_rule);

static bool can_see(struct gx_str object, const struct gx_expr_env *env, bool folded, bool in_rule)
{
    const struct gx_expr *rule =
        env->visible && !in_rule ? env->visible(env->visible_p, object) : NULL;
    return !rule || can(rule->root, env, folded, true);
}

static bool can(const struct node *node, const struct gx_expr_env *env, bool folded, bool in_rule)
{
    if (!node)
        return true;
    if (node->kind == N_REACH || (node->kind == N_MATCH && !folded && !node->constant))
        return false;
    if (node->kind == N_RULE)
        in_rule = true;
    if ((node->kind == N_FOLLOW || node->kind == N_AGGREGATE) &&
        !can_see(node->target->name, env, folded, in_rule))
        return false;
    if (node->kind == N_FIELD && node->field->formula &&
        !can(node->field->formula->root, env, folded, in_rule))
        return false;
    for (size_t i = 0; i < node->count; i++)
        if (!can(node->kids[i], env, folded, in_rule))
            return false;
    return can(node->cond, env, folded, in_rule) && can(node->over, env, folded, in_rule) &&
           can(node->of, env, folded, in_rule);
}

bool gx_expr_duck_can(const struct gx_expr *expr, const struct gx_expr_env *env, bool folded)
{
    return can(expr->root, env, folded, false);
}

void gx_expr_duck_fn(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    switch (node->fn) {
    case FN_DATE_PART:
        emit_part(s, scope, node);
        break;
    case FN_WHOLE:
        ADD(s, "(");
        gx_expr_emit_value(s, scope, node->kids[0]);
        ADD(s, " // CAST(");
        gx_sqlb_int(s->b, node->params[0]);
        ADD(s, " AS BIGINT))");
        break;
    case FN_LOWER:
    case FN_UPPER:
        emit_case(s, scope, node);
        break;
    case FN_TRIM:
        emit_trim(s, scope, node);
        break;
    case FN_LEFT:
    case FN_RIGHT:
        emit_side(s, scope, node);
        break;
    case FN_LENGTH:
        ADD(s, "length(");
        gx_expr_emit_value(s, scope, node->kids[0]);
        ADD(s, ")");
        break;
    case FN_TAX_ID:
        emit_tax_id(s, scope, node);
        break;
    case FN_TEXT_NUMBER:
        emit_text_number(s, scope, node);
        break;
    case FN_TEXT_DATE:
        ADD(s, "CAST(");
        emit_calendar(s, scope, node->kids[0]);
        ADD(s, " AS VARCHAR)");
        break;
    default:
        emit_fitted(s, scope, node);
    }
}

struct gx_str gx_expr_duck_quotient_open(struct sql *s, struct gx_str *ret_fit)
{
    *ret_fit = let_open(s);
    return let_open(s);
}

void gx_expr_duck_quotient_close(struct sql *s, struct gx_str r, struct gx_str fit)
{
    let_in(s, r);
    emit_quotient(s, r);
    let_close(s);
    gx_expr_duck_fit_close(s, fit, INT64_MIN, INT64_MAX);
}
