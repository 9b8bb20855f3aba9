/* invoice.c - subscriptions and usage in, invoices out; see invoice.h. */
#include "operator/invoice.h"

#include "base/decimal.h"
#include "base/time.h"
#include "operator/record.h"
#include "store/record.h"

enum { SUBSCRIPTIONS_MAX = 200 };

/* What bill.h does not know of a subscription. */
struct terms {
    struct gx_str currency, plan, account_name;
    int64_t account, tax_rate;
    int decimals;
};

struct run {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    struct gx_str tenant;
    struct gx_bill_input in;
    struct gx_bill_subscription s[SUBSCRIPTIONS_MAX];
    struct terms terms[SUBSCRIPTIONS_MAX];
    bool dry;
};

enum gx_code gx_invoice_tenants(struct gx_scope *scope, struct gx_bill_span days,
                                struct gx_str after, size_t max, struct gx_str *ret_names,
                                size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_int(days.from), gx_value_int(days.to),
                                       gx_value_text(after), gx_value_int((int64_t)max) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_count = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT DISTINCT tenant FROM subscription WHERE deleted_at IS NULL "
                              "AND starts_on <= ?2 AND (ends_on IS NULL OR ends_on >= ?1) "
                              "AND tenant > ?3 ORDER BY tenant LIMIT ?4"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        ret_names[(*ret_count)++] = gx_arena_str(ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

static bool is_null(const struct gx_rows *rows, int column)
{
    return gx_rows_value(rows, column).kind == GX_VALUE_NULL;
}

/* Of two prices of one plan; empty ones have no currency. */
static enum gx_code take_currency(struct run *run, struct terms *t, const struct gx_rows *rows,
                                  int column)
{
    struct gx_str currency = gx_rows_text(rows, column);
    if (currency.n == 0)
        return GX_OK;
    if (t->currency.n && !gx_str_eq(t->currency, currency))
        return gx_fail(run->ctx, GX_E_INVALID, GX_STR("plan"), GX_M_BILL_CURRENCIES, t->plan);
    t->currency = gx_arena_str(run->ctx->arena, currency);
    return GX_OK;
}

#define SUBSCRIPTIONS                                                                              \
    "SELECT s.id, s.starts_on, s.ends_on, s.trial_until, s.seats, "                                \
    "coalesce(s.discount, 0), p.seats_included, p.decimals, p.tax_rate, p.name, s.account, "       \
    "a.name, s.period, CASE WHEN s.period = 'year' THEN p.price_year ELSE p.price_month END, "     \
    "CASE WHEN s.period = 'year' THEN p.price_year_cur ELSE p.price_month_cur END, "               \
    "CASE WHEN s.period = 'year' THEN p.base_year ELSE p.base_month END, "                         \
    "CASE WHEN s.period = 'year' THEN p.base_year_cur ELSE p.base_month_cur END "                  \
    "FROM subscription s JOIN plan p ON p.id = s.plan LEFT JOIN account a ON a.id = s.account "    \
    "WHERE s.tenant = ?1 AND s.deleted_at IS NULL AND s.starts_on <= ?2 "                          \
    "ORDER BY s.starts_on, s.id"

static enum gx_code take_subscription(struct run *run, const struct gx_rows *rows)
{
    size_t i = run->in.subscription_count++;
    struct terms *t = &run->terms[i];
    run->s[i] = (struct gx_bill_subscription){
        .id = gx_rows_int(rows, 0),
        .starts = gx_rows_int(rows, 1),
        .ends = is_null(rows, 2) ? INT64_MAX : gx_rows_int(rows, 2),
        .trial_until = is_null(rows, 3) ? INT64_MIN : gx_rows_int(rows, 3),
        .seats = is_null(rows, 4) ? 1 : gx_rows_int(rows, 4),
        .discount = gx_rows_int(rows, 5),
        .included = gx_rows_int(rows, 6),
        .decimals = (int)gx_rows_int(rows, 7),
        .period = gx_str_is(gx_rows_text(rows, 12), "year") ? GX_BILL_YEAR : GX_BILL_MONTH,
        .price = gx_rows_int(rows, 13),
        .base = gx_rows_int(rows, 15),
    };
    *t = (struct terms){
        .tax_rate = gx_rows_int(rows, 8),
        .decimals = (int)gx_rows_int(rows, 7),
        .plan = gx_arena_str(run->ctx->arena, gx_rows_text(rows, 9)),
        .account = gx_rows_int(rows, 10),
        .account_name = gx_arena_str(run->ctx->arena, gx_rows_text(rows, 11)),
    };
    GX_TRY(take_currency(run, t, rows, 14));
    return take_currency(run, t, rows, 16);
}

static enum gx_code read_subscriptions(struct run *run)
{
    const struct gx_value values[] = { gx_value_text(run->tenant), gx_value_int(run->in.days.to) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(run->ctx, gx_scope_conn(run->scope), GX_SQL(SUBSCRIPTIONS), values,
                       GX_COUNT(values), &rows));
    while ((code = gx_rows_next(run->ctx, rows, &has)) == GX_OK && has) {
        if (run->in.subscription_count == SUBSCRIPTIONS_MAX)
            code = gx_fail(run->ctx, GX_E_LIMIT, GX_STR("tenant"), GX_M_BILL_SUBSCRIPTIONS,
                           run->tenant);
        else
            code = take_subscription(run, rows);
        if (code != GX_OK)
            break;
    }
    gx_rows_close(rows);
    return code;
}

/* From the last figure before the first day, which counts until there is another. */
#define USAGE                                                                                      \
    "SELECT day, seats, state FROM usage WHERE tenant = ?1 AND deleted_at IS NULL AND day <= ?3 "  \
    "AND day >= coalesce((SELECT max(day) FROM usage WHERE tenant = ?1 AND deleted_at IS NULL "    \
    "AND day <= ?2), ?2) ORDER BY day"

static enum gx_code read_usage(struct run *run)
{
    const struct gx_value values[] = { gx_value_text(run->tenant), gx_value_int(run->in.days.from),
                                       gx_value_int(run->in.days.to) };
    struct gx_bill_usage *usage =
        GX_ARENA_ARRAY(run->ctx->arena, struct gx_bill_usage, GX_BILL_DAYS_MAX + 1);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(run->ctx, gx_scope_conn(run->scope), GX_SQL(USAGE), values, GX_COUNT(values),
                       &rows));
    while ((code = gx_rows_next(run->ctx, rows, &has)) == GX_OK && has &&
           run->in.usage_count <= GX_BILL_DAYS_MAX)
        usage[run->in.usage_count++] = (struct gx_bill_usage){
            .day = gx_rows_int(rows, 0),
            .seats = gx_rows_int(rows, 1),
            .free = gx_rows_text(rows, 2).n && !gx_str_is(gx_rows_text(rows, 2), "active"),
        };
    gx_rows_close(rows);
    run->in.usage = usage;
    return code;
}

#define CHARGED                                                                                    \
    "SELECT DISTINCT l.from_on, l.to_on FROM invoice_line l JOIN invoice i ON i.id = l.invoice "   \
    "WHERE i.tenant = ?1 AND i.state <> 'void' AND l.to_on >= ?2 AND l.from_on <= ?3 "             \
    "AND i.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY l.from_on"

static enum gx_code read_charged(struct run *run)
{
    const struct gx_value values[] = { gx_value_text(run->tenant), gx_value_int(run->in.days.from),
                                       gx_value_int(run->in.days.to) };
    struct gx_bill_span *spans =
        GX_ARENA_ARRAY(run->ctx->arena, struct gx_bill_span, GX_BILL_DAYS_MAX);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(run->ctx, gx_scope_conn(run->scope), GX_SQL(CHARGED), values,
                       GX_COUNT(values), &rows));
    /* Spans of one tenant share no day, so there are never more of them than days. */
    while ((code = gx_rows_next(run->ctx, rows, &has)) == GX_OK && has) {
        if (run->in.charged_count == GX_BILL_DAYS_MAX) {
            code = gx_fail(run->ctx, GX_E_LIMIT, GX_STR("tenant"), GX_M_BILL_SUBSCRIPTIONS,
                           run->tenant);
            break;
        }
        spans[run->in.charged_count++] =
            (struct gx_bill_span){ gx_rows_int(rows, 0), gx_rows_int(rows, 1) };
    }
    gx_rows_close(rows);
    run->in.charged = spans;
    return code;
}

