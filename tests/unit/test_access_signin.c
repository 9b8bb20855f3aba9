/* test_access_signin.c - codes, seals, browsers that are known, signatures, what a key says. */
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/access_int.h"
#include "access/passkey.h"
#include "access/password.h"
#include "access/secret.h"
#include "access/totp.h"
#include "gx_test.h"

/* RFC 6238, appendix B (SHA-1), the last six digits. */
static const struct {
    int64_t at_s;
    int code;
} codes[] = {
    { 59, 287082 },       { 1111111109, 81804 },  { 1111111111, 50471 },
    { 1234567890, 5924 }, { 2000000000, 279037 }, { 20000000000, 353130 },
};

GX_TEST(access_totp)
{
    struct gx_str secret = GX_STR("12345678901234567890");
    for (size_t i = 0; i < GX_COUNT(codes); i++) {
        int64_t step = codes[i].at_s / GX_TOTP_STEP_S, now = codes[i].at_s * 1000000;
        char text[8];
        GX_CHECK(gx_totp_code(secret, step) == codes[i].code, "the code");
        snprintf(text, sizeof text, "%06d", codes[i].code);
        struct gx_str code = gx_str_c(text);
        GX_CHECK(gx_totp_match(secret, code, now, 0) == step, "now");
        GX_CHECK(gx_totp_match(secret, code, now + 30000000, 0) == step, "a step ago");
        GX_CHECK(gx_totp_match(secret, code, now - 30000000, 0) == step, "a clock that is slow");
        GX_CHECK(gx_totp_match(secret, code, now + 60000000, 0) == -1, "two steps ago");
        GX_CHECK(gx_totp_match(secret, code, now, step) == -1, "used");
    }
    int64_t now = (int64_t)59 * 1000000;
    GX_CHECK(gx_totp_match(secret, GX_STR("287 082"), now, 0) == 1, "a space");
    GX_CHECK(gx_totp_match(secret, GX_STR("28708"), now, 0) == -1, "too short");
    GX_CHECK(gx_totp_match(secret, GX_STR("2870820"), now, 0) == -1, "too long");
    GX_CHECK(gx_totp_match(secret, GX_STR("28708x"), now, 0) == -1, "a letter");
    GX_CHECK(gx_totp_match(secret, GX_STR(""), now, 0) == -1, "nothing");
}

GX_TEST(access_base32)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "f", "MY" },
        { "fo", "MZXQ" },
        { "foo", "MZXW6" },
        { "foob", "MZXW6YQ" },
        { "fooba", "MZXW6YTB" },
        { "foobar", "MZXW6YTBOI" },
    };
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(rows); i++)
        GX_CHECK(gx_str_is(gx_base32(&arena, gx_str_c(rows[i][0])), rows[i][1]), rows[i][0]);
    gx_arena_free(&arena);
}

struct world {
    struct gx_arena arena;
    struct gx_ctx ctx;
    struct gx_tenant tenant;
    char dir[64];
};

static void world_open(struct world *w)
{
    *w = (struct world){ .dir = "/tmp/guanxi-secret-XXXXXX" };
    GX_CHECK(sodium_init() >= 0 && mkdtemp(w->dir), "a folder");
    w->ctx = (struct gx_ctx){ .arena = &w->arena, .now_us = 1000000 };
    w->tenant.dir = w->dir;
    gx_access_start(&w->tenant);
}

static const char *key_path(struct world *w)
{
    return gx_arena_printf(&w->arena, "%s/secret.key", w->dir).p;
}

static void world_close(struct world *w)
{
    unlink(key_path(w));
    rmdir(w->dir);
    w->tenant.access_free(w->tenant.access);
    gx_arena_free(&w->tenant.arena);
    gx_arena_free(&w->arena);
}

