/* test_forecast.c - what goes on goes on; known series; gaps; intervals that hold what they
 * promise. */
#include "analysis/forecast.h"

#include <math.h>

#include "analysis_help.h"

/* Passengers of airlines by month, 1949 to 1960 (Box & Jenkins, series G). */
static const double passengers[144] = {
    112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149,
    170, 170, 158, 133, 114, 140, 145, 150, 178, 163, 172, 178, 199, 199, 184, 162, 146, 166,
    171, 180, 193, 181, 183, 218, 230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243,
    264, 272, 237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229, 203, 229,
    242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278, 284, 277, 317, 313, 318, 374,
    413, 405, 355, 306, 271, 306, 315, 301, 356, 348, 355, 422, 465, 467, 404, 347, 305, 336,
    340, 318, 362, 348, 363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
    548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606, 508, 461, 390, 432,
};

GX_TEST(forecast_passengers)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_forecast_options year = { 12, 12, 0.95, true };
    struct gx_forecast f, again;
    GX_CHECK(gx_forecast(&ctx, passengers, 144, year, &f) == GX_OK, "ok");
    GX_CHECK(f.season == GX_SEASON_MULTIPLIED && f.trend != GX_TREND_NONE, "grows with its level");
    GX_CHECK(f.sigma > 0.03 && f.sigma < 0.045, "relative noise");
    GX_CHECK(f.test.values == 12 && f.test.mean_error < 25, "back-test");
    GX_CHECK(f.test.mean_error < f.test.naive_error / 1.5, "better than last year again");
    GX_CHECK(f.seasonal[6] > 1.15 && f.seasonal[10] < 0.87, "July, November");
    for (size_t h = 0; h < 12; h++) {
        GX_CHECK(f.low[h] < f.mean[h] && f.mean[h] < f.high[h], "interval");
        GX_CHECK(f.mean[h] > passengers[132 + h] * 0.98, "next year");
        GX_CHECK(f.mean[h] < passengers[132 + h] * 1.2, "next year");
    }
    GX_CHECK(f.high[11] - f.low[11] > 1.2 * (f.high[0] - f.low[0]) * f.mean[11] / f.mean[0],
             "wider");
    GX_CHECK(gx_forecast(&ctx, passengers, 144, year, &again) == GX_OK, "again");
    GX_CHECK(memcmp(f.low, again.low, 12 * sizeof *f.low) == 0, "the same to the last bit");

    /* Told 1960 from what was before it; its March, 419, fell short by a ninth. */
    GX_CHECK(gx_forecast(&ctx, passengers, 132, year, &f) == GX_OK, "1960");
    for (size_t h = 0; h < 12; h++)
        GX_NEAR(f.mean[h] / passengers[132 + h], 1, 0.12, "1960");
    gx_arena_free(&arena);
}

GX_TEST(forecast_goes_on)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_forecast_options o = { 4, 8, 0.9, false };
    double line[24], season[24], flat[24], zero[24] = { 0 };
    static const double quarter[] = { 5, -3, 1, -3 };
    struct gx_forecast f;
    for (size_t t = 0; t < 24; t++) {
        line[t] = 10 + 2 * (double)t;
        season[t] = quarter[t % 4];
        flat[t] = 7;
    }
    GX_CHECK(gx_forecast(&ctx, line, 24, o, &f) == GX_OK && f.trend == GX_TREND_STEADY, "line");
    for (size_t h = 0; h < 8; h++)
        GX_NEAR(f.mean[h], 58 + 2 * (double)h, 0.01, "line");
    GX_CHECK(gx_forecast(&ctx, season, 24, o, &f) == GX_OK && f.season == GX_SEASON_ADDED,
             "season");
    for (size_t h = 0; h < 8; h++)
        GX_NEAR(f.mean[h], quarter[h % 4], 0.01, "season");
    GX_CHECK(gx_forecast(&ctx, flat, 24, o, &f) == GX_OK, "flat");
    GX_NEAR(f.mean[7], 7, 1e-6, "flat");
    GX_NEAR(f.high[7], 7, 0.01, "nothing moved");
    o.not_negative = true;
    GX_CHECK(gx_forecast(&ctx, zero, 24, o, &f) == GX_OK, "zeros");
    GX_CHECK(f.mean[7] < 1e-6 && f.low[7] == 0, "zeros");
    gx_arena_free(&arena);
}

