/* forecast_ahead.c - one step of a model, and many of them into the future. */
#include "analysis/forecast_int.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/special.h"

enum { PATHS = 2000 }; /* and their mirror images */

double forecast_expect(const struct forecast_model *m)
{
    double base = m->level + m->phi * m->slope;
    if (m->season == GX_SEASON_MULTIPLIED)
        return base * m->seasonal[0];
    return m->season == GX_SEASON_ADDED ? base + m->seasonal[0] : base;
}

void forecast_step(struct forecast_model *m, double error)
{
    double base = m->level + m->phi * m->slope, scale = 1, seasonal = m->seasonal[0];
    if (m->season == GX_SEASON_MULTIPLIED) {
        scale = base;
        seasonal *= 1 + m->gamma * error;
    } else {
        seasonal += m->gamma * error;
    }
    m->level = base + m->alpha * error * scale;
    m->slope = m->phi * m->slope + m->beta * error * scale;
    memmove(m->seasonal, m->seasonal + 1, (m->period - 1) * sizeof *m->seasonal);
    m->seasonal[m->period - 1] = seasonal;
}

/* Additive errors: the variance h steps ahead is that of a sum of weighted errors. */
static void by_formula(const struct forecast_model *m, struct gx_forecast_options options, double z,
                       const double *mean, double *ret_low, double *ret_high)
{
    double variance = 1, trend = 0, power = 1;
    for (size_t h = 0; h < options.horizon; h++) {
        double width = z * m->sigma * sqrt(variance);
        ret_low[h] = mean[h] - width;
        ret_high[h] = mean[h] + width;
        power *= m->phi;
        trend += power;
        double weight = m->alpha + m->beta * trend + ((h + 1) % m->period == 0 ? m->gamma : 0);
        variance += weight * weight;
    }
}

static double next_normal(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    uint64_t bits = *state * UINT64_C(2685821657736338717) >> 12;
    return gx_special_normal_quantile(((double)bits + 0.5) / 4503599627370496.0);
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static void by_paths(struct gx_arena *arena, const struct forecast_model *model,
                     struct gx_forecast_options options, double *ret_low, double *ret_high)
{
    size_t horizon = options.horizon;
    double *value = GX_ARENA_ARRAY(arena, double, horizon * 2 * PATHS);
    uint64_t state = UINT64_C(20080615);
    for (size_t i = 0; i < PATHS; i++) {
        struct forecast_model up = *model, down = *model;
        for (size_t h = 0; h < horizon; h++) {
            double error = model->sigma * next_normal(&state);
            error = fmax(-0.99, fmin(0.99, error));
            double *at = value + h * 2 * PATHS + 2 * i;
            at[0] = forecast_expect(&up) * (1 + error);
            at[1] = forecast_expect(&down) * (1 - error);
            forecast_step(&up, error);
            forecast_step(&down, -error);
        }
    }
    double tail = (1 - options.level) / 2 * 2 * PATHS;
    for (size_t h = 0; h < horizon; h++) {
        double *at = value + h * 2 * PATHS;
        qsort(at, 2 * PATHS, sizeof *at, by_size);
        size_t low = (size_t)fmin(tail, PATHS - 1.0);
        ret_low[h] = at[low];
        ret_high[h] = at[2 * PATHS - 1 - low];
    }
}

void forecast_ahead(struct gx_arena *arena, const struct forecast_model *model,
                    struct gx_forecast_options options, double *ret_mean, double *ret_low,
                    double *ret_high)
{
    struct forecast_model m = *model;
    for (size_t h = 0; h < options.horizon; h++) {
        ret_mean[h] = forecast_expect(&m);
        forecast_step(&m, 0);
    }
    if (m.season == GX_SEASON_MULTIPLIED)
        by_paths(arena, model, options, ret_low, ret_high);
    else
        by_formula(model, options, gx_special_normal_quantile((1 + options.level) / 2), ret_mean,
                   ret_low, ret_high);
    for (size_t h = 0; h < options.horizon; h++) {
        ret_low[h] = fmin(ret_low[h], ret_mean[h]); /* paths may miss a very narrow middle */
        ret_high[h] = fmax(ret_high[h], ret_mean[h]);
        if (options.not_negative) {
            ret_mean[h] = fmax(0, ret_mean[h]);
            ret_low[h] = fmax(0, ret_low[h]);
            ret_high[h] = fmax(0, ret_high[h]);
        }
    }
}
