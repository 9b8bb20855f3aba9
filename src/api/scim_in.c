/*
 * scim_in.c - what a system says of a user: a whole one, or the operations of a PATCH.
 *
 * Large providers do not say it in one way: "active" comes as "False", an operation without a path
 * has its attributes in the value (also with paths for names), and one e-mail address is said as
 * emails[type eq "work"].value.  All of that ends in one struct; attributes that this program has
 * no place for are passed over, as RFC 7643 allows.
 */
#include "api/scim.h"

struct reading {
    struct gx_req *req;
    struct gx_scim_said *said;
};

static const struct {
    const char *name;
    enum gx_scim_attr attr;
} plain[] = {
    { "username", GX_SCIM_LOGIN },           { "displayname", GX_SCIM_NAME },
    { "nickname", GX_SCIM_ENGLISH },         { "title", GX_SCIM_TITLE },
    { "preferredlanguage", GX_SCIM_LOCALE }, { "timezone", GX_SCIM_ZONE },
    { "externalid", GX_SCIM_EXTERNAL },      { "employeenumber", GX_SCIM_NUMBER },
    { "department", GX_SCIM_UNIT },          { "manager.value", GX_SCIM_MANAGER },
};

static enum gx_code wrong(struct reading *r, struct gx_str path)
{
    return gx_fail(r->req->ctx, GX_E_INVALID, path, GX_M_SCIM_VALUE, path);
}

/* A text, or nothing; numbers are texts where somebody has no quotes. */
static enum gx_code take(struct reading *r, enum gx_scim_attr attr, struct gx_str path,
                         const struct gx_json *value)
{
    bool empty = !value || value->kind == GX_JSON_NULL;
    if (!empty && value->kind != GX_JSON_STRING && value->kind != GX_JSON_NUMBER)
        return wrong(r, path);
    r->said->given[attr] = true;
    r->said->text[attr] = empty ? GX_STR("") : gx_str_trim(value->text);
    return GX_OK;
}

/* --- several values, of which one is ours */

/* How well an e-mail address or a number fits: the first one, one for work, the primary one. */
static int rank(const struct gx_json *item)
{
    bool primary = false;
    const struct gx_json *p = gx_json_get(item, "primary");
    (void)!(p && gx_scim_truth(p, &primary));
    return primary                                                                 ? 3
           : gx_str_ieq(gx_json_get_str(item, "type", GX_STR("")), GX_STR("work")) ? 2
                                                                                   : 1;
}

static enum gx_code take_best(struct reading *r, enum gx_scim_attr attr, struct gx_str path,
                              const struct gx_json *list, const char *only, const char *never)
{
    const struct gx_json *best = NULL;
    int most = 0;
    for (const struct gx_json *i = list->first; i; i = i->next) {
        struct gx_str type = gx_json_get_str(i, "type", GX_STR(""));
        if ((only && !gx_str_ieq(type, gx_str_c(only))) ||
            (never && gx_str_ieq(type, gx_str_c(never))) || rank(i) <= most)
            continue;
        best = gx_json_get(i, "value");
        most = rank(i);
    }
    return best ? take(r, attr, path, best) : GX_OK;
}

static enum gx_code take_list(struct reading *r, struct gx_str path, const struct gx_json *value)
{
    bool phones = gx_str_is(path, "phonenumbers");
    if (!value || value->kind == GX_JSON_NULL) {
        GX_TRY(take(r, phones ? GX_SCIM_PHONE : GX_SCIM_EMAIL, path, NULL));
        return phones ? take(r, GX_SCIM_MOBILE, path, NULL) : GX_OK;
    }
    if (value->kind == GX_JSON_STRING)
        return take(r, phones ? GX_SCIM_PHONE : GX_SCIM_EMAIL, path, value);
    if (value->kind != GX_JSON_ARRAY)
        return wrong(r, path);
    if (!phones)
        return take_best(r, GX_SCIM_EMAIL, path, value, NULL, NULL);
    GX_TRY(take_best(r, GX_SCIM_MOBILE, path, value, "mobile", NULL));
    return take_best(r, GX_SCIM_PHONE, path, value, "work", NULL);
}

