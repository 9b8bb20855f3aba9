/*
 * admin_roles.c - roles as data: who may do what with which objects, changed while people work.
 *
 * What is stored is the same JSON as a pack's roles.json, under custom/roles/<name>.json: for a
 * role of the tenant's own the whole of it, for a role of a pack what differs.
 */
#include "api/app.h"
#include "meta/meta.h"
#include "store/audit.h"

enum { ROLE_OBJECTS_MAX = 500, ROLE_LABEL_CHARS_MAX = 80, ROLE_DOC_CHARS_MAX = 500 };

static void write_label(struct gx_jw *w, const char *key, const struct gx_label *label)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_object(w);
    gx_jw_key_str(w, "zh-Hant", gx_label_text(label, GX_LANG_ZH_HANT));
    gx_jw_key_str(w, "en", gx_label_text(label, GX_LANG_EN));
    gx_jw_object_end(w);
}

/* What the role says of fields: 1 + access, 0 for nothing. */
static void write_fields(struct gx_jw *w, const struct gx_object *object,
                         const unsigned char *fields)
{
    gx_jw_key(w, GX_STR("fields"));
    gx_jw_object(w);
    for (size_t f = 0; f < object->field_count; f++)
        if (fields[f]) {
            gx_jw_key(w, object->fields[f].x.name);
            gx_jw_str(w, gx_str_c(gx_field_access_names[fields[f] - 1]));
        }
    gx_jw_object_end(w);
}

static void write_objects(struct gx_jw *w, const struct gx_meta *meta, const struct gx_role *role)
{
    gx_jw_key(w, GX_STR("objects"));
    gx_jw_object(w);
    for (size_t i = 0; i < meta->object_count; i++) {
        gx_jw_key(w, meta->objects[i]->x.name);
        gx_jw_object(w);
        for (size_t r = 0; r < GX_RIGHT_COUNT; r++) {
            enum gx_level level = role->admin ? GX_LEVEL_ALL : role->levels[i][r];
            gx_jw_key_str(w, gx_right_names[r], gx_str_c(gx_level_names[level]));
        }
        if (role->fields && role->fields[i])
            write_fields(w, meta->objects[i], role->fields[i]);
        gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
}

static enum gx_code write_role(struct gx_req *req, struct gx_jw *w, const struct gx_meta *meta,
                               const struct gx_role *role)
{
    struct gx_value name = gx_value_text(role->name);
    int64_t users;
    GX_TRY(gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT count(*) FROM gx_user_role r JOIN \"user\" u ON u.id = "
                            "r.user_id WHERE r.role = ?1 AND u.deleted_at IS NULL"),
                     &name, 1, 0, &users));
    gx_jw_object(w);
    gx_jw_key_str(w, "name", role->name);
    write_label(w, "label", &role->label);
    write_label(w, "doc", &role->doc);
    gx_jw_key_bool(w, "admin", role->admin);
    gx_jw_key_bool(w, "audit", role->admin || role->audit);
    gx_jw_key_bool(w, "relocate", role->admin || role->relocate);
    gx_jw_key_bool(w, "everyone", role->implicit);
    gx_jw_key_bool(w, "custom", role->custom);
    gx_jw_key_bool(w, "changed", role->changed);
    gx_jw_key_int(w, "users", users);
    write_objects(w, meta, role);
    gx_jw_object_end(w);
    return GX_OK;
}

static const struct gx_schema label_out[] = {
    { .name = "zh-Hant", .type = GX_SCHEMA_STR, .required = true },
    { .name = "en", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema role_out[] = {
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "label", .type = GX_SCHEMA_OBJECT, .fields = label_out, .required = true },
    { .name = "doc", .type = GX_SCHEMA_OBJECT, .fields = label_out, .required = true },
    { .name = "admin",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "May do everything; its rights cannot be changed." },
    { .name = "audit", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "relocate", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "everyone", .type = GX_SCHEMA_BOOL, .required = true, .doc = "Every user has it." },
    { .name = "custom", .type = GX_SCHEMA_BOOL, .required = true, .doc = "Made here." },
    { .name = "changed",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "Of a pack, and its rights were changed here." },
    { .name = "users", .type = GX_SCHEMA_INT, .required = true, .doc = "How many have it." },
    { .name = "objects",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .doc = "{object: {right: none, own, team, unit, book or all}}, for every object and right" },
    { 0 },
};
static const struct gx_schema roles_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = role_out, .required = true },
    { 0 },
};

