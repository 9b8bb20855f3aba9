/* ltv.c - what a fitted model says of customers; see ltv.h. */
#include "analysis/ltv.h"

#include <math.h>

#include "analysis/ltv_int.h"
#include "analysis/special.h"

double gx_ltv_log_likelihood(enum gx_ltv_model model, const double *param,
                             struct gx_ltv_customer customer)
{
    struct ltv_group one = { customer, 1 };
    if (model == GX_LTV_PARETO)
        return ltv_pareto_sum(&one, 1, param, NULL);
    return ltv_geometric_sum(&one, 1, model == GX_LTV_MBGNBD, param, NULL);
}

/*
 * E[X(t)] of BG/NBD.  The closed form is 0/0 at a = 1 and at a + b = 1 though nothing happens
 * there: the middle of two neighbours, which is right to 1e-9, is taken instead.
 */
static double geometric_mean(double r, double alpha, double a, double b, double time)
{
    const double near = 1e-5;
    double miss = fabs(a - 1) < near ? a - 1 : fabs(a + b - 1) < near ? a + b - 1 : 1;
    if (fabs(miss) < near) {
        double from = a - miss;
        return (geometric_mean(r, alpha, from - 1.5 * near, b, time) +
                geometric_mean(r, alpha, from + 1.5 * near, b, time)) /
               2;
    }
    if (time <= 0)
        return 0;
    double c = a + b - 1, z = time / (alpha + time);
    return fmax(0, c / (a - 1) * (1 - gx_special_hyp2f1_scaled(r, b, c, z)));
}

double gx_ltv_expected(enum gx_ltv_model model, const double *param, double time)
{
    double r = param[0], alpha = param[1], a = param[2], b = param[3];
    if (model == GX_LTV_BGNBD)
        return geometric_mean(r, alpha, a, b, time);
    if (model == GX_LTV_MBGNBD)
        return b / (a + b) * geometric_mean(r, alpha, a, b + 1, time);
    double s1 = a - 1, far = log1p(time / b); /* a, b: s, beta */
    return r * b / alpha * (fabs(s1 * far) < 1e-12 ? far : -expm1(-s1 * far) / s1);
}

static double geometric_probability(double r, double alpha, double a, double b, double time,
                                    unsigned n)
{
    double m = n, z = time / (alpha + time);
    if (z <= 0)
        return n == 0;
    double p = exp(gx_special_lbeta(a, b + m) - gx_special_lbeta(a, b) + gx_special_lgamma(r + m) -
                   gx_special_lgamma(r) - gx_special_lgamma(m + 1) + r * log1p(-z) + m * log(z));
    if (n > 0) /* stopped after the n-th: at least n would have come */
        p += exp(gx_special_lbeta(a + 1, b + m - 1) - gx_special_lbeta(a, b)) *
             gx_special_beta_inc(m, r, z);
    return p;
}

double gx_ltv_probability(enum gx_ltv_model model, const double *param, double time, unsigned n)
{
    double r = param[0], alpha = param[1], a = param[2], b = param[3];
    if (model == GX_LTV_PARETO)
        return ltv_pareto_probability(param, time, n);
    if (model == GX_LTV_BGNBD)
        return geometric_probability(r, alpha, a, b, time, n);
    double stays = b / (a + b), p = geometric_probability(r, alpha, a, b + 1, time, n);
    return stays * p + (n == 0 ? 1 - stays : 0);
}

double gx_ltv_alive(enum gx_ltv_model model, const double *param, struct gx_ltv_customer c)
{
    if (model == GX_LTV_PARETO)
        return fmin(1, ltv_pareto_alive(param, c));
    if (model == GX_LTV_BGNBD && c.x == 0)
        return 1; /* of BG/NBD: nobody stops before the second purchase */
    double over = param[3] + c.x - (model == GX_LTV_BGNBD ? 1 : 0);
    double log_odds =
        log(param[2] / over) + (param[0] + c.x) * log1p((c.age - c.tx) / (param[1] + c.tx));
    return 1 / (1 + exp(log_odds));
}

double gx_ltv_expected_next(enum gx_ltv_model model, const double *param, struct gx_ltv_customer c,
                            double time)
{
    double alive = gx_ltv_alive(model, param, c);
    double later[] = { param[0] + c.x, param[1] + c.age, param[2], param[3] };
    if (model == GX_LTV_PARETO) {
        later[3] += c.age;
        return alive * gx_ltv_expected(model, later, time);
    }
    double b = param[3] + c.x + (model == GX_LTV_MBGNBD ? 1 : 0);
    return alive * geometric_mean(later[0], later[1], param[2], b, time);
}

double gx_ltv_value(enum gx_ltv_model model, const double *param, struct gx_ltv_customer customer,
                    double spend, double step, unsigned steps, double rate)
{
    double before = 0, value = 0;
    for (unsigned i = 1; i <= steps; i++) {
        double now = gx_ltv_expected_next(model, param, customer, step * i);
        value += (now - before) * spend * exp(-(double)i * log1p(rate));
        before = now;
    }
    return value;
}
