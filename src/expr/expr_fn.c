/*
 * expr_fn.c - the functions that the evaluator and SQLite share.
 *
 * All are pure.  An empty argument gives an empty result (min and max pass over it), and so does
 * every result that does not fit: a sum past 64 bits, a quotient by zero, a date after 9999.
 */
#include "expr/expr_int.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/tax_id.h"
#include "base/text.h"
#include "base/time.h"

/*
 * Whether the arguments are what a function takes: t text, i a whole number, ? a whole number or
 * nothing.  SQLite calls with whatever a row holds, so anything else is an empty result.
 */
static bool takes(const struct gx_value *v, const char *want)
{
    for (; *want; want++, v++) {
        bool null = v->kind == GX_VALUE_NULL && *want == '?';
        if (!null && v->kind != (*want == 't' ? GX_VALUE_TEXT : GX_VALUE_INT))
            return false;
    }
    return true;
}

static struct gx_value fit(bool ok, int64_t value)
{
    return ok ? gx_value_int(value) : GX_NULL_VALUE;
}

static struct gx_value fit_wide(__int128 value, __int128 min, __int128 max)
{
    return fit(value >= min && value <= max, (int64_t)value);
}

static struct gx_value fit_int(__int128 value)
{
    return fit_wide(value, INT64_MIN, INT64_MAX);
}

static struct gx_value fit_date(__int128 days)
{
    return fit_wide(days, GX_DATE_MIN, GX_DATE_MAX);
}

static struct gx_value fit_moment(__int128 us)
{
    return fit_wide(us, GX_DATE_MIN * GX_DAY_US, (GX_DATE_MAX + 1) * GX_DAY_US - 1);
}

/* The empty text does not exist: it is empty. */
static struct gx_value fit_text(struct gx_str s)
{
    return s.n ? gx_value_text(s) : GX_NULL_VALUE;
}

static __int128 power10(int64_t n)
{
    gx_assert(n >= 0 && n <= 19);
    __int128 p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

static __int128 floor_div(__int128 a, __int128 b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Half away from zero; b > 0. */
static __int128 round_div(__int128 a, __int128 b)
{
    __int128 size = a < 0 ? -a : a;
    __int128 q = size / b + (size % b * 2 >= b);
    return a < 0 ? -q : q;
}

static struct gx_value fn_fold(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    return gx_value_text(gx_text_fold(arena, v[0].s));
}

static struct gx_value fn_sort(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    return gx_value_blob(gx_text_sort_key(arena, v[0].s));
}

static struct gx_value fn_add(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_int((__int128)v[0].i + v[1].i);
}

static struct gx_value fn_sub(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_int((__int128)v[0].i - v[1].i);
}

static struct gx_value fn_neg(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "i"))
        return GX_NULL_VALUE;
    return fit_int(-(__int128)v[0].i);
}

/* a × b ÷ 10^shift */
static struct gx_value fn_mul(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "iii"))
        return GX_NULL_VALUE;
    int64_t value = 0;
    int shift = (int)v[2].i;
    bool ok = shift >= 0 ? gx_decimal_mul(v[0].i, shift, v[1].i, 0, 0, &value)
                         : gx_decimal_mul(v[0].i, 0, v[1].i, 0, -shift, &value);
    return fit(ok, value);
}

/* a × 10^shift ÷ b */
static struct gx_value fn_div(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "iii"))
        return GX_NULL_VALUE;
    int64_t value = 0;
    int shift = (int)v[2].i;
    bool ok = shift >= 0 ? gx_decimal_div(v[0].i, 0, v[1].i, 0, shift, &value)
                         : gx_decimal_div(v[0].i, -shift, v[1].i, 0, 0, &value);
    return fit(ok, value);
}

/* value, from scale, to scale */
static struct gx_value fn_rescale(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "iii"))
        return GX_NULL_VALUE;
    int64_t value = 0;
    bool ok = gx_decimal_rescale(v[0].i, (int)v[1].i, (int)v[2].i, &value);
    return fit(ok, value);
}