GX_TEST(forecast_gaps)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_forecast_options year = { 12, 12, 0.95, true };
    struct gx_forecast whole, f;
    double holes[144];
    memcpy(holes, passengers, sizeof holes);
    for (size_t t = 3; t < 144; t += 11)
        holes[t] = NAN;
    holes[143] = NAN; /* the newest value has not come in yet */
    GX_CHECK(gx_forecast(&ctx, passengers, 144, year, &whole) == GX_OK, "whole");
    GX_CHECK(gx_forecast(&ctx, holes, 144, year, &f) == GX_OK, "holes");
    GX_CHECK(f.gaps == 14 && f.used == 130 && f.season == whole.season, "counted");
    for (size_t h = 0; h < 12; h++)
        GX_NEAR(f.mean[h] / whole.mean[h], 1, 0.06, "nearly the same");
    holes[20] = 0; /* a strike: no multiplied season any more, but an answer */
    GX_CHECK(gx_forecast(&ctx, holes, 144, year, &f) == GX_OK, "a zero");
    GX_CHECK(f.season == GX_SEASON_ADDED || f.season == GX_SEASON_NONE, "a zero");
    gx_arena_free(&arena);
}

/* A level that wanders: the smoothing is found again, and nine of ten next values lie inside 90 %.
 */
GX_TEST(forecast_intervals_hold)
{
    enum { SERIES = 40, N = 120 };
    struct gx_forecast_options o = { 0, 4, 0.9, false };
    struct luck luck = { 12 };
    double inside = 0, alpha = 0;
    for (int k = 0; k < SERIES; k++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        double value[N + 4], level = 100;
        for (size_t t = 0; t < N + 4; t++) {
            double error = 5 * luck_normal(&luck);
            value[t] = level + error;
            level += 0.3 * error;
        }
        struct gx_forecast f = { 0 };
        GX_CHECK(gx_forecast(&ctx, value, N, o, &f) == GX_OK, "ok");
        for (size_t h = 0; h < 4; h++)
            inside += value[N + h] >= f.low[h] && value[N + h] <= f.high[h];
        alpha += f.alpha / SERIES;
        gx_arena_free(&arena);
    }
    GX_NEAR(alpha, 0.3, 0.05, "alpha");
    GX_NEAR(inside / (4 * SERIES), 0.9, 0.06, "inside");
}

GX_TEST(forecast_refuses)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_forecast_options good = { 0, 4, 0.9, false };
    double value[8] = { 1, 5, 2, NAN, 4, NAN, 3, 6 };
    struct gx_forecast f = { .used = 77 };
    GX_CHECK(gx_forecast(&ctx, value, 8, good, &f) == GX_OK && f.used == 6, "just enough");
    GX_CHECK(gx_forecast(&ctx, value, 7, good, &f) == GX_E_INVALID, "too few");
    GX_CHECK(gx_forecast(&ctx, NULL, 0, good, &f) == GX_E_INVALID, "nothing");
    value[2] = INFINITY;
    GX_CHECK(gx_forecast(&ctx, value, 8, good, &f) == GX_E_INVALID, "for ever");
    value[2] = 1e100; /* large, but a number */
    GX_CHECK(gx_forecast(&ctx, value, 8, good, &f) == GX_OK && isfinite(f.mean[3]), "large");
    value[2] = 2;
    struct gx_forecast_options bad[] = {
        { 0, 0, 0.9, false },
        { 0, 401, 0.9, false },
        { 0, 4, 1, false },
        { 61, 4, 0.9, false },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        GX_CHECK(gx_forecast(&ctx, value, 8, bad[i], &f) == GX_E_INVALID, "options");
    good.season = 60; /* longer than the series: no season then */
    GX_CHECK(gx_forecast(&ctx, value, 8, good, &f) == GX_OK && f.season == GX_SEASON_NONE, "short");
    gx_arena_free(&arena);
}
