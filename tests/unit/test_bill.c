/* test_bill.c - money by the day: examples, and random years against a naive account of each day.
 */
#include <stdlib.h>

#include "base/decimal.h"
#include "base/time.h"
#include "gx_test.h"
#include "operator/bill.h"

static int64_t date(const char *text)
{
    int64_t day = 0;
    GX_CHECK(gx_date_parse(gx_str_c(text), &day), text);
    return day;
}

static int64_t money(const char *text)
{
    int64_t value = 0;
    GX_CHECK(gx_decimal_parse(gx_str_c(text), GX_MONEY_SCALE, &value), text);
    return value;
}

static const struct {
    const char *price;
    int64_t seat_days, unit_days, discount;
    int decimals;
    const char *amount;
} amounts[] = {
    { "300", 31 * 5, 31, 0, 0, "1500" },     /* five users, a whole month */
    { "300", 1, 31, 0, 0, "10" },            /* 9.677… */
    { "300", 1, 31, 0, 2, "9.68" },          /* the same in cents */
    { "300", 1, 31, 0, 4, "9.6774" },        /* as exact as money is */
    { "0.5", 1, 1, 0, 0, "1" },              /* half goes away from zero */
    { "1", 1, 3, 0, 4, "0.3333" },           /* */
    { "300", 310, 31, 1250, 0, "2625" },     /* 12.5 % less */
    { "300", 31, 31, 10000, 0, "0" },        /* a present */
    { "3600", 365 * 7, 365, 0, 0, "25200" }, /* a year */
    { "99999999.9999", 31, 31, 0, 4, "99999999.9999" },
};

GX_TEST(bill_amounts)
{
    for (size_t i = 0; i < GX_COUNT(amounts); i++) {
        int64_t amount = -1;
        GX_CHECK(gx_bill_amount(money(amounts[i].price), amounts[i].seat_days, amounts[i].unit_days,
                                amounts[i].discount, amounts[i].decimals, &amount),
                 amounts[i].amount);
        GX_CHECK(amount == money(amounts[i].amount), amounts[i].amount);
    }
    int64_t amount = -1;
    GX_CHECK(!gx_bill_amount(INT64_MAX, 31, 31, 0, 0, &amount), "price too large");
    GX_CHECK(!gx_bill_amount(money("900000000000"), 31 * 1000000, 31, 0, 0, &amount), "too much");
    GX_CHECK(!gx_bill_amount(money("1"), 31, 31, 10001, 0, &amount), "discount over all of it");
    GX_CHECK(amount == -1, "untouched");
}

static const struct {
    const char *net;
    int64_t rate;
    int decimals;
    const char *tax;
} taxes[] = {
    { "1000", 500, 0, "50" },    { "1010", 500, 0, "51" }, /* 50.5 */
    { "9.68", 2000, 2, "1.94" }, { "0", 500, 0, "0" },       { "0.0001", 500, 4, "0" },
    { "100", 0, 0, "0" },        { "33.33", 750, 2, "2.5" },
};

GX_TEST(bill_taxes)
{
    for (size_t i = 0; i < GX_COUNT(taxes); i++) {
        int64_t tax = -1;
        GX_CHECK(gx_bill_tax(money(taxes[i].net), taxes[i].rate, taxes[i].decimals, &tax),
                 taxes[i].tax);
        GX_CHECK(tax == money(taxes[i].tax), taxes[i].tax);
    }
}

static struct gx_bill_subscription subscription(const char *starts, const char *ends)
{
    return (struct gx_bill_subscription){
        .starts = date(starts),
        .ends = ends ? date(ends) : INT64_MAX,
        .trial_until = INT64_MIN,
        .seats = 1,
        .price = money("310"),
    };
}

/* A plan changed on the 11th, two users more from the 21st, and a base price with two included. */
GX_TEST(bill_plan_change)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_bill_subscription s[] = { subscription("2026-01-01", NULL),
                                        subscription("2026-01-11", NULL) };
    const struct gx_bill_usage usage[] = { { date("2025-12-31"), 3, false },
                                           { date("2026-01-21"), 5, false } };
    struct gx_bill_line *line;
    s[1].price = money("620");
    s[1].base = money("3100");
    s[1].included = 2;
    struct gx_bill_input in = {
        s, 2, usage, 2, NULL, 0, { date("2026-01-01"), date("2026-01-31") }
    };
    GX_CHECK(gx_bill(&ctx, &in, &line) == GX_OK, "bill");
    GX_CHECK(line && line->subscription == 0 && line->seat_days == 30 &&
                 line->amount == money("300"),
             "ten days of three users");
    line = line ? line->next : NULL;
    GX_CHECK(line && line->subscription == 1 && line->kind == GX_BILL_USERS &&
                 line->days.from == date("2026-01-11") && line->seat_days == 10 + 33 &&
                 line->amount == money("860"),
             "one user, then three, beside those included");
    line = line ? line->next : NULL;
    GX_CHECK(line && line->kind == GX_BILL_BASE && line->seat_days == 21 &&
                 line->amount == money("2100") && !line->next,
             "the base price by days");
    gx_arena_free(&arena);
}

