/*
 * decode_score.c - which encoding some bytes are in, by what they would say.
 *
 * Each candidate decodes the sample; each character it gives is weighed: common in the texts of
 * that region, plausible, or a sign of the wrong table (private use, rare Han, C1 controls, kana
 * in Chinese, a Thai mark without its consonant).  The mean decides.  See decode.h.
 */
#include "sheet/decode.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "sheet/decode_chars.h"

enum {
    WEIGHT_COMMON = 100, /* what most of a text is made of */
    WEIGHT_FIT = 40,     /* belongs to the script */
    WEIGHT_RARE = -40,   /* exists, but seldom */
    WEIGHT_WRONG = -150, /* hardly ever in a text of this kind */
    WEIGHT_BROKEN = -400,
    VOICE = 15, /* what ICU's detector may add */
};

struct text {
    const UChar *p;
    size_t n, at; /* the character being weighed starts at `at` */
};

struct common {
    uint8_t bits[65536 / 8];
};

static bool has(const struct common *common, UChar32 c)
{
    return c < 0x10000 && (common->bits[c >> 3] >> (c & 7) & 1);
}

static struct common *common_new(struct gx_arena *arena, const char *chars)
{
    struct common *common = GX_ARENA_NEW(arena, struct common);
    for (size_t i = 0, n = strlen(chars); i < n;) {
        UChar32 c;
        U8_NEXT_UNSAFE(chars, i, c);
        common->bits[c >> 3] = (uint8_t)(common->bits[c >> 3] | 1 << (c & 7));
    }
    return common;
}

static bool is_han(UChar32 c)
{
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c >= 0x20000;
}

static bool is_kana(UChar32 c)
{
    return c >= 0x3041 && c <= 0x30FE;
}

static bool is_cjk_mark(UChar32 c)
{
    return (c >= 0x3000 && c <= 0x3020) || (c >= 0xFF01 && c <= 0xFF5E) || c == 0x2026 ||
           c == 0x2014 || c == 0x00B7 || (c >= 0x2018 && c <= 0x201D);
}

