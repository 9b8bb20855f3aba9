/*
 * insurer.c - what only the financial group has, planned: chains of policies, and a catalogue.
 *
 * A thing that is insured (a car, a home) has a chain of policies, one a year, each the renewal of
 * the one before, until one is not renewed or the day of today is reached.  Cars are bought, and so
 * insured, most often before the lunar new year and in early summer: that is when they expire.
 */
#include "base/time.h"
#include "demo/demo_int.h"

enum { YEARS = 5, CHAINS_MAX = 8 };

const char *const gx_demo_lines[GX_DEMO_LINE_COUNT] = {
    "motor_compulsory", "motor_voluntary", "motorcycle", "home", "liability", "commercial",
    "travel",           "accident",        "health",     "life", "annuity",
};
const char *const gx_demo_companies[GX_DEMO_COMPANIES] = { "insurance",  "life",  "bank",
                                                           "securities", "funds", "telecom" };

/* How likely, for whom, for how much, and how faithful. */
static const struct {
    uint8_t person, organisation, age_min, renew, years; /* percent … */
    int32_t premium, spread, insured_times;              /* TWD; percent; of the premium */
} kinds[GX_DEMO_LINE_COUNT] = {
    [GX_DEMO_MOTOR_COMPULSORY] = { 46, 40, 20, 88, 1, 1450, 60, 1400 },
    [GX_DEMO_MOTOR_VOLUNTARY] = { 34, 34, 20, 74, 1, 9800, 150, 300 },
    [GX_DEMO_MOTORCYCLE] = { 38, 6, 18, 84, 1, 720, 50, 2800 },
    [GX_DEMO_HOME] = { 30, 0, 32, 90, 1, 2600, 120, 1500 },
    [GX_DEMO_LIABILITY] = { 0, 38, 18, 82, 1, 24000, 250, 200 },
    [GX_DEMO_COMMERCIAL] = { 0, 55, 18, 85, 1, 62000, 400, 900 },
    [GX_DEMO_TRAVEL] = { 14, 0, 20, 20, 1, 980, 90, 3000 },
    [GX_DEMO_ACCIDENT] = { 28, 12, 18, 83, 1, 4200, 80, 700 },
    [GX_DEMO_HEALTH] = { 32, 0, 22, 91, 1, 16800, 90, 60 },
    [GX_DEMO_LIFE] = { 26, 0, 25, 100, 20, 38000, 120, 25 },
    [GX_DEMO_ANNUITY] = { 9, 0, 45, 100, 10, 280000, 150, 1 },
};

bool gx_demo_line_is_life(enum gx_demo_insurance line)
{
    return line >= GX_DEMO_HEALTH;
}

/* A day of the year: some months have more than others. */
static int64_t season(struct gx_demo_rng *rng, enum gx_demo_insurance line)
{
    static const uint8_t even[12] = { 8, 8, 8, 9, 8, 8, 9, 8, 8, 9, 8, 9 };
    static const uint8_t cars[12] = { 13, 7, 7, 7, 9, 11, 8, 5, 7, 7, 8, 11 };
    static const uint8_t trips[12] = { 9, 12, 5, 7, 6, 11, 15, 13, 5, 5, 4, 8 };
    const uint8_t *months = line <= GX_DEMO_MOTORCYCLE ? cars
                            : line == GX_DEMO_TRAVEL   ? trips
                                                       : even;
    uint32_t at = gx_demo_below(rng, 100), m = 0;
    while (m < 11 && at >= months[m])
        at -= months[m++];
    return (int64_t)m * 30 + gx_demo_between(rng, 0, 29);
}

/* Why, mostly: the price. */
static const char *reason_of(struct gx_demo_rng *rng, bool elsewhere)
{
    static const char *const away[] = { "price",   "price", "price",   "acquaintance",
                                        "service", "claim", "coverage" };
    static const char *const gone[] = { "sold",  "sold",     "no_response", "no_response",
                                        "moved", "coverage", "duplicate" };
    return elsewhere ? away[gx_demo_below(rng, GX_COUNT(away))]
                     : gone[gx_demo_below(rng, GX_COUNT(gone))];
}

