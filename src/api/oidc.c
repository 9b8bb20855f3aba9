/* oidc.c - see oidc.h. */
#include "api/oidc.h"

#include <pthread.h>

#include "base/log.h"
#include "base/time.h"
#include "net/fetch.h"

enum { ENTRIES = 64, DOCUMENT_BYTES_MAX = 256 << 10 };

/* A document as it came; what is asked of one tenant's provider is no other's. */
struct entry {
    const struct gx_tenant *tenant;
    int64_t provider, at_us, failed_us;
    uint64_t url;
    struct gx_buf text;
};

struct gx_oidc {
    pthread_mutex_t lock;
    struct entry entries[ENTRIES]; /* the oldest gives way */
};

struct gx_oidc *gx_oidc_new(struct gx_arena *arena)
{
    struct gx_oidc *oidc = GX_ARENA_NEW(arena, struct gx_oidc);
    pthread_mutex_init(&oidc->lock, NULL);
    return oidc;
}

void gx_oidc_end(struct gx_oidc *oidc)
{
    for (size_t i = 0; i < ENTRIES; i++)
        gx_buf_free(&oidc->entries[i].text);
    pthread_mutex_destroy(&oidc->lock);
}

static struct entry *entry_of(struct gx_oidc *oidc, const struct gx_tenant *tenant,
                              int64_t provider, uint64_t url)
{
    struct entry *oldest = &oidc->entries[0];
    for (struct entry *e = oidc->entries; e < oidc->entries + ENTRIES; e++) {
        if (e->tenant == tenant && e->provider == provider && e->url == url)
            return e;
        if (e->at_us < oldest->at_us)
            oldest = e;
    }
    gx_buf_clear(&oldest->text);
    oldest->tenant = tenant;
    oldest->provider = provider;
    oldest->url = url;
    oldest->at_us = 0;
    oldest->failed_us = 0;
    return oldest;
}

/* A JSON document of the provider, asked for once in `age_s`. */
static enum gx_code document(struct gx_req *req, const struct gx_provider *p, struct gx_str url,
                             int64_t age_s, const struct gx_json **ret_json)
{
    struct gx_oidc *oidc = gx_api(req)->oidc;
    struct gx_ctx *ctx = req->ctx;
    struct gx_fetch ask = { .url = url, .inside = p->inside };
    struct gx_fetched got = { 0 };
    struct gx_json *json;
    uint64_t key = gx_str_hash(url);
    int64_t now = gx_monotonic_us();
    pthread_mutex_lock(&oidc->lock);
    struct entry *e = entry_of(oidc, gx_api(req)->tenant, p->id, key);
    if (e->at_us && now - e->at_us < age_s * GX_SECOND_US)
        got.body = gx_arena_str(ctx->arena, gx_buf_str(&e->text));
    bool sulks = age_s && e->failed_us && now - e->failed_us < GX_OIDC_SULK_S * GX_SECOND_US;
    pthread_mutex_unlock(&oidc->lock);
    enum gx_code code = GX_OK;
    if (!got.body.n)
        code = sulks ? gx_fail(ctx, GX_E_BUSY, GX_STR(""), GX_M_OIDC_SULKS, p->name)
                     : gx_fetch(ctx, &ask, &got);
    if (code == GX_OK && ((got.status && got.status != 200) || got.body.n > DOCUMENT_BYTES_MAX))
        code = gx_fail(ctx, GX_E_BUSY, GX_STR("issuer"), GX_M_OIDC_STATUS, url,
                       gx_arena_printf(ctx->arena, "%d", got.status));
    if (code == GX_OK && (gx_json_read(ctx, got.body, &json) != GX_OK || !json->first)) {
        gx_ctx_clear(ctx);
        code = gx_fail(ctx, GX_E_BUSY, GX_STR("issuer"), GX_M_OIDC_DOCUMENT, url);
    }
    pthread_mutex_lock(&oidc->lock);
    e = entry_of(oidc, gx_api(req)->tenant, p->id, key);
    if (code != GX_OK) {
        e->failed_us = sulks ? e->failed_us : now;
    } else if (got.status) {
        gx_buf_clear(&e->text);
        gx_buf_add(&e->text, got.body);
        e->at_us = now;
        e->failed_us = 0;
    }
    pthread_mutex_unlock(&oidc->lock);
    GX_TRY(code);
    *ret_json = json;
    return GX_OK;
}

