/* bill.c - days into lines; see bill.h. */
#include "operator/bill.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/time.h"

struct gx_bill_span gx_bill_unit(enum gx_bill_period period, int64_t day)
{
    struct gx_ymd at = gx_date_to_ymd(day);
    at.day = 1;
    if (period == GX_BILL_YEAR)
        at.month = 1;
    int64_t first = gx_date_from_ymd(at);
    int64_t next = gx_date_add_months(first, period == GX_BILL_YEAR ? 12 : 1);
    return (struct gx_bill_span){ first, next - 1 };
}

/* Half away from zero, to a multiple of the smallest amount. */
static bool rounded(__int128 numerator, __int128 denominator, int decimals, int64_t *ret_amount)
{
    int64_t unit = 1;
    for (int i = decimals; i < GX_MONEY_SCALE; i++)
        unit *= 10;
    __int128 divisor = denominator * unit, half = divisor / 2;
    __int128 units = (numerator + (numerator < 0 ? -half : half)) / divisor;
    __int128 amount = units * unit;
    if (amount > INT64_MAX || amount < -(__int128)INT64_MAX)
        return false;
    *ret_amount = (int64_t)amount;
    return true;
}

/* So that what is multiplied below fits 128 bits, whatever stands in the records. */
static bool is_sane(int64_t amount)
{
    return amount >= 0 && amount <= (int64_t)1000000000 * 1000000000;
}

bool gx_bill_amount(int64_t unit_price, int64_t seat_days, int64_t unit_days, int64_t discount,
                    int decimals, int64_t *ret_amount)
{
    gx_assert(unit_days > 0 && decimals >= 0 && decimals <= GX_MONEY_SCALE);
    if (!is_sane(unit_price) || seat_days < 0 || seat_days > INT64_C(1000000000000) ||
        discount < 0 || discount > GX_BILL_PERCENT)
        return false;
    return rounded((__int128)unit_price * seat_days * (GX_BILL_PERCENT - discount),
                   (__int128)unit_days * GX_BILL_PERCENT, decimals, ret_amount);
}

bool gx_bill_tax(int64_t net, int64_t rate, int decimals, int64_t *ret_tax)
{
    gx_assert(decimals >= 0 && decimals <= GX_MONEY_SCALE);
    return rounded((__int128)net * rate, GX_BILL_PERCENT, decimals, ret_tax);
}

struct billing {
    struct gx_ctx *ctx;
    const struct gx_bill_input *in;
    size_t usage_at; /* first entry after the day that is looked at */
    struct gx_bill_line **tail;
};

static bool is_charged(const struct gx_bill_input *in, int64_t day)
{
    for (size_t i = 0; i < in->charged_count; i++)
        if (day >= in->charged[i].from && day <= in->charged[i].to)
            return true;
    return false;
}

/* Whose day it is: the subscription that began last; `subscription_count` for nobody's. */
static size_t owner_of(const struct gx_bill_input *in, int64_t day)
{
    size_t owner = in->subscription_count;
    if (is_charged(in, day))
        return owner;
    for (size_t i = 0; i < in->subscription_count; i++)
        if (day >= in->subscriptions[i].starts && day <= in->subscriptions[i].ends)
            owner = i;
    return owner;
}

/* Users to be charged for on a day; -1: the day is free. Days are asked for in their order. */
static int64_t seats_on(struct billing *b, const struct gx_bill_subscription *s, int64_t day)
{
    const struct gx_bill_input *in = b->in;
    while (b->usage_at < in->usage_count && in->usage[b->usage_at].day <= day)
        b->usage_at++;
    const struct gx_bill_usage *known = b->usage_at ? &in->usage[b->usage_at - 1] : NULL;
    if (day <= s->trial_until || (known && known->free))
        return -1;
    int64_t seats = known ? known->seats : s->seats;
    return seats > s->included ? seats - s->included : 0;
}

static enum gx_code add_line(struct billing *b, size_t subscription, struct gx_bill_line line)
{
    const struct gx_bill_subscription *s = &b->in->subscriptions[subscription];
    if (line.unit_price == 0 || line.seat_days == 0)
        return GX_OK;
    line.subscription = subscription;
    line.discount = s->discount;
    if (!gx_bill_amount(line.unit_price, line.seat_days, line.unit_days, line.discount, s->decimals,
                        &line.amount))
        return gx_fail(b->ctx, GX_E_LIMIT, GX_STR(""), GX_M_BILL_TOO_LARGE);
    *b->tail = GX_ARENA_NEW(b->ctx->arena, struct gx_bill_line);
    **b->tail = line;
    b->tail = &(*b->tail)->next;
    return GX_OK;
}

/* Days of one subscription within one month or year. */
static enum gx_code bill_days(struct billing *b, size_t subscription, struct gx_bill_span days)
{
    const struct gx_bill_subscription *s = &b->in->subscriptions[subscription];
    struct gx_bill_span unit = gx_bill_unit(s->period, days.from), charged = { 0, -1 };
    int64_t seat_days = 0, count = 0;
    for (int64_t day = days.from; day <= days.to; day++) {
        int64_t seats = seats_on(b, s, day);
        if (seats < 0)
            continue;
        charged = (struct gx_bill_span){ count ? charged.from : day, day };
        seat_days += seats;
        count++;
    }
    struct gx_bill_line line = { .days = charged, .unit_days = unit.to - unit.from + 1 };
    line.kind = GX_BILL_USERS;
    line.unit_price = s->price;
    line.seat_days = seat_days;
    GX_TRY(add_line(b, subscription, line));
    line.kind = GX_BILL_BASE;
    line.unit_price = s->base;
    line.seat_days = count;
    return add_line(b, subscription, line);
}

enum gx_code gx_bill(struct gx_ctx *ctx, const struct gx_bill_input *input,
                     struct gx_bill_line **ret_first)
{
    struct billing b = { .ctx = ctx, .in = input, .tail = ret_first };
    *ret_first = NULL;
    if (input->days.to - input->days.from >= GX_BILL_DAYS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("to"), GX_M_BILL_TOO_LONG,
                       gx_arena_printf(ctx->arena, "%d", GX_BILL_DAYS_MAX));
    for (int64_t day = input->days.from; day <= input->days.to;) {
        size_t owner = owner_of(input, day);
        int64_t last = day;
        int64_t end = input->days.to;
        if (owner < input->subscription_count) {
            struct gx_bill_span unit = gx_bill_unit(input->subscriptions[owner].period, day);
            end = unit.to < end ? unit.to : end;
        }
        while (last < end && owner_of(input, last + 1) == owner)
            last++;
        if (owner < input->subscription_count)
            GX_TRY(bill_days(&b, owner, (struct gx_bill_span){ day, last }));
        day = last + 1;
    }
    return GX_OK;
}
