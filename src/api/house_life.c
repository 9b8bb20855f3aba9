/* house_life.c - the operator's routes: a tenant is made, taken along, deleted. */
#include "api/app.h"
#include "api/house.h"
#include "house/house.h"

enum { PACKS_MAX = 32 };

/* --- a new one */

struct limits_in {
    int64_t seats, records, file_bytes;
};

struct create_in {
    struct gx_str name, organisation, language, currency, region, host, demo, mark, store;
    struct gx_str admin_login, admin_name, admin_email, password;
    int64_t time_zone_offset_min, fiscal_start_month;
    struct gx_strs packs;
    struct limits_in limits;
};

static const char *const languages[] = { "zh-Hant", "en", NULL };

static const struct gx_schema limits_in[] = {
    GX_FIELD(struct limits_in, seats, .type = GX_SCHEMA_INT, .max = INT64_MAX),
    GX_FIELD(struct limits_in, records, .type = GX_SCHEMA_INT, .max = INT64_MAX),
    GX_FIELD(struct limits_in, file_bytes, .type = GX_SCHEMA_INT, .max = INT64_MAX),
    { 0 },
};

static const struct gx_schema create_in[] = {
    GX_FIELD(struct create_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 40,
             .doc = "Small letters, digits, - and _; begins with a letter. Part of its address."),
    GX_FIELD(struct create_in, organisation, .type = GX_SCHEMA_STR, .max = 120),
    GX_FIELD(struct create_in, language, .type = GX_SCHEMA_STR, .words = languages),
    GX_FIELD(struct create_in, currency, .type = GX_SCHEMA_STR, .min = 3, .max = 3,
             .doc = "ISO 4217; left out: as the front."),
    GX_FIELD(struct create_in, region, .type = GX_SCHEMA_STR, .min = 2, .max = 2,
             .doc = "ISO 3166; left out: as the front."),
    GX_FIELD(struct create_in, time_zone_offset_min, .type = GX_SCHEMA_INT, .min = -1439,
             .max = 1439),
    GX_FIELD(struct create_in, fiscal_start_month, .type = GX_SCHEMA_INT, .min = 1, .max = 12),
    GX_FIELD(struct create_in, host, .type = GX_SCHEMA_STR, .max = 253,
             .doc = "A host name of its own."),
    GX_FIELD(struct create_in, packs, .type = GX_SCHEMA_STRS, .max = PACKS_MAX,
             .doc = "Left out: core and sales."),
    GX_FIELD(struct create_in, admin_login, .type = GX_SCHEMA_STR, .max = 100),
    GX_FIELD(struct create_in, admin_name, .type = GX_SCHEMA_STR, .max = 120),
    GX_FIELD(struct create_in, admin_email, .type = GX_SCHEMA_STR, .max = 200),
    GX_FIELD(struct create_in, password, .type = GX_SCHEMA_STR, .max = 256,
             .doc = "Left out: the reply has a link that sets it."),
    GX_FIELD(struct create_in, demo, .type = GX_SCHEMA_STR, .max = 40,
             .doc = "An organisation of demo data."),
    GX_FIELD(struct create_in, mark, .type = GX_SCHEMA_STR, .max = 100,
             .doc = "The operator's own: a plan's code, say."),
    GX_FIELD(struct create_in, store, .type = GX_SCHEMA_STR, .max = 1000,
             .doc = "postgresql://…; over the local socket alone."),
    GX_FIELD(struct create_in, limits, .type = GX_SCHEMA_OBJECT, .fields = limits_in),
    { 0 },
};

static const struct gx_schema create_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "address", .type = GX_SCHEMA_STR, .required = true },
    { .name = "admin", .type = GX_SCHEMA_ID, .required = true },
    { .name = "link",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Behind <address>/link#: sets the administrator's password, within an hour; empty "
             "when a password was given." },
    { 0 },
};

static const char *const *pack_list(struct gx_req *req, const struct gx_strs *packs)
{
    const char **list = GX_ARENA_ARRAY(req->ctx->arena, const char *, packs->n + 1);
    for (size_t i = 0; i < packs->n; i++)
        list[i] = gx_arena_cstr(req->ctx->arena, packs->v[i]);
    return packs->n ? list : NULL;
}

