/*
 * expr_sql_fn.c - calculations.
 *
 * SQLite calls the very functions that the evaluator calls.  PostgreSQL has none of ours (nor has
 * DuckDB, see expr_sql_duck.c), so there each becomes an expression of numeric, exact, whose result
 * is held against the range of 64 bits, of dates or of moments in a subquery of its own; OFFSET 0
 * keeps the planner from writing the operand twice.
 */
#include "expr/expr_sql.h"

#include "base/assert.h"
#include "base/time.h"

void gx_expr_emit_call(struct sql *s, enum fn fn)
{
    gx_sqlb_name(s->b, gx_str_c(gx_expr_functions[fn].name));
    ADD(s, "(");
}

static void emit_call(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    gx_expr_emit_call(s, node->fn);
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            ADD(s, ", ");
        gx_expr_emit_value(s, scope, node->kids[i]);
    }
    for (int i = 0; i < node->param_count; i++) {
        ADD(s, ", ");
        gx_sqlb_int(s->b, node->params[i]);
    }
    if (node->tz) {
        ADD(s, ", ");
        gx_sqlb_int(s->b, s->env->tz_offset_min);
    }
    ADD(s, ")");
}

void gx_expr_emit_power(struct sql *s, int64_t power)
{
    if (power > 0)
        ADD(s, " * 1");
    else if (power < 0)
        ADD(s, " * 0.");
    for (int64_t i = power < 0 ? power + 1 : 0; i < power || i < 0; i++)
        ADD(s, "0");
    if (power < 0)
        ADD(s, "1");
}

static struct gx_str fit_alias(struct sql *s, int alias)
{
    return gx_arena_printf(s->b->arena, "gx%d", alias);
}

void gx_expr_emit_fit_open(struct sql *s, int *ret_alias, int64_t min, int64_t max)
{
    *ret_alias = ++s->aliases;
    struct gx_str alias = fit_alias(s, *ret_alias);
    ADD(s, "(SELECT CASE WHEN ");
    gx_sqlb_column(s->b, alias, GX_STR("v"));
    ADD(s, " BETWEEN ");
    gx_sqlb_int(s->b, min);
    ADD(s, " AND ");
    gx_sqlb_int(s->b, max);
    ADD(s, " THEN CAST(");
    gx_sqlb_column(s->b, alias, GX_STR("v"));
    ADD(s, " AS bigint) END FROM (SELECT ");
}

void gx_expr_emit_fit_close(struct sql *s, int alias)
{
    ADD(s, " AS v OFFSET 0) AS ");
    gx_sqlb_name(s->b, fit_alias(s, alias));
    ADD(s, ")");
}

static void emit_numeric(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "CAST(");
    gx_expr_emit_value(s, scope, node);
    ADD(s, " AS numeric)");
}

/* Half away from zero: numeric division itself would round twice. */
static void emit_div(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    int64_t shift = node->params[0];
    struct gx_str q = gx_expr_new_alias(s);
    ADD(s, "(SELECT CASE WHEN b <> 0 THEN sign(a) * sign(b) * div(2 * abs(a) + abs(b), "
           "2 * abs(b)) END FROM (SELECT ");
    emit_numeric(s, scope, node->kids[0]);
    gx_expr_emit_power(s, shift > 0 ? shift : 0);
    ADD(s, " AS a, ");
    emit_numeric(s, scope, node->kids[1]);
    gx_expr_emit_power(s, shift < 0 ? -shift : 0);
    ADD(s, " AS b OFFSET 0) AS ");
    gx_sqlb_name(s->b, q);
    ADD(s, ")");
}

static void emit_round(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    enum round_mode mode = (enum round_mode)node->params[2];
    gx_sqlb_add(s->b, mode == ROUND_HALF_AWAY ? GX_SQL("round(")
                      : mode == ROUND_FLOOR   ? GX_SQL("floor(")
                                              : GX_SQL("ceil("));
    emit_numeric(s, scope, node->kids[0]);
    gx_expr_emit_power(s, -node->params[0]);
    ADD(s, ")");
    gx_expr_emit_power(s, node->params[1]);
}

static void emit_rescale(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "round(");
    emit_numeric(s, scope, node->kids[0]);
    gx_expr_emit_power(s, node->params[1] - node->params[0]);
    ADD(s, ")");
}

/* The two kids, or the kid and its parameter, with an operator between. */
static void emit_operator(struct sql *s, const struct sql_scope *scope, const struct node *node,
                          struct gx_sql op)
{
    emit_numeric(s, scope, node->kids[0]);
    gx_sqlb_add(s->b, op);
    gx_expr_emit_value(s, scope, node->kids[1]);
}

static void emit_days(struct sql *s, const struct sql_scope *scope, const struct node *duration)
{
    ADD(s, "(");
    gx_expr_emit_value(s, scope, duration);
    ADD(s, ") / ");
    gx_sqlb_int(s->b, GX_DAY_US);
}

static int64_t zone_us(const struct sql *s)
{
    return s->env->tz_offset_min * GX_MINUTE_US;
}

