/*
 * relocate.h - moving an account with what belongs to it from one market to another.
 *
 * A market is a unit with those below it.  How records are converted on the way is a definition:
 * JSON that an administrator writes, checked when it is stored and again when it is used
 * (docs/ACCESS.md).  It says who owns what moves, which books it leaves and enters, what becomes of
 * each field (kept, emptied, put into another field, mapped value by value), how amounts are
 * converted, what comes along and what becomes of links from records that stay.
 *
 * One account is moved whole or not at all; many are a batch (store/batch.h) whose action is
 * "relocate".  What was there before is kept beside the batch, so that it can be taken back
 * exactly, account by account, as long as nobody has changed it since.
 *
 * Not to be mixed up with store/convert.h (a lead becomes an account) and store/transfer.h (a
 * tenant moves to another database).
 *
 * Layer: store.
 */
#ifndef GX_STORE_RELOCATE_H
#define GX_STORE_RELOCATE_H

#include "json/schema.h"
#include "store/record.h"

enum {
    GX_RELOCATE_RECORDS_MAX = 5000, /* that move with one account, or have a link to it */
    GX_RELOCATE_BYTES_MAX = 200000, /* of a definition */
    GX_RELOCATE_REASON_CHARS_MAX = 300,
};

/* A definition that was checked. */
struct gx_relocate;

/* GX_E_INVALID: what is wrong, each with its path in the JSON. */
GX_NODISCARD enum gx_code gx_relocate_read(struct gx_scope *scope, const struct gx_json *json,
                                           struct gx_relocate **ret_def);

/* The stored definitions: {"rows": [{"name", "label", "from", "to", "good"}]}; with `whole` their
 * JSON and what is wrong with each by now. */
GX_NODISCARD enum gx_code gx_relocate_list(struct gx_scope *scope, bool whole, struct gx_jw *w);
/* GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_relocate_find(struct gx_scope *scope, struct gx_str name,
                                           struct gx_json **ret_json);
/* On the writer, for administrators. */
GX_NODISCARD enum gx_code gx_relocate_put(struct gx_scope *scope, struct gx_str name,
                                          const struct gx_json *json);
GX_NODISCARD enum gx_code gx_relocate_delete(struct gx_scope *scope, struct gx_str name);

/*
 * What moving this account would do: every record, each field before and after, what cannot be
 * mapped.  Nothing is written.  Records and fields that the scope may not read are counted, not
 * shown.  GX_E_NOT_FOUND.
 */
GX_NODISCARD enum gx_code gx_relocate_preview(struct gx_scope *scope, const struct gx_relocate *def,
                                              int64_t account, struct gx_jw *w);
/*
 * On the writer, in a savepoint: move it.  options->import_id is the batch.  GX_E_FORBIDDEN: not
 * all of it may be edited here and there, and the person has not the right to move between markets;
 * GX_E_INVALID: something cannot be mapped; GX_E_LIMIT; GX_E_DUPLICATE.
 */
GX_NODISCARD enum gx_code gx_relocate_run(struct gx_scope *scope, const struct gx_relocate *def,
                                          int64_t account, const struct gx_write_options *options);
/*
 * On the writer, in a savepoint: back as it was.  GX_E_CONFLICT: some of it was changed since;
 * which stands in ctx, and nothing is changed.
 */
GX_NODISCARD enum gx_code gx_relocate_undo(struct gx_scope *scope, int64_t batch, int64_t account,
                                           const struct gx_write_options *options);

#endif
