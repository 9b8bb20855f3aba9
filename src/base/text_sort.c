/*
 * text_sort.c - sort keys; see text.h.
 *
 * One collator for the whole program: Traditional Chinese by stroke count, but digits and
 * Latin letters before Han (the locale itself puts Han first), case and accents only to break
 * ties.  It is made on first use and never changed after, so threads share it; the pthread_once
 * pair below is the one piece of state, and nobody can see it change.
 */
#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include "base/assert.h"

enum {
    UNITS_MAX = 2 * GX_TEXT_SORT_CHARS_MAX,
    KEY_BYTES = 1024, /* enough for nearly all; longer keys take memory for a moment */
};

static pthread_once_t collator_once = PTHREAD_ONCE_INIT;
static UCollator *collator;

static void collator_open(void)
{
    static const int32_t order[] = { UCOL_REORDER_CODE_NONE };
    UErrorCode error = U_ZERO_ERROR;
    collator = ucol_open("zh_Hant@collation=stroke", &error);
    ucol_setReorderCodes(collator, order, GX_COUNT(order), &error);
    ucol_setStrength(collator, UCOL_TERTIARY);
    gx_assert(U_SUCCESS(error) && collator);
}

/* At most GX_TEXT_SORT_CHARS_MAX code points as UTF-16. */
static int32_t sort_units(struct gx_str s, UChar *units)
{
    int32_t n = 0;
    size_t step;
    for (size_t i = 0, chars = 0; i < s.n && chars < GX_TEXT_SORT_CHARS_MAX; i += step, chars++) {
        uint32_t c = gx_text_decode(gx_str_from(s, i), &step);
        if (c > 0xffff) {
            units[n++] = (UChar)(0xd7c0 + (c >> 10));
            c = 0xdc00 | (c & 0x3ff);
        }
        units[n++] = (UChar)c;
    }
    return n;
}

struct gx_str gx_text_sort_key(struct gx_arena *arena, struct gx_str s)
{
    UChar units[UNITS_MAX];
    uint8_t key[KEY_BYTES];
    pthread_once(&collator_once, collator_open);
    int32_t n = sort_units(s, units);
    int32_t bytes = ucol_getSortKey(collator, units, n, key, KEY_BYTES);
    gx_assert(bytes > 0);
    if (bytes <= KEY_BYTES)
        /* The key ends in a zero byte, which says nothing. */
        return gx_arena_str(arena, (struct gx_str){ (const char *)key, (size_t)bytes - 1 });
    char *large = gx_arena_alloc(arena, (size_t)bytes);
    ucol_getSortKey(collator, units, n, (uint8_t *)large, bytes);
    return (struct gx_str){ large, (size_t)bytes - 1 };
}
