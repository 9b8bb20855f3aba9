/*
 * access_int.h - what scope.c and signin.c share.
 *
 * Layer: access.
 */
#ifndef GX_ACCESS_ACCESS_INT_H
#define GX_ACCESS_ACCESS_INT_H

#include "access/scope.h"
#include "access/signin.h"

/*
 * What is cached is trusted for a second: a change made in a transaction that commits just after
 * the cache was emptied is seen by then at the latest.
 */
enum { TOKEN_BYTES = 24, HASH_BYTES = 32, CACHE_TRUST_US = 1000000 };

/* What a user's roles add up to, for one snapshot of definitions. */
struct gx_grant {
    struct gx_grant *next; /* in the cache */
    struct gx_arena arena;
    int references;
    int64_t made_us; /* monotonic */
    int64_t user;
    struct gx_str meta_version;
    bool active, admin;
    const struct gx_str *roles;
    size_t role_count;
    enum gx_level (*levels)[GX_RIGHT_COUNT];
    struct gx_str reads; /* see gx_scope_reads() */
};

struct gx_known_session {
    unsigned char hash[HASH_BYTES];
    int64_t user, expires_at, made_us;
    enum gx_session_kind kind;
    char csrf[2 * 16 + 1];
    bool used;
};

struct gx_tries {
    uint64_t key; /* keyed hash of a name or an address; 0: free */
    int64_t window_us;
    int count;
};

enum { SESSIONS_CACHED = 1024, TRIES_KEPT = 4096, TRIES_WAYS = 4 };

struct gx_access_cache {
    pthread_mutex_t lock;
    struct gx_grant *grants;
    struct gx_known_session sessions[SESSIONS_CACHED]; /* by hash, direct mapped */
    struct gx_tries tries[TRIES_KEPT];                 /* sets of TRIES_WAYS */
    unsigned char tries_key[16]; /* random: nobody can choose who shares a set */
};

/* A grant with a reference for the caller (drop it with gx_grant_unref). */
GX_NODISCARD enum gx_code gx_grant_get(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, const struct gx_meta *meta,
                                       int64_t user, struct gx_grant **ret_grant);
void gx_grant_unref(struct gx_grant *grant);

#endif
