/*
 * secret.h - what must not be read from a copy of the database: sealed, or only a keyed hash.
 *
 * The key of the installation is 32 random bytes in the file `secret.key` of the data folder, made
 * when it is first needed, readable by its owner alone.  It is not in the database, so neither an
 * export nor a backup has it; who restores onto another machine brings it along or sets second
 * factors up anew (docs/SIGNIN.md).  `use` says what a secret is for and whose it is, and goes into
 * the seal: what was sealed for one does not open for another.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_SECRET_H
#define GX_ACCESS_SECRET_H

#include "meta/tenant.h"

enum { GX_SECRET_TOKEN_BYTES = 24 };

/* XChaCha20-Poly1305, as base64url, in ctx->arena.  GX_E_IO: there is no key and none can be made.
 */
GX_NODISCARD enum gx_code gx_seal(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                                  struct gx_str plain, struct gx_str *ret_sealed);
/* GX_E_CONFLICT: sealed with another key, for another use, or altered.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_unseal(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                                    struct gx_str sealed, struct gx_str *ret_plain);
/* A keyed hash (256 bit) as base64url.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_mac(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                                 struct gx_str text, struct gx_str *ret_mac);
/* `bytes` (up to 64) random ones as base64url. */
struct gx_str gx_random_text(struct gx_arena *arena, size_t bytes);
struct gx_str gx_base64url(struct gx_arena *arena, const void *bytes, size_t n);
/* false: it is not base64url without padding. */
bool gx_base64url_read(struct gx_arena *arena, struct gx_str text, struct gx_str *ret_bytes);
/* In a time that does not depend on where they differ. */
bool gx_secret_eq(struct gx_str a, struct gx_str b);

#endif
