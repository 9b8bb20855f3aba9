/* scope.c - see scope.h. */
#include "access/scope.h"

#include "access/access_int.h"
#include "base/assert.h"

struct gx_scope {
    struct gx_ctx *ctx;
    struct gx_tenant *tenant;
    struct gx_meta *meta;
    struct gx_conn *conn;
    struct gx_grant *grant; /* NULL: the system */
    struct gx_str reason;
    struct gx_expr_env env;
};

static void scope_end(void *p)
{
    struct gx_scope *scope = p;
    gx_grant_unref(scope->grant);
    gx_meta_unref(scope->meta);
}

bool gx_scope_may_share(const struct gx_scope *scope, const struct gx_sharing *rule)
{
    const struct gx_grant *grant = scope->grant;
    if (!grant)
        return true;
    if (rule->role.n)
        return gx_scope_has_role(scope, rule->role);
    for (size_t i = 0; i < grant->unit_count; i++)
        if (gx_str_eq(grant->units[i], rule->unit))
            return true;
    return false;
}

static enum gx_reach_kind kind_of(enum gx_right right)
{
    if (right == GX_RIGHT_READ || right == GX_RIGHT_EXPORT || right == GX_RIGHT_TOTAL)
        return GX_REACH_READ;
    return right == GX_RIGHT_EDIT ? GX_REACH_EDIT : GX_REACH_FULL;
}

/* Ways that this right has, and that lead anywhere for this person. */
static unsigned ways_of(const struct gx_scope *scope, const struct gx_object *object,
                        enum gx_right right)
{
    const struct gx_grant *grant = scope->grant;
    unsigned levels = grant->reach[object->index][right], ways = 0;
    bool full = kind_of(right) == GX_REACH_FULL;
    if (object->owner)
        ways |= GX_REACH_DELEGATED;
    if (levels & 1u << GX_LEVEL_UNIT)
        ways |= GX_REACH_UNIT;
    if (levels & 1u << GX_LEVEL_BOOK)
        ways |= GX_REACH_BOOK;
    bool team = levels & (1u << GX_LEVEL_TEAM | 1u << GX_LEVEL_UNIT | 1u << GX_LEVEL_BOOK);
    if (team && !full && (object->account || gx_str_is(object->x.name, "account")))
        ways |= GX_REACH_TEAM;
    if (!full)
        ways |= GX_REACH_SHARES;
    return ways & grant->ways;
}

/* The filter of a right that is neither all nor nothing.  Sharing only widens it. */
static const struct gx_expr *filter_of(const struct gx_scope *scope, const struct gx_object *object,
                                       enum gx_right right, unsigned ways, enum gx_reach_how how)
{
    struct gx_arena *arena = scope->ctx->arena;
    enum gx_reach_kind kind = kind_of(right);
    const struct gx_expr *filter = kind == GX_REACH_READ ? object->own_read : object->own;
    if (ways)
        filter = gx_expr_or(arena, filter,
                            gx_expr_reach(arena, object->x.name, gx_reach_code(ways, kind, how)));
    for (size_t i = 0; kind != GX_REACH_FULL && i < object->sharing_count; i++) {
        const struct gx_sharing *rule = &object->sharing[i];
        if ((rule->edit || kind == GX_REACH_READ) && gx_scope_may_share(scope, rule))
            filter = gx_expr_or(arena, filter, gx_expr_rule(arena, rule->when));
    }
    return filter;
}

static const struct gx_expr *visible(void *p, struct gx_str object_name)
{
    const struct gx_scope *scope = p;
    const struct gx_object *object = gx_meta_object(scope->meta, object_name);
    gx_assert(object);
    switch (gx_scope_level(scope, object, GX_RIGHT_READ)) {
    case GX_LEVEL_ALL:
        return NULL;
    case GX_LEVEL_NONE:
        return object->nobody;
    default:
        return filter_of(scope, object, GX_RIGHT_READ, ways_of(scope, object, GX_RIGHT_READ),
                         GX_REACH_ONE);
    }
}

static struct gx_scope *make(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn)
{
    struct gx_scope *scope = GX_ARENA_NEW(ctx->arena, struct gx_scope);
    scope->ctx = ctx;
    scope->tenant = tenant;
    scope->meta = gx_tenant_meta(tenant);
    scope->conn = conn;
    scope->env = (struct gx_expr_env){
        .now_us = ctx->now_us,
        .tz_offset_min = ctx->tz_offset_min,
        .fiscal_start_month = tenant->settings.fiscal_start_month,
        .visible = visible,
        .visible_p = scope,
        .reach = gx_reach_sql,
    };
    gx_arena_defer(ctx->arena, scope_end, scope);
    return scope;
}

