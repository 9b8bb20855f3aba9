/*
 * news.h - what others changed on the records somebody follows, newest first.
 *
 * The log is read backwards; an entry is told when its record passes the reader's scope and the
 * filter of the object it is of.  Each record is told once a page, by its newest entry.  Imports
 * and changes of many records are left out: they say themselves what they did.
 *
 * Layer: store.
 */
#ifndef GX_STORE_NEWS_H
#define GX_STORE_NEWS_H

#include "access/scope.h"
#include "json/write.h"

enum { GX_NEWS_LIMIT = 8, GX_NEWS_LIMIT_MAX = 50, GX_NEWS_SCANNED_MAX = 4000 };

struct gx_news_options {
    const struct gx_part *follow; /* object, filter and fields of each */
    size_t follow_count;
    struct gx_str cursor; /* the `next` of the page before; empty: the first */
    int limit;
};

/*
 * The members "rows": [{"type", "id", "at", "by", "object", "record", "changes"}] and "next" of the
 * object being written; `next` may be there although there are no rows, when nothing was found
 * among GX_NEWS_SCANNED_MAX entries.  What may not be read is left out.  GX_E_INVALID: cursor.
 */
GX_NODISCARD enum gx_code gx_news(struct gx_scope *scope, const struct gx_news_options *options,
                                  struct gx_jw *w);

#endif
