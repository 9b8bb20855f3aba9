/*
 * basket.h - what is bought together, and what a customer might buy next.
 *
 * Source: Agrawal & Srikant, Fast algorithms for mining association rules (1994): Apriori, up to
 * three items; the significance of each rule by Fisher's exact test (1922), one-sided, times the
 * number of pairs or triples looked at (Bonferroni), because among two million pairs some look good
 * by chance.
 *
 * A "basket" is what the caller makes it: an order, or all that a customer holds.  Rows come sorted
 * by basket and product, and once for each pass: products are counted, then pairs of frequent ones,
 * then triples whose pairs are frequent.  Memory is bounded by the limits below, whatever the rows.
 *
 *     do { for each row: gx_basket_add(); gx_basket_pass(&again); } while (again);
 *
 * Baskets of more than GX_BASKET_ITEMS_MAX products (a reseller's, a test order) are left out and
 * counted.
 *
 * Layer: analysis.
 */
#ifndef GX_ANALYSIS_BASKET_H
#define GX_ANALYSIS_BASKET_H

#include <stdint.h>

#include "base/ctx.h"

enum {
    GX_BASKET_ITEMS_MAX = 100,
    GX_BASKET_PRODUCTS_MAX = 1000000, /* different ones; 24 MB */
    GX_BASKET_FREQUENT_MAX = 5000,    /* frequent ones; 50 MB of pairs */
    GX_BASKET_TRIPLES_MAX = 1000000,  /* candidates; 32 MB */
};

struct gx_basket_options {
    double support_min;    /* share of baskets with all items of a rule, 0 … 1 */
    uint64_t count_min;    /* and at least so many baskets */
    double confidence_min; /* 0 … 1 */
    double p_max;          /* of chance, after correction: 0.01, say */
    bool triples;          /* rules of two products leading to a third as well */
};

struct gx_basket_rule {
    int64_t left[2], right; /* left[1]: only when left_count is 2 */
    unsigned left_count;
    uint64_t left_baskets, right_baskets, both, baskets;
    double support, confidence,
        lift; /* lift: times as often as by chance; rules have more than 1 */
    double p; /* corrected for the number of comparisons */
};

struct gx_basket_result {
    struct gx_basket_rule *rule; /* the surest first: by confidence, then support, then ids */
    size_t rules;
    uint64_t baskets, left_out;
    size_t products, frequent, pairs_compared, triples_compared;
    bool triples_cut; /* too many candidates: no rules of three */
};

struct gx_basket;
struct gx_basket *gx_basket_open(struct gx_arena *arena, struct gx_basket_options options);
/* GX_E_INVALID: not sorted; GX_E_LIMIT: more than GX_BASKET_PRODUCTS_MAX products. */
GX_NODISCARD enum gx_code gx_basket_add(struct gx_ctx *ctx, struct gx_basket *b, int64_t basket,
                                        int64_t product);
/* The rows are at their end.  GX_E_LIMIT: more than GX_BASKET_FREQUENT_MAX frequent products. */
GX_NODISCARD enum gx_code gx_basket_pass(struct gx_ctx *ctx, struct gx_basket *b, bool *ret_again);
/* After the last pass; in the arena of the ctx. */
void gx_basket_rules(struct gx_ctx *ctx, const struct gx_basket *b,
                     struct gx_basket_result *ret_result);

/*
 * The chance of `both` or more baskets with left and right, if they had nothing to do with each
 * other. both <= left, right <= baskets.
 */
double gx_basket_chance(uint64_t baskets, uint64_t left, uint64_t right, uint64_t both);

/*
 * What somebody who holds `held` (sorted) might want next, best first, with the rule that says so:
 * one rule for each product he does not hold.  Returns how many of the `most` places were filled.
 */
size_t gx_basket_next(const struct gx_basket_result *result, const int64_t *held, size_t n,
                      const struct gx_basket_rule **ret_rule, size_t most);

#endif
