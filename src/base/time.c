/* time.c - see time.h. */
#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

int64_t gx_date_from_ymd(struct gx_ymd ymd)
{
    int64_t y = ymd.year - (ymd.month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (ymd.month + (ymd.month > 2 ? -3 : 9)) + 2) / 5 + ymd.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct gx_ymd gx_date_to_ymd(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    return (struct gx_ymd){
        .year = (int32_t)(yoe + era * 400 + (month <= 2)),
        .month = (int32_t)month,
        .day = (int32_t)(doy - (153 * mp + 2) / 5 + 1),
    };
}

static int32_t month_days(int32_t year, int32_t month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool gx_ymd_valid(struct gx_ymd ymd)
{
    return ymd.year >= 1 && ymd.year <= 9999 && ymd.month >= 1 && ymd.month <= 12 && ymd.day >= 1 &&
           ymd.day <= month_days(ymd.year, ymd.month);
}

int64_t gx_date_add_months(int64_t days, int64_t months)
{
    struct gx_ymd ymd = gx_date_to_ymd(days);
    int64_t total = (int64_t)ymd.year * 12 + ymd.month - 1 + months;
    ymd.year = (int32_t)floor_div(total, 12);
    ymd.month = (int32_t)(total - (int64_t)ymd.year * 12) + 1;
    int32_t last = month_days(ymd.year, ymd.month);
    if (ymd.day > last)
        ymd.day = last;
    return gx_date_from_ymd(ymd);
}

int gx_date_weekday(int64_t days)
{
    int64_t k = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(k < 0 ? k + 7 : k) + 1;
}

int64_t gx_date_of_moment(int64_t moment_us, int32_t tz_offset_min)
{
    return floor_div(moment_us + tz_offset_min * GX_MINUTE_US, GX_DAY_US);
}

/* Exactly `count` digits at *s; they are taken off. */
static bool digits(struct gx_str *s, size_t count, int32_t *ret_value)
{
    if (s->n < count)
        return false;
    int32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        value = value * 10 + (s->p[i] - '0');
    }
    *s = gx_str_from(*s, count);
    *ret_value = value;
    return true;
}

static bool take(struct gx_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c)
        return false;
    *s = gx_str_from(*s, 1);
    return true;
}

static bool date_part(struct gx_str *s, int64_t *ret_days)
{
    struct gx_ymd ymd;
    if (!digits(s, 4, &ymd.year) || !take(s, '-') || !digits(s, 2, &ymd.month) || !take(s, '-') ||
        !digits(s, 2, &ymd.day) || !gx_ymd_valid(ymd))
        return false;
    *ret_days = gx_date_from_ymd(ymd);
    return true;
}

bool gx_date_parse(struct gx_str s, int64_t *ret_days)
{
    int64_t days;
    if (!date_part(&s, &days) || s.n)
        return false;
    *ret_days = days;
    return true;
}

struct gx_str gx_date_format(struct gx_arena *arena, int64_t days)
{
    struct gx_ymd ymd = gx_date_to_ymd(days);
    return gx_arena_printf(arena, "%04d-%02d-%02d", ymd.year, ymd.month, ymd.day);
}

static bool clock_part(struct gx_str *s, int64_t *ret_us)
{
    int32_t hour, minute, second = 0;
    int64_t fraction = 0;
    if (!digits(s, 2, &hour) || !take(s, ':') || !digits(s, 2, &minute))
        return false;
    if (take(s, ':')) {
        if (!digits(s, 2, &second))
            return false;
        if (take(s, '.')) {
            int64_t unit = GX_SECOND_US / 10;
            int32_t digit;
            if (s->n == 0 || s->p[0] < '0' || s->p[0] > '9')
                return false;
            for (; digits(s, 1, &digit); unit /= 10)
                fraction += digit * unit;
        }
    }
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *ret_us = hour * GX_HOUR_US + minute * GX_MINUTE_US + second * GX_SECOND_US + fraction;
    return true;
}

static bool zone_part(struct gx_str *s, int32_t *ret_min)
{
    if (take(s, 'Z') || take(s, 'z')) {
        *ret_min = 0;
        return true;
    }
    bool minus = s->n && s->p[0] == '-';
    int32_t hour, minute = 0;
    if (!minus && !(s->n && s->p[0] == '+'))
        return s->n == 0; /* no zone: keep what is there */
    *s = gx_str_from(*s, 1);
    if (!digits(s, 2, &hour))
        return false;
    take(s, ':');
    if (s->n && !digits(s, 2, &minute))
        return false;
    if (hour > 23 || minute > 59)
        return false;
    *ret_min = (hour * 60 + minute) * (minus ? -1 : 1);
    return true;
}

bool gx_moment_parse(struct gx_str s, int32_t tz_offset_min, int64_t *ret_us)
{
    int64_t days, clock_us = 0;
    if (!date_part(&s, &days))
        return false;
    if (s.n) {
        if (!take(&s, 'T') && !take(&s, 't') && !take(&s, ' '))
            return false;
        if (!clock_part(&s, &clock_us) || !zone_part(&s, &tz_offset_min) || s.n)
            return false;
    }
    *ret_us = days * GX_DAY_US + clock_us - tz_offset_min * GX_MINUTE_US;
    return true;
}

