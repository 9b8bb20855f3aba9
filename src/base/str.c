/* str.c - see str.h. */
#include "base/str.h"

struct gx_str gx_str_c(const char *z)
{
    return z ? (struct gx_str){ z, strlen(z) } : GX_STR("");
}

bool gx_str_eq(struct gx_str a, struct gx_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool gx_str_is(struct gx_str a, const char *z)
{
    return gx_str_eq(a, gx_str_c(z));
}

int gx_str_cmp(struct gx_str a, struct gx_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    if (c != 0)
        return c;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool gx_str_starts(struct gx_str s, struct gx_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool gx_str_ends(struct gx_str s, struct gx_str suffix)
{
    return s.n >= suffix.n && gx_str_eq(gx_str_from(s, s.n - suffix.n), suffix);
}

struct gx_str gx_str_from(struct gx_str s, size_t from)
{
    if (from > s.n)
        from = s.n;
    return s.p ? (struct gx_str){ s.p + from, s.n - from } : s;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct gx_str gx_str_trim(struct gx_str s)
{
    while (s.n && is_space(s.p[0]))
        s = gx_str_from(s, 1);
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

size_t gx_str_find(struct gx_str s, char c)
{
    const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.p) : s.n;
}

size_t gx_str_search(struct gx_str s, struct gx_str needle)
{
    if (needle.n == 0)
        return 0;
    const char *hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool gx_str_ieq(struct gx_str a, struct gx_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    return true;
}

bool gx_str_split(struct gx_str *rest, char sep, struct gx_str *ret_piece)
{
    if (!rest->p)
        return false;
    size_t at = gx_str_find(*rest, sep);
    *ret_piece = (struct gx_str){ rest->p, at };
    *rest = at < rest->n ? gx_str_from(*rest, at + 1) : (struct gx_str){ NULL, 0 };
    return true;
}

bool gx_str_int64(struct gx_str s, int64_t *ret_value)
{
    bool negative = s.n && s.p[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.n)
        return false;
    int64_t value = 0;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        /* Built downwards, because INT64_MIN has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, s.p[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret_value = negative ? value : -value;
    return true;
}

uint64_t gx_str_hash(struct gx_str s)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h;
}

uint64_t gx_str_hash_quick(struct gx_str s)
{
    uint64_t h = s.n ^ 14695981039346656037u, word = 0;
    for (; s.n >= sizeof word; s.p += sizeof word, s.n -= sizeof word) {
        memcpy(&word, s.p, sizeof word);
        h = (h ^ word) * 0x9fb21c651e98df25u;
        h ^= h >> 32;
    }
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    return h ^ h >> 29;
}
