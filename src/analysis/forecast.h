/*
 * forecast.h - where a measure is going: exponential smoothing with trend and season.
 *
 * Source: Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing, 2008.  Models: no
 * trend, a trend, a damped trend; no season, an additive one (both with additive errors), a
 * multiplicative one (with multiplicative errors, only when all values are above zero).  The one
 * with the smallest AICc is taken.  Smoothing parameters, first level and slope are fitted; the
 * first seasonal figures come from a decomposition by moving averages, but count as parameters.
 *
 * Intervals: by formula for additive errors; for multiplicative ones from 2 × 2000 paths whose
 * errors come from a fixed sequence, so that the same values give the same interval.  They know of
 * noise, not of a parameter's own uncertainty nor of a world that changes.
 *
 * A gap (NaN) is passed over: the state goes on, nothing is learnt.  Zeros are values.  Two whole
 * seasons are needed for a season.
 *
 * Errors: GX_E_INVALID with a sentence; memory: the arena of the ctx.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_FORECAST_H
#define GX_ANALYSIS_FORECAST_H

#include "base/ctx.h"

enum {
    GX_FORECAST_VALUES_MIN = 6,
    GX_FORECAST_VALUES_MAX = 2000, /* of more, the last ones are used */
    GX_FORECAST_SEASON_MAX = 60,
    GX_FORECAST_HORIZON_MAX = 400,
};

enum gx_forecast_trend { GX_TREND_NONE, GX_TREND_STEADY, GX_TREND_DAMPED };
enum gx_forecast_season { GX_SEASON_NONE, GX_SEASON_ADDED, GX_SEASON_MULTIPLIED };

struct gx_forecast_options {
    size_t season;     /* values a season: 12 for months, 7 for days, 52 for weeks; 0 or 1: none */
    size_t horizon;    /* values to predict, 1 … GX_FORECAST_HORIZON_MAX */
    double level;      /* of the interval: 0.95 */
    bool not_negative; /* counts and sales: nothing below zero is predicted */
};

struct gx_forecast {
    enum gx_forecast_trend trend;
    enum gx_forecast_season season;
    double alpha, beta, gamma, phi; /* 0 where the model has none; phi 1 for a steady trend */
    double level, slope;            /* now */
    double *seasonal; /* options.season places: of the next value, the one after, … */
    double sigma;     /* of one step's error; relative for a multiplied season */
    double aicc;
    size_t used, gaps;
    double *mean, *low, *high; /* options.horizon places each */
    struct {                   /* the last values, predicted without them by the same procedure */
        size_t values;         /* 0: too few to try */
        double mean_error, naive_error; /* absolute; naive: as a season ago, or as the last value */
        double inside;                  /* share of them inside the interval */
    } test;
};

/*
 * GX_E_INVALID: fewer than GX_FORECAST_VALUES_MIN values that are no gaps; an infinite value;
 * options out of their range.
 */
GX_NODISCARD enum gx_code gx_forecast(struct gx_ctx *ctx, const double *value, size_t n,
                                      struct gx_forecast_options options,
                                      struct gx_forecast *ret_forecast);

#endif
