/* experiment.c - see experiment.h. */
#include "analysis/experiment.h"

#include <math.h>

#include "analysis/special.h"
#include "base/assert.h"

GX_NODISCARD static enum gx_code wrong(struct gx_ctx *ctx, struct gx_str path)
{
    return gx_fail(ctx, GX_E_INVALID, path, GX_M_ANALYSIS_NUMBER);
}

static bool inside(double low, double x, double high)
{
    return x > low && x < high;
}

static struct gx_experiment_range wilson(struct gx_experiment_count c, double z)
{
    double n = (double)c.people, p = (double)c.successes / n, middle = p + z * z / (2 * n);
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)), all = 1 + z * z / n;
    return (struct gx_experiment_range){ p, fmax(0, (middle - half) / all),
                                         fmin(1, (middle + half) / all) };
}

enum gx_code gx_experiment_shares(struct gx_ctx *ctx, struct gx_experiment_count control,
                                  struct gx_experiment_count treated, double level,
                                  struct gx_experiment_shares *ret_shares)
{
    if (control.people == 0 || control.successes > control.people)
        return wrong(ctx, GX_STR("control"));
    if (treated.people == 0 || treated.successes > treated.people)
        return wrong(ctx, GX_STR("treated"));
    if (!inside(0, level, 1))
        return wrong(ctx, GX_STR("level"));
    double z = gx_special_normal_quantile((1 + level) / 2);
    struct gx_experiment_range c = wilson(control, z), t = wilson(treated, z);
    double difference = t.value - c.value;
    double down = hypot(t.value - t.low, c.high - c.value);
    double up = hypot(t.high - t.value, c.value - c.low);
    double n = (double)control.people, m = (double)treated.people;
    double pooled = ((double)control.successes + (double)treated.successes) / (n + m);
    double error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
    *ret_shares = (struct gx_experiment_shares){
        .control = c,
        .treated = t,
        .difference = { difference, difference - down, difference + up },
        .relative = c.value > 0 ? t.value / c.value - 1 : NAN,
        .p = error > 0 ? erfc(fabs(difference) / error * M_SQRT1_2) : 1,
    };
    return GX_OK;
}

static bool good_sample(struct gx_experiment_sample s)
{
    return s.people >= 2 && isfinite(s.mean) && s.deviation >= 0 && isfinite(s.deviation);
}

enum gx_code gx_experiment_means(struct gx_ctx *ctx, struct gx_experiment_sample control,
                                 struct gx_experiment_sample treated, double level,
                                 struct gx_experiment_means *ret_means)
{
    if (!good_sample(control))
        return wrong(ctx, GX_STR("control"));
    if (!good_sample(treated))
        return wrong(ctx, GX_STR("treated"));
    if (!inside(0, level, 1))
        return wrong(ctx, GX_STR("level"));
    double n = (double)control.people, m = (double)treated.people;
    double a = control.deviation * control.deviation / n;
    double b = treated.deviation * treated.deviation / m;
    double difference = treated.mean - control.mean, error = sqrt(a + b);
    struct gx_experiment_means means = { .difference = { difference, difference, difference },
                                         .freedom = n + m - 2,
                                         .p = difference == 0 ? 1 : 0 };
    if (error > 0) {
        /* Each part of the sum apart: a² may be too small for a double. */
        double share = a / (a + b), rest = b / (a + b);
        means.freedom = 1 / (share * share / (n - 1) + rest * rest / (m - 1));
        means.t = difference / error;
        means.p = gx_special_t_two_sided(means.t, means.freedom);
        double half = error * gx_special_t_critical(1 - level, means.freedom);
        means.difference.low -= half;
        means.difference.high += half;
    }
    *ret_means = means;
    return GX_OK;
}

enum gx_code gx_experiment_uplift(struct gx_ctx *ctx, struct gx_experiment_sample control,
                                  struct gx_experiment_sample treated, double cost, double level,
                                  struct gx_experiment_uplift *ret_uplift)
{
    if (!(cost >= 0 && isfinite(cost)))
        return wrong(ctx, GX_STR("cost"));
    struct gx_experiment_means means = { 0 };
    GX_TRY(gx_experiment_means(ctx, control, treated, level, &means));
    struct gx_experiment_range each = means.difference;
    double m = (double)treated.people;
    *ret_uplift = (struct gx_experiment_uplift){
        .each = each,
        .gained = { each.value * m, each.low * m, each.high * m },
        .net = { each.value * m - cost, each.low * m - cost, each.high * m - cost },
        .per_cost = cost > 0 ? (each.value * m - cost) / cost : NAN,
        .p = means.p,
    };
    return GX_OK;
}

