/*
 * experiment.h - did it work?  Two groups compared, how many are needed, what it brought, and a
 * warning.
 *
 * Sources: Wilson (1927) for a share, Newcombe (1998, method 10) for a difference of shares, Welch
 * (1947) for a difference of means, Fleiss, Levin & Paik (2003, 4.2) for sample sizes, Armitage,
 * McPherson & Rowe (1969) for looking several times.
 *
 * "control" got nothing, "treated" got the offer, and chance alone said who is in which.
 * Differences are treated - control.  Memory: none, but the arena of the ctx for words.
 *
 * Errors: GX_E_INVALID for counts and sizes that cannot be, or a group too small to say anything
 * (none in a group; fewer than two for means).
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_EXPERIMENT_H
#define GX_ANALYSIS_EXPERIMENT_H

#include <stdint.h>

#include "base/ctx.h"

struct gx_experiment_range {
    double value, low, high;
};

struct gx_experiment_count {
    uint64_t people, successes;
};

struct gx_experiment_shares {
    struct gx_experiment_range control, treated; /* Wilson */
    struct gx_experiment_range difference;       /* Newcombe */
    double relative; /* treated/control - 1; NaN when control has none */
    double p;        /* two-sided, of no difference (pooled z) */
};
/* `level`: of the intervals, such as 0.95. */
GX_NODISCARD enum gx_code gx_experiment_shares(struct gx_ctx *ctx,
                                               struct gx_experiment_count control,
                                               struct gx_experiment_count treated, double level,
                                               struct gx_experiment_shares *ret_shares);

struct gx_experiment_sample {
    uint64_t people;
    double mean, deviation; /* standard deviation of one person's amount, with n - 1 */
};

struct gx_experiment_means {
    struct gx_experiment_range difference; /* Welch */
    double t, freedom, p;                  /* freedom: degrees of */
};
GX_NODISCARD enum gx_code gx_experiment_means(struct gx_ctx *ctx,
                                              struct gx_experiment_sample control,
                                              struct gx_experiment_sample treated, double level,
                                              struct gx_experiment_means *ret_means);

/*
 * What an offer brought: the amounts of all people of both groups, those who bought nothing as 0,
 * and what it cost altogether.  In the money of the amounts.
 */
struct gx_experiment_uplift {
    struct gx_experiment_range each;   /* more for each treated person */
    struct gx_experiment_range gained; /* by all treated, before cost */
    struct gx_experiment_range net;    /* after it */
    double per_cost;                   /* net for each unit of cost; NaN without cost */
    double p;
};
GX_NODISCARD enum gx_code gx_experiment_uplift(struct gx_ctx *ctx,
                                               struct gx_experiment_sample control,
                                               struct gx_experiment_sample treated, double cost,
                                               double level,
                                               struct gx_experiment_uplift *ret_uplift);

/*
 * People needed in each group to see the difference between two shares, or one of `difference`
 * between means of amounts with that deviation, with the chance `power` (0.8), at the two-sided
 * level alpha (0.05).
 */
GX_NODISCARD enum gx_code gx_experiment_size_shares(struct gx_ctx *ctx, double control,
                                                    double treated, double alpha, double power,
                                                    uint64_t *ret_people);
GX_NODISCARD enum gx_code gx_experiment_size_means(struct gx_ctx *ctx, double difference,
                                                   double deviation, double alpha, double power,
                                                   uint64_t *ret_people);

/*
 * The chance that an offer which does nothing looks good at least once, when looked at `looks`
 * times (1 … 100, equally far apart) at the level alpha each.
 */
double gx_experiment_peeking(unsigned looks, double alpha);
/*
 * What to tell whoever reads it, in the language of the ctx: whether the interval leaves a
 * difference, and what looking `looks` times has done to that.
 */
struct gx_str gx_experiment_words(struct gx_ctx *ctx, struct gx_experiment_range difference,
                                  double level, unsigned looks);

#endif
