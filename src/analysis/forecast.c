/* forecast.c - fitting the models and choosing among them; see forecast.h. */
#include "analysis/forecast_int.h"

#include <math.h>

#include "analysis/minimize.h"

struct series {
    const double *value;
    size_t n, seen; /* seen: values that are no gaps */
    double scale;   /* their spread, or their size where they have none */
};

struct fit {
    const struct series *series;
    struct forecast_model start; /* as decomposed */
};

struct outcome {          /* of running a model through the series */
    double squares, logs; /* of errors; of what was expected, for relative errors */
    struct forecast_model end;
};

static bool run(const struct series *s, struct forecast_model m, struct outcome *ret_outcome)
{
    struct outcome out = { 0 };
    bool relative = m.season == GX_SEASON_MULTIPLIED;
    for (size_t t = 0; t < s->n; t++) {
        double expected = forecast_expect(&m), error = 0;
        if (!isfinite(expected) || (relative && !(expected > 1e-9 * s->scale)))
            return false;
        if (!isnan(s->value[t])) {
            error = s->value[t] - expected;
            if (relative) {
                error /= expected;
                out.logs += log(expected);
            }
            out.squares += error * error;
        }
        forecast_step(&m, error);
    }
    out.end = m;
    *ret_outcome = out;
    return true;
}

static double within(double low, double high, double x)
{
    return low + (high - low) / (1 + exp(-x));
}

/* The model at a point of the optimiser, whose variables are free. */
static struct forecast_model model_at(const struct fit *fit, const double *at)
{
    struct forecast_model m = fit->start;
    size_t i = 0;
    m.alpha = within(0.0001, 0.9999, at[i++]);
    m.level += fit->series->scale * at[i++];
    if (m.trend != GX_TREND_NONE) {
        m.beta = within(0.0001 * m.alpha, m.alpha, at[i++]);
        m.slope += 0.1 * fit->series->scale * at[i++];
    }
    if (m.trend == GX_TREND_DAMPED)
        m.phi = within(0.8, 0.98, at[i++]);
    if (m.season != GX_SEASON_NONE)
        m.gamma = within(0.0001, 0.9999, at[i]) * (1 - m.alpha);
    return m;
}

static size_t variables(const struct forecast_model *m)
{
    return 2U + (m->trend != GX_TREND_NONE ? 2U : 0) + (m->trend == GX_TREND_DAMPED) +
           (m->season != GX_SEASON_NONE);
}

/* Minus twice the log-likelihood without what all models share. */
static double deviance(const struct series *s, const struct forecast_model *m,
                       const struct outcome *out)
{
    bool relative = m->season == GX_SEASON_MULTIPLIED;
    double n = (double)s->seen, least = 1e-16 * (relative ? 1 : s->scale * s->scale);
    return n * log(fmax(out->squares / n, least)) + 2 * out->logs;
}

static double eval(void *p, const double *at, double *ret_gradient)
{
    const struct fit *fit = p;
    struct forecast_model m = model_at(fit, at);
    struct outcome out;
    (void)ret_gradient; /* the simplex does not ask */
    return run(fit->series, m, &out) ? deviance(fit->series, &m, &out) : INFINITY;
}

/* The mean of one whole season around t, its ends half; of what is there. */
static double around(const struct series *s, size_t t, size_t period)
{
    double sum = 0, weights = 0;
    size_t half = period / 2;
    if (t < half || t + half >= s->n)
        return NAN;
    for (size_t i = t - half; i <= t + half; i++) {
        double w = period % 2 == 0 && (i == t - half || i == t + half) ? 0.5 : 1;
        if (!isnan(s->value[i])) {
            sum += w * s->value[i];
            weights += w;
        }
    }
    return weights * 2 > (double)period ? sum / weights : NAN;
}

static void decompose_season(const struct series *s, struct forecast_model *m)
{
    bool times = m->season == GX_SEASON_MULTIPLIED;
    double sum = 0, count[GX_FORECAST_SEASON_MAX] = { 0 };
    memset(m->seasonal, 0, sizeof m->seasonal);
    for (size_t t = 0; t < s->n; t++) {
        double middle = around(s, t, m->period), v = s->value[t];
        if (isnan(middle) || isnan(v) || (times && !(middle > 0)))
            continue;
        m->seasonal[t % m->period] += times ? v / middle : v - middle;
        count[t % m->period]++;
    }
    for (size_t i = 0; i < m->period; i++) {
        m->seasonal[i] = count[i] > 0 ? m->seasonal[i] / count[i] : times ? 1 : 0;
        sum += m->seasonal[i] / (double)m->period;
    }
    for (size_t i = 0; i < m->period; i++)
        m->seasonal[i] = times ? fmax(0.01, m->seasonal[i] / sum) : m->seasonal[i] - sum;
}

