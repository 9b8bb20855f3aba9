/* admin_provider.c - providers of sign-in (OpenID Connect): set up, changed, tried, removed. */
#include "api/oidc.h"
#include "api/signin.h"
#include "json/write.h"
#include "meta/outgoing.h"
#include "net/fetch.h"
#include "net/url.h"
#include "store/audit.h"

/* --- what the sign-in page shows */

static const struct gx_schema button_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema buttons_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = button_out, .required = true },
    { 0 },
};

static enum gx_code buttons_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_provider *list;
    struct gx_conn *conn;
    size_t count;
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code = gx_providers_list(req->ctx, conn, &list, &count);
    gx_db_reader_release(conn);
    GX_TRY(code);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++) {
        if (!list[i].active)
            continue;
        gx_jw_object(&w);
        gx_jw_key_id(&w, "id", list[i].id);
        gx_jw_key_str(&w, "name", list[i].name);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_signin_providers = {
    .doc = "Providers through which one can sign in here.",
    .method = GX_GET,
    .path = "/api/v1/signin/providers",
    .who = GX_WHO_PUBLIC,
    .out = buttons_out,
    .handler = buttons_get,
};

/* --- what administrators see */

static const struct gx_schema provider_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "issuer", .type = GX_SCHEMA_STR, .required = true },
    { .name = "client", .type = GX_SCHEMA_STR, .required = true },
    { .name = "has_secret",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "There is one; it is never given out." },
    { .name = "redirect",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "The address that the provider must know." },
    { .name = "scopes", .type = GX_SCHEMA_STR, .required = true },
    { .name = "claim", .type = GX_SCHEMA_STR, .required = true },
    { .name = "acr", .type = GX_SCHEMA_STR, .required = true },
    { .name = "second", .type = GX_SCHEMA_STR, .required = true, .words = gx_provider_seconds },
    { .name = "domains", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "roles", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "creates", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "links_email", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "inside", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "active", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};
static const struct gx_schema providers_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = provider_out, .required = true },
    { 0 },
};

static void write_strs(struct gx_jw *w, const char *key, const struct gx_str *list, size_t count)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_array(w);
    for (size_t i = 0; i < count; i++)
        gx_jw_str(w, list[i]);
    gx_jw_array_end(w);
}

static void write_provider(struct gx_req *req, struct gx_jw *w, const struct gx_provider *p)
{
    struct gx_str origin = gx_signin_origin(req);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", p->id);
    gx_jw_key_str(w, "name", p->name);
    gx_jw_key_str(w, "issuer", p->issuer);
    gx_jw_key_str(w, "client", p->client);
    gx_jw_key_bool(w, "has_secret", p->secret.n > 0);
    gx_jw_key_str(
        w, "redirect",
        gx_arena_printf(req->ctx->arena, "%.*s/signin/%lld", GX_STR_ARG(origin), (long long)p->id));
    gx_jw_key_str(w, "scopes", p->scopes);
    gx_jw_key_str(w, "claim", p->claim);
    gx_jw_key_str(w, "acr", p->acr);
    gx_jw_key_str(w, "second", gx_str_c(gx_provider_seconds[p->second]));
    write_strs(w, "domains", p->domains, p->domain_count);
    write_strs(w, "roles", p->roles, p->role_count);
    gx_jw_key_bool(w, "creates", p->creates);
    gx_jw_key_bool(w, "links_email", p->links_email);
    gx_jw_key_bool(w, "inside", p->inside);
    gx_jw_key_bool(w, "active", p->active);
    gx_jw_object_end(w);
}

static enum gx_code providers_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_provider *list;
    size_t count;
    GX_TRY(gx_providers_list(req->ctx, gx_scope_conn(req->scope), &list, &count));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++)
        write_provider(req, &w, &list[i]);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_providers = {
    .doc = "Providers of sign-in, as they are set up.",
    .method = GX_GET,
    .path = "/api/v1/admin/providers",
    .who = GX_WHO_ADMIN,
    .out = providers_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = providers_get,
};

/* --- setting up */

struct provider_in {
    struct gx_str name, issuer, client, secret, scopes, claim, acr, second;
    struct gx_strs domains, roles;
    bool creates, links_email, inside, active;
};

