/*
 * url.h - the text parts of a request: percent-encoding, query, host, lists in headers.
 *
 * Pure functions, so that tests and the fuzzer reach every branch without a socket.
 *
 * Layer: net.
 */
#ifndef GX_NET_URL_H
#define GX_NET_URL_H

#include "net/router.h"

enum { GX_QUERY_PARAMS_MAX = 100, GX_URL_BYTES_MAX = 8192 };

/*
 * Percent-decode.  False: a broken escape, not UTF-8, or a control character (a query value may
 * hold tab and line ends).  `plus` turns "+" into a space.  Gives `raw` itself when nothing is
 * encoded.
 */
bool gx_url_decode(struct gx_arena *arena, struct gx_str raw, bool query, struct gx_str *ret);
/*
 * "/a/b%2Fc" into its decoded pieces "a", "b/c".  False: no "/" in front, a bad piece.  More than
 * GX_PATH_PIECES_MAX pieces: *ret_count is GX_PATH_PIECES_MAX + 1.
 */
bool gx_url_split(struct gx_arena *arena, struct gx_str path, struct gx_str *pieces,
                  size_t *ret_count);
/* "a=1&b=x%20y", decoded.  GX_E_SYNTAX: badly encoded.  GX_E_LIMIT: too many. */
GX_NODISCARD enum gx_code gx_url_query(struct gx_ctx *ctx, struct gx_str raw,
                                       struct gx_header **ret_params, size_t *ret_count);
/* "name", "name:port", "1.2.3.4", "[::1]:8080": what a Host header may be. */
bool gx_url_host_valid(struct gx_str host);
/* A header name or method (RFC 9110 token). */
bool gx_url_token_valid(struct gx_str s);
/* A header value: no control characters but tab. */
bool gx_url_field_valid(struct gx_str s);
/* Is `word` in a list such as "gzip, br;q=0.5", and not with q=0? */
bool gx_url_list_has(struct gx_str list, const char *word);
/* The language of Accept-Language that we have and is wanted most; English when it names none. */
enum gx_lang gx_url_language(struct gx_str list);

#endif
