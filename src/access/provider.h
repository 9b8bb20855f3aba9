/*
 * provider.h - providers of sign-in (OpenID Connect), and who is who there.
 *
 * A provider is set up by an administrator.  What names a person there is issuer and subject, and
 * nothing else: names and e-mail addresses change hands.  An address links an account only where
 * the administrator has said so, the provider vouches for it, and exactly one account has it that
 * nobody is linked with yet.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_PROVIDER_H
#define GX_ACCESS_PROVIDER_H

#include "meta/tenant.h"

struct gx_jw;
struct gx_json;

enum {
    GX_PROVIDERS_MAX = 20,
    GX_PROVIDER_NAME_CHARS_MAX = 60,
    GX_PROVIDER_LIST_MAX = 50, /* domains, roles */
    GX_IDENTITIES_MAX = 20,    /* of one user */
};

/* Which second step is asked of who comes from there. */
enum gx_provider_second {
    GX_SECOND_OWN,   /* ours, of who has one or must have one */
    GX_SECOND_CLAIM, /* the provider says that it asked (amr, acr); else ours, and without: no */
    GX_SECOND_TRUST, /* none: the provider sees to it */
};
/* "own", "claim", "trust" and NULL. */
extern const char *const gx_provider_seconds[];

struct gx_provider {
    int64_t id;
    struct gx_str name, issuer, client;
    struct gx_str secret; /* sealed; empty: a client without */
    struct gx_str scopes; /* "openid email profile" */
    struct gx_str claim;  /* which names a new user: "email", "preferred_username" … */
    struct gx_str acr;    /* asked for, and what `claim` wants; may be empty */
    struct gx_str domains[GX_PROVIDER_LIST_MAX], roles[GX_PROVIDER_LIST_MAX];
    size_t domain_count, role_count;
    enum gx_provider_second second;
    bool creates;     /* users on their first sign-in, with `roles` */
    bool links_email; /* a user of the same verified address */
    bool inside;      /* it may be in our own network */
    bool active;
};

/* GX_E_NOT_FOUND: none of this id, or only_active and it is not. */
GX_NODISCARD enum gx_code gx_provider_get(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id,
                                          bool only_active, struct gx_provider *ret_provider);
/* In ctx->arena, by name. */
GX_NODISCARD enum gx_code gx_providers_list(struct gx_ctx *ctx, struct gx_conn *conn,
                                            struct gx_provider **ret_providers, size_t *ret_count);
/* On the writer: a new one (id 0, which is filled in) or in place of the one there. */
GX_NODISCARD enum gx_code gx_provider_put(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, struct gx_provider *provider);
/* On the writer: with everybody's links, if no other provider has this issuer. */
GX_NODISCARD enum gx_code gx_provider_remove(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id);
/* To keep, and to use.  An empty one stays empty. */
GX_NODISCARD enum gx_code gx_provider_seal(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_str secret, struct gx_str *ret_sealed);
GX_NODISCARD enum gx_code gx_provider_secret(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                             const struct gx_provider *provider,
                                             struct gx_str *ret_secret);

/* What claims say, checked for form. */
struct gx_claims {
    struct gx_str subject, email, login, name;
    bool email_verified;
    bool second;       /* a second factor was asked, as `claim` wants it */
    int64_t signed_us; /* auth_time; 0: not said */
};
void gx_claims_read(struct gx_ctx *ctx, const struct gx_provider *provider,
                    const struct gx_json *claims, struct gx_claims *ret_claims);
/* Is it of a domain that may come in?  Without a list all are. */
bool gx_provider_takes(const struct gx_provider *provider, struct gx_str email);

/* The user of a subject; 0: nobody yet. */
GX_NODISCARD enum gx_code gx_identity_find(struct gx_ctx *ctx, struct gx_conn *conn,
                                           struct gx_str issuer, struct gx_str subject,
                                           int64_t *ret_user);
/* The only active user with this address who has no link at this issuer; 0: none. */
GX_NODISCARD enum gx_code gx_identity_by_email(struct gx_ctx *ctx, struct gx_conn *conn,
                                               struct gx_str issuer, struct gx_str email,
                                               int64_t *ret_user);
/* On the writer.  GX_E_DUPLICATE: this subject is somebody else's. */
GX_NODISCARD enum gx_code gx_identity_add(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          struct gx_conn *conn, int64_t user, struct gx_str issuer,
                                          struct gx_str subject, struct gx_str name);
/* On the writer: it was just used. */
GX_NODISCARD enum gx_code gx_identity_used(struct gx_ctx *ctx, struct gx_conn *conn,
                                           struct gx_str issuer, struct gx_str subject);
/* On the writer.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_identity_remove(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user,
                                             int64_t id);
/* As elements of a JSON array. */
GX_NODISCARD enum gx_code gx_identities_write(struct gx_ctx *ctx, struct gx_conn *conn,
                                              int64_t user, struct gx_jw *w);

#endif
