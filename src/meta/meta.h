/*
 * meta.h - the business as data: objects, fields, processes and roles, loaded and checked.
 *
 * A snapshot is made whole from pack files and the tenant's own definitions (the same JSON),
 * is immutable, counted by reference, and swapped at once when something is published.
 * Every request holds one snapshot from start to end.
 *
 * Layer: meta.
 */
#ifndef GX_META_META_H
#define GX_META_META_H

#include "base/map.h"
#include "base/sql.h"
#include "db/db.h"
#include "expr/expr.h"
#include "json/read.h"
#include "meta/type.h"

enum {
    GX_OBJECT_FIELDS_MAX = 500,
    GX_META_OBJECTS_MAX = 500,
    GX_CHOICES_MAX = 1000,
    GX_NAME_BYTES_MAX = 48,
};

struct gx_label {
    struct gx_str text[GX_LANG_COUNT];
};

enum gx_on_delete { GX_ON_DELETE_CLEAR, GX_ON_DELETE_REFUSE, GX_ON_DELETE_CASCADE };

struct gx_choice {
    struct gx_str code;
    struct gx_label label;
    struct gx_str color;
};

/* How search sees a field. */
enum gx_search_kind { GX_SEARCH_NONE, GX_SEARCH_NAME, GX_SEARCH_TEXT, GX_SEARCH_CODE };

struct gx_process;
struct gx_expiry;

/* What somebody may do with a field; of several roles the most permissive counts. */
enum gx_field_access {
    GX_FIELD_WRITE,
    GX_FIELD_READ,
    GX_FIELD_MASKED, /* its last characters, and nothing by which to find the rest */
    GX_FIELD_HIDDEN, /* is not there */
    GX_FIELD_ACCESS_COUNT
};

struct gx_field {
    struct gx_expr_field x; /* name, column, type, link target, choices, formula */
    const struct gx_type_def *type;
    struct gx_str id; /* stable: the first column's name; survives a rename */
    struct gx_label label, help;
    int index_in_object;
    int slot;                    /* first value in a record; part k is at slot + k */
    int part_count;              /* 0 for LINKS (its value, a list of ids, still has one slot) */
    enum gx_field_access access; /* of the people this snapshot is for; see gx_meta_restrict() */
    bool keeps_conditions;       /* those of the field speak of what is kept from them */
    bool system, required, unique, indexed, history, private_, readonly, custom;
    int64_t max, min;
    bool has_min, has_max;
    const struct gx_choice *choices;
    size_t choice_count;
    const struct gx_process *process;
    const struct gx_expr **move_when;   /* by move of the process; NULL: always possible */
    struct gx_str number_format;        /* of an autonumber; else empty */
    const struct gx_json *default_json; /* literal default, or NULL */
    const struct gx_expr *default_expr;
    const struct gx_expr *when, *required_when;
    enum gx_on_delete on_delete;
    enum gx_search_kind search;
    const struct gx_json *json; /* as it was declared (NULL for system fields) */
};

struct gx_rule {
    struct gx_str name;
    const struct gx_expr *check;
    struct gx_label message;
    struct gx_str field;
    bool warn; /* says so, refuses nothing */
};

struct gx_unique {
    const struct gx_field **fields;
    size_t count;
    struct gx_str index; /* name of the database index */
};

/* One stored column, in table order. */
struct gx_column {
    struct gx_str name;
    const struct gx_field *field;
    int part;
    enum gx_value_kind kind; /* INT or TEXT */
    struct gx_str shadow;    /* on PostgreSQL: the column of its folded form; empty: none */
};

enum gx_slot {
    GX_SLOT_ID,
    GX_SLOT_VERSION,
    GX_SLOT_CREATED_AT,
    GX_SLOT_CREATED_BY,
    GX_SLOT_UPDATED_AT,
    GX_SLOT_UPDATED_BY,
    GX_SLOT_DELETED_AT,
    GX_SLOT_OWNER, /* only if the object is owned */
};

struct gx_relation {
    struct gx_expr_relation x;
    struct gx_label label;
};

/* A field of a target, and where its value comes from: one of the three. */
struct gx_convert_value {
    const struct gx_field *field;
    const struct gx_field *from; /* of the converted record */
    const struct gx_expr *expr;  /* over the converted record */
    const struct gx_json *json;  /* a literal */
};