enum gx_code gx_scope_user(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                           int64_t user, struct gx_scope **ret_scope)
{
    gx_assert(user > 0);
    struct gx_scope *scope = make(ctx, tenant, conn);
    GX_TRY(gx_grant_get(ctx, tenant, conn, scope->meta, user, &scope->grant));
    if (!scope->grant->active)
        return gx_fail(ctx, GX_E_UNAUTHENTICATED, GX_STR(""), GX_M_SIGNIN_INACTIVE);
    struct gx_meta *base = scope->meta;
    scope->meta = gx_grant_meta(tenant, scope->grant, base);
    gx_meta_unref(base);
    scope->env.me = user;
    *ret_scope = scope;
    return GX_OK;
}

struct gx_scope *gx_scope_system(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                                 const char *reason)
{
    gx_assert(reason && reason[0]);
    struct gx_scope *scope = make(ctx, tenant, conn);
    scope->reason = gx_str_c(reason);
    return scope;
}

void gx_scope_use(struct gx_scope *scope, struct gx_conn *conn)
{
    scope->conn = conn;
}

struct gx_ctx *gx_scope_ctx(const struct gx_scope *scope)
{
    return scope->ctx;
}

struct gx_tenant *gx_scope_tenant(const struct gx_scope *scope)
{
    return scope->tenant;
}

const struct gx_meta *gx_scope_meta(const struct gx_scope *scope)
{
    return scope->meta;
}

struct gx_meta *gx_scope_public_meta(struct gx_ctx *ctx, struct gx_tenant *tenant)
{
    struct gx_meta *base = gx_tenant_meta(tenant);
    unsigned char **access = GX_ARENA_ARRAY(ctx->arena, unsigned char *, base->object_count + 1);
    bool **said = GX_ARENA_ARRAY(ctx->arena, bool *, base->object_count + 1), kept = false;
    for (size_t i = 0; i < base->object_count; i++) {
        size_t count = base->objects[i]->field_count;
        access[i] = GX_ARENA_ARRAY(ctx->arena, unsigned char, count + 1);
        for (size_t r = 0; r < base->role_count; r++)
            for (size_t f = 0; base->roles[r].fields && base->roles[r].fields[i] && f < count; f++)
                if (base->roles[r].fields[i][f] == 1 + GX_FIELD_HIDDEN) {
                    access[i][f] = GX_FIELD_HIDDEN;
                    kept = true;
                }
    }
    if (!kept)
        return base;
    gx_meta_inherit(base, access, said);
    struct gx_meta *made = gx_meta_restrict(base, access);
    gx_meta_unref(base);
    return made;
}

struct gx_conn *gx_scope_conn(const struct gx_scope *scope)
{
    gx_assert(scope->conn);
    return scope->conn;
}

int64_t gx_scope_me(const struct gx_scope *scope)
{
    return scope->env.me;
}

struct gx_str gx_scope_reason(const struct gx_scope *scope)
{
    return scope->reason;
}

bool gx_scope_is_admin(const struct gx_scope *scope)
{
    return !scope->grant || scope->grant->admin;
}

bool gx_scope_has_role(const struct gx_scope *scope, struct gx_str role)
{
    if (gx_scope_is_admin(scope) || gx_str_is(role, "everyone"))
        return true;
    for (size_t i = 0; i < scope->grant->role_count; i++)
        if (gx_str_eq(scope->grant->roles[i], role))
            return true;
    return false;
}

size_t gx_scope_roles(const struct gx_scope *scope, const struct gx_str **ret_roles)
{
    *ret_roles = scope->grant ? scope->grant->roles : NULL;
    return scope->grant ? scope->grant->role_count : 0;
}

/* What is written once stands, whoever asks; the program itself undoes imports and erases. */
static bool is_kept(const struct gx_scope *scope, const struct gx_object *object,
                    enum gx_right right)
{
    return object->append_only && scope->grant &&
           (right == GX_RIGHT_EDIT || right == GX_RIGHT_DELETE || right == GX_RIGHT_PURGE);
}

enum gx_level gx_scope_level(const struct gx_scope *scope, const struct gx_object *object,
                             enum gx_right right)
{
    if (is_kept(scope, object, right))
        return GX_LEVEL_NONE;
    if (gx_scope_is_admin(scope))
        return GX_LEVEL_ALL;
    return scope->grant->levels[object->index][right];
}