/* --- records */

static bool same_invoice(const struct terms *a, const struct terms *b)
{
    return a->tax_rate == b->tax_rate && a->decimals == b->decimals &&
           gx_str_eq(a->currency, b->currency);
}

static enum gx_code write_invoice(struct run *run, const struct terms *t,
                                  struct gx_invoice_made *made)
{
    struct gx_record_draft d = gx_record_draft(run->scope, "invoice");
    gx_jw_key_str(&d.w, "tenant", made->tenant);
    gx_jw_key_str(&d.w, "bill_to", made->bill_to);
    if (t->account)
        gx_jw_key_id(&d.w, "account", t->account);
    gx_draft_date(&d, "period_from", made->days.from);
    gx_draft_date(&d, "period_to", made->days.to);
    gx_draft_money(&d, "net", made->net, made->currency);
    gx_draft_percent(&d, "tax_rate", made->tax_rate);
    gx_draft_money(&d, "tax", made->tax, made->currency);
    gx_draft_money(&d, "total", made->total, made->currency);
    return gx_draft_create(&d, "invoice run", &made->id);
}

static enum gx_code write_line(struct run *run, const struct gx_invoice_made *made,
                               const struct gx_bill_line *line, int64_t position)
{
    struct gx_record_draft d = gx_record_draft(run->scope, "invoice_line");
    const struct terms *t = &run->terms[line->subscription];
    int64_t id;
    gx_jw_key_str(&d.w, "name", t->plan);
    gx_jw_key_id(&d.w, "invoice", made->id);
    gx_jw_key_int(&d.w, "position", position);
    gx_jw_key_id(&d.w, "subscription", run->s[line->subscription].id);
    gx_jw_key_str(&d.w, "kind", line->kind == GX_BILL_BASE ? GX_STR("base") : GX_STR("users"));
    gx_draft_date(&d, "from_on", line->days.from);
    gx_draft_date(&d, "to_on", line->days.to);
    gx_jw_key_int(&d.w, "seat_days", line->seat_days);
    gx_jw_key_int(&d.w, "unit_days", line->unit_days);
    gx_draft_money(&d, "unit_price", line->unit_price, made->currency);
    gx_draft_percent(&d, "discount", line->discount);
    gx_draft_money(&d, "amount", line->amount, made->currency);
    return gx_draft_create(&d, "invoice run", &id);
}