/* `digits` digits of a value that has no more, and what follows them. */
static char *put_digits(char *to, int64_t value, int digits, char after)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    to[digits] = after;
    return to + digits + 1;
}

size_t gx_moment_write(char *out, int64_t moment_us)
{
    int64_t days = floor_div(moment_us, GX_DAY_US);
    int64_t rest = moment_us - days * GX_DAY_US;
    struct gx_ymd d = gx_date_to_ymd(days);
    bool usual = d.year >= 0 && d.year <= 9999;
    char *p = usual ? put_digits(out, d.year, 4, '-')
                    : out + snprintf(out, GX_MOMENT_TEXT_BYTES, "%04d-", d.year);
    p = put_digits(p, d.month, 2, '-');
    p = put_digits(p, d.day, 2, 'T');
    p = put_digits(p, rest / GX_HOUR_US, 2, ':');
    p = put_digits(p, rest / GX_MINUTE_US % 60, 2, ':');
    p = put_digits(p, rest / GX_SECOND_US % 60, 2, rest % GX_SECOND_US ? '.' : 'Z');
    if (rest % GX_SECOND_US)
        p = put_digits(p, rest % GX_SECOND_US, 6, 'Z');
    return (size_t)(p - out);
}

struct gx_str gx_moment_format(struct gx_arena *arena, int64_t moment_us)
{
    char text[GX_MOMENT_TEXT_BYTES];
    return gx_arena_str(arena, (struct gx_str){ text, gx_moment_write(text, moment_us) });
}

static int64_t unit_us(char c)
{
    switch (c) {
    case 'w':
        return 7 * GX_DAY_US;
    case 'd':
        return GX_DAY_US;
    case 'h':
        return GX_HOUR_US;
    case 'm':
        return GX_MINUTE_US;
    case 's':
        return GX_SECOND_US;
    default:
        return 0;
    }
}

/* "1h30m": numbers with units, each unit once and from large to small. */
static bool unit_list(struct gx_str s, int64_t *ret_us)
{
    int64_t total = 0, last_unit = INT64_MAX;
    if (s.n == 0)
        return false;
    while (s.n) {
        size_t n = 0;
        while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
            n++;
        int64_t count;
        if (n == 0 || n == s.n || !gx_str_int64((struct gx_str){ s.p, n }, &count))
            return false;
        int64_t unit = unit_us(s.p[n]);
        int64_t part;
        if (unit == 0 || unit >= last_unit || __builtin_mul_overflow(count, unit, &part) ||
            __builtin_add_overflow(total, part, &total))
            return false;
        last_unit = unit;
        s = gx_str_from(s, n + 1);
    }
    *ret_us = total;
    return true;
}

/* "PT1H30M" → "1h30m": the same list without the letters P and T. */
static bool iso_list(struct gx_str s, int64_t *ret_us)
{
    char plain[64];
    size_t n = 0;
    bool time = false;
    if (s.n > sizeof plain)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == 'T' && !time)
            time = true;
        else if (c >= '0' && c <= '9')
            plain[n++] = c;
        else if (strchr(time ? "HMS" : "WD", c) && c)
            plain[n++] = (char)(c - 'A' + 'a');
        else
            return false;
    }
    return unit_list((struct gx_str){ plain, n }, ret_us);
}

bool gx_duration_parse(struct gx_str s, int64_t *ret_us)
{
    bool negative = take(&s, '-');
    int64_t us;
    size_t colon = gx_str_find(s, ':');
    if (colon < s.n) {
        int64_t hours, minutes;
        struct gx_str mm = gx_str_from(s, colon + 1);
        if (!gx_str_int64((struct gx_str){ s.p, colon }, &hours) || hours < 0 || hours > 100000 ||
            mm.n != 2 || !gx_str_int64(mm, &minutes) || minutes < 0 || minutes > 59)
            return false;
        us = hours * GX_HOUR_US + minutes * GX_MINUTE_US;
    } else if (take(&s, 'P')) {
        if (!iso_list(s, &us))
            return false;
    } else if (!unit_list(s, &us)) {
        return false;
    }
    *ret_us = negative ? -us : us;
    return true;
}

struct gx_str gx_duration_format(struct gx_arena *arena, int64_t duration_us)
{
    if (duration_us == 0)
        return GX_STR("PT0S");
    char text[96];
    uint64_t us = duration_us < 0 ? 0 - (uint64_t)duration_us : (uint64_t)duration_us;
    uint64_t h = us / (uint64_t)GX_HOUR_US, m = us / (uint64_t)GX_MINUTE_US % 60;
    uint64_t s = us / (uint64_t)GX_SECOND_US % 60;
    int n = snprintf(text, sizeof text, "%sPT", duration_us < 0 ? "-" : "");
    gx_assert(n > 0);
    size_t at = (size_t)n;
    if (h)
        at += (size_t)snprintf(text + at, sizeof text - at, "%lluH", (unsigned long long)h);
    if (m)
        at += (size_t)snprintf(text + at, sizeof text - at, "%lluM", (unsigned long long)m);
    if (s || (!h && !m))
        at += (size_t)snprintf(text + at, sizeof text - at, "%lluS", (unsigned long long)s);
    return gx_arena_str(arena, (struct gx_str){ text, at });
}
