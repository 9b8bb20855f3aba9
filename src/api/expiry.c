/* expiry.c - what runs out: which kinds there are, what is due, and reminding of it. */
#include "flow/expiry.h"

#include "api/app.h"
#include "base/time.h"
#include "store/audit.h"

enum { DUE_LIMIT = 50, DUE_LIMIT_MAX = 200, PATIENCE_US = 300000, WEEK = 7, MONTH = 30 };

static int64_t today_of(const struct gx_req *req)
{
    return gx_date_of_moment(req->ctx->now_us, req->ctx->tz_offset_min);
}

/* --- which there are */

static const struct gx_schema kind_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "label", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "doc", .type = GX_SCHEMA_STR, .required = true },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "account", .type = GX_SCHEMA_STR, .required = true },
    { .name = "outcome", .type = GX_SCHEMA_STR, .required = true },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true },
    { .name = "live",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Expression over the object: still to be dealt with." },
    { .name = "open", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "renewed", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "lost", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "elsewhere", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "distances", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "overdue", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { .name = "week",
      .type = GX_SCHEMA_INT,
      .required = true,
      .nullable = true,
      .doc = "Due within seven days; null: too many to be counted quickly." },
    { .name = "month", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema kinds_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = kind_out, .required = true },
    { 0 },
};

static void write_codes(struct gx_jw *w, const char *key, const struct gx_strs *codes)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_array(w);
    for (size_t i = 0; i < codes->n; i++)
        gx_jw_str(w, codes->v[i]);
    gx_jw_array_end(w);
}

static void write_distances(struct gx_jw *w, const struct gx_expiry *x)
{
    gx_jw_key(w, GX_STR("distances"));
    gx_jw_array(w);
    for (size_t i = 0; i < x->step_count; i++) {
        gx_jw_object(w);
        gx_jw_key_int(w, "days", x->steps[i].days);
        gx_jw_key(w, GX_STR("channels"));
        gx_jw_array(w);
        for (size_t c = 0; c < x->steps[i].channel_count; c++)
            gx_jw_str(w, gx_str_c(gx_channel_names[x->steps[i].channels[c]]));
        gx_jw_array_end(w);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

static enum gx_code write_count(struct gx_req *req, struct gx_jw *w, const struct gx_expiry *x,
                                const char *key, int64_t from, int64_t to)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(req->scope), x->object);
    struct gx_list_options options = {
        .filter = gx_expiry_filter(req->ctx->arena, x, today_of(req) + from, today_of(req) + to,
                                   gx_req_query(req, "whose")),
    };
    int64_t n = -1;
    GX_TRY(gx_list_count(req->scope, object, &options, gx_monotonic_us() + PATIENCE_US, &n));
    gx_jw_key(w, gx_str_c(key));
    if (n >= 0)
        gx_jw_int(w, n);
    else
        gx_jw_null(w);
    return GX_OK;
}

static enum gx_code write_kind(struct gx_req *req, struct gx_jw *w, const struct gx_expiry *x)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "name", x->name);
    gx_meta_write_label(w, &x->label);
    gx_jw_key_str(w, "doc", x->doc);
    gx_jw_key_str(w, "object", x->object);
    gx_jw_key_str(w, "field", x->field);
    gx_jw_key_str(w, "account", x->account);
    gx_jw_key_str(w, "outcome", x->outcome);
    gx_jw_key_str(w, "reason", x->reason);
    gx_jw_key_str(w, "live", x->live_text);
    write_codes(w, "open", &x->open);
    write_codes(w, "renewed", &x->renewed);
    write_codes(w, "lost", &x->lost);
    write_codes(w, "elsewhere", &x->elsewhere);
    write_distances(w, x);
    GX_TRY(write_count(req, w, x, "overdue", -MONTH, -1));
    GX_TRY(write_count(req, w, x, "week", 0, WEEK - 1));
    GX_TRY(write_count(req, w, x, "month", 0, MONTH - 1));
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code kinds(struct gx_req *req, const void *in)
{
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    struct gx_jw w = gx_jw(&req->out);
    (void)in;
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->expiry_count; i++)
        if (gx_expiry_is_open(req->scope, &meta->expiries[i]))
            GX_TRY(write_kind(req, &w, &meta->expiries[i]));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_query_param kinds_query[] = {
    { .name = "whose",
      .doc = "me, or the id of a user: counts of what that person owns.",
      .type = GX_SCHEMA_STR,
      .max = 20 },
    { 0 },
};

const struct gx_route gx_route_expiry_kinds = {
    .doc = "Which dates of which records run out, and how many are due soon.",
    .method = GX_GET,
    .path = "/api/v1/expiry",
    .who = GX_WHO_SIGNED_IN,
    .query = kinds_query,
    .out = kinds_out,
    .errors = { GX_E_LIMIT },
    .handler = kinds,
};

/* --- what is due */

