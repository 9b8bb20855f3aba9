/*
 * spend.h - what a purchase of a customer is worth on average: Gamma-Gamma.
 *
 * Source: Fader & Hardie, The Gamma-Gamma model of monetary value, note 025, 2013.  Fitted on
 * customers with repeat purchases only; `mean` is the mean amount of those (money above zero, one
 * currency), `x` their number.  How much people spend must not depend on how often they buy; the
 * correlation stands in the fit, so that whoever shows the figures can say when it does not hold.
 *
 * Errors and memory as in ltv.h.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_SPEND_H
#define GX_ANALYSIS_SPEND_H

#include "base/ctx.h"

enum { GX_SPEND_PARAMS = 3, GX_SPEND_CUSTOMERS_MIN = 30 };

struct gx_spend_customer {
    double x, mean;
};

struct gx_spend_fit {
    double param[GX_SPEND_PARAMS], error[GX_SPEND_PARAMS]; /* p, q, gamma; standard errors */
    double log_likelihood;
    size_t customers;   /* those with repeat purchases */
    double correlation; /* of x and mean among them */
    int evaluations;
};

/*
 * Customers with x = 0 are passed over.  `customer` is sorted by x.  GX_E_INVALID: fewer than
 * GX_SPEND_CUSTOMERS_MIN with x > 0; an amount that is not above zero (x no whole number); no
 * maximum.
 */
GX_NODISCARD enum gx_code gx_spend_fit(struct gx_ctx *ctx, struct gx_spend_customer *customer,
                                       size_t n, struct gx_spend_fit *ret_fit);
/*
 * The mean amount to expect of a customer: between what he spent and what all spend.  With x = 0
 * that of the population, which is infinite when q <= 1.
 */
double gx_spend_expected(const double *param, double x, double mean);

#endif
