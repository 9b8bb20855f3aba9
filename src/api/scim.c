/* scim.c - what the addresses of SCIM share: who asks, errors, pages, operations. */
#include "api/scim.h"

#include "api/signin.h"
#include "json/write.h"

enum gx_code gx_scim_authenticate(struct gx_req *req, struct gx_conn *conn)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_str bearer = gx_req_header(req, "Authorization"), start = GX_STR("Bearer ");
    struct gx_scim_key *key;
    if (bearer.n < start.n || !gx_str_ieq((struct gx_str){ bearer.p, start.n }, start))
        return gx_fail(req->ctx, GX_E_UNAUTHENTICATED, GX_STR("Authorization"), GX_M_SCIM_KEY);
    GX_TRY(gx_scim_key_find(req->ctx, conn, gx_str_trim(gx_str_from(bearer, start.n)), &key));
    gx_scim_key_touch(tenant, key, req->ctx->now_us);
    req->provisioner = key;
    req->scope =
        gx_scope_system(req->ctx, tenant, conn,
                        gx_arena_printf(req->ctx->arena, "SCIM: %.*s", GX_STR_ARG(key->name)).p);
    return GX_OK;
}

static const char *type_of(const struct gx_error *error, enum gx_code code)
{
    if (error && gx_str_is(error->path, "filter"))
        return "invalidFilter";
    if (code == GX_E_DUPLICATE)
        return "uniqueness";
    if (code == GX_E_SYNTAX)
        return "invalidSyntax";
    return code == GX_E_INVALID ? "invalidValue" : NULL;
}

void gx_scim_problem(struct gx_req *req, enum gx_code code)
{
    struct gx_ctx *ctx = req->ctx;
    const struct gx_error *error = ctx->errors;
    const char *type = type_of(error, code);
    /* RFC 7644, 3.12: what is wrong with the input is 400, a version that has passed 412. */
    req->status = code == GX_E_INVALID ? 400 : code == GX_E_CONFLICT ? 412 : gx_code_status(code);
    struct gx_str detail =
        error ? gx_error_text(ctx->arena, error, ctx->lang) : gx_str_c(gx_code_title(code));
    if (error && error->path.n)
        detail =
            gx_arena_printf(ctx->arena, "%.*s (%.*s)", GX_STR_ARG(detail), GX_STR_ARG(error->path));
    struct gx_jw w = gx_scim_reply(req);
    gx_jw_object(&w);
    gx_jw_key_raw(&w, "schemas", "[\"" GX_SCIM_URN "api:messages:2.0:Error\"]");
    gx_jw_key_str(&w, "status", gx_arena_printf(ctx->arena, "%d", req->status));
    if (type)
        gx_jw_key_str(&w, "scimType", gx_str_c(type));
    gx_jw_key_str(&w, "detail", detail);
    gx_jw_object_end(&w);
}

struct gx_jw gx_scim_reply(struct gx_req *req)
{
    req->content_type = GX_SCIM_TYPE;
    return gx_jw(&req->out);
}

/* --- what is asked */

#define SHOWN                                                                                      \
    { .name = "attributes",                                                                        \
      .doc = "Only these, separated by commas.",                                                   \
      .type = GX_SCHEMA_STR,                                                                       \
      .max = 2000 },                                                                               \
    {                                                                                              \
        .name = "excludedAttributes", .doc = "All but these.", .type = GX_SCHEMA_STR, .max = 2000  \
    }

const struct gx_query_param gx_scim_one_query[] = { SHOWN, { 0 } };

const struct gx_query_param gx_scim_list_query[] = {
    SHOWN,
    { .name = "filter",
      .doc = "attribute eq value, several joined by `and`.",
      .type = GX_SCHEMA_STR,
      .max = 1000 },
    { .name = "startIndex", .doc = "From 1.", .type = GX_SCHEMA_INT },
    { .name = "count", .doc = "At most 200.", .type = GX_SCHEMA_INT },
    { .name = "sortBy", .doc = "Not regarded.", .type = GX_SCHEMA_STR, .max = 200 },
    { .name = "sortOrder", .doc = "Not regarded.", .type = GX_SCHEMA_STR, .max = 20 },
    { 0 },
};

/* "emails" is named by "emails", "emails.value" and the same behind the URN of a schema. */
static bool names(struct gx_req *req, struct gx_str list, const char *name)
{
    struct gx_str piece;
    while (gx_str_split(&list, ',', &piece)) {
        struct gx_str path = gx_scim_attribute(req->ctx->arena, gx_str_trim(piece));
        struct gx_str asked = gx_scim_attribute(req->ctx->arena, gx_str_c(name));
        char next = gx_str_starts(path, asked) && path.n > asked.n ? path.p[asked.n] : '.';
        if (gx_str_starts(path, asked) && (next == '.' || next == ':'))
            return true;
    }
    return false;
}