struct gx_convert_target {
    const struct gx_object *object;
    const struct gx_field *into; /* link of the converted record that takes the result */
    const struct gx_expr *when;  /* NULL: always */
    bool optional;
    const struct gx_field **match; /* strongest first */
    size_t match_count;
    struct gx_convert_value *values;
    size_t value_count;
};

/* Which records are as they are for good, the operator's and the program's writes included. */
struct gx_lock {
    const struct gx_expr *when;
    bool *except; /* by field: what may change all the same */
    bool keep;    /* none of its records is ever deleted, whatever `when` says */
    struct gx_label message;
};

/* Which records a record becomes. */
struct gx_convert {
    const struct gx_field *field; /* process state … */
    struct gx_str to;             /* … that it ends in */
    const struct gx_field *stamp; /* NULL: none */
    struct gx_convert_target *targets;
    size_t target_count;
    const struct gx_relation **carry;
    size_t carry_count;
};

struct gx_object {
    struct gx_expr_object x;
    struct gx_str id;
    int index;
    struct gx_str pack; /* "" for a tenant's own */
    struct gx_label label, plural;
    struct gx_str icon, doc;
    const struct gx_field *fields;
    size_t field_count;
    struct gx_map by_name; /* what people may name */
    struct gx_map all;     /* all there is */
    const struct gx_field *title;
    const struct gx_field *owner; /* NULL: not owned */
    const struct gx_column *columns;
    size_t column_count;
    size_t slot_count; /* columns first, then LINKS and computed fields */
    /* All columns in table order: one row in, and one out by its id (?1). */
    struct gx_sql insert, select;
    struct gx_sql insert_shadows; /* PostgreSQL: the row, then its shadows in their order */
    size_t shadow_count;
    struct gx_sql search_insert; /* ?1 id, ?2 text */
    const struct gx_rule *rules;
    size_t rule_count;
    const struct gx_unique *uniques;
    size_t unique_count;
    const struct gx_relation *relations;
    size_t relation_count;
    bool searched, history;
    bool append_only;           /* nobody changes or deletes what is written */
    struct gx_str search_table; /* "<table>_fts" */
    const struct gx_json *pages;
    const struct gx_convert *convert; /* NULL: records do not become others */
    const struct gx_sharing *sharing;
    size_t sharing_count;
    const struct gx_lock *locked;   /* NULL: records can always be changed */
    const struct gx_field *account; /* the link to the account it belongs to; NULL: none */
    bool governs;                   /* its records say who may do what */
    const struct gx_expr *own;      /* records that are the user's own */
    const struct gx_expr *own_read; /* what level "own" reads: those, and what is shared */
    const struct gx_expr *nobody;   /* a filter that nothing passes */
};

struct gx_state {
    struct gx_choice choice;
    struct gx_str kind;  /* open, won, lost, done */
    int64_t probability; /* percent, -1 when not given */
};

struct gx_move {
    struct gx_str *from;
    size_t from_count; /* 0: from anywhere */
    struct gx_str to;
    struct gx_label label;
    struct gx_str *require;
    size_t require_count;
    struct gx_str when_text; /* over the object of the field; see gx_field.move_when */
    struct gx_label message; /* said when `when` does not hold; may be empty */
    struct gx_str *who;
    size_t who_count;
};

struct gx_process {
    struct gx_str name;
    struct gx_label label;
    const struct gx_state *states;
    size_t state_count;
    const struct gx_move *moves;
    size_t move_count;
    struct gx_str start;
};

enum gx_right {
    GX_RIGHT_READ,
    GX_RIGHT_CREATE,
    GX_RIGHT_EDIT,
    GX_RIGHT_DELETE,
    GX_RIGHT_EXPORT,
    GX_RIGHT_IMPORT,
    GX_RIGHT_PURGE,
    GX_RIGHT_TOTAL, /* counts and sums over records, without reading them */
    GX_RIGHT_COUNT
};

/*
 * How far a right goes.  Each takes in "own"; "unit" and "book" take in "team"; neither of them the
 * other.  What several roles give is added up, so a person has a set of them.
 */
enum gx_level {
    GX_LEVEL_NONE,
    GX_LEVEL_OWN,
    GX_LEVEL_TEAM, /* also of accounts in whose team one is */
    GX_LEVEL_UNIT, /* also of everybody in one's unit and those below */
    GX_LEVEL_BOOK, /* also what stands in one's books */
    GX_LEVEL_ALL,
    GX_LEVEL_COUNT
};

