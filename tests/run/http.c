/* http.c - one request, one reply, one connection; see run.h. */
#include "run.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "net/local.h"

enum { REPLY_TIMEOUT_S = 60 };

struct gx_str run_url(struct gx_arena *arena, struct gx_str path)
{
    static const char keep[] = "-._~/?&=%:,@!$'()*;";
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c && strchr(keep, c));
        if (plain)
            gx_buf_addc(&out, (char)c);
        else
            gx_buf_printf(&out, "%%%02X", c);
    }
    struct gx_str url = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return url;
}

static int connect_local(struct gx_arena *arena, const struct run_server *server)
{
    return gx_local_connect(gx_arena_printf(arena, "%s/guanxi.sock", server->folder).p);
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct timeval limit = { .tv_sec = REPLY_TIMEOUT_S };
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
                    connect(fd, (struct sockaddr *)&to, sizeof to) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A server that refuses may answer and close before it has read everything: then read on. */
static void send_all(int fd, struct gx_str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        s = gx_str_from(s, (size_t)n);
    }
}

static bool receive_all(int fd, struct gx_buf *in)
{
    for (;;) {
        if (!gx_buf_reserve(in, 65536))
            return false;
        ssize_t n = recv(fd, in->p + in->n, 65536, 0);
        if (n < 0)
            return in->n > 0;
        if (n == 0)
            return true;
        in->n += (size_t)n;
    }
}

static bool unchunk(struct gx_arena *arena, struct gx_str body, struct gx_str *ret_body)
{
    char *out = gx_arena_alloc(arena, body.n + 1);
    size_t n = 0;
    for (;;) {
        size_t line = gx_str_search(body, GX_STR("\r\n"));
        if (line == SIZE_MAX)
            return false;
        size_t size = strtoul(body.p, NULL, 16);
        body = gx_str_from(body, line + 2);
        if (size == 0)
            break;
        if (body.n < size + 2)
            return false;
        memcpy(out + n, body.p, size);
        n += size;
        body = gx_str_from(body, size + 2);
    }
    *ret_body = (struct gx_str){ out, n };
    return true;
}

struct gx_str run_reply_header(const struct run_reply *reply, const char *name, size_t n)
{
    struct gx_str rest = reply->head, line = { "", 0 };
    while (gx_str_split(&rest, '\n', &line)) {
        size_t colon = gx_str_find(line, ':');
        if (colon < line.n && gx_str_ieq((struct gx_str){ line.p, colon }, gx_str_c(name)) &&
            n-- == 0)
            return gx_str_trim(gx_str_from(line, colon + 1));
    }
    return GX_STR("");
}

/* The reply to a HEAD says how long a body would be that it has not. */
static bool parse(struct gx_arena *arena, struct gx_str all, bool head, struct run_reply *reply)
{
    size_t end = gx_str_search(all, GX_STR("\r\n\r\n"));
    int64_t status = 0;
    if (end == SIZE_MAX || !gx_str_starts(all, GX_STR("HTTP/1.1 ")) ||
        !gx_str_int64((struct gx_str){ all.p + 9, 3 }, &status))
        return false;
    reply->status = (int)status;
    reply->head = (struct gx_str){ all.p, end };
    reply->body = gx_str_from(all, end + 4);
    if (head)
        return reply->body.n == 0;
    if (gx_str_ieq(run_reply_header(reply, "Transfer-Encoding", 0), GX_STR("chunked")))
        return unchunk(arena, reply->body, &reply->body);
    int64_t length = 0;
    struct gx_str said = run_reply_header(reply, "Content-Length", 0);
    return said.n == 0 || (gx_str_int64(said, &length) && (size_t)length == reply->body.n);
}

bool run_http(struct gx_arena *arena, const struct run_server *server, bool local,
              struct gx_str request, struct run_reply *ret_reply, const char **ret_why)
{
    int fd = local ? connect_local(arena, server) : connect_to(server->port);
    if (fd < 0) {
        *ret_why = "the server takes no connection";
        return false;
    }
    struct gx_buf in = { 0 };
    send_all(fd, request);
    bool ok = receive_all(fd, &in);
    close(fd);
    struct run_reply reply = { 0 };
    ok = ok && parse(arena, gx_arena_str(arena, gx_buf_str(&in)),
                     gx_str_starts(request, GX_STR("HEAD ")), &reply);
    gx_buf_free(&in);
    *ret_why = "the reply is no complete HTTP message";
    if (ok)
        *ret_reply = reply;
    return ok;
}
