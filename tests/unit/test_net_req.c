/* test_net_req.c - what a handler asks of a request, without a server. */
#include "gx_test.h"
#include "json/read.h"
#include "net/server.h"

static const struct {
    const char *site, *origin;
    bool same;
} origins[] = {
    { "", "", true }, /* no browser */
    { "same-origin", "", true },
    { "none", "", true }, /* typed by hand */
    { "same-site", "", false },
    { "cross-site", "https://crm.example", false },
    { "", "https://crm.example", true },
    { "", "http://CRM.example", true },
    { "", "https://crm.example:8443", false },
    { "", "https://crm.example.evil.test", false },
    { "", "https://evil.test/crm.example", false },
    { "", "null", false },
    { "", "crm.example", false },
};

GX_TEST(net_req_same_origin)
{
    for (size_t i = 0; i < GX_COUNT(origins); i++) {
        struct gx_header headers[3] = { { GX_STR_INIT("Host"), GX_STR_INIT("crm.example") } };
        struct gx_req req = { .headers = headers, .header_count = 1 };
        if (origins[i].site[0])
            headers[req.header_count++] =
                (struct gx_header){ GX_STR("sec-fetch-site"), gx_str_c(origins[i].site) };
        if (origins[i].origin[0])
            headers[req.header_count++] =
                (struct gx_header){ GX_STR("ORIGIN"), gx_str_c(origins[i].origin) };
        GX_CHECK(gx_req_same_origin(&req) == origins[i].same, origins[i].origin);
    }
}

GX_TEST(net_req_values)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    const struct gx_header headers[] = {
        { GX_STR_INIT("Cookie"), GX_STR_INIT("a=1; session=x=y; sessions=2;b") },
    };
    const struct gx_header query[] = {
        { GX_STR_INIT("limit"), GX_STR_INIT("50") },
        { GX_STR_INIT("bad"), GX_STR_INIT("5x") },
        { GX_STR_INIT("empty"), GX_STR_INIT("") },
    };
    struct gx_req req = { .ctx = &ctx,
                          .headers = headers,
                          .header_count = 1,
                          .query = query,
                          .query_count = 3,
                          .params = { GX_STR("17"), GX_STR("x"), GX_STR("-1"), GX_STR("0") } };
    GX_CHECK_STR(gx_req_cookie(&req, "session"), GX_STR("x=y"), "cookie");
    GX_CHECK_STR(gx_req_cookie(&req, "b"), GX_STR(""), "no value");
    GX_CHECK_STR(gx_req_cookie(&req, "c"), GX_STR(""), "no cookie");
    GX_CHECK_STR(gx_req_query(&req, "limit"), GX_STR("50"), "query");
    GX_CHECK(gx_req_has_query(&req, "empty") && !gx_req_has_query(&req, "none"), "has");
    int64_t v = 77;
    GX_CHECK(gx_req_query_int(&req, "limit", 9, 1, 100, &v) == GX_OK && v == 50, "given");
    GX_CHECK(gx_req_query_int(&req, "none", 9, 1, 100, &v) == GX_OK && v == 9, "absent");
    v = 77;
    GX_CHECK(gx_req_query_int(&req, "limit", 9, 1, 49, &v) == GX_E_INVALID && v == 77, "too large");
    GX_CHECK(gx_req_query_int(&req, "bad", 9, 1, 49, &v) == GX_E_INVALID, "no number");
    GX_CHECK_STR(ctx.last_error->path, GX_STR("bad"), "path of the error");
    GX_CHECK(gx_req_id(&req, 0, &v) == GX_OK && v == 17, "id");
    for (size_t i = 1; i < 4; i++)
        GX_CHECK(gx_req_id(&req, i, &v) == GX_E_NOT_FOUND, req.params[i].p);
    gx_arena_free(&arena);
}

static void note(void *p)
{
    gx_buf_addc(p, 'd');
}

static enum gx_code handler(struct gx_req *req, const void *in)
{
    (void)in;
    gx_arena_defer(req->ctx->arena, note, req->app);
    gx_buf_addz(&req->out, "half");
    gx_buf_addc(req->app, 'h');
    return req->params[0].n ? gx_fail(req->ctx, GX_E_CONFLICT, GX_STR("version"), GX_M_READ_ONLY,
                                      GX_STR("version"))
                            : GX_OK;
}

/* Deferred calls of the handler run before gx_server_call() returns, those from before do not. */
GX_TEST(net_req_call)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_buf trace = { 0 };
    const struct gx_route route = { .method = GX_GET, .path = "/", .handler = handler };
    struct gx_req req = { .ctx = &ctx, .app = &trace, .route = &route };
    gx_arena_defer(&arena, note, &trace);
    GX_CHECK(gx_server_call(&req) == GX_OK, "call");
    GX_CHECK_STR(gx_buf_str(&trace), GX_STR("hd"), "in this order");
    GX_CHECK_STR(gx_buf_str(&req.out), GX_STR("half"), "reply");

    req.params[0] = GX_STR("x");
    req.status = 201;
    ctx.lang = GX_LANG_ZH_HANT;
    GX_CHECK(gx_server_call(&req) == GX_E_CONFLICT, "refused");
    GX_CHECK(req.status == 409, "status");
    struct gx_json *root = NULL;
    GX_CHECK(gx_json_read(&ctx, gx_buf_str(&req.out), &root) == GX_OK, "a problem is JSON");
    static const char *const members[][2] = {
        { "type", "urn:guanxi:problem:conflict" },
        { "title", "這項資料剛被其他人修改" },
        { "code", "conflict" },
        { "detail", "「version」不可寫入。" },
        { "request_id", "test" },
    };
    for (size_t i = 0; i < GX_COUNT(members); i++)
        GX_CHECK_STR(gx_json_get_str(root, members[i][0], GX_STR("")), gx_str_c(members[i][1]),
                     members[i][0]);
    const struct gx_json *errors = gx_json_get(root, "errors");
    GX_CHECK(errors && errors->count == 1, "one error");
    GX_CHECK_STR(gx_json_get_str(errors ? errors->first : NULL, "path", GX_STR("")),
                 GX_STR("version"), "its path");
    gx_arena_free(&arena);
    GX_CHECK_STR(gx_buf_str(&trace), GX_STR("hdhdd"), "what was there before runs last");
    gx_buf_free(&trace);
    gx_buf_free(&req.out);
}
