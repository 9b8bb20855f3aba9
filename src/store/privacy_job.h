/*
 * privacy_job.h - the thread that erases who is to be erased, and that keeps the rules of
 * retention.
 *
 * Layer: store.
 */
#ifndef GX_STORE_PRIVACY_JOB_H
#define GX_STORE_PRIVACY_JOB_H

#include "store/seal.h"

struct gx_privacy_job;

GX_NODISCARD enum gx_code gx_privacy_job_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                               struct gx_sealer *sealer,
                                               struct gx_privacy_job **ret_job);
/* Something was asked for. */
void gx_privacy_job_wake(struct gx_privacy_job *job);
/* The rules of retention are to be kept now, not when the day is over. */
void gx_privacy_job_retain(struct gx_privacy_job *job);
void gx_privacy_job_stop(struct gx_privacy_job *job);

#endif
