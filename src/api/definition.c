/* definition.c - a tenant's own objects, fields, processes and roles, changed while it runs. */
#include "api/app.h"
#include "base/time.h"
#include "store/audit.h"

struct definition_in {
    const struct gx_json *changes;
    bool dry;
    struct gx_str version;
};

static const struct gx_schema definition_in[] = {
    GX_FIELD(struct definition_in, changes, .type = GX_SCHEMA_NODE, .required = true,
             .doc = "[{\"path\": \"custom/objects/visit.json\", \"json\": {…} or null to remove}]"),
    GX_FIELD(struct definition_in, dry, .type = GX_SCHEMA_BOOL,
             .doc = "Only check and say what would be done."),
    GX_FIELD(struct definition_in, version, .type = GX_SCHEMA_STR, .max = 64,
             .doc = "Of the definitions that the changes were made for; refused if there are "
                    "others by now."),
    { 0 },
};

struct plan_in {
    const struct gx_json *changes;
};

static const struct gx_schema plan_in[] = {
    GX_FIELD(struct plan_in, changes, .type = GX_SCHEMA_NODE, .required = true,
             .doc = "As for publishing."),
    { 0 },
};

static const struct gx_schema step_out[] = {
    { .name = "kind", .type = GX_SCHEMA_STR, .required = true },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static const struct gx_schema publish_out[] = {
    { .name = "version", .type = GX_SCHEMA_STR, .required = true },
    { .name = "steps", .type = GX_SCHEMA_LIST, .fields = step_out, .required = true },
    { 0 },
};

enum { CHANGES_MAX = 500 };

static enum gx_code read_changes(struct gx_req *req, const struct gx_json *list,
                                 struct gx_definition **ret_changes, size_t *ret_count)
{
    if (list->kind != GX_JSON_ARRAY || list->count == 0 || list->count > CHANGES_MAX)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("changes"), GX_M_WRONG_TYPE,
                       GX_STR("changes"), GX_STR("[…]"));
    struct gx_definition *changes =
        GX_ARENA_ARRAY(req->ctx->arena, struct gx_definition, list->count);
    size_t n = 0;
    for (const struct gx_json *k = list->first; k; k = k->next, n++) {
        const struct gx_json *json = gx_json_get(k, "json");
        changes[n].path = gx_json_get_str(k, "path", GX_STR(""));
        if (!json || (json->kind != GX_JSON_OBJECT && json->kind != GX_JSON_NULL))
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("changes"), GX_M_WRONG_TYPE,
                           GX_STR("json"), GX_STR("{…}"));
        if (json->kind == GX_JSON_NULL)
            continue;
        struct gx_buf out = { 0 };
        struct gx_jw w = gx_jw(&out);
        gx_json_write(&w, json);
        changes[n].json = gx_arena_str(req->ctx->arena, gx_buf_str(&out));
        gx_buf_free(&out);
    }
    *ret_changes = changes;
    *ret_count = n;
    return GX_OK;
}

static const char *kind_name(enum gx_plan_kind kind)
{
    static const char *const names[] = {
        [GX_PLAN_CREATE_TABLE] = "create_table", [GX_PLAN_ADD_COLUMN] = "add_column",
        [GX_PLAN_ADD_INDEX] = "add_index",       [GX_PLAN_DROP_INDEX] = "drop_index",
        [GX_PLAN_KEEP_COLUMN] = "keep_column",   [GX_PLAN_CREATE_JOIN] = "create_join",
    };
    return names[kind];
}

/* What was edited must be what there is. */
static enum gx_code check_version(struct gx_req *req, struct gx_str version)
{
    struct gx_meta *meta = gx_tenant_meta(gx_api(req)->tenant);
    bool same = version.n == 0 || gx_str_eq(version, meta->version);
    gx_meta_unref(meta);
    return same ? GX_OK : gx_fail(req->ctx, GX_E_CONFLICT, GX_STR("version"), GX_M_META_CHANGED);
}