static enum gx_code forbidden(const struct gx_scope *scope, const struct gx_object *object)
{
    return gx_fail(scope->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_FORBIDDEN,
                   gx_label_text(&object->plural, scope->ctx->lang));
}

enum gx_code gx_scope_filter(const struct gx_scope *scope, const struct gx_object *object,
                             enum gx_right right, const struct gx_expr **ret_filter)
{
    enum gx_level level = gx_scope_level(scope, object, right);
    if (level == GX_LEVEL_NONE)
        return forbidden(scope, object);
    *ret_filter = level == GX_LEVEL_ALL ? NULL
                                        : filter_of(scope, object, right,
                                                    ways_of(scope, object, right), GX_REACH_ONE);
    return GX_OK;
}

enum gx_code gx_scope_filter_list(struct gx_scope *scope, const struct gx_object *object,
                                  enum gx_right right, const struct gx_expr **ret_filter)
{
    enum gx_level level = gx_scope_level(scope, object, right);
    if (level == GX_LEVEL_NONE || level == GX_LEVEL_ALL)
        return gx_scope_filter(scope, object, right, ret_filter);
    unsigned ways = ways_of(scope, object, right);
    bool wide = false;
    *ret_filter = filter_of(scope, object, right, ways, GX_REACH_FEW);
    if (ways)
        GX_TRY(gx_reach_is_wide(scope, scope->tenant->access, object, *ret_filter, ways, &wide));
    if (wide)
        *ret_filter = filter_of(scope, object, right, ways, GX_REACH_MANY);
    return GX_OK;
}

struct gx_str gx_scope_reads(const struct gx_scope *scope)
{
    return scope->grant ? scope->grant->reads : GX_STR("all");
}

const struct gx_expr_env *gx_scope_env(const struct gx_scope *scope)
{
    return &scope->env;
}

bool gx_scope_may_audit(const struct gx_scope *scope)
{
    return gx_scope_is_admin(scope) || scope->grant->audit;
}

bool gx_scope_may_relocate(const struct gx_scope *scope)
{
    return gx_scope_is_admin(scope) || scope->grant->relocate;
}

static bool has_role(const struct gx_scope *scope, const struct gx_role *role)
{
    for (size_t i = 0; i < scope->grant->role_count; i++)
        if (gx_str_eq(scope->grant->roles[i], role->name))
            return true;
    return gx_str_is(role->name, "everyone");
}

size_t gx_scope_why(const struct gx_scope *scope, const struct gx_object *object,
                    enum gx_right right, const struct gx_reason **ret_reasons)
{
    const struct gx_meta *meta = scope->meta;
    struct gx_reason *list =
        GX_ARENA_ARRAY(scope->ctx->arena, struct gx_reason, meta->role_count + 1);
    size_t n = 0;
    for (size_t i = 0; scope->grant && i < meta->role_count && !is_kept(scope, object, right);
         i++) {
        const struct gx_role *role = &meta->roles[i];
        enum gx_level level = role->admin ? GX_LEVEL_ALL : role->levels[object->index][right];
        if (level != GX_LEVEL_NONE && has_role(scope, role))
            list[n++] = (struct gx_reason){ role, level };
    }
    *ret_reasons = list;
    return n;
}

enum gx_code gx_scope_ways(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                           enum gx_right right, const struct gx_way **ret_ways, size_t *ret_count)
{
    static const struct gx_way all = { .kind = "all" };
    enum gx_level level = gx_scope_level(scope, object, right);
    enum gx_reach_kind kind = kind_of(right);
    size_t n = 0;
    *ret_ways = &all;
    *ret_count = level == GX_LEVEL_ALL;
    if (level == GX_LEVEL_ALL || level == GX_LEVEL_NONE)
        return GX_OK;
    const struct gx_sharing **rules =
        GX_ARENA_ARRAY(scope->ctx->arena, const struct gx_sharing *, object->sharing_count + 1);
    for (size_t i = 0; kind != GX_REACH_FULL && i < object->sharing_count; i++)
        if ((object->sharing[i].edit || kind == GX_REACH_READ) &&
            gx_scope_may_share(scope, &object->sharing[i]))
            rules[n++] = &object->sharing[i];
    return gx_reach_ways(scope, object, id, kind, ways_of(scope, object, right), rules, n, ret_ways,
                         ret_count);
}

enum gx_field_access gx_scope_field(const struct gx_scope *scope, const struct gx_object *object,
                                    const struct gx_field *field)
{
    if (gx_scope_is_admin(scope))
        return GX_FIELD_WRITE;
    return (enum gx_field_access)scope->grant->fields[object->index][field->index_in_object];
}
