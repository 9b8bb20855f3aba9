/*
 * share.h - who brings how much: the 80/20 curve, deciles, and who moved between them.
 *
 * Sources: Lorenz (1905), Gini (1912); Pareto's rule as its reading.  Amounts may be below zero (a
 * customer who cost more than he brought); the curve then rises above the whole and comes back,
 * which is shown as it is, and the Gini coefficient is not given.
 *
 * Ties: equal amounts keep the order of the input, so a decile's border may run between two equals.
 * Decile 1 is the best tenth.  With n no multiple of ten the first n mod 10 deciles have one more.
 *
 * The histogram way needs no sorting and one pass: totals are exact, a share at a given rank is
 * right to within `error`, which is computed, not guessed.
 *
 * Errors: GX_E_INVALID for no number; memory: the arena of the ctx.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_SHARE_H
#define GX_ANALYSIS_SHARE_H

#include <stdint.h>

#include "base/ctx.h"

enum { GX_SHARE_DECILES = 10, GX_SHARE_POINTS = 100 };

struct gx_share_decile {
    size_t count;
    double sum, least, most;
    double share, running; /* of all; of all up to and with this decile */
};

struct gx_share {
    size_t count;
    double sum;
    struct gx_share_decile decile[GX_SHARE_DECILES];
    double curve[GX_SHARE_POINTS + 1]; /* the share of the best i per cent */
    double people_for_80;              /* the smallest share of people that brings 80 % */
    double gini;                       /* NaN with amounts below zero or nothing at all */
    double error;                      /* shares are right to within this; 0: exact */
};

/*
 * Exactly, by sorting.  ret_decile, if not NULL, gets the decile (1 … 10) of each amount; ret_share
 * too may be NULL.  Fewer than ten amounts leave the last deciles empty.
 */
GX_NODISCARD enum gx_code gx_share_exact(struct gx_ctx *ctx, const double *amount, size_t n,
                                         struct gx_share *ret_share, uint8_t *ret_decile);

/*
 * From a histogram: bin i holds `count` amounts with the sum `sum`, all of them at least `least`
 * and at most `most`, best bin first.  Bins are as SQL groups them; the finer at the top, the
 * smaller the error.
 */
struct gx_share_bin {
    uint64_t count;
    double sum, least, most;
};
GX_NODISCARD enum gx_code gx_share_histogram(struct gx_ctx *ctx, const struct gx_share_bin *bin,
                                             size_t n, struct gx_share *ret_share);

/* How many were in decile a before and in b now; 0: not there in that period. */
struct gx_share_moves {
    uint64_t count[GX_SHARE_DECILES + 1][GX_SHARE_DECILES + 1];
    uint64_t up, down, same, came, left;
};
GX_NODISCARD enum gx_code gx_share_movement(struct gx_ctx *ctx, const uint8_t *before,
                                            const uint8_t *now, size_t n,
                                            struct gx_share_moves *ret_moves);

#endif
