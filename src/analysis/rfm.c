/* rfm.c - see rfm.h. */
#include "analysis/rfm.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double value; /* more is better */
    size_t at;
};

static int worst_first(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* The fifth of the middle place of those from `from` to before `to`, of n, worst first. */
static uint8_t score_of(size_t from, size_t to, size_t n)
{
    size_t middle = from + (to - from) / 2;
    return (uint8_t)(middle * GX_RFM_PARTS / n + 1);
}

static void score(struct ranked *ranked, size_t n, uint8_t *ret_score, uint64_t *count,
                  double *border)
{
    qsort(ranked, n, sizeof *ranked, worst_first);
    for (size_t i = 0, end = 0; i < n; i = end) {
        while (end < n && ranked[end].value == ranked[i].value)
            end++;
        uint8_t s = score_of(i, end, n);
        for (size_t k = i; k < end; k++)
            ret_score[ranked[k].at] = s;
        count[s - 1] += end - i;
        if (isnan(border[s - 1]))
            border[s - 1] = ranked[i].value;
    }
}

static double value_of(const struct gx_rfm_customer *c, size_t which)
{
    return which == 0 ? -c->recency : which == 1 ? c->frequency : c->money;
}

enum gx_code gx_rfm(struct gx_ctx *ctx, const struct gx_rfm_customer *customer, size_t n,
                    struct gx_rfm_score *ret_score, struct gx_rfm_table *ret_table)
{
    struct gx_rfm_table table = { 0 };
    struct ranked *ranked = GX_ARENA_ARRAY(ctx->arena, struct ranked, n);
    uint8_t *scores = GX_ARENA_ARRAY(ctx->arena, uint8_t, n * 3);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 3; k++)
            if (!isfinite(value_of(&customer[i], k)))
                return gx_fail(ctx, GX_E_INVALID, GX_STR("customer"), GX_M_ANALYSIS_NUMBER);
    for (size_t k = 0; k < 3; k++) {
        for (size_t p = 0; p < GX_RFM_PARTS; p++)
            table.border[k][p] = NAN;
        for (size_t i = 0; i < n; i++)
            ranked[i] = (struct ranked){ value_of(&customer[i], k), i };
        if (n > 0)
            score(ranked, n, scores + k * n, table.count[k], table.border[k]);
    }
    for (size_t p = 0; p < GX_RFM_PARTS; p++)
        table.border[0][p] = 0 - table.border[0][p];
    for (size_t i = 0; i < n; i++) {
        ret_score[i] = (struct gx_rfm_score){ scores[i], scores[n + i], scores[2 * n + i] };
        table.cell[scores[i] - 1][scores[n + i] - 1]++;
    }
    *ret_table = table;
    return GX_OK;
}

enum gx_code gx_cohort(struct gx_ctx *ctx, const struct gx_cohort_row *row, size_t n, uint32_t last,
                       struct gx_cohort_table *ret_table)
{
    if (last >= GX_COHORT_PERIODS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("last"), GX_M_ANALYSIS_NUMBER);
    size_t size = last + 1;
    struct gx_cohort_table table = { .cohorts = last + 1, .periods = last + 1 };
    table.active = GX_ARENA_ARRAY(ctx->arena, double, size *size);
    table.rate = GX_ARENA_ARRAY(ctx->arena, double, size *size);
    table.together = GX_ARENA_ARRAY(ctx->arena, double, size);
    for (size_t i = 0; i < n; i++) {
        bool good = row[i].cohort <= last && row[i].period <= last - row[i].cohort &&
                    row[i].active >= 0 && isfinite(row[i].active);
        if (!good)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("cohort"), GX_M_ANALYSIS_NUMBER);
        table.active[row[i].cohort * size + row[i].period] += row[i].active;
    }
    for (size_t p = 0; p < size; p++) {
        double began = 0, active = 0;
        for (size_t c = 0; c < size; c++) {
            double first = table.active[c * size], now = table.active[c * size + p];
            bool seen = c + p <= last && first > 0;
            table.rate[c * size + p] = seen ? now / first : NAN;
            began += seen ? first : 0;
            active += seen ? now : 0;
        }
        table.together[p] = began > 0 ? active / began : NAN;
    }
    *ret_table = table;
    return GX_OK;
}
