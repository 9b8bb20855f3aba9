/*
 * signature.h - is this signed by that key?  For passkeys and for tokens of other providers.
 *
 * The algorithm belongs to the key and never comes from what was signed, so nobody can choose a
 * weaker one.  GnuTLS does the arithmetic.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_SIGNATURE_H
#define GX_ACCESS_SIGNATURE_H

#include <stdbool.h>

#include "base/str.h"

/* Numbers of COSE (RFC 9053, RFC 8812). */
enum gx_algorithm { GX_ES256 = -7, GX_EDDSA = -8, GX_RS256 = -257 };

struct gx_public_key {
    enum gx_algorithm algorithm;
    struct gx_str x, y; /* ES256: a point of P-256; EDDSA: x alone, of Ed25519 */
    struct gx_str n, e; /* RS256 */
};

/* Can it be used, and is it strong enough (RSA from 2048 bits)? */
bool gx_public_key_good(const struct gx_public_key *key);
/* ES256 signatures are DER, as WebAuthn has them; see gx_signature_der(). */
bool gx_signature_good(const struct gx_public_key *key, struct gx_str data,
                       struct gx_str signature);
/* r and s side by side, as JWS has them, to DER in `arena`; false: not 64 bytes. */
struct gx_arena;
bool gx_signature_der(struct gx_arena *arena, struct gx_str raw, struct gx_str *ret_der);

#endif