/* emails[type eq "work"].value */
static enum gx_code take_one_of(struct reading *r, struct gx_str path, const struct gx_json *value)
{
    struct gx_str list, which, rest;
    if (!gx_scim_path_value(path, &list, &which, &rest))
        return wrong(r, path);
    bool work = gx_str_is(which, "work") || gx_str_is(which, "true");
    if (rest.n && !gx_str_is(rest, ".value"))
        return GX_OK;
    if (value && value->kind == GX_JSON_OBJECT)
        value = gx_json_get(value, "value");
    if (gx_str_is(list, "emails") && work)
        return take(r, GX_SCIM_EMAIL, path, value);
    if (gx_str_is(list, "phonenumbers") && (work || gx_str_is(which, "mobile")))
        return take(r, work ? GX_SCIM_PHONE : GX_SCIM_MOBILE, path, value);
    return GX_OK;
}

/* --- roles */

static enum gx_code add_role(struct reading *r, struct gx_str role, bool give)
{
    struct gx_scim_said *said = r->said;
    size_t *count = give ? &said->give_count : &said->take_count;
    if (role.n == 0)
        return wrong(r, GX_STR("roles"));
    if (*count == GX_SCIM_ROLES_MAX)
        return gx_fail(r->req->ctx, GX_E_LIMIT, GX_STR("roles"), GX_M_TOO_BIG, GX_STR("50"));
    (give ? said->give : said->take)[(*count)++] = role;
    return GX_OK;
}

static enum gx_code take_roles(struct reading *r, const struct gx_json *value, bool give)
{
    if (value->kind == GX_JSON_STRING)
        return add_role(r, gx_str_trim(value->text), give);
    if (value->kind == GX_JSON_OBJECT)
        return add_role(r, gx_str_trim(gx_json_get_str(value, "value", GX_STR(""))), give);
    if (value->kind != GX_JSON_ARRAY)
        return wrong(r, GX_STR("roles"));
    for (const struct gx_json *i = value->first; i; i = i->next)
        GX_TRY(i->kind == GX_JSON_ARRAY ? wrong(r, GX_STR("roles")) : take_roles(r, i, give));
    return GX_OK;
}

/* roles, roles[value eq "sales"], roles[primary eq "True"].value */
static enum gx_code roles_op(struct reading *r, struct gx_str op, struct gx_str path,
                             const struct gx_json *value)
{
    struct gx_str list, which, rest;
    bool picked = gx_scim_path_value(path, &list, &which, &rest);
    if (gx_str_is(op, "remove")) {
        if (picked)
            return add_role(r, which, false);
        if (value && value->kind != GX_JSON_NULL)
            return take_roles(r, value, false);
        r->said->roles_all = true;
        r->said->give_count = 0;
        return GX_OK;
    }
    if (gx_str_is(op, "replace")) {
        r->said->roles_all = true;
        r->said->give_count = 0;
    }
    return value->kind == GX_JSON_NULL ? GX_OK : take_roles(r, value, true);
}

/* --- one attribute */

static enum gx_code take_name(struct reading *r, struct gx_str part, const struct gx_json *value)
{
    struct gx_str text =
        value && value->kind == GX_JSON_STRING ? gx_str_trim(value->text) : GX_STR("");
    if (gx_str_is(part, "formatted"))
        r->said->formatted = text;
    else if (gx_str_is(part, "familyname"))
        r->said->family = text;
    else if (gx_str_is(part, "givenname"))
        r->said->first = text;
    return GX_OK;
}

static enum gx_code take_active(struct reading *r, struct gx_str path, const struct gx_json *value)
{
    if (!value || value->kind == GX_JSON_NULL)
        return GX_OK;
    if (!gx_scim_truth(value, &r->said->active))
        return wrong(r, path);
    r->said->given[GX_SCIM_ACTIVE] = true;
    return GX_OK;
}

static enum gx_code set(struct reading *r, struct gx_str op, struct gx_str path,
                        const struct gx_json *value, int depth);

static enum gx_code set_members(struct reading *r, struct gx_str op, struct gx_str before,
                                const struct gx_json *value, int depth)
{
    for (const struct gx_json *k = value->first; k; k = k->next) {
        struct gx_str path = k->key;
        if (before.n)
            path = gx_arena_printf(r->req->ctx->arena, "%.*s%.*s", GX_STR_ARG(before),
                                   GX_STR_ARG(k->key));
        GX_TRY(set(r, op, path, k, depth + 1));
    }
    return GX_OK;
}

