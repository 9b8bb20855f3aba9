/*
 * plan.c - what an account and its deals are, computed from their numbers.
 *
 * Sizes follow a Pareto distribution with exponent 1.16, the one in which a fifth of the
 * customers bring four fifths of the money.  A deal begins on a day of the last three years,
 * runs for a time around the trade's own cycle, and what has happened to it by today follows.
 */
#include "demo/demo_int.h"

const char *const gx_demo_stage_names[GX_DEMO_STAGES] = {
    "prospecting", "engaging", "proposal", "negotiation", "won", "lost",
};

struct gx_demo_rng gx_demo_rng(const struct gx_demo *d, uint32_t purpose, int64_t n)
{
    struct gx_demo_rng rng = { d->seed ^ ((uint64_t)purpose * UINT64_C(0xd1342543de82ef95)) };
    rng.state ^= gx_demo_random(&rng) + (uint64_t)n * UINT64_C(0xaf251af3b0f025b5);
    gx_demo_random(&rng);
    return rng;
}

/* Thousandths: 0.3 × (1 - u)^(-1/1.16), at most 118; between powers of two a straight line. */
static uint32_t pareto(struct gx_demo_rng *rng)
{
    static const uint32_t powers[] = { 545,   991,   1801,  3274,  5950,
                                       10813, 19650, 35712, 64902, 117950 };
    uint64_t u = gx_demo_random(rng) | UINT64_C(1) << 54;
    uint32_t k = (uint32_t)__builtin_clzll(u);
    uint64_t part = ((u << k) >> 53) & 1023;
    return (uint32_t)(powers[k] - powers[k] * 461 * part / (1000 * 1024));
}

/* `per_100` on average, from half to one and a half times that. */
static int about(struct gx_demo_rng *rng, uint64_t per_100, int max)
{
    uint64_t n = (per_100 * (50 + gx_demo_below(rng, 101)) / 100 + gx_demo_below(rng, 100)) / 100;
    return n > (uint64_t)max ? max : (int)n;
}

static const struct gx_demo_city *pick_city(struct gx_demo_rng *rng,
                                            const struct gx_demo_locale *locale)
{
    uint32_t at = gx_demo_below(rng, locale->cities[locale->city_count - 1].upto), i = 0;
    while (locale->cities[i].upto <= at)
        i++;
    return &locale->cities[i];
}

/* Reps come after the head and one manager per team; some work more accounts than others. */
static int64_t pick_owner(const struct gx_demo *d, struct gx_demo_rng *rng)
{
    int64_t first = 1 + d->trade.teams.n, reps = d->users - first;
    if (reps < 1)
        return gx_demo_between(rng, 0, d->users - 1);
    int64_t a = gx_demo_between(rng, 0, reps - 1), b = gx_demo_between(rng, 0, reps - 1);
    return first + (gx_demo_chance(rng, 50) && b < a ? b : a);
}

static uint32_t deals_factor(uint32_t weight)
{
    return weight < 500     ? 60
           : weight < 1000  ? 95
           : weight < 3000  ? 130
           : weight < 10000 ? 200
                            : 320;
}

void gx_demo_account_plan(const struct gx_demo *d, int64_t ordinal,
                          struct gx_demo_account *ret_account)
{
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_ACCOUNT, ordinal);
    struct gx_demo_account a = { .ordinal = ordinal };
    const struct gx_demo_word *share = gx_demo_pick(&rng, &d->trade.locale_shares);
    a.locale = &d->locales[share - d->trade.locale_shares.v];
    a.is_person = gx_demo_chance(&rng, d->trade.person_percent);
    a.city = pick_city(&rng, a.locale);
    a.weight = pareto(&rng);
    if (a.is_person)
        gx_demo_person_make(&rng, a.locale, 22, 76, d->today, &a.person);
    else
        gx_demo_company_make(d->seed, a.locale, ordinal, &a.company);
    a.owner = pick_owner(d, &rng);
    if (!a.is_person) {
        a.contact_count = about(&rng, d->trade.contacts_per_100 * (a.weight > 3000 ? 2 : 1),
                                GX_DEMO_CONTACTS_MAX);
        if (a.contact_count == 0)
            a.contact_count = 1;
    }
    if (!gx_demo_chance(&rng, 12))
        a.deal_count = about(&rng, (uint64_t)d->trade.deals_per_100 * deals_factor(a.weight) / 100,
                             GX_DEMO_DEALS_MAX);
    a.from_lead = a.deal_count > 0 && gx_demo_chance(&rng, 22);
    a.lead_count = a.from_lead + gx_demo_chance(&rng, 45);
    *ret_account = a;
}

