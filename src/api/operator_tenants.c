/*
 * operator_tenants.c - the console: tenants with their plan and what they use, and what is done to
 * them.
 *
 * Nothing here reads a record of a tenant; its rows come from the directory and from the operator's
 * own subscriptions.
 */
#include "api/house.h"
#include "api/operator_house.h"
#include "base/time.h"

enum gx_code gx_req_operator_house(struct gx_req *req, struct gx_house **ret_house)
{
    GX_TRY(gx_req_house(req, ret_house));
    return gx_req_operator(req);
}

/* --- the list */

static const struct gx_schema used_out[] = {
    { .name = "used", .type = GX_SCHEMA_INT, .required = true },
    { .name = "most", .type = GX_SCHEMA_INT, .required = true, .doc = "0: no limit." },
    { 0 },
};
static const struct gx_schema subscription_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state", .type = GX_SCHEMA_STR, .required = true },
    { .name = "plan", .type = GX_SCHEMA_STR, .required = true, .doc = "Its code." },
    { .name = "plan_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "period", .type = GX_SCHEMA_STR, .required = true },
    { .name = "trial_until", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "over_on",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "When a trial that goes on like this is suspended." },
    { 0 },
};
static const struct gx_schema tenant_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "organisation", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state", .type = GX_SCHEMA_STR, .required = true, .words = gx_house_states },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true, .doc = "Why it is suspended." },
    { .name = "address", .type = GX_SCHEMA_STR, .required = true },
    { .name = "made_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "used_on",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "The last day on which it was open; null: never." },
    { .name = "read_only", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "seats", .type = GX_SCHEMA_OBJECT, .fields = used_out, .required = true },
    { .name = "records", .type = GX_SCHEMA_OBJECT, .fields = used_out, .required = true },
    { .name = "file_bytes", .type = GX_SCHEMA_OBJECT, .fields = used_out, .required = true },
    { .name = "store_bytes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "users_month", .type = GX_SCHEMA_INT, .required = true },
    { .name = "subscription",
      .type = GX_SCHEMA_OBJECT,
      .fields = subscription_out,
      .required = true,
      .nullable = true },
    { 0 },
};
static const struct gx_schema tenants_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = tenant_out, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true, .doc = "Of all in this state." },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

static void write_date(struct gx_req *req, struct gx_jw *w, const char *key, int64_t day, bool has)
{
    gx_jw_key(w, gx_str_c(key));
    if (has)
        gx_jw_str(w, gx_date_format(req->ctx->arena, day));
    else
        gx_jw_null(w);
}

static void write_used(struct gx_jw *w, const char *key, int64_t used, int64_t most)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_object(w);
    gx_jw_key_int(w, "used", used);
    gx_jw_key_int(w, "most", most);
    gx_jw_object_end(w);
}

static void write_subscription(struct gx_req *req, struct gx_jw *w, const struct gx_subscription *s)
{
    int64_t over = gx_subscription_over_on(s);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", s->id);
    gx_jw_key_str(w, "state", s->state);
    gx_jw_key_str(w, "plan", s->plan_code);
    gx_jw_key_str(w, "plan_name", s->plan_name);
    gx_jw_key_str(w, "period", s->period);
    write_date(req, w, "trial_until", s->trial_until, s->trial_until != INT64_MIN);
    write_date(req, w, "over_on", over, over != INT64_MAX);
    gx_jw_object_end(w);
}