/* value ÷ 10^drop, made whole, × 10^add */
static struct gx_value fn_round(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "iiii"))
        return GX_NULL_VALUE;
    __int128 unit = power10(v[1].i), whole;
    if (v[3].i == ROUND_HALF_AWAY)
        whole = round_div(v[0].i, unit);
    else if (v[3].i == ROUND_FLOOR)
        whole = floor_div(v[0].i, unit);
    else
        whole = -floor_div(-(__int128)v[0].i, unit);
    return fit_int(whole * power10(v[2].i));
}

static struct gx_value fn_abs(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "i"))
        return GX_NULL_VALUE;
    return fit_int(v[0].i < 0 ? -(__int128)v[0].i : v[0].i);
}

static struct gx_value fn_min(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "??"))
        return GX_NULL_VALUE;
    if (v[0].kind == GX_VALUE_NULL)
        return v[1];
    return v[1].kind == GX_VALUE_NULL || v[0].i <= v[1].i ? v[0] : v[1];
}

static struct gx_value fn_max(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "??"))
        return GX_NULL_VALUE;
    if (v[0].kind == GX_VALUE_NULL)
        return v[1];
    return v[1].kind == GX_VALUE_NULL || v[0].i >= v[1].i ? v[0] : v[1];
}

/* Sign of a × 10^shift - b (shift ≥ 0) or of a - b × 10^-shift. */
static struct gx_value fn_cmp(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "iii"))
        return GX_NULL_VALUE;
    int64_t shift = v[2].i;
    __int128 a = v[0].i * (shift > 0 ? power10(shift) : 1);
    __int128 b = v[1].i * (shift < 0 ? power10(-shift) : 1);
    return gx_value_int((a > b) - (a < b));
}

/*
 * SQLite's own sum stops with an error when it overflows, so SQL sums the upper and lower 32 bits
 * apart and this joins them.  The sum of nothing is 0.
 */
static __int128 join_sum(const struct gx_value *v)
{
    __int128 high = v[0].kind == GX_VALUE_INT ? v[0].i : 0;
    return high * ((__int128)1 << 32) + (v[1].kind == GX_VALUE_INT ? v[1].i : 0);
}

static struct gx_value fn_sum(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "??"))
        return GX_NULL_VALUE;
    return fit_int(join_sum(v));
}

/* upper, lower, count, digits to add */
static struct gx_value fn_avg(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "??ii"))
        return GX_NULL_VALUE;
    __int128 top;
    if (v[2].kind != GX_VALUE_INT || v[2].i <= 0 ||
        __builtin_mul_overflow(join_sum(v), power10(v[3].i), &top))
        return GX_NULL_VALUE;
    return fit_int(round_div(top, v[2].i));
}

/* Whole days of the duration, the rest is dropped. */
static struct gx_value fn_date_add(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_date((__int128)v[0].i + v[1].i / GX_DAY_US);
}

static struct gx_value fn_date_sub(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_date((__int128)v[0].i - v[1].i / GX_DAY_US);
}

static struct gx_value fn_date_diff(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_int(((__int128)v[0].i - v[1].i) * GX_DAY_US);
}

static bool is_date(__int128 days)
{
    return days >= GX_DATE_MIN && days <= GX_DATE_MAX;
}

static struct gx_value fn_date_months(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return is_date(v[0].i) ? fit_date(gx_date_add_months(v[0].i, v[1].i)) : GX_NULL_VALUE;
}

static struct gx_value fn_moment_add(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_moment((__int128)v[0].i + v[1].i);
}

static struct gx_value fn_moment_sub(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_moment((__int128)v[0].i - v[1].i);
}

/* moment, zone */
static struct gx_value fn_date(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_date(floor_div((__int128)v[0].i + v[1].i * GX_MINUTE_US, GX_DAY_US));
}

/* The same for comparisons: near the ends of time a day that no date can name. */
static struct gx_value fn_day(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_int(floor_div((__int128)v[0].i + v[1].i * GX_MINUTE_US, GX_DAY_US));
}