static const struct gx_schema provider_in[] = {
    GX_FIELD(struct provider_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = GX_PROVIDER_NAME_CHARS_MAX, .doc = "On the button of the sign-in page."),
    GX_FIELD(struct provider_in, issuer, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 400, .doc = "https://…, as it calls itself."),
    GX_FIELD(struct provider_in, client, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 300, .doc = "Id of this system there (client_id)."),
    GX_FIELD(struct provider_in, secret, .type = GX_SCHEMA_STR, .max = 1000,
             .doc = "Of the client; kept sealed.  Absent: the one there is stays.  Empty: none."),
    GX_FIELD(struct provider_in, scopes, .type = GX_SCHEMA_STR, .max = 200,
             .doc = "\"openid email profile\" when absent."),
    GX_FIELD(struct provider_in, claim, .type = GX_SCHEMA_STR, .max = 60,
             .doc = "Which claim names a new user; \"email\" when absent."),
    GX_FIELD(struct provider_in, acr, .type = GX_SCHEMA_STR, .max = 200,
             .doc = "Authentication context to ask for, which `claim` then wants."),
    GX_FIELD(struct provider_in, second, .type = GX_SCHEMA_STR, .words = gx_provider_seconds,
             .doc = "Second step.  own (when absent): ours, of who has one or must; claim: the "
                    "provider says that it asked for one (amr, acr), else ours; trust: none."),
    GX_FIELD(struct provider_in, domains, .type = GX_SCHEMA_STRS, .max = GX_PROVIDER_LIST_MAX,
             .doc = "Of e-mail addresses that may come in; none: all."),
    GX_FIELD(struct provider_in, roles, .type = GX_SCHEMA_STRS, .max = GX_PROVIDER_LIST_MAX,
             .doc = "Of new users."),
    GX_FIELD(struct provider_in, creates, .type = GX_SCHEMA_BOOL,
             .doc = "Who is not known here gets a user on the first sign-in."),
    GX_FIELD(struct provider_in, links_email, .type = GX_SCHEMA_BOOL,
             .doc = "Who is not known gets the user with the same verified address, where there is "
                    "one and it is linked with nobody there."),
    GX_FIELD(struct provider_in, inside, .type = GX_SCHEMA_BOOL,
             .doc = "It may be in a private network or on this machine."),
    GX_FIELD(struct provider_in, active, .type = GX_SCHEMA_BOOL, .doc = "Absent: no."),
    { 0 },
};

static enum gx_code check_domains(struct gx_req *req, const struct gx_strs *domains)
{
    for (size_t i = 0; i < domains->n; i++) {
        struct gx_str d = domains->v[i];
        if (!gx_url_host_valid(d) || gx_str_find(d, ':') < d.n || gx_str_find(d, '.') == d.n)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("domains"), GX_M_PROVIDER_DOMAIN, d);
    }
    return GX_OK;
}

/* A role of an administrator is given by hand and not by whoever signs in somewhere. */
static enum gx_code check_roles(struct gx_req *req, const struct gx_strs *roles)
{
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    for (size_t i = 0; i < roles->n; i++) {
        size_t k = 0;
        while (k < meta->role_count && !gx_str_eq(meta->roles[k].name, roles->v[i]))
            k++;
        if (k == meta->role_count)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("roles"), GX_M_META_NO_ROLE, roles->v[i]);
        if (meta->roles[k].admin)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("roles"), GX_M_PROVIDER_ADMIN);
    }
    return GX_OK;
}

static struct gx_str or_else(struct gx_str text, const char *otherwise)
{
    text = gx_str_trim(text);
    return text.n ? text : gx_str_c(otherwise);
}

static enum gx_code fill(struct gx_req *req, const struct provider_in *in, struct gx_provider *p)
{
    GX_TRY(gx_fetch_check(req->ctx, in->issuer, in->inside, GX_STR("issuer")));
    if (gx_str_find(in->issuer, '?') < in->issuer.n)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("issuer"), GX_M_FETCH_URL, in->issuer);
    GX_TRY(check_domains(req, &in->domains));
    GX_TRY(check_roles(req, &in->roles));
    p->name = gx_str_trim(in->name);
    p->issuer = in->issuer;
    p->client = in->client;
    p->scopes = or_else(in->scopes, "openid email profile");
    p->claim = or_else(in->claim, "email");
    p->acr = gx_str_trim(in->acr);
    p->second = GX_SECOND_OWN;
    for (int i = 0; gx_provider_seconds[i]; i++)
        if (gx_str_is(in->second, gx_provider_seconds[i]))
            p->second = (enum gx_provider_second)i;
    p->domain_count = in->domains.n;
    p->role_count = in->roles.n;
    for (size_t i = 0; i < in->domains.n; i++)
        p->domains[i] = in->domains.v[i];
    for (size_t i = 0; i < in->roles.n; i++)
        p->roles[i] = in->roles.v[i];
    p->creates = in->creates;
    p->links_email = in->links_email;
    p->inside = in->inside;
    p->active = in->active;
    return GX_OK;
}

