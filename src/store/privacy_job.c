/*
 * privacy_job.c - see privacy_job.h.
 *
 * What an erasure left in the file of the database (free pages, words of deleted texts in the
 * search tables) is cleared once no other erasure waits: search tables are merged in small steps,
 * then the file is written anew.  A large one is left for whoever runs `guanxi privacy scrub` at a
 * time of their choice.
 */
#include "store/privacy_job.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/assert.h"
#include "base/log.h"
#include "base/time.h"
#include "store/erase.h"
#include "store/retain.h"
#include "store/scrub.h"

enum { LOOK_S = 600 };

struct gx_privacy_job {
    struct gx_tenant *tenant;
    struct gx_sealer *sealer;
    struct gx_arena arena; /* the job itself */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool asked, retain;
    atomic_bool end;
};

static struct gx_ctx fresh(struct gx_privacy_job *job, struct gx_arena *arena)
{
    gx_arena_reset(arena);
    return (struct gx_ctx){ .arena = arena,
                            .now_us = gx_clock_us(),
                            .tz_offset_min = job->tenant->settings.tz_offset_min,
                            .lang = job->tenant->settings.lang };
}

static void complain(struct gx_ctx *ctx, enum gx_code code)
{
    if (code != GX_OK && code != GX_E_CANCELLED)
        gx_log_say(GX_LOG_ERROR, "privacy", gx_ctx_text(ctx));
}

static void *run(void *p)
{
    struct gx_privacy_job *job = p;
    struct gx_arena arena = { 0 };
    while (!atomic_load(&job->end)) {
        struct timespec until;
        int done;
        pthread_mutex_lock(&job->lock);
        bool retain = job->retain;
        job->asked = job->retain = false;
        pthread_mutex_unlock(&job->lock);
        struct gx_ctx ctx = fresh(job, &arena);
        complain(&ctx, gx_erase_work(&ctx, job->tenant, job->sealer, &done));
        ctx = fresh(job, &arena);
        complain(&ctx, gx_scrub(&ctx, job->tenant, false, &job->end));
        ctx = fresh(job, &arena);
        complain(&ctx, gx_retain_work(&ctx, job->tenant, retain, &job->end));
        pthread_mutex_lock(&job->lock);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += LOOK_S;
        int rc = 0;
        while (!job->asked && !job->retain && !atomic_load(&job->end) && rc == 0)
            rc = pthread_cond_timedwait(&job->wake, &job->lock, &until);
        pthread_mutex_unlock(&job->lock);
    }
    gx_arena_free(&arena);
    return NULL;
}

enum gx_code gx_privacy_job_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                  struct gx_sealer *sealer, struct gx_privacy_job **ret_job)
{
    struct gx_arena arena = { 0 };
    struct gx_privacy_job *job = GX_ARENA_NEW(&arena, struct gx_privacy_job);
    pthread_condattr_t clock;
    job->arena = arena;
    job->tenant = tenant;
    job->sealer = sealer;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&job->lock, NULL);
    pthread_cond_init(&job->wake, &clock);
    pthread_condattr_destroy(&clock);
    if (pthread_create(&job->thread, NULL, run, job) != 0)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_job = job;
    return GX_OK;
}

static void wake(struct gx_privacy_job *job, bool retain)
{
    pthread_mutex_lock(&job->lock);
    job->asked = true;
    job->retain |= retain;
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->lock);
}

void gx_privacy_job_wake(struct gx_privacy_job *job)
{
    wake(job, false);
}

void gx_privacy_job_retain(struct gx_privacy_job *job)
{
    wake(job, true);
}

void gx_privacy_job_stop(struct gx_privacy_job *job)
{
    atomic_store(&job->end, true);
    wake(job, false);
    pthread_join(job->thread, NULL);
    pthread_mutex_destroy(&job->lock);
    pthread_cond_destroy(&job->wake);
    struct gx_arena arena = job->arena;
    gx_arena_free(&arena);
}