void gx_demo_contact_plan(const struct gx_demo *d, const struct gx_demo_account *account, int j,
                          struct gx_demo_person *ret_person)
{
    struct gx_demo_rng rng =
        gx_demo_rng(d, GX_DEMO_CONTACT, account->ordinal * GX_DEMO_CONTACTS_MAX + j);
    gx_demo_person_make(&rng, account->locale, 24, 64, d->today, ret_person);
}

void gx_demo_user_plan(const struct gx_demo *d, int64_t ordinal, struct gx_demo_person *ret_person)
{
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_USER, ordinal);
    int64_t team = ordinal == 0 ? 0 : (ordinal - 1) % d->trade.teams.n;
    /* Where every market has its team, people have that market's names; else Chinese ones. */
    uint32_t locale = 0;
    if (d->trade.market_teams)
        locale = (uint32_t)team % d->trade.locale_shares.n;
    else
        while (!d->locales[locale].chinese && locale + 1 < d->trade.locale_shares.n)
            locale++;
    gx_demo_person_make(&rng, &d->locales[locale], ordinal <= d->trade.teams.n ? 38 : 23, 60,
                        d->today, ret_person);
}

static bool wholesale(const struct gx_demo_trade *trade)
{
    return trade->quantity_max > 1;
}

/* A customer comes back for the same things: half of the time one of a few. */
static uint32_t pick_product(const struct gx_demo_trade *trade, struct gx_demo_rng *rng,
                             const struct gx_demo_account *account)
{
    uint32_t product = 0, n = trade->product_count;
    bool favourite = gx_demo_chance(rng, 50);
    for (int tries = 0; tries < 20; tries++) {
        product = gx_demo_below(rng, n);
        if (favourite)
            product =
                (uint32_t)(((uint64_t)account->ordinal * 31 + product % 4 + (uint32_t)tries) % n);
        const struct gx_demo_product *p = &trade->products[product];
        if (account->is_person ? p->persons : p->organisations)
            break;
    }
    return product;
}

void gx_demo_line_plan(const struct gx_demo *d, const struct gx_demo_account *account, int deal,
                       int j, struct gx_demo_line *ret_line)
{
    static const int8_t discounts[] = { 0, 0, 0, 0, 0, 0, 3, 5, 5, 5, 8, 10, 10, 15, 20 };
    const struct gx_demo_trade *t = &d->trade;
    struct gx_demo_rng rng =
        gx_demo_rng(d, GX_DEMO_FOR_LINES,
                    (account->ordinal * GX_DEMO_DEALS_MAX + deal) * GX_DEMO_LINES_MAX + j);
    struct gx_demo_line line = { 0 };
    line.product = pick_product(t, &rng, account);
    uint64_t weight = account->weight;
    if (account->is_person && weight > 8000)
        weight = 8000;
    int64_t most = t->quantity_max, q = gx_demo_between(&rng, t->quantity_min, most);
    int64_t q2 = gx_demo_between(&rng, t->quantity_min, most);
    q = q < q2 ? q : q2;
    int64_t price = t->products[line.product].price * account->locale->per_1000_twd;
    int64_t unit = 100;
    if (wholesale(t)) {
        q = q * (int64_t)weight / 1000;
        if (q >= 100)
            q = q / 20 * 20;
    } else {
        price = price / 1000 * (int64_t)weight; /* one policy, more of it insured */
        unit = 1000;
    }
    line.quantity = q < 1 ? 1 : q;
    line.unit_price_e2 = price / 10;          /* thousandths of the currency to hundredths */
    if (account->locale->per_1000_twd >= 500) /* no cents where nobody uses them */
        line.unit_price_e2 = (line.unit_price_e2 + unit - 1) / unit * unit;
    line.discount = line.quantity >= 10 ? discounts[gx_demo_below(&rng, GX_COUNT(discounts))] : 0;
    line.amount_e4 = line.quantity * line.unit_price_e2 * (100 - line.discount);
    *ret_line = line;
}

/* No deal is signed at the weekend between companies. */
int64_t gx_demo_working_day(int64_t days)
{
    int64_t weekday = (days % 7 + 7 + 3) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
    return weekday > 4 ? days - (weekday - 4) : days;
}

static int64_t cycle_of(struct gx_demo_rng *rng, uint32_t usual)
{
    static const int16_t percent[] = { 30, 45, 55, 65, 75, 85, 95, 105, 120, 140, 170, 220, 320 };
    int64_t days = (int64_t)usual * percent[gx_demo_below(rng, GX_COUNT(percent))] / 100;
    return days + gx_demo_between(rng, 0, usual / 6 + 1);
}

