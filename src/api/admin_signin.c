/* admin_signin.c - how people come in here: who needs a second factor, when it is asked again. */
#include "access/factor.h"
#include "api/app.h"
#include "net/url.h"
#include "store/audit.h"
#include "store/watch.h"

enum { ROLES_MAX = 100 };

struct rules_in {
    struct gx_strs second_factor_roles;
    struct gx_str origin;
    int64_t step_up_min, step_up_rows, watch_read, watch_export;
};

static const struct gx_schema rules_in[] = {
    GX_FIELD(struct rules_in, second_factor_roles, .type = GX_SCHEMA_STRS, .required = true,
             .max = ROLES_MAX,
             .doc = "Who has one of these roles needs a second factor; \"*\": everybody."),
    GX_FIELD(struct rules_in, origin, .type = GX_SCHEMA_STR, .required = true, .max = 200,
             .doc = "Where people reach this system, such as https://crm.example.com; empty: where "
                    "their browser says."),
    GX_FIELD(struct rules_in, step_up_min, .type = GX_SCHEMA_INT, .required = true, .min = 1,
             .max = GX_STEP_UP_MIN_MAX,
             .doc = "What is sensitive asks who it is again after so many minutes."),
    GX_FIELD(struct rules_in, step_up_rows, .type = GX_SCHEMA_INT, .required = true, .min = 0,
             .max = GX_STEP_UP_ROWS_MAX, .doc = "Exports of more records than this are."),
    GX_FIELD(struct rules_in, watch_read, .type = GX_SCHEMA_INT, .min = 10,
             .max = GX_WATCH_FLOOR_MAX,
             .doc = "Who reads at least so many different records in an hour, and several times "
                    "what is usual for them, raises an alert; absent: as it is."),
    GX_FIELD(struct rules_in, watch_export, .type = GX_SCHEMA_INT, .min = 10,
             .max = GX_WATCH_FLOOR_MAX, .doc = "The same of records in files."),
    { 0 },
};

/* As it is set, or as the program has it. */
static enum gx_code read_floor(struct gx_req *req, const char *key, int64_t otherwise,
                               int64_t *ret_floor)
{
    struct gx_str text;
    GX_TRY(gx_setting_get(req->ctx, gx_scope_conn(req->scope), key, GX_STR(""), &text));
    if (!gx_str_int64(text, ret_floor))
        *ret_floor = otherwise;
    return GX_OK;
}

static enum gx_code write_rules(struct gx_req *req, const struct gx_settings *s, struct gx_buf *out)
{
    struct gx_str roles[ROLES_MAX];
    size_t count;
    int64_t read, exported;
    GX_TRY(read_floor(req, GX_SETTING_WATCH_READ, GX_WATCH_FLOOR_READ, &read));
    GX_TRY(read_floor(req, GX_SETTING_WATCH_EXPORT, GX_WATCH_FLOOR_EXPORT, &exported));
    GX_TRY(gx_factor_roles(req->ctx, gx_scope_conn(req->scope), roles, ROLES_MAX, &count));
    struct gx_jw w = gx_jw(out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("second_factor_roles"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++)
        gx_jw_str(&w, roles[i]);
    gx_jw_array_end(&w);
    gx_jw_key_str(&w, "origin", s->origin);
    gx_jw_key_int(&w, "step_up_min", s->step_up_min);
    gx_jw_key_int(&w, "step_up_rows", s->step_up_rows);
    gx_jw_key_int(&w, "watch_read", read);
    gx_jw_key_int(&w, "watch_export", exported);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code rules_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_settings s = gx_settings_now(gx_api(req)->tenant, req->ctx->arena);
    return write_rules(req, &s, &req->out);
}

const struct gx_route gx_route_admin_signin = {
    .doc = "Rules for signing in.",
    .method = GX_GET,
    .path = "/api/v1/admin/signin",
    .who = GX_WHO_ADMIN,
    .out = rules_in,
    .errors = { GX_E_FORBIDDEN },
    .handler = rules_get,
};

/* A scheme and a host, and nothing behind it. */
static enum gx_code check_origin(struct gx_req *req, struct gx_str origin)
{
    bool https = gx_str_starts(origin, GX_STR("https://"));
    bool http = gx_str_starts(origin, GX_STR("http://"));
    struct gx_str host = gx_str_from(origin, https ? 8 : http ? 7 : 0);
    if (origin.n == 0 ||
        ((https || http) && gx_url_host_valid(host) && gx_str_find(host, '/') == host.n))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_INVALID, GX_STR("origin"), GX_M_ORIGIN);
}

