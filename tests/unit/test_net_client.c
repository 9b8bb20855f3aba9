/* test_net_client.c - the client of the command line against the server and against nonsense. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gx_test.h"
#include "net/client.h"
#include "net/local.h"
#include "net_fixture.h"

static enum gx_code count(void *p, struct gx_str piece)
{
    *(size_t *)p += piece.n;
    return GX_OK;
}

static enum gx_code refuse(void *p, struct gx_str piece)
{
    (void)p, (void)piece;
    return GX_E_CANCELLED;
}

static struct gx_client_reply call(struct net_fixture *f, struct gx_client *client,
                                   struct gx_client_request request)
{
    struct gx_client_reply reply = { 0 };
    enum gx_code code = gx_client_call(&f->ctx, client, &request, &reply);
    GX_CHECK(code == GX_OK, request.target.p);
    return reply;
}

static struct gx_client_reply simple(struct net_fixture *f, struct gx_client *client,
                                     const char *method, struct gx_str target)
{
    return call(f, client, (struct gx_client_request){ .method = method, .target = target });
}

GX_TEST(net_client_calls)
{
    struct net_fixture f;
    struct gx_client *client = NULL;
    struct gx_client_reply reply;
    net_prepare(&f);
    f.options.listen = NULL;
    net_start(&f);
    GX_CHECK(gx_client_open(&f.ctx, f.socket, &client) == GX_OK, "open");
    for (int i = 0; i < 20; i++) {
        reply = simple(&f, client, "GET", GX_STR("/api/v1/item/5"));
        GX_CHECK(reply.status == 200, "get");
        GX_CHECK_STR(reply.body, GX_STR("{\"id\":\"5\",\"method\":\"GET\",\"local\":true}"),
                     "body");
        GX_CHECK_STR(gx_client_header(&reply, "x-item"), GX_STR("5"), "header");
        const struct gx_header json = { GX_STR_INIT("Content-Type"),
                                        GX_STR_INIT("application/json") };
        reply = call(&f, client,
                     (struct gx_client_request){ .method = "POST",
                                                 .target = GX_STR("/api/v1/thing"),
                                                 .headers = &json,
                                                 .header_count = 1,
                                                 .body = GX_STR("{\"name\":\"王\"}") });
        GX_CHECK(reply.status == 201, "post");
        reply = simple(&f, client, "DELETE", GX_STR("/api/v1/item/5"));
        GX_CHECK(reply.status == 200, "delete");
        reply = simple(&f, client, "GET", GX_STR("/api/v1/none"));
        GX_CHECK(reply.status == 404, "not found");
        reply = simple(&f, client, "HEAD", GX_STR("/api/v1/big"));
        GX_CHECK(reply.status == 200 && reply.body.n == 0, "head");
        reply = simple(&f, client, "OPTIONS", GX_STR("/api/v1/big"));
        GX_CHECK(reply.status == 204, "options");
    }
    size_t n = 0;
    reply = call(&f, client,
                 (struct gx_client_request){ .method = "GET",
                                             .target = GX_STR("/api/v1/stream?count=500"),
                                             .take = count,
                                             .take_p = &n });
    GX_CHECK(n == 1000 * (401 * 4 + 90 * 3 + 9 * 2) && reply.body.n == 0, "streamed");
    struct gx_client_request cut = { .method = "GET", .target = GX_STR("/api/v1/broken") };
    GX_CHECK(gx_client_call(&f.ctx, client, &cut, &reply) == GX_E_IO, "a reply that is cut");
    gx_client_close(client);
    GX_CHECK(gx_client_open(&f.ctx, f.socket, &client) == GX_OK, "again");
    struct gx_client_request no = { .method = "GET",
                                    .target = GX_STR("/api/v1/big"),
                                    .take = refuse };
    GX_CHECK(gx_client_call(&f.ctx, client, &no, &reply) == GX_E_CANCELLED, "the taker stops it");
    gx_client_close(client);
    net_stop(&f);
}

GX_TEST(net_client_upload)
{
    struct net_fixture f;
    struct gx_client *client = NULL;
    net_prepare(&f);
    f.options.listen = NULL;
    net_start(&f);
    FILE *file = tmpfile();
    char block[1000];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 3000; i++)
        fwrite(block, 1, sizeof block, file);
    fflush(file);
    int fd = fileno(file);
    GX_CHECK(gx_client_open(&f.ctx, f.socket, &client) == GX_OK, "open");
    for (int i = 0; i < 3; i++) {
        lseek(fd, 0, SEEK_SET);
        struct gx_client_reply reply =
            call(&f, client,
                 (struct gx_client_request){
                     .method = "POST", .target = GX_STR("/api/v1/file"), .body_fd = &fd });
        GX_CHECK(reply.status == 200, "taken");
        GX_CHECK_STR(reply.body, GX_STR("3000000"), "all of it");
    }
    gx_client_close(client);
    fclose(file);
    GX_CHECK(gx_client_open(&f.ctx, "/nonexistent/socket", &client) == GX_E_NOT_FOUND, "nobody");
    net_stop(&f);
}

static const struct {
    const char *what, *reply;
} nonsense[] = {
    { "nothing", "" },
    { "not HTTP", "hello\r\n\r\n" },
    { "half a line", "HTTP/1.1 200" },
    { "no status", "HTTP/1.1 abc\r\n\r\n" },
    { "no colon", "HTTP/1.1 200 OK\r\nabc\r\n\r\n" },
    { "short body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc" },
    { "bad length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc" },
    { "bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" },
    { "negative chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" },
    { "open end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" },
    { "no line end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef" },
};

static void *answer(void *p)
{
    int fd = accept(*(int *)p, NULL, NULL);
    for (size_t i = 0; i < GX_COUNT(nonsense); i++) {
        char block[512];
        ssize_t n = read(fd, block, sizeof block);
        if (n > 0)
            net_say(fd, nonsense[i].reply);
        close(fd);
        fd = i + 1 < GX_COUNT(nonsense) ? accept(*(int *)p, NULL, NULL) : -1;
    }
    return NULL;
}

GX_TEST(net_client_nonsense)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    /* A folder whose path is longer than a socket address takes. */
    char dir[128] = "/tmp/gx-net-a-rather-long-name-of-a-folder-that-does-not-fit-into-a-"
                    "sockaddr-of-one-hundred-and-eight-XXXXXX",
         path[160];
    GX_CHECK(mkdtemp(dir) != NULL, "folder");
    snprintf(path, sizeof path, "%s/socket", dir);
    int fd = gx_local_listen(path, 8);
    int flags = fcntl(fd, F_GETFL);
    GX_CHECK(fd >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0, "listen at a long path");
    pthread_t thread;
    pthread_create(&thread, NULL, answer, &fd);
    for (size_t i = 0; i < GX_COUNT(nonsense); i++) {
        struct gx_client *client = NULL;
        struct gx_client_reply reply = { .status = 77 };
        struct gx_client_request request = { .method = "GET", .target = GX_STR("/") };
        GX_CHECK(gx_client_open(&ctx, path, &client) == GX_OK, nonsense[i].what);
        GX_CHECK(gx_client_call(&ctx, client, &request, &reply) == GX_E_IO, nonsense[i].what);
        GX_CHECK(reply.status == 77, nonsense[i].what);
        gx_client_close(client);
    }
    pthread_join(thread, NULL);
    close(fd);
    unlink(path);
    rmdir(dir);
    gx_arena_free(&arena);
}

GX_TEST(net_client_encode)
{
    struct gx_arena arena = { 0 };
    GX_CHECK_STR(gx_client_encode(&arena, GX_STR("a-b_c.d~e")), GX_STR("a-b_c.d~e"), "plain");
    GX_CHECK_STR(gx_client_encode(&arena, GX_STR("stage = \"won\" & 王/+%")),
                 GX_STR("stage%20%3D%20%22won%22%20%26%20%E7%8E%8B%2F%2B%25"), "all else");
    gx_arena_free(&arena);
}
