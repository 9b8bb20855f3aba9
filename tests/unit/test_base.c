/* test_base.c - numbers, dates, strings and memory that everything else stands on. */
#include "base/decimal.h"
#include "base/id.h"
#include "base/map.h"
#include "base/sql.h"
#include "base/time.h"
#include "gx_test.h"

static const struct {
    const char *text;
    int scale;
    bool ok;
    int64_t value;
} decimals[] = {
    { "0", 4, true, 0 },
    { "12.5", 4, true, 125000 },
    { "-0.0001", 4, true, -1 },
    { "922337203685477.5807", 4, true, INT64_MAX },
    { "-922337203685477.5808", 4, true, INT64_MIN },
    { "922337203685477.5808", 4, false, 0 },
    { "1.00000", 4, true, 10000 },
    { "1.00001", 4, false, 0 },
    { ".5", 1, true, 5 },
    { "5.", 1, true, 50 },
    { "", 0, false, 0 },
    { "-", 0, false, 0 },
    { ".", 2, false, 0 },
    { "1e3", 2, false, 0 },
    { "1,000", 2, false, 0 },
    { "99999999999999999999999999999999999999999999", 0, false, 0 },
};

GX_TEST(base_decimal)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(decimals); i++) {
        int64_t v = 77;
        const char *t = decimals[i].text;
        GX_CHECK(gx_decimal_parse(gx_str_c(t), decimals[i].scale, &v) == decimals[i].ok, t);
        GX_CHECK(v == (decimals[i].ok ? decimals[i].value : 77), t);
    }
    GX_CHECK_STR(gx_decimal_format(&arena, INT64_MIN, 4), GX_STR("-922337203685477.5808"), "min");
    GX_CHECK_STR(gx_decimal_format(&arena, 125000, 4), GX_STR("12.5"), "short");
    GX_CHECK_STR(gx_decimal_format(&arena, -1, 4), GX_STR("-0.0001"), "small");
    GX_CHECK_STR(gx_decimal_format(&arena, 100, 0), GX_STR("100"), "integer");
    int64_t r = 0;
    GX_CHECK(gx_decimal_div(10, 0, 3, 0, 4, &r) && r == 33333, "10/3");
    GX_CHECK(gx_decimal_div(-5, 0, 10, 0, 0, &r) && r == -1, "half away from zero");
    GX_CHECK(!gx_decimal_div(1, 0, 0, 0, 0, &r), "by zero");
    GX_CHECK(gx_decimal_mul(15000, 4, 15000, 4, 4, &r) && r == 22500, "1.5 x 1.5");
    GX_CHECK(!gx_decimal_mul(INT64_MAX, 0, 2, 0, 0, &r), "overflow");
    gx_arena_free(&arena);
}

GX_TEST(base_dates)
{
    struct gx_arena arena = { 0 };
    for (int64_t d = GX_DATE_MIN; d <= GX_DATE_MAX; d += 37) {
        int64_t back = 0;
        struct gx_str s = gx_date_format(&arena, d);
        if (!gx_date_parse(s, &back) || back != d)
            GX_CHECK(false, s.p);
        if (arena.used_bytes > 1 << 20)
            gx_arena_reset(&arena);
    }
    int64_t v = 0;
    GX_CHECK(gx_date_parse(GX_STR("1970-01-01"), &v) && v == 0, "epoch");
    GX_CHECK(gx_date_parse(GX_STR("2024-02-29"), &v), "leap day");
    GX_CHECK(!gx_date_parse(GX_STR("2023-02-29"), &v), "no leap day");
    GX_CHECK(!gx_date_parse(GX_STR("0000-01-01"), &v), "year 0");
    GX_CHECK(!gx_date_parse(GX_STR("2024-2-29"), &v), "one digit");
    GX_CHECK(gx_date_add_months(gx_date_from_ymd((struct gx_ymd){ 2024, 1, 31 }), 1) ==
                 gx_date_from_ymd((struct gx_ymd){ 2024, 2, 29 }),
             "end of month");
    GX_CHECK(gx_date_weekday(0) == 4 && gx_date_weekday(-4) == 7, "weekday");
    GX_CHECK(gx_moment_parse(GX_STR("2026-11-21T16:00:00+08:00"), 0, &v) &&
                 v == INT64_C(1795248000) * 1000000,
             "zone");
    GX_CHECK(gx_moment_parse(GX_STR("2026-11-21 16:00"), 480, &v) &&
                 v == INT64_C(1795248000) * 1000000,
             "own zone");
    GX_CHECK_STR(gx_moment_format(&arena, v), GX_STR("2026-11-21T08:00:00Z"), "format");
    GX_CHECK_STR(gx_moment_format(&arena, -1), GX_STR("1969-12-31T23:59:59.999999Z"),
                 "before 1970");
    GX_CHECK(gx_duration_parse(GX_STR("1h30m"), &v) && v == 90 * GX_MINUTE_US, "1h30m");
    GX_CHECK(gx_duration_parse(GX_STR("PT1H30M"), &v) && v == 90 * GX_MINUTE_US, "iso");
    GX_CHECK(gx_duration_parse(GX_STR("1:30"), &v) && v == 90 * GX_MINUTE_US, "clock");
    GX_CHECK(!gx_duration_parse(GX_STR("30m1h"), &v), "order");
    GX_CHECK_STR(gx_duration_format(&arena, 90 * GX_MINUTE_US), GX_STR("PT1H30M"), "format");
    gx_arena_free(&arena);
}

