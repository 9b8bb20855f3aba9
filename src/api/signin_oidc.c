/*
 * signin_oidc.c - signing in through a provider (OpenID Connect, authorization code with PKCE).
 *
 * Nothing is kept here while somebody is at the provider: what the answer must fit to (state,
 * nonce, the secret of PKCE, which provider, for what) stands sealed in a cookie of that browser,
 * so an answer that was begun in another browser, for another provider or another purpose is none.
 * It ends after ten minutes and serves once.  Where the person wanted to go stays in the browser:
 * the server sends nobody anywhere but to the provider.
 */
#include <sodium.h>

#include "access/factor.h"
#include "access/passkey.h"
#include "access/secret.h"
#include "api/oidc.h"
#include "api/signin.h"
#include "base/time.h"
#include "json/write.h"
#include "net/fetch.h"
#include "store/audit.h"
#include "store/record.h"

enum { FLOW_MIN = 10, STATE_BYTES = 24, VERIFIER_BYTES = 48, ERROR_CHARS_MAX = 60 };

#define FLOW_COOKIE "gx_oidc"
#define FLOW_USE    GX_STR("oidc-flow")

/* What an answer must fit to. */
struct flow {
    int64_t provider, expires_at, began_at;
    int64_t session; /* of who is signed in already; 0: signing in */
    struct gx_str purpose, state, nonce, verifier, redirect;
};

static enum gx_code keep_flow(struct gx_req *req, const struct flow *f)
{
    struct gx_buf text = { 0 };
    struct gx_jw w = gx_jw(&text);
    struct gx_str sealed;
    gx_jw_object(&w);
    gx_jw_key_id(&w, "provider", f->provider);
    gx_jw_key_id(&w, "expires_at", f->expires_at);
    gx_jw_key_id(&w, "began_at", f->began_at);
    gx_jw_key_id(&w, "session", f->session);
    gx_jw_key_str(&w, "purpose", f->purpose);
    gx_jw_key_str(&w, "state", f->state);
    gx_jw_key_str(&w, "nonce", f->nonce);
    gx_jw_key_str(&w, "verifier", f->verifier);
    gx_jw_key_str(&w, "redirect", f->redirect);
    gx_jw_object_end(&w);
    enum gx_code code =
        gx_seal(req->ctx, gx_api(req)->tenant, FLOW_USE, gx_buf_str(&text), &sealed);
    gx_buf_free(&text);
    GX_TRY(code);
    gx_signin_cookie(req, FLOW_COOKIE, sealed, FLOW_MIN * 60);
    return GX_OK;
}

/* GX_E_UNAUTHENTICATED: begun elsewhere, too long ago, or for something else. */
static enum gx_code take_flow(struct gx_req *req, int64_t provider, struct gx_str state,
                              struct flow *f)
{
    struct gx_ctx *ctx = req->ctx;
    struct gx_str sealed = gx_signin_cookie_get(req, FLOW_COOKIE), plain, none = GX_STR("");
    struct gx_json *json;
    int64_t session = req->session ? req->session->id : 0;
    gx_signin_cookie(req, FLOW_COOKIE, none, 0);
    if (sealed.n == 0 || gx_unseal(ctx, gx_api(req)->tenant, FLOW_USE, sealed, &plain) != GX_OK ||
        gx_json_read(ctx, plain, &json) != GX_OK) {
        gx_ctx_clear(ctx);
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, none, GX_M_OIDC_STATE);
    }
    *f = (struct flow){
        .provider = gx_json_get_int(json, "provider", 0),
        .expires_at = gx_json_get_int(json, "expires_at", 0),
        .began_at = gx_json_get_int(json, "began_at", 0),
        .session = gx_json_get_int(json, "session", 0),
        .purpose = gx_json_get_str(json, "purpose", none),
        .state = gx_json_get_str(json, "state", none),
        .nonce = gx_json_get_str(json, "nonce", none),
        .verifier = gx_json_get_str(json, "verifier", none),
        .redirect = gx_json_get_str(json, "redirect", none),
    };
    if (f->state.n && gx_secret_eq(f->state, state) && f->provider == provider &&
        f->expires_at >= ctx->now_us && f->session == session)
        return GX_OK;
    return gx_fail(ctx, GX_E_UNAUTHENTICATED, none, GX_M_OIDC_STATE);
}

