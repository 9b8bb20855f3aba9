/*
 * link.h - links by which somebody sets a password: invited, or after forgetting it.
 *
 * A secret of 192 bits, kept as a keyed hash, good for an hour and once.  An administrator hands it
 * out; a new one ends those of before.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_LINK_H
#define GX_ACCESS_LINK_H

#include "meta/tenant.h"

enum { GX_LINK_MIN = 60 };

/* On the writer: the secret, which is nowhere else from then on. */
GX_NODISCARD enum gx_code gx_link_make(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, int64_t user, int64_t by,
                                       struct gx_str *ret_secret);
/* Whose is it?  GX_E_NOT_FOUND: used, too old, or none; or who it is for is not active. */
GX_NODISCARD enum gx_code gx_link_find(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, struct gx_str secret,
                                       int64_t *ret_user);
/* On the writer: the same, and it is used from then on; of many at one time one gets it. */
GX_NODISCARD enum gx_code gx_link_use(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                      struct gx_conn *conn, struct gx_str secret,
                                      int64_t *ret_user);

#endif
