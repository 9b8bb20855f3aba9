/*
 * invoice.h - invoices as records: made from subscriptions and what was metered.
 *
 * A run looks at some days of a tenant and makes invoices for those that stand on none yet (void
 * ones do not count), so it may be repeated, cut off, or overlap another: no day is charged twice.
 * All of a tenant is one piece of work on the writer.  A tenant gets one invoice for each currency
 * and tax rate among its plans, usually one.
 *
 * Layer: operator.  Scopes are those of a tenant with the pack "operator".
 */
#ifndef GX_OPERATOR_INVOICE_H
#define GX_OPERATOR_INVOICE_H

#include "access/scope.h"
#include "operator/bill.h"

enum { GX_INVOICE_TENANTS_MAX = 50 }; /* of one call */

/* An invoice that was made, or would be. */
struct gx_invoice_made {
    struct gx_invoice_made *next;
    struct gx_str tenant, bill_to, currency;
    int64_t id; /* 0: a dry run */
    struct gx_bill_span days;
    int64_t net, tax_rate, tax, total; /* as in bill.h */
    int64_t line_count;
};

/* Names of tenants with a subscription in these days, after `after`; at most `max`. */
GX_NODISCARD enum gx_code gx_invoice_tenants(struct gx_scope *scope, struct gx_bill_span days,
                                             struct gx_str after, size_t max,
                                             struct gx_str *ret_names, size_t *ret_count);

/*
 * Draft invoices for what a tenant owes for these days; `dry`: nothing is written.  Needs the
 * writer unless dry.  GX_E_INVALID: prices of one plan in two currencies.  GX_E_LIMIT as gx_bill().
 */
GX_NODISCARD enum gx_code gx_invoice_run(struct gx_scope *scope, struct gx_str tenant,
                                         struct gx_bill_span days, bool dry,
                                         struct gx_invoice_made **ret_first);

#endif
