/* totp.c - see totp.h. */
#include "access/totp.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "base/assert.h"

int gx_totp_code(struct gx_str secret, int64_t step)
{
    unsigned char message[8], mac[20];
    int code = 0, modulus = 1;
    for (int i = 7; i >= 0; i--, step >>= 8)
        message[i] = (unsigned char)(step & 0xff);
    int failed =
        gnutls_hmac_fast(GNUTLS_MAC_SHA1, secret.p, secret.n, message, sizeof message, mac);
    gx_assert(failed == 0);
    const unsigned char *at = mac + (mac[sizeof mac - 1] & 0x0f);
    code = (at[0] & 0x7f) << 24 | at[1] << 16 | at[2] << 8 | at[3];
    for (int i = 0; i < GX_TOTP_DIGITS; i++)
        modulus *= 10;
    return code % modulus;
}

/* The number that the digits say; -1: not six digits. */
static int read_code(struct gx_str code)
{
    int value = 0, digits = 0;
    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] == ' ')
            continue;
        if (code.p[i] < '0' || code.p[i] > '9' || ++digits > GX_TOTP_DIGITS)
            return -1;
        value = value * 10 + (code.p[i] - '0');
    }
    return digits == GX_TOTP_DIGITS ? value : -1;
}

int64_t gx_totp_match(struct gx_str secret, struct gx_str code, int64_t now_us, int64_t last_step)
{
    int64_t now = now_us / 1000000 / GX_TOTP_STEP_S, found = -1;
    int given = read_code(code);
    for (int64_t step = now - GX_TOTP_SLACK; step <= now + GX_TOTP_SLACK; step++)
        if (gx_totp_code(secret, step) == given && step > last_step)
            found = step;
    return given < 0 ? -1 : found;
}

struct gx_str gx_base32(struct gx_arena *arena, struct gx_str bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *out = gx_arena_alloc(arena, (bytes.n * 8 + 4) / 5 + 1);
    unsigned held = 0, bits = 0;
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        held = (held << 8 | (unsigned char)bytes.p[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            out[n++] = letters[held >> (bits - 5) & 31];
    }
    if (bits)
        out[n++] = letters[held << (5 - bits) & 31];
    return (struct gx_str){ out, n };
}
