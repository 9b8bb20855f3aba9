/* passkey.c - passkeys: made, named, removed, and signed in with. */
#include "access/passkey.h"

#include "access/factor.h"
#include "api/signin.h"
#include "base/text.h"
#include "store/audit.h"

/* Who we are to a browser. */
static void relying(struct gx_req *req, struct gx_relying *rp)
{
    rp->origin = gx_signin_origin(req);
    struct gx_str host = gx_str_from(rp->origin, gx_str_search(rp->origin, GX_STR("://")) + 3);
    host.n = gx_str_find(host, ':');
    rp->id = host;
}

/* --- made */

struct name_in {
    struct gx_str name;
};

static enum gx_code only_me(struct gx_req *req, int64_t *ret_user)
{
    GX_TRY(gx_req_id(req, 0, ret_user));
    if (*ret_user == gx_scope_me(req->scope) && *ret_user)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SELF_ONLY);
}

static const struct gx_schema options_out[] = {
    { .name = "challenge", .type = GX_SCHEMA_STR, .required = true, .doc = "base64url" },
    { .name = "rp_id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "rp_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "user_id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "user_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "display_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "exclude",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "Credentials of this user that there are already, base64url." },
    { 0 },
};

static enum gx_code write_names(struct gx_req *req, int64_t user, struct gx_jw *w)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT login, coalesce(display_name, login) FROM \"user\" "
                              "WHERE id = ?1"),
                       &id, 1, &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    gx_jw_key_str(w, "user_name", has ? gx_rows_text(rows, 0) : GX_STR(""));
    gx_jw_key_str(w, "display_name", has ? gx_rows_text(rows, 1) : GX_STR(""));
    gx_rows_close(rows);
    return code;
}

static enum gx_code options_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_settings settings = gx_settings_now(tenant, req->ctx->arena);
    struct gx_relying rp;
    struct gx_str challenge;
    int64_t user;
    GX_TRY(only_me(req, &user));
    relying(req, &rp);
    GX_TRY(gx_challenge_make(req->ctx, tenant, GX_CHALLENGE_REGISTER, user, &challenge));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "challenge", challenge);
    gx_jw_key_str(&w, "rp_id", rp.id);
    gx_jw_key_str(&w, "rp_name",
                  settings.organisation.n ? settings.organisation : GX_STR("Guanxi"));
    gx_jw_key_id(&w, "user_id", user);
    GX_TRY(write_names(req, user, &w));
    gx_jw_key(&w, GX_STR("exclude"));
    gx_jw_array(&w);
    GX_TRY(gx_passkeys_write_ids(req->ctx, gx_scope_conn(req->scope), user, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_passkey_options = {
    .doc = "What a browser needs for making a passkey; good for five minutes, once.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/passkeys/options",
    .who = GX_WHO_SIGNED_IN,
    .fresh = true,
    .secret = true,
    .out = options_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP },
    .handler = options_post,
};

struct passkey_in {
    struct gx_str name, client_data, attestation;
};

static const struct gx_schema passkey_in[] = {
    GX_FIELD(struct passkey_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = GX_PASSKEY_NAME_CHARS_MAX),
    GX_FIELD(struct passkey_in, client_data, .type = GX_SCHEMA_STR, .required = true, .max = 4000,
             .doc = "clientDataJSON, base64url."),
    GX_FIELD(struct passkey_in, attestation, .type = GX_SCHEMA_STR, .required = true, .max = 60000,
             .doc = "attestationObject, base64url."),
    { 0 },
};

static const struct gx_schema added_out[] = {
    { .name = "recovery",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "Recovery codes, where this is the first factor; shown only this once." },
    { 0 },
};

static enum gx_code passkeys_post(struct gx_req *req, const void *in_p)
{
    const struct passkey_in *in = in_p;
    const struct gx_attestation given = { in->client_data, in->attestation };
    struct gx_relying rp;
    int64_t user;
    GX_TRY(only_me(req, &user));
    relying(req, &rp);
    GX_TRY(gx_passkey_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &rp, user,
                          gx_str_trim(in->name), &given));
    GX_TRY(gx_audit_access(req->scope, user, "passkey", NULL, in->name));
    req->status = 201;
    return gx_recovery_reply(req, user);
}

const struct gx_route gx_route_passkeys_post = {
    .doc = "Keep a passkey that a browser has made.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/passkeys",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = passkey_in,
    .in_size = sizeof(struct passkey_in),
    .out = added_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_DUPLICATE },
    .handler = passkeys_post,
};

static const struct gx_schema name_in[] = {
    GX_FIELD(struct name_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = GX_PASSKEY_NAME_CHARS_MAX),
    { 0 },
};

static enum gx_code passkey_patch(struct gx_req *req, const void *in_p)
{
    const struct name_in *in = in_p;
    int64_t user, id;
    GX_TRY(only_me(req, &user));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_passkey_rename(req->ctx, gx_scope_conn(req->scope), user, id, gx_str_trim(in->name)));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_passkey_patch = {
    .doc = "Call a passkey something else.",
    .method = GX_PATCH,
    .path = "/api/v1/user/{id}/passkeys/{passkey}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = name_in,
    .in_size = sizeof(struct name_in),
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = passkey_patch,
};

