/* churn.c - see churn.h. */
#include "analysis/churn.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/matrix.h"

enum { STEPS_MAX = 50, HALVINGS_MAX = 30 };

struct work {
    const struct gx_churn_cases *cases;
    size_t k; /* features + 1: the constant comes first */
    const double *mean, *scale;
    double ridge;
    double *row, *gradient, *hessian, *plain; /* plain: the information without the ridge */
};

static double log1p_exp(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

static double logistic(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

static double logit_of(const struct work *w, size_t i, const double *beta)
{
    const double *feature = w->cases->feature + i * (w->k - 1);
    double sum = beta[0];
    w->row[0] = 1;
    for (size_t j = 1; j < w->k; j++) {
        w->row[j] = w->scale[j - 1] > 0 ? (feature[j - 1] - w->mean[j - 1]) / w->scale[j - 1] : 0;
        sum += beta[j] * w->row[j];
    }
    return sum;
}

static double likelihood(const struct work *w, const double *beta, bool penalty)
{
    double sum = 0;
    for (size_t i = 0; i < w->cases->n; i++) {
        double logit = logit_of(w, i, beta);
        sum -= log1p_exp(w->cases->left[i] ? -logit : logit);
    }
    for (size_t j = 1; penalty && j < w->k; j++)
        sum -= w->ridge / 2 * beta[j] * beta[j];
    return sum;
}

/* Gradient and information of the penalised likelihood at beta. */
static void derivatives(struct work *w, const double *beta)
{
    size_t k = w->k;
    memset(w->gradient, 0, k * sizeof *w->gradient);
    memset(w->plain, 0, k * k * sizeof *w->plain);
    for (size_t i = 0; i < w->cases->n; i++) {
        double p = logistic(logit_of(w, i, beta)), weight = p * (1 - p);
        for (size_t j = 0; j < k; j++) {
            w->gradient[j] += (w->cases->left[i] - p) * w->row[j];
            for (size_t l = 0; l <= j; l++)
                w->plain[j * k + l] += weight * w->row[j] * w->row[l];
        }
    }
    for (size_t j = 0; j < k; j++)
        for (size_t l = 0; l < j; l++)
            w->plain[l * k + j] = w->plain[j * k + l];
    memcpy(w->hessian, w->plain, k * k * sizeof *w->hessian);
    for (size_t j = 1; j < k; j++) {
        w->gradient[j] -= w->ridge * beta[j];
        w->hessian[j * k + j] += w->ridge + (w->scale[j - 1] > 0 ? 0 : 1);
    }
}

GX_NODISCARD static enum gx_code newton(struct gx_ctx *ctx, struct work *w, double *beta,
                                        int *ret_steps)
{
    double *next = GX_ARENA_ARRAY(ctx->arena, double, w->k);
    double value = likelihood(w, beta, true);
    for (int step = 1; step <= STEPS_MAX; step++) {
        double most = 0, size = 1;
        derivatives(w, beta);
        for (size_t j = 0; j < w->k; j++)
            most = fmax(most, fabs(w->gradient[j]));
        if (!gx_matrix_cholesky(w->k, w->hessian))
            break;
        if (most < 1e-9 * (double)w->cases->n) {
            *ret_steps = step;
            return GX_OK;
        }
        gx_matrix_solve(w->k, w->hessian, w->gradient);
        for (int half = 0; half < HALVINGS_MAX; half++, size /= 2) {
            for (size_t j = 0; j < w->k; j++)
                next[j] = beta[j] + size * w->gradient[j];
            double now = likelihood(w, next, true);
            if (now >= value - 1e-12 * fabs(value)) {
                value = now;
                break;
            }
        }
        memcpy(beta, next, w->k * sizeof *beta);
        for (size_t j = 0; j < w->k; j++) /* a feature that separates the cases */
            if (!(fabs(beta[j]) < 30))
                return gx_fail(ctx, GX_E_INVALID, GX_STR("cases"), GX_M_ANALYSIS_NOT_CONVERGED);
    }
    return gx_fail(ctx, GX_E_INVALID, GX_STR("cases"), GX_M_ANALYSIS_NOT_CONVERGED);
}

GX_NODISCARD static enum gx_code check(struct gx_ctx *ctx, const struct gx_churn_cases *c,
                                       double ridge, size_t *ret_left)
{
    size_t left = 0;
    if (c->n < GX_CHURN_CASES_MIN || c->features >= c->n || c->features > GX_CHURN_FEATURES_MAX)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("cases"), GX_M_ANALYSIS_FEW,
                       gx_arena_printf(ctx->arena, "%d", GX_CHURN_CASES_MIN));
    bool good = ridge >= 0 && isfinite(ridge);
    for (size_t i = 0; i < c->n * c->features; i++)
        good = good && fabs(c->feature[i]) < 1e150;
    for (size_t i = 0; i < c->n; i++) {
        good = good && c->left[i] <= 1;
        left += c->left[i];
    }
    if (!good)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("cases"), GX_M_ANALYSIS_NUMBER);
    if (left == 0 || left == c->n)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("left"), GX_M_ANALYSIS_ONE_KIND);
    *ret_left = left;
    return GX_OK;
}