GX_TEST(access_seal)
{
    struct world w;
    struct gx_str sealed, again, plain, mac, other;
    world_open(&w);
    struct gx_str use = GX_STR("totp:1"), text = GX_STR("a secret");
    GX_CHECK(gx_seal(&w.ctx, &w.tenant, use, text, &sealed) == GX_OK, "sealed");
    GX_CHECK(gx_seal(&w.ctx, &w.tenant, use, text, &again) == GX_OK, "again");
    GX_CHECK(!gx_str_eq(sealed, again), "never the same twice");
    GX_CHECK(gx_str_search(sealed, text) == SIZE_MAX, "not in clear");
    GX_CHECK(gx_unseal(&w.ctx, &w.tenant, use, sealed, &plain) == GX_OK, "opened");
    GX_CHECK(gx_str_eq(plain, text), "the same");
    GX_CHECK(gx_unseal(&w.ctx, &w.tenant, GX_STR("totp:2"), sealed, &plain) == GX_E_CONFLICT,
             "somebody else's");
    for (size_t i = 0; i < sealed.n; i++) {
        char *bad = gx_arena_cstr(&w.arena, sealed);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        GX_CHECK(gx_unseal(&w.ctx, &w.tenant, use, gx_str_c(bad), &plain) == GX_E_CONFLICT,
                 "altered");
    }
    GX_CHECK(gx_unseal(&w.ctx, &w.tenant, use, GX_STR(""), &plain) == GX_E_CONFLICT, "empty");
    GX_CHECK(gx_mac(&w.ctx, &w.tenant, use, text, &mac) == GX_OK && mac.n == 43, "a hash");
    GX_CHECK(gx_mac(&w.ctx, &w.tenant, GX_STR("other"), text, &other) == GX_OK, "another");
    GX_CHECK(!gx_str_eq(mac, other), "for another use");
    struct stat st;
    GX_CHECK(stat(key_path(&w), &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 32,
             "the key is its owner's");
    world_close(&w);
}

GX_TEST(access_seal_without_key)
{
    struct world w;
    struct gx_str sealed, plain;
    world_open(&w);
    GX_CHECK(gx_seal(&w.ctx, &w.tenant, GX_STR("x"), GX_STR("y"), &sealed) == GX_OK, "sealed");
    /* A folder that came without its key gets a new one, and what was sealed stays shut. */
    unlink(key_path(&w));
    w.tenant.access->has_secret_key = false;
    GX_CHECK(gx_unseal(&w.ctx, &w.tenant, GX_STR("x"), sealed, &plain) == GX_E_CONFLICT, "shut");
    /* Half a key is none, and is not written over. */
    GX_CHECK(truncate(key_path(&w), 5) == 0, "cut");
    w.tenant.access->has_secret_key = false;
    GX_CHECK(gx_seal(&w.ctx, &w.tenant, GX_STR("x"), GX_STR("y"), &sealed) == GX_E_IO, "no key");
    world_close(&w);
}

GX_TEST(access_browser)
{
    struct world w;
    struct gx_str cookie, both, id, other;
    world_open(&w);
    GX_CHECK(gx_browser_cookie(&w.ctx, &w.tenant, GX_STR(""), GX_STR("Ann"), &cookie) == GX_OK,
             "a cookie");
    GX_CHECK(gx_browser_known(&w.ctx, &w.tenant, cookie, GX_STR("ann"), &id) == GX_OK && id.n > 10,
             "known, however it is written");
    GX_CHECK(gx_browser_known(&w.ctx, &w.tenant, cookie, GX_STR("bob"), &other) == GX_OK &&
                 other.n == 0,
             "nobody else");
    GX_CHECK(gx_browser_cookie(&w.ctx, &w.tenant, cookie, GX_STR("bob"), &both) == GX_OK, "both");
    GX_CHECK(gx_browser_known(&w.ctx, &w.tenant, both, GX_STR("ann"), &other) == GX_OK &&
                 gx_str_eq(id, other),
             "the first one still");
    GX_CHECK(gx_browser_known(&w.ctx, &w.tenant, both, GX_STR("bob"), &other) == GX_OK &&
                 gx_str_eq(id, other),
             "the second one");
    static const char *const bad[] = { "", ".", "..", "x", "x.y", "a.b.c.d.e.f.g.h", "; x=1.y" };
    for (size_t i = 0; i < GX_COUNT(bad); i++) {
        GX_CHECK(gx_browser_known(&w.ctx, &w.tenant, gx_str_c(bad[i]), GX_STR("ann"), &other) ==
                         GX_OK &&
                     other.n == 0,
                 bad[i]);
        GX_CHECK(gx_browser_cookie(&w.ctx, &w.tenant, gx_str_c(bad[i]), GX_STR("ann"), &both) ==
                         GX_OK &&
                     gx_str_find(both, ';') == both.n,
                 bad[i]);
    }
    world_close(&w);
}

static struct gx_str hex(struct gx_arena *arena, const char *text)
{
    unsigned char *out = gx_arena_alloc(arena, strlen(text) / 2 + 1);
    size_t n = 0;
    sodium_hex2bin(out, strlen(text) / 2 + 1, text, strlen(text), " ", &n, NULL);
    return (struct gx_str){ (const char *)out, n };
}

/* RFC 7515, appendix A.3: ES256 over P-256. */
GX_TEST(access_signature_es256)
{
    struct gx_arena arena = { 0 };
    struct gx_public_key key = { .algorithm = GX_ES256 };
    struct gx_str raw = { 0 }, der = { 0 };
    struct gx_str data =
        GX_STR("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
               "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ");
    GX_CHECK(
        gx_base64url_read(&arena, GX_STR("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), &key.x) &&
            gx_base64url_read(&arena, GX_STR("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
                              &key.y) &&
            gx_base64url_read(&arena,
                              GX_STR("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djx"
                                     "La8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
                              &raw),
        "base64url");
    GX_CHECK(gx_public_key_good(&key), "a key");
    GX_CHECK(gx_signature_der(&arena, raw, &der) && gx_signature_good(&key, data, der), "good");
    GX_CHECK(!gx_signature_good(&key, GX_STR("something else"), der), "other data");
    GX_CHECK(!gx_signature_good(&key, data, raw), "not DER");
    GX_CHECK(!gx_signature_good(&key, data, GX_STR("")), "nothing");
    GX_CHECK(!gx_signature_der(&arena, GX_STR("short"), &der), "not 64 bytes");
    key.algorithm = GX_EDDSA;
    GX_CHECK(!gx_signature_good(&key, data, raw), "another algorithm");
    key.algorithm = (enum gx_algorithm)0;
    GX_CHECK(!gx_public_key_good(&key), "none");
    gx_arena_free(&arena);
}

/* RFC 8032, 7.1, test 2: Ed25519. */
GX_TEST(access_signature_eddsa)
{
    struct gx_arena arena = { 0 };
    struct gx_public_key key = {
        .algorithm = GX_EDDSA,
        .x = hex(&arena, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
    };
    struct gx_str signature =
        hex(&arena, "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    GX_CHECK(gx_signature_good(&key, hex(&arena, "72"), signature), "good");
    GX_CHECK(!gx_signature_good(&key, hex(&arena, "73"), signature), "other data");
    gx_arena_free(&arena);
}

GX_TEST(access_authenticator_data)
{
    struct gx_arena arena = { 0 };
    struct gx_authenticator d;
    char data[200] = { 0 };
    data[32] = GX_FLAG_PRESENT;
    data[36] = 9;
    GX_CHECK(gx_authenticator_read((struct gx_str){ data, 37 }, &d) && d.counter == 9, "plain");
    GX_CHECK(!gx_authenticator_read((struct gx_str){ data, 36 }, &d), "cut");
    GX_CHECK(!gx_authenticator_read((struct gx_str){ data, 38 }, &d), "more than it says");
    data[32] = GX_FLAG_PRESENT | GX_FLAG_CREDENTIAL;
    data[54] = 4;
    GX_CHECK(gx_authenticator_read((struct gx_str){ data, 70 }, &d) && d.credential.n == 4 &&
                 d.cose.n == 11,
             "with a key");
    for (size_t n = 0; n < 60; n++)
        GX_CHECK(!gx_authenticator_read((struct gx_str){ data, n }, &d), "cut in the key");
    data[53] = 4; /* 1028 bytes */
    GX_CHECK(!gx_authenticator_read((struct gx_str){ data, 200 }, &d), "too long an id");
    gx_arena_free(&arena);
}

GX_TEST(access_cose)
{
    static const struct {
        const char *hex, *what;
        bool good;
    } rows[] = {
        { "a5 01 02 03 26 20 01 2158207fcdce2770f6c45d4183cbee6fdb4b7b5807333"
          "57be9ef13bacf6e3c7bd15445 "
          "225820c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588"
          "e5ad",
          "P-256", true },
        { "a5 01 02 03 26 20 02 2158207fcdce2770f6c45d4183cbee6fdb4b7b5807333"
          "57be9ef13bacf6e3c7bd15445 "
          "225820c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588"
          "e5ad",
          "another curve", false },
        { "a4 01 01 03 27 20 06 "
          "2158203d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
          "Ed25519", true },
        { "a4 01 01 03 26 20 06 "
          "2158203d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
          "the algorithm of another kind", false },
        { "a4 01 03 03 390100 20 44 01020304 21 43 010001", "RSA of 32 bits", false },
        { "bf 01 01 ff", "a map without an end", false },
        { "a1 01", "cut", false },
        { "a0", "empty", false },
        { "80", "no map", false },
        { "", "nothing", false },
        { "5b ffffffffffffffff 00", "a string longer than the world", false },
        { "bb 00ffffffffffffff 00", "a map larger than the world", false },
    };
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_public_key key;
        size_t used;
        GX_CHECK(gx_cose_read(&arena, hex(&arena, rows[i].hex), &key, &used) == rows[i].good,
                 rows[i].what);
    }
    gx_arena_free(&arena);
}

static const struct {
    const char *password;
    bool common;
} passwords[] = {
    { "password", true },
    { "Password1", true },
    { "P@ssw0rd2026!", true },
    { "passw0rd", true },
    { "12345678", true },
    { "87654321", true },
    { "qwertyuiop", true },
    { "qwer1234asdf", true },
    { "1qaz2wsx3edc", true },
    { "aaaaaaaaaaaa", true },
    { "abcabcabcabc", true },
    { "Summer2026!", true },
    { "woaini1314", true },
    { "5201314520", true },
    { "0912345678", true },
    { "19850412", true },
    { "Taiwan#1", true },
    { "abcdefghijkl", true },
    { "zyxwvutsrq", true },
    { "Guanxi2026", true },
    { "admin12345", true },
    { "ji32k7au4a83", true },
    { "iloveyou!!", true },
    { "correct horse 1", false },
    { "guanxi-demo", false },
    { "canary-pass-8f3c1", false },
    { "a longer horse 7", false },
    { "\xe9\x97\x9c\xe4\xbf\x82\xe6\x98\xaf\xe4\xb8\x80\xe5\x88\x87", false },
    { "password of my aunt", false },
    { "x7Kp2mQ9", false },
    { "8f3c1d5e", false },
};

GX_TEST(access_password_common)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(passwords); i++)
        GX_CHECK(gx_password_common(&arena, gx_str_c(passwords[i].password)) == passwords[i].common,
                 passwords[i].password);
    gx_arena_free(&arena);
}

GX_TEST(access_password_of_names)
{
    struct gx_arena arena = { 0 };
    struct gx_str names[] = { GX_STR("meiling"), GX_STR("Mei-Ling Chen"), GX_STR(""),
                              GX_STR("Acme Ltd") };
    static const char *const bad[] = { "meiling", "MeiLing2026", "acme1234", "mei-ling!chen" };
    static const char *const good[] = { "correct horse 1", "meiling likes green tea",
                                        "acme of old 77x" };
    for (size_t i = 0; i < GX_COUNT(bad); i++)
        GX_CHECK(gx_password_of_names(&arena, gx_str_c(bad[i]), names, GX_COUNT(names)), bad[i]);
    for (size_t i = 0; i < GX_COUNT(good); i++)
        GX_CHECK(!gx_password_of_names(&arena, gx_str_c(good[i]), names, GX_COUNT(names)), good[i]);
    gx_arena_free(&arena);
}
