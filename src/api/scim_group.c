/*
 * scim_group.c - /scim/v2/Groups: the roles that a key may give, and who has them.
 *
 * Roles are made here, so no group is made, renamed or removed by another system; a group that is
 * called like a role, by its name or a label, is that role.
 */
#include "api/scim.h"

#include "json/write.h"
#include "store/record.h"

static enum gx_code role_of_path(struct gx_req *req, const struct gx_role **ret_role)
{
    *ret_role = gx_scim_role(req, req->params[0]);
    if (*ret_role && gx_str_eq((*ret_role)->name, req->params[0]))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_SCIM_NO_GROUP);
}

/* --- read */

static enum gx_code write_members(struct gx_req *req, const struct gx_role *role, struct gx_jw *w)
{
    struct gx_value values[] = { gx_value_text(role->name), gx_value_int(GX_SCIM_MEMBERS_MAX) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    gx_jw_key(w, GX_STR("members"));
    gx_jw_array(w);
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope),
                       GX_SQL("SELECT u.id, u.display_name FROM gx_user_role r "
                              "JOIN \"user\" u ON u.id = r.user_id WHERE r.role = ?1 "
                              "AND u.deleted_at IS NULL AND u.login IS NOT NULL AND NOT EXISTS "
                              "(SELECT 1 FROM gx_provision p WHERE p.user_id = u.id "
                              "AND p.gone = 1) ORDER BY u.id LIMIT ?2"),
                       values, GX_COUNT(values), &rows));
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_id(w, "value", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "display", gx_rows_text(rows, 1));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    return code;
}

static enum gx_code write_group(struct gx_req *req, const struct gx_role *role, struct gx_jw *w)
{
    gx_jw_object(w);
    gx_jw_key_raw(w, "schemas", "[\"" GX_SCIM_URN_GROUP "\"]");
    gx_jw_key_str(w, "id", role->name);
    gx_jw_key_str(w, "displayName", gx_label_text(&role->label, req->ctx->lang));
    if (gx_scim_wants(req, "members"))
        GX_TRY(write_members(req, role, w));
    gx_jw_key(w, GX_STR("meta"));
    gx_jw_object(w);
    gx_jw_key_str(w, "resourceType", GX_STR("Group"));
    gx_jw_key_str(w, "location", gx_scim_place(req, "Groups", role->name));
    gx_jw_object_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code passes(struct gx_req *req, const struct gx_scim_filter *f,
                           const struct gx_role *role, bool *ret_passes)
{
    struct gx_value values[] = { gx_value_text(role->name), gx_value_int(f->member) };
    int64_t count = 1;
    *ret_passes = (f->role.n == 0 || gx_str_eq(f->role, role->name)) &&
                  (f->name.n == 0 || gx_scim_role(req, f->name) == role);
    if (*ret_passes && f->member)
        GX_TRY(gx_db_int(req->ctx, gx_scope_conn(req->scope),
                         GX_SQL("SELECT count(*) FROM gx_user_role WHERE role = ?1 "
                                "AND user_id = ?2"),
                         values, GX_COUNT(values), 0, &count));
    *ret_passes = *ret_passes && count > 0;
    return GX_OK;
}

static enum gx_code groups_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_scim_key *key = req->provisioner;
    const struct gx_role *list[GX_SCIM_ROLES_MAX];
    struct gx_scim_filter filter;
    int64_t start, limit, total = 0, shown = 0;
    GX_TRY(gx_scim_filter(req->ctx, gx_req_query(req, "filter"), &filter));
    GX_TRY(gx_scim_page(req, &start, &limit));
    bool nobody = filter.nobody || filter.login.n || filter.external.n || filter.email.n;
    for (size_t i = 0; i < key->role_count && !nobody; i++) {
        const struct gx_role *role = gx_scim_role(req, key->roles[i]);
        bool is = false;
        if (role && gx_str_eq(role->name, key->roles[i]))
            GX_TRY(passes(req, &filter, role, &is));
        if (is)
            list[total++] = role;
    }
    struct gx_jw w = gx_scim_reply(req);
    gx_scim_list_begin(&w, total, start);
    for (int64_t i = start - 1; i < total && shown < limit; i++, shown++)
        GX_TRY(write_group(req, list[i], &w));
    gx_scim_list_end(&w, shown);
    return GX_OK;
}

