/* signin_link.c - links for setting a password: made by administrators, used once. */
#include "access/link.h"
#include "api/signin.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/record.h"

static const struct gx_schema link_out[] = {
    { .name = "secret",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Behind the # of the address /link; shown only this once." },
    { .name = "expires_at", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code link_make(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_ctx *ctx = req->ctx;
    struct gx_str secret;
    int64_t user;
    GX_TRY(gx_req_user(req, false, &user));
    if (user == gx_scope_me(req->scope)) /* else a session left open would be enough */
        return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_RESET_SELF);
    GX_TRY(gx_link_make(ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user,
                        gx_scope_me(req->scope), &secret));
    GX_TRY(gx_audit_access(req->scope, user, "password", NULL, GX_STR("link")));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "secret", secret);
    gx_jw_key_str(&w, "expires_at",
                  gx_moment_format(ctx->arena, ctx->now_us + GX_LINK_MIN * GX_MINUTE_US));
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_admin_users_link = {
    .doc = "A link by which somebody sets a password: good for an hour, once.  The password of "
           "before stays until then.",
    .method = GX_POST,
    .path = "/api/v1/admin/users/{id}/link",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .out = link_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = link_make,
};

struct look_in {
    struct gx_str secret;
};

static const struct gx_schema look_in[] = {
    GX_FIELD(struct look_in, secret, .type = GX_SCHEMA_STR, .required = true, .max = 100),
    { 0 },
};

static const struct gx_schema look_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "display_name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "password_chars_min", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

static enum gx_code link_look(struct gx_req *req, const void *in_p)
{
    const struct look_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_password_names names;
    struct gx_conn *conn;
    int64_t user;
    GX_TRY(gx_signin_reader(req, &conn));
    GX_TRY(gx_link_find(req->ctx, tenant, conn, in->secret, &user));
    GX_TRY(gx_password_names(req->ctx, conn, user, &names));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", names.login);
    gx_jw_key_str(&w, "display_name", names.display_name);
    gx_jw_key_int(&w, "password_chars_min", tenant->settings.password_chars_min);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_signin_link_look = {
    .doc = "Whose link this is.",
    .method = GX_POST,
    .path = "/api/v1/signin/link/look",
    .who = GX_WHO_PUBLIC,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = look_in,
    .in_size = sizeof(struct look_in),
    .out = look_out,
    .errors = { GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = link_look,
};

struct use_in {
    struct gx_str secret, password;
};

static const struct gx_schema use_in[] = {
    GX_FIELD(struct use_in, secret, .type = GX_SCHEMA_STR, .required = true, .max = 100),
    GX_FIELD(struct use_in, password, .type = GX_SCHEMA_STR, .required = true, .max = 256),
    { 0 },
};

struct linking {
    struct gx_req *req;
    struct gx_str secret, hash;
};

static enum gx_code use_link(void *p, struct gx_conn *conn)
{
    struct linking *l = p;
    struct gx_ctx *ctx = l->req->ctx;
    struct gx_tenant *tenant = gx_api(l->req)->tenant;
    int64_t user;
    gx_ctx_clear(ctx);
    GX_TRY(gx_link_use(ctx, tenant, conn, l->secret, &user));
    GX_TRY(gx_seat_take(ctx, tenant, conn, user, false));
    GX_TRY(gx_password_put(ctx, conn, user, l->hash));
    GX_TRY(gx_session_end_all(ctx, tenant, conn, user));
    struct gx_audit_note note = { .by = user,
                                  .about = user,
                                  .what = "access",
                                  .data = GX_STR("{\"password\":[null,\"by link\"]}") };
    return gx_audit_add(ctx, tenant, conn, &note);
}

static enum gx_code link_use(struct gx_req *req, const void *in_p)
{
    const struct use_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct linking l = { .req = req, .secret = in->secret };
    struct gx_conn *conn;
    int64_t user;
    GX_TRY(gx_signin_from_us(req));
    GX_TRY(gx_signin_reader(req, &conn));
    GX_TRY(gx_link_find(req->ctx, tenant, conn, in->secret, &user)); /* before the slow part */
    GX_TRY(gx_password_allowed(req->ctx, tenant, conn, user, in->password));
    GX_TRY(gx_password_hash(req->ctx, in->password, &l.hash));
    GX_TRY(gx_db_write(req->ctx, tenant->db, use_link, &l));
    req->status = 204;
    return GX_OK;
}

/* Not a .writes route: making the hash must not hold the writer. */
const struct gx_route gx_route_signin_link_use = {
    .doc = "Set the password by a link; ends the link, and all sessions and keys of that user.",
    .method = GX_POST,
    .path = "/api/v1/signin/link",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = use_in,
    .in_size = sizeof(struct use_in),
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_BUSY },
    .handler = link_use,
};
