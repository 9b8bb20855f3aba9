/* test_net_attack.c - requests that mean harm: framing, slowness, floods; and stopping. */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gx_test.h"
#include "net/local.h"
#include "net_fixture.h"

#define H         "Host: localhost\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" H "\r\n"
#define P         "POST /api/v1/file HTTP/1.1\r\n"
/* If the body were read short, this would be taken for a second request. */
#define SMUGGLED "GET /api/v1/item/smuggled HTTP/1.1\r\n" H "\r\n"

static const struct {
    const char *what, *request;
    int status; /* 0: closed or any 4xx */
} attacks[] = {
    { "two lengths", P H "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" SMUGGLED, 400 },
    { "two equal lengths", P H "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" SMUGGLED,
      400 },
    { "length and chunks",
      P H "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 400 },
    { "chunks and length",
      P H "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED, 400 },
    { "two encodings",
      P H "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" SMUGGLED,
      400 },
    { "odd encoding", P H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED, 0 },
    { "gzip, chunked", P H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 0 },
    { "chunks in 1.0",
      "POST /api/v1/file HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
      0 },
    { "folded encoding",
      P H "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\nhello" SMUGGLED, 0 },
    { "folded length", P H "Content-Length:\r\n 5\r\n\r\nhello" SMUGGLED, 0 },
    { "bare CR", P H "a: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 0 },
    { "bare CR at the end", P H "Content-Length: 5\r\r\n\r\nhello" SMUGGLED, 0 },
    { "space before colon", P H "Content-Length : 5\r\n\r\nhello" SMUGGLED, 0 },
    { "negative length", P H "Content-Length: -5\r\n\r\nhello" SMUGGLED, 0 },
    { "plus length", P H "Content-Length: +5\r\n\r\nhello" SMUGGLED, 0 },
    { "hex length", P H "Content-Length: 0x5\r\n\r\nhello" SMUGGLED, 0 },
    { "list of lengths", P H "Content-Length: 5, 5\r\n\r\nhello" SMUGGLED, 0 },
    { "huge length", P H "Content-Length: 99999999999999999999999\r\n\r\nhello" SMUGGLED, 0 },
    { "no host", "GET /api/v1/item/1 HTTP/1.1\r\n\r\n" SMUGGLED, 400 },
    { "two hosts", "GET /api/v1/item/1 HTTP/1.1\r\n" H H "\r\n" SMUGGLED, 400 },
    { "bad host", "GET /api/v1/item/1 HTTP/1.1\r\nHost: a/b\r\n\r\n" SMUGGLED, 400 },
    { "bad header name", "GET /api/v1/item/1 HTTP/1.1\r\n" H "a b: c\r\n\r\n" SMUGGLED, 0 },
    { "control in header", "GET /api/v1/item/1 HTTP/1.1\r\n" H "a: b\x01\r\n\r\n" SMUGGLED, 400 },
    { "no colon", "GET /api/v1/item/1 HTTP/1.1\r\n" H "abc\r\n\r\n" SMUGGLED, 0 },
    { "absurd chunk", P H "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx" SMUGGLED, 0 },
    { "negative chunk", P H "Transfer-Encoding: chunked\r\n\r\n-1\r\nx" SMUGGLED, 0 },
    { "no method", " /api/v1/item/1 HTTP/1.1\r\n" H "\r\n" SMUGGLED, 0 },
    { "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0 },
    { "HTTP/1.2", "GET /api/v1/item/1 HTTP/1.2\r\n" H "\r\n", 0 },
    { "TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 0 },
};

GX_TEST(net_attack_framing)
{
    struct net_fixture f;
    net_prepare(&f);
    /* Some are left waiting for the rest of a request that does not come. */
    f.options.header_ms = f.options.body_ms = f.options.idle_ms = 300;
    net_start(&f);
    for (size_t i = 0; i < GX_COUNT(attacks); i++) {
        struct net_reply r = { 0 };
        int fd = net_connect(&f);
        net_say(fd, attacks[i].request);
        shutdown(fd, SHUT_WR);
        net_read(fd, false, &r);
        if (attacks[i].status)
            GX_CHECK(r.status == attacks[i].status, attacks[i].what);
        else
            GX_CHECK(r.status == 0 || (r.status >= 400 && r.status < 506), attacks[i].what);
        for (int k = 0; k < 4 && r.status; k++) {
            GX_CHECK(!net_has(&r, "smuggled"), attacks[i].what);
            net_read(fd, false, &r);
        }
        close(fd);
        net_reply_free(&r);
    }
    net_stop(&f);
}

GX_TEST(net_attack_large)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    struct gx_buf text = { 0 };
    net_prepare(&f);
    net_start(&f);
    static const size_t sizes[] = { 9000, 17000, 40000, 1000000 };
    for (size_t i = 0; i < GX_COUNT(sizes); i++) {
        gx_buf_clear(&text);
        gx_buf_addz(&text, "GET /api/v1/item/");
        for (size_t k = 0; k < sizes[i]; k++)
            gx_buf_addc(&text, 'a');
        gx_buf_addz(&text, " HTTP/1.1\r\n" H "\r\n");
        int fd = net_connect(&f);
        net_send(fd, text.p, text.n);
        net_read(fd, false, &r);
        GX_CHECK(r.status == 413 || r.status == 414 || r.status == 0, "long address");
        close(fd);
        gx_buf_clear(&text);
        gx_buf_addz(&text, "GET /api/v1/item/1 HTTP/1.1\r\n" H "X-Long: ");
        for (size_t k = 0; k < sizes[i]; k++)
            gx_buf_addc(&text, 'a');
        gx_buf_addz(&text, "\r\n\r\n");
        fd = net_connect(&f);
        net_send(fd, text.p, text.n);
        net_read(fd, false, &r);
        GX_CHECK(sizes[i] < 12000 ? r.status == 200
                                  : r.status == 413 || r.status == 431 || r.status == 0,
                 "long header");
        close(fd);
    }
    gx_buf_clear(&text);
    gx_buf_addz(&text, "GET /api/v1/item/1 HTTP/1.1\r\n" H);
    for (int k = 0; k < 101; k++)
        gx_buf_addz(&text, "a: b\r\n");
    gx_buf_addz(&text, "\r\n");
    gx_buf_addc(&text, 0);
    net_ask(&f, text.p, &r);
    GX_CHECK(r.status == 413 && net_has(&r, "more than 100"), "many headers");
    net_stop(&f);
    gx_buf_free(&text);
    net_reply_free(&r);
}

/* Send a byte every 20 ms, as somebody would who wants to hold the connection. */
static int64_t drip(int fd, const char *head, const char *bytes)
{
    struct timeval wait = { .tv_usec = 20000 };
    int64_t start = gx_monotonic_us();
    char byte;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    net_say(fd, head);
    for (size_t i = 0; gx_monotonic_us() - start < 5000000; i++) {
        if (send(fd, &bytes[i % strlen(bytes)], 1, MSG_NOSIGNAL) < 0)
            break;
        ssize_t n = recv(fd, &byte, 1, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
            break;
    }
    return gx_monotonic_us() - start;
}

GX_TEST(net_attack_slow)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    f.options.header_ms = f.options.idle_ms = 250;
    f.options.body_ms = f.options.write_ms = 100;
    net_start(&f);
    static const struct {
        const char *what, *head, *bytes;
    } slow[] = {
        { "request line", "", "GETGETGET" },
        { "headers", "GET /api/v1/item/1 HTTP/1.1\r\n", "a: b\r\n" },
        { "body", P H "Content-Length: 100000\r\n\r\n", "x" },
        { "chunked body", P H "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n" },
    };
    for (size_t i = 0; i < GX_COUNT(slow); i++) {
        int fd = net_connect(&f);
        int64_t took = drip(fd, slow[i].head, slow[i].bytes);
        GX_CHECK(took > 90000 && took < 4000000, slow[i].what);
        close(fd);
    }
    int fd = net_connect(&f);
    GX_CHECK(net_closed(fd), "never says a word");
    close(fd);
    fd = net_connect(&f);
    net_say(fd, GET("/api/v1/item/1"));
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200, "one request");
    GX_CHECK(net_closed(fd), "then idle");
    close(fd);
    /* Not over TCP: megabytes of the reply would fit between the two. */
    int ends[2], small = 4096;
    GX_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "pair");
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    GX_CHECK(gx_server_adopt(f.server, ends[1]) == GX_OK, "adopt");
    fd = ends[0];
    net_say(fd, GET("/api/v1/stream?count=1000000"));
    int64_t start = gx_monotonic_us();
    while (atomic_load(&f.finished) < atomic_load(&f.authenticated) &&
           gx_monotonic_us() - start < 5000000)
        usleep(10000);
    GX_CHECK(gx_monotonic_us() - start < 3000000, "does not read its reply");
    close(fd);
    net_stop(&f);
    net_reply_free(&r);
}

/* A write takes as long as it takes: no deadline cuts it. */
GX_TEST(net_attack_slow_write)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    net_prepare(&f);
    f.options.body_ms = f.options.write_ms = 100;
    net_start(&f);
    net_hold(&f, true);
    int fd = net_connect(&f);
    net_say(fd, "DELETE /api/v1/item/1 HTTP/1.1\r\n" H "\r\n");
    usleep(400000);
    GX_CHECK(atomic_load(&f.readers) == 0, "and keeps no reader");
    net_hold(&f, false);
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200, "answered after all");
    close(fd);
    /* Who asked goes away before the write is done: it is done, and nobody is told. */
    net_hold(&f, true);
    for (int i = 0; i < 20; i++) {
        fd = net_connect(&f);
        net_say(fd, "DELETE /api/v1/item/1 HTTP/1.1\r\n" H "\r\n");
        for (int k = 0; k < 5000 && atomic_load(&f.authenticated) < i + 2; k++)
            usleep(1000);
        close(fd);
    }
    net_hold(&f, false);
    for (int i = 0; i < 5000 && atomic_load(&f.finished) < 21; i++)
        usleep(1000);
    GX_CHECK(atomic_load(&f.finished) == 21, "each is finished");
    net_stop(&f);
    net_reply_free(&r);
}

