/*
 * house.h - one program, many tenants: which there are, which are open, and what each may use.
 *
 * The **house** is a data folder being served.  Its directory (meta/directory.h, one small SQLite
 * file) has a row for each tenant; only tenants that somebody uses are **open**: their store, their
 * writer, their background work.  The least recently used one is closed when another needs its
 * place, so 10,000 tenants cost 10,000 rows.
 *
 * The **front** is the tenant that a request belongs to when neither its host nor its path names
 * one (`--tenant`, "main"): in a folder with one tenant, that one.  With `serve --console` it is
 * the operator's own: its administrators run the house (gx_req_house() in api/app.h).
 *
 * Layer: house; above store, below api.  What belongs to an open tenant beside its store (runners,
 * hub, sealer) is main's and comes by hooks.  Thread-safe.  Nothing here may be called on the
 * writer of a tenant (a .writes route); use .slow routes.
 */
#ifndef GX_HOUSE_HOUSE_H
#define GX_HOUSE_HOUSE_H

#include "meta/directory.h"
#include "meta/tenant.h"

struct gx_house;

/* --- what the directory says (struct gx_directory_entry has name, store, state, reason, host,
 * limits, marks and times; see there) */

/* The row of a tenant, in ctx->arena.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_house_find(struct gx_ctx *ctx, struct gx_house *house,
                                        struct gx_str name, struct gx_directory_entry *ret_entry);

struct gx_house_ask {
    struct gx_str search; /* part of a name, organisation or host; empty: all */
    struct gx_str after;  /* names after this one; empty: from the first */
    int state;            /* enum gx_tenant_state; -1: all */
    int limit;            /* 0: 100; at most 1,000 */
};
/* By name, at most `limit` of them, linked by ->next, in ctx->arena. */
GX_NODISCARD enum gx_code gx_house_list(struct gx_ctx *ctx, struct gx_house *house,
                                        const struct gx_house_ask *ask,
                                        struct gx_directory_entry **ret_first);
/* How many there are in this state; -1: all. */
GX_NODISCARD enum gx_code gx_house_count(struct gx_ctx *ctx, struct gx_house *house, int state,
                                         int64_t *ret_count);
/* The tenant's address for people, "https://acme.crm.example.com" or "https://host/t/acme"; as the
 * options say, else as `req_host` (the Host of a request, may be empty) was called. */
struct gx_str gx_house_address(struct gx_arena *arena, const struct gx_house *house,
                               const struct gx_directory_entry *entry, struct gx_str req_host);

/* --- a tenant's life */

struct gx_house_new {
    struct gx_str name;                /* a-z 0-9 _ -, begins with a letter; good as a host name */
    const char *const *packs;          /* NULL: core and sales */
    struct gx_str language;            /* "zh-Hant", "en"; empty: as the front */
    struct gx_str currency, region;    /* ISO 4217, ISO 3166; empty: as the front */
    int tz_offset_min;                 /* GX_HOUSE_AS_FRONT: as the front */
    int fiscal_start_month;            /* 1-12; 0: 1 */
    struct gx_str organisation;        /* what it is called; empty: the name */
    struct gx_str admin_login;         /* its first administrator; empty: "admin" */
    struct gx_str admin_name;          /* empty: the login */
    struct gx_str admin_email;         /* may be empty */
    struct gx_str password;            /* empty: *ret_link sets one */
    struct gx_str demo;                /* an organisation of demo data ("maker"); empty: none */
    struct gx_str host;                /* a host name of its own; empty: none */
    const char *url;                   /* "postgresql://…"; NULL: where new ones go (a file) */
    struct gx_directory_limits limits; /* 0 of each: none */
    struct gx_str mark;                /* of the operator's choice (a plan's code); may be empty */
};
enum { GX_HOUSE_AS_FRONT = 1 << 20, GX_HOUSE_NAME_REST_DAYS = 30 };

struct gx_house_made {
    int64_t admin;          /* id of the first administrator, in the new tenant */
    struct gx_str password; /* as given, else empty */
    struct gx_str link;     /* secret for "<address>/set-password#<link>"; empty with a password */
};

/*
 * Make a tenant; it is open and can be used when this returns (some 100 ms: a prepared store is
 * copied where one of the same packs is there).  Demo data then comes in the background.
 * GX_E_DUPLICATE: the name or the host is taken (a deleted tenant's too, for
 * GX_HOUSE_NAME_REST_DAYS).  GX_E_INVALID: the path of what is wrong ("name", "host", "currency",
 * "password" …).  GX_E_IO.  After an error nothing is left of it.
 */
GX_NODISCARD enum gx_code gx_house_create(struct gx_ctx *ctx, struct gx_house *house,
                                          const struct gx_house_new *new_tenant,
                                          struct gx_house_made *ret_made);
/*
 * Nobody works there until it is resumed: every request is answered 403 `suspended` with `reason`,
 * which its people read (sessions, keys, streams alike).  Its store is closed.  GX_E_NOT_FOUND;
 * GX_E_CONFLICT: it is being deleted; GX_E_INVALID: no reason, or the front.
 */
GX_NODISCARD enum gx_code gx_house_suspend(struct gx_ctx *ctx, struct gx_house *house,
                                           struct gx_str name, struct gx_str reason);
GX_NODISCARD enum gx_code gx_house_resume(struct gx_ctx *ctx, struct gx_house *house,
                                          struct gx_str name);
