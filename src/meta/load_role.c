/*
 * load_role.c - roles: rights per object.
 *
 * A role says what it may do with objects ("objects"), and each object may say what roles may do
 * with it ("access"); of two that speak of one right the object wins, as packs that come later
 * know the roles of earlier ones.  Last come the tenant's own files: a new role, or a role of a
 * pack again, and then what the file says replaces what the pack said, right by right.
 */
#include "meta/load_int.h"

static bool is_right(struct gx_str name)
{
    for (size_t r = 0; r < GX_RIGHT_COUNT; r++)
        if (gx_str_is(name, gx_right_names[r]))
            return true;
    return false;
}

/* {"credit_limit": "hidden", …}: a field that is gone is passed over in the tenant's own files. */
static enum gx_code read_field_rights(struct gx_loader *loader, struct gx_str file,
                                      const struct gx_json *node, struct gx_str path,
                                      const struct gx_object *object, struct gx_role *role)
{
    bool own = role->custom || role->changed; /* says all there is to say */
    if (own && role->fields && role->fields[object->index])
        role->fields[object->index] = NULL;
    for (const struct gx_json *k = node->first; k; k = k->next) {
        const struct gx_field *field = gx_object_field(object, k->key);
        enum gx_field_access access;
        if (!field && own)
            continue;
        if (!field)
            return gx_load_fail(loader, file, k, path, GX_M_UNKNOWN_KEY, k->key);
        if (k->kind != GX_JSON_STRING || !gx_field_access_read(k->text, &access))
            return gx_load_fail(loader, file, k, path, GX_M_ROLE_FIELD_ACCESS, k->text);
        if (!gx_field_may_hide(object, field, access))
            return gx_load_fail(loader, file, k, path, GX_M_ROLE_FIELD_NOT, k->key, k->text);
        if (!role->fields)
            role->fields =
                GX_ARENA_ARRAY(loader->arena, unsigned char *, loader->meta->object_count + 1);
        if (!role->fields[object->index])
            role->fields[object->index] =
                GX_ARENA_ARRAY(loader->arena, unsigned char, object->field_count + 1);
        role->fields[object->index][field->index_in_object] = (unsigned char)(1 + access);
    }
    return GX_OK;
}

static enum gx_code read_rights(struct gx_loader *loader, struct gx_str file,
                                const struct gx_json *node, struct gx_str path,
                                const struct gx_object *object, struct gx_role *role)
{
    enum gx_level *levels = role->levels[object->index];
    for (const struct gx_json *k = node->first; k; k = k->next) {
        if (gx_str_is(k->key, "fields"))
            GX_TRY(read_field_rights(loader, file, k, gx_load_path(loader, path, "fields"), object,
                                     role));
        else if (!is_right(k->key))
            return gx_load_fail(loader, file, k, path, GX_M_UNKNOWN_KEY, k->key);
        for (size_t r = 0; r < GX_RIGHT_COUNT; r++)
            if (gx_str_is(k->key, gx_right_names[r]) && !gx_level_read(k, &levels[r]))
                return gx_load_fail(loader, file, k, path, GX_M_META_LEVEL, k->text);
    }
    return GX_OK;
}

/* A tenant's own object may go while a role of theirs still speaks of it: that grants nothing. */
static enum gx_code read_objects(struct gx_loader *loader, struct gx_str file,
                                 const struct gx_json *json, struct gx_role *role)
{
    const struct gx_json *rights = gx_json_get(json, "objects");
    const struct gx_json *every = gx_json_get(rights, "*");
    for (size_t i = 0; every && i < loader->meta->object_count; i++)
        GX_TRY(
            read_rights(loader, file, every, GX_STR("objects.*"), loader->meta->objects[i], role));
    for (const struct gx_json *k = rights ? rights->first : NULL; k; k = k->next) {
        struct gx_str path =
            gx_load_path(loader, GX_STR("objects"), gx_arena_cstr(loader->ctx->arena, k->key));
        const struct gx_object *object = gx_meta_object(loader->meta, k->key);
        if (!object && !gx_str_is(k->key, "*") && !role->custom && !role->changed)
            return gx_load_fail(loader, file, k, path, GX_M_META_NO_OBJECT, k->key);
        if (object)
            GX_TRY(read_rights(loader, file, k, path, object, role));
    }
    return GX_OK;
}

/* What the file says of the role itself; what it does not say stays. */
static enum gx_code read_head(struct gx_loader *loader, struct gx_str file,
                              const struct gx_json *json, struct gx_role *role)
{
    static const char *const known[] = { "role",    "label", "doc",      "admin", "implicit",
                                         "objects", "audit", "relocate", NULL };
    GX_TRY(gx_load_keys(loader, file, json, GX_STR(""), known));
    role->name = gx_json_get_str(json, "role", GX_STR(""));
    if (!gx_load_name_ok(role->name))
        return gx_load_fail(loader, file, json, GX_STR("role"), GX_M_META_NAME, role->name);
    if (gx_json_get(json, "label"))
        role->label = gx_load_label(gx_json_get(json, "label"));
    if (gx_json_get(json, "doc"))
        role->doc = gx_load_label(gx_json_get(json, "doc"));
    role->audit = gx_json_get_bool(json, "audit", role->audit);
    role->relocate = gx_json_get_bool(json, "relocate", role->relocate);
    return GX_OK;
}

