/* special.c - see special.h. */
#include "analysis/special.h"

#include <float.h>
#include <math.h>

double gx_special_lgamma(double x)
{
    int sign = 0;
    return lgamma_r(x, &sign);
}

double gx_special_digamma(double x)
{
    if (!(x > 0))
        return NAN;
    double sum = 0;
    for (; x < 8; x++) /* the asymptotic series below is good to 1e-16 from here on */
        sum -= 1 / x;
    double y = 1 / (x * x);
    double tail =
        y * (1.0 / 12 -
             y * (1.0 / 120 -
                  y * (1.0 / 252 -
                       y * (1.0 / 240 - y * (1.0 / 132 - y * (691.0 / 32760 - y * (1.0 / 12)))))));
    return sum + log(x) - 0.5 / x - tail;
}

double gx_special_lbeta(double a, double b)
{
    return gx_special_lgamma(a) + gx_special_lgamma(b) - gx_special_lgamma(a + b);
}

double gx_special_log_add(double a, double b)
{
    double high = a > b ? a : b, low = a > b ? b : a;
    if (isinf(high))
        return high;
    return high + log1p(exp(low - high));
}

void gx_special_hyp1(double p, double q, double z, struct gx_special_hyp *ret_hyp)
{
    double term = 1, sum = 1, by_p = 0, by_q = 0, by_z = 0, of_p = 0, of_q = 0;
    for (int n = 0; n < GX_SPECIAL_TERMS_MAX; n++) {
        double inverse_p = 1 / (p + n), inverse_q = 1 / (q + n);
        of_p += inverse_p;
        of_q += inverse_q;
        double ratio = (p + n) * inverse_q * z;
        term *= ratio;
        sum += term;
        by_p += term * of_p;
        by_q -= term * of_q;
        by_z += term * (n + 1);
        /* What is left is below term · z/(1 - z); the derivatives grow with n at most. */
        if (term * (n + 2) < DBL_EPSILON * 0.1 * (1 - z) * sum)
            break;
    }
    *ret_hyp = (struct gx_special_hyp){ sum, by_p, by_q, z > 0 ? by_z / z : p / q };
}

/* Σ (a)_n (b)_n / (c)_n z^n / n! as sum · e^log_scale, all of it times (1 - z)^power. */
static double series(double a, double b, double c, double z, double power)
{
    double term = 1, sum = 1, log_scale = power * log1p(-z);
    for (int n = 0; n < GX_SPECIAL_TERMS_MAX; n++) {
        double ratio = (a + n) * (b + n) / ((c + n) * (n + 1)) * z;
        term *= ratio;
        sum += term;
        if (fabs(sum) > 1e200) {
            log_scale += log(1e200);
            sum /= 1e200;
            term /= 1e200;
        }
        if (fabs(ratio) < 1 && fabs(term) < DBL_EPSILON * 0.1 * (1 - fabs(ratio)) * fabs(sum))
            break;
        if (n + 1 == GX_SPECIAL_TERMS_MAX && fabs(ratio) < 1)
            sum += term * ratio / (1 - ratio);
    }
    return copysign(exp(log(fabs(sum)) + log_scale), sum);
}

double gx_special_hyp2f1_scaled(double a, double b, double c, double z)
{
    if (!(z >= 0 && z < 1))
        return NAN;
    if (z == 0)
        return 1;
    if (c - a > 0 && c > 0)
        return series(c - a, c - b, c, z, c - b); /* Euler: (1 - z)^(c-a-b), times (1 - z)^a */
    return series(a, b, c, z, a);
}

/* The continued fraction of Lentz; converges quickly for x < (a + 1)/(a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 20000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        double step = d * c;
        h *= step;
        if (fabs(step - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

double gx_special_beta_inc(double a, double b, double x)
{
    if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
        return NAN;
    if (x == 0 || x == 1)
        return x;
    double front = exp(a * log(x) + b * log1p(-x) - gx_special_lbeta(a, b));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double gx_special_normal_cdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

static double quantile_start(double p)
{
    static const double a[] = { -3.969683028665376e+01, 2.209460984245205e+02,
                                -2.759285104469687e+02, 1.383577518672690e+02,
                                -3.066479806614716e+01, 2.506628277459239e+00 };
    static const double b[] = { -5.447609879822406e+01, 1.615858368580409e+02,
                                -1.556989798598866e+02, 6.680131188771972e+01,
                                -1.328068155288572e+01 };
    static const double c[] = { -7.784894002430293e-03, -3.223964580411365e-01,
                                -2.400758277161838e+00, -2.549732539343734e+00,
                                4.374664141464968e+00,  2.938163982698783e+00 };
    static const double d[] = { 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                                3.754408661907416e+00 };
    if (p < 0.02425) {
        double q = sqrt(-2 * log(p));
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    }
    double q = p - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

double gx_special_normal_quantile(double p)
{
    if (!(p > 0 && p < 1))
        return NAN;
    if (p > 0.5)
        return -gx_special_normal_quantile(1 - p);
    double z = quantile_start(p);
    double e = (gx_special_normal_cdf(z) - p) * sqrt(2 * M_PI) * exp(z * z / 2);
    return z - e / (1 + z * e / 2);
}

double gx_special_t_two_sided(double t, double df)
{
    return gx_special_beta_inc(df / 2, 0.5, df / (df + t * t));
}

double gx_special_t_critical(double p, double df)
{
    if (!(p > 0 && p < 1 && df > 0))
        return NAN;
    double low = 0, high = 1;
    while (gx_special_t_two_sided(high, df) > p && high < 1e300)
        high *= 2;
    for (int i = 0; i < 200 && high - low > DBL_EPSILON * high; i++) {
        double middle = (low + high) / 2;
        if (gx_special_t_two_sided(middle, df) > p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

double gx_special_chi2_one(double x)
{
    return x > 0 ? erfc(sqrt(x / 2)) : 1;
}
