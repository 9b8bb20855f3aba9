/* row_deal.c - opportunities, their product lines and people; and leads. */
#include "demo/demo_int.h"

static const int stage_probability[GX_DEMO_STAGES] = { 10, 25, 50, 75, 100, 0 };

static bool is_open(const struct gx_demo_deal *deal)
{
    return deal->stage < GX_DEMO_WON;
}

static void add_outcome(struct gx_demo *d, struct gx_demo_rng *rng, const struct gx_demo_deal *deal,
                        const struct gx_demo_topic *topic)
{
    static const char *const reasons[] = { "price",      "price",    "price",       "competitor",
                                           "competitor", "timing",   "timing",      "no_budget",
                                           "no_budget",  "features", "no_decision", "no_response" };
    const struct gx_demo_texts *texts = gx_demo_texts_of(d, topic->locale);
    gx_demo_add_date(d, "close_date", deal->closed);
    if (deal->stage == GX_DEMO_WON) {
        gx_demo_add_money(d, "close_value", deal->close_value_e4, topic->locale);
    } else {
        const char *reason = reasons[gx_demo_below(rng, GX_COUNT(reasons))];
        gx_demo_addz(d, "loss_reason", reason);
        if (reason[0] == 'c' || (reason[0] == 'p' && gx_demo_chance(rng, 50)))
            gx_demo_add_link(d, "lost_to", GX_DEMO_COMPETITOR,
                             gx_demo_below(rng, d->trade.competitors.n));
    }
    if (gx_demo_chance(rng, 20))
        gx_demo_add_sentence(d, "closing_note", rng,
                             deal->stage == GX_DEMO_WON ? &texts->won_notes : &texts->lost_notes,
                             topic);
}

static void add_plans(struct gx_demo *d, struct gx_demo_rng *rng, const struct gx_demo_topic *topic)
{
    const struct gx_demo_texts *texts = gx_demo_texts_of(d, topic->locale);
    if (!gx_demo_chance(rng, 75))
        return;
    gx_demo_add_sentence(d, "next_step", rng, &texts->next_steps, topic);
    gx_demo_add_date(d, "next_step_date",
                     gx_demo_working_day(d->today + gx_demo_between(rng, -6, 21)));
}

static void add_course(struct gx_demo *d, struct gx_demo_rng *rng, const struct gx_demo_deal *deal,
                       const struct gx_demo_topic *topic)
{
    static const char *const categories[GX_DEMO_STAGES] = { "pipeline",  "pipeline", "pipeline",
                                                            "best_case", "commit",   "omitted" };
    const char *category = categories[deal->stage];
    if (deal->stage == GX_DEMO_NEGOTIATION && gx_demo_chance(rng, 40))
        category = "commit";
    gx_demo_addz(d, "stage", gx_demo_stage_names[deal->stage]);
    gx_demo_add_money(d, "amount", deal->amount_e4, topic->locale);
    gx_demo_add_int(d, "probability", stage_probability[deal->stage]);
    gx_demo_addz(d, "forecast_category", category);
    if (deal->stage != GX_DEMO_PROSPECTING)
        gx_demo_add_date(d, "engage_date", deal->engaged);
    gx_demo_add_date(d, "expected_close_date", deal->expected);
    if (is_open(deal))
        add_plans(d, rng, topic);
    else
        add_outcome(d, rng, deal, topic);
}

/* The deals of the accounts, one after the other; false after the last. */
static bool next_deal(struct gx_demo *d)
{
    while (d->step >= d->account.deal_count)
        if (!gx_demo_next_account(d))
            return false;
    gx_demo_deal_plan(d, &d->account, d->step++, &d->deal);
    return true;
}

static void add_rivals(struct gx_demo *d, struct gx_demo_rng *rng)
{
    uint32_t n = d->trade.competitors.n, first = gx_demo_below(rng, n);
    if (!gx_demo_chance(rng, 30))
        return;
    gx_demo_begin(d, "competitors");
    gx_demo_put_link(d, GX_DEMO_COMPETITOR, first);
    if (n > 1 && gx_demo_chance(rng, 30))
        gx_demo_put_link(d, GX_DEMO_COMPETITOR, (first + 1) % n);
    gx_demo_end(d);
}

