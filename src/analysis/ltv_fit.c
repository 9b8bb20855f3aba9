/* ltv_fit.c - customers who look alike together, and the parameters that explain them best. */
#include "analysis/ltv_int.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/matrix.h"
#include "analysis/minimize.h"

enum { FIRST_SLOTS = 1024, SAMPLE_GROUPS = 20000 };

struct gx_ltv_groups {
    struct gx_arena *arena;
    struct ltv_group *group;
    uint32_t *slot; /* open addressing; 0: free, else index + 1 */
    size_t count, room, slots;
    bool sorted;
};

struct gx_ltv_groups *gx_ltv_groups_open(struct gx_arena *arena)
{
    struct gx_ltv_groups *groups = GX_ARENA_NEW(arena, struct gx_ltv_groups);
    groups->arena = arena;
    return groups;
}

size_t gx_ltv_groups_count(const struct gx_ltv_groups *groups)
{
    return groups->count;
}

static uint64_t mix(uint64_t h, double d)
{
    uint64_t bits = 0;
    d += 0.0; /* -0 is 0 */
    memcpy(&bits, &d, sizeof bits);
    h = (h ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static bool same_customer(struct gx_ltv_customer a, struct gx_ltv_customer b)
{
    return a.x == b.x && a.tx == b.tx && a.age == b.age;
}

static uint32_t *slot_of(const struct gx_ltv_groups *groups, struct gx_ltv_customer c)
{
    uint64_t h = mix(mix(mix(UINT64_C(0x243f6a8885a308d3), c.x), c.tx), c.age);
    size_t i = (size_t)(h ^ h >> 32) & (groups->slots - 1);
    while (groups->slot[i] && !same_customer(groups->group[groups->slot[i] - 1].customer, c))
        i = (i + 1) & (groups->slots - 1);
    return &groups->slot[i];
}

/* Twice the room, and the slots anew: after growing, and after sorting. */
static void index_groups(struct gx_ltv_groups *groups, size_t slots)
{
    if (slots > groups->slots) {
        size_t room = slots / 2;
        struct ltv_group *group = gx_arena_alloc(groups->arena, room * sizeof *group);
        if (groups->count)
            memcpy(group, groups->group, groups->count * sizeof *group);
        groups->group = group;
        groups->room = room;
        groups->slot = gx_arena_alloc(groups->arena, slots * sizeof *groups->slot);
        groups->slots = slots;
    }
    memset(groups->slot, 0, groups->slots * sizeof *groups->slot);
    for (size_t i = 0; i < groups->count; i++)
        *slot_of(groups, groups->group[i].customer) = (uint32_t)i + 1;
}

enum gx_code gx_ltv_groups_add(struct gx_ctx *ctx, struct gx_ltv_groups *groups,
                               struct gx_ltv_customer c, double count)
{
    bool good = c.x >= 0 && c.x <= GX_LTV_X_MAX && c.x == floor(c.x) && c.tx >= 0 &&
                c.tx <= c.age && isfinite(c.age) && (c.x > 0 || c.tx == 0) && count >= 1 &&
                isfinite(count);
    if (!good)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("customer"), GX_M_ANALYSIS_CUSTOMER);
    if (groups->sorted) {
        index_groups(groups, groups->slots);
        groups->sorted = false;
    }
    if (groups->count == groups->room)
        index_groups(groups, groups->slots ? groups->slots * 2 : FIRST_SLOTS);
    uint32_t *slot = slot_of(groups, c);
    if (*slot) {
        groups->group[*slot - 1].count += count;
        return GX_OK;
    }
    if (groups->count == GX_LTV_GROUPS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("customer"), GX_M_ANALYSIS_KINDS);
    groups->group[groups->count] = (struct ltv_group){ c, count };
    *slot = (uint32_t)++groups->count;
    return GX_OK;
}

static int by_customer(const void *left, const void *right)
{
    const struct gx_ltv_customer *a = &((const struct ltv_group *)left)->customer;
    const struct gx_ltv_customer *b = &((const struct ltv_group *)right)->customer;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    if (a->tx != b->tx)
        return a->tx < b->tx ? -1 : 1;
    return a->age < b->age ? -1 : a->age > b->age;
}

struct likelihood {
    enum gx_ltv_model model;
    const struct ltv_group *group;
    size_t n;
    double customers;
};

/* Minus the mean log-likelihood at the logarithms of the parameters. */
static double eval(void *p, const double *at, double *ret_gradient)
{
    const struct likelihood *l = p;
    double param[GX_LTV_PARAMS], value = 0;
    for (size_t i = 0; i < GX_LTV_PARAMS; i++)
        param[i] = exp(at[i]);
    if (l->model == GX_LTV_PARETO)
        value = ltv_pareto_sum(l->group, l->n, param, ret_gradient);
    else
        value = ltv_geometric_sum(l->group, l->n, l->model == GX_LTV_MBGNBD, param, ret_gradient);
    for (size_t i = 0; ret_gradient && i < GX_LTV_PARAMS; i++)
        ret_gradient[i] *= -param[i] / l->customers;
    return -value / l->customers;
}

static void start_at(enum gx_ltv_model model, const struct likelihood *l, double *ret_at)
{
    double age = 0;
    for (size_t i = 0; i < l->n; i++)
        age += l->group[i].customer.age * l->group[i].count;
    double scale = log(fmax(age / l->customers, 1e-6) / 3);
    ret_at[0] = log(0.6);
    ret_at[1] = scale;
    ret_at[2] = log(0.8);
    ret_at[3] = model == GX_LTV_PARETO ? scale : log(2.0);
}

/* A part of many groups says nearly where the maximum is, and how curved it is there. */
static void minimize(struct gx_arena *arena, const struct likelihood *all,
                     struct gx_minimize_result *ret_result)
{
    double start[GX_LTV_PARAMS];
    struct gx_minimize_problem problem = { GX_LTV_PARAMS, eval, NULL };
    struct gx_minimize_result part = { 0 };
    start_at(all->model, all, start);
    if (all->n > 2 * SAMPLE_GROUPS) {
        size_t every = all->n / SAMPLE_GROUPS, n = all->n / every;
        struct ltv_group *group = gx_arena_alloc(arena, n * sizeof *group);
        struct likelihood sample = { all->model, group, n, 0 };
        for (size_t i = 0; i < n; i++) {
            group[i] = all->group[i * every];
            sample.customers += group[i].count;
        }
        problem.p = &sample;
        gx_minimize(&problem, start, NULL, &part);
    }
    struct likelihood whole = *all;
    problem.p = &whole;
    gx_minimize(&problem, part.converged ? part.at : start, part.converged ? part.hessian : NULL,
                ret_result);
}

enum gx_code gx_ltv_fit(struct gx_ctx *ctx, struct gx_ltv_groups *groups, enum gx_ltv_model model,
                        struct gx_ltv_fit *ret_fit)
{
    struct likelihood l = { model, groups->group, groups->count, 0 };
    bool again = false;
    for (size_t i = 0; i < l.n; i++) {
        l.customers += l.group[i].count;
        again = again || l.group[i].customer.x > 0;
    }
    if (l.customers < GX_LTV_CUSTOMERS_MIN)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("customers"), GX_M_ANALYSIS_FEW,
                       gx_arena_printf(ctx->arena, "%d", GX_LTV_CUSTOMERS_MIN));
    if (!again)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("customers"), GX_M_ANALYSIS_NO_REPEAT);
    qsort(groups->group, l.n, sizeof *groups->group, by_customer);
    groups->sorted = true;

    struct gx_minimize_result best;
    minimize(ctx->arena, &l, &best);
    double information[GX_LTV_PARAMS * GX_LTV_PARAMS], variance[GX_LTV_PARAMS * GX_LTV_PARAMS];
    memcpy(information, best.hessian, sizeof information);
    if (!best.converged || !gx_matrix_cholesky(GX_LTV_PARAMS, information))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("customers"), GX_M_ANALYSIS_NOT_CONVERGED);
    gx_matrix_invert(GX_LTV_PARAMS, information, variance);

    struct gx_ltv_fit fit = { .model = model, .customers = l.customers, .groups = l.n };
    fit.log_likelihood = -best.value * l.customers;
    fit.aic = 2 * GX_LTV_PARAMS - 2 * fit.log_likelihood;
    fit.bic = GX_LTV_PARAMS * log(l.customers) - 2 * fit.log_likelihood;
    fit.evaluations = best.evaluations;
    fit.by_simplex = best.by_simplex;
    for (size_t i = 0; i < GX_LTV_PARAMS; i++) {
        fit.param[i] = exp(best.at[i]);
        fit.error[i] = fit.param[i] * sqrt(variance[i * GX_LTV_PARAMS + i] / l.customers);
        fit.edge = fit.edge || fit.error[i] > 10 * fit.param[i];
    }
    *ret_fit = fit;
    return GX_OK;
}
