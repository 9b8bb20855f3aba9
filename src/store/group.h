/*
 * group.h - the records of a list, counted and summed by a field: group rows of a table, columns
 * of a board.
 *
 * The scope's filter is part of the question, as in a list.
 *
 * Layer: store.
 */
#ifndef GX_STORE_GROUP_H
#define GX_STORE_GROUP_H

#include "access/scope.h"
#include "json/write.h"

enum {
    GX_GROUPS_MAX = 1000,
    GX_GROUP_SUMS_MAX = 8,
    GX_GROUP_PATIENCE_US = 3000000,
};

/* Of totals without records: smaller groups are left out, where no setting says otherwise. */
enum { GX_TOTAL_GROUP_MIN = 5 };

struct gx_group_options {
    struct gx_str filter, q; /* as in a list */
    bool deleted;
    bool totals;        /* under the right to totals instead of reading; see total.c */
    struct gx_str by;   /* a field, or an expression such as year(d) * 100 + month(d); empty: one
                           group of all */
    struct gx_str sums; /* names of number and money fields, with commas between */
};

/*
 * {"groups": [{"key", "count", "sums": {"field": …}}], "complete"}: the largest group first.  A
 * sum of money is a list, one element for each currency.  `complete` is false when there are more
 * groups than GX_GROUPS_MAX, or, with no groups at all, when it would take too long.
 *
 * GX_E_FORBIDDEN.  GX_E_INVALID: path filter, by or sum.  GX_E_LIMIT: too many sums.
 */
GX_NODISCARD enum gx_code gx_group(struct gx_scope *scope, const struct gx_object *object,
                                   const struct gx_group_options *options, struct gx_jw *w);

#endif
