/*
 * operator_house.h - the operator's records and the house (house/house.h), held together.
 *
 * What a plan allows is handed to the engine, which refuses what goes beyond; what the engine
 * counted becomes records of usage.  Neither looks into a tenant: only its name, its state, counts
 * and sizes are known here.
 *
 * Layer: api.
 */
#ifndef GX_API_OPERATOR_HOUSE_H
#define GX_API_OPERATOR_HOUSE_H

#include "api/operator.h"
#include "house/house.h"
#include "operator/subscription.h"

/* The operator's tenant and its house, for who may run it.  As gx_req_operator() and
 * gx_req_house(). */
GX_NODISCARD enum gx_code gx_req_operator_house(struct gx_req *req, struct gx_house **ret_house);

/* Today, in UTC as all metering. */
int64_t gx_operator_today(const struct gx_ctx *ctx);

/* A mark in the directory: "team trial=2026-12-21 over=2027-01-05". */
struct gx_operator_mark {
    struct gx_str plan, trial_until, over_on; /* dates may be empty */
};
struct gx_operator_mark gx_operator_mark_read(struct gx_str mark);

/*
 * Limits, mark and standing of a tenant as its subscription says: what differs is changed.  A trial
 * past its last day can only read; past its grace, and after the end of a subscription, the tenant
 * is suspended, and *ret_suspended.  Not on the writer.
 */
GX_NODISCARD enum gx_code gx_operator_align(struct gx_ctx *ctx, struct gx_house *house,
                                            const struct gx_directory_entry *entry,
                                            const struct gx_subscription *s, int64_t today,
                                            bool *ret_suspended);

/* What one call, or one round of the runner, has done. */
struct gx_operator_metered {
    int64_t tenants, records, suspended; /* records: of usage, written or changed */
    struct gx_str next;                  /* where to go on; empty: these were all */
};
enum { GX_OPERATOR_METER_MAX = 100 };

/*
 * Meter the tenants after `after`, and bring them in line.  Those of which nothing is new are not
 * opened: their figures are in the directory.  A round that is cut off is begun again: there is
 * one record for each tenant and day.  `tenant` is the operator's.  Not on the writer.
 */
GX_NODISCARD enum gx_code gx_operator_meter(struct gx_ctx *ctx, struct gx_house *house,
                                            struct gx_tenant *tenant, struct gx_str after,
                                            struct gx_operator_metered *ret_metered);

struct gx_operator_runner;

/* A thread that meters every hour, where the pack "operator" is in use. */
GX_NODISCARD enum gx_code gx_operator_runner_start(struct gx_arena *arena, struct gx_house *house,
                                                   struct gx_tenant *tenant,
                                                   struct gx_operator_runner **ret_runner);
/* NULL does nothing. */
void gx_operator_runner_stop(struct gx_operator_runner *runner);

#endif
