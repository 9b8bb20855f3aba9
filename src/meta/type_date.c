/* type_date.c - a calendar day. */
#include "base/assert.h"
#include "base/time.h"
#include "meta/type_int.h"

/* Up to three groups of digits and what separates them; false for anything else. */
static bool groups(struct gx_str s, int64_t *number, size_t *length)
{
    size_t g = 0, i = 0;
    while (i < s.n && g < 3) {
        size_t from = i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
            i++;
        if (i == from || i - from > 4 ||
            !gx_str_int64((struct gx_str){ s.p + from, i - from }, &number[g]))
            return false;
        length[g++] = i - from;
        if (g == 3)
            break;
        if (i < s.n && (s.p[i] == '/' || s.p[i] == '-' || s.p[i] == '.' || s.p[i] == ' '))
            i++;
        else if (s.n - i >= 3 && (unsigned char)s.p[i] >= 0xE5)
            i += 3; /* 年 or 月 */
        else
            return false;
    }
    struct gx_str rest = gx_str_from(s, i);
    return g == 3 && (rest.n == 0 || gx_str_is(rest, "日"));
}

static int64_t full_year(int64_t year, size_t digits)
{
    if (digits == 3)
        return year + 1911; /* 民國 */
    if (digits == 2)
        return year < 70 ? year + 2000 : year + 1900;
    return year;
}

/*
 * ISO; 2026/11/21; 21/11/2026 or 11/21/2026 by the given order (a number above 12 decides);
 * 115/11/21 and 民國115年11月21日 (three-digit years count from 1911); a time behind is cut off.
 */
bool gx_date_typed(struct gx_str s, enum gx_date_order order, int64_t *ret_days)
{
    if (gx_date_parse(s, ret_days))
        return true;
    int64_t moment;
    if (s.n > 10 && gx_moment_parse(s, 0, &moment))
        return gx_date_parse((struct gx_str){ s.p, 10 }, ret_days);
    if (gx_str_starts(s, GX_STR("民國")))
        s = gx_str_trim(gx_str_from(s, 6));
    size_t space = gx_str_find(s, ' ');
    if (space < s.n && gx_str_find(gx_str_from(s, space), ':') < s.n - space)
        s.n = space; /* "1/2/2024 00:00" */
    int64_t n[3];
    size_t len[3];
    if (!groups(s, n, len))
        return false;
    int64_t y, m, d;
    if (len[0] >= 3 || (order == GX_DATE_YMD && len[2] <= 2)) {
        y = full_year(n[0], len[0]), m = n[1], d = n[2];
    } else {
        y = full_year(n[2], len[2]);
        bool day_first = order == GX_DATE_DMY ? n[1] <= 12 : n[0] > 12;
        d = day_first ? n[0] : n[1];
        m = day_first ? n[1] : n[0];
    }
    struct gx_ymd ymd = { (int32_t)y, (int32_t)m, (int32_t)d };
    if (!gx_ymd_valid(ymd))
        return false;
    *ret_days = gx_date_from_ymd(ymd);
    return true;
}

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    int64_t days;
    if (!gx_date_typed(text, io->date_order, &days))
        return gx_type_bad(io, text);
    parts[0] = gx_value_int(days);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    int64_t days;
    if (node->kind != GX_JSON_STRING)
        return gx_type_wrong(io, "a date, such as \"2026-11-21\"", "日期，例如「2026-11-21」");
    if (!gx_date_parse(node->text, &days))
        return gx_type_bad(io, node->text);
    parts[0] = gx_value_int(days);
    return GX_OK;
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    struct gx_ymd d = gx_date_to_ymd(parts[0].i);
    gx_buf_printf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    char quoted[16];
    struct gx_buf text = { 0 };
    to_text(&text, field, parts);
    gx_assert(text.n == 10);
    quoted[0] = quoted[11] = '"';
    memcpy(quoted + 1, text.p, 10);
    gx_buf_free(&text);
    gx_jw_raw(w, (struct gx_str){ quoted, 12 });
}

const struct gx_type_def gx_type_date_def = {
    .name = "date",
    .reply = "{\"type\": \"string\", \"format\": \"date\"}",
    .label = { "Date", "日期" },
    .expr = GX_TYPE_DATE,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