static enum gx_code set(struct reading *r, struct gx_str op, struct gx_str path,
                        const struct gx_json *value, int depth)
{
    static const struct gx_str enterprise =
        GX_STR_INIT("urn:ietf:params:scim:schemas:extension:enterprise:2.0:user");
    struct gx_str a = gx_scim_attribute(r->req->ctx->arena, path);
    bool object = value && value->kind == GX_JSON_OBJECT && depth < 4;
    if (gx_str_eq(a, enterprise))
        return object ? set_members(r, op, GX_STR(""), value, depth) : GX_OK;
    if (gx_str_starts(a, enterprise))
        a = gx_str_from(a, enterprise.n + 1);
    if (gx_str_is(a, "name") && object)
        return set_members(r, op, GX_STR("name."), value, depth);
    if (gx_str_is(a, "manager"))
        return object ? set_members(r, op, GX_STR("manager."), value, depth)
                      : take(r, GX_SCIM_MANAGER, a, value);
    if (gx_str_starts(a, GX_STR("name.")))
        return take_name(r, gx_str_from(a, 5), value);
    if (gx_str_is(a, "active"))
        return take_active(r, a, value);
    if (gx_str_is(a, "emails") || gx_str_is(a, "phonenumbers"))
        return take_list(r, a, value);
    if (gx_str_starts(a, GX_STR("emails[")) || gx_str_starts(a, GX_STR("phonenumbers[")))
        return take_one_of(r, a, value);
    if (gx_str_is(a, "roles") || gx_str_starts(a, GX_STR("roles[")))
        return roles_op(r, op, path, value);
    for (size_t i = 0; i < GX_COUNT(plain); i++)
        if (gx_str_is(a, plain[i].name))
            return take(r, plain[i].attr, a, value);
    return GX_OK;
}

static bool is_han(struct gx_str s)
{
    return s.n && (unsigned char)s.p[0] >= 0xe3 && (unsigned char)s.p[0] <= 0xe9;
}

/* What somebody is called, where it is not said in one piece: 林美玲, but May Lin. */
static void name_whole(struct gx_req *req, struct gx_scim_said *said)
{
    struct gx_str *name = &said->text[GX_SCIM_NAME];
    if (said->given[GX_SCIM_NAME] && name->n)
        return;
    if (said->formatted.n)
        *name = said->formatted;
    else if (said->family.n && said->first.n)
        *name = is_han(said->family)
                    ? gx_arena_printf(req->ctx->arena, "%.*s%.*s", GX_STR_ARG(said->family),
                                      GX_STR_ARG(said->first))
                    : gx_arena_printf(req->ctx->arena, "%.*s %.*s", GX_STR_ARG(said->first),
                                      GX_STR_ARG(said->family));
    said->given[GX_SCIM_NAME] = name->n > 0;
}

enum gx_code gx_scim_said_user(struct gx_req *req, struct gx_scim_said *ret_said)
{
    struct reading r = { req, ret_said };
    *ret_said = (struct gx_scim_said){ .active = true };
    if (!req->json || req->json->kind != GX_JSON_OBJECT)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR(""), GX_M_WRONG_TYPE, GX_STR("User"),
                       GX_STR("{…}"));
    GX_TRY(set_members(&r, GX_STR("replace"), GX_STR(""), req->json, 0));
    name_whole(req, ret_said);
    return GX_OK;
}

static enum gx_code patch_op(void *p, struct gx_str op, struct gx_str path,
                             const struct gx_json *value)
{
    struct reading *r = p;
    if (gx_str_is(op, "remove") &&
        !gx_str_starts(gx_scim_attribute(r->req->ctx->arena, path), GX_STR("roles")))
        value = NULL;
    if (path.n)
        return set(r, op, path, value, 0);
    return value->kind == GX_JSON_OBJECT ? set_members(r, op, GX_STR(""), value, 0)
                                         : wrong(r, GX_STR("Operations"));
}

enum gx_code gx_scim_said_patch(struct gx_req *req, struct gx_scim_said *ret_said)
{
    struct reading r = { req, ret_said };
    *ret_said = (struct gx_scim_said){ .active = true };
    GX_TRY(gx_scim_operations(req, patch_op, &r));
    name_whole(req, ret_said);
    return GX_OK;
}