const struct gx_route gx_route_scim_groups = {
    .doc = "SCIM: the roles that this key may give; filter by displayName, id or members (eq, "
           "and).",
    .method = GX_GET,
    .path = "/scim/v2/Groups",
    .who = GX_WHO_PROVISIONER,
    .query = gx_scim_list_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_INVALID },
    .problem = gx_scim_problem,
    .handler = groups_get,
};

static enum gx_code reply_group(struct gx_req *req, const struct gx_role *role)
{
    struct gx_jw w = gx_scim_reply(req);
    return write_group(req, role, &w);
}

static enum gx_code group_get(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_role *role;
    GX_TRY(role_of_path(req, &role));
    return reply_group(req, role);
}

const struct gx_route gx_route_scim_group = {
    .doc = "SCIM: one role, with who has it.",
    .method = GX_GET,
    .path = "/scim/v2/Groups/{role}",
    .who = GX_WHO_PROVISIONER,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_NOT_FOUND },
    .problem = gx_scim_problem,
    .handler = group_get,
};

/* --- who has it */

struct changing {
    struct gx_req *req;
    const struct gx_role *role;
};

static enum gx_code member(struct changing *c, struct gx_str id, bool give)
{
    struct gx_scim_said said = { .give_count = give, .take_count = !give };
    struct gx_ctx *ctx = c->req->ctx;
    int64_t user = 0, there;
    said.give[0] = said.take[0] = c->role->name;
    if (!gx_str_int64(id, &user))
        user = 0;
    struct gx_value value = gx_value_int(user);
    GX_TRY(gx_db_int(ctx, gx_scope_conn(c->req->scope),
                     GX_SQL("SELECT count(*) FROM \"user\" WHERE id = ?1 AND deleted_at IS NULL "
                            "AND login IS NOT NULL"),
                     &value, 1, 0, &there));
    if (!there) /* taking a role from nobody changes nothing */
        return give ? gx_fail(ctx, GX_E_INVALID, GX_STR("members"), GX_M_SCIM_NO_USER) : GX_OK;
    return gx_scim_roles_change(c->req, user, &said);
}

static enum gx_code members(struct changing *c, const struct gx_json *value, bool give)
{
    const struct gx_json *first = value, *end = NULL;
    if (value->kind == GX_JSON_ARRAY)
        first = value->first;
    else
        end = value->next;
    for (const struct gx_json *m = first; m && m != end; m = m->next) {
        struct gx_str id =
            m->kind == GX_JSON_STRING ? m->text : gx_json_get_str(m, "value", GX_STR(""));
        GX_TRY(member(c, id, give));
    }
    return GX_OK;
}

static bool is_listed(const struct gx_json *list, int64_t user)
{
    for (const struct gx_json *m = list ? list->first : NULL; m; m = m->next) {
        int64_t id;
        struct gx_str text =
            m->kind == GX_JSON_STRING ? m->text : gx_json_get_str(m, "value", GX_STR(""));
        if (gx_str_int64(text, &id) && id == user)
            return true;
    }
    return false;
}

/* Everybody who has it and is not on the list loses it; NULL: everybody. */
static enum gx_code keep_only(struct changing *c, const struct gx_json *list)
{
    struct gx_value values[] = { gx_value_text(c->role->name),
                                 gx_value_int(GX_SCIM_MEMBERS_MAX + 1) };
    struct gx_arena *arena = c->req->ctx->arena;
    int64_t *users = GX_ARENA_ARRAY(arena, int64_t, GX_SCIM_MEMBERS_MAX + 1);
    struct gx_rows *rows;
    size_t count = 0;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(c->req->ctx, gx_scope_conn(c->req->scope),
                       GX_SQL("SELECT user_id FROM gx_user_role WHERE role = ?1 LIMIT ?2"), values,
                       GX_COUNT(values), &rows));
    while ((code = gx_rows_next(c->req->ctx, rows, &has)) == GX_OK && has)
        users[count++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    for (size_t i = 0; i < count && code == GX_OK; i++)
        if (!is_listed(list, users[i]))
            code = member(c, gx_arena_printf(arena, "%lld", (long long)users[i]), false);
    return code;
}

static enum gx_code replace_members(struct changing *c, const struct gx_json *list)
{
    GX_TRY(keep_only(c, list));
    return list ? members(c, list, true) : GX_OK;
}

