/*
 * upkeep.h - is everything as it should be, and a copy of it.
 *
 * Layer: store.
 */
#ifndef GX_STORE_UPKEEP_H
#define GX_STORE_UPKEEP_H

#include "access/scope.h"
#include "json/write.h"

/*
 * Check the store and write {"ok", "problems": [{"check", "where", "count", "detail"}]}: the file
 * itself, the contents of files against their hashes, search tables against their tables, links
 * and join tables that point nowhere, the log's order.  Reads everything; the scope must be an
 * administrator's.
 */
GX_NODISCARD enum gx_code gx_upkeep_verify(struct gx_scope *scope, struct gx_jw *w);
/*
 * Copy the database and the contents of files to a new folder while they are in use; it is a data
 * folder itself.  GX_E_INVALID: no absolute path, or there is something already; GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_upkeep_backup(struct gx_scope *scope, struct gx_str path);

#endif
