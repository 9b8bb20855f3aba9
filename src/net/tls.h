/*
 * tls.h - the certificate that the server shows, which may be exchanged while it runs.
 *
 * libmicrohttpd asks for it at each handshake, so a new one serves from the next connection on,
 * and no connection is dropped.  One certificate a process: GnuTLS's callback is given no pointer
 * of ours.  TLS 1.2 and 1.3 only.
 *
 * Layer: net.
 */
#ifndef GX_NET_TLS_H
#define GX_NET_TLS_H

#include "base/ctx.h"

/*
 * Take the chain and key of these PEM files, the first time or anew.  An error leaves the former
 * ones in use.  GX_E_IO: a file cannot be read.  GX_E_INVALID: they are no PEM, or do not belong
 * together.
 */
GX_NODISCARD enum gx_code gx_tls_load(struct gx_ctx *ctx, const char *cert_path,
                                      const char *key_path);

#endif