/* A line through the first values without their season: level and slope before the first. */
static void decompose(const struct series *s, struct forecast_model *m)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    if (m->season != GX_SEASON_NONE)
        decompose_season(s, m);
    size_t most = 2 * m->period > 10 ? 2 * m->period : 10;
    for (size_t t = 0; t < s->n && n < (double)most; t++) {
        double v = s->value[t], at = (double)t + 1, of = m->seasonal[t % m->period];
        if (isnan(v))
            continue;
        if (m->season != GX_SEASON_NONE)
            v = m->season == GX_SEASON_MULTIPLIED ? v / of : v - of;
        n++;
        x += at;
        y += v;
        xx += at * at;
        xy += at * v;
    }
    double slope = n * xx - x * x > 0 ? (n * xy - x * y) / (n * xx - x * x) : 0;
    m->phi = m->trend == GX_TREND_NONE ? 0 : 1;
    m->slope = m->trend == GX_TREND_NONE ? 0 : slope;
    m->level = m->trend == GX_TREND_NONE ? y / n : (y - slope * x) / n;
}

/* Fit one model; false when it has too many parameters for the values, or does not suit them. */
static bool fit_one(const struct series *s, enum gx_forecast_trend trend,
                    enum gx_forecast_season season, size_t period, struct forecast_model *ret_model,
                    double *ret_aicc)
{
    struct fit fit = { s, { .trend = trend, .season = season } };
    fit.start.period = season == GX_SEASON_NONE ? 1 : period;
    double n = (double)s->seen;
    double k = (double)variables(&fit.start) + 1 +
               (season == GX_SEASON_NONE ? 0 : (double)fit.start.period - 1);
    if (n - k - 1 <= 0)
        return false;
    decompose(s, &fit.start);
    double at[GX_MINIMIZE_DIM_MAX] = { -1 }; /* alpha 0.27; level as decomposed */
    size_t i = 2;
    if (trend != GX_TREND_NONE) {
        at[i] = -2;
        i += 2;
    }
    if (trend == GX_TREND_DAMPED)
        at[i++] = 1;
    if (season != GX_SEASON_NONE)
        at[i] = -2;
    struct gx_minimize_problem problem = { variables(&fit.start), eval, &fit };
    struct gx_minimize_result first, best;
    gx_minimize_simplex(&problem, at, 1, &first);
    gx_minimize_simplex(&problem, first.at, 0.3, &best); /* a simplex may collapse once */
    struct forecast_model m = model_at(&fit, best.at);
    struct outcome out;
    if (!isfinite(best.value) || !run(s, m, &out))
        return false;
    out.end.sigma = sqrt(out.squares / fmax(1, n - k + 1));
    *ret_model = out.end;
    *ret_aicc = deviance(s, &m, &out) + 2 * k + 2 * k * (k + 1) / (n - k - 1);
    return true;
}

static bool fit_best(const struct series *s, size_t period, struct forecast_model *ret_model,
                     double *ret_aicc)
{
    bool found = false, positive = true;
    for (size_t t = 0; t < s->n; t++)
        positive = positive && !(s->value[t] <= 0); /* a gap is neither */
    int seasons = period < 2 || s->n < 2 * period ? GX_SEASON_NONE
                  : positive                      ? GX_SEASON_MULTIPLIED
                                                  : GX_SEASON_ADDED;
    for (int season = GX_SEASON_NONE; season <= seasons; season++)
        for (int trend = GX_TREND_NONE; trend <= GX_TREND_DAMPED; trend++) {
            struct forecast_model m;
            double aicc = 0;
            bool good = fit_one(s, (enum gx_forecast_trend)trend, (enum gx_forecast_season)season,
                                period, &m, &aicc);
            if (good && (!found || aicc < *ret_aicc)) {
                *ret_model = m;
                *ret_aicc = aicc;
                found = true;
            }
        }
    return found;
}

