/*
 * decode.h - a file in any encoding as a stream of UTF-8, and the guess which encoding it is.
 *
 * UTF-8 passes through untouched (broken bytes included: the reader of cells reports them).
 * Everything else goes through ICU's converters; what cannot be converted becomes U+FFFD.
 *
 * The guess: a byte order mark; NULs in the pattern of UTF-16; strict UTF-8; then the file's
 * lines beyond ASCII are decoded with each candidate and scored by how common the resulting
 * characters are in the texts of that region (decode_score.c), with ICU's detector as one voice.
 *
 * Layer: sheet, internal.
 */
#ifndef GX_SHEET_DECODE_H
#define GX_SHEET_DECODE_H

#include "base/buf.h"
#include "sheet/source.h"

struct UConverter;

enum { GX_DECODE_RAW_BYTES = 64 << 10 };

struct gx_encoding {
    struct gx_str name;    /* as shown to people; "UTF-8" for plain ASCII */
    const char *converter; /* ICU's name; NULL: UTF-8 */
    int64_t bom_bytes;     /* to skip at the start of the file */
    bool sure;             /* not guessed from statistics */
    bool damaged;          /* UTF-8, but some bytes are not */
};

/* GX_E_IO. */
GX_NODISCARD enum gx_code gx_encoding_detect(struct gx_ctx *ctx, const struct gx_source *source,
                                             struct gx_encoding *ret_encoding);
/* The encoding of that name, or of one of its usual aliases.  GX_E_INVALID: nobody knows it. */
GX_NODISCARD enum gx_code gx_encoding_named(struct gx_ctx *ctx, const struct gx_source *source,
                                            struct gx_str name, struct gx_encoding *ret_encoding);
/* The best candidate for some non-ASCII bytes that are not UTF-8. */
struct gx_encoding gx_encoding_score(struct gx_arena *arena, struct gx_str sample);
/* Big5 text that uses the Hong Kong range, which windows-950 would put into private use. */
bool gx_encoding_is_hkscs(struct gx_str sample);

/* ICU's converter of that name, U+FFFD for every bad sequence; NULL: there is none. */
struct UConverter *gx_converter_open(const char *name);

struct gx_decoder {
    struct gx_source *source;
    struct UConverter *converter; /* NULL: UTF-8 */
    int64_t bom_bytes;
    char *raw;          /* GX_DECODE_RAW_BYTES, when converting */
    uint16_t *wide;     /* the same number of UTF-16 units and one */
    uint16_t surrogate; /* first half of a pair cut by the buffer's end, or 0 */
    bool ended;
};

/* Lives in ctx->arena. */
GX_NODISCARD enum gx_code gx_decoder_open(struct gx_ctx *ctx, struct gx_source *source,
                                          const struct gx_encoding *encoding,
                                          struct gx_decoder *ret_decoder);
void gx_decoder_rewind(struct gx_decoder *decoder);
/*
 * Append the next piece as UTF-8; *ret_end when there was none left.  GX_E_IO; GX_E_LIMIT: `out`
 * may not grow further.
 */
GX_NODISCARD enum gx_code gx_decoder_fill(struct gx_ctx *ctx, struct gx_decoder *decoder,
                                          struct gx_buf *out, size_t n, bool *ret_end);

#endif
