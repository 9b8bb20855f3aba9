/*
 * ltv_geometric.c - BG/NBD and MBG/NBD: after each purchase one stops with a probability of one's
 * own.
 *
 * The two differ in whether one may stop after the first purchase: b + x + shift stands where the
 * other has b + x, and stopping counts for x = 0 too.
 */
#include "analysis/ltv_int.h"

#include <math.h>

#include "analysis/special.h"

struct by_x { /* what depends on x alone */
    double value, r, a, b;
};

static struct by_x of_x(const double *param, double x, double shift, bool gradient)
{
    double r = param[0], a = param[2], b = param[3], bx = b + x + shift;
    struct by_x all = { .value = gx_special_lgamma(r + x) - gx_special_lgamma(r) +
                                 r * log(param[1]) + gx_special_lbeta(a, bx) -
                                 gx_special_lbeta(a, b) };
    if (gradient) {
        double both = gx_special_digamma(a + b) - gx_special_digamma(a + bx);
        all.r = gx_special_digamma(r + x) - gx_special_digamma(r) + log(param[1]);
        all.a = both;
        all.b = both + gx_special_digamma(bx) - gx_special_digamma(b);
    }
    return all;
}

double ltv_geometric_sum(const struct ltv_group *group, size_t n, bool modified,
                         const double *param, double *ret_gradient)
{
    double r = param[0], alpha = param[1], a = param[2], b = param[3], shift = modified ? 1 : 0;
    double sum = 0, by_r = 0, by_alpha = 0, by_a = 0, by_b = 0, last = -1;
    struct by_x same = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct gx_ltv_customer c = group[i].customer;
        double count = group[i].count;
        if (c.x != last) {
            same = of_x(param, c.x, shift, ret_gradient);
            last = c.x;
        }
        /* Still a customer, or stopped after the last purchase. */
        double log_end = log(alpha + c.age), log_last = log(alpha + c.tx);
        double alive = -(r + c.x) * log_end, stopped = -INFINITY, over = b + c.x + shift - 1;
        if (c.x > 0 || modified)
            stopped = log(a / over) - (r + c.x) * log_last;
        double both = gx_special_log_add(alive, stopped);
        sum += count * (same.value + both);
        if (!ret_gradient)
            continue;
        double is_alive = exp(alive - both), is_stopped = exp(stopped - both);
        by_r += count * (same.r - is_alive * log_end - is_stopped * log_last);
        by_alpha +=
            count *
            (r / alpha - (r + c.x) * (is_alive / (alpha + c.age) + is_stopped / (alpha + c.tx)));
        by_a += count * (same.a + is_stopped / a);
        by_b += count * (same.b - (is_stopped > 0 ? is_stopped / over : 0));
    }
    if (ret_gradient) {
        ret_gradient[0] = by_r;
        ret_gradient[1] = by_alpha;
        ret_gradient[2] = by_a;
        ret_gradient[3] = by_b;
    }
    return sum;
}
