/*
 * rfm.h - who bought lately, often and much: quintiles; and who of a month's newcomers is still
 * there.
 *
 * Source: Hughes, Strategic Database Marketing (1994), for RFM.  Each of recency, frequency and
 * money is cut into five; 5 is best.  Ties by rule: equal values get the same score, that of the
 * middle of their places (rounded up), so that no one is better than another by the order of rows;
 * fifths are therefore not always equal in size, and `count` says how large they are.
 *
 * Errors: GX_E_INVALID for no number; memory: the arena of the ctx.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_RFM_H
#define GX_ANALYSIS_RFM_H

#include <stdint.h>

#include "base/ctx.h"

enum { GX_RFM_PARTS = 5, GX_COHORT_PERIODS_MAX = 600 };

struct gx_rfm_customer {
    double recency; /* days since the last purchase: less is better */
    double frequency, money;
};

struct gx_rfm_score {
    uint8_t recency, frequency, money; /* 1 … 5 */
};

struct gx_rfm_table {
    uint64_t count[3][GX_RFM_PARTS]; /* how many have score i + 1 in recency, frequency, money */
    double border[3][GX_RFM_PARTS];  /* the worst value that still has it; NaN where nobody has */
    uint64_t cell[GX_RFM_PARTS][GX_RFM_PARTS]; /* by recency and frequency */
};

/* ret_score has n places. */
GX_NODISCARD enum gx_code gx_rfm(struct gx_ctx *ctx, const struct gx_rfm_customer *customer,
                                 size_t n, struct gx_rfm_score *ret_score,
                                 struct gx_rfm_table *ret_table);

/*
 * Cohort retention from rows (cohort, period after it from 0, customers active): of those who began
 * in a period, how many were active k periods later.  Rows in any order; what stands twice is
 * added.
 */
struct gx_cohort_row {
    uint32_t cohort, period;
    double active;
};

struct gx_cohort_table {
    uint32_t cohorts, periods;
    double *active;   /* cohorts × periods */
    double *rate;     /* active of those in period 0; NaN where not observed or nobody began */
    double *together; /* periods: of all cohorts that were observed for so long */
};

/*
 * `last`: the last period observed; cohort c is observed up to period last - c, and a place without
 * a row is zero there.  GX_E_INVALID: a row beyond that, or active below 0; GX_E_LIMIT: last not
 * below GX_COHORT_PERIODS_MAX.
 */
GX_NODISCARD enum gx_code gx_cohort(struct gx_ctx *ctx, const struct gx_cohort_row *row, size_t n,
                                    uint32_t last, struct gx_cohort_table *ret_table);

#endif
