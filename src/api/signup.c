/*
 * signup.c - a trial made in the browser by whoever comes by, when the operator lets them.
 *
 * At the operator's own tenant alone.  What keeps it from being abused: it is off until an
 * administrator turns it on; so many from an address and so many a day, kept in the store, so that
 * a restart forgets nothing; a form that only a page of ours sends, with a field that people do not
 * see and robots fill in; and each tenant is on the plan for trials, with its limits.  What a
 * stranger learns is whether a name is taken, which the address of a tenant says anyway.
 *
 * The form has a token of its own: sent twice, it makes one tenant.
 */
#include "access/password.h"
#include "api/operator_house.h"
#include "base/time.h"
#include "demo/demo.h"

enum {
    LOOKS_HOUR_MAX = 200, /* names looked at, from an address in an hour */
    TRIES_HOUR_MAX = 20,
    MADE_HOUR_MAX = 5,
    PER_DAY = 100, /* trials of everybody, unless set */
    PER_DAY_MAX = 100000,
    TOKEN_CHARS = 64,
};

enum kind { KIND_LOOK, KIND_TRY, KIND_MADE };

#define SETTING_OPEN    "signup_open"
#define SETTING_PER_DAY "signup_per_day"

struct rules {
    bool open;
    int64_t per_day;
};

static enum gx_code read_rules(struct gx_ctx *ctx, struct gx_conn *conn, struct rules *ret)
{
    struct gx_str open, per_day;
    GX_TRY(gx_setting_get(ctx, conn, SETTING_OPEN, GX_STR(""), &open));
    GX_TRY(gx_setting_get(ctx, conn, SETTING_PER_DAY, GX_STR(""), &per_day));
    ret->open = gx_str_is(open, "1");
    if (!gx_str_int64(per_day, &ret->per_day))
        ret->per_day = PER_DAY;
    return GX_OK;
}

/* Is there anything to sign up to?  *ret false: no, and nobody is told more. */
static enum gx_code is_open(struct gx_req *req, struct rules *ret)
{
    struct gx_api *api = gx_api(req);
    struct gx_conn *conn;
    *ret = (struct rules){ 0 };
    if (!api->house || !api->front || gx_req_operator(req) != GX_OK) {
        gx_ctx_clear(req->ctx);
        return GX_OK;
    }
    GX_TRY(gx_db_reader(req->ctx, api->tenant->db, &conn));
    enum gx_code code = read_rules(req->ctx, conn, ret);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code check_open(struct gx_req *req, struct rules *ret)
{
    GX_TRY(is_open(req, ret));
    return ret->open ? GX_OK : gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_SIGNUP_CLOSED);
}

/* --- how often */

struct entry {
    struct gx_req *req;
    struct rules rules;
    enum kind kind;
    struct gx_str address, name, token;
    bool made; /* this form has made its tenant already */
};

/* An IPv6 address is one of 2^64 that somebody has: its network counts. */
static struct gx_str address_of(const struct gx_req *req)
{
    struct gx_str peer = req->peer;
    size_t colons = 0, n = 0;
    if (gx_str_find(peer, ':') == peer.n || gx_str_starts(peer, GX_STR("::")))
        return peer;
    while (n < peer.n && (peer.p[n] != ':' || ++colons < 4))
        n++;
    return (struct gx_str){ peer.p, n };
}

static enum gx_code count_since(const struct entry *e, struct gx_conn *conn, bool everybody,
                                enum kind kind, int64_t since, int64_t *ret_count)
{
    const struct gx_value values[] = { gx_value_int(since), gx_value_int((int64_t)kind),
                                       gx_value_text(everybody ? GX_STR("") : e->address) };
    return gx_db_int(e->req->ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_signup WHERE at > ?1 AND kind = ?2 "
                            "AND (?3 = '' OR address = ?3)"),
                     values, GX_COUNT(values), 0, ret_count);
}

