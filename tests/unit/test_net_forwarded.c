/* Who really asks behind proxies: nothing is believed but what our own proxy wrote. */
#include "gx_test.h"
#include "net/forwarded.h"

static const struct {
    const char *text;
    bool ok;
} proxies[] = {
    { "10.0.0.5", true },
    { "10.0.0.0/8", true },
    { "::1", true },
    { "10.0.0.5, ::1", true },
    { "2001:db8::/32", true },
    { "192.0.2.1/33", false },
    { "10.0.0.0/0", false },
    { "::/0", false },
    { "proxy.example", false },
    { "", false },
    { "10.0.0.5,,::1", false },
    { "10.0.0.5/x", false },
    { "300.1.1.1", false },
};

GX_TEST(net_forwarded_proxies)
{
    for (size_t i = 0; i < GX_COUNT(proxies); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = { .arena = &arena };
        struct gx_proxies list;
        GX_CHECK((gx_proxies_read(&ctx, gx_str_c(proxies[i].text), &list) == GX_OK) ==
                     proxies[i].ok,
                 proxies[i].text);
        gx_arena_free(&arena);
    }
}

static const struct {
    const char *trusted, *peer, *xff, *forwarded, *client;
} rows[] = {
    /* nobody is trusted, or not who comes */
    { NULL, "10.0.0.5", "1.1.1.1", NULL, "10.0.0.5" },
    { "10.0.0.5", "203.0.113.9", "1.1.1.1", "for=1.1.1.1", "203.0.113.9" },
    /* one proxy; what its client made up stands further left */
    { "10.0.0.5", "10.0.0.5", "198.51.100.7", NULL, "198.51.100.7" },
    { "10.0.0.5", "10.0.0.5", "127.0.0.1, 198.51.100.7", NULL, "198.51.100.7" },
    { "10.0.0.5", "10.0.0.5", "10.0.0.5, 198.51.100.7", NULL, "198.51.100.7" },
    { "10.0.0.5", "10.0.0.5", NULL, "for=1.1.1.1, for=198.51.100.7;proto=https", "198.51.100.7" },
    { "10.0.0.5", "10.0.0.5", NULL, "proto=https;For=\"[2001:db8::7]:4711\"", "2001:db8::7" },
    /* several of ours */
    { "10.0.0.0/8", "10.0.0.5", "1.1.1.1, 198.51.100.7, 10.2.0.1", NULL, "198.51.100.7" },
    { "10.0.0.0/8", "10.0.0.5", "10.9.9.9, 10.2.0.1", NULL, "10.9.9.9" },
    /* ports, and IPv4 in IPv6 */
    { "::1", "::1", "198.51.100.7:1234", NULL, "198.51.100.7" },
    { "10.0.0.5", "::ffff:10.0.0.5", "198.51.100.7", NULL, "198.51.100.7" },
    /* what cannot be read ends the chain where it is */
    { "10.0.0.5", "10.0.0.5", "unknown", NULL, "10.0.0.5" },
    { "10.0.0.5", "10.0.0.5", "198.51.100.7, _hidden", NULL, "10.0.0.5" },
    { "10.0.0.5", "10.0.0.5", NULL, "proto=https", "10.0.0.5" },
    { "10.0.0.5", "10.0.0.5", NULL, NULL, "10.0.0.5" },
    /* two that say otherwise: neither */
    { "10.0.0.5", "10.0.0.5", "198.51.100.7", "for=203.0.113.9", "10.0.0.5" },
    { "10.0.0.5", "10.0.0.5", "198.51.100.7", "for=198.51.100.7", "198.51.100.7" },
};

GX_TEST(net_forwarded_client)
{
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = { .arena = &arena };
        struct gx_proxies list = { .count = 0 };
        struct gx_header headers[2];
        struct gx_req req = { .ctx = &ctx, .headers = headers };
        if (rows[i].trusted)
            GX_CHECK(gx_proxies_read(&ctx, gx_str_c(rows[i].trusted), &list) == GX_OK,
                     rows[i].trusted);
        if (rows[i].xff)
            headers[req.header_count++] =
                (struct gx_header){ GX_STR("x-forwarded-for"), gx_str_c(rows[i].xff) };
        if (rows[i].forwarded)
            headers[req.header_count++] =
                (struct gx_header){ GX_STR("Forwarded"), gx_str_c(rows[i].forwarded) };
        struct gx_str is = gx_forwarded_client(&list, &req, gx_str_c(rows[i].peer));
        GX_CHECK(gx_str_is(is, rows[i].client), gx_arena_cstr(&arena, is));
        gx_arena_free(&arena);
    }
}