/* --- discovery */

static bool has_word(const struct gx_json *json, const char *key, const char *word)
{
    const struct gx_json *list = gx_json_get(json, key);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next)
        if (k->kind == GX_JSON_STRING && gx_str_is(k->text, word))
            return true;
    return false;
}

/* What was not good is asked for anew by the next one. */
static void forget(struct gx_req *req, const struct gx_provider *p, struct gx_str url)
{
    struct gx_oidc *oidc = gx_api(req)->oidc;
    pthread_mutex_lock(&oidc->lock);
    entry_of(oidc, gx_api(req)->tenant, p->id, gx_str_hash(url))->at_us = 0;
    pthread_mutex_unlock(&oidc->lock);
}

static enum gx_code read_places(struct gx_req *req, const struct gx_provider *p,
                                const struct gx_json *json, struct gx_oidc_places *ret)
{
    struct gx_ctx *ctx = req->ctx;
    struct gx_str none = GX_STR("");
    if (!gx_str_eq(gx_json_get_str(json, "issuer", none), p->issuer))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("issuer"), GX_M_OIDC_ISSUER,
                       gx_json_get_str(json, "issuer", none));
    struct gx_oidc_places places = {
        .authorize = gx_json_get_str(json, "authorization_endpoint", none),
        .token = gx_json_get_str(json, "token_endpoint", none),
        .keys = gx_json_get_str(json, "jwks_uri", none),
        .user = gx_json_get_str(json, "userinfo_endpoint", none),
        .says_issuer =
            gx_json_get_bool(json, "authorization_response_iss_parameter_supported", false),
    };
    const char *const methods = "token_endpoint_auth_methods_supported";
    places.posts_secret = gx_json_get(json, methods) &&
                          !has_word(json, methods, "client_secret_basic") &&
                          has_word(json, methods, "client_secret_post");
    GX_TRY(gx_fetch_check(ctx, places.authorize, p->inside, GX_STR("issuer")));
    GX_TRY(gx_fetch_check(ctx, places.token, p->inside, GX_STR("issuer")));
    GX_TRY(gx_fetch_check(ctx, places.keys, p->inside, GX_STR("issuer")));
    *ret = places;
    return GX_OK;
}

enum gx_code gx_oidc_places(struct gx_req *req, const struct gx_provider *p, bool anew,
                            struct gx_oidc_places *ret)
{
    struct gx_str base = p->issuer;
    const struct gx_json *json;
    base.n -= gx_str_ends(base, GX_STR("/"));
    struct gx_str url =
        gx_arena_printf(req->ctx->arena, "%.*s/.well-known/openid-configuration", GX_STR_ARG(base));
    GX_TRY(document(req, p, url, anew ? 0 : GX_OIDC_PLACES_S, &json));
    enum gx_code code = read_places(req, p, json, ret);
    if (code != GX_OK)
        forget(req, p, url);
    return code;
}

/* --- a code for a token, a token for claims */

static enum gx_code bad_answer(struct gx_req *req, const struct gx_provider *p, const char *why)
{
    gx_log_say(GX_LOG_WARN, "oidc",
               gx_arena_printf(req->ctx->arena, "the answer of provider %lld is not good: %s",
                               (long long)p->id, why));
    gx_ctx_clear(req->ctx);
    return gx_fail(req->ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_OIDC_BAD, p->name);
}

static struct gx_str field(struct gx_arena *arena, const char *name, struct gx_str value)
{
    return gx_arena_printf(arena, "&%s=%.*s", name, GX_STR_ARG(gx_form_encode(arena, value)));
}

