/*
 * ltv_int.h - what the files of lifetime value share.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_LTV_INT_H
#define GX_ANALYSIS_LTV_INT_H

#include "analysis/ltv.h"

struct ltv_group {
    struct gx_ltv_customer customer;
    double count;
};

/*
 * The sum of count × log-likelihood over groups in the order of x, tx, age (what depends on x alone
 * is computed once for each x), and of its gradient where ret_gradient is not NULL.
 */
double ltv_geometric_sum(const struct ltv_group *group, size_t n, bool modified,
                         const double *param, double *ret_gradient);
double ltv_pareto_sum(const struct ltv_group *group, size_t n, const double *param,
                      double *ret_gradient);
double ltv_pareto_alive(const double *param, struct gx_ltv_customer customer);
double ltv_pareto_probability(const double *param, double time, unsigned n);

#endif