static enum gx_code write_tenant(struct gx_req *req, struct gx_house *house, struct gx_jw *w,
                                 const struct gx_directory_entry *e)
{
    struct gx_house_usage usage;
    struct gx_subscription s;
    struct gx_str host = req->local ? GX_STR("") : gx_req_header(req, "Host");
    bool has;
    GX_TRY(gx_house_newest(req->ctx, house, e->name, &usage));
    GX_TRY(gx_subscription_on(gx_operator_scope(req, "console"), e->name,
                              gx_operator_today(req->ctx), &s, &has));
    gx_jw_object(w);
    gx_jw_key_str(w, "name", e->name);
    gx_jw_key_str(w, "organisation", e->organisation);
    gx_jw_key_str(w, "state", gx_str_c(gx_house_states[e->state]));
    gx_jw_key_str(w, "reason", e->reason);
    gx_jw_key_str(w, "address", gx_house_address(req->ctx->arena, house, e, host));
    gx_jw_key_str(w, "made_at", gx_moment_format(req->ctx->arena, e->made_at));
    write_date(req, w, "used_on", usage.day, usage.day != 0);
    gx_jw_key_bool(w, "read_only", e->limits.read_only != 0);
    write_used(w, "seats", usage.seats, e->limits.seats);
    write_used(w, "records", usage.records, e->limits.records);
    write_used(w, "file_bytes", usage.file_bytes, e->limits.file_bytes);
    gx_jw_key_int(w, "store_bytes", usage.store_bytes);
    gx_jw_key_int(w, "users_month", usage.users_month);
    gx_jw_key(w, GX_STR("subscription"));
    if (has)
        write_subscription(req, w, &s);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code tenants_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_house_ask ask = {
        .search = gx_req_query(req, "search"),
        .after = gx_req_query(req, "after"),
        .state = gx_house_state_of(gx_req_query(req, "state")),
        .limit = 50,
    };
    struct gx_house *house;
    struct gx_directory_entry *e, *last = NULL;
    int64_t count;
    int n = 0;
    GX_TRY(gx_req_operator_house(req, &house));
    GX_TRY(gx_house_list(req->ctx, house, &ask, &e));
    GX_TRY(gx_house_count(req->ctx, house, ask.state, &count));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (; e; e = e->next, n++) {
        last = e;
        if (!gx_str_eq(e->name, gx_api(req)->tenant->name))
            GX_TRY(write_tenant(req, house, &w, e));
    }
    gx_jw_array_end(&w);
    gx_jw_key_int(&w, "count", count - (ask.state <= 0));
    gx_jw_key(&w, GX_STR("next"));
    if (last && n == ask.limit)
        gx_jw_str(&w, last->name);
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_query_param list_query[] = {
    { .name = "search",
      .doc = "Part of a name or organisation.",
      .type = GX_SCHEMA_STR,
      .max = 200 },
    { .name = "after", .doc = "Names after this one.", .type = GX_SCHEMA_STR, .max = 40 },
    { .name = "state", .doc = "active, suspended.", .type = GX_SCHEMA_STR, .max = 20 },
    { 0 },
};

const struct gx_route gx_route_operator_tenants = {
    .doc = "Tenants with plan, state and what they use; counts and sizes, never records.",
    .method = GX_GET,
    .path = "/api/v1/operator/tenants",
    .who = GX_WHO_ADMIN,
    .query = list_query,
    .out = tenants_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = tenants_get,
};

/* --- what is done to one */

struct doing {
    struct gx_req *req;
    struct gx_str name;
    struct gx_subscription_new begin;
    const char *state; /* of the subscription from now on; NULL: a new one begins */
};

static enum gx_code write_down(void *p, struct gx_conn *conn)
{
    struct doing *d = p;
    struct gx_ctx *ctx = d->req->ctx;
    struct gx_scope *scope = gx_scope_system(ctx, gx_api(d->req)->tenant, conn, "operator console");
    int64_t today = gx_operator_today(ctx), id;
    struct gx_subscription s;
    bool has;
    gx_ctx_clear(ctx);
    if (!d->state)
        return gx_subscription_begin(scope, &d->begin, &id);
    GX_TRY(gx_subscription_on(scope, d->name, today, &s, &has));
    if (!has || gx_str_is(s.state, "ended"))
        return GX_OK;
    bool ended = strcmp(d->state, "ended") == 0;
    int64_t ends = today < s.ends ? today : s.ends;
    return gx_subscription_state(scope, s.id, d->state, ended ? ends : INT64_MAX);
}

static enum gx_code do_it(struct doing *d)
{
    return gx_db_write(d->req->ctx, gx_api(d->req)->tenant->db, write_down, d);
}

/* The engine has what the subscription says. */
static enum gx_code align(struct gx_req *req, struct gx_house *house, struct gx_str name)
{
    struct gx_directory_entry entry;
    struct gx_subscription s;
    bool has, suspended;
    GX_TRY(gx_req_reader(req));
    GX_TRY(gx_house_find(req->ctx, house, name, &entry));
    GX_TRY(gx_subscription_on(gx_operator_scope(req, "console"), name, gx_operator_today(req->ctx),
                              &s, &has));
    return has ? gx_operator_align(req->ctx, house, &entry, &s, gx_operator_today(req->ctx),
                                   &suspended)
               : GX_OK;
}

static enum gx_code reply_tenant(struct gx_req *req, struct gx_house *house, struct gx_str name)
{
    struct gx_directory_entry entry;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(gx_req_reader(req));
    GX_TRY(gx_house_find(req->ctx, house, name, &entry));
    return write_tenant(req, house, &w, &entry);
}

struct act_in {
    struct gx_str action, reason, confirm;
};

static const char *const actions[] = { "suspend", "resume", "delete", NULL };

static const struct gx_schema act_in[] = {
    GX_FIELD(struct act_in, action, .type = GX_SCHEMA_STR, .required = true, .words = actions),
    GX_FIELD(struct act_in, reason, .type = GX_SCHEMA_STR, .max = 500,
             .doc = "suspend, delete: in words; the people of the tenant read it."),
    GX_FIELD(struct act_in, confirm, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "delete: the name of the tenant, once more."),
    { 0 },
};

static const struct gx_schema act_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "record",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .nullable = true,
      .doc = "delete: the signed record of it." },
    { 0 },
};

