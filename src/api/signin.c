/* signin.c - see signin.h. */
#include "api/signin.h"

#include "access/factor.h"
#include "store/audit.h"

enum { BROWSER_COOKIE_DAYS = 365 };

enum gx_code gx_signin_from_us(struct gx_req *req)
{
    if (gx_req_same_origin(req))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("Origin"), GX_M_CSRF);
}

enum gx_code gx_signin_reader(struct gx_req *req, struct gx_conn **ret_conn)
{
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, ret_conn));
    gx_arena_defer(req->ctx->arena, (void (*)(void *))gx_db_reader_release, *ret_conn);
    return GX_OK;
}

static const char *cookie_name(const struct gx_req *req, const char *name)
{
    /* The session's has had another name without TLS from the start. */
    bool session = strcmp(name, "gx") == 0;
    if (!gx_api(req)->secure)
        return session ? "gx_session" : name;
    /* Below a path a cookie must not be the whole host's, which __Host- would want. */
    return gx_arena_printf(req->ctx->arena, req->base.n ? "__Secure-%s" : "__Host-%s", name).p;
}

void gx_signin_cookie(struct gx_req *req, const char *name, struct gx_str value, int64_t age_s)
{
    gx_reply_header(req, "Set-Cookie",
                    gx_arena_printf(req->ctx->arena,
                                    "%s=%.*s; Path=%.*s; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                                    cookie_name(req, name), GX_STR_ARG(value),
                                    GX_STR_ARG(req->base.n ? req->base : GX_STR("/")),
                                    (long long)age_s, gx_api(req)->secure ? "; Secure" : ""));
}

struct gx_str gx_signin_cookie_get(const struct gx_req *req, const char *name)
{
    return gx_req_cookie(req, cookie_name(req, name));
}

struct gx_caller gx_signin_caller(const struct gx_req *req)
{
    return (struct gx_caller){ req->peer, gx_signin_cookie_get(req, "gx_browser") };
}

/*
 * A browser answers and comes back only to the host that it is at, so a forged Host gains nothing
 * that is good here.
 */
struct gx_str gx_signin_origin(const struct gx_req *req)
{
    struct gx_settings s = gx_settings_now(gx_api(req)->tenant, req->ctx->arena);
    return s.origin.n ? s.origin
                      : gx_arena_printf(req->ctx->arena, "%s://%.*s",
                                        gx_api(req)->secure ? "https" : "http",
                                        GX_STR_ARG(gx_req_header(req, "Host")));
}

struct opened {
    struct gx_opening *o;
    struct gx_session session;
    bool unseen;
    struct gx_str login, browser;
};

