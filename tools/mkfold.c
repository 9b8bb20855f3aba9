/*
 * mkfold.c - print the table of src/base/fold.h as C.
 *
 * Runs at build time with ICU.  For each code point the replacement is taken to its end, so
 * that folding a folded text changes nothing; the program checks that before it prints.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/fold.h"

enum {
    TEXT_UNITS_MAX = 64,
    CODE_POINTS = 0x110000,
    BLOCK_CELLS = 1 << GX_FOLD_BLOCK_BITS,
    PAGES = CODE_POINTS / BLOCK_CELLS,
    ROUNDS_MAX = 8,
};

struct text {
    UChar p[TEXT_UNITS_MAX];
    int32_t n;
};

/* Letters and signs that no Unicode table takes together; from, to, a space between pairs. */
static const char *const own_pairs[] = {
    /* Letters with a stroke, and ligatures that are letters. */
    "ıi đd ðd øo łl ħh ŧt ƶz æae œoe þth",
    /* What a word processor makes of ' " and -. */
    "’' ‘' ‛' ʼ' ´' `' “\" ”\" „\" ‐- ‑- ‒- –- —- ―- −-",
    /* Variants used side by side in Taiwan and Hong Kong that ICU keeps apart. */
    "峯峰 敎教 眞真 査查 𠮷吉 髙高 﨑崎 榦干 妳你 隷隶 圀国 囯国 硷碱 锺钟 艶艳 犂犁 晳晰 跡迹 "
    "畧略 畊耕 礮炮 恊协 勅敕 曁暨 旣既 卽即 飮饮 靑青 淸清 郞郎 愼慎 鎭镇 顚颠 塡填 槪概 "
    "巻卷 亙亘 苎苎 苧苎 薴苎 冨富 嶋岛 嶌岛 珎珍 甦苏 牠它 寳宝 凃涂",
    /* Japanese forms of the characters most common in names. */
    "呉吴 戸户 録录 邉边 辺边 沢泽 斎斋 広广 浜滨 桜樱 竜龙 塩盐 関关 栄荣 恵惠 徳德 実实 戦战 "
    "発发 豊丰 鉄铁 駅驿 黒黑 歩步 毎每 薬药 郷乡 権权 渋涩 穂穗 総总 緑绿 縄绳 壊坏 懐怀 "
    "瀬濑 頼赖 徴征 応应 亜亚 悪恶 囲围 壱壹 円圆 圧压 覚觉 楽乐 気气 帰归 拠据 挙举 "
    "経经 軽轻 検检 県县 験验 顕显 剣剑 鉱矿 済济 剤剂 雑杂 従从 焼烧 証证 条条 浄净 畳叠 譲让 "
    "図图 粋粹 砕碎 銭钱 増增 蔵藏 続续 対对 帯带 滝泷 択择 単单 団团 鋳铸 庁厅 聴听 転转 "
    "伝传 読读 売卖 変变 満满 様样 両两 猟猎 塁垒 霊灵 労劳 仏佛 払拂 抜拔 嶽岳",
};
static UChar32 own_from[512];
static struct text own_to[512];
static int own_count;

static uint16_t cells[CODE_POINTS];
static uint16_t offsets[GX_FOLD_NUMBER + 1];
static unsigned char replacements[1 << 16];
static unsigned replacement_count, replacement_bytes;

static void die(const char *what, UChar32 c)
{
    fprintf(stderr, "mkfold: %s (U+%04X)\n", what, (unsigned)c);
    exit(1);
}

static void ok(UErrorCode error)
{
    if (U_FAILURE(error)) {
        fprintf(stderr, "mkfold: %s\n", u_errorName(error));
        exit(1);
    }
}

static void append(struct text *t, UChar32 c)
{
    if (t->n + 2 > TEXT_UNITS_MAX)
        die("replacement too long", c);
    U16_APPEND_UNSAFE(t->p, t->n, c);
}

static bool same(const struct text *a, const struct text *b)
{
    return a->n == b->n && memcmp(a->p, b->p, (size_t)a->n * sizeof *a->p) == 0;
}

static struct text normalized(const UNormalizer2 *form, const struct text *t)
{
    struct text out;
    UErrorCode error = U_ZERO_ERROR;
    out.n = unorm2_normalize(form, t->p, t->n, out.p, TEXT_UNITS_MAX, &error);
    ok(error);
    return out;
}