static void centre(const struct gx_churn_cases *c, double *mean, double *scale)
{
    double n = (double)c->n;
    for (size_t j = 0; j < c->features; j++) {
        for (size_t i = 0; i < c->n; i++)
            mean[j] += c->feature[i * c->features + j] / n;
        double square = 0;
        for (size_t i = 0; i < c->n; i++) {
            double d = c->feature[i * c->features + j] - mean[j];
            square += d * d;
        }
        scale[j] = sqrt(square / (n - 1));
        if (scale[j] <= 1e-12 * fabs(mean[j]))
            scale[j] = 0;
    }
}

/* (I + ridge)^-1 I (I + ridge)^-1, of the scaled features, brought back to their own units. */
static void errors(struct gx_ctx *ctx, const struct work *w, struct gx_churn_fit *fit)
{
    size_t k = w->k;
    double *inverse = GX_ARENA_ARRAY(ctx->arena, double, k *k);
    double *half = GX_ARENA_ARRAY(ctx->arena, double, k *k);
    double *back = GX_ARENA_ARRAY(ctx->arena, double, k);
    gx_matrix_invert(k, w->hessian, inverse);
    for (size_t i = 0; i < k; i++)
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < k; j++)
                half[i * k + j] += inverse[i * k + l] * w->plain[l * k + j];
    /* The constant in its own units is beta_0 - Σ beta_j mean_j / scale_j. */
    back[0] = 1;
    for (size_t j = 1; j < k; j++)
        back[j] = w->scale[j - 1] > 0 ? -w->mean[j - 1] / w->scale[j - 1] : 0;
    double constant = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double v = 0;
            for (size_t l = 0; l < k; l++)
                v += half[i * k + l] * inverse[l * k + j];
            constant += back[i] * back[j] * v;
            if (i == j && i > 0 && w->scale[i - 1] > 0)
                fit->error[i - 1] = sqrt(fmax(0, v)) / w->scale[i - 1];
        }
    fit->intercept_error = sqrt(fmax(0, constant));
}

