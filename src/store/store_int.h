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

/* write.c.  A changed record as it is now, unchecked: row, links, search and log. */
GX_NODISCARD enum gx_code gx_record_store(struct gx_scope *scope, const struct gx_record *old,
                                          struct gx_record *now,
                                          const struct gx_write_options *options);
/* The targets of a LINKS field, "id,id". */
GX_NODISCARD enum gx_code gx_row_write_links(const struct gx_scope *scope,
                                             const struct gx_field *field, int64_t id,
                                             struct gx_value value, bool is_new);

/* shadow.c: the record's row, whole; one of many: what is wrong with it may be told later. */
GX_NODISCARD enum gx_code gx_row_insert(const struct gx_scope *scope,
                                        const struct gx_record *record, bool many);
/* What stands in the shadow of this value. */
struct gx_value gx_row_folded(struct gx_arena *arena, struct gx_value value);
/* After "column = value" of an UPDATE: what goes with it on PostgreSQL. */
void gx_row_set_shadow(struct gx_sqlb *b, const struct gx_column *column, struct gx_value value);

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

/* lock.c: may a record that is about to be changed, or deleted (`now` NULL), be changed at all?
 * GX_E_INVALID.  *ret_locked: it is as it is, but for what the definitions except. */
GX_NODISCARD enum gx_code gx_lock_check(const struct gx_scope *scope, const struct gx_record *old,
                                        const struct gx_record *now, bool *ret_locked);

/* grants.c: of records that give others rights: may this person give them?  GX_E_FORBIDDEN. */
enum gx_code gx_grants_check(struct gx_scope *scope, const struct gx_record *record,
                             const struct gx_record *old);
/* Does that depend on the record, for this person?  The same as a condition over stored records. */
bool gx_grants_asked(const struct gx_scope *scope, const struct gx_object *object);
void gx_grants_sql(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *object,
                   struct gx_str alias);

/* May the record go from the state it had to the one it has in `field`, and is all there that the
 * move needs? */
enum gx_code gx_move_check(const struct gx_scope *scope, const struct gx_record *record,
                           const struct gx_record *old, const bool *given,
                           const struct gx_field *field);

/* Replace the record's entry in the search table by what it says now. */
enum gx_code gx_search_put(const struct gx_scope *scope, const struct gx_record *record,
                           bool is_new, const struct gx_search_ready *ready, struct gx_bulk *bulk);
enum gx_code gx_search_remove(const struct gx_scope *scope, const struct gx_object *object,
                              int64_t id);
/* search_pg.c: PostgreSQL.  `text` is as it would be given to SQLite's tokeniser. */
GX_NODISCARD enum gx_code gx_search_put_pg(const struct gx_scope *scope,
                                           const struct gx_object *object, int64_t id,
                                           struct gx_str text);
/* A tsvector as text, of its words. */
struct gx_str gx_search_words_pg(struct gx_arena *arena, struct gx_str text);
/* The words of records of one object that are not in the search table yet. */
GX_NODISCARD enum gx_code gx_search_load(const struct gx_scope *scope,
                                         const struct gx_record *records, size_t count);
/* The column of a search table that is the record's id. */
void gx_search_id_sql(struct gx_sqlb *b);
/* The text of some fields (NULL: of all), as the search table has it. */
struct gx_str gx_search_document(struct gx_arena *arena, const struct gx_record *record,
                                 const bool *fields);
/* search_open.c: do the words stand in what this person may see of the record? */
bool gx_search_is_open(const struct gx_scope *scope, const struct gx_record *record,
                       struct gx_str q);
/* Does the field's text stand in the search table? */
bool gx_search_has(const struct gx_field *field);

/* delete.c.  On the writer, before a user goes or becomes inactive: GX_E_INVALID for the last
 * administrator; all sessions and keys end. */
GX_NODISCARD enum gx_code gx_user_goes(struct gx_scope *scope, int64_t id, struct gx_str path);

/* What the hash of an entry with words needs, so that nobody can guess them from it. */
struct gx_value gx_log_salt(struct gx_arena *arena);
/* One entry of the log.  `data` is JSON or empty. */
enum gx_code gx_log_add(const struct gx_scope *scope, const struct gx_object *object, int64_t id,
                        enum gx_change_kind kind, int64_t version,
                        const struct gx_write_options *options, struct gx_str data);
/* mask.c: what is left of a masked text, and a value of the log as this person may see it. */
struct gx_str gx_mask(struct gx_arena *arena, struct gx_str text);
void gx_write_masked(struct gx_jw *w, const struct gx_field *field, const struct gx_json *value);

/* Members of a reply: "by", who it was, and "changes", what an entry's data says by the fields of
 * today. */
void gx_log_write_by(struct gx_jw *w, int64_t user, struct gx_str name);
void gx_log_write_changes(struct gx_ctx *ctx, struct gx_jw *w, const struct gx_object *object,
                          struct gx_str data);

#endif
