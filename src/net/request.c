/*
 * request.c - the life of one request, as libmicrohttpd calls it.
 *
 *   on_uri        the request line is in: a fresh context
 *   on_request    headers are in: who, where, may they; then pieces of the body; then the end:
 *                 call the handler and reply, or suspend and let run_write or run_later do it
 *   on_completed  the reply is out or the connection broke: log, clean
 */
#include "net/http_int.h"

#include "base/assert.h"
#include "base/log.h"

static struct gx_http *http_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void make_request_id(struct gx_http *h)
{
    /* splitmix64: every id once per start, and not to be guessed from the one before. */
    uint64_t z = h->server->id_seed +
                 atomic_fetch_add(&h->server->id_next, 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    for (int i = 0; i < GX_HTTP_ID_BYTES; i++, z >>= 4)
        h->request_id[i] = "0123456789abcdef"[z & 15];
    h->request_id[GX_HTTP_ID_BYTES] = 0;
}

/*
 * Everything of the request before is forgotten.  Memory is kept, so that the next one needs none;
 * but not in a crowd, where most connections wait for a next request that does not come.
 */
static void forget(struct gx_http *h)
{
    bool crowd =
        atomic_load_explicit(&h->server->connection_count, memory_order_relaxed) > GX_HTTP_CROWD;
    size_t keep = crowd ? 0 : GX_HTTP_KEEP_BYTES;
    gx_http_body_forget(h, keep);
    if (crowd)
        gx_arena_free(&h->arena);
    else
        gx_arena_reset(&h->arena);
    struct gx_buf out = h->req.out;
    if (out.cap > keep)
        gx_buf_free(&out);
    if (h->packed.cap > keep)
        gx_buf_free(&h->packed);
    gx_buf_clear(&out);
    gx_buf_clear(&h->packed);
    out.max = 0;
    h->req = (struct gx_req){ .out = out };
    h->state = GX_HTTP_IDLE;
}

void *gx_http_on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    const struct gx_http_listener *listener = cls;
    struct gx_http *h = http_of(mhd);
    bool first = h->started_us == 0;
    forget(h);
    h->state = GX_HTTP_HEAD;
    h->target = GX_HTTP_ROUTE;
    h->hooked = h->head_only = h->chunked = h->expects = h->close = h->lost = false;
    h->code = GX_OK;
    h->allowed = 0;
    h->handed = h->made = false;
    h->body_length = h->body_bytes = h->stream_bytes = 0;
    h->asset = (struct gx_http_asset){ 0 };
    h->method = GX_STR("-");
    h->started_us = gx_monotonic_us();
    make_request_id(h);
    h->uri = gx_arena_cstr(&h->arena, gx_str_c(uri));
    h->ctx = (struct gx_ctx){
        .arena = &h->arena,
        .now_us = gx_clock_us(),
        .lang = GX_LANG_EN,
        .request_id = { h->request_id, GX_HTTP_ID_BYTES },
    };
    h->req.ctx = &h->ctx;
    h->req.app = listener->server->hooks.app;
    h->req.peer = gx_str_c(h->peer);
    h->req.local = h->local;
    h->req.private_ = h;
    /* The deadline of a connection's first headers runs since it was made. */
    if (!first)
        gx_http_deadline(h, h->started_us, listener->server->options.header_ms, 0);
    return h;
}

/* A write was committed or refused, a question answered: back to libmicrohttpd's thread. */
static void worked(struct gx_req *req, enum gx_code code)
{
    struct gx_http *h = req->private_;
    gx_assert(h->state == GX_HTTP_WORKING);
    h->code = code;
    h->state = GX_HTTP_WORKED;
    MHD_resume_connection(h->mhd);
}

static void suspend(struct gx_http *h, enum gx_http_state state)
{
    atomic_fetch_add(&h->server->suspended, 1);
    h->state = state;
    MHD_suspend_connection(h->mhd);
}

static enum gx_code answer(struct gx_req *req)
{
    const struct gx_http *h = req->private_;
    const struct gx_server_hooks *hooks = &h->server->hooks;
    if (hooks->enter)
        GX_TRY(hooks->enter(req));
    return gx_server_call(req);
}

/*
 * A thread of the server has many connections: whoever asks what takes long must not keep the
 * others waiting.  Most questions take no time; one that does is given up and asked again
 * elsewhere.
 */
