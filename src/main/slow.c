/* slow.c - see slow.h. */
#include "main/slow.h"

#include <pthread.h>
#include <signal.h>

#include "net/server.h"

struct waiting {
    struct gx_req *req;
    void (*done)(struct gx_req *req, enum gx_code code);
};

struct gx_slow {
    pthread_t threads[GX_SLOW_THREADS_MAX];
    int thread_count;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct waiting queue[GX_SLOW_WAITING_MAX]; /* the first `count`, oldest first */
    size_t count;
    bool quit;
};

static bool take(struct gx_slow *slow, struct waiting *ret)
{
    pthread_mutex_lock(&slow->lock);
    while (slow->count == 0 && !slow->quit)
        pthread_cond_wait(&slow->wake, &slow->lock);
    bool has = slow->count > 0;
    if (has) {
        *ret = slow->queue[0];
        slow->count--;
        memmove(slow->queue, slow->queue + 1, slow->count * sizeof *slow->queue);
    }
    pthread_mutex_unlock(&slow->lock);
    return has;
}

static void *run(void *p)
{
    struct waiting w;
    while (take(p, &w))
        w.done(w.req, gx_server_call(w.req));
    return NULL;
}

enum gx_code gx_slow_start(struct gx_arena *arena, int threads, struct gx_slow **ret_slow)
{
    struct gx_slow *slow = GX_ARENA_NEW(arena, struct gx_slow);
    sigset_t all, before;
    int failed = 0;
    pthread_mutex_init(&slow->lock, NULL);
    pthread_cond_init(&slow->wake, NULL);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (!failed && slow->thread_count < threads) {
        failed = pthread_create(&slow->threads[slow->thread_count], NULL, run, slow);
        slow->thread_count += !failed;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *ret_slow = slow;
    return failed ? GX_E_BUSY : GX_OK;
}

void gx_slow_stop(struct gx_slow *slow)
{
    if (!slow)
        return;
    pthread_mutex_lock(&slow->lock);
    slow->quit = true;
    pthread_cond_broadcast(&slow->wake);
    pthread_mutex_unlock(&slow->lock);
    for (int i = 0; i < slow->thread_count; i++)
        pthread_join(slow->threads[i], NULL);
    pthread_cond_destroy(&slow->wake);
    pthread_mutex_destroy(&slow->lock);
}

void gx_slow_submit(struct gx_slow *slow, struct gx_req *req,
                    void (*done)(struct gx_req *req, enum gx_code code))
{
    enum gx_code code = GX_OK;
    size_t same = 0;
    pthread_mutex_lock(&slow->lock);
    for (size_t i = 0; i < slow->count; i++)
        same += gx_str_eq(slow->queue[i].req->peer, req->peer);
    if (same >= GX_SLOW_WAITING_PER_PEER_MAX)
        code = GX_E_RATE;
    else if (slow->count == GX_SLOW_WAITING_MAX)
        code = GX_E_BUSY;
    else
        slow->queue[slow->count++] = (struct waiting){ req, done };
    pthread_cond_signal(&slow->wake);
    pthread_mutex_unlock(&slow->lock);
    if (code != GX_OK)
        done(req, gx_fail(req->ctx, code, GX_STR(""), GX_M_SIGNIN_QUEUE));
}