static enum gx_code exchange(struct gx_req *req, const struct gx_provider *p,
                             const struct gx_oidc_places *places, const struct gx_oidc_code *code,
                             const struct gx_json **ret_reply)
{
    struct gx_ctx *ctx = req->ctx;
    struct gx_arena *a = ctx->arena;
    struct gx_fetch ask = { .url = places->token, .inside = p->inside };
    struct gx_fetched got;
    struct gx_json *json;
    struct gx_str secret;
    GX_TRY(gx_provider_secret(ctx, gx_api(req)->tenant, p, &secret));
    ask.form = gx_arena_printf(a, "grant_type=authorization_code%.*s%.*s%.*s",
                               GX_STR_ARG(field(a, "code", code->code)),
                               GX_STR_ARG(field(a, "redirect_uri", code->redirect)),
                               GX_STR_ARG(field(a, "code_verifier", code->verifier)));
    if (secret.n && !places->posts_secret) { /* RFC 6749, 2.3.1: encoded before Basic */
        ask.user = gx_form_encode(a, p->client);
        ask.password = gx_form_encode(a, secret);
    } else {
        struct gx_str more = secret.n ? field(a, "client_secret", secret) : GX_STR("");
        ask.form = gx_arena_printf(a, "%.*s%.*s%.*s", GX_STR_ARG(ask.form),
                                   GX_STR_ARG(field(a, "client_id", p->client)), GX_STR_ARG(more));
    }
    GX_TRY(gx_fetch(ctx, &ask, &got));
    if (got.status != 200 || gx_json_read(ctx, got.body, &json) != GX_OK)
        return bad_answer(req, p, gx_arena_printf(a, "status %d for the code", got.status).p);
    *ret_reply = json;
    return GX_OK;
}

static enum gx_code verify(struct gx_req *req, const struct gx_provider *p,
                           const struct gx_oidc_places *places, struct gx_str token,
                           struct gx_str nonce, const struct gx_json **ret_claims)
{
    struct gx_id_token_ask ask = { p->issuer, p->client, nonce, NULL };
    GX_TRY(document(req, p, places->keys, GX_OIDC_KEYS_S, &ask.keys));
    enum gx_token_fault fault = gx_id_token_read(req->ctx, token, &ask, ret_claims);
    if (fault == GX_TOKEN_KEY || fault == GX_TOKEN_SIGNATURE) { /* they may have been changed */
        GX_TRY(document(req, p, places->keys, 0, &ask.keys));
        fault = gx_id_token_read(req->ctx, token, &ask, ret_claims);
    }
    return fault == GX_TOKEN_GOOD ? GX_OK : bad_answer(req, p, gx_token_fault_name(fault));
}

/* Some providers keep the ID token short and say the rest here; it adds, and never replaces. */
static enum gx_code ask_more(struct gx_req *req, const struct gx_provider *p,
                             const struct gx_oidc_places *places, struct gx_str bearer,
                             struct gx_claims *claims)
{
    struct gx_fetch ask = { .url = places->user, .bearer = bearer, .inside = p->inside };
    struct gx_fetched got;
    struct gx_json *json;
    struct gx_claims more;
    if (places->user.n == 0 || bearer.n == 0 || (claims->email.n && claims->login.n))
        return GX_OK;
    GX_TRY(gx_fetch(req->ctx, &ask, &got));
    if (got.status != 200 || gx_json_read(req->ctx, got.body, &json) != GX_OK)
        return bad_answer(req, p, "no claims for the token");
    gx_claims_read(req->ctx, p, json, &more);
    if (!gx_str_eq(more.subject, claims->subject))
        return bad_answer(req, p, "claims of another subject");
    if (!claims->email.n) {
        claims->email = more.email;
        claims->email_verified = more.email_verified;
    }
    claims->login = claims->login.n ? claims->login : more.login;
    claims->name = claims->name.n ? claims->name : more.name;
    return GX_OK;
}

enum gx_code gx_oidc_claims(struct gx_req *req, const struct gx_provider *p,
                            const struct gx_oidc_places *places, const struct gx_oidc_code *code,
                            struct gx_claims *ret_claims)
{
    const struct gx_json *reply = NULL, *claims;
    struct gx_str none = GX_STR("");
    GX_TRY(exchange(req, p, places, code, &reply));
    GX_TRY(verify(req, p, places, gx_json_get_str(reply, "id_token", none), code->nonce, &claims));
    gx_claims_read(req->ctx, p, claims, ret_claims);
    return ask_more(req, p, places, gx_json_get_str(reply, "access_token", none), ret_claims);
}
