/*
 * ltv.h - what customers who come and go without a contract will still buy: "buy till you die".
 *
 * Models of how often people buy and when they stop, fitted by maximum likelihood:
 *   BG/NBD      Fader, Hardie & Lee, "Counting your customers" the easy way, Marketing Science 24,
 * 2005; the likelihood in the form of Hardie's note 027 MBG/NBD     Batislam, Denizel & Filiztekin
 * 2007; Hoppe & Wagner 2007: one may stop after the first purchase too Pareto/NBD  Schmittlein,
 * Morrison & Colombo, Management Science 33, 1987; Fader & Hardie, note 009, with 2F1(1, p; q; z)
 * by Euler's transformation, so that nothing overflows
 *
 * Units: time in one unit of the caller's choice (weeks are usual), the same everywhere; `age` is
 * the time from a customer's first purchase to the end of observation, `tx` that from the first to
 * the last purchase, `x` the purchases after the first.  Several on one day count as one.
 *
 * Parameters: r and alpha (how often), then a and b, of Pareto/NBD s and beta (when they stop).
 * Standard errors come from the observed information; at the optimum it does not matter that the
 * logarithms were fitted.
 *
 * Errors go to the ctx as GX_E_INVALID with a sentence; memory is the arena of the ctx or the
 * groups'.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_LTV_H
#define GX_ANALYSIS_LTV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

enum gx_ltv_model { GX_LTV_BGNBD, GX_LTV_MBGNBD, GX_LTV_PARETO };
enum {
    GX_LTV_PARAMS = 4,
    GX_LTV_CUSTOMERS_MIN = 30,
    GX_LTV_GROUPS_MAX =
        8000000, /* 32 bytes each, at most 640 MB with their index, while they grow */
    GX_LTV_X_MAX = 1000000,
};

struct gx_ltv_customer {
    double x, tx, age;
};

/*
 * Customers who look alike are one group with a count, so that millions are fitted in seconds.
 * Open with an arena that lives as long as the groups.
 */
struct gx_ltv_groups;
struct gx_ltv_groups *gx_ltv_groups_open(struct gx_arena *arena);
/*
 * GX_E_INVALID: x no whole number from 0 to GX_LTV_X_MAX, not 0 <= tx <= age, tx without x, no
 * finite number, count < 1; GX_E_LIMIT: more than GX_LTV_GROUPS_MAX kinds (round the times, to
 * weeks, say).
 */
GX_NODISCARD enum gx_code gx_ltv_groups_add(struct gx_ctx *ctx, struct gx_ltv_groups *groups,
                                            struct gx_ltv_customer customer, double count);
size_t gx_ltv_groups_count(const struct gx_ltv_groups *groups);

struct gx_ltv_fit {
    enum gx_ltv_model model;
    double param[GX_LTV_PARAMS], error[GX_LTV_PARAMS]; /* error: standard errors */
    double log_likelihood, aic, bic;
    double customers;
    size_t groups;
    int evaluations;
    bool by_simplex; /* the first way of optimising failed; look at the figures twice */
    bool edge; /* a parameter is hardly determined (its error is above ten times itself): nearly all
                  alike */
};

/*
 * GX_E_INVALID: fewer than GX_LTV_CUSTOMERS_MIN customers; nobody bought again; the likelihood has
 * no maximum within reach (all customers alike, for example).  ret_fit is untouched then.
 */
GX_NODISCARD enum gx_code gx_ltv_fit(struct gx_ctx *ctx, struct gx_ltv_groups *groups,
                                     enum gx_ltv_model model, struct gx_ltv_fit *ret_fit);

/*
 * What a model says.  They cannot fail: parameters must be positive, customers as groups_add
 * takes them, times >= 0; results are finite.
 */
double gx_ltv_log_likelihood(enum gx_ltv_model model, const double *param,
                             struct gx_ltv_customer customer);
/* Purchases after the first that a new customer makes in a time. */
double gx_ltv_expected(enum gx_ltv_model model, const double *param, double time);
/* P(exactly n of them). */
double gx_ltv_probability(enum gx_ltv_model model, const double *param, double time, unsigned n);
/* P(the customer has not stopped). */
double gx_ltv_alive(enum gx_ltv_model model, const double *param, struct gx_ltv_customer customer);
/* Purchases that this customer will make in the time to come. */
double gx_ltv_expected_next(enum gx_ltv_model model, const double *param,
                            struct gx_ltv_customer customer, double time);
/*
 * Their worth today: `steps` steps of `step` units of time, each step's purchases times `spend`,
 * paid at its end, discounted by `rate` a step (0.01: one per cent).  In the money of `spend`.
 */
double gx_ltv_value(enum gx_ltv_model model, const double *param, struct gx_ltv_customer customer,
                    double spend, double step, unsigned steps, double rate);

#endif