static enum gx_code check_rates(const struct entry *e, struct gx_conn *conn)
{
    static const int most[] = {
        [KIND_LOOK] = LOOKS_HOUR_MAX, [KIND_TRY] = TRIES_HOUR_MAX, [KIND_MADE] = MADE_HOUR_MAX
    };
    struct gx_ctx *ctx = e->req->ctx;
    int64_t count, made, all;
    GX_TRY(count_since(e, conn, false, e->kind, ctx->now_us - GX_HOUR_US, &count));
    GX_TRY(count_since(e, conn, false, KIND_MADE, ctx->now_us - GX_HOUR_US, &made));
    GX_TRY(count_since(e, conn, true, KIND_MADE, ctx->now_us - GX_DAY_US, &all));
    if (count >= most[e->kind] || (e->kind == KIND_TRY && made >= MADE_HOUR_MAX))
        return gx_fail(ctx, GX_E_RATE, GX_STR(""), GX_M_SIGNUP_ADDRESS);
    if (e->kind == KIND_TRY && all >= e->rules.per_day)
        return gx_fail(ctx, GX_E_RATE, GX_STR(""), GX_M_SIGNUP_DAY);
    return GX_OK;
}

static enum gx_code put_entry(const struct entry *e, struct gx_conn *conn, enum kind kind)
{
    struct gx_tenant *tenant = gx_api(e->req)->tenant;
    const struct gx_value values[] = {
        gx_value_int(gx_id_next(&tenant->ids, e->req->ctx->now_us)),
        gx_value_int(e->req->ctx->now_us),
        gx_value_text(e->address),
        gx_value_int((int64_t)kind),
        gx_value_text(e->name),
        gx_value_text(e->token),
    };
    return gx_db_exec(e->req->ctx, conn,
                      GX_SQL("INSERT INTO gx_signup (id, at, address, kind, name, token) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                      values, GX_COUNT(values), NULL);
}

/* On the writer: may this be tried once more?  It counts from now on, whatever becomes of it. */
static enum gx_code enter(void *p, struct gx_conn *conn)
{
    struct entry *e = p;
    struct gx_ctx *ctx = e->req->ctx;
    const struct gx_value old = gx_value_int(ctx->now_us - GX_DAY_US);
    const struct gx_value form[] = { gx_value_text(e->token), gx_value_text(e->name) };
    int64_t made = 0;
    gx_ctx_clear(ctx);
    GX_TRY(gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_signup WHERE at <= ?1"), &old, 1, NULL));
    if (e->kind == KIND_TRY)
        GX_TRY(gx_db_int(ctx, conn,
                         GX_SQL("SELECT count(*) FROM gx_signup WHERE kind = 2 AND token = ?1 "
                                "AND name = ?2"),
                         form, GX_COUNT(form), 0, &made));
    e->made = made > 0;
    if (e->made)
        return GX_OK;
    GX_TRY(check_rates(e, conn));
    return put_entry(e, conn, e->kind);
}

/* --- what there is to choose from, and is a name free */

static const struct gx_schema signup_out[] = {
    { .name = "open", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "trial_days", .type = GX_SCHEMA_INT, .required = true },
    { .name = "password_chars_min", .type = GX_SCHEMA_INT, .required = true },
    { .name = "trades",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "Of which there is demo data." },
    { 0 },
};

static enum gx_code trial_days(struct gx_req *req, int64_t *ret_days)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code =
        gx_db_int(req->ctx, conn,
                  GX_SQL("SELECT coalesce(trial_days, 0) FROM plan WHERE deleted_at IS NULL "
                         "AND active = 1 AND trial = 1 ORDER BY id LIMIT 1"),
                  NULL, 0, 0, ret_days);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code signup_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct rules rules;
    int64_t days = 0;
    GX_TRY(is_open(req, &rules));
    if (rules.open)
        GX_TRY(trial_days(req, &days));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "open", rules.open);
    gx_jw_key_int(&w, "trial_days", days);
    gx_jw_key_int(&w, "password_chars_min", GX_PASSWORD_CHARS_MIN);
    gx_jw_key(&w, GX_STR("trades"));
    gx_jw_array(&w);
    for (size_t i = 0; rules.open && gx_demo_organisations[i]; i++)
        gx_jw_str(&w, gx_str_c(gx_demo_organisations[i]));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_signup_get = {
    .doc = "Can one sign up for a trial here?",
    .method = GX_GET,
    .path = "/api/v1/signup",
    .who = GX_WHO_PUBLIC,
    .out = signup_out,
    .handler = signup_get,
};

struct name_in {
    struct gx_str name;
};

static const struct gx_schema name_in[] = {
    GX_FIELD(struct name_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 40),
    { 0 },
};

/* Names that a stranger must not have, since people would trust them. */
static bool is_reserved(struct gx_str name)
{
    static const char *const names[] = { "admin", "api",      "app",    "billing", "help",
                                         "login", "mail",     "main",   "master",  "operator",
                                         "root",  "security", "status", "support", "system",
                                         "test",  "tenant",   "www" };
    for (size_t i = 0; i < GX_COUNT(names); i++)
        if (gx_str_is(name, names[i]))
            return true;
    return false;
}

static const struct gx_schema name_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "free", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};

static enum gx_code signup_name(struct gx_req *req, const void *in_p)
{
    const struct name_in *in = in_p;
    struct entry e = {
        .req = req, .kind = KIND_LOOK, .address = address_of(req), .name = in->name
    };
    if (!gx_req_same_origin(req))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("Origin"), GX_M_CSRF);
    GX_TRY(check_open(req, &e.rules));
    GX_TRY(gx_db_write(req->ctx, gx_api(req)->tenant->db, enter, &e));
    bool is_free = !is_reserved(in->name) &&
                   gx_house_name_check(req->ctx, gx_api(req)->house, in->name) == GX_OK;
    gx_ctx_clear(req->ctx);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", in->name);
    gx_jw_key_bool(&w, "free", is_free);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_signup_name = {
    .doc = "Is the name of a tenant still free, and can it be one?",
    .method = GX_POST,
    .path = "/api/v1/signup/name",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = name_in,
    .in_size = sizeof(struct name_in),
    .out = name_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_RATE, GX_E_BUSY },
    .handler = signup_name,
};

