/*
 * share.h - records shared by hand, and the books they stand in.
 *
 * A share opens one record to a user, a unit with those below it, or a role: to read or to edit,
 * perhaps until a day, for a reason.  A book holds many records; who has a level on it reads or
 * edits them (access/reach.c).  Both only widen what somebody may, within what their roles give for
 * the object at all, and both can be given only by who may edit the record.  Each change stands in
 * the log.
 *
 * Layer: store.
 */
#ifndef GX_STORE_SHARE_H
#define GX_STORE_SHARE_H

#include "access/scope.h"
#include "json/schema.h"

enum { GX_SHARES_MAX = 500, GX_SHARE_REASON_CHARS_MAX = 300, GX_BOOK_PUT_MAX = 10000 };

struct gx_share {
    int64_t user, unit; /* one of the three */
    struct gx_str role;
    bool edit;
    bool has_until;
    int64_t until; /* the last day */
    struct gx_str reason;
};

/* On the writer.  A second share with the same one replaces the first.  GX_E_NOT_FOUND,
 * GX_E_FORBIDDEN (record); GX_E_INVALID: nobody there, or the day has passed; GX_E_LIMIT. */
GX_NODISCARD enum gx_code gx_share_add(struct gx_scope *scope, const struct gx_object *object,
                                       int64_t id, const struct gx_share *share, int64_t *ret_id);
GX_NODISCARD enum gx_code gx_share_remove(struct gx_scope *scope, const struct gx_object *object,
                                          int64_t id, int64_t share);
/* The shares of a record that the scope may read, as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_share_list(struct gx_scope *scope, const struct gx_object *object,
                                        int64_t id, struct gx_jw *w);

/*
 * On the writer: put a record into a book, or take it out; `batch`, unless 0, remembers what there
 * was (store/before.h).  GX_E_FORBIDDEN: may not edit the record.  Ask gx_book_check() first.
 */
GX_NODISCARD enum gx_code gx_book_put(struct gx_scope *scope, const struct gx_object *object,
                                      int64_t id, int64_t book, bool in, int64_t batch,
                                      bool *ret_changed);
/* May this person put records into the book?  GX_E_NOT_FOUND: no such book. */
GX_NODISCARD enum gx_code gx_book_check(struct gx_scope *scope, int64_t book);
/* The books a record stands in, as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_book_list(struct gx_scope *scope, const struct gx_object *object,
                                       int64_t id, struct gx_jw *w);
/* A record is gone for good: so are its shares and places. */
GX_NODISCARD enum gx_code gx_share_purge(struct gx_scope *scope, const struct gx_object *object,
                                         int64_t id);

#endif