enum { CLIENTS = 64, ROUNDS = 20 };

GX_TEST(net_attack_many_writes)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    int fds[CLIENTS];
    net_prepare(&f);
    f.options.threads = 4;
    net_start(&f);
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = net_connect(&f);
    for (int round = 0; round < ROUNDS; round++) {
        net_hold(&f, round % 2 == 0);
        for (int i = 0; i < CLIENTS; i++) {
            char text[256];
            snprintf(text, sizeof text,
                     "POST /api/v1/thing HTTP/1.1\r\n" H
                     "Content-Type: application/json\r\nContent-Length: 18\r\n\r\n"
                     "{\"name\":\"%03d %03d\"}",
                     i, round);
            net_say(fds[i], text);
        }
        net_hold(&f, false);
        for (int i = 0; i < CLIENTS; i++) {
            char want[64];
            snprintf(want, sizeof want, "{\"name\":\"%03d %03d\"", i, round);
            net_read(fds[i], false, &r);
            GX_CHECK(r.status == 201 && net_has(&r, want), want);
        }
    }
    GX_CHECK(atomic_load(&f.handled) == CLIENTS * ROUNDS, "each once");
    for (int i = 0; i < CLIENTS; i++)
        close(fds[i]);
    net_stop(&f);
    net_reply_free(&r);
}