enum gx_code gx_churn_fit(struct gx_ctx *ctx, const struct gx_churn_cases *cases, double ridge,
                          struct gx_churn_fit *ret_fit)
{
    size_t left = 0, k = cases->features + 1;
    GX_TRY(check(ctx, cases, ridge, &left));
    struct gx_churn_fit fit = { .features = cases->features, .ridge = ridge };
    fit.coefficient = GX_ARENA_ARRAY(ctx->arena, double, k);
    fit.error = GX_ARENA_ARRAY(ctx->arena, double, k);
    fit.mean = GX_ARENA_ARRAY(ctx->arena, double, k);
    fit.scale = GX_ARENA_ARRAY(ctx->arena, double, k);
    centre(cases, fit.mean, fit.scale);
    struct work w = { cases,
                      k,
                      fit.mean,
                      fit.scale,
                      ridge,
                      GX_ARENA_ARRAY(ctx->arena, double, k),
                      GX_ARENA_ARRAY(ctx->arena, double, k),
                      GX_ARENA_ARRAY(ctx->arena, double, k *k),
                      GX_ARENA_ARRAY(ctx->arena, double, k *k) };
    double *beta = GX_ARENA_ARRAY(ctx->arena, double, k), share = (double)left / (double)cases->n;
    beta[0] = log(share / (1 - share));
    fit.null_likelihood = likelihood(&w, beta, false);
    GX_TRY(newton(ctx, &w, beta, &fit.steps));
    fit.log_likelihood = likelihood(&w, beta, false);
    fit.intercept = beta[0];
    for (size_t j = 0; j < fit.features; j++) {
        fit.coefficient[j] = fit.scale[j] > 0 ? beta[j + 1] / fit.scale[j] : 0;
        fit.intercept -= fit.coefficient[j] * fit.mean[j];
    }
    errors(ctx, &w, &fit);
    *ret_fit = fit;
    return GX_OK;
}

double gx_churn_risk(const struct gx_churn_fit *fit, const double *feature)
{
    double logit = fit->intercept;
    for (size_t j = 0; j < fit->features; j++)
        logit += fit->coefficient[j] * feature[j];
    return logistic(logit);
}

size_t gx_churn_reasons(const struct gx_churn_fit *fit, const double *feature,
                        struct gx_churn_reason *ret_reason, size_t most)
{
    size_t n = 0;
    for (size_t j = 0; j < fit->features; j++) {
        double logit = fit->coefficient[j] * (feature[j] - fit->mean[j]);
        if (!(logit > 0) || (n == most && (n == 0 || logit <= ret_reason[n - 1].logit)))
            continue;
        size_t at = n < most ? n++ : n - 1;
        for (; at > 0 && ret_reason[at - 1].logit < logit; at--)
            ret_reason[at] = ret_reason[at - 1];
        ret_reason[at] = (struct gx_churn_reason){ j, logit };
    }
    return n;
}

struct scored {
    double risk;
    size_t at;
    uint8_t left;
};

static int highest_first(const void *left, const void *right)
{
    const struct scored *a = left, *b = right;
    if (a->risk != b->risk)
        return a->risk > b->risk ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

void gx_churn_quality(struct gx_ctx *ctx, const double *risk, const uint8_t *left, size_t n,
                      struct gx_churn_quality *ret_quality)
{
    struct gx_churn_quality q = { 0 };
    struct scored *s = GX_ARENA_ARRAY(ctx->arena, struct scored, n);
    double gone = 0, stayed = 0, wins = 0;
    for (size_t i = 0; i < n; i++) {
        s[i] = (struct scored){ risk[i], i, left[i] };
        q.brier += (risk[i] - left[i]) * (risk[i] - left[i]) / (double)n;
    }
    if (n > 0)
        qsort(s, n, sizeof *s, highest_first);
    for (size_t i = 0, end = 0; i < n; i = end) { /* runs of equal risk */
        double here_gone = 0, here_stayed = 0;
        for (; end < n && s[end].risk == s[i].risk; end++) {
            here_gone += s[end].left;
            here_stayed += !s[end].left;
        }
        wins += here_stayed * (gone + here_gone / 2);
        gone += here_gone;
        stayed += here_stayed;
    }
    q.auc = gone > 0 && stayed > 0 ? wins / (gone * stayed) : NAN;
    for (size_t i = 0; i < n; i++) {
        size_t d = i * GX_CHURN_DECILES / n;
        q.decile[d].count++;
        q.decile[d].risk += s[i].risk;
        q.decile[d].left += s[i].left;
    }
    for (size_t d = 0; d < GX_CHURN_DECILES; d++)
        if (q.decile[d].count > 0) {
            q.decile[d].risk /= (double)q.decile[d].count;
            q.decile[d].left /= (double)q.decile[d].count;
        }
    *ret_quality = q;
}
