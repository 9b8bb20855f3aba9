/*
 * reply.c - replies: headers that every one has, problems, compression, streams.
 */
#include "net/http_int.h"

#include <brotli/encode.h>
#include <zlib.h>

#include "base/assert.h"
#include "net/url.h"

enum {
    STREAM_BLOCK_BYTES = 65536,
    BROTLI_QUALITY = 1,
    BROTLI_WINDOW = 18,
    GZIP_LEVEL = 1,
    GZIP_WINDOW = 15 + 16, /* zlib: 16 more means gzip */
    GZIP_MEMORY = 8,
};

struct fixed_header {
    const char *name, *value;
};

/* What a browser is told with whatever it may show as a page: the application, files, streams. */
static const struct fixed_header always[] = {
    { "Content-Security-Policy",
      "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
      "form-action 'self'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "same-origin" },
    { "X-Frame-Options", "DENY" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Permissions-Policy",
      "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()" },
};

/* JSON is never a page: what governs pages would only make each reply longer. */
static const struct fixed_header for_data[] = {
    { "Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
};

void gx_reply_header(struct gx_req *req, const char *name, struct gx_str value)
{
    gx_assert(gx_url_token_valid(gx_str_c(name)) && gx_url_field_valid(value));
    struct gx_header *header = req->out_headers;
    struct gx_header *end = header + req->out_header_count;
    bool repeats = gx_str_ieq(gx_str_c(name), GX_STR("Set-Cookie"));
    while (header < end && (repeats || !gx_str_ieq(header->name, gx_str_c(name))))
        header++;
    if (header == end) {
        gx_assert(req->out_header_count < GX_HEADERS_OUT_MAX);
        req->out_header_count++;
    }
    *header = (struct gx_header){ gx_str_c(name), value };
}

static void write_error(struct gx_jw *w, struct gx_ctx *ctx, const struct gx_error *error)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "path", error->path);
    gx_jw_key_str(w, "code", gx_str_c(gx_code_wire(error->code)));
    gx_jw_key_str(w, "detail", gx_error_text(ctx->arena, error, ctx->lang));
    if (error->at >= 0)
        gx_jw_key_int(w, "at", error->at);
    if (error->line > 0)
        gx_jw_key_int(w, "line", error->line);
    if (error->file.n)
        gx_jw_key_str(w, "file", error->file);
    gx_jw_object_end(w);
}

void gx_reply_forget(struct gx_req *req)
{
    gx_ctx_clear(req->ctx);
    gx_buf_clear(&req->out);
    req->out.max = 0;
    req->status = 0;
    req->content_type = NULL;
    req->out_header_count = 0;
    req->stream = NULL;
    req->after = NULL;
    req->after_read = NULL;
}

void gx_reply_problem(struct gx_req *req, enum gx_code code)
{
    struct gx_ctx *ctx = req->ctx;
    gx_assert(code != GX_OK);
    const char *title = ctx->lang == GX_LANG_EN ? gx_code_title(code) : gx_code_title_zh(code);
    req->status = gx_code_status(code);
    req->stream = NULL;
    req->content_type = "application/problem+json";
    gx_buf_clear(&req->out);
    req->out.max = 0;
    if (code == GX_E_UNAUTHENTICATED)
        gx_reply_header(req, "WWW-Authenticate", GX_STR("Bearer"));
    if (code == GX_E_BUSY || code == GX_E_RATE)
        gx_reply_header(req, "Retry-After", code == GX_E_BUSY ? GX_STR("1") : GX_STR("60"));
    if (req->route && req->route->problem) {
        req->route->problem(req, code);
        return;
    }
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "type",
                  gx_arena_printf(ctx->arena, "urn:guanxi:problem:%s", gx_code_wire(code)));
    gx_jw_key_str(&w, "title", gx_str_c(title));
    gx_jw_key_int(&w, "status", req->status);
    gx_jw_key_str(&w, "code", gx_str_c(gx_code_wire(code)));
    gx_jw_key_str(&w, "detail",
                  ctx->errors ? gx_error_text(ctx->arena, ctx->errors, ctx->lang)
                              : gx_str_c(title));
    gx_jw_key_str(&w, "request_id", ctx->request_id);
    gx_jw_key(&w, GX_STR("errors"));
    gx_jw_array(&w);
    for (const struct gx_error *e = ctx->errors; e; e = e->next)
        write_error(&w, ctx, e);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
}

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool has_header(const struct gx_req *req, const char *name)
{
    for (size_t i = 0; i < req->out_header_count; i++)
        if (gx_str_ieq(req->out_headers[i].name, gx_str_c(name)))
            return true;
    return false;
}

