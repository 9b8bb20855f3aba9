/*
 * people.h - a file of people: who is new, who changes, who left, and why a row cannot be taken.
 *
 * What is looked at first is what would be done: the same work runs both times, on the writer, and
 * looking takes it all back.  Unless asked otherwise, a file with a row that fails changes nothing.
 * Empty cells change nothing, a single "-" empties a field, and the same file twice changes nothing
 * the second time.
 *
 * Layer: api.
 */
#ifndef GX_API_PEOPLE_H
#define GX_API_PEOPLE_H

#include "api/app.h"
#include "store/record.h"

enum {
    GX_PEOPLE_ROWS_MAX = 10000,
    GX_PEOPLE_SHOWN_MAX = 2000,
    GX_PEOPLE_CHANGES_MAX = 20, /* of one person */
    GX_PEOPLE_BYTES_MAX = 20 << 20,
};

enum gx_people_field {
    GX_PEOPLE_LOGIN,
    GX_PEOPLE_NAME,
    GX_PEOPLE_ENGLISH,
    GX_PEOPLE_EMAIL,
    GX_PEOPLE_PHONE,
    GX_PEOPLE_MOBILE,
    GX_PEOPLE_NUMBER,
    GX_PEOPLE_TITLE,
    GX_PEOPLE_TEAM,
    GX_PEOPLE_LOCALE,
    GX_PEOPLE_ZONE,
    GX_PEOPLE_EXTERNAL,
    GX_PEOPLE_ACTIVE,
    GX_PEOPLE_UNIT,
    GX_PEOPLE_MANAGER,
    GX_PEOPLE_ROLES, /* no field of the record */
    GX_PEOPLE_FIELDS
};
extern const char *const gx_people_fields[GX_PEOPLE_FIELDS];

enum gx_people_action {
    GX_PEOPLE_SAME,
    GX_PEOPLE_CREATE,
    GX_PEOPLE_UPDATE,
    GX_PEOPLE_DEACTIVATE,
    GX_PEOPLE_FAILED,
    GX_PEOPLE_ACTIONS
};

struct gx_people_change {
    enum gx_people_field field;
    struct gx_str from, to;
};

struct gx_person {
    int64_t row; /* of the file; 0: not in it */
    struct gx_str text[GX_PEOPLE_FIELDS];
    /* what comes of it */
    enum gx_people_action action;
    int64_t user;
    struct gx_str name, login, reason;
    bool becomes_admin, unreadable;
    struct gx_people_change changes[GX_PEOPLE_CHANGES_MAX];
    size_t change_count;
};

struct gx_people_file {
    const struct gx_str *columns;
    const int *fields; /* by column: enum gx_people_field, or -1 */
    size_t column_count;
    struct gx_person *rows;
    size_t row_count;
};

struct gx_people_options {
    bool apply;   /* else nothing stays */
    bool partly;  /* rows that can be taken are, though others fail */
    bool leavers; /* whoever can sign in and is not in the file becomes inactive */
};

struct gx_people_outcome {
    struct gx_people_options options;
    struct gx_people_file *file;
    struct gx_person *leavers;
    size_t leaver_count;
    int64_t counts[GX_PEOPLE_ACTIONS];
    bool applied;
};

/* people_file.c.  GX_E_SYNTAX, GX_E_LIMIT, GX_E_INVALID: no column that is needed. */
GX_NODISCARD enum gx_code gx_people_read(struct gx_req *req, struct gx_people_file *ret_file);
/* people_apply.c.  On the writer, with the request's scope on it. */
GX_NODISCARD enum gx_code gx_people_apply(struct gx_req *req, struct gx_people_outcome *outcome);

#endif
