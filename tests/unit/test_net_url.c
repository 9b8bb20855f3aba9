/* test_net_url.c - the parts of a request that are text: addresses, queries, lists, routes. */
#include "gx_test.h"
#include "net/url.h"

static const struct {
    const char *path;
    bool ok;
    const char *pieces; /* joined by "|" */
} paths[] = {
    { "/", true, "" },
    { "/a/b", true, "a|b" },
    { "/a%2Fb/c", true, "a/b|c" },
    { "/%E8%87%BA%E7%81%A3", true, "臺灣" },
    { "/臺灣", true, "臺灣" },
    { "/a//b/", true, "a||b|" },
    { "/a+b", true, "a+b" },
    { "", false, "" },
    { "a", false, "" },
    { "*", false, "" },
    { "http://x/a", false, "" },
    { "/%", false, "" },
    { "/%4", false, "" },
    { "/%zz", false, "" },
    { "/%00", false, "" },
    { "/%0d%0a", false, "" },
    { "/%7f", false, "" },
    { "/%c0%af", false, "" },       /* overlong "/" */
    { "/%ed%a0%80", false, "" },    /* a surrogate */
    { "/%f4%90%80%80", false, "" }, /* past U+10FFFF */
    { "/\xff", false, "" },
};

GX_TEST(net_url_split)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(paths); i++) {
        struct gx_str pieces[GX_PATH_PIECES_MAX];
        size_t count = 0;
        struct gx_buf joined = { 0 };
        bool ok = gx_url_split(&arena, gx_str_c(paths[i].path), pieces, &count);
        GX_CHECK(ok == paths[i].ok, paths[i].path);
        for (size_t k = 0; ok && k < count; k++) {
            gx_buf_addz(&joined, k ? "|" : "");
            gx_buf_add(&joined, pieces[k]);
        }
        GX_CHECK_STR(gx_buf_str(&joined), gx_str_c(paths[i].pieces), paths[i].path);
        gx_buf_free(&joined);
    }
    struct gx_str pieces[GX_PATH_PIECES_MAX];
    size_t count = 0;
    GX_CHECK(gx_url_split(&arena, GX_STR("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18"), pieces,
                          &count) &&
                 count == GX_PATH_PIECES_MAX + 1,
             "too many pieces are counted, not kept");
    gx_arena_free(&arena);
}

static const struct {
    const char *query;
    enum gx_code code;
    const char *pairs;
} queries[] = {
    { "", GX_OK, "" },
    { "a=1&b=2", GX_OK, "a:1;b:2;" },
    { "a&&b=", GX_OK, "a:;b:;" },
    { "a=x+y%2B", GX_OK, "a:x y+;" },
    { "filter=name%20%3D%20%22%E7%8E%8B%22", GX_OK, "filter:name = \"王\";" },
    { "a=1%0A2", GX_OK, "a:1\n2;" },
    { "a=b=c", GX_OK, "a:b=c;" },
    { "a=%00", GX_E_SYNTAX, "" },
    { "a=%1b", GX_E_SYNTAX, "" },
    { "a=%c3", GX_E_SYNTAX, "" },
    { "%=1", GX_E_SYNTAX, "" },
};

GX_TEST(net_url_query)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_header *params = NULL;
    size_t count = 0;
    for (size_t i = 0; i < GX_COUNT(queries); i++) {
        struct gx_buf text = { 0 };
        enum gx_code code = gx_url_query(&ctx, gx_str_c(queries[i].query), &params, &count);
        GX_CHECK(code == queries[i].code, queries[i].query);
        for (size_t k = 0; code == GX_OK && k < count; k++)
            gx_buf_printf(&text, "%.*s:%.*s;", GX_STR_ARG(params[k].name),
                          GX_STR_ARG(params[k].value));
        GX_CHECK_STR(gx_buf_str(&text), gx_str_c(queries[i].pairs), queries[i].query);
        gx_buf_free(&text);
    }
    struct gx_buf many = { 0 };
    for (int i = 0; i <= GX_QUERY_PARAMS_MAX; i++)
        gx_buf_addz(&many, "a=1&");
    GX_CHECK(gx_url_query(&ctx, gx_buf_str(&many), &params, &count) == GX_E_LIMIT, "too many");
    gx_buf_free(&many);
    gx_arena_free(&arena);
}

static const struct {
    const char *host;
    bool ok;
} hosts[] = {
    { "example.com", true },
    { "example.com:8080", true },
    { "127.0.0.1:80", true },
    { "[::1]", true },
    { "[::1]:8080", true },
    { "a_b", true },
    { "", false },
    { "a b", false },
    { "a:", false },
    { "a:b", false },
    { "a:123456", false },
    { "[::1", false },
    { "[::1]x", false },
    { "[]", false },
    { "a/b", false },
    { "a@b", false },
    { "a:1:2", false },
    { "<script>", false },
    { "ex\xc3\xa4mple", false },
    { ":80", false },
};

