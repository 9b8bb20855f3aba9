/*
 * tenant.h - one tenant: its store, its settings, its current snapshot of definitions.
 *
 * Layer: meta.
 */
#ifndef GX_META_TENANT_H
#define GX_META_TENANT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/id.h"
#include "db/db.h"
#include "meta/meta.h"

struct gx_settings {
    struct gx_str currency; /* ISO 4217 */
    struct gx_str region;   /* ISO 3166, for phone numbers typed without a country */
    enum gx_lang lang;
    int32_t tz_offset_min;
    int fiscal_start_month;
    int session_hours;          /* how long signing in lasts */
    int password_chars_min;     /* of passwords set from now on */
    int step_up_min;            /* what is sensitive asks again after so many minutes */
    int step_up_rows;           /* exports of more records than this are sensitive */
    struct gx_str organisation; /* read it by gx_settings_now(); may be empty */
    struct gx_str origin;       /* "https://crm.example.com"; as organisation */
};

enum {
    GX_SESSION_HOURS = 14, /* where nothing else is set */
    GX_SESSION_HOURS_MAX = 24 * 30,
    GX_PASSWORD_CHARS_MIN = 8, /* no setting goes below (NIST SP 800-63B) */
    GX_PASSWORD_CHARS_MIN_MAX = 64,
    GX_STEP_UP_MIN = 15,
    GX_STEP_UP_MIN_MAX = 24 * 60,
    GX_STEP_UP_ROWS = 500,
    GX_STEP_UP_ROWS_MAX = 100000000,
    GX_ORGANISATION_CHARS_MAX = 120,
    GX_TENANT_NAME_MAX = 40,
};

struct gx_seen;         /* store/ notes there who looked at what is private */
struct gx_watch;        /* store/ counts there how much people read */
struct gx_access_cache; /* access/ keeps who may what here */

enum gx_quota_kind { GX_QUOTA_SEATS, GX_QUOTA_RECORDS, GX_QUOTA_FILE_BYTES, GX_QUOTA_KINDS };

/* What was counted last, and what was added since; see quota.h. */
struct gx_quota_known {
    int64_t count, counted_us, took_us; /* counted_us: monotonic; 0: never */
    uint64_t stale;
};

struct gx_quota {
    _Atomic int64_t limits[GX_QUOTA_KINDS]; /* 0: none */
    struct gx_quota_known known[GX_QUOTA_KINDS];
    uint64_t stale; /* how often others have written; with `known` only the writer's */
};

struct gx_tenant {
    struct gx_arena arena;
    struct gx_str name;
    const char *dir;  /* where its files are: its database, uploaded files, keys */
    const char *home; /* the data folder, with the directory: `dir`, or above it */
    struct gx_db *db;
    struct gx_settings settings;
    struct gx_id_source ids;
    int64_t change_seq;   /* newest entry of the log; only the writer touches it */
    pthread_mutex_t lock; /* guards meta, and settings that change */
    struct gx_meta *meta;
    uint64_t stored_version; /* hash of the definitions' version as the store has it; under lock */
    struct gx_quota quota;
    struct gx_seen *seen;   /* NULL: nothing is noted */
    struct gx_watch *watch; /* NULL: nothing is counted */
    struct gx_access_cache *access;
    void (*access_free)(struct gx_access_cache *cache);
};

struct gx_tenant_options {
    const char *dir;  /* its folder; made when missing */
    const char *home; /* the data folder; NULL: the same */
    const char
        *url; /* "postgresql://…": a schema and a role of the tenant there; NULL: <dir>/<name>.db */
    struct gx_str name;
    const char *const *packs; /* a new tenant's packs, NULL-ended; NULL: core and sales */
    bool create;              /* false: GX_E_NOT_FOUND when there is nothing yet */
};

/* Small letters, digits, "_" and "-", with a letter or digit at both ends; at most
 * GX_TENANT_NAME_MAX. */
bool gx_tenant_name_good(struct gx_str name);
/* Remove its schema and role from PostgreSQL; nobody may have it open. */
GX_NODISCARD enum gx_code gx_tenant_drop_schema(struct gx_ctx *ctx, struct gx_str name,
                                                const char *url);

/* Open (migrate, load definitions, bring tables in line).  Lives until gx_tenant_close(). */
GX_NODISCARD enum gx_code gx_tenant_open(struct gx_ctx *ctx,
                                         const struct gx_tenant_options *options,
                                         struct gx_tenant **ret_tenant);
void gx_tenant_close(struct gx_tenant *tenant);

/*
 * PostgreSQL, where several processes may serve one tenant: take in what others have changed of
 * settings and definitions, as `conn` sees it; on the writer also the numbers that are given next.
 */
GX_NODISCARD enum gx_code gx_tenant_refresh(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_conn *conn);
/* The current snapshot, with a reference for the caller. */
struct gx_meta *gx_tenant_meta(struct gx_tenant *tenant);

