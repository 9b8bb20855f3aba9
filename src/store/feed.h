/*
 * feed.h - the log as news: what came in since a moment, told to each reader as far as they may
 * know.
 *
 * A feed is read once for everybody, then told in the scope of each: an entry is about a record
 * that this scope may read now, or it is not told at all.  Where much was written (an import, an
 * edit of hundreds), one entry for each object stands for all of it.
 *
 * Layer: store.
 */
#ifndef GX_STORE_FEED_H
#define GX_STORE_FEED_H

#include "access/scope.h"

enum {
    GX_FEED_ENTRIES_MAX = 200,   /* more are summed up by object */
    GX_FEED_BEHIND_MAX = 100000, /* further behind, a reader had better read everything anew */
};

struct gx_feed {
    int64_t after, until; /* entries of the log behind `after`, up to `until` */
    struct gx_feed_entry *first;
    bool summed;
};

/*
 * Read what the log has between two entries.  `scope` is the system's: the entries are told to
 * others by gx_feed_tell() only.  Lives in the scope's arena.
 */
GX_NODISCARD enum gx_code gx_feed_read(struct gx_scope *scope, int64_t after, int64_t until,
                                       struct gx_feed **ret_feed);
/* Append what `scope` may know of it to `out`, as server-sent events, oldest first. */
GX_NODISCARD enum gx_code gx_feed_tell(struct gx_scope *scope, const struct gx_feed *feed,
                                       struct gx_buf *out);

#endif
