/* basket.c - see basket.h. */
#include "analysis/basket.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/special.h"
#include "base/assert.h"

enum pass { PRODUCTS, PAIRS, TRIPLES, DONE };
enum { FIRST_SLOTS = 1024 };
#define NOT_FREQUENT UINT32_MAX

struct product {
    int64_t id;
    uint64_t baskets;
    uint32_t rank; /* among the frequent ones, or NOT_FREQUENT */
};

struct triple {
    uint32_t item[3]; /* ranks, falling */
    uint64_t baskets; /* 0: a free place */
};

struct gx_basket {
    struct gx_arena *arena;
    struct gx_basket_options options;
    enum pass pass;
    struct product *product; /* open addressing; baskets 0: a free place */
    size_t products, slots;
    int64_t *id; /* of the frequent ones, by rank */
    uint64_t *single;
    size_t frequent;
    uint32_t *pair; /* the lower triangle */
    struct triple *triple;
    size_t triples, triple_slots;
    bool triples_cut;
    uint64_t baskets, left_out;
    int64_t item[GX_BASKET_ITEMS_MAX], basket, last; /* the basket that is being read */
    size_t items;
    bool open, large;
};

struct gx_basket *gx_basket_open(struct gx_arena *arena, struct gx_basket_options options)
{
    struct gx_basket *b = GX_ARENA_NEW(arena, struct gx_basket);
    b->arena = arena;
    b->options = options;
    return b;
}

static uint64_t mix(uint64_t h)
{
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static struct product *product_at(const struct gx_basket *b, int64_t id)
{
    size_t i = (size_t)mix((uint64_t)id) & (b->slots - 1);
    while (b->product[i].baskets && b->product[i].id != id)
        i = (i + 1) & (b->slots - 1);
    return &b->product[i];
}

static void products_grow(struct gx_basket *b)
{
    struct product *old = b->product;
    size_t slots = b->slots;
    b->slots = slots ? slots * 2 : FIRST_SLOTS;
    b->product = GX_ARENA_ARRAY(b->arena, struct product, b->slots);
    for (size_t i = 0; i < slots; i++)
        if (old[i].baskets)
            *product_at(b, old[i].id) = old[i];
}

GX_NODISCARD static enum gx_code count_products(struct gx_ctx *ctx, struct gx_basket *b)
{
    for (size_t i = 0; i < b->items; i++) {
        if (b->products * 2 >= b->slots)
            products_grow(b);
        struct product *p = product_at(b, b->item[i]);
        if (p->baskets++ > 0)
            continue;
        if (b->products++ == GX_BASKET_PRODUCTS_MAX)
            return gx_fail(ctx, GX_E_LIMIT, GX_STR("products"), GX_M_ANALYSIS_PRODUCTS,
                           gx_arena_printf(ctx->arena, "%d", GX_BASKET_PRODUCTS_MAX));
        p->id = b->item[i];
    }
    return GX_OK;
}

/* Of two different ranks. */
static size_t pair_at(uint32_t a, uint32_t b)
{
    size_t high = a > b ? a : b, low = a > b ? b : a;
    return high * (high - 1) / 2 + low;
}

static uint64_t count_min(const struct gx_basket *b)
{
    uint64_t share = (uint64_t)ceil(b->options.support_min * (double)b->baskets);
    uint64_t least = b->options.count_min > share ? b->options.count_min : share;
    return least > 1 ? least : 1;
}

static struct triple *triple_at(const struct gx_basket *b, const uint32_t *item)
{
    uint64_t h = mix(mix(mix(item[0]) ^ item[1]) ^ item[2]);
    size_t i = (size_t)h & (b->triple_slots - 1);
    while (b->triple[i].baskets && memcmp(b->triple[i].item, item, sizeof b->triple[i].item) != 0)
        i = (i + 1) & (b->triple_slots - 1);
    return &b->triple[i];
}

static void count_triple(struct gx_basket *b, const uint32_t *item)
{
    struct triple *t = triple_at(b, item);
    if (t->baskets == 0) {
        if (b->triples == GX_BASKET_TRIPLES_MAX) {
            b->triples_cut = true;
            return;
        }
        memcpy(t->item, item, sizeof t->item);
        b->triples++;
    }
    t->baskets++;
}

/* How the ranks of a basket's frequent products go together. */
static void count_together(struct gx_basket *b)
{
    uint32_t rank[GX_BASKET_ITEMS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < b->items; i++) {
        uint32_t r = product_at(b, b->item[i])->rank;
        size_t k = n;
        if (r == NOT_FREQUENT)
            continue;
        for (; k > 0 && rank[k - 1] < r; k--)
            rank[k] = rank[k - 1];
        rank[k] = r;
        n++;
    }
    uint64_t least = count_min(b);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            uint32_t *both = &b->pair[pair_at(rank[i], rank[j])];
            if (b->pass == PAIRS) {
                *both += *both < UINT32_MAX;
                continue;
            }
            for (size_t k = j + 1; *both >= least && k < n && !b->triples_cut; k++)
                if (b->pair[pair_at(rank[i], rank[k])] >= least &&
                    b->pair[pair_at(rank[j], rank[k])] >= least)
                    count_triple(b, (const uint32_t[]){ rank[i], rank[j], rank[k] });
        }
}

