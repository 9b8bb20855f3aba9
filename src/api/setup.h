/*
 * setup.h - the first administrator of a system that nobody can sign in to yet.
 *
 * Whoever comes first to an open page must not become its administrator.  So the program prints a
 * secret where only the person who started it sees it, and takes it once, for as long as it runs
 * and nobody has a password.
 *
 * Layer: api.
 */
#ifndef GX_API_SETUP_H
#define GX_API_SETUP_H

#include "meta/tenant.h"

/* A secret of 192 bits, in `arena`; NULL: somebody can sign in. */
GX_NODISCARD enum gx_code gx_setup_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_arena *arena, const char **ret_token);

#endif
