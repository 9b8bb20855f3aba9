/* matrix.c - see matrix.h. */
#include "analysis/matrix.h"

#include <math.h>
#include <string.h>

bool gx_matrix_cholesky(size_t n, double *a)
{
    for (size_t j = 0; j < n; j++) {
        double before = a[j * n + j], d = before;
        for (size_t k = 0; k < j; k++)
            d -= a[j * n + k] * a[j * n + k];
        if (!(d > 1e-13 * fabs(before)) || !isfinite(d))
            return false;
        d = sqrt(d);
        a[j * n + j] = d;
        for (size_t i = j + 1; i < n; i++) {
            double s = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                s -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = s / d;
        }
    }
    return true;
}

void gx_matrix_solve(size_t n, const double *factor, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            x[i] -= factor[i * n + k] * x[k];
        x[i] /= factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            x[i] -= factor[k * n + i] * x[k];
        x[i] /= factor[i * n + i];
    }
}

void gx_matrix_invert(size_t n, const double *factor, double *ret_inverse)
{
    memset(ret_inverse, 0, n * n * sizeof *ret_inverse);
    for (size_t j = 0; j < n; j++) {
        ret_inverse[j * n + j] = 1;
        gx_matrix_solve(n, factor, ret_inverse + j * n);
    }
}
