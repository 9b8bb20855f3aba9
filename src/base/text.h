/*
 * text.h - what counts as the same text, the same word, the earlier name.
 *
 * Three forms of a text, all made here and nowhere else, so that filter, search, duplicate
 * check and import agree:
 *   clean  what is stored: valid UTF-8 in NFC;
 *   fold   what is compared: case, accents, full/half width, digits of other scripts, curly
 *          quotes and dashes, Traditional/Simplified (and 臺/台) folded away, runs of white
 *          space made one, none at the ends;
 *   sort   a byte key whose memcmp order is the order people expect (ICU, Chinese by stroke).
 *
 * Layer: base.  Thread-safe.
 */
#ifndef GX_BASE_TEXT_H
#define GX_BASE_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { GX_TEXT_SORT_CHARS_MAX = 200 };

/* Number of code points; the text must be valid UTF-8. */
size_t gx_text_length(struct gx_str s);
/* Valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). */
bool gx_text_valid(struct gx_str s);
/*
 * NFC of `s`.  Returns `s` itself when it is already NFC.  NUL and other control characters
 * except tab and line feed are kept as they are: nothing a user typed is lost.
 * GX_E_INVALID: not valid UTF-8.
 */
GX_NODISCARD enum gx_code gx_text_clean(struct gx_arena *arena, struct gx_str s,
                                        struct gx_str *ret_clean);
/* The compared form; `s` must be valid.  Pure ASCII takes a fast path. */
struct gx_str gx_text_fold(struct gx_arena *arena, struct gx_str s);
/* The same appended to a buffer. */
void gx_text_fold_add(struct gx_buf *out, struct gx_str s);
/* The sort key bytes of the first GX_TEXT_SORT_CHARS_MAX code points; `s` must be valid. */
struct gx_str gx_text_sort_key(struct gx_arena *arena, struct gx_str s);
/* Decode one code point at s.p (s.n > 0); *ret_len is 1 to 4.  Valid text only. */
uint32_t gx_text_decode(struct gx_str s, size_t *ret_len);
/* Append a code point as UTF-8. */
void gx_text_encode(struct gx_buf *out, uint32_t code_point);

/*
 * How near two texts are, from 0 (nothing alike) to 1000 (the same after folding); for
 * "did you mean".  Damerau-Levenshtein on code points of the folded forms with spaces and
 * punctuation ignored.  Texts longer than 200 code points are 0 unless equal.
 */
int gx_text_near(struct gx_str a, struct gx_str b);

#endif
