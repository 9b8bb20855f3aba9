/* app.c - see app.h. */
#include "api/app.h"

#include "store/list.h"
#include "store/record.h"

enum gx_code gx_req_object(struct gx_req *req, size_t i, const struct gx_object **ret_object)
{
    return gx_object_get(req->scope, req->params[i], ret_object);
}

enum gx_code gx_req_version(struct gx_req *req, int64_t *ret_version)
{
    struct gx_str text = gx_req_header(req, "If-Match");
    if (gx_str_starts(text, GX_STR("W/")))
        text = gx_str_from(text, 2);
    if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        text = (struct gx_str){ text.p + 1, text.n - 2 };
    *ret_version = 0;
    if (text.n == 0 || gx_str_is(text, "*"))
        return GX_OK;
    if (!gx_str_int64(text, ret_version) || *ret_version <= 0)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("If-Match"), GX_M_BAD_FORMAT,
                       GX_STR("If-Match"), text);
    return GX_OK;
}

bool gx_req_flag(const struct gx_req *req, const char *name)
{
    struct gx_str v = gx_req_query(req, name);
    return gx_req_has_query(req, name) && !gx_str_is(v, "false") && !gx_str_is(v, "0");
}

enum gx_code gx_reply_record(struct gx_req *req, const struct gx_object *object, int64_t id,
                             struct gx_str fields, bool deleted)
{
    struct gx_list *list;
    GX_TRY(gx_list_open_one(req->scope, object, id, fields, deleted, &list));
    struct gx_jw w = gx_jw(&req->out);
    gx_list_json(list, &w);
    gx_reply_header(req, "ETag",
                    gx_arena_printf(req->ctx->arena, "\"%lld\"", (long long)gx_list_version(list)));
    gx_list_close(list);
    return GX_OK;
}

enum gx_code gx_req_admin(struct gx_req *req)
{
    if (gx_scope_is_admin(req->scope))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_ADMIN_ONLY);
}