const char *gx_req_coding(const struct gx_req *req)
{
    struct gx_str accepts = gx_req_header(req, "Accept-Encoding");
    if (req->local)
        return "";
    return gx_url_list_has(accepts, "br") ? "br" : gx_url_list_has(accepts, "gzip") ? "gzip" : "";
}

/* Is the tag in an If-None-Match?  Weak and strong count as the same there (RFC 9110). */
static bool tag_is_known(struct gx_str known, struct gx_str tag)
{
    struct gx_str piece;
    while (gx_str_split(&known, ',', &piece)) {
        piece = gx_str_trim(piece);
        if (gx_str_starts(piece, GX_STR("W/")))
            piece = gx_str_from(piece, 2);
        if (gx_str_eq(piece, tag) || gx_str_is(piece, "*"))
            return true;
    }
    return false;
}

void gx_reply_tagged(struct gx_req *req)
{
    const char *coding = gx_req_coding(req);
    struct gx_str tag = gx_arena_printf(req->ctx->arena, "\"%016llx%s%s\"",
                                        (unsigned long long)gx_str_hash(gx_buf_str(&req->out)),
                                        *coding ? "-" : "", coding);
    gx_reply_header(req, "ETag", tag);
    gx_reply_header(req, "Cache-Control",
                    req->scope ? GX_STR("private, no-cache") : GX_STR("no-cache"));
    if (!tag_is_known(gx_req_header(req, "If-None-Match"), tag))
        return;
    if (*coding)
        gx_reply_header(req, "Vary", GX_STR("Accept-Encoding"));
    gx_buf_clear(&req->out);
    req->status = MHD_HTTP_NOT_MODIFIED;
}

/* Text that is long enough to be worth it, for somebody far away, and has no secret in it. */
static bool may_pack(const struct gx_http *h)
{
    const struct gx_req *req = &h->req;
    struct gx_str type = gx_str_c(req->content_type);
    return !req->local && !req->stream && !(req->route && req->route->secret) &&
           req->out.n >= GX_HTTP_PACK_BYTES &&
           (type.n == 0 || gx_str_starts(type, GX_STR("text/")) ||
            gx_str_search(type, GX_STR("json")) != SIZE_MAX) &&
           !has_header(req, "Content-Encoding");
}

static bool pack_brotli(struct gx_http *h)
{
    const struct gx_buf *out = &h->req.out;
    size_t n = BrotliEncoderMaxCompressedSize(out->n);
    if (!gx_buf_reserve(&h->packed, n))
        return false;
    if (!BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_WINDOW, BROTLI_MODE_TEXT, out->n,
                               (const uint8_t *)out->p, &n, (uint8_t *)h->packed.p))
        return false;
    h->packed.n = n;
    return true;
}

static bool pack_gzip(struct gx_http *h)
{
    const struct gx_buf *out = &h->req.out;
    z_stream z = { 0 };
    if (out->n > UINT32_MAX ||
        deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY))
        return false;
    size_t n = deflateBound(&z, out->n);
    bool ok = gx_buf_reserve(&h->packed, n);
    if (ok) {
        z.next_in = (Bytef *)out->p;
        z.avail_in = (uInt)out->n;
        z.next_out = (Bytef *)h->packed.p;
        z.avail_out = (uInt)n;
        ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
        h->packed.n = ok ? n - z.avail_out : 0;
    }
    deflateEnd(&z);
    return ok;
}

/* The coding that it was packed with, or NULL. */
static const char *pack(struct gx_http *h)
{
    const char *coding = gx_req_coding(&h->req);
    if (!may_pack(h) || !*coding)
        return NULL;
    bool packed = *coding == 'b' ? pack_brotli(h) : pack_gzip(h);
    return packed ? coding : NULL;
}

void gx_stream_wake(struct gx_req *req)
{
    struct gx_http *h = req->private_;
    if (atomic_exchange(&h->sleep, GX_HTTP_WOKEN) == GX_HTTP_ASLEEP)
        MHD_resume_connection(h->mhd);
}