/* As a whole number of people, at least two; GX_E_INVALID when there are not so many. */
GX_NODISCARD static enum gx_code people(struct gx_ctx *ctx, double needed, uint64_t *ret_people)
{
    if (!(needed < 1e15))
        return wrong(ctx, GX_STR("difference"));
    *ret_people = needed < 2 ? 2 : (uint64_t)ceil(needed - 1e-9);
    return GX_OK;
}

enum gx_code gx_experiment_size_shares(struct gx_ctx *ctx, double control, double treated,
                                       double alpha, double power, uint64_t *ret_people)
{
    if (!inside(0, control, 1) || !inside(0, treated, 1) || control == treated)
        return wrong(ctx, GX_STR("difference"));
    if (!inside(0, alpha, 1) || !inside(0, power, 1))
        return wrong(ctx, GX_STR("power"));
    double a = -gx_special_normal_quantile(alpha / 2), b = gx_special_normal_quantile(power);
    double middle = (control + treated) / 2;
    double root = a * sqrt(2 * middle * (1 - middle)) +
                  b * sqrt(control * (1 - control) + treated * (1 - treated));
    return people(ctx, root * root / ((treated - control) * (treated - control)), ret_people);
}

enum gx_code gx_experiment_size_means(struct gx_ctx *ctx, double difference, double deviation,
                                      double alpha, double power, uint64_t *ret_people)
{
    if (difference == 0 || !isfinite(difference) || !(deviation >= 0 && isfinite(deviation)))
        return wrong(ctx, GX_STR("difference"));
    if (!inside(0, alpha, 1) || !inside(0, power, 1))
        return wrong(ctx, GX_STR("power"));
    double a = -gx_special_normal_quantile(alpha / 2), b = gx_special_normal_quantile(power);
    double ratio = (a + b) * deviation / difference;
    return people(ctx, 2 * ratio * ratio, ret_people);
}

/*
 * After k looks the sum of k standard normal steps is followed on a grid, as long as it stays
 * inside ±z√k: what leaves has looked good.
 */
double gx_experiment_peeking(unsigned looks, double alpha)
{
    enum { GRID = 401, LOOKS_MAX = 100 };
    gx_assert(looks >= 1 && looks <= LOOKS_MAX && alpha > 0 && alpha < 1);
    double density[GRID], next[GRID], z = -gx_special_normal_quantile(alpha / 2), width = z;
    for (int i = 0; i < GRID; i++) {
        double x = width * (2.0 * i / (GRID - 1) - 1);
        density[i] = exp(-x * x / 2) / sqrt(2 * M_PI);
    }
    for (unsigned k = 2; k <= looks; k++) {
        double wider = z * sqrt(k), step = 2 * width / (GRID - 1);
        for (int i = 0; i < GRID; i++) {
            double x = wider * (2.0 * i / (GRID - 1) - 1), sum = 0;
            for (int j = 0; j < GRID; j++) { /* Simpson */
                double d = x - width * (2.0 * j / (GRID - 1) - 1);
                double weight = j == 0 || j == GRID - 1 ? 1 : j % 2 ? 4 : 2;
                sum += weight * density[j] * exp(-d * d / 2);
            }
            next[i] = sum * step / 3 / sqrt(2 * M_PI);
        }
        memcpy(density, next, sizeof density);
        width = wider;
    }
    double stays = 0;
    for (int j = 0; j < GRID; j++)
        stays += (j == 0 || j == GRID - 1 ? 1 : j % 2 ? 4 : 2) * density[j];
    return 1 - stays * 2 * width / (GRID - 1) / 3;
}

static struct gx_str sentence(struct gx_ctx *ctx, enum gx_message message, struct gx_str *args,
                              size_t count)
{
    struct gx_error error = { .message = message, .args = args, .arg_count = count };
    return gx_error_text(ctx->arena, &error, ctx->lang);
}

struct gx_str gx_experiment_words(struct gx_ctx *ctx, struct gx_experiment_range difference,
                                  double level, unsigned looks)
{
    bool sure = difference.low > 0 || difference.high < 0;
    struct gx_str args[] = { gx_arena_printf(ctx->arena, "%.4g", 100 * level) };
    struct gx_str text =
        sentence(ctx, sure ? GX_M_EXPERIMENT_SURE : GX_M_EXPERIMENT_UNSURE, args, sure ? 1 : 0);
    if (looks < 2)
        return text;
    double chance = gx_experiment_peeking(looks < 100 ? looks : 100, 1 - level);
    struct gx_str peeked[] = { gx_arena_printf(ctx->arena, "%u", looks),
                               gx_arena_printf(ctx->arena, "%.0f", 100 * chance),
                               gx_arena_printf(ctx->arena, "%.4g", 100 * (1 - level)) };
    struct gx_str warning = sentence(ctx, GX_M_EXPERIMENT_PEEKED, peeked, 3);
    return gx_arena_printf(ctx->arena, "%.*s %.*s", GX_STR_ARG(text), GX_STR_ARG(warning));
}
