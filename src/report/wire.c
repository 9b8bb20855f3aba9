/* wire.c - see wire.h. */
#include "report/wire.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static void put_le(struct gx_buf *out, uint64_t value, int bytes)
{
    char p[8];
    for (int i = 0; i < bytes; i++)
        p[i] = (char)(value >> (8 * i));
    gx_buf_add(out, (struct gx_str){ p, (size_t)bytes });
}

size_t gx_wire_begin(struct gx_buf *out, enum gx_wire_kind kind)
{
    size_t at = out->n;
    put_le(out, 0, 4);
    gx_buf_addc(out, (char)kind);
    return at;
}

void gx_wire_end(struct gx_buf *out, size_t begun)
{
    if (out->overflow)
        return;
    size_t length = out->n - begun - GX_WIRE_HEAD_BYTES;
    for (int i = 0; i < 4; i++)
        out->p[begun + (size_t)i] = (char)(length >> (8 * i));
}

void gx_wire_put_u8(struct gx_buf *out, unsigned value)
{
    gx_buf_addc(out, (char)value);
}

void gx_wire_put_u32(struct gx_buf *out, size_t value)
{
    put_le(out, value, 4);
}

void gx_wire_put_i64(struct gx_buf *out, int64_t value)
{
    put_le(out, (uint64_t)value, 8);
}

void gx_wire_put_text(struct gx_buf *out, struct gx_str text)
{
    put_le(out, text.n, 4);
    gx_buf_add(out, text);
}

void gx_wire_put_value(struct gx_buf *out, struct gx_value value)
{
    gx_buf_addc(out, (char)value.kind);
    if (value.kind == GX_VALUE_INT)
        put_le(out, (uint64_t)value.i, 8);
    else if (value.kind != GX_VALUE_NULL)
        gx_wire_put_text(out, value.s);
}

static uint64_t get_le(struct gx_wire_in *in, size_t bytes)
{
    uint64_t value = 0;
    if (in->n < bytes)
        in->bad = true;
    if (in->bad)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)in->p[i] << (8 * i);
    in->p += bytes;
    in->n -= bytes;
    return value;
}

unsigned gx_wire_u8(struct gx_wire_in *in)
{
    return (unsigned)get_le(in, 1);
}

size_t gx_wire_u32(struct gx_wire_in *in)
{
    return (size_t)get_le(in, 4);
}

int64_t gx_wire_i64(struct gx_wire_in *in)
{
    return (int64_t)get_le(in, 8);
}

struct gx_str gx_wire_text(struct gx_wire_in *in)
{
    size_t n = gx_wire_u32(in);
    if (in->n < n)
        in->bad = true;
    if (in->bad)
        return GX_STR("");
    struct gx_str text = { in->p, n };
    in->p += n;
    in->n -= n;
    return text;
}

struct gx_value gx_wire_value(struct gx_wire_in *in)
{
    unsigned kind = gx_wire_u8(in);
    if (in->bad || kind == GX_VALUE_NULL)
        return GX_NULL_VALUE;
    if (kind == GX_VALUE_INT)
        return gx_value_int(gx_wire_i64(in));
    if (kind == GX_VALUE_TEXT)
        return gx_value_text(gx_wire_text(in));
    if (kind == GX_VALUE_BLOB)
        return gx_value_blob(gx_wire_text(in));
    in->bad = true;
    return GX_NULL_VALUE;
}

bool gx_wire_head(const char head[GX_WIRE_HEAD_BYTES], enum gx_wire_kind *ret_kind,
                  size_t *ret_length)
{
    struct gx_wire_in in = { head, GX_WIRE_HEAD_BYTES, false };
    *ret_length = gx_wire_u32(&in);
    unsigned kind = gx_wire_u8(&in);
    *ret_kind = (enum gx_wire_kind)kind;
    return kind > 0 && kind < GX_WIRE_KIND_COUNT && *ret_length <= GX_WIRE_BYTES_MAX;
}

/* --- over a socket */

bool gx_wire_send(int fd, struct gx_buf *out)
{
    size_t at = 0;
    if (out->overflow)
        return false;
    while (at < out->n) {
        ssize_t n = send(fd, out->p + at, out->n - at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    gx_buf_clear(out);
    return true;
}

static bool receive_all(int fd, char *p, size_t n)
{
    while (n > 0) {
        ssize_t got = recv(fd, p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }
    return true;
}

enum gx_code gx_wire_receive(int fd, int wait_ms, struct gx_buf *buf, enum gx_wire_kind *ret_kind,
                             struct gx_wire_in *ret_in)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    char head[GX_WIRE_HEAD_BYTES];
    size_t length;
    int ready;
    do
        ready = poll(&wait, 1, wait_ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return GX_E_BUSY;
    gx_buf_clear(buf);
    if (!receive_all(fd, head, sizeof head) || !gx_wire_head(head, ret_kind, &length) ||
        !gx_buf_reserve(buf, length + 1) || !receive_all(fd, buf->p, length))
        return GX_E_IO;
    buf->n = length;
    *ret_in = (struct gx_wire_in){ buf->p, length, false };
    return GX_OK;
}
