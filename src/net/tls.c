/* tls.c - see tls.h. */
#include "net/tls.h"

#include <gnutls/gnutls.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/assert.h"
#include "net/tls_int.h"

enum { CHAIN_MAX = 8 };

struct certificate {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

/*
 * Those exchanged are not freed: a handshake may still be using one, and nothing says when it has
 * ended.  A certificate is renewed every few weeks and takes some kilobytes.
 */
static _Atomic(struct certificate *) current;

static enum gx_code failed(struct gx_ctx *ctx, enum gx_code code, const char *path, int error)
{
    return gx_fail(ctx, code, GX_STR("tls"), GX_M_TLS, gx_str_c(path),
                   gx_str_c(gnutls_strerror(error)));
}

static enum gx_code load_file(struct gx_ctx *ctx, const char *path, gnutls_datum_t *ret_bytes)
{
    int rc = gnutls_load_file(path, ret_bytes);
    return rc < 0 ? failed(ctx, GX_E_IO, path, rc) : GX_OK;
}

static enum gx_code read_chain(struct gx_ctx *ctx, const char *path, struct certificate *c)
{
    gnutls_datum_t bytes;
    GX_TRY(load_file(ctx, path, &bytes));
    c->count = CHAIN_MAX;
    int rc = gnutls_pcert_list_import_x509_raw(c->chain, &c->count, &bytes, GNUTLS_X509_FMT_PEM, 0);
    gnutls_free(bytes.data);
    if (rc >= 0)
        return GX_OK;
    c->count = 0;
    return failed(ctx, GX_E_INVALID, path, rc);
}

static enum gx_code read_key(struct gx_ctx *ctx, const char *path, struct certificate *c)
{
    gnutls_datum_t bytes;
    GX_TRY(load_file(ctx, path, &bytes));
    gnutls_privkey_init(&c->key);
    int rc = gnutls_privkey_import_x509_raw(c->key, &bytes, GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_memset(bytes.data, 0, bytes.size);
    gnutls_free(bytes.data);
    return rc < 0 ? failed(ctx, GX_E_INVALID, path, rc) : GX_OK;
}

/* Is it the key of the first certificate? */
static enum gx_code match(struct gx_ctx *ctx, const char *path, const struct certificate *c)
{
    unsigned char of_key[64], of_cert[64];
    size_t key_n = sizeof of_key, cert_n = sizeof of_cert;
    gnutls_pubkey_t public;
    gnutls_pubkey_init(&public);
    int rc = gnutls_pubkey_import_privkey(public, c->key, 0, 0);
    if (rc >= 0)
        rc = gnutls_pubkey_get_key_id(public, 0, of_key, &key_n);
    if (rc >= 0)
        rc = gnutls_pubkey_get_key_id(c->chain[0].pubkey, 0, of_cert, &cert_n);
    if (rc >= 0 && (key_n != cert_n || memcmp(of_key, of_cert, key_n) != 0))
        rc = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
    gnutls_pubkey_deinit(public);
    return rc < 0 ? failed(ctx, GX_E_INVALID, path, rc) : GX_OK;
}

static void drop(struct certificate *c)
{
    for (unsigned i = 0; i < c->count; i++)
        gnutls_pcert_deinit(&c->chain[i]);
    if (c->key)
        gnutls_privkey_deinit(c->key);
    free(c);
}

enum gx_code gx_tls_load(struct gx_ctx *ctx, const char *cert_path, const char *key_path)
{
    struct certificate *c = calloc(1, sizeof *c);
    gx_assert(c);
    enum gx_code code = read_chain(ctx, cert_path, c);
    if (code == GX_OK)
        code = read_key(ctx, key_path, c);
    if (code == GX_OK)
        code = match(ctx, key_path, c);
    if (code != GX_OK) {
        drop(c);
        return code;
    }
    atomic_store(&current, c);
    return GX_OK;
}

int gx_tls_retrieve(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                    const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                    gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key)
{
    struct certificate *c = atomic_load(&current);
    (void)session, (void)names, (void)name_count, (void)algorithms, (void)algorithm_count;
    if (!c)
        return -1;
    *ret_chain = c->chain;
    *ret_count = c->count;
    *ret_key = c->key;
    return 0;
}
