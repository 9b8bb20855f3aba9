/*
 * id_token.h - is this ID token (OpenID Connect Core 1.0, 3.1.3.7) good, and who does it name?
 *
 * Signed by one of the provider's keys with the algorithm that belongs to that key (RS256, ES256 or
 * EdDSA; what has a shared secret or none is no key here), from that issuer, for us, answering our
 * nonce, and of now.  Nothing of it is looked at before the signature was found good.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_ID_TOKEN_H
#define GX_ACCESS_ID_TOKEN_H

#include "base/ctx.h"

struct gx_json;

enum {
    GX_ID_TOKEN_BYTES_MAX = 32 << 10,
    GX_ID_TOKEN_SKEW_S = 120,
    GX_ID_TOKEN_AGE_S = 3600, /* since it was issued */
    GX_SUBJECT_BYTES_MAX = 255,
};

struct gx_id_token_ask {
    struct gx_str issuer, client, nonce;
    const struct gx_json *keys; /* a JSON Web Key Set */
};

/* Why not; the log has it, people are told no more than that it was not good. */
enum gx_token_fault {
    GX_TOKEN_GOOD,
    GX_TOKEN_FORM,
    GX_TOKEN_ALGORITHM,
    GX_TOKEN_KEY, /* no such key: perhaps they have been changed */
    GX_TOKEN_SIGNATURE,
    GX_TOKEN_ISSUER,
    GX_TOKEN_AUDIENCE,
    GX_TOKEN_NONCE,
    GX_TOKEN_TIME,
    GX_TOKEN_SUBJECT,
};

/* *ret_claims (in ctx->arena) only with GX_TOKEN_GOOD. */
enum gx_token_fault gx_id_token_read(struct gx_ctx *ctx, struct gx_str token,
                                     const struct gx_id_token_ask *ask,
                                     const struct gx_json **ret_claims);
const char *gx_token_fault_name(enum gx_token_fault fault);

#endif