GX_TEST(bill_trial_and_suspension)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_bill_subscription s = subscription("2026-01-01", "2026-01-20");
    const struct gx_bill_usage usage[] = { { date("2026-01-01"), 4, false },
                                           { date("2026-01-13"), 4, true },
                                           { date("2026-01-15"), 2, false } };
    const struct gx_bill_span charged = { date("2026-01-19"), date("2026-03-01") };
    struct gx_bill_line *line;
    s.trial_until = date("2026-01-10");
    struct gx_bill_input in = {
        &s, 1, usage, 3, &charged, 1, { date("2025-12-01"), date("2026-02-28") }
    };
    GX_CHECK(gx_bill(&ctx, &in, &line) == GX_OK, "bill");
    GX_CHECK(line && line->days.from == date("2026-01-11") && line->days.to == date("2026-01-18") &&
                 line->seat_days == 2 * 4 + 4 * 2 && !line->next,
             "after the trial, not while suspended, not what was charged");
    in.days = (struct gx_bill_span){ date("2026-01-01"), date("2036-06-01") };
    GX_CHECK(gx_bill(&ctx, &in, &line) == GX_E_LIMIT, "more than ten years");
    gx_arena_free(&arena);
}

/* --- random years */

static uint64_t seed;

static int64_t pick(int64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)below);
}

enum { DAYS = 800, SUBSCRIPTIONS_MAX = 6, USAGE_MAX = 200, RUNS_MAX = 40, LINES_MAX = 800 };

struct world {
    int64_t first;
    struct gx_bill_subscription s[SUBSCRIPTIONS_MAX];
    size_t subscription_count;
    struct gx_bill_usage usage[USAGE_MAX];
    size_t usage_count;
    /* What each day is, told day by day, without spans. */
    int owner[DAYS];
    int64_t seats[DAYS]; /* -1: free */
    /* What the invoices say of each day. */
    int charged[DAYS];
    struct gx_bill_span spans[LINES_MAX];
    size_t span_count;
};

static void make_world(struct world *w)
{
    *w = (struct world){ .first = date("2023-11-01") + pick(500) };
    w->subscription_count = 1 + (size_t)pick(SUBSCRIPTIONS_MAX);
    int64_t at = w->first + pick(60);
    for (size_t i = 0; i < w->subscription_count; i++, at += pick(200)) {
        w->s[i] = (struct gx_bill_subscription){
            .starts = at,
            .ends = pick(3) ? at + pick(300) : INT64_MAX,
            .trial_until = pick(2) ? at + pick(40) : INT64_MIN,
            .seats = 1 + pick(9),
            .period = pick(2) ? GX_BILL_MONTH : GX_BILL_YEAR,
            .price = pick(4) ? pick(100000000) : 0,
            .base = pick(2) ? pick(1000000000) : 0,
            .included = pick(4),
            .discount = pick(3) ? 0 : pick(10001),
            .decimals = (int)pick(5),
        };
    }
    int64_t day = w->first - pick(20);
    for (; w->usage_count < USAGE_MAX; day += 1 + pick(12))
        w->usage[w->usage_count++] = (struct gx_bill_usage){ day, pick(50), pick(6) == 0 };
}

static void tell_days(struct world *w)
{
    for (int i = 0; i < DAYS; i++) {
        int64_t day = w->first + i, seats;
        const struct gx_bill_usage *known = NULL;
        w->owner[i] = -1;
        for (size_t k = 0; k < w->subscription_count; k++)
            if (w->s[k].starts <= day && day <= w->s[k].ends)
                w->owner[i] = (int)k;
        if (w->owner[i] < 0)
            continue;
        const struct gx_bill_subscription *s = &w->s[w->owner[i]];
        for (size_t k = 0; k < w->usage_count && w->usage[k].day <= day; k++)
            known = &w->usage[k];
        seats = (known ? known->seats : s->seats) - s->included;
        w->seats[i] = seats < 0 ? 0 : seats;
        if (day <= s->trial_until || (known && known->free))
            w->seats[i] = -1;
    }
}

