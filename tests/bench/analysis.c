/*
 * analysis.c - how long the statistics take: customers of known parameters, grouped and fitted.
 *
 *   build/bench/analysis [CUSTOMERS] [weeks|days]
 *
 * One thread, processor seconds.  Three years of customers who began on any day of them; weeks:
 * times in whole weeks, days: in whole days.  Prints a row of docs/BENCHMARKS.md for each model.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "analysis/share.h"
#include "analysis/spend.h"
#include "luck.h"

static const double truth[3][GX_LTV_PARAMS] = { { 0.25, 5, 0.8, 2.4 },
                                                { 0.5, 6, 0.9, 1.6 },
                                                { 0.55, 10, 0.6, 12 } };

/* Of the processor: the machine may have other things to do. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void lifetime(size_t n, bool days, enum gx_ltv_model model)
{
    static const char *const name[] = { "BG/NBD", "MBG/NBD", "Pareto/NBD" };
    struct gx_arena arena = { 0 }, people = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    struct gx_ltv_groups *groups = gx_ltv_groups_open(&arena);
    struct gx_ltv_customer *customer = gx_arena_alloc(&people, n * sizeof *customer);
    struct luck luck = { 6 };
    struct gx_ltv_fit fit = { 0 };
    for (size_t i = 0; i < n; i++) {
        double step = days ? 7 : 1, age = floor(156 * 7 * luck_uniform(&luck)) / 7;
        struct gx_ltv_customer c = luck_customer(&luck, model, truth[model], age);
        customer[i] =
            (struct gx_ltv_customer){ c.x, floor(c.tx * step) / step, floor(c.age * step) / step };
    }
    double from = now();
    for (size_t i = 0; i < n; i++)
        if (gx_ltv_groups_add(&ctx, groups, customer[i], 1) != GX_OK)
            exit(1);
    double grouping = now() - from;
    from = now();
    if (gx_ltv_fit(&ctx, groups, model, &fit) != GX_OK)
        exit(1);
    printf("| %s, %zu customers, %s | %zu groups | grouped %.1f s, fitted %.1f s | %.3f %.3f %.3f "
           "%.3f |\n",
           name[model], n, days ? "days" : "weeks", fit.groups, grouping, now() - from,
           fit.param[0], fit.param[1], fit.param[2], fit.param[3]);
    fflush(stdout);
    gx_arena_free(&arena);
    gx_arena_free(&people);
}

static void money(size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    struct gx_spend_customer *c = gx_arena_alloc(&arena, n * sizeof *c);
    double *amount = gx_arena_alloc(&arena, n * sizeof *amount);
    struct luck luck = { 7 };
    for (size_t i = 0; i < n; i++) {
        double scale = luck_gamma(&luck, 4) / 15;
        c[i].x = floor(4 * luck_uniform(&luck) * luck_uniform(&luck) * 3);
        c[i].mean = c[i].x > 0 ? luck_gamma(&luck, 6 * c[i].x) / (scale * c[i].x) : 0;
        amount[i] = c[i].x * c[i].mean;
    }
    struct gx_spend_fit fit = { 0 };
    struct gx_share share;
    double from = now();
    if (gx_share_exact(&ctx, amount, n, &share, NULL) != GX_OK)
        exit(1);
    printf("| 80/20 exactly, by sorting | %zu amounts | %.1f s | 80 %% from %.1f %% |\n", n,
           now() - from, 100 * share.people_for_80);
    from = now();
    if (gx_spend_fit(&ctx, c, n, &fit) != GX_OK)
        exit(1);
    printf("| Gamma-Gamma | %zu repeat buyers | sorted and fitted %.1f s | %.3f %.3f %.3f |\n",
           fit.customers, now() - from, fit.param[0], fit.param[1], fit.param[2]);
    gx_arena_free(&arena);
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 6000000;
    bool days = argc > 2 && argv[2][0] == 'd';
    if (n < 1000 || n > 100000000) {
        fprintf(stderr, "analysis [CUSTOMERS from 1000] [weeks|days]\n");
        return 2;
    }
    for (int model = GX_LTV_BGNBD; model <= GX_LTV_PARETO; model++)
        lifetime((size_t)n, days, (enum gx_ltv_model)model);
    money((size_t)n);
    return 0;
}
