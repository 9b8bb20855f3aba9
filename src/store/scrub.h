/*
 * scrub.h - the bytes that erasures left behind in the database's own files.
 *
 * Layer: store.
 */
#ifndef GX_STORE_SCRUB_H
#define GX_STORE_SCRUB_H

#include <stdatomic.h>

#include "meta/tenant.h"

enum { GX_SCRUB_BYTES_MAX = 1 << 30 }; /* larger files are cleared when somebody says so */

/*
 * If an erasure is not cleared up behind yet: merge the search tables, write the file anew (SQLite)
 * or vacuum (PostgreSQL), and say so with the request.  `large`: files over GX_SCRUB_BYTES_MAX too.
 * GX_E_CANCELLED: *end is set.
 */
GX_NODISCARD enum gx_code gx_scrub(struct gx_ctx *ctx, struct gx_tenant *tenant, bool large,
                                   const atomic_bool *end);

#endif