/* right.c: as they are written; ended by NULL. */
extern const char *const gx_right_names[GX_RIGHT_COUNT + 1];
extern const char *const gx_level_names[GX_LEVEL_COUNT + 1];
extern const char *const gx_field_access_names[GX_FIELD_ACCESS_COUNT + 1];
bool gx_field_access_read(struct gx_str text, enum gx_field_access *ret_access);
/* Can it be kept from people? Not what the program itself needs, nor what records are called by. */
bool gx_field_may_hide(const struct gx_object *object, const struct gx_field *field,
                       enum gx_field_access access);
/* What is made or brought in has no owner yet: that is allowed or not. */
bool gx_right_is_graded(enum gx_right right);
/* By name, true and false; false: there is no such level. */
bool gx_level_read(const struct gx_json *node, enum gx_level *ret_level);

/* Records that are shared with some by what they say; see gx_object.sharing. */
struct gx_sharing {
    struct gx_str name;
    struct gx_label label;
    const struct gx_expr *when;
    struct gx_str role, unit; /* one of them: a role, or the code of a unit and those below it */
    bool edit;
};

struct gx_role {
    struct gx_str name;
    struct gx_label label, doc;
    bool admin;                              /* everything, and the administration itself */
    bool audit;                              /* may look at the log as a whole */
    bool relocate;                           /* may move records between markets */
    bool implicit;                           /* every user has it */
    bool custom;                             /* of the tenant's own making */
    bool changed;                            /* of a pack, with rights the tenant has changed */
    enum gx_level (*levels)[GX_RIGHT_COUNT]; /* by object index */
    unsigned char **fields; /* by object and field: 1 + access; 0, and NULL: it says nothing */
};

/*
 * A line of a tile: records of an object that pass a filter.  What is done with it, the kind of
 * the tile says: they are listed, counted, summed up, grouped, or their changes told.
 */
struct gx_part {
    struct gx_str name;
    struct gx_label label;
    const struct gx_object *object;
    struct gx_str filter, sort, fields; /* as in a list */
    struct gx_str sum, by;              /* as in groups */
    struct gx_str tone;                 /* how it is shown: bad, warn, good; or empty */
    int64_t limit;                      /* records shown */
    const struct gx_part *target;       /* what the figure is held against; NULL: nothing */
    const struct gx_json *set;          /* what ticking a record off writes; NULL: cannot be done */
};

/* A part of a page that people can move and hide. */
struct gx_tile {
    struct gx_str name, kind, icon;
    struct gx_label label;
    struct gx_part *parts;
    size_t part_count;
};

/* What stands on a page that is not about one object: packs/<pack>/pages/<page>.json. */
struct gx_page {
    struct gx_str name;
    struct gx_tile *tiles;
    size_t tile_count;
};

struct gx_meta {
    struct gx_arena arena;
    int references;        /* atomic */
    struct gx_str version; /* hash of all definitions, hex */
    const struct gx_object **objects;
    size_t object_count;
    struct gx_map by_name;
    const struct gx_process **processes;
    size_t process_count;
    const struct gx_role *roles;
    size_t role_count;
    struct gx_page *pages; /* those of the packs, joined by name */
    size_t page_count;
    struct gx_expiry *expiries; /* dates that run out: meta/expiry.h */
    size_t expiry_count;
    struct gx_expr_schema schema;
    struct gx_str *menu; /* objects people go to, in the order of the packs' menus */
    size_t menu_count;
    struct gx_meta_notes *notes;
    struct gx_map hidden; /* names of fields that are kept from whom this is for */
};

/* Where definitions come from: one file, or one row of the tenant's own. */
struct gx_meta_source {
    struct gx_str path; /* "packs/core/objects/account.json" or "custom/objects/…" */
    struct gx_str json;
    bool custom;
};

/*
 * Load and check all sources; packs in the order of `requires`, then the tenant's own.
 * GX_E_INVALID / GX_E_SYNTAX: errors in ctx carry file, line and JSON path.  The snapshot
 * starts with one reference.
 */
GX_NODISCARD enum gx_code gx_meta_load(struct gx_ctx *ctx, const struct gx_meta_source *sources,
                                       size_t count, struct gx_meta **ret_meta);
