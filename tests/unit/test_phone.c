/* test_phone.c - phone numbers in every notation, against public examples of 245 regions. */
#include <pthread.h>
#include <stdlib.h>

#include "base/phone.h"
#include "gx_test.h"

enum { GENERATED = 20000 };

static const struct {
    const char *typed, *region, *e164; /* NULL: not a phone number */
} typed[] = {
    { "0912345678", "TW", "+886912345678" },
    { "0912-345-678", "TW", "+886912345678" },
    { "0912 345 678", "TW", "+886912345678" },
    { "０９１２－３４５－６７８", "TW", "+886912345678" },
    { "(02)2345-6789", "TW", "+886223456789" },
    { "(02) 2345-6789", "TW", "+886223456789" },
    { "02-2345-6789", "TW", "+886223456789" },
    { "04-2345-6789", "TW", "+886423456789" },
    { "049-2345678", "TW", "+886492345678" },
    { "0800-080-123", "TW", "+886800080123" },
    { "+886 2 2345 6789", "TW", "+886223456789" },
    { "+886 (0)2 2345 6789", "TW", "+886223456789" },
    { "+886912345678", "JP", "+886912345678" },
    { "886912345678", "TW", "+886912345678" },
    { "002 1 212 555 1234", "TW", "+12125551234" },
    { "02-2345-6789#12", "TW", "+886223456789;ext=12" },
    { "02-2345-6789 分機12", "TW", "+886223456789;ext=12" },
    { "02-2345-6789 轉 12", "TW", "+886223456789;ext=12" },
    { "+886223456789;ext=12", "US", "+886223456789;ext=12" },
    { "00112345678", "TW", "+886112345678" },
    { "06 698 12345", "IT", "+390669812345" },
    { "(212) 555-1234", "US", "+12125551234" },
    { "03-1234-5678", "JP", "+81312345678" },
    { "2345 6789", "HK", "+85223456789" },
    { "081 234 5678", "TH", "+66812345678" },
    { "+44 20 7946 0018 x3", "", "+442079460018;ext=3" },
    { "0912345678", "XX", NULL },
    { "0912345678", "", NULL },
    { "", "TW", NULL },
    { "   ", "TW", NULL },
    { "abc", "TW", NULL },
    { "12", "TW", NULL },
    { "+", "TW", NULL },
    { "+999999999999", "TW", NULL },
    { "09123456789012345", "TW", NULL },
    { "0912345678\xff", "TW", NULL },
    { "02-2345-6789#12                                                        ", "TW", NULL },
};

GX_TEST(phone_typed)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(typed); i++) {
        struct gx_str e164 = GX_STR("untouched"), region = gx_str_c(typed[i].region);
        enum gx_code code = gx_phone_e164(&arena, gx_str_c(typed[i].typed), region, &e164);
        const char *want = typed[i].e164 ? typed[i].e164 : "untouched";
        GX_CHECK(code == (typed[i].e164 ? GX_OK : GX_E_INVALID), typed[i].typed);
        GX_CHECK_STR(e164, gx_str_c(want), typed[i].typed);
        GX_CHECK(code != GX_OK || (gx_phone_e164(&arena, e164, GX_STR("US"), &e164) == GX_OK &&
                                   gx_str_is(e164, want)),
                 "a key is its own key");
    }
    gx_arena_free(&arena);
}

GX_TEST(phone_format)
{
    static const struct {
        const char *e164, *region, *text;
    } rows[] = {
        { "+886912345678", "TW", "0912 345 678" },
        { "+886912345678", "JP", "+886 912 345 678" },
        { "+886223456789;ext=12", "TW", "02 2345 6789#12" },
        { "+886223456789;ext=12", "US", "+886 2 2345 6789#12" },
        { "+12125551234", "CA", "(212) 555-1234" },
        { "+12125551234", "", "+1 212-555-1234" },
        { "no number", "TW", "no number" },
        { "", "TW", "" },
    };
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(rows); i++)
        GX_CHECK_STR(gx_phone_format(&arena, gx_str_c(rows[i].e164), gx_str_c(rows[i].region)),
                     gx_str_c(rows[i].text), rows[i].e164);
    gx_arena_free(&arena);
}

/*
 * The numbers that are read by hand get the answer of the library: a full stop at the end
 * changes nothing for the library but sends it the number.
 */
GX_TEST(phone_by_hand_as_by_library)
{
    static const char *const heads[] = { "0",     "0",  "",   "+886", "+886 ",
                                         "+886-", "(0", " 0", "-",    ")" };
    static const char joints[] = "    --)(";
    struct gx_arena arena = { 0 };
    unsigned short seed[3] = { 7, 8, 9 };
    size_t same = 0, numbers = 0;
    for (int i = 0; i < GENERATED; i++) {
        char line[80];
        size_t n = 0;
        const char *head = heads[(size_t)nrand48(seed) % GX_COUNT(heads)];
        n = (size_t)snprintf(line, sizeof line, "%s", head);
        for (long digits = 6 + nrand48(seed) % 6; digits > 0; digits--) {
            line[n++] = (char)('0' + nrand48(seed) % 10);
            if (nrand48(seed) % 4 == 0)
                line[n++] = joints[(size_t)nrand48(seed) % (sizeof joints - 1)];
        }
        line[n] = 0;
        struct gx_str fast = GX_STR("none"), slow = GX_STR("none"), s = { line, n };
        numbers += gx_phone_e164(&arena, s, GX_STR("TW"), &fast) == GX_OK;
        line[n] = '.';
        line[n + 1] = 0;
        s.n++;
        enum gx_code code = gx_phone_e164(&arena, s, GX_STR("TW"), &slow);
        same += gx_str_eq(fast, slow);
        if (!gx_str_eq(fast, slow))
            GX_CHECK_STR(fast, slow, line);
        GX_CHECK(code == GX_OK || code == GX_E_INVALID, "code");
        if (i % 1024 == 0)
            gx_arena_reset(&arena);
    }
    GX_CHECK(same == GENERATED && numbers > GENERATED / 2, "all the same");
    gx_arena_free(&arena);
}

