/* admin_users.c - the people who work here, as administrators see them. */
#include "api/app.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/list.h"
#include "store/record.h"

enum { USERS_LIMIT = 50, USERS_LIMIT_MAX = 200, ROLE_USERS_MAX = 1000 };

/* --- the list */

/* What is kept of a user beside the record. */
static enum gx_code write_rest(struct gx_req *req, int64_t user, struct gx_jw *w)
{
    struct gx_value values[] = { gx_value_int(user), gx_value_int(req->ctx->now_us),
                                 gx_value_int(GX_SESSION_API_KEY),
                                 gx_value_int(GX_SESSION_COOKIE) };
    struct gx_rows *rows;
    bool has;
    gx_jw_key(w, GX_STR("roles"));
    GX_TRY(gx_user_roles_write(req, user, w));
    GX_TRY(gx_db_query(
        req->ctx, gx_scope_conn(req->scope),
        GX_SQL("SELECT c.user_id IS NOT NULL, coalesce(c.must_change, 0), c.signed_in_at, "
               "(SELECT count(*) FROM gx_session s WHERE s.user_id = ?1 AND s.expires_at >= ?2 "
               "AND s.kind = ?3), "
               "(SELECT count(*) FROM gx_session s WHERE s.user_id = ?1 AND s.expires_at >= ?2 "
               "AND s.kind = ?4) FROM (SELECT 1 AS one) o "
               "LEFT JOIN gx_credential c ON c.user_id = ?1"),
        values, GX_COUNT(values), &rows));
    enum gx_code code = gx_rows_next(req->ctx, rows, &has);
    int64_t signed_in = has ? gx_rows_int(rows, 2) : 0;
    gx_jw_key_bool(w, "has_password", has && gx_rows_int(rows, 0));
    gx_jw_key_bool(w, "must_change_password", has && gx_rows_int(rows, 1));
    gx_jw_key(w, GX_STR("signed_in_at"));
    if (signed_in)
        gx_jw_str(w, gx_moment_format(req->ctx->arena, signed_in));
    else
        gx_jw_null(w);
    gx_jw_key_int(w, "keys", has ? gx_rows_int(rows, 3) : 0);
    gx_jw_key_int(w, "sessions", has ? gx_rows_int(rows, 4) : 0);
    gx_rows_close(rows);
    return code;
}

/* `id in ("1", …)` of those who have the role; what nobody passes when there are none. */
static enum gx_code role_filter(struct gx_req *req, struct gx_str role, struct gx_buf *out)
{
    struct gx_value values[] = { gx_value_text(role), gx_value_int(ROLE_USERS_MAX) };
    struct gx_rows *rows;
    bool has;
    int n = 0;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT user_id FROM gx_user_role WHERE role = ?1 LIMIT ?2"), values,
                       GX_COUNT(values), &rows));
    enum gx_code code;
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has)
        gx_buf_printf(out, "%s\"%lld\"", n++ ? ", " : "id in (", (long long)gx_rows_int(rows, 0));
    gx_rows_close(rows);
    gx_buf_addz(out, n ? ")" : "id is empty");
    return code;
}

static enum gx_code read_filter(struct gx_req *req, struct gx_buf *filter)
{
    struct gx_str state = gx_req_query(req, "state"), role = gx_req_query(req, "role");
    if (gx_str_is(state, "active"))
        gx_buf_addz(filter, "active");
    else if (gx_str_is(state, "disabled"))
        gx_buf_addz(filter, "not active");
    else if (state.n)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("state"), GX_M_BAD_FORMAT, GX_STR("state"),
                       state);
    if (role.n == 0)
        return GX_OK;
    if (filter->n)
        gx_buf_addz(filter, " and ");
    return role_filter(req, role, filter);
}

static const struct gx_query_param users_query[] = {
    { .name = "q",
      .doc = "Name, login, phone or code, as search finds them.",
      .type = GX_SCHEMA_STR,
      .max = 200 },
    { .name = "state", .doc = "active or disabled; both when absent.", .type = GX_SCHEMA_STR },
    { .name = "role", .doc = "Only who has this role.", .type = GX_SCHEMA_STR, .max = 48 },
    { .name = "id", .doc = "Only this user.", .type = GX_SCHEMA_ID },
    { .name = "cursor",
      .doc = "The `next` of the page before.",
      .type = GX_SCHEMA_STR,
      .max = 2000 },
    { .name = "limit",
      .doc = "At most this many.",
      .type = GX_SCHEMA_INT,
      .min = 1,
      .max = USERS_LIMIT_MAX },
    { 0 },
};

