/* row_insurer.c - rows of the financial group's own objects; what they say is planned in insurer.c.
 */
#include "base/time.h"
#include "demo/demo_int.h"

static const struct {
    const char *name, *code, *kind;
} units[] = {
    { "金控集團", "GROUP", "group" },         { "產險公司", "INS", "business_unit" },
    { "人壽公司", "LIFE", "business_unit" },  { "銀行", "BANK", "business_unit" },
    { "證券公司", "SEC", "business_unit" },   { "投信公司", "FUND", "business_unit" },
    { "客戶關係部", "CRM", "business_unit" }, { "電信公司", "TEL", "business_unit" },
};

bool gx_demo_row_unit(struct gx_demo *d, struct gx_demo_row *row)
{
    int64_t n = d->counts[GX_DEMO_UNIT];
    if (!d->pack || n >= (int64_t)GX_COUNT(units))
        return false;
    gx_demo_row_start(d, GX_DEMO_UNIT, row);
    gx_demo_addz(d, "name", units[n].name);
    gx_demo_addz(d, "code", units[n].code);
    gx_demo_addz(d, "kind", units[n].kind);
    if (n > 0)
        gx_demo_add_link(d, "parent", GX_DEMO_UNIT, 0);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

/* The next account with its policies. */
static bool next_insured(struct gx_demo *d)
{
    d->policy_base += d->policy_count;
    d->policy_count = 0;
    if (!d->pack || !gx_demo_next_account(d))
        return false;
    d->policy_count = gx_demo_policies_plan(d, &d->account, d->policies);
    return true;
}

static int company_of(enum gx_demo_insurance line)
{
    return gx_demo_line_is_life(line);
}

static void add_digits(struct gx_demo *d, const char *field, const char *before, int64_t n)
{
    gx_demo_begin(d, field);
    gx_demo_put(d, gx_str_c(before));
    gx_demo_put_int(d, n);
    gx_demo_end(d);
}

/* "ABC-1234": of the account and the thing, so that its renewals have the same. */
static void add_vehicle(struct gx_demo *d, const struct gx_demo_policy *p)
{
    static const char *const models[] = {
        "Toyota Corolla Cross", "Toyota RAV4", "Honda CR-V",     "Nissan Kicks", "Ford Kuga",
        "Mazda CX-5",           "Lexus NX",    "Hyundai Tucson", "Tesla Model 3"
    };
    static const char *const bikes[] = { "光陽 Many 125", "三陽 JET SL", "Gogoro 3", "山葉 勁戰",
                                         "宏佳騰 Ai-1" };
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    /* Compulsory and voluntary insurance of one car. */
    bool bike = p->line == GX_DEMO_MOTORCYCLE;
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_FOR_FACTS, d->account.ordinal * 2 + bike);
    gx_demo_begin(d, "plate");
    for (int i = 0; i < 3; i++)
        gx_demo_putc(d, letters[gx_demo_below(&rng, sizeof letters - 1)]);
    gx_demo_putc(d, '-');
    gx_demo_put_int(d, 1000 + (int64_t)gx_demo_below(&rng, 9000));
    gx_demo_end(d);
    gx_demo_begin(d, "vehicle");
    gx_demo_put(d, gx_str_c(bike ? bikes[gx_demo_below(&rng, GX_COUNT(bikes))]
                                 : models[gx_demo_below(&rng, GX_COUNT(models))]));
    gx_demo_putc(d, ' ');
    gx_demo_put_int(d, gx_date_to_ymd(d->today).year - gx_demo_between(&rng, 0, 12));
    gx_demo_end(d);
}

