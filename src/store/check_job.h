/*
 * check_job.h - the check of the whole store, as a job: asked for, watched, cancelled, kept.
 *
 * It reads everything, which takes as long as it takes; so nobody waits for the reply.  Who asked,
 * when, and what was found stand in gx_check.  One runs at a time, on a thread that lives as long
 * as there is something to do.
 *
 * Layer: store.
 */
#ifndef GX_STORE_CHECK_JOB_H
#define GX_STORE_CHECK_JOB_H

#include "json/write.h"
#include "store/seal.h"

struct gx_check_job;

enum { GX_CHECK_ROWS_MAX = 50 };

/* What was under way when the program ended is marked as broken off. */
GX_NODISCARD enum gx_code gx_check_job_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                             struct gx_sealer *sealer,
                                             struct gx_check_job **ret_job);
void gx_check_job_stop(struct gx_check_job *job);
/* On the writer: ask for one.  GX_E_BUSY: one is under way. */
GX_NODISCARD enum gx_code gx_check_ask(struct gx_scope *scope, struct gx_str anchor,
                                       int64_t *ret_id);
/* One was asked for, and is committed. */
void gx_check_job_wake(struct gx_check_job *job);
/* GX_E_NOT_FOUND; GX_E_CONFLICT: it is over. */
GX_NODISCARD enum gx_code gx_check_cancel(struct gx_ctx *ctx, struct gx_check_job *job,
                                          struct gx_conn *conn, int64_t id);
bool gx_check_job_busy(struct gx_check_job *job);
/* The newest ones, as elements of a JSON array; of one that runs also how far it is. */
GX_NODISCARD enum gx_code gx_check_list(struct gx_scope *scope, struct gx_check_job *job,
                                        struct gx_jw *w);

/* A check of another kind that is over, such as a drill: kept beside them. */
struct gx_check_note {
    const char *kind, *state; /* "drill"; "done", "failed" */
    int64_t begun_us, ended_us, problems;
    struct gx_str result, problem;
};
GX_NODISCARD enum gx_code gx_check_keep(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                        const struct gx_check_note *note);

#endif
