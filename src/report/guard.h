/*
 * guard.h - what people write as SQL, walked by an allow-list and written anew.
 *
 * DuckDB's own parser (in a child process without data, report/engine.h) turns the text into its
 * tree.  This walks every node of the tree.  What is not known here is refused, with its place in
 * the text; what is known is written into a new text, from nothing but the tree.  Only that text
 * ever runs, so what was not understood cannot run:
 *
 * - one SELECT, with set operations, sub-queries, CTEs, windows, grouping sets;
 * - tables are those of `schema` and no others, and stand in it under "o_<name>"."main"; CTEs are
 *   renamed, so that none can stand for a table of the engine;
 * - functions, operators and types are those of guard_fn.def and guard_type.c;
 * - every cast becomes TRY_CAST: no error message can quote a value;
 * - what could grow without bound (repeat, lpad) needs a small constant.
 *
 * Layer: report.  Pure: no I/O, no engine.
 */
#ifndef GX_REPORT_GUARD_H
#define GX_REPORT_GUARD_H

#include "base/ctx.h"
#include "base/map.h"
#include "json/read.h"

enum {
    GX_GUARD_TEXT_BYTES_MAX = 20000,
    GX_GUARD_NODES_MAX = 5000,
    GX_GUARD_DEPTH_MAX = 150,       /* of expressions and queries in one another */
    GX_GUARD_JSON_DEPTH_MAX = 1000, /* of the tree as JSON */
    GX_GUARD_JOINS_MAX = 40,
    GX_GUARD_STRING_BYTES_MAX = 4000, /* of one literal */
    GX_GUARD_GROWTH_MAX = 1000,       /* repeat('x', 1000) */
};

struct gx_guard_column {
    struct gx_str name, type; /* type: as in CREATE TABLE */
    bool computed;            /* taken only when it is named */
};

struct gx_guard_table {
    struct gx_str name;
    const struct gx_guard_column *columns;
    size_t column_count;
    bool totals_only; /* refused: its records may not be read, and any form might give them away */
};

struct gx_guard_schema {
    const struct gx_guard_table *tables;
    size_t count;
};

/* What was found; lives in the context's arena. */
struct gx_guard {
    struct gx_str sql;              /* what runs */
    bool *used;                     /* by table of the schema */
    bool star;                      /* all columns of something were asked for */
    bool limited;                   /* the query says itself how many rows */
    struct gx_map names;            /* columns that it names, in small letters */
    size_t nodes, joins, crossings; /* crossings: joins without a condition */
    int64_t crossing_at;            /* where the first of them stands, or -1 */
};

/*
 * `tree`: what json_serialize_sql() gave for the text.  GX_E_INVALID: refused, with `at` in the
 * text and path "sql".  GX_E_FORBIDDEN: a table or function that there is, but not for this.
 * GX_E_LIMIT: too large.
 */
GX_NODISCARD enum gx_code gx_guard_check(struct gx_ctx *ctx, struct gx_str tree,
                                         const struct gx_guard_schema *schema,
                                         struct gx_guard *ret_guard);
/* A reading of the same tree in plain words, in the context's language; *ret_text in the arena. */
GX_NODISCARD enum gx_code gx_guard_say(struct gx_ctx *ctx, struct gx_str tree,
                                       struct gx_str (*label)(void *p, struct gx_str table,
                                                              struct gx_str column),
                                       void *p, struct gx_str *ret_text);
/* Names of all functions that may be used, for completion; ended by NULL. */
extern const char *const gx_guard_functions[];

#endif
