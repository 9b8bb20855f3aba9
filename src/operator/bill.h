/*
 * bill.h - what a tenant owes for some days: pure arithmetic, exact to the ten-thousandth.
 *
 * Each day is charged by itself: the users who could sign in on it, at the price of that day, which
 * is the price of the month (or year) divided by its days.  So it does not matter when in a month
 * somebody came or went, or a plan was changed; a full month at one number of users costs exactly
 * the price of the month.  Why, and what else was thought of: docs/adr/0028-billing-by-the-day.md.
 *
 * A line is some days of one subscription within one month (or year), and is rounded once: half
 * away from zero, to the plan's decimals.  Lines add up to the net amount, which is taxed once.
 *
 * Layer: operator; knows nothing of records.  Money is in ten-thousandths; days are as in
 * base/time.h; percentages have two digits after the point.
 */
#ifndef GX_OPERATOR_BILL_H
#define GX_OPERATOR_BILL_H

#include "base/ctx.h"

enum {
    GX_BILL_DAYS_MAX = 3700, /* of one run: ten years */
    GX_BILL_PERCENT = 10000, /* one hundred, with two digits after the point */
};

enum gx_bill_period { GX_BILL_MONTH, GX_BILL_YEAR };

/* A tenant on a plan, from one day to another. */
struct gx_bill_subscription {
    int64_t id; /* of the caller's choice; comes back in the lines */
    int64_t starts, ends;
    int64_t trial_until; /* free up to and with this day; before `starts`: no trial */
    int64_t seats;       /* users, where nothing was metered yet */
    enum gx_bill_period period;
    int64_t price, base; /* of a period: for each user; for all of them */
    int64_t included;    /* users whom `base` pays for */
    int64_t discount;    /* percent */
    int decimals;        /* of amounts: 0 to 4 */
};

/* What was metered on a day.  A day without counts as the one before it. */
struct gx_bill_usage {
    int64_t day;
    int64_t seats;
    bool free; /* suspended, or a trial: not charged */
};

struct gx_bill_span {
    int64_t from, to; /* both count */
};

struct gx_bill_input {
    const struct gx_bill_subscription *subscriptions; /* by `starts`; where two overlap the later
                                                         one has the day */
    size_t subscription_count;
    const struct gx_bill_usage *usage; /* by day, from before `days.from` if there is any */
    size_t usage_count;
    const struct gx_bill_span *charged; /* days that stand on invoices already, in any order */
    size_t charged_count;
    struct gx_bill_span days; /* to be charged */
};

enum gx_bill_kind { GX_BILL_USERS, GX_BILL_BASE };

struct gx_bill_line {
    struct gx_bill_line *next;
    size_t subscription; /* index in the input */
    enum gx_bill_kind kind;
    struct gx_bill_span days; /* from the first day that is charged to the last */
    int64_t seat_days;        /* users of each day added up; of the base price the days */
    int64_t unit_days;        /* of that month or year */
    int64_t unit_price, discount;
    int64_t amount;
};

/*
 * The lines for what is not charged yet, by day; users before base.  GX_E_LIMIT: an amount or the
 * number of days is too large.  In ctx->arena.
 */
GX_NODISCARD enum gx_code gx_bill(struct gx_ctx *ctx, const struct gx_bill_input *input,
                                  struct gx_bill_line **ret_first);

/* unit_price × seat_days × (100 % - discount) ÷ unit_days, rounded once.  False: too large. */
bool gx_bill_amount(int64_t unit_price, int64_t seat_days, int64_t unit_days, int64_t discount,
                    int decimals, int64_t *ret_amount);
/* net × rate, rounded once.  False: too large. */
bool gx_bill_tax(int64_t net, int64_t rate, int decimals, int64_t *ret_tax);
/* The month or year that a day is in. */
struct gx_bill_span gx_bill_unit(enum gx_bill_period period, int64_t day);

#endif
