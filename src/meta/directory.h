/*
 * directory.h - the tenants of a data folder: the file "guanxi.tenants" in it.
 *
 * A small SQLite store with a row for each tenant: where its store is, its state, its limits;
 * beside it what was used (house/usage.c) and the records of deletions.  So 10,000 tenants are
 * found, listed and changed a row at a time.  Only its owner reads it, since an address may hold a
 * password.  What an older program kept in the file "tenants" is taken over when it is opened.
 *
 * A tenant's files (its database, uploaded files, keys) lie in the data folder itself, or in a
 * folder of its own below it; the row says which.
 *
 * Layer: meta.
 */
#ifndef GX_META_DIRECTORY_H
#define GX_META_DIRECTORY_H

#include "db/db.h"

struct gx_directory;

enum gx_tenant_state {
    GX_TENANT_ACTIVE,
    GX_TENANT_SUSPENDED,
    GX_TENANT_MAKING,   /* not whole yet; removed at the next start */
    GX_TENANT_DELETING, /* no more; what is left is removed at the next start */
};

/* What a tenant may use; 0 of each: as much as it likes. */
struct gx_directory_limits {
    int64_t seats;      /* people who can sign in */
    int64_t records;    /* without those in the recycle bin */
    int64_t file_bytes; /* of uploaded files */
};

struct gx_directory_entry {
    struct gx_directory_entry *next;
    struct gx_str name;
    struct gx_str url;    /* empty: a file of its folder */
    struct gx_str folder; /* below the data folder, "house/acme"; empty: the data folder */
    enum gx_tenant_state state;
    struct gx_str reason;       /* why it is suspended, for its people; empty otherwise */
    struct gx_str host;         /* a host name of its own; empty: none */
    struct gx_str organisation; /* what it is called */
    struct gx_str mark;         /* the operator's (a plan's code); the engine only keeps it */
    struct gx_directory_limits limits;
    int64_t made_at, changed_at; /* microseconds; changed_at: of state or reason */
    int64_t wake_at;             /* when it is to be opened next for its own work; 0: never */
};

/* *ret_directory NULL when !create and there is none.  GX_E_BUSY: another process has it. */
GX_NODISCARD enum gx_code gx_directory_open(struct gx_ctx *ctx, const char *dir, bool create,
                                            struct gx_directory **ret_directory);
void gx_directory_close(struct gx_directory *directory);
/* Its store, for the tables of house/usage.c. */
struct gx_db *gx_directory_db(struct gx_directory *directory);
/* All rows by name, in ctx->arena. */
GX_NODISCARD enum gx_code gx_directory_list(struct gx_ctx *ctx, struct gx_directory *directory,
                                            struct gx_directory_entry **ret_first);
/* One row; GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_directory_get(struct gx_ctx *ctx, struct gx_directory *directory,
                                           struct gx_str name,
                                           struct gx_directory_entry *ret_entry);
/* The whole row, new or not; durable when it returns.  GX_E_DUPLICATE: the host is another's. */
GX_NODISCARD enum gx_code gx_directory_put(struct gx_ctx *ctx, struct gx_directory *directory,
                                           const struct gx_directory_entry *entry);
/* No such tenant any more; `record` (a line of JSON) stays, unless it is empty. */
GX_NODISCARD enum gx_code gx_directory_drop(struct gx_ctx *ctx, struct gx_directory *directory,
                                            struct gx_str name, struct gx_str record);
/* When a tenant of this name was deleted last; 0: never. */
GX_NODISCARD enum gx_code gx_directory_dropped(struct gx_ctx *ctx, struct gx_directory *directory,
                                               struct gx_str name, int64_t *ret_at);
/* The records that gx_directory_drop() kept, a line each, oldest first. */
GX_NODISCARD enum gx_code gx_directory_records(struct gx_ctx *ctx, struct gx_directory *directory,
                                               struct gx_str *ret_lines);
/* Give a row to each database file of the data folder that has none. */
GX_NODISCARD enum gx_code gx_directory_adopt(struct gx_ctx *ctx, struct gx_directory *directory);

/* --- for who has no directory at hand: opened and closed again */

/* All tenants of the folder by name, those in files without a row too; in ctx->arena. */
GX_NODISCARD enum gx_code gx_directory_read(struct gx_ctx *ctx, const char *dir,
                                            struct gx_directory_entry **ret_first);
/* Its row; all empty where there is none. */
GX_NODISCARD enum gx_code gx_directory_find(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                                            struct gx_directory_entry *ret_entry);
/* From now on its store is there; `url` NULL: a file of its folder.  Durable when it returns. */
GX_NODISCARD enum gx_code gx_directory_set(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                                           const char *url);
/* The address without its password, for people. */
struct gx_str gx_directory_shown(struct gx_arena *arena, struct gx_str url);

#endif
