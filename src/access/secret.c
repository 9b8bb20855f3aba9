/* secret.c - see secret.h. */
#include "access/secret.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "access/access_int.h"
#include "base/assert.h"

enum {
    NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

struct gx_str gx_base64url(struct gx_arena *arena, const void *bytes, size_t n)
{
    size_t size = sodium_base64_encoded_len(n, VARIANT);
    char *text = gx_arena_alloc(arena, size);
    sodium_bin2base64(text, size, bytes, n, VARIANT);
    return (struct gx_str){ text, size - 1 };
}

bool gx_base64url_read(struct gx_arena *arena, struct gx_str text, struct gx_str *ret_bytes)
{
    unsigned char *bytes = gx_arena_alloc(arena, text.n + 1);
    const char *end = NULL;
    size_t n;
    if (sodium_base642bin(bytes, text.n, text.p, text.n, NULL, &n, &end, VARIANT) != 0 ||
        end != text.p + text.n)
        return false;
    *ret_bytes = (struct gx_str){ (const char *)bytes, n };
    return true;
}

struct gx_str gx_random_text(struct gx_arena *arena, size_t bytes)
{
    unsigned char raw[64];
    gx_assert(bytes <= sizeof raw);
    randombytes_buf(raw, bytes);
    struct gx_str text = gx_base64url(arena, raw, bytes);
    sodium_memzero(raw, sizeof raw);
    return text;
}

bool gx_secret_eq(struct gx_str a, struct gx_str b)
{
    return a.n == b.n && sodium_memcmp(a.p, b.p, a.n) == 0;
}

/* Made under another name first, so that nobody ever reads half a key. */
static bool make_key(const char *path, const char *part)
{
    unsigned char key[KEY_BYTES];
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    randombytes_buf(key, sizeof key);
    bool good = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    close(fd);
    good = good && link(part, path) == 0;
    unlink(part);
    return good;
}

static bool read_key(const char *path, unsigned char *key)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = read(fd, key, KEY_BYTES) == KEY_BYTES;
    close(fd);
    return good;
}

static enum gx_code key_of(struct gx_ctx *ctx, struct gx_tenant *tenant, unsigned char *ret_key)
{
    struct gx_access_cache *cache = tenant->access;
    const char *path = gx_arena_printf(ctx->arena, "%s/secret.key", tenant->dir).p;
    const char *part = gx_arena_printf(ctx->arena, "%s/secret.key.part", tenant->dir).p;
    pthread_mutex_lock(&cache->lock);
    if (!cache->has_secret_key)
        cache->has_secret_key = read_key(path, cache->secret_key);
    if (!cache->has_secret_key && access(path, F_OK) != 0 && make_key(path, part))
        cache->has_secret_key = read_key(path, cache->secret_key);
    bool has = cache->has_secret_key;
    memcpy(ret_key, cache->secret_key, KEY_BYTES);
    pthread_mutex_unlock(&cache->lock);
    return has ? GX_OK : gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SECRET_KEY, gx_str_c(path));
}

/* A key for each use, so that none of them says anything about another. */
static enum gx_code use_key(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                            unsigned char *ret_key)
{
    unsigned char key[KEY_BYTES];
    GX_TRY(key_of(ctx, tenant, key));
    crypto_generichash(ret_key, KEY_BYTES, (const unsigned char *)use.p, use.n, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return GX_OK;
}

enum gx_code gx_seal(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                     struct gx_str plain, struct gx_str *ret_sealed)
{
    unsigned char key[KEY_BYTES];
    GX_TRY(use_key(ctx, tenant, use, key));
    unsigned char *out = gx_arena_alloc(ctx->arena, NONCE_BYTES + plain.n + TAG_BYTES);
    randombytes_buf(out, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + NONCE_BYTES, NULL, (const unsigned char *)plain.p, plain.n, NULL, 0, NULL, out, key);
    sodium_memzero(key, sizeof key);
    *ret_sealed = gx_base64url(ctx->arena, out, NONCE_BYTES + plain.n + TAG_BYTES);
    return GX_OK;
}

enum gx_code gx_unseal(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                       struct gx_str sealed, struct gx_str *ret_plain)
{
    unsigned char key[KEY_BYTES];
    struct gx_str bytes = { 0 };
    GX_TRY(use_key(ctx, tenant, use, key));
    bool good = gx_base64url_read(ctx->arena, sealed, &bytes) && bytes.n > NONCE_BYTES + TAG_BYTES;
    unsigned char *out = gx_arena_alloc(ctx->arena, bytes.n + 1);
    const unsigned char *in = (const unsigned char *)bytes.p;
    good = good &&
           crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + NONCE_BYTES,
                                                      bytes.n - NONCE_BYTES, NULL, 0, in, key) == 0;
    sodium_memzero(key, sizeof key);
    if (!good)
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_SECRET_OTHER_KEY);
    *ret_plain = (struct gx_str){ (const char *)out, bytes.n - NONCE_BYTES - TAG_BYTES };
    return GX_OK;
}

enum gx_code gx_mac(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str use,
                    struct gx_str text, struct gx_str *ret_mac)
{
    unsigned char key[KEY_BYTES], mac[KEY_BYTES];
    GX_TRY(use_key(ctx, tenant, use, key));
    crypto_generichash(mac, sizeof mac, (const unsigned char *)text.p, text.n, key, sizeof key);
    sodium_memzero(key, sizeof key);
    *ret_mac = gx_base64url(ctx->arena, mac, sizeof mac);
    return GX_OK;
}
