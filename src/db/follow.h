/*
 * follow.h - what each commit changed, page by page, for who keeps an archive (SQLite).
 *
 * Every commit puts the pages it changed into the write-ahead log, and the writer alone moves them
 * into the file.  So a follower that has what stands in the log between two commits has what the
 * second one changed: nothing is asked of those who write, but that the log is not begun anew
 * before the follower has read it.  A follower that stays away too long is left behind (the log
 * must not fill the disk), which gx_db_follow_lost() tells; it then needs a copy of the whole.
 *
 * Layer: db.  One follower, on a thread of its own.
 */
#ifndef GX_DB_FOLLOW_H
#define GX_DB_FOLLOW_H

#include "base/buf.h"
#include "db/db.h"

enum {
    GX_DB_PAGE_BYTES = 4096,
    GX_DB_FRAME_BYTES = 4 + GX_DB_PAGE_BYTES, /* the page's number, little end first; the page */
    GX_DB_FOLLOW_FRAMES_MAX = 2048,           /* of one helping */
    GX_DB_FOLLOW_COMMITS_MAX = 1024,
};

/* A commit: when it was durable, how many frames it has, and the pages of the store after it. */
struct gx_db_commit {
    int64_t at_us;
    uint32_t frames;
    uint32_t pages; /* 0: only a part of a commit, the next entry goes on with it */
};

/*
 * Follow from here on, or no longer.  GX_E_INVALID: the store is no SQLite file of our page size.
 * Not on the writer's thread.
 */
GX_NODISCARD enum gx_code gx_db_follow(struct gx_ctx *ctx, struct gx_db *db, bool on);
/* Something was not read in time: follow anew, with a copy of the whole. */
bool gx_db_follow_lost(struct gx_db *db);
/* So much has come together that it should be taken soon. */
bool gx_db_follow_presses(struct gx_db *db);
/*
 * What was committed and not yet taken: frames are appended to `frames`, commits written to
 * `commits`, which has room for GX_DB_FOLLOW_COMMITS_MAX.  *ret_count 0: nothing.  What was taken
 * is not given again.  GX_E_IO: it could not be read, and counts as lost.
 */
GX_NODISCARD enum gx_code gx_db_follow_take(struct gx_ctx *ctx, struct gx_db *db,
                                            struct gx_buf *frames, struct gx_db_commit *commits,
                                            size_t *ret_count);

#endif