GX_NODISCARD static enum gx_code basket_end(struct gx_ctx *ctx, struct gx_basket *b)
{
    if (!b->open)
        return GX_OK;
    b->open = false;
    if (b->pass == PRODUCTS) {
        b->baskets += !b->large;
        b->left_out += b->large;
    }
    if (b->large)
        return GX_OK;
    if (b->pass == PRODUCTS)
        return count_products(ctx, b);
    count_together(b);
    return GX_OK;
}

enum gx_code gx_basket_add(struct gx_ctx *ctx, struct gx_basket *b, int64_t basket, int64_t product)
{
    gx_assert(b->pass != DONE);
    bool same = b->open && b->basket == basket;
    if (b->open && (basket < b->basket || (same && product < b->last)))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("rows"), GX_M_ANALYSIS_ORDER);
    if (!same) {
        GX_TRY(basket_end(ctx, b));
        b->open = true;
        b->large = false;
        b->basket = basket;
        b->items = 0;
    } else if (product == b->last) {
        return GX_OK;
    }
    b->last = product;
    if (b->items == GX_BASKET_ITEMS_MAX)
        b->large = true;
    else
        b->item[b->items++] = product;
    return GX_OK;
}

static int by_id(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

GX_NODISCARD static enum gx_code rank_frequent(struct gx_ctx *ctx, struct gx_basket *b)
{
    uint64_t least = count_min(b);
    for (size_t i = 0; i < b->slots; i++) {
        b->product[i].rank = NOT_FREQUENT;
        b->frequent += b->product[i].baskets >= least;
    }
    if (b->frequent > GX_BASKET_FREQUENT_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("support_min"), GX_M_ANALYSIS_PRODUCTS,
                       gx_arena_printf(ctx->arena, "%d", GX_BASKET_FREQUENT_MAX));
    b->id = GX_ARENA_ARRAY(b->arena, int64_t, b->frequent + 1);
    b->single = GX_ARENA_ARRAY(b->arena, uint64_t, b->frequent + 1);
    size_t n = 0;
    for (size_t i = 0; i < b->slots; i++)
        if (b->product[i].baskets >= least)
            b->id[n++] = b->product[i].id;
    qsort(b->id, n, sizeof *b->id, by_id);
    for (size_t i = 0; i < n; i++) {
        struct product *p = product_at(b, b->id[i]);
        p->rank = (uint32_t)i;
        b->single[i] = p->baskets;
    }
    b->pair = GX_ARENA_ARRAY(b->arena, uint32_t, n * (n + 1) / 2 + 1);
    return GX_OK;
}

enum gx_code gx_basket_pass(struct gx_ctx *ctx, struct gx_basket *b, bool *ret_again)
{
    gx_assert(b->pass != DONE);
    GX_TRY(basket_end(ctx, b));
    if (b->pass == PRODUCTS) {
        GX_TRY(rank_frequent(ctx, b));
        b->pass = b->frequent > 1 ? PAIRS : DONE;
    } else if (b->pass == PAIRS && b->options.triples && b->frequent > 2) {
        b->pass = TRIPLES;
        b->triple_slots = 1 << 21; /* twice GX_BASKET_TRIPLES_MAX */
        b->triple = GX_ARENA_ARRAY(b->arena, struct triple, b->triple_slots);
    } else {
        b->pass = DONE;
    }
    *ret_again = b->pass != DONE;
    return GX_OK;
}

double gx_basket_chance(uint64_t baskets, uint64_t left, uint64_t right, uint64_t both)
{
    gx_assert(both <= left && both <= right && left <= baskets && right <= baskets);
    double n = (double)baskets, l = (double)left, r = (double)right, k = (double)both;
    if (both == 0 || left + right >= baskets + both)
        return 1; /* it could not be less */
    double log_term = gx_special_lgamma(l + 1) - gx_special_lgamma(k + 1) -
                      gx_special_lgamma(l - k + 1) + gx_special_lgamma(n - l + 1) -
                      gx_special_lgamma(r - k + 1) - gx_special_lgamma(n - l - r + k + 1) -
                      gx_special_lgamma(n + 1) + gx_special_lgamma(r + 1) +
                      gx_special_lgamma(n - r + 1);
    double term = 1, sum = 1;
    for (; k < l && k < r; k++) { /* the hypergeometric terms above, each from the one before */
        double ratio = (l - k) * (r - k) / ((k + 1) * (n - l - r + k + 1));
        term *= ratio;
        sum += term;
        if (ratio < 1 && term < 1e-17 * (1 - ratio) * sum)
            break;
    }
    return fmin(1, exp(log_term + log(sum)));
}

struct list {
    struct gx_basket_rule *rule; /* NULL: only counted */
    size_t n;
};

static void consider(const struct gx_basket *b, struct list *list, struct gx_basket_rule rule,
                     double compared)
{
    double n = (double)b->baskets, both = (double)rule.both;
    rule.baskets = b->baskets;
    rule.support = both / n;
    rule.confidence = both / (double)rule.left_baskets;
    rule.lift = rule.confidence * n / (double)rule.right_baskets;
    if (!(rule.lift > 1) || rule.confidence < b->options.confidence_min)
        return;
    rule.p = fmin(1, compared * gx_basket_chance(b->baskets, rule.left_baskets, rule.right_baskets,
                                                 rule.both));
    if (rule.p > b->options.p_max)
        return;
    if (list->rule)
        list->rule[list->n] = rule;
    list->n++;
}

static void rules_of_two(const struct gx_basket *b, struct list *list, double compared)
{
    uint64_t least = count_min(b);
    for (uint32_t i = 1; i < b->frequent; i++)
        for (uint32_t j = 0; j < i; j++) {
            uint64_t both = b->pair[pair_at(i, j)];
            for (int side = 0; side < 2 && both >= least; side++) {
                uint32_t l = side ? i : j, r = side ? j : i;
                consider(b, list,
                         (struct gx_basket_rule){ .left = { b->id[l] },
                                                  .right = b->id[r],
                                                  .left_count = 1,
                                                  .left_baskets = b->single[l],
                                                  .right_baskets = b->single[r],
                                                  .both = both },
                         compared);
            }
        }
}

static void rules_of_three(const struct gx_basket *b, struct list *list, double compared)
{
    uint64_t least = count_min(b);
    for (size_t i = 0; i < b->triple_slots && !b->triples_cut; i++) {
        const struct triple *t = &b->triple[i];
        for (size_t k = 0; k < 3 && t->baskets >= least; k++) {
            uint32_t r = t->item[k], x = t->item[(k + 1) % 3], y = t->item[(k + 2) % 3];
            uint32_t low = x < y ? x : y, high = x < y ? y : x;
            consider(b, list,
                     (struct gx_basket_rule){ .left = { b->id[low], b->id[high] },
                                              .right = b->id[r],
                                              .left_count = 2,
                                              .left_baskets = b->pair[pair_at(x, y)],
                                              .right_baskets = b->single[r],
                                              .both = t->baskets },
                     compared);
        }
    }
}

static int surest_first(const void *left, const void *right)
{
    const struct gx_basket_rule *a = left, *b = right;
    if (a->confidence != b->confidence)
        return a->confidence > b->confidence ? -1 : 1;
    if (a->both != b->both)
        return a->both > b->both ? -1 : 1;
    if (a->left_count != b->left_count)
        return a->left_count < b->left_count ? -1 : 1;
    for (size_t i = 0; i < 2; i++)
        if (a->left[i] != b->left[i])
            return a->left[i] < b->left[i] ? -1 : 1;
    return a->right < b->right ? -1 : a->right > b->right;
}

void gx_basket_rules(struct gx_ctx *ctx, const struct gx_basket *b,
                     struct gx_basket_result *ret_result)
{
    gx_assert(b->pass == DONE);
    struct gx_basket_result result = { .baskets = b->baskets,
                                       .left_out = b->left_out,
                                       .products = b->products,
                                       .frequent = b->frequent,
                                       .triples_compared = b->triples,
                                       .triples_cut = b->triples_cut };
    struct list list = { 0 };
    result.pairs_compared = b->frequent > 1 ? b->frequent * (b->frequent - 1) / 2 : 0;
    for (int round = 0; round < 2; round++) { /* count, then write */
        if (round == 1)
            list.rule = GX_ARENA_ARRAY(ctx->arena, struct gx_basket_rule, list.n);
        list.n = 0;
        rules_of_two(b, &list, (double)result.pairs_compared);
        rules_of_three(b, &list, 3 * (double)b->triples);
    }
    if (list.n > 0)
        qsort(list.rule, list.n, sizeof *list.rule, surest_first);
    result.rule = list.rule;
    result.rules = list.n;
    *ret_result = result;
}

static bool holds(const int64_t *held, size_t n, int64_t product)
{
    return n > 0 && bsearch(&product, held, n, sizeof *held, by_id);
}

size_t gx_basket_next(const struct gx_basket_result *result, const int64_t *held, size_t n,
                      const struct gx_basket_rule **ret_rule, size_t most)
{
    size_t found = 0;
    for (size_t i = 0; i < result->rules && found < most; i++) {
        const struct gx_basket_rule *rule = &result->rule[i];
        bool fits = !holds(held, n, rule->right);
        for (size_t k = 0; fits && k < rule->left_count; k++)
            fits = holds(held, n, rule->left[k]);
        for (size_t k = 0; fits && k < found; k++)
            fits = ret_rule[k]->right != rule->right;
        if (fits)
            ret_rule[found++] = rule;
    }
    return found;
}
