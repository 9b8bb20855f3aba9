/*
 * churn.h - who is about to leave, and why: logistic regression.
 *
 * Source: McCullagh & Nelder, Generalized Linear Models, 4.4 (iteratively reweighted least
 * squares); le Cessie & van Houwelingen (1992) for the ridge and its standard errors.  The area
 * under the curve is Mann & Whitney's statistic with ties counted half.
 *
 * Features are centred and scaled inside, so that the ridge means the same to all of them;
 * coefficients and errors come back in the features' own units.  A feature that never changes gets
 * zero.  The ridge is in units of cases: 1 is little, and enough to tame features that separate the
 * cases completely.
 *
 * A reason for a customer is what a feature adds to the logit against the average customer:
 * coefficient × (value - mean).  It says what the model saw, not what caused it.
 *
 * Errors and memory: GX_E_INVALID with a sentence; the arena of the ctx.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_CHURN_H
#define GX_ANALYSIS_CHURN_H

#include <stdint.h>

#include "base/ctx.h"

enum { GX_CHURN_FEATURES_MAX = 200, GX_CHURN_CASES_MIN = 20, GX_CHURN_DECILES = 10 };

struct gx_churn_cases {
    const double *feature; /* n × features, case by case */
    const uint8_t *left;   /* n: 1 has left, 0 has not */
    size_t n, features;
};

struct gx_churn_fit {
    size_t features;
    double intercept, intercept_error;
    double *coefficient, *error, *mean, *scale; /* of each feature; scale: standard deviation */
    double log_likelihood, null_likelihood;     /* without the ridge; of a constant alone */
    double ridge;
    int steps;
};

/*
 * GX_E_INVALID: fewer than GX_CHURN_CASES_MIN cases, more than GX_CHURN_FEATURES_MAX features or as
 * many as cases; no number; all left or none; no maximum (ridge 0 and features that separate the
 * cases, or repeat one another).
 */
GX_NODISCARD enum gx_code gx_churn_fit(struct gx_ctx *ctx, const struct gx_churn_cases *cases,
                                       double ridge, struct gx_churn_fit *ret_fit);
/* P(leaves), from a case's features. */
double gx_churn_risk(const struct gx_churn_fit *fit, const double *feature);

struct gx_churn_reason {
    size_t feature;
    double logit; /* added by it */
};
/* What raises the risk of this case most, the largest first; returns how many of `most` there are.
 */
size_t gx_churn_reasons(const struct gx_churn_fit *fit, const double *feature,
                        struct gx_churn_reason *ret_reason, size_t most);

struct gx_churn_quality {
    double auc;   /* P(one who left had the higher risk); 0.5 is a coin; NaN with one kind only */
    double brier; /* mean squared error */
    struct {
        size_t count;
        double risk, left;      /* mean predicted, share that left */
    } decile[GX_CHURN_DECILES]; /* 0: the highest risk */
};
/* Of risks and what happened; best on cases that the fit has not seen. */
void gx_churn_quality(struct gx_ctx *ctx, const double *risk, const uint8_t *left, size_t n,
                      struct gx_churn_quality *ret_quality);

#endif