GX_TEST(net_url_host)
{
    for (size_t i = 0; i < GX_COUNT(hosts); i++)
        GX_CHECK(gx_url_host_valid(gx_str_c(hosts[i].host)) == hosts[i].ok, hosts[i].host);
}

static const struct {
    const char *list;
    enum gx_lang lang;
} languages[] = {
    { "", GX_LANG_EN },
    { "de", GX_LANG_EN },
    { "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", GX_LANG_ZH_HANT },
    { "en-US,en;q=0.9,zh-TW;q=0.8", GX_LANG_EN },
    { "de, zh;q=0.3", GX_LANG_ZH_HANT },
    { "en;q=0.2, zh-Hant;q=0.25", GX_LANG_ZH_HANT },
    { "zh;q=0, en;q=0.1", GX_LANG_EN },
    { ";;;,,,q=", GX_LANG_EN },
};

GX_TEST(net_url_lists)
{
    for (size_t i = 0; i < GX_COUNT(languages); i++)
        GX_CHECK(gx_url_language(gx_str_c(languages[i].list)) == languages[i].lang,
                 languages[i].list);
    GX_CHECK(gx_url_list_has(GX_STR("gzip, BR"), "br"), "has");
    GX_CHECK(gx_url_list_has(GX_STR("br;q=0.001"), "br"), "a little");
    GX_CHECK(!gx_url_list_has(GX_STR("gzip, br;q=0"), "br"), "refused");
    GX_CHECK(!gx_url_list_has(GX_STR("gzip, brr"), "br"), "another");
    GX_CHECK(!gx_url_list_has(GX_STR(""), "br"), "empty");
}

static enum gx_code nothing(struct gx_req *req, const void *in)
{
    (void)req, (void)in;
    return GX_OK;
}

#define ROUTE(m, p)                                                                                \
    &(const struct gx_route)                                                                       \
    {                                                                                              \
        .method = (m), .path = (p), .handler = nothing                                             \
    }

static const struct {
    enum gx_method method;
    const char *path, *want, *param;
    unsigned allowed;
} finds[] = {
    { GX_GET, "/a/user", "/a/{object}", "user", 1 << GX_GET | 1 << GX_POST },
    { GX_GET, "/a/import", "/a/{object}", "import", 1 << GX_GET | 1 << GX_POST },
    { GX_POST, "/a/import", "/a/import", NULL, 1 << GX_POST },
    { GX_GET, "/a/user/5", "/a/{object}/{id}", "user", 1 << GX_GET },
    { GX_GET, "/a/user/me", "/a/user/me", NULL, 1 << GX_GET },
    { GX_GET, "/a/user/5/x", "/a/{object}/{id}/x", "user", 1 << GX_GET },
    { GX_DELETE, "/a/user/5", NULL, NULL, 1 << GX_GET },
    { GX_GET, "/a//5", NULL, NULL, 0 },
    { GX_GET, "/a", NULL, NULL, 0 },
    { GX_GET, "/", "/", NULL, 1 << GX_GET },
    { GX_GET, "/a/user/5/x/y", NULL, NULL, 0 },
};

GX_TEST(net_router)
{
    struct gx_arena arena = { 0 };
    const struct gx_route *const routes[] = {
        ROUTE(GX_GET, "/"),
        ROUTE(GX_GET, "/a/{object}"),
        ROUTE(GX_POST, "/a/{object}"),
        ROUTE(GX_POST, "/a/import"),
        ROUTE(GX_GET, "/a/{object}/{id}"),
        ROUTE(GX_GET, "/a/user/me"),
        ROUTE(GX_GET, "/a/{object}/{id}/x"),
        NULL,
    };
    const struct gx_router *router = gx_router_new(&arena, routes);
    for (size_t i = 0; i < GX_COUNT(finds); i++) {
        struct gx_str pieces[GX_PATH_PIECES_MAX], params[GX_ROUTE_PARAMS_MAX] = { { "", 0 } };
        size_t count = 0;
        unsigned allowed = 77;
        GX_CHECK(gx_url_split(&arena, gx_str_c(finds[i].path), pieces, &count), finds[i].path);
        const struct gx_route *r =
            gx_router_find(router, finds[i].method, pieces, count, params, &allowed);
        GX_CHECK_STR(gx_str_c(r ? r->path : NULL), gx_str_c(finds[i].want), finds[i].path);
        GX_CHECK((allowed & finds[i].allowed) == finds[i].allowed, finds[i].path);
        if (finds[i].param)
            GX_CHECK_STR(params[0], gx_str_c(finds[i].param), finds[i].path);
        if (!finds[i].want)
            GX_CHECK(allowed == finds[i].allowed, finds[i].path);
    }
    gx_arena_free(&arena);
}
