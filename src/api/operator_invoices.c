/*
 * operator_invoices.c - invoice runs: fifty tenants at a time, in one transaction.
 *
 * Whoever calls goes on with `next` as `after`.  A run that was cut off is begun again from the
 * start: what is charged already is charged once.
 */
#include "api/operator.h"
#include "base/decimal.h"
#include "base/time.h"
#include "operator/invoice.h"
#include "operator/record.h"

struct run_in {
    struct gx_str from, to, tenant, after;
    bool dry;
};

static const struct gx_schema run_in[] = {
    GX_FIELD(struct run_in, from, .type = GX_SCHEMA_STR, .max = 10,
             .doc = "First day, as YYYY-MM-DD; last month when it is left out."),
    GX_FIELD(struct run_in, to, .type = GX_SCHEMA_STR, .max = 10, .doc = "Last day."),
    GX_FIELD(struct run_in, tenant, .type = GX_SCHEMA_STR, .max = 40, .doc = "Only this tenant."),
    GX_FIELD(struct run_in, after, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "`next` of the reply before."),
    GX_FIELD(struct run_in, dry, .type = GX_SCHEMA_BOOL,
             .doc = "Say what would be made, and make nothing."),
    { 0 },
};

static const struct gx_schema made_out[] = {
    { .name = "tenant", .type = GX_SCHEMA_STR, .required = true },
    { .name = "bill_to", .type = GX_SCHEMA_STR, .required = true },
    { .name = "id",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "Of the invoice; null: a dry run." },
    { .name = "from", .type = GX_SCHEMA_STR, .required = true },
    { .name = "to", .type = GX_SCHEMA_STR, .required = true },
    { .name = "currency", .type = GX_SCHEMA_STR, .required = true },
    { .name = "net", .type = GX_SCHEMA_STR, .required = true },
    { .name = "tax", .type = GX_SCHEMA_STR, .required = true },
    { .name = "total", .type = GX_SCHEMA_STR, .required = true },
    { .name = "lines", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema run_out[] = {
    { .name = "from", .type = GX_SCHEMA_STR, .required = true },
    { .name = "to", .type = GX_SCHEMA_STR, .required = true },
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = made_out, .required = true },
    { .name = "next",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "Where to go on; null: these were all." },
    { 0 },
};

static void write_made(struct gx_req *req, struct gx_jw *w, const struct gx_invoice_made *made)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "tenant", made->tenant);
    gx_jw_key_str(w, "bill_to", made->bill_to);
    gx_jw_key(w, GX_STR("id"));
    if (made->id)
        gx_jw_id(w, made->id);
    else
        gx_jw_null(w);
    gx_jw_key_str(w, "from", gx_date_format(req->ctx->arena, made->days.from));
    gx_jw_key_str(w, "to", gx_date_format(req->ctx->arena, made->days.to));
    gx_jw_key_str(w, "currency", made->currency);
    gx_jw_key(w, GX_STR("net"));
    gx_jw_decimal(w, made->net, GX_MONEY_SCALE);
    gx_jw_key(w, GX_STR("tax"));
    gx_jw_decimal(w, made->tax, GX_MONEY_SCALE);
    gx_jw_key(w, GX_STR("total"));
    gx_jw_decimal(w, made->total, GX_MONEY_SCALE);
    gx_jw_key_int(w, "lines", made->line_count);
    gx_jw_object_end(w);
}

static enum gx_code invoices_run(struct gx_req *req, const void *in_p)
{
    const struct run_in *in = in_p;
    struct gx_str names[GX_INVOICE_TENANTS_MAX];
    struct gx_bill_span days;
    size_t count = 1;
    GX_TRY(gx_req_operator(req));
    GX_TRY(gx_operator_days(req, in->from, in->to, &days));
    struct gx_scope *scope = gx_operator_scope(req, "invoice run");
    names[0] = in->tenant;
    if (in->tenant.n == 0)
        GX_TRY(gx_invoice_tenants(scope, days, in->after, GX_COUNT(names), names, &count));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "from", gx_date_format(req->ctx->arena, days.from));
    gx_jw_key_str(&w, "to", gx_date_format(req->ctx->arena, days.to));
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++) {
        struct gx_invoice_made *made;
        GX_TRY(gx_invoice_run(scope, names[i], days, in->dry, &made));
        for (; made; made = made->next)
            write_made(req, &w, made);
    }
    gx_jw_array_end(&w);
    gx_jw_key(&w, GX_STR("next"));
    if (count == GX_COUNT(names))
        gx_jw_str(&w, names[count - 1]);
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_operator_invoices = {
    .doc = "Make draft invoices for days that stand on none yet, fifty tenants at a time.",
    .method = GX_POST,
    .path = "/api/v1/operator/invoices",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = run_in,
    .in_size = sizeof(struct run_in),
    .out = run_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_LIMIT },
    .handler = invoices_run,
};

/* --- issuing what was looked at */

enum { DUE_DAYS = 30, DUE_DAYS_MAX = 365, ISSUE_MAX = 200 };

struct issue_in {
    struct gx_str tenant;
    int64_t due_days;
};

static const struct gx_schema issue_in[] = {
    GX_FIELD(struct issue_in, tenant, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "Only those of this tenant."),
    GX_FIELD(struct issue_in, due_days, .type = GX_SCHEMA_INT, .min = 0, .max = DUE_DAYS_MAX,
             .doc = "Days until they are to be paid; 30 when it is left out or 0."),
    { 0 },
};

static const struct gx_schema issue_out[] = {
    { .name = "issued", .type = GX_SCHEMA_INT, .required = true },
    { .name = "more",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "There are drafts left: call again." },
    { 0 },
};

static enum gx_code draft_ids(struct gx_scope *scope, struct gx_str tenant, int64_t *ret_ids,
                              size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(tenant), gx_value_int(ISSUE_MAX + 1) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_count = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT id FROM invoice WHERE deleted_at IS NULL AND state = 'draft' "
                              "AND (?1 = '' OR tenant = ?1) ORDER BY id LIMIT ?2"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        ret_ids[(*ret_count)++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    return code;
}

static enum gx_code invoices_issue(struct gx_req *req, const void *in_p)
{
    const struct issue_in *in = in_p;
    int64_t ids[ISSUE_MAX + 1];
    int64_t today = gx_date_of_moment(req->ctx->now_us, req->ctx->tz_offset_min);
    size_t count;
    bool changed;
    GX_TRY(gx_req_operator(req));
    struct gx_scope *scope = gx_operator_scope(req, "issuing invoices");
    GX_TRY(draft_ids(scope, in->tenant, ids, &count));
    bool more = count > ISSUE_MAX;
    count = more ? ISSUE_MAX : count;
    for (size_t i = 0; i < count; i++) {
        struct gx_record_draft d = gx_record_draft(scope, "invoice");
        gx_jw_key_str(&d.w, "state", GX_STR("issued"));
        gx_draft_date(&d, "issued_on", today);
        gx_draft_date(&d, "due_on", today + (in->due_days ? in->due_days : DUE_DAYS));
        GX_TRY(gx_draft_change(&d, "issued", ids[i], &changed));
    }
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_int(&w, "issued", (int64_t)count);
    gx_jw_key_bool(&w, "more", more);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_operator_invoices_issue = {
    .doc = "Issue the drafts: from then on nothing in them changes. 200 at a time.",
    .method = GX_POST,
    .path = "/api/v1/operator/invoices/issue",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = issue_in,
    .in_size = sizeof(struct issue_in),
    .out = issue_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = invoices_issue,
};
