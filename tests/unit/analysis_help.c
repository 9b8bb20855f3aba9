/* analysis_help.c - see analysis_help.h. */
#include "analysis_help.h"

#include <math.h>
#include <stdlib.h>

bool near_check(double have, double want, double off, const char *what, const char *file, int line)
{
    if (!(fabs(have - want) <= off))
        printf("%s:%d: %.12g should be %.12g\n", file, line, have, want);
    return gx_check(fabs(have - want) <= off, "near", what, file, line);
}

double luck_uniform(struct luck *luck)
{
    uint64_t s = luck->state ? luck->state : UINT64_C(88172645463325252);
    s ^= s >> 12;
    s ^= s << 25;
    s ^= s >> 27;
    luck->state = s;
    return ((double)(s * UINT64_C(2685821657736338717) >> 12) + 0.5) / 4503599627370496.0;
}

double luck_normal(struct luck *luck)
{
    double u = luck_uniform(luck);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * luck_uniform(luck));
}

/* Marsaglia & Tsang (2000). */
double luck_gamma(struct luck *luck, double shape)
{
    if (shape < 1) {
        double u = luck_uniform(luck);
        return luck_gamma(luck, shape + 1) * pow(u, 1 / shape);
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = luck_normal(luck), v = pow(1 + c * x, 3);
        if (1 + c * x > 0 && log(luck_uniform(luck)) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

double luck_beta(struct luck *luck, double a, double b)
{
    double x = luck_gamma(luck, a);
    return x / (x + luck_gamma(luck, b));
}

int32_t day_of(int yyyymmdd)
{
    int y = yyyymmdd / 10000, m = yyyymmdd / 100 % 100, d = yyyymmdd % 100;
    y -= m <= 2;
    int month = (m + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * month + 2) / 5 + d - 1 - 719468;
}

size_t cdnow_purchases(struct gx_arena *arena, struct gx_ltv_purchase **ret_purchase)
{
    enum { ROWS = 6919 };
    char path[4200], line[128];
    const char *folder = gx_test_data("cdnow");
    if (!folder)
        return 0;
    snprintf(path, sizeof path, "%s/CDNOW_sample.txt", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    struct gx_ltv_purchase *purchase = GX_ARENA_ARRAY(arena, struct gx_ltv_purchase, ROWS);
    size_t n = 0;
    while (n < ROWS && fgets(line, sizeof line, file)) {
        char *at = line;
        (void)strtol(at, &at, 10); /* the number in the whole data set */
        purchase[n].customer = strtol(at, &at, 10);
        purchase[n].day = day_of((int)strtol(at, &at, 10));
        (void)strtol(at, &at, 10); /* how many */
        purchase[n++].amount = strtod(at, &at);
    }
    fclose(file);
    *ret_purchase = purchase;
    return n;
}
