/*
 * before.h - what was there before a change of many records, kept so that it can be put back.
 *
 * The log of changes has what people see of a change.  A move between markets also takes shares,
 * places in books, rows that go, and fields without history: those are kept here, by batch and by
 * the record that the change was asked for.
 *
 * Layer: store.
 */
#ifndef GX_STORE_BEFORE_H
#define GX_STORE_BEFORE_H

#include "store/record.h"

struct gx_before {
    int64_t seq, record, version, at;
    struct gx_str object, kind; /* the object's id; update, remove, share, book_in or book_out */
    const struct gx_json *data;
};

/* On the writer. */
GX_NODISCARD enum gx_code gx_before_add(struct gx_scope *scope, int64_t batch, int64_t head,
                                        const struct gx_object *object, int64_t record,
                                        const char *kind, int64_t version, struct gx_str data);
/* Those of one head, newest first, in the arena. */
GX_NODISCARD enum gx_code gx_before_read(struct gx_scope *scope, int64_t batch, int64_t head,
                                         struct gx_before **ret_rows, size_t *ret_count);
/* The heads of a batch, newest first; at most `max`. */
GX_NODISCARD enum gx_code gx_before_heads(struct gx_scope *scope, int64_t batch, int64_t *heads,
                                          size_t max, size_t *ret_count);
GX_NODISCARD enum gx_code gx_before_forget(struct gx_scope *scope, int64_t batch, int64_t head);

/* Columns of a row (only those that differ from `now`, unless that is NULL) and its links, as JSON;
 * and back into a record. */
struct gx_str gx_before_row(struct gx_scope *scope, const struct gx_record *old,
                            const struct gx_record *now);
void gx_before_fill(struct gx_scope *scope, const struct gx_json *data, struct gx_record *record);

/* A record put into a book or taken out; what there was is kept, unless `batch` is 0.  No right is
 * asked for. */
GX_NODISCARD enum gx_code gx_before_book(struct gx_scope *scope, int64_t batch, int64_t head,
                                         const struct gx_object *object, int64_t record,
                                         int64_t book, bool in, bool *ret_changed);
/* A share or a place in a book as it was. */
GX_NODISCARD enum gx_code gx_before_put_back(struct gx_scope *scope, const struct gx_object *object,
                                             const struct gx_before *before);

#endif