/* A name that is the role's own may be said again. */
static enum gx_code check_name(struct changing *c, const struct gx_json *value)
{
    if (!value || (value->kind == GX_JSON_STRING && gx_scim_role(c->req, value->text) == c->role))
        return GX_OK;
    return gx_fail(c->req->ctx, GX_E_FORBIDDEN, GX_STR("displayName"), GX_M_SCIM_GROUP_FIXED);
}

static enum gx_code group_op(void *p, struct gx_str op, struct gx_str path,
                             const struct gx_json *value)
{
    struct changing *c = p;
    struct gx_str attribute, who, rest, a = gx_scim_attribute(c->req->ctx->arena, path);
    bool removes = gx_str_is(op, "remove"), replaces = gx_str_is(op, "replace");
    if (gx_scim_path_value(a, &attribute, &who, &rest) && gx_str_is(attribute, "members"))
        return member(c, who, !removes);
    if (a.n == 0) { /* without a path: {"members": […], "displayName": …} */
        const struct gx_json *list = gx_json_get(value, "members");
        GX_TRY(check_name(c, gx_json_get(value, "displayName")));
        if (!list)
            return GX_OK;
        return replaces ? replace_members(c, list) : members(c, list, true);
    }
    if (gx_str_is(a, "displayname"))
        return check_name(c, removes ? NULL : value);
    if (!gx_str_is(a, "members"))
        return GX_OK;
    if (replaces)
        return replace_members(c, value);
    if (removes && (!value || value->kind == GX_JSON_NULL))
        return keep_only(c, NULL);
    return members(c, value, !removes);
}

static enum gx_code group_patch(struct gx_req *req, const void *in)
{
    (void)in;
    struct changing c = { .req = req };
    GX_TRY(role_of_path(req, &c.role));
    GX_TRY(gx_scim_operations(req, group_op, &c));
    return reply_group(req, c.role);
}

const struct gx_route gx_route_scim_group_patch = {
    .doc = "SCIM: give a role to members, or take it from them.",
    .method = GX_PATCH,
    .path = "/scim/v2/Groups/{role}",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .body = GX_BODY_JSON,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_INVALID, GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_LIMIT },
    .problem = gx_scim_problem,
    .handler = group_patch,
};

static enum gx_code group_put(struct gx_req *req, const void *in)
{
    (void)in;
    struct changing c = { .req = req };
    const struct gx_json *list = gx_json_get(req->json, "members");
    GX_TRY(role_of_path(req, &c.role));
    if (list && list->kind != GX_JSON_ARRAY)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("members"), GX_M_SCIM_VALUE,
                       GX_STR("members"));
    GX_TRY(check_name(&c, gx_json_get(req->json, "displayName")));
    GX_TRY(replace_members(&c, list));
    return reply_group(req, c.role);
}

const struct gx_route gx_route_scim_group_put = {
    .doc = "SCIM: exactly these have the role.",
    .method = GX_PUT,
    .path = "/scim/v2/Groups/{role}",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .body = GX_BODY_JSON,
    .query = gx_scim_one_query,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_INVALID, GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .problem = gx_scim_problem,
    .handler = group_put,
};

/* --- what is not done */

static enum gx_code groups_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_str name = gx_json_get_str(req->json, "displayName", GX_STR(""));
    if (gx_scim_role(req, name))
        return gx_fail(req->ctx, GX_E_DUPLICATE, GX_STR("displayName"), GX_M_SCIM_GROUP_THERE,
                       name);
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("displayName"), GX_M_SCIM_GROUP_FIXED);
}

const struct gx_route gx_route_scim_groups_post = {
    .doc = "SCIM: refused; roles are made here.  A group that is called like a role is there "
           "already.",
    .method = GX_POST,
    .path = "/scim/v2/Groups",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .body = GX_BODY_JSON,
    .out_kind = GX_SCIM_TYPE,
    .errors = { GX_E_FORBIDDEN, GX_E_DUPLICATE },
    .problem = gx_scim_problem,
    .handler = groups_post,
};

static enum gx_code group_delete(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_role *role;
    GX_TRY(role_of_path(req, &role));
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_SCIM_GROUP_FIXED);
}

const struct gx_route gx_route_scim_group_delete = {
    .doc = "SCIM: refused; roles are removed here.",
    .method = GX_DELETE,
    .path = "/scim/v2/Groups/{role}",
    .who = GX_WHO_PROVISIONER,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .problem = gx_scim_problem,
    .handler = group_delete,
};