bool gx_demo_row_policy(struct gx_demo *d, struct gx_demo_row *row)
{
    static const char *const channels[] = { "agent", "agent", "agent",  "broker",     "branch",
                                            "web",   "app",   "dealer", "call_center" };
    while (d->step >= d->policy_count)
        if (!next_insured(d))
            return false;
    const struct gx_demo_account *a = &d->account;
    int j = d->step++;
    const struct gx_demo_policy *p = &d->policies[j];
    struct gx_demo_rng rng =
        gx_demo_rng(d, GX_DEMO_FOR_ROW + 2, a->ordinal * GX_DEMO_POLICIES_MAX + p->chain);
    gx_demo_row_start(d, GX_DEMO_POLICY, row);
    add_digits(d, "number", gx_demo_line_is_life(p->line) ? "L" : "P", 1000000 + row->self.ordinal);
    gx_demo_add_link(d, "holder", GX_DEMO_ACCOUNT, a->ordinal);
    gx_demo_addz(d, "line", gx_demo_lines[p->line]);
    gx_demo_add_link(d, "product", GX_DEMO_PRODUCT,
                     gx_demo_catalogue(&rng, company_of(p->line), (int)p->line));
    gx_demo_addz(d, "company", gx_demo_companies[company_of(p->line)]);
    gx_demo_addz(d, "state", p->state);
    if (p->line <= GX_DEMO_MOTORCYCLE)
        add_vehicle(d, p);
    else if (p->line == GX_DEMO_HOME || p->line == GX_DEMO_COMMERCIAL) {
        gx_demo_begin(d, "insured_object");
        gx_demo_put(d, a->city->name);
        gx_demo_put(d, gx_demo_any(&rng, &a->locale->streets)->text);
        gx_demo_put_int(d, gx_demo_between(&rng, 1, 380));
        gx_demo_put(d, GX_STR("號"));
        gx_demo_end(d);
    }
    gx_demo_add_money(d, "premium", p->premium * 10000, NULL);
    gx_demo_add_money(d, "sum_insured", p->insured * 10000, NULL);
    gx_demo_addz(d, "pay_mode",
                 p->line == GX_DEMO_ANNUITY || p->line == GX_DEMO_TRAVEL ? "single" : "year");
    gx_demo_add_date(d, "starts_on", p->starts);
    gx_demo_add_date(d, "ends_on", p->ends);
    gx_demo_add_date(d, "signed_on", p->starts - gx_demo_between(&rng, 0, 25));
    gx_demo_addz(d, "channel", channels[gx_demo_below(&rng, GX_COUNT(channels))]);
    if (p->renewal)
        gx_demo_add_link(d, "renews", GX_DEMO_POLICY, row->self.ordinal - 1);
    if (p->reason)
        gx_demo_addz(d, "lost_reason", p->reason);
    if (gx_str_is(gx_str_c(p->state), "elsewhere"))
        gx_demo_add(d, "lost_to", gx_demo_any(&rng, &d->trade.competitors)->text);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, a->owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

/* --- at the other subsidiaries */

static const struct {
    uint8_t company, percent, age_min;
    const char *kind;
    int32_t balance, revenue; /* TWD of a usual customer, a year */
    int16_t term_days;        /* 0: no end */
} products[] = {
    { 2, 58, 0, "deposit", 180000, 900, 0 },     { 2, 14, 25, "deposit", 600000, 2400, 365 },
    { 2, 17, 28, "loan", -5200000, 62000, 0 },   { 2, 44, 22, "card", -12000, 3100, 0 },
    { 3, 26, 22, "brokerage", 420000, 5200, 0 }, { 4, 21, 25, "fund", 310000, 4300, 0 },
    { 2, 5, 40, "wealth", 4200000, 51000, 0 },   { 5, 37, 0, "mobile", 0, 5800, 730 },
    { 5, 19, 25, "broadband", 0, 4200, 730 },
};

bool gx_demo_row_holding(struct gx_demo *d, struct gx_demo_row *row)
{
    for (;;) {
        while (d->account.ordinal < 0 || d->step >= (int)GX_COUNT(products))
            if (!d->pack || !gx_demo_next_account(d))
                return false;
        const struct gx_demo_account *a = &d->account;
        int k = d->step++;
        struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_HOLDING, a->ordinal * 16 + k);
        bool fits = a->is_person ? a->person.age >= products[k].age_min : k < 2;
        if (!fits || !gx_demo_chance(&rng, products[k].percent))
            continue;
        int64_t size = 20 + a->weight / 8 + gx_demo_below(&rng, 60);
        int64_t opened = d->today - gx_demo_between(&rng, 20, 3600);
        bool closed = gx_demo_chance(&rng, 9);
        gx_demo_row_start(d, GX_DEMO_HOLDING, row);
        add_digits(d, "number", "H", 20000000 + row->self.ordinal);
        gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, a->ordinal);
        gx_demo_addz(d, "company", gx_demo_companies[products[k].company]);
        gx_demo_add_link(d, "product", GX_DEMO_PRODUCT,
                         gx_demo_catalogue(&rng, products[k].company, -1));
        gx_demo_addz(d, "kind", products[k].kind);
        gx_demo_addz(d, "state",
                     closed                    ? "closed"
                     : gx_demo_chance(&rng, 6) ? "dormant"
                                               : "active");
        gx_demo_add_date(d, "opened_on", opened);
        if (products[k].term_days) {
            int64_t term = products[k].term_days;
            gx_demo_add_date(d, "ends_on", opened + ((d->today - opened) / term + 1) * term);
        }
        if (closed)
            gx_demo_add_date(d, "closed_on",
                             opened + (d->today - opened) * gx_demo_between(&rng, 40, 100) / 100);
        else
            gx_demo_add_money(d, "balance", products[k].balance / 100 * size * 10000, NULL);
        int64_t revenue = products[k].revenue * size / 100;
        gx_demo_add_money(d, "year_revenue", revenue * 10000, NULL);
        gx_demo_add_money(d, "year_cost",
                          (revenue * gx_demo_between(&rng, 30, 75) / 100 + 120) * 10000, NULL);
        gx_demo_add_link(d, "owner", GX_DEMO_USER, a->owner);
        gx_demo_add(d, "external_id", row->self.key);
        gx_demo_row_end(d, row);
        return true;
    }
}

