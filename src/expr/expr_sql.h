/*
 * expr_sql.h - what the files that write SQL share.
 *
 * Three forms of a node: a value (empty is NULL; yes and no are 1 and 0), a condition (NULL means
 * no, so `not` is written IS NOT TRUE), and the folded form of a text.  Everything that is the
 * same for all rows is computed here and bound, so `today() - 90d` leaves a plain comparison that
 * an index serves.
 *
 * Layer: expr, private.
 */
#ifndef GX_EXPR_SQL_H
#define GX_EXPR_SQL_H

#include "expr/expr_int.h"

struct sql {
    struct gx_sqlb *b;
    const struct gx_expr_env *env;
    int aliases;  /* given out so far */
    bool in_rule; /* inside a filter of env->visible, which is not filtered again */
};

/* The tables that the records of a node's scopes are in. */
struct sql_scope {
    struct gx_str alias;
    const struct sql_scope *up;
};

#define ADD(s, lit) gx_sqlb_add((s)->b, GX_SQL(lit))

/* expr_sql.c */
/* A constant's value for this question; remembers when the next one has another. */
struct gx_value gx_expr_sql_constant(struct sql *s, const struct node *node);
void gx_expr_emit_value(struct sql *s, const struct sql_scope *scope, const struct node *node);
void gx_expr_emit_cond(struct sql *s, const struct sql_scope *scope, const struct node *node);
/* A bound value; PostgreSQL is told its type. */
void gx_expr_emit_int(struct sql *s, int64_t value);
void gx_expr_emit_text(struct sql *s, struct gx_str text);
void gx_expr_emit_constant(struct sql *s, int type, struct gx_value value);
/* Between the two, a text: NULL if it is empty. */
struct gx_str gx_expr_text_open(struct sql *s);
void gx_expr_text_close(struct sql *s, struct gx_str v);
static inline bool is_postgres(const struct sql *s)
{
    return s->b->dialect == GX_POSTGRES;
}
static inline bool is_duck(const struct sql *s)
{
    return s->b->dialect == GX_DUCKDB;
}
/* Which calls our functions; the others have none of them. */
static inline bool is_sqlite(const struct sql *s)
{
    return s->b->dialect == GX_SQLITE;
}

/* expr_sql_compare.c */
void gx_expr_emit_compare(struct sql *s, const struct sql_scope *scope, enum op op,
                          const struct node *a, const struct node *b);
void gx_expr_emit_several(struct sql *s, const struct sql_scope *scope, const struct node *node);
void gx_expr_emit_in_period(struct sql *s, const struct sql_scope *scope, const struct node *node);

/* expr_sql_text.c */
/* `part`: inside a longer text, which is squeezed as a whole. */
void gx_expr_emit_fold(struct sql *s, const struct sql_scope *scope, const struct node *node,
                       bool part);
void gx_expr_emit_match(struct sql *s, const struct sql_scope *scope, const struct node *node);
void gx_expr_emit_has(struct sql *s, const struct sql_scope *scope, const struct node *node);

/* expr_sql_fn.c */
void gx_expr_emit_fn(struct sql *s, const struct sql_scope *scope, const struct node *node);
/* The name of a function of SQLite and its opening parenthesis. */
void gx_expr_emit_call(struct sql *s, enum fn fn);
/*
 * PostgreSQL: between the two, a numeric expression; the result is a bigint, or NULL past
 * [min, max].
 */
void gx_expr_emit_fit_open(struct sql *s, int *ret_alias, int64_t min, int64_t max);
void gx_expr_emit_fit_close(struct sql *s, int alias);
/* " * 10^power", exact, also for a negative power; nothing for 0. */
void gx_expr_emit_power(struct sql *s, int64_t power);

/* expr_sql_duck.c: what DuckDB has instead */
void gx_expr_duck_fn(struct sql *s, const struct sql_scope *scope, const struct node *node);
/* A stored field by the type that its column has in the warehouse, see docs/EXPRESSIONS.md. */
void gx_expr_duck_field(struct sql *s, struct gx_str alias, const struct gx_expr_field *field);
/* The value * 10^power (nothing for 0 and below) in 128 bits. */
void gx_expr_duck_scaled(struct sql *s, const struct sql_scope *scope, const struct node *node,
                         int power);
void gx_expr_duck_times(struct sql *s, int64_t power);
/* Between the two, a struct of two hugeints a and b: a / b, half away from zero, if it fits. */
struct gx_str gx_expr_duck_quotient_open(struct sql *s, struct gx_str *ret_fit);
void gx_expr_duck_quotient_close(struct sql *s, struct gx_str r, struct gx_str fit);
/* Between the two, a hugeint: a bigint, or NULL past [min, max]. */
struct gx_str gx_expr_duck_fit_open(struct sql *s);
void gx_expr_duck_fit_close(struct sql *s, struct gx_str v, int64_t min, int64_t max);
/* Between the two, a text: NULL if it is empty. */
struct gx_str gx_expr_duck_text_open(struct sql *s);
void gx_expr_duck_text_close(struct sql *s, struct gx_str v);

/* expr_sql_record.c */
struct gx_str gx_expr_new_alias(struct sql *s);
/* A field: its column, its folded column, or its formula. */
void gx_expr_emit_field(struct sql *s, const struct sql_scope *scope, const struct node *node,
                        enum form form);
void gx_expr_emit_aggregate(struct sql *s, const struct sql_scope *scope, const struct node *node);
/* A yes or no of a record. */
void gx_expr_emit_flag(struct sql *s, const struct sql_scope *scope, const struct node *node);
void gx_expr_emit_exists(struct sql *s, const struct sql_scope *scope, const struct node *node);
/*
 * A test of a linked record's field: opens the subqueries for the path of `field`, sets *ret_field
 * to the field of the innermost table and *ret_scope to that table.  Returns how many parentheses
 * to close; 0 if the field is this record's own and nothing was written.
 *
 * `selective`: few records will pass, so it is link IN (SELECT id …), which starts from them when
 * there is an index; otherwise EXISTS, which stops at the first page.  SQLite does what is
 * written; PostgreSQL's planner takes both for the same.
 */
int gx_expr_open_path(struct sql *s, const struct sql_scope *scope, const struct node *field,
                      bool selective, struct node *ret_field, struct sql_scope *ret_scope);
void gx_expr_close_path(struct sql *s, int count);

#endif