/* --- making it */

struct signup_in {
    struct gx_str organisation, name, login, display_name, email, password, demo, language, token,
        website;
};

static const char *const languages[] = { "zh-Hant", "en", NULL };

static const struct gx_schema signup_in[] = {
    GX_FIELD(struct signup_in, organisation, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 120),
    GX_FIELD(struct signup_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 40,
             .doc = "Of the tenant, in its address: small letters, digits, hyphens."),
    GX_FIELD(struct signup_in, login, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 100,
             .doc = "An e-mail address, or any name to sign in with."),
    GX_FIELD(struct signup_in, display_name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 120),
    GX_FIELD(struct signup_in, email, .type = GX_SCHEMA_STR, .max = 200),
    GX_FIELD(struct signup_in, password, .type = GX_SCHEMA_STR, .required = true, .max = 256),
    GX_FIELD(struct signup_in, demo, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "Demo data of this trade, one of `trades`; empty: none."),
    GX_FIELD(struct signup_in, language, .type = GX_SCHEMA_STR, .words = languages),
    GX_FIELD(struct signup_in, token, .type = GX_SCHEMA_STR, .required = true, .min = 16,
             .max = TOKEN_CHARS, .doc = "Made up by the form: sent twice, it makes one tenant."),
    GX_FIELD(struct signup_in, website, .type = GX_SCHEMA_STR, .max = 200,
             .doc = "Stays empty: people do not see it."),
    { 0 },
};

static const struct gx_schema made_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "address", .type = GX_SCHEMA_STR, .required = true },
    { .name = "path",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Where it is on this host: sign in at <path>/api/v1/session." },
    { 0 },
};

struct beginning {
    struct entry *e;
    struct gx_str email;
};

