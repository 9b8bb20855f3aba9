/* app.c - see app.h. */
#include "api/app.h"

#include "base/time.h"
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

static void reply_etag(struct gx_req *req, int64_t version)
{
    gx_reply_header(req, "ETag", gx_arena_printf(req->ctx->arena, "\"%lld\"", (long long)version));
}

enum gx_list_may_say gx_req_may(const struct gx_req *req)
{
    return req->session && req->session->read_only ? GX_MAY_NOTHING : GX_MAY_SAID;
}

enum gx_code gx_reply_record(struct gx_req *req, const struct gx_object *object, int64_t id,
                             struct gx_str fields, bool deleted)
{
    struct gx_list *list;
    GX_TRY(gx_list_open_one(req->scope, object, id, fields, deleted, gx_req_may(req), &list));
    struct gx_jw w = gx_jw(&req->out);
    gx_list_json(list, &w);
    if (req->method != GX_GET)
        gx_list_uncount(list);
    reply_etag(req, gx_list_version(list));
    gx_list_close(list);
    return GX_OK;
}

/* A write that is to be replied to. */
struct written {
    const struct gx_object *object;
    int64_t id, version;
};

/* The record behind the short reply, whose place it then takes. */
static enum gx_code reply_whole(struct gx_req *req)
{
    const struct written *w = req->after_p;
    struct gx_buf *out = &req->out;
    size_t n = out->n;
    enum gx_code code = gx_reply_record(req, w->object, w->id, GX_STR(""), false);
    if (code == GX_OK)
        code = gx_buf_check(out);
    if (code != GX_OK) {
        out->n = n;
        out->overflow = false;
        return code;
    }
    out->n -= n;
    memmove(out->p, out->p + n, out->n);
    return GX_OK;
}

static void reply_location(struct gx_req *req, const struct written *w)
{
    if (req->status == 201)
        gx_reply_header(req, "Location",
                        gx_arena_printf(req->ctx->arena, "%.*s/api/v1/%.*s/%lld",
                                        GX_STR_ARG(req->base), GX_STR_ARG(w->object->x.name),
                                        (long long)w->id));
}

static void reply_short(struct gx_req *req)
{
    const struct written *written = req->after_p;
    struct gx_jw w = gx_jw(&req->out);
    reply_location(req, written);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", written->id);
    gx_jw_key_int(&w, "version", written->version);
    gx_jw_object_end(&w);
    reply_etag(req, written->version);
    if (!req->after_read)
        gx_reply_header(req, "Preference-Applied", GX_STR("return=minimal"));
}

enum gx_code gx_reply_written(struct gx_req *req, const struct gx_object *object, int64_t id,
                              int64_t version)
{
    struct written *written = GX_ARENA_NEW(req->ctx->arena, struct written);
    *written = (struct written){ object, id, version };
    /* What is given again to who asks twice is kept with the write, so it is made with it. */
    if (gx_req_header(req, "Idempotency-Key").n) {
        reply_location(req, written);
        return gx_reply_record(req, object, id, GX_STR(""), false);
    }
    bool minimal = gx_str_is(gx_str_trim(gx_req_header(req, "Prefer")), "return=minimal");
    req->after = reply_short;
    req->after_read = minimal ? NULL : reply_whole;
    req->after_p = written;
    return GX_OK;
}

enum gx_code gx_reply_created(struct gx_req *req, const struct gx_object *object, int64_t id)
{
    req->status = 201;
    return gx_reply_written(req, object, id, 1);
}

enum gx_code gx_req_admin(struct gx_req *req)
{
    if (gx_scope_is_admin(req->scope))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_ADMIN_ONLY);
}

enum gx_code gx_req_house(struct gx_req *req, struct gx_house **ret_house)
{
    struct gx_api *api = gx_api(req);
    if (!api->house || !api->front || (!api->console && !req->local))
        return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NET_NOWHERE, req->path);
    GX_TRY(gx_req_admin(req));
    *ret_house = api->house;
    return GX_OK;
}

enum gx_code gx_req_fresh(struct gx_req *req)
{
    int minutes = gx_api(req)->tenant->settings.step_up_min;
    if (!req->session || req->session->kind != GX_SESSION_COOKIE ||
        req->ctx->now_us - req->session->fresh_at <= minutes * GX_MINUTE_US)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_STEP_UP, GX_STR(""), GX_M_STEP_UP,
                   gx_arena_printf(req->ctx->arena, "%d", minutes));
}

enum gx_code gx_req_reader(struct gx_req *req)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    gx_arena_defer(req->ctx->arena, (void (*)(void *))gx_db_reader_release, conn);
    gx_scope_use(req->scope, conn);
    return GX_OK;
}