/* The code point at *at, one step on. */
static UChar32 next(const struct text *t, int32_t *at)
{
    UChar32 lead = t->p[(*at)++];
    if ((lead & 0xfc00) != 0xd800)
        return lead;
    return U16_GET_SUPPLEMENTARY(lead, t->p[(*at)++]);
}

static void read_own_pair(const char *utf8, int32_t bytes)
{
    struct text pair;
    int32_t at = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strFromUTF8(pair.p, TEXT_UNITS_MAX, &pair.n, utf8, bytes, &error);
    ok(error);
    own_from[own_count] = next(&pair, &at);
    while (at < pair.n)
        append(&own_to[own_count], next(&pair, &at));
    own_count++;
}

static void read_own_pairs(void)
{
    for (size_t i = 0; i < sizeof own_pairs / sizeof *own_pairs; i++)
        for (const char *p = own_pairs[i], *end; *p; p = *end ? end + 1 : end) {
            end = strchrnul(p, ' ');
            read_own_pair(p, (int32_t)(end - p));
        }
}

static const struct text *own_pair(UChar32 c)
{
    for (int i = 0; i < own_count; i++)
        if (own_from[i] == c)
            return &own_to[i];
    return NULL;
}

static bool is_general_mark(UChar32 c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x489) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

static bool is_european(UChar32 c)
{
    UErrorCode error = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &error);
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
}

static struct text without_marks(const struct text *t)
{
    UErrorCode error = U_ZERO_ERROR;
    struct text apart = normalized(unorm2_getNFDInstance(&error), t), out = { .n = 0 };
    UChar32 base = 0x300;
    for (int32_t i = 0; i < apart.n;) {
        UChar32 c = next(&apart, &i);
        if (is_general_mark(c) && (is_general_mark(base) || is_european(base)))
            continue;
        append(&out, c);
        if (u_getCombiningClass(c) == 0)
            base = c;
    }
    return normalized(unorm2_getNFCInstance(&error), &out);
}

static struct text simplified(UTransliterator *hans, const struct text *t)
{
    struct text out = *t;
    UErrorCode error = U_ZERO_ERROR;
    int32_t limit = out.n;
    utrans_transUChars(hans, out.p, &out.n, TEXT_UNITS_MAX, 0, &limit, &error);
    ok(error);
    return out;
}

/* One round of everything on one code point. */
static struct text folded_once(UTransliterator *hans, UChar32 c)
{
    static const struct text space = { { ' ' }, 1 };
    struct text t = { .n = 0 };
    UErrorCode error = U_ZERO_ERROR;
    append(&t, c);
    if (u_isUWhiteSpace(c))
        return space;
    if (own_pair(c))
        return *own_pair(c);
    if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER)
        return (struct text){ { (UChar)('0' + u_charDigitValue(c)) }, 1 };
    /* Thai and Lao AM are one key on the keyboard; taking them apart only hurts. */
    if (c == 0x0e33 || c == 0x0eb3)
        return t;
    struct text wide = normalized(unorm2_getNFKCCasefoldInstance(&error), &t);
    /* Spacing accents would become a space and a mark. */
    if (wide.n > 1 && wide.p[0] == ' ')
        return t;
    wide = without_marks(&wide);
    return u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) ? simplified(hans, &wide) : wide;
}

static struct text folded(UTransliterator *hans, UChar32 c)
{
    struct text t = { .n = 0 };
    UErrorCode error = U_ZERO_ERROR;
    append(&t, c);
    for (int round = 0;; round++) {
        struct text out = { .n = 0 };
        if (round == ROUNDS_MAX)
            die("folding does not come to an end", c);
        for (int32_t i = 0; i < t.n;) {
            UChar32 d = next(&t, &i);
            struct text one = folded_once(hans, d);
            if (out.n + one.n > TEXT_UNITS_MAX)
                die("replacement too long", c);
            memcpy(out.p + out.n, one.p, (size_t)one.n * sizeof *one.p);
            out.n += one.n;
        }
        out = normalized(unorm2_getNFCInstance(&error), &out);
        if (same(&out, &t))
            return t;
        t = out;
    }
}

static bool settled(UChar32 c)
{
    return u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) == UNORM_YES;
}