/* How a policy that has run out, or is about to, ended. */
static void decide(const struct gx_demo *d, struct gx_demo_rng *rng, struct gx_demo_policy *p,
                   bool *ret_goes_on)
{
    int64_t left = p->ends - d->today;
    bool stays = gx_demo_below(rng, 100) < kinds[p->line].renew;
    bool elsewhere = gx_demo_chance(rng, 42);
    *ret_goes_on = false;
    p->state = "active";
    if (left > 30)
        return;
    if (left > 0 || (left > -20 && gx_demo_chance(rng, 30))) {
        if (left < 21 && stays && gx_demo_chance(rng, 35)) {
            p->state = "renewed";
            *ret_goes_on = true;
        } else if (gx_demo_chance(rng, 40)) {
            p->state = "contacted";
        }
        return;
    }
    p->state = stays ? "renewed" : elsewhere ? "elsewhere" : "lost";
    *ret_goes_on = stays;
    if (!stays)
        p->reason = reason_of(rng, elsewhere);
}

static int chain(const struct gx_demo *d, struct gx_demo_rng *rng, enum gx_demo_insurance line,
                 int number, uint32_t weight, struct gx_demo_policy *out, int room)
{
    int64_t days = 365 * kinds[line].years;
    int64_t start =
        d->today - d->today % 365 - 365 * gx_demo_between(rng, 0, YEARS - 1) + season(rng, line);
    int64_t base = kinds[line].premium, rise = 100;
    bool goes_on = true;
    int n = 0;
    base += base * gx_demo_between(rng, 0, kinds[line].spread) / 100;
    if (weight > 3000 && line > GX_DEMO_MOTORCYCLE)
        base *= weight > 12000 ? 4 : 2;
    if (start > d->today)
        start -= 365;
    if (line == GX_DEMO_TRAVEL)
        days = gx_demo_between(rng, 4, 15);
    for (; goes_on && n < room; n++) {
        struct gx_demo_policy *p = &out[n];
        *p = (struct gx_demo_policy){ .line = line, .chain = number, .renewal = n > 0 };
        p->starts = start;
        p->ends = start + days;
        p->premium = base * rise / 100 / 10 * 10;
        p->insured = p->premium * kinds[line].insured_times / 10000 * 10000;
        decide(d, rng, p, &goes_on);
        if (line == GX_DEMO_TRAVEL && p->ends < d->today) {
            p->state = "lost"; /* a journey ends; nobody renews it */
            p->reason = "other";
            goes_on = false;
        }
        start = p->ends;
        rise += gx_demo_between(rng, -3, 5);
    }
    return n;
}

int gx_demo_policies_plan(const struct gx_demo *d, const struct gx_demo_account *account,
                          struct gx_demo_policy *ret_policies)
{
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_POLICY, account->ordinal);
    int n = 0, chains = 0;
    for (int line = 0; line < GX_DEMO_LINE_COUNT && chains < CHAINS_MAX; line++) {
        uint32_t chance = account->is_person ? kinds[line].person : kinds[line].organisation;
        bool old_enough = !account->is_person || account->person.age >= kinds[line].age_min;
        /* Who insures the car of law's own accord has the rest insured here too. */
        if (line == GX_DEMO_MOTOR_VOLUNTARY)
            chance = n > 0 ? chance + 18 : chance / 5;
        if (!gx_demo_chance(&rng, chance) || !old_enough || n >= GX_DEMO_POLICIES_MAX)
            continue;
        n += chain(d, &rng, (enum gx_demo_insurance)line, chains++, account->weight,
                   ret_policies + n, GX_DEMO_POLICIES_MAX - n);
    }
    return n;
}

/* --- the catalogue: products by their ordinals, so that a policy finds one of its line */

