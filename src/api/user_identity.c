/* user_identity.c - which accounts at providers of sign-in are a user's. */
#include "access/provider.h"
#include "api/app.h"
#include "json/write.h"
#include "store/audit.h"

static const struct gx_schema row_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "What the account is called there, when it was linked." },
    { .name = "provider", .type = GX_SCHEMA_STR, .required = true },
    { .name = "provider_id",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "null: it cannot be used now." },
    { .name = "made_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "used_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

static enum gx_code identities_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user;
    GX_TRY(gx_req_user(req, true, &user));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_identities_write(req->ctx, gx_scope_conn(req->scope), user, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_user_identities = {
    .doc = "Accounts at providers by which a user signs in; one's own, or for administrators.",
    .method = GX_GET,
    .path = "/api/v1/user/{id}/identities",
    .who = GX_WHO_SIGNED_IN,
    .out = rows_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = identities_get,
};

static enum gx_code identity_delete(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t user, id;
    GX_TRY(gx_req_user(req, true, &user));
    GX_TRY(gx_req_id(req, 1, &id));
    GX_TRY(gx_identity_remove(req->ctx, gx_scope_conn(req->scope), user, id));
    req->status = 204;
    return gx_audit_access(req->scope, user, "provider_unlinked", NULL, GX_STR("removed"));
}

const struct gx_route gx_route_user_identity_delete = {
    .doc = "Unlink an account at a provider: it does not let anybody in any more.",
    .method = GX_DELETE,
    .path = "/api/v1/user/{id}/identities/{identity}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .fresh = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = identity_delete,
};
