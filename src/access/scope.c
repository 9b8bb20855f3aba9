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

static const struct gx_expr *visible(void *p, struct gx_str object_name)
{
    const struct gx_scope *scope = p;
    const struct gx_object *object = gx_meta_object(scope->meta, object_name);
    gx_assert(object);
    switch (gx_scope_level(scope, object, GX_RIGHT_READ)) {
    case GX_LEVEL_ALL:
        return NULL;
    case GX_LEVEL_OWN:
        return object->own_read;
    case GX_LEVEL_NONE:
        break;
    }
    return object->nobody;
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

enum gx_level gx_scope_level(const struct gx_scope *scope, const struct gx_object *object,
                             enum gx_right right)
{
    if (gx_scope_is_admin(scope))
        return GX_LEVEL_ALL;
    return scope->grant->levels[object->index][right];
}

enum gx_code gx_scope_filter(const struct gx_scope *scope, const struct gx_object *object,
                             enum gx_right right, const struct gx_expr **ret_filter)
{
    switch (gx_scope_level(scope, object, right)) {
    case GX_LEVEL_ALL:
        *ret_filter = NULL;
        return GX_OK;
    case GX_LEVEL_OWN:
        *ret_filter = right == GX_RIGHT_READ ? object->own_read : object->own;
        return GX_OK;
    case GX_LEVEL_NONE:
        break;
    }
    return gx_fail(scope->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_FORBIDDEN,
                   gx_label_text(&object->plural, scope->ctx->lang));
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
    for (size_t i = 0; scope->grant && i < meta->role_count; i++) {
        const struct gx_role *role = &meta->roles[i];
        enum gx_level level = role->admin ? GX_LEVEL_ALL : role->levels[object->index][right];
        if (level != GX_LEVEL_NONE && has_role(scope, role))
            list[n++] = (struct gx_reason){ role, level };
    }
    *ret_reasons = list;
    return n;
}