static unsigned add_replacement(const struct text *t, UChar32 c)
{
    unsigned char bytes[GX_FOLD_LENGTH + 1];
    int32_t n = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8((char *)bytes + 1, GX_FOLD_LENGTH, &n, t->p, t->n, &error);
    ok(error);
    bytes[0] = (unsigned char)n;
    for (int32_t i = 0; i < t->n;) {
        UChar32 d = next(t, &i);
        if (!settled(d) || u_getCombiningClass(d) != 0)
            bytes[0] |= GX_FOLD_COMPLEX;
    }
    size_t size = (size_t)n + 1;
    for (unsigned i = 1; i <= replacement_count; i++)
        if (memcmp(replacements + offsets[i], bytes, size) == 0)
            return i;
    if (replacement_bytes + size > sizeof replacements || replacement_count == GX_FOLD_NUMBER)
        die("too many replacements", c);
    offsets[++replacement_count] = (uint16_t)replacement_bytes;
    memcpy(replacements + replacement_bytes, bytes, size);
    replacement_bytes += (unsigned)size;
    return replacement_count;
}

/* A replacement with a space at an end or much longer than the sign is not worth having. */
static bool acceptable(const struct text *t, UChar32 c)
{
    int32_t n = 0;
    UErrorCode error = U_ZERO_ERROR;
    u_strToUTF8(NULL, 0, &n, t->p, t->n, &error);
    if (n > GX_FOLD_GROWTH_MAX * U8_LENGTH(c))
        return false;
    return t->n < 2 || (t->p[0] != ' ' && t->p[t->n - 1] != ' ');
}

/* What a replacement gives must have none itself. */
static void check_replacements(void)
{
    for (unsigned i = 1; i <= replacement_count; i++) {
        const unsigned char *r = replacements + offsets[i];
        int32_t n = *r++ & GX_FOLD_LENGTH;
        for (int32_t at = 0; at < n;) {
            UChar32 c;
            U8_NEXT(r, at, n, c);
            if ((cells[c] & GX_FOLD_NUMBER) && c != ' ')
                die("a replacement has a replacement", c);
        }
    }
}

static void make_cells(UTransliterator *hans)
{
    for (UChar32 c = 0; c < CODE_POINTS; c++) {
        struct text self = { .n = 0 };
        if ((c >= 0xd800 && c <= 0xdfff) ||
            (!u_isdefined(c) && !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)))
            continue;
        append(&self, c);
        struct text to = folded(hans, c);
        unsigned number = same(&to, &self) || !acceptable(&to, c) ? 0 : add_replacement(&to, c);
        cells[c] = (uint16_t)(number | (settled(c) ? 0 : GX_FOLD_UNSETTLED) |
                              (u_getCombiningClass(c) ? GX_FOLD_MARK : 0));
    }
    check_replacements();
}

static void print_numbers(const char *head, const uint16_t *p, unsigned n)
{
    printf("%s = {", head);
    for (unsigned i = 0; i < n; i++)
        printf("%s%u,", i % 20 ? "" : "\n", p[i]);
    printf("\n};\n");
}

static void print_table(void)
{
    static uint16_t blocks[CODE_POINTS], pages[PAGES];
    unsigned block_count = 0;
    for (unsigned page = 0; page < PAGES; page++) {
        const uint16_t *have = cells + page * BLOCK_CELLS;
        unsigned b = 0;
        while (b < block_count &&
               memcmp(blocks + b * BLOCK_CELLS, have, sizeof *have * BLOCK_CELLS))
            b++;
        if (b == block_count)
            memcpy(blocks + block_count++ * BLOCK_CELLS, have, sizeof *have * BLOCK_CELLS);
        pages[page] = (uint16_t)b;
    }
    printf("/* Made by tools/mkfold.c from ICU %s. */\n#include \"base/fold.h\"\n\n",
           U_ICU_VERSION);
    print_numbers("const uint16_t gx_fold_pages[]", pages, PAGES);
    print_numbers("const uint16_t gx_fold_cells[]", blocks, block_count * BLOCK_CELLS);
    print_numbers("const uint16_t gx_fold_offsets[]", offsets, replacement_count + 1);
    printf("const unsigned char gx_fold_replacements[] = {");
    for (unsigned i = 0; i < replacement_bytes; i++)
        printf("%s%u,", i % 20 ? "" : "\n", replacements[i]);
    printf("\n};\n");
}

int main(void)
{
    UErrorCode error = U_ZERO_ERROR;
    UTransliterator *hans = utrans_openU(u"Hant-Hans", -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    ok(error);
    read_own_pairs();
    make_cells(hans);
    print_table();
    utrans_close(hans);
    return 0;
}
