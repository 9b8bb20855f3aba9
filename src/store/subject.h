/*
 * subject.h - all that is held on one person, as a file they can be given.
 *
 * A ZIP: index.html to read (in the person's language if it is one of ours), data.json for
 * machines, and the contents of files.  It has what the scope may read: an administrator's has all.
 *
 * Layer: store.
 */
#ifndef GX_STORE_SUBJECT_H
#define GX_STORE_SUBJECT_H

#include "store/record.h"

enum {
    GX_SUBJECT_RECORDS_MAX = 20000,
    GX_SUBJECT_HISTORY_MAX = 5000,
    GX_SUBJECT_BYTES_MAX = 1 << 30, /* of files; what is more is listed, not packed */
};

/*
 * Written to `path`.  The scope needs the right to export the record, on a reader.  GX_E_INVALID:
 * no person; GX_E_NOT_FOUND; GX_E_FORBIDDEN; GX_E_IO.
 */
GX_NODISCARD enum gx_code gx_subject_write(struct gx_scope *scope, const struct gx_object *object,
                                           int64_t id, const char *path);

/* Would it be refused? */
GX_NODISCARD enum gx_code gx_subject_may(struct gx_scope *scope, const struct gx_object *object,
                                         int64_t id);

#endif
