/* test_text.c - UTF-8, NFC, folding, sort keys and likeness. */
#include <pthread.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/text.h"
#include "gx_test.h"

enum { RANDOM_TEXTS = 20000, RANDOM_CHARS_MAX = 12 };

static const struct {
    const char *bytes;
    bool ok;
} utf8[] = {
    { "", true },
    { "plain ASCII that is longer than eight bytes", true },
    { "臺灣 Ünïcode \xf0\xa0\xae\xb7", true },
    { "\xef\xbf\xbf \xf4\x8f\xbf\xbf", true },
    { "12345678\x80", false },
    { "\xc0\x80", false },
    { "\xc1\xbf", false },
    { "\xe0\x9f\xbf", false },
    { "\xed\xa0\x80", false },
    { "\xed\xbf\xbf", false },
    { "\xf0\x8f\xbf\xbf", false },
    { "\xf4\x90\x80\x80", false },
    { "\xf5\x80\x80\x80", false },
    { "\xe4\xb8", false },
    { "\xe4", false },
    { "\xf0\xa0\xae", false },
    { "abc\xff", false },
};

GX_TEST(text_utf8)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(utf8); i++) {
        struct gx_str s = gx_str_c(utf8[i].bytes), clean = GX_STR("untouched");
        GX_CHECK(gx_text_valid(s) == utf8[i].ok, utf8[i].bytes);
        enum gx_code code = gx_text_clean(&arena, s, &clean);
        GX_CHECK(code == (utf8[i].ok ? GX_OK : GX_E_INVALID), utf8[i].bytes);
        GX_CHECK_STR(clean, utf8[i].ok ? s : GX_STR("untouched"), "clean");
    }
    GX_CHECK(gx_text_valid((struct gx_str){ "a\0b", 3 }), "NUL is a character");
    GX_CHECK(gx_text_length(GX_STR("臺灣 Ünï\xf0\xa0\xae\xb7")) == 7, "length");
    gx_arena_free(&arena);
}

GX_TEST(text_every_code_point)
{
    struct gx_arena arena = { 0 };
    struct gx_buf buf = { 0 };
    size_t bad = 0, unstable = 0, n = 0;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        if (c == 0xd800)
            c = 0xe000;
        gx_buf_clear(&buf);
        gx_text_encode(&buf, c);
        struct gx_str s = gx_buf_str(&buf);
        bad += !gx_text_valid(s) || gx_text_decode(s, &n) != c || n != s.n;
        struct gx_str fold = gx_text_fold(&arena, s);
        unstable += !gx_text_valid(fold) || !gx_str_eq(gx_text_fold(&arena, fold), fold);
        if (c % 1024 == 0)
            gx_arena_reset(&arena);
    }
    GX_CHECK(bad == 0, "encode and decode");
    GX_CHECK(unstable == 0, "folding a folded character");
    gx_buf_free(&buf);
    gx_arena_free(&arena);
}

/* Normalised by ICU, which gx_text_clean() does not use. */
static struct gx_str icu_form(struct gx_arena *arena, const UNormalizer2 *form, struct gx_str s)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t size = (int32_t)s.n * 4 + 16, n = 0;
    UChar *in = GX_ARENA_ARRAY(arena, UChar, (size_t)size);
    UChar *out = GX_ARENA_ARRAY(arena, UChar, (size_t)size * 4);
    char *bytes = gx_arena_alloc(arena, (size_t)size * 12);
    u_strFromUTF8(in, size, &n, s.p, (int32_t)s.n, &error);
    n = unorm2_normalize(form, in, n, out, size * 4, &error);
    u_strToUTF8(bytes, size * 12, &n, out, n, &error);
    GX_CHECK(U_SUCCESS(error), "ICU");
    return (struct gx_str){ bytes, (size_t)n };
}

/* What must hold for any text. */
static bool holds(struct gx_arena *arena, struct gx_str s)
{
    UErrorCode error = U_ZERO_ERROR;
    struct gx_str clean, fold = gx_text_fold(arena, s);
    bool ok = gx_text_clean(arena, s, &clean) == GX_OK && gx_text_valid(clean);
    ok = ok && gx_str_eq(clean, icu_form(arena, unorm2_getNFCInstance(&error), s));
    struct gx_str apart = icu_form(arena, unorm2_getNFDInstance(&error), s);
    ok = ok && gx_str_eq(gx_text_fold(arena, clean), fold);
    ok = ok && gx_str_eq(gx_text_fold(arena, apart), fold);
    ok = ok && gx_text_valid(fold) && gx_str_eq(gx_text_fold(arena, fold), fold);
    return ok && gx_text_near(s, clean) == 1000;
}

