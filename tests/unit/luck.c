/* luck.c - see luck.h. */
#include "luck.h"

#include <math.h>

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

struct gx_ltv_customer luck_customer(struct luck *luck, enum gx_ltv_model model,
                                     const double *param, double age)
{
    struct gx_ltv_customer c = { 0, 0, age };
    double rate = luck_gamma(luck, param[0]) / param[1], stops = 0, life = INFINITY, now = 0;
    if (model == GX_LTV_PARETO) {
        double hazard = luck_gamma(luck, param[2]) / param[3];
        life = -log(luck_uniform(luck)) / hazard;
    } else {
        stops = luck_beta(luck, param[2], param[3]);
        if (model == GX_LTV_MBGNBD && luck_uniform(luck) < stops)
            return c;
    }
    for (;;) {
        now -= log(luck_uniform(luck)) / rate;
        if (!(now < fmin(life, age)))
            return c;
        c.x++;
        c.tx = now;
        if (luck_uniform(luck) < stops)
            return c;
    }
}
