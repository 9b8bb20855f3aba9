/*
 * buf.h - bytes that grow, up to a cap.
 *
 * Replies, SQL text and exported rows are appended to a buffer.  The cap sits where the growth
 * comes from: past it the buffer remembers that it overflowed and takes no more, so a caller
 * appends freely and checks once at the end.  A zeroed struct with `max` set is ready for use.
 *
 * Layer: base.
 */
#ifndef GX_BASE_BUF_H
#define GX_BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct gx_buf {
    char *p;       /* malloc; owned */
    size_t n, cap; /* used, allocated */
    size_t max;    /* 0: GX_BUF_BYTES_MAX */
    bool overflow; /* something did not fit; what is there ends before it */
};

enum { GX_BUF_BYTES_MAX = 64 << 20 };

void gx_buf_add(struct gx_buf *buf, struct gx_str s);
void gx_buf_addc(struct gx_buf *buf, char c);
/* A zero-terminated string. */
void gx_buf_addz(struct gx_buf *buf, const char *z);
void gx_buf_addi(struct gx_buf *buf, int64_t value);
void gx_buf_printf(struct gx_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For gx_buf_reserve() when there is no room yet. */
bool gx_buf_grow(struct gx_buf *buf, size_t n);
/* Room for `n` more bytes at buf->p + buf->n; false (and overflow) when past the cap. */
static inline bool gx_buf_reserve(struct gx_buf *buf, size_t n)
{
    size_t max = buf->max ? buf->max : (size_t)GX_BUF_BYTES_MAX;
    bool fits = !buf->overflow && n <= buf->cap - buf->n && n <= max && buf->n <= max - n;
    return fits || gx_buf_grow(buf, n);
}
/* What was written so far; valid until the next append. */
struct gx_str gx_buf_str(const struct gx_buf *buf);
/* GX_OK, or GX_E_LIMIT if something did not fit. */
GX_NODISCARD enum gx_code gx_buf_check(const struct gx_buf *buf);
/* Empty it, keep the memory. */
void gx_buf_clear(struct gx_buf *buf);
void gx_buf_free(struct gx_buf *buf);

#endif