/* A provider that may be used; its reader is given back before anybody is asked. */
static enum gx_code find_provider(struct gx_req *req, struct gx_provider *ret)
{
    struct gx_conn *conn;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code = gx_provider_get(req->ctx, conn, id, true, ret);
    gx_db_reader_release(conn);
    return code;
}

/* --- going there */

static const struct gx_schema start_out[] = {
    { .name = "url", .type = GX_SCHEMA_STR, .required = true, .doc = "Of the provider; go there." },
    { 0 },
};

static struct gx_str challenge_of(struct gx_arena *arena, struct gx_str verifier)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)verifier.p, verifier.n);
    return gx_base64url(arena, hash, sizeof hash);
}

static void add_param(struct gx_req *req, struct gx_buf *url, const char *name, struct gx_str value)
{
    struct gx_str encoded = gx_form_encode(req->ctx->arena, value);
    if (value.n)
        gx_buf_printf(url, "&%s=%.*s", name, GX_STR_ARG(encoded));
}

static void write_url(struct gx_req *req, const struct gx_provider *p, struct gx_str authorize,
                      const struct flow *f, struct gx_buf *url)
{
    gx_buf_add(url, authorize);
    gx_buf_addz(url, gx_str_find(authorize, '?') < authorize.n ? "&" : "?");
    gx_buf_addz(url, "response_type=code&code_challenge_method=S256");
    add_param(req, url, "client_id", p->client);
    add_param(req, url, "redirect_uri", f->redirect);
    add_param(req, url, "scope", p->scopes);
    add_param(req, url, "state", f->state);
    add_param(req, url, "nonce", f->nonce);
    add_param(req, url, "code_challenge", challenge_of(req->ctx->arena, f->verifier));
    add_param(req, url, "acr_values", p->acr);
    if (gx_str_is(f->purpose, "fresh")) {
        add_param(req, url, "prompt", GX_STR("login"));
        add_param(req, url, "max_age", GX_STR("0"));
    }
}

static enum gx_code go_there(struct gx_req *req, struct gx_str purpose)
{
    struct gx_arena *arena = req->ctx->arena;
    struct gx_provider p;
    struct gx_oidc_places places;
    struct gx_buf url = { 0 };
    GX_TRY(find_provider(req, &p));
    GX_TRY(gx_oidc_places(req, &p, false, &places));
    struct flow f = {
        .provider = p.id,
        .expires_at = req->ctx->now_us + FLOW_MIN * GX_MINUTE_US,
        .began_at = req->ctx->now_us,
        .session = req->session ? req->session->id : 0,
        .purpose = purpose,
        .state = gx_random_text(arena, STATE_BYTES),
        .nonce = gx_random_text(arena, STATE_BYTES),
        .verifier = gx_random_text(arena, VERIFIER_BYTES),
    };
    struct gx_str origin = gx_signin_origin(req);
    f.redirect = gx_arena_printf(arena, "%.*s%.*s/signin/%lld", GX_STR_ARG(origin),
                                 GX_STR_ARG(req->base), (long long)p.id);
    GX_TRY(keep_flow(req, &f));
    write_url(req, &p, places.authorize, &f, &url);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "url", gx_buf_str(&url));
    gx_jw_object_end(&w);
    gx_buf_free(&url);
    return GX_OK;
}

static enum gx_code start_post(struct gx_req *req, const void *in)
{
    (void)in;
    GX_TRY(gx_signin_from_us(req));
    return go_there(req, GX_STR("signin"));
}

const struct gx_route gx_route_signin_oidc_start = {
    .doc = "Begin to sign in through a provider: where to send the browser, and a cookie that its "
           "answer must fit to.",
    .method = GX_POST,
    .path = "/api/v1/signin/oidc/{provider}/start",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .outward = true,
    .secret = true,
    .out = start_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_BUSY, GX_E_RATE },
    .handler = start_post,
};

struct purpose_in {
    struct gx_str purpose;
};

static const char *const purposes[] = { "link", "fresh", NULL };

