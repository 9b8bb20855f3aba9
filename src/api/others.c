/* others.c - see others.h. */
#include "api/others.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "access/signin.h"
#include "api/hub.h"
#include "base/log.h"

struct gx_others {
    struct gx_tenant *tenant;
    struct gx_hub *hub;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    int64_t turn;  /* the last one that we know of */
    bool troubled; /* the database could not be asked; said once */
};

/* Until the turn stands still: what was taken in may be older than what our own writer did. */
static enum gx_code take_in(struct gx_others *o, struct gx_ctx *ctx, struct gx_conn *conn,
                            int64_t turn)
{
    bool ours = false;
    for (int64_t seen = -1; seen != turn;) {
        int64_t seq;
        seen = turn;
        GX_TRY(gx_tenant_refresh(ctx, o->tenant, conn));
        GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT max(seq) FROM gx_change"), NULL, 0, 0, &seq));
        gx_access_forget(o->tenant);
        gx_hub_newer(o->hub, seq);
        GX_TRY(gx_db_turn(ctx, conn, &turn, &ours));
    }
    o->turn = turn;
    return GX_OK;
}

static enum gx_code look(struct gx_others *o, struct gx_ctx *ctx)
{
    struct gx_conn *conn;
    int64_t turn;
    bool ours;
    GX_TRY(gx_db_reader(ctx, o->tenant->db, &conn));
    enum gx_code code = gx_db_turn(ctx, conn, &turn, &ours);
    if (code == GX_OK && turn != o->turn && !ours)
        code = take_in(o, ctx, conn, turn);
    else if (code == GX_OK)
        o->turn = turn;
    gx_db_reader_release(conn);
    return code;
}

static void look_and_say(struct gx_others *o)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .now_us = gx_clock_us() };
    bool failed = look(o, &ctx) != GX_OK;
    if (failed && !o->troubled)
        gx_log_say(GX_LOG_WARN, "others", gx_ctx_text(&ctx));
    o->troubled = failed;
    gx_arena_free(&arena);
}

static void *run(void *p)
{
    struct gx_others *o = p;
    pthread_mutex_lock(&o->lock);
    while (!o->stop) {
        int64_t at_us = gx_monotonic_us() + INT64_C(1000) * GX_OTHERS_PACE_MS;
        struct timespec at = { .tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000 };
        while (!o->stop && pthread_cond_timedwait(&o->wake, &o->lock, &at) != ETIMEDOUT)
            continue;
        if (o->stop)
            break;
        pthread_mutex_unlock(&o->lock);
        look_and_say(o);
        pthread_mutex_lock(&o->lock);
    }
    pthread_mutex_unlock(&o->lock);
    return NULL;
}

enum gx_code gx_others_start(struct gx_ctx *ctx, struct gx_arena *arena, struct gx_tenant *tenant,
                             struct gx_hub *hub, struct gx_others **ret_others)
{
    pthread_condattr_t attr;
    sigset_t all, before;
    *ret_others = NULL;
    if (gx_db_dialect(tenant->db) == GX_SQLITE)
        return GX_OK;
    struct gx_others *o = GX_ARENA_NEW(arena, struct gx_others);
    o->tenant = tenant;
    o->hub = hub;
    pthread_mutex_init(&o->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&o->wake, &attr);
    pthread_condattr_destroy(&attr);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&o->thread, NULL, run, o);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_NONE);
    *ret_others = o;
    return GX_OK;
}

void gx_others_stop(struct gx_others *others)
{
    if (!others)
        return;
    pthread_mutex_lock(&others->lock);
    others->stop = true;
    pthread_cond_signal(&others->wake);
    pthread_mutex_unlock(&others->lock);
    pthread_join(others->thread, NULL);
    pthread_mutex_destroy(&others->lock);
    pthread_cond_destroy(&others->wake);
}
