/*
 * tls_int.h - what the server's start needs of GnuTLS.
 *
 * Layer: net, private.
 */
#ifndef GX_NET_TLS_INT_H
#define GX_NET_TLS_INT_H

#include <gnutls/abstract.h>

/* TLS 1.2 with forward secrecy, and 1.3. */
#define GX_TLS_PRIORITIES                                                                          \
    "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:"    \
    "+CHACHA20-POLY1305:%SERVER_PRECEDENCE"

/* For MHD_OPTION_HTTPS_CERT_CALLBACK. */
int gx_tls_retrieve(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                    const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                    gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key);

#endif
