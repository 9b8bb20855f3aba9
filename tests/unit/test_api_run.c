/* test_api_run.c - the API test program itself: reading files, comparing, checking schemas. */
#include "../run/run.h"
#include "gx_test.h"

GX_TEST(api_run_script)
{
    struct gx_arena arena = { 0 };
    struct run_script script;
    struct gx_str why = { "", 0 };
    struct gx_str text = GX_STR("# x.api          use: demo cleaner\n"
                                "use: user add rep1\n"
                                "\n"
                                "as rep1: POST /api/v1/visit [If-Match: \"3\"] {\"a\":\"}\\\"\"}\n"
                                "   => 201 [ETag: $e] {\"id\":\"$v\"} absent: x, y  within: 5\n"
                                "as b (cookie): GET \"/x?filter=a = 1\" <<END => 200 'ok'\n"
                                "line\n"
                                "END\n"
                                "DELETE /y => 204\n");
    GX_CHECK(run_script_read(&arena, text, GX_STR("."), &script, &why), why.p);
    GX_CHECK_STR(script.setup->args, GX_STR("demo cleaner"), "in a comment");
    GX_CHECK_STR(script.setup->next->args, GX_STR("user add rep1"), "on a line");
    const struct run_step *a = script.steps, *b = a->next, *c = b->next;
    GX_CHECK(a->line == 4 && b->line == 6 && c->line == 9 && !c->next, "lines");
    GX_CHECK_STR(a->as, GX_STR("rep1"), "user");
    GX_CHECK_STR(a->body, GX_STR("{\"a\":\"}\\\"\"}"), "brackets in strings");
    GX_CHECK_STR(a->send.v[0].value, GX_STR("\"3\""), "header sent");
    GX_CHECK_STR(a->want_headers.v[0].name, GX_STR("ETag"), "header wanted");
    GX_CHECK_STR(a->want, GX_STR("{\"id\":\"$v\"}"), "wanted");
    GX_CHECK_STR(a->absent, GX_STR("x, y"), "absent");
    GX_CHECK(a->status == 201 && a->within_s == 5 && a->json_body && !a->cookie, "a");
    GX_CHECK(b->cookie && !b->json_body && gx_str_is(b->as, "b"), "b");
    GX_CHECK_STR(b->path, GX_STR("/x?filter=a = 1"), "path in quotes");
    GX_CHECK_STR(b->body, GX_STR("line\n"), "lines");
    GX_CHECK_STR(b->want_raw, GX_STR("ok"), "raw");
    GX_CHECK(!c->as.n && !c->body.p && !c->want_raw.p, "nothing more");
    gx_arena_free(&arena);
}

GX_TEST(api_run_script_errors)
{
    static const char *const bad[] = {
        "GET /x 200\n",
        "GET x => 200\n",
        "GET /x => ok\n",
        "GET /x {\"a\" => 200\n",
        "GET /x <<END => 200\na\n",
        "GET /x 'a => 200\n",
        "GET /x [A: b => 200\n",
        "GET /x <nofile => 200\n",
        "as rep1 GET /x\n",
        "GET /x => 200 within: 0\n",
    };
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(bad); i++) {
        struct run_script script;
        struct gx_str why = { "", 0 };
        GX_CHECK(!run_script_read(&arena, gx_str_c(bad[i]), GX_STR("."), &script, &why), bad[i]);
        GX_CHECK(gx_str_ends(why, GX_STR("; line 1")), why.p);
    }
    gx_arena_free(&arena);
}

