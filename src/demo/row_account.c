/* row_account.c - customers: accounts, the links between them, their contacts. */
#include "base/time.h"
#include "demo/demo_int.h"

/* What the deals of an account say about it. */
struct record {
    int64_t first_won, last_won; /* days; 0: none */
};

static struct record record_of(const struct gx_demo *d, const struct gx_demo_account *account)
{
    struct record record = { 0 };
    for (int i = 0; i < account->deal_count; i++) {
        struct gx_demo_deal deal;
        gx_demo_deal_plan(d, account, i, &deal);
        if (deal.stage != GX_DEMO_WON)
            continue;
        if (!record.first_won || deal.closed < record.first_won)
            record.first_won = deal.closed;
        if (deal.closed > record.last_won)
            record.last_won = deal.closed;
    }
    return record;
}

static void add_flags(struct gx_demo *d, struct gx_demo_rng *rng)
{
    if (gx_demo_chance(rng, 4))
        gx_demo_addz(d, "do_not_call", "true");
    if (gx_demo_chance(rng, 9))
        gx_demo_addz(d, "do_not_email", "true");
    if (gx_demo_chance(rng, 70))
        gx_demo_add_date(d, "consent_date", d->today - gx_demo_between(rng, 0, 900));
}

static void add_tags(struct gx_demo *d, struct gx_demo_rng *rng)
{
    if (!gx_demo_chance(rng, 22))
        return;
    uint32_t tag = gx_demo_below(rng, d->trade.tags.n);
    gx_demo_begin(d, "tags");
    gx_demo_put_link(d, GX_DEMO_TAG, tag);
    if (d->trade.tags.n > 1 && gx_demo_chance(rng, 25))
        gx_demo_put_link(d, GX_DEMO_TAG, (tag + 1) % d->trade.tags.n);
    gx_demo_end(d);
}

static void add_organisation(struct gx_demo *d, struct gx_demo_rng *rng,
                             const struct gx_demo_account *a)
{
    static const char *const forms[] = { "private", "private", "private", "private", "private",
                                         "private", "private", "listed",  "sole",    "sole" };
    char tax_id[8];
    struct gx_demo_person head;
    gx_demo_begin(d, "short_name");
    gx_demo_company_short(d, &a->company);
    gx_demo_end(d);
    if (!gx_str_is(a->locale->name, "en")) {
        gx_demo_begin(d, "english_name");
        gx_demo_company_english(d, &a->company);
        gx_demo_end(d);
    }
    if (a->locale->chinese) {
        gx_demo_tax_id(d->seed, a->ordinal, tax_id);
        gx_demo_begin(d, "tax_id");
        gx_demo_put(d, (struct gx_str){ tax_id, sizeof tax_id });
        gx_demo_end(d);
    }
    gx_demo_person_make(rng, a->locale, 38, 72, d->today, &head);
    gx_demo_begin(d, "representative");
    gx_demo_person_name(d, &head);
    gx_demo_end(d);
    gx_demo_add(d, "industry", a->company.tail->extra);
    gx_demo_addz(d, "ownership", forms[gx_demo_below(rng, GX_COUNT(forms))]);
    int64_t employees = (int64_t)a->weight * gx_demo_between(rng, 8, 40) / 1000 + 2;
    gx_demo_add_int(d, "employees", employees);
    int64_t revenue = employees * gx_demo_between(rng, 900, 3800) * 1000 * a->locale->per_1000_twd;
    gx_demo_add_money(d, "annual_revenue", revenue / 1000 / 1000 * 1000 * 10000, a->locale);
    gx_demo_add_int(d, "founded_year", gx_date_to_ymd(d->today).year - gx_demo_between(rng, 2, 45));
    gx_demo_begin(d, "website");
    gx_demo_put(d, GX_STR("https://www."));
    gx_demo_company_domain(d, &a->company);
    gx_demo_end(d);
    gx_demo_begin(d, "email");
    gx_demo_put(d, GX_STR("info@"));
    gx_demo_company_domain(d, &a->company);
    gx_demo_end(d);
}

/* Students are young and pensioners old. */
static void add_occupation(struct gx_demo *d, struct gx_demo_rng *rng,
                           const struct gx_demo_account *a)
{
    const struct gx_demo_word *word = NULL;
    for (int tries = 0; tries < 20; tries++) {
        word = gx_demo_any(rng, &a->locale->occupations);
        bool young = gx_str_is(word->latin, "young"), old = gx_str_is(word->latin, "old");
        if (young ? a->person.age < 26 : old ? a->person.age > 60 : a->person.age < 66)
            break;
    }
    gx_demo_add(d, "occupation", word->text);
}