static enum gx_code read_role(struct gx_loader *loader, struct gx_str file,
                              const struct gx_json *json, struct gx_role *role)
{
    role->levels =
        gx_arena_zalloc(loader->arena, loader->meta->object_count + 1, sizeof *role->levels);
    GX_TRY(read_head(loader, file, json, role));
    role->admin = gx_json_get_bool(json, "admin", false);
    role->implicit = gx_json_get_bool(json, "implicit", false);
    return read_objects(loader, file, json, role);
}

static struct gx_role *role_named(struct gx_role *roles, size_t count, struct gx_str name)
{
    for (size_t r = 0; r < count; r++)
        if (gx_str_eq(roles[r].name, name))
            return &roles[r];
    return NULL;
}

/* Each object (and extension) may also say what roles may do with it: "access": {role: {…}}. */
static enum gx_code read_object_access(struct gx_loader *loader, struct gx_role *roles,
                                       size_t count)
{
    for (size_t i = 0; i < loader->draft_count; i++) {
        struct gx_object_draft *draft = &loader->drafts[i];
        for (size_t p = 0; p < draft->part_count; p++) {
            const struct gx_json *access = gx_json_get(draft->parts[p], "access");
            for (const struct gx_json *k = access ? access->first : NULL; k; k = k->next) {
                struct gx_role *role = role_named(roles, count, k->key);
                if (!role)
                    return gx_load_fail(loader, draft->part_files[p], k, GX_STR("access"),
                                        GX_M_META_NO_ROLE, k->key);
                GX_TRY(read_rights(loader, draft->part_files[p], k, GX_STR("access"), draft->object,
                                   role));
            }
        }
    }
    return GX_OK;
}

static bool is_own(struct gx_str file)
{
    return gx_str_starts(file, GX_STR("custom/"));
}

/* A file has one role, or a list of them. */
static enum gx_code read_file(struct gx_loader *loader, struct gx_str file,
                              const struct gx_json *json, struct gx_role *roles, size_t *count)
{
    const struct gx_json *list = gx_json_get(json, "roles");
    for (const struct gx_json *k = list ? list->first : json; k; k = list ? k->next : NULL) {
        struct gx_str name = gx_json_get_str(k, "role", GX_STR(""));
        struct gx_role *known = role_named(roles, *count, name);
        if (is_own(file) && gx_json_get_bool(k, "admin", false))
            return gx_load_fail(loader, file, k, GX_STR("admin"), GX_M_ROLE_ADMIN);
        if (known && (!is_own(file) || known->custom))
            return gx_load_fail(loader, file, k, GX_STR("role"), GX_M_META_TWICE, name);
        if (known)
            continue; /* the tenant's changes to it come last */
        roles[*count].custom = is_own(file);
        GX_TRY(read_role(loader, file, k, &roles[*count]));
        ++*count;
    }
    return GX_OK;
}

static enum gx_code read_own(struct gx_loader *loader, struct gx_str file,
                             const struct gx_json *json, struct gx_role *roles, size_t count)
{
    const struct gx_json *list = gx_json_get(json, "roles");
    for (const struct gx_json *k = list ? list->first : json; k; k = list ? k->next : NULL) {
        struct gx_role *role = role_named(roles, count, gx_json_get_str(k, "role", GX_STR("")));
        role->changed = !role->custom;
        GX_TRY(read_head(loader, file, k, role));
        GX_TRY(read_objects(loader, file, k, role));
    }
    return GX_OK;
}

enum gx_code gx_load_roles(struct gx_loader *loader)
{
    size_t most = 0, count = 0;
    for (size_t i = 0; i < loader->role_count; i++) {
        const struct gx_json *list = gx_json_get(loader->role_json[i], "roles");
        most += list ? list->count : 1;
    }
    struct gx_role *roles = GX_ARENA_ARRAY(loader->arena, struct gx_role, most + 1);
    for (size_t i = 0; i < loader->role_count; i++)
        GX_TRY(read_file(loader, loader->role_files[i], loader->role_json[i], roles, &count));
    GX_TRY(read_object_access(loader, roles, count));
    for (size_t i = 0; i < loader->role_count; i++)
        if (is_own(loader->role_files[i]))
            GX_TRY(read_own(loader, loader->role_files[i], loader->role_json[i], roles, count));
    loader->meta->roles = roles;
    loader->meta->role_count = count;
    return GX_OK;
}
