/* row_quota.c - what each of the people is to sell and to do: this month and this quarter. */
#include "base/time.h"
#include "demo/demo_int.h"

enum { QUOTAS_EACH = 3, ACTIVITIES_A_MONTH = 20 };

/* About what a deal of the organisation comes to, in TWD. */
static int64_t usual_deal(const struct gx_demo_trade *t)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < t->product_count; i++)
        sum += t->products[i].price;
    return sum / t->product_count * (t->quantity_min + t->quantity_max) / 2;
}

/* A month of the business, shared out among the people and rounded as people do. */
static int64_t month_e4(const struct gx_demo *d, int64_t user, const struct gx_demo_locale *locale)
{
    struct gx_demo_rng rng = gx_demo_rng(d, GX_DEMO_QUOTA, user);
    const struct gx_demo_trade *t = &d->trade;
    int64_t won = d->accounts * t->deals_per_100 * t->win_percent / 10000, unit = 10;
    int64_t month =
        usual_deal(t) * won * 30 / (d->users * GX_DEMO_HISTORY_DAYS) * locale->per_1000_twd / 1000;
    while (unit * 20 < month)
        unit *= 10;
    return (month / unit + gx_demo_between(&rng, 1, 3)) * unit * 10000;
}

static int64_t first_day(int64_t today, bool quarter)
{
    struct gx_ymd day = gx_date_to_ymd(today);
    if (quarter)
        day.month -= (day.month - 1) % 3;
    day.day = 1;
    return gx_date_from_ymd(day);
}

/* Three for each of the people: money in a month, in a quarter, and activities in a month. */
bool gx_demo_row_quota(struct gx_demo *d, struct gx_demo_row *row)
{
    int64_t n = d->counts[GX_DEMO_QUOTA], user = n / QUOTAS_EACH;
    bool quarter = n % QUOTAS_EACH == 1, money = n % QUOTAS_EACH != 2;
    struct gx_demo_person person;
    if (user >= d->users)
        return false;
    gx_demo_user_plan(d, user, &person);
    int64_t day = first_day(d->today, quarter);
    gx_demo_row_start(d, GX_DEMO_QUOTA, row);
    gx_demo_begin(d, "name");
    gx_demo_put_int(d, gx_date_to_ymd(day).year);
    gx_demo_putc(d, '-');
    if (gx_date_to_ymd(day).month < 10)
        gx_demo_putc(d, '0');
    gx_demo_put_int(d, gx_date_to_ymd(day).month);
    gx_demo_end(d);
    gx_demo_addz(d, "measure", money ? "won_value" : "activities");
    gx_demo_addz(d, "period", quarter ? "quarter" : "month");
    gx_demo_add_date(d, "starts_on", day);
    if (money)
        gx_demo_add_money(d, "amount", month_e4(d, user, person.locale) * (quarter ? 3 : 1),
                          person.locale);
    else
        gx_demo_add_int(d, "number", ACTIVITIES_A_MONTH);
    gx_demo_add_link(d, "owner", GX_DEMO_USER, user);
    gx_demo_row_end(d, row);
    return true;
}
