/*
 * hub.h - who is listening, and one thread that tells them what the log has.
 *
 * The writer says after each commit that something may have come.  The hub's thread then reads it
 * once from the log, asks for each person which of it they may read now, and hands the text to
 * their streams.  A stream that waits is a sleeping connection: no thread, no reader, no
 * transaction. Every beat, and at once when somebody signs out or rights change, it looks whether
 * the sessions still hold and ends the streams of those that do not.
 *
 * Layer: api.
 */
#ifndef GX_API_HUB_H
#define GX_API_HUB_H

#include "net/router.h"

struct gx_tenant;
struct gx_hub;

enum {
    GX_HUB_STREAMS_MAX = 1000,
    GX_HUB_USER_STREAMS_MAX = 12,
    GX_HUB_STREAM_BYTES_MAX = 65536, /* waiting for a slow reader; more, and it must begin anew */
    GX_HUB_BEAT_S = 20,
};

/* In `arena`, which must last longer than the tenant's store. */
GX_NODISCARD enum gx_code gx_hub_start(struct gx_ctx *ctx, struct gx_arena *arena,
                                       struct gx_tenant *tenant, struct gx_hub **ret_hub);
/* End all streams and take no more; before the server is stopped. */
void gx_hub_stop(struct gx_hub *hub);

struct gx_hub_ask {
    int64_t after;       /* the last entry this reader knows; -1: only what comes from now on */
    struct gx_str token; /* of the session; empty: none (the local socket) */
    bool stay;           /* go on; else only what there is now */
};

/*
 * Make the reply of `req` a stream of what its scope may know.  GX_E_RATE: this user has too many;
 * GX_E_BUSY: all of them together, or the hub is stopped.
 */
GX_NODISCARD enum gx_code gx_hub_join(struct gx_hub *hub, struct gx_req *req,
                                      const struct gx_hub_ask *ask);

/* The log has entries up to `seq` by now, written by another process; from any thread. */
void gx_hub_newer(struct gx_hub *hub, int64_t seq);
/* How many streams are open. */
int gx_hub_count(struct gx_hub *hub);

/* Append an event to the streams of these users, from any thread; it has no number in the log. */
void gx_hub_tell(struct gx_hub *hub, const int64_t *users, size_t count, struct gx_str event);

#endif
