/* net_fixture.c - see net_fixture.h. */
#include "net_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/assert.h"
#include "gx_test.h"
#include "net_routes.h"

static void give_back(void *p)
{
    struct net_fixture *f = p;
    atomic_fetch_sub(&f->readers, 1);
}

static enum gx_code take_reader(struct gx_req *req)
{
    struct net_fixture *f = req->app;
    atomic_fetch_add(&f->readers, 1);
    gx_arena_defer(req->ctx->arena, give_back, f);
    return GX_OK;
}

static enum gx_code authenticate(struct gx_req *req)
{
    struct net_fixture *f = req->app;
    atomic_fetch_add(&f->authenticated, 1);
    struct gx_str bearer = gx_req_header(req, "Authorization");
    return bearer.n && !gx_str_is(bearer, "Bearer good") ? GX_E_UNAUTHENTICATED : GX_OK;
}

static enum gx_code authorise(struct gx_req *req)
{
    bool known = gx_req_header(req, "Authorization").n > 0;
    return req->route->who == GX_WHO_PUBLIC || known ? GX_OK : GX_E_UNAUTHENTICATED;
}

static void finish(struct gx_req *req)
{
    struct net_fixture *f = req->app;
    gx_assert(atomic_load(&f->readers) >= 0);
    atomic_fetch_add(&f->finished, 1);
}

static void run_write(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code))
{
    struct net_fixture *f = req->app;
    pthread_mutex_lock(&f->lock);
    gx_assert(f->waiting_count < NET_WAITING_MAX);
    f->waiting[f->waiting_count].req = req;
    f->waiting[f->waiting_count++].done = done;
    pthread_cond_signal(&f->wake);
    pthread_mutex_unlock(&f->lock);
}

static void *write_loop(void *p)
{
    struct net_fixture *f = p;
    pthread_mutex_lock(&f->lock);
    while (!f->quit) {
        if (f->waiting_count == 0 || f->hold) {
            pthread_cond_wait(&f->wake, &f->lock);
            continue;
        }
        struct gx_req *req = f->waiting[--f->waiting_count].req;
        void (*done)(struct gx_req *, enum gx_code) = f->waiting[f->waiting_count].done;
        pthread_mutex_unlock(&f->lock);
        enum gx_code code = gx_server_call(req);
        if (gx_str_is(req->path, "/api/v1/commit-fails"))
            code = GX_E_IO;
        done(req, code);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

void net_hold(struct net_fixture *f, bool hold)
{
    pthread_mutex_lock(&f->lock);
    f->hold = hold;
    pthread_cond_signal(&f->wake);
    pthread_mutex_unlock(&f->lock);
}

static struct gx_str asset(void *app, struct gx_str path, bool accepts_brotli,
                           const char **ret_type, const char **ret_encoding, const char **ret_cache)
{
    (void)app;
    *ret_type = "text/html; charset=utf-8";
    *ret_encoding = accepts_brotli ? "br" : NULL;
    *ret_cache =
        gx_str_starts(path, GX_STR("/assets/")) ? "max-age=31536000, immutable" : "no-cache";
    return gx_str_is(path, "/none") ? GX_STR("") : GX_STR("<!doctype html>");
}

void net_prepare(struct net_fixture *f)
{
    memset(f, 0, sizeof *f);
    f->ctx = gx_test_ctx(&f->arena);
    snprintf(f->dir, sizeof f->dir, "%s", "/tmp/gx-net-XXXXXX");
    gx_check(mkdtemp(f->dir) != NULL, "mkdtemp", "fixture", __FILE__, __LINE__);
    snprintf(f->spool, sizeof f->spool, "%s", f->dir);
    snprintf(f->socket, sizeof f->socket, "%s/socket", f->dir);
    f->options = (struct gx_server_options){
        .listen = "127.0.0.1:0",
        .socket = f->socket,
        .spool_dir = f->spool,
        .quiet = true,
        .routes = net_routes,
    };
    f->hooks = (struct gx_server_hooks){
        .app = f,
        .authenticate = authenticate,
        .authorise = authorise,
        .enter = take_reader,
        .run_write = run_write,
        .finish = finish,
        .asset = asset,
    };
}

void net_start(struct net_fixture *f)
{
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->wake, NULL);
    pthread_create(&f->writer, NULL, write_loop, f);
    enum gx_code code = gx_server_start(&f->ctx, &f->options, &f->hooks, &f->server);
    gx_check(code == GX_OK, "server starts", gx_ctx_text(&f->ctx).p, __FILE__, __LINE__);
}

void net_stop(struct net_fixture *f)
{
    if (f->server)
        gx_server_stop(f->server);
    pthread_mutex_lock(&f->lock);
    f->quit = true;
    pthread_cond_signal(&f->wake);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->writer, NULL);
    pthread_mutex_destroy(&f->lock);
    pthread_cond_destroy(&f->wake);
    gx_check(atomic_load(&f->authenticated) == atomic_load(&f->finished), "finish for each",
             "fixture", __FILE__, __LINE__);
    gx_check(atomic_load(&f->readers) == 0, "no reader is left", "fixture", __FILE__, __LINE__);
    gx_check(rmdir(f->dir) == 0, "nothing is left in the folder", f->dir, __FILE__, __LINE__);
    gx_arena_free(&f->arena);
}

