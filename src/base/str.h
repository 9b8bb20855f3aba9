/*
 * str.h - a string is a pointer and a length.
 *
 * Strings are not owned by this type and need no terminating zero; whoever allocated the
 * bytes (an arena, a literal, a request buffer) decides how long they live.
 *
 * Layer: base.
 */
#ifndef GX_BASE_STR_H
#define GX_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct gx_str {
    const char *p;
    size_t n;
};

/* A literal as a string; GX_STR_INIT is the same for static tables. */
#define GX_STR(lit) ((struct gx_str){ "" lit, sizeof(lit) - 1 })
#define GX_STR_INIT(lit)                                                                           \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    }
#define GX_COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* For printf("%.*s"). */
#define GX_STR_ARG(s) (int)(s).n, (s).p

/* A zero-terminated string as a gx_str; NULL gives the empty string. */
struct gx_str gx_str_c(const char *z);
bool gx_str_eq(struct gx_str a, struct gx_str b);
/* Compare with a zero-terminated literal. */
bool gx_str_is(struct gx_str a, const char *z);
/* memcmp order, shorter first. */
int gx_str_cmp(struct gx_str a, struct gx_str b);
bool gx_str_starts(struct gx_str s, struct gx_str prefix);
bool gx_str_ends(struct gx_str s, struct gx_str suffix);
/* Bytes from `from` (clamped) to the end. */
struct gx_str gx_str_from(struct gx_str s, size_t from);
/* Without ASCII white space (space, tab, CR, LF) at both ends. */
struct gx_str gx_str_trim(struct gx_str s);
/* Index of the first `c`, or s.n. */
size_t gx_str_find(struct gx_str s, char c);
/* Index of the first `needle`, or SIZE_MAX. */
size_t gx_str_search(struct gx_str s, struct gx_str needle);
/* ASCII case-insensitive equality, for HTTP header names and keywords. */
bool gx_str_ieq(struct gx_str a, struct gx_str b);
/*
 * Take the next piece up to `sep` off the front of *rest.  False when nothing is left.
 * "a,,b" gives "a", "", "b".
 */
bool gx_str_split(struct gx_str *rest, char sep, struct gx_str *ret_piece);
/* Whole string as a signed decimal integer; false if it is not one or does not fit. */
bool gx_str_int64(struct gx_str s, int64_t *ret_value);
/* FNV-1a, 64 bits: stays what it is, so it may be stored.  Not against attackers. */
uint64_t gx_str_hash(struct gx_str s);
/* For tables in memory only: eight bytes a step, since statements and keys run to kilobytes. */
uint64_t gx_str_hash_quick(struct gx_str s);

#endif
