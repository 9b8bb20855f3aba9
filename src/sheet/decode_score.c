/*
 * decode_score.c - which encoding some bytes are in, by what they would say.
 *
 * Each candidate decodes the sample, and each character costs as many bits as it takes to say it
 * in the texts of that region: few for those that most of a text is made of, more for the rest of
 * the script, many for signs of the wrong table (private use, rare Han, kana in Chinese, a Thai
 * mark without its consonant, accented letters in a row).  All candidates explain the same bytes,
 * so the cheapest is the likeliest.  See decode.h.
 */
#include "sheet/decode.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "sheet/decode_chars.h"

/* In tenths of a bit. */
enum {
    COST_COMMON = 96, /* one of some 650 Han characters that are three quarters of a text */
    COST_LEVEL_1 = 140,
    COST_RARE = 190,
    COST_SIGN = 90,     /* punctuation of the region */
    COST_FOREIGN = 170, /* another script's characters in this table */
    COST_PRIVATE = 300,
    COST_BROKEN = 400,
    COST_GLUED = 35, /* a wide character right before a small Latin letter */
    COST_ASCII = 50,
    COST_ASCII_SIGN = 90,
    VOICE = 15, /* what ICU's detector may take off */
};

struct text {
    const UChar *p;
    size_t n, at; /* the character that is looked at starts at `at` */
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

static bool is_hangul(UChar32 c)
{
    return c >= 0xAC00 && c <= 0xD7A3;
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

/* Is `c` among the characters a standard lists first, by sound or strokes, because they are used?
 */
static bool first_level(const char *bytes, int n, unsigned from, unsigned to)
{
    unsigned code = n == 2 ? (unsigned)(uint8_t)bytes[0] << 8 | (uint8_t)bytes[1] : 0;
    bool high = (from & 0xFF) == 0xA1; /* both bytes are beyond ASCII */
    return code >= from && code <= to && (!high || (code & 0xFF) >= 0xA1);
}

struct candidate {
    const char *name, *converter;
    const char *chars;             /* common ones, or NULL */
    unsigned level_from, level_to; /* two-byte codes of its first level */
    int prior;                     /* how much rarer such files are here */
    int (*cost)(const struct text *t, UChar32 c, bool common, bool first);
};

static int chinese_cost(const struct text *t, UChar32 c, bool common, bool first)
{
    (void)t;
    if (common)
        return COST_COMMON;
    if (is_cjk_mark(c))
        return COST_SIGN;
    if (is_han(c))
        return first ? COST_LEVEL_1 : COST_RARE;
    return is_private(c) ? COST_PRIVATE : COST_FOREIGN;
}

static int japanese_cost(const struct text *t, UChar32 c, bool common, bool first)
{
    (void)t;
    if (is_kana(c))
        return 80;
    if (common)
        return COST_COMMON + 5;
    if (is_cjk_mark(c))
        return COST_SIGN;
    if (is_han(c))
        return first ? COST_LEVEL_1 + 10 : COST_RARE + 15;
    if (c >= 0xFF61 && c <= 0xFF9F)
        return c >= 0xFF71 && c <= 0xFF9F ? 100 : 120; /* half width: old systems */
    return is_private(c) ? COST_PRIVATE : COST_FOREIGN;
}

static int korean_cost(const struct text *t, UChar32 c, bool common, bool first)
{
    (void)t;
    if (common)
        return 82;
    if (is_hangul(c))
        return first ? 130 : 220;
    if (is_cjk_mark(c))
        return COST_SIGN + 40;
    if (is_han(c))
        return COST_RARE;
    return is_private(c) ? COST_PRIVATE : COST_FOREIGN;
}

static UChar32 before(const struct text *t)
{
    return t->at ? t->p[t->at - 1] : 0;
}

static UChar32 after(const struct text *t)
{
    return t->at + 1 < t->n ? t->p[t->at + 1] : 0;
}

static bool is_thai(UChar32 c)
{
    return c >= 0x0E01 && c <= 0x0E5B;
}

static bool is_thai_consonant(UChar32 c)
{
    return c >= 0x0E01 && c <= 0x0E2E;
}

static int thai_cost(const struct text *t, UChar32 c, bool common, bool first)
{
    enum { FITS = 50, WRONG = 170 };
    UChar32 prev = before(t), next = after(t);
    (void)common;
    (void)first;
    if (!is_thai(c))
        return COST_PRIVATE;
    if (is_letter(prev) || is_letter(next))
        return WRONG; /* Thai words do not mix with Latin letters */
    if (is_thai_consonant(c))
        return is_thai(prev) || is_thai(next) ? FITS + 8 : WRONG - 40;
    if (c == 0x0E31 || (c >= 0x0E34 && c <= 0x0E3A)) /* vowel above or below a consonant */
        return is_thai_consonant(prev) ? FITS : WRONG;
    if (c >= 0x0E47 && c <= 0x0E4E) /* tone and other marks */
        return is_thai_consonant(prev) || prev == 0x0E31 || (prev >= 0x0E34 && prev <= 0x0E39)
                   ? FITS
                   : WRONG;
    if (c >= 0x0E40 && c <= 0x0E44) /* vowel written before its consonant */
        return is_thai_consonant(next) ? FITS : WRONG;
    if (c == 0x0E30 || c == 0x0E32 || c == 0x0E33)
        return is_thai_consonant(prev) || (prev >= 0x0E48 && prev <= 0x0E4B) ? FITS : WRONG - 50;
    return is_thai(prev) || is_thai(next) ? 140 : 90; /* digits and signs */
}

static bool is_latin_accented(UChar32 c)
{
    return (c >= 0xC0 && c <= 0xFF && c != 0xD7 && c != 0xF7) || c == 0x152 || c == 0x153 ||
           c == 0x160 || c == 0x161 || c == 0x178 || c == 0x17D || c == 0x17E;
}

static int latin_cost(const struct text *t, UChar32 c, bool common, bool first)
{
    UChar32 prev = before(t), next = after(t);
    bool alone = prev < 0x80 && next < 0x80;
    (void)common;
    (void)first;
    if (c < 0xA0)
        return COST_PRIVATE; /* a hole of windows-1252 */
    if (!is_latin_accented(c))
        return alone ? 100 : 150; /* a no-break space, £, €, ’, – … */
    if (c >= 0xC0 && c <= 0xDE && prev >= 'a' && prev <= 'z')
        return 160;
    if (is_letter(prev) || is_letter(next))
        return alone ? 90 : 120;
    return alone ? 120 : 150;
}

static const struct candidate candidates[] = {
    { "Big5", "windows-950", GX_CHARS_HANT, 0xA440, 0xC67E, 0, chinese_cost },
    { "GB18030", "gb18030", GX_CHARS_HANS, 0xB0A1, 0xD7F9, 10, chinese_cost },
    { "Shift-JIS", "windows-31j", GX_CHARS_KANJI, 0x889F, 0x9872, 10, japanese_cost },
    { "EUC-JP", "EUC-JP", GX_CHARS_KANJI, 0xB0A1, 0xCFD3, 40, japanese_cost },
    { "EUC-KR", "windows-949", GX_CHARS_HANGUL, 0xB0A1, 0xC8FE, 20, korean_cost },
    { "TIS-620", "windows-874", NULL, 0, 0, 20, thai_cost },
    { "windows-1252", "windows-1252", NULL, 0, 0, 10, latin_cost },
};

/* Decode into UTF-16; what cannot be decoded is U+FFFD. */
static struct text decode(struct gx_arena *arena, UConverter *cnv, struct gx_str sample)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar *out = gx_arena_alloc(arena, (sample.n + 1) * sizeof *out);
    int32_t n =
        ucnv_toUChars(cnv, out, (int32_t)sample.n + 1, sample.p, (int32_t)sample.n, &status);
    return (struct text){ .p = out, .n = U_SUCCESS(status) ? (size_t)n : 0 };
}

/* Was this character one of the first level?  Its bytes tell, so it goes back through the table. */
static bool is_first(const struct candidate *k, UConverter *cnv, UChar32 c)
{
    UChar wide[1] = { (UChar)c };
    char bytes[8];
    UErrorCode status = U_ZERO_ERROR;
    if (!k->level_from || c > 0xFFFF || (!is_han(c) && !is_hangul(c)))
        return false;
    int got = ucnv_fromUChars(cnv, bytes, sizeof bytes, wide, 1, &status);
    return U_SUCCESS(status) && first_level(bytes, got, k->level_from, k->level_to);
}

/* Letters and digits are common, other signs are not: half of a wide character may look so. */
static int ascii_cost(UChar32 c)
{
    bool usual = is_letter(c) || (c >= '0' && c <= '9') || strchr(" ,;\t\r\n\"", (int)c);
    return usual ? COST_ASCII : COST_ASCII_SIGN;
}

static int64_t cost(struct gx_arena *arena, const struct candidate *k, struct gx_str sample)
{
    UConverter *cnv = gx_converter_open(k->converter);
    if (!cnv)
        return INT64_MAX;
    const struct common *common = k->chars ? common_new(arena, k->chars) : NULL;
    struct text t = decode(arena, cnv, sample);
    int64_t sum = k->prior;
    for (size_t i = 0; i < t.n;) {
        UChar32 c = t.p[i];
        t.at = i++;
        if (c >= 0xD800 && c <= 0xDBFF && i < t.n && U16_IS_TRAIL(t.p[i]))
            c = U16_GET_SUPPLEMENTARY(c, t.p[i++]);
        bool is_common = common && has(common, c);
        if (c < 0x80)
            sum += ascii_cost(c);
        else if (c == 0xFFFD)
            sum += COST_BROKEN;
        else
            sum += k->cost(&t, c, is_common, !is_common && is_first(k, cnv, c));
        if (k->chars && c >= 0x80 && i < t.n && t.p[i] >= 'a' && t.p[i] <= 'z')
            sum += COST_GLUED;
    }
    ucnv_close(cnv);
    return t.n ? sum : INT64_MAX;
}

/* ICU's own detector: a little off for what it names. */
static void add_voice(struct gx_str sample, int64_t *costs)
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
                (strcmp(name, "ISO-8859-1") == 0 && candidates[k].cost == latin_cost))
                costs[k] -= VOICE * confidence / 100;
    }
    ucsdet_close(detector);
}

struct gx_encoding gx_encoding_score(struct gx_arena *arena, struct gx_str sample)
{
    int64_t costs[GX_COUNT(candidates)];
    size_t best = 0;
    for (size_t k = 0; k < GX_COUNT(candidates); k++)
        costs[k] = cost(arena, &candidates[k], sample);
    add_voice(sample, costs);
    for (size_t k = 1; k < GX_COUNT(candidates); k++)
        if (costs[k] < costs[best])
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
        if ((lead >= 0x87 && lead <= 0xA0) || (lead == 0xC6 && trail >= 0xA1) || lead == 0xC7 ||
            lead == 0xC8 || (lead == 0xF9 && trail >= 0xD6) || lead >= 0xFA)
            return true;
        i++;
    }
    return false;
}