static enum gx_code write_users(struct gx_req *req, const struct gx_object *object,
                                const struct gx_list_options *options, struct gx_jw *w)
{
    struct gx_list *list;
    bool has;
    enum gx_code code;
    GX_TRY(gx_list_open(req->scope, object, options, &list));
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    while ((code = gx_list_next(list, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key(w, GX_STR("user"));
        gx_list_json(list, w);
        code = write_rest(req, gx_list_id(list), w);
        gx_jw_object_end(w);
        if (code != GX_OK)
            break;
    }
    gx_jw_array_end(w);
    struct gx_str next = code == GX_OK ? gx_list_cursor(list) : GX_STR("");
    gx_jw_key(w, GX_STR("next"));
    if (next.n)
        gx_jw_str(w, next);
    else
        gx_jw_null(w);
    gx_list_close(list);
    return code;
}

static enum gx_code users_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    struct gx_buf filter = { 0 };
    struct gx_list_options options = {
        .q = gx_req_query(req, "q"),
        .sort = GX_STR("display_name"),
        .cursor = gx_req_query(req, "cursor"),
        .right = GX_RIGHT_READ,
    };
    int64_t total;
    GX_TRY(gx_req_query_int(req, "limit", USERS_LIMIT, 1, USERS_LIMIT_MAX, &options.limit));
    GX_TRY(gx_req_query_int(req, "id", 0, 1, INT64_MAX, &options.id));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    enum gx_code code = read_filter(req, &filter);
    options.filter = gx_arena_str(req->ctx->arena, gx_buf_str(&filter));
    gx_buf_free(&filter);
    GX_TRY(code);
    GX_TRY(gx_list_count(req->scope, object, &options, 0, &total));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    GX_TRY(write_users(req, object, &options, &w));
    gx_jw_key_int(&w, "total", total);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema user_out[] = {
    { .name = "user", .type = GX_SCHEMA_NODE, .required = true, .doc = "The record." },
    { .name = "roles", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "has_password", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "must_change_password",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "Has a password that serves once, and has not used it." },
    { .name = "signed_in_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "keys", .type = GX_SCHEMA_INT, .required = true, .doc = "API keys." },
    { .name = "sessions", .type = GX_SCHEMA_INT, .required = true, .doc = "In browsers." },
    { 0 },
};
static const struct gx_schema users_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = user_out, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "total", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

const struct gx_route gx_route_admin_users = {
    .doc = "Users by name, with what is kept of them beside the record: roles, last sign-in, keys.",
    .method = GX_GET,
    .path = "/api/v1/admin/users",
    .who = GX_WHO_ADMIN,
    .query = users_query,
    .out = users_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = users_get,
};

/* --- a new one, and a new password */

struct making {
    struct gx_req *req;
    const struct gx_object *object;
    const struct gx_json *values; /* NULL: the user is there */
    const struct gx_strs *roles;
    int64_t user;
    struct gx_str hash, password;
    bool once;
};

static enum gx_code make_work(void *p, struct gx_conn *conn)
{
    struct making *m = p;
    struct gx_req *req = m->req;
    struct gx_input *input;
    gx_ctx_clear(req->ctx);
    gx_scope_use(req->scope, conn);
    if (m->values) {
        GX_TRY(gx_input_json(req->scope, m->object, m->values, GX_STR("user"), &input));
        GX_TRY(gx_record_create(req->scope, input, &(struct gx_write_options){ 0 }, &m->user));
        GX_TRY(gx_user_roles_set(req, m->user, m->roles));
    } else {
        GX_TRY(gx_session_end_all(req->ctx, gx_api(req)->tenant, conn, m->user));
    }
    GX_TRY(gx_seat_take(req->ctx, gx_api(req)->tenant, conn, m->user, false));
    if (m->once)
        GX_TRY(gx_password_put_once(req->ctx, conn, m->user, m->hash));
    else
        GX_TRY(gx_password_put(req->ctx, conn, m->user, m->hash));
    return gx_audit_access(req->scope, m->user, "password", NULL,
                           m->once ? GX_STR("given out") : GX_STR("set"));
}

/* Hashing must not hold the writer, so these are no .writes routes. */
static enum gx_code make(struct making *m, struct gx_str password)
{
    struct gx_req *req = m->req;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    m->once = password.n == 0;
    m->password = m->once ? gx_password_make(req->ctx->arena) : password;
    while (m->once && m->password.n < (size_t)tenant->settings.password_chars_min)
        m->password = gx_arena_printf(req->ctx->arena, "%.*s-%.*s", GX_STR_ARG(m->password),
                                      GX_STR_ARG(gx_password_make(req->ctx->arena)));
    GX_TRY(gx_password_long(req->ctx, tenant, m->password));
    GX_TRY(gx_password_hash(req->ctx, m->password, &m->hash));
    GX_TRY(gx_db_write(req->ctx, tenant->db, make_work, m));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", m->user);
    gx_jw_key(&w, GX_STR("password"));
    if (m->once)
        gx_jw_str(&w, m->password);
    else
        gx_jw_null(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

struct user_in {
    const struct gx_json *user;
    struct gx_strs roles;
    struct gx_str password;
};

static const struct gx_schema user_in[] = {
    GX_FIELD(struct user_in, user, .type = GX_SCHEMA_NODE, .required = true,
             .doc = "The record, as in POST /api/v1/user; a login is needed here."),
    GX_FIELD(struct user_in, roles, .type = GX_SCHEMA_STRS, .max = 50),
    GX_FIELD(struct user_in, password, .type = GX_SCHEMA_STR, .max = 256,
             .doc = "When absent, one is made that serves once."),
    { 0 },
};

static const struct gx_schema made_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "password",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "The password that was made; it is shown only this once." },
    { 0 },
};

static enum gx_code users_post(struct gx_req *req, const void *in_p)
{
    const struct user_in *in = in_p;
    struct making m = { .req = req, .values = in->user, .roles = &in->roles };
    GX_TRY(gx_req_reader(req));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &m.object));
    if (in->user->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("user"), GX_M_WRONG_TYPE, GX_STR("user"),
                       GX_STR("{…}"));
    if (gx_str_trim(gx_json_get_str(in->user, "login", GX_STR(""))).n == 0)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("user.login"), GX_M_LOGIN_NEEDED);
    GX_TRY(make(&m, in->password));
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_admin_users_post = {
    .doc = "A new user with roles and a first password, all or nothing.",
    .method = GX_POST,
    .path = "/api/v1/admin/users",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = user_in,
    .in_size = sizeof(struct user_in),
    .out = made_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_DUPLICATE, GX_E_BUSY },
    .handler = users_post,
};