GX_TEST(net_attack_full)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    int fds[8];
    net_prepare(&f);
    f.options.connection_max = 4;
    net_start(&f);
    for (int i = 0; i < 8; i++) {
        fds[i] = net_connect(&f);
        net_say(fds[i], GET("/api/v1/item/1"));
        net_read(fds[i], false, &r);
        if (!GX_CHECK(r.status == (i < 4 ? 200 : 503), "a cap on connections"))
            printf("%d %d\n", i, r.status);
    }
    GX_CHECK(net_closed(fds[7]), "closed after saying so");
    for (int i = 0; i < 8; i++)
        close(fds[i]);
    net_stop(&f);
    net_reply_free(&r);
}

static void *stop_later(void *p)
{
    struct net_fixture *f = p;
    usleep(200000);
    net_hold(f, false);
    return NULL;
}

GX_TEST(net_attack_stop)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    pthread_t thread;
    net_prepare(&f);
    f.options.stop_ms = 50;
    net_start(&f);
    net_hold(&f, true);
    int idle = net_connect(&f), writing = net_connect(&f);
    net_say(idle, GET("/api/v1/item/1"));
    net_read(idle, false, &r);
    net_say(writing, "DELETE /api/v1/item/1 HTTP/1.1\r\n" H "\r\n");
    for (int k = 0; k < 5000 && atomic_load(&f.authenticated) < 2; k++)
        usleep(1000);
    usleep(20000);
    pthread_create(&thread, NULL, stop_later, &f);
    gx_server_stop(f.server);
    f.server = NULL;
    pthread_join(thread, NULL);
    net_read(writing, false, &r);
    GX_CHECK(r.status == 200, "a write under way is answered");
    GX_CHECK_STR(net_header(&r, "Connection"), GX_STR("close"), "and says good-bye");
    GX_CHECK(net_closed(idle), "who waits is let go");
    close(idle);
    close(writing);
    net_stop(&f);
    net_reply_free(&r);
}

GX_TEST(net_attack_local_socket)
{
    struct net_fixture f;
    struct net_reply r = { 0 };
    struct stat st;
    net_prepare(&f);
    net_start(&f);
    GX_CHECK(stat(f.socket, &st) == 0 && (st.st_mode & 0777) == 0600, "for its owner only");
    int fd = gx_local_connect(f.socket);
    net_say(fd, GET("/api/v1/item/1"));
    net_read(fd, false, &r);
    GX_CHECK(r.status == 200 && net_has(&r, "\"local\":true"), "the operator");
    close(fd);
    net_ask(&f, GET("/api/v1/item/1"), &r);
    GX_CHECK(net_has(&r, "\"local\":false"), "not the operator");
    struct gx_server *second = NULL;
    struct gx_server_options options = f.options;
    GX_CHECK(gx_server_start(&f.ctx, &options, &f.hooks, &second) == GX_E_IN_USE, "one a folder");
    gx_ctx_clear(&f.ctx);
    options = (struct gx_server_options){ .listen = "nonsense", .routes = f.options.routes };
    GX_CHECK(gx_server_start(&f.ctx, &options, &f.hooks, &second) == GX_E_INVALID, "no address");
    options.listen = "127.0.0.1:99999";
    GX_CHECK(gx_server_start(&f.ctx, &options, &f.hooks, &second) == GX_E_INVALID, "no port");
    char taken[64];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", gx_server_port(f.server));
    options.listen = taken;
    GX_CHECK(gx_server_start(&f.ctx, &options, &f.hooks, &second) == GX_E_IO, "taken");
    net_stop(&f);
    net_reply_free(&r);
}