static enum gx_code roles_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    for (size_t i = 0; i < meta->role_count; i++)
        GX_TRY(write_role(req, &w, meta, &meta->roles[i]));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_roles = {
    .doc = "All roles, with their rights on every object.",
    .method = GX_GET,
    .path = "/api/v1/admin/roles",
    .who = GX_WHO_ADMIN,
    .out = roles_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = roles_get,
};

/* --- changing one */

static const struct gx_role *find(const struct gx_meta *meta, struct gx_str name)
{
    for (size_t i = 0; i < meta->role_count; i++)
        if (gx_str_eq(meta->roles[i].name, name))
            return &meta->roles[i];
    return NULL;
}

static struct gx_str path_of(struct gx_req *req, struct gx_str name)
{
    return gx_arena_printf(req->ctx->arena, "custom/roles/%.*s.json", GX_STR_ARG(name));
}

/* Publish one file, and say so in the log. */
static enum gx_code publish(struct gx_req *req, struct gx_str name, struct gx_str json,
                            struct gx_str data)
{
    struct gx_definition change = { .path = path_of(req, name), .json = json };
    struct gx_plan_step *steps;
    struct gx_audit_note note = { .by = gx_scope_me(req->scope),
                                  .what = "definition",
                                  .data = data };
    GX_TRY(gx_tenant_publish(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &change, 1,
                             gx_scope_me(req->scope), false, &steps));
    gx_access_forget(gx_api(req)->tenant);
    return gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &note);
}

struct role_in {
    const struct gx_json *label, *doc, *objects;
    bool audit, relocate;
};

static const struct gx_schema role_in[] = {
    GX_FIELD(struct role_in, label, .type = GX_SCHEMA_NODE, .required = true,
             .doc = "{\"zh-Hant\": …, \"en\": …}; at least one"),
    GX_FIELD(struct role_in, doc, .type = GX_SCHEMA_NODE, .doc = "What it is for, as the label."),
    GX_FIELD(struct role_in, relocate, .type = GX_SCHEMA_BOOL,
             .doc = "May move records between markets without rights in both."),
    GX_FIELD(struct role_in, audit, .type = GX_SCHEMA_BOOL,
             .doc = "May look at the log of all changes."),
    GX_FIELD(struct role_in, objects, .type = GX_SCHEMA_NODE, .required = true,
             .doc =
                 "{object: {right: none, own, team, unit, book or all}}; what is not named stays "
                 "as it is, in a new role none"),
    { 0 },
};

static enum gx_code bad(struct gx_req *req, const char *path, struct gx_str text)
{
    return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(path), GX_M_BAD_FORMAT, gx_str_c(path), text);
}

static enum gx_code check_label(struct gx_req *req, const char *path, const struct gx_json *label,
                                bool needed, int64_t max)
{
    bool some = false;
    if (!label || label->kind == GX_JSON_NULL)
        return needed ? bad(req, path, GX_STR("")) : GX_OK;
    if (label->kind != GX_JSON_OBJECT)
        return bad(req, path, GX_STR(""));
    for (const struct gx_json *k = label->first; k; k = k->next) {
        bool known = gx_str_is(k->key, "zh-Hant") || gx_str_is(k->key, "en");
        if (!known || k->kind != GX_JSON_STRING || (int64_t)k->text.n > 4 * max)
            return bad(req, path, k->key);
        some |= gx_str_trim(k->text).n > 0;
    }
    return some || !needed ? GX_OK : bad(req, path, GX_STR(""));
}

static enum gx_code read_level(struct gx_req *req, const struct gx_json *node, size_t right,
                               enum gx_level *ret_level)
{
    if (node->kind != GX_JSON_STRING || !gx_level_read(node, ret_level))
        return bad(req, "objects", node->text);
    if (*ret_level != GX_LEVEL_NONE && !gx_right_is_graded((enum gx_right)right))
        *ret_level = GX_LEVEL_ALL;
    return GX_OK;
}

/* What a role gives, while it is being changed. */
struct rights {
    enum gx_level (*levels)[GX_RIGHT_COUNT]; /* by object */
    unsigned char **fields;                  /* by object and field, as in gx_role */
};

