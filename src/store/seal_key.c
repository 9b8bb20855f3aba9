/*
 * seal_key.c - the key that signs, the keys that are believed, and what they sign.
 *
 * <tenant>.audit.key holds the secret, for the owner of the folder alone, and is in no backup: a
 * copy of the data cannot sign in the original's name.  <tenant>.audit.pub lists the public keys
 * of this data, one a line, and goes along.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/time.h"
#include "store/file.h"
#include "store/seal_int.h"

enum { HEX_PUBLIC = 2 * SEAL_PUBLIC_BYTES, FILE_BYTES_MAX = SEAL_KEYS_MAX * (HEX_PUBLIC + 1) };

const char *seal_path(struct gx_arena *arena, const struct gx_tenant *tenant, const char *end)
{
    return gx_arena_printf(arena, "%s/%.*s.audit.%s", tenant->dir, GX_STR_ARG(tenant->name), end).p;
}

static enum gx_code io_failed(struct gx_ctx *ctx, const char *path)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SEAL_KEY, gx_str_c(path),
                   gx_str_c(strerror(errno)));
}

/* Empty when there is no such file. */
static struct gx_str read_file(struct gx_arena *arena, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return GX_STR("");
    char *text = gx_arena_alloc(arena, FILE_BYTES_MAX);
    ssize_t n = read(fd, text, FILE_BYTES_MAX);
    close(fd);
    return (struct gx_str){ text, n > 0 ? (size_t)n : 0 };
}