/* Days are counted from far enough back that div() never sees a negative number. */
static const int64_t days_back = 106751992;

static void emit_date_open(struct sql *s)
{
    ADD(s, "div(CAST(");
}

static void emit_date_close(struct sql *s)
{
    ADD(s, " AS numeric) + ");
    gx_sqlb_int(s->b, days_back);
    ADD(s, " * CAST(");
    gx_sqlb_int(s->b, GX_DAY_US);
    ADD(s, " AS numeric) + (");
    gx_sqlb_int(s->b, zone_us(s));
    ADD(s, "), ");
    gx_sqlb_int(s->b, GX_DAY_US);
    ADD(s, ") - ");
    gx_sqlb_int(s->b, days_back);
}

static void emit_calendar(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "(DATE '1970-01-01' + CAST(");
    gx_expr_emit_value(s, scope, node);
    ADD(s, " AS integer))");
}

static void emit_part(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "CAST(extract(");
    switch ((enum date_part)node->params[0]) {
    case PART_YEAR:
        ADD(s, "year");
        break;
    case PART_QUARTER:
        ADD(s, "quarter");
        break;
    case PART_MONTH:
        ADD(s, "month");
        break;
    case PART_DAY:
        ADD(s, "day");
        break;
    case PART_WEEKDAY:
        ADD(s, "isodow");
        break;
    }
    ADD(s, " FROM ");
    emit_calendar(s, scope, node->kids[0]);
    ADD(s, ") AS bigint)");
}

/* The days after 1970-01-01 of the date `days` (an expression written by `days`) moved on. */
static void emit_months(struct sql *s, int64_t months)
{
    ADD(s, " + make_interval(months => ");
    gx_sqlb_int(s->b, months);
    ADD(s, ") AS date) - DATE '1970-01-01'");
}

static void emit_date_months(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    ADD(s, "CAST(");
    emit_calendar(s, scope, node->kids[0]);
    emit_months(s, node->params[0]);
}

/* v: the moment; d: its day; then the same time of day months later. */
static void emit_moment_months(struct sql *s, const struct sql_scope *scope,
                               const struct node *node)
{
    struct gx_str v = gx_expr_new_alias(s), d = gx_expr_new_alias(s);
    ADD(s, "(SELECT CASE WHEN d BETWEEN ");
    gx_sqlb_int(s->b, GX_DATE_MIN);
    ADD(s, " AND ");
    gx_sqlb_int(s->b, GX_DATE_MAX);
    ADD(s, " THEN v + CAST(CAST((DATE '1970-01-01' + CAST(d AS integer))");
    emit_months(s, node->params[0]);
    ADD(s, " - d AS numeric) * ");
    gx_sqlb_int(s->b, GX_DAY_US);
    ADD(s, " END FROM (SELECT v, ");
    emit_date_open(s);
    ADD(s, "v");
    emit_date_close(s);
    ADD(s, " AS d FROM (SELECT ");
    gx_expr_emit_value(s, scope, node->kids[0]);
    ADD(s, " AS v OFFSET 0) AS ");
    gx_sqlb_name(s->b, v);
    ADD(s, " OFFSET 0) AS ");
    gx_sqlb_name(s->b, d);
    ADD(s, ")");
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
        ADD(s, "- ");
        emit_numeric(s, scope, node->kids[0]);
        break;
    case FN_MUL:
        ADD(s, "round(");
        emit_operator(s, scope, node, GX_SQL(" * "));
        gx_expr_emit_power(s, -node->params[0]);
        ADD(s, ")");
        break;
    case FN_DIV:
        emit_div(s, scope, node);
        break;
    case FN_RESCALE:
        emit_rescale(s, scope, node);
        break;
    case FN_ROUND:
        emit_round(s, scope, node);
        break;
    case FN_ABS:
        ADD(s, "abs(");
        emit_numeric(s, scope, node->kids[0]);
        ADD(s, ")");
        break;
    case FN_DATE_ADD:
    case FN_DATE_SUB:
        emit_numeric(s, scope, node->kids[0]);
        gx_sqlb_add(s->b, node->fn == FN_DATE_ADD ? GX_SQL(" + ") : GX_SQL(" - "));
        emit_days(s, scope, node->kids[1]);
        break;
    case FN_DATE_DIFF:
        ADD(s, "(");
        emit_operator(s, scope, node, GX_SQL(" - "));
        ADD(s, ") * ");
        gx_sqlb_int(s->b, GX_DAY_US);
        break;
    case FN_DATE_MONTHS:
        emit_date_months(s, scope, node);
        break;
    case FN_MOMENT_MONTHS:
        emit_moment_months(s, scope, node);
        break;
    case FN_DATE:
    case FN_DAY:
        emit_date_open(s);
        gx_expr_emit_value(s, scope, node->kids[0]);
        emit_date_close(s);
        break;
    default:
        gx_assert(node->fn == FN_MIDNIGHT);
        emit_numeric(s, scope, node->kids[0]);
        ADD(s, " * ");
        gx_sqlb_int(s->b, GX_DAY_US);
        ADD(s, " - (");
        gx_sqlb_int(s->b, zone_us(s));
        ADD(s, ")");
    }
}

