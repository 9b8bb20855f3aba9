/*
 * presence.h - who has a record open just now, in memory only.
 *
 * A page that shows a record says so every GX_PRESENCE_BEAT_S; who has not been heard for
 * GX_PRESENCE_GONE_S is gone.  Only those who are here themselves, and so have just shown that they
 * may read the record, are told of the others.
 *
 * Layer: api.  Thread-safe.
 */
#ifndef GX_API_PRESENCE_H
#define GX_API_PRESENCE_H

#include "base/arena.h"

struct gx_presence;

enum {
    GX_PRESENCE_MAX = 4096,    /* all records and people together */
    GX_PRESENCE_HERE_MAX = 32, /* told of one record */
    GX_PRESENCE_BEAT_S = 25,
    GX_PRESENCE_GONE_S = 60,
};

struct gx_present {
    int64_t user;
    bool editing;
};

/* In `arena`, for as long as that lasts. */
struct gx_presence *gx_presence_new(struct gx_arena *arena);
/*
 * `user` is at a record of the object (its stable id) at this moment; the others who are go into
 * `ret_others` (GX_PRESENCE_HERE_MAX of them).  True when this is news to them.  When all places
 * are taken, who was heard longest ago makes room.
 */
bool gx_presence_here(struct gx_presence *p, int64_t now_us, struct gx_str object, int64_t record,
                      int64_t user, bool editing, struct gx_present *ret_others, size_t *ret_count);
/* The same for one who leaves. */
bool gx_presence_left(struct gx_presence *p, int64_t now_us, struct gx_str object, int64_t record,
                      int64_t user, struct gx_present *ret_others, size_t *ret_count);

#endif