/* {"custom/objects/x.json": [null, "published"], …} for the log. */
static enum gx_code note_changes(struct gx_req *req, const struct gx_definition *changes,
                                 size_t count)
{
    struct gx_buf data = { 0 };
    struct gx_jw w = gx_jw(&data);
    gx_jw_object(&w);
    for (size_t i = 0; i < count; i++) {
        gx_jw_key(&w, changes[i].path);
        gx_jw_array(&w);
        gx_jw_null(&w);
        gx_jw_str(&w, changes[i].json.n ? GX_STR("published") : GX_STR("removed"));
        gx_jw_array_end(&w);
    }
    gx_jw_object_end(&w);
    struct gx_audit_note note = {
        .by = gx_scope_me(req->scope),
        .what = "definition",
        .data = gx_arena_str(req->ctx->arena, gx_buf_str(&data)),
    };
    gx_buf_free(&data);
    return gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &note);
}

static enum gx_code publish(struct gx_req *req, const struct gx_json *list, bool dry)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_definition *changes = NULL;
    struct gx_plan_step *steps;
    size_t count = 0;
    GX_TRY(read_changes(req, list, &changes, &count));
    GX_TRY(gx_tenant_publish(req->ctx, tenant, gx_scope_conn(req->scope), changes, count,
                             gx_scope_me(req->scope), dry, &steps));
    if (!dry)
        GX_TRY(note_changes(req, changes, count));
    struct gx_meta *meta = gx_tenant_meta(tenant);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "version", meta->version);
    gx_meta_unref(meta);
    gx_jw_key(&w, GX_STR("steps"));
    gx_jw_array(&w);
    for (const struct gx_plan_step *s = steps; s; s = s->next) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "kind", gx_str_c(kind_name(s->kind)));
        gx_jw_key_str(&w, "object", s->object);
        gx_jw_key_str(&w, "name", s->name);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code definition_publish(struct gx_req *req, const void *in_p)
{
    const struct definition_in *in = in_p;
    GX_TRY(gx_req_admin(req));
    GX_TRY(check_version(req, in->version));
    return publish(req, in->changes, in->dry);
}

const struct gx_route gx_route_definition_publish = {
    .doc = "Publish changes to the tenant's own definitions; the plan is in the reply.",
    .method = GX_POST,
    .path = "/api/v1/definition",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = definition_in,
    .in_size = sizeof(struct definition_in),
    .out = publish_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_SYNTAX, GX_E_CONFLICT },
    .handler = definition_publish,
};

/* Asked while somebody types, so it must not wait for the writer nor hold it. */
static enum gx_code definition_plan(struct gx_req *req, const void *in_p)
{
    const struct plan_in *in = in_p;
    GX_TRY(gx_req_admin(req));
    return publish(req, in->changes, true);
}

const struct gx_route gx_route_definition_plan = {
    .doc = "Check changes to the definitions and say what publishing them would do.",
    .method = GX_POST,
    .path = "/api/v1/definition/plan",
    .who = GX_WHO_ADMIN,
    .asks = true,
    .body = GX_BODY_JSON,
    .in = plan_in,
    .in_size = sizeof(struct plan_in),
    .out = publish_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID, GX_E_SYNTAX },
    .handler = definition_plan,
};

static const struct gx_schema definition_row[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { .name = "json", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "changed_at", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static const struct gx_schema list_out[] = {
    { .name = "version",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Of all definitions, for publishing." },
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = definition_row, .required = true },
    { 0 },
};

static enum gx_code definition_list(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_req_admin(req));
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT path, json, changed_at FROM gx_definition ORDER BY path"),
                       NULL, 0, &rows));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "version", gx_scope_meta(req->scope)->version);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    enum gx_code code;
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "path", gx_rows_text(rows, 0));
        gx_jw_key(&w, GX_STR("json"));
        gx_jw_raw(&w, gx_rows_text(rows, 1));
        gx_jw_key_str(&w, "changed_at", gx_moment_format(req->ctx->arena, gx_rows_int(rows, 2)));
        gx_jw_object_end(&w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return code;
}

const struct gx_route gx_route_definition_list = {
    .doc = "The tenant's own definitions.",
    .method = GX_GET,
    .path = "/api/v1/definition",
    .who = GX_WHO_ADMIN,
    .out = list_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = definition_list,
};