/* One step of what publishing would do to the tables. */
enum gx_plan_kind {
    GX_PLAN_CREATE_TABLE,
    GX_PLAN_ADD_COLUMN,
    GX_PLAN_ADD_INDEX,
    GX_PLAN_DROP_INDEX,
    GX_PLAN_KEEP_COLUMN,
    GX_PLAN_CREATE_JOIN
};
struct gx_plan_step {
    struct gx_plan_step *next;
    enum gx_plan_kind kind;
    struct gx_str object, name;
};

/* A change to the tenant's own definitions: json empty removes the file. */
struct gx_definition {
    struct gx_str path; /* "custom/objects/visit.json", "custom/extend/account.json" … */
    struct gx_str json;
};

/*
 * Check the definitions together with everything there is, work out the steps, and (unless
 * `dry`) run them on `conn`, the writer, and make the new snapshot current when that commits.
 * Steps live in ctx->arena.
 */
GX_NODISCARD enum gx_code gx_tenant_publish(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            struct gx_conn *conn,
                                            const struct gx_definition *changes, size_t count,
                                            int64_t by_user, bool dry,
                                            struct gx_plan_step **ret_steps);

/*
 * Begin to use a pack of the program, on `conn`, the writer; like gx_tenant_publish().
 * GX_E_NOT_FOUND: the program has no such pack.  GX_E_INVALID: in use already, or one that it
 * requires is not.
 */
GX_NODISCARD enum gx_code gx_tenant_add_pack(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                             struct gx_conn *conn, struct gx_str pack,
                                             int64_t by_user, struct gx_plan_step **ret_steps);

GX_NODISCARD enum gx_code gx_setting_set(struct gx_ctx *ctx, struct gx_conn *conn,
                                         struct gx_str key, struct gx_str value);

/* `otherwise` when there is none of this name; in ctx->arena. */
GX_NODISCARD enum gx_code gx_setting_get(struct gx_ctx *ctx, struct gx_conn *conn, const char *key,
                                         struct gx_str otherwise, struct gx_str *ret_value);
/* Fill tenant->settings, before anybody else has the tenant. */
GX_NODISCARD enum gx_code gx_settings_read(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_conn *conn);
/* The same while others use them: what has changed becomes current. */
GX_NODISCARD enum gx_code gx_settings_refresh(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                              struct gx_conn *conn);
/* The settings as they are now, all of one moment; the texts in `arena`. */
struct gx_settings gx_settings_now(struct gx_tenant *tenant, struct gx_arena *arena);
/*
 * On the writer: keep all of them, checked beforehand, and make them current at once.  Currency and
 * region never change their length, so that who reads one meanwhile has the old or the new.
 */
GX_NODISCARD enum gx_code gx_settings_save(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                           struct gx_conn *conn,
                                           const struct gx_settings *settings);

/*
 * On the writer of an empty store: all tables that the program and `meta` need, the indexes of
 * objects only if so; may be called again for them.
 */
GX_NODISCARD enum gx_code gx_tenant_prepare(struct gx_ctx *ctx, struct gx_conn *conn,
                                            const struct gx_meta *meta, bool indexes);
/* The store of a tenant elsewhere: options as gx_tenant_open() would use them. */
GX_NODISCARD enum gx_code gx_tenant_open_store(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                               const char *url, struct gx_db **ret_db);
/* Set in the store that a tenant has left, so that nobody takes it for the tenant. */
#define GX_SETTING_MOVED "moved"

/* What stands between the tables of `conn` and `meta`. */
GX_NODISCARD enum gx_code gx_plan_make(struct gx_ctx *ctx, struct gx_conn *conn,
                                       const struct gx_meta *meta, struct gx_plan_step **ret_steps);
/* Steps that drop the object's indexes, but for unique ones, which are rules. */
GX_NODISCARD enum gx_code gx_plan_without_indexes(struct gx_ctx *ctx, struct gx_conn *conn,
                                                  const struct gx_object *object,
                                                  struct gx_plan_step **ret_steps);
/* A command of FTS5 to the object's search table: 'merge', 1000 (SQLite only). */
GX_NODISCARD enum gx_code gx_plan_search_command(struct gx_ctx *ctx, struct gx_conn *conn,
                                                 const struct gx_object *object,
                                                 struct gx_sql command, int64_t value);
/* Whether the search table merges its segments as it grows; off only while many are loaded. */
GX_NODISCARD enum gx_code gx_plan_search_merging(struct gx_ctx *ctx, struct gx_conn *conn,
                                                 const struct gx_object *object, bool on);
GX_NODISCARD enum gx_code gx_plan_run(struct gx_ctx *ctx, struct gx_conn *conn,
                                      const struct gx_meta *meta, const struct gx_plan_step *steps);

#endif
