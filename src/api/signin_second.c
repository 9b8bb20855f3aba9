/* signin_second.c - the second step of signing in: a code. */
#include "access/factor.h"
#include "api/signin.h"

static const struct gx_schema second_out[] = {
    { .name = "totp",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "A code of an authenticator application serves." },
    { .name = "recovery",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "There are recovery codes left." },
    { .name = "passkey", .type = GX_SCHEMA_BOOL, .required = true, .doc = "A passkey serves." },
    { 0 },
};

static enum gx_code second_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_conn *conn;
    struct gx_factors factors;
    struct gx_str token;
    int64_t user;
    GX_TRY(gx_signin_reader(req, &conn));
    GX_TRY(gx_signin_half_find(req, conn, &user, &token));
    GX_TRY(gx_factors_get(req->ctx, conn, user, &factors));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "totp", factors.totp_since != 0);
    gx_jw_key_bool(&w, "recovery", factors.recovery_left > 0);
    gx_jw_key_bool(&w, "passkey", factors.passkeys > 0);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_signin_second_get = {
    .doc = "What the second step of this sign-in may be.",
    .method = GX_GET,
    .path = "/api/v1/signin/second",
    .who = GX_WHO_PUBLIC,
    .out = second_out,
    .errors = { GX_E_UNAUTHENTICATED },
    .handler = second_get,
};

struct code_in {
    struct gx_str code;
};

static const struct gx_schema code_in[] = {
    GX_FIELD(struct code_in, code, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 40,
             .doc = "Of the authenticator application, or a recovery code."),
    { 0 },
};

static enum gx_code use_code(struct gx_opening *o, struct gx_conn *conn)
{
    const struct code_in *in = o->before_p;
    struct gx_ctx *ctx = o->req->ctx;
    GX_TRY(gx_code_use(ctx, gx_api(o->req)->tenant, conn, o->user, in->code, &o->way));
    return o->way ? GX_OK : gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR("code"), GX_M_CODE_WRONG);
}

static enum gx_code second_post(struct gx_req *req, const void *in_p)
{
    struct code_in in = *(const struct code_in *)in_p;
    struct gx_opening o = { .req = req, .before = use_code, .before_p = &in };
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_conn *conn;
    GX_TRY(gx_signin_from_us(req));
    GX_TRY(gx_signin_reader(req, &conn));
    GX_TRY(gx_signin_half_find(req, conn, &o.user, &o.half));
    GX_TRY(gx_code_try(req->ctx, tenant, o.user, o.half));
    enum gx_code code = gx_signin_open(&o, conn);
    if (code == GX_E_UNAUTHENTICATED)
        gx_signin_failed_for(req, o.user);
    GX_TRY(code);
    gx_code_good(req->ctx, tenant, o.user, o.half);
    return GX_OK;
}

/* Not a .writes route: it has no scope yet; slow, as few at a time are enough. */
const struct gx_route gx_route_signin_second_post = {
    .doc = "The second step of signing in; sets the session cookie.",
    .method = GX_POST,
    .path = "/api/v1/signin/second",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = code_in,
    .in_size = sizeof(struct code_in),
    .out = gx_session_schema,
    .errors = { GX_E_UNAUTHENTICATED, GX_E_FORBIDDEN, GX_E_RATE, GX_E_BUSY, GX_E_INVALID },
    .handler = second_post,
};
