/* spend.c - see spend.h. */
#include "analysis/spend.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/matrix.h"
#include "analysis/minimize.h"
#include "analysis/special.h"

struct likelihood {
    const struct gx_spend_customer *customer; /* by x, none with x = 0 */
    size_t n;
    const double *log_mean; /* its sum for each run of equal x, in their order */
};

static double eval(void *data, const double *at, double *ret_gradient)
{
    const struct likelihood *l = data;
    double p = exp(at[0]), q = exp(at[1]), gamma = exp(at[2]);
    double sum = 0, by_p = 0, by_q = 0, by_gamma = 0;
    const double *log_mean = l->log_mean;
    for (size_t i = 0, end = 0; i < l->n; i = end, log_mean++) {
        double x = l->customer[i].x, px = p * x, logs = 0, inverse = 0;
        for (end = i; end < l->n && l->customer[end].x == x; end++) {
            double all = gamma + x * l->customer[end].mean;
            logs += log(all);
            inverse += 1 / all;
        }
        double count = (double)(end - i);
        sum += count * (gx_special_lgamma(px + q) - gx_special_lgamma(px) - gx_special_lgamma(q) +
                        q * log(gamma) + px * log(x)) +
               (px - 1) * *log_mean - (px + q) * logs;
        if (!ret_gradient)
            continue;
        double psi = gx_special_digamma(px + q);
        by_p += x * (count * (psi - gx_special_digamma(px) + log(x)) + *log_mean - logs);
        by_q += count * (psi - gx_special_digamma(q) + log(gamma)) - logs;
        by_gamma += count * q / gamma - (px + q) * inverse;
    }
    double scale = -1 / (double)l->n;
    if (ret_gradient) {
        ret_gradient[0] = scale * by_p * p;
        ret_gradient[1] = scale * by_q * q;
        ret_gradient[2] = scale * by_gamma * gamma;
    }
    return scale * sum;
}

static int by_x(const void *left, const void *right)
{
    const struct gx_spend_customer *a = left, *b = right;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return a->mean < b->mean ? -1 : a->mean > b->mean;
}

static double correlation(const struct gx_spend_customer *c, size_t n)
{
    double x = 0, mean = 0, xx = 0, mm = 0, xm = 0;
    for (size_t i = 0; i < n; i++) {
        x += c[i].x / (double)n;
        mean += c[i].mean / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double dx = c[i].x - x, dm = c[i].mean - mean;
        xx += dx * dx;
        mm += dm * dm;
        xm += dx * dm;
    }
    return xx > 0 && mm > 0 ? xm / sqrt(xx * mm) : 0;
}

GX_NODISCARD static enum gx_code check(struct gx_ctx *ctx, const struct gx_spend_customer *c,
                                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool good = c[i].x >= 0 && c[i].x == floor(c[i].x) && isfinite(c[i].x) &&
                    (c[i].x == 0 || (c[i].mean > 0 && isfinite(c[i].mean)));
        if (!good)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("customer"), GX_M_ANALYSIS_AMOUNT);
    }
    return GX_OK;
}

static double *sums_of_logs(struct gx_arena *arena, const struct gx_spend_customer *c, size_t n)
{
    size_t runs = 0;
    for (size_t i = 0; i < n; i++)
        runs += i == 0 || c[i].x != c[i - 1].x;
    double *sum = GX_ARENA_ARRAY(arena, double, runs), *at = sum;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && c[i].x != c[i - 1].x)
            at++;
        *at += log(c[i].mean);
    }
    return sum;
}

enum gx_code gx_spend_fit(struct gx_ctx *ctx, struct gx_spend_customer *customer, size_t n,
                          struct gx_spend_fit *ret_fit)
{
    GX_TRY(check(ctx, customer, n));
    size_t none = 0;
    if (n > 0)
        qsort(customer, n, sizeof *customer, by_x);
    while (none < n && customer[none].x == 0)
        none++;
    struct likelihood l = { customer + none, n - none, NULL };
    if (l.n < GX_SPEND_CUSTOMERS_MIN)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("customers"), GX_M_ANALYSIS_FEW,
                       gx_arena_printf(ctx->arena, "%d", GX_SPEND_CUSTOMERS_MIN));
    l.log_mean = sums_of_logs(ctx->arena, l.customer, l.n);

    double mean = 0;
    for (size_t i = 0; i < l.n; i++)
        mean += l.customer[i].mean / (double)l.n;
    double start[] = { log(4.0), log(4.0), log(mean) };
    struct gx_minimize_problem problem = { GX_SPEND_PARAMS, eval, &l };
    struct gx_minimize_result best;
    gx_minimize(&problem, start, NULL, &best);
    double variance[GX_SPEND_PARAMS * GX_SPEND_PARAMS];
    if (!best.converged || !gx_matrix_cholesky(GX_SPEND_PARAMS, best.hessian))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("customers"), GX_M_ANALYSIS_NOT_CONVERGED);
    gx_matrix_invert(GX_SPEND_PARAMS, best.hessian, variance);

    struct gx_spend_fit fit = { .log_likelihood = -best.value * (double)l.n,
                                .customers = l.n,
                                .correlation = correlation(l.customer, l.n),
                                .evaluations = best.evaluations };
    for (size_t i = 0; i < GX_SPEND_PARAMS; i++) {
        fit.param[i] = exp(best.at[i]);
        fit.error[i] = fit.param[i] * sqrt(variance[i * GX_SPEND_PARAMS + i] / (double)l.n);
    }
    *ret_fit = fit;
    return GX_OK;
}

double gx_spend_expected(const double *param, double x, double mean)
{
    double p = param[0], q = param[1], gamma = param[2], weight = p * x + q - 1;
    if (x == 0)
        return weight > 0 ? p * gamma / weight : INFINITY;
    return weight > 0 ? p * (gamma + x * mean) / weight : INFINITY;
}
