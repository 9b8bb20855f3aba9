/*
 * bulk.h - what many new records leave beside their rows, gathered and written at once.
 *
 * PostgreSQL takes rows by COPY several times faster than one by one.  The records themselves are
 * inserted in order, since the next may be checked against them; nothing reads their entries of
 * the log and their places in the search table before the transaction ends, so these wait here.
 *
 * Layer: store, private to it.  Lives in the arena of the writing; who began it calls
 * gx_bulk_write() before the work ends, or forgets it when the work fails.
 */
#ifndef GX_STORE_BULK_H
#define GX_STORE_BULK_H

#include "store/record.h"

struct gx_bulk {
    struct gx_value *log, *search; /* row after row */
    size_t log_count, search_count, cap;
};

/* For up to `cap` new records. */
struct gx_bulk *gx_bulk_new(struct gx_arena *arena, size_t cap);
/* An entry of the log: the values of gx_log_columns, in the arena. */
void gx_bulk_log(struct gx_bulk *bulk, const struct gx_value *values);
/* PostgreSQL: a document of the search table. */
void gx_bulk_search(struct gx_arena *arena, struct gx_bulk *bulk, int64_t id, struct gx_str text);
GX_NODISCARD enum gx_code gx_bulk_write(const struct gx_scope *scope,
                                        const struct gx_object *object, struct gx_bulk *bulk);

#endif
