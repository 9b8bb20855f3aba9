/*
 * sql.h - SQL text that cannot come from a user.
 *
 * db/ takes only struct gx_sql, which is made from a literal (GX_SQL) or by the builder below.
 * The builder appends literals, identifiers of [a-z0-9_] (asserted), texts of definitions in
 * quotes, and bound values. Placeholders are written ?1 ?2 …; db/pg rewrites them to $1 $2 ….
 *
 * Layer: base.
 */
#ifndef GX_BASE_SQL_H
#define GX_BASE_SQL_H

#include "base/buf.h"
#include "base/value.h"

enum gx_dialect {
    GX_SQLITE,
    GX_POSTGRES,
    GX_DUCKDB, /* the warehouse; for expressions only */
};

struct gx_sql {
    struct gx_str text_; /* only for db/ */
};

/* Fails to compile unless `lit` is a string literal. */
#define GX_SQL(lit) ((struct gx_sql){ { "" lit "", sizeof(lit) - 1 } })

enum { GX_SQL_VALUES_MAX = 32000 };

struct gx_sqlb {
    enum gx_dialect dialect;
    struct gx_arena *arena;
    struct gx_buf text;
    struct gx_value *values; /* in the arena */
    size_t value_count, value_cap;
    bool varies; /* a value stands for who asks or when: not to be used again for another request */
};

/* The builder's buffer is given back when the arena is reset. */
struct gx_sqlb *gx_sqlb_new(struct gx_arena *arena, enum gx_dialect dialect);
void gx_sqlb_add(struct gx_sqlb *b, struct gx_sql piece);
/* A table or column name made by meta/: [a-z_][a-z0-9_]*, at most 63 bytes; quoted. */
void gx_sqlb_name(struct gx_sqlb *b, struct gx_str name);
/* alias.column */
void gx_sqlb_column(struct gx_sqlb *b, struct gx_str alias, struct gx_str column);
/* A placeholder, and its value. */
void gx_sqlb_bind(struct gx_sqlb *b, struct gx_value value);
/* The next placeholder's number, for a value that is set later; write it into the text oneself. */
void gx_sqlb_reserve(struct gx_sqlb *b);
/* A whole number written into the text (limits, scales, constants of the program). */
void gx_sqlb_int(struct gx_sqlb *b, int64_t value);
/* A text of a definition (the code of a choice) written into the text, where an index must have the
 * same expression as a query; quoted.  All other texts are bound. */
void gx_sqlb_text(struct gx_sqlb *b, struct gx_str text);
/* Everything of another builder, its placeholders renumbered. */
void gx_sqlb_append(struct gx_sqlb *b, const struct gx_sqlb *other);
/* Begin with what gx_sqlb_sql() and the values of another builder were; this one is empty. */
void gx_sqlb_restore(struct gx_sqlb *b, struct gx_str text, const struct gx_value *values,
                     size_t count);
/* The statement; valid until the builder changes. */
struct gx_sql gx_sqlb_sql(const struct gx_sqlb *b);

#endif
