/* row_base.c - what the organisation has before its first customer: tags, users, products, rivals.
 */
#include "demo/demo_int.h"

bool gx_demo_row_tag(struct gx_demo *d, struct gx_demo_row *row)
{
    static const char *const colors[] = { "blue", "green", "orange", "violet",
                                          "red",  "teal",  "yellow", "gray" };
    int64_t n = d->counts[GX_DEMO_TAG];
    if (n >= d->trade.tags.n)
        return false;
    gx_demo_row_start(d, GX_DEMO_TAG, row);
    gx_demo_add(d, "name", d->trade.tags.v[n].text);
    gx_demo_addz(d, "color", colors[(size_t)n % GX_COUNT(colors)]);
    gx_demo_row_end(d, row);
    return true;
}

/* The head first, then a manager for each team, then the reps, team by team. */
bool gx_demo_row_user(struct gx_demo *d, struct gx_demo_row *row)
{
    int64_t n = d->counts[GX_DEMO_USER], teams = d->trade.teams.n;
    if (n >= d->users)
        return false;
    struct gx_demo_person person;
    gx_demo_user_plan(d, n, &person);
    const struct gx_demo_texts *texts = gx_demo_texts_of(d, person.locale);
    uint32_t rank = n == 0 ? 0 : n <= teams ? 1 : 2;
    gx_demo_row_start(d, GX_DEMO_USER, row);
    gx_demo_begin(d, "login");
    gx_demo_put_user_login(d, n);
    gx_demo_end(d);
    gx_demo_begin(d, "display_name");
    gx_demo_person_name(d, &person);
    gx_demo_end(d);
    if (person.locale->chinese)
        gx_demo_add(d, "english_name", person.latin);
    gx_demo_begin(d, "email");
    gx_demo_put_user_email(d, n);
    gx_demo_end(d);
    gx_demo_add_mobile(d, "mobile", person.locale, GX_DEMO_USER, n);
    gx_demo_add_int(d, "employee_number", 10001 + n);
    gx_demo_add(d, "title", texts->user_titles.v[rank % texts->user_titles.n].text);
    if (n > 0) {
        int64_t team = (n - 1) % teams;
        gx_demo_add(d, "team", d->trade.teams.v[team].text);
        gx_demo_add_link(d, "manager", GX_DEMO_USER, n <= teams ? 0 : 1 + team);
        if (d->pack) /* the group's own unit comes first */
            gx_demo_add_link(d, "unit", GX_DEMO_UNIT, 1 + team);
    }
    gx_demo_addz(d, "active", "true");
    gx_demo_addz(d, "locale", person.locale->chinese ? "zh-Hant" : "en");
    gx_demo_add(d, "time_zone", person.locale->time_zone);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

/* "MAK-0012": the organisation and a number. */
static void add_code(struct gx_demo *d, int64_t n)
{
    gx_demo_begin(d, "code");
    for (size_t i = 0; i < 3; i++) /* of no two organisations the same */
        gx_demo_putc(d, (char)(d->trade.name.p[i] - 'a' + 'A'));
    gx_demo_putc(d, '-');
    for (int64_t unit = 1000; unit; unit /= 10)
        gx_demo_putc(d, (char)('0' + (n + 1) / unit % 10));
    gx_demo_end(d);
}

bool gx_demo_row_product(struct gx_demo *d, struct gx_demo_row *row)
{
    int64_t n = d->counts[GX_DEMO_PRODUCT];
    if (d->pack && n >= d->trade.product_count && n < GX_DEMO_CATALOGUE) {
        gx_demo_row_start(d, GX_DEMO_PRODUCT, row);
        gx_demo_add_catalogue(d, n);
        gx_demo_add(d, "external_id", row->self.key);
        gx_demo_row_end(d, row);
        return true;
    }
    if (n >= d->trade.product_count)
        return false;
    const struct gx_demo_product *p = &d->trade.products[n];
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_PRODUCT, n);
    uint32_t dice = gx_demo_below(&rng, 100);
    bool goods = gx_str_is(p->kind, "goods");
    gx_demo_row_start(d, GX_DEMO_PRODUCT, row);
    gx_demo_add(d, "name", p->name);
    gx_demo_add(d, "english_name", p->english);
    add_code(d, n);
    gx_demo_add(d, "kind", p->kind);
    gx_demo_add(d, "series", p->series);
    gx_demo_add(d, "category", p->category);
    gx_demo_addz(d, "status", dice < 92 ? "active" : dice < 97 ? "phasing_out" : "discontinued");
    gx_demo_add(d, "unit", p->unit);
    gx_demo_add_money(d, "list_price", p->price * 10000, NULL);
    gx_demo_add_money(d, "floor_price", p->price * gx_demo_between(&rng, 78, 90) / 100 * 10000,
                      NULL);
    gx_demo_add_money(d, "cost", p->price * gx_demo_between(&rng, 45, 72) / 100 * 10000, NULL);
    gx_demo_addz(d, "tax_rate", "5");
    if (goods) {
        gx_demo_add_int(d, "lead_time_days", gx_demo_between(&rng, 2, 12) * 5);
        gx_demo_add_int(d, "warranty_months", 12 * gx_demo_between(&rng, 1, 3));
    }
    gx_demo_begin(d, "manager");
    gx_demo_put_link(d, GX_DEMO_USER, gx_demo_between(&rng, 0, d->trade.teams.n));
    gx_demo_end(d);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}

bool gx_demo_row_competitor(struct gx_demo *d, struct gx_demo_row *row)
{
    static const char *const prices[] = { "lower", "same", "higher" };
    int64_t n = d->counts[GX_DEMO_COMPETITOR];
    if (n >= d->trade.competitors.n)
        return false;
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_COMPETITOR, n);
    const struct gx_demo_texts *texts = d->trade.market_teams ? &d->en : &d->zh;
    gx_demo_row_start(d, GX_DEMO_COMPETITOR, row);
    gx_demo_add(d, "name", d->trade.competitors.v[n].text);
    gx_demo_add(d, "threat", d->trade.competitors.v[n].latin);
    gx_demo_addz(d, "price_level", prices[gx_demo_below(&rng, 3)]);
    gx_demo_add(d, "strengths", gx_demo_any(&rng, &texts->strengths)->text);
    gx_demo_add(d, "weaknesses", gx_demo_any(&rng, &texts->weaknesses)->text);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, 1);
    gx_demo_add(d, "external_id", row->self.key);
    gx_demo_row_end(d, row);
    return true;
}