/* Nothing to say for now: libmicrohttpd forgets the connection until it is woken. */
static ssize_t sleep_stream(struct gx_http *h)
{
    int awake = GX_HTTP_AWAKE;
    atomic_store_explicit(&h->deadline_us, 0, memory_order_relaxed);
    MHD_suspend_connection(h->mhd);
    if (!atomic_compare_exchange_strong(&h->sleep, &awake, GX_HTTP_ASLEEP))
        MHD_resume_connection(h->mhd); /* woken in between */
    return 0;
}

static enum gx_code make_piece(struct gx_req *req)
{
    struct gx_http *h = req->private_;
    GX_TRY(req->stream(req, req->stream_p, &req->out, &h->stream_more));
    return gx_buf_check(&req->out);
}

static void piece_made(struct gx_req *req, enum gx_code code)
{
    struct gx_http *h = req->private_;
    h->code = code;
    h->made = true;
    MHD_resume_connection(h->mhd);
}

/* A piece may take as long as a question: not on this thread.  False: it has to. */
static bool hand_over(struct gx_http *h)
{
    struct gx_server *server = h->server;
    if (h->req.route->live || !server->hooks.run_later)
        return false;
    atomic_fetch_add(&server->suspended, 1);
    if (atomic_load(&server->stopped)) {
        atomic_fetch_sub(&server->suspended, 1);
        return false;
    }
    atomic_store_explicit(&h->deadline_us, 0, memory_order_relaxed);
    h->handed = true;
    h->handed_us = gx_monotonic_us();
    MHD_suspend_connection(h->mhd);
    server->hooks.run_later(&h->req, true, make_piece, piece_made);
    return true;
}

/* How long that took is not the client's fault. */
static void take_back(struct gx_http *h)
{
    h->handed = false;
    atomic_fetch_sub(&h->server->suspended, 1);
    h->body_started_us += gx_monotonic_us() - h->handed_us;
}

/* The next bytes of a stream; libmicrohttpd asks when the socket takes more. */
static ssize_t read_stream(void *cls, uint64_t at, char *to, size_t max)
{
    struct gx_http *h = cls;
    struct gx_req *req = &h->req;
    bool live = req->route->live;
    if (h->handed)
        take_back(h);
    for (;;) {
        if (h->made) {
            h->made = false;
            if (h->code != GX_OK)
                return MHD_CONTENT_READER_END_WITH_ERROR;
            if (live && req->out.n == 0 && h->stream_more)
                return sleep_stream(h);
            gx_http_deadline(h, live ? gx_monotonic_us() : h->body_started_us,
                             h->server->options.write_ms,
                             (live ? 0 : h->stream_bytes) + (int64_t)req->out.n);
        }
        size_t from = (size_t)(at - (uint64_t)h->stream_bytes);
        if (from < req->out.n) {
            size_t n = req->out.n - from < max ? req->out.n - from : max;
            memcpy(to, req->out.p + from, n);
            return (ssize_t)n;
        }
        h->stream_bytes += (int64_t)req->out.n;
        gx_buf_clear(&req->out);
        if (!h->stream_more)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (hand_over(h))
            return 0;
        atomic_store(&h->sleep, GX_HTTP_AWAKE);
        h->code = make_piece(req);
        h->made = true;
    }
}

