/*
 * house.c - the operator's routes: tenants are listed, made, changed, suspended, deleted.
 *
 * At the front alone, see gx_req_house().  What changes something stands in the front's log.
 */
#include "api/house.h"

#include "api/app.h"
#include "base/time.h"
#include "house/open.h"
#include "store/audit.h"

const char *const gx_house_states[] = { "active", "suspended", "making", "deleting", NULL };

/* --- what is said of a tenant */

static void write_limits(struct gx_jw *w, const struct gx_directory_limits *limits)
{
    gx_jw_key(w, GX_STR("limits"));
    gx_jw_object(w);
    gx_jw_key_int(w, "seats", limits->seats);
    gx_jw_key_int(w, "records", limits->records);
    gx_jw_key_int(w, "file_bytes", limits->file_bytes);
    gx_jw_object_end(w);
}

void gx_house_usage_write(struct gx_req *req, struct gx_jw *w, const struct gx_house_usage *u)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "day", gx_date_format(req->ctx->arena, u->day));
    gx_jw_key_int(w, "users", u->users);
    gx_jw_key_int(w, "users_month", u->users_month);
    gx_jw_key_int(w, "seats", u->seats);
    gx_jw_key_int(w, "records", u->records);
    gx_jw_key_int(w, "file_bytes", u->file_bytes);
    gx_jw_key_int(w, "store_bytes", u->store_bytes);
    gx_jw_key_int(w, "requests", u->requests);
    gx_jw_object_end(w);
}