static bool write_file(const char *path, int flags, struct gx_str text)
{
    int fd = open(path, flags | O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return false;
    bool ok = write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    close(fd);
    return ok;
}

static bool from_hex(struct gx_str hex, unsigned char *ret_bytes, size_t n)
{
    size_t length;
    return hex.n == 2 * n && sodium_hex2bin(ret_bytes, n, hex.p, hex.n, NULL, &length, NULL) == 0 &&
           length == n;
}

size_t seal_keys_known(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                       unsigned char (*ret_keys)[SEAL_PUBLIC_BYTES])
{
    struct gx_str rest = read_file(ctx->arena, seal_path(ctx->arena, tenant, "pub")), line;
    size_t n = 0;
    while (n < SEAL_KEYS_MAX && gx_str_split(&rest, '\n', &line))
        n += from_hex(gx_str_trim(line), ret_keys[n], SEAL_PUBLIC_BYTES);
    return n;
}

enum gx_code seal_newest_known(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                               struct gx_conn *conn)
{
    unsigned char known[SEAL_KEYS_MAX][SEAL_PUBLIC_BYTES];
    struct gx_rows *rows;
    bool has, believed = true;
    if (gx_conn_dialect(conn) == GX_SQLITE)
        return GX_OK;
    GX_TRY(gx_db_query(ctx, conn, GX_SQL("SELECT signer FROM gx_seal ORDER BY id DESC LIMIT 1"),
                       NULL, 0, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    struct gx_str signer = code == GX_OK && has ? gx_rows_value(rows, 0).s : GX_STR("");
    if (signer.n == SEAL_PUBLIC_BYTES) {
        size_t n = seal_keys_known(ctx, tenant, known);
        believed = false;
        for (size_t i = 0; i < n && !believed; i++)
            believed = memcmp(known[i], signer.p, SEAL_PUBLIC_BYTES) == 0;
    }
    if (!believed) {
        char hex[HEX_PUBLIC + 1];
        sodium_bin2hex(hex, sizeof hex, (const unsigned char *)signer.p, SEAL_PUBLIC_BYTES);
        code = gx_fail(ctx, GX_E_INVALID, GX_STR("--data"), GX_M_SEAL_STRANGER, tenant->name,
                       gx_str_c(seal_path(ctx->arena, tenant, "pub")), gx_str_c(hex));
    }
    gx_rows_close(rows);
    return code;
}

/* A new key has its name only when it is whole: a half one would stop every later start. */
static enum gx_code make(struct gx_ctx *ctx, const char *path, struct seal_key *ret_key)
{
    char hex[2 * SEAL_SECRET_BYTES + 1];
    struct gx_str part = gx_arena_printf(ctx->arena, "%s.part", path);
    crypto_sign_keypair(ret_key->public, ret_key->secret);
    sodium_bin2hex(hex, sizeof hex, ret_key->secret, sizeof ret_key->secret);
    bool ok = write_file(part.p, O_TRUNC, gx_str_c(hex)) && rename(part.p, path) == 0;
    sodium_memzero(hex, sizeof hex);
    return ok ? GX_OK : io_failed(ctx, path);
}

/* Every key that has signed here is believed: the list only grows. */
static enum gx_code enlist(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                           const struct seal_key *key)
{
    unsigned char known[SEAL_KEYS_MAX][SEAL_PUBLIC_BYTES];
    char line[HEX_PUBLIC + 2];
    const char *path = seal_path(ctx->arena, tenant, "pub");
    size_t n = seal_keys_known(ctx, tenant, known);
    for (size_t i = 0; i < n; i++)
        if (memcmp(known[i], key->public, SEAL_PUBLIC_BYTES) == 0)
            return GX_OK;
    sodium_bin2hex(line, sizeof line, key->public, SEAL_PUBLIC_BYTES);
    line[HEX_PUBLIC] = '\n';
    struct gx_str text = { line, HEX_PUBLIC + 1 };
    return write_file(path, O_APPEND, text) ? GX_OK : io_failed(ctx, path);
}

enum gx_code seal_key_take(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                           struct seal_key *ret_key)
{
    const char *path = seal_path(ctx->arena, tenant, "key");
    if (access(path, F_OK) != 0) {
        GX_TRY(make(ctx, path, ret_key));
        return enlist(ctx, tenant, ret_key);
    }
    struct gx_str text = gx_str_trim(read_file(ctx->arena, path));
    if (!from_hex(text, ret_key->secret, SEAL_SECRET_BYTES))
        return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_SEAL_KEY, gx_str_c(path), GX_STR("no key"));
    crypto_sign_ed25519_sk_to_pk(ret_key->public, ret_key->secret);
    return enlist(ctx, tenant, ret_key);
}

enum gx_code gx_seal_copy_keys(struct gx_ctx *ctx, const struct gx_tenant *tenant,
                               const char *folder)
{
    const char *from = seal_path(ctx->arena, tenant, "pub");
    struct gx_str to =
        gx_arena_printf(ctx->arena, "%s/%.*s.audit.pub", folder, GX_STR_ARG(tenant->name));
    return access(from, F_OK) == 0 ? gx_file_copy(ctx, from, to.p) : GX_OK;
}

enum gx_code gx_seal_text(struct gx_ctx *ctx, const struct gx_tenant *tenant, struct gx_str text,
                          struct gx_str *ret_signer, struct gx_str *ret_signature)
{
    struct seal_key key;
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    char *hex = gx_arena_alloc(ctx->arena, HEX_PUBLIC + 1);
    char *signed_hex = gx_arena_alloc(ctx->arena, 2 * SEAL_SIGNATURE_BYTES + 1);
    GX_TRY(seal_key_take(ctx, tenant, &key));
    crypto_sign_detached(signature, NULL, (const unsigned char *)text.p, text.n, key.secret);
    sodium_memzero(key.secret, sizeof key.secret);
    *ret_signer = gx_str_c(sodium_bin2hex(hex, HEX_PUBLIC + 1, key.public, SEAL_PUBLIC_BYTES));
    *ret_signature = gx_str_c(
        sodium_bin2hex(signed_hex, 2 * SEAL_SIGNATURE_BYTES + 1, signature, sizeof signature));
    return GX_OK;
}

/* --- what is signed */

static void add_int(crypto_generichash_state *state, int64_t value)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)((uint64_t)value >> (8 * i));
    crypto_generichash_update(state, bytes, sizeof bytes);
}

static void digest(const struct seal *seal, const unsigned char *before, unsigned char *ret_digest)
{
    static const char domain[] = "guanxi seal 1";
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, GX_SEAL_HEAD_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)domain, sizeof domain);
    const int64_t numbers[] = { seal->id,       seal->kind,    seal->first_seq,
                                seal->last_seq, seal->entries, seal->at };
    for (size_t i = 0; i < GX_COUNT(numbers); i++)
        add_int(&state, numbers[i]);
    crypto_generichash_update(&state, before, GX_SEAL_HEAD_BYTES);
    crypto_generichash_update(&state, seal->head, GX_SEAL_HEAD_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)seal->marks.p, seal->marks.n);
    crypto_generichash_final(&state, ret_digest, GX_SEAL_HEAD_BYTES);
}

void seal_sign(struct seal *seal, const unsigned char *before, const struct seal_key *key)
{
    unsigned char hash[GX_SEAL_HEAD_BYTES];
    digest(seal, before, hash);
    memcpy(seal->signer, key->public, SEAL_PUBLIC_BYTES);
    crypto_sign_detached(seal->signature, NULL, hash, sizeof hash, key->secret);
}

