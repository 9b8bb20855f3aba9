/*
 * fuzz_http.c - any bytes as a connection: every reply is one of ours, and the end comes.
 *
 * The server runs as in the program; the bytes come over a socket pair and then end.  What comes
 * back must be whole replies with known statuses, and nothing but the fuzzer's own deadline would
 * end a connection that is never answered.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/text.h"
#include "json/write.h"
#include "net/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { INPUT_BYTES = 32768 };

struct thing_in {
    struct gx_str name;
    int64_t count;
    struct gx_strs tags;
};

static const struct gx_schema thing_in[] = {
    GX_FIELD(struct thing_in, name, .type = GX_SCHEMA_STR, .required = true, .max = 20),
    GX_FIELD(struct thing_in, count, .type = GX_SCHEMA_INT, .min = 0, .max = 9),
    GX_FIELD(struct thing_in, tags, .type = GX_SCHEMA_STRS, .max = 3),
    { 0 },
};

static const struct gx_query_param query[] = {
    { "name", "a word", GX_SCHEMA_STR, false, 0, 10 },
    { "count", "a number", GX_SCHEMA_INT, false, 1, 50 },
    { "id", "an id", GX_SCHEMA_ID, false, 0, 0 },
    { 0 },
};

/* What was accepted holds what was promised to handlers. */
static enum gx_code show(struct gx_req *req, const void *in)
{
    const struct thing_in *thing = in;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_assert(gx_text_valid(req->path));
    for (size_t i = 0; i < req->query_count; i++)
        gx_jw_key_str(&w, req->query[i].name.n == 4 ? "name" : "other", req->query[i].value);
    for (size_t i = 0; i < GX_ROUTE_PARAMS_MAX && req->params[i].p; i++)
        gx_jw_key_str(&w, "param", req->params[i]);
    if (thing) {
        gx_assert(thing->name.n <= 20 && thing->count >= 0 && thing->count <= 9);
        gx_jw_key_str(&w, "thing", thing->name);
    }
    (void)gx_req_cookie(req, "session");
    (void)gx_req_same_origin(req);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code bytes(struct gx_req *req, const void *in)
{
    (void)in;
    gx_assert(req->body.n <= 1000);
    gx_buf_add(&req->out, req->body);
    return GX_OK;
}

static enum gx_code more(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    (void)p;
    gx_buf_add(out, req->path);
    *ret_more = false;
    return GX_OK;
}

static enum gx_code stream(struct gx_req *req, const void *in)
{
    (void)in;
    req->stream = more;
    return GX_OK;
}

#define ROUTE(m, p, h, ...)                                                                        \
    &(const struct gx_route)                                                                       \
    {                                                                                              \
        .method = (m), .path = (p), .handler = (h), __VA_ARGS__                                    \
    }

static const struct gx_route *const routes[] = {
    ROUTE(GX_GET, "/a/{x}", show, .query = query),
    ROUTE(GX_GET, "/a/{x}/{y}", show, .doc = ""),
    ROUTE(GX_GET, "/s", stream, .doc = ""),
    ROUTE(GX_POST, "/a", show, .body = GX_BODY_JSON, .in = thing_in,
          .in_size = sizeof(struct thing_in)),
    ROUTE(GX_DELETE, "/a/{x}", show, .writes = true),
    ROUTE(GX_PUT, "/b", bytes, .body = GX_BODY_BYTES, .body_max = 1000),
    NULL,
};

static void run_write(struct gx_req *req, void (*done)(struct gx_req *req, enum gx_code code))
{
    done(req, gx_server_call(req));
}

static struct gx_server *start(void)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena };
    struct gx_server *server = NULL;
    const struct gx_server_options options = { .listen = "127.0.0.1:0",
                                               .threads = 1,
                                               .quiet = true,
                                               .header_ms = 200,
                                               .body_ms = 200,
                                               .idle_ms = 200,
                                               .routes = routes };
    const struct gx_server_hooks hooks = { .run_write = run_write };
    gx_assert(gx_server_start(&ctx, &options, &hooks, &server) == GX_OK);
    gx_arena_free(&arena);
    return server;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct gx_server *server;
    int ends[2];
    char block[65536];
    size_t have = 0;
    if (!server)
        server = start();
    if (n > INPUT_BYTES)
        return 0;
    gx_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    gx_assert(gx_server_adopt(server, ends[1]) == GX_OK);
    (void)!send(ends[0], data, n, MSG_NOSIGNAL);
    /* An end that comes together with the last bytes goes unseen until the deadline. */
    struct pollfd answer = { .fd = ends[0], .events = POLLIN };
    poll(&answer, 1, 2);
    shutdown(ends[0], SHUT_WR);
    for (ssize_t got; (got = recv(ends[0], block + have, sizeof block - have, 0)) > 0;) {
        have += (size_t)got;
        gx_assert(have < 5 || memcmp(block, "HTTP/", 5) == 0);
        have = have < sizeof block / 2 ? have : 5;
    }
    close(ends[0]);
    return 0;
}