int net_connect(const struct net_fixture *f)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)gx_server_port(f->server)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct timeval wait = { .tv_sec = 5 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gx_check(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "connect", "fixture",
             __FILE__, __LINE__);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return fd;
}

void net_send(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        p += sent;
        n -= (size_t)sent;
    }
}

void net_say(int fd, const char *text)
{
    net_send(fd, text, strlen(text));
}

static bool more(int fd, struct gx_buf *buf)
{
    char block[16384];
    ssize_t n = recv(fd, block, sizeof block, 0);
    if (n > 0)
        gx_buf_add(buf, (struct gx_str){ block, (size_t)n });
    return n > 0;
}

static void read_exactly(int fd, struct net_reply *r, size_t head, size_t n)
{
    while (r->bytes.n - head < n && !r->broken)
        r->broken = !more(fd, &r->bytes);
}

/* Chunks are joined in place behind the head. */
static void read_chunks(int fd, struct net_reply *r, size_t head)
{
    size_t at = head, to = head;
    for (size_t size = 1; size && !r->broken;) {
        struct gx_str rest = gx_str_from(gx_buf_str(&r->bytes), at);
        size_t line = gx_str_search(rest, GX_STR("\r\n"));
        if (line == SIZE_MAX) {
            r->broken = !more(fd, &r->bytes);
            continue;
        }
        size = strtoul(rest.p, NULL, 16);
        read_exactly(fd, r, at, line + 2 + size + 2);
        if (r->broken)
            return;
        memmove(r->bytes.p + to, r->bytes.p + at + line + 2, size);
        to += size;
        at += line + 2 + size + 2;
    }
    r->bytes.n = to;
}

void net_read(int fd, bool head_only, struct net_reply *r)
{
    size_t head;
    gx_buf_clear(&r->bytes);
    r->status = 0;
    r->chunked = r->broken = false;
    r->head = r->body = GX_STR("");
    while ((head = gx_str_search(gx_buf_str(&r->bytes), GX_STR("\r\n\r\n"))) == SIZE_MAX)
        if (!more(fd, &r->bytes))
            return;
    head += 4;
    r->head = (struct gx_str){ r->bytes.p, head };
    r->status = r->bytes.n > 12 ? (int)strtol(r->bytes.p + 9, NULL, 10) : 0;
    struct gx_str length = net_header(r, "Content-Length");
    r->chunked = net_header(r, "Transfer-Encoding").n > 0;
    if (!head_only && r->chunked)
        read_chunks(fd, r, head);
    else if (!head_only && length.n)
        read_exactly(fd, r, head, strtoul(length.p, NULL, 10));
    r->head = (struct gx_str){ r->bytes.p, head };
    r->body = gx_str_from(gx_buf_str(&r->bytes), head);
}

bool net_closed(int fd)
{
    char byte[4096];
    ssize_t n;
    while ((n = recv(fd, byte, sizeof byte, 0)) > 0)
        ;
    return n == 0 || errno == ECONNRESET;
}

void net_ask(const struct net_fixture *f, const char *text, struct net_reply *r)
{
    int fd = net_connect(f);
    net_say(fd, text);
    net_read(fd, strncmp(text, "HEAD", 4) == 0, r);
    close(fd);
}

struct gx_str net_header(const struct net_reply *r, const char *name)
{
    struct gx_str rest = r->head, line;
    while (gx_str_split(&rest, '\n', &line)) {
        size_t at = gx_str_find(line, ':');
        if (gx_str_ieq((struct gx_str){ line.p, at }, gx_str_c(name)))
            return gx_str_trim(gx_str_from(line, at + 1));
    }
    return GX_STR("");
}

bool net_has(const struct net_reply *r, const char *text)
{
    return gx_str_search(gx_buf_str(&r->bytes), gx_str_c(text)) != SIZE_MAX;
}

void net_reply_free(struct net_reply *r)
{
    gx_buf_free(&r->bytes);
}
