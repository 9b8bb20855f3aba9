/*
 * founder.h - the first administrator of a tenant in which nobody is yet.
 *
 * Layer: store.
 */
#ifndef GX_STORE_FOUNDER_H
#define GX_STORE_FOUNDER_H

#include "access/scope.h"

struct gx_founder {
    struct gx_str login, name, email; /* email may be empty */
    enum gx_lang lang;
};

/* On the writer: the user, with the role of administrators; without a password. */
GX_NODISCARD enum gx_code gx_founder_make(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, const struct gx_founder *founder,
                                          int64_t *ret_user);

#endif
