/*
 * expr.h - the one language of filters, rules, formulas and segments.
 *
 * A text is parsed and typed against the objects it may speak of, then either compiled to SQL
 * (SQLite, PostgreSQL, DuckDB) or evaluated on records in memory; both give the same answer.
 * docs/EXPRESSIONS.md describes the language for people.
 *
 * This layer knows objects only through the tables below; meta/ fills them.  It makes no
 * access decision: `visible` in the environment hands it the filter that related records must
 * pass, so that a count over hidden records counts nothing.
 *
 * Layer: expr.  Parsed expressions are immutable and may be shared by threads.
 */
#ifndef GX_EXPR_EXPR_H
#define GX_EXPR_EXPR_H

#include "base/ctx.h"
#include "base/sql.h"
#include "base/value.h"

enum gx_type {
    GX_TYPE_ANY,    /* only as "any wanted" */
    GX_TYPE_BOOL,   /* 0, 1; empty counts as false */
    GX_TYPE_NUMBER, /* integer scaled by 10^scale */
    GX_TYPE_MONEY,  /* scale 4 */
    GX_TYPE_TEXT,
    GX_TYPE_DATE,     /* days */
    GX_TYPE_MOMENT,   /* UTC microseconds */
    GX_TYPE_DURATION, /* microseconds */
    GX_TYPE_CHOICE,   /* a code as text */
    GX_TYPE_CHOICES,  /* "|a|b|" */
    GX_TYPE_LINK,     /* an id */
    GX_TYPE_LINKS,    /* rows of a join table (src, dst) */
};

enum { GX_EXPR_TEXT_BYTES_MAX = 8192, GX_EXPR_NODES_MAX = 1000, GX_EXPR_DEPTH_MAX = 64 };

struct gx_expr;
struct gx_expr_object;

struct gx_expr_choice {
    struct gx_str code;
    struct gx_str label[GX_LANG_COUNT]; /* a label is accepted where a code is */
};

struct gx_expr_field {
    struct gx_str name;   /* as people write it */
    struct gx_str column; /* its SQL column; empty for formula and LINKS */
    enum gx_type type;
    int scale;                            /* NUMBER: digits after the point */
    const char *object;                   /* LINK, LINKS: name of the object pointed to */
    struct gx_str join_table;             /* LINKS: table with columns src, dst; … */
    struct gx_str list_column;            /* … in the warehouse a list in a column of its own */
    const struct gx_expr_choice *choices; /* CHOICE, CHOICES */
    size_t choice_count;
    /*
     * A formula or roll-up: the parsed expression that stands for the field, over the same
     * object.  Set by meta/ after parsing; the checker refuses cycles.
     */
    const struct gx_expr *formula;
    struct gx_str formula_text; /* for meta/: what to parse; empty for a stored field */
};

/* Records of `object` whose link field `field` points here: `orders` of an account. */
struct gx_expr_relation {
    struct gx_str name;
    const char *object;
    struct gx_str field; /* name of the LINK field on that object */
};

struct gx_expr_object {
    struct gx_str name;
    struct gx_str table;
    struct gx_str deleted_column; /* not NULL there: record is in the recycle bin; "": none */
    const struct gx_expr_field *fields;
    size_t field_count;
    const struct gx_expr_relation *relations;
    size_t relation_count;
};

struct gx_expr_schema {
    const void *p;
    /* NULL if there is no such object. */
    const struct gx_expr_object *(*object)(const void *p, struct gx_str name);
};

/*
 * Parse and type `text` over `object`.  `want` is the type the place needs (GX_TYPE_BOOL for a
 * filter) or GX_TYPE_ANY.  The result lives in ctx->arena, or in `arena` if that is not NULL.
 * GX_E_INVALID: the error in ctx has the byte offset (`at`) and suggests the nearest name.
 */
GX_NODISCARD enum gx_code gx_expr_parse(struct gx_ctx *ctx, struct gx_arena *arena,
                                        const struct gx_expr_schema *schema, struct gx_str object,
                                        struct gx_str text, enum gx_type want,
                                        const struct gx_expr **ret_expr);

enum gx_type gx_expr_type(const struct gx_expr *expr);
int gx_expr_scale(const struct gx_expr *expr);
/* LINK results: the object pointed to, else NULL. */
const char *gx_expr_link_object(const struct gx_expr *expr);
/* A word of the language, which no field may be named. */
bool gx_expr_reserved(struct gx_str name);
/* The canonical text, in the arena. */
struct gx_str gx_expr_text(struct gx_arena *arena, const struct gx_expr *expr);
/* `a and b`; either may be NULL (always true).  Both must be BOOL over the same object. */
const struct gx_expr *gx_expr_and(struct gx_arena *arena, const struct gx_expr *a,
                                  const struct gx_expr *b);
