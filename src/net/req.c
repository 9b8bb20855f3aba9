/* req.c - what a handler asks of a request, and the check of its input; see router.h. */
#include "net/router.h"

#include "base/assert.h"
#include "base/id.h"
#include "base/text.h"
#include "net/server.h"

static const struct gx_header *find_query(const struct gx_req *req, struct gx_str name)
{
    for (size_t i = 0; i < req->query_count; i++)
        if (gx_str_eq(req->query[i].name, name))
            return &req->query[i];
    return NULL;
}

struct gx_str gx_req_header(const struct gx_req *req, const char *name)
{
    struct gx_str wanted = gx_str_c(name);
    for (size_t i = 0; i < req->header_count; i++)
        if (gx_str_ieq(req->headers[i].name, wanted))
            return req->headers[i].value;
    return GX_STR("");
}

struct gx_str gx_req_query(const struct gx_req *req, const char *name)
{
    const struct gx_header *param = find_query(req, gx_str_c(name));
    return param ? param->value : GX_STR("");
}

bool gx_req_has_query(const struct gx_req *req, const char *name)
{
    return find_query(req, gx_str_c(name)) != NULL;
}

static enum gx_code not_in_range(struct gx_ctx *ctx, struct gx_str name, int64_t min, int64_t max)
{
    return gx_fail(ctx, GX_E_INVALID, name, GX_M_NET_QUERY_INT, name,
                   gx_arena_printf(ctx->arena, "%lld", (long long)min),
                   gx_arena_printf(ctx->arena, "%lld", (long long)max));
}

enum gx_code gx_req_query_int(struct gx_req *req, const char *name, int64_t otherwise, int64_t min,
                              int64_t max, int64_t *ret_value)
{
    const struct gx_header *param = find_query(req, gx_str_c(name));
    int64_t value = otherwise;
    if (param && (!gx_str_int64(param->value, &value) || value < min || value > max))
        return not_in_range(req->ctx, param->name, min, max);
    *ret_value = value;
    return GX_OK;
}

enum gx_code gx_req_id(struct gx_req *req, size_t i, int64_t *ret_id)
{
    gx_assert(i < GX_ROUTE_PARAMS_MAX);
    return gx_id_parse(req->params[i], ret_id) ? GX_OK : GX_E_NOT_FOUND;
}

struct gx_str gx_req_cookie(const struct gx_req *req, const char *name)
{
    struct gx_str rest = gx_req_header(req, "Cookie"), pair;
    while (gx_str_split(&rest, ';', &pair)) {
        pair = gx_str_trim(pair);
        size_t at = gx_str_find(pair, '=');
        if (at < pair.n && gx_str_is((struct gx_str){ pair.p, at }, name))
            return gx_str_from(pair, at + 1);
    }
    return GX_STR("");
}

bool gx_req_same_origin(const struct gx_req *req)
{
    struct gx_str site = gx_req_header(req, "Sec-Fetch-Site");
    if (site.n)
        return gx_str_is(site, "same-origin") || gx_str_is(site, "none");
    struct gx_str origin = gx_req_header(req, "Origin"), host = gx_req_header(req, "Host");
    if (origin.n == 0)
        return true;
    if (!gx_str_starts(origin, GX_STR("http://")) && !gx_str_starts(origin, GX_STR("https://")))
        return false;
    return gx_str_ieq(gx_str_from(origin, gx_str_search(origin, GX_STR("//")) + 2), host);
}

static enum gx_code unknown_param(struct gx_req *req, struct gx_str name)
{
    const struct gx_query_param *best = NULL;
    int best_near = 600;
    for (const struct gx_query_param *p = req->route->query; p && p->name; p++) {
        int near = gx_text_near(name, gx_str_c(p->name));
        if (near > best_near) {
            best = p;
            best_near = near;
        }
    }
    if (best)
        return gx_fail(req->ctx, GX_E_INVALID, name, GX_M_NET_QUERY_NEAR, name,
                       gx_str_c(best->name));
    return gx_fail(req->ctx, GX_E_INVALID, name, GX_M_NET_QUERY_UNKNOWN, name);
}