/* One line against the days it says it is about. */
static void check_line(struct world *w, const struct gx_bill_line *line)
{
    const struct gx_bill_subscription *s = &w->s[line->subscription];
    struct gx_bill_span unit = gx_bill_unit(s->period, line->days.from);
    int64_t seat_days = 0;
    GX_CHECK(line->days.to <= unit.to && line->unit_days == unit.to - unit.from + 1, "one period");
    for (int64_t day = line->days.from; day <= line->days.to; day++) {
        int i = (int)(day - w->first);
        GX_CHECK(w->owner[i] == (int)line->subscription, "a day of this subscription");
        w->charged[i] |= line->kind == GX_BILL_USERS ? 1 : 2;
        if (w->seats[i] >= 0)
            seat_days += line->kind == GX_BILL_USERS ? w->seats[i] : 1;
    }
    GX_CHECK(seat_days == line->seat_days, "as many users as there were");
    /* exact = price × seat_days × (1 - discount) ÷ unit_days; |amount - exact| ≤ half a unit */
    int64_t coin = 1;
    for (int k = s->decimals; k < 4; k++)
        coin *= 10;
    __int128 divisor = (__int128)line->unit_days * GX_BILL_PERCENT;
    __int128 exact =
        (__int128)line->unit_price * line->seat_days * (GX_BILL_PERCENT - line->discount);
    __int128 off = (__int128)line->amount * divisor - exact;
    GX_CHECK(line->amount % coin == 0, "can be paid");
    GX_CHECK((off < 0 ? -off : off) * 2 <= divisor * coin, "rounded once");
}

/* A run over some days; what it charges is charged from then on. */
static int64_t run(struct gx_ctx *ctx, struct world *w, struct gx_bill_span days)
{
    struct gx_bill_input in = { w->s,     w->subscription_count, w->usage, w->usage_count,
                                w->spans, w->span_count,         days };
    struct gx_bill_line *first;
    int64_t sum = 0;
    bool before[DAYS];
    for (int i = 0; i < DAYS; i++)
        before[i] = w->charged[i] != 0;
    GX_CHECK(gx_bill(ctx, &in, &first) == GX_OK, "run");
    for (struct gx_bill_line *line = first; line; line = line->next) {
        for (int64_t day = line->days.from; day <= line->days.to; day++)
            GX_CHECK(!before[day - w->first], "a day is charged by one run");
        check_line(w, line);
        sum += line->amount;
    }
    for (struct gx_bill_line *line = first; line && w->span_count < LINES_MAX; line = line->next)
        w->spans[w->span_count++] = line->days;
    return sum;
}

/* After runs over all days, in whatever pieces: each day is charged, once. */
static void check_days(struct world *w)
{
    for (int i = 0; i < DAYS; i++) {
        bool due = w->owner[i] >= 0 && w->seats[i] >= 0;
        const struct gx_bill_subscription *s = w->owner[i] >= 0 ? &w->s[w->owner[i]] : NULL;
        if (due && s->base)
            GX_CHECK((w->charged[i] & 2) != 0, "no day is skipped");
        if (due && s->price && w->seats[i] > 0)
            GX_CHECK((w->charged[i] & 1) != 0, "no user of a day is skipped");
        if (w->owner[i] < 0)
            GX_CHECK(w->charged[i] == 0, "no day without a subscription");
    }
}

GX_TEST(bill_random_years)
{
    struct world *w = malloc(sizeof *w);
    seed = 20261122;
    for (int round = 0; round < 400; round++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        make_world(w);
        tell_days(w);
        /* Months, or pieces of any length, some of them run twice or overlapping. */
        int64_t at = w->first, last = w->first + DAYS - 1;
        while (at <= last) {
            int64_t to = pick(2) ? gx_bill_unit(GX_BILL_MONTH, at).to : at + pick(90);
            struct gx_bill_span days = { at - pick(30), to < last ? to : last };
            days.from = days.from < w->first ? w->first : days.from;
            run(&ctx, w, days);
            at = days.to + 1;
        }
        GX_CHECK(run(&ctx, w, (struct gx_bill_span){ w->first, last }) == 0, "all is charged");
        check_days(w);
        gx_arena_free(&arena);
    }
    free(w);
}

/* Whole months of an unchanging number of users cost what the price list says, to the last digit.
 */
GX_TEST(bill_whole_periods)
{
    seed = 4;
    for (int round = 0; round < 300; round++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_bill_subscription s = subscription("2024-01-01", "2025-12-31");
        struct gx_bill_usage usage = { s.starts, 1 + pick(5000), false };
        struct gx_bill_input in = { &s, 1, &usage, 1, NULL, 0, { s.starts, s.ends } };
        struct gx_bill_line *line;
        s.period = pick(2) ? GX_BILL_MONTH : GX_BILL_YEAR;
        s.decimals = 4;
        s.price = 1 + pick(100000000);
        int64_t sum = 0, periods = s.period == GX_BILL_MONTH ? 24 : 2;
        GX_CHECK(gx_bill(&ctx, &in, &line) == GX_OK, "bill");
        for (; line; line = line->next)
            sum += line->amount;
        GX_CHECK(sum == s.price * usage.seats * periods, "price × users × periods");
        gx_arena_free(&arena);
    }
}