static enum gx_code note(struct gx_req *req, const char *how, struct gx_buf *was, struct gx_str now)
{
    struct gx_audit_note n = { .by = gx_scope_me(req->scope), .what = "setting" };
    n.data =
        gx_arena_printf(req->ctx->arena, "{\"%s\":[%.*s,%.*s]}", how,
                        GX_STR_ARG(was->n ? gx_buf_str(was) : GX_STR("null")), GX_STR_ARG(now));
    gx_buf_free(was);
    return gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &n);
}

static enum gx_code put(struct gx_req *req, const struct provider_in *in, struct gx_provider *p)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_buf was = { 0 };
    struct gx_jw before = gx_jw(&was), w = gx_jw(&req->out);
    bool new_secret = in->secret.p != NULL; /* absent is not empty */
    if (p->id)
        write_provider(req, &before, p);
    enum gx_code code = fill(req, in, p);
    if (code == GX_OK && new_secret)
        code = gx_provider_seal(req->ctx, tenant, in->secret, &p->secret);
    if (code == GX_OK)
        code = gx_provider_put(req->ctx, tenant, gx_scope_conn(req->scope), p);
    if (code != GX_OK) {
        gx_buf_free(&was);
        return code;
    }
    gx_outgoing_allow(tenant->dir, tenant->name);
    write_provider(req, &w, p);
    return note(req, new_secret ? "provider_and_secret" : "provider", &was, gx_buf_str(&req->out));
}

static enum gx_code providers_post(struct gx_req *req, const void *in)
{
    struct gx_provider p = { 0 };
    GX_TRY(put(req, in, &p));
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_admin_providers_post = {
    .doc = "Set up a provider of sign-in.",
    .method = GX_POST,
    .path = "/api/v1/admin/providers",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = provider_in,
    .in_size = sizeof(struct provider_in),
    .out = provider_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = providers_post,
};

static enum gx_code providers_put(struct gx_req *req, const void *in)
{
    struct gx_provider p;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_provider_get(req->ctx, gx_scope_conn(req->scope), id, false, &p));
    return put(req, in, &p);
}

const struct gx_route gx_route_admin_providers_put = {
    .doc = "Change a provider of sign-in.",
    .method = GX_PUT,
    .path = "/api/v1/admin/providers/{id}",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .fresh = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = provider_in,
    .in_size = sizeof(struct provider_in),
    .out = provider_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = providers_put,
};

static enum gx_code providers_delete(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_provider p, *rest;
    struct gx_buf was = { 0 };
    struct gx_jw w = gx_jw(&was);
    size_t count;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_provider_get(req->ctx, gx_scope_conn(req->scope), id, false, &p));
    GX_TRY(gx_provider_remove(req->ctx, gx_scope_conn(req->scope), id));
    GX_TRY(gx_providers_list(req->ctx, gx_scope_conn(req->scope), &rest, &count));
    if (count == 0)
        gx_outgoing_forbid(tenant->dir, tenant->name);
    write_provider(req, &w, &p);
    req->status = 204;
    return note(req, "provider", &was, GX_STR("null"));
}

const struct gx_route gx_route_admin_providers_delete = {
    .doc = "Remove a provider of sign-in, with everybody's links to it.",
    .method = GX_DELETE,
    .path = "/api/v1/admin/providers/{id}",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .fresh = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = providers_delete,
};

/* --- trying */

static const struct gx_schema try_out[] = {
    { .name = "authorize", .type = GX_SCHEMA_STR, .required = true },
    { .name = "token", .type = GX_SCHEMA_STR, .required = true },
    { .name = "keys", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code try_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_provider p;
    struct gx_oidc_places places;
    struct gx_conn *conn;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code = gx_provider_get(req->ctx, conn, id, false, &p);
    gx_db_reader_release(conn);
    GX_TRY(code);
    GX_TRY(gx_oidc_places(req, &p, true, &places));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "authorize", places.authorize);
    gx_jw_key_str(&w, "token", places.token);
    gx_jw_key_str(&w, "keys", places.keys);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_providers_try = {
    .doc = "Ask a provider what it says of itself, now.",
    .method = GX_POST,
    .path = "/api/v1/admin/providers/{id}/try",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .outward = true,
    .out = try_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_BUSY, GX_E_RATE },
    .handler = try_post,
};