static enum gx_code check_value(struct gx_req *req, const struct gx_query_param *p,
                                struct gx_str value)
{
    struct gx_str name = gx_str_c(p->name);
    bool bounded = p->min != 0 || p->max != 0;
    int64_t number;
    switch (p->type) {
    case GX_SCHEMA_INT:
        if (!gx_str_int64(value, &number) || (bounded && (number < p->min || number > p->max)))
            return not_in_range(req->ctx, name, bounded ? p->min : INT64_MIN + 1,
                                bounded ? p->max : INT64_MAX);
        return GX_OK;
    case GX_SCHEMA_ID:
        if (!gx_id_parse(value, &number))
            return gx_fail(req->ctx, GX_E_INVALID, name, GX_M_BAD_FORMAT, name, value);
        return GX_OK;
    case GX_SCHEMA_BOOL:
        if (!gx_str_is(value, "true") && !gx_str_is(value, "false"))
            return gx_fail(req->ctx, GX_E_INVALID, name, GX_M_NET_QUERY_BOOL, name);
        return GX_OK;
    default:
        if (p->max && value.n > (size_t)p->max)
            return gx_fail(req->ctx, GX_E_INVALID, name, GX_M_TOO_LONG, name,
                           gx_arena_printf(req->ctx->arena, "%lld", (long long)p->max));
        return GX_OK;
    }
}

/* All of them, so that one reply names every mistake. */
static enum gx_code check_query(struct gx_req *req)
{
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < req->query_count; i++) {
        const struct gx_header *param = &req->query[i];
        const struct gx_query_param *p = req->route->query;
        while (p && p->name && !gx_str_is(param->name, p->name))
            p++;
        enum gx_code one;
        if (find_query(req, param->name) != param)
            one = gx_fail(req->ctx, GX_E_INVALID, param->name, GX_M_NET_QUERY_TWICE, param->name);
        else if (!p || !p->name)
            one = unknown_param(req, param->name);
        else
            one = check_value(req, p, param->value);
        code = code == GX_OK ? one : code;
    }
    for (const struct gx_query_param *p = req->route->query; p && p->name; p++) {
        struct gx_str name = gx_str_c(p->name);
        if (p->required && !find_query(req, name))
            code = gx_fail(req->ctx, GX_E_INVALID, name, GX_M_REQUIRED, name);
    }
    return code;
}

enum gx_code gx_server_check(struct gx_req *req)
{
    const struct gx_route *route = req->route;
    gx_assert(route);
    if (req->checked)
        return GX_OK;
    GX_TRY(check_query(req));
    if (route->body == GX_BODY_JSON && !req->json) {
        struct gx_json *root;
        GX_TRY(gx_json_read(req->ctx, req->body, &root));
        req->json = root;
    }
    if (route->body == GX_BODY_JSON && route->in) {
        gx_assert(route->in_size > 0);
        void *in = gx_arena_zalloc(req->ctx->arena, 1, route->in_size);
        GX_TRY(gx_schema_read(req->ctx, route->in, req->json, GX_STR(""), in));
        req->in = in;
    }
    req->checked = true;
    return GX_OK;
}

enum gx_code gx_server_call(struct gx_req *req)
{
    const struct gx_arena_defer *mark = req->ctx->arena->defer;
    enum gx_code code = gx_server_check(req);
    if (code == GX_OK)
        code = req->route->handler(req, req->in);
    if (code == GX_OK)
        code = gx_buf_check(&req->out);
    /* Statements and locks of the handler end on this thread, before the transaction does. */
    if (code != GX_OK || !req->stream)
        gx_arena_run_deferred(req->ctx->arena, mark);
    if (code != GX_OK)
        gx_reply_problem(req, code);
    return code;
}
