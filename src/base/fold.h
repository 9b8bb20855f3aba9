/*
 * fold.h - the table behind gx_text_fold(), one cell per code point.
 *
 * tools/mkfold.c writes the table at build time (build/gen/fold.c) from ICU's data: NFKC, full
 * case folding, no marks on Latin, Greek and Cyrillic letters, Traditional to Simplified, and
 * a few pairs of our own.  A cell also says whether the code point can stand in NFC text as it
 * is, so one look-up serves the check for NFC too.
 *
 * Layer: base; only for text*.c.
 */
#ifndef GX_BASE_FOLD_H
#define GX_BASE_FOLD_H

#include <stdint.h>

enum {
    GX_FOLD_BLOCK_BITS = 7,
    /* Cell: a number of a replacement (0: none, the code point stays) and two flags. */
    GX_FOLD_NUMBER = 0x3fff,
    GX_FOLD_UNSETTLED = 0x4000, /* NFC quick check is not Yes: may change or join in NFC */
    GX_FOLD_MARK = 0x8000,      /* has a combining class: order matters */
    /* First byte of a replacement: its length, and whether NFC must look at the result. */
    GX_FOLD_LENGTH = 0x7f,
    GX_FOLD_COMPLEX = 0x80,
    /* A replacement is at most this many times as long as what it replaces. */
    GX_FOLD_GROWTH_MAX = 4,
};

extern const uint16_t gx_fold_pages[];             /* code point >> BLOCK_BITS → block number */
extern const uint16_t gx_fold_cells[];             /* block number, low bits → cell */
extern const uint16_t gx_fold_offsets[];           /* number → place in gx_fold_replacements */
extern const unsigned char gx_fold_replacements[]; /* length byte, UTF-8 bytes */

static inline unsigned gx_fold_cell(uint32_t code_point)
{
    unsigned block = gx_fold_pages[code_point >> GX_FOLD_BLOCK_BITS];
    return gx_fold_cells[(block << GX_FOLD_BLOCK_BITS) |
                         (code_point & ((1u << GX_FOLD_BLOCK_BITS) - 1))];
}

#endif
