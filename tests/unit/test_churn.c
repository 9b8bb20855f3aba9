/* test_churn.c - logistic regression: by hand, on known coefficients, on the telco's customers. */
#include "analysis/churn.h"

#include <math.h>
#include <stdlib.h>

#include "analysis_help.h"

/* Two by two: the coefficient is the log odds ratio, its variance the sum of the reciprocals
 * (Woolf). */
GX_TEST(churn_two_by_two)
{
    enum { N = 100 };
    double feature[N];
    uint8_t left[N];
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    for (size_t i = 0; i < N; i++) { /* 40 with the feature, 30 of them left; 60 without, 15 */
        feature[i] = i < 40;
        left[i] = i < 30 || (i >= 40 && i < 55);
    }
    struct gx_churn_cases cases = { feature, left, N, 1 };
    struct gx_churn_fit fit;
    GX_CHECK(gx_churn_fit(&ctx, &cases, 0, &fit) == GX_OK, "fitted");
    GX_NEAR(fit.coefficient[0], log(30.0 * 45 / (10.0 * 15)), 1e-9, "log odds ratio");
    GX_NEAR(fit.error[0], sqrt(1.0 / 30 + 1.0 / 10 + 1.0 / 15 + 1.0 / 45), 1e-9, "Woolf");
    GX_NEAR(fit.intercept, log(15.0 / 45), 1e-9, "constant");
    GX_NEAR(fit.intercept_error, sqrt(1.0 / 15 + 1.0 / 45), 1e-9, "its error");
    GX_NEAR(fit.log_likelihood, 30 * log(0.75) + 10 * log(0.25) + 15 * log(0.25) + 45 * log(0.75),
            1e-9, "likelihood");
    GX_NEAR(fit.null_likelihood, 45 * log(0.45) + 55 * log(0.55), 1e-9, "constant alone");
    double yes = 1;
    GX_NEAR(gx_churn_risk(&fit, &yes), 0.75, 1e-9, "risk");
    struct gx_churn_fit ridged;
    GX_CHECK(gx_churn_fit(&ctx, &cases, 50, &ridged) == GX_OK, "ridge");
    GX_CHECK(ridged.coefficient[0] > 0 && ridged.coefficient[0] < fit.coefficient[0], "smaller");
    GX_CHECK(ridged.error[0] < fit.error[0], "surer");
    gx_arena_free(&arena);
}

