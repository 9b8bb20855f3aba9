/* test_share.c - the 80/20 curve, deciles and movement; RFM; cohorts. */
#include "analysis/share.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/rfm.h"
#include "analysis_help.h"

GX_TEST(share_exact)
{
    /* The best of ten brings 91 of 100, the others one each. */
    double amount[10] = { 1, 1, 1, 91, 1, 1, 1, 1, 1, 1 };
    uint8_t decile[10] = { 0 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_share share;
    GX_CHECK(gx_share_exact(&ctx, amount, 10, &share, decile) == GX_OK, "ok");
    GX_CHECK(share.count == 10 && share.sum == 100 && share.error == 0, "totals");
    GX_CHECK(decile[3] == 1 && decile[0] == 2 && decile[9] == 10, "deciles, ties as they came");
    GX_NEAR(share.decile[0].share, 0.91, 1e-12, "best");
    GX_NEAR(share.decile[9].running, 1, 1e-12, "all");
    GX_NEAR(share.curve[10], 0.91, 1e-12, "curve");
    GX_NEAR(share.curve[15], 0.915, 1e-12, "between two people");
    GX_NEAR(share.curve[100], 1, 1e-12, "end of the curve");
    GX_NEAR(share.people_for_80, 0.1 * 80 / 91, 1e-12, "80 %");
    GX_NEAR(share.gini, 0.81, 1e-12, "Gini");

    double equal[7] = { 2, 2, 2, 2, 2, 2, 2 };
    GX_CHECK(gx_share_exact(&ctx, equal, 7, &share, NULL) == GX_OK, "fewer than ten");
    GX_NEAR(share.gini, 0, 1e-12, "equal");
    GX_NEAR(share.people_for_80, 0.8, 1e-12, "equal");
    GX_CHECK(share.decile[6].count == 1 && share.decile[7].count == 0, "empty deciles");

    double cost[4] = { 10, -5, 3, -2 };
    GX_CHECK(gx_share_exact(&ctx, cost, 4, &share, NULL) == GX_OK, "below zero");
    GX_CHECK(isnan(share.gini) && share.sum == 6 && share.decile[1].running > 2, "above the whole");
    GX_CHECK(gx_share_exact(&ctx, NULL, 0, &share, NULL) == GX_OK && share.count == 0, "nobody");
    double zero[3] = { 0, 0, 0 };
    GX_CHECK(gx_share_exact(&ctx, zero, 3, &share, NULL) == GX_OK, "nothing");
    GX_CHECK(share.curve[50] == 0 && isnan(share.people_for_80), "nothing to share");
    double bad[2] = { 1, NAN };
    GX_CHECK(gx_share_exact(&ctx, bad, 2, &share, NULL) == GX_E_INVALID, "no number");
    gx_arena_free(&arena);
}

static int most_first(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return a > b ? -1 : a < b;
}

/* The histogram is never further off than it says. */
GX_TEST(share_histogram)
{
    enum { N = 20000, BINS = 400 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct luck luck = { 9 };
    double *amount = GX_ARENA_ARRAY(&arena, double, N);
    for (size_t i = 0; i < N; i++)
        amount[i] = floor(exp(5 + 1.5 * luck_normal(&luck)));
    struct gx_share exact, near;
    GX_CHECK(gx_share_exact(&ctx, amount, N, &exact, NULL) == GX_OK, "exact");
    qsort(amount, N, sizeof *amount, most_first);
    struct gx_share_bin bin[BINS];
    size_t bins = 0;
    for (size_t i = 0, end = 0; i < N; i = end) { /* 1/4 of a doubling each */
        struct gx_share_bin b = { .most = amount[i] };
        double floor_of = floor(4 * log2(1 + amount[i]));
        for (; end < N && floor(4 * log2(1 + amount[end])) == floor_of; end++) {
            b.count++;
            b.sum += amount[end];
            b.least = amount[end];
        }
        bin[bins++] = b;
    }
    GX_CHECK(bins > 20 && bins < 100, "bins");
    GX_CHECK(gx_share_histogram(&ctx, bin, bins, &near) == GX_OK, "histogram");
    GX_CHECK(near.count == exact.count, "count");
    GX_NEAR(near.sum, exact.sum, 1e-6, "sum is exact");
    GX_CHECK(near.error > 0 && near.error < 0.005, "a small error");
    for (size_t i = 0; i <= GX_SHARE_POINTS; i++)
        GX_NEAR(near.curve[i], exact.curve[i], near.error, "curve");
    for (size_t i = 0; i < GX_SHARE_DECILES; i++) {
        GX_CHECK(near.decile[i].count == exact.decile[i].count, "people of a decile");
        GX_NEAR(near.decile[i].share, exact.decile[i].share, near.error, "decile");
    }
    GX_NEAR(near.people_for_80, exact.people_for_80, 0.01, "80 %");
    GX_NEAR(near.gini, exact.gini, 0.01, "Gini");

    /* One bin for each person is exact. */
    struct gx_share_bin fine[] = { { 1, 91, 91, 91 }, { 9, 9, 1, 1 } };
    GX_CHECK(gx_share_histogram(&ctx, fine, 2, &near) == GX_OK, "fine");
    GX_NEAR(near.error, 0, 1e-12, "no error");
    GX_NEAR(near.curve[15], 0.915, 1e-12, "curve");
    GX_NEAR(near.people_for_80, 0.1 * 80 / 91, 1e-9, "80 %");
    struct gx_share_bin wrong[] = { { 1, 5, 1, 4 }, { 1, 3, 3, 3 } };
    GX_CHECK(gx_share_histogram(&ctx, wrong, 1, &near) == GX_E_INVALID, "sum above the most");
    wrong[0] = (struct gx_share_bin){ 1, 2, 2, 2 };
    GX_CHECK(gx_share_histogram(&ctx, wrong, 2, &near) == GX_E_INVALID, "not best first");
    wrong[0].count = 0;
    GX_CHECK(gx_share_histogram(&ctx, wrong, 1, &near) == GX_E_INVALID, "an empty bin");
    GX_CHECK(gx_share_histogram(&ctx, NULL, 0, &near) == GX_OK && near.sum == 0, "nothing");
    gx_arena_free(&arena);
}

GX_TEST(share_movement)
{
    static const uint8_t before[] = { 1, 2, 3, 0, 5, 10 }, now[] = { 1, 1, 9, 4, 0, 10 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_share_moves moves;
    GX_CHECK(gx_share_movement(&ctx, before, now, 6, &moves) == GX_OK, "ok");
    GX_CHECK(moves.up == 1 && moves.down == 1 && moves.same == 2, "moved");
    GX_CHECK(moves.came == 1 && moves.left == 1 && moves.count[3][9] == 1, "came and left");
    uint8_t bad = 11;
    GX_CHECK(gx_share_movement(&ctx, &bad, now, 1, &moves) == GX_E_INVALID, "no decile");
    gx_arena_free(&arena);
}

GX_TEST(rfm_scores)
{
    /* Frequencies with many ties: six of one, which share the score of their middle. */
    struct gx_rfm_customer c[10];
    static const double often[10] = { 1, 1, 1, 1, 1, 1, 2, 3, 5, 9 };
    static const uint8_t want[10] = { 2, 2, 2, 2, 2, 2, 4, 4, 5, 5 };
    struct gx_rfm_score score[10];
    struct gx_rfm_table table;
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    for (size_t i = 0; i < 10; i++)
        c[i] = (struct gx_rfm_customer){ (double)i, often[i], 100 * (double)i };
    GX_CHECK(gx_rfm(&ctx, c, 10, score, &table) == GX_OK, "ok");
    for (size_t i = 0; i < 10; i++) {
        GX_CHECK(score[i].frequency == want[i], "ties are equal");
        GX_CHECK(score[i].recency == 5 - i / 2, "lately is good");
        GX_CHECK(score[i].money == 1 + i / 2, "much is good");
    }
    GX_CHECK(table.count[1][1] == 6 && table.count[1][0] == 0, "how large they are");
    GX_CHECK(table.count[0][4] == 2 && table.cell[4][1] == 2, "cells");
    GX_CHECK(table.border[0][4] == 1 && table.border[1][3] == 2 && isnan(table.border[1][0]),
             "borders");
    c[3].money = INFINITY;
    GX_CHECK(gx_rfm(&ctx, c, 10, score, &table) == GX_E_INVALID, "no number");
    GX_CHECK(gx_rfm(&ctx, c, 0, score, &table) == GX_OK, "nobody");
    GX_CHECK(gx_rfm(&ctx, c, 1, score, &table) == GX_OK && score[0].money == 1, "one alone");
    gx_arena_free(&arena);
}

GX_TEST(cohort_retention)
{
    static const struct gx_cohort_row rows[] = {
        { 0, 0, 100 }, { 0, 1, 30 }, { 0, 1, 10 }, { 0, 2, 20 }, { 1, 0, 50 }, { 1, 1, 10 },
    };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_cohort_table table;
    GX_CHECK(gx_cohort(&ctx, rows, 6, 2, &table) == GX_OK, "ok");
    GX_CHECK(table.cohorts == 3 && table.periods == 3, "size");
    GX_NEAR(table.rate[0 * 3 + 1], 0.4, 1e-12, "added");
    GX_NEAR(table.rate[1 * 3 + 1], 0.2, 1e-12, "second cohort");
    GX_CHECK(isnan(table.rate[1 * 3 + 2]) && isnan(table.rate[2 * 3]), "not seen, nobody");
    GX_NEAR(table.together[1], 50.0 / 150, 1e-12, "together");
    GX_NEAR(table.together[2], 0.2, 1e-12, "only who was seen so long");
    GX_CHECK(gx_cohort(&ctx, rows, 6, 1, &table) == GX_E_INVALID, "beyond the last");
    GX_CHECK(gx_cohort(&ctx, rows, 6, 600, &table) == GX_E_LIMIT, "too many");
    struct gx_cohort_row bad = { 0, 0, -1 };
    GX_CHECK(gx_cohort(&ctx, &bad, 1, 1, &table) == GX_E_INVALID, "below zero");
    gx_arena_free(&arena);
}
