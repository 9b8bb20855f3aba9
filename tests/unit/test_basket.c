/* test_basket.c - bought together: counted by hand, found again, and not seen where there is
 * nothing. */
#include "analysis/basket.h"

#include <math.h>

#include "analysis_help.h"

struct row {
    int64_t basket, product;
};

static enum gx_code run(struct gx_ctx *ctx, const struct row *row, size_t n,
                        struct gx_basket_options options, struct gx_basket_result *ret_result)
{
    struct gx_basket *b = gx_basket_open(ctx->arena, options);
    for (bool again = true; again;) {
        for (size_t i = 0; i < n; i++)
            GX_TRY(gx_basket_add(ctx, b, row[i].basket, row[i].product));
        GX_TRY(gx_basket_pass(ctx, b, &again));
    }
    gx_basket_rules(ctx, b, ret_result);
    return GX_OK;
}

/* bread 1, butter 2, jam 3, beer 4 */
GX_TEST(basket_by_hand)
{
    static const struct row rows[] = {
        { 1, 1 }, { 1, 2 }, { 1, 3 }, { 2, 1 }, { 2, 2 }, { 2, 2 }, { 3, 1 }, { 3, 2 }, { 3, 3 },
        { 4, 1 }, { 5, 4 }, { 6, 4 }, { 7, 1 }, { 7, 4 }, { 8, 1 }, { 8, 2 }, { 8, 3 }, { 9, 4 },
    };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_basket_options all = { .p_max = 1, .triples = true };
    struct gx_basket_result r;
    GX_CHECK(run(&ctx, rows, sizeof rows / sizeof rows[0], all, &r) == GX_OK, "ok");
    GX_CHECK(r.baskets == 9 && r.products == 4 && r.frequent == 4, "counts");
    GX_CHECK(r.pairs_compared == 6 && r.triples_compared == 1 && !r.triples_cut, "compared");
    const struct gx_basket_rule *butter = NULL, *both = NULL;
    for (size_t i = 0; i < r.rules; i++) {
        GX_CHECK(i == 0 || r.rule[i].confidence <= r.rule[i - 1].confidence, "surest first");
        if (r.rule[i].left_count == 1 && r.rule[i].left[0] == 1 && r.rule[i].right == 2)
            butter = &r.rule[i];
        if (r.rule[i].left_count == 2 && r.rule[i].right == 3)
            both = &r.rule[i];
    }
    if (GX_CHECK(butter && both, "both rules")) {
        GX_CHECK(butter->left_baskets == 6 && butter->right_baskets == 4 && butter->both == 4,
                 "once a basket");
        GX_NEAR(butter->support, 4.0 / 9, 1e-12, "support");
        GX_NEAR(butter->confidence, 4.0 / 6, 1e-12, "confidence");
        GX_NEAR(butter->lift, 1.5, 1e-12, "lift");
        GX_NEAR(butter->p, 6 * 15.0 / 126, 1e-12, "C(6,4)/C(9,4), six comparisons");
        GX_CHECK(both->left[0] == 1 && both->left[1] == 2 && both->both == 3, "three");
        GX_NEAR(both->lift, 0.75 * 3, 1e-12, "lift of three");
    }

    static const int64_t held[] = { 1, 4 };
    const struct gx_basket_rule *next[3] = { NULL };
    size_t found = gx_basket_next(&r, held, 2, next, 3);
    if (GX_CHECK(found == 2, "two not held yet")) {
        GX_CHECK(next[0]->right == 2 && next[0]->left[0] == 1, "butter, because of bread");
        GX_CHECK(next[1]->right == 3 && next[1]->left_count == 1, "jam");
    }
    GX_CHECK(gx_basket_next(&r, held, 2, next, 1) == 1, "no more than asked");
    GX_CHECK(gx_basket_next(&r, NULL, 0, next, 3) == 0, "who holds nothing");
    gx_arena_free(&arena);
}

