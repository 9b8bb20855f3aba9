/*
 * minimize.h - the least value of a smooth function of few variables, always found the same way.
 *
 * BFGS with a backtracking line search (Nocedal & Wright, Numerical Optimization, 3.1 and 6.1),
 * then Newton steps with a Hessian from differences of the gradient; Nelder & Mead's simplex (1965)
 * where there is no gradient or the first way fails, and Newton again after it.  Deterministic: no
 * random starts.  Variables are unbounded (a caller with positive parameters gives their
 * logarithms) but kept within ±GX_MINIMIZE_REACH, so that a function that falls for ever ends as
 * "not converged". Takes no memory but the stack.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_MINIMIZE_H
#define GX_ANALYSIS_MINIMIZE_H

#include <stdbool.h>
#include <stddef.h>

enum { GX_MINIMIZE_DIM_MAX = 8, GX_MINIMIZE_REACH = 25, GX_MINIMIZE_STEPS_MAX = 400 };

struct gx_minimize_problem {
    size_t n; /* 1 … GX_MINIMIZE_DIM_MAX */
    /* The value; and the gradient where ret_gradient is not NULL.  NaN and infinity mean "not
     * here". */
    double (*eval)(void *p, const double *at, double *ret_gradient);
    void *p;
};

struct gx_minimize_result {
    double at[GX_MINIMIZE_DIM_MAX], value;
    double gradient_max;                                       /* largest part of the gradient */
    double hessian[GX_MINIMIZE_DIM_MAX * GX_MINIMIZE_DIM_MAX]; /* n × n, rows one after another */
    int evaluations;
    bool converged;  /* gradient_max is as small as rounding lets it be, the Hessian is positive */
    bool by_simplex; /* the fallback was needed */
};

/*
 * From `start`.  `hessian` (n × n) is what is known of it near the start, or NULL.  Look at
 * ret_result->converged: if false, the rest is the best point seen.
 */
void gx_minimize(const struct gx_minimize_problem *problem, const double *start,
                 const double *hessian, struct gx_minimize_result *ret_result);
/* The simplex alone, for functions without a gradient; converged when its values agree to 1e-12. */
void gx_minimize_simplex(const struct gx_minimize_problem *problem, const double *start,
                         double size, struct gx_minimize_result *ret_result);

#endif