static void add_person(struct gx_demo *d, struct gx_demo_rng *rng, const struct gx_demo_account *a)
{
    const struct gx_demo_person *p = &a->person;
    gx_demo_addz(d, "salutation", p->female ? "ms" : "mr");
    gx_demo_add(d, "family_name", p->family->text);
    gx_demo_begin(d, "given_name");
    gx_demo_person_given(d, p);
    gx_demo_end(d);
    gx_demo_addz(d, "gender", p->female ? "female" : "male");
    gx_demo_add_date(d, "birth_date", p->birth_date);
    bool married = gx_demo_chance(rng, p->age < 28 ? 15 : p->age < 40 ? 55 : 75);
    gx_demo_addz(d, "marital_status", married ? "married" : "single");
    if (married)
        gx_demo_add_int(d, "children", gx_demo_between(rng, 0, 3));
    add_occupation(d, rng, a);
    gx_demo_add_mobile(d, "mobile", a->locale, GX_DEMO_ACCOUNT, a->ordinal);
    if (gx_demo_chance(rng, 82)) {
        gx_demo_begin(d, "email");
        gx_demo_put_own_email(d, p, a->ordinal);
        gx_demo_end(d);
    }
}

static void add_terms(struct gx_demo *d, struct gx_demo_rng *rng, const struct gx_demo_account *a)
{
    static const char *const home[] = { "net_30", "net_30", "net_60", "net_60", "cash", "net_90" };
    static const char *const abroad[] = { "tt", "tt", "lc_sight", "net_60" };
    const char *terms = a->locale->chinese ? home[gx_demo_below(rng, GX_COUNT(home))]
                                           : abroad[gx_demo_below(rng, GX_COUNT(abroad))];
    if (a->is_person)
        return;
    gx_demo_addz(d, "payment_terms", terms);
    if (a->weight > 1500) {
        int64_t limit = (int64_t)a->weight * a->locale->per_1000_twd / 100;
        gx_demo_add_money(d, "credit_limit", (limit / 1000 + 1) * 1000 * 10000, a->locale);
    }
}

/* A subsidiary of a company that came shortly before. */
static void add_parent(struct gx_demo *d, struct gx_demo_rng *rng, const struct gx_demo_account *a)
{
    struct gx_demo_account parent;
    int64_t ordinal = a->ordinal - gx_demo_between(rng, 1, 20);
    if (a->is_person || ordinal < 0 || !gx_demo_chance(rng, 7))
        return;
    gx_demo_account_plan(d, ordinal, &parent);
    if (!parent.is_person && parent.locale == a->locale)
        gx_demo_add_link(d, "parent", GX_DEMO_ACCOUNT, ordinal);
}

bool gx_demo_row_account(struct gx_demo *d, struct gx_demo_row *row)
{
    if (!gx_demo_next_account(d))
        return false;
    const struct gx_demo_account *a = &d->account;
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_FOR_ROW, a->ordinal);
    struct record record = record_of(d, a);
    gx_demo_row_start(d, GX_DEMO_ACCOUNT, row);
    gx_demo_begin(d, "name");
    gx_demo_put_account_name(d, a);
    gx_demo_end(d);
    gx_demo_addz(d, "kind", a->is_person ? "person" : "organisation");
    gx_demo_addz(d, "status",
                 !record.last_won                   ? "prospect"
                 : record.last_won > d->today - 540 ? "active"
                                                    : "inactive");
    if (record.first_won) {
        gx_demo_addz(d, "relationship", "customer");
        gx_demo_add_date(d, "customer_since", record.first_won);
    }
    gx_demo_addz(d, "rating",
                 a->weight > 3000   ? "a"
                 : a->weight > 1200 ? "b"
                 : a->weight > 700  ? "c"
                                    : "d");
    gx_demo_add(d, "source", gx_demo_pick(&rng, &d->trade.sources)->text);
    add_tags(d, &rng);
    if (a->is_person)
        add_person(d, &rng, a);
    else
        add_organisation(d, &rng, a);
    add_parent(d, &rng, a);
    if (!a->is_person || gx_demo_chance(&rng, 35)) {
        gx_demo_begin(d, "phone");
        gx_demo_put_phone(d, a->city->phone, a->ordinal);
        gx_demo_end(d);
    }
    gx_demo_add_address(d, "billing_address", &rng, a->locale, a->city);
    if (gx_demo_chance(&rng, 18))
        gx_demo_add_address(d, "shipping_address", &rng, a->locale, a->city);
    gx_demo_add(d, "region", a->city->region);
    gx_demo_add_place(d, "location", &rng, a->city);
    gx_demo_add(d, "currency", a->locale->currency);
    gx_demo_add(d, "language", a->locale->language);
    add_terms(d, &rng, a);
    add_flags(d, &rng);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, a->owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

