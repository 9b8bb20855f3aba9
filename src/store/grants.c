/*
 * grants.c - records that give others rights: nobody gives what is not theirs to give.
 *
 * Who adds somebody to an account's team must be able to edit the account, whatever rights on team
 * members the roles give; and one names a delegate for oneself, unless a role lets one edit
 * everybody's delegations.
 */
#include "store/store_int.h"

static enum gx_code own_only(struct gx_scope *scope, const char *path)
{
    return gx_fail(gx_scope_ctx(scope), GX_E_FORBIDDEN, gx_str_c(path), GX_M_GRANT_NOT_YOURS);
}

static enum gx_code check_delegation(struct gx_scope *scope, const struct gx_record *record)
{
    const struct gx_field *absent = gx_object_field(record->object, GX_STR("absent"));
    if (gx_scope_level(scope, record->object, GX_RIGHT_EDIT) == GX_LEVEL_ALL || !absent)
        return GX_OK;
    int64_t who = record->v[absent->slot].i;
    return who == gx_scope_me(scope) ? GX_OK : own_only(scope, "absent");
}

static enum gx_code check_account(struct gx_scope *scope, const struct gx_record *record)
{
    const struct gx_field *link = gx_object_field(record->object, GX_STR("account"));
    const struct gx_object *account = gx_meta_object(gx_scope_meta(scope), GX_STR("account"));
    struct gx_record loaded;
    if (!link || !account || record->v[link->slot].kind != GX_VALUE_INT)
        return GX_OK;
    enum gx_code code =
        gx_record_load(scope, account, record->v[link->slot].i, GX_RIGHT_EDIT, false, &loaded);
    if (code != GX_E_NOT_FOUND && code != GX_E_FORBIDDEN)
        return code;
    gx_ctx_clear(gx_scope_ctx(scope));
    return own_only(scope, "account");
}

enum gx_code gx_grants_check(struct gx_scope *scope, const struct gx_record *record,
                             const struct gx_record *old)
{
    struct gx_str name = record->object->x.name;
    if (!record->object->governs || gx_scope_is_admin(scope))
        return GX_OK;
    if (gx_str_is(name, "delegation"))
        return check_delegation(scope, record);
    if (!gx_str_is(name, "account_team"))
        return GX_OK;
    if (old)
        GX_TRY(check_account(scope, old));
    return check_account(scope, record);
}

bool gx_grants_asked(const struct gx_scope *scope, const struct gx_object *object)
{
    if (!object->governs || gx_scope_is_admin(scope))
        return false;
    if (gx_str_is(object->x.name, "delegation"))
        return gx_object_field(object, GX_STR("absent")) &&
               gx_scope_level(scope, object, GX_RIGHT_EDIT) != GX_LEVEL_ALL;
    return gx_str_is(object->x.name, "account_team") &&
           gx_object_field(object, GX_STR("account")) &&
           gx_meta_object(gx_scope_meta(scope), GX_STR("account"));
}

/* The account can be seen and edited. */
static void account_sql(struct gx_sqlb *b, const struct gx_scope *scope,
                        const struct gx_object *account)
{
    static const enum gx_right rights[] = { GX_RIGHT_READ, GX_RIGHT_EDIT };
    for (size_t i = 0; i < GX_COUNT(rights); i++) {
        const struct gx_expr *filter;
        if (gx_scope_level(scope, account, rights[i]) == GX_LEVEL_NONE)
            gx_sqlb_add(b, GX_SQL(" AND 1 = 0"));
        else if (gx_scope_filter(scope, account, rights[i], &filter) == GX_OK && filter) {
            gx_sqlb_add(b, GX_SQL(" AND "));
            gx_expr_sql(b, filter, gx_scope_env(scope), GX_STR("ga"));
        }
    }
}

void gx_grants_sql(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *object,
                   struct gx_str alias)
{
    if (gx_str_is(object->x.name, "delegation")) {
        gx_sqlb_column(b, alias, gx_object_field(object, GX_STR("absent"))->x.column);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, gx_value_int(gx_scope_me(scope)));
        return;
    }
    const struct gx_object *account = gx_meta_object(gx_scope_meta(scope), GX_STR("account"));
    gx_sqlb_add(b, GX_SQL("EXISTS (SELECT 1 FROM "));
    gx_sqlb_name(b, account->x.table);
    gx_sqlb_add(b, GX_SQL(" ga WHERE ga.deleted_at IS NULL AND ga.id = "));
    gx_sqlb_column(b, alias, gx_object_field(object, GX_STR("account"))->x.column);
    account_sql(b, scope, account);
    gx_sqlb_add(b, GX_SQL(")"));
}
