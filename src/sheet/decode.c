/* decode.c - the stream; see decode.h. */
#include "sheet/decode.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "base/assert.h"

/* ICU's own call-back writes U+001A for some encodings, which files contain rightfully. */
static void replace_bad(const void *user, UConverterToUnicodeArgs *args, const char *bytes,
                        int32_t n, UConverterCallbackReason reason, UErrorCode *status)
{
    static const UChar replacement = 0xFFFD;
    (void)user;
    (void)bytes;
    (void)n;
    if (reason > UCNV_IRREGULAR)
        return;
    *status = U_ZERO_ERROR;
    ucnv_cbToUWriteUChars(args, &replacement, 1, 0, status);
}

struct UConverter *gx_converter_open(const char *name)
{
    UErrorCode status = U_ZERO_ERROR;
    UConverter *cnv = ucnv_open(name, &status);
    ucnv_setToUCallBack(cnv, replace_bad, NULL, NULL, NULL, &status);
    if (U_SUCCESS(status))
        return cnv;
    ucnv_close(cnv);
    return NULL;
}

static void close_converter(void *p)
{
    ucnv_close(p);
}

enum gx_code gx_decoder_open(struct gx_ctx *ctx, struct gx_source *source,
                             const struct gx_encoding *encoding, struct gx_decoder *ret_decoder)
{
    struct gx_decoder d = { .source = source, .bom_bytes = encoding->bom_bytes };
    if (encoding->converter) {
        d.converter = gx_converter_open(encoding->converter);
        if (!d.converter)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("encoding"), GX_M_SHEET_ENCODING,
                           encoding->name);
        gx_arena_defer(ctx->arena, close_converter, d.converter);
        d.raw = gx_arena_alloc(ctx->arena, GX_DECODE_RAW_BYTES);
        d.wide = gx_arena_alloc(ctx->arena, (GX_DECODE_RAW_BYTES + 1) * sizeof *d.wide);
    }
    *ret_decoder = d;
    gx_decoder_rewind(ret_decoder);
    return GX_OK;
}

void gx_decoder_rewind(struct gx_decoder *d)
{
    d->source->at = d->bom_bytes;
    d->surrogate = 0;
    d->ended = false;
    if (d->converter)
        ucnv_reset(d->converter);
}

/* Append UTF-16 as UTF-8; a half pair at the end waits for the next piece. */
static void add_wide(struct gx_decoder *d, const UChar *w, size_t n, struct gx_buf *out)
{
    if (!gx_buf_reserve(out, n * 3))
        return;
    size_t i = 0;
    if (!d->ended && n && U16_IS_LEAD(w[n - 1]))
        d->surrogate = w[--n];
    while (i < n) {
        uint32_t c = w[i++];
        if (U16_IS_LEAD(c) && i < n && U16_IS_TRAIL(w[i]))
            c = (uint32_t)U16_GET_SUPPLEMENTARY(c, w[i++]);
        else if (U16_IS_SURROGATE(c))
            c = 0xFFFD;
        uint8_t *p = (uint8_t *)out->p;
        U8_APPEND_UNSAFE(p, out->n, c);
    }
}

static enum gx_code fill_converted(struct gx_ctx *ctx, struct gx_decoder *d, struct gx_buf *out)
{
    size_t got;
    GX_TRY(gx_source_read(ctx, d->source, d->raw, GX_DECODE_RAW_BYTES, &got));
    d->ended = got < GX_DECODE_RAW_BYTES;
    const char *from = d->raw, *from_end = d->raw + got;
    UErrorCode status;
    do {
        UChar *to = d->wide;
        if (d->surrogate) {
            *to++ = d->surrogate;
            d->surrogate = 0;
        }
        status = U_ZERO_ERROR;
        ucnv_toUnicode(d->converter, &to, d->wide + GX_DECODE_RAW_BYTES + 1, &from, from_end, NULL,
                       d->ended, &status);
        add_wide(d, d->wide, (size_t)(to - d->wide), out);
    } while (status == U_BUFFER_OVERFLOW_ERROR);
    gx_assert(U_SUCCESS(status)); /* the call-back replaces what is bad */
    return GX_OK;
}

enum gx_code gx_decoder_fill(struct gx_ctx *ctx, struct gx_decoder *d, struct gx_buf *out, size_t n,
                             bool *ret_end)
{
    if (d->ended) {
        *ret_end = true;
        return GX_OK;
    }
    if (d->converter) {
        GX_TRY(fill_converted(ctx, d, out));
    } else {
        int64_t rest = d->source->size - d->source->at; /* a small file needs little room */
        size_t got, room = rest >= 0 && (uint64_t)rest < n ? (size_t)rest + 1 : n;
        if (!gx_buf_reserve(out, room))
            return GX_E_LIMIT;
        GX_TRY(gx_source_read(ctx, d->source, out->p + out->n, room, &got));
        out->n += got;
        d->ended = got < room;
    }
    GX_TRY(gx_buf_check(out));
    *ret_end = d->ended;
    return GX_OK;
}