static void emit_fitted(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    int64_t min = INT64_MIN, max = INT64_MAX;
    int alias;
    if (node->fn == FN_DATE || node->fn == FN_DATE_ADD || node->fn == FN_DATE_SUB ||
        node->fn == FN_DATE_MONTHS) {
        min = GX_DATE_MIN;
        max = GX_DATE_MAX;
    } else if (node->fn == FN_MOMENT_ADD || node->fn == FN_MOMENT_SUB ||
               node->fn == FN_MOMENT_MONTHS) {
        min = GX_DATE_MIN * GX_DAY_US;
        max = (GX_DATE_MAX + 1) * GX_DAY_US - 1;
    }
    gx_expr_emit_fit_open(s, &alias, min, max);
    emit_number(s, scope, node);
    gx_expr_emit_fit_close(s, alias);
}

static void emit_translate(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    struct gx_str from, to;
    gx_expr_case_tables(s->b->arena, node->fn == FN_UPPER, &from, &to);
    ADD(s, "translate(");
    gx_expr_emit_value(s, scope, node->kids[0]);
    ADD(s, ", ");
    gx_expr_emit_text(s, from);
    ADD(s, ", ");
    gx_expr_emit_text(s, to);
    ADD(s, ")");
}

/* left() and right() take a negative count as something else. */
static void emit_side(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    gx_sqlb_add(s->b, node->fn == FN_LEFT ? GX_SQL("NULLIF(left(") : GX_SQL("NULLIF(right("));
    gx_expr_emit_value(s, scope, node->kids[0]);
    ADD(s, ", CAST(LEAST(GREATEST(");
    gx_expr_emit_value(s, scope, node->kids[1]);
    ADD(s, ", 0), 1000000000) AS integer)), '')");
}

/* 1 or 0, as gx_tax_id_valid() says; what is no digit gives some number and fails the pattern. */
static void emit_tax_id(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    static const int weights[] = { 1, 2, 1, 2, 1, 2, 4, 1 };
    ADD(s, "(SELECT CASE WHEN v ~ '^[0-9]{8}$' AND (n % 5 = 0 OR "
           "(substr(v, 7, 1) = '7' AND (n + 1) % 5 = 0)) THEN 1 ELSE 0 END FROM (SELECT v, 0");
    for (size_t i = 0; i < GX_COUNT(weights); i++)
        for (int ten = 0; ten < 2; ten++) {
            ADD(s, " + (ascii(substr(v, ");
            gx_sqlb_int(s->b, (int64_t)i + 1);
            ADD(s, ", 1)) - 48) * ");
            gx_sqlb_int(s->b, weights[i]);
            gx_sqlb_add(s->b, ten ? GX_SQL(" / 10") : GX_SQL(" % 10"));
        }
    ADD(s, " AS n FROM (SELECT ");
    gx_expr_emit_value(s, scope, node->kids[0]);
    ADD(s, " AS v OFFSET 0) AS tax_v) AS tax_n)");
}

static void emit_postgres(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    switch (node->fn) {
    case FN_DATE_PART:
        emit_part(s, scope, node);
        break;
    case FN_WHOLE:
        ADD(s, "((");
        gx_expr_emit_value(s, scope, node->kids[0]);
        ADD(s, ") / CAST(");
        gx_sqlb_int(s->b, node->params[0]);
        ADD(s, " AS bigint))");
        break;
    case FN_LOWER:
    case FN_UPPER:
        emit_translate(s, scope, node);
        break;
    case FN_TRIM:
        ADD(s, "NULLIF(btrim(");
        gx_expr_emit_value(s, scope, node->kids[0]);
        ADD(s, ", ");
        gx_expr_emit_text(s, GX_STR(TRIM_SET));
        ADD(s, "), '')");
        break;
    case FN_LEFT:
    case FN_RIGHT:
        emit_side(s, scope, node);
        break;
    case FN_LENGTH:
        ADD(s, "CAST(length(");
        gx_expr_emit_value(s, scope, node->kids[0]);
        ADD(s, ") AS bigint)");
        break;
    case FN_TAX_ID:
        emit_tax_id(s, scope, node);
        break;
    case FN_TEXT_NUMBER:
        ADD(s, "CAST(trim_scale(");
        emit_numeric(s, scope, node->kids[0]);
        gx_expr_emit_power(s, -node->params[0]);
        ADD(s, ") AS text)");
        break;
    case FN_TEXT_DATE:
        ADD(s, "to_char(");
        emit_calendar(s, scope, node->kids[0]);
        ADD(s, ", 'YYYY-MM-DD')");
        break;
    default:
        emit_fitted(s, scope, node);
    }
}

void gx_expr_emit_fn(struct sql *s, const struct sql_scope *scope, const struct node *node)
{
    if (is_sqlite(s))
        emit_call(s, scope, node);
    else if (is_duck(s))
        gx_expr_duck_fn(s, scope, node);
    else
        emit_postgres(s, scope, node);
}
