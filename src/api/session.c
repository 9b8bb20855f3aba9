/* session.c - sign in, who am I, sign out. */
#include "access/factor.h"
#include "api/signin.h"

struct session_in {
    struct gx_str name, password;
};

static const struct gx_schema session_in[] = {
    GX_FIELD(struct session_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 100),
    GX_FIELD(struct session_in, password, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 256),
    { 0 },
};

static const struct gx_schema user_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "display_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "locale", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

const struct gx_schema gx_session_schema[] = {
    { .name = "user", .type = GX_SCHEMA_OBJECT, .fields = user_out, .required = true },
    { .name = "csrf", .type = GX_SCHEMA_STR, .required = true },
    { .name = "roles", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "admin", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "locale", .type = GX_SCHEMA_STR, .required = true },
    { .name = "time_zone_offset_min", .type = GX_SCHEMA_INT, .required = true },
    { .name = "currency", .type = GX_SCHEMA_STR, .required = true },
    { .name = "tenant", .type = GX_SCHEMA_STR, .required = true },
    { .name = "organisation",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "What the organisation is called; may be empty." },
    { .name = "audit",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "May look at the log of all changes." },
    { .name = "must_change_password",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "The password was given out once: all else is refused until there is another." },
    { .name = "password_chars_min", .type = GX_SCHEMA_INT, .required = true },
    { .name = "fiscal_start_month", .type = GX_SCHEMA_INT, .required = true },
    { .name = "second_factor_due",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "A role asks for a second factor: all else is refused until there is one." },
    { .name = "new_devices",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Sign-ins from browsers that were not known, and that nobody has looked at yet." },
    { 0 },
};

static enum gx_code write_user(struct gx_req *req, int64_t user, struct gx_jw *w,
                               struct gx_str *ret_locale)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has = false;
    enum gx_code code = GX_OK;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT login, coalesce(display_name, login), locale FROM \"user\" "
                              "WHERE id = ?1"),
                       &id, 1, &rows));
    code = gx_rows_next(req->ctx, rows, &has);
    struct gx_str locale = has ? gx_rows_text(rows, 2) : GX_STR("");
    *ret_locale = locale.n ? gx_arena_str(req->ctx->arena, locale)
                  : gx_api(req)->tenant->settings.lang == GX_LANG_EN ? GX_STR("en")
                                                                     : GX_STR("zh-Hant");
    gx_jw_key(w, GX_STR("user"));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("id"));
    if (user)
        gx_jw_id(w, user);
    else
        gx_jw_null(w);
    gx_jw_key_str(w, "name", has ? gx_rows_text(rows, 0) : GX_STR("operator"));
    gx_jw_key_str(w, "display_name", has ? gx_rows_text(rows, 1) : GX_STR("Operator"));
    gx_jw_key_str(w, "locale", *ret_locale);
    gx_jw_object_end(w);
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_session_reply(struct gx_req *req)
{
    static const struct gx_session none = { 0 };
    const struct gx_session *session = req->session ? req->session : &none;
    int64_t unseen = 0;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_settings settings = gx_settings_now(tenant, req->ctx->arena);
    const struct gx_str *roles;
    struct gx_str locale;
    size_t role_count = gx_scope_roles(req->scope, &roles);
    bool browser = session->kind == GX_SESSION_COOKIE;
    if (browser)
        GX_TRY(gx_session_unseen(req->ctx, gx_scope_conn(req->scope), session->user, session->id,
                                 &unseen));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    GX_TRY(write_user(req, gx_scope_me(req->scope), &w, &locale));
    gx_jw_key_str(&w, "csrf", browser ? session->csrf : GX_STR(""));
    gx_jw_key(&w, GX_STR("roles"));
    gx_jw_array(&w);
    for (size_t i = 0; i < role_count; i++)
        gx_jw_str(&w, roles[i]);
    gx_jw_array_end(&w);
    gx_jw_key_bool(&w, "admin", gx_scope_is_admin(req->scope));
    gx_jw_key_str(&w, "locale", locale);
    gx_jw_key_int(&w, "time_zone_offset_min", settings.tz_offset_min);
    gx_jw_key_str(&w, "currency", settings.currency);
    gx_jw_key_str(&w, "tenant", tenant->name);
    gx_jw_key_str(&w, "organisation", settings.organisation);
    gx_jw_key_bool(&w, "audit", gx_scope_may_audit(req->scope));
    gx_jw_key_bool(&w, "must_change_password", session->must_change);
    gx_jw_key_int(&w, "password_chars_min", settings.password_chars_min);
    gx_jw_key_int(&w, "fiscal_start_month", settings.fiscal_start_month);
    gx_jw_key_bool(&w, "second_factor_due", session->must_enrol);
    gx_jw_key_int(&w, "new_devices", unseen);
    gx_jw_object_end(&w);
    return GX_OK;
}

/* Not a .writes route: checking the password must not hold the writer. */
static enum gx_code session_create(struct gx_req *req, const void *in_p)
{
    const struct session_in *in = in_p;
    struct gx_opening o = { .req = req, .way = "password" };
    struct gx_conn *conn;
    struct gx_factors factors;
    GX_TRY(gx_signin_from_us(req)); /* else a foreign page could sign somebody in as another */
    GX_TRY(gx_signin_reader(req, &conn));
    GX_TRY(gx_signin_check(req->ctx, gx_api(req)->tenant, conn, in->name, in->password,
                           gx_signin_caller(req), &o.user));
    GX_TRY(gx_factors_get(req->ctx, conn, o.user, &factors));
    return gx_factors_any(&factors) ? gx_signin_half(req, o.user) : gx_signin_open(&o, conn);
}

const struct gx_route gx_route_session_create = {
    .doc = "Sign in with name and password; sets the session cookie.  With a second factor, it is "
           "refused as `second_factor`, and POST /api/v1/signin/second is next.",
    .method = GX_POST,
    .path = "/api/v1/session",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = session_in,
    .in_size = sizeof(struct session_in),
    .out = gx_session_schema,
    .errors = { GX_E_UNAUTHENTICATED, GX_E_SECOND_FACTOR, GX_E_FORBIDDEN, GX_E_RATE, GX_E_BUSY,
                GX_E_INVALID },
    .handler = session_create,
};

static enum gx_code session_get(struct gx_req *req, const void *in)
{
    (void)in;
    return gx_session_reply(req);
}

const struct gx_route gx_route_session_get = {
    .doc = "Who is signed in.",
    .method = GX_GET,
    .path = "/api/v1/session",
    .who = GX_WHO_SIGNED_IN,
    .out = gx_session_schema,
    .errors = { GX_E_UNAUTHENTICATED },
    .handler = session_get,
};

static enum gx_code session_delete(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_str token = gx_signin_cookie_get(req, "gx");
    if (token.n)
        GX_TRY(gx_session_end(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), token));
    gx_signin_cookie(req, "gx", GX_STR(""), 0);
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_session_delete = {
    .doc = "Sign out.",
    .method = GX_DELETE,
    .path = "/api/v1/session",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_UNAUTHENTICATED },
    .handler = session_delete,
};
