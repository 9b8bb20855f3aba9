/* admin_scim.c - keys of systems that look after users here (SCIM): made, listed, ended. */
#include "api/scim.h"

#include "base/time.h"
#include "json/write.h"
#include "store/audit.h"

enum { KEY_DAYS = 365 };

static const struct gx_schema key_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "roles", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "places", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "made_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "expires_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "used_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema keys_out[] = {
    { .name = "url",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "What the other system calls the address of the tenant." },
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = key_out, .required = true },
    { 0 },
};

static enum gx_code keys_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    struct gx_str url = gx_scim_place(req, "", GX_STR(""));
    gx_jw_key_str(&w, "url", (struct gx_str){ url.p, url.n - 1 });
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_scim_keys_write(req->ctx, gx_scope_conn(req->scope), &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_scim = {
    .doc = "Keys of systems that look after users here (SCIM), and the address to give them.",
    .method = GX_GET,
    .path = "/api/v1/admin/scim",
    .who = GX_WHO_ADMIN,
    .out = keys_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = keys_get,
};

struct key_in {
    struct gx_str name;
    struct gx_strs roles;
    bool places;
    int64_t days;
};

static const struct gx_schema key_in[] = {
    GX_FIELD(struct key_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = GX_SCIM_NAME_CHARS_MAX, .doc = "Which system it is for."),
    GX_FIELD(struct key_in, roles, .type = GX_SCHEMA_STRS, .max = GX_SCIM_ROLES_MAX,
             .doc = "Roles that it may give and take; never an administrator's."),
    GX_FIELD(struct key_in, places, .type = GX_SCHEMA_BOOL,
             .doc = "It may also say unit and manager, by which roles reach further."),
    GX_FIELD(struct key_in, days, .type = GX_SCHEMA_INT, .min = 1, .max = GX_SCIM_DAYS_MAX,
             .doc = "It ends after so many days; a year when absent."),
    { 0 },
};

static const struct gx_schema made_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "key",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "The token; shown only this once." },
    { 0 },
};

static enum gx_code check_roles(struct gx_req *req, const struct gx_strs *roles)
{
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    for (size_t i = 0; i < roles->n; i++) {
        size_t k = 0;
        while (k < meta->role_count && !gx_str_eq(meta->roles[k].name, roles->v[i]))
            k++;
        if (k == meta->role_count)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("roles"), GX_M_META_NO_ROLE, roles->v[i]);
        if (meta->roles[k].admin || meta->roles[k].implicit)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("roles"), GX_M_SCIM_ADMIN_ROLE,
                           roles->v[i]);
    }
    return GX_OK;
}

static enum gx_code keys_post(struct gx_req *req, const void *in_p)
{
    const struct key_in *in = in_p;
    struct gx_scim_key key = { .name = gx_str_trim(in->name), .places = in->places };
    int64_t days = in->days ? in->days : KEY_DAYS;
    struct gx_str token;
    GX_TRY(check_roles(req, &in->roles));
    for (size_t i = 0; i < in->roles.n; i++)
        key.roles[key.role_count++] = in->roles.v[i];
    key.expires_at = req->ctx->now_us + days * 24 * 60 * GX_MINUTE_US;
    GX_TRY(gx_scim_key_make(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &key,
                            gx_scope_me(req->scope), &token));
    GX_TRY(gx_audit_access(req->scope, 0, "scim_key", NULL, key.name));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", key.id);
    gx_jw_key_str(&w, "key", token);
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_admin_scim_post = {
    .doc = "A key by which another system looks after users here, and may do nothing else.",
    .method = GX_POST,
    .path = "/api/v1/admin/scim",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = key_in,
    .in_size = sizeof(struct key_in),
    .out = made_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = keys_post,
};

static enum gx_code keys_delete(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_scim_key_remove(req->ctx, gx_scope_conn(req->scope), id));
    GX_TRY(gx_audit_access(req->scope, 0, "scim_key", "", GX_STR("")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_admin_scim_delete = {
    .doc = "End a key of SCIM at once; the users stay as they are.",
    .method = GX_DELETE,
    .path = "/api/v1/admin/scim/{id}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = keys_delete,
};
