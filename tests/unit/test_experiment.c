/* test_experiment.c - intervals, sizes and warnings against what is printed elsewhere. */
#include "analysis/experiment.h"

#include <math.h>

#include "analysis_help.h"

/* Newcombe (1998), table II, method 10: the differences of his examples, to four digits. */
GX_TEST(experiment_newcombe)
{
    static const struct {
        const char *name;
        struct gx_experiment_count treated, control;
        double low, high;
    } rows[] = {
        { "56/70 - 48/80", { 70, 56 }, { 80, 48 }, 0.0524, 0.3339 },
        { "9/10 - 3/10", { 10, 9 }, { 10, 3 }, 0.1705, 0.8090 },
        { "6/7 - 2/7", { 7, 6 }, { 7, 2 }, 0.0582, 0.8062 },
        { "5/56 - 0/29", { 56, 5 }, { 29, 0 }, -0.0381, 0.1926 },
        { "0/10 - 0/20", { 10, 0 }, { 20, 0 }, -0.1611, 0.2775 },
        { "0/10 - 0/10", { 10, 0 }, { 10, 0 }, -0.2775, 0.2775 },
        { "10/10 - 0/20", { 10, 10 }, { 20, 0 }, 0.6791, 1 },
        { "10/10 - 0/10", { 10, 10 }, { 10, 0 }, 0.6075, 1 },
    };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct gx_experiment_shares s;
        GX_CHECK(gx_experiment_shares(&ctx, rows[i].control, rows[i].treated, 0.95, &s) == GX_OK,
                 rows[i].name);
        GX_NEAR(s.difference.low, rows[i].low, 0.00005, rows[i].name);
        GX_NEAR(s.difference.high, rows[i].high, 0.00005, rows[i].name);
        GX_CHECK(isfinite(s.p) && s.p >= 0 && s.p <= 1, rows[i].name);
    }
    /* Wilson: 81/263 (Newcombe 1998, single proportions): 0.2553 to 0.3662. */
    struct gx_experiment_shares s;
    struct gx_experiment_count one = { 263, 81 }, two = { 263, 81 };
    GX_CHECK(gx_experiment_shares(&ctx, one, two, 0.95, &s) == GX_OK, "Wilson");
    GX_NEAR(s.control.low, 0.2553, 0.00005, "Wilson");
    GX_NEAR(s.control.high, 0.3662, 0.00005, "Wilson");
    GX_CHECK(s.difference.value == 0 && s.p == 1 && s.relative == 0, "no difference");
    gx_arena_free(&arena);
}

/* By hand: 1/10 + 4/40 each side; and Student's sleep data (1908) with Welch: t 1.8608, df 17.776,
 * p 0.07939. */
GX_TEST(experiment_welch)
{
    static const double first[10] = { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 };
    static const double second[10] = { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 };
    struct gx_experiment_sample a = { 10, 0, 0 }, b = { 10, 0, 0 };
    for (size_t i = 0; i < 10; i++) {
        a.mean += first[i] / 10;
        b.mean += second[i] / 10;
    }
    for (size_t i = 0; i < 10; i++) {
        a.deviation += pow(first[i] - a.mean, 2) / 9;
        b.deviation += pow(second[i] - b.mean, 2) / 9;
    }
    a.deviation = sqrt(a.deviation);
    b.deviation = sqrt(b.deviation);
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_experiment_means m;
    GX_CHECK(gx_experiment_means(&ctx, a, b, 0.95, &m) == GX_OK, "sleep");
    GX_NEAR(m.t, 1.8608, 0.00005, "t");
    GX_NEAR(m.freedom, 17.776, 0.0005, "degrees of freedom");
    GX_NEAR(m.p, 0.07939, 0.000005, "p");
    GX_NEAR(m.difference.low, -0.2054832, 5e-7, "low");
    GX_NEAR(m.difference.high, 3.3654832, 5e-7, "high");
    struct gx_experiment_sample same = { 10, 3, 0 }, other = { 10, 4, 0 };
    GX_CHECK(gx_experiment_means(&ctx, same, same, 0.95, &m) == GX_OK && m.p == 1, "no spread");
    GX_CHECK(gx_experiment_means(&ctx, same, other, 0.95, &m) == GX_OK && m.p == 0, "no spread");
    GX_CHECK(m.difference.low == 1 && m.difference.high == 1, "no spread");
    struct gx_experiment_sample tiny = { 5, 1e-170, 1e-170 };
    GX_CHECK(gx_experiment_means(&ctx, same, tiny, 0.95, &m) == GX_OK && m.freedom > 0, "tiny");
    gx_arena_free(&arena);
}

