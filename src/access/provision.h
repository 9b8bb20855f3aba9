/*
 * provision.h - people whom another system looks after (SCIM) or a file has brought in.
 *
 * A key of such a system is no session of anybody: it serves the addresses below /scim/v2 and
 * nothing else, gives and takes the roles that an administrator has named for it and no others,
 * and stays when whoever made it leaves.  The store has a hash of it.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_PROVISION_H
#define GX_ACCESS_PROVISION_H

#include "meta/tenant.h"

struct gx_jw;

enum {
    GX_SCIM_KEYS_MAX = 20,
    GX_SCIM_ROLES_MAX = 50,
    GX_SCIM_NAME_CHARS_MAX = 60,
    GX_SCIM_DAYS_MAX = 1825,
    GX_SCIM_TOUCH_S = 300,
};

struct gx_scim_key {
    int64_t id, expires_at, used_at;
    struct gx_str name;
    struct gx_str roles[GX_SCIM_ROLES_MAX];
    size_t role_count;
    bool places; /* it may say unit and manager, which widens what roles reach */
};

/* On the writer.  *ret_token is shown once.  GX_E_LIMIT: too many keys. */
GX_NODISCARD enum gx_code gx_scim_key_make(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_conn *conn, struct gx_scim_key *key,
                                           int64_t by, struct gx_str *ret_token);
/* In ctx->arena.  GX_E_UNAUTHENTICATED: nobody's, or over. */
GX_NODISCARD enum gx_code gx_scim_key_find(struct gx_ctx *ctx, struct gx_conn *conn,
                                           struct gx_str token, struct gx_scim_key **ret_key);
/* Remember its use, at most every GX_SCIM_TOUCH_S, behind the caller's back. */
void gx_scim_key_touch(struct gx_tenant *tenant, const struct gx_scim_key *key, int64_t now_us);
/* On the writer.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_scim_key_remove(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id);
/* All of them, as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_scim_keys_write(struct gx_ctx *ctx, struct gx_conn *conn,
                                             struct gx_jw *w);
bool gx_scim_key_gives(const struct gx_scim_key *key, struct gx_str role);

/*
 * On the writer, after the record: the user shall sign in here, and takes a seat; `way` is "import"
 * or "scim".  GX_E_PLAN: there is none.
 */
GX_NODISCARD enum gx_code gx_provision_put(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_conn *conn, int64_t user, const char *way);
/* On the writer: the other system has taken this user out. */
GX_NODISCARD enum gx_code gx_provision_gone(struct gx_ctx *ctx, struct gx_conn *conn, int64_t user);

#endif