static const struct {
    int company, line; /* -1: none */
    const char *zh, *en, *kind, *unit;
    int32_t price;
} families[] = {
    { 0, GX_DEMO_MOTOR_COMPULSORY, "強制汽車責任險", "Compulsory motor", "policy", "policy", 1450 },
    { 0, GX_DEMO_MOTOR_VOLUNTARY, "汽車任意險", "Voluntary motor", "policy", "policy", 9800 },
    { 0, GX_DEMO_MOTORCYCLE, "機車險", "Motorcycle", "policy", "policy", 720 },
    { 0, GX_DEMO_HOME, "住宅火災地震險", "Home", "policy", "policy", 2600 },
    { 0, GX_DEMO_LIABILITY, "公共意外責任險", "Public liability", "policy", "policy", 24000 },
    { 0, GX_DEMO_COMMERCIAL, "商業火險", "Commercial property", "policy", "policy", 62000 },
    { 0, GX_DEMO_TRAVEL, "旅行平安險", "Travel", "policy", "policy", 980 },
    { 0, GX_DEMO_ACCIDENT, "傷害險", "Accident", "policy", "policy", 4200 },
    { 1, GX_DEMO_HEALTH, "住院醫療險", "Health", "policy", "policy", 16800 },
    { 1, GX_DEMO_LIFE, "終身壽險", "Whole life", "policy", "policy", 38000 },
    { 1, GX_DEMO_ANNUITY, "利變年金", "Annuity", "policy", "policy", 280000 },
    { 2, -1, "存款", "Deposit", "service", "lot", 800 },
    { 2, -1, "房貸", "Mortgage", "service", "lot", 90000 },
    { 2, -1, "信用卡", "Credit card", "service", "lot", 1800 },
    { 3, -1, "證券戶", "Brokerage", "service", "lot", 6000 },
    { 4, -1, "基金", "Fund", "subscription", "month", 36000 },
    { 5, -1, "行動門號", "Mobile plan", "subscription", "month", 799 },
    { 5, -1, "光纖寬頻", "Fibre", "subscription", "month", 999 },
};
enum { FAMILIES = GX_COUNT(families) };

/* Products of family f are those whose number leaves f. */
static int family_of(int64_t n)
{
    return (int)(n % FAMILIES);
}

int64_t gx_demo_catalogue(struct gx_demo_rng *rng, int company, int line)
{
    int matching[FAMILIES], n = 0;
    for (int i = 0; i < FAMILIES; i++)
        if (families[i].company == company && families[i].line == line)
            matching[n++] = i;
    int family = n ? matching[gx_demo_below(rng, (uint32_t)n)] : 0;
    /* The first hundred are the sales pack's own; a few products sell more than all others. */
    int64_t rounds = GX_DEMO_CATALOGUE / FAMILIES - 6, a = gx_demo_between(rng, 0, rounds - 1);
    int64_t b = gx_demo_between(rng, 0, rounds - 1);
    return (5 + (a < b ? a : b)) * FAMILIES + FAMILIES + family;
}

void gx_demo_add_catalogue(struct gx_demo *d, int64_t n)
{
    static const char *const tiers_zh[] = { "輕盈", "安心", "精選", "優享", "豐足", "尊榮",
                                            "樂活", "守護", "滿福", "前程", "家家", "悠遊" };
    static const char *const tiers_en[] = { "Light",   "Secure", "Select", "Prime",
                                            "Plenty",  "Crown",  "Active", "Shield",
                                            "Fortune", "Career", "Family", "Leisure" };
    int f = family_of(n);
    int64_t series = n / FAMILIES, tier = series % (int64_t)GX_COUNT(tiers_zh);
    int64_t edition = series / (int64_t)GX_COUNT(tiers_zh) + 1;
    int64_t price = families[f].price * (70 + series % 13 * 9) / 100;
    gx_demo_begin(d, "name");
    gx_demo_put(d, gx_str_c(tiers_zh[tier]));
    gx_demo_put(d, gx_str_c(families[f].zh));
    gx_demo_put_int(d, edition);
    gx_demo_put(d, GX_STR("型"));
    gx_demo_end(d);
    gx_demo_begin(d, "english_name");
    gx_demo_put(d, gx_str_c(tiers_en[tier]));
    gx_demo_putc(d, ' ');
    gx_demo_put(d, gx_str_c(families[f].en));
    gx_demo_putc(d, ' ');
    gx_demo_put_int(d, edition);
    gx_demo_end(d);
    gx_demo_begin(d, "code");
    gx_demo_put(d, GX_STR("INS-"));
    gx_demo_put_int(d, 10000 + n);
    gx_demo_end(d);
    gx_demo_addz(d, "kind", families[f].kind);
    gx_demo_addz(d, "series", families[f].zh);
    gx_demo_addz(d, "status",
                 n % 29 == 7   ? "discontinued"
                 : n % 23 == 5 ? "phasing_out"
                               : "active");
    gx_demo_addz(d, "unit", families[f].unit);
    gx_demo_add_money(d, "list_price", price * 10000, NULL);
    gx_demo_add_money(d, "cost", price * (48 + n % 23) / 100 * 10000, NULL);
    gx_demo_addz(d, "company", gx_demo_companies[families[f].company]);
    if (families[f].line >= 0)
        gx_demo_addz(d, "line", gx_demo_lines[families[f].line]);
}