/* date, zone */
static struct gx_value fn_midnight(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return fit_int((__int128)v[0].i * GX_DAY_US - v[1].i * GX_MINUTE_US);
}

/* moment, months, zone: the same time of day there */
static struct gx_value fn_moment_months(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "iii"))
        return GX_NULL_VALUE;
    struct gx_value day = fn_date(arena, (const struct gx_value[]){ v[0], v[2] });
    if (day.kind == GX_VALUE_NULL)
        return day;
    __int128 rest = v[0].i + v[2].i * GX_MINUTE_US - (__int128)day.i * GX_DAY_US;
    struct gx_value moved = fn_date_months(arena, (const struct gx_value[]){ day, v[1] });
    if (moved.kind == GX_VALUE_NULL)
        return moved;
    return fit_moment((__int128)moved.i * GX_DAY_US - v[2].i * GX_MINUTE_US + rest);
}

static struct gx_value fn_date_part(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    if (!is_date(v[0].i))
        return GX_NULL_VALUE;
    struct gx_ymd ymd = gx_date_to_ymd(v[0].i);
    switch ((enum date_part)v[1].i) {
    case PART_YEAR:
        return gx_value_int(ymd.year);
    case PART_QUARTER:
        return gx_value_int((ymd.month + 2) / 3);
    case PART_MONTH:
        return gx_value_int(ymd.month);
    case PART_DAY:
        return gx_value_int(ymd.day);
    case PART_WEEKDAY:
        return gx_value_int(gx_date_weekday(v[0].i));
    }
    return GX_NULL_VALUE;
}

/* duration, unit: whole units, toward zero */
static struct gx_value fn_whole(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return v[1].i > 0 ? gx_value_int(v[0].i / v[1].i) : GX_NULL_VALUE;
}

static struct gx_value fn_lower(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    return fit_text(gx_expr_case_map(arena, false, v[0].s));
}

static struct gx_value fn_upper(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    return fit_text(gx_expr_case_map(arena, true, v[0].s));
}

/* Length of the white space at the front of s, or 0. */
static size_t space_length(struct gx_str s)
{
    static const char *const spaces[] = { " ", "\t", "\r", "\n", "\xc2\xa0", "\xe3\x80\x80" };
    for (size_t i = 0; i < GX_COUNT(spaces); i++) {
        if (gx_str_starts(s, gx_str_c(spaces[i])))
            return strlen(spaces[i]);
    }
    return 0;
}

static struct gx_value fn_trim(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    struct gx_str s = v[0].s;
    for (size_t n; (n = space_length(s)) > 0;)
        s = gx_str_from(s, n);
    for (size_t back = 1; back <= 3 && back <= s.n;) {
        if (space_length(gx_str_from(s, s.n - back)) != back) {
            back++;
            continue;
        }
        s.n -= back;
        back = 1;
    }
    return fit_text(s);
}

/* The bytes of the first `count` characters. */
static size_t bytes_of(struct gx_str s, int64_t count)
{
    size_t at = 0;
    for (; count > 0 && at < s.n; count--) {
        size_t n;
        gx_text_decode(gx_str_from(s, at), &n);
        at += n;
    }
    return at;
}

static struct gx_value fn_left(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ti"))
        return GX_NULL_VALUE;
    return fit_text((struct gx_str){ v[0].s.p, bytes_of(v[0].s, v[1].i) });
}

static struct gx_value fn_right(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "ti"))
        return GX_NULL_VALUE;
    int64_t length = (int64_t)gx_text_length(v[0].s);
    int64_t skip = v[1].i <= 0 ? length : v[1].i >= length ? 0 : length - v[1].i;
    return fit_text(gx_str_from(v[0].s, bytes_of(v[0].s, skip)));
}

static struct gx_value fn_length(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    return gx_value_int((int64_t)gx_text_length(v[0].s));
}

