/* passkey_parse.c - authenticator data, attestation objects, COSE keys: bytes to what they say. */
#include <cbor.h>

#include "access/passkey.h"

enum { HASH_LEN = 32, HEAD_LEN = 37, AAGUID_LEN = 16, OBJECT_BYTES_MAX = 64 << 10 };

static size_t big_endian(const unsigned char *p, int bytes)
{
    size_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | p[i];
    return value;
}

bool gx_authenticator_read(struct gx_str data, struct gx_authenticator *ret_data)
{
    const unsigned char *p = (const unsigned char *)data.p;
    size_t at = HEAD_LEN;
    if (data.n < HEAD_LEN)
        return false;
    *ret_data = (struct gx_authenticator){
        .rp_hash = { data.p, HASH_LEN },
        .flags = p[HASH_LEN],
        .counter = (int64_t)big_endian(p + HASH_LEN + 1, 4),
    };
    if (!(ret_data->flags & GX_FLAG_CREDENTIAL))
        return at == data.n || (ret_data->flags & GX_FLAG_EXTENSIONS);
    at += AAGUID_LEN;
    if (data.n < at + 2)
        return false;
    size_t n = big_endian(p + at, 2);
    at += 2;
    if (n == 0 || n > GX_CREDENTIAL_BYTES_MAX || data.n - at <= n)
        return false;
    ret_data->credential = (struct gx_str){ data.p + at, n };
    ret_data->cose = gx_str_from(data, at + n);
    return true;
}

/* Maps and strings whole, not in pieces: that is what CTAP2 demands. */
static struct gx_str bytes_of(struct gx_arena *arena, const cbor_item_t *item)
{
    if (!item || !cbor_isa_bytestring(item) || !cbor_bytestring_is_definite(item))
        return GX_STR("");
    return gx_arena_str(arena, (struct gx_str){ (const char *)cbor_bytestring_handle(item),
                                                cbor_bytestring_length(item) });
}

static bool int_of(const cbor_item_t *item, int64_t *ret_value)
{
    if (!item || !cbor_is_int(item))
        return false;
    uint64_t value = cbor_get_int(item);
    if (value > INT32_MAX)
        return false;
    *ret_value = cbor_isa_negint(item) ? -1 - (int64_t)value : (int64_t)value;
    return true;
}

struct sizes {
    size_t max;
    bool bad;
};

static void note_size(void *p, size_t size)
{
    struct sizes *s = p;
    s->bad |= size > s->max;
}

/* libcbor makes room for what a map says it has before it looks: no more than there are bytes. */
static bool sizes_good(struct gx_str bytes)
{
    struct cbor_callbacks callbacks = cbor_empty_callbacks;
    struct sizes sizes = { .max = bytes.n };
    callbacks.map_start = note_size;
    callbacks.array_start = note_size;
    for (size_t at = 0; at < bytes.n && !sizes.bad;) {
        struct cbor_decoder_result r =
            cbor_stream_decode((cbor_data)bytes.p + at, bytes.n - at, &callbacks, &sizes);
        if (r.status != CBOR_DECODER_FINISHED || r.read == 0)
            break;
        at += r.read;
    }
    return !sizes.bad;
}

static cbor_item_t *load(struct gx_str bytes, size_t *ret_used)
{
    struct cbor_load_result result;
    *ret_used = 0;
    if (bytes.n == 0 || bytes.n > OBJECT_BYTES_MAX || !sizes_good(bytes))
        return NULL;
    cbor_item_t *item = cbor_load((cbor_data)bytes.p, bytes.n, &result);
    if (item && !(cbor_isa_map(item) && cbor_map_is_definite(item)))
        cbor_decref(&item);
    *ret_used = item ? result.read : 0;
    return item;
}

bool gx_attestation_read(struct gx_arena *arena, struct gx_str object, struct gx_str *ret_data)
{
    static const char key[] = "authData";
    size_t used;
    struct gx_str data = { 0 };
    cbor_item_t *map = load(object, &used);
    for (size_t i = 0; map && i < cbor_map_size(map); i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        if (cbor_isa_string(pair->key) && cbor_string_is_definite(pair->key) &&
            cbor_string_length(pair->key) == sizeof key - 1 &&
            memcmp(cbor_string_handle(pair->key), key, sizeof key - 1) == 0)
            data = bytes_of(arena, pair->value);
    }
    if (map)
        cbor_decref(&map);
    *ret_data = data;
    return data.n > 0 && used == object.n;
}

/* Labels of RFC 9052 and 9053. */
enum { KTY = 1, ALG = 3, CRV = -1, X = -2, Y = -3 }; /* of RSA, n and e stand at -1 and -2 */
enum { KTY_OKP = 1, KTY_EC2 = 2, KTY_RSA = 3, CRV_P256 = 1, CRV_ED25519 = 6 };

struct cose {
    int64_t kty, alg, crv;
    struct gx_str minus1, minus2, minus3;
};

static void read_pair(struct gx_arena *arena, const struct cbor_pair *pair, struct cose *c)
{
    int64_t label = 0;
    bool is_label = int_of(pair->key, &label);
    if (is_label && label == KTY && !int_of(pair->value, &c->kty))
        c->kty = 0;
    if (is_label && label == ALG && !int_of(pair->value, &c->alg))
        c->alg = 0;
    if (is_label && label == CRV && !int_of(pair->value, &c->crv))
        c->minus1 = bytes_of(arena, pair->value);
    if (is_label && label == X)
        c->minus2 = bytes_of(arena, pair->value);
    if (is_label && label == Y)
        c->minus3 = bytes_of(arena, pair->value);
}

bool gx_cose_read(struct gx_arena *arena, struct gx_str bytes, struct gx_public_key *ret_key,
                  size_t *ret_used)
{
    struct cose c = { 0 };
    cbor_item_t *map = load(bytes, ret_used);
    if (!map)
        return false;
    for (size_t i = 0; i < cbor_map_size(map); i++)
        read_pair(arena, &cbor_map_handle(map)[i], &c);
    cbor_decref(&map);
    *ret_key = (struct gx_public_key){ .algorithm = (enum gx_algorithm)c.alg };
    if (c.alg == GX_ES256 && c.kty == KTY_EC2 && c.crv == CRV_P256) {
        ret_key->x = c.minus2;
        ret_key->y = c.minus3;
    } else if (c.alg == GX_EDDSA && c.kty == KTY_OKP && c.crv == CRV_ED25519) {
        ret_key->x = c.minus2;
    } else if (c.alg == GX_RS256 && c.kty == KTY_RSA) {
        ret_key->n = c.minus1;
        ret_key->e = c.minus2;
    } else {
        return false;
    }
    return gx_public_key_good(ret_key);
}