bool gx_demo_row_opportunity(struct gx_demo *d, struct gx_demo_row *row)
{
    if (!next_deal(d))
        return false;
    const struct gx_demo_account *a = &d->account;
    const struct gx_demo_deal *deal = &d->deal;
    struct gx_demo_rng rng = deal->rng;
    struct gx_demo_person contact;
    struct gx_demo_topic topic = {
        .account = a, .product = deal->product, .locale = a->locale, .day = deal->start
    };
    if (deal->contact >= 0) {
        gx_demo_contact_plan(d, a, deal->contact, &contact);
        topic.contact = &contact;
    }
    gx_demo_row_start(d, GX_DEMO_OPPORTUNITY, row);
    bool english = !a->locale->chinese && d->trade.deal_names_en.n > 0;
    gx_demo_add_sentence(d, "name", &rng, english ? &d->trade.deal_names_en : &d->trade.deal_names,
                         &topic);
    gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, a->ordinal);
    if (deal->contact >= 0)
        gx_demo_add_link(d, "contact", GX_DEMO_CONTACT, a->contact_base + deal->contact);
    gx_demo_addz(d, "kind",
                 deal->index == 0           ? "new"
                 : gx_demo_chance(&rng, 35) ? "renewal"
                 : gx_demo_chance(&rng, 40) ? "cross_sell"
                                            : "expansion");
    gx_demo_add_link(d, "product", GX_DEMO_PRODUCT, deal->product);
    gx_demo_add(d, "source", gx_demo_pick(&rng, &d->trade.sources)->text);
    add_course(d, &rng, deal, &topic);
    add_rivals(d, &rng);
    if (gx_demo_chance(&rng, 40))
        gx_demo_add_sentence(d, "description", &rng,
                             gx_demo_words_of(d, &rng, a->locale, &d->trade.own.descriptions,
                                              &gx_demo_texts_of(d, a->locale)->descriptions),
                             &topic);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, deal->owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

bool gx_demo_row_line(struct gx_demo *d, struct gx_demo_row *row)
{
    while (d->part >= d->part_count) {
        if (!next_deal(d))
            return false;
        d->part = 0;
        d->part_count = d->deal.line_count;
    }
    struct gx_demo_line line;
    int j = d->part++;
    gx_demo_line_plan(d, &d->account, d->deal.index, j, &line);
    gx_demo_row_start(d, GX_DEMO_OPPORTUNITY_LINE, row);
    gx_demo_add_link(d, "opportunity", GX_DEMO_OPPORTUNITY, d->account.deal_base + d->deal.index);
    gx_demo_add_int(d, "position", j + 1);
    gx_demo_add_link(d, "product", GX_DEMO_PRODUCT, line.product);
    gx_demo_add_int(d, "quantity", line.quantity);
    gx_demo_add(d, "unit", d->trade.products[line.product].unit);
    gx_demo_add_money(d, "unit_price", line.unit_price_e2 * 100, d->account.locale);
    gx_demo_add_int(d, "discount", line.discount);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, d->deal.owner);
    gx_demo_row_end(d, row);
    return true;
}

/* The deal's contact, and of larger customers one colleague. */
bool gx_demo_row_deal_contact(struct gx_demo *d, struct gx_demo_row *row)
{
    static const char *const attitudes[] = { "for_us", "for_us", "neutral", "neutral",
                                             "against_us" };
    while (d->part >= d->part_count) {
        if (!next_deal(d))
            return false;
        d->part = 0;
        d->part_count = d->deal.contact < 0 ? 0 : d->account.contact_count > 1 ? 2 : 1;
    }
    const struct gx_demo_account *a = &d->account;
    int j = d->part++, contact = (d->deal.contact + j) % a->contact_count;
    struct gx_demo_rng rng =
        gx_demo_rng(d, GX_DEMO_OPPORTUNITY_CONTACT, (a->deal_base + d->deal.index) * 2 + j);
    gx_demo_row_start(d, GX_DEMO_OPPORTUNITY_CONTACT, row);
    gx_demo_add_link(d, "opportunity", GX_DEMO_OPPORTUNITY, a->deal_base + d->deal.index);
    gx_demo_add_link(d, "contact", GX_DEMO_CONTACT, a->contact_base + contact);
    gx_demo_add(d, "role", gx_demo_any(&rng, &a->locale->departments)->latin);
    gx_demo_addz(d, "attitude", attitudes[gx_demo_below(&rng, GX_COUNT(attitudes))]);
    gx_demo_addz(d, "is_primary", j == 0 ? "true" : "false");
    gx_demo_add_link(d, "owner", GX_DEMO_USER, d->deal.owner);
    gx_demo_row_end(d, row);
    return true;
}

void gx_demo_lead_plan(const struct gx_demo *d, const struct gx_demo_account *account, int j,
                       struct gx_demo_lead *ret_lead)
{
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_FOR_LEADS, account->ordinal * 2 + j);
    struct gx_demo_lead lead = { .converted = j == 0 && account->from_lead };
    uint32_t dice = gx_demo_below(&rng, 100);
    lead.has_company = !account->is_person;
    lead.locale = account->locale;
    lead.city = account->city;
    lead.status = dice < 36   ? "new"
                  : dice < 64 ? "contacting"
                  : dice < 78 ? "nurturing"
                  : dice < 87 ? "qualified"
                              : "unqualified";
    if (lead.converted) {
        lead.status = "converted";
        lead.company = account->company;
        if (account->is_person)
            lead.person = account->person;
        else
            gx_demo_contact_plan(d, account, 0, &lead.person);
    } else {
        gx_demo_person_make(&rng, lead.locale, 22, 66, d->today, &lead.person);
        if (lead.has_company)
            gx_demo_company_make(d->seed, lead.locale, d->accounts + account->ordinal,
                                 &lead.company);
    }
    lead.product = gx_demo_below(&rng, d->trade.product_count);
    lead.rng = rng;
    *ret_lead = lead;
}

