/* test_net_server.c - requests over a socket, the way a browser or a program sends them. */
#include <stdlib.h>
#include <unistd.h>

#include "gx_test.h"
#include "net_fixture.h"

#define H            "Host: localhost\r\n"
#define GET(path)    "GET " path " HTTP/1.1\r\n" H "\r\n"
#define JSON(length) "Content-Type: application/json\r\nContent-Length: " length "\r\n\r\n"
#define POST(length) "POST /api/v1/thing HTTP/1.1\r\n" H JSON(length)

static const struct {
    const char *request;
    int status;
    const char *has; /* in head or body */
} requests[] = {
    { GET("/api/v1/echo?name=x%20y&count=5"), 200, "{\"name\":\"x y\",\"count\":\"5\"}" },
    { GET("/api/v1/echo?naem=x"), 422, "Did you mean \\\"name\\\"?" },
    { GET("/api/v1/echo?name=12345678901"), 422, "\"path\":\"name\"" },
    { GET("/api/v1/echo?count=0&flag=2"), 422, "\"path\":\"flag\"" },
    { GET("/api/v1/echo?count=51"), 422, "from 1 to 50" },
    { GET("/api/v1/echo?count=1&count=2"), 422, "stands twice" },
    { GET("/api/v1/echo?count=%zz"), 400, "\"code\":\"syntax\"" },
    { GET("/api/v1/item/7"), 200, "\"id\":\"7\"" },
    { GET("/api/v1/item/special"), 200, "\"special\"" },
    { GET("/api/v1/item/a%2Fb"), 200, "\"id\":\"a/b\"" },
    { GET("/api/v1/item/%E8%87%BA"), 200, "\"id\":\"臺\"" },
    { GET("/api/v1/item/%00"), 400, "\"code\":\"syntax\"" },
    { GET("/api/v1/item/%c0%af"), 400, "\"code\":\"syntax\"" },
    { GET("/api/v1/item/%4"), 400, "\"code\":\"syntax\"" },
    { GET("/api/v1/item/x%0d%0aSet-Cookie:%20a=b"), 400, "\"code\":\"syntax\"" },
    { GET("/api/v1/nowhere"), 404, "There is no address /api/v1/nowhere here." },
    { GET("/api"), 404, "\"errors\":[{" },
    { GET("/api/v1/wrong"), 409, "\"path\":\"version\"" },
    { GET("/"), 200, "<!doctype html>" },
    { GET("/accounts/17"), 200, "Cache-Control: no-cache" },
    { GET("/assets/a.js"), 200, "Cache-Control: max-age=31536000, immutable" },
    { GET("/none"), 404, "application/problem+json" },
    { GET("/a/../b"), 404, "\"code\":\"not_found\"" },
    { GET("/a/%2e%2e/b"), 404, "\"code\":\"not_found\"" },
    { GET("/a%2fb"), 404, "\"code\":\"not_found\"" },
    { GET("/1/2/3/4/5/6/7/8/9/1/2/3/4/5/6/7/8"), 200, "<!doctype html>" },
    { "POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 404, "\"code\":\"not_found\"" },
    { "PUT /api/v1/item/7 HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 405,
      "Allow: GET, DELETE, HEAD, OPTIONS" },
    { "TRACE /api/v1/item/7 HTTP/1.1\r\n" H "\r\n", 405, "Allow: GET, DELETE, HEAD, OPTIONS" },
    { "BREW /api/v1/thing HTTP/1.1\r\n" H "\r\n", 405, "Allow: POST, OPTIONS" },
    { "OPTIONS /api/v1/item/7 HTTP/1.1\r\n" H "\r\n", 204, "Allow: GET, DELETE, HEAD, OPTIONS" },
    { "OPTIONS /api/v1/x/y/z/a HTTP/1.1\r\n" H "\r\n", 404, "not_found" },
    { "HEAD /api/v1/item/7 HTTP/1.1\r\n" H "\r\n", 200, "Content-Length: " },
    { "HEAD / HTTP/1.1\r\n" H "\r\n", 200, "Content-Length: 15" },
    { POST("14") "{\"name\":\"王\"}", 201, "{\"name\":\"王\",\"count\":0}" },
    { POST("24") "{\"name\":\"x\",\"count\":\"9\"}", 422, "\"path\":\"count\"" },
    { POST("23") "{\"nmae\":\"x\",\"count\":99}", 422, "\"path\":\"name\"" },
    { POST("9") "{\"name\":}", 400, "\"code\":\"syntax\"" },
    { POST("0"), 400, "\"code\":\"syntax\"" },
    { POST("200001") "{", 413, "2000 B" },
    { "POST /api/v1/thing HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}", 415, "application/json" },
    { "POST /api/v1/thing HTTP/1.1\r\n" H "Content-Type: text/json\r\nContent-Length: 2\r\n\r\n{}",
      415, "media_type" },
    { "POST /api/v1/thing HTTP/1.1\r\n" H
      "Content-Type: application/json; charset=utf-8\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"}",
      201, "x" },
    { "POST /api/v1/thing HTTP/1.1\r\n" H "Content-Type: application/json; charset=big5\r\n"
      "Content-Length: 2\r\n\r\n{}",
      415, "media_type" },
    { "POST /api/v1/thing HTTP/1.1\r\n" H
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"nam\r\n7\r\ne\":\"x\"}\r\n0\r\n\r\n",
      201, "{\"name\":\"x\",\"count\":0}" },
    { "GET /api/v1/item/7 HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}", 422, "no content" },
    { "DELETE /api/v1/item/8 HTTP/1.1\r\n" H "\r\n", 200, "\"method\":\"DELETE\"" },
    { "POST /api/v1/commit-fails HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 500, "\"io\"" },
    { "POST /api/v1/secret HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc", 401,
      "WWW-Authenticate: Bearer" },
    { "POST /api/v1/secret HTTP/1.1\r\n" H "Content-Length: 1000000000\r\n\r\nabc", 401,
      "Connection: close" },
    { "POST /api/v1/secret HTTP/1.1\r\n" H
      "Authorization: Bearer good\r\nContent-Length: 3\r\n\r\nabc",
      200, "\r\n\r\n3" },
    { "GET /api/v1/item/7 HTTP/1.1\r\n" H "Authorization: Bearer bad\r\n\r\n", 401,
      "unauthenticated" },
    { "GET /api/v1/nowhere HTTP/1.1\r\n" H "Accept-Language: zh-TW,en;q=0.5\r\n\r\n", 404,
      "這裡沒有 /api/v1/nowhere 這個位址。" },
    { "GET /api/v1/item/7 HTTP/1.0\r\n\r\n", 200, "\"id\":\"7\"" },
};