static enum MHD_Result ask(struct gx_http *h)
{
    const struct gx_route *route = h->req.route;
    const struct gx_arena_defer *mark = h->arena.defer;
    bool again = (h->req.method == GX_GET || route->asks) && h->server->hooks.run_later;
    h->ctx.hurry_us = again ? gx_monotonic_us() + GX_HTTP_MOMENT_US : 0;
    h->code = answer(&h->req);
    h->ctx.hurry_us = 0;
    if (!h->ctx.late)
        return gx_http_reply(h);
    h->ctx.late = false;
    gx_arena_run_deferred(&h->arena, mark);
    gx_reply_forget(&h->req);
    suspend(h, GX_HTTP_WORKING);
    h->server->hooks.run_later(&h->req, false, answer, worked);
    return MHD_YES;
}

static enum MHD_Result run(struct gx_http *h)
{
    const struct gx_route *route = h->req.route;
    const struct gx_server_hooks *hooks = &h->server->hooks;
    gx_http_body_end(h);
    atomic_store_explicit(&h->deadline_us, 0, memory_order_relaxed);
    if (h->code != GX_OK || h->target != GX_HTTP_ROUTE)
        return gx_http_reply(h);
    h->code = gx_server_check(&h->req);
    if (h->code != GX_OK)
        return gx_http_reply(h);
    if (!(route->writes || route->slow) || !hooks->run_write)
        return ask(h);
    if (route->prepare)
        route->prepare(&h->req);
    suspend(h, GX_HTTP_WORKING);
    hooks->run_write(&h->req, worked);
    return MHD_YES;
}

static enum gx_code admit(struct gx_http *h)
{
    const struct gx_server_hooks *hooks = &h->server->hooks;
    if (h->target != GX_HTTP_ROUTE)
        return GX_OK;
    h->hooked = true;
    enum gx_code code = hooks->authenticate ? hooks->authenticate(&h->req) : GX_OK;
    if (code == GX_OK && hooks->authorise)
        code = hooks->authorise(&h->req);
    return code;
}

/* What it asks for is at hand: back to libmicrohttpd's thread. */
static void fetched(struct gx_req *req, enum gx_code code)
{
    struct gx_http *h = req->private_;
    gx_assert(h->state == GX_HTTP_WAITING);
    h->code = code;
    h->state = GX_HTTP_FETCHED;
    MHD_resume_connection(h->mhd);
}

/* Is what it asks for at hand?  False: it is being fetched. */
static bool arrive(struct gx_http *h)
{
    const struct gx_server_hooks *hooks = &h->server->hooks;
    if (h->code != GX_OK || h->target != GX_HTTP_ROUTE || !hooks->arrive)
        return true;
    h->hooked = true;
    if (hooks->arrive(&h->req, &h->code))
        return true;
    atomic_store_explicit(&h->deadline_us, 0, memory_order_relaxed);
    suspend(h, GX_HTTP_WAITING);
    hooks->fetch(&h->req, fetched);
    return false;
}

/* Its head is good, or h->code says what is wrong with it. */
static enum MHD_Result go_on(struct gx_http *h)
{
    if (h->code == GX_OK)
        h->code = admit(h);
    if (h->code == GX_OK)
        h->code = gx_http_body_begin(h);
    /*
     * A small refused body is read, so that the connection can go on.  All else waits for the
     * second call too: a reply to the first makes libmicrohttpd close the connection.
     */
    bool drain = !h->close && !h->chunked && !h->expects && h->body_length <= GX_HTTP_DRAIN_BYTES;
    if (h->code != GX_OK && !drain)
        return run(h);
    h->state = GX_HTTP_BODY;
    h->body_started_us = gx_monotonic_us();
    gx_http_deadline(h, h->body_started_us, h->server->options.body_ms, 0);
    return MHD_YES;
}

/* The headers are in. */
static enum MHD_Result begin(struct gx_http *h, const char *method, const char *version)
{
    atomic_store(&h->busy, true);
    atomic_fetch_add(&h->server->active, 1);
    h->method = gx_arena_str(&h->arena, gx_str_c(method));
    h->code = gx_http_read_head(h, version);
    return arrive(h) ? go_on(h) : MHD_YES;
}

