/*
 * upkeep.h - is everything as it should be, and a copy of it.
 *
 * Layer: store.
 */
#ifndef GX_STORE_UPKEEP_H
#define GX_STORE_UPKEEP_H

#include "access/scope.h"
#include "json/write.h"

struct gx_upkeep_ask {
    struct gx_str anchor; /* heads kept elsewhere (store/seal.h), may be empty */
    /* Called now and then while the log is read; false stops.  May be NULL. */
    bool (*progress)(void *p, int64_t done, int64_t total);
    void *p;
};

/*
 * Check the store and write {"ok", "problems": [{"check", "where", "count", "detail"}], "log"}: the
 * file itself, the contents of files against their hashes, search tables against their tables,
 * links and join tables that point nowhere, the log's order, the log against its seals, and each
 * record's row against them.  *ret_problems: how many.  Reads everything; the scope must be an
 * administrator's.
 */
GX_NODISCARD enum gx_code gx_upkeep_verify(struct gx_scope *scope, const struct gx_upkeep_ask *ask,
                                           struct gx_jw *w, int64_t *ret_problems);
/*
 * Copy the database and the contents of files to a new folder while they are in use; it is a data
 * folder itself.  GX_E_INVALID: no absolute path, or there is something already; GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_upkeep_backup(struct gx_scope *scope, struct gx_str path);

#endif