GX_TEST(net_server_requests)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    net_start(&f);
    for (size_t i = 0; i < GX_COUNT(requests); i++) {
        const char *what = requests[i].request;
        net_ask(&f, what, &r);
        if (!GX_CHECK(r.status == requests[i].status, what) ||
            !GX_CHECK(net_has(&r, requests[i].has), what))
            printf("%.*s\n", (int)r.bytes.n, r.bytes.p);
        struct gx_str type = net_header(&r, "Content-Type");
        bool data = type.n == 0 || gx_str_search(type, GX_STR("json")) != SIZE_MAX;
        GX_CHECK(net_has(&r, data ? "Content-Security-Policy: default-src 'none';"
                                  : "Content-Security-Policy: default-src 'self';"),
                 what);
        GX_CHECK(net_has(&r, "X-Content-Type-Options: nosniff"), what);
        GX_CHECK(net_header(&r, "X-Request-Id").n == 16, what);
        GX_CHECK(net_header(&r, "Cache-Control").n > 0, what);
        GX_CHECK(!net_has(&r, "Access-Control"), what);
    }
    net_stop(&f);
    net_reply_free(&r);
}

GX_TEST(net_server_keep_alive)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    net_start(&f);
    int fd = net_connect(&f);
    for (int i = 0; i < 50; i++) {
        /* A refused body that is small enough is read, so the connection stays. */
        net_say(fd, POST("2") "{}");
        net_read(fd, false, &r);
        GX_CHECK(r.status == 422, "invalid");
        net_say(fd, "POST /api/v1/secret HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc");
        net_read(fd, false, &r);
        GX_CHECK(r.status == 401, "refused before the body");
        net_say(fd, GET("/api/v1/item/9"));
        net_read(fd, false, &r);
        GX_CHECK(r.status == 200, "good");
    }
    net_say(fd, GET("/api/v1/item/1") GET("/api/v1/item/2")
                    POST("12") "{\"name\":\"x\"}" GET("/api/v1/nowhere"));
    const int want[] = { 200, 200, 201, 404 };
    struct gx_buf all = { 0 };
    for (int tries = 0;
         tries < 50 && gx_str_search(gx_buf_str(&all), GX_STR("nowhere")) == SIZE_MAX; tries++) {
        char block[8192];
        ssize_t n = read(fd, block, sizeof block);
        if (n > 0)
            gx_buf_add(&all, (struct gx_str){ block, (size_t)n });
    }
    struct gx_str rest = gx_buf_str(&all);
    for (size_t i = 0; i < GX_COUNT(want); i++) {
        size_t at = gx_str_search(rest, GX_STR("HTTP/1.1 "));
        GX_CHECK(at != SIZE_MAX && strtol(rest.p + at + 9, NULL, 10) == want[i],
                 "pipelined, in order");
        rest = gx_str_from(rest, at + 12);
    }
    gx_buf_free(&all);
    close(fd);
    net_stop(&f);
    net_reply_free(&r);
}

