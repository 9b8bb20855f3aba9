/* number.c - see number.h. */
#include "sheet/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"

enum {
    EXPONENT_MAX = 30,
    NUMBER_BYTES_MAX = 400, /* longer is no number */
    WHOLE_DIGITS_MAX = 18,  /* whole numbers that are kept as written */
    DAY_SECONDS = 86400,
    LEAP_1900 = 60,     /* the day 1900-02-29, which never was */
    EPOCH_1900 = 25569, /* 1970-01-01 as a serial number */
    EPOCH_1904 = 24107,
    SERIAL_MAX = 2958465, /* 9999-12-31 */
};

/* A number taken apart: digits without point, and where the point is. */
struct digits {
    char d[NUMBER_BYTES_MAX];
    int n, point;
    bool negative;
};

static bool take_apart(struct gx_str s, struct digits *t)
{
    size_t i = 0;
    bool seen_point = false, any = false;
    int64_t exponent = 0;
    *t = (struct digits){ .negative = s.n && s.p[0] == '-' };
    if (s.n > NUMBER_BYTES_MAX)
        return false;
    i += s.n && (s.p[0] == '-' || s.p[0] == '+');
    for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '.' && !seen_point)); i++) {
        if (s.p[i] == '.') {
            seen_point = true;
            continue;
        }
        any = true;
        t->d[t->n++] = s.p[i];
        t->point += !seen_point;
    }
    if (any && i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        struct gx_str e = gx_str_from(s, i + 1);
        if (e.n && e.p[0] == '+')
            e = gx_str_from(e, 1);
        if (!gx_str_int64(e, &exponent))
            return false;
        i = s.n;
    }
    if (!any || i != s.n || exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
        return false;
    t->point += (int)exponent;
    return true;
}

bool gx_number_plain(struct gx_arena *arena, struct gx_str s, struct gx_str *ret_text)
{
    struct digits t;
    if (!take_apart(s, &t))
        return false;
    int from = 0, to = t.n;
    while (from < to && t.d[from] == '0')
        from++;
    while (to > from && to > t.point && t.d[to - 1] == '0')
        to--;
    int last = to > t.point ? to : t.point; /* one past the last digit written */
    char *out = gx_arena_alloc(arena, (size_t)(t.n + 2 * EXPONENT_MAX) + 8);
    size_t n = 0;
    bool zero = from == to;
    if (t.negative && !zero)
        out[n++] = '-';
    if (zero || t.point <= from)
        out[n++] = '0';
    for (int i = t.point < from ? t.point : from; !zero && i < last; i++) {
        if (i == t.point)
            out[n++] = '.';
        out[n++] = i < 0 || i >= t.n ? '0' : t.d[i];
    }
    *ret_text = (struct gx_str){ out, n };
    return true;
}

static bool is_whole(struct gx_str s)
{
    int64_t whole;
    return s.n <= WHOLE_DIGITS_MAX && gx_str_int64(s, &whole);
}

static bool parse(struct gx_str raw, double *ret_value)
{
    char text[NUMBER_BYTES_MAX + 1], *end;
    if (raw.n == 0 || raw.n > NUMBER_BYTES_MAX || strchr("nNiI \t\n", raw.p[0]))
        return false; /* strtod would take "nan" and blanks */
    memcpy(text, raw.p, raw.n);
    text[raw.n] = 0;
    *ret_value = strtod(text, &end);
    return end == text + raw.n && isfinite(*ret_value) && !memchr(text, 'x', raw.n) &&
           !memchr(text, 'X', raw.n);
}

static struct gx_cell number(struct gx_arena *arena, struct gx_str raw, double value)
{
    struct gx_str text = { 0 };
    if (!is_whole(raw) || !gx_number_plain(arena, raw, &text)) {
        struct gx_str digits = gx_arena_printf(arena, "%.15g", value);
        if (!gx_number_plain(arena, digits, &text))
            text = digits;
    }
    return (struct gx_cell){ GX_CELL_NUMBER, text };
}

