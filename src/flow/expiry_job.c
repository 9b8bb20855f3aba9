/* expiry_job.c - see expiry.h: looks every few minutes, and does a day's work once. */
#include <pthread.h>

#include "base/log.h"
#include "flow/expiry.h"

enum { LOOK_S = 600, FIRST_S = 60 };

struct gx_expiry_job {
    struct gx_tenant *tenant;
    struct gx_arena arena; /* the job itself */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool end;
};

static void work(struct gx_expiry_job *job, struct gx_arena *arena)
{
    struct gx_ctx ctx = { .arena = arena,
                          .now_us = gx_clock_us(),
                          .tz_offset_min = job->tenant->settings.tz_offset_min,
                          .lang = job->tenant->settings.lang };
    struct gx_expiry_tally tally;
    enum gx_code code =
        gx_expiry_work(&ctx, job->tenant, false, GX_EXPIRY_RUN_MAX, &job->end, &tally);
    if (code == GX_OK && tally.reminded + tally.silent + tally.withdrawn + tally.renewed > 0)
        gx_log_say(GX_LOG_INFO, "expiry",
                   gx_arena_printf(arena, "reminded=%lld silent=%lld renewed=%lld withdrawn=%lld",
                                   (long long)tally.reminded, (long long)tally.silent,
                                   (long long)tally.renewed, (long long)tally.withdrawn));
}

/* Not in the first minute: commands that open the store for themselves are gone by then. */
static void *run(void *p)
{
    struct gx_expiry_job *job = p;
    struct gx_arena arena = { 0 };
    int wait = FIRST_S;
    while (!atomic_load(&job->end)) {
        struct timespec until;
        pthread_mutex_lock(&job->lock);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += wait;
        int rc = 0;
        while (!atomic_load(&job->end) && rc == 0)
            rc = pthread_cond_timedwait(&job->wake, &job->lock, &until);
        pthread_mutex_unlock(&job->lock);
        if (!atomic_load(&job->end))
            work(job, &arena);
        gx_arena_reset(&arena);
        wait = LOOK_S;
    }
    gx_arena_free(&arena);
    return NULL;
}

enum gx_code gx_expiry_job_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                 struct gx_expiry_job **ret_job)
{
    struct gx_arena arena = { 0 };
    struct gx_expiry_job *job = GX_ARENA_NEW(&arena, struct gx_expiry_job);
    pthread_condattr_t clock;
    job->arena = arena;
    job->tenant = tenant;
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

void gx_expiry_job_stop(struct gx_expiry_job *job)
{
    pthread_mutex_lock(&job->lock);
    atomic_store(&job->end, true);
    pthread_cond_signal(&job->wake);
    pthread_mutex_unlock(&job->lock);
    pthread_join(job->thread, NULL);
    pthread_mutex_destroy(&job->lock);
    pthread_cond_destroy(&job->wake);
    struct gx_arena arena = job->arena;
    gx_arena_free(&arena);
}