GX_TEST(text_random)
{
    /* Where characters join, change places or vanish, besides any at all. */
    static const struct {
        uint32_t from, to;
    } places[] = {
        { 0x20, 0x7e },       { 0xa0, 0x24f },      { 0x300, 0x36f },   { 0x370, 0x52f },
        { 0x5b0, 0x6ff },     { 0x900, 0xdff },     { 0xe00, 0xeff },   { 0xf00, 0xfff },
        { 0x1100, 0x11ff },   { 0x1e00, 0x1fff },   { 0x2000, 0x206f }, { 0x3000, 0x318f },
        { 0x4e00, 0x9fff },   { 0xac00, 0xac80 },   { 0xf900, 0xfaff }, { 0xff00, 0xffef },
        { 0x1d150, 0x1d1c0 }, { 0x110a0, 0x11140 }, { 0, 0xd7ff },      { 0xe000, 0x10ffff },
    };
    struct gx_arena arena = { 0 };
    struct gx_buf buf = { 0 };
    unsigned short seed[3] = { 1, 2, 3 };
    for (int i = 0; i < RANDOM_TEXTS; i++) {
        gx_buf_clear(&buf);
        gx_arena_reset(&arena);
        for (long n = nrand48(seed) % RANDOM_CHARS_MAX; n >= 0; n--) {
            size_t place = (size_t)nrand48(seed) % GX_COUNT(places);
            uint32_t wide = places[place].to - places[place].from + 1;
            gx_text_encode(&buf, places[place].from + (uint32_t)nrand48(seed) % wide);
        }
        if (!holds(&arena, gx_buf_str(&buf)))
            GX_CHECK(false, gx_arena_cstr(&arena, gx_buf_str(&buf)));
    }
    GX_CHECK(true, "done");
    gx_buf_free(&buf);
    gx_arena_free(&arena);
}

static void check_lines(const char *folder, const char *file)
{
    const char *path = gx_test_data(folder);
    struct gx_arena arena = { 0 };
    char line[8192], name[4200];
    if (!path) {
        gx_skip("no public data here");
        return;
    }
    snprintf(name, sizeof name, "%s/%s", path, file);
    FILE *in = fopen(name, "r");
    if (!GX_CHECK(in != NULL, name))
        return;
    while (fgets(line, sizeof line, in)) {
        gx_arena_reset(&arena);
        GX_CHECK(!gx_text_valid(gx_str_c(line)) || holds(&arena, gx_str_c(line)), line);
    }
    fclose(in);
    gx_arena_free(&arena);
}

GX_TEST(text_naughty_strings)
{
    check_lines("naughty_strings", "blns.txt");
}

GX_TEST(text_names_multiscript)
{
    check_lines("names_multiscript", "names_DEV.tsv");
}

static const struct {
    const char *text, *fold;
} folds[] = {
    { "", "" },
    { " \t\r\n\xe3\x80\x80", "" },
    { "  Hello   WORLD,\tfoo  ", "hello world, foo" },
    { "EXACTLY8EXACTLY8 ", "exactly8exactly8" },
    { "A  B C@[`{Z", "a b c@[`{z" },
    { "1234567  8", "1234567 8" },
    { "ＧＴＸ　Ｐｒｏ１２", "gtx pro12" },
    { "Straße STRASSE", "strasse strasse" },
    { "İstanbul ısı", "istanbul isi" },
    { "José Nuñez Łódź Ærø", "jose nunez lodz aero" },
    { "Jose\xcc\x81", "jose" },
    { "Đặng Thị Ngọc", "dang thi ngoc" },
    { "ΌΣΟΣ ὅσος", "οσοσ οσοσ" },
    { "Ёлкин Андрей", "елкин андреи" },
    { "臺灣積體電路製造", "台湾积体电路制造" },
    { "台湾积体电路制造", "台湾积体电路制造" },
    { "著作 着手 裏 裡 群 羣 峰 峯", "着作 着手 里 里 群 群 峰 峰" },
    { "\xef\xa4\x80", "岂" }, /* a compatibility ideograph */
    { "か が カ ガ", "か が カ ガ" },
    { "か\xe3\x82\x99", "が" },
    { "ｶﾞｷﾞ ﾊﾟｰﾃｨｰ", "ガギ パーティー" },
    { "น้ำใจ ที่นี่", "น้ำใจ ที่นี่" },
    { "๒๕๖๘ ٣٤", "2568 34" },
    { "한국 \xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "한국 한" },
    { "O’Brien “x” 1–2", "o'brien \"x\" 1-2" },
    { "ﬁne ㈱ ① ≠ =", "fine (株) 1 ≠ =" },
    { "co\xc2\xad"
      "op\xe2\x80\x8b",
      "coop" },
    { "吉野家 \xf0\xa0\xae\xb7野家", "吉野家 吉野家" },
};

GX_TEST(text_fold)
{
    struct gx_arena arena = { 0 };
    struct gx_buf buf = { 0 };
    for (size_t i = 0; i < GX_COUNT(folds); i++) {
        struct gx_str s = gx_str_c(folds[i].text), want = gx_str_c(folds[i].fold);
        GX_CHECK_STR(gx_text_fold(&arena, s), want, folds[i].text);
        gx_buf_clear(&buf);
        gx_buf_addc(&buf, 'x');
        gx_text_fold_add(&buf, s);
        GX_CHECK_STR(gx_str_from(gx_buf_str(&buf), 1), want, folds[i].text);
    }
    /* A text too long for the small buffer, both ways. */
    gx_buf_clear(&buf);
    for (int i = 0; i < 1000; i++)
        gx_buf_addz(&buf, i == 500 ? "か\xe3\x82\x99" : "Ｘ  ");
    struct gx_str fold = gx_text_fold(&arena, gx_buf_str(&buf));
    GX_CHECK(fold.n == 500 * 2 + 3 + 499 * 2 - 1, "long");
    struct gx_buf small = { .max = 2 };
    gx_text_fold_add(&small, GX_STR("ＡＢ"));
    GX_CHECK(gx_buf_check(&small) == GX_OK && small.n == 2, "fits by its folded length");
    gx_text_fold_add(&small, GX_STR("C"));
    GX_CHECK(gx_buf_check(&small) == GX_E_LIMIT, "past the cap");
    gx_buf_free(&small);
    gx_buf_free(&buf);
    gx_arena_free(&arena);
}

/* In this order. */
static const char *const sorted[] = {
    "",     "10",     "2",      "äpfel",  "apple",  "Apple",  "Zoë",    "zoo",
    "αβγ",  "Анна",   "かとう", "カトウ", "一",     "丁文",   "王大明", "王小明",
    "李四", "林美玲", "陳大文", "黃一",   "蔡依林", "鄭成功", "蘇東坡",
};

GX_TEST(text_sort_key)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 1; i < GX_COUNT(sorted); i++) {
        struct gx_str a = gx_text_sort_key(&arena, gx_str_c(sorted[i - 1]));
        struct gx_str b = gx_text_sort_key(&arena, gx_str_c(sorted[i]));
        GX_CHECK(gx_str_cmp(a, b) < 0, sorted[i]);
    }
    char *long_text = gx_arena_alloc(&arena, 3000);
    for (int i = 0; i < 1000; i++)
        memcpy(long_text + 3 * i, "灣", 3);
    struct gx_str key = gx_text_sort_key(&arena, (struct gx_str){ long_text, 3000 });
    GX_CHECK_STR(gx_text_sort_key(&arena, (struct gx_str){ long_text, 600 }), key, "first 200");
    GX_CHECK(key.n < 1000, "the key of the longest text is short enough for an index");
    gx_arena_free(&arena);
}

