/*
 * audit.h - the log as a whole: who did what, for those who have the right to look.
 *
 * The one log has the changes of records, and with gx_audit_add() what concerns the people who
 * work here: signing in, roles, passwords, keys, settings, definitions.  A reader needs the
 * `audit` right of a role; of records they are shown what they may read now and no more, and of
 * fields marked private that they changed, not how, unless they are administrators.
 *
 * Layer: store.
 */
#ifndef GX_STORE_AUDIT_H
#define GX_STORE_AUDIT_H

#include "access/scope.h"
#include "json/write.h"

enum {
    GX_AUDIT_LIMIT = 50,
    GX_AUDIT_LIMIT_MAX = 200,
    GX_AUDIT_SCANNED_MAX = 400000, /* entries looked at for one page; the next goes on there */
};

struct gx_audit_note {
    int64_t by, about;  /* users; `about` 0: nobody in particular */
    const char *what;   /* "signin", "access", "setting" or "definition" */
    struct gx_str data; /* {"name": [old, new], …} as JSON; may be empty */
};

/* One entry that is about no record; on the writer. */
GX_NODISCARD enum gx_code gx_audit_add(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                       struct gx_conn *conn, const struct gx_audit_note *note);
/* The same with one change, {"name": [old, new]}; NULL texts are null. */
GX_NODISCARD enum gx_code gx_audit_access(struct gx_scope *scope, int64_t about, const char *name,
                                          const char *old_value, struct gx_str new_value);

struct gx_audit_ask {
    int64_t by, about, record; /* 0: any */
    struct gx_str what;        /* name of an object, or a `what` of gx_audit_note; empty: any */
    /* More than one user or kind: instead of `by` and `what`. */
    const int64_t *bys;
    const struct gx_str *whats;
    size_t by_count, what_count;
    int64_t from_us, to_us; /* 0: open; entries in [from, to) */
    int64_t cursor;         /* entries before this one; 0: from the newest */
    int limit;
};

struct gx_audit_entry {
    int64_t seq, at, by, record, kind, version, import_id, about;
    struct gx_str by_name, about_name, object_id, reason, data;
    const struct gx_object *object; /* NULL: about no record, or of an object that is gone */
    struct gx_str title;            /* of the record; empty when it is gone */
};

/*
 * One page, newest first, in the scope's arena.  *ret_next 0: that was all; entries may be fewer
 * than the limit when GX_AUDIT_SCANNED_MAX were looked at.  GX_E_FORBIDDEN; GX_E_INVALID.
 */
GX_NODISCARD enum gx_code gx_audit_page(struct gx_scope *scope, const struct gx_audit_ask *ask,
                                        struct gx_audit_entry **ret_entries, int *ret_count,
                                        int64_t *ret_next);
/* Is it one that is asked for? */
bool gx_audit_wants(const struct gx_audit_ask *ask, const struct gx_audit_entry *entry);
/*
 * May this reader see the entry at all, and what is its record called?  entry->object is found
 * here.  A record that is gone for good is shown to who may read all of its kind.
 */
GX_NODISCARD enum gx_code gx_audit_look(struct gx_scope *scope, struct gx_audit_entry *entry,
                                        bool *ret_visible);
/* Is nothing that it says kept from this reader? */
bool gx_audit_whole(const struct gx_scope *scope, const struct gx_audit_entry *entry);
/* Entries in (low, high) are of the time that is asked for, as near as clocks go. */
GX_NODISCARD enum gx_code gx_audit_range(struct gx_scope *scope, const struct gx_audit_ask *ask,
                                         int64_t *ret_low, int64_t *ret_high);
/* Would it be refused?  Reads nothing. */
GX_NODISCARD enum gx_code gx_audit_may(const struct gx_scope *scope,
                                       const struct gx_audit_ask *ask);
/* "create", "update", "delete", "restore", "purge", "admin", "signin" or "other". */
struct gx_str gx_audit_kind(const struct gx_audit_entry *entry);
/* Name of the object, or the `what` of a note. */
struct gx_str gx_audit_what(const struct gx_audit_entry *entry);

struct gx_audit_change {
    struct gx_str field;                         /* name of today; what is no field, as written */
    const struct gx_json *old_value, *new_value; /* NULL: hidden from this reader */
};
/* What an entry's data says. */
size_t gx_audit_changes(const struct gx_scope *scope, const struct gx_audit_entry *entry,
                        struct gx_audit_change **ret_changes);

#endif
