/* token_read.c - text into folded characters; see token_int.h. */
#include "base/token_int.h"

#include <unicode/uscript.h>
#include <utf8proc.h>

#include "base/fold.h"
#include "base/text.h"

enum {
    /* A character and its marks; longer ones are cut, and no token goes over the cut. */
    UNIT_BYTES_MAX = 128,
    UNIT_CHARS_MAX = 256,
};

static enum gx_token_kind script_kind(uint32_t c)
{
    UErrorCode error = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)c, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_KATAKANA_OR_HIRAGANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
    case USCRIPT_YI:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
        return GX_TOKEN_PAIR;
    case USCRIPT_INHERITED:
        return GX_TOKEN_BREAK;
    default:
        return GX_TOKEN_WORD;
    }
}

static enum gx_token_kind kind_of(uint32_t c, enum gx_token_kind before)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? GX_TOKEN_WORD : GX_TOKEN_BREAK;
    if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3041 && c <= 0x309a) || c == 0x30fc)
        return GX_TOKEN_PAIR;
    /* Repetition marks, Han numerals and tone marks belong to no script in particular. */
    if ((c >= 0x3005 && c <= 0x3007) || (c >= 0x3021 && c <= 0x302f) ||
        (c >= 0x3031 && c <= 0x3035) || (c >= 0x3038 && c <= 0x303c))
        return GX_TOKEN_PAIR;
    switch (utf8proc_category((utf8proc_int32_t)c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: {
        enum gx_token_kind kind = script_kind(c);
        return kind == GX_TOKEN_BREAK ? GX_TOKEN_WORD : kind;
    }
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: {
        /* Marks of every script go on with a word but do not begin one. */
        enum gx_token_kind kind = script_kind(c);
        return kind == GX_TOKEN_BREAK && before == GX_TOKEN_WORD ? GX_TOKEN_WORD : kind;
    }
    case UTF8PROC_CATEGORY_SO:
        return c >= 0x1f000 ? GX_TOKEN_PAIR : GX_TOKEN_BREAK; /* pictures are words too */
    default:
        return GX_TOKEN_BREAK;
    }
}

static void add(struct gx_token_reader *r, uint32_t c, size_t from, size_t to)
{
    if (r->count == GX_TOKEN_STRETCH_CHARS)
        return;
    enum gx_token_kind before = r->count ? r->chars[r->count - 1].kind : GX_TOKEN_BREAK;
    r->chars[r->count++] = (struct gx_token_char){
        .c = c,
        .from = (uint32_t)(from - r->start),
        .to = (uint32_t)(to - r->start),
        .kind = kind_of(c, before),
    };
}

static void add_all(struct gx_token_reader *r, struct gx_str folded, size_t from, size_t to)
{
    for (size_t i = 0, n; i < folded.n; i += n)
        add(r, gx_text_decode(gx_str_from(folded, i), &n), from, to);
}

/* What the table makes of `c`: false when `c` stays. */
static bool replacement(uint32_t c, struct gx_str *ret_text, bool *ret_complex)
{
    unsigned number = gx_fold_cell(c) & GX_FOLD_NUMBER;
    if (number == 0)
        return false;
    const unsigned char *r = gx_fold_replacements + gx_fold_offsets[number];
    *ret_text = (struct gx_str){ (const char *)r + 1, *r & GX_FOLD_LENGTH };
    *ret_complex = *r & GX_FOLD_COMPLEX;
    return true;
}

/* May join the character before it, or vanishes. */
static bool goes_on(uint32_t c)
{
    struct gx_str text = { 0 };
    bool complex = false;
    if (gx_fold_cell(c) & (GX_FOLD_UNSETTLED | GX_FOLD_MARK))
        return true;
    return replacement(c, &text, &complex) && (complex || text.n == 0);
}

static bool is_space(uint32_t c)
{
    struct gx_str text = { 0 };
    bool complex = false;
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r');
    return replacement(c, &text, &complex) && gx_str_is(text, " ");
}

/* The end of the character at `from` with all that goes on it; *ret_cut when it is cut there. */
static size_t unit_end(struct gx_str text, size_t from, size_t first, bool *ret_cut)
{
    size_t to = from + first, n;
    *ret_cut = false;
    while (to < text.n && (unsigned char)text.p[to] >= 0x80) {
        if (!goes_on(gx_text_decode(gx_str_from(text, to), &n)))
            break;
        if (to + n - from > UNIT_BYTES_MAX) {
            *ret_cut = true;
            break;
        }
        to += n;
    }
    return to;
}

/* A character that something goes on, or that goes on nothing itself. */
static void add_unit(struct gx_token_reader *r, uint32_t first, size_t from, size_t to)
{
    /* Folding takes white space off the ends, but it is a border. */
    if (is_space(first))
        add(r, ' ', from, to);
    gx_buf_clear(&r->memory);
    gx_text_fold_add(&r->memory, (struct gx_str){ r->text.p + from, to - from });
    add_all(r, gx_buf_str(&r->memory), from, to);
}

void gx_token_read(struct gx_token_reader *r)
{
    size_t i = r->start;
    r->count = 0;
    while (i < r->text.n && r->count + UNIT_CHARS_MAX <= GX_TOKEN_STRETCH_CHARS) {
        size_t n, to;
        bool cut, complex = false;
        struct gx_str folded = { 0 };
        uint32_t c = gx_text_decode(gx_str_from(r->text, i), &n);
        to = unit_end(r->text, i, n, &cut);
        if (to > i + n || (c >= 0x80 && goes_on(c)))
            add_unit(r, c, i, to);
        else if (c < 0x80)
            add(r, c >= 'A' && c <= 'Z' ? c | 0x20 : c, i, to);
        else if (replacement(c, &folded, &complex))
            add_all(r, folded, i, to);
        else
            add(r, c, i, to);
        if (cut)
            add(r, ' ', to, to);
        i = to;
    }
    r->last = i >= r->text.n;
}