static enum MHD_Result take(struct gx_http *h, const char *upload, size_t *upload_bytes)
{
    struct gx_str piece = { upload, *upload_bytes };
    *upload_bytes = 0;
    return gx_http_body_add(h, piece) ? MHD_YES : MHD_NO;
}

/* The write is durable whatever happens here, so nothing here changes what is said of it. */
static void fill_in(struct gx_http *h)
{
    const struct gx_server_hooks *hooks = &h->server->hooks;
    if (h->req.after)
        h->req.after(&h->req);
    if (!h->req.after_read)
        return;
    enum gx_code code = hooks->enter ? hooks->enter(&h->req) : GX_OK;
    if (code == GX_OK)
        code = h->req.after_read(&h->req);
    if (code != GX_OK)
        gx_ctx_clear(&h->ctx);
}

enum MHD_Result gx_http_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_bytes, void **context)
{
    (void)cls, (void)mhd, (void)url;
    struct gx_http *h = *context;
    gx_assert(h);
    switch (h->state) {
    case GX_HTTP_HEAD:
        return begin(h, method, version);
    case GX_HTTP_BODY:
        return *upload_bytes ? take(h, upload, upload_bytes) : run(h);
    case GX_HTTP_FETCHED:
        atomic_fetch_sub(&h->server->suspended, 1);
        return go_on(h);
    case GX_HTTP_WORKED:
        atomic_fetch_sub(&h->server->suspended, 1);
        if (h->code == GX_OK)
            fill_in(h);
        return gx_http_reply(h);
    case GX_HTTP_WAITING:
    case GX_HTTP_WORKING:
    case GX_HTTP_REPLIED:
        return MHD_YES;
    case GX_HTTP_IDLE:
        break;
    }
    return MHD_NO;
}

static void log_request(const struct gx_http *h, bool whole)
{
    struct gx_log line;
    gx_log_begin(&line, h->req.status >= 500 ? GX_LOG_WARN : GX_LOG_INFO, "request");
    gx_log_str(&line, "id", h->ctx.request_id);
    gx_log_str(&line, "method", h->method);
    /* The path only: a query holds what people look for. */
    gx_log_str(&line, "path", h->req.path);
    if (h->req.base.n)
        gx_log_str(&line, "base", h->req.base);
    gx_log_int(&line, "status", h->req.status);
    if (h->code != GX_OK)
        gx_log_str(&line, "code", gx_str_c(gx_code_wire(h->code)));
    gx_log_int(&line, "in", h->body_bytes);
    gx_log_int(&line, "out",
               h->asset.bytes.n  ? (int64_t)h->asset.bytes.n
               : h->stream_bytes ? h->stream_bytes
                                 : (int64_t)h->req.out.n);
    gx_log_int(&line, "us", gx_monotonic_us() - h->started_us);
    gx_log_str(&line, "peer", h->local ? GX_STR("local") : h->req.peer);
    if (!whole)
        gx_log_str(&line, "end", GX_STR("broken"));
    gx_log_end_soon(&line);
}

void gx_http_on_completed(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_RequestTerminationCode code)
{
    const struct gx_http_listener *listener = cls;
    struct gx_server *server = listener->server;
    struct gx_http *h = *context;
    (void)mhd;
    if (!h || h->state == GX_HTTP_IDLE)
        return;
    gx_assert(h->state != GX_HTTP_WORKING && h->state != GX_HTTP_WAITING);
    bool begun = atomic_exchange(&h->busy, false);
    if (h->state == GX_HTTP_WORKED || h->state == GX_HTTP_FETCHED || h->handed)
        atomic_fetch_sub(&server->suspended, 1);
    gx_http_stats_add(server->stats, h->req.route, h->req.status,
                      gx_monotonic_us() - h->started_us);
    if (!server->options.quiet)
        log_request(h, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    /* Statements of a stream belong to a reader that `finish` gives back. */
    gx_arena_run_deferred(&h->arena, NULL);
    if (h->hooked && server->hooks.finish)
        server->hooks.finish(&h->req);
    h->hooked = false;
    forget(h);
    gx_http_deadline(h, gx_monotonic_us(), server->options.idle_ms, 0);
    if (begun)
        atomic_fetch_sub(&server->active, 1);
    *context = NULL;
}
