/*
 * archive.h - backups that grow: a full copy, then only what changed; back to any moment of it.
 *
 * An archive is a folder apart from the data.  For each tenant it has books: a copy of the whole
 * store and numbered pieces, each with the pages that commits changed and when each commit was.
 * Every piece is hashed together with the hash of the one before, so none can be lost, exchanged or
 * damaged unseen.  Contents of uploaded files lie beside them, each once.
 *
 * Pieces come from a thread that follows the write-ahead log while the program serves, or from
 * `guanxi backup FOLDER --incremental`, which compares page by page with what the archive has.
 *
 * Layer: store.  SQLite only; PostgreSQL archives its own log.
 */
#ifndef GX_STORE_ARCHIVE_H
#define GX_STORE_ARCHIVE_H

#include "access/scope.h"

enum {
    GX_ARCHIVE_EVERY_S = 5, /* where nothing else is said */
    GX_ARCHIVE_BOOK_DAYS = 7,
    GX_ARCHIVE_KEEP_DAYS = 35,
};

struct gx_archiver;

struct gx_archive_options {
    const char *root;  /* the folder; made when it is missing */
    int64_t every_s;   /* pieces */
    int64_t book_days; /* a new full copy */
    int64_t keep_days; /* every moment of so many days can be gone back to; older books go */
};

struct gx_archive_state {
    int64_t upto_us;   /* everything committed until then is in the archive; 0: nothing yet */
    int64_t pieces;    /* written since the program started */
    int64_t bytes;     /* of them */
    bool behind;       /* the last try failed: see `problem` */
    char problem[200]; /* why */
};

/* Archive the tenant while it is served.  GX_E_IO: the folder; GX_E_BUSY: another has it;
 * GX_E_INVALID: not a SQLite file. */
GX_NODISCARD enum gx_code gx_archiver_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                            const struct gx_archive_options *options,
                                            struct gx_archiver **ret_archiver);
/* Write what is left, and stop.  After the last write, before the tenant is closed. */
void gx_archiver_stop(struct gx_archiver *archiver);
struct gx_archive_state gx_archiver_state(struct gx_archiver *archiver);

/*
 * One backup into the archive `root`: the whole when it has none of this tenant, what changed
 * otherwise.  Not on the writer.  GX_E_BUSY: it is being written right now, as with --archive.
 */
GX_NODISCARD enum gx_code gx_archive_once(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                          const char *root, int64_t *ret_bytes);

/* Is this folder an archive that has the tenant? */
bool gx_archive_has(const char *root, struct gx_str tenant);

struct gx_archive_found {
    int64_t at_us;   /* of the commit that was restored */
    int64_t next_us; /* of the next one that the archive has; 0: it was the last */
    int64_t pieces;
    struct gx_str head; /* the newest head of the sealed log up to there; in ctx->arena */
};
/*
 * Make the file `to` as the store was after the last commit not after `at_us` (0: the newest).
 * Every piece is checked on the way.  GX_E_NOT_FOUND: the archive does not reach there, or has
 * nothing; GX_E_INVALID: it is damaged, with the last moment that can be had; GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_archive_restore(struct gx_ctx *ctx, const char *root,
                                             struct gx_str tenant, int64_t at_us, const char *to,
                                             struct gx_archive_found *ret_found);

#endif