static void decide(const struct gx_demo *d, struct gx_demo_rng *rng, struct gx_demo_deal *deal,
                   int64_t cycle)
{
    struct gx_demo_rng skill_rng = gx_demo_rng(d, GX_DEMO_USER, deal->owner + 1000000);
    uint32_t win = d->trade.win_percent + gx_demo_below(&skill_rng, 25) - 12;
    if (deal->account->weight > 3000)
        win += 6;
    bool won = gx_demo_chance(rng, win > 95 ? 95 : win);
    bool stale = gx_demo_chance(rng, 4);
    if (!won)
        cycle = cycle * 7 / 10 + 1;
    int64_t end = gx_demo_working_day(deal->start + cycle);
    if (end < deal->start)
        end = deal->start;
    deal->expected = end;
    deal->engaged = deal->start + cycle / 8;
    if (end <= d->today && !stale) {
        deal->stage = won ? GX_DEMO_WON : GX_DEMO_LOST;
        deal->closed = end;
        deal->expected = end - gx_demo_between(rng, -cycle / 6 - 1, cycle / 5);
        if (deal->expected < deal->start)
            deal->expected = deal->start;
        return;
    }
    int64_t done = (d->today - deal->start) * 100 / (cycle + 1);
    deal->stage = done < 20   ? GX_DEMO_PROSPECTING
                  : done < 45 ? GX_DEMO_ENGAGING
                  : done < 75 ? GX_DEMO_PROPOSAL
                              : GX_DEMO_NEGOTIATION;
    if (deal->engaged > d->today)
        deal->engaged = d->today;
}

/* Mostly a handful; now and then one asks for everything at once. */
static int line_count(const struct gx_demo_trade *trade, struct gx_demo_rng *rng)
{
    uint32_t usual = trade->lines_max < 16 ? trade->lines_max : 16;
    if (usual < 2 || gx_demo_chance(rng, 35))
        return 1;
    if (gx_demo_chance(rng, 2))
        return 1 + (int)gx_demo_below(rng, trade->lines_max);
    return 1 + (int)(gx_demo_below(rng, usual) * gx_demo_below(rng, usual) / usual);
}

void gx_demo_deal_plan(const struct gx_demo *d, const struct gx_demo_account *account, int index,
                       struct gx_demo_deal *ret_deal)
{
    const struct gx_demo_trade *t = &d->trade;
    struct gx_demo_rng rng =
        gx_demo_rng(d, GX_DEMO_OPPORTUNITY, account->ordinal * GX_DEMO_DEALS_MAX + index);
    struct gx_demo_deal deal = { .index = index, .account = account, .owner = account->owner };
    int64_t age = gx_demo_between(&rng, 0, GX_DEMO_HISTORY_DAYS - 1);
    int64_t age2 = gx_demo_between(&rng, 0, GX_DEMO_HISTORY_DAYS - 1);
    if (gx_demo_chance(&rng, 45) && age2 < age)
        age = age2; /* business has been growing */
    deal.start = gx_demo_working_day(d->today - age);
    if (t->second_owner_percent && gx_demo_chance(&rng, t->second_owner_percent))
        deal.owner = pick_owner(d, &rng);
    decide(d, &rng, &deal, cycle_of(&rng, t->cycle_days));
    deal.contact =
        account->contact_count ? (int)gx_demo_below(&rng, (uint32_t)account->contact_count) : -1;
    int lines = line_count(t, &rng);
    for (int j = 0; j < lines; j++) {
        struct gx_demo_line line;
        gx_demo_line_plan(d, account, index, j, &line);
        if (j == 0)
            deal.product = line.product;
        deal.amount_e4 += line.amount_e4;
    }
    deal.amount_e4 -= deal.amount_e4 % (account->locale->per_1000_twd >= 500 ? 10000 : 100);
    deal.line_count = t->lines_max ? lines : 0;
    if (deal.stage == GX_DEMO_WON) {
        deal.close_value_e4 = deal.amount_e4 / 100 * gx_demo_between(&rng, 82, 102);
        deal.close_value_e4 -= deal.close_value_e4 % 10000; /* whole units */
    }
    deal.rng = rng;
    *ret_deal = deal;
}

int gx_demo_activity_count(const struct gx_demo *d, const struct gx_demo_deal *deal)
{
    struct gx_demo_rng rng = gx_demo_rng(
        d, GX_DEMO_ACTIVITY, (deal->account->ordinal * GX_DEMO_DEALS_MAX + deal->index) * 64 + 63);
    return about(&rng, d->trade.activities_per_100, 20);
}
