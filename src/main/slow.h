/*
 * slow.h - requests that are slow on purpose, away from the threads that serve everybody.
 *
 * Checking a password takes a tenth of a second of one core.  On a thread of the HTTP server it
 * would hold up every connection of that thread, so a flood of sign-ins would stop the server.
 * Here one thread takes them in order; what does not fit into a short queue is refused at once,
 * and nobody's address gets more than a share of it.  What waits for other servers has threads of
 * its own, so that a provider that does not answer keeps nobody from signing in by password.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_SLOW_H
#define GX_MAIN_SLOW_H

#include "net/router.h"

struct gx_slow;

enum { GX_SLOW_WAITING_MAX = 32, GX_SLOW_WAITING_PER_PEER_MAX = 8, GX_SLOW_THREADS_MAX = 4 };

/* Lives in the arena.  GX_E_BUSY: no thread can be had. */
GX_NODISCARD enum gx_code gx_slow_start(struct gx_arena *arena, int threads,
                                        struct gx_slow **ret_slow);
/* When no more requests can come; NULL is allowed. */
void gx_slow_stop(struct gx_slow *slow);
/*
 * Call the request's handler later and then done(), once.  A full queue calls done() at once:
 * GX_E_BUSY, or GX_E_RATE when this address alone fills its share.
 */
void gx_slow_submit(struct gx_slow *slow, struct gx_req *req,
                    void (*done)(struct gx_req *req, enum gx_code code));

#endif