bool gx_scim_wants(const struct gx_req *req, const char *name)
{
    struct gx_req *r = (struct gx_req *)(uintptr_t)req;
    struct gx_str only = gx_req_query(req, "attributes");
    struct gx_str without = gx_req_query(req, "excludedAttributes");
    return only.n ? names(r, only, name) : !names(r, without, name);
}

static int64_t number(const struct gx_req *req, const char *name, int64_t otherwise)
{
    int64_t n;
    return gx_str_int64(gx_req_query(req, name), &n) ? n : otherwise;
}

enum gx_code gx_scim_page(struct gx_req *req, int64_t *ret_start, int64_t *ret_count)
{
    int64_t start = number(req, "startIndex", 1), count = number(req, "count", GX_SCIM_COUNT);
    *ret_start = start < 1 ? 1 : start;
    *ret_count = count < 0 ? 0 : count > GX_SCIM_COUNT_MAX ? GX_SCIM_COUNT_MAX : count;
    return GX_OK;
}

void gx_scim_list_begin(struct gx_jw *w, int64_t total, int64_t start)
{
    gx_jw_object(w);
    gx_jw_key_raw(w, "schemas", "[\"" GX_SCIM_URN "api:messages:2.0:ListResponse\"]");
    gx_jw_key_int(w, "totalResults", total);
    gx_jw_key_int(w, "startIndex", start);
    gx_jw_key(w, GX_STR("Resources"));
    gx_jw_array(w);
}

void gx_scim_list_end(struct gx_jw *w, int64_t shown)
{
    gx_jw_array_end(w);
    gx_jw_key_int(w, "itemsPerPage", shown);
    gx_jw_object_end(w);
}

struct gx_str gx_scim_place(const struct gx_req *req, const char *kind, struct gx_str id)
{
    struct gx_str origin = gx_signin_origin(req);
    return gx_arena_printf(req->ctx->arena, "%.*s%.*s/scim/v2/%s%s%.*s", GX_STR_ARG(origin),
                           GX_STR_ARG(req->base), kind, id.n ? "/" : "", GX_STR_ARG(id));
}

struct gx_str gx_scim_attribute(struct gx_arena *arena, struct gx_str path)
{
    static const struct gx_str cores[] = { GX_STR_INIT(GX_SCIM_URN_USER ":"),
                                           GX_STR_INIT(GX_SCIM_URN_GROUP ":") };
    for (size_t i = 0; i < GX_COUNT(cores); i++)
        if (path.n > cores[i].n && gx_str_ieq((struct gx_str){ path.p, cores[i].n }, cores[i]))
            path = gx_str_from(path, cores[i].n);
    char *small = gx_arena_alloc(arena, path.n + 1);
    for (size_t i = 0; i < path.n; i++)
        small[i] = (char)(path.p[i] >= 'A' && path.p[i] <= 'Z' ? path.p[i] + 32 : path.p[i]);
    return (struct gx_str){ small, path.n };
}

bool gx_scim_truth(const struct gx_json *value, bool *ret_truth)
{
    bool yes = value->kind == GX_JSON_STRING && gx_str_ieq(value->text, GX_STR("true"));
    bool no = value->kind == GX_JSON_STRING && gx_str_ieq(value->text, GX_STR("false"));
    if (value->kind != GX_JSON_BOOL && !yes && !no)
        return false;
    *ret_truth = value->kind == GX_JSON_BOOL ? value->truth : yes;
    return true;
}

/* --- PATCH */

static enum gx_code wrong(struct gx_req *req, const char *path)
{
    return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(path), GX_M_SCIM_PATCH);
}

enum gx_code gx_scim_operations(struct gx_req *req, gx_scim_op fn, void *p)
{
    static const char *const known[] = { "add", "replace", "remove" };
    const struct gx_json *list = gx_json_get(req->json, "Operations");
    if (!list || list->kind != GX_JSON_ARRAY || list->count == 0)
        return wrong(req, "Operations");
    if (list->count > GX_SCIM_OPERATIONS_MAX)
        return gx_fail(req->ctx, GX_E_LIMIT, GX_STR("Operations"), GX_M_TOO_BIG, GX_STR("1000"));
    for (const struct gx_json *o = list->first; o; o = o->next) {
        struct gx_str op = gx_scim_attribute(req->ctx->arena, gx_json_get_str(o, "op", GX_STR("")));
        struct gx_str path = gx_json_get_str(o, "path", GX_STR(""));
        const struct gx_json *value = gx_json_get(o, "value");
        bool is_known = false;
        for (size_t i = 0; i < GX_COUNT(known); i++)
            is_known = is_known || gx_str_is(op, known[i]);
        if (!is_known || (gx_str_is(op, "remove") ? path.n == 0 : value == NULL))
            return wrong(req, "Operations");
        GX_TRY(fn(p, op, path, value));
    }
    return GX_OK;
}