/* All that is said of the fields of an object anew. */
static enum gx_code read_fields(struct gx_req *req, const struct gx_object *object,
                                const struct gx_json *node, unsigned char **ret_fields)
{
    unsigned char *fields = GX_ARENA_ARRAY(req->ctx->arena, unsigned char, object->field_count + 1);
    if (node->kind != GX_JSON_OBJECT)
        return bad(req, "objects", GX_STR("fields"));
    for (const struct gx_json *k = node->first; k; k = k->next) {
        const struct gx_field *field = gx_object_field(object, k->key);
        enum gx_field_access access;
        if (!field || k->kind != GX_JSON_STRING || !gx_field_access_read(k->text, &access))
            return bad(req, "objects", k->key);
        if (!gx_field_may_hide(object, field, access))
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("objects"), GX_M_ROLE_FIELD_NOT, k->key,
                           k->text);
        fields[field->index_in_object] = (unsigned char)(1 + access);
    }
    *ret_fields = fields;
    return GX_OK;
}

/* The rights as the body says, over what they are. */
static enum gx_code read_objects(struct gx_req *req, const struct gx_meta *meta,
                                 const struct gx_json *objects, struct rights *rights)
{
    if (objects->kind != GX_JSON_OBJECT || objects->count > ROLE_OBJECTS_MAX)
        return bad(req, "objects", GX_STR(""));
    for (const struct gx_json *k = objects->first; k; k = k->next) {
        const struct gx_object *object = gx_meta_object(meta, k->key);
        if (!object || k->kind != GX_JSON_OBJECT)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("objects"), GX_M_META_NO_OBJECT, k->key);
        for (const struct gx_json *right = k->first; right; right = right->next) {
            size_t r = 0;
            if (gx_str_is(right->key, "fields")) {
                GX_TRY(read_fields(req, object, right, &rights->fields[object->index]));
                continue;
            }
            while (r < GX_RIGHT_COUNT && !gx_str_is(right->key, gx_right_names[r]))
                r++;
            if (r == GX_RIGHT_COUNT)
                return bad(req, "objects", right->key);
            GX_TRY(read_level(req, right, r, &rights->levels[object->index][r]));
        }
    }
    return GX_OK;
}

/* The file: every right of every object, so that it does not change when a pack does. */
static void write_file(struct gx_jw *w, struct gx_str name, const struct role_in *in,
                       const struct gx_meta *meta, const struct rights *rights)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "role", name);
    gx_jw_key(w, GX_STR("label"));
    gx_json_write(w, in->label);
    if (in->doc && in->doc->kind == GX_JSON_OBJECT) {
        gx_jw_key(w, GX_STR("doc"));
        gx_json_write(w, in->doc);
    }
    gx_jw_key_bool(w, "audit", in->audit);
    gx_jw_key_bool(w, "relocate", in->relocate);
    gx_jw_key(w, GX_STR("objects"));
    gx_jw_object(w);
    for (size_t i = 0; i < meta->object_count; i++) {
        gx_jw_key(w, meta->objects[i]->x.name);
        gx_jw_object(w);
        for (size_t r = 0; r < GX_RIGHT_COUNT; r++)
            gx_jw_key_str(w, gx_right_names[r], gx_str_c(gx_level_names[rights->levels[i][r]]));
        if (rights->fields[i])
            write_fields(w, meta->objects[i], rights->fields[i]);
        gx_jw_object_end(w);
    }
    gx_jw_object_end(w);
    gx_jw_object_end(w);
}

static void write_difference(struct gx_jw *w, struct gx_str key, const char *was, const char *is)
{
    gx_jw_key(w, key);
    gx_jw_array(w);
    gx_jw_str(w, gx_str_c(was));
    gx_jw_str(w, gx_str_c(is));
    gx_jw_array_end(w);
}

static const char *field_word(const unsigned char *fields, size_t f)
{
    return fields && fields[f] ? gx_field_access_names[fields[f] - 1] : "-";
}

