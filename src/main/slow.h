/*
 * slow.h - requests that take long, away from the threads that serve everybody.
 *
 * Checking a password takes a tenth of a second of one core, a question over millions of records
 * seconds.  On a thread of the HTTP server it would hold up every connection of that thread, so a
 * few of them would stop the server.  Here threads of their own take them in order, but of one
 * person (or one address) only so many at a time; what does not fit into the queue is refused at
 * once.  What waits for other servers has threads of its own, so that a provider that does not
 * answer keeps nobody from signing in by password.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_SLOW_H
#define GX_MAIN_SLOW_H

#include "net/router.h"

struct gx_slow;

struct gx_slow_options {
    int threads;      /* at most GX_SLOW_THREADS_MAX */
    int running_each; /* of one person at one time; 0: as many as there are threads */
    int waiting_each; /* more of one person are refused, GX_E_RATE */
    int waiting;      /* more of all are refused, GX_E_BUSY */
    int nice;         /* how much less of the cores than the threads that serve */
    enum gx_message full;
};

enum { GX_SLOW_THREADS_MAX = 4 };

/* Lives in the arena.  GX_E_BUSY: no thread can be had. */
GX_NODISCARD enum gx_code gx_slow_start(struct gx_arena *arena,
                                        const struct gx_slow_options *options,
                                        struct gx_slow **ret_slow);
/* From now on nothing new begins: what waits is refused, GX_E_BUSY.  NULL is allowed. */
void gx_slow_drain(struct gx_slow *slow);
/* When no more requests can come; NULL is allowed. */
void gx_slow_stop(struct gx_slow *slow);
/*
 * Call work() later and then done(), once, for a request of `who` (a user or a hash of an address).
 * What cannot be taken is done() at once with an error.  What has `begun` is always taken.
 */
void gx_slow_submit(struct gx_slow *slow, struct gx_req *req, int64_t who, bool begun,
                    enum gx_code (*work)(struct gx_req *req),
                    void (*done)(struct gx_req *req, enum gx_code code));

#endif
