/* user.c - what belongs to a user but is no field: password, roles, keys. */
#include "api/signin.h"

#include "store/audit.h"
#include "store/record.h"

enum gx_code gx_req_user(struct gx_req *req, bool self_too, int64_t *ret_user)
{
    const struct gx_object *object;
    struct gx_record record;
    GX_TRY(gx_req_id(req, 0, ret_user));
    if (!(self_too && *ret_user == gx_scope_me(req->scope)))
        GX_TRY(gx_req_admin(req));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    return gx_record_load(req->scope, object, *ret_user, GX_RIGHT_READ, false, &record);
}

struct password_in {
    struct gx_str password, present_password;
};

static const struct gx_schema password_in[] = {
    GX_FIELD(struct password_in, password, .type = GX_SCHEMA_STR, .required = true, .max = 256),
    GX_FIELD(struct password_in, present_password, .type = GX_SCHEMA_STR, .max = 256,
             .doc = "Needed for one's own password; others' are set by administrators without."),
    { 0 },
};

struct new_password {
    struct gx_req *req;
    int64_t user;
    struct gx_str hash;
};

static enum gx_code put_password(void *p, struct gx_conn *conn)
{
    struct new_password *new = p;
    gx_ctx_clear(new->req->ctx);
    gx_scope_use(new->req->scope, conn);
    GX_TRY(gx_seat_take(new->req->ctx, gx_api(new->req)->tenant, conn, new->user, false));
    GX_TRY(gx_password_put(new->req->ctx, conn, new->user, new->hash));
    GX_TRY(gx_audit_access(new->req->scope, new->user, "password", NULL,
                           new->user == gx_scope_me(new->req->scope) ? GX_STR("changed")
                                                                     : GX_STR("set")));
    return gx_session_end_all(new->req->ctx, gx_api(new->req)->tenant, conn, new->user);
}

/* Not a .writes route: making the hash must not hold the writer. */
static enum gx_code user_password(struct gx_req *req, const void *in_p)
{
    const struct password_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct new_password new = { .req = req };
    GX_TRY(gx_req_reader(req));
    GX_TRY(gx_req_user(req, true, &new.user));
    if (new.user == gx_scope_me(req->scope)) {
        if (in->present_password.n == 0)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("present_password"),
                           GX_M_PASSWORD_PRESENT_NEEDED);
        GX_TRY(gx_password_check(req->ctx, tenant, gx_scope_conn(req->scope), new.user,
                                 in->present_password, gx_signin_caller(req)));
    }
    GX_TRY(
        gx_password_allowed(req->ctx, tenant, gx_scope_conn(req->scope), new.user, in->password));
    GX_TRY(gx_password_hash(req->ctx, in->password, &new.hash));
    GX_TRY(gx_db_write(req->ctx, tenant->db, put_password, &new));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_user_password = {
    .doc = "Set a password; ends all sessions and keys of that user.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/password",
    .who = GX_WHO_SIGNED_IN,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = password_in,
    .in_size = sizeof(struct password_in),
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_RATE, GX_E_BUSY },
    .handler = user_password,
};

struct roles_in {
    struct gx_strs roles;
};

static const struct gx_schema roles_in[] = {
    GX_FIELD(struct roles_in, roles, .type = GX_SCHEMA_STRS, .required = true, .max = 50),
    { 0 },
};

enum gx_code gx_user_roles_write(struct gx_req *req, int64_t user, struct gx_jw *w)
{
    struct gx_value id = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT role FROM gx_user_role WHERE user_id = ?1 ORDER BY role"),
                       &id, 1, &rows));
    enum gx_code code;
    gx_jw_array(w);
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has)
        gx_jw_str(w, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    gx_jw_array_end(w);
    return code;
}

static enum gx_code reply_roles(struct gx_req *req, int64_t user)
{
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("roles"));
    GX_TRY(gx_user_roles_write(req, user, &w));
    gx_jw_object_end(&w);
    return GX_OK;
}

/* {"roles": [[…], […]]} */
static enum gx_code set_roles(struct gx_req *req, int64_t user, const struct gx_strs *roles,
                              struct gx_buf *data)
{
    struct gx_jw w = gx_jw(data);
    struct gx_audit_note note = { .by = gx_scope_me(req->scope), .about = user, .what = "access" };
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("roles"));
    gx_jw_array(&w);
    GX_TRY(gx_user_roles_write(req, user, &w));
    GX_TRY(gx_roles_set(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user, roles->v,
                        roles->n));
    GX_TRY(gx_user_roles_write(req, user, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    note.data = gx_buf_str(data);
    return gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &note);
}

enum gx_code gx_user_roles_set(struct gx_req *req, int64_t user, const struct gx_strs *roles)
{
    struct gx_buf data = { 0 };
    enum gx_code code = set_roles(req, user, roles, &data);
    gx_buf_free(&data);
    return code;
}

static enum gx_code user_roles_put(struct gx_req *req, const void *in_p)
{
    const struct roles_in *in = in_p;
    int64_t user;
    GX_TRY(gx_req_admin(req));
    GX_TRY(gx_req_user(req, false, &user));
    GX_TRY(gx_user_roles_set(req, user, &in->roles));
    return reply_roles(req, user);
}

const struct gx_route gx_route_user_roles_put = {
    .doc = "Give a user these roles and no others.",
    .method = GX_PUT,
    .path = "/api/v1/user/{id}/roles",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = roles_in,
    .in_size = sizeof(struct roles_in),
    .out = roles_in,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = user_roles_put,
};

static enum gx_code user_roles_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user;
    GX_TRY(gx_req_user(req, true, &user));
    return reply_roles(req, user);
}

const struct gx_route gx_route_user_roles_get = {
    .doc = "The roles of a user.",
    .method = GX_GET,
    .path = "/api/v1/user/{id}/roles",
    .who = GX_WHO_SIGNED_IN,
    .out = roles_in,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = user_roles_get,
};

enum { KEY_DAYS_MAX = 1825 };

struct key_in {
    struct gx_str name;
    bool read_only;
    int64_t days;
};

static const struct gx_schema key_in[] = {
    GX_FIELD(struct key_in, name, .type = GX_SCHEMA_STR, .max = 100),
    GX_FIELD(struct key_in, read_only, .type = GX_SCHEMA_BOOL,
             .doc = "It may read (GET), and change nothing."),
    GX_FIELD(struct key_in, days, .type = GX_SCHEMA_INT, .min = 1, .max = KEY_DAYS_MAX,
             .doc = "It ends after so many days; five years when absent."),
    { 0 },
};

static const struct gx_schema key_out[] = {
    { .name = "key", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code user_key(struct gx_req *req, const void *in_p)
{
    const struct key_in *in = in_p;
    const struct gx_session_options options = {
        .name = in->name.n ? in->name : GX_STR("key"),
        .read_only = in->read_only,
        .hours = in->days * 24,
    };
    struct gx_session session;
    int64_t user;
    GX_TRY(gx_req_user(req, true, &user));
    GX_TRY(gx_session_create(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user,
                             GX_SESSION_API_KEY, &options, &session));
    GX_TRY(gx_audit_access(req->scope, user, "key", NULL, options.name));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "key", session.token);
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_user_key = {
    .doc = "A new API key of a user; it is shown only this once.",
    .method = GX_POST,
    .path = "/api/v1/user/{id}/key",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = key_in,
    .in_size = sizeof(struct key_in),
    .out = key_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = user_key,
};