static FILE *open_data(const char *file)
{
    const char *path = gx_test_data("phones");
    char name[4200];
    if (!path) {
        gx_skip("no public data here");
        return NULL;
    }
    snprintf(name, sizeof name, "%s/%s", path, file);
    FILE *in = fopen(name, "r");
    GX_CHECK(in != NULL, name);
    return in;
}

/* Columns of one line of CSV; quotes are taken away in place. */
static size_t columns_of(char *line, struct gx_str *columns, size_t max)
{
    size_t count = 0;
    for (char *p = line, *out; count < max; p++) {
        bool quoted = *p == '"';
        columns[count].p = out = p += quoted;
        while (*p && *p != '\n' && (quoted ? *p != '"' : *p != ','))
            *out++ = *p++;
        columns[count].n = (size_t)(out - columns[count].p);
        count++;
        p += quoted && *p == '"';
        if (*p != ',')
            break;
    }
    return count;
}

/* Numbering plans that changed after the metadata of Debian 12: Benin, Uruguay, Mexico. */
static bool is_newer(struct gx_str e164)
{
    return gx_str_starts(e164, GX_STR("+22901")) || gx_str_is(e164, "+59821123") ||
           gx_str_is(e164, "+520443312345678");
}

static size_t misses(struct gx_arena *arena, struct gx_str number, struct gx_str region,
                     struct gx_str want)
{
    struct gx_str e164 = GX_STR("");
    if (gx_phone_e164(arena, number, region, &e164) == GX_OK && gx_str_eq(e164, want))
        return 0;
    printf("  %.*s in %.*s: \"%.*s\" instead of %.*s\n", GX_STR_ARG(number), GX_STR_ARG(region),
           GX_STR_ARG(e164), GX_STR_ARG(want));
    return 1;
}

/* region,asked_type,reported_type,country_code,national,international,e164,rfc3966,valid */
GX_TEST(phone_examples)
{
    FILE *in = open_data("examples_DEV.csv");
    struct gx_arena arena = { 0 };
    char line[1024];
    size_t all = 0, missed = 0;
    while (in && fgets(line, sizeof line, in)) {
        struct gx_str c[9];
        if (columns_of(line, c, GX_COUNT(c)) != GX_COUNT(c) || !gx_str_starts(c[6], GX_STR("+")) ||
            is_newer(c[6]))
            continue;
        gx_arena_reset(&arena);
        all += 4;
        missed += misses(&arena, c[4], c[0], c[6]);
        missed += misses(&arena, c[5], GX_STR(""), c[6]);
        missed += misses(&arena, c[6], GX_STR("TW"), c[6]);
        missed += misses(&arena, c[7], GX_STR(""), c[6]);
    }
    if (in) {
        fclose(in);
        GX_CHECK(all > 2000 && missed == 0, "examples");
    }
    gx_arena_free(&arena);
}

/* input,default_region,e164,international,national,extension,valid,possible,error */
GX_TEST(phone_messy_inputs)
{
    FILE *in = open_data("messy_inputs_DEV.csv");
    struct gx_arena arena = { 0 };
    char line[1024];
    size_t all = 0, missed = 0;
    while (in && fgets(line, sizeof line, in)) {
        struct gx_str c[9];
        if (columns_of(line, c, GX_COUNT(c)) < 8 || gx_str_is(c[0], "input") || is_newer(c[2]))
            continue;
        struct gx_str e164 = GX_STR(""), want = c[2];
        if (c[5].n)
            want = gx_arena_printf(&arena, "%.*s;ext=%.*s", GX_STR_ARG(c[2]), GX_STR_ARG(c[5]));
        all++;
        if (gx_str_is(c[7], "true"))
            missed += misses(&arena, c[0], c[1], want);
        else if (!gx_str_is(c[1], "ZZ")) /* some readers want a region even with a country code */
            GX_CHECK(gx_phone_e164(&arena, c[0], c[1], &e164) == GX_E_INVALID, c[0].p);
    }
    if (in) {
        fclose(in);
        GX_CHECK(all > 70 && missed == 0, "messy inputs");
    }
    gx_arena_free(&arena);
}

static void *in_thread(void *p)
{
    struct gx_arena arena = { 0 };
    size_t *bad = p;
    for (int i = 0; i < 300; i++) {
        struct gx_str e164 = GX_STR("");
        if (gx_phone_e164(&arena, GX_STR("(212) 555-1234"), GX_STR("US"), &e164) != GX_OK ||
            !gx_str_is(gx_phone_format(&arena, e164, GX_STR("JP")), "+1 212-555-1234"))
            ++*bad;
    }
    gx_arena_free(&arena);
    return NULL;
}

GX_TEST(phone_threads)
{
    pthread_t threads[4];
    size_t bad[4] = { 0 };
    for (size_t i = 0; i < GX_COUNT(threads); i++)
        GX_CHECK(pthread_create(&threads[i], NULL, in_thread, &bad[i]) == 0, "start");
    for (size_t i = 0; i < GX_COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        GX_CHECK(bad[i] == 0, "the same in every thread");
    }
}