/* Fisher's tea: 3 of 4 and 3 of 4 of 8: 17/70.  And what no table of factorials holds. */
GX_TEST(basket_chance)
{
    GX_NEAR(gx_basket_chance(8, 4, 4, 3), 17.0 / 70, 1e-13, "tea");
    GX_NEAR(gx_basket_chance(8, 4, 4, 4), 1.0 / 70, 1e-14, "all of them");
    GX_CHECK(gx_basket_chance(8, 4, 4, 0) == 1, "none is certain");
    GX_CHECK(gx_basket_chance(8, 8, 4, 4) == 1, "no choice");
    double p = gx_basket_chance(10000000, 100000, 100000, 1100);
    GX_NEAR(p / 0.00095, 1, 0.25,
            "ten million, z = 3.2"); /* 0.00076 by the normal, which is not skewed */
    GX_CHECK(gx_basket_chance(10000000, 100000, 100000, 90000) == 0, "beyond doubles");
}

/* 60 products bought at random: nothing is found; two that go together are. */
GX_TEST(basket_chance_is_not_found)
{
    enum { BASKETS = 4000, PRODUCTS = 60 };
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct luck luck = { 11 };
    struct row *rows = GX_ARENA_ARRAY(&arena, struct row, BASKETS * PRODUCTS);
    struct gx_basket_options options = { .support_min = 0.001, .p_max = 0.01, .triples = true };
    struct gx_basket_result r;
    for (int tied = 0; tied < 2; tied++) {
        size_t n = 0;
        for (int64_t b = 0; b < BASKETS; b++) {
            bool seven = false;
            for (int64_t p = 0; p < PRODUCTS; p++) {
                double chance = tied && p == 33 && seven ? 0.3 : 0.05;
                if (luck_uniform(&luck) < chance) {
                    rows[n++] = (struct row){ b, p };
                    seven = seven || p == 7;
                }
            }
        }
        GX_CHECK(run(&ctx, rows, n, options, &r) == GX_OK, "ok");
        GX_CHECK(r.triples_compared > 0, "triples were looked at");
        size_t of_them = 0;
        for (size_t i = 0; i < r.rules; i++) {
            bool a = r.rule[i].right == 7 || r.rule[i].left[0] == 7 || r.rule[i].left[1] == 7;
            bool b = r.rule[i].right == 33 || r.rule[i].left[0] == 33 || r.rule[i].left[1] == 33;
            of_them += a && b;
        }
        GX_CHECK(of_them == r.rules, "nothing else");
        GX_CHECK(tied ? r.rules >= 2 : r.rules == 0, "found only when it is there");
    }
    gx_arena_free(&arena);
}

GX_TEST(basket_hostile)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_basket_options all = { .p_max = 1, .triples = true };
    struct gx_basket_result r;
    static const struct row back[] = { { 2, 1 }, { 1, 1 } }, mixed[] = { { 1, 2 }, { 1, 1 } };
    GX_CHECK(run(&ctx, back, 2, all, &r) == GX_E_INVALID, "baskets not in order");
    GX_CHECK(run(&ctx, mixed, 2, all, &r) == GX_E_INVALID, "products not in order");
    GX_CHECK(run(&ctx, NULL, 0, all, &r) == GX_OK && r.rules == 0, "no rows");
    static const struct row ends[] = { { INT64_MIN, INT64_MIN },
                                       { INT64_MIN, INT64_MAX },
                                       { INT64_MAX, INT64_MIN },
                                       { INT64_MAX, 0 } };
    GX_CHECK(run(&ctx, ends, 4, all, &r) == GX_OK && r.baskets == 2, "odd ids");
    GX_CHECK(r.products == 3, "odd ids");

    /* One of a hundred products is read, one of a hundred and one is left out. */
    struct row *rows = GX_ARENA_ARRAY(&arena, struct row, 402);
    size_t n = 0;
    for (int64_t b = 0; b < 2; b++)
        for (int64_t p = 0; p < GX_BASKET_ITEMS_MAX + b; p++)
            rows[n++] = (struct row){ b, p };
    GX_CHECK(run(&ctx, rows, n, all, &r) == GX_OK, "large");
    GX_CHECK(r.baskets == 1 && r.left_out == 1 && r.products == GX_BASKET_ITEMS_MAX, "left out");

    /* More frequent products than there is room for. */
    n = GX_BASKET_FREQUENT_MAX + 1;
    rows = GX_ARENA_ARRAY(&arena, struct row, n);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct row){ (int64_t)i, (int64_t)i };
    GX_CHECK(run(&ctx, rows, n, all, &r) == GX_E_LIMIT, "too many");
    all.count_min = 2;
    GX_CHECK(run(&ctx, rows, n, all, &r) == GX_OK && r.frequent == 0, "a higher support");
    gx_arena_free(&arena);
}
