/*
 * forecast_int.h - what the files of forecasting share: one model of the family.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_FORECAST_INT_H
#define GX_ANALYSIS_FORECAST_INT_H

#include "analysis/forecast.h"

struct forecast_model {
    enum gx_forecast_trend trend;
    enum gx_forecast_season season;
    double alpha, beta, gamma, phi;
    double level, slope;
    double seasonal[GX_FORECAST_SEASON_MAX]; /* [0]: of the next value */
    size_t period;                           /* 1: no season */
    double sigma;
};

/* One step: the value expected, then the state after an error (relative for a multiplied season).
 */
double forecast_expect(const struct forecast_model *m);
void forecast_step(struct forecast_model *m, double error);
/* Means and intervals of `horizon` steps from the model's state. */
void forecast_ahead(struct gx_arena *arena, const struct forecast_model *model,
                    struct gx_forecast_options options, double *ret_mean, double *ret_low,
                    double *ret_high);

#endif
