/*
 * store_int.h - what the files of store/ share.
 *
 * Layer: store, private to it.
 */
#ifndef GX_STORE_STORE_INT_H
#define GX_STORE_STORE_INT_H

#include "store/record.h"

/* A value of a type from the input, with the tenant's settings. */
struct gx_type_io gx_store_io(const struct gx_scope *scope, const struct gx_field *field,
                              struct gx_str path);

/* The row of `object` with this id as it stands, whoever asks; v NULL when there is none. */
enum gx_code gx_row_read(struct gx_ctx *ctx, struct gx_conn *conn, const struct gx_object *object,
                         int64_t id, struct gx_record *ret_record);
/* Add "id,id" of every LINKS field. */
enum gx_code gx_row_read_links(struct gx_ctx *ctx, struct gx_conn *conn, struct gx_record *record);

/* Evaluate over a record that is not (or not yet) in the database. */
enum gx_code gx_record_eval(const struct gx_scope *scope, const struct gx_expr *expr,
                            const struct gx_record *record, struct gx_value *ret_value);
enum gx_code gx_record_test(const struct gx_scope *scope, const struct gx_expr *expr,
                            const struct gx_record *record, bool *ret_true);

/* The link field of `object` that a record of `target` goes into: named like it, else the first;
 * NULL when there is none. */
const struct gx_field *gx_link_field(const struct gx_object *object,
                                     const struct gx_object *target);

/* All checks of a record about to be written; `old` is NULL for a new one. */
enum gx_code gx_validate(const struct gx_scope *scope, const struct gx_record *record,
                         const struct gx_record *old, const bool *given,
                         const struct gx_write_options *options);

/* May the record go from the state it had to the one it has in `field`, and is all there that the
 * move needs? */
enum gx_code gx_move_check(const struct gx_scope *scope, const struct gx_record *record,
                           const struct gx_record *old, const bool *given,
                           const struct gx_field *field);

/* Replace the record's entry in the search table by what it says now. */
enum gx_code gx_search_put(const struct gx_scope *scope, const struct gx_record *record,
                           bool is_new, const struct gx_search_ready *ready);
enum gx_code gx_search_remove(const struct gx_scope *scope, const struct gx_object *object,
                              int64_t id);
/* Does the field's text stand in the search table? */
bool gx_search_has(const struct gx_field *field);

/* delete.c.  On the writer, before a user goes or becomes inactive: GX_E_INVALID for the last
 * administrator; all sessions and keys end. */
GX_NODISCARD enum gx_code gx_user_goes(struct gx_scope *scope, int64_t id, struct gx_str path);

/* One entry of the log.  `data` is JSON or empty. */
enum gx_code gx_log_add(const struct gx_scope *scope, const struct gx_object *object, int64_t id,
                        enum gx_change_kind kind, int64_t version,
                        const struct gx_write_options *options, struct gx_str data);
/* Members of a reply: "by", who it was, and "changes", what an entry's data says by the fields of
 * today. */
void gx_log_write_by(struct gx_jw *w, int64_t user, struct gx_str name);
void gx_log_write_changes(struct gx_ctx *ctx, struct gx_jw *w, const struct gx_object *object,
                          struct gx_str data);

#endif
