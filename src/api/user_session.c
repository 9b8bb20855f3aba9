/* user_session.c - where a user is signed in and with which keys; ending one, others, or all. */
#include "api/app.h"
#include "store/audit.h"

/* The session or key this request came with; 0: over the local socket. */
static int64_t current(const struct gx_req *req)
{
    return req->session ? req->session->id : 0;
}

static const struct gx_schema row_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "kind",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "browser: signed in with name and password; key: an API key" },
    { .name = "name",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "What the key is for, or what the browser says it is." },
    { .name = "created_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "used_at",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "Last use, to some minutes." },
    { .name = "expires_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "way",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "password, totp, recovery, passkey or oidc; empty for keys and of old." },
    { .name = "new",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "A browser that was not known, and that its person has not looked at yet." },
    { .name = "read_only", .type = GX_SCHEMA_BOOL, .required = true, .doc = "Of a key." },
    { .name = "current",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "The one this request came with." },
    { 0 },
};
static const struct gx_schema rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

static enum gx_code user_sessions_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user;
    GX_TRY(gx_req_user(req, true, &user));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_session_list(req->ctx, gx_scope_conn(req->scope), user, current(req), &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_user_sessions_get = {
    .doc = "Where a user is signed in, and with which API keys; last used first.",
    .method = GX_GET,
    .path = "/api/v1/user/{id}/sessions",
    .who = GX_WHO_SIGNED_IN,
    .out = rows_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = user_sessions_get,
};

static enum gx_code user_session_delete(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user, id;
    GX_TRY(gx_req_user(req, true, &user));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_session_end_one(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user, id));
    GX_TRY(gx_audit_access(req->scope, user, "session", NULL, GX_STR("ended")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_user_session_delete = {
    .doc = "End one session, or revoke one API key.",
    .method = GX_DELETE,
    .path = "/api/v1/user/{id}/sessions/{session}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = user_session_delete,
};

static const struct gx_query_param delete_query[] = {
    { .name = "others",
      .doc = "Only sessions in browsers, and not the one of this request; keys stay.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

static enum gx_code user_sessions_delete(struct gx_req *req, const void *in)
{
    (void)in;
    bool others = gx_req_flag(req, "others");
    int64_t user;
    GX_TRY(gx_req_user(req, true, &user));
    if (others)
        GX_TRY(gx_session_end_others(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user,
                                     current(req)));
    else
        GX_TRY(gx_session_end_all(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user));
    GX_TRY(gx_audit_access(req->scope, user, "session", NULL,
                           others ? GX_STR("ended others") : GX_STR("ended all")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_user_sessions_delete = {
    .doc = "End all sessions and API keys of a user, or the other sessions alone.",
    .method = GX_DELETE,
    .path = "/api/v1/user/{id}/sessions",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .query = delete_query,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = user_sessions_delete,
};

static enum gx_code user_sessions_seen(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user;
    GX_TRY(gx_req_id(req, 0, &user));
    if (user != gx_scope_me(req->scope))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SELF_ONLY);
    GX_TRY(gx_session_seen(req->ctx, gx_scope_conn(req->scope), user));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_user_sessions_seen = {
    .doc = "I have looked at the sign-ins from new browsers: they were mine.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/sessions/seen",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = user_sessions_seen,
};