bool seal_is_signed(const struct seal *seal, const unsigned char *before)
{
    unsigned char hash[GX_SEAL_HEAD_BYTES];
    digest(seal, before, hash);
    return crypto_sign_verify_detached(seal->signature, hash, sizeof hash, seal->signer) == 0;
}

/* --- the line of a head */

static const char line_format[] = "guanxi-head 1 tenant=%.*s seal=%lld seq=%lld entries=%lld "
                                  "at=%.*s head=%s signer=%s";

struct gx_str seal_line_make(struct gx_ctx *ctx, struct gx_str tenant,
                             const struct gx_seal_head *head, const struct seal_key *key)
{
    char head_hex[2 * GX_SEAL_HEAD_BYTES + 1], signer[HEX_PUBLIC + 1];
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    char signature_hex[2 * SEAL_SIGNATURE_BYTES + 1], text[GX_SEAL_LINE_MAX];
    struct gx_str at = gx_moment_format(ctx->arena, head->at);
    sodium_bin2hex(head_hex, sizeof head_hex, head->head, sizeof head->head);
    sodium_bin2hex(signer, sizeof signer, key->public, SEAL_PUBLIC_BYTES);
    int n =
        snprintf(text, sizeof text, line_format, GX_STR_ARG(tenant), (long long)head->id,
                 (long long)head->seq, (long long)head->entries, GX_STR_ARG(at), head_hex, signer);
    gx_assert(n > 0 && (size_t)n < sizeof text);
    crypto_sign_detached(signature, NULL, (unsigned char *)text, (unsigned long long)n,
                         key->secret);
    sodium_bin2hex(signature_hex, sizeof signature_hex, signature, sizeof signature);
    return gx_arena_printf(ctx->arena, "%s signature=%s", text, signature_hex);
}

struct gx_str seal_text_member(struct gx_str line, struct gx_str key)
{
    size_t at = gx_str_search(line, key);
    struct gx_str rest = at == SIZE_MAX ? GX_STR("") : gx_str_from(line, at + key.n);
    return (struct gx_str){ rest.p, gx_str_find(rest, ' ') };
}

bool seal_line_read(struct gx_str line, struct gx_seal_head *ret_head, unsigned char *ret_signer)
{
    struct gx_seal_head head = { 0 };
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    size_t end = gx_str_search(line, GX_STR(" signature="));
    if (!gx_str_starts(line, GX_STR("guanxi-head 1 ")) || end == SIZE_MAX ||
        !gx_str_int64(seal_text_member(line, GX_STR(" seal=")), &head.id) ||
        !gx_str_int64(seal_text_member(line, GX_STR(" seq=")), &head.seq) ||
        !gx_str_int64(seal_text_member(line, GX_STR(" entries=")), &head.entries) ||
        !from_hex(seal_text_member(line, GX_STR(" head=")), head.head, GX_SEAL_HEAD_BYTES) ||
        !from_hex(seal_text_member(line, GX_STR(" signer=")), ret_signer, SEAL_PUBLIC_BYTES) ||
        !from_hex(seal_text_member(line, GX_STR(" signature=")), signature, SEAL_SIGNATURE_BYTES) ||
        crypto_sign_verify_detached(signature, (const unsigned char *)line.p, end, ret_signer) != 0)
        return false;
    *ret_head = head;
    return true;
}

struct gx_str seal_text_sign(struct gx_arena *arena, struct gx_str text, const struct seal_key *key)
{
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    char signer[HEX_PUBLIC + 1], hex[2 * SEAL_SIGNATURE_BYTES + 1];
    sodium_bin2hex(signer, sizeof signer, key->public, SEAL_PUBLIC_BYTES);
    struct gx_str line = gx_arena_printf(arena, "%.*s signer=%s", GX_STR_ARG(text), signer);
    crypto_sign_detached(signature, NULL, (const unsigned char *)line.p, line.n, key->secret);
    sodium_bin2hex(hex, sizeof hex, signature, sizeof signature);
    return gx_arena_printf(arena, "%.*s signature=%s", GX_STR_ARG(line), hex);
}

bool seal_text_is_signed(struct gx_str line, unsigned char *ret_signer)
{
    unsigned char signature[SEAL_SIGNATURE_BYTES];
    size_t end = gx_str_search(line, GX_STR(" signature="));
    return end != SIZE_MAX &&
           from_hex(seal_text_member(line, GX_STR(" signer=")), ret_signer, SEAL_PUBLIC_BYTES) &&
           from_hex(seal_text_member(line, GX_STR(" signature=")), signature,
                    SEAL_SIGNATURE_BYTES) &&
           crypto_sign_verify_detached(signature, (const unsigned char *)line.p, end, ret_signer) ==
               0;
}