struct gx_meta *gx_meta_ref(struct gx_meta *meta);
void gx_meta_unref(struct gx_meta *meta);

/*
 * What the layers above have worked out about a snapshot, kept under a key for as long as the
 * snapshot lives.  gx_meta_note() gives what was kept, or NULL.  gx_meta_note_keep() lets `make`
 * build the value in the snapshot's own memory (one thread at a time); when there are
 * GX_META_NOTES_MAX already, or the key is there, it does nothing.
 */
enum { GX_META_NOTES_MAX = 1024 };
void gx_meta_notes_start(struct gx_meta *meta); /* once, by the loader */
void *gx_meta_note(const struct gx_meta *meta, struct gx_str key);
void gx_meta_note_keep(const struct gx_meta *meta, struct gx_str key,
                       void *(*make)(struct gx_arena *arena, const void *p), const void *p);

/* NULL when there is none. */
const struct gx_object *gx_meta_object(const struct gx_meta *meta, struct gx_str name);
const struct gx_field *gx_object_field(const struct gx_object *object, struct gx_str name);
/* NULL also when it is only shown in part: what may be asked about, filtered and sorted by. */
const struct gx_field *gx_object_open_field(const struct gx_object *object, struct gx_str name);
/* The program's own look: also what is hidden from people. */
const struct gx_field *gx_object_any_field(const struct gx_object *object, struct gx_str name);
/* The nearest name for "did you mean", or an empty string. */
struct gx_str gx_object_near(const struct gx_object *object, struct gx_str name);
struct gx_str gx_meta_near(const struct gx_meta *meta, struct gx_str name);
const struct gx_page *gx_meta_page(const struct gx_meta *meta, struct gx_str name);
const struct gx_tile *gx_page_tile(const struct gx_page *page, struct gx_str name);
const struct gx_state *gx_process_state(const struct gx_process *process, struct gx_str code);
/* The label in a language, or the name when it has none. */
struct gx_str gx_label_text(const struct gx_label *label, enum gx_lang lang);

/*
 * restrict.c.  The snapshot for people with this access, by object and field; starts with one
 * reference.  gx_meta_inherit() first: what formulas give away is kept too, except where a role
 * has `said` something of the formula itself (by object, NULL for none, and field).
 */
struct gx_meta *gx_meta_restrict(struct gx_meta *base, unsigned char *const *access);
void gx_meta_inherit(const struct gx_meta *base, unsigned char **access, bool *const *said);
/* Does a text name something that is hidden from whom this snapshot is for? */
bool gx_meta_hides(const struct gx_meta *meta, struct gx_str text);

/* Sources of the packs that are part of the program, and the names of those packs. */
size_t gx_meta_embedded(struct gx_arena *arena, const struct gx_str *packs, size_t pack_count,
                        struct gx_meta_source **ret_sources);

/*
 * The two forms of a text that SQL compares, on either engine (text_sql.c): as it is sorted, and
 * folded as it is matched.  Between open and close stands an expression; for the folded form, on
 * SQLite alone.  Indexes and questions must use the same words.
 */
void gx_sql_sort_open(struct gx_sqlb *b);
void gx_sql_sort_close(struct gx_sqlb *b);
void gx_sql_sorted(struct gx_sqlb *b, struct gx_str alias, struct gx_str column);
void gx_sql_folded(struct gx_sqlb *b, struct gx_str alias, struct gx_str column);
/* PostgreSQL: the collation that sorts so, made in this schema when it is missing. */
GX_NODISCARD enum gx_code gx_sql_sort_make(struct gx_ctx *ctx, struct gx_conn *conn);

/* Everything a client needs to draw screens, as JSON (labels in both languages). */
struct gx_jw;
void gx_meta_write_object(struct gx_jw *w, const struct gx_object *object);
void gx_meta_write_process(struct gx_jw *w, const struct gx_process *process);
/* A label, as the member "label" of the object being written. */
void gx_meta_write_label(struct gx_jw *w, const struct gx_label *label);

/*
 * JSON Schema for OpenAPI (describe.c): the members of components/schemas that types refer to; a
 * record as replies give it; a record as input takes it.
 */
void gx_meta_describe_shared(struct gx_jw *w);
void gx_object_describe_reply(struct gx_jw *w, const struct gx_object *object, enum gx_lang lang);
void gx_object_describe_input(struct gx_jw *w, const struct gx_object *object, enum gx_lang lang);

#endif
