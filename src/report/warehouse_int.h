/*
 * warehouse_int.h - what the files of the warehouse's client and feed share.
 *
 * Layer: report, private to warehouse*.c and feed*.c.
 */
#ifndef GX_REPORT_WAREHOUSE_INT_H
#define GX_REPORT_WAREHOUSE_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "report/bulk.h"
#include "report/launch.h"
#include "report/warehouse.h"
#include "report/wire.h"

enum { GX_WAREHOUSE_GIVEN_UP = 6 }; /* failures, after which nobody waits for it */

/* Somebody who waits for a connection. */
struct gx_waiter {
    struct gx_waiter *next;
    int64_t user;
    bool turn;
};

/* What other threads want of the keeper, one after the other. */
enum gx_errand { GX_ERRAND_NONE, GX_ERRAND_REBUILD, GX_ERRAND_VERIFY, GX_ERRAND_TAKE };

/* Rows of a file, staged in a table of schema own. */
struct gx_taking {
    struct gx_str name, table;
    struct gx_bulk_result *result;
};

struct gx_errand_box {
    enum gx_errand kind;
    bool taken, over;
    enum gx_code code;
    struct gx_warehouse_check *check;
    struct gx_taking *taking;
    int64_t rows;
};

struct gx_warehouse {
    struct gx_tenant *tenant;
    struct gx_launcher *launcher;
    struct gx_warehouse_limits limits;
    char *folder;
    pthread_t keeper;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    bool closing, wanted, ready; /* ready: it can be asked */
    int failures;                /* since it was well; see GX_WAREHOUSE_GIVEN_UP */
    char why[256];
    int control; /* -1: there is no process */
    struct gx_launched process;
    int64_t generation;                      /* of the process */
    int64_t asked_us;                        /* when somebody wanted it last, monotonic */
    int64_t busy[GX_WAREHOUSE_SESSIONS_MAX]; /* whose connection it is, plus 1; 0: free */
    struct gx_waiter *waiters;
    int waiting;
    struct gx_errand_box errand;
    int64_t position, log_end, lag_us, restarts, applied, filled_rows, rebuilt_us;
    int64_t erased_us; /* newest erasure that the file has nothing of any more; 0: not known */
    atomic_bool filling;
};

struct gx_asker {
    struct gx_warehouse *w;
    int fd, slot; /* slot -1: the keeper's own */
    int64_t generation;
    bool dead;
    struct gx_buf in, out;
};

/* warehouse_ask.c.  A connection to the process there is; GX_E_BUSY: there is none. */
GX_NODISCARD enum gx_code gx_asker_connect(struct gx_ctx *ctx, struct gx_warehouse *w, int slot,
                                           struct gx_asker **ret_session);
void gx_asker_close(struct gx_asker *session);
/* Statements of the keeper's, of no limit in time, without rows. */
GX_NODISCARD enum gx_code gx_asker_run(struct gx_ctx *ctx, struct gx_asker *session,
                                       struct gx_str sql);

/* warehouse_pool.c.  The keeper takes over what was staged. */
GX_NODISCARD enum gx_code gx_warehouse_take(struct gx_ctx *ctx, struct gx_warehouse *w,
                                            struct gx_str name, struct gx_str table,
                                            struct gx_bulk_result *result);

/* feed.c.  The life of the keeper's connection. */
struct gx_feed_state;
/* From what is in it and in the log: go on, or fill it. */
GX_NODISCARD enum gx_code gx_feed_begin(struct gx_ctx *ctx, struct gx_warehouse *w,
                                        struct gx_asker *session, struct gx_feed_state **ret_state);
/* One batch; *ret_more: there is more in the log.  *ret_renew: the file must be written anew. */
GX_NODISCARD enum gx_code gx_feed_batch(struct gx_ctx *ctx, struct gx_feed_state *state,
                                        bool *ret_more, bool *ret_renew);
GX_NODISCARD enum gx_code gx_feed_fill(struct gx_ctx *ctx, struct gx_feed_state *state,
                                       int64_t *ret_rows);
GX_NODISCARD enum gx_code gx_feed_check(struct gx_ctx *ctx, struct gx_feed_state *state,
                                        struct gx_warehouse_check *check);
GX_NODISCARD enum gx_code gx_feed_take(struct gx_ctx *ctx, struct gx_feed_state *state,
                                       struct gx_taking *taking);
void gx_feed_end(struct gx_feed_state *state);

#endif