GX_TEST(experiment_uplift)
{
    struct gx_experiment_sample control = { 10000, 5.0, 30 }, treated = { 40000, 6.0, 33 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_experiment_uplift u;
    GX_CHECK(gx_experiment_uplift(&ctx, control, treated, 12000, 0.95, &u) == GX_OK, "ok");
    GX_NEAR(u.gained.value, 40000, 1e-6, "gained");
    GX_NEAR(u.net.value, 28000, 1e-6, "net");
    GX_NEAR(u.per_cost, 28000.0 / 12000, 1e-9, "for each unit");
    double error = sqrt(30.0 * 30 / 10000 + 33.0 * 33 / 40000);
    GX_NEAR(u.each.low, 1 - 1.96 * error, 0.001, "interval");
    GX_NEAR(u.net.low, 40000 * u.each.low - 12000, 1e-6, "interval of money");
    GX_CHECK(gx_experiment_uplift(&ctx, control, treated, 0, 0.95, &u) == GX_OK, "free");
    GX_CHECK(isnan(u.per_cost), "free");
    GX_CHECK(gx_experiment_uplift(&ctx, control, treated, -1, 0.95, &u) == GX_E_INVALID, "cost");
    gx_arena_free(&arena);
}

GX_TEST(experiment_sizes)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    uint64_t n = 0;
    /* power.prop.test of R: 0.50 and 0.75, power 0.90: 76.7; 0.05 and 0.06, power 0.8: 8157.99. */
    GX_CHECK(gx_experiment_size_shares(&ctx, 0.5, 0.75, 0.05, 0.9, &n) == GX_OK && n == 77, "77");
    GX_CHECK(gx_experiment_size_shares(&ctx, 0.05, 0.06, 0.05, 0.8, &n) == GX_OK, "8158");
    GX_CHECK(n == 8158, "8158");
    /* Half a deviation: 62.8 by the normal. */
    GX_CHECK(gx_experiment_size_means(&ctx, 5, 10, 0.05, 0.8, &n) == GX_OK && n == 63, "63");
    GX_CHECK(gx_experiment_size_means(&ctx, 5, 0, 0.05, 0.8, &n) == GX_OK && n == 2, "two");
    GX_CHECK(gx_experiment_size_shares(&ctx, 0.5, 0.5, 0.05, 0.9, &n) == GX_E_INVALID, "equal");
    GX_CHECK(gx_experiment_size_shares(&ctx, 0, 0.5, 0.05, 0.9, &n) == GX_E_INVALID, "no share");
    GX_CHECK(gx_experiment_size_shares(&ctx, 0.1, 0.5, 0, 0.9, &n) == GX_E_INVALID, "no level");
    GX_CHECK(gx_experiment_size_means(&ctx, 0, 1, 0.05, 0.8, &n) == GX_E_INVALID, "no difference");
    GX_CHECK(gx_experiment_size_means(&ctx, 1e-12, 1, 0.05, 0.8, &n) == GX_E_INVALID, "too many");
    GX_CHECK(gx_experiment_size_means(&ctx, 1, NAN, 0.05, 0.8, &n) == GX_E_INVALID, "no number");
    gx_arena_free(&arena);
}

/* Armitage, McPherson & Rowe, table 2, at 5 %. */
GX_TEST(experiment_peeking)
{
    static const struct {
        unsigned looks;
        double chance;
    } rows[] = { { 1, 0.050 }, { 2, 0.083 },  { 3, 0.107 }, { 4, 0.126 },
                 { 5, 0.142 }, { 10, 0.193 }, { 20, 0.248 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        GX_NEAR(gx_experiment_peeking(rows[i].looks, 0.05), rows[i].chance, 0.0005, "printed");
    GX_NEAR(gx_experiment_peeking(5, 0.01), 0.033, 0.0005, "at 1 %");
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_experiment_range yes = { 0.1, 0.05, 0.15 }, no = { 0.1, -0.05, 0.25 };
    GX_CHECK_STR(gx_experiment_words(&ctx, yes, 0.95, 1),
                 GX_STR("The groups differ by more than chance explains, at 95 %."), "sure");
    struct gx_str text = gx_experiment_words(&ctx, no, 0.95, 5);
    const char *c = gx_arena_cstr(&arena, text);
    GX_CHECK(strstr(c, "not proof") && strstr(c, "5 times") && strstr(c, "in 14 %"), c);
    ctx.lang = GX_LANG_ZH_HANT;
    c = gx_arena_cstr(&arena, gx_experiment_words(&ctx, yes, 0.95, 5));
    GX_CHECK(strstr(c, "14%") && strstr(c, "查看 5 次"), c);
    gx_arena_free(&arena);
}

GX_TEST(experiment_refuses)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_experiment_count good = { 10, 3 }, none = { 0, 0 }, more = { 3, 10 };
    struct gx_experiment_shares s;
    GX_CHECK(gx_experiment_shares(&ctx, none, good, 0.95, &s) == GX_E_INVALID, "nobody");
    GX_CHECK(gx_experiment_shares(&ctx, good, more, 0.95, &s) == GX_E_INVALID, "more than all");
    GX_CHECK(gx_experiment_shares(&ctx, good, good, 1, &s) == GX_E_INVALID, "certain");
    struct gx_experiment_count large = { UINT64_MAX, UINT64_MAX };
    GX_CHECK(gx_experiment_shares(&ctx, large, good, 0.95, &s) == GX_OK, "large");
    GX_CHECK(isfinite(s.difference.low), "large");
    struct gx_experiment_sample ok = { 5, 1, 1 }, one = { 1, 1, 0 }, nan = { 5, NAN, 1 };
    struct gx_experiment_means m;
    GX_CHECK(gx_experiment_means(&ctx, ok, one, 0.95, &m) == GX_E_INVALID, "one alone");
    GX_CHECK(gx_experiment_means(&ctx, nan, ok, 0.95, &m) == GX_E_INVALID, "no number");
    GX_CHECK(gx_experiment_means(&ctx, ok, ok, 0, &m) == GX_E_INVALID, "no level");
    gx_arena_free(&arena);
}
