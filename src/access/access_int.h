/*
 * access_int.h - what scope.c, signin.c, devices.c and tries.c share.
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
enum { TOKEN_BYTES = 24, HASH_BYTES = 32, KEY_BYTES = 32, CACHE_TRUST_US = 1000000 };

/* Ways to a record beyond owning it; bits. */
enum {
    GX_REACH_DELEGATED = 1, /* of somebody who is away and named this person */
    GX_REACH_UNIT = 2,
    GX_REACH_TEAM = 4,
    GX_REACH_BOOK = 8,
    GX_REACH_SHARE_USER = 16,
    GX_REACH_SHARE_UNIT = 32,
    GX_REACH_SHARE_ROLE = 64,
    GX_REACH_SHARES = GX_REACH_SHARE_USER | GX_REACH_SHARE_UNIT | GX_REACH_SHARE_ROLE,
};
/* What teams, books and shares must give for a right. */
enum gx_reach_kind { GX_REACH_READ, GX_REACH_EDIT, GX_REACH_FULL };

/* The code of gx_expr_reach(), and what it compiles to. */
int64_t gx_reach_code(unsigned parts, enum gx_reach_kind kind, enum gx_reach_how how);
void gx_reach_sql(void *scope, struct gx_sqlb *b, struct gx_str object, int64_t code,
                  struct gx_str alias);
/* ways.c */
GX_NODISCARD enum gx_code gx_reach_ways(struct gx_scope *scope, const struct gx_object *object,
                                        int64_t id, enum gx_reach_kind kind, unsigned ways,
                                        const struct gx_sharing *const *rules, size_t rule_count,
                                        const struct gx_way **ret_ways, size_t *ret_count);
/* Are more records in reach than an index should start from? */
GX_NODISCARD enum gx_code gx_reach_is_wide(struct gx_scope *scope, struct gx_access_cache *cache,
                                           const struct gx_object *object,
                                           const struct gx_expr *filter, unsigned parts,
                                           bool *ret_wide);

/* What a user's roles add up to, for one snapshot of definitions. */
struct gx_grant {
    struct gx_grant *next; /* in the cache */
    struct gx_arena arena;
    int references;
    int64_t made_us; /* monotonic */
    int64_t user;
    struct gx_str meta_version;
    bool active, admin, audit, relocate;
    const struct gx_str *roles;
    size_t role_count;
    enum gx_level (*levels)[GX_RIGHT_COUNT]; /* the widest */
    unsigned char (*reach)[GX_RIGHT_COUNT];  /* by object: all of them, a bit each */
    unsigned ways;                           /* GX_REACH_…: there is one at all */
    const struct gx_str *units;              /* codes of the person's unit and those above */
    size_t unit_count;
    struct gx_str reads;    /* see gx_scope_reads() */
    unsigned char **fields; /* enum gx_field_access, by object and field */
    bool **said, *spoken;   /* a role names the field; has a right on the object */
    struct gx_str kept;     /* all of `fields` in one word; empty: nothing is kept */
};

struct gx_known_session {
    unsigned char hash[HASH_BYTES];
    int64_t id, user, expires_at, used_at, fresh_at, made_us;
    enum gx_session_kind kind;
    char csrf[2 * 16 + 1];
    bool must_change, must_enrol, read_only;
    bool used;
};

/* Whose use was written down lately, so that many requests at one time write it once. */
struct gx_touched {
    int64_t id, at_us;
};

enum gx_try_kind {
    GX_TRY_PAIR,
    GX_TRY_ADDRESS,
    GX_TRY_NAME,
    GX_TRY_CODE,      /* of a second step */
    GX_TRY_CODE_USER, /* of codes of a user, from anywhere */
    GX_TRY_KINDS
};

struct gx_tries {
    uint64_t key; /* keyed hash of a name, an address or both; 0: free */
    enum gx_try_kind kind;
    int count;
    int64_t window_us; /* when it began */
};

/* What one try counts for, by kind; 0: nothing. */
struct gx_try {
    uint64_t keys[GX_TRY_KINDS];
};

enum {
    SESSIONS_CACHED = 1024,
    TRIES_KEPT = 4096,
    TRIES_WAYS = 4,
    WIDTHS_KEPT = 1024,
    VIEWS_KEPT = 64
};

/* The definitions as people see them from whom some fields are kept. */
struct gx_view {
    struct gx_meta *meta;
    struct gx_str kept; /* in the memory of `meta` */
};

/* Whether many records are in somebody's reach; only how to ask depends on it. */
struct gx_width {
    uint64_t key;
    int64_t until_us;
    bool wide;
};

struct gx_access_cache {
    pthread_mutex_t lock;
    struct gx_grant *grants;
    struct gx_known_session sessions[SESSIONS_CACHED]; /* by hash, direct mapped */
    struct gx_touched touched[SESSIONS_CACHED];        /* by id, direct mapped */
    struct gx_tries tries[TRIES_KEPT];                 /* sets of TRIES_WAYS */
    struct gx_width widths[WIDTHS_KEPT];               /* by key, direct mapped */
    struct gx_view views[VIEWS_KEPT];                  /* by what is kept, direct mapped */
    int wide;                            /* from so many records in reach on a list is walked */
    unsigned char tries_key[16];         /* random: nobody can choose who shares a set */
    unsigned char secret_key[KEY_BYTES]; /* of the installation; see secret.h */
    bool has_secret_key;
    uint64_t epoch; /* how often it was emptied; under lock */
};

/*
 * tries.c.  `name` folded, `peer` as in gx_req.peer; `device`: of a browser in which this name has
 * signed in before (browser.c), which counts apart from everybody else, or empty.
 */
void gx_tries_keys(const struct gx_access_cache *cache, struct gx_str name, struct gx_str peer,
                   struct gx_str device, struct gx_try *ret_keys);
/* Of a code that `user` gives in the second step (or the session) `what`. */
void gx_tries_code_keys(const struct gx_access_cache *cache, struct gx_str user, struct gx_str what,
                        struct gx_try *ret_keys);
/*
 * Take a try before the password is looked at, so that tries at one time count too.  GX_TRY_KINDS:
 * go on; else which count is full, and then the try leaves no trace.
 */
enum gx_try_kind gx_tries_take(struct gx_access_cache *cache, const struct gx_try *keys,
                               int64_t now_us);
/* The password was right: the try does not count. */
void gx_tries_give_back(struct gx_access_cache *cache, const struct gx_try *keys, int64_t now_us);

/* A grant with a reference for the caller (drop it with gx_grant_unref). */
GX_NODISCARD enum gx_code gx_grant_get(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, const struct gx_meta *meta,
                                       int64_t user, struct gx_grant **ret_grant);
void gx_grant_unref(struct gx_grant *grant);
struct gx_meta *gx_grant_meta(struct gx_tenant *tenant, const struct gx_grant *grant,
                              struct gx_meta *base);

#endif