/* About one account in fourteen is linked to the one before it. */
bool gx_demo_row_account_link(struct gx_demo *d, struct gx_demo_row *row)
{
    static const char *const people[] = { "household_member", "relative", "friend", "referrer" };
    static const char *const companies[] = { "supplier", "partner", "distributor", "group_member" };
    struct gx_demo_account before;
    struct gx_demo_rng rng;
    do {
        if (!gx_demo_next_account(d))
            return false;
        rng = gx_demo_rng(d, GX_DEMO_ACCOUNT_LINK, d->account.ordinal);
    } while (!gx_demo_chance(&rng, 7) || d->account.ordinal == 0);
    const struct gx_demo_account *a = &d->account;
    gx_demo_account_plan(d, a->ordinal - 1, &before);
    const char *kind = companies[gx_demo_below(&rng, GX_COUNT(companies))];
    if (a->is_person && before.is_person)
        kind = people[gx_demo_below(&rng, GX_COUNT(people))];
    else if (a->is_person)
        kind = "shareholder";
    else if (before.is_person)
        kind = "employer";
    gx_demo_row_start(d, GX_DEMO_ACCOUNT_LINK, row);
    gx_demo_add_link(d, "from_account", GX_DEMO_ACCOUNT, a->ordinal);
    gx_demo_addz(d, "kind", kind);
    gx_demo_add_link(d, "to_account", GX_DEMO_ACCOUNT, a->ordinal - 1);
    gx_demo_add_date(d, "since", d->today - gx_demo_between(&rng, 30, 3000));
    gx_demo_add_link(d, "owner", GX_DEMO_USER, a->owner);
    gx_demo_row_end(d, row);
    return true;
}

/* The switchboard and an extension. */
static void add_office_phone(struct gx_demo *d, struct gx_demo_rng *rng,
                             const struct gx_demo_account *a)
{
    gx_demo_begin(d, "phone");
    gx_demo_put_phone(d, a->city->phone, a->ordinal);
    if (gx_demo_chance(rng, 70)) {
        gx_demo_put(d, GX_STR(" ext. "));
        gx_demo_put_int(d, gx_demo_between(rng, 100, 899));
    }
    gx_demo_end(d);
}

bool gx_demo_row_contact(struct gx_demo *d, struct gx_demo_row *row)
{
    while (d->step >= d->account.contact_count)
        if (!gx_demo_next_account(d))
            return false;
    const struct gx_demo_account *a = &d->account;
    int j = d->step++;
    struct gx_demo_person p;
    gx_demo_contact_plan(d, a, j, &p);
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_FOR_ROW + 1, a->contact_base + j);
    const struct gx_demo_word *department = gx_demo_any(&rng, &a->locale->departments);
    gx_demo_row_start(d, GX_DEMO_CONTACT, row);
    gx_demo_begin(d, "name");
    gx_demo_person_name(d, &p);
    gx_demo_end(d);
    gx_demo_add_link(d, "account", GX_DEMO_ACCOUNT, a->ordinal);
    gx_demo_addz(d, "salutation", p.female ? "ms" : "mr");
    gx_demo_add(d, "family_name", p.family->text);
    gx_demo_begin(d, "given_name");
    gx_demo_person_given(d, &p);
    gx_demo_end(d);
    if (a->locale->chinese && gx_demo_chance(&rng, 45))
        gx_demo_add(d, "english_name", p.latin);
    gx_demo_add(d, "title", gx_demo_pick(&rng, &a->locale->titles)->text);
    gx_demo_add(d, "department", department->text);
    gx_demo_add(d, "role", department->latin);
    gx_demo_addz(d, "is_primary", j == 0 ? "true" : "false");
    gx_demo_addz(d, "status", gx_demo_chance(&rng, 94) ? "active" : "left");
    if (j > 0 && gx_demo_chance(&rng, 30))
        gx_demo_add_link(d, "reports_to", GX_DEMO_CONTACT, a->contact_base);
    add_office_phone(d, &rng, a);
    gx_demo_add_mobile(d, "mobile", a->locale, GX_DEMO_CONTACT, a->contact_base + j);
    gx_demo_begin(d, "email");
    gx_demo_put_contact_email(d, a, &p);
    gx_demo_end(d);
    gx_demo_addz(d, "gender", p.female ? "female" : "male");
    gx_demo_add(d, "language", a->locale->language);
    gx_demo_add(d, "source", gx_demo_pick(&rng, &d->trade.sources)->text);
    add_flags(d, &rng);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, a->owner);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}
