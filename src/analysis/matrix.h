/*
 * matrix.h - small symmetric systems: Cholesky, solve, invert.
 *
 * Square matrices are rows one after the other.  Callers give the memory; nothing is allocated.
 * Source: Golub & Van Loan, Matrix Computations, 4.2.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_MATRIX_H
#define GX_ANALYSIS_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Replace the lower half of `a` by its Cholesky factor.  False (and `a` spoilt) when it is not
 * positive definite, to one part in 1e13 of its diagonal.
 */
bool gx_matrix_cholesky(size_t n, double *a);
/* Solve with the factor: `x` comes as the right-hand side and leaves as the solution. */
void gx_matrix_solve(size_t n, const double *factor, double *x);
/* The inverse of what was factored, whole, into `ret_inverse` (n × n). */
void gx_matrix_invert(size_t n, const double *factor, double *ret_inverse);

#endif