static bool is_private(UChar32 c)
{
    return (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}

static bool is_letter(UChar32 c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Is `c` among the characters a standard lists first, by sound or strokes, because they are used? */
static bool first_level(const char *bytes, int n, unsigned from, unsigned to)
{
    unsigned code = n == 2 ? (unsigned)(uint8_t)bytes[0] << 8 | (uint8_t)bytes[1] : 0;
    return code >= from && code <= to;
}

struct candidate {
    const char *name, *converter;
    const char *chars;             /* common ones, or NULL */
    unsigned level_from, level_to; /* two-byte codes of its first level */
    int (*weigh)(const struct text *t, UChar32 c, bool common, bool first);
};

static int weigh_chinese(const struct text *t, UChar32 c, bool common, bool first)
{
    (void)t;
    if (common)
        return WEIGHT_COMMON;
    if (is_cjk_mark(c))
        return WEIGHT_FIT;
    if (is_han(c))
        return first ? WEIGHT_FIT : WEIGHT_RARE;
    if (is_kana(c))
        return WEIGHT_RARE / 2;
    return is_private(c) ? WEIGHT_WRONG : WEIGHT_RARE;
}

static int weigh_japanese(const struct text *t, UChar32 c, bool common, bool first)
{
    (void)t;
    if (is_kana(c) || common)
        return c == 0x30FB ? 0 : WEIGHT_COMMON;
    if (is_cjk_mark(c))
        return WEIGHT_FIT;
    if (is_han(c))
        return first ? WEIGHT_FIT / 2 : WEIGHT_RARE * 2;
    if (c >= 0xFF61 && c <= 0xFF9F)
        return c >= 0xFF71 && c <= 0xFF9D ? -5 : -20; /* half width: old systems, or wrong */
    return is_private(c) ? WEIGHT_WRONG : WEIGHT_RARE;
}

static int weigh_korean(const struct text *t, UChar32 c, bool common, bool first)
{
    (void)t;
    (void)first;
    if (common)
        return WEIGHT_COMMON;
    if (c >= 0xAC00 && c <= 0xD7A3)
        return WEIGHT_FIT / 2;
    if (is_cjk_mark(c))
        return WEIGHT_FIT / 2;
    return is_private(c) ? WEIGHT_WRONG : WEIGHT_RARE * 2;
}

static UChar32 before(const struct text *t)
{
    return t->at ? t->p[t->at - 1] : 0;
}

static UChar32 after(const struct text *t)
{
    return t->at + 1 < t->n ? t->p[t->at + 1] : 0;
}

static bool is_thai_consonant(UChar32 c)
{
    return c >= 0x0E01 && c <= 0x0E2E;
}

static int weigh_thai(const struct text *t, UChar32 c, bool common, bool first)
{
    UChar32 prev = before(t), next = after(t);
    (void)common;
    (void)first;
    if (is_letter(prev) || is_letter(next))
        return WEIGHT_WRONG; /* Thai words do not mix with Latin letters */
    if (is_thai_consonant(c))
        return prev >= 0x0E01 || next >= 0x0E01 ? 80 : -20;
    if (c == 0x0E31 || (c >= 0x0E34 && c <= 0x0E3A)) /* vowel above or below a consonant */
        return is_thai_consonant(prev) ? WEIGHT_COMMON : WEIGHT_WRONG;
    if (c >= 0x0E47 && c <= 0x0E4E) /* tone and other marks */
        return is_thai_consonant(prev) || prev == 0x0E31 || (prev >= 0x0E34 && prev <= 0x0E39)
                       ? WEIGHT_COMMON
                       : WEIGHT_WRONG;
    if (c >= 0x0E40 && c <= 0x0E44) /* vowel written before its consonant */
        return is_thai_consonant(next) ? WEIGHT_COMMON : WEIGHT_WRONG;
    if (c == 0x0E30 || c == 0x0E32 || c == 0x0E33)
        return prev >= 0x0E01 && prev <= 0x0E4E ? 80 : WEIGHT_WRONG;
    return c >= 0x0E3F && c <= 0x0E5B ? -10 : WEIGHT_RARE;
}

static bool is_latin_accented(UChar32 c)
{
    return (c >= 0xC0 && c <= 0xFF && c != 0xD7 && c != 0xF7) || c == 0x152 || c == 0x153 ||
           c == 0x160 || c == 0x161 || c == 0x178 || c == 0x17D || c == 0x17E;
}

static int weigh_latin(const struct text *t, UChar32 c, bool common, bool first)
{
    UChar32 prev = before(t), next = after(t);
    (void)common;
    (void)first;
    if (c < 0xA0)
        return WEIGHT_BROKEN; /* a hole of windows-1252 */
    if (is_latin_accented(c)) {
        bool upper = c >= 0xC0 && c <= 0xDE;
        if (upper && prev >= 'a' && prev <= 'z')
            return WEIGHT_WRONG;
        if (is_letter(prev) || is_letter(next))
            return prev < 0x80 || next < 0x80 ? WEIGHT_COMMON : WEIGHT_FIT;
        return prev < 0x80 && next < 0x80 ? -20 : -60;
    }
    /* signs: a no-break space, £, €, ’, – … stand alone among ASCII */
    return prev < 0x80 && next < 0x80 ? 60 : -60;
}

static const struct candidate candidates[] = {
    { "Big5", "windows-950", GX_CHARS_HANT, 0xA440, 0xC67E, weigh_chinese },
    { "GB18030", "gb18030", GX_CHARS_HANS, 0xB0A1, 0xD7F9, weigh_chinese },
    { "Shift-JIS", "windows-31j", GX_CHARS_KANJI, 0x889F, 0x9872, weigh_japanese },
    { "EUC-JP", "EUC-JP", GX_CHARS_KANJI, 0xB0A1, 0xCFD3, weigh_japanese },
    { "EUC-KR", "windows-949", GX_CHARS_HANGUL, 0, 0, weigh_korean },
    { "TIS-620", "windows-874", NULL, 0, 0, weigh_thai },
    { "windows-1252", "windows-1252", NULL, 0, 0, weigh_latin },
};

/* Decode into UTF-16; what cannot be decoded is U+FFFD. */
static struct text decode(struct gx_arena *arena, UConverter *cnv, struct gx_str sample)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar *out = gx_arena_alloc(arena, (sample.n + 1) * sizeof *out);
    int32_t n = ucnv_toUChars(cnv, out, (int32_t)sample.n + 1, sample.p, (int32_t)sample.n,
                              &status);
    return (struct text){ .p = out, .n = U_SUCCESS(status) ? (size_t)n : 0 };
}

/* Was this character one of the first level?  Its bytes tell, so it goes back through the table. */
static bool is_first(const struct candidate *k, UConverter *cnv, UChar32 c)
{
    UChar wide[1] = { (UChar)c };
    char bytes[8];
    UErrorCode status = U_ZERO_ERROR;
    if (!k->level_from || c > 0xFFFF) /* no first level goes beyond the basic plane */
        return false;
    int got = ucnv_fromUChars(cnv, bytes, sizeof bytes, wide, 1, &status);
    return U_SUCCESS(status) && first_level(bytes, got, k->level_from, k->level_to);
}

/* Mean weight of the characters beyond ASCII; below `WEIGHT_BROKEN` when there are none. */
static int score(struct gx_arena *arena, const struct candidate *k, struct gx_str sample)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(k->converter, &status);
    if (U_FAILURE(status))
        return WEIGHT_BROKEN * 2;
    const struct common *common = k->chars ? common_new(arena, k->chars) : NULL;
    struct text t = decode(arena, cnv, sample);
    int64_t sum = 0, count = 0;
    for (size_t i = 0; i < t.n;) {
        UChar32 c = t.p[i];
        t.at = i++;
        if (c >= 0xD800 && c <= 0xDBFF && i < t.n && U16_IS_TRAIL(t.p[i]))
            c = U16_GET_SUPPLEMENTARY(c, t.p[i++]);
        if (c < 0x80)
            continue;
        bool is_common = common && has(common, c);
        count++;
        if (c == 0xFFFD)
            sum += WEIGHT_BROKEN;
        else
            sum += k->weigh(&t, c, is_common, !is_common && is_han(c) && is_first(k, cnv, c));
    }
    ucnv_close(cnv);
    return count ? (int)(sum / count) : WEIGHT_BROKEN * 2;
}