static const struct {
    const char *want, *have, *why; /* NULL: it fits */
} matches[] = {
    { "{}", "{\"a\":1}", NULL },
    { "{\"a\":1.0}", "{\"b\":2,\"a\":1}", NULL },
    { "{\"a\":null}", "{\"a\":null}", NULL },
    { "{\"a\":null}", "{}", "reply.a is not there" },
    { "{\"a\":1}", "{\"a\":\"1\"}", "reply.a is \"1\", not 1" },
    { "{\"a\":\"1\"}", "{\"a\":1}", "reply.a is 1, not \"1\"" },
    { "{\"a\":true}", "{\"a\":false}", "reply.a is false, not true" },
    { "[1,2]", "[1,2]", NULL },
    { "[1,2]", "[1,2,3]", "reply has 3 elements, not 2" },
    { "[1,{\"b\":2}]", "[1,{\"b\":3,\"c\":0}]", "reply[1].b is 3, not 2" },
    { "[\"...\",{\"b\":2},1]", "[1,{\"b\":3},{\"b\":2,\"c\":0}]", NULL },
    { "[\"...\",4]", "[1,2]", "reply is [1,2], not 4" },
    { "{\"a\":\"*\"}", "{\"a\":[1]}", NULL },
    { "[\"$x\",\"$x\"]", "[\"q\",\"q\"]", NULL },
    { "[\"$x\",\"$x\"]", "[\"q\",\"r\"]", "reply[1] is \"r\", not \"$x\"" },
    { "[\"$x\",\"a-$x-b\",\"$$x\"]", "[7,\"a-7-b\",\"$x\"]", NULL },
    { "[\"a-$x\"]", "[\"a-7\"]", "reply[0] is \"a-7\", not \"a-$x\"" },
};

GX_TEST(api_run_match)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(matches); i++) {
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct run_vars vars = { .arena = &arena };
        struct gx_json *want = NULL, *have = NULL;
        struct gx_str why = { "", 0 };
        GX_CHECK(gx_json_read(&ctx, gx_str_c(matches[i].want), &want) == GX_OK &&
                     gx_json_read(&ctx, gx_str_c(matches[i].have), &have) == GX_OK,
                 matches[i].want);
        bool fits = run_match(&vars, want, have, GX_STR("reply"), &why);
        GX_CHECK(fits == !matches[i].why, matches[i].want);
        if (!fits)
            GX_CHECK_STR(why, gx_str_c(matches[i].why), matches[i].want);
    }
    gx_arena_free(&arena);
}

