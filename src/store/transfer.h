/*
 * transfer.h - a tenant's whole store once more: in another database, equal, and proved to be.
 *
 * First a snapshot is copied, table by table, and every table read back and compared by the number
 * of its rows and a hash over all their values.  Then, for a tenant that is to move, the change log
 * says what has happened meanwhile, until little is left; then writes wait while the rest follows,
 * and the other store takes over.  The tenant can be read all the time.
 *
 * Layer: store.
 */
#ifndef GX_STORE_TRANSFER_H
#define GX_STORE_TRANSFER_H

#include "access/scope.h"

struct gx_transfer_report {
    int64_t tables, rows;    /* copied and compared */
    int64_t copy_ms, all_ms; /* until the snapshot was equal; the whole */
    int64_t pause_us;        /* writes waited so long */
    int64_t followed;        /* entries of the log brought after the snapshot */
    bool proved;             /* both stores were equal at the moment of the move */
    struct gx_str different; /* the first table that was not; empty when proved */
};

/* A copy of this moment in a new SQLite file.  GX_E_INVALID: there is something already. */
GX_NODISCARD enum gx_code gx_transfer_copy(struct gx_scope *scope, const char *path);

/*
 * Move the tenant to `to`: "postgresql://…", or "file" for a file in its data folder.  On an error
 * it stays where it is.  GX_E_INVALID: it is there already, or something else is; GX_E_CONFLICT:
 * a table of the copy is not equal.
 */
GX_NODISCARD enum gx_code gx_transfer_move(struct gx_scope *scope, const char *to,
                                           struct gx_transfer_report *ret_report);

#endif
