/* buf.c - see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

enum { FIRST_BYTES = 256 };

bool gx_buf_grow(struct gx_buf *buf, size_t n)
{
    size_t max = buf->max ? buf->max : GX_BUF_BYTES_MAX;
    if (buf->overflow || n > max || buf->n > max - n) {
        buf->overflow = true;
        return false;
    }
    if (buf->cap - buf->n >= n)
        return true;
    size_t cap = buf->cap ? buf->cap : FIRST_BYTES;
    while (cap < buf->n + n)
        cap *= 2;
    char *p = realloc(buf->p, cap);
    gx_assert(p);
    buf->p = p;
    buf->cap = cap;
    return true;
}

void gx_buf_add(struct gx_buf *buf, struct gx_str s)
{
    if (s.n == 0 || !gx_buf_reserve(buf, s.n))
        return;
    memcpy(buf->p + buf->n, s.p, s.n);
    buf->n += s.n;
}

void gx_buf_addc(struct gx_buf *buf, char c)
{
    if (gx_buf_reserve(buf, 1))
        buf->p[buf->n++] = c;
}

void gx_buf_addz(struct gx_buf *buf, const char *z)
{
    gx_buf_add(buf, gx_str_c(z));
}

void gx_buf_addi(struct gx_buf *buf, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    gx_buf_add(buf, (struct gx_str){ digits + at, sizeof digits - at });
}

void gx_buf_printf(struct gx_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    gx_assert(n >= 0);
    /* vsnprintf writes a zero behind the text; it is not counted. */
    if (gx_buf_reserve(buf, (size_t)n + 1)) {
        vsnprintf(buf->p + buf->n, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    va_end(again);
}

struct gx_str gx_buf_str(const struct gx_buf *buf)
{
    return (struct gx_str){ buf->p ? buf->p : "", buf->n };
}

enum gx_code gx_buf_check(const struct gx_buf *buf)
{
    return buf->overflow ? GX_E_LIMIT : GX_OK;
}

void gx_buf_clear(struct gx_buf *buf)
{
    buf->n = 0;
    buf->overflow = false;
}

void gx_buf_free(struct gx_buf *buf)
{
    free(buf->p);
    *buf = (struct gx_buf){ .max = buf->max };
}
