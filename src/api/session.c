/* session.c - sign in, who am I, sign out. */
#include "api/app.h"
#include "store/audit.h"

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

static const struct gx_schema session_out[] = {
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

static enum gx_code reply(struct gx_req *req, const struct gx_session *session)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_settings settings = gx_settings_now(tenant, req->ctx->arena);
    const struct gx_str *roles;
    struct gx_str locale;
    size_t role_count = gx_scope_roles(req->scope, &roles);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    GX_TRY(write_user(req, gx_scope_me(req->scope), &w, &locale));
    gx_jw_key_str(&w, "csrf", session->csrf.p ? session->csrf : GX_STR(""));
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
    gx_jw_object_end(&w);
    return GX_OK;
}

struct signing_in {
    struct gx_req *req;
    int64_t user;
    struct gx_session session;
};

static enum gx_code make_session(void *p, struct gx_conn *conn)
{
    struct signing_in *s = p;
    struct gx_ctx *ctx = s->req->ctx;
    struct gx_tenant *tenant = gx_api(s->req)->tenant;
    struct gx_audit_note note = { .by = s->user, .about = s->user, .what = "signin" };
    GX_TRY(gx_session_create(ctx, tenant, conn, s->user, GX_SESSION_COOKIE,
                             gx_req_header(s->req, "User-Agent"), &s->session));
    GX_TRY(gx_signin_note(ctx, conn, s->user));
    return gx_audit_add(ctx, tenant, conn, &note);
}

/* Not a .writes route: checking the password must not hold the writer. */
static enum gx_code session_create(struct gx_req *req, const void *in_p)
{
    const struct session_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_conn *conn;
    struct signing_in s = { .req = req };
    if (!gx_req_same_origin(req)) /* else a foreign page could sign somebody in as another */
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("Origin"), GX_M_CSRF);
    GX_TRY(gx_db_reader(req->ctx, tenant->db, &conn));
    gx_arena_defer(req->ctx->arena, (void (*)(void *))gx_db_reader_release, conn);
    enum gx_code code =
        gx_signin_check(req->ctx, tenant, conn, in->name, in->password, req->peer, &s.user);
    if (code != GX_OK) {
        gx_signin_failed(req, conn, in->name);
        return code;
    }
    GX_TRY(gx_db_write(req->ctx, tenant->db, make_session, &s));
    gx_reply_header(
        req, "Set-Cookie",
        gx_arena_printf(req->ctx->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                        gx_api(req)->secure ? "__Host-gx" : "gx_session",
                        GX_STR_ARG(s.session.token), tenant->settings.session_hours * 3600,
                        gx_api(req)->secure ? "; Secure" : ""));
    GX_TRY(gx_scope_user(req->ctx, tenant, conn, s.user, &req->scope));
    /* Read again: creating does not know whether the password serves once. */
    GX_TRY(gx_session_find(req->ctx, tenant, conn, s.session.token, &s.session));
    return reply(req, &s.session);
}

const struct gx_route gx_route_session_create = {
    .doc = "Sign in with name and password; sets the session cookie.",
    .method = GX_POST,
    .path = "/api/v1/session",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = session_in,
    .in_size = sizeof(struct session_in),
    .out = session_out,
    .errors = { GX_E_UNAUTHENTICATED, GX_E_FORBIDDEN, GX_E_RATE, GX_E_BUSY, GX_E_INVALID },
    .handler = session_create,
};

static enum gx_code session_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_session session = { 0 };
    struct gx_str token = gx_req_cookie(req, gx_api(req)->secure ? "__Host-gx" : "gx_session");
    if (token.n)
        GX_TRY(gx_session_find(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), token,
                               &session));
    return reply(req, &session);
}

const struct gx_route gx_route_session_get = {
    .doc = "Who is signed in.",
    .method = GX_GET,
    .path = "/api/v1/session",
    .who = GX_WHO_SIGNED_IN,
    .out = session_out,
    .errors = { GX_E_UNAUTHENTICATED },
    .handler = session_get,
};

static enum gx_code session_delete(struct gx_req *req, const void *in)
{
    (void)in;
    const char *name = gx_api(req)->secure ? "__Host-gx" : "gx_session";
    struct gx_str token = gx_req_cookie(req, name);
    if (token.n)
        GX_TRY(gx_session_end(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), token));
    gx_reply_header(req, "Set-Cookie",
                    gx_arena_printf(req->ctx->arena,
                                    "%s=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0%s", name,
                                    gx_api(req)->secure ? "; Secure" : ""));
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
