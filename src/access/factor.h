/*
 * factor.h - what somebody proves besides the password: codes of an authenticator application,
 * recovery codes; passkeys stand in passkey.h.
 *
 * A secret is sealed, recovery codes are kept as keyed hashes.  A code serves once, and wrong ones
 * are counted: GX_CODE_TRIES_MAX for one sign-in, GX_CODE_USER_TRIES_MAX an hour for one user.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_FACTOR_H
#define GX_ACCESS_FACTOR_H

#include "access/signin.h"

enum {
    GX_CODE_TRIES_MAX = 5,
    GX_CODE_WINDOW_S = 600, /* how long the second step waits, and tries of one sign-in count */
    GX_CODE_USER_TRIES_MAX = 30,
    GX_CODE_USER_WINDOW_S = 3600,
    GX_RECOVERY_CODES = 10,
};

struct gx_factors {
    int64_t totp_since; /* 0: none */
    int recovery_left;
    int passkeys;
    bool required; /* by a role */
};

/* Does the user have one at all? */
static inline bool gx_factors_any(const struct gx_factors *f)
{
    return f->totp_since || f->passkeys;
}

GX_NODISCARD enum gx_code gx_factors_get(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                         struct gx_factors *ret_factors);
/* On the writer: a new secret, as base32, which counts once it was confirmed by a code. */
GX_NODISCARD enum gx_code gx_totp_begin(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                        struct gx_conn *conn, int64_t user,
                                        struct gx_str *ret_base32);
/* On the writer.  GX_E_INVALID: not its code (path "code"), or nothing was begun.  GX_E_RATE. */
GX_NODISCARD enum gx_code gx_totp_confirm(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, int64_t user, struct gx_str code);
/* On the writer: no codes of an application any more. */
GX_NODISCARD enum gx_code gx_totp_remove(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, int64_t user);
/* On the writer: new recovery codes in place of all there were. */
GX_NODISCARD enum gx_code gx_recovery_make(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_conn *conn, int64_t user,
                                           struct gx_str ret_codes[GX_RECOVERY_CODES]);
/* On the writer, after a factor was removed: recovery codes go with the last one. */
GX_NODISCARD enum gx_code gx_recovery_tidy(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user);
/* On the writer: everything of this file and passkeys too, as for a lost telephone. */
GX_NODISCARD enum gx_code gx_factors_remove(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_conn *conn, int64_t user);
/*
 * A try of a code.  Take one first (GX_E_RATE), for the sign-in or session `what`; give it back
 * when the code was right.
 */
GX_NODISCARD enum gx_code gx_code_try(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t user,
                                      struct gx_str what);
void gx_code_good(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t user, struct gx_str what);
/*
 * On the writer: is it a code of the application, or a recovery code?  It serves no second time.
 * *ret_way NULL: neither; else "totp" or "recovery".
 */
GX_NODISCARD enum gx_code gx_code_use(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                      struct gx_conn *conn, int64_t user, struct gx_str code,
                                      const char **ret_way);
/* Which roles ask for a second factor; "*" is everybody.  In ctx->arena. */
GX_NODISCARD enum gx_code gx_factor_roles(struct gx_ctx *ctx, struct gx_conn *conn,
                                          struct gx_str *roles, size_t max, size_t *ret_count);
/* On the writer: these and no others. */
GX_NODISCARD enum gx_code gx_factor_roles_set(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                              struct gx_conn *conn, const struct gx_str *roles,
                                              size_t count);

#endif
