/*
 * expiry.h - reminds of what runs out, once for each distance and never after it was renewed.
 *
 * What runs out is declared by packs (meta/expiry.h).  A run looks for records whose day is as far
 * away as one of the distances, and makes for each, in one transaction with the question whether it
 * is still to be renewed, an entry in gx_expiry_reminder and a call for one of us or a message to
 * be sent (object "message").  The unique key of the entry is what keeps anybody from being
 * reminded twice, whatever was cut off, run again, or run on two servers at once.
 *
 * After a standstill a record gets the distance that is nearest, not all those that were missed.
 *
 * Layer: flow.
 */
#ifndef GX_FLOW_EXPIRY_H
#define GX_FLOW_EXPIRY_H

#include <stdatomic.h>

#include "json/write.h"
#include "meta/expiry.h"
#include "store/record.h"

struct gx_expiry_tally {
    int64_t reminded;  /* by a call or a message */
    int64_t silent;    /* no channel was open: noted, and nobody disturbed */
    int64_t renewed;   /* found to be renewed, and said so in their outcome */
    int64_t withdrawn; /* calls and messages that were no longer needed */
    int64_t failed;    /* could not be written; tried again the next day */
    bool more;         /* the largest number of a day, or of this call, was reached */
};

enum { GX_EXPIRY_RUN_MAX = 5000, GX_EXPIRY_SHOWN_MAX = 500 };

/*
 * Everything that is due today, of all declarations, each once a day or, with `now`, at once; in
 * pieces, not on the writer; at most `max` reminders.  What is no longer needed is withdrawn each
 * time.  GX_E_CANCELLED: *end is set.
 */
GX_NODISCARD enum gx_code gx_expiry_work(struct gx_ctx *ctx, struct gx_tenant *tenant, bool now,
                                         int64_t max, const atomic_bool *end,
                                         struct gx_expiry_tally *ret_tally);

/*
 * Members "on", "rows": who would be reminded on a day, most urgent first, at most
 * GX_EXPIRY_SHOWN_MAX of each declaration, and "counts" of all.  The scope sees everything.
 */
GX_NODISCARD enum gx_code gx_expiry_preview(struct gx_scope *scope, int64_t day, struct gx_jw *w);
/* Member "rows": each declaration, when it ran last, what it did and what became of it. */
GX_NODISCARD enum gx_code gx_expiry_status(struct gx_scope *scope, struct gx_jw *w);

/* Is it there for this person?  Not when what it speaks of is kept from them. */
bool gx_expiry_is_open(const struct gx_scope *scope, const struct gx_expiry *expiry);
/* A filter over its object, in the arena: to be dealt with, and due between two days.  `whose`:
 * "me", the id of a user, or empty: everybody's. */
struct gx_str gx_expiry_filter(struct gx_arena *arena, const struct gx_expiry *expiry, int64_t from,
                               int64_t to, struct gx_str whose);
/* The reminders of one record for the day it runs out on, as elements of an array; newest first. */
GX_NODISCARD enum gx_code gx_expiry_reminders(struct gx_scope *scope,
                                              const struct gx_expiry *expiry, int64_t record,
                                              struct gx_jw *w);

/* expiry_job.c: the thread that does the work of the day when the day has come. */
struct gx_expiry_job;
GX_NODISCARD enum gx_code gx_expiry_job_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                              struct gx_expiry_job **ret_job);
void gx_expiry_job_stop(struct gx_expiry_job *job);

#endif
