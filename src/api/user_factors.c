/* user_factors.c - one's second factor: set up, looked at, given up; reset by administrators. */
#include <qrencode.h>

#include "access/factor.h"
#include "access/passkey.h"
#include "api/signin.h"
#include "base/time.h"
#include "store/audit.h"

static enum gx_code only_me(struct gx_req *req, int64_t *ret_user)
{
    GX_TRY(gx_req_id(req, 0, ret_user));
    if (*ret_user == gx_scope_me(req->scope) && *ret_user)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SELF_ONLY);
}

/* --- what there is */

static const struct gx_schema factors_out[] = {
    { .name = "totp_since",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "Since when there is an authenticator application." },
    { .name = "recovery_left", .type = GX_SCHEMA_INT, .required = true },
    { .name = "required", .type = GX_SCHEMA_BOOL, .required = true, .doc = "By a role." },
    { .name = "passkeys", .type = GX_SCHEMA_LIST, .fields = gx_passkey_schema, .required = true },
    { 0 },
};

static enum gx_code factors_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_factors f;
    int64_t user;
    GX_TRY(gx_req_user(req, true, &user));
    GX_TRY(gx_factors_get(req->ctx, gx_scope_conn(req->scope), user, &f));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("totp_since"));
    if (f.totp_since)
        gx_jw_str(&w, gx_moment_format(req->ctx->arena, f.totp_since));
    else
        gx_jw_null(&w);
    gx_jw_key_int(&w, "recovery_left", f.recovery_left);
    gx_jw_key_bool(&w, "required", f.required);
    gx_jw_key(&w, GX_STR("passkeys"));
    gx_jw_array(&w);
    GX_TRY(gx_passkeys_write(req->ctx, gx_scope_conn(req->scope), user, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_user_factors_get = {
    .doc = "Which second factors a user has.",
    .method = GX_GET,
    .path = "/api/v1/user/{id}/factors",
    .who = GX_WHO_SIGNED_IN,
    .out = factors_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = factors_get,
};

static enum gx_code factors_delete(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    int64_t user;
    GX_TRY(gx_req_user(req, false, &user));
    if (user == gx_scope_me(req->scope)) /* one by one, on one's own page */
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_RESET_SELF);
    GX_TRY(gx_factors_remove(req->ctx, gx_api(req)->tenant, conn, user));
    GX_TRY(gx_session_end_all(req->ctx, gx_api(req)->tenant, conn, user));
    GX_TRY(gx_audit_access(req->scope, user, "second_factor", NULL, GX_STR("reset")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_user_factors_delete = {
    .doc = "Take all second factors from somebody else who has lost them; ends all their sessions "
           "and keys.",
    .method = GX_DELETE,
    .path = "/api/v1/user/{id}/factors",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .fresh = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = factors_delete,
};

/* --- an authenticator application */

/* The dark squares as the path of an SVG, a stroke for each run of them. */
static enum gx_code write_qr(struct gx_req *req, struct gx_str text, struct gx_jw *w)
{
    QRcode *qr = QRcode_encodeString8bit(gx_arena_cstr(req->ctx->arena, text), 0, QR_ECLEVEL_M);
    struct gx_buf path = { 0 };
    if (!qr)
        return gx_fail(req->ctx, GX_E_INTERNAL, GX_STR(""), GX_M_NONE);
    for (int y = 0; y < qr->width; y++)
        for (int x = 0; x < qr->width;) {
            int from = x;
            while (x < qr->width && qr->data[y * qr->width + x] & 1)
                x++;
            if (x > from)
                gx_buf_printf(&path, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
            else
                x++;
        }
    gx_jw_key_int(w, "qr_size", qr->width);
    gx_jw_key_str(w, "qr_path", gx_buf_str(&path));
    gx_buf_free(&path);
    QRcode_free(qr);
    return GX_OK;
}

static const struct gx_schema totp_out[] = {
    { .name = "secret", .type = GX_SCHEMA_STR, .required = true, .doc = "Base32, to type in." },
    { .name = "uri",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "otpauth:, as in the QR code." },
    { .name = "qr_size", .type = GX_SCHEMA_INT, .required = true, .doc = "Squares a side." },
    { .name = "qr_path",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "The dark squares, as the path of an SVG of that size." },
    { 0 },
};

/* The part of a URI that says who it is: nothing but what stands for itself, or %XX. */
static struct gx_str quoted(struct gx_req *req, struct gx_str text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] && strchr(plain, text.p[i]))
            gx_buf_addc(&out, text.p[i]);
        else
            gx_buf_printf(&out, "%%%02X", (unsigned char)text.p[i]);
    struct gx_str s = gx_arena_str(req->ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return s;
}

static enum gx_code login_of(struct gx_req *req, int64_t user, struct gx_str *ret_login)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT login FROM \"user\" WHERE id = ?1"), &id, 1, &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    *ret_login = has ? gx_arena_str(req->ctx->arena, gx_rows_text(rows, 0)) : GX_STR("");
    gx_rows_close(rows);
    return code;
}

static enum gx_code totp_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_settings settings = gx_settings_now(tenant, req->ctx->arena);
    struct gx_str secret, login;
    int64_t user;
    GX_TRY(only_me(req, &user));
    GX_TRY(login_of(req, user, &login));
    GX_TRY(gx_totp_begin(req->ctx, tenant, gx_scope_conn(req->scope), user, &secret));
    struct gx_str issuer =
        quoted(req, settings.organisation.n ? settings.organisation : GX_STR("Guanxi"));
    struct gx_str uri = gx_arena_printf(
        req->ctx->arena, "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s", GX_STR_ARG(issuer),
        GX_STR_ARG(quoted(req, login)), GX_STR_ARG(secret), GX_STR_ARG(issuer));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "secret", secret);
    gx_jw_key_str(&w, "uri", uri);
    GX_TRY(write_qr(req, uri, &w));
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_user_totp_post = {
    .doc = "Begin with an authenticator application: a new secret, shown only this once; it counts "
           "when a code has confirmed it.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/totp",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .out = totp_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_DUPLICATE },
    .handler = totp_post,
};

