/*
 * directory_int.h - what an older program kept in the file "tenants": a line of JSON a tenant.
 *
 * Layer: meta, private.
 */
#ifndef GX_META_DIRECTORY_INT_H
#define GX_META_DIRECTORY_INT_H

#include "meta/directory.h"

bool gx_directory_has_old(const char *dir);
/* Its tenants; NULL: there is no such file.  In ctx->arena. */
GX_NODISCARD enum gx_code gx_directory_old(struct gx_ctx *ctx, const char *dir,
                                           struct gx_directory_entry **ret_first);
/* It was taken over: from now on it is called "tenants.old". */
GX_NODISCARD enum gx_code gx_directory_old_done(struct gx_ctx *ctx, const char *dir);

#endif
