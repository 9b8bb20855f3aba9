/*
 * expr_period.c - this_quarter and its kind as ranges of days.
 *
 * A week begins on Monday.  A fiscal year begins on the first of env.fiscal_start_month and its
 * quarters are three months each from there.
 */
#include "expr/expr_int.h"

#include "base/assert.h"
#include "base/time.h"

static const char *const period_names[PERIOD_COUNT] = {
    [PERIOD_WEEK] = "week",
    [PERIOD_MONTH] = "month",
    [PERIOD_QUARTER] = "quarter",
    [PERIOD_YEAR] = "year",
    [PERIOD_FISCAL_QUARTER] = "fiscal_quarter",
    [PERIOD_FISCAL_YEAR] = "fiscal_year",
};
static const char *const shift_names[] = { "last_", "this_", "next_" };

bool gx_expr_find_period(struct gx_str name, enum period *ret_period, int *ret_shift)
{
    for (int s = 0; s < 3; s++) {
        struct gx_str prefix = gx_str_c(shift_names[s]);
        if (name.n < prefix.n || !gx_str_ieq((struct gx_str){ name.p, prefix.n }, prefix))
            continue;
        for (int k = 0; k < PERIOD_COUNT; k++) {
            if (!gx_str_ieq(gx_str_from(name, prefix.n), gx_str_c(period_names[k])))
                continue;
            *ret_period = (enum period)k;
            *ret_shift = s - 1;
            return true;
        }
    }
    return false;
}

void gx_expr_period_print(struct gx_buf *out, enum period period, int shift)
{
    gx_buf_addz(out, shift_names[shift + 1]);
    gx_buf_addz(out, period_names[period]);
}

enum gx_code gx_expr_period_node(struct parser *p, size_t at, enum period period, int shift,
                                 struct node **ret_node)
{
    GX_TRY(gx_expr_node_new(p, N_PERIOD, at, 0, ret_node));
    (*ret_node)->type = TYPE_PERIOD;
    (*ret_node)->period = period;
    (*ret_node)->shift = shift;
    return gx_expr_finish(p, *ret_node);
}

int64_t gx_expr_today(const struct gx_expr_env *env)
{
    return gx_date_of_moment(env->now_us, env->tz_offset_min);
}

/* The first day of the `months` long period that `today` is in, counted from `start_month`. */
static int64_t first_day(int64_t today, int months, int start_month)
{
    struct gx_ymd ymd = gx_date_to_ymd(today);
    int since = (ymd.month - start_month + 12) % 12 % months;
    ymd.day = 1;
    return gx_date_add_months(gx_date_from_ymd(ymd), -since);
}

void gx_expr_period_range(const struct gx_expr_env *env, enum period period, int shift,
                          int64_t *ret_from, int64_t *ret_to)
{
    static const int lengths[PERIOD_COUNT] = {
        [PERIOD_MONTH] = 1,          [PERIOD_QUARTER] = 3,      [PERIOD_YEAR] = 12,
        [PERIOD_FISCAL_QUARTER] = 3, [PERIOD_FISCAL_YEAR] = 12,
    };
    int64_t today = gx_expr_today(env);
    if (period == PERIOD_WEEK) {
        *ret_from = today - (gx_date_weekday(today) - 1) + (int64_t)shift * 7;
        *ret_to = *ret_from + 7;
        return;
    }
    bool fiscal = period == PERIOD_FISCAL_QUARTER || period == PERIOD_FISCAL_YEAR;
    int start_month = fiscal && env->fiscal_start_month ? env->fiscal_start_month : 1;
    gx_assert(start_month >= 1 && start_month <= 12);
    int64_t first = first_day(today, lengths[period], start_month);
    *ret_from = gx_date_add_months(first, (int64_t)shift * lengths[period]);
    *ret_to = gx_date_add_months(first, (int64_t)(shift + 1) * lengths[period]);
}