static const struct gx_query_param due_query[] = {
    { .name = "from",
      .doc = "First day; 30 days ago when left out.",
      .type = GX_SCHEMA_STR,
      .max = 10 },
    { .name = "to",
      .doc = "Last day; in 30 days when left out.",
      .type = GX_SCHEMA_STR,
      .max = 10 },
    { .name = "whose",
      .doc = "me, or the id of a user: only what that person owns.",
      .type = GX_SCHEMA_STR,
      .max = 20 },
    { .name = "limit",
      .doc = "At most this many records.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = DUE_LIMIT_MAX },
    { .name = "cursor",
      .doc = "The `next` of the page before.",
      .type = GX_SCHEMA_STR,
      .max = 4000 },
    { 0 },
};
static const struct gx_schema reminder_out[] = {
    { .name = "distance", .type = GX_SCHEMA_INT, .required = true },
    { .name = "channel",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Empty: none was open, and nobody was disturbed." },
    { .name = "at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "due", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema due_row_out[] = {
    { .name = "record",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .doc = "Title, account, date, outcome and owner, as in a list of the object." },
    { .name = "reminders", .type = GX_SCHEMA_LIST, .fields = reminder_out, .required = true },
    { 0 },
};
static const struct gx_schema due_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = due_row_out, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

static enum gx_code expiry_of(struct gx_req *req, const struct gx_expiry **ret_expiry)
{
    const struct gx_expiry *x = gx_meta_expiry(gx_scope_meta(req->scope), req->params[0]);
    if (!x || !gx_expiry_is_open(req->scope, x))
        return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR("name"), GX_M_EXPIRY_NONE, req->params[0]);
    *ret_expiry = x;
    return GX_OK;
}

static enum gx_code day_of(struct gx_req *req, const char *name, int64_t otherwise,
                           int64_t *ret_day)
{
    struct gx_str text = gx_req_query(req, name);
    *ret_day = otherwise;
    if (text.n && !gx_date_parse(text, ret_day))
        return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(name), GX_M_BAD_FORMAT, gx_str_c(name),
                       text);
    return GX_OK;
}

static enum gx_code write_due(struct gx_req *req, struct gx_jw *w, const struct gx_expiry *x,
                              struct gx_list *list)
{
    bool has;
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (;;) {
        GX_TRY(gx_list_next(list, &has));
        if (!has)
            break;
        gx_jw_object(w);
        gx_jw_key(w, GX_STR("record"));
        gx_list_json(list, w);
        gx_jw_key(w, GX_STR("reminders"));
        gx_jw_array(w);
        GX_TRY(gx_expiry_reminders(req->scope, x, gx_list_id(list), w));
        gx_jw_array_end(w);
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    struct gx_str next = gx_list_cursor(list);
    gx_jw_key(w, GX_STR("next"));
    if (next.n)
        gx_jw_str(w, next);
    else
        gx_jw_null(w);
    return GX_OK;
}

static enum gx_code due(struct gx_req *req, const void *in)
{
    const struct gx_expiry *x = NULL;
    struct gx_list *list;
    int64_t from, to, limit = DUE_LIMIT;
    (void)in;
    GX_TRY(expiry_of(req, &x));
    GX_TRY(day_of(req, "from", today_of(req) - MONTH, &from));
    GX_TRY(day_of(req, "to", today_of(req) + MONTH, &to));
    (void)!gx_str_int64(gx_req_query(req, "limit"), &limit);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(req->scope), x->object);
    struct gx_arena *arena = req->ctx->arena;
    struct gx_list_options options = {
        .filter = gx_expiry_filter(arena, x, from, to, gx_req_query(req, "whose")),
        .sort = x->field,
        .fields = gx_arena_printf(
            arena, "%.*s,%.*s,%.*s,%.*s%s%.*s%s", GX_STR_ARG(object->title->x.name),
            GX_STR_ARG(x->account), GX_STR_ARG(x->field), GX_STR_ARG(x->outcome),
            x->reason.n ? "," : "", GX_STR_ARG(x->reason), object->owner ? ",owner" : ""),
        .cursor = gx_req_query(req, "cursor"),
        .limit = limit,
        .may = gx_req_may(req),
    };
    GX_TRY(gx_list_open(req->scope, object, &options, &list));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    enum gx_code code = write_due(req, &w, x, list);
    gx_list_close(list);
    gx_jw_object_end(&w);
    return code;
}

const struct gx_route gx_route_expiry_due = {
    .doc = "What runs out between two days and is still to be dealt with, soonest first, with the "
           "reminders that were made.",
    .method = GX_GET,
    .path = "/api/v1/expiry/{name}/due",
    .who = GX_WHO_SIGNED_IN,
    .query = due_query,
    .out = due_out,
    .errors = { GX_E_NOT_FOUND, GX_E_INVALID, GX_E_LIMIT },
    .handler = due,
};

/* --- the administrator's part */

static enum gx_code status(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    (void)in;
    gx_jw_object(&w);
    GX_TRY(gx_expiry_status(req->scope, &w));
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema made_out[] = {
    { .name = "distance", .type = GX_SCHEMA_INT, .required = true },
    { .name = "channel", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema outcomes_out[] = {
    { .name = "open", .type = GX_SCHEMA_INT, .required = true },
    { .name = "renewed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "lost", .type = GX_SCHEMA_INT, .required = true },
    { .name = "elsewhere", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema status_row_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "label", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "ran_on", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "waiting",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Due today and not reminded of yet." },
    { .name = "reminders",
      .type = GX_SCHEMA_LIST,
      .fields = made_out,
      .required = true,
      .doc = "Of the last 90 days." },
    { .name = "outcomes",
      .type = GX_SCHEMA_OBJECT,
      .fields = outcomes_out,
      .required = true,
      .doc = "What became of those that ran out in the last 90 days." },
    { 0 },
};
static const struct gx_schema status_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = status_row_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_admin_expiry = {
    .doc = "When reminders were made last, which, and what became of what ran out.",
    .method = GX_GET,
    .path = "/api/v1/admin/expiry",
    .who = GX_WHO_ADMIN,
    .out = status_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = status,
};

struct run_in {
    struct gx_str on;
    bool dry;
};
static const struct gx_schema run_in[] = {
    GX_FIELD(struct run_in, dry, .type = GX_SCHEMA_BOOL,
             .doc = "Say who would be reminded, and remind nobody."),
    GX_FIELD(struct run_in, on, .type = GX_SCHEMA_STR, .max = 10,
             .doc = "With `dry`: on which day; tomorrow when left out."),
    { 0 },
};
static const struct gx_schema case_out[] = {
    { .name = "expiry", .type = GX_SCHEMA_STR, .required = true },
    { .name = "record", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "account", .type = GX_SCHEMA_STR, .required = true },
    { .name = "account_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "due", .type = GX_SCHEMA_STR, .required = true },
    { .name = "distance", .type = GX_SCHEMA_INT, .required = true },
    { .name = "channel", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema count_out[] = {
    { .name = "expiry", .type = GX_SCHEMA_STR, .required = true },
    { .name = "distance", .type = GX_SCHEMA_INT, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema run_out[] = {
    { .name = "on", .type = GX_SCHEMA_STR, .required = true },
    { .name = "rows",
      .type = GX_SCHEMA_LIST,
      .fields = case_out,
      .required = true,
      .doc = "Of a dry run, the most urgent ones." },
    { .name = "counts", .type = GX_SCHEMA_LIST, .fields = count_out, .required = true },
    { .name = "reminded", .type = GX_SCHEMA_INT, .required = true },
    { .name = "silent",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Had no open channel: noted, and nobody disturbed." },
    { .name = "renewed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "withdrawn", .type = GX_SCHEMA_INT, .required = true },
    { .name = "failed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "more",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "There are more: ask again, or wait for the next day." },
    { 0 },
};

static void write_tally(struct gx_jw *w, const struct gx_expiry_tally *tally)
{
    gx_jw_key_int(w, "reminded", tally->reminded);
    gx_jw_key_int(w, "silent", tally->silent);
    gx_jw_key_int(w, "renewed", tally->renewed);
    gx_jw_key_int(w, "withdrawn", tally->withdrawn);
    gx_jw_key_int(w, "failed", tally->failed);
    gx_jw_key_bool(w, "more", tally->more);
}

static enum gx_code run(struct gx_req *req, const void *body)
{
    const struct run_in *in = body;
    struct gx_expiry_tally tally = { 0 };
    struct gx_jw w = gx_jw(&req->out);
    atomic_bool end = false;
    int64_t day = today_of(req);
    if (in->on.n && (!in->dry || !gx_date_parse(in->on, &day)))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("on"), GX_M_BAD_FORMAT, GX_STR("on"), in->on);
    day += in->dry && !in->on.n;
    gx_jw_object(&w);
    if (in->dry) {
        GX_TRY(gx_expiry_preview(req->scope, day, &w));
    } else {
        GX_TRY(
            gx_expiry_work(req->ctx, gx_api(req)->tenant, true, GX_EXPIRY_RUN_MAX, &end, &tally));
        gx_jw_key_str(&w, "on", gx_date_format(req->ctx->arena, day));
        for (size_t i = 0; i < 2; i++) {
            gx_jw_key(&w, i ? GX_STR("counts") : GX_STR("rows"));
            gx_jw_array(&w);
            gx_jw_array_end(&w);
        }
    }
    write_tally(&w, &tally);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_expiry_run = {
    .doc = "Remind of everything that is due today, at most 5,000 at a time; or say who would be.",
    .method = GX_POST,
    .path = "/api/v1/admin/expiry/run",
    .who = GX_WHO_ADMIN,
    .body = GX_BODY_JSON,
    .in = run_in,
    .in_size = sizeof(struct run_in),
    .out = run_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID, GX_E_BUSY, GX_E_IO },
    .handler = run,
};