static struct MHD_Response *from_bytes(struct gx_str bytes)
{
    /* libmicrohttpd takes no const, but only reads. */
    return MHD_create_response_from_buffer(bytes.n, (void *)(uintptr_t)bytes.p,
                                           MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *asset_response(struct gx_http *h, bool *ret_ok)
{
    const struct gx_http_asset *asset = &h->asset;
    bool fixed = asset->cache && strstr(asset->cache, "immutable");
    struct gx_str etag = GX_STR(""), bytes = asset->bytes;
    if (!fixed) {
        etag = gx_arena_printf(&h->arena, "\"%016llx\"",
                               (unsigned long long)gx_str_hash(asset->bytes));
        if (gx_str_eq(gx_req_header(&h->req, "If-None-Match"), etag)) {
            h->req.status = MHD_HTTP_NOT_MODIFIED;
            bytes = GX_STR("");
        }
    }
    struct MHD_Response *r = from_bytes(bytes);
    *ret_ok = r && add(r, "Content-Type", asset->type ? asset->type : "application/octet-stream") &&
              (!asset->encoding || add(r, "Content-Encoding", asset->encoding)) &&
              add(r, "Cache-Control", asset->cache ? asset->cache : "no-cache") &&
              add(r, "Vary", "Accept-Encoding") && (fixed || add(r, "ETag", etag.p));
    return r;
}

static struct MHD_Response *route_response(struct gx_http *h, bool *ret_ok)
{
    struct gx_req *req = &h->req;
    struct MHD_Response *r;
    const char *packed = pack(h);
    if (req->stream) {
        h->stream_more = true;
        r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, read_stream, h,
                                              NULL);
        /* Else libmicrohttpd sends the end of chunks even behind the headers for a HEAD. */
        if (r && h->head_only)
            MHD_set_response_options(r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    } else {
        r = from_bytes(gx_buf_str(packed ? &h->packed : &req->out));
    }
    bool empty = !req->stream && req->out.n == 0;
    *ret_ok = r &&
              (empty || add(r, "Content-Type",
                            req->content_type ? req->content_type : "application/json")) &&
              (!packed || add(r, "Content-Encoding", packed)) &&
              (!may_pack(h) || add(r, "Vary", "Accept-Encoding")) &&
              (has_header(req, "Cache-Control") || add(r, "Cache-Control", "no-store"));
    return r;
}

/* What a browser takes for JSON whatever is in it. */
static bool is_data(const struct gx_http *h)
{
    const char *type = h->req.content_type;
    bool is_asset = h->target == GX_HTTP_ASSET && h->code == GX_OK;
    return !is_asset && !h->req.stream &&
           (!type || strcmp(type, "application/json") == 0 ||
            strcmp(type, "application/problem+json") == 0);
}

static bool add_headers(struct gx_http *h, struct MHD_Response *r)
{
    struct gx_req *req = &h->req;
    bool ok = add(r, "X-Request-Id", h->request_id), data = is_data(h);
    const struct fixed_header *fixed = data ? for_data : always;
    for (size_t i = 0; i < (data ? GX_COUNT(for_data) : GX_COUNT(always)); i++)
        ok = ok && add(r, fixed[i].name, fixed[i].value);
    if (h->server->options.hsts && !h->local)
        ok = ok && add(r, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    for (size_t i = 0; i < req->out_header_count; i++)
        ok = ok && add(r, req->out_headers[i].name.p,
                       gx_arena_cstr(&h->arena, req->out_headers[i].value));
    if (h->close || atomic_load_explicit(&h->server->stopping, memory_order_relaxed))
        ok = ok && add(r, "Connection", "close");
    return ok;
}

static bool wants_page(const struct gx_http *h)
{
    return h->req.method == GX_GET && !gx_str_starts(h->req.path, GX_STR("/api/")) &&
           gx_str_search(gx_req_header(&h->req, "Accept"), GX_STR("text/html")) != SIZE_MAX;
}

enum MHD_Result gx_http_reply(struct gx_http *h)
{
    struct gx_req *req = &h->req;
    const struct gx_server_hooks *hooks = &h->server->hooks;
    bool ok = false;
    if (h->code != GX_OK)
        gx_reply_problem(req, h->code);
    if (h->lost && hooks->no_page && wants_page(h))
        hooks->no_page(req, h->code);
    if (req->status == 0)
        req->status = h->target == GX_HTTP_OPTIONS ? MHD_HTTP_NO_CONTENT : MHD_HTTP_OK;
    bool is_asset = h->target == GX_HTTP_ASSET && h->code == GX_OK;
    if (!is_asset)
        h->asset.bytes = GX_STR("");
    struct MHD_Response *r = is_asset ? asset_response(h, &ok) : route_response(h, &ok);
    if (r)
        ok = ok && add_headers(h, r) &&
             MHD_queue_response(h->mhd, (unsigned)req->status, r) == MHD_YES;
    if (r)
        MHD_destroy_response(r);
    if (h->hooked && !req->stream) {
        gx_arena_run_deferred(&h->arena, NULL);
        if (hooks->finish)
            hooks->finish(req);
        h->hooked = false;
    }
    h->state = GX_HTTP_REPLIED;
    h->body_started_us = gx_monotonic_us();
    gx_http_deadline(h, h->body_started_us, h->server->options.write_ms,
                     req->stream ? 0 : (int64_t)(req->out.n + h->asset.bytes.n));
    return ok ? MHD_YES : MHD_NO;
}