/* ICU's own detector: a small bonus for what it names. */
static void add_voice(struct gx_str sample, int *scores)
{
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    ucsdet_setText(detector, sample.p, (int32_t)sample.n, &status);
    int32_t n = 0;
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &n, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < n; i++) {
        const char *name = ucsdet_getName(matches[i], &status);
        int32_t confidence = ucsdet_getConfidence(matches[i], &status);
        for (size_t k = 0; U_SUCCESS(status) && k < GX_COUNT(candidates); k++)
            if (ucnv_compareNames(name, candidates[k].name) == 0 ||
                (strcmp(name, "ISO-8859-1") == 0 && candidates[k].weigh == weigh_latin))
                scores[k] += VOICE * confidence / 100;
    }
    ucsdet_close(detector);
}

struct gx_encoding gx_encoding_score(struct gx_arena *arena, struct gx_str sample)
{
    int scores[GX_COUNT(candidates)];
    size_t best = 0;
    for (size_t k = 0; k < GX_COUNT(candidates); k++)
        scores[k] = score(arena, &candidates[k], sample);
    add_voice(sample, scores);
    for (size_t k = 1; k < GX_COUNT(candidates); k++)
        if (scores[k] > scores[best])
            best = k;
    return (struct gx_encoding){
        .name = gx_str_c(candidates[best].name),
        .converter = candidates[best].converter,
    };
}

bool gx_encoding_is_hkscs(struct gx_str sample)
{
    for (size_t i = 0; i + 1 < sample.n; i++) {
        uint8_t lead = (uint8_t)sample.p[i], trail = (uint8_t)sample.p[i + 1];
        if (lead < 0x80)
            continue;
        if ((lead >= 0x87 && lead <= 0xA0) || (lead == 0xC6 && trail >= 0xA1) ||
            lead == 0xC7 || lead == 0xC8 || (lead == 0xF9 && trail >= 0xD6) || lead >= 0xFA)
            return true;
        i++;
    }
    return false;
}
