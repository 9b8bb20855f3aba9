/*
 * source.h - the bytes of a file, from a disk or from memory, read once or looked at anywhere.
 *
 * Layer: sheet, internal.  The file is closed when the arena it was opened with is reset.
 */
#ifndef GX_SHEET_SOURCE_H
#define GX_SHEET_SOURCE_H

#include "base/ctx.h"

struct gx_source {
    int fd;              /* -1: in memory */
    const char *path;    /* NULL: in memory */
    struct gx_str bytes; /* the file, when in memory */
    int64_t size;
    int64_t at; /* where gx_source_read() goes on */
};

/* GX_E_IO: it cannot be opened, or is no regular file. */
GX_NODISCARD enum gx_code gx_source_open(struct gx_ctx *ctx, const char *path,
                                         struct gx_source *ret_source);
struct gx_source gx_source_bytes(struct gx_str bytes);
/* Up to `n` bytes from `at`; fewer only at the end of the file.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_source_peek(struct gx_ctx *ctx, const struct gx_source *source,
                                         int64_t at, char *out, size_t n, size_t *ret_n);
/* The next up to `n` bytes; 0 at the end.  GX_E_IO. */
GX_NODISCARD enum gx_code gx_source_read(struct gx_ctx *ctx, struct gx_source *source, char *out,
                                         size_t n, size_t *ret_n);

#endif