static const struct gx_schema purpose_in[] = {
    GX_FIELD(struct purpose_in, purpose, .type = GX_SCHEMA_STR, .required = true, .words = purposes,
             .doc = "link: it shall be good for signing in from now on; fresh: to confirm that it "
                    "is still you."),
    { 0 },
};

static enum gx_code me_start_post(struct gx_req *req, const void *in_p)
{
    const struct purpose_in *in = in_p;
    if (!req->session || req->session->kind != GX_SESSION_COOKIE)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SELF_ONLY);
    if (gx_str_is(in->purpose, "link"))
        GX_TRY(gx_req_fresh(req));
    return go_there(req, in->purpose);
}

const struct gx_route gx_route_session_oidc_start = {
    .doc = "Go to a provider as who is signed in already: to link it, or to confirm who it is.",
    .method = GX_POST,
    .path = "/api/v1/session/oidc/{provider}/start",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .outward = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = purpose_in,
    .in_size = sizeof(struct purpose_in),
    .out = start_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_BUSY, GX_E_RATE },
    .handler = me_start_post,
};

/* --- coming back */

struct answer_in {
    struct gx_str state, code, iss, error;
};

static const struct gx_schema answer_in[] = {
    GX_FIELD(struct answer_in, state, .type = GX_SCHEMA_STR, .required = true, .max = 200),
    GX_FIELD(struct answer_in, code, .type = GX_SCHEMA_STR, .max = 4000),
    GX_FIELD(struct answer_in, iss, .type = GX_SCHEMA_STR, .max = 500,
             .doc = "Who says so (RFC 9207)."),
    GX_FIELD(struct answer_in, error, .type = GX_SCHEMA_STR, .max = 200,
             .doc = "Why there is no code."),
    { 0 },
};

struct coming {
    struct gx_req *req;
    struct flow flow;
    struct gx_provider provider;
    struct gx_claims claims;
    int64_t user;
    bool first; /* nobody has answered this flow before */
};

static enum gx_code spend(void *v, struct gx_conn *conn)
{
    struct coming *c = v;
    struct gx_str mac;
    struct gx_ctx *ctx = c->req->ctx;
    gx_ctx_clear(ctx);
    GX_TRY(gx_mac(ctx, gx_api(c->req)->tenant, FLOW_USE, c->flow.state, &mac));
    return gx_once(ctx, conn, mac, c->flow.expires_at, &c->first);
}

/* What a provider gives as the reason, if it is one of the words that there are for it. */
static struct gx_str error_word(struct gx_str error)
{
    for (size_t i = 0; i < error.n; i++)
        if ((error.p[i] < 'a' || error.p[i] > 'z') && error.p[i] != '_')
            return GX_STR("error");
    return error.n <= ERROR_CHARS_MAX ? error : GX_STR("error");
}

/* From the answer of a browser to who that is at the provider. */
static enum gx_code find_out(struct coming *c, const struct answer_in *in)
{
    struct gx_req *req = c->req;
    struct gx_ctx *ctx = req->ctx;
    struct gx_oidc_places places;
    GX_TRY(find_provider(req, &c->provider));
    GX_TRY(take_flow(req, c->provider.id, in->state, &c->flow));
    GX_TRY(gx_db_write(ctx, gx_api(req)->tenant->db, spend, c));
    if (!c->first)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_OIDC_STATE);
    if (in->error.n || in->code.n == 0)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_OIDC_ERROR, c->provider.name,
                       error_word(in->error));
    GX_TRY(gx_oidc_places(req, &c->provider, false, &places));
    if (places.says_issuer || in->iss.n)
        if (!gx_str_eq(in->iss, c->provider.issuer))
            return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_OIDC_BAD, c->provider.name);
    struct gx_oidc_code code = { in->code, c->flow.verifier, c->flow.redirect, c->flow.nonce };
    GX_TRY(gx_oidc_claims(req, &c->provider, &places, &code, &c->claims));
    if (gx_provider_takes(&c->provider, c->claims.email))
        return GX_OK;
    return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_DOMAIN, c->provider.name);
}

/* --- who that is here */