/* --- claims: of one policy in twelve */

bool gx_demo_row_claim(struct gx_demo *d, struct gx_demo_row *row)
{
    static const char *const what[GX_DEMO_LINE_COUNT][2] = {
        { "collision", "liability" }, { "collision", "theft" }, { "collision", "injury" },
        { "water", "fire" },          { "liability", "other" }, { "fire", "water" },
        { "travel", "other" },        { "injury", "injury" },   { "illness", "injury" },
        { "death", "other" },         { "other", "other" },
    };
    for (;;) {
        while (d->step >= d->policy_count)
            if (!next_insured(d))
                return false;
        int j = d->step++;
        const struct gx_demo_policy *p = &d->policies[j];
        struct gx_demo_rng rng =
            gx_demo_rng(d, GX_DEMO_CLAIM, d->account.ordinal * GX_DEMO_POLICIES_MAX + j);
        int64_t end = p->ends < d->today ? p->ends : d->today;
        if (!gx_demo_chance(&rng, 8) || end - p->starts < 5)
            continue;
        int64_t happened = gx_demo_between(&rng, p->starts, end - 4);
        int64_t reported = happened + gx_demo_between(&rng, 0, 3);
        bool open = d->today - reported < 45;
        bool paid = gx_demo_chance(&rng, 84);
        int64_t amount = p->premium * gx_demo_between(&rng, 2, 30);
        gx_demo_row_start(d, GX_DEMO_CLAIM, row);
        add_digits(d, "number", "C", 300000 + row->self.ordinal);
        gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, d->account.ordinal);
        gx_demo_add_link(d, "policy", GX_DEMO_POLICY, d->policy_base + j);
        gx_demo_addz(d, "company", gx_demo_companies[company_of(p->line)]);
        gx_demo_addz(d, "state",
                     open   ? (gx_demo_chance(&rng, 50) ? "review" : "documents")
                     : paid ? "paid"
                            : "rejected");
        gx_demo_addz(d, "kind", what[p->line][gx_demo_below(&rng, 2)]);
        gx_demo_add_date(d, "happened_on", happened);
        gx_demo_add_date(d, "reported_on", reported);
        gx_demo_add_money(d, "amount", amount * 10000, NULL);
        if (!open)
            gx_demo_add_date(d, "closed_on", reported + gx_demo_between(&rng, 5, 44));
        if (!open && paid)
            gx_demo_add_money(d, "paid_amount",
                              amount * gx_demo_between(&rng, 60, 100) / 100 * 10000, NULL);
        if (!open && !paid)
            gx_demo_addz(d, "note", "不在承保範圍內。");
        gx_demo_add_link(d, "owner", GX_DEMO_USER, d->account.owner);
        gx_demo_add(d, "external_id", row->self.key);
        gx_demo_row_end(d, row);
        return true;
    }
}

/* --- complaints: of one customer in twenty */

