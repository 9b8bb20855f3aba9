/*
 * time.h - dates are days, moments are microseconds; nothing here reads a clock or a zone.
 *
 * A date is the number of days since 1970-01-01 (proleptic Gregorian, years 1 to 9999).  A
 * moment is UTC microseconds since 1970-01-01T00:00:00Z.  A duration is microseconds.
 * Calendar arithmetic after Howard Hinnant, "chrono-compatible low-level date algorithms".
 *
 * Layer: base.
 */
#ifndef GX_BASE_TIME_H
#define GX_BASE_TIME_H

#include "base/arena.h"

#define GX_DAY_US    (86400 * (int64_t)1000000)
#define GX_HOUR_US   (3600 * (int64_t)1000000)
#define GX_MINUTE_US (60 * (int64_t)1000000)
#define GX_SECOND_US ((int64_t)1000000)

enum {
    GX_DATE_MIN = -719162, /* 0001-01-01 */
    GX_DATE_MAX = 2932896, /* 9999-12-31 */
};

struct gx_ymd {
    int32_t year, month, day; /* month and day from 1 */
};

int64_t gx_date_from_ymd(struct gx_ymd ymd);
struct gx_ymd gx_date_to_ymd(int64_t days);
bool gx_ymd_valid(struct gx_ymd ymd);
/* Add months; a day past the end of the month becomes its last day. */
int64_t gx_date_add_months(int64_t days, int64_t months);
/* 1 = Monday … 7 = Sunday. */
int gx_date_weekday(int64_t days);
/* The date of a moment at `tz_offset_min` minutes east of UTC. */
int64_t gx_date_of_moment(int64_t moment_us, int32_t tz_offset_min);

/* "2026-11-21", exactly. */
bool gx_date_parse(struct gx_str s, int64_t *ret_days);
struct gx_str gx_date_format(struct gx_arena *arena, int64_t days);
/*
 * RFC 3339 with "T" or a space, seconds and fraction optional, "Z", "+08:00" or nothing (then
 * `tz_offset_min` applies).  A bare date is its midnight.
 */
bool gx_moment_parse(struct gx_str s, int32_t tz_offset_min, int64_t *ret_us);
enum { GX_MOMENT_TEXT_BYTES = 56 };
/* What gx_moment_format() gives, into `out`, which has GX_MOMENT_TEXT_BYTES; the length. */
size_t gx_moment_write(char *out, int64_t moment_us);
/* "2026-11-21T08:00:00Z", with a fraction only when there is one. */
struct gx_str gx_moment_format(struct gx_arena *arena, int64_t moment_us);
/*
 * "90m", "1h30m", "2d", "1w", "45s", "-1h", ISO 8601 "PT1H30M", or "1:30" (hours:minutes).
 */
bool gx_duration_parse(struct gx_str s, int64_t *ret_us);
/* ISO 8601, such as "PT1H30M"; "PT0S" for zero. */
struct gx_str gx_duration_format(struct gx_arena *arena, int64_t duration_us);

#endif
