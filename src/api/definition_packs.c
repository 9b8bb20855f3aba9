/* definition_packs.c - the packs that the program brings: what is in them, and which are in use. */
#include "api/app.h"
#include "store/audit.h"
#include "base/embedded.h"
#include "base/time.h"

enum { PACKS_MAX = 64 };

static const struct gx_schema file_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { .name = "json", .type = GX_SCHEMA_NODE, .required = true },
    { 0 },
};

static const struct gx_schema pack_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "installed_at",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "null: not in use." },
    { .name = "files", .type = GX_SCHEMA_LIST, .fields = file_out, .required = true },
    { .name = "examples",
      .type = GX_SCHEMA_LIST,
      .fields = file_out,
      .required = true,
      .doc = "What demo data it has: a kind of organisation each." },
    { 0 },
};

static const struct gx_schema packs_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = pack_out, .required = true },
    { 0 },
};

/* "packs/core/objects/account.json" → "core"; empty for other paths. */
static struct gx_str pack_of(struct gx_str path)
{
    if (!gx_str_starts(path, GX_STR("packs/")))
        return GX_STR("");
    struct gx_str rest = gx_str_from(path, 6);
    rest.n = gx_str_find(rest, '/');
    return rest;
}

static size_t names_of_packs(struct gx_str *names)
{
    size_t n = 0;
    for (const struct gx_embedded *e = gx_embedded_files; e->path && n < PACKS_MAX; e++) {
        struct gx_str name = pack_of(gx_str_c(e->path));
        size_t i = 0;
        while (i < n && !gx_str_eq(names[i], name))
            i++;
        if (name.n && i == n)
            names[n++] = name;
    }
    return n;
}

static enum gx_code installed_at(struct gx_req *req, struct gx_str pack, int64_t *ret_at)
{
    struct gx_value name = gx_value_text(pack);
    return gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT installed_at FROM gx_pack WHERE name = ?1"), &name, 1, -1,
                     ret_at);
}

static void write_file(struct gx_jw *w, struct gx_str path, struct gx_str json)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "path", path);
    gx_jw_key(w, GX_STR("json"));
    gx_jw_raw(w, json);
    gx_jw_object_end(w);
}

/* Of a demo file only what people read: the rest is for the program. */
static enum gx_code write_example(struct gx_req *req, struct gx_jw *w, struct gx_str path,
                                  struct gx_str text)
{
    struct gx_json *json;
    GX_TRY(gx_json_read(req->ctx, text, &json));
    const struct gx_json *label = gx_json_get(json, "label");
    if (!gx_json_get(json, "organisation") || !label)
        return GX_OK;
    gx_jw_object(w);
    gx_jw_key_str(w, "path", path);
    gx_jw_key(w, GX_STR("json"));
    gx_jw_object(w);
    gx_jw_key_str(w, "name", gx_json_get_str(json, "organisation", GX_STR("")));
    gx_jw_key(w, GX_STR("label"));
    gx_json_write(w, label);
    gx_jw_object_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code write_files(struct gx_req *req, struct gx_jw *w, struct gx_str pack, bool demo)
{
    struct gx_str folder = gx_arena_printf(req->ctx->arena, "packs/%.*s/demo/", GX_STR_ARG(pack));
    gx_jw_array(w);
    for (const struct gx_embedded *e = gx_embedded_files; e->path; e++) {
        struct gx_str path = gx_str_c(e->path), text = { e->data, e->n };
        if (!gx_str_eq(pack_of(path), pack) || !gx_str_ends(path, GX_STR(".json")) ||
            gx_str_starts(path, folder) != demo)
            continue;
        if (demo)
            GX_TRY(write_example(req, w, path, text));
        else
            write_file(w, path, text);
    }
    gx_jw_array_end(w);
    return GX_OK;
}

static enum gx_code packs_list(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_str names[PACKS_MAX];
    GX_TRY(gx_req_admin(req));
    size_t count = names_of_packs(names);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < count; i++) {
        int64_t at;
        GX_TRY(installed_at(req, names[i], &at));
        gx_jw_object(&w);
        gx_jw_key_str(&w, "name", names[i]);
        gx_jw_key(&w, GX_STR("installed_at"));
        if (at >= 0)
            gx_jw_str(&w, gx_moment_format(req->ctx->arena, at));
        else
            gx_jw_null(&w);
        gx_jw_key(&w, GX_STR("files"));
        GX_TRY(write_files(req, &w, names[i], false));
        gx_jw_key(&w, GX_STR("examples"));
        GX_TRY(write_files(req, &w, names[i], true));
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    gx_reply_tagged(req);
    return GX_OK;
}

const struct gx_route gx_route_definition_packs = {
    .doc = "The packs of the program with all that they define, and which are in use.",
    .method = GX_GET,
    .path = "/api/v1/definition/packs",
    .who = GX_WHO_ADMIN,
    .out = packs_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = packs_list,
};

static const struct gx_schema added_out[] = {
    { .name = "version", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code packs_add(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_plan_step *steps;
    GX_TRY(gx_req_admin(req));
    GX_TRY(gx_tenant_add_pack(req->ctx, tenant, gx_scope_conn(req->scope), req->params[0],
                              gx_scope_me(req->scope), &steps));
    struct gx_audit_note note = {
        .by = gx_scope_me(req->scope),
        .what = "definition",
        .data = gx_arena_printf(req->ctx->arena, "{\"packs/%.*s\":[null,\"published\"]}",
                                GX_STR_ARG(req->params[0])),
    };
    GX_TRY(gx_audit_add(req->ctx, tenant, gx_scope_conn(req->scope), &note));
    struct gx_meta *meta = gx_tenant_meta(tenant);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "version", meta->version);
    gx_meta_unref(meta);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_definition_packs_add = {
    .doc = "Begin to use a pack of the program: its objects and fields are there at once.",
    .method = GX_POST,
    .path = "/api/v1/definition/packs/{pack}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .out = added_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = packs_add,
};
