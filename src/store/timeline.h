/*
 * timeline.h - everything on a record as one stream: what was said and done, files, changes.
 *
 * Activities stand at their own time, so what is planned comes first; files at the time they came;
 * what was changed, moved, made and deleted comes from the log.  Each part is read under the
 * scope's rights to it.  Newest first, page by page with a cursor that says where one stopped.
 *
 * Layer: store.
 */
#ifndef GX_STORE_TIMELINE_H
#define GX_STORE_TIMELINE_H

#include "access/scope.h"
#include "json/write.h"
#include "store/list.h"

enum { GX_TIMELINE_LIMIT_MAX = 100, GX_TIMELINE_LIMIT = 30 };

struct gx_timeline_options {
    /*
     * What to give, separated by commas; empty: everything.  "change" (fields), "move" (of a
     * process), "record" (made, imported, deleted, brought back), "file", or a kind of activity.
     */
    struct gx_str kinds;
    struct gx_str cursor; /* the `next` of the page before; empty: the first */
    int limit;
    enum gx_list_may_say may; /* of activities and files */
};

/* {"rows": […], "next"}.  GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID (kinds, cursor). */
GX_NODISCARD enum gx_code gx_timeline(struct gx_scope *scope, const struct gx_object *object,
                                      int64_t id, const struct gx_timeline_options *options,
                                      struct gx_jw *w);

#endif
