/* scim_role.c - the roles that a system may give: found, given, taken, told. */
#include "api/scim.h"

#include "base/text.h"
#include "json/write.h"

enum { ROLES_MAX = 100 }; /* of one user */

static const struct gx_role *role_of(const struct gx_meta *meta, struct gx_str name)
{
    for (size_t i = 0; i < meta->role_count; i++)
        if (gx_str_eq(meta->roles[i].name, name))
            return &meta->roles[i];
    return NULL;
}

static bool is_called(struct gx_arena *arena, const struct gx_role *role, struct gx_str text)
{
    struct gx_str folded = gx_text_fold(arena, text);
    bool is = gx_str_eq(gx_text_fold(arena, role->name), folded);
    for (int lang = 0; lang < GX_LANG_COUNT; lang++)
        is = is || gx_str_eq(gx_text_fold(arena, role->label.text[lang]), folded);
    return is;
}

const struct gx_role *gx_scim_role(const struct gx_req *req, struct gx_str text)
{
    const struct gx_scim_key *key = req->provisioner;
    const struct gx_meta *meta = gx_scope_meta(req->scope);
    const struct gx_role *called = NULL;
    for (size_t i = 0; i < key->role_count; i++) {
        const struct gx_role *role = role_of(meta, key->roles[i]);
        if (!role || role->admin || role->implicit)
            continue;
        if (gx_str_eq(role->name, text))
            return role;
        called = !called && text.n && is_called(req->ctx->arena, role, text) ? role : called;
    }
    return called;
}

static enum gx_code read_roles(struct gx_req *req, int64_t user, struct gx_strs *ret_roles)
{
    struct gx_value value = gx_value_int(user);
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    *ret_roles = (struct gx_strs){
        GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, ROLES_MAX + GX_SCIM_ROLES_MAX), 0
    };
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT role FROM gx_user_role WHERE user_id = ?1 ORDER BY role"),
                       &value, 1, &rows));
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has && ret_roles->n < ROLES_MAX)
        ret_roles->v[ret_roles->n++] = gx_arena_str(req->ctx->arena, gx_rows_text(rows, 0));
    gx_rows_close(rows);
    return code;
}

static bool has_role(const struct gx_strs *roles, struct gx_str role)
{
    for (size_t i = 0; i < roles->n; i++)
        if (gx_str_eq(roles->v[i], role))
            return true;
    return false;
}

/* The names of roles that were said, each one that the key may give. */
static enum gx_code resolve(struct gx_req *req, const struct gx_str *said, size_t count,
                            struct gx_strs *ret)
{
    ret->v = GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, count + 1);
    ret->n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct gx_role *role = gx_scim_role(req, said[i]);
        if (!role)
            return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("roles"), GX_M_SCIM_ROLE, said[i]);
        ret->v[ret->n++] = role->name;
    }
    return GX_OK;
}

enum gx_code gx_scim_roles_change(struct gx_req *req, int64_t user, const struct gx_scim_said *said)
{
    struct gx_strs was, give, take, now = { 0 };
    bool changed = false;
    if (!said->roles_all && said->give_count + said->take_count == 0)
        return GX_OK;
    GX_TRY(resolve(req, said->give, said->give_count, &give));
    GX_TRY(resolve(req, said->take, said->take_count, &take));
    GX_TRY(read_roles(req, user, &was));
    now.v = GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, was.n + give.n + 1);
    for (size_t i = 0; i < was.n; i++) {
        bool ours = gx_scim_role(req, was.v[i]) != NULL;
        bool stays =
            !ours || has_role(&give, was.v[i]) || (!said->roles_all && !has_role(&take, was.v[i]));
        changed = changed || !stays;
        if (stays)
            now.v[now.n++] = was.v[i];
    }
    for (size_t i = 0; i < give.n; i++)
        if (!has_role(&now, give.v[i])) {
            now.v[now.n++] = give.v[i];
            changed = true;
        }
    return changed ? gx_user_roles_set(req, user, &now) : GX_OK;
}

enum gx_code gx_scim_is_beyond(struct gx_req *req, int64_t user, bool *ret_beyond)
{
    struct gx_strs roles;
    GX_TRY(read_roles(req, user, &roles));
    *ret_beyond = false;
    for (size_t i = 0; i < roles.n; i++)
        *ret_beyond = *ret_beyond || !gx_scim_role(req, roles.v[i]);
    return GX_OK;
}

enum gx_code gx_scim_roles_write(struct gx_req *req, int64_t user, bool as_groups, struct gx_jw *w)
{
    struct gx_strs roles;
    GX_TRY(read_roles(req, user, &roles));
    gx_jw_array(w);
    for (size_t i = 0; i < roles.n; i++) {
        const struct gx_role *role = gx_scim_role(req, roles.v[i]);
        if (!role)
            continue;
        gx_jw_object(w);
        gx_jw_key_str(w, "value", role->name);
        gx_jw_key_str(w, "display", gx_label_text(&role->label, req->ctx->lang));
        if (as_groups)
            gx_jw_key_str(w, "$ref", gx_scim_place(req, "Groups", role->name));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    return GX_OK;
}