static enum gx_code reply_made(struct gx_req *req, struct gx_house *house, struct gx_str name,
                               const struct gx_house_made *made)
{
    struct gx_directory_entry entry;
    struct gx_str host = req->local ? GX_STR("") : gx_req_header(req, "Host");
    GX_TRY(gx_house_find(req->ctx, house, name, &entry));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", name);
    gx_jw_key_str(&w, "address", gx_house_address(req->ctx->arena, house, &entry, host));
    gx_jw_key_id(&w, "admin", made->admin);
    gx_jw_key_str(&w, "link", made->link);
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

static enum gx_code tenant_create(struct gx_req *req, const void *in_p)
{
    const struct create_in *in = in_p;
    struct gx_house *house;
    struct gx_house_made made;
    GX_TRY(gx_req_house(req, &house));
    if (in->store.n && !req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("store"), GX_M_LOCAL_ONLY);
    const struct gx_house_new new_tenant = {
        .name = in->name,
        .packs = pack_list(req, &in->packs),
        .language = in->language,
        .currency = in->currency,
        .region = in->region,
        .tz_offset_min = gx_json_get(req->json, "time_zone_offset_min")
                             ? (int)in->time_zone_offset_min
                             : GX_HOUSE_AS_FRONT,
        .fiscal_start_month = (int)in->fiscal_start_month,
        .organisation = in->organisation,
        .admin_login = in->admin_login,
        .admin_name = in->admin_name,
        .admin_email = in->admin_email,
        .password = in->password,
        .demo = in->demo,
        .host = in->host,
        .url = in->store.n ? gx_arena_cstr(req->ctx->arena, in->store) : NULL,
        .limits = { in->limits.seats, in->limits.records, in->limits.file_bytes },
        .mark = in->mark,
    };
    GX_TRY(gx_house_create(req->ctx, house, &new_tenant, &made));
    GX_TRY(gx_house_note(req, in->name, "created"));
    return reply_made(req, house, in->name, &made);
}

const struct gx_route gx_route_house_create = {
    .doc = "Make a tenant, with its first administrator; demo data comes in the background.",
    .method = GX_POST,
    .path = "/api/v1/house/tenants",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .secret = true,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = create_in,
    .in_size = sizeof(struct create_in),
    .out = create_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_DUPLICATE, GX_E_BUSY },
    .handler = tenant_create,
};

/* --- taking it along */

struct export_in {
    struct gx_str path;
};

static const struct gx_schema export_in[] = {
    GX_FIELD(struct export_in, path, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 4000,
             .doc = "Absolute path of a folder that does not exist yet, on the server's machine."),
    { 0 },
};

static const struct gx_schema export_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

/* It writes wherever it is told to. */
static enum gx_code tenant_export(struct gx_req *req, const void *in_p)
{
    const struct export_in *in = in_p;
    struct gx_house *house;
    GX_TRY(gx_req_house(req, &house));
    if (!req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LOCAL_ONLY);
    GX_TRY(gx_house_export(req->ctx, house, req->params[0], in->path));
    GX_TRY(gx_house_note(req, req->params[0], "exported"));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "path", in->path);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_house_export = {
    .doc = "A folder that the tenant may take along: a backup of it; only over the local socket.",
    .method = GX_POST,
    .path = "/api/v1/house/tenants/{name}/export",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = export_in,
    .in_size = sizeof(struct export_in),
    .out = export_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_IO },
    .handler = tenant_export,
};

/* --- the end */

static const struct gx_query_param delete_query[] = {
    { .name = "reason", .doc = "For the record.", .type = GX_SCHEMA_STR, .max = 500 },
    { 0 },
};

static const struct gx_schema delete_out[] = {
    { .name = "record", .type = GX_SCHEMA_NODE, .required = true, .doc = "What was deleted." },
    { .name = "signer", .type = GX_SCHEMA_STR, .required = true, .doc = "A key of this house." },
    { .name = "signature",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Ed25519, over the bytes of the record." },
    { 0 },
};

static enum gx_code tenant_delete(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_house *house;
    struct gx_str line;
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(gx_house_delete(req->ctx, house, req->params[0], gx_req_query(req, "reason"), &line));
    GX_TRY(gx_house_note(req, req->params[0], "deleted"));
    gx_buf_add(&req->out, line);
    return GX_OK;
}

const struct gx_route gx_route_house_delete = {
    .doc = "The tenant is gone: its store, files, keys; a signed record of it stays.",
    .method = GX_DELETE,
    .path = "/api/v1/house/tenants/{name}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .slow = true,
    .chore = true,
    .query = delete_query,
    .out = delete_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_IN_USE, GX_E_BUSY, GX_E_IO },
    .handler = tenant_delete,
};

static enum gx_code deletions_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_house *house;
    struct gx_str rest, line;
    bool first = true;
    GX_TRY(gx_req_house(req, &house));
    GX_TRY(gx_house_deletions(req->ctx, house, &rest));
    gx_buf_addz(&req->out, "{\"rows\":[");
    while (gx_str_split(&rest, '\n', &line)) {
        if (line.n == 0)
            continue;
        gx_buf_addz(&req->out, first ? "" : ",");
        gx_buf_add(&req->out, line);
        first = false;
    }
    gx_buf_addz(&req->out, "]}");
    return GX_OK;
}

static const struct gx_schema deletions_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = delete_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_house_deletions = {
    .doc = "The records of tenants that were deleted, oldest first.",
    .method = GX_GET,
    .path = "/api/v1/house/deletions",
    .who = GX_WHO_ADMIN,
    .out = deletions_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = deletions_get,
};
