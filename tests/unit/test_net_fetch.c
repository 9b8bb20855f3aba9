/* test_net_fetch.c - whom this program never asks, however the address is written. */
#include "gx_test.h"
#include "net/fetch.h"

/* Refused by its text, or when the socket is to be made; nothing leaves this machine. */
static const char *const refused[] = {
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[ff02::1]/",
    "https://[2002:7f00:1::]/",
    "https://localhost/",
    "https://user@example.com/",
    "https://user:secret@127.0.0.1/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1#@example.com/",
    "http://127.0.0.1/",
    "http://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "ftp://127.0.0.1/",
    "dict://127.0.0.1:11211/",
    "//127.0.0.1/",
    "127.0.0.1",
    "",
};

GX_TEST(net_fetch_never_inside)
{
    for (size_t i = 0; i < GX_COUNT(refused); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = { .arena = &arena };
        struct gx_fetch ask = { .url = gx_str_c(refused[i]) };
        struct gx_fetched got = { 0 };
        GX_CHECK(gx_fetch(&ctx, &ask, &got) == GX_E_INVALID, refused[i]);
        gx_arena_free(&arena);
    }
}

/* Who may ask inside still asks nothing that is no place for a server. */
GX_TEST(net_fetch_inside)
{
    static const char *const never[] = { "https://169.254.169.254/", "https://0.0.0.0/",
                                         "https://[fe80::1]/",       "https://224.0.0.1/",
                                         "http://10.1.2.3/",         "http://192.168.1.1/" };
    for (size_t i = 0; i < GX_COUNT(never); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = { .arena = &arena };
        struct gx_fetch ask = { .url = gx_str_c(never[i]), .inside = true };
        struct gx_fetched got = { 0 };
        GX_CHECK(gx_fetch(&ctx, &ask, &got) == GX_E_INVALID, never[i]);
        gx_arena_free(&arena);
    }
}