/* Known to this person: they, or nobody yet, signed in here before. */
static enum gx_code look_at_browser(struct opened *p, struct gx_conn *conn)
{
    struct gx_req *req = p->o->req;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_value user = gx_value_int(p->o->user);
    struct gx_str id, cookie = gx_signin_cookie_get(req, "gx_browser");
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(req->ctx, conn,
                       GX_SQL("SELECT u.login, c.signed_in_at FROM \"user\" u "
                              "LEFT JOIN gx_credential c ON c.user_id = u.id WHERE u.id = ?1"),
                       &user, 1, &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    p->login = has ? gx_arena_str(req->ctx->arena, gx_rows_text(rows, 0)) : GX_STR("");
    bool before = has && gx_rows_int(rows, 1) != 0;
    gx_rows_close(rows);
    GX_TRY(code);
    GX_TRY(gx_browser_known(req->ctx, tenant, cookie, p->login, &id));
    p->unseen = before && id.n == 0;
    return gx_browser_cookie(req->ctx, tenant, cookie, p->login, &p->browser);
}

static enum gx_code open_work(void *v, struct gx_conn *conn)
{
    struct opened *p = v;
    struct gx_opening *o = p->o;
    struct gx_ctx *ctx = o->req->ctx;
    struct gx_tenant *tenant = gx_api(o->req)->tenant;
    struct gx_audit_note note = { .by = o->user, .about = o->user, .what = "signin" };
    gx_ctx_clear(ctx);
    if (o->before)
        GX_TRY(o->before(o, conn));
    struct gx_session_options options = {
        .name = gx_req_header(o->req, "User-Agent"),
        .way = o->way,
        .unseen = p->unseen,
        .fresh_us = o->fresh_us,
    };
    if (strcmp(o->way, "password") != 0)
        note.data = gx_arena_printf(ctx->arena, "{\"way\":[null,\"%s\"]}", o->way);
    /* The session this browser had is over: a token that somebody knew is worth nothing now. */
    struct gx_str before = gx_signin_cookie_get(o->req, "gx");
    if (before.n)
        GX_TRY(gx_session_end(ctx, tenant, conn, before));
    if (o->half.n)
        GX_TRY(gx_session_end(ctx, tenant, conn, o->half));
    GX_TRY(gx_session_create(ctx, tenant, conn, o->user, GX_SESSION_COOKIE, &options, &p->session));
    GX_TRY(gx_signin_note(ctx, conn, o->user));
    return gx_audit_add(ctx, tenant, conn, &note);
}

enum gx_code gx_signin_open(struct gx_opening *o, struct gx_conn *reader)
{
    struct gx_req *req = o->req;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct opened p = { .o = o };
    struct gx_session *session = GX_ARENA_NEW(req->ctx->arena, struct gx_session);
    GX_TRY(gx_scope_user(req->ctx, tenant, reader, o->user, &req->scope)); /* still active? */
    GX_TRY(look_at_browser(&p, reader));
    GX_TRY(gx_db_write(req->ctx, tenant->db, open_work, &p));
    gx_signin_cookie(req, "gx", p.session.token, (int64_t)tenant->settings.session_hours * 3600);
    gx_signin_cookie(req, "gx_browser", p.browser, (int64_t)BROWSER_COOKIE_DAYS * 24 * 3600);
    if (o->half.n)
        gx_signin_cookie(req, "gx_half", GX_STR(""), 0);
    /* Read again: creating does not know whether the password serves once. */
    GX_TRY(gx_session_find(req->ctx, tenant, reader, p.session.token, session));
    req->session = session;
    return gx_session_reply(req);
}

/* --- the first step alone */

struct half {
    struct gx_req *req;
    int64_t user;
    struct gx_session session;
};

static enum gx_code half_work(void *v, struct gx_conn *conn)
{
    struct half *h = v;
    const struct gx_session_options options = { .way = "half" };
    return gx_session_create(h->req->ctx, gx_api(h->req)->tenant, conn, h->user, GX_SESSION_HALF,
                             &options, &h->session);
}

enum gx_code gx_signin_half(struct gx_req *req, int64_t user)
{
    struct half h = { .req = req, .user = user };
    GX_TRY(gx_db_write(req->ctx, gx_api(req)->tenant->db, half_work, &h));
    gx_signin_cookie(req, "gx_half", h.session.token, GX_CODE_WINDOW_S);
    return gx_fail(req->ctx, GX_E_SECOND_FACTOR, GX_STR(""), GX_M_SECOND_FACTOR);
}

enum gx_code gx_signin_half_find(struct gx_req *req, struct gx_conn *conn, int64_t *ret_user,
                                 struct gx_str *ret_token)
{
    *ret_token = gx_signin_cookie_get(req, "gx_half");
    return gx_session_half(req->ctx, conn, *ret_token, ret_user);
}

enum gx_code gx_signin_freshen(struct gx_req *req, struct gx_conn *conn, const char *way)
{
    struct gx_audit_note note = {
        .by = req->session->user,
        .about = req->session->user,
        .what = "signin",
        .data = gx_arena_printf(req->ctx->arena, "{\"again\":[null,\"%s\"]}", way),
    };
    struct gx_tenant *tenant = gx_api(req)->tenant;
    GX_TRY(gx_session_freshen(req->ctx, tenant, conn, req->session->id));
    return gx_audit_add(req->ctx, tenant, conn, &note);
}
