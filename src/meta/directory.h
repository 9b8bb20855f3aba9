/*
 * directory.h - where each tenant's store is: the file "tenants" of the data folder.
 *
 * One line of JSON for each tenant that is not in a file of this folder.  A tenant without a line
 * is in <folder>/<name>.db.  The file is written anew and renamed, so it is always whole; only
 * its owner reads it, since an address may hold a password.
 *
 * Layer: meta.
 */
#ifndef GX_META_DIRECTORY_H
#define GX_META_DIRECTORY_H

#include "base/ctx.h"

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
    struct gx_str url; /* empty: a file of this folder */
    enum gx_tenant_state state;
    struct gx_str reason;       /* why it is suspended, for its people; empty otherwise */
    struct gx_str host;         /* a host name of its own; empty: none */
    struct gx_str organisation; /* what it is called */
    struct gx_str mark;         /* the operator's (a plan's code); the engine only keeps it */
    struct gx_directory_limits limits;
    int64_t made_at, changed_at; /* microseconds; changed_at: of state or reason */
};

/* All tenants of the folder by name, those in files too; in ctx->arena. */
GX_NODISCARD enum gx_code gx_directory_read(struct gx_ctx *ctx, const char *dir,
                                            struct gx_directory_entry **ret_first);
/* Its store; *ret_url NULL: a file of this folder. */
GX_NODISCARD enum gx_code gx_directory_find(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                                            const char **ret_url);
/* From now on it is there; `url` NULL: in a file of this folder.  Durable when it returns. */
GX_NODISCARD enum gx_code gx_directory_set(struct gx_ctx *ctx, const char *dir, struct gx_str name,
                                           const char *url);
/* The address without its password, for people. */
struct gx_str gx_directory_shown(struct gx_arena *arena, struct gx_str url);

#endif