/* The invoice of this line, and of those after it that go on the same one. */
static enum gx_code one_invoice(struct run *run, struct gx_bill_line *first, bool *done,
                                struct gx_invoice_made *made)
{
    const struct terms *t = &run->terms[first->subscription];
    int64_t position = 0;
    size_t i = 0;
    *made = (struct gx_invoice_made){ .tenant = run->tenant,
                                      .currency = t->currency,
                                      .tax_rate = t->tax_rate,
                                      .bill_to = t->account_name.n ? t->account_name : run->tenant,
                                      .days = first->days };
    for (struct gx_bill_line *line = first; line; line = line->next) {
        if (!same_invoice(t, &run->terms[line->subscription]))
            continue;
        made->days.to = line->days.to > made->days.to ? line->days.to : made->days.to;
        made->line_count++;
        if (__builtin_add_overflow(made->net, line->amount, &made->net))
            return gx_fail(run->ctx, GX_E_LIMIT, GX_STR(""), GX_M_BILL_TOO_LARGE);
    }
    if (!gx_bill_tax(made->net, made->tax_rate, t->decimals, &made->tax) ||
        __builtin_add_overflow(made->net, made->tax, &made->total))
        return gx_fail(run->ctx, GX_E_LIMIT, GX_STR(""), GX_M_BILL_TOO_LARGE);
    if (!run->dry)
        GX_TRY(write_invoice(run, t, made));
    for (struct gx_bill_line *line = first; line; line = line->next, i++) {
        if (!same_invoice(t, &run->terms[line->subscription]))
            continue;
        done[i] = true;
        if (!run->dry)
            GX_TRY(write_line(run, made, line, ++position));
    }
    return GX_OK;
}

enum gx_code gx_invoice_run(struct gx_scope *scope, struct gx_str tenant, struct gx_bill_span days,
                            bool dry, struct gx_invoice_made **ret_first)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct run *run = GX_ARENA_NEW(ctx->arena, struct run);
    struct gx_bill_line *lines;
    struct gx_invoice_made **tail = ret_first;
    size_t count = 0, i = 0;
    run->scope = scope;
    run->ctx = ctx;
    run->tenant = tenant;
    run->dry = dry;
    run->in.days = days;
    run->in.subscriptions = run->s;
    *tail = NULL;
    GX_TRY(read_subscriptions(run));
    GX_TRY(read_usage(run));
    GX_TRY(read_charged(run));
    GX_TRY(gx_bill(ctx, &run->in, &lines));
    for (struct gx_bill_line *line = lines; line; line = line->next)
        count++;
    bool *done = GX_ARENA_ARRAY(ctx->arena, bool, 2 * count + 1);
    for (struct gx_bill_line *line = lines; line; line = line->next, i++) {
        if (done[i])
            continue;
        *tail = GX_ARENA_NEW(ctx->arena, struct gx_invoice_made);
        GX_TRY(one_invoice(run, line, done + i, *tail));
        tail = &(*tail)->next;
    }
    return GX_OK;
}
