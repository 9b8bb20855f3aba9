/* net_routes.c - the routes of the server that the tests of net/ talk to. */
#include "net_routes.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "json/write.h"
#include "net_fixture.h"

struct thing_in {
    struct gx_str name;
    int64_t count;
};

static const struct gx_schema thing_in[] = {
    GX_FIELD(struct thing_in, name, .type = GX_SCHEMA_STR, .required = true, .max = 20),
    GX_FIELD(struct thing_in, count, .type = GX_SCHEMA_INT, .min = 0, .max = 9),
    { 0 },
};

static const struct gx_query_param echo_query[] = {
    { "name", "a word", GX_SCHEMA_STR, false, 0, 10 },
    { "count", "a number", GX_SCHEMA_INT, false, 1, 50 },
    { "flag", "yes or no", GX_SCHEMA_BOOL, false, 0, 0 },
    { 0 },
};

static enum gx_code echo(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    (void)in;
    gx_jw_object(&w);
    for (size_t i = 0; i < req->query_count; i++) {
        gx_jw_key(&w, req->query[i].name);
        gx_jw_str(&w, req->query[i].value);
    }
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code item(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    (void)in;
    gx_jw_object(&w);
    gx_jw_key_str(&w, "id", req->params[0]);
    gx_jw_key_str(&w, "method", gx_str_c(gx_method_name(req->method)));
    gx_jw_key_bool(&w, "local", req->local);
    gx_jw_object_end(&w);
    gx_reply_header(req, "X-Item", req->params[0].n < 20 ? req->params[0] : GX_STR("long"));
    return GX_OK;
}

static enum gx_code special(struct gx_req *req, const void *in)
{
    (void)in;
    gx_buf_addz(&req->out, "\"special\"");
    return GX_OK;
}

static enum gx_code thing(struct gx_req *req, const void *in)
{
    const struct thing_in *t = in;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "name", t->name);
    gx_jw_key_int(&w, "count", t->count);
    gx_jw_object_end(&w);
    req->status = 201;
    struct net_fixture *f = req->app;
    atomic_fetch_add(&f->handled, 1);
    return GX_OK;
}

static enum gx_code bytes(struct gx_req *req, const void *in)
{
    (void)in;
    req->content_type = "application/octet-stream";
    gx_buf_add(&req->out, req->body);
    return GX_OK;
}

static enum gx_code file(struct gx_req *req, const void *in)
{
    struct stat st;
    (void)in;
    if (stat(req->body_path, &st) != 0)
        return GX_E_IO;
    gx_buf_printf(&req->out, "%lld", (long long)st.st_size);
    return GX_OK;
}

static enum gx_code commit_fails(struct gx_req *req, const void *in)
{
    (void)in;
    gx_buf_addz(&req->out, "\"it was never so\"");
    req->status = 201;
    return GX_OK;
}

static enum gx_code next_piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    int64_t *left = p;
    if (*left == -1)
        return GX_E_IO;
    for (int i = 0; i < 1000; i++)
        gx_buf_printf(out, "%lld\n", (long long)*left);
    *ret_more = --*left > 0;
    if (gx_str_is(req->path, "/api/v1/broken") && *left < 2)
        *left = -1;
    return GX_OK;
}

static enum gx_code stream(struct gx_req *req, const void *in)
{
    int64_t *left = GX_ARENA_NEW(req->ctx->arena, int64_t);
    (void)in;
    *left = 5;
    GX_TRY(gx_req_query_int(req, "count", 5, 1, 1000000, left));
    req->content_type = "text/plain; charset=utf-8";
    req->stream = next_piece;
    req->stream_p = left;
    return GX_OK;
}

/* --- a stream that sleeps until it is nudged */

static enum gx_code next_beat(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    struct net_fixture *f = p;
    (void)req;
    pthread_mutex_lock(&f->lock);
    for (; f->beats > 0; f->beats--)
        gx_buf_addz(out, "beat\n");
    *ret_more = !f->last_beat;
    pthread_mutex_unlock(&f->lock);
    return GX_OK;
}

static void live_over(void *p)
{
    struct net_fixture *f = p;
    pthread_mutex_lock(&f->lock);
    f->live = NULL;
    pthread_mutex_unlock(&f->lock);
}

