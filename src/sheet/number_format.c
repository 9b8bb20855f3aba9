/* number_format.c - what a number format says a cell is; see number.h. */
#include "sheet/number.h"

struct gx_format gx_format_builtin(int64_t id)
{
    /* 27-36 and 50-58 are dates in the Chinese, Japanese and Korean versions only, in which 32-35
     * and 55-56 are times. */
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return (struct gx_format){ .kind = GX_FORMAT_DATE };
    if ((id >= 18 && id <= 21) || id == 45 || id == 47 || (id >= 32 && id <= 35) || id == 55 ||
        id == 56)
        return (struct gx_format){ .kind = GX_FORMAT_TIME };
    if (id == 22)
        return (struct gx_format){ .kind = GX_FORMAT_MOMENT };
    if (id == 46)
        return (struct gx_format){ .kind = GX_FORMAT_DURATION };
    return (struct gx_format){ 0 };
}

struct parts {
    bool date, time, minutes_or_months, elapsed, digits, other;
    int zeros;
};

/* [h], [mm], [ss]: hours that go on counting past 24. */
static bool is_elapsed(struct gx_str s)
{
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("hHmMsS", s.p[i]) || !s.p[i])
            return false;
    return true;
}

/* A letter or sign outside quotes. */
static void take(struct parts *parts, char c)
{
    switch (c) {
    case 'y':
    case 'Y':
    case 'd':
    case 'D':
    case 'e': /* the year of an era, in 民國 and Japanese formats */
    case 'g':
    case 'b': /* the Buddhist year, in Thai ones */
    case 'B':
        parts->date = true;
        break;
    case 'h':
    case 'H':
    case 's':
    case 'S':
        parts->time = true;
        break;
    case 'm':
    case 'M':
        parts->minutes_or_months = true;
        break;
    case '0':
        parts->zeros++;
        parts->digits = true;
        break;
    case '#':
    case '?':
        parts->other = parts->digits = true;
        break;
    default:
        parts->other = true;
    }
}

/* Length of what is taken literally at the front: a quoted text, \x, _x, *x, [colour]; or 0. */
static size_t literal(struct gx_str s, struct parts *parts)
{
    size_t n;
    switch (s.p[0]) {
    case '"':
        n = gx_str_find(gx_str_from(s, 1), '"') + 2;
        parts->other = true;
        return n < s.n ? n : s.n;
    case '\\':
    case '_':
    case '*':
        parts->other = true;
        n = 2;
        while (n < s.n && ((uint8_t)s.p[n] & 0xC0) == 0x80)
            n++; /* the escaped character may be any */
        return n < s.n ? n : s.n;
    case '[':
        n = gx_str_find(s, ']');
        if (n == s.n)
            return s.n;
        if (is_elapsed((struct gx_str){ s.p + 1, n - 1 }))
            parts->elapsed = true;
        return n + 1;
    default:
        return 0;
    }
}

static size_t word(struct gx_str s)
{
    static const char *const words[] = { "General", "AM/PM", "A/P", "E+", "E-", "G/" };
    for (size_t i = 0; i < GX_COUNT(words); i++) {
        size_t n = strlen(words[i]);
        if (s.n >= n && gx_str_ieq((struct gx_str){ s.p, n }, gx_str_c(words[i])))
            return n;
    }
    return 0;
}

struct gx_format gx_format_code(struct gx_str code)
{
    struct parts parts = { 0 };
    for (size_t n; code.n && code.p[0] != ';'; code = gx_str_from(code, n)) {
        n = literal(code, &parts);
        if (n)
            continue;
        n = word(code);
        if (n) {
            parts.other = true;
            continue;
        }
        n = 1;
        take(&parts, code.p[0]);
    }
    if (parts.elapsed)
        return (struct gx_format){ .kind = GX_FORMAT_DURATION };
    if (parts.digits && !parts.time) {
        bool zeros = parts.zeros > 1 && !parts.other && !parts.date && !parts.minutes_or_months;
        return (struct gx_format){ zeros ? GX_FORMAT_ZEROS : GX_FORMAT_NUMBER,
                                   zeros ? parts.zeros : 0 };
    }
    if (parts.minutes_or_months && !parts.time)
        parts.date = true;
    if (parts.date && parts.time)
        return (struct gx_format){ .kind = GX_FORMAT_MOMENT };
    if (parts.date)
        return (struct gx_format){ .kind = GX_FORMAT_DATE };
    return (struct gx_format){ .kind = parts.time ? GX_FORMAT_TIME : GX_FORMAT_NUMBER };
}