static enum gx_code check_roles(struct gx_req *req, const struct gx_strs *roles)
{
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    for (size_t i = 0; i < roles->n; i++) {
        size_t k = 0;
        while (k < meta->role_count && !gx_str_eq(meta->roles[k].name, roles->v[i]))
            k++;
        if (k == meta->role_count && !gx_str_is(roles->v[i], "*"))
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("second_factor_roles"), GX_M_META_NO_ROLE,
                           roles->v[i]);
    }
    return GX_OK;
}

/* {"signin_rules": [before, after]} */
static enum gx_code note_rules(struct gx_req *req, struct gx_str was, struct gx_str now)
{
    struct gx_audit_note note = {
        .by = gx_scope_me(req->scope),
        .what = "setting",
        .data = gx_arena_printf(req->ctx->arena, "{\"signin_rules\":[%.*s,%.*s]}", GX_STR_ARG(was),
                                GX_STR_ARG(now)),
    };
    return gx_str_eq(was, now)
               ? GX_OK
               : gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &note);
}

static enum gx_code put_floor(struct gx_req *req, const char *key, int64_t value)
{
    return value ? gx_setting_set(req->ctx, gx_scope_conn(req->scope), gx_str_c(key),
                                  gx_arena_printf(req->ctx->arena, "%lld", (long long)value))
                 : GX_OK;
}

/* The watch takes them up at once. */
static enum gx_code put_floors(struct gx_req *req, const struct rules_in *in)
{
    struct gx_watch *watch = gx_api(req)->tenant->watch;
    GX_TRY(put_floor(req, GX_SETTING_WATCH_READ, in->watch_read));
    GX_TRY(put_floor(req, GX_SETTING_WATCH_EXPORT, in->watch_export));
    return watch ? gx_watch_start(req->ctx, watch, gx_scope_conn(req->scope)) : GX_OK;
}

static enum gx_code rules_put(struct gx_req *req, const void *in_p)
{
    const struct rules_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    struct gx_settings s = gx_settings_now(tenant, req->ctx->arena);
    struct gx_buf before = { 0 };
    GX_TRY(check_origin(req, in->origin));
    GX_TRY(check_roles(req, &in->second_factor_roles));
    enum gx_code code = write_rules(req, &s, &before);
    struct gx_str was = gx_arena_str(req->ctx->arena, gx_buf_str(&before));
    gx_buf_free(&before);
    GX_TRY(code);
    s.origin = in->origin;
    s.step_up_min = (int)in->step_up_min;
    s.step_up_rows = (int)in->step_up_rows;
    GX_TRY(gx_settings_save(req->ctx, tenant, conn, &s));
    GX_TRY(put_floors(req, in));
    GX_TRY(gx_factor_roles_set(req->ctx, tenant, conn, in->second_factor_roles.v,
                               in->second_factor_roles.n));
    GX_TRY(write_rules(req, &s, &req->out));
    return note_rules(req, was, gx_buf_str(&req->out));
}

const struct gx_route gx_route_admin_signin_put = {
    .doc = "Change the rules for signing in; at once, for all.",
    .method = GX_PUT,
    .path = "/api/v1/admin/signin",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .fresh = true,
    .body = GX_BODY_JSON,
    .in = rules_in,
    .in_size = sizeof(struct rules_in),
    .out = rules_in,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = rules_put,
};
