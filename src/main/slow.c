/* slow.c - see slow.h. */
#include "main/slow.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

/* One for each request, in its arena: a stream comes back with each piece. */
struct turn {
    struct turn *next;
    struct gx_req *req;
    int64_t who;
    bool begun;
    enum gx_code (*work)(struct gx_req *req);
    void (*done)(struct gx_req *req, enum gx_code code);
};

struct gx_slow {
    struct gx_slow_options options;
    pthread_t threads[GX_SLOW_THREADS_MAX];
    int thread_count;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct turn *first, **end; /* oldest first */
    int64_t running[GX_SLOW_THREADS_MAX];
    int running_count;
    bool draining, quit;
};

static bool may_run(const struct gx_slow *slow, const struct turn *turn)
{
    int same = 0;
    for (int i = 0; i < slow->running_count; i++)
        same += slow->running[i] == turn->who;
    return !slow->options.running_each || same < slow->options.running_each;
}

static void unlink_turn(struct gx_slow *slow, struct turn **at)
{
    struct turn *turn = *at;
    *at = turn->next;
    if (slow->end == &turn->next)
        slow->end = at;
}

/* The oldest of somebody who has not their share already; NULL: there is none. */
static struct turn *oldest(struct gx_slow *slow)
{
    for (struct turn **at = &slow->first; *at; at = &(*at)->next) {
        struct turn *turn = *at;
        if (may_run(slow, turn)) {
            unlink_turn(slow, at);
            return turn;
        }
    }
    return NULL;
}

static struct turn *take(struct gx_slow *slow)
{
    struct turn *turn;
    pthread_mutex_lock(&slow->lock);
    while (!(turn = oldest(slow)) && !(slow->quit && !slow->first))
        pthread_cond_wait(&slow->wake, &slow->lock);
    if (turn)
        slow->running[slow->running_count++] = turn->who;
    pthread_mutex_unlock(&slow->lock);
    return turn;
}

static void leave(struct gx_slow *slow, int64_t who)
{
    int i = 0;
    pthread_mutex_lock(&slow->lock);
    while (slow->running[i] != who)
        i++;
    slow->running[i] = slow->running[--slow->running_count];
    pthread_cond_broadcast(&slow->wake); /* somebody's share is free again */
    pthread_mutex_unlock(&slow->lock);
}

static void *run(void *p)
{
    struct gx_slow *slow = p;
    struct turn *turn;
    if (slow->options.nice) /* on Linux: of this thread alone; as it was where that is forbidden */
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), slow->options.nice);
    while ((turn = take(slow))) {
        const struct turn t = *turn; /* done() may free the request, and the turn with it */
        enum gx_code code = t.work(t.req);
        leave(slow, t.who);
        t.done(t.req, code);
    }
    return NULL;
}

enum gx_code gx_slow_start(struct gx_arena *arena, const struct gx_slow_options *options,
                           struct gx_slow **ret_slow)
{
    struct gx_slow *slow = GX_ARENA_NEW(arena, struct gx_slow);
    sigset_t all, before;
    int failed = 0;
    slow->options = *options;
    slow->end = &slow->first;
    pthread_mutex_init(&slow->lock, NULL);
    pthread_cond_init(&slow->wake, NULL);
    sigfillset(&all); /* signals are main's */
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (!failed && slow->thread_count < options->threads) {
        failed = pthread_create(&slow->threads[slow->thread_count], NULL, run, slow);
        slow->thread_count += !failed;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *ret_slow = slow;
    return failed ? GX_E_BUSY : GX_OK;
}

static void refuse(const struct gx_slow *slow, const struct turn *turn, enum gx_code code)
{
    turn->done(turn->req, gx_fail(turn->req->ctx, code, GX_STR(""),
                                  slow->draining ? GX_M_NET_STOPPING : slow->options.full));
}

void gx_slow_drain(struct gx_slow *slow)
{
    struct turn *out = NULL;
    if (!slow)
        return;
    pthread_mutex_lock(&slow->lock);
    slow->draining = true;
    for (struct turn **at = &slow->first; *at;) {
        struct turn *turn = *at;
        if (turn->begun) {
            at = &turn->next;
            continue;
        }
        unlink_turn(slow, at);
        turn->next = out;
        out = turn;
    }
    pthread_mutex_unlock(&slow->lock);
    while (out) {
        const struct turn t = *out;
        out = t.next;
        refuse(slow, &t, GX_E_BUSY);
    }
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

static enum gx_code queue(struct gx_slow *slow, struct turn *turn)
{
    int same = 0, all = 0;
    for (const struct turn *t = slow->first; t; t = t->next, all++)
        same += t->who == turn->who;
    if (!turn->begun && same >= slow->options.waiting_each)
        return GX_E_RATE;
    if (!turn->begun && (slow->draining || all >= slow->options.waiting))
        return GX_E_BUSY;
    turn->next = NULL;
    *slow->end = turn;
    slow->end = &turn->next;
    pthread_cond_signal(&slow->wake);
    return GX_OK;
}

void gx_slow_submit(struct gx_slow *slow, struct gx_req *req, int64_t who, bool begun,
                    enum gx_code (*work)(struct gx_req *req),
                    void (*done)(struct gx_req *req, enum gx_code code))
{
    struct turn *turn = req->turn ? req->turn : GX_ARENA_NEW(req->ctx->arena, struct turn);
    req->turn = turn;
    *turn = (struct turn){ NULL, req, who, begun, work, done };
    pthread_mutex_lock(&slow->lock);
    enum gx_code code = queue(slow, turn);
    pthread_mutex_unlock(&slow->lock);
    if (code != GX_OK)
        refuse(slow, turn, code);
}
