/* ltv_check.c - see ltv_check.h. */
#include "analysis/ltv_check.h"

#include <math.h>

/* One customer's purchases, from `p` to before `end`; false when all of them are after the split.
 */
static bool summarise(const struct gx_ltv_purchase *p, const struct gx_ltv_purchase *end,
                      int32_t split_day, int32_t end_day, double unit_days,
                      struct gx_ltv_summary *ret_summary)
{
    struct gx_ltv_summary s = { .customer = p->customer, .first_day = p->day };
    if (p->day > split_day)
        return false;
    int32_t last = p->day;
    double spent = 0;
    for (; p < end && p->day <= end_day; p++) {
        bool new_day = p->day != last;
        if (p->day <= split_day) {
            s.history.x += new_day;
            spent += p->day > s.first_day ? p->amount : 0;
            s.history.tx = ((double)p->day - s.first_day) / unit_days;
        } else {
            s.later += new_day;
        }
        last = p->day;
    }
    s.history.age = ((double)split_day - s.first_day) / unit_days;
    s.mean = s.history.x > 0 ? spent / s.history.x : 0;
    *ret_summary = s;
    return true;
}

enum gx_code gx_ltv_summarise(struct gx_ctx *ctx, const struct gx_ltv_purchase *purchase, size_t n,
                              int32_t split_day, int32_t end_day, double unit_days,
                              struct gx_ltv_summary **ret_summary, size_t *ret_count)
{
    size_t customers = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        customers += i == 0 || purchase[i].customer != purchase[i - 1].customer;
        bool sorted = i == 0 || purchase[i - 1].customer < purchase[i].customer ||
                      (purchase[i - 1].customer == purchase[i].customer &&
                       purchase[i - 1].day <= purchase[i].day);
        if (!sorted)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("purchases"), GX_M_ANALYSIS_ORDER);
    }
    struct gx_ltv_summary *summary = GX_ARENA_ARRAY(ctx->arena, struct gx_ltv_summary, customers);
    for (size_t i = 0, end = 0; i < n; i = end) {
        while (end < n && purchase[end].customer == purchase[i].customer)
            end++;
        if (summarise(purchase + i, purchase + end, split_day, end_day, unit_days, &summary[count]))
            count++;
    }
    *ret_summary = summary;
    *ret_count = count;
    return GX_OK;
}

void gx_ltv_check(const struct gx_ltv_fit *fit, const struct gx_ltv_summary *summary, size_t n,
                  double time, struct gx_ltv_check *ret_check)
{
    struct gx_ltv_check check = { 0 };
    double absolute = 0, square = 0;
    for (size_t i = 0; i < n; i++) {
        struct gx_ltv_customer c = summary[i].history;
        double predicted = gx_ltv_expected_next(fit->model, fit->param, c, time);
        double actual = summary[i].later;
        size_t g = c.x < GX_LTV_CHECK_GROUPS ? (size_t)c.x : GX_LTV_CHECK_GROUPS - 1;
        check.group[g].customers++;
        check.group[g].predicted += predicted;
        check.group[g].actual += actual;
        check.customers++;
        check.predicted += predicted;
        check.actual += actual;
        absolute += fabs(predicted - actual);
        square += (predicted - actual) * (predicted - actual);
    }
    if (n > 0) {
        check.mean_error = absolute / check.customers;
        check.root_error = sqrt(square / check.customers);
    }
    *ret_check = check;
}

struct births { /* how many customers began on which day */
    int32_t first;
    size_t days;
    double *count;
};

static struct births births_of(struct gx_arena *arena, const struct gx_ltv_summary *summary,
                               size_t n)
{
    struct births b = { .first = summary[0].first_day };
    int32_t last = b.first;
    for (size_t i = 1; i < n; i++) {
        b.first = summary[i].first_day < b.first ? summary[i].first_day : b.first;
        last = summary[i].first_day > last ? summary[i].first_day : last;
    }
    b.days = (size_t)((int64_t)last - b.first) + 1;
    b.count = GX_ARENA_ARRAY(arena, double, b.days);
    for (size_t i = 0; i < n; i++)
        b.count[(int64_t)summary[i].first_day - b.first]++;
    return b;
}

void gx_ltv_track(struct gx_ctx *ctx, const struct gx_ltv_fit *fit,
                  const struct gx_ltv_summary *summary, size_t n,
                  const struct gx_ltv_purchase *purchase, size_t purchases, double unit_days,
                  int32_t step_days, size_t count, double *ret_predicted, double *ret_actual)
{
    memset(ret_predicted, 0, count * sizeof *ret_predicted);
    memset(ret_actual, 0, count * sizeof *ret_actual);
    if (n == 0)
        return;
    struct births b = births_of(ctx->arena, summary, n);
    for (size_t i = 0; i < count; i++) {
        double until = (double)(i + 1) * step_days;
        for (size_t day = 0; day < b.days && (double)day < until; day++)
            if (b.count[day] > 0)
                ret_predicted[i] +=
                    b.count[day] *
                    gx_ltv_expected(fit->model, fit->param, (until - (double)day) / unit_days);
    }
    size_t s = 0;
    for (size_t i = 1; i < purchases; i++) {
        const struct gx_ltv_purchase *p = &purchase[i];
        while (s < n && summary[s].customer < p->customer)
            s++;
        if (s == n || summary[s].customer != p->customer || p->day == p[-1].day ||
            p[-1].customer != p->customer)
            continue;
        /* A purchase on the day that a step ends on counts to the next. */
        int64_t step = ((int64_t)p->day - b.first) / step_days;
        if (step >= 0 && (uint64_t)step < count)
            ret_actual[step]++;
    }
    for (size_t i = 1; i < count; i++)
        ret_actual[i] += ret_actual[i - 1];
}