/* `a or b`, alike; NULL (always true) makes it NULL. */
const struct gx_expr *gx_expr_or(struct gx_arena *arena, const struct gx_expr *a,
                                 const struct gx_expr *b);
/*
 * A condition that cannot be written as text: the environment's `reach` compiles it, and knows what
 * `code` means.  This and gx_expr_rule() are asked of the database only.
 */
const struct gx_expr *gx_expr_reach(struct gx_arena *arena, struct gx_str object, int64_t code);
/* The same condition, asked of all records there are, as `visible` itself is. */
const struct gx_expr *gx_expr_rule(struct gx_arena *arena, const struct gx_expr *expr);

/*
 * For index advice and the query builder: the conjuncts of a filter of the form
 * `field op constant`.  `equal` is true for = and in.
 */
struct gx_expr_term {
    struct gx_str field;
    bool equal;
    bool range;  /* < <= > >= between */
    bool prefix; /* starts with */
};
size_t gx_expr_terms(const struct gx_expr *expr, struct gx_expr_term *out, size_t max);

struct gx_expr_env {
    int64_t me; /* id of the user, 0 for none */
    int64_t now_us;
    int32_t tz_offset_min;
    int fiscal_start_month; /* 1 to 12 */
    /* The filter that records of `object` must pass to be seen (NULL: all may be seen). */
    const struct gx_expr *(*visible)(void *p, struct gx_str object);
    void *visible_p;
    /*
     * The condition of gx_expr_reach(), for the record that has the alias `alias`; given visible_p.
     */
    void (*reach)(void *p, struct gx_sqlb *b, struct gx_str object, int64_t code,
                  struct gx_str alias);
};

/* Every field that it reads, with the object it is a field of; some more than once. */
void gx_expr_uses(const struct gx_expr *expr,
                  void (*use)(void *p, struct gx_str object, struct gx_str field), void *p);

/*
 * Whether DuckDB, where the warehouse is, can be asked it: not when a part of it is known to the
 * store alone (reach), and without `folded`, not what compares stored texts folded.
 */
bool gx_expr_duck_can(const struct gx_expr *expr, const struct gx_expr_env *env, bool folded);

/*
 * Append the SQL of `expr`, for the row whose table has the alias `alias`.  A BOOL gives a
 * condition that is never NULL-sensitive: what is not true is left out.
 */
void gx_expr_sql(struct gx_sqlb *b, const struct gx_expr *expr, const struct gx_expr_env *env,
                 struct gx_str alias);
/* The same as a value to select or sort by: yes is 1, no is 0. */
void gx_expr_sql_value(struct gx_sqlb *b, const struct gx_expr *expr, const struct gx_expr_env *env,
                       struct gx_str alias);

/* A text in its folded form, as `~` and `^=` see it. */
void gx_expr_sql_folded(struct gx_sqlb *b, const struct gx_expr *expr,
                        const struct gx_expr_env *env, struct gx_str alias);

/* How the evaluator reaches records in memory. */
struct gx_expr_reader {
    void *p;
    /*
     * Value of a stored field of `record`.  Also asked for its id: a field named "id" that no
     * object needs to list.
     */
    enum gx_code (*field)(void *p, const void *record, const struct gx_expr_field *field,
                          struct gx_value *ret_value);
    /* The record that an id of `object` names; NULL if it is gone or hidden. */
    enum gx_code (*follow)(void *p, struct gx_str object, int64_t id, const void **ret_record);
    /* Next record of `object` whose LINK `field` is `id`; *cursor starts 0; NULL at the end. */
    enum gx_code (*related)(void *p, struct gx_str object, struct gx_str field, int64_t id,
                            int64_t *cursor, const void **ret_record);
    /* Next id that LINKS `field` of `record` points to; 0 at the end. */
    enum gx_code (*links)(void *p, const void *record, const struct gx_expr_field *field,
                          int64_t *cursor, int64_t *ret_id);
};

GX_NODISCARD enum gx_code gx_expr_eval(struct gx_ctx *ctx, const struct gx_expr *expr,
                                       const struct gx_expr_env *env,
                                       const struct gx_expr_reader *reader, const void *record,
                                       struct gx_value *ret_value);

/*
 * The functions that SQL made for SQLite calls (gx_fold, gx_sort, gx_mul …): db/ registers them
 * on every connection.  All are deterministic and take at most 4 values.
 */
struct gx_expr_function {
    const char *name;
    int arg_count;
    struct gx_value (*call)(struct gx_arena *scratch, const struct gx_value *args);
};
extern const struct gx_expr_function gx_expr_functions[]; /* ended by a NULL name */

#endif