static enum gx_code passkey_delete(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user, id;
    GX_TRY(only_me(req, &user));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_passkey_remove(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user, id));
    GX_TRY(gx_audit_access(req->scope, user, "passkey", "", GX_STR("removed")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_passkey_delete = {
    .doc = "Take a passkey away.",
    .method = GX_DELETE,
    .path = "/api/v1/user/{id}/passkeys/{passkey}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = passkey_delete,
};

/* --- signed in with */

static const struct gx_schema ask_out[] = {
    { .name = "challenge", .type = GX_SCHEMA_STR, .required = true, .doc = "base64url" },
    { .name = "rp_id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "allow",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "Which credentials serve; empty: any that the device has for this place." },
    { .name = "verified",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "The device must ask for a finger, a face or a PIN." },
    { 0 },
};

static enum gx_code reply_ask(struct gx_req *req, struct gx_conn *conn, enum gx_challenge kind,
                              int64_t challenge_user, int64_t allow_user)
{
    struct gx_relying rp;
    struct gx_str challenge;
    relying(req, &rp);
    GX_TRY(gx_challenge_make(req->ctx, gx_api(req)->tenant, kind, challenge_user, &challenge));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "challenge", challenge);
    gx_jw_key_str(&w, "rp_id", rp.id);
    gx_jw_key(&w, GX_STR("allow"));
    gx_jw_array(&w);
    if (allow_user)
        GX_TRY(gx_passkeys_write_ids(req->ctx, conn, allow_user, &w));
    gx_jw_array_end(&w);
    gx_jw_key_bool(&w, "verified", allow_user == 0);
    gx_jw_object_end(&w);
    return GX_OK;
}

/* Who has given the password already; 0: nobody. */
static int64_t waiting(struct gx_req *req, struct gx_conn *conn, struct gx_str *ret_half)
{
    int64_t user = 0;
    *ret_half = gx_signin_cookie_get(req, "gx_half");
    if (ret_half->n && gx_session_half(req->ctx, conn, *ret_half, &user) != GX_OK) {
        gx_ctx_clear(req->ctx);
        user = 0;
    }
    if (!user)
        *ret_half = GX_STR("");
    return user;
}

static enum gx_code ask_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_conn *conn;
    struct gx_str half;
    GX_TRY(gx_signin_from_us(req));
    GX_TRY(gx_signin_reader(req, &conn));
    return reply_ask(req, conn, GX_CHALLENGE_SIGNIN, 0, waiting(req, conn, &half));
}

const struct gx_route gx_route_signin_passkey_options = {
    .doc = "What a browser needs for signing in with a passkey; good for five minutes, once.",
    .method = GX_POST,
    .path = "/api/v1/signin/passkey/options",
    .who = GX_WHO_PUBLIC,
    .secret = true,
    .out = ask_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = ask_post,
};

static const struct gx_schema assertion_fields[] = {
    GX_FIELD(struct gx_assertion, id, .type = GX_SCHEMA_STR, .required = true, .max = 1500),
    GX_FIELD(struct gx_assertion, client_data, .type = GX_SCHEMA_STR, .required = true,
             .max = 4000),
    GX_FIELD(struct gx_assertion, authenticator_data, .type = GX_SCHEMA_STR, .required = true,
             .max = 4000),
    GX_FIELD(struct gx_assertion, signature, .type = GX_SCHEMA_STR, .required = true, .max = 4000),
    { 0 },
};

struct using
{
    struct gx_relying rp;
    const struct gx_assertion *given;
};

static enum gx_code use_passkey(struct gx_opening *o, struct gx_conn *conn)
{
    struct using *u = o->before_p;
    /* A passkey that has asked for finger or PIN is two factors by itself. */
    return gx_passkey_use(o->req->ctx, gx_api(o->req)->tenant, conn, &u->rp, GX_CHALLENGE_SIGNIN,
                          o->half.n ? o->user : 0, o->half.n == 0, u->given, &o->user);
}

/* Whose it is, so that the session can be prepared; whether it is good is seen on the writer. */
static enum gx_code owner_of(struct gx_req *req, struct gx_conn *conn, struct gx_str credential,
                             int64_t *ret_user)
{
    struct gx_value value = gx_value_text(credential);
    GX_TRY(gx_db_int(req->ctx, conn, GX_SQL("SELECT user_id FROM gx_passkey WHERE credential = ?1"),
                     &value, 1, 0, ret_user));
    return *ret_user ? GX_OK
                     : gx_fail(req->ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_PASSKEY_WRONG);
}

static enum gx_code signin_passkey(struct gx_req *req, const void *in_p)
{
    struct using u = { .given = in_p };
    struct gx_caller caller = gx_signin_caller(req);
    struct gx_opening o = { .req = req, .way = "passkey", .before = use_passkey, .before_p = &u };
    struct gx_conn *conn;
    GX_TRY(gx_signin_from_us(req));
    GX_TRY(gx_signin_reader(req, &conn));
    relying(req, &u.rp);
    o.user = waiting(req, conn, &o.half);
    enum gx_code code = o.user ? GX_OK : owner_of(req, conn, u.given->id, &o.user);
    int64_t user = o.user; /* whoever it is said to be: the log counts what was not good */
    GX_TRY(gx_passkey_try(req->ctx, gx_api(req)->tenant, conn, user, caller));
    if (code == GX_OK)
        code = gx_signin_open(&o, conn);
    if (code == GX_E_UNAUTHENTICATED)
        gx_signin_failed_for(req, user);
    else
        GX_TRY(gx_passkey_good(req->ctx, gx_api(req)->tenant, conn, user, caller));
    return code;
}

const struct gx_route gx_route_signin_passkey = {
    .doc = "Sign in with a passkey, alone or as the second step; sets the session cookie.",
    .method = GX_POST,
    .path = "/api/v1/signin/passkey",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = assertion_fields,
    .in_size = sizeof(struct gx_assertion),
    .out = gx_session_schema,
    .errors = { GX_E_UNAUTHENTICATED, GX_E_FORBIDDEN, GX_E_BUSY, GX_E_INVALID, GX_E_RATE },
    .handler = signin_passkey,
};

/* --- proved once more */

static enum gx_code fresh_options(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t me = gx_scope_me(req->scope);
    return reply_ask(req, gx_scope_conn(req->scope), GX_CHALLENGE_FRESH, me, me);
}

const struct gx_route gx_route_session_fresh_options = {
    .doc = "What a browser needs for confirming with a passkey that it is still you.",
    .method = GX_POST,
    .path = "/api/v1/session/fresh/options",
    .who = GX_WHO_SIGNED_IN,
    .secret = true,
    .out = ask_out,
    .errors = { GX_E_UNAUTHENTICATED },
    .handler = fresh_options,
};

struct fresh_in {
    struct gx_str password, code;
    struct gx_assertion passkey;
};

static const struct gx_schema fresh_in[] = {
    GX_FIELD(struct fresh_in, password, .type = GX_SCHEMA_STR, .max = 256),
    GX_FIELD(struct fresh_in, code, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "Of the authenticator application, or a recovery code."),
    GX_FIELD(struct fresh_in, passkey, .type = GX_SCHEMA_OBJECT, .fields = assertion_fields),
    { 0 },
};

struct freshening {
    struct gx_req *req;
    const struct fresh_in *in;
    struct gx_relying rp;
    const char *way;
};

static enum gx_code freshen(void *p, struct gx_conn *conn)
{
    struct freshening *f = p;
    struct gx_req *req = f->req;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    int64_t user = req->session->user;
    gx_ctx_clear(req->ctx);
    if (f->in->code.n) {
        GX_TRY(gx_code_use(req->ctx, tenant, conn, user, f->in->code, &f->way));
        if (!f->way)
            return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("code"), GX_M_CODE_WRONG);
    } else if (f->in->passkey.id.n) {
        f->way = "passkey";
        enum gx_code code = gx_passkey_use(req->ctx, tenant, conn, &f->rp, GX_CHALLENGE_FRESH, user,
                                           false, &f->in->passkey, &user);
        /* Nobody is signed out by a wrong one: 401 would say so. */
        if (code == GX_E_UNAUTHENTICATED)
            return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("passkey"), GX_M_PASSKEY_WRONG);
        GX_TRY(code);
    }
    return gx_signin_freshen(req, conn, f->way);
}

