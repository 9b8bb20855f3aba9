/*
 * text_fold.c - the compared form of a text; see text.h.
 *
 * fold(s) is NFC(replace(NFC(s))), where replace() takes each code point through the table of
 * fold.h.  Nearly every text is NFC before and after, so one pass over the table does it; only
 * where a code point might join another or change its place does the long way run.
 */
#include "base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/assert.h"
#include "base/fold.h"

enum {
    SMALL_BYTES = 256, /* texts up to this size need no memory of their own */
    WORD_BYTES = 8,
};

/* The same byte eight times. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

struct fold {
    char *out; /* GX_FOLD_GROWTH_MAX times the input fits */
    size_t n;
    bool after_space; /* at the start too */
    bool complex;     /* the result may not be NFC */
    int last_class;
};

/*
 * Lower-case eight ASCII characters at once.  False, and nothing done, when one is not ASCII,
 * is a control character or would make a second space in a row.
 */
static bool fold_word(struct fold *f, const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    if (word & EACH(0x80))
        return false;
    /* Bit 7 of each byte of a sum is a comparison: no sum here carries into the next byte. */
    uint64_t blank = ~(word + EACH(0x80 - 0x21)) & EACH(0x80);
    if (blank) {
        uint64_t space = ~((word ^ EACH(' ')) + EACH(0x7f)) & EACH(0x80);
        if (blank != space || (space & (space << 8)) || (f->after_space && (space & 0x80)))
            return false;
    }
    uint64_t upper = (word + EACH(0x80 - 'A')) & ~(word + EACH(0x80 - 'Z' - 1)) & EACH(0x80);
    word |= upper >> 2;
    memcpy(f->out + f->n, &word, sizeof word);
    f->n += sizeof word;
    f->after_space = blank >> 63;
    f->last_class = 0;
    return true;
}

static void fold_space(struct fold *f)
{
    if (!f->after_space)
        f->out[f->n++] = ' ';
    f->after_space = true;
    f->last_class = 0;
}

static void fold_byte(struct fold *f, char c)
{
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
        fold_space(f);
        return;
    }
    f->out[f->n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    f->after_space = false;
    f->last_class = 0;
}

/* Take over `n` bytes that stand for code point `c`. */
static void fold_bytes(struct fold *f, const char *p, size_t n)
{
    memcpy(f->out + f->n, p, n);
    f->n += n;
    f->after_space = false;
}

static void fold_code_point(struct fold *f, const char *p, size_t n, uint32_t c)
{
    unsigned cell = gx_fold_cell(c), number = cell & GX_FOLD_NUMBER;
    int class = 0;
    if (cell & GX_FOLD_UNSETTLED)
        f->complex = true;
    if (cell & GX_FOLD_MARK) {
        class = utf8proc_get_property((utf8proc_int32_t)c)->combining_class;
        if (class < f->last_class)
            f->complex = true;
    }
    if (number == 0) {
        fold_bytes(f, p, n);
        f->last_class = class;
        return;
    }
    const unsigned char *r = gx_fold_replacements + gx_fold_offsets[number];
    size_t length = *r & GX_FOLD_LENGTH;
    if (*r & GX_FOLD_COMPLEX)
        f->complex = true;
    if (length == 1 && r[1] == ' ') {
        fold_space(f);
    } else if (length) {
        fold_bytes(f, (const char *)r + 1, length);
        f->last_class = 0;
    }
}

/* One pass; *f has its memory.  A trailing space is taken off. */
static void fold_pass(struct fold *f, struct gx_str s)
{
    f->after_space = true;
    for (size_t i = 0, n; i < s.n; i += n) {
        n = WORD_BYTES;
        if (s.n - i >= WORD_BYTES && fold_word(f, s.p + i))
            continue;
        n = 1;
        if ((unsigned char)s.p[i] < 0x80) {
            fold_byte(f, s.p[i]);
            continue;
        }
        uint32_t c = gx_text_decode(gx_str_from(s, i), &n);
        fold_code_point(f, s.p + i, n, c);
    }
    if (f->n && f->after_space)
        f->n--;
}

/* NFC in memory to be freed. */
static struct gx_str nfc(struct gx_str s)
{
    utf8proc_uint8_t *p = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &p,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    gx_assert(n >= 0); /* the text is valid, so only memory could be missing */
    return (struct gx_str){ (const char *)p, (size_t)n };
}

static char *room_for(struct gx_buf *memory, size_t n)
{
    memory->max = SIZE_MAX;
    gx_assert(n <= SIZE_MAX / GX_FOLD_GROWTH_MAX);
    gx_assert(gx_buf_reserve(memory, n * GX_FOLD_GROWTH_MAX));
    return memory->p;
}

/* The long way: normalise before and after. */
static void fold_complex(struct gx_buf *memory, struct gx_str s)
{
    struct gx_str before = nfc(s);
    struct fold f = { .out = room_for(memory, before.n) };
    fold_pass(&f, before);
    struct gx_str after = nfc((struct gx_str){ f.out, f.n });
    gx_buf_clear(memory);
    gx_buf_add(memory, after);
    free((void *)(uintptr_t)before.p);
    free((void *)(uintptr_t)after.p);
}

/* The folded form, in `small` (SMALL_BYTES × GX_FOLD_GROWTH_MAX) or in `memory`. */
static struct gx_str fold(char *small, struct gx_buf *memory, struct gx_str s)
{
    struct fold f = { .out = s.n <= SMALL_BYTES ? small : room_for(memory, s.n) };
    fold_pass(&f, s);
    if (!f.complex)
        return (struct gx_str){ f.out, f.n };
    gx_buf_clear(memory);
    fold_complex(memory, s);
    return gx_buf_str(memory);
}

struct gx_str gx_text_fold(struct gx_arena *arena, struct gx_str s)
{
    char small[SMALL_BYTES * GX_FOLD_GROWTH_MAX];
    struct gx_buf memory = { 0 };
    struct gx_str result = gx_arena_str(arena, fold(small, &memory, s));
    gx_buf_free(&memory);
    return result;
}

void gx_text_fold_add(struct gx_buf *out, struct gx_str s)
{
    char small[SMALL_BYTES * GX_FOLD_GROWTH_MAX];
    struct gx_buf memory = { 0 };
    gx_buf_add(out, fold(small, &memory, s));
    gx_buf_free(&memory);
}
