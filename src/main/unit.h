/*
 * unit.h - what belongs to an open tenant beside its store: its runners, hub, sealer.
 *
 * Started and stopped by the house (house/open.h) when it opens and closes the tenant.
 *
 * Layer: main.
 */
#ifndef GX_MAIN_UNIT_H
#define GX_MAIN_UNIT_H

#include "api/app.h"
#include "house/open.h"

/* What the process has for all of them; in gx_house_options.app. */
struct gx_unit_shared {
    const char *dir; /* data folder */
    const char *spool_dir;
    const char *metrics_token;
    bool secure;              /* served over TLS */
    const char *front;        /* the name of the front */
    bool console;             /* its administrators run the house */
    struct gx_server *server; /* NULL until it is started */
    struct gx_engine *engine; /* of people's SQL */
    /* NULL: none.  Of the front in these folders, of others in one of its own below each. */
    const struct gx_archive_options *archive;
    const struct gx_backups_options *backups;
    struct gx_launcher *launcher; /* of processes for analytical data */
    const struct gx_warehouse_limits *warehouse;
    void *app;
};

struct gx_expiry_job;

struct gx_unit {
    struct gx_api api; /* first: req->app is seen as this by api/ */
    void *app;         /* of gx_unit_shared */
    struct gx_others *others;
    struct gx_expiry_job *expiry;
    bool expelled; /* the hub has stopped */
};

/* The hooks of gx_house_options of these names. */
GX_NODISCARD enum gx_code gx_unit_start(void *shared, struct gx_ctx *ctx, struct gx_room *room);
void gx_unit_stop(struct gx_room *room);
void gx_unit_expel(struct gx_room *room);
bool gx_unit_busy(struct gx_room *room, bool pressed);
int64_t gx_unit_wake_at(struct gx_room *room);
/* Has it never been copied, or was its file written since? */
bool gx_unit_unkept(void *shared, const struct gx_directory_entry *row);
/* Its copies go: backups, archive. */
void gx_unit_forget(void *shared, struct gx_str name);
GX_NODISCARD enum gx_code gx_unit_demo(struct gx_ctx *ctx, struct gx_room *room, int64_t admin,
                                       struct gx_str organisation);

#endif
