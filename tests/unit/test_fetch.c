/* test_fetch.c - which addresses are whose, and what may be asked at all. */
#include "net/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "gx_test.h"

static const struct {
    const char *address;
    enum gx_place place;
} places[] = {
    { "8.8.8.8", GX_PLACE_PUBLIC },
    { "172.15.255.255", GX_PLACE_PUBLIC },
    { "172.32.0.1", GX_PLACE_PUBLIC },
    { "127.0.0.1", GX_PLACE_HERE },
    { "127.255.255.254", GX_PLACE_HERE },
    { "10.1.2.3", GX_PLACE_INSIDE },
    { "172.16.0.1", GX_PLACE_INSIDE },
    { "192.168.1.1", GX_PLACE_INSIDE },
    { "100.64.0.1", GX_PLACE_INSIDE },
    { "169.254.169.254", GX_PLACE_NEVER },
    { "0.0.0.0", GX_PLACE_NEVER },
    { "224.0.0.1", GX_PLACE_NEVER },
    { "255.255.255.255", GX_PLACE_NEVER },
    { "198.18.0.1", GX_PLACE_NEVER },
    { "::1", GX_PLACE_HERE },
    { "::", GX_PLACE_NEVER },
    { "fe80::1", GX_PLACE_NEVER },
    { "ff02::1", GX_PLACE_NEVER },
    { "fc00::1", GX_PLACE_INSIDE },
    { "fd12::1", GX_PLACE_INSIDE },
    { "2606:4700::1111", GX_PLACE_PUBLIC },
    { "2002:7f00:1::", GX_PLACE_NEVER },
    { "2001:db8::1", GX_PLACE_NEVER },
    { "2001:0:1::", GX_PLACE_NEVER },
    { "::ffff:127.0.0.1", GX_PLACE_HERE },
    { "::ffff:169.254.169.254", GX_PLACE_NEVER },
    { "::ffff:8.8.8.8", GX_PLACE_PUBLIC },
    { "64:ff9b::7f00:1", GX_PLACE_HERE },
    { "64:ff9b::808:808", GX_PLACE_PUBLIC },
    { "::127.0.0.1", GX_PLACE_NEVER },
};

GX_TEST(fetch_places)
{
    for (size_t i = 0; i < GX_COUNT(places); i++) {
        struct sockaddr_in v4 = { .sin_family = AF_INET };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
        bool six = strchr(places[i].address, ':') != NULL;
        GX_CHECK(six ? inet_pton(AF_INET6, places[i].address, &v6.sin6_addr)
                     : inet_pton(AF_INET, places[i].address, &v4.sin_addr),
                 places[i].address);
        const struct sockaddr *a = six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
        GX_CHECK(gx_place_of(a) == places[i].place, places[i].address);
    }
}

static const struct {
    const char *url;
    bool outside, inside; /* may be asked */
} urls[] = {
    { "https://example.com", true, true },
    { "https://example.com/a/b?c=d", true, true },
    { "http://example.com", false, true }, /* refused when its address is looked at */
    { "https://user@example.com", false, false },
    { "https://user:pass@example.com", false, false },
    { "https://example.com/#x", false, false },
    { "ftp://example.com", false, false },
    { "file:///etc/passwd", false, false },
    { "gopher://127.0.0.1", false, false },
    { "example.com", false, false },
    { "https://", false, false },
    { "", false, false },
    { "javascript:alert(1)", false, false },
};

GX_TEST(fetch_urls)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    for (size_t i = 0; i < GX_COUNT(urls); i++) {
        struct gx_str url = gx_str_c(urls[i].url), path = GX_STR("issuer");
        GX_CHECK((gx_fetch_check(&ctx, url, false, path) == GX_OK) == urls[i].outside, urls[i].url);
        GX_CHECK((gx_fetch_check(&ctx, url, true, path) == GX_OK) == urls[i].inside, urls[i].url);
    }
    GX_CHECK(gx_str_is(gx_form_encode(&arena, GX_STR("a b&=\xc3\xa9~")), "a%20b%26%3D%C3%A9~"),
             "form");
    gx_arena_free(&arena);
}
