/* signature.c - see signature.h. */
#include "access/signature.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/arena.h"

enum { POINT_BYTES = 32, RSA_BITS_MIN = 2048, RSA_BYTES_MAX = 1024, EXPONENT_BYTES_MAX = 8 };

static gnutls_datum_t datum(struct gx_str s)
{
    return (gnutls_datum_t){ (unsigned char *)(uintptr_t)s.p, (unsigned)s.n };
}

static bool import_key(const struct gx_public_key *key, gnutls_pubkey_t to)
{
    gnutls_datum_t x = datum(key->x), y = datum(key->y), n = datum(key->n), e = datum(key->e);
    unsigned bits = 0;
    switch (key->algorithm) {
    case GX_ES256:
        return key->x.n == POINT_BYTES && key->y.n == POINT_BYTES &&
               gnutls_pubkey_import_ecc_raw(to, GNUTLS_ECC_CURVE_SECP256R1, &x, &y) == 0;
    case GX_EDDSA:
        return key->x.n == POINT_BYTES &&
               gnutls_pubkey_import_ecc_raw(to, GNUTLS_ECC_CURVE_ED25519, &x, NULL) == 0;
    case GX_RS256:
        return key->n.n && key->n.n <= RSA_BYTES_MAX && key->e.n &&
               key->e.n <= EXPONENT_BYTES_MAX && gnutls_pubkey_import_rsa_raw(to, &n, &e) == 0 &&
               gnutls_pubkey_get_pk_algorithm(to, &bits) == GNUTLS_PK_RSA && bits >= RSA_BITS_MIN;
    default:
        return false;
    }
}

bool gx_public_key_good(const struct gx_public_key *key)
{
    gnutls_pubkey_t k;
    if (gnutls_pubkey_init(&k) != 0)
        return false;
    bool good = import_key(key, k);
    gnutls_pubkey_deinit(k);
    return good;
}

bool gx_signature_good(const struct gx_public_key *key, struct gx_str data, struct gx_str signature)
{
    gnutls_sign_algorithm_t how = key->algorithm == GX_ES256   ? GNUTLS_SIGN_ECDSA_SHA256
                                  : key->algorithm == GX_EDDSA ? GNUTLS_SIGN_EDDSA_ED25519
                                                               : GNUTLS_SIGN_RSA_SHA256;
    gnutls_datum_t text = datum(data), sig = datum(signature);
    gnutls_pubkey_t k;
    if (signature.n == 0 || gnutls_pubkey_init(&k) != 0)
        return false;
    bool good = import_key(key, k) && gnutls_pubkey_verify_data2(k, how, 0, &text, &sig) >= 0;
    gnutls_pubkey_deinit(k);
    return good;
}

/* An INTEGER of DER: no zeros in front, but one where the first bit is set. */
static size_t der_integer(unsigned char *out, const unsigned char *p, size_t n)
{
    size_t zeros = 0, at = 2;
    while (zeros + 1 < n && p[zeros] == 0)
        zeros++;
    if (p[zeros] & 0x80)
        out[at++] = 0;
    memcpy(out + at, p + zeros, n - zeros);
    at += n - zeros;
    out[0] = 0x02;
    out[1] = (unsigned char)(at - 2);
    return at;
}

bool gx_signature_der(struct gx_arena *arena, struct gx_str raw, struct gx_str *ret_der)
{
    if (raw.n != (size_t)2 * POINT_BYTES)
        return false;
    unsigned char *out = gx_arena_alloc(arena, 2 + 2 * (POINT_BYTES + 3));
    const unsigned char *p = (const unsigned char *)raw.p;
    size_t n = der_integer(out + 2, p, POINT_BYTES);
    n += der_integer(out + 2 + n, p + POINT_BYTES, POINT_BYTES);
    out[0] = 0x30;
    out[1] = (unsigned char)n;
    *ret_der = (struct gx_str){ (const char *)out, n + 2 };
    return true;
}
