/*
 * fetch.h - asking another server: the one way out of this program by HTTP.
 *
 * Whoever may name an address could have us ask what only we can reach (SSRF).  So every address is
 * looked at when the socket for it is made, after names were resolved, and a name that changes its
 * mind in between gains nothing.  No redirects, no proxies, HTTPS with the system's certificates,
 * five seconds, one megabyte.
 *
 * Layer: net.  It waits: never on a thread of the server.
 */
#ifndef GX_NET_FETCH_H
#define GX_NET_FETCH_H

#include "base/ctx.h"

struct sockaddr;

enum { GX_FETCH_BYTES_MAX = 1 << 20, GX_FETCH_MS_MAX = 5000, GX_FETCH_URL_BYTES_MAX = 2000 };

/* Where an address is. */
enum gx_place {
    GX_PLACE_PUBLIC,
    GX_PLACE_INSIDE, /* private networks */
    GX_PLACE_HERE,   /* this machine */
    GX_PLACE_NEVER,  /* link-local (and the metadata of clouds there), multicast, reserved */
};
enum gx_place gx_place_of(const struct sockaddr *address);

struct gx_fetch {
    struct gx_str url;
    struct gx_str form;           /* sent by POST, encoded already; empty: GET */
    struct gx_str user, password; /* HTTP Basic; `user` empty: none */
    struct gx_str bearer;         /* a token; empty: none */
    bool inside;                  /* may be in our own network, and plain HTTP on this machine */
};

struct gx_fetched {
    int status;
    struct gx_str body; /* in ctx->arena */
};

/*
 * Any status is a success.  GX_E_INVALID: no address of ours to ask, path "url".  GX_E_BUSY: it did
 * not answer, in time or at all.  GX_E_LIMIT: the answer is too large.
 */
GX_NODISCARD enum gx_code gx_fetch(struct gx_ctx *ctx, const struct gx_fetch *ask,
                                   struct gx_fetched *ret_fetched);
/* May an address be asked, as far as its text tells?  GX_E_INVALID with `path`. */
GX_NODISCARD enum gx_code gx_fetch_check(struct gx_ctx *ctx, struct gx_str url, bool inside,
                                         struct gx_str path);
/* `s` with all but letters, digits and -._~ percent-encoded, for a form. */
struct gx_str gx_form_encode(struct gx_arena *arena, struct gx_str s);

#endif