struct code_in {
    struct gx_str code;
};

static const struct gx_schema code_in[] = {
    GX_FIELD(struct code_in, code, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 20),
    { 0 },
};

static const struct gx_schema recovery_out[] = {
    { .name = "recovery",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc =
          "Recovery codes, each good once; shown only this once.  Empty: those of before stay." },
    { 0 },
};

static void write_recovery(struct gx_req *req, const struct gx_str *codes, int count)
{
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("recovery"));
    gx_jw_array(&w);
    for (int i = 0; i < count; i++)
        gx_jw_str(&w, codes[i]);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
}

enum gx_code gx_recovery_reply(struct gx_req *req, int64_t user)
{
    struct gx_str codes[GX_RECOVERY_CODES];
    struct gx_factors f;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    GX_TRY(gx_factors_get(req->ctx, conn, user, &f));
    bool first = f.recovery_left == 0;
    if (first)
        GX_TRY(gx_recovery_make(req->ctx, gx_api(req)->tenant, conn, user, codes));
    write_recovery(req, codes, first ? GX_RECOVERY_CODES : 0);
    return GX_OK;
}

static enum gx_code totp_put(struct gx_req *req, const void *in_p)
{
    const struct code_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_str what = GX_STR("confirm");
    int64_t user;
    GX_TRY(only_me(req, &user));
    GX_TRY(gx_code_try(req->ctx, tenant, user, what));
    GX_TRY(gx_totp_confirm(req->ctx, tenant, gx_scope_conn(req->scope), user, in->code));
    gx_code_good(req->ctx, tenant, user, what);
    GX_TRY(gx_audit_access(req->scope, user, "second_factor", NULL, GX_STR("totp")));
    return gx_recovery_reply(req, user);
}

const struct gx_route gx_route_user_totp_put = {
    .doc = "Confirm the authenticator application with a code of it.",
    .method = GX_PUT,
    .path = "/api/v1/user/{id}/totp",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = code_in,
    .in_size = sizeof(struct code_in),
    .out = recovery_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_RATE },
    .handler = totp_put,
};

static enum gx_code totp_delete(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user;
    GX_TRY(only_me(req, &user));
    GX_TRY(gx_totp_remove(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user));
    GX_TRY(gx_audit_access(req->scope, user, "second_factor", "totp", GX_STR("")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_user_totp_delete = {
    .doc = "No authenticator application any more.",
    .method = GX_DELETE,
    .path = "/api/v1/user/{id}/totp",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP },
    .handler = totp_delete,
};

static enum gx_code recovery_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_str codes[GX_RECOVERY_CODES];
    struct gx_factors f;
    int64_t user;
    GX_TRY(only_me(req, &user));
    GX_TRY(gx_factors_get(req->ctx, gx_scope_conn(req->scope), user, &f));
    if (!gx_factors_any(&f))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR(""), GX_M_RECOVERY_ALONE);
    GX_TRY(gx_recovery_make(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user, codes));
    GX_TRY(gx_audit_access(req->scope, user, "second_factor", NULL, GX_STR("recovery")));
    write_recovery(req, codes, GX_RECOVERY_CODES);
    return GX_OK;
}

const struct gx_route gx_route_user_recovery_post = {
    .doc = "New recovery codes in place of those of before.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/recovery",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .out = recovery_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = recovery_post,
};
