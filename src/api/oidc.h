/*
 * oidc.h - talking to providers of sign-in: where they are, their keys, a code for an ID token.
 *
 * What a provider says of itself is asked once an hour, its keys every ten minutes and whenever a
 * token names one that is not known.  A provider that did not answer is not asked again for some
 * seconds, so that nobody can keep us busy with it.
 *
 * Layer: api.  All but gx_oidc_new() waits for others: only on .outward routes, without a reader.
 */
#ifndef GX_API_OIDC_H
#define GX_API_OIDC_H

#include "access/id_token.h"
#include "access/provider.h"
#include "api/app.h"

enum {
    GX_OIDC_PLACES_S = 3600,
    GX_OIDC_KEYS_S = 600,
    GX_OIDC_SULK_S = 5, /* not asked again after a failure */
};

struct gx_oidc *gx_oidc_new(struct gx_arena *arena);
void gx_oidc_end(struct gx_oidc *oidc);

/* What its discovery document says, checked. */
struct gx_oidc_places {
    struct gx_str authorize, token, keys, user; /* `user` may be empty */
    bool posts_secret; /* it takes the secret in the form and not as HTTP Basic */
    bool says_issuer;  /* answers name it (RFC 9207) */
};
/* `anew`: not what is remembered.  GX_E_BUSY, GX_E_INVALID: as gx_fetch(), and where it is none. */
GX_NODISCARD enum gx_code gx_oidc_places(struct gx_req *req, const struct gx_provider *provider,
                                         bool anew, struct gx_oidc_places *ret_places);

struct gx_oidc_code {
    struct gx_str code, verifier, redirect, nonce;
};
/*
 * The claims of whoever the code stands for.  GX_E_UNAUTHENTICATED: the provider did not take the
 * code, or its token is not good; the log says which.
 */
GX_NODISCARD enum gx_code gx_oidc_claims(struct gx_req *req, const struct gx_provider *provider,
                                         const struct gx_oidc_places *places,
                                         const struct gx_oidc_code *code,
                                         struct gx_claims *ret_claims);

#endif
