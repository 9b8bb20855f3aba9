/*
 * special.h - the functions of mathematics that libm does not have.
 *
 * Sources: Abramowitz & Stegun 6.3, 15.3, 26.5 (digamma, hypergeometric transformations,
 * incomplete beta); Acklam's rational start with one Halley step for the normal quantile.
 * Relative errors are near 1e-14 except where a line below says otherwise.  Nothing here fails:
 * outside the stated range the result is NaN.  No memory is taken; no state (lgamma of libm
 * writes a global, this one does not).
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_SPECIAL_H
#define GX_ANALYSIS_SPECIAL_H

#include <stddef.h>

/* A series longer than this (z within 0.0002 of 1) is cut off; 2F1 then adds an estimate of the
 * rest. */
enum { GX_SPECIAL_TERMS_MAX = 200000 };

/* ln |Γ(x)|, x > 0. */
double gx_special_lgamma(double x);
/* Its derivative, x > 0. */
double gx_special_digamma(double x);
/* ln B(a, b), a and b > 0. */
double gx_special_lbeta(double a, double b);
/* ln(e^a + e^b) without overflow; -INFINITY stands for zero. */
double gx_special_log_add(double a, double b);

/*
 * 2F1(1, p; q; z) for 0 <= z < 1 and q > p > 0, with its derivatives.  Terms are positive and fall,
 * so nothing cancels.
 */
struct gx_special_hyp {
    double f, by_p, by_q, by_z;
};
void gx_special_hyp1(double p, double q, double z, struct gx_special_hyp *ret_hyp);
/*
 * (1 - z)^a · 2F1(a, b; c; z) for 0 <= z < 1, a and b > 0, c no whole number <= 0.  By Euler's
 * transformation where that shortens the series, else scaled so that it cannot overflow.
 */
double gx_special_hyp2f1_scaled(double a, double b, double c, double z);

/* The regularised incomplete beta function I_x(a, b), 0 <= x <= 1, a and b > 0. */
double gx_special_beta_inc(double a, double b, double x);
/* P(Z <= z), and the z with P(Z <= z) = p, of the standard normal; 0 < p < 1. */
double gx_special_normal_cdf(double z);
double gx_special_normal_quantile(double p);
/* P(|T| > t) of Student's t with df > 0, and the t > 0 with P(|T| > t) = p; 0 < p < 1. */
double gx_special_t_two_sided(double t, double df);
double gx_special_t_critical(double p, double df);
/* P(X > x) of chi-squared with one degree of freedom. */
double gx_special_chi2_one(double x);

#endif