static void add_conversion(struct gx_demo *d, const struct gx_demo_account *a)
{
    struct gx_demo_deal deal;
    gx_demo_deal_plan(d, a, 0, &deal);
    gx_demo_add_link(d, "converted_account", GX_DEMO_ACCOUNT, a->ordinal);
    if (!a->is_person)
        gx_demo_add_link(d, "converted_contact", GX_DEMO_CONTACT, a->contact_base);
    gx_demo_add_link(d, "converted_opportunity", GX_DEMO_OPPORTUNITY, a->deal_base);
    gx_demo_add_moment(d, "converted_at", deal.start, 10 * 60);
}

static void add_lead_company(struct gx_demo *d, struct gx_demo_rng *rng,
                             const struct gx_demo_account *a, const struct gx_demo_lead *lead)
{
    gx_demo_begin(d, "company");
    gx_demo_company_name(d, &lead->company);
    gx_demo_end(d);
    gx_demo_add(d, "title", gx_demo_pick(rng, &lead->locale->titles)->text);
    gx_demo_add(d, "industry", lead->company.tail->extra);
    gx_demo_add_int(d, "employees", gx_demo_between(rng, 3, 240));
    gx_demo_begin(d, "phone");
    gx_demo_put_phone(d, lead->city->phone,
                      lead->converted ? a->ordinal : d->accounts + a->ordinal);
    gx_demo_end(d);
    gx_demo_begin(d, "email");
    gx_demo_person_slug(d, &lead->person);
    gx_demo_putc(d, '@');
    gx_demo_company_domain(d, &lead->company);
    gx_demo_end(d);
}

static void add_interest(struct gx_demo *d, struct gx_demo_rng *rng,
                         const struct gx_demo_lead *lead)
{
    static const char *const times[] = { "now", "month", "quarter", "half_year", "unknown" };
    static const char *const ratings[] = { "hot", "warm", "warm", "cold", "cold" };
    static const char *const reasons[] = { "no_need",     "no_budget",  "bad_timing",
                                           "unreachable", "competitor", "duplicate" };
    gx_demo_addz(d, "rating", ratings[gx_demo_below(rng, GX_COUNT(ratings))]);
    gx_demo_add_int(d, "score", gx_demo_between(rng, 5, 100));
    gx_demo_add(d, "source", gx_demo_pick(rng, &d->trade.sources)->text);
    gx_demo_add_link(d, "product", GX_DEMO_PRODUCT, lead->product);
    gx_demo_addz(d, "purchase_time", times[gx_demo_below(rng, GX_COUNT(times))]);
    if (gx_str_is(gx_str_c(lead->status), "unqualified"))
        gx_demo_addz(d, "unqualified_reason", reasons[gx_demo_below(rng, GX_COUNT(reasons))]);
    struct gx_demo_topic topic = {
        .contact = &lead->person, .product = lead->product, .locale = lead->locale, .day = d->today
    };
    gx_demo_add_sentence(d, "description", rng,
                         gx_demo_words_of(d, rng, lead->locale, &d->trade.own.needs,
                                          &gx_demo_texts_of(d, lead->locale)->needs),
                         &topic);
}

bool gx_demo_row_lead(struct gx_demo *d, struct gx_demo_row *row)
{
    while (d->step >= d->account.lead_count)
        if (!gx_demo_next_account(d))
            return false;
    const struct gx_demo_account *a = &d->account;
    struct gx_demo_lead lead;
    int64_t ordinal = a->lead_base + d->step;
    gx_demo_lead_plan(d, a, d->step++, &lead);
    struct gx_demo_rng rng = lead.rng;
    gx_demo_row_start(d, GX_DEMO_LEAD, row);
    gx_demo_begin(d, "name");
    gx_demo_person_name(d, &lead.person);
    gx_demo_end(d);
    gx_demo_addz(d, "status", lead.status);
    gx_demo_addz(d, "salutation", lead.person.female ? "ms" : "mr");
    gx_demo_add(d, "family_name", lead.person.family->text);
    gx_demo_begin(d, "given_name");
    gx_demo_person_given(d, &lead.person);
    gx_demo_end(d);
    gx_demo_add_mobile(d, "mobile", lead.locale, GX_DEMO_LEAD, ordinal);
    if (lead.has_company) {
        add_lead_company(d, &rng, a, &lead);
    } else {
        gx_demo_begin(d, "email");
        gx_demo_put_own_email(d, &lead.person, ordinal);
        gx_demo_end(d);
    }
    gx_demo_add(d, "region", lead.city->region);
    gx_demo_add(d, "language", lead.locale->language);
    add_interest(d, &rng, &lead);
    if (lead.converted)
        add_conversion(d, a);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, a->owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}
