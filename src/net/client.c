/* client.c - see client.h. */
#include "net/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "net/local.h"

enum { BLOCK_BYTES = 65536, LINE_BYTES_MAX = 16384, HEADERS_MAX = 100 };

struct gx_client {
    int fd;
    size_t from, n; /* what is left of the block */
    char block[BLOCK_BYTES];
};

struct body_sink {
    struct gx_ctx *ctx;
    const struct gx_client_request *request;
    bool keep; /* no `take`, or a reply that is not what was asked for */
    struct gx_buf kept;
};

static enum gx_code broken(struct gx_ctx *ctx, const char *why)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_NET_BROKEN, gx_str_c(why));
}

enum gx_code gx_client_open(struct gx_ctx *ctx, const char *socket_path,
                            struct gx_client **ret_client)
{
    int fd = gx_local_connect(socket_path);
    if (fd < 0)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NET_NO_SERVER, gx_str_c(socket_path),
                       gx_str_c(strerror(errno)));
    struct gx_client *client = calloc(1, sizeof *client);
    gx_assert(client);
    client->fd = fd;
    *ret_client = client;
    return GX_OK;
}

void gx_client_close(struct gx_client *client)
{
    if (!client)
        return;
    close(client->fd);
    free(client);
}

/* False when the other side takes no more; its reply may still say why. */
static bool send_all(const struct gx_client *client, struct gx_str s)
{
    while (s.n) {
        ssize_t n = send(client->fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = gx_str_from(s, (size_t)n);
    }
    return true;
}

static enum gx_code send_file(struct gx_ctx *ctx, const struct gx_client *client, int fd)
{
    char *block = gx_arena_alloc(ctx->arena, BLOCK_BYTES);
    struct gx_buf chunk = { 0 };
    enum gx_code code = GX_OK;
    ssize_t n = 1;
    bool open = true;
    while (n > 0 && open) {
        n = read(fd, block, BLOCK_BYTES);
        if (n < 0 && errno == EINTR) {
            n = 1;
            continue;
        }
        if (n < 0) {
            code = broken(ctx, strerror(errno));
            break;
        }
        gx_buf_clear(&chunk);
        gx_buf_printf(&chunk, "%zx\r\n", (size_t)n);
        gx_buf_add(&chunk, (struct gx_str){ block, (size_t)n });
        gx_buf_addz(&chunk, "\r\n");
        open = send_all(client, gx_buf_str(&chunk));
    }
    gx_buf_free(&chunk);
    return code;
}

static enum gx_code send_request(struct gx_ctx *ctx, const struct gx_client *client,
                                 const struct gx_client_request *r)
{
    struct gx_buf out = { 0 };
    gx_buf_printf(&out, "%s %.*s HTTP/1.1\r\nHost: localhost\r\n", r->method,
                  GX_STR_ARG(r->target));
    for (size_t i = 0; i < r->header_count; i++)
        gx_buf_printf(&out, "%.*s: %.*s\r\n", GX_STR_ARG(r->headers[i].name),
                      GX_STR_ARG(r->headers[i].value));
    if (r->body_fd)
        gx_buf_addz(&out, "Transfer-Encoding: chunked\r\n");
    else if (r->body.n)
        gx_buf_printf(&out, "Content-Length: %zu\r\n", r->body.n);
    else if (strcmp(r->method, "GET") != 0)
        gx_buf_addz(&out, "Content-Length: 0\r\n");
    gx_buf_addz(&out, "\r\n");
    bool open = send_all(client, gx_buf_str(&out));
    gx_buf_free(&out);
    if (open && r->body_fd)
        return send_file(ctx, client, *r->body_fd);
    if (open)
        (void)send_all(client, r->body);
    return GX_OK;
}

/* At least one byte in the block. */
static enum gx_code fill(struct gx_ctx *ctx, struct gx_client *c)
{
    if (c->from < c->n)
        return GX_OK;
    ssize_t n;
    do {
        n = recv(c->fd, c->block, sizeof c->block, 0);
    } while (n < 0 && errno == EINTR);
    if (n <= 0)
        return broken(ctx, n < 0 ? strerror(errno) : "it was closed");
    c->from = 0;
    c->n = (size_t)n;
    return GX_OK;
}

/* A line without its CRLF, in the arena. */
static enum gx_code read_line(struct gx_ctx *ctx, struct gx_client *c, struct gx_str *ret_line)
{
    struct gx_buf line = { .max = LINE_BYTES_MAX };
    enum gx_code code = GX_OK;
    for (char byte = 0; code == GX_OK && byte != '\n';) {
        code = fill(ctx, c);
        if (code != GX_OK)
            break;
        byte = c->block[c->from++];
        gx_buf_addc(&line, byte);
        if (gx_buf_check(&line) != GX_OK)
            code = broken(ctx, "a line is too long");
    }
    if (code == GX_OK)
        *ret_line = gx_str_trim(gx_arena_str(ctx->arena, gx_buf_str(&line)));
    gx_buf_free(&line);
    return code;
}

static enum gx_code read_head(struct gx_ctx *ctx, struct gx_client *c,
                              struct gx_client_reply *reply)
{
    struct gx_header *headers = GX_ARENA_ARRAY(ctx->arena, struct gx_header, HEADERS_MAX);
    struct gx_str line;
    int64_t status = 0;
    GX_TRY(read_line(ctx, c, &line));
    if (!gx_str_starts(line, GX_STR("HTTP/1.")) || line.n < 12 ||
        !gx_str_int64((struct gx_str){ line.p + 9, 3 }, &status) || status < 100)
        return broken(ctx, "the reply is not HTTP");
    *reply = (struct gx_client_reply){ .status = (int)status, .headers = headers };
    for (;;) {
        GX_TRY(read_line(ctx, c, &line));
        if (line.n == 0)
            return GX_OK;
        size_t colon = gx_str_find(line, ':');
        if (colon == line.n || reply->header_count == HEADERS_MAX)
            return broken(ctx, "the reply is not HTTP");
        headers[reply->header_count++] =
            (struct gx_header){ { line.p, colon }, gx_str_trim(gx_str_from(line, colon + 1)) };
    }
}

/* `n` bytes of the body to whom they are for. */
static enum gx_code pass_on(struct body_sink *sink, struct gx_client *c, uint64_t n)
{
    while (n) {
        GX_TRY(fill(sink->ctx, c));
        size_t have = c->n - c->from;
        struct gx_str piece = { c->block + c->from, have < n ? have : (size_t)n };
        if (!sink->keep) {
            GX_TRY(sink->request->take(sink->request->take_p, piece));
        } else {
            gx_buf_add(&sink->kept, piece);
            GX_TRY(gx_buf_check(&sink->kept));
        }
        c->from += piece.n;
        n -= piece.n;
    }
    return GX_OK;
}

static enum gx_code read_chunks(struct body_sink *sink, struct gx_client *c)
{
    struct gx_str line;
    for (;;) {
        char *end;
        GX_TRY(read_line(sink->ctx, c, &line));
        errno = 0;
        unsigned long long n = strtoull(line.p, &end, 16);
        if (end == line.p || errno || line.p[0] == '-')
            return broken(sink->ctx, "the reply is not HTTP");
        if (n == 0)
            break;
        GX_TRY(pass_on(sink, c, n));
        GX_TRY(read_line(sink->ctx, c, &line));
        if (line.n)
            return broken(sink->ctx, "the reply is not HTTP");
    }
    do {
        GX_TRY(read_line(sink->ctx, c, &line));
    } while (line.n);
    return GX_OK;
}

static enum gx_code read_body(struct body_sink *sink, struct gx_client *c,
                              const struct gx_client_reply *reply)
{
    struct gx_str length = gx_client_header(reply, "Content-Length");
    int64_t n = 0;
    bool none =
        strcmp(sink->request->method, "HEAD") == 0 || reply->status == 204 || reply->status == 304;
    if (none)
        return GX_OK;
    if (gx_str_ieq(gx_client_header(reply, "Transfer-Encoding"), GX_STR("chunked")))
        return read_chunks(sink, c);
    if (length.n && (!gx_str_int64(length, &n) || n < 0))
        return broken(sink->ctx, "the reply is not HTTP");
    return pass_on(sink, c, (uint64_t)n);
}

enum gx_code gx_client_call(struct gx_ctx *ctx, struct gx_client *client,
                            const struct gx_client_request *request,
                            struct gx_client_reply *ret_reply)
{
    struct body_sink sink = { .ctx = ctx, .request = request };
    struct gx_client_reply reply;
    GX_TRY(send_request(ctx, client, request));
    do {
        GX_TRY(read_head(ctx, client, &reply));
    } while (reply.status < 200);
    sink.keep = !request->take || reply.status >= 400;
    enum gx_code code = read_body(&sink, client, &reply);
    if (code == GX_OK) {
        reply.body = gx_arena_str(ctx->arena, gx_buf_str(&sink.kept));
        *ret_reply = reply;
    }
    gx_buf_free(&sink.kept);
    return code;
}

struct gx_str gx_client_header(const struct gx_client_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->header_count; i++)
        if (gx_str_ieq(reply->headers[i].name, gx_str_c(name)))
            return reply->headers[i].value;
    return GX_STR("");
}

struct gx_str gx_client_encode(struct gx_arena *arena, struct gx_str s)
{
    char *out = gx_arena_alloc(arena, s.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c != 0 && strchr("-._~", c));
        if (plain) {
            out[n++] = (char)c;
        } else {
            out[n++] = '%';
            out[n++] = "0123456789ABCDEF"[c >> 4];
            out[n++] = "0123456789ABCDEF"[c & 15];
        }
    }
    out[n] = 0;
    return (struct gx_str){ out, n };
}
