/*
 * backups.h - backups that the server makes by itself, and how they went.
 *
 * Each is a whole one in a folder named by its time; what was kept long enough goes.  How each went
 * stands in gx_backup, so that administrators see among the jobs when the last one was made, or why
 * not.  Where they lie is the operator's to say: whoever administers a tenant writes nowhere.
 *
 * Layer: store.
 */
#ifndef GX_STORE_BACKUPS_H
#define GX_STORE_BACKUPS_H

#include "access/scope.h"

struct gx_backups;

struct gx_backups_options {
    const char *folder; /* absolute */
    int64_t every_hours;
    int64_t keep; /* so many that were made */
};
enum { GX_BACKUPS_EVERY_HOURS = 24, GX_BACKUPS_KEEP = 7 };

/* GX_E_BUSY: no thread. */
GX_NODISCARD enum gx_code gx_backups_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           const struct gx_backups_options *options,
                                           struct gx_backups **ret_backups);
void gx_backups_stop(struct gx_backups *backups);
/* When the newest one that is whole was begun; 0: never.  On a reader. */
GX_NODISCARD enum gx_code gx_backups_newest(struct gx_ctx *ctx, struct gx_conn *conn,
                                            int64_t *ret_us);

#endif
