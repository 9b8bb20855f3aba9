/* share.c - see share.h. */
#include "analysis/share.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double amount;
    size_t at;
};

static int best_first(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->amount != b->amount)
        return a->amount > b->amount ? -1 : 1;
    return a->at < b->at ? -1 : 1;
}

/* How many people the best i of `parts` equal parts of n have: the first ones get the rest. */
static size_t border(size_t n, size_t i, size_t parts)
{
    return n / parts * i + (i < n % parts ? i : n % parts);
}

static void deciles(const struct ranked *r, size_t n, struct gx_share *share, uint8_t *ret_decile)
{
    double running = 0;
    for (size_t d = 0; d < GX_SHARE_DECILES; d++) {
        struct gx_share_decile *decile = &share->decile[d];
        size_t from = border(n, d, GX_SHARE_DECILES), to = border(n, d + 1, GX_SHARE_DECILES);
        for (size_t i = from; i < to; i++) {
            decile->sum += r[i].amount;
            if (ret_decile)
                ret_decile[r[i].at] = (uint8_t)(d + 1);
        }
        decile->count = to - from;
        if (to > from) {
            decile->most = r[from].amount;
            decile->least = r[to - 1].amount;
        }
        running += decile->sum;
        if (share->sum != 0) {
            decile->share = decile->sum / share->sum;
            decile->running = running / share->sum;
        }
    }
}

/* The curve and what is read from it; between two people it is a straight line. */
static void curve(const struct ranked *r, size_t n, struct gx_share *share)
{
    double running = 0, weighted = 0, goal = 0.8 * share->sum;
    size_t point = 1;
    share->people_for_80 = share->sum > 0 ? -1 : NAN;
    for (size_t i = 0; i < n; i++) {
        double before = running;
        running += r[i].amount;
        weighted += ((double)i + 0.5) * r[i].amount;
        for (; point <= GX_SHARE_POINTS; point++) {
            double rank = (double)n * (double)point / GX_SHARE_POINTS;
            if (rank > (double)(i + 1) && i + 1 < n)
                break;
            double part = fmin(1, rank - (double)i);
            share->curve[point] = share->sum != 0 ? (before + part * r[i].amount) / share->sum : 0;
        }
        if (share->people_for_80 < 0 && running >= goal)
            share->people_for_80 = ((double)i + (goal - before) / r[i].amount) / (double)n;
    }
    bool plain = n > 0 && share->sum > 0 && r[n - 1].amount >= 0;
    share->gini = plain ? 1 - 2 * weighted / ((double)n * share->sum) : NAN;
}

enum gx_code gx_share_exact(struct gx_ctx *ctx, const double *amount, size_t n,
                            struct gx_share *ret_share, uint8_t *ret_decile)
{
    struct gx_share share = { .count = n };
    struct ranked *ranked = GX_ARENA_ARRAY(ctx->arena, struct ranked, n);
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(amount[i]))
            return gx_fail(ctx, GX_E_INVALID, GX_STR("amount"), GX_M_ANALYSIS_NUMBER);
        ranked[i] = (struct ranked){ amount[i], i };
        share.sum += amount[i];
    }
    if (n > 0)
        qsort(ranked, n, sizeof *ranked, best_first);
    deciles(ranked, n, &share, ret_decile);
    curve(ranked, n, &share);
    if (ret_share)
        *ret_share = share;
    return GX_OK;
}

struct cut { /* what the best `rank` people bring, and how wrong that may be */
    double sum, error, edge;
};

/*
 * Inside a bin the best k of c people have at least k of c parts of its sum, and at most what they
 * would have if they all had the most, or all others the least.
 */
static struct cut cut_at(const struct gx_share_bin *bin, size_t n, double rank)
{
    struct cut cut = { 0 };
    for (size_t i = 0; i < n; i++) {
        double count = (double)bin[i].count;
        cut.edge = bin[i].least;
        if (rank >= count) {
            cut.sum += bin[i].sum;
            rank -= count;
            if (rank <= 0)
                break;
            continue;
        }
        double low = bin[i].sum * rank / count;
        double high = fmin(rank * bin[i].most, bin[i].sum - (count - rank) * bin[i].least);
        high = fmax(low, high);
        cut.sum += (low + high) / 2;
        cut.error = (high - low) / 2;
        cut.edge = bin[i].most - (bin[i].most - bin[i].least) * rank / count;
        break;
    }
    return cut;
}