static enum gx_code begin(void *p, struct gx_conn *conn)
{
    struct beginning *b = p;
    struct gx_ctx *ctx = b->e->req->ctx;
    struct gx_scope *scope = gx_scope_system(ctx, gx_api(b->e->req)->tenant, conn, "sign-up");
    const struct gx_subscription_new in = {
        .tenant = b->e->name, .email = b->email, .from = gx_operator_today(ctx), .trial = true
    };
    int64_t id;
    gx_ctx_clear(ctx);
    GX_TRY(gx_subscription_begin(scope, &in, &id));
    return put_entry(b->e, conn, KIND_MADE);
}

static const char *const *pack_list(struct gx_ctx *ctx, struct gx_str packs)
{
    const char **list = GX_ARENA_ARRAY(ctx->arena, const char *, packs.n + 2);
    struct gx_str piece;
    size_t n = 0;
    while (gx_str_split(&packs, ',', &piece))
        if (gx_str_trim(piece).n)
            list[n++] = gx_arena_cstr(ctx->arena, gx_str_trim(piece));
    return n ? list : NULL;
}

static enum gx_code plan_of_trials(struct gx_req *req, struct gx_subscription *ret)
{
    struct gx_conn *conn;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    GX_TRY(gx_db_reader(req->ctx, tenant->db, &conn));
    enum gx_code code =
        gx_subscription_trial_plan(gx_scope_system(req->ctx, tenant, conn, "sign-up"), ret);
    gx_db_reader_release(conn);
    return code;
}

static enum gx_code align_new(struct gx_req *req, struct gx_str name)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_directory_entry entry;
    struct gx_subscription s;
    struct gx_conn *conn;
    bool has = false, suspended;
    GX_TRY(gx_house_find(req->ctx, gx_api(req)->house, name, &entry));
    GX_TRY(gx_db_reader(req->ctx, tenant->db, &conn));
    enum gx_code code = gx_subscription_on(gx_scope_system(req->ctx, tenant, conn, "sign-up"), name,
                                           gx_operator_today(req->ctx), &s, &has);
    gx_db_reader_release(conn);
    GX_TRY(code);
    return has ? gx_operator_align(req->ctx, gx_api(req)->house, &entry, &s,
                                   gx_operator_today(req->ctx), &suspended)
               : GX_OK;
}

static enum gx_code make(struct gx_req *req, const struct signup_in *in, struct entry *e)
{
    struct gx_subscription plan;
    struct gx_house_made made;
    struct beginning b = { .e = e, .email = in->email };
    GX_TRY(plan_of_trials(req, &plan));
    const struct gx_house_new new_tenant = {
        .name = in->name,
        .packs = pack_list(req->ctx, plan.packs),
        .language = in->language,
        .tz_offset_min = GX_HOUSE_AS_FRONT,
        .organisation = in->organisation,
        .admin_login = in->login,
        .admin_name = in->display_name,
        .admin_email = in->email,
        .password = in->password,
        .demo = in->demo,
        .limits = { .seats = plan.seats,
                    .records = plan.records,
                    .file_bytes = plan.file_mb * 1000000 },
        .mark = plan.plan_code,
    };
    GX_TRY(gx_house_create(req->ctx, gx_api(req)->house, &new_tenant, &made));
    GX_TRY(gx_db_write(req->ctx, gx_api(req)->tenant->db, begin, &b));
    return align_new(req, in->name);
}