static enum gx_code note_identity(struct coming *c, const char *how)
{
    struct gx_audit_note note = {
        .by = gx_scope_me(c->req->scope),
        .about = c->user,
        .what = "access",
    };
    struct gx_buf data = { 0 };
    struct gx_jw w = gx_jw(&data);
    gx_jw_object(&w);
    gx_jw_key(&w, gx_str_c(how));
    gx_jw_array(&w);
    gx_jw_null(&w);
    gx_jw_str(&w, c->provider.name);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    note.data = gx_arena_str(c->req->ctx->arena, gx_buf_str(&data));
    gx_buf_free(&data);
    return gx_audit_add(c->req->ctx, gx_api(c->req)->tenant, gx_scope_conn(c->req->scope), &note);
}

static enum gx_code link_it(struct coming *c, const char *how)
{
    struct gx_str name = c->claims.email.n ? c->claims.email : c->claims.name;
    GX_TRY(gx_identity_add(c->req->ctx, gx_api(c->req)->tenant, gx_scope_conn(c->req->scope),
                           c->user, c->provider.issuer, c->claims.subject, name));
    return note_identity(c, how);
}

/* A new user with the roles of the provider; a login that somebody has already is not taken over.
 */
static enum gx_code create_user(struct coming *c)
{
    struct gx_req *req = c->req;
    const struct gx_claims *claims = &c->claims;
    const struct gx_strs roles = { c->provider.roles, c->provider.role_count };
    const struct gx_object *object;
    struct gx_json *values;
    struct gx_input *input;
    struct gx_buf text = { 0 };
    struct gx_jw w = gx_jw(&text);
    int64_t there;
    if (claims->login.n == 0)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_NO_NAME, c->provider.name,
                       c->provider.claim);
    struct gx_value login = gx_value_text(claims->login);
    GX_TRY(gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT id FROM \"user\" WHERE login = ?1"), &login, 1, 0, &there));
    if (there)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_TAKEN, claims->login);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "login", claims->login);
    gx_jw_key_str(&w, "display_name", claims->name.n ? claims->name : claims->login);
    if (claims->email.n)
        gx_jw_key_str(&w, "email", claims->email);
    gx_jw_object_end(&w);
    struct gx_str json = gx_arena_str(req->ctx->arena, gx_buf_str(&text));
    gx_buf_free(&text);
    GX_TRY(gx_json_read(req->ctx, json, &values));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    GX_TRY(gx_input_json(req->scope, object, values, GX_STR(""), &input));
    GX_TRY(gx_record_create(req->scope, input, &(struct gx_write_options){ 0 }, &c->user));
    GX_TRY(gx_user_roles_set(req, c->user, &roles));
    return link_it(c, "provider_created");
}

/* On the writer: by subject; by a verified address, or newly made, only where that was set up. */
static enum gx_code recognise(void *v, struct gx_conn *conn)
{
    struct coming *c = v;
    struct gx_req *req = c->req;
    struct gx_ctx *ctx = req->ctx;
    const struct gx_provider *p = &c->provider;
    gx_ctx_clear(ctx);
    req->scope = gx_scope_system(ctx, gx_api(req)->tenant, conn, "signing in through a provider");
    GX_TRY(gx_identity_find(ctx, conn, p->issuer, c->claims.subject, &c->user));
    if (c->user)
        return gx_identity_used(ctx, conn, p->issuer, c->claims.subject);
    if (p->links_email && c->claims.email_verified)
        GX_TRY(gx_identity_by_email(ctx, conn, p->issuer, c->claims.email, &c->user));
    if (c->user)
        return link_it(c, "provider_linked");
    if (!p->creates)
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_UNKNOWN, p->name);
    if (p->domain_count && !c->claims.email_verified)
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_DOMAIN, p->name);
    return create_user(c);
}