static const struct gx_schema limits_out[] = {
    { .name = "seats", .type = GX_SCHEMA_INT, .required = true, .doc = "0: no limit." },
    { .name = "records", .type = GX_SCHEMA_INT, .required = true },
    { .name = "file_bytes", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

static const struct gx_schema usage_fields[] = {
    { .name = "day", .type = GX_SCHEMA_STR, .required = true },
    { .name = "users", .type = GX_SCHEMA_INT, .required = true, .doc = "Who used it that day." },
    { .name = "users_month",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Who used it in that month, up to that day." },
    { .name = "seats", .type = GX_SCHEMA_INT, .required = true, .doc = "Who can sign in." },
    { .name = "records", .type = GX_SCHEMA_INT, .required = true },
    { .name = "file_bytes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "store_bytes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "requests", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

static const struct gx_schema tenant_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state", .type = GX_SCHEMA_STR, .required = true, .words = gx_house_states },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true, .doc = "Why it is suspended." },
    { .name = "organisation", .type = GX_SCHEMA_STR, .required = true },
    { .name = "host", .type = GX_SCHEMA_STR, .required = true, .doc = "A host name of its own." },
    { .name = "address", .type = GX_SCHEMA_STR, .required = true, .doc = "For its people." },
    { .name = "mark", .type = GX_SCHEMA_STR, .required = true, .doc = "The operator's own." },
    { .name = "store", .type = GX_SCHEMA_STR, .required = true, .doc = "file or postgresql." },
    { .name = "made_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "front", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "open", .type = GX_SCHEMA_BOOL, .required = true, .doc = "Somebody uses it now." },
    { .name = "limits", .type = GX_SCHEMA_OBJECT, .fields = limits_out, .required = true },
    { .name = "usage", .type = GX_SCHEMA_OBJECT, .fields = usage_fields, .required = true },
    { 0 },
};

/* --- the same for routes that change something */

static void write_open(struct gx_house *house, struct gx_jw *w, struct gx_str name)
{
    struct gx_room *room = gx_room_try(house, name);
    gx_jw_key_bool(w, "front", room == gx_house_front(house));
    gx_jw_key_bool(w, "open", room != NULL);
    if (room)
        gx_room_leave(room);
}

static enum gx_code write_tenant(struct gx_req *req, struct gx_house *house, struct gx_jw *w,
                                 const struct gx_directory_entry *e)
{
    struct gx_house_usage usage;
    GX_TRY(gx_house_newest(req->ctx, house, e->name, &usage));
    gx_jw_object(w);
    gx_jw_key_str(w, "name", e->name);
    gx_jw_key_str(w, "state", gx_str_c(gx_house_states[e->state]));
    gx_jw_key_str(w, "reason", e->reason);
    gx_jw_key_str(w, "organisation", e->organisation);
    gx_jw_key_str(w, "host", e->host);
    gx_jw_key_str(w, "address",
                  gx_house_address(req->ctx->arena, house, e,
                                   req->local ? GX_STR("") : gx_req_header(req, "Host")));
    gx_jw_key_str(w, "mark", e->mark);
    gx_jw_key_str(w, "store", e->url.n ? GX_STR("postgresql") : GX_STR("file"));
    gx_jw_key_str(w, "made_at", gx_moment_format(req->ctx->arena, e->made_at));
    write_open(house, w, e->name);
    write_limits(w, &e->limits);
    gx_jw_key(w, GX_STR("usage"));
    gx_house_usage_write(req, w, &usage);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code reply_tenant(struct gx_req *req, struct gx_house *house, struct gx_str name)
{
    struct gx_directory_entry entry;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(gx_house_find(req->ctx, house, name, &entry));
    return write_tenant(req, house, &w, &entry);
}

/* --- what was done, in the front's log */

struct noting {
    struct gx_req *req;
    struct gx_str data;
};

static enum gx_code note_work(void *p, struct gx_conn *conn)
{
    struct noting *n = p;
    struct gx_audit_note note = { .by = gx_scope_me(n->req->scope),
                                  .what = "setting",
                                  .data = n->data };
    return gx_audit_add(n->req->ctx, gx_api(n->req)->tenant, conn, &note);
}

enum gx_code gx_house_note(struct gx_req *req, struct gx_str name, const char *what)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key(&w, gx_arena_printf(req->ctx->arena, "tenant %.*s", GX_STR_ARG(name)));
    gx_jw_array(&w);
    gx_jw_null(&w);
    gx_jw_str(&w, gx_str_c(what));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    struct noting n = { .req = req, .data = gx_arena_str(req->ctx->arena, gx_buf_str(&out)) };
    gx_buf_free(&out);
    return gx_db_write(req->ctx, gx_api(req)->tenant->db, note_work, &n);
}

/* --- list, one, usage */

int gx_house_state_of(struct gx_str word)
{
    for (int i = 0; gx_house_states[i]; i++)
        if (gx_str_is(word, gx_house_states[i]))
            return i;
    return -1;
}

static enum gx_code tenants_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_house *house;
    struct gx_directory_entry *e;
    int64_t limit, count;
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(gx_req_query_int(req, "limit", 100, 1, 1000, &limit));
    const struct gx_house_ask ask = {
        .search = gx_req_query(req, "search"),
        .after = gx_req_query(req, "after"),
        .state = gx_house_state_of(gx_req_query(req, "state")),
        .limit = (int)limit,
    };
    GX_TRY(gx_house_list(req->ctx, house, &ask, &e));
    GX_TRY(gx_house_count(req->ctx, house, ask.state, &count));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (; e; e = e->next)
        GX_TRY(write_tenant(req, house, &w, e));
    gx_jw_array_end(&w);
    gx_jw_key_int(&w, "count", count);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_query_param list_query[] = {
    { .name = "search",
      .doc = "Part of a name, an organisation or a host.",
      .type = GX_SCHEMA_STR,
      .max = 200 },
    { .name = "after", .doc = "Names after this one.", .type = GX_SCHEMA_STR, .max = 40 },
    { .name = "state", .doc = "Those in this state.", .type = GX_SCHEMA_STR, .max = 20 },
    { .name = "limit", .type = GX_SCHEMA_INT, .min = 1, .max = 1000 },
    { 0 },
};

static const struct gx_schema tenants_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = tenant_out, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true, .doc = "Of all in this state." },
    { 0 },
};

const struct gx_route gx_route_house_tenants = {
    .doc = "All tenants, by name; for who runs the house, at its front.",
    .method = GX_GET,
    .path = "/api/v1/house/tenants",
    .who = GX_WHO_ADMIN,
    .query = list_query,
    .out = tenants_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = tenants_get,
};

static enum gx_code tenant_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_house *house;
    GX_TRY(gx_req_house(req, &house));
    return reply_tenant(req, house, req->params[0]);
}

const struct gx_route gx_route_house_tenant = {
    .doc = "A tenant: state, address, limits, what it used last.",
    .method = GX_GET,
    .path = "/api/v1/house/tenants/{name}",
    .who = GX_WHO_ADMIN,
    .out = tenant_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = tenant_get,
};

static enum gx_code query_day(struct gx_req *req, const char *name, int64_t otherwise,
                              int64_t *ret_day)
{
    struct gx_str text = gx_req_query(req, name);
    *ret_day = otherwise;
    if (text.n == 0 || gx_date_parse(text, ret_day))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(name), GX_M_BAD_FORMAT, gx_str_c(name), text);
}

static enum gx_code usage_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_house *house;
    struct gx_directory_entry entry;
    struct gx_house_usage *u;
    int64_t from, to, today = gx_date_of_moment(req->ctx->now_us, 0);
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(query_day(req, "from", today - 31, &from));
    GX_TRY(query_day(req, "to", today, &to));
    GX_TRY(gx_house_find(req->ctx, house, req->params[0], &entry));
    GX_TRY(gx_house_usage(req->ctx, house, entry.name, from, to, &u));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (; u; u = u->next)
        gx_house_usage_write(req, &w, u);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_query_param usage_query[] = {
    { .name = "from", .doc = "A day, YYYY-MM-DD.", .type = GX_SCHEMA_STR, .max = 10 },
    { .name = "to", .doc = "A day, YYYY-MM-DD.", .type = GX_SCHEMA_STR, .max = 10 },
    { 0 },
};

static const struct gx_schema usages_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = usage_fields, .required = true },
    { 0 },
};