GX_NODISCARD static enum gx_code check_bins(struct gx_ctx *ctx, const struct gx_share_bin *bin,
                                            size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double count = (double)bin[i].count, slack = 1e-9 * (1 + fabs(bin[i].sum));
        bool good = bin[i].count > 0 && isfinite(bin[i].sum) && isfinite(bin[i].least) &&
                    isfinite(bin[i].most) && bin[i].least <= bin[i].most &&
                    bin[i].sum >= bin[i].least * count - slack &&
                    bin[i].sum <= bin[i].most * count + slack &&
                    (i == 0 || bin[i].most <= bin[i - 1].least);
        if (!good)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("bins"), GX_M_ANALYSIS_NUMBER);
    }
    return GX_OK;
}

static double people_for(const struct gx_share_bin *bin, size_t n, double goal, double people)
{
    double low = 0, high = people;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (cut_at(bin, n, middle).sum < goal)
            low = middle;
        else
            high = middle;
    }
    return high / people;
}

enum gx_code gx_share_histogram(struct gx_ctx *ctx, const struct gx_share_bin *bin, size_t n,
                                struct gx_share *ret_share)
{
    GX_TRY(check_bins(ctx, bin, n));
    struct gx_share share = { .people_for_80 = NAN, .gini = NAN };
    double error = 0, area = 0, before = 0;
    for (size_t i = 0; i < n; i++) {
        share.count += bin[i].count;
        share.sum += bin[i].sum;
    }
    for (size_t i = 1; i <= GX_SHARE_POINTS && share.sum != 0; i++) {
        struct cut cut = cut_at(bin, n, (double)share.count * (double)i / GX_SHARE_POINTS);
        share.curve[i] = cut.sum / share.sum;
        error = fmax(error, fabs(cut.error / share.sum));
    }
    struct cut last = { .edge = n > 0 ? bin[0].most : 0 };
    for (size_t d = 0; d < GX_SHARE_DECILES; d++) {
        struct gx_share_decile *decile = &share.decile[d];
        size_t from = border(share.count, d, GX_SHARE_DECILES);
        size_t to = border(share.count, d + 1, GX_SHARE_DECILES);
        struct cut cut = cut_at(bin, n, (double)to);
        *decile = (struct gx_share_decile){
            .count = to - from, .sum = cut.sum - last.sum, .least = cut.edge, .most = last.edge
        };
        if (share.sum != 0) {
            decile->share = decile->sum / share.sum;
            decile->running = cut.sum / share.sum;
            error = fmax(error, fabs((cut.error + last.error) / share.sum));
        }
        last = cut;
    }
    for (size_t i = 0; i < n; i++) { /* trapezes between the borders of bins, which are exact */
        area += (double)bin[i].count * (before + bin[i].sum / 2);
        before += bin[i].sum;
    }
    if (n > 0 && share.sum > 0) {
        share.people_for_80 = people_for(bin, n, 0.8 * share.sum, (double)share.count);
        if (bin[n - 1].least >= 0)
            share.gini = 2 * area / ((double)share.count * share.sum) - 1;
    }
    share.error = error;
    *ret_share = share;
    return GX_OK;
}

enum gx_code gx_share_movement(struct gx_ctx *ctx, const uint8_t *before, const uint8_t *now,
                               size_t n, struct gx_share_moves *ret_moves)
{
    struct gx_share_moves moves = { 0 };
    for (size_t i = 0; i < n; i++) {
        uint8_t a = before[i], b = now[i];
        if (a > GX_SHARE_DECILES || b > GX_SHARE_DECILES)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("decile"), GX_M_ANALYSIS_NUMBER);
        moves.count[a][b]++;
        if (a == 0 || b == 0) {
            moves.came += a == 0 && b > 0;
            moves.left += a > 0 && b == 0;
        } else {
            moves.up += b < a;
            moves.down += b > a;
            moves.same += a == b;
        }
    }
    *ret_moves = moves;
    return GX_OK;
}
