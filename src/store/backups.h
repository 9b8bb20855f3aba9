/*
 * backups.h - backups that the server makes by itself, drills of restoring them, and how they went.
 *
 * Each backup is a whole one in a folder named by its time; what was kept long enough goes.  Now
 * and then the newest is restored beside them, opened and checked (store/drill.h).  How each went
 * stands in gx_backup and gx_check, so that administrators see when the last one was made, or why
 * not.  Where they lie is the operator's to say: whoever administers a tenant writes nowhere.
 *
 * A tenant that nobody changed is not copied again, and need not be open for it: when it closes,
 * gx_backups_wake_at() says when it has to be opened next, if ever.
 *
 * Layer: store.
 */
#ifndef GX_STORE_BACKUPS_H
#define GX_STORE_BACKUPS_H

#include <pthread.h>
#include <stdatomic.h>

#include "access/scope.h"

struct gx_backups;

/* What all tenants of a program share: one is copied at a time. */
struct gx_backups_house {
    pthread_mutex_t turn;
    atomic_int wrong; /* open tenants whose last backup or drill failed, or is late */
};

struct gx_backups_options {
    const char *folder; /* absolute */
    int64_t every_hours;
    int64_t keep;       /* so many that were made */
    int64_t drill_days; /* a drill so often; 0: none */
    struct gx_backups_house *house;
};
enum { GX_BACKUPS_EVERY_HOURS = 24, GX_BACKUPS_KEEP = 7, GX_BACKUPS_DRILL_DAYS = 7 };

/* GX_E_BUSY: no thread. */
GX_NODISCARD enum gx_code gx_backups_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           const struct gx_backups_options *options,
                                           struct gx_backups **ret_backups);
void gx_backups_stop(struct gx_backups *backups);
/* Is there something to do now, or under way?  `pressed`: only what is under way counts. */
bool gx_backups_busy(struct gx_backups *backups, bool pressed);
/* When there will be something to do (microseconds); 0: not before somebody writes. */
int64_t gx_backups_wake_at(struct gx_backups *backups);

enum gx_backups_how { GX_BACKUPS_OK, GX_BACKUPS_NEVER, GX_BACKUPS_LATE, GX_BACKUPS_FAILED };
struct gx_backups_state {
    enum gx_backups_how backup, drill;
    int64_t backup_us, drill_us;                 /* the last good ones were begun; 0: never */
    int64_t backup_next_us, drill_next_us;       /* the next ones are due; 0: not planned */
    struct gx_str backup_problem, drill_problem; /* of FAILED; in ctx->arena */
    struct gx_str path;                          /* of the newest backup */
};
/* How it stands with them, on a reader. */
GX_NODISCARD enum gx_code gx_backups_look(struct gx_ctx *ctx, struct gx_conn *conn,
                                          const struct gx_backups_options *options,
                                          struct gx_backups_state *ret_state);
const struct gx_backups_options *gx_backups_options(const struct gx_backups *backups);
/* "ok", "never", "late", "failed" */
const char *gx_backups_how_name(enum gx_backups_how how);

#endif