static enum gx_code session_fresh(struct gx_req *req, const void *in_p)
{
    struct freshening f = { .req = req, .in = in_p, .way = "password" };
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_str what;
    if (!req->session || req->session->kind != GX_SESSION_COOKIE)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SELF_ONLY);
    if (!f.in->password.n && !f.in->code.n && !f.in->passkey.id.n)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("password"), GX_M_PASSWORD_PRESENT_NEEDED);
    what = gx_arena_printf(req->ctx->arena, "%lld", (long long)req->session->id);
    GX_TRY(gx_req_reader(req));
    relying(req, &f.rp);
    if (f.in->password.n)
        GX_TRY(gx_password_check(req->ctx, tenant, gx_scope_conn(req->scope), req->session->user,
                                 f.in->password, gx_signin_caller(req)));
    else if (f.in->code.n)
        GX_TRY(gx_code_try(req->ctx, tenant, req->session->user, what));
    GX_TRY(gx_db_write(req->ctx, tenant->db, freshen, &f));
    if (!f.in->password.n && f.in->code.n)
        gx_code_good(req->ctx, tenant, req->session->user, what);
    req->status = 204;
    return GX_OK;
}

/* Not a .writes route: checking the password must not hold the writer. */
const struct gx_route gx_route_session_fresh = {
    .doc = "Confirm that it is still you: with the password, a code, or a passkey.",
    .method = GX_POST,
    .path = "/api/v1/session/fresh",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = fresh_in,
    .in_size = sizeof(struct fresh_in),
    .out_kind = "none",
    .errors = { GX_E_UNAUTHENTICATED, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_RATE, GX_E_BUSY },
    .handler = session_fresh,
};
