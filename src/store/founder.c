/* founder.c - see founder.h. */
#include "store/founder.h"

#include "access/signin.h"
#include "store/record.h"

static enum gx_code set_text(struct gx_scope *scope, struct gx_input *input, const char *name,
                             struct gx_str text)
{
    const struct gx_field *field = gx_object_field(input->object, gx_str_c(name));
    return field && text.n ? gx_input_text(scope, input, field, text, GX_DATE_YMD) : GX_OK;
}

enum gx_code gx_founder_make(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                             const struct gx_founder *founder, int64_t *ret_user)
{
    const struct gx_write_options options = { .reason = GX_STR("first administrator") };
    const struct gx_object *object;
    struct gx_str role = GX_STR("admin");
    struct gx_scope *scope = gx_scope_system(ctx, tenant, conn, "first administrator");
    GX_TRY(gx_object_get(scope, GX_STR("user"), &object));
    struct gx_input *input = gx_input_new(scope, object);
    GX_TRY(set_text(scope, input, "login", founder->login));
    GX_TRY(set_text(scope, input, "display_name", founder->name));
    GX_TRY(set_text(scope, input, "email", founder->email));
    GX_TRY(set_text(scope, input, "locale",
                    founder->lang == GX_LANG_EN ? GX_STR("en") : GX_STR("zh-Hant")));
    GX_TRY(gx_record_create(scope, input, &options, ret_user));
    return gx_roles_set(ctx, tenant, conn, *ret_user, &role, 1);
}
