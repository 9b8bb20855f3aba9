/*
 * subscription.h - which plan a tenant is on, and what becomes of trials.
 *
 * A plan is changed by ending one subscription and beginning another the day after, so that every
 * day belongs to one of them (bill.h).  A trial goes: free days; then days of grace, in which its
 * people can only read; then it is suspended.  Nothing of it is deleted by itself, ever.
 *
 * Layer: operator.  Scopes are the system's, in a tenant with the pack "operator".
 */
#ifndef GX_OPERATOR_SUBSCRIPTION_H
#define GX_OPERATOR_SUBSCRIPTION_H

#include "access/scope.h"

/* A subscription with what its plan says. */
struct gx_subscription {
    int64_t id, plan, account;
    struct gx_str tenant, plan_code, plan_name, state, period, packs;
    int64_t seats, records, file_mb; /* limits; 0: none */
    int64_t starts, ends;            /* INT64_MAX: open */
    int64_t trial_until, grace_days; /* INT64_MIN: no trial */
};

/* What may be done in a tenant, by its subscription. */
enum gx_standing {
    GX_STANDING_GOOD,
    GX_STANDING_READ, /* the trial is over, and its days of grace are not */
    GX_STANDING_OVER, /* the trial with its grace, or the subscription, is over */
};
enum gx_standing gx_subscription_standing(const struct gx_subscription *s, int64_t today);
/* The first day after the grace of a trial; INT64_MAX: none. */
int64_t gx_subscription_over_on(const struct gx_subscription *s);

/* The one that counts on a day: the last that began by then, even if it has ended.  *ret_has false:
 * none.  In ctx->arena. */
GX_NODISCARD enum gx_code gx_subscription_on(struct gx_scope *scope, struct gx_str tenant,
                                             int64_t day, struct gx_subscription *ret,
                                             bool *ret_has);
/* The plan that trials of sign-up are on, as an otherwise empty subscription.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_subscription_trial_plan(struct gx_scope *scope,
                                                     struct gx_subscription *ret);

struct gx_subscription_new {
    struct gx_str tenant, plan; /* the plan's code */
    struct gx_str period;       /* "month", "year"; empty: as before, else month */
    struct gx_str email;        /* may be empty */
    int64_t from;               /* the first day */
    bool trial;                 /* begin with the plan's days of trial */
};
/*
 * On the writer: begin, and end what there was the day before.  GX_E_INVALID: "plan" (there is none
 * of that code, or it is not on offer), "from" (not after the start of what there was).
 */
GX_NODISCARD enum gx_code gx_subscription_begin(struct gx_scope *scope,
                                                const struct gx_subscription_new *in,
                                                int64_t *ret_id);
/* On the writer: another state; `ends` INT64_MAX: as it is. */
GX_NODISCARD enum gx_code gx_subscription_state(struct gx_scope *scope, int64_t id,
                                                const char *state, int64_t ends);

#endif