static enum gx_code act(struct gx_req *req, struct gx_house *house, const struct act_in *in,
                        struct gx_str *ret_record)
{
    struct doing d = { .req = req, .name = req->params[0] };
    if (gx_str_is(in->action, "suspend")) {
        d.state = "suspended";
        GX_TRY(gx_house_suspend(req->ctx, house, d.name, in->reason));
        GX_TRY(gx_house_note(req, d.name, "suspended"));
        return do_it(&d);
    }
    if (gx_str_is(in->action, "resume")) {
        d.state = "active";
        GX_TRY(do_it(&d));
        GX_TRY(gx_house_resume(req->ctx, house, d.name));
        GX_TRY(gx_house_note(req, d.name, "resumed"));
        return align(req, house, d.name);
    }
    if (!gx_str_eq(in->confirm, d.name))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("confirm"), GX_M_OPERATOR_CONFIRM, d.name);
    d.state = "ended";
    GX_TRY(gx_house_delete(req->ctx, house, d.name, in->reason, ret_record));
    GX_TRY(gx_house_note(req, d.name, "deleted"));
    return do_it(&d);
}

static enum gx_code tenant_act(struct gx_req *req, const void *in)
{
    struct gx_house *house;
    struct gx_directory_entry entry;
    struct gx_str record = GX_STR("");
    GX_TRY(gx_req_operator_house(req, &house));
    GX_TRY(gx_house_find(req->ctx, house, req->params[0], &entry));
    GX_TRY(act(req, house, in, &record));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", req->params[0]);
    gx_jw_key(&w, GX_STR("record"));
    if (record.n)
        gx_jw_raw(&w, gx_str_trim(record));
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_operator_tenant_act = {
    .doc = "Suspend a tenant, let it go on, or delete it; its subscription follows.",
    .method = GX_POST,
    .path = "/api/v1/operator/tenants/{name}/act",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = act_in,
    .in_size = sizeof(struct act_in),
    .out = act_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_CONFLICT,
                GX_E_BUSY },
    .handler = tenant_act,
};

/* --- another plan */

struct plan_in {
    struct gx_str plan, period, from;
    bool trial;
};

static const char *const periods[] = { "month", "year", NULL };

static const struct gx_schema plan_in[] = {
    GX_FIELD(struct plan_in, plan, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 40,
             .doc = "Its code."),
    GX_FIELD(struct plan_in, period, .type = GX_SCHEMA_STR, .words = periods,
             .doc = "As before when it is left out."),
    GX_FIELD(struct plan_in, from, .type = GX_SCHEMA_STR, .max = 10,
             .doc = "The first day on it; today when it is left out."),
    GX_FIELD(struct plan_in, trial, .type = GX_SCHEMA_BOOL,
             .doc = "Begin with the plan's days of trial."),
    { 0 },
};

static enum gx_code tenant_plan(struct gx_req *req, const void *in_p)
{
    const struct plan_in *in = in_p;
    struct gx_house *house;
    struct gx_directory_entry entry;
    struct doing d = { .req = req, .name = req->params[0] };
    GX_TRY(gx_req_operator_house(req, &house));
    GX_TRY(gx_house_find(req->ctx, house, d.name, &entry));
    d.begin = (struct gx_subscription_new){ .tenant = d.name,
                                            .plan = in->plan,
                                            .period = in->period,
                                            .trial = in->trial,
                                            .from = gx_operator_today(req->ctx) };
    if (in->from.n && !gx_date_parse(in->from, &d.begin.from))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("from"), GX_M_BAD_FORMAT, GX_STR("from"),
                       in->from);
    GX_TRY(do_it(&d));
    GX_TRY(align(req, house, d.name));
    return reply_tenant(req, house, d.name);
}

const struct gx_route gx_route_operator_tenant_plan = {
    .doc = "Put a tenant on a plan: what it was on ends the day before.",
    .method = GX_POST,
    .path = "/api/v1/operator/tenants/{name}/plan",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = plan_in,
    .in_size = sizeof(struct plan_in),
    .out = tenant_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = tenant_plan,
};

/* --- metering on demand */

struct meter_in {
    struct gx_str after;
};

static const struct gx_schema meter_in[] = {
    GX_FIELD(struct meter_in, after, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "`next` of the reply before."),
    { 0 },
};

static const struct gx_schema meter_out[] = {
    { .name = "tenants", .type = GX_SCHEMA_INT, .required = true },
    { .name = "records",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Of usage, written or changed." },
    { .name = "suspended", .type = GX_SCHEMA_INT, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

static enum gx_code meter_post(struct gx_req *req, const void *in_p)
{
    const struct meter_in *in = in_p;
    struct gx_operator_metered done = { 0 };
    struct gx_house *house;
    GX_TRY(gx_req_operator_house(req, &house));
    GX_TRY(gx_operator_meter(req->ctx, house, gx_api(req)->tenant, in->after, &done));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_int(&w, "tenants", done.tenants);
    gx_jw_key_int(&w, "records", done.records);
    gx_jw_key_int(&w, "suspended", done.suspended);
    gx_jw_key(&w, GX_STR("next"));
    if (done.next.n)
        gx_jw_str(&w, done.next);
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_operator_meter = {
    .doc = "Write down what tenants used, and bring them in line with their plans; a hundred at a "
           "time. It is also done every hour.",
    .method = GX_POST,
    .path = "/api/v1/operator/meter",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = meter_in,
    .in_size = sizeof(struct meter_in),
    .out = meter_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = meter_post,
};
