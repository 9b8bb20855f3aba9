/*
 * drill.h - a backup restored beside itself, opened, checked and removed again.
 *
 * A backup nobody has restored is a hope.  This is what `guanxi restore` does, in a scratch folder
 * of the same program: who was erased since is erased again, then everything is checked as
 * `guanxi verify` does.
 *
 * Layer: store.
 */
#ifndef GX_STORE_DRILL_H
#define GX_STORE_DRILL_H

#include "store/upkeep.h"

struct gx_drill {
    const char *backup;  /* folder, as gx_upkeep_backup() makes it */
    const char *scratch; /* folder that is made anew, and removed afterwards */
    /* May stop it; see struct gx_upkeep_ask. */
    bool (*progress)(void *p, int64_t done, int64_t total);
    void *p;
};

/*
 * *ret_problems: what the check found, written to `out` as gx_upkeep_verify() does, with the backup
 * and how long it took.  An error: it could not be restored or opened at all.
 */
GX_NODISCARD enum gx_code gx_drill_run(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                                       const struct gx_drill *drill, struct gx_buf *out,
                                       int64_t *ret_problems);

#endif
