/* text.c - UTF-8, NFC and likeness; see text.h.  Folding is in text_fold.c. */
#include "base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/assert.h"
#include "base/fold.h"

enum { NEAR_CHARS_MAX = 200 };

static const uint64_t HIGH_BITS = UINT64_C(0x8080808080808080);

/* Bytes from `from` on that are ASCII, in steps of eight. */
static size_t ascii_words(struct gx_str s, size_t from)
{
    size_t i = from;
    for (uint64_t word; s.n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        if (word & HIGH_BITS)
            break;
    }
    return i;
}

size_t gx_text_length(struct gx_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

/* Length of the well-formed sequence at p (Unicode, table 3-7), or 0. */
static size_t sequence_length(const unsigned char *p, size_t n)
{
    unsigned low = 0x80, high = 0xbf;
    size_t length = 2;
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    if (p[0] >= 0xe0) {
        length = p[0] >= 0xf0 ? 4 : 3;
        if (p[0] == 0xe0)
            low = 0xa0;
        else if (p[0] == 0xed)
            high = 0x9f;
        else if (p[0] == 0xf0)
            low = 0x90;
        else if (p[0] == 0xf4)
            high = 0x8f;
    }
    if (n < length || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool gx_text_valid(struct gx_str s)
{
    for (size_t i = 0; i < s.n;) {
        if ((unsigned char)s.p[i] < 0x80) {
            size_t next = ascii_words(s, i);
            i = next > i ? next : i + 1;
            continue;
        }
        size_t n = sequence_length((const unsigned char *)s.p + i, s.n - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

uint32_t gx_text_decode(struct gx_str s, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)s.p;
    gx_assert(s.n > 0);
    if (p[0] < 0x80) {
        *ret_len = 1;
        return p[0];
    }
    size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    gx_assert(s.n >= n);
    *ret_len = n;
    if (n == 2)
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    if (n == 3)
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
}

void gx_text_encode(struct gx_buf *out, uint32_t code_point)
{
    utf8proc_uint8_t bytes[4];
    gx_assert(code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff));
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)code_point, bytes);
    gx_buf_add(out, (struct gx_str){ (const char *)bytes, (size_t)n });
}

/* The NFC quick check: true when certainly NFC.  `s` is valid. */
static bool certainly_nfc(struct gx_str s)
{
    int last_class = 0;
    for (size_t i = 0; i < s.n;) {
        if ((unsigned char)s.p[i] < 0x80) {
            size_t next = ascii_words(s, i);
            i = next > i ? next : i + 1;
            last_class = 0;
            continue;
        }
        size_t n;
        uint32_t c = gx_text_decode(gx_str_from(s, i), &n);
        unsigned cell = gx_fold_cell(c);
        int class = 0;
        if (cell & GX_FOLD_UNSETTLED)
            return false;
        if (cell & GX_FOLD_MARK) {
            class = utf8proc_get_property((utf8proc_int32_t)c)->combining_class;
            if (class < last_class)
                return false;
        }
        last_class = class;
        i += n;
    }
    return true;
}

enum gx_code gx_text_clean(struct gx_arena *arena, struct gx_str s, struct gx_str *ret_clean)
{
    if (!gx_text_valid(s))
        return GX_E_INVALID;
    if (certainly_nfc(s)) {
        *ret_clean = s;
        return GX_OK;
    }
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &nfc,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    gx_assert(n >= 0); /* the text is valid, so only memory could be missing */
    struct gx_str result = { (const char *)nfc, (size_t)n };
    *ret_clean = gx_str_eq(result, s) ? s : gx_arena_str(arena, result);
    free(nfc);
    return GX_OK;
}

/* Letters and digits of a folded text.  False if there are more than NEAR_CHARS_MAX. */
static bool near_chars(struct gx_str folded, uint32_t *chars, size_t *ret_count)
{
    size_t count = 0, n;
    for (size_t i = 0; i < folded.n; i += n) {
        uint32_t c = gx_text_decode(gx_str_from(folded, i), &n);
        utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
        if (category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO)
            continue;
        if (category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_CC)
            continue;
        if (count == NEAR_CHARS_MAX)
            return false;
        chars[count++] = c;
    }
    *ret_count = count;
    return true;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t d = a < b ? a : b;
    return d < c ? d : c;
}

/* Insertions, deletions, changes and swaps of neighbours that make b of a. */
static size_t edits(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    size_t rows[3][NEAR_CHARS_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_count; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_count; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_count; j++) {
            bool same = a[i - 1] == b[j - 1];
            now[j] = smallest(last[j] + 1, now[j - 1] + 1, last[j - 1] + !same);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = smallest(now[j], before[j - 2] + 1, now[j]);
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_count];
}

int gx_text_near(struct gx_str a, struct gx_str b)
{
    struct gx_buf fold_a = { 0 }, fold_b = { 0 };
    uint32_t chars_a[NEAR_CHARS_MAX], chars_b[NEAR_CHARS_MAX];
    size_t count_a = 0, count_b = 0;
    int near = 0;
    gx_text_fold_add(&fold_a, a);
    gx_text_fold_add(&fold_b, b);
    if (gx_str_eq(gx_buf_str(&fold_a), gx_buf_str(&fold_b))) {
        near = 1000;
    } else if (near_chars(gx_buf_str(&fold_a), chars_a, &count_a) &&
               near_chars(gx_buf_str(&fold_b), chars_b, &count_b) && count_a && count_b) {
        size_t longest = count_a > count_b ? count_a : count_b;
        near = (int)(1000 - 1000 * edits(chars_a, count_a, chars_b, count_b) / longest);
    }
    gx_buf_free(&fold_a);
    gx_buf_free(&fold_b);
    return near;
}