static void *sort_in_thread(void *p)
{
    struct gx_arena arena = { 0 };
    struct gx_str first = gx_text_sort_key(&arena, GX_STR("臺北市"));
    size_t *bad = p;
    for (int i = 0; i < 2000; i++) {
        *bad += !gx_str_eq(gx_text_sort_key(&arena, GX_STR("臺北市")), first);
        if (i == 1000)
            *bad += !gx_str_eq(gx_text_fold(&arena, GX_STR("臺北ｶﾞ")), GX_STR("台北ガ"));
    }
    gx_arena_free(&arena);
    return NULL;
}

GX_TEST(text_threads)
{
    pthread_t threads[4];
    size_t bad[4] = { 0 };
    for (size_t i = 0; i < GX_COUNT(threads); i++)
        GX_CHECK(pthread_create(&threads[i], NULL, sort_in_thread, &bad[i]) == 0, "start");
    for (size_t i = 0; i < GX_COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        GX_CHECK(bad[i] == 0, "the same in every thread");
    }
}

static const struct {
    const char *a, *b;
    int least, most;
} nears[] = {
    { "", "", 1000, 1000 },
    { "", "x", 0, 0 },
    { "!!", "x", 0, 0 },
    { "GTXPro", "GTX Pro", 1000, 1000 },
    { "臺積電", "台积电", 1000, 1000 },
    { "Acme Corp.", "Amce Corp", 850, 950 },
    { "王小明", "王曉明", 600, 700 },
    { "kitten", "sitting", 500, 600 },
    { "abc", "xyz", 0, 0 },
};

GX_TEST(text_near)
{
    for (size_t i = 0; i < GX_COUNT(nears); i++) {
        struct gx_str a = gx_str_c(nears[i].a), b = gx_str_c(nears[i].b);
        int near = gx_text_near(a, b);
        GX_CHECK(near >= nears[i].least && near <= nears[i].most, nears[i].a);
        GX_CHECK(near == gx_text_near(b, a), "both ways");
    }
    char a[201], b[201];
    memset(a, 'a', sizeof a);
    memset(b, 'a', sizeof b);
    b[0] = 'b';
    GX_CHECK(gx_text_near((struct gx_str){ a, 200 }, (struct gx_str){ b, 200 }) == 995, "200");
    GX_CHECK(gx_text_near((struct gx_str){ a, 201 }, (struct gx_str){ b, 201 }) == 0, "201");
    GX_CHECK(gx_text_near((struct gx_str){ a, 201 }, (struct gx_str){ a, 201 }) == 1000, "same");
}
