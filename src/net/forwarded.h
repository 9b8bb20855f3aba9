/*
 * forwarded.h - who really asks, when proxies stand in front.
 *
 * A header that says whom a request is forwarded for is worth something only from a proxy that was
 * named at the start (serve --trusted-proxy).  Then the chain is read from its right end, which our
 * own proxy wrote: the first address that is no proxy of ours is the client, and what stands to the
 * left of it was written by strangers.
 *
 * Layer: net.  Pure.
 */
#ifndef GX_NET_FORWARDED_H
#define GX_NET_FORWARDED_H

#include "net/router.h"

enum { GX_PROXIES_MAX = 32, GX_ADDRESS_CHARS_MAX = 48 };

struct gx_network {
    unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
    int bits;
};
struct gx_proxies {
    struct gx_network list[GX_PROXIES_MAX];
    size_t count;
};

/* "10.0.0.5,192.168.0.0/16,::1".  GX_E_INVALID: not addresses, or too many. */
GX_NODISCARD enum gx_code gx_proxies_read(struct gx_ctx *ctx, struct gx_str text,
                                          struct gx_proxies *ret_proxies);
/*
 * The client: `peer` itself, unless that is a proxy of ours.  X-Forwarded-For and Forwarded
 * (RFC 7239) are read; where both are there and do not agree, neither is believed.  In the
 * request's arena.
 */
struct gx_str gx_forwarded_client(const struct gx_proxies *proxies, const struct gx_req *req,
                                  struct gx_str peer);

#endif
