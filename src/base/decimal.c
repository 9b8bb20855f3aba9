/* decimal.c - 128-bit intermediate results, so only the final value can overflow. */
#include "base/decimal.h"

#include "base/assert.h"

static __int128 power(int n)
{
    gx_assert(n >= 0 && n <= 2 * GX_DECIMAL_SCALE_MAX + 1);
    __int128 p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

static __int128 div_round(__int128 a, __int128 b)
{
    __int128 q = a / b, r = a % b;
    if (r < 0)
        r = -r;
    __int128 size = b < 0 ? -b : b;
    if (r * 2 >= size)
        q += (a < 0) != (b < 0) ? -1 : 1;
    return q;
}

static bool fits(__int128 v, int64_t *ret_value)
{
    if (v > INT64_MAX || v < INT64_MIN)
        return false;
    *ret_value = (int64_t)v;
    return true;
}

bool gx_decimal_parse(struct gx_str s, int scale, int64_t *ret_value)
{
    gx_assert(scale >= 0 && scale <= GX_DECIMAL_SCALE_MAX);
    bool negative = false;
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
        negative = s.p[0] == '-';
        s = gx_str_from(s, 1);
    }
    __int128 value = 0;
    int after = -1; /* digits seen behind the point, -1 before it */
    bool any = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.' && after < 0) {
            after = 0;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        any = true;
        if (after >= scale) {
            if (c != '0')
                return false;
            continue;
        }
        value = value * 10 + (c - '0');
        if (value > (__int128)INT64_MAX + 1)
            return false;
        if (after >= 0)
            after++;
    }
    if (!any)
        return false;
    for (int i = after < 0 ? 0 : after; i < scale; i++)
        value *= 10;
    return fits(negative ? -value : value, ret_value);
}

size_t gx_decimal_write(char *out, int64_t value, int scale)
{
    char digits[32];
    size_t count = 0, n = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    while (scale > 0 && rest % 10 == 0) {
        rest /= 10;
        scale--;
    }
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest || count <= (size_t)scale);
    if (value < 0)
        out[n++] = '-';
    while (count) {
        if (count == (size_t)scale)
            out[n++] = '.';
        out[n++] = digits[--count];
    }
    return n;
}

struct gx_str gx_decimal_format(struct gx_arena *arena, int64_t value, int scale)
{
    char text[32];
    return gx_arena_str(arena, (struct gx_str){ text, gx_decimal_write(text, value, scale) });
}

bool gx_decimal_rescale(int64_t value, int from, int to, int64_t *ret_value)
{
    if (to >= from)
        return fits((__int128)value * power(to - from), ret_value);
    return fits(div_round(value, power(from - to)), ret_value);
}

bool gx_decimal_mul(int64_t a, int a_scale, int64_t b, int b_scale, int to, int64_t *ret_value)
{
    __int128 product = (__int128)a * b;
    int scale = a_scale + b_scale;
    if (scale >= to)
        return fits(div_round(product, power(scale - to)), ret_value);
    if (__builtin_mul_overflow(product, power(to - scale), &product))
        return false;
    return fits(product, ret_value);
}

bool gx_decimal_div(int64_t a, int a_scale, int64_t b, int b_scale, int to, int64_t *ret_value)
{
    if (b == 0)
        return false;
    /* a/10^as ÷ b/10^bs = a·10^(bs+to-as) ÷ b at scale `to`. */
    int shift = b_scale + to - a_scale;
    __int128 top = a, bottom = b;
    if (shift >= 0) {
        if (__builtin_mul_overflow(top, power(shift), &top))
            return false;
    } else {
        bottom *= power(-shift);
    }
    return fits(div_round(top, bottom), ret_value);
}