/* "13:30", "13:30:05"; a duration with seconds is ISO 8601, or it could be minutes. */
static struct gx_cell clock_text(struct gx_arena *arena, int64_t seconds, bool duration)
{
    int64_t h = seconds / 3600, m = seconds / 60 % 60, s = seconds % 60;
    struct gx_str text;
    if (s == 0)
        text = gx_arena_printf(arena, "%02lld:%02lld", (long long)h, (long long)m);
    else if (duration)
        text = gx_duration_format(arena, seconds * GX_SECOND_US);
    else
        text = gx_arena_printf(arena, "%02lld:%02lld:%02lld", (long long)h, (long long)m,
                               (long long)s);
    return (struct gx_cell){ GX_CELL_TEXT, text };
}

static struct gx_cell moment(struct gx_arena *arena, int64_t days, int64_t seconds, bool with_time)
{
    struct gx_str date = gx_date_format(arena, days);
    if (!with_time && seconds == 0)
        return (struct gx_cell){ GX_CELL_DATE, date };
    return (struct gx_cell){
        GX_CELL_MOMENT,
        gx_arena_printf(arena, "%.*sT%02d:%02d:%02d", GX_STR_ARG(date), (int)(seconds / 3600),
                        (int)(seconds / 60 % 60), (int)(seconds % 60)),
    };
}

static struct gx_cell zeros(struct gx_arena *arena, struct gx_cell cell, int width)
{
    if (!is_whole(cell.text) || cell.text.n >= (size_t)width || cell.text.p[0] == '-')
        return cell;
    return (struct gx_cell){ GX_CELL_TEXT,
                             gx_arena_printf(arena, "%0*d%.*s", width - (int)cell.text.n, 0,
                                             GX_STR_ARG(cell.text)) };
}

struct gx_cell gx_number_cell(struct gx_arena *arena, struct gx_str raw, struct gx_format format,
                              bool date1904)
{
    double value;
    if (!parse(raw, &value))
        return (struct gx_cell){ GX_CELL_TEXT, raw };
    struct gx_cell plain = number(arena, raw, value);
    if (format.kind == GX_FORMAT_ZEROS)
        return zeros(arena, plain, format.width);
    if (format.kind == GX_FORMAT_NUMBER || value < 0 || value >= SERIAL_MAX + 1)
        return plain;
    int64_t total = llround(value * DAY_SECONDS);
    int64_t days = total / DAY_SECONDS, seconds = total % DAY_SECONDS;
    if (format.kind == GX_FORMAT_DURATION)
        return clock_text(arena, total, true);
    if (format.kind == GX_FORMAT_TIME && days == 0)
        return clock_text(arena, seconds, false);
    if (date1904)
        return days <= SERIAL_MAX - (EPOCH_1900 - EPOCH_1904)
                   ? moment(arena, days - EPOCH_1904, seconds, format.kind != GX_FORMAT_DATE)
                   : plain;
    if (days == 0 || days == LEAP_1900 || days > SERIAL_MAX)
        return plain; /* 1900-01-00 and 1900-02-29 exist in workbooks only */
    days += days < LEAP_1900;
    return moment(arena, days - EPOCH_1900, seconds, format.kind != GX_FORMAT_DATE);
}

struct gx_cell gx_number_iso(struct gx_arena *arena, struct gx_str raw)
{
    int64_t days, us;
    raw = gx_str_trim(raw);
    if (gx_date_parse(raw, &days))
        return (struct gx_cell){ GX_CELL_DATE, gx_date_format(arena, days) };
    if (raw.n > 10 && gx_moment_parse(raw, 0, &us)) {
        int64_t seconds = us / GX_SECOND_US;
        days = gx_date_of_moment(us, 0);
        return moment(arena, days, seconds - days * DAY_SECONDS, true);
    }
    return (struct gx_cell){ GX_CELL_TEXT, raw };
}
