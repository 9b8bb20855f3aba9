/*
 * scan.h - find the next byte of a JSON string that needs attention, eight bytes at a time.
 *
 * Strings are most of any JSON, and most of their bytes stand for themselves.  Both functions
 * look at a machine word at once: a byte below 0x20, or equal to a wanted one, leaves its top
 * bit set in the mask; the lowest such bit is exact, higher ones may be carries.
 *
 * Layer: json.
 */
#ifndef GX_JSON_SCAN_H
#define GX_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define GX_JSON_ONES (~UINT64_C(0) / 255) /* 0x01 in every byte */
#define GX_JSON_TOPS (GX_JSON_ONES << 7)  /* 0x80 in every byte */

/* Eight bytes, the first in the lowest place. */
static inline uint64_t gx_json_load(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

static inline uint64_t gx_json_below_space(uint64_t word)
{
    return (word - GX_JSON_ONES * 0x20) & ~word & GX_JSON_TOPS;
}

/* `byte` must be below 0x80. */
static inline uint64_t gx_json_equals(uint64_t word, uint64_t byte)
{
    uint64_t zero = word ^ (GX_JSON_ONES * byte);
    return (zero - GX_JSON_ONES) & ~zero & GX_JSON_TOPS;
}

/* For the reader: the first quote, backslash or control byte; *ret_wide: 0x80 and up before it. */
static inline const char *gx_json_scan_string(const char *p, const char *end, bool *ret_wide)
{
    uint64_t wide = 0;
    while (end - p >= 8) {
        uint64_t word = gx_json_load(p);
        uint64_t hit =
            gx_json_equals(word, '"') | gx_json_equals(word, '\\') | gx_json_below_space(word);
        if (hit) {
            uint64_t lowest = hit & (0 - hit);
            *ret_wide |= ((wide | (word & (lowest - 1))) & GX_JSON_TOPS) != 0;
            return p + __builtin_ctzll(hit) / 8;
        }
        wide |= word;
        p += 8;
    }
    for (; p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20; p++)
        wide |= (uint64_t)(unsigned char)*p;
    *ret_wide |= (wide & GX_JSON_TOPS) != 0;
    return p;
}

/* For the writer: the first byte that may need an escape (0xE2 begins U+2028), or `end`. */
static inline const char *gx_json_scan_plain(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t word = gx_json_load(p);
        /* 0xE2 is looked for as 0x62 in the low seven bits; only a wide byte counts. */
        uint64_t e2 =
            (GX_JSON_TOPS - ((word ^ (GX_JSON_ONES * 0x62)) & ~GX_JSON_TOPS)) & word & GX_JSON_TOPS;
        uint64_t hit = gx_json_equals(word, '"') | gx_json_equals(word, '\\') |
                       gx_json_equals(word, '<') | gx_json_below_space(word) | e2;
        if (hit)
            return p + __builtin_ctzll(hit) / 8;
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && *p != '<' && *p != '\xe2' &&
           (unsigned char)*p >= 0x20)
        p++;
    return p;
}

#endif