/* Runs of spaces made one, none at the ends. */
static struct gx_value fn_squeeze(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "t"))
        return GX_NULL_VALUE;
    char *out = gx_arena_alloc(arena, v[0].s.n);
    size_t n = 0;
    for (size_t i = 0; i < v[0].s.n; i++) {
        char c = v[0].s.p[i];
        if (c != ' ' || (n && out[n - 1] != ' '))
            out[n++] = c;
    }
    if (n && out[n - 1] == ' ')
        n--;
    return fit_text((struct gx_str){ out, n });
}

static struct gx_value fn_starts(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "tt"))
        return GX_NULL_VALUE;
    return gx_value_int(gx_str_starts(v[0].s, v[1].s));
}

static struct gx_value fn_ends(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    if (!takes(v, "tt"))
        return GX_NULL_VALUE;
    return gx_value_int(gx_str_ends(v[0].s, v[1].s));
}

/* value, scale */
static struct gx_value fn_text_number(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "ii"))
        return GX_NULL_VALUE;
    return gx_value_text(gx_decimal_format(arena, v[0].i, (int)v[1].i));
}

static struct gx_value fn_text_date(struct gx_arena *arena, const struct gx_value *v)
{
    if (!takes(v, "i"))
        return GX_NULL_VALUE;
    return is_date(v[0].i) ? gx_value_text(gx_date_format(arena, v[0].i)) : GX_NULL_VALUE;
}

static struct gx_value fn_tax_id(struct gx_arena *arena, const struct gx_value *v)
{
    (void)arena;
    return gx_value_int(v[0].kind == GX_VALUE_TEXT && gx_tax_id_valid(v[0].s));
}

/* In the order of enum fn. */
const struct gx_expr_function gx_expr_functions[] = {
    { "gx_fold", 1, fn_fold },
    { "gx_sort", 1, fn_sort },
    { "gx_add", 2, fn_add },
    { "gx_sub", 2, fn_sub },
    { "gx_neg", 1, fn_neg },
    { "gx_mul", 3, fn_mul },
    { "gx_div", 3, fn_div },
    { "gx_rescale", 3, fn_rescale },
    { "gx_round", 4, fn_round },
    { "gx_abs", 1, fn_abs },
    { "gx_min", 2, fn_min },
    { "gx_max", 2, fn_max },
    { "gx_cmp", 3, fn_cmp },
    { "gx_sum", 2, fn_sum },
    { "gx_avg", 4, fn_avg },
    { "gx_date_add", 2, fn_date_add },
    { "gx_date_sub", 2, fn_date_sub },
    { "gx_date_diff", 2, fn_date_diff },
    { "gx_date_months", 2, fn_date_months },
    { "gx_moment_add", 2, fn_moment_add },
    { "gx_moment_sub", 2, fn_moment_sub },
    { "gx_moment_months", 3, fn_moment_months },
    { "gx_date", 2, fn_date },
    { "gx_day", 2, fn_day },
    { "gx_midnight", 2, fn_midnight },
    { "gx_date_part", 2, fn_date_part },
    { "gx_whole", 2, fn_whole },
    { "gx_lower", 1, fn_lower },
    { "gx_upper", 1, fn_upper },
    { "gx_trim", 1, fn_trim },
    { "gx_left", 2, fn_left },
    { "gx_right", 2, fn_right },
    { "gx_length", 1, fn_length },
    { "gx_squeeze", 1, fn_squeeze },
    { "gx_starts", 2, fn_starts },
    { "gx_ends", 2, fn_ends },
    { "gx_text_number", 2, fn_text_number },
    { "gx_text_date", 1, fn_text_date },
    { "gx_tax_id", 1, fn_tax_id },
    { NULL, 0, NULL },
};
_Static_assert(GX_COUNT(gx_expr_functions) == FN_COUNT + 1, "enum fn and its table");

struct gx_value gx_expr_call_fn(struct gx_arena *arena, enum fn fn, const struct gx_value *args)
{
    gx_assert(fn < FN_COUNT);
    return gx_expr_functions[fn].call(arena, args);
}
