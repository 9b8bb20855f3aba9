/*
 * passkey.h - passkeys: WebAuthn level 2/3, the server's half.
 *
 * A challenge carries its own end and a keyed hash over what it is for and for whom, so nothing is
 * kept until it was answered; then it is written down, so that it serves once.  Origin, host,
 * flags, signature and counter are checked; attestation is not asked for and not looked at: which
 * maker a key has does not matter here.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_PASSKEY_H
#define GX_ACCESS_PASSKEY_H

#include "access/signature.h"
#include "json/schema.h"
#include "meta/tenant.h"

enum {
    GX_CHALLENGE_S = 300,
    GX_PASSKEYS_MAX = 20, /* of one user */
    GX_PASSKEY_NAME_CHARS_MAX = 60,
    GX_CREDENTIAL_BYTES_MAX = 1023,
};

/* Who we are to a browser. */
struct gx_relying {
    struct gx_str id;     /* host name without port */
    struct gx_str origin; /* "https://crm.example.com" */
};

/* What a challenge is for; it is not taken for anything else. */
enum gx_challenge { GX_CHALLENGE_REGISTER, GX_CHALLENGE_SIGNIN, GX_CHALLENGE_FRESH };

/* What navigator.credentials.create() gives, base64url. */
struct gx_attestation {
    struct gx_str client_data, attestation;
};

/* What navigator.credentials.get() gives, base64url. */
struct gx_assertion {
    struct gx_str id, client_data, authenticator_data, signature;
};

/* One passkey as screens see it. */
extern const struct gx_schema gx_passkey_schema[];

/* In base64url.  `user` 0: whoever it will be. */
GX_NODISCARD enum gx_code gx_challenge_make(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            enum gx_challenge kind, int64_t user,
                                            struct gx_str *ret_challenge);
/* On the writer: something that may happen once, until then; *ret_first false: it did before. */
GX_NODISCARD enum gx_code gx_once(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_str what,
                                  int64_t expires_at, bool *ret_first);
/* On the writer.  GX_E_INVALID: something about it is wrong (one message for all), or there are
 * too many.  GX_E_DUPLICATE: it is registered already. */
GX_NODISCARD enum gx_code gx_passkey_add(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, const struct gx_relying *rp,
                                         int64_t user, struct gx_str name,
                                         const struct gx_attestation *given);
/*
 * On the writer: whose passkey answered?  `user` 0: anybody's.  With `verified` the authenticator
 * must have asked for a finger, a face or a PIN.  GX_E_UNAUTHENTICATED: one message for all.
 */
GX_NODISCARD enum gx_code gx_passkey_use(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, const struct gx_relying *rp,
                                         enum gx_challenge kind, int64_t user, bool verified,
                                         const struct gx_assertion *given, int64_t *ret_user);
/* The passkeys of a user as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_passkeys_write(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                            struct gx_jw *w);
/* Their credential ids as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_passkeys_write_ids(struct gx_ctx *ctx, struct gx_conn *conn,
                                                int64_t user, struct gx_jw *w);
/* On the writer.  GX_E_NOT_FOUND: not this user's. */
GX_NODISCARD enum gx_code gx_passkey_rename(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                            int64_t id, struct gx_str name);
GX_NODISCARD enum gx_code gx_passkey_remove(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_conn *conn, int64_t user, int64_t id);

/* passkey_parse.c.  What an authenticator says. */
struct gx_authenticator {
    struct gx_str rp_hash; /* 32 bytes */
    unsigned flags;
    int64_t counter;
    struct gx_str credential, cose; /* only when one was made; the key as it came */
};
enum {
    GX_FLAG_PRESENT = 0x01,
    GX_FLAG_VERIFIED = 0x04,
    GX_FLAG_MAY_BACK_UP = 0x08,
    GX_FLAG_BACKED_UP = 0x10,
    GX_FLAG_CREDENTIAL = 0x40,
    GX_FLAG_EXTENSIONS = 0x80,
};
/* false: it is none. */
bool gx_authenticator_read(struct gx_str data, struct gx_authenticator *ret_data);
/* The authenticator data inside an attestation object, in `arena`. */
bool gx_attestation_read(struct gx_arena *arena, struct gx_str object, struct gx_str *ret_data);
/* A COSE key; *ret_used: how many bytes it takes, as more may follow. */
bool gx_cose_read(struct gx_arena *arena, struct gx_str bytes, struct gx_public_key *ret_key,
                  size_t *ret_used);

#endif
