/*
 * ltv_pareto.c - Pareto/NBD: people buy at a rate of their own and stop at a moment of their own.
 *
 * With K(t) = (alpha + t)^-(r+x) (beta + t)^-s and c = s/(r + s + x), Euler's transformation turns
 * the likelihood of note 009 into Γ(r+x)/Γ(r) alpha^r beta^s [ K(T) (1 - c h(T)) + c K(tx) h(tx) ]
 * where h is a 2F1(1, p; q; z) with z between 0 and 1 whichever of alpha and beta is larger.  Its
 * terms are positive and K enters as a ratio below 1: no overflow at x = 10,000, no cancellation at
 * tx = T.
 */
#include "analysis/ltv_int.h"

#include <math.h>

#include "analysis/special.h"

/* Gauss & Legendre, eight points. */
static const double node[] = { 0.1834346424956498, 0.5255324099163290, 0.7966664774136267,
                               0.9602898564975363 };
static const double weight[] = { 0.3626837833783620, 0.3137066458778873, 0.2223810344533745,
                                 0.1012285362903763 };

/* Whether z is so near to 1 at t that the series of h(t) would be long. */
static bool is_far(const double *param, double t)
{
    return fabs(param[1] - param[3]) > 0.95 * (fmax(param[1], param[3]) + t);
}

struct smooth { /* h(t), and by r, alpha, s, beta */
    double value, by[GX_LTV_PARAMS];
};

static struct smooth h_at(const double *param, double x, double t)
{
    double r = param[0], alpha = param[1], s = param[2], beta = param[3], q = r + s + x + 1;
    double at = alpha + t, bt = beta + t;
    struct gx_special_hyp f;
    if (alpha >= beta) {
        gx_special_hyp1(r + x, q, (alpha - beta) / at, &f);
        return (struct smooth){
            f.f, { f.by_p + f.by_q, f.by_z * bt / (at * at), f.by_q, -f.by_z / at }
        };
    }
    gx_special_hyp1(s + 1, q, (beta - alpha) / bt, &f);
    double rest = at / bt, by_z = rest * f.by_z - f.f; /* rest = 1 - z */
    return (struct smooth){
        rest * f.f, { rest * f.by_q, -by_z / bt, rest * (f.by_p + f.by_q), by_z * at / (bt * bt) }
    };
}

struct point { /* all of one customer's likelihood but what depends on x alone, as a part of K(tx)
                */
    double log_ratio; /* ln K(T)/K(tx) */
    double value;     /* K(T)/K(tx) · (1 - c h(T)) + c h(tx) */
    double by[GX_LTV_PARAMS];
};

/* How ln K(t) changes with the parameters. */
static void log_k_by(const double *param, double x, double t, double *ret_by)
{
    double at = param[1] + t, bt = param[3] + t;
    ret_by[0] = -log(at);
    ret_by[1] = -(param[0] + x) / at;
    ret_by[2] = -log(bt);
    ret_by[3] = -param[2] / bt;
}

static void by_series(const double *param, struct gx_ltv_customer c, const struct smooth *last,
                      struct point *p)
{
    double rx = param[0] + c.x, s = param[2], q1 = rx + s, share = s / q1;
    double share_by[] = { -s / (q1 * q1), 0, rx / (q1 * q1), 0 };
    double last_by[GX_LTV_PARAMS], end_by[GX_LTV_PARAMS], ratio = exp(p->log_ratio);
    struct smooth end = h_at(param, c.x, c.age);
    double lived = ratio * fmax(0, 1 - share * end.value);
    log_k_by(param, c.x, c.tx, last_by);
    log_k_by(param, c.x, c.age, end_by);
    p->value = lived + share * last->value;
    for (size_t i = 0; i < GX_LTV_PARAMS; i++)
        p->by[i] = lived * (end_by[i] - last_by[i]) -
                   ratio * (share_by[i] * end.value + share * end.by[i]) +
                   share_by[i] * last->value + share * last->by[i];
}

/* What one moment of stopping adds to the integral below, its weight included. */
static void add_moment(const double *param, struct gx_ltv_customer c, double t, double part,
                       struct point *p)
{
    double rx = param[0] + c.x, s = param[2], at = param[1] + t, bt = param[3] + t;
    double a_log = log1p((t - c.tx) / (param[1] + c.tx));
    double b_log = log1p((t - c.tx) / (param[3] + c.tx));
    double f = part * exp(-rx * a_log - s * b_log) / bt;
    p->value += s * f;
    p->by[0] -= s * f * a_log;
    p->by[1] -= s * f * rx * (1 / at - 1 / (param[1] + c.tx));
    p->by[2] += f - s * f * b_log;
    p->by[3] -= s * f * ((s + 1) / bt - s / (param[3] + c.tx));
}

/*
 * The same without 2F1, where its series is long (z near 1: alpha and beta far apart, as when
 * hardly anybody stops): K(T) + s ∫ (alpha + t)^-(r+x) (beta + t)^-(s+1) dt from tx to T, over the
 * logarithm of the time, in pieces that are short where the integrand falls quickly.
 */