const struct gx_route gx_route_house_usage = {
    .doc = "What a tenant used, day by day (UTC); the last 31 days unless said.",
    .method = GX_GET,
    .path = "/api/v1/house/tenants/{name}/usage",
    .who = GX_WHO_ADMIN,
    .query = usage_query,
    .out = usages_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = usage_get,
};

/* --- limits and names */

struct limits_in {
    int64_t seats, records, file_bytes;
};

static const struct gx_schema limits_in[] = {
    GX_FIELD(struct limits_in, seats, .type = GX_SCHEMA_INT, .max = INT64_MAX,
             .doc = "People who can sign in; 0: no limit."),
    GX_FIELD(struct limits_in, records, .type = GX_SCHEMA_INT, .max = INT64_MAX),
    GX_FIELD(struct limits_in, file_bytes, .type = GX_SCHEMA_INT, .max = INT64_MAX),
    { 0 },
};

struct patch_in {
    struct limits_in limits;
    struct gx_str host, mark;
};

static const struct gx_schema patch_in[] = {
    GX_FIELD(struct patch_in, limits, .type = GX_SCHEMA_OBJECT, .fields = limits_in,
             .doc = "All of them; one left out is none."),
    GX_FIELD(struct patch_in, host, .type = GX_SCHEMA_STR, .max = 253,
             .doc = "A host name of its own; empty: none."),
    GX_FIELD(struct patch_in, mark, .type = GX_SCHEMA_STR, .max = 100),
    { 0 },
};

static enum gx_code tenant_patch(struct gx_req *req, const void *in_p)
{
    const struct patch_in *in = in_p;
    struct gx_house *house;
    struct gx_directory_entry e;
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(gx_house_find(req->ctx, house, req->params[0], &e));
    bool host = gx_json_get(req->json, "host"), mark = gx_json_get(req->json, "mark");
    const struct gx_directory_limits limits = { in->limits.seats, in->limits.records,
                                                in->limits.file_bytes, e.limits.read_only };
    if (host || mark)
        GX_TRY(gx_house_rename(req->ctx, house, e.name, host ? in->host : e.host,
                               mark ? in->mark : e.mark));
    if (gx_json_get(req->json, "limits"))
        GX_TRY(gx_house_limit(req->ctx, house, e.name, &limits));
    GX_TRY(gx_house_note(req, e.name, "changed"));
    return reply_tenant(req, house, e.name);
}

const struct gx_route gx_route_house_tenant_patch = {
    .doc = "Change a tenant's limits, host name or mark: what is given.",
    .method = GX_PATCH,
    .path = "/api/v1/house/tenants/{name}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = patch_in,
    .in_size = sizeof(struct patch_in),
    .out = tenant_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_DUPLICATE, GX_E_CONFLICT },
    .handler = tenant_patch,
};

/* --- suspend, resume */

struct suspend_in {
    struct gx_str reason;
};

static const struct gx_schema suspend_in[] = {
    GX_FIELD(struct suspend_in, reason, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 500, .doc = "For the people of the organisation, in words."),
    { 0 },
};

static enum gx_code tenant_suspend(struct gx_req *req, const void *in_p)
{
    const struct suspend_in *in = in_p;
    struct gx_house *house;
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(gx_house_suspend(req->ctx, house, req->params[0], in->reason));
    GX_TRY(gx_house_note(req, req->params[0], "suspended"));
    return reply_tenant(req, house, req->params[0]);
}

const struct gx_route gx_route_house_suspend = {
    .doc = "Nobody works there until it is resumed; its people read why.",
    .method = GX_POST,
    .path = "/api/v1/house/tenants/{name}/suspend",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = suspend_in,
    .in_size = sizeof(struct suspend_in),
    .out = tenant_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_CONFLICT },
    .handler = tenant_suspend,
};

static enum gx_code tenant_resume(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_house *house;
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(gx_house_resume(req->ctx, house, req->params[0]));
    GX_TRY(gx_house_note(req, req->params[0], "resumed"));
    return reply_tenant(req, house, req->params[0]);
}

const struct gx_route gx_route_house_resume = {
    .doc = "A tenant that was suspended can be used again.",
    .method = GX_POST,
    .path = "/api/v1/house/tenants/{name}/resume",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .out = tenant_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = tenant_resume,
};
