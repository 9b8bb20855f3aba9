/* minimize.c - see minimize.h. */
#include "analysis/minimize.h"

#include <math.h>
#include <string.h>

#include "analysis/matrix.h"
#include "base/assert.h"

enum { DIM = GX_MINIMIZE_DIM_MAX };

static const double GRADIENT_GOAL = 1e-10, GRADIENT_ENOUGH = 1e-7, HESSIAN_STEP = 1e-4;

static double evaluate(const struct gx_minimize_problem *problem, const double *at,
                       double *ret_gradient, struct gx_minimize_result *result)
{
    result->evaluations++;
    for (size_t i = 0; i < problem->n; i++)
        if (!(fabs(at[i]) <= GX_MINIMIZE_REACH))
            return INFINITY;
    double value = problem->eval(problem->p, at, ret_gradient);
    return isnan(value) ? INFINITY : value;
}

static double largest(size_t n, const double *v)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fabs(v[i]) > most || isnan(v[i]) ? fabs(v[i]) : most;
    return most;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static bool hessian_at(const struct gx_minimize_problem *problem, const double *at, double *ret_h,
                       struct gx_minimize_result *result)
{
    size_t n = problem->n;
    for (size_t i = 0; i < n; i++) {
        double probe[DIM], up[DIM], down[DIM];
        memcpy(probe, at, n * sizeof *probe);
        probe[i] = at[i] + HESSIAN_STEP;
        if (isinf(evaluate(problem, probe, up, result)))
            return false;
        probe[i] = at[i] - HESSIAN_STEP;
        if (isinf(evaluate(problem, probe, down, result)))
            return false;
        for (size_t j = 0; j < n; j++)
            ret_h[i * n + j] = (up[j] - down[j]) / (2 * HESSIAN_STEP);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            ret_h[i * n + j] = ret_h[j * n + i] = (ret_h[i * n + j] + ret_h[j * n + i]) / 2;
    return true;
}

/* The inverse Hessian learns from a step s that changed the gradient by y. */
static void bfgs_update(size_t n, double *inverse, const double *s, const double *y)
{
    double sy = dot(n, s, y), hy[DIM];
    if (!(sy > 1e-14 * sqrt(dot(n, s, s) * dot(n, y, y))))
        return;
    for (size_t i = 0; i < n; i++)
        hy[i] = dot(n, inverse + i * n, y);
    double yhy = dot(n, y, hy);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            inverse[i * n + j] +=
                (1 + yhy / sy) * s[i] * s[j] / sy - (hy[i] * s[j] + s[i] * hy[j]) / sy;
}

/* Go along `way` until the value has fallen enough; false when it does not. */
static bool search_line(const struct gx_minimize_problem *problem, double *way, double *gradient,
                        struct gx_minimize_result *result)
{
    size_t n = problem->n;
    double slope = dot(n, way, gradient), far = largest(n, way), step = far > 2 ? 2 / far : 1;
    for (int i = 0; i < 30; i++, step /= 2) {
        double next[DIM], next_gradient[DIM];
        for (size_t j = 0; j < n; j++)
            next[j] = result->at[j] + step * way[j];
        double value = evaluate(problem, next, next_gradient, result);
        if (!(value < result->value && value <= result->value + 1e-4 * step * slope))
            continue;
        memcpy(result->at, next, n * sizeof *next);
        memcpy(gradient, next_gradient, n * sizeof *gradient);
        result->value = value;
        return true;
    }
    return false;
}

static void start_inverse(size_t n, const double *hessian, double *ret_inverse)
{
    double factor[DIM * DIM];
    if (hessian) {
        memcpy(factor, hessian, n * n * sizeof *factor);
        if (gx_matrix_cholesky(n, factor)) {
            gx_matrix_invert(n, factor, ret_inverse);
            return;
        }
    }
    memset(ret_inverse, 0, n * n * sizeof *ret_inverse);
    for (size_t i = 0; i < n; i++)
        ret_inverse[i * n + i] = 1;
}

static void bfgs(const struct gx_minimize_problem *problem, const double *hessian,
                 struct gx_minimize_result *result)
{
    size_t n = problem->n;
    double inverse[DIM * DIM], gradient[DIM];
    start_inverse(n, hessian, inverse);
    result->value = evaluate(problem, result->at, gradient, result);
    for (int i = 0; i < GX_MINIMIZE_STEPS_MAX && isfinite(result->value); i++) {
        result->gradient_max = largest(n, gradient);
        if (result->gradient_max < GRADIENT_ENOUGH)
            return; /* the rest is quicker by Newton */
        double way[DIM], before[DIM], y[DIM], s[DIM];
        for (size_t j = 0; j < n; j++)
            way[j] = -dot(n, inverse + j * n, gradient);
        if (!(dot(n, way, gradient) < 0)) { /* forgotten: begin again along the gradient */
            start_inverse(n, NULL, inverse);
            for (size_t j = 0; j < n; j++)
                way[j] = -gradient[j];
        }
        memcpy(before, gradient, n * sizeof *before);
        memcpy(s, result->at, n * sizeof *s);
        if (!search_line(problem, way, gradient, result))
            return;
        for (size_t j = 0; j < n; j++) {
            s[j] = result->at[j] - s[j];
            y[j] = gradient[j] - before[j];
        }
        bfgs_update(n, inverse, s, y);
    }
}

/* Newton steps as long as they make the gradient smaller; leaves the Hessian. */
static void polish(const struct gx_minimize_problem *problem, struct gx_minimize_result *result)
{
    size_t n = problem->n;
    double gradient[DIM];
    result->value = evaluate(problem, result->at, gradient, result);
    result->gradient_max = largest(n, gradient);
    for (int i = 0; i < 20; i++) {
        double factor[DIM * DIM], way[DIM], next[DIM], next_gradient[DIM];
        result->converged = false;
        if (!isfinite(result->value) || !hessian_at(problem, result->at, result->hessian, result))
            return;
        memcpy(factor, result->hessian, n * n * sizeof *factor);
        if (!gx_matrix_cholesky(n, factor))
            return;
        result->converged = result->gradient_max < GRADIENT_ENOUGH;
        if (result->gradient_max < GRADIENT_GOAL)
            return;
        memcpy(way, gradient, n * sizeof *way);
        gx_matrix_solve(n, factor, way);
        double far = largest(n, way), step = far > 1 ? 1 / far : 1;
        for (size_t j = 0; j < n; j++)
            next[j] = result->at[j] - step * way[j];
        double value = evaluate(problem, next, next_gradient, result);
        if (!isfinite(value) || !(largest(n, next_gradient) < result->gradient_max))
            return;
        memcpy(result->at, next, n * sizeof *next);
        memcpy(gradient, next_gradient, n * sizeof *gradient);
        result->value = value;
        result->gradient_max = largest(n, gradient);
    }
}

void gx_minimize(const struct gx_minimize_problem *problem, const double *start,
                 const double *hessian, struct gx_minimize_result *ret_result)
{
    gx_assert(problem->n >= 1 && problem->n <= DIM);
    struct gx_minimize_result result = { 0 };
    memcpy(result.at, start, problem->n * sizeof *start);
    bfgs(problem, hessian, &result);
    polish(problem, &result);
    if (!result.converged) {
        struct gx_minimize_result again;
        gx_minimize_simplex(problem, isfinite(result.value) ? result.at : start, 0.5, &again);
        again.evaluations += result.evaluations;
        again.by_simplex = true;
        polish(problem, &again);
        result = again;
    }
    *ret_result = result;
}

struct simplex {
    size_t n;
    double at[DIM + 1][DIM], value[DIM + 1];
};

/* The corners in the order of their values: n is small, so by insertion. */
static void simplex_sort(struct simplex *s)
{
    for (size_t i = 1; i <= s->n; i++)
        for (size_t j = i; j > 0 && s->value[j] < s->value[j - 1]; j--) {
            double value = s->value[j], at[DIM];
            memcpy(at, s->at[j], sizeof at);
            s->value[j] = s->value[j - 1];
            memcpy(s->at[j], s->at[j - 1], sizeof at);
            s->value[j - 1] = value;
            memcpy(s->at[j - 1], at, sizeof at);
        }
}

/* The worst corner moved through the middle of the others by `factor`. */
static double simplex_try(const struct gx_minimize_problem *problem, const struct simplex *s,
                          double factor, double *ret_at, struct gx_minimize_result *result)
{
    for (size_t j = 0; j < s->n; j++) {
        double middle = 0;
        for (size_t i = 0; i < s->n; i++)
            middle += s->at[i][j] / (double)s->n;
        ret_at[j] = middle + factor * (s->at[s->n][j] - middle);
    }
    return evaluate(problem, ret_at, NULL, result);
}

static void simplex_step(const struct gx_minimize_problem *problem, struct simplex *s,
                         struct gx_minimize_result *result)
{
    size_t n = s->n;
    double mirror[DIM] = { 0 }, other[DIM] = { 0 };
    double value = simplex_try(problem, s, -1, mirror, result), second = INFINITY;
    if (value < s->value[0])
        second = simplex_try(problem, s, -2, other, result);
    else if (!(value < s->value[n - 1]))
        second = simplex_try(problem, s, value < s->value[n] ? -0.5 : 0.5, other, result);
    if (second < value) {
        value = second;
        memcpy(mirror, other, sizeof mirror);
    }
    if (value < s->value[n]) {
        s->value[n] = value;
        memcpy(s->at[n], mirror, sizeof mirror);
        return;
    }
    for (size_t i = 1; i <= n; i++) { /* nothing is better: draw together */
        for (size_t j = 0; j < n; j++)
            s->at[i][j] = (s->at[i][j] + s->at[0][j]) / 2;
        s->value[i] = evaluate(problem, s->at[i], NULL, result);
    }
}

void gx_minimize_simplex(const struct gx_minimize_problem *problem, const double *start,
                         double size, struct gx_minimize_result *ret_result)
{
    gx_assert(problem->n >= 1 && problem->n <= DIM);
    struct gx_minimize_result result = { 0 };
    struct simplex s = { .n = problem->n };
    for (size_t i = 0; i <= s.n; i++) {
        memcpy(s.at[i], start, s.n * sizeof *start);
        if (i > 0)
            s.at[i][i - 1] += size;
        s.value[i] = evaluate(problem, s.at[i], NULL, &result);
    }
    simplex_sort(&s);
    for (int i = 0; i < GX_MINIMIZE_STEPS_MAX * (int)s.n && !result.converged; i++) {
        simplex_step(problem, &s, &result);
        simplex_sort(&s);
        double spread = 0;
        for (size_t j = 0; j < s.n; j++)
            spread = fmax(spread, fabs(s.at[s.n][j] - s.at[0][j]));
        result.converged = isfinite(s.value[s.n]) && spread < 1e-5 &&
                           s.value[s.n] - s.value[0] <= 1e-12 * (1 + fabs(s.value[0]));
    }
    memcpy(result.at, s.at[0], s.n * sizeof *start);
    result.value = s.value[0];
    result.by_simplex = true;
    *ret_result = result;
}