GX_TEST(base_map_and_ids)
{
    struct gx_arena arena = { 0 };
    struct gx_map map = { 0 };
    for (int i = 0; i < 1000; i++)
        gx_map_set(&map, &arena, gx_arena_printf(&arena, "key%d", i), &arena);
    GX_CHECK(map.count == 1000 && gx_map_get(&map, GX_STR("key999")) == &arena, "1000 keys");
    GX_CHECK(gx_map_get(&map, GX_STR("key1000")) == NULL, "absent");
    struct gx_id_source ids = { 0 };
    int64_t a = gx_id_next(&ids, INT64_C(1795248000) * 1000000), b = gx_id_next(&ids, 0);
    GX_CHECK(a > 0 && b == a + 1, "never backwards, even when the clock is");
    int64_t id = 0;
    GX_CHECK(gx_id_parse(GX_STR("9223372036854775807"), &id) && id == INT64_MAX, "largest");
    GX_CHECK(!gx_id_parse(GX_STR("9223372036854775808"), &id), "too large");
    GX_CHECK(!gx_id_parse(GX_STR("0"), &id) && !gx_id_parse(GX_STR("-1"), &id), "not positive");
    GX_CHECK(!gx_id_parse(GX_STR("012"), &id), "leading zero");
    gx_arena_free(&arena);
}

GX_TEST(base_sql_builder)
{
    struct gx_arena arena = { 0 };
    struct gx_sqlb *in = gx_sqlb_new(&arena, GX_SQLITE), *out = gx_sqlb_new(&arena, GX_SQLITE);
    gx_sqlb_bind(in, gx_value_int(7));
    gx_sqlb_add(out, GX_SQL("SELECT "));
    gx_sqlb_bind(out, gx_value_int(1));
    gx_sqlb_add(out, GX_SQL(" = "));
    gx_sqlb_append(out, in);
    GX_CHECK_STR(gx_sqlb_sql(out).text_, GX_STR("SELECT ?1 = ?2"), "renumbered");
    GX_CHECK(out->value_count == 2 && out->values[1].i == 7, "values");
    gx_sqlb_text(out, GX_STR("o'clock '; \\"));
    GX_CHECK_STR(gx_sqlb_sql(out).text_, GX_STR("SELECT ?1 = ?2'o''clock ''; \\'"), "quoted");
    gx_arena_free(&arena);
}

GX_TEST(base_errors_in_words)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    GX_CHECK(gx_fail(&ctx, GX_E_INVALID, GX_STR("amount"), GX_M_TOO_SMALL, GX_STR("Amount"),
                     GX_STR("0")) == GX_E_INVALID,
             "code");
    GX_CHECK_STR(gx_error_text(&arena, ctx.errors, GX_LANG_EN),
                 GX_STR("Amount must be at least 0."), "English");
    GX_CHECK_STR(gx_error_text(&arena, ctx.errors, GX_LANG_ZH_HANT),
                 GX_STR("「Amount」不可小於 0。"), "Chinese");
    gx_arena_free(&arena);
}
