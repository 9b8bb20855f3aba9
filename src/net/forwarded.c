/* forwarded.c - see forwarded.h. */
#include "net/forwarded.h"

#include <arpa/inet.h>

enum { HOPS_MAX = 64, V4_BITS = 96, ALL_BITS = 128 };

/* "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711". */
static bool read_address(struct gx_str text, unsigned char *ret)
{
    char z[GX_ADDRESS_CHARS_MAX];
    struct in_addr v4;
    text = gx_str_trim(text);
    size_t colon = gx_str_find(text, ':');
    if (text.n && text.p[0] == '[')
        text = (struct gx_str){ text.p + 1, gx_str_find(gx_str_from(text, 1), ']') };
    else if (colon < text.n && gx_str_find(gx_str_from(text, colon + 1), ':') == text.n - colon - 1)
        text.n = colon; /* one colon only: a port */
    if (text.n == 0 || text.n >= sizeof z)
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = 0;
    memset(ret, 0, 10);
    memset(ret + 10, 0xff, 2);
    if (inet_pton(AF_INET, z, &v4) == 1) {
        memcpy(ret + 12, &v4, 4);
        return true;
    }
    return inet_pton(AF_INET6, z, ret) == 1;
}

static enum gx_code wrong(struct gx_ctx *ctx, struct gx_str text)
{
    return gx_fail(ctx, GX_E_INVALID, GX_STR("--trusted-proxy"), GX_M_NET_PROXY, text);
}

enum gx_code gx_proxies_read(struct gx_ctx *ctx, struct gx_str text, struct gx_proxies *ret_proxies)
{
    struct gx_proxies all = { .count = 0 };
    struct gx_str piece;
    while (gx_str_split(&text, ',', &piece)) {
        struct gx_network *n = &all.list[all.count];
        struct gx_str whole = gx_str_trim(piece);
        size_t slash = gx_str_find(whole, '/');
        int64_t bits = ALL_BITS;
        bool v4 = gx_str_find(whole, ':') == whole.n;
        if (all.count == GX_PROXIES_MAX ||
            !read_address((struct gx_str){ whole.p, slash }, n->address))
            return wrong(ctx, whole);
        if (slash < whole.n) {
            if (!gx_str_int64(gx_str_from(whole, slash + 1), &bits) || bits < (v4 ? 8 : 16) ||
                bits > (v4 ? 32 : ALL_BITS))
                return wrong(ctx, whole);
            bits += v4 ? V4_BITS : 0;
        }
        n->bits = (int)bits;
        all.count++;
    }
    *ret_proxies = all;
    return all.count ? GX_OK : wrong(ctx, GX_STR(""));
}

static bool is_within(const unsigned char *address, const struct gx_network *n)
{
    int whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(address, n->address, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((address[whole] ^ n->address[whole]) >> (8 - rest)) == 0;
}

static bool is_ours(const struct gx_proxies *proxies, const unsigned char *address)
{
    for (size_t i = 0; i < proxies->count; i++)
        if (is_within(address, &proxies->list[i]))
            return true;
    return false;
}

/* The value of for= of one element of Forwarded, without quotes; empty: it has none. */
static struct gx_str for_of(struct gx_str element)
{
    struct gx_str part;
    while (gx_str_split(&element, ';', &part)) {
        part = gx_str_trim(part);
        if (part.n < 4 || !gx_str_ieq((struct gx_str){ part.p, 4 }, GX_STR("for=")))
            continue;
        part = gx_str_from(part, 4);
        if (part.n >= 2 && part.p[0] == '"' && part.p[part.n - 1] == '"')
            part = (struct gx_str){ part.p + 1, part.n - 2 };
        return part;
    }
    return GX_STR("");
}

/* All elements of a header, however often it stands there; the last HOPS_MAX of them. */
static size_t hops_of(const struct gx_req *req, const char *name, bool forwarded,
                      struct gx_str *hops)
{
    size_t n = 0;
    for (size_t i = 0; i < req->header_count; i++) {
        struct gx_str rest = req->headers[i].value, piece;
        if (!gx_str_ieq(req->headers[i].name, gx_str_c(name)))
            continue;
        while (gx_str_split(&rest, ',', &piece)) {
            if (n == HOPS_MAX)
                memmove(hops, hops + 1, (--n) * sizeof *hops);
            hops[n++] = forwarded ? for_of(piece) : gx_str_trim(piece);
        }
    }
    return n;
}

/* The nearest that is no proxy of ours; as far as the chain can be read. */
static void walk(const struct gx_proxies *proxies, const struct gx_str *hops, size_t count,
                 unsigned char *client)
{
    unsigned char at[16];
    while (count-- > 0 && is_ours(proxies, client)) {
        if (!read_address(hops[count], at))
            return;
        memcpy(client, at, sizeof at);
    }
}

static struct gx_str as_text(struct gx_arena *arena, const unsigned char *address)
{
    static const unsigned char v4[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    char text[INET6_ADDRSTRLEN];
    bool is_v4 = memcmp(address, v4, sizeof v4) == 0;
    const char *ok =
        inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? address + 12 : address, text, sizeof text);
    return ok ? gx_arena_str(arena, gx_str_c(text)) : GX_STR("");
}

struct gx_str gx_forwarded_client(const struct gx_proxies *proxies, const struct gx_req *req,
                                  struct gx_str peer)
{
    struct gx_str hops[HOPS_MAX];
    unsigned char direct[16], one[16], two[16];
    if (proxies->count == 0 || !read_address(peer, direct) || !is_ours(proxies, direct))
        return peer;
    memcpy(one, direct, sizeof one);
    memcpy(two, direct, sizeof two);
    size_t n = hops_of(req, "X-Forwarded-For", false, hops);
    walk(proxies, hops, n, one);
    size_t m = hops_of(req, "Forwarded", true, hops);
    walk(proxies, hops, m, two);
    if (n && m && memcmp(one, two, sizeof one) != 0)
        return peer;
    return as_text(req->ctx->arena, n ? one : two);
}
