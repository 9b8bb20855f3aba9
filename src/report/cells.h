/*
 * cells.h - people divided at random, and always alike.
 *
 * Who is in the control group, and in which cell, depends on the seed and the record's id alone:
 * the same seed divides the same people the same way, today and in a year.  Percentages go by that
 * number too, so nobody changes cell because others came or went; counts take those with the
 * lowest numbers.
 *
 * Layer: report.
 */
#ifndef GX_REPORT_CELLS_H
#define GX_REPORT_CELLS_H

#include "base/ctx.h"

enum { GX_CELLS_MAX = 20, GX_CELL_NAME_BYTES_MAX = 40, GX_CELL_WHOLE = 10000 };

struct gx_cell {
    struct gx_str name;
    int64_t percent; /* hundredths; of those who are not in the control group; or … */
    int64_t count;   /* … so many of them */
};

struct gx_cells {
    struct gx_cell v[GX_CELLS_MAX];
    size_t n;
};

/*
 * "A 50%, B 30%, C 2000": names, each with a share or a number.  GX_E_INVALID (path "cells"): not
 * so, a name twice or "control" or "rest", more than 100 % in all.  GX_E_LIMIT.
 */
GX_NODISCARD enum gx_code gx_cells_read(struct gx_ctx *ctx, struct gx_str text,
                                        struct gx_cells *ret_cells);

/* 0 … 2^64-1 for an id, by the seed and what it is drawn for. */
uint64_t gx_cells_draw(struct gx_str seed, struct gx_str what, int64_t id);

/*
 * The cell of each of `count` ids, in `arena`: "control" for `control` hundredths of a percent,
 * then the cells in their order, "rest" for whom they leave, "" for all when there are none.
 */
const struct gx_str *gx_cells_divide(struct gx_arena *arena, const struct gx_cells *cells,
                                     struct gx_str seed, int64_t control, const int64_t *ids,
                                     size_t count);

#endif