GX_TEST(net_server_expect)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    net_start(&f);
    int fd = net_connect(&f);
    net_say(fd,
            "PUT /api/v1/bytes HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    net_read(fd, true, &r);
    GX_CHECK(r.status == 100, "go on");
    net_say(fd, "hello");
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200, "took it");
    GX_CHECK_STR(r.body, GX_STR("hello"), "body");
    net_say(fd, "PUT /api/v1/bytes HTTP/1.1\r\n" H
                "Expect: 100-continue\r\nContent-Length: 500000\r\n\r\n");
    net_read(fd, false, &r);
    GX_CHECK(r.status == 413, "not even asked for");
    close(fd);
    net_stop(&f);
    net_reply_free(&r);
}

GX_TEST(net_server_bodies)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    struct gx_buf text = { 0 };
    net_prepare(&f);
    net_start(&f);
    int fd = net_connect(&f);
    for (size_t n = 1; n <= 100000; n = n * 7 + 3) {
        gx_buf_clear(&text);
        gx_buf_printf(&text, "PUT /api/v1/bytes HTTP/1.1\r\n" H "Content-Length: %zu\r\n\r\n", n);
        size_t head = text.n;
        for (size_t i = 0; i < n; i++)
            gx_buf_addc(&text, (char)(i * 31));
        net_send(fd, text.p, text.n);
        net_read(fd, false, &r);
        GX_CHECK(r.status == 200, "length said");
        GX_CHECK(gx_str_eq(r.body, gx_str_from(gx_buf_str(&text), head)), "the same bytes back");
    }
    net_say(fd, "POST /api/v1/file HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    char chunk[65536 + 16];
    int head = snprintf(chunk, sizeof chunk, "10000\r\n");
    memset(chunk + head, 'x', 65536);
    memcpy(chunk + head + 65536, "\r\n", 2);
    for (int i = 0; i < 40; i++)
        net_send(fd, chunk, (size_t)head + 65538);
    net_say(fd, "0\r\n\r\n");
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200, "spooled");
    GX_CHECK_STR(r.body, GX_STR("2621440"), "all of it");
    net_say(fd, "PUT /api/v1/bytes HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 2; i++)
        net_send(fd, chunk, (size_t)head + 65538);
    net_say(fd, "0\r\n\r\n");
    net_read(fd, false, &r);
    GX_CHECK(r.status == 413, "too large, found out on the way");
    net_say(fd, "PUT /api/v1/bytes HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; i++)
        net_send(fd, chunk, (size_t)head + 65538);
    GX_CHECK(net_closed(fd), "far too large");
    close(fd);
    net_stop(&f);
    gx_buf_free(&text);
    net_reply_free(&r);
}

GX_TEST(net_server_streams)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    net_start(&f);
    int fd = net_connect(&f);
    net_say(fd, GET("/api/v1/stream"));
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200 && r.chunked && !r.broken, "chunked");
    GX_CHECK(r.body.n == 10000, "all pieces");
    GX_CHECK(gx_str_starts(r.body, GX_STR("5\n5\n")) && gx_str_ends(r.body, GX_STR("1\n1\n")),
             "in order");
    net_say(fd, GET("/api/v1/stream?count=999"));
    net_read(fd, false, &r);
    GX_CHECK(r.body.n == 1000 * (900 * 4 + 90 * 3 + 9 * 2), "a long one");
    net_say(fd, "HEAD /api/v1/stream HTTP/1.1\r\n" H "\r\n");
    net_read(fd, true, &r);
    GX_CHECK(r.status == 200, "head only");
    char byte;
    GX_CHECK(read(fd, &byte, 1) == 0, "and nothing behind it");
    close(fd);
    fd = net_connect(&f);
    net_say(fd, GET("/api/v1/broken"));
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200 && r.broken, "cut, so the reader knows");
    close(fd);
    /* The reader goes away in the middle: finish is called all the same (net_stop checks). */
    fd = net_connect(&f);
    net_say(fd, GET("/api/v1/stream?count=100000"));
    net_read(fd, true, &r);
    close(fd);
    net_stop(&f);
    net_reply_free(&r);
}