/* The user of the path, for administrators. */
static enum gx_code target(struct gx_req *req, const struct gx_object **ret_object,
                           int64_t *ret_user)
{
    struct gx_record record;
    GX_TRY(gx_req_id(req, 0, ret_user));
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), ret_object));
    return gx_record_load(req->scope, *ret_object, *ret_user, GX_RIGHT_EDIT, false, &record);
}

static enum gx_code users_reset(struct gx_req *req, const void *in)
{
    (void)in;
    struct making m = { .req = req };
    GX_TRY(gx_req_reader(req));
    GX_TRY(target(req, &m.object, &m.user));
    if (m.user == gx_scope_me(req->scope)) /* else a session left open would be enough */
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_RESET_SELF);
    return make(&m, GX_STR(""));
}

const struct gx_route gx_route_admin_users_reset = {
    .doc = "A new password that serves once, for somebody else; ends all their sessions and keys.",
    .method = GX_POST,
    .path = "/api/v1/admin/users/{id}/reset",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .secret = true,
    .out = made_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_BUSY },
    .handler = users_reset,
};

/* --- in and out */

struct active_in {
    bool active;
};

static const struct gx_schema active_in[] = {
    GX_FIELD(struct active_in, active, .type = GX_SCHEMA_BOOL, .required = true),
    { 0 },
};

static enum gx_code users_active(struct gx_req *req, const void *in_p)
{
    const struct active_in *in = in_p;
    const struct gx_object *object;
    struct gx_json *values;
    struct gx_input *input;
    int64_t user;
    GX_TRY(target(req, &object, &user));
    GX_TRY(gx_json_read(req->ctx,
                        in->active ? GX_STR("{\"active\":true}") : GX_STR("{\"active\":false}"),
                        &values));
    GX_TRY(gx_input_json(req->scope, object, values, GX_STR(""), &input));
    GX_TRY(
        gx_record_update(req->scope, user, 0, input, &(struct gx_write_options){ 0 }, NULL, NULL));
    if (!in->active)
        GX_TRY(gx_session_end_all(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), user));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_admin_users_active = {
    .doc = "Let a user in or out.  Out: all sessions and API keys end for good; records stay.",
    .method = GX_PUT,
    .path = "/api/v1/admin/users/{id}/active",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = active_in,
    .in_size = sizeof(struct active_in),
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = users_active,
};