static void by_integral(const double *param, struct gx_ltv_customer c, struct point *p)
{
    double rx = param[0] + c.x, s = param[2], least = fmin(param[1], param[3]);
    double last_by[GX_LTV_PARAMS], end_by[GX_LTV_PARAMS], ratio = exp(p->log_ratio);
    log_k_by(param, c.x, c.tx, last_by);
    log_k_by(param, c.x, c.age, end_by);
    p->value = ratio;
    for (size_t i = 0; i < GX_LTV_PARAMS; i++)
        p->by[i] = ratio * (end_by[i] - last_by[i]);
    double from = log(least + c.tx), end = log(least + c.age);
    while (from < end) {
        double now = exp(from), t = now - least, before = p->value;
        double fall = rx * now / (param[1] + t) + (s + 1) * now / (param[3] + t) - 1;
        double half = fmin(fmin(1.5, 3 / (1 + fabs(fall))), end - from) / 2;
        for (int i = 0; i < 8; i++) {
            double at = exp(from + half + (i % 2 ? half : -half) * node[i / 2]);
            add_moment(param, c, fmax(c.tx, at - least), half * weight[i / 2] * at, p);
        }
        from += 2 * half;
        if (fall > 0 && p->value - before < 1e-18 * p->value)
            break;
    }
}

static struct point point_at(const double *param, struct gx_ltv_customer c,
                             const struct smooth *last)
{
    double alpha = param[1], s = param[2], beta = param[3];
    struct point p = { 0 };
    p.log_ratio = -(param[0] + c.x) * log1p((c.age - c.tx) / (alpha + c.tx)) -
                  s * log1p((c.age - c.tx) / (beta + c.tx));
    if (is_far(param, c.tx))
        by_integral(param, c, &p);
    else
        by_series(param, c, last, &p);
    return p;
}

static void add_gradient(const double *param, struct gx_ltv_customer c, const struct point *p,
                         double count, double *gradient)
{
    double last_by[GX_LTV_PARAMS];
    log_k_by(param, c.x, c.tx, last_by);
    for (size_t i = 0; i < GX_LTV_PARAMS; i++)
        gradient[i] += count * (last_by[i] + p->by[i] / p->value);
}

double ltv_pareto_sum(const struct ltv_group *group, size_t n, const double *param,
                      double *ret_gradient)
{
    double r = param[0], alpha = param[1], s = param[2], beta = param[3];
    double sum = 0, of_x = 0, psi = 0, last_x = -1, last_tx = -1, total = 0, gradient[4] = { 0 };
    struct smooth last = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct gx_ltv_customer c = group[i].customer;
        double count = group[i].count;
        if (c.x != last_x) {
            of_x =
                gx_special_lgamma(r + c.x) - gx_special_lgamma(r) + r * log(alpha) + s * log(beta);
            psi = ret_gradient ? gx_special_digamma(r + c.x) - gx_special_digamma(r) : 0;
        }
        if ((c.x != last_x || c.tx != last_tx) && !is_far(param, c.tx))
            last = h_at(param, c.x, c.tx);
        last_x = c.x;
        last_tx = c.tx;
        struct point p = point_at(param, c, &last);
        double log_k = -(r + c.x) * log(alpha + c.tx) - s * log(beta + c.tx);
        sum += count * (of_x + log_k + log(p.value));
        total += count;
        if (ret_gradient) {
            add_gradient(param, c, &p, count, gradient);
            gradient[0] += count * psi;
        }
    }
    if (ret_gradient) {
        ret_gradient[0] = gradient[0] + total * log(alpha);
        ret_gradient[1] = gradient[1] + total * r / alpha;
        ret_gradient[2] = gradient[2] + total * log(beta);
        ret_gradient[3] = gradient[3] + total * s / beta;
    }
    return sum;
}

double ltv_pareto_alive(const double *param, struct gx_ltv_customer c)
{
    struct smooth last = { 0 };
    if (!is_far(param, c.tx))
        last = h_at(param, c.x, c.tx);
    struct point p = point_at(param, c, &last);
    return exp(p.log_ratio - log(p.value));
}

/*
 * P(X(t) = n): n purchases in t by those who live longer than t, and in their lifetime by those who
 * do not.  The closed form (note 012) cancels badly for large n; the integral over the logarithm of
 * the lifetime is smooth, so 64 pieces of eight points are exact to rounding.
 */
double ltv_pareto_probability(const double *param, double time, unsigned n)
{
    enum { PIECES = 64 };
    double r = param[0], alpha = param[1], s = param[2], beta = param[3], m = n;
    double of_n = gx_special_lgamma(r + m) - gx_special_lgamma(r) - gx_special_lgamma(m + 1);
    double far = log1p(time / beta), half = far / PIECES / 2, sum = 0;
    for (int i = 0; i < PIECES * 8; i++) {
        double side = i % 2 ? 1 : -1, at = (i / 8 * 2 + 1) * half;
        double v = at + side * half * node[i / 2 % 4], t = beta * expm1(v);
        double log_p = of_n - r * log1p(t / alpha) - s * v;
        if (n > 0)
            log_p += m * log(t / (alpha + t));
        sum += weight[i / 2 % 4] * half * s * exp(log_p);
    }
    double all = of_n - r * log1p(time / alpha) - s * far;
    if (n > 0)
        all += m * log(time / (alpha + time));
    return sum + exp(all);
}