/* {"role": [null, name], "account.read": ["own", "all"], "account.tax_id": ["-", "hidden"], …} */
static void write_differences(struct gx_jw *w, struct gx_req *req, struct gx_str name,
                              const struct gx_role *was, const struct gx_meta *meta,
                              const struct rights *rights)
{
    struct gx_arena *arena = req->ctx->arena;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("role"));
    gx_jw_array(w);
    if (was)
        gx_jw_str(w, name);
    else
        gx_jw_null(w);
    gx_jw_str(w, name);
    gx_jw_array_end(w);
    for (size_t i = 0; i < meta->object_count; i++) {
        const struct gx_object *object = meta->objects[i];
        const unsigned char *old_fields = was && was->fields ? was->fields[i] : NULL;
        for (size_t r = 0; r < GX_RIGHT_COUNT; r++) {
            enum gx_level old_level = was ? was->levels[i][r] : GX_LEVEL_NONE;
            if (old_level != rights->levels[i][r])
                write_difference(w,
                                 gx_arena_printf(arena, "%.*s.%s", GX_STR_ARG(object->x.name),
                                                 gx_right_names[r]),
                                 gx_level_names[old_level], gx_level_names[rights->levels[i][r]]);
        }
        for (size_t f = 0; rights->fields[i] && f < object->field_count; f++)
            if ((old_fields ? old_fields[f] : 0) != rights->fields[i][f])
                write_difference(w,
                                 gx_arena_printf(arena, "%.*s.%.*s", GX_STR_ARG(object->x.name),
                                                 GX_STR_ARG(object->fields[f].x.name)),
                                 field_word(old_fields, f), field_word(rights->fields[i], f));
    }
    gx_jw_object_end(w);
}

static enum gx_code roles_put(struct gx_req *req, const void *in_p)
{
    const struct role_in *in = in_p;
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    struct gx_str name = req->params[0];
    const struct gx_role *was = find(meta, name);
    struct rights rights = {
        .levels = gx_arena_zalloc(req->ctx->arena, meta->object_count + 1, sizeof *rights.levels),
        .fields = GX_ARENA_ARRAY(req->ctx->arena, unsigned char *, meta->object_count + 1),
    };
    if (was && was->admin)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_ROLE_FIXED);
    if (was)
        memcpy(rights.levels, was->levels, meta->object_count * sizeof *rights.levels);
    if (was && was->fields)
        memcpy(rights.fields, was->fields, meta->object_count * sizeof *rights.fields);
    GX_TRY(check_label(req, "label", in->label, true, ROLE_LABEL_CHARS_MAX));
    GX_TRY(check_label(req, "doc", in->doc, false, ROLE_DOC_CHARS_MAX));
    GX_TRY(read_objects(req, meta, in->objects, &rights));
    struct gx_buf file = { 0 }, data = { 0 };
    struct gx_jw w = gx_jw(&file), d = gx_jw(&data);
    write_file(&w, name, in, meta, &rights);
    write_differences(&d, req, name, was, meta, &rights);
    struct gx_str json = gx_arena_str(req->ctx->arena, gx_buf_str(&file));
    struct gx_str said = gx_arena_str(req->ctx->arena, gx_buf_str(&data));
    gx_buf_free(&file);
    gx_buf_free(&data);
    GX_TRY(publish(req, name, json, said));
    struct gx_meta *now = gx_tenant_meta(gx_api(req)->tenant);
    w = gx_jw(&req->out);
    enum gx_code code = write_role(req, &w, now, find(now, name));
    gx_meta_unref(now);
    return code;
}

const struct gx_route gx_route_admin_roles_put = {
    .doc = "Make a role, or change one: its name for people, and its rights.  At once, for all.",
    .method = GX_PUT,
    .path = "/api/v1/admin/roles/{role}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = role_in,
    .in_size = sizeof(struct role_in),
    .out = role_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = roles_put,
};

static enum gx_code roles_delete(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_str name = req->params[0];
    const struct gx_role *role = find(gx_scope_meta(req->scope), name);
    struct gx_value value = gx_value_text(name);
    if (!role)
        return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR("role"), GX_M_META_NO_ROLE, name);
    if (!role->custom && !role->changed)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_ROLE_FIXED);
    if (role->custom)
        GX_TRY(gx_db_exec(req->ctx, gx_scope_conn(req->scope),
                          GX_SQL("DELETE FROM gx_user_role WHERE role = ?1"), &value, 1, NULL));
    GX_TRY(publish(req, name, GX_STR(""),
                   gx_arena_printf(req->ctx->arena, "{\"role\":[\"%.*s\",%s]}", GX_STR_ARG(name),
                                   role->custom ? "null" : "\"reset\"")));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_admin_roles_delete = {
    .doc = "Remove a role that was made here, also from those who have it; or give a role of a "
           "pack its own rights back.",
    .method = GX_DELETE,
    .path = "/api/v1/admin/roles/{role}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND },
    .handler = roles_delete,
};
