/*
 * value.h - one stored value: what the database holds and what an expression computes with.
 *
 * The meaning (date, money, link …) belongs to the field.  Whole numbers carry integers,
 * scaled decimals, money, booleans (0, 1), dates (days), moments and durations (microseconds),
 * ids.  Text carries text, choice codes and "|a|b|" lists of codes in declared order.
 *
 * Layer: base.
 */
#ifndef GX_BASE_VALUE_H
#define GX_BASE_VALUE_H

#include "base/str.h"

enum gx_value_kind { GX_VALUE_NULL, GX_VALUE_INT, GX_VALUE_TEXT, GX_VALUE_BLOB };

struct gx_value {
    enum gx_value_kind kind;
    union {
        int64_t i;
        struct gx_str s; /* TEXT, BLOB */
    };
};

#define GX_NULL_VALUE ((struct gx_value){ .kind = GX_VALUE_NULL })

static inline struct gx_value gx_value_int(int64_t i)
{
    return (struct gx_value){ .kind = GX_VALUE_INT, .i = i };
}

static inline struct gx_value gx_value_text(struct gx_str s)
{
    return (struct gx_value){ .kind = GX_VALUE_TEXT, .s = s };
}

static inline struct gx_value gx_value_blob(struct gx_str s)
{
    return (struct gx_value){ .kind = GX_VALUE_BLOB, .s = s };
}

static inline bool gx_value_eq(struct gx_value a, struct gx_value b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind == GX_VALUE_NULL)
        return true;
    return a.kind == GX_VALUE_INT ? a.i == b.i : gx_str_eq(a.s, b.s);
}

#endif