/* The provider vouches for a second factor, or ours is next. */
static enum gx_code open_session(struct coming *c, struct gx_conn *conn)
{
    struct gx_req *req = c->req;
    const struct gx_provider *p = &c->provider;
    struct gx_opening o = { .req = req, .user = c->user, .way = "oidc" };
    struct gx_factors factors;
    bool vouched =
        p->second == GX_SECOND_TRUST || (p->second == GX_SECOND_CLAIM && c->claims.second);
    GX_TRY(gx_factors_get(req->ctx, conn, c->user, &factors));
    if (p->second == GX_SECOND_CLAIM && !vouched && !gx_factors_any(&factors))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_SECOND, p->name);
    o.way = vouched ? "oidc_mfa" : "oidc";
    o.fresh_us = c->claims.signed_us;
    GX_TRY(gx_scope_user(req->ctx, gx_api(req)->tenant, conn, c->user, &req->scope)); /* active? */
    return !vouched && gx_factors_any(&factors) ? gx_signin_half(req, c->user)
                                                : gx_signin_open(&o, conn);
}

static enum gx_code answer_post(struct gx_req *req, const void *in)
{
    struct coming c = { .req = req };
    struct gx_conn *conn;
    GX_TRY(gx_signin_from_us(req));
    enum gx_code code = find_out(&c, in);
    if (code == GX_OK)
        code = gx_db_write(req->ctx, gx_api(req)->tenant->db, recognise, &c);
    req->scope = NULL;
    if (code == GX_OK)
        code = gx_signin_reader(req, &conn);
    if (code == GX_OK)
        code = open_session(&c, conn);
    if (code == GX_E_UNAUTHENTICATED || code == GX_E_FORBIDDEN)
        gx_signin_failed_for(req, c.user);
    return code;
}

const struct gx_route gx_route_signin_oidc_post = {
    .doc = "What the provider has sent the browser back with; sets the session cookie.  With a "
           "second factor of ours, it is refused as `second_factor`.",
    .method = GX_POST,
    .path = "/api/v1/signin/oidc/{provider}",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .outward = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = answer_in,
    .in_size = sizeof(struct answer_in),
    .out = gx_session_schema,
    .errors = { GX_E_UNAUTHENTICATED, GX_E_SECOND_FACTOR, GX_E_FORBIDDEN, GX_E_NOT_FOUND,
                GX_E_INVALID, GX_E_BUSY, GX_E_RATE, GX_E_PLAN },
    .handler = answer_post,
};

/* --- as who is signed in already */

static enum gx_code link_mine(void *v, struct gx_conn *conn)
{
    struct coming *c = v;
    gx_ctx_clear(c->req->ctx);
    gx_scope_use(c->req->scope, conn);
    return link_it(c, "provider_linked");
}

/* The same person at the provider, who has just been asked there. */
static enum gx_code confirm_me(void *v, struct gx_conn *conn)
{
    struct coming *c = v;
    struct gx_ctx *ctx = c->req->ctx;
    int64_t user;
    gx_ctx_clear(ctx);
    GX_TRY(gx_identity_find(ctx, conn, c->provider.issuer, c->claims.subject, &user));
    bool now = c->claims.signed_us + GX_ID_TOKEN_SKEW_S * GX_SECOND_US >= c->flow.began_at;
    if (user != c->user || !now)
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_OIDC_NOT_AGAIN, c->provider.name);
    return gx_signin_freshen(c->req, conn, "oidc");
}

static enum gx_code me_answer_post(struct gx_req *req, const void *in)
{
    struct coming c = { .req = req, .user = gx_scope_me(req->scope) };
    struct gx_db *db = gx_api(req)->tenant->db;
    if (!req->session || req->session->kind != GX_SESSION_COOKIE)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SELF_ONLY);
    GX_TRY(find_out(&c, in));
    if (gx_str_is(c.flow.purpose, "fresh"))
        GX_TRY(gx_db_write(req->ctx, db, confirm_me, &c));
    else
        GX_TRY(gx_db_write(req->ctx, db, link_mine, &c));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_session_oidc_post = {
    .doc = "What the provider has sent the browser of somebody signed in back with: it is linked, "
           "or has confirmed who it is.",
    .method = GX_POST,
    .path = "/api/v1/session/oidc/{provider}",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .outward = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = answer_in,
    .in_size = sizeof(struct answer_in),
    .out_kind = "none",
    .errors = { GX_E_UNAUTHENTICATED, GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_DUPLICATE, GX_E_INVALID,
                GX_E_BUSY, GX_E_RATE, GX_E_PLAN },
    .handler = me_answer_post,
};
