/* id_token.c - see id_token.h. */
#include "access/id_token.h"

#include "access/secret.h"
#include "access/signature.h"
#include "base/time.h"
#include "json/read.h"

static const struct {
    enum gx_algorithm algorithm;
    const char *alg, *kty, *crv;
} kinds[] = {
    { GX_RS256, "RS256", "RSA", NULL },
    { GX_ES256, "ES256", "EC", "P-256" },
    { GX_EDDSA, "EdDSA", "OKP", "Ed25519" },
};

static struct gx_str text_of(const struct gx_json *node, const char *key)
{
    return gx_json_get_str(node, key, GX_STR(""));
}

/* A part between dots, as JSON or NULL. */
static const struct gx_json *part_json(struct gx_ctx *ctx, struct gx_str part)
{
    struct gx_ctx aside = { .arena = ctx->arena, .now_us = ctx->now_us };
    struct gx_json *json;
    struct gx_str bytes;
    if (!gx_base64url_read(ctx->arena, part, &bytes) ||
        gx_json_read(&aside, bytes, &json) != GX_OK || json->kind != GX_JSON_OBJECT)
        return NULL;
    return json;
}

static bool key_bytes(struct gx_ctx *ctx, const struct gx_json *jwk, const char *name,
                      struct gx_str *ret)
{
    struct gx_str text = text_of(jwk, name);
    return text.n && gx_base64url_read(ctx->arena, text, ret);
}

/* One key of the set, if it serves for signing with this kind of algorithm. */
static bool read_key(struct gx_ctx *ctx, const struct gx_json *jwk, size_t kind,
                     struct gx_public_key *ret_key)
{
    struct gx_str use = text_of(jwk, "use"), alg = text_of(jwk, "alg");
    struct gx_public_key key = { .algorithm = kinds[kind].algorithm };
    bool fits = gx_str_is(text_of(jwk, "kty"), kinds[kind].kty) &&
                (!kinds[kind].crv || gx_str_is(text_of(jwk, "crv"), kinds[kind].crv)) &&
                (use.n == 0 || gx_str_is(use, "sig")) &&
                (alg.n == 0 || gx_str_is(alg, kinds[kind].alg));
    if (key.algorithm == GX_RS256)
        fits = fits && key_bytes(ctx, jwk, "n", &key.n) && key_bytes(ctx, jwk, "e", &key.e);
    else
        fits = fits && key_bytes(ctx, jwk, "x", &key.x);
    if (key.algorithm == GX_ES256)
        fits = fits && key_bytes(ctx, jwk, "y", &key.y);
    if (fits)
        *ret_key = key;
    return fits && gx_public_key_good(&key);
}

/* The key that the head names; where it names none, the only one that fits. */
static bool find_key(struct gx_ctx *ctx, const struct gx_json *keys, const struct gx_json *head,
                     size_t kind, struct gx_public_key *ret_key)
{
    const struct gx_json *list = gx_json_get(keys, "keys"), *id = gx_json_get(head, "kid");
    int found = 0;
    if (!list || list->kind != GX_JSON_ARRAY || (id && id->kind != GX_JSON_STRING))
        return false;
    for (const struct gx_json *k = list->first; k; k = k->next) {
        bool named = !id || gx_str_eq(text_of(k, "kid"), id->text);
        found += named && read_key(ctx, k, kind, ret_key);
    }
    return found == 1;
}

static bool signature_good(struct gx_ctx *ctx, const struct gx_public_key *key, struct gx_str data,
                           struct gx_str part)
{
    struct gx_str raw;
    if (!gx_base64url_read(ctx->arena, part, &raw))
        return false;
    if (key->algorithm == GX_ES256 && !gx_signature_der(ctx->arena, raw, &raw))
        return false;
    return gx_signature_good(key, data, raw);
}

