/*
 * revert.h - take one change entry back, without losing what others did since.
 *
 * Imports and changes of many records are undone with it, from the newest entry of their log to
 * the oldest.
 *
 * Layer: store.
 */
#ifndef GX_STORE_REVERT_H
#define GX_STORE_REVERT_H

#include "store/record.h"

struct gx_revert {
    struct gx_scope *scope;
    const struct gx_object *object;
    int64_t record;
    struct gx_str data; /* of an update: {"field id": [old, new], …} */
    const struct gx_write_options *options;
    /* Told what was left as it is, and called what: the reasons are in ctx; clears them. */
    enum gx_code (*keep)(void *p, struct gx_str title);
    void *p;
};

/*
 * The values of before, for fields that still have the value of the entry; those with a newer one
 * are told to `keep`, and so is a record in the recycle bin.  Errors as gx_record_update().
 */
GX_NODISCARD enum gx_code gx_revert_update(const struct gx_revert *revert);
/* Out of the recycle bin or into it again, unless it is there already. */
GX_NODISCARD enum gx_code gx_revert_delete(const struct gx_revert *revert);
GX_NODISCARD enum gx_code gx_revert_restore(const struct gx_revert *revert);

/* What a record is called in reports, when that is a stored text; else empty. */
struct gx_str gx_record_title(const struct gx_record *record);

#endif