/* From now on; the tenant is not closed for it. GX_E_NOT_FOUND, GX_E_INVALID (below 0). */
GX_NODISCARD enum gx_code gx_house_limit(struct gx_ctx *ctx, struct gx_house *house,
                                         struct gx_str name,
                                         const struct gx_directory_limits *limits);
/* A host name of its own (empty: none) and the operator's mark.  GX_E_DUPLICATE, GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_house_rename(struct gx_ctx *ctx, struct gx_house *house,
                                          struct gx_str name, struct gx_str host,
                                          struct gx_str mark);
/*
 * A folder that the tenant may take along: a data folder with this one tenant, as `guanxi backup`
 * makes, readable by `guanxi restore`.  `path` must not exist.  Suspended ones too.
 */
GX_NODISCARD enum gx_code gx_house_export(struct gx_ctx *ctx, struct gx_house *house,
                                          struct gx_str name, struct gx_str path);
/*
 * Gone, provably: its streams and work end, then its store (file, journal, copies of upgrades; in
 * PostgreSQL the schema and the role), uploaded files, import files, keys and its row go.  A signed
 * record of the deletion stays (gx_house_deletions()); *ret_record is that line of JSON, in
 * ctx->arena.  A deletion that was cut off goes on at the next start.  GX_E_NOT_FOUND;
 * GX_E_INVALID: the front; GX_E_IO: something could not be removed, call again.
 */
GX_NODISCARD enum gx_code gx_house_delete(struct gx_ctx *ctx, struct gx_house *house,
                                          struct gx_str name, struct gx_str reason,
                                          struct gx_str *ret_record);
/* The records of deletions, a line of JSON each, newest last; in ctx->arena. */
GX_NODISCARD enum gx_code gx_house_deletions(struct gx_ctx *ctx, struct gx_house *house,
                                             struct gx_str *ret_lines);

/* --- metering: kept in the directory, so that no tenant is opened to be counted */

struct gx_house_usage {
    struct gx_house_usage *next;
    int64_t day;         /* days since 1970-01-01, UTC */
    int64_t users;       /* people who used it that day */
    int64_t users_month; /* people who used it in that month, up to and with that day */
    int64_t seats;       /* people who can sign in, at the end of the day */
    int64_t records;     /* without those in the recycle bin */
    int64_t file_bytes;  /* of uploaded files */
    int64_t store_bytes; /* of its database */
    int64_t requests;    /* of that day, without files of the web application */
};
/* What is in the directory by now, oldest first: days on which it was open.  Written every minute
 * while it is open, and when it is closed. */
GX_NODISCARD enum gx_code gx_house_usage(struct gx_ctx *ctx, struct gx_house *house,
                                         struct gx_str name, int64_t from_day, int64_t to_day,
                                         struct gx_house_usage **ret_first);
/* The newest figures, of an open tenant at most a minute old; zeros when it was never open. */
GX_NODISCARD enum gx_code gx_house_newest(struct gx_ctx *ctx, struct gx_house *house,
                                          struct gx_str name, struct gx_house_usage *ret_usage);

/* --- open tenants */

/* A tenant that is open, and stays so while somebody holds it. */
struct gx_room {
    struct gx_house *house;
    struct gx_tenant *tenant;
    struct gx_arena *arena; /* lasts longer than the tenant's store */
    void *services;         /* main's: struct gx_api of api/app.h */
};

/*
 * Limits are the engine's to keep: what would go beyond one is refused with GX_E_PLAN (403,
 * "plan_limit") and words that name the limit, what is used and what may be.  Over a limit that was
 * lowered everything stays, and can be read, changed and deleted; only more of it is refused.
 *
 * The command line (`guanxi tenant`) and the operator's pages use these routes, at the front alone,
 * by the local socket, and by administrators where the server was started with `--console`:
 *   GET    /api/v1/house/tenants            ?search&after&state&limit   {"rows": [tenant], "count"}
 *   POST   /api/v1/house/tenants            struct gx_house_new by the names of its members
 *   GET    /api/v1/house/tenants/{name}     tenant: name, state, reason, host, organisation, mark,
 *                                           address, limits, usage (the newest), made_at, open
 *   PATCH  /api/v1/house/tenants/{name}     {"limits": {"seats", …}, "host", "mark"}: what is given
 *   POST   /api/v1/house/tenants/{name}/suspend   {"reason"}        …/resume
 *   POST   /api/v1/house/tenants/{name}/export    {"path"}  (the local socket alone)
 *   DELETE /api/v1/house/tenants/{name}     ?reason                   the record of the deletion
 *   GET    /api/v1/house/tenants/{name}/usage     ?from&to (days, YYYY-MM-DD)  {"rows": [usage]}
 */

/*
 * Hold a tenant, opening it if need be: waits for that.  GX_E_NOT_FOUND; GX_E_SUSPENDED;
 * GX_E_BUSY: all places are taken by tenants in use.  For work of the house inside a tenant, with
 * gx_scope_system(ctx, room->tenant, conn, "why").  Leave it soon.
 */
GX_NODISCARD enum gx_code gx_room_enter(struct gx_ctx *ctx, struct gx_house *house,
                                        struct gx_str name, struct gx_room **ret_room);
void gx_room_leave(struct gx_room *room);

#endif
