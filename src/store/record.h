/*
 * record.h - one record: reading it whole, and every way of writing it.
 *
 * Each write is validated, checked against the scope, and leaves rows and change entries in
 * the same transaction; nothing else writes records.  All functions run on the scope's
 * connection; those that write need it to be the writer, inside a work.
 *
 * Layer: store.
 */
#ifndef GX_STORE_RECORD_H
#define GX_STORE_RECORD_H

#include "access/scope.h"
#include "json/schema.h"

/* Stored values by slot (see struct gx_field); LINKS as "id,id,…"; computed fields are empty. */
struct gx_record {
    const struct gx_object *object;
    struct gx_value *v;
};

/* What somebody wants written: values by slot, and which fields were given at all. */
struct gx_input {
    const struct gx_object *object;
    struct gx_value *v;
    bool *given; /* by field index */
};

/* Kinds of gx_change.kind. */
enum gx_change_kind {
    GX_CHANGE_CREATE = 1,
    GX_CHANGE_UPDATE,
    GX_CHANGE_DELETE,
    GX_CHANGE_RESTORE,
    GX_CHANGE_PURGE,
    GX_CHANGE_META,
    GX_CHANGE_SIGNIN,
};

/* The object by name.  GX_E_NOT_FOUND says which name is nearest. */
GX_NODISCARD enum gx_code gx_object_get(const struct gx_scope *scope, struct gx_str name,
                                        const struct gx_object **ret_object);

/* An empty input for an object. */
struct gx_input *gx_input_new(struct gx_scope *scope, const struct gx_object *object);
/* Another one that says the same. */
struct gx_input *gx_input_copy(struct gx_scope *scope, const struct gx_input *input);
/* From a JSON object.  All errors are collected, each with its path under `path`. */
GX_NODISCARD enum gx_code gx_input_json(struct gx_scope *scope, const struct gx_object *object,
                                        const struct gx_json *node, struct gx_str path,
                                        struct gx_input **ret_input);
/* One field from text, as typed in a file or on the command line. */
GX_NODISCARD enum gx_code gx_input_text(struct gx_scope *scope, struct gx_input *input,
                                        const struct gx_field *field, struct gx_str text,
                                        enum gx_date_order order);

/* Defaults, owner and first process states for what was not given, as a new record gets them. */
GX_NODISCARD enum gx_code gx_input_defaults(struct gx_scope *scope, struct gx_input *input);

/* What the given fields of a new record are searched by, split beforehand, which needs no
 * connection.  What was given must stay as it is until the record is written. */
struct gx_search_ready {
    struct gx_str tokens; /* empty: nothing was split, so all is when it is written */
    const bool *fields;   /* the input's `given` */
};
void gx_input_search(struct gx_arena *arena, const struct gx_input *input,
                     struct gx_search_ready *ret_ready);

struct gx_bulk;
struct gx_write_options {
    int64_t import_id;                    /* 0: none */
    struct gx_str reason;                 /* for the log; may be empty */
    int64_t by;                           /* for whom the system writes; 0: for itself */
    bool numbers;                         /* autonumber fields may be given (imports) */
    bool any_move;                        /* process states may be set freely (imports, undo) */
    const struct gx_search_ready *search; /* NULL: not split yet */
    struct gx_bulk *bulk;                 /* new records of one object on PostgreSQL; else NULL */
};

/* GX_E_FORBIDDEN, GX_E_INVALID (all errors in ctx), GX_E_DUPLICATE (field paths in ctx). */
GX_NODISCARD enum gx_code gx_record_create(struct gx_scope *scope, struct gx_input *input,
                                           const struct gx_write_options *options, int64_t *ret_id);
/*
 * `version` 0 means whatever it is now.  GX_E_NOT_FOUND: not there or not to be seen;
 * GX_E_FORBIDDEN; GX_E_CONFLICT: somebody was faster; GX_E_INVALID; GX_E_DUPLICATE.
 * *ret_changed (may be NULL) is false when everything was as it should be already;
 * *ret_version (may be NULL) is the version it has now.
 */
GX_NODISCARD enum gx_code gx_record_update(struct gx_scope *scope, int64_t id, int64_t version,
                                           struct gx_input *input,
                                           const struct gx_write_options *options,
                                           bool *ret_changed, int64_t *ret_version);
/* To the recycle bin.  GX_E_IN_USE: a link says "refuse". */
GX_NODISCARD enum gx_code gx_record_delete(struct gx_scope *scope, const struct gx_object *object,
                                           int64_t id, int64_t version,
                                           const struct gx_write_options *options);
/* Out of the recycle bin, with what went in together with it. */
GX_NODISCARD enum gx_code gx_record_restore(struct gx_scope *scope, const struct gx_object *object,
                                            int64_t id, const struct gx_write_options *options);
/* For good: the row, its links, its place in search.  Needs the purge right; logged. */
GX_NODISCARD enum gx_code gx_record_purge(struct gx_scope *scope, const struct gx_object *object,
                                          int64_t id, const struct gx_write_options *options);

/*
 * How many live records (of any object, `id` itself not counted) have a link to this one, and
 * what those are called; owners count as links.
 */
GX_NODISCARD enum gx_code gx_record_pointed(struct gx_scope *scope, const struct gx_object *object,
                                            int64_t id, size_t *ret_count,
                                            struct gx_str *ret_plural);

/*
 * A record for a right.  GX_E_NOT_FOUND: not there, or not to be seen by this scope;
 * GX_E_FORBIDDEN: may be seen, but not this.  `deleted`: look in the recycle bin instead.
 */
GX_NODISCARD enum gx_code gx_record_load(struct gx_scope *scope, const struct gx_object *object,
                                         int64_t id, enum gx_right right, bool deleted,
                                         struct gx_record *ret_record);

/* Would this input pass? Errors in ctx; which fields are shown and needed by `when` and
 * `required_when`.  `id` 0: for a new record. */
GX_NODISCARD enum gx_code gx_record_check(struct gx_scope *scope, int64_t id,
                                          struct gx_input *input, bool *shown, bool *required);

/* Which rules of the object warn of what gx_record_check() has let through; by rule. */
GX_NODISCARD enum gx_code gx_record_warnings(struct gx_scope *scope, const struct gx_input *input,
                                             bool *warned);

/* {"rows": [{field, to, label, possible, reason, require}]}: the moves this person may make from
 * where the record stands, and why one is not possible now.  GX_E_FORBIDDEN: may not edit it. */
GX_NODISCARD enum gx_code gx_record_moves(struct gx_scope *scope, const struct gx_object *object,
                                          int64_t id, struct gx_jw *w);

/* {"rows": [{at, by, kind, changes}], "next"} of one record that the scope may read. */
GX_NODISCARD enum gx_code gx_record_history(struct gx_scope *scope, const struct gx_object *object,
                                            int64_t id, int64_t before_seq, int limit,
                                            struct gx_jw *w);

#endif
