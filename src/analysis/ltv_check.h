/*
 * ltv_check.h - was the model right?  Customers up to a day, what they did after it, and both
 * compared.
 *
 * The way of Fader, Hardie & Lee (2005): fit on the calibration period, then predict each
 * customer's purchases of the hold-out period, by frequency group, and the sum of all week by week.
 *
 * The day of the split belongs to the calibration.  Days are whole numbers (since any day); several
 * purchases of a customer on one day are one, with their amounts added.
 *
 * Errors and memory as in ltv.h.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_LTV_CHECK_H
#define GX_ANALYSIS_LTV_CHECK_H

#include "analysis/ltv.h"

struct gx_ltv_purchase {
    int64_t customer;
    int32_t day;
    double amount;
};

struct gx_ltv_summary {
    int64_t customer;
    struct gx_ltv_customer history; /* in units of time */
    double mean;                    /* amount of a repeat purchase; 0 without one */
    double later;                   /* purchases after the split, up to the end */
    int32_t first_day;
};

/*
 * One line per customer from `purchase`, which is sorted by customer and day.  Who bought first
 * after the split is left out.  unit_days: 7 for weeks.  GX_E_INVALID: not sorted.
 */
GX_NODISCARD enum gx_code gx_ltv_summarise(struct gx_ctx *ctx,
                                           const struct gx_ltv_purchase *purchase, size_t n,
                                           int32_t split_day, int32_t end_day, double unit_days,
                                           struct gx_ltv_summary **ret_summary, size_t *ret_count);

enum { GX_LTV_CHECK_GROUPS = 8 }; /* 0, 1, … 6, and 7 or more repeat purchases before the split */

struct gx_ltv_check {
    struct {
        double customers, predicted, actual; /* predicted, actual: sums of purchases */
    } group[GX_LTV_CHECK_GROUPS];
    double customers, predicted, actual;
    double mean_error, root_error; /* mean absolute and root mean square, a customer */
};
/* `time`: the length of the hold-out, in units of time. */
void gx_ltv_check(const struct gx_ltv_fit *fit, const struct gx_ltv_summary *summary, size_t n,
                  double time, struct gx_ltv_check *ret_check);

/*
 * Repeat purchases of all, predicted and actual, up to each of `count` days after the first day of
 * anyone: `step_days` apart.  What ret_predicted and ret_actual point to has `count` places.
 * Only customers of `summary` count; `purchase` as in gx_ltv_summarise().
 */
void gx_ltv_track(struct gx_ctx *ctx, const struct gx_ltv_fit *fit,
                  const struct gx_ltv_summary *summary, size_t n,
                  const struct gx_ltv_purchase *purchase, size_t purchases, double unit_days,
                  int32_t step_days, size_t count, double *ret_predicted, double *ret_actual);

#endif