GX_TEST(churn_recovers)
{
    enum { N = 4000, K = 4 }; /* the fourth never changes */
    static const double truth[K] = { 1.5, -0.02, 0, 0 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct luck luck = { 4 };
    double *feature = GX_ARENA_ARRAY(&arena, double, N *K),
           *risk = GX_ARENA_ARRAY(&arena, double, N);
    uint8_t *left = GX_ARENA_ARRAY(&arena, uint8_t, N);
    for (size_t i = 0; i < N; i++) {
        double *f = feature + i * K, logit = -0.5;
        f[0] = luck_normal(&luck);
        f[1] = 1000 + 50 * luck_normal(&luck);
        f[2] = luck_uniform(&luck) < 0.3;
        f[3] = 7;
        for (size_t j = 0; j < K; j++)
            logit += truth[j] * (f[j] - (j == 1 ? 1000 : 0));
        left[i] = luck_uniform(&luck) < 1 / (1 + exp(-logit));
    }
    struct gx_churn_cases cases = { feature, left, N, K };
    struct gx_churn_fit fit;
    GX_CHECK(gx_churn_fit(&ctx, &cases, 0, &fit) == GX_OK, "fitted");
    for (size_t j = 0; j < 3; j++) {
        GX_NEAR(fit.coefficient[j], truth[j], 3 * fit.error[j], "within three errors");
        GX_CHECK(fit.error[j] > 0 && fit.error[j] < 0.2, "an error that says something");
    }
    GX_CHECK(fit.coefficient[3] == 0 && fit.error[3] == 0, "never changes");
    struct gx_churn_quality quality;
    for (size_t i = 0; i < N; i++)
        risk[i] = gx_churn_risk(&fit, feature + i * K);
    gx_churn_quality(&ctx, risk, left, N, &quality);
    GX_CHECK(quality.auc > 0.8 && quality.auc < 0.95, "AUC");
    for (size_t d = 0; d < GX_CHURN_DECILES; d++)
        GX_NEAR(quality.decile[d].risk, quality.decile[d].left, 0.06, "calibrated");
    struct gx_churn_reason reason[2];
    double lonely[K] = { 2, 900, 0, 7 };
    GX_CHECK(gx_churn_reasons(&fit, lonely, reason, 2) == 2, "two reasons");
    GX_CHECK(reason[0].feature == 0 && reason[1].feature == 1, "largest first");
    GX_NEAR(reason[0].logit, fit.coefficient[0] * (2 - fit.mean[0]), 1e-12, "its size");
    GX_CHECK(gx_churn_reasons(&fit, lonely, reason, 1) == 1 && reason[0].feature == 0, "one");
    GX_CHECK(gx_churn_reasons(&fit, lonely, reason, 0) == 0, "none asked for");
    gx_arena_free(&arena);
}

GX_TEST(churn_quality)
{
    static const double risk[] = { 0.9, 0.8, 0.8, 0.2 };
    static const uint8_t left[] = { 1, 1, 0, 0 }, all[] = { 1, 1, 1, 1 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_churn_quality q;
    gx_churn_quality(&ctx, risk, left, 4, &q);
    GX_NEAR(q.auc, 3.5 / 4, 1e-12, "ties are half");
    GX_NEAR(q.brier, (0.01 + 0.04 + 0.64 + 0.04) / 4, 1e-12, "Brier");
    gx_churn_quality(&ctx, risk, all, 4, &q);
    GX_CHECK(isnan(q.auc), "one kind");
    gx_churn_quality(&ctx, NULL, NULL, 0, &q);
    GX_CHECK(isnan(q.auc) && q.decile[0].count == 0, "nobody");
    gx_arena_free(&arena);
}

GX_TEST(churn_refuses)
{
    enum { N = 40 };
    double feature[2 * N];
    uint8_t left[N];
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_churn_fit fit;
    for (size_t i = 0; i < N; i++) {
        feature[2 * i] = feature[2 * i + 1] = (double)i;
        left[i] = i >= 20;
    }
    struct gx_churn_cases cases = { feature, left, N, 2 };
    GX_CHECK(gx_churn_fit(&ctx, &cases, 0, &fit) == GX_E_INVALID, "separated, and the same twice");
    GX_CHECK(gx_churn_fit(&ctx, &cases, 1, &fit) == GX_OK, "a ridge helps");
    GX_NEAR(fit.coefficient[0], fit.coefficient[1], 1e-9, "shared equally");
    GX_CHECK(gx_churn_fit(&ctx, &cases, -1, &fit) == GX_E_INVALID, "a ridge below zero");
    cases.features = 1; /* reads the first half of the numbers */
    GX_CHECK(gx_churn_fit(&ctx, &cases, 0, &fit) == GX_E_INVALID, "separated");
    feature[3] = NAN;
    GX_CHECK(gx_churn_fit(&ctx, &cases, 1, &fit) == GX_E_INVALID, "no number");
    feature[3] = 1;
    cases.n = 19;
    GX_CHECK(gx_churn_fit(&ctx, &cases, 1, &fit) == GX_E_INVALID, "too few");
    cases.n = 20;
    GX_CHECK(gx_churn_fit(&ctx, &cases, 1, &fit) == GX_E_INVALID, "nobody left");
    gx_arena_free(&arena);
}

/* One line of the telco's file as features; 0 where a number is blank. */
static int telco_row(char *line, double *feature, uint8_t *ret_left)
{
    char *cell[21], *at = line;
    line[strcspn(line, "\r\n")] = 0;
    for (int i = 0; i < 21; i++) {
        cell[i] = at;
        at += strcspn(at, ",");
        if (*at)
            *at++ = 0;
    }
    char *end = cell[19];
    double total = strtod(cell[19], &end);
    if (end == cell[19])
        return 0;
    feature[0] = strtod(cell[5], NULL);  /* tenure */
    feature[1] = strtod(cell[18], NULL); /* monthly charges */
    feature[2] = total;
    feature[3] = strcmp(cell[15], "Month-to-month") == 0;
    feature[4] = strcmp(cell[15], "Two year") == 0;
    feature[5] = strcmp(cell[8], "Fiber optic") == 0;
    feature[6] = strcmp(cell[17], "Electronic check") == 0;
    feature[7] = strcmp(cell[16], "Yes") == 0; /* paperless */
    *ret_left = strcmp(cell[20], "Yes") == 0;
    return 1;
}

GX_TEST(churn_telco)
{
    enum { ROWS = 7043, K = 8 };
    char path[4200], line[1024];
    const char *folder = gx_test_data("telco_churn");
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    snprintf(path, sizeof path, "%s/WA_Fn-UseC_-Telco-Customer-Churn.csv", folder ? folder : ".");
    FILE *file = folder ? fopen(path, "r") : NULL;
    if (!file) {
        gx_skip("no telco customers here");
        return;
    }
    double *feature = GX_ARENA_ARRAY(&arena, double, ROWS *K);
    double *risk = GX_ARENA_ARRAY(&arena, double, ROWS);
    uint8_t *left = GX_ARENA_ARRAY(&arena, uint8_t, ROWS);
    size_t n = 0, gone = 0;
    GX_CHECK(fgets(line, sizeof line, file) != NULL, "heading");
    for (int rows = 0; rows < ROWS && fgets(line, sizeof line, file); rows++)
        if (telco_row(line, feature + n * K, &left[n]))
            gone += left[n++];
    fclose(file);
    struct gx_churn_cases cases = { feature, left, n, K };
    struct gx_churn_fit fit = { 0 };
    struct gx_churn_quality quality;
    GX_CHECK(n == 7032 && gone == 1869, "rows with a total");
    GX_CHECK(gx_churn_fit(&ctx, &cases, 1, &fit) == GX_OK, "fitted");
    GX_NEAR(fit.mean[0], 32.421786, 5e-7, "published mean of tenure");
    GX_NEAR(fit.mean[1], 64.798208, 5e-7, "published mean of the monthly charge");
    GX_NEAR(fit.mean[2], 2283.300441, 5e-7, "published mean of the total");
    GX_NEAR(fit.scale[2], 2266.771362, 5e-7, "published deviation of the total");
    GX_CHECK(fit.coefficient[3] > 0 && fit.coefficient[4] < 0 && fit.coefficient[0] < 0, "signs");
    for (size_t i = 0; i < n; i++)
        risk[i] = gx_churn_risk(&fit, feature + i * K);
    gx_churn_quality(&ctx, risk, left, n, &quality);
    GX_CHECK(quality.auc > 0.83 && quality.auc < 0.86, "AUC");
    for (size_t d = 0; d < GX_CHURN_DECILES; d++)
        GX_NEAR(quality.decile[d].risk, quality.decile[d].left, 0.05, "calibrated");
    gx_arena_free(&arena);
}