static struct series series_of(const double *value, size_t n)
{
    struct series s = { .value = value, .n = n };
    double mean = 0, square = 0;
    for (size_t t = 0; t < n; t++)
        if (!isnan(value[t])) {
            s.seen++;
            mean += value[t];
        }
    mean /= s.seen ? (double)s.seen : 1;
    for (size_t t = 0; t < n; t++)
        if (!isnan(value[t]))
            square += (value[t] - mean) * (value[t] - mean);
    s.scale = s.seen > 1 ? sqrt(square / (double)(s.seen - 1)) : 0;
    if (!(s.scale > 1e-9 * fabs(mean)))
        s.scale = mean != 0 ? fabs(mean) : 1;
    return s;
}

/* What the same procedure would have said of the last values, had it not seen them. */
static void back_test(struct gx_ctx *ctx, const struct series *s,
                      struct gx_forecast_options options, struct gx_forecast *forecast)
{
    size_t last = options.horizon < s->n / 4 ? options.horizon : s->n / 4;
    size_t lag = options.season > 1 ? options.season : 1;
    struct series before = series_of(s->value, s->n - last);
    struct forecast_model m;
    double aicc = 0, error = 0, naive = 0, inside = 0, naives = 0;
    if (last == 0 || before.seen < GX_FORECAST_VALUES_MIN ||
        !fit_best(&before, options.season, &m, &aicc))
        return;
    double *at = GX_ARENA_ARRAY(ctx->arena, double, 3 * last);
    options.horizon = last;
    forecast_ahead(ctx->arena, &m, options, at, at + last, at + 2 * last);
    for (size_t h = 0; h < last; h++) {
        double v = s->value[before.n + h];
        size_t back = (h / lag + 1) * lag; /* whole seasons, from before the test */
        if (isnan(v))
            continue;
        forecast->test.values++;
        error += fabs(v - at[h]);
        inside += v >= at[last + h] && v <= at[2 * last + h];
        if (before.n + h >= back && !isnan(s->value[before.n + h - back])) {
            naive += fabs(v - s->value[before.n + h - back]);
            naives++;
        }
    }
    if (forecast->test.values > 0) {
        forecast->test.mean_error = error / (double)forecast->test.values;
        forecast->test.inside = inside / (double)forecast->test.values;
        forecast->test.naive_error = naives > 0 ? naive / naives : NAN;
    }
}

GX_NODISCARD static enum gx_code check(struct gx_ctx *ctx, const struct series *s,
                                       struct gx_forecast_options o)
{
    bool good = o.horizon >= 1 && o.horizon <= GX_FORECAST_HORIZON_MAX && o.level > 0 &&
                o.level < 1 && o.season <= GX_FORECAST_SEASON_MAX;
    for (size_t t = 0; t < s->n; t++)
        good = good && !(fabs(s->value[t]) > 1e150);
    if (!good)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("values"), GX_M_ANALYSIS_NUMBER);
    if (s->seen < GX_FORECAST_VALUES_MIN)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("values"), GX_M_ANALYSIS_FEW,
                       gx_arena_printf(ctx->arena, "%d", GX_FORECAST_VALUES_MIN));
    return GX_OK;
}

enum gx_code gx_forecast(struct gx_ctx *ctx, const double *value, size_t n,
                         struct gx_forecast_options options, struct gx_forecast *ret_forecast)
{
    size_t skip = n > GX_FORECAST_VALUES_MAX ? n - GX_FORECAST_VALUES_MAX : 0;
    struct series s = series_of(value ? value + skip : value, n - skip);
    GX_TRY(check(ctx, &s, options));
    struct forecast_model m;
    struct gx_forecast f = { .used = s.seen, .gaps = s.n - s.seen };
    if (!fit_best(&s, options.season, &m, &f.aicc))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("values"), GX_M_ANALYSIS_NOT_CONVERGED);
    f.trend = m.trend;
    f.season = m.season;
    f.alpha = m.alpha;
    f.beta = m.beta;
    f.gamma = m.gamma;
    f.phi = m.phi;
    f.level = m.level;
    f.slope = m.slope;
    f.sigma = m.sigma;
    f.seasonal = GX_ARENA_ARRAY(ctx->arena, double, options.season + 1);
    for (size_t i = 0; i < options.season; i++)
        f.seasonal[i] = m.season == GX_SEASON_NONE ? 0 : m.seasonal[i];
    f.mean = GX_ARENA_ARRAY(ctx->arena, double, options.horizon);
    f.low = GX_ARENA_ARRAY(ctx->arena, double, options.horizon);
    f.high = GX_ARENA_ARRAY(ctx->arena, double, options.horizon);
    forecast_ahead(ctx->arena, &m, options, f.mean, f.low, f.high);
    back_test(ctx, &s, options, &f);
    *ret_forecast = f;
    return GX_OK;
}