static enum gx_code live(struct gx_req *req, const void *in)
{
    struct net_fixture *f = req->app;
    (void)in;
    pthread_mutex_lock(&f->lock);
    f->live = req;
    f->beats = 0;
    f->last_beat = false;
    pthread_mutex_unlock(&f->lock);
    gx_arena_defer(req->ctx->arena, live_over, f);
    req->content_type = "text/event-stream";
    req->stream = next_beat;
    req->stream_p = f;
    return GX_OK;
}

/* One beat more, or with a count the end; "false" when there is no stream. */
static enum gx_code nudge(struct gx_req *req, const void *in)
{
    struct net_fixture *f = req->app;
    (void)in;
    pthread_mutex_lock(&f->lock);
    gx_buf_addz(&req->out, f->live ? "true" : "false");
    if (f->live) {
        f->last_beat = gx_req_has_query(req, "count");
        f->beats += !f->last_beat;
        gx_stream_wake(f->live);
    }
    pthread_mutex_unlock(&f->lock);
    return GX_OK;
}

static enum gx_code big(struct gx_req *req, const void *in)
{
    (void)in;
    gx_buf_addc(&req->out, '[');
    for (int i = 0; i < 2000; i++)
        gx_buf_printf(&req->out, "\"row %d\",", i);
    gx_buf_addz(&req->out, "0]");
    return GX_OK;
}

static enum gx_code wrong(struct gx_req *req, const void *in)
{
    (void)in;
    gx_buf_addz(&req->out, "half a reply");
    return gx_fail(req->ctx, GX_E_CONFLICT, GX_STR("version"), GX_M_READ_ONLY, GX_STR("version"));
}

static const struct gx_query_param stream_query[] = {
    { "count", "pieces", GX_SCHEMA_INT, false, 1, 1000000 },
    { 0 },
};

static const struct gx_route r_echo = {
    .method = GX_GET, .path = "/api/v1/echo", .query = echo_query, .handler = echo
};
static const struct gx_route r_item = { .method = GX_GET,
                                        .path = "/api/v1/item/{id}",
                                        .handler = item };
static const struct gx_route r_item_sub = { .method = GX_GET,
                                            .path = "/api/v1/{object}/{id}/sub",
                                            .handler = item };
static const struct gx_route r_special = { .method = GX_GET,
                                           .path = "/api/v1/item/special",
                                           .handler = special };
static const struct gx_route r_delete = {
    .method = GX_DELETE, .path = "/api/v1/item/{id}", .writes = true, .handler = item
};
static const struct gx_route r_thing = { .method = GX_POST,
                                         .path = "/api/v1/thing",
                                         .writes = true,
                                         .body = GX_BODY_JSON,
                                         .body_max = 2000,
                                         .in = thing_in,
                                         .in_size = sizeof(struct thing_in),
                                         .handler = thing };
static const struct gx_route r_bytes = { .method = GX_PUT,
                                         .path = "/api/v1/bytes",
                                         .body = GX_BODY_BYTES,
                                         .body_max = 100000,
                                         .handler = bytes };
static const struct gx_route r_file = {
    .method = GX_POST, .path = "/api/v1/file", .body = GX_BODY_FILE, .handler = file
};
static const struct gx_route r_commit = {
    .method = GX_POST, .path = "/api/v1/commit-fails", .writes = true, .handler = commit_fails
};
static const struct gx_route r_stream = {
    .method = GX_GET, .path = "/api/v1/stream", .query = stream_query, .handler = stream
};
static const struct gx_route r_live = {
    .method = GX_GET, .path = "/api/v1/live", .live = true, .handler = live
};
static const struct gx_route r_nudge = {
    .method = GX_GET, .path = "/api/v1/nudge", .query = stream_query, .handler = nudge
};
static const struct gx_route r_broken = { .method = GX_GET,
                                          .path = "/api/v1/broken",
                                          .handler = stream };
static const struct gx_route r_big = { .method = GX_GET, .path = "/api/v1/big", .handler = big };
static const struct gx_route r_wrong = { .method = GX_GET,
                                         .path = "/api/v1/wrong",
                                         .handler = wrong };
static const struct gx_route r_secret = { .method = GX_POST,
                                          .path = "/api/v1/secret",
                                          .who = GX_WHO_SIGNED_IN,
                                          .body = GX_BODY_FILE,
                                          .handler = file };

const struct gx_route *const net_routes[] = {
    &r_echo, &r_item,   &r_item_sub, &r_special, &r_delete, &r_thing, &r_bytes, &r_file, &r_commit,
    &r_big,  &r_stream, &r_broken,   &r_wrong,   &r_secret, &r_live,  &r_nudge, NULL,
};
