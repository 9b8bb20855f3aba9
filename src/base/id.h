/*
 * id.h - 63-bit record ids, made by the program, in the order of time.
 *
 * 41 bits of milliseconds since 2020-01-01 (until 2089), then 22 bits that count up within the
 * millisecond.  Newer records have larger ids, so the primary key is also the newest-first
 * order.  In JSON an id is a decimal string.
 *
 * Layer: base.
 */
#ifndef GX_BASE_ID_H
#define GX_BASE_ID_H

#include "base/str.h"

struct gx_id_source {
    int64_t last; /* the newest id given out; atomic inside */
};

/* A new id, larger than any before from this source.  Safe from several threads. */
int64_t gx_id_next(struct gx_id_source *source, int64_t now_us);
/* All further ids are larger than this one, which somebody else gave out. */
void gx_id_after(struct gx_id_source *source, int64_t id);
/* A decimal string of a positive id; false for anything else. */
bool gx_id_parse(struct gx_str s, int64_t *ret_id);

#endif