GX_TEST(net_server_packs)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    net_start(&f);
    net_ask(&f, "GET /api/v1/big HTTP/1.1\r\n" H "Accept-Encoding: gzip, br\r\n\r\n", &r);
    GX_CHECK_STR(net_header(&r, "Content-Encoding"), GX_STR("br"), "packed");
    GX_CHECK_STR(net_header(&r, "Vary"), GX_STR("Accept-Encoding"), "for caches");
    GX_CHECK(r.body.n > 100 && r.body.n < 10000, "smaller");
    net_ask(&f, "GET /api/v1/big HTTP/1.1\r\n" H "Accept-Encoding: br;q=0, gzip\r\n\r\n", &r);
    GX_CHECK_STR(net_header(&r, "Content-Encoding"), GX_STR("gzip"), "packed for the old");
    GX_CHECK(r.body.n > 100 && r.body.n < 10000, "smaller");
    GX_CHECK((unsigned char)r.body.p[0] == 0x1f && (unsigned char)r.body.p[1] == 0x8b, "gzip");
    net_ask(&f, GET("/api/v1/big"), &r);
    GX_CHECK(net_header(&r, "Content-Encoding").n == 0 && r.body.n > 20000, "plain");
    GX_CHECK_STR(net_header(&r, "Vary"), GX_STR("Accept-Encoding"), "for caches");
    net_ask(&f, "GET /api/v1/item/7 HTTP/1.1\r\n" H "Accept-Encoding: br\r\n\r\n", &r);
    GX_CHECK(net_header(&r, "Content-Encoding").n == 0, "too short to pack");
    net_ask(&f, GET("/"), &r);
    struct gx_str etag = net_header(&r, "ETag");
    GX_CHECK(etag.n == 18, "etag");
    char again[256];
    snprintf(again, sizeof again, "GET / HTTP/1.1\r\n" H "If-None-Match: %.*s\r\n\r\n",
             GX_STR_ARG(etag));
    net_ask(&f, again, &r);
    GX_CHECK(r.status == 304 && r.body.n == 0, "not sent again");
    net_stop(&f);
    net_reply_free(&r);
}

static bool nudge(const struct net_fixture *f, const char *query)
{
    struct net_reply reply = { 0 };
    char text[120];
    snprintf(text, sizeof text, "GET /api/v1/nudge%s HTTP/1.1\r\nHost: h\r\n\r\n", query);
    net_ask(f, text, &reply);
    bool there = gx_str_is(reply.body, "true");
    net_reply_free(&reply);
    return there;
}

/* A live stream sleeps as long as it likes, past every deadline, and hears each call. */
GX_TEST(net_live)
{
    struct net_fixture f;
    net_prepare(&f);
    f.options.write_ms = f.options.idle_ms = 300;
    net_start(&f);
    int fd = net_connect(&f);
    net_say(fd, "GET /api/v1/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    while (!nudge(&f, ""))
        continue;
    for (int i = 0; i < 200; i++)
        GX_CHECK(nudge(&f, ""), "still there");
    int64_t until = gx_monotonic_us() + 700000; /* more than its deadlines would allow */
    while (gx_monotonic_us() < until)
        usleep(20000);
    GX_CHECK(nudge(&f, ""), "asleep, not closed");
    GX_CHECK(nudge(&f, "?count=1"), "the end");
    struct net_reply reply = { 0 };
    net_read(fd, false, &reply);
    GX_CHECK(reply.status == 200 && reply.chunked && !reply.broken, "whole");
    GX_CHECK(reply.body.n == 202 * strlen("beat\n"), "every beat once");
    GX_CHECK_STR(net_header(&reply, "Content-Type"), GX_STR("text/event-stream"), "type");
    net_reply_free(&reply);
    close(fd);
    net_stop(&f);
}

/* Somebody who goes away without a word is noticed with the next piece. */
GX_TEST(net_live_gone)
{
    struct net_fixture f;
    net_prepare(&f);
    net_start(&f);
    int fd = net_connect(&f);
    net_say(fd, "GET /api/v1/live HTTP/1.1\r\nHost: h\r\n\r\n");
    while (!nudge(&f, ""))
        continue;
    close(fd);
    int64_t until = gx_monotonic_us() + 5000000;
    while (nudge(&f, "") && gx_monotonic_us() < until)
        continue;
    GX_CHECK(!nudge(&f, ""), "its place is free");
    net_stop(&f);
}
