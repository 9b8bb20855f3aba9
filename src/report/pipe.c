/* pipe.c - see pipe.h. */
#include "report/pipe.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ctx.h"

struct head {
    char kind, pad[3];
    uint32_t n;
};

/* Milliseconds until then, for poll(); -1: for good. */
static int wait_ms(int64_t until_us)
{
    if (until_us == 0)
        return -1;
    int64_t left = (until_us - gx_monotonic_us()) / 1000;
    return left < 0 ? 0 : left > 60000 ? 60000 : (int)left + 1;
}

/* False: it is late. */
static bool wait_for(int fd, short events, int64_t until_us)
{
    struct pollfd p = { .fd = fd, .events = events };
    for (;;) {
        int n = poll(&p, 1, wait_ms(until_us));
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return true; /* the call itself will say what is wrong */
        if (until_us && gx_monotonic_us() >= until_us)
            return false;
    }
}

static bool write_all(int fd, const char *p, size_t n, int64_t until_us)
{
    while (n > 0) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN || errno == EINTR) {
            if (!wait_for(fd, POLLOUT, until_us))
                return false;
        } else {
            return false;
        }
    }
    return true;
}

bool gx_pipe_write(int fd, char kind, struct gx_str bytes, int64_t until_us)
{
    struct head head = { .kind = kind, .n = (uint32_t)bytes.n };
    return bytes.n <= GX_PIPE_BYTES_MAX &&
           write_all(fd, (const char *)&head, sizeof head, until_us) &&
           write_all(fd, bytes.p, bytes.n, until_us);
}

static enum gx_pipe read_all(int fd, char *p, size_t n, int64_t until_us)
{
    while (n > 0) {
        if (!wait_for(fd, POLLIN, until_us))
            return GX_PIPE_LATE;
        ssize_t got = recv(fd, p, n, MSG_DONTWAIT);
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            return GX_PIPE_END;
        }
    }
    return GX_PIPE_PIECE;
}

enum gx_pipe gx_pipe_read(int fd, struct gx_buf *buf, char *ret_kind, int64_t until_us)
{
    struct head head;
    gx_buf_clear(buf);
    enum gx_pipe w = read_all(fd, (char *)&head, sizeof head, until_us);
    if (w != GX_PIPE_PIECE)
        return w;
    if (head.n > GX_PIPE_BYTES_MAX || !gx_buf_reserve(buf, head.n + 1))
        return GX_PIPE_END;
    w = read_all(fd, buf->p, head.n, until_us);
    buf->n = w == GX_PIPE_PIECE ? head.n : 0;
    *ret_kind = head.kind;
    return w;
}

void gx_pipe_cell(struct gx_buf *buf, char tag, struct gx_str text)
{
    uint32_t n = (uint32_t)text.n;
    if (!gx_buf_reserve(buf, 1 + sizeof n + text.n))
        return;
    buf->p[buf->n] = tag;
    memcpy(buf->p + buf->n + 1, &n, sizeof n);
    if (n)
        memcpy(buf->p + buf->n + 1 + sizeof n, text.p, n);
    buf->n += 1 + sizeof n + n;
}

bool gx_pipe_take(struct gx_str *rest, char *ret_tag, struct gx_str *ret_text)
{
    uint32_t n;
    if (rest->n < 1 + sizeof n)
        return false;
    memcpy(&n, rest->p + 1, sizeof n);
    if (n > rest->n - 1 - sizeof n)
        return false;
    *ret_tag = rest->p[0];
    *ret_text = (struct gx_str){ rest->p + 1 + sizeof n, n };
    *rest = gx_str_from(*rest, 1 + sizeof n + n);
    return true;
}