static const char document[] =
    "{\"paths\":{\"/v/{id}\":{\"get\":{\"responses\":{\"200\":{\"content\":{\"application/json\":"
    "{\"schema\":{\"$ref\":\"#/components/schemas/a~1b\"}}}},\"4XX\":{}}}},"
    "\"/v/me\":{\"get\":{\"responses\":{\"default\":{\"content\":{\"application/problem+json\":"
    "{\"schema\":{\"type\":\"array\",\"maxItems\":1,\"items\":{\"type\":[\"string\",\"null\"]}}}}}"
    "}}}},\"components\":{\"schemas\":{\"a/b\":{\"type\":\"object\",\"required\":[\"id\"],"
    "\"properties\":{\"id\":{\"type\":\"string\",\"maxLength\":2},\"n\":{\"type\":\"integer\","
    "\"minimum\":1},\"state\":{\"enum\":[\"on\",null]},\"k\":{\"const\":1},"
    "\"one\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"},{\"type\":\"number\"}]},"
    "\"any\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"boolean\"}]},\"no\":false,"
    "\"gone\":{\"$ref\":\"#/nowhere\"}},\"additionalProperties\":{\"type\":\"number\"}}}}}";

static const struct {
    const char *path;
    int status;
    const char *value, *why;
} replies[] = {
    { "/v/7", 200, "{\"id\":\"\xe9\x97\x9c\xe4\xbf\x82\"}", NULL },
    { "/v/7?x=1", 200, "{\"id\":\"1\",\"n\":1,\"state\":null,\"other\":0.5,\"one\":\"x\"}", NULL },
    { "/v/7", 404, NULL, NULL },
    { "/v/7", 500, NULL, "GET /v/{id} does not document status 500" },
    { "/v/7", 200, NULL, "GET /v/{id} documents a body, but there is none" },
    { "/v/7", 200, "[]", "reply has another type" },
    { "/v/7", 200, "{}", "reply has no id" },
    { "/v/7", 200, "{\"id\":\"123\"}", "reply.id is out of bounds" },
    { "/v/7", 200, "{\"id\":\"1\",\"n\":0}", "reply.n is out of bounds" },
    { "/v/7", 200, "{\"id\":\"1\",\"n\":1.5}", "reply.n has another type" },
    { "/v/7", 200, "{\"id\":\"1\",\"state\":\"off\"}",
      "reply.state is not one of the documented values: off" },
    { "/v/7", 200, "{\"id\":\"1\",\"k\":2}", "reply.k is not one of the documented values: 2" },
    { "/v/7", 200, "{\"id\":\"1\",\"one\":1}", "reply.one does not fit exactly one of oneOf" },
    { "/v/7", 200, "{\"id\":\"1\",\"any\":1}", "reply.any has another type" },
    { "/v/7", 200, "{\"id\":\"1\",\"no\":1}", "reply.no is not allowed" },
    { "/v/7", 200, "{\"id\":\"1\",\"gone\":1}", "reply.gone has a $ref to nothing" },
    { "/v/7", 200, "{\"id\":\"1\",\"other\":\"x\"}", "reply.other has another type" },
    { "/v/me", 418, "[null]", NULL },
    { "/v/me", 418, "[null,1]", "reply is out of bounds" },
    { "/v/me", 418, "[1]", "reply[0] has another type" },
    { "/w", 404, NULL, NULL },
    { "/w", 200, NULL, "GET /w is not documented" },
    { "/v/7/x", 200, NULL, "GET /v/7/x is not documented" },
};

static void count_hit(void *p, struct gx_str route, bool hit)
{
    int *counts = p;
    counts[hit]++;
    GX_CHECK(gx_str_starts(route, GX_STR("GET /v/")), route.p);
}

GX_TEST(api_run_openapi)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_json *root = NULL;
    GX_CHECK(gx_json_read(&ctx, gx_str_c(document), &root) == GX_OK, "document");
    struct run_api api = { .arena = &arena, .root = root };
    for (size_t i = 0; i < GX_COUNT(replies); i++) {
        struct gx_json *value = NULL;
        struct gx_str why = { "", 0 }, type = { "", 0 };
        if (replies[i].value)
            type = gx_str_c(replies[i].status == 418 ? "application/problem+json"
                                                     : "application/json; charset=utf-8");
        if (replies[i].value)
            GX_CHECK(gx_json_read(&ctx, gx_str_c(replies[i].value), &value) == GX_OK, "value");
        bool ok = run_api_check(&api, GX_STR("GET"), gx_str_c(replies[i].path), replies[i].status,
                                type, value, &why);
        GX_CHECK(ok == !replies[i].why, replies[i].path);
        if (!ok)
            GX_CHECK_STR(gx_str_from(why, strlen("OpenAPI: ")), gx_str_c(replies[i].why),
                         replies[i].value);
        if (i == 0) {
            int counts[2] = { 0, 0 };
            run_api_each(&api, count_hit, counts);
            GX_CHECK(counts[0] == 1 && counts[1] == 1, "one of two routes");
        }
    }
    gx_arena_free(&arena);
}

GX_TEST(api_run_url)
{
    struct gx_arena arena = { 0 };
    GX_CHECK_STR(run_url(&arena, GX_STR("/a/b?filter=n = \"中\"&x=1%20+")),
                 GX_STR("/a/b?filter=n%20=%20%22%E4%B8%AD%22&x=1%20%2B"), "encoded");
    struct run_reply reply = {
        .head = GX_STR("HTTP/1.1 200 OK\r\nset-cookie: a=1\r\nX: y\r\nSet-Cookie:  b=2 "),
    };
    GX_CHECK_STR(run_reply_header(&reply, "Set-Cookie", 1), GX_STR("b=2"), "second");
    GX_CHECK_STR(run_reply_header(&reply, "Set-Cookie", 2), GX_STR(""), "no third");
    gx_arena_free(&arena);
}
