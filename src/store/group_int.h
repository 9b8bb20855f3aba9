/*
 * group_int.h - a list counted by groups while it is worked out; private to group.c and total.c.
 *
 * Layer: store.
 */
#ifndef GX_STORE_GROUP_INT_H
#define GX_STORE_GROUP_INT_H

#include "base/map.h"
#include "store/group.h"
#include "store/list_int.h"

/* A value to group by or to sum: a stored field or an expression. */
struct term {
    struct gx_str name;
    const struct gx_field *field; /* NULL: an expression */
    const struct gx_expr *expr;   /* of an expression or a computed field */
};

struct money {
    struct money *next;
    struct gx_str currency;
    int64_t amount;
};

struct group {
    struct gx_value key;
    struct gx_str title; /* of a link */
    bool has_title;
    int64_t count;
    struct gx_value sums[GX_GROUP_SUMS_MAX];
    struct money *moneys[GX_GROUP_SUMS_MAX];
    bool suppressed;
};

struct grouping {
    struct gx_scope *scope;
    const struct gx_object *object;
    struct gx_list where; /* what gx_where_sql() asks for */
    struct term by;
    struct term sums[GX_GROUP_SUMS_MAX];
    size_t sum_count;
    struct group *groups;
    size_t count;
    struct gx_map by_key;
    bool more;
    int64_t total_min;  /* of totals: smaller groups are left out; 0: these are no totals */
    int64_t suppressed; /* groups left out */
    bool no_sum[GX_GROUP_SUMS_MAX]; /* too few records have a value */
};

/* The value of a term, of the record `t`. */
void gx_group_term(struct gx_sqlb *b, const struct grouping *g, const struct term *t);

/* total.c: may this be asked at all, and beside what was asked before?  Remembers it. */
GX_NODISCARD enum gx_code gx_totals_check(struct grouping *g,
                                          const struct gx_group_options *options);
/* Mark the groups, and the sums, that would say something of few records. */
GX_NODISCARD enum gx_code gx_totals_suppress(struct grouping *g, struct gx_conn *conn);

#endif