/* For us, and where it is for others too, given to us. */
static bool audience_good(const struct gx_json *claims, struct gx_str client)
{
    const struct gx_json *aud = gx_json_get(claims, "aud"), *azp = gx_json_get(claims, "azp");
    bool many = aud && aud->kind == GX_JSON_ARRAY, has = false;
    for (const struct gx_json *a = many ? aud->first : NULL; a; a = a->next)
        has |= a->kind == GX_JSON_STRING && gx_str_eq(a->text, client);
    if (aud && aud->kind == GX_JSON_STRING)
        has = gx_str_eq(aud->text, client);
    bool ours = azp && azp->kind == GX_JSON_STRING && gx_str_eq(azp->text, client);
    return has && (azp ? ours : !many || aud->count == 1);
}

/* Seconds since 1970, which some write with a fraction; -1: none. */
static int64_t seconds(const struct gx_json *claims, const char *key)
{
    const struct gx_json *node = gx_json_get(claims, key);
    int64_t value = -1;
    if (!node || node->kind != GX_JSON_NUMBER)
        return -1;
    struct gx_str whole = { node->text.p, gx_str_find(node->text, '.') };
    return gx_str_int64(whole, &value) && value >= 0 && value < INT64_C(1) << 40 ? value : -1;
}

static bool time_good(const struct gx_ctx *ctx, const struct gx_json *claims)
{
    int64_t now = ctx->now_us / GX_SECOND_US, skew = GX_ID_TOKEN_SKEW_S;
    int64_t exp = seconds(claims, "exp"), iat = seconds(claims, "iat");
    int64_t nbf = gx_json_get(claims, "nbf") ? seconds(claims, "nbf") : 0;
    return exp > now - skew && iat >= now - GX_ID_TOKEN_AGE_S && iat <= now + skew && nbf >= 0 &&
           nbf <= now + skew;
}

static enum gx_token_fault claims_fault(const struct gx_ctx *ctx, const struct gx_json *claims,
                                        const struct gx_id_token_ask *ask)
{
    struct gx_str sub = text_of(claims, "sub");
    if (!gx_str_eq(text_of(claims, "iss"), ask->issuer))
        return GX_TOKEN_ISSUER;
    if (!audience_good(claims, ask->client))
        return GX_TOKEN_AUDIENCE;
    if (ask->nonce.n == 0 || !gx_secret_eq(text_of(claims, "nonce"), ask->nonce))
        return GX_TOKEN_NONCE;
    if (!time_good(ctx, claims))
        return GX_TOKEN_TIME;
    return sub.n && sub.n <= GX_SUBJECT_BYTES_MAX ? GX_TOKEN_GOOD : GX_TOKEN_SUBJECT;
}

enum gx_token_fault gx_id_token_read(struct gx_ctx *ctx, struct gx_str token,
                                     const struct gx_id_token_ask *ask,
                                     const struct gx_json **ret_claims)
{
    struct gx_str head_part, claims_part, rest = token;
    struct gx_public_key key;
    size_t kind = 0;
    if (token.n > GX_ID_TOKEN_BYTES_MAX || !gx_str_split(&rest, '.', &head_part) ||
        !gx_str_split(&rest, '.', &claims_part) || rest.n == 0 || gx_str_find(rest, '.') != rest.n)
        return GX_TOKEN_FORM;
    const struct gx_json *head = part_json(ctx, head_part);
    if (!head || gx_json_get(head, "crit"))
        return GX_TOKEN_FORM;
    while (kind < GX_COUNT(kinds) && !gx_str_is(text_of(head, "alg"), kinds[kind].alg))
        kind++;
    if (kind == GX_COUNT(kinds))
        return GX_TOKEN_ALGORITHM;
    if (!find_key(ctx, ask->keys, head, kind, &key))
        return GX_TOKEN_KEY;
    struct gx_str data = { token.p, head_part.n + 1 + claims_part.n };
    if (!signature_good(ctx, &key, data, rest))
        return GX_TOKEN_SIGNATURE;
    const struct gx_json *claims = part_json(ctx, claims_part);
    enum gx_token_fault fault = claims ? claims_fault(ctx, claims, ask) : GX_TOKEN_FORM;
    if (fault == GX_TOKEN_GOOD)
        *ret_claims = claims;
    return fault;
}

const char *gx_token_fault_name(enum gx_token_fault fault)
{
    static const char *const names[] = { "good",   "form",     "algorithm", "key",  "signature",
                                         "issuer", "audience", "nonce",     "time", "subject" };
    return names[fault];
}