bool gx_demo_row_complaint(struct gx_demo *d, struct gx_demo_row *row)
{
    static const struct {
        const char *topic, *subject, *said;
    } about[] = {
        { "claim", "理賠審核時間過長", "送件已超過三週，尚未收到結果。" },
        { "service", "客服電話久候", "打了三次都等超過二十分鐘。" },
        { "fee", "帳單金額與說明不符", "當初說明免年費，帳單卻有收取。" },
        { "disturb", "已表示不需要仍接到推銷電話", "上個月已請貴公司不要再來電。" },
        { "sale", "保障內容與業務員說明不同", "以為住院第一天就有給付。" },
        { "system", "App 無法登入", "更新後一直出現錯誤訊息。" },
    };
    static const char *const severities[] = { "low",    "normal", "normal",
                                              "normal", "high",   "regulator" };
    static const char *const channels[] = { "phone", "phone", "web", "email", "branch", "letter" };
    struct gx_demo_rng rng;
    do {
        if (!d->pack || !gx_demo_next_account(d))
            return false;
        rng = gx_demo_rng(d, GX_DEMO_COMPLAINT, d->account.ordinal);
    } while (!gx_demo_chance(&rng, 5));
    uint32_t k = gx_demo_below(&rng, GX_COUNT(about));
    int64_t received = d->today - gx_demo_between(&rng, 0, 700);
    bool closed = d->today - received > 25;
    gx_demo_row_start(d, GX_DEMO_COMPLAINT, row);
    gx_demo_addz(d, "subject", about[k].subject);
    gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, d->account.ordinal);
    gx_demo_addz(d, "company", gx_demo_companies[gx_demo_below(&rng, GX_DEMO_COMPANIES)]);
    gx_demo_addz(d, "state", closed ? "closed" : gx_demo_chance(&rng, 50) ? "working" : "open");
    gx_demo_addz(d, "severity", severities[gx_demo_below(&rng, GX_COUNT(severities))]);
    gx_demo_addz(d, "topic", about[k].topic);
    gx_demo_addz(d, "channel", channels[gx_demo_below(&rng, GX_COUNT(channels))]);
    gx_demo_add_date(d, "received_on", received);
    gx_demo_add_date(d, "due_on", received + 14);
    gx_demo_addz(d, "description", about[k].said);
    if (closed) {
        gx_demo_addz(d, "answer", "已致電說明並致歉，客戶接受。");
        gx_demo_add_date(d, "closed_on", received + gx_demo_between(&rng, 2, 24));
    }
    gx_demo_add_link(d, "owner", GX_DEMO_USER, d->account.owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

/* --- answers to three campaigns of the last year */

bool gx_demo_row_response(struct gx_demo *d, struct gx_demo_row *row)
{
    static const struct {
        const char *name, *offer;
        int company;
        uint32_t percent, accepts; /* accepts: in a thousand of the target */
        int16_t days_ago;
        int8_t line;
    } campaigns[] = {
        { "車險續保早鳥", "提前三十天續保享九五折", 0, 52, 90, 40, GX_DEMO_MOTOR_VOLUNTARY },
        { "信用卡週年回饋", "新辦卡送電影票", 2, 44, 45, 150, -1 },
        { "新手爸媽醫療險", "首年保費九折", 1, 21, 32, 260, GX_DEMO_HEALTH },
    };
    static const struct {
        const char *channel;
        uint32_t opens, answers, cost; /* percent; tenths of the campaign's; TWD */
    } ways[] = { { "email", 34, 8, 1 }, { "email", 34, 8, 1 },    { "sms", 60, 9, 2 },
                 { "line", 55, 12, 2 }, { "phone", 100, 22, 60 }, { "agent", 100, 30, 150 } };
    for (;;) {
        while (d->account.ordinal < 0 || d->step >= (int)GX_COUNT(campaigns))
            if (!d->pack || !gx_demo_next_account(d))
                return false;
        int k = d->step++;
        struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_RESPONSE, d->account.ordinal * 4 + k);
        if (!gx_demo_chance(&rng, campaigns[k].percent))
            continue;
        uint32_t w = gx_demo_below(&rng, GX_COUNT(ways)), dice = gx_demo_below(&rng, 1000);
        bool control = gx_demo_chance(&rng, 10);
        uint32_t accepts =
            control ? campaigns[k].accepts / 3 : campaigns[k].accepts * ways[w].answers / 10;
        bool accepted = dice < accepts, sent = !control;
        const char *result = accepted                              ? "accepted"
                             : !sent                               ? "none"
                             : dice < accepts + 60                 ? "declined"
                             : dice < accepts + 110                ? "interested"
                             : gx_demo_chance(&rng, ways[w].opens) ? "opened"
                                                                   : "none";
        int64_t day = d->today - campaigns[k].days_ago;
        gx_demo_row_start(d, GX_DEMO_RESPONSE, row);
        gx_demo_addz(d, "campaign", campaigns[k].name);
        gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, d->account.ordinal);
        gx_demo_addz(d, "company", gx_demo_companies[campaigns[k].company]);
        gx_demo_add_link(d, "product", GX_DEMO_PRODUCT,
                         gx_demo_catalogue(&rng, campaigns[k].company, campaigns[k].line));
        gx_demo_addz(d, "offer", campaigns[k].offer);
        gx_demo_addz(d, "channel", ways[w].channel);
        gx_demo_addz(d, "cell", control ? "control" : "target");
        gx_demo_add_date(d, "sent_on", day);
        gx_demo_addz(d, "result", result);
        if (accepted)
            gx_demo_add_money(d, "value", gx_demo_between(&rng, 9, 160) * 1000000, NULL);
        if (accepted || dice < accepts + 110)
            gx_demo_add_date(d, "responded_on", day + gx_demo_between(&rng, 0, 30));
        if (sent)
            gx_demo_add_money(d, "cost", ways[w].cost * 10000, NULL);
        gx_demo_add_link(d, "owner", GX_DEMO_USER, d->account.owner);
        gx_demo_add(d, "external_id", row->self.key);
        gx_demo_row_end(d, row);
        return true;
    }
}