static enum gx_code signup_post(struct gx_req *req, const void *in_p)
{
    const struct signup_in *in = in_p;
    struct entry e = { .req = req,
                       .kind = KIND_TRY,
                       .address = address_of(req),
                       .name = in->name,
                       .token = in->token };
    struct gx_directory_entry entry;
    if (!gx_req_same_origin(req))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("Origin"), GX_M_CSRF);
    GX_TRY(check_open(req, &e.rules));
    if (in->website.n)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("website"), GX_M_SIGNUP_ROBOT);
    if (is_reserved(in->name))
        return gx_fail(req->ctx, GX_E_DUPLICATE, GX_STR("name"), GX_M_TENANT_THERE, in->name);
    GX_TRY(gx_db_write(req->ctx, gx_api(req)->tenant->db, enter, &e));
    if (!e.made)
        GX_TRY(make(req, in, &e));
    GX_TRY(gx_house_find(req->ctx, gx_api(req)->house, in->name, &entry));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", in->name);
    gx_jw_key_str(
        &w, "address",
        gx_house_address(req->ctx->arena, gx_api(req)->house, &entry, gx_req_header(req, "Host")));
    gx_jw_key_str(&w, "path", gx_arena_printf(req->ctx->arena, "/t/%.*s", GX_STR_ARG(in->name)));
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_signup_post = {
    .doc = "Make a tenant for a trial, with its first administrator; demo data comes in the "
           "background.",
    .method = GX_POST,
    .path = "/api/v1/signup",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .chore = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = signup_in,
    .in_size = sizeof(struct signup_in),
    .out = made_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_DUPLICATE, GX_E_RATE,
                GX_E_BUSY },
    .handler = signup_post,
};

/* --- the operator's switch */

struct rules_in {
    bool open;
    int64_t per_day;
};

static const struct gx_schema rules_in[] = {
    GX_FIELD(struct rules_in, open, .type = GX_SCHEMA_BOOL, .required = true),
    GX_FIELD(struct rules_in, per_day, .type = GX_SCHEMA_INT, .required = true, .min = 1,
             .max = PER_DAY_MAX, .doc = "Trials of everybody together in 24 hours."),
    { 0 },
};

static const struct gx_schema rules_out[] = {
    { .name = "open", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "per_day", .type = GX_SCHEMA_INT, .required = true },
    { .name = "made",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Trials that were made in the last 24 hours." },
    { 0 },
};

static enum gx_code rules_reply(struct gx_req *req)
{
    struct gx_conn *conn = gx_scope_conn(req->scope);
    const struct gx_value since = gx_value_int(req->ctx->now_us - GX_DAY_US);
    struct rules rules;
    int64_t made;
    GX_TRY(read_rules(req->ctx, conn, &rules));
    GX_TRY(gx_db_int(req->ctx, conn,
                     GX_SQL("SELECT count(*) FROM gx_signup WHERE kind = 2 AND at > ?1"), &since, 1,
                     0, &made));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "open", rules.open);
    gx_jw_key_int(&w, "per_day", rules.per_day);
    gx_jw_key_int(&w, "made", made);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code rules_get(struct gx_req *req, const void *in)
{
    (void)in;
    GX_TRY(gx_req_operator(req));
    return rules_reply(req);
}

const struct gx_route gx_route_operator_signup_get = {
    .doc = "May strangers sign up for a trial, and how many have?",
    .method = GX_GET,
    .path = "/api/v1/operator/signup",
    .who = GX_WHO_ADMIN,
    .out = rules_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = rules_get,
};

static enum gx_code rules_put(struct gx_req *req, const void *in_p)
{
    const struct rules_in *in = in_p;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    struct gx_subscription plan;
    GX_TRY(gx_req_operator(req));
    if (in->open)
        GX_TRY(gx_subscription_trial_plan(gx_operator_scope(req, "sign-up"), &plan));
    GX_TRY(
        gx_setting_set(req->ctx, conn, GX_STR(SETTING_OPEN), in->open ? GX_STR("1") : GX_STR("0")));
    GX_TRY(gx_setting_set(req->ctx, conn, GX_STR(SETTING_PER_DAY),
                          gx_arena_printf(req->ctx->arena, "%lld", (long long)in->per_day)));
    return rules_reply(req);
}

const struct gx_route gx_route_operator_signup_put = {
    .doc = "Let strangers sign up for a trial, or no more.",
    .method = GX_PUT,
    .path = "/api/v1/operator/signup",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = rules_in,
    .in_size = sizeof(struct rules_in),
    .out = rules_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = rules_put,
};
