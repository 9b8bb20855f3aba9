/*
 * head.c - the request line and the headers, checked before anything else happens.
 *
 * A request whose end could be read in two ways (two Content-Length, Content-Length together
 * with Transfer-Encoding, a header name with a space) is how a second request is smuggled past
 * a proxy, so it is refused and the connection closed.
 */
#include "net/http_int.h"

#include "base/assert.h"
#include "net/forwarded.h"
#include "net/url.h"

struct framing {
    size_t hosts, lengths, encodings;
    bool odd_encoding;
    struct gx_str host, length;
};

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind, const char *name,
                                   size_t name_n, const char *value, size_t value_n)
{
    struct gx_http *h = cls;
    (void)kind;
    struct gx_header *headers = (struct gx_header *)(uintptr_t)h->req.headers;
    if (h->req.header_count == GX_HTTP_HEADERS_MAX)
        return MHD_NO;
    headers[h->req.header_count++] =
        (struct gx_header){ { name ? name : "", name_n }, { value ? value : "", value_n } };
    return MHD_YES;
}

static enum gx_code refuse(struct gx_http *h, enum gx_code code, enum gx_message message,
                           struct gx_str arg)
{
    h->close = true;
    return gx_fail(&h->ctx, code, GX_STR(""), message, arg);
}

static enum gx_code collect(struct gx_http *h)
{
    int count = MHD_get_connection_values_n(h->mhd, MHD_HEADER_KIND, NULL, NULL);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(h->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    gx_assert(count >= 0);
    if (count > GX_HTTP_HEADERS_MAX)
        return refuse(h, GX_E_LIMIT, GX_M_NET_HEADERS_MANY, GX_STR("100"));
    if (!info || info->header_size > GX_HTTP_HEADER_BYTES_MAX)
        return refuse(h, GX_E_LIMIT, GX_M_TOO_BIG, GX_STR("12 KiB"));
    h->req.headers = GX_ARENA_ARRAY(&h->arena, struct gx_header, (size_t)count);
    MHD_get_connection_values_n(h->mhd, MHD_HEADER_KIND, take_header, h);
    return GX_OK;
}

/*
 * libmicrohttpd joins a header that is empty in its first line and goes on in the next,
 * "Transfer-Encoding:\r\n chunked", to one with the name "Transfer-Encodingchunked".
 */
static bool names_framing(struct gx_str name)
{
    static const char *const names[] = { "Transfer-Encoding", "Content-Length", "Host" };
    for (size_t i = 0; i < GX_COUNT(names); i++) {
        struct gx_str start = { name.p, strlen(names[i]) };
        if (name.n >= start.n && gx_str_ieq(start, gx_str_c(names[i])))
            return true;
    }
    return false;
}

static enum gx_code look_at(struct gx_http *h, const struct gx_header *header, struct framing *f)
{
    if (!gx_url_token_valid(header->name) || !gx_url_field_valid(header->value))
        return refuse(h, GX_E_SYNTAX, GX_M_NET_HEADER, header->name);
    if (gx_str_ieq(header->name, GX_STR("Host"))) {
        f->hosts++;
        f->host = header->value;
    } else if (gx_str_ieq(header->name, GX_STR("Content-Length"))) {
        f->lengths++;
        f->length = header->value;
    } else if (gx_str_ieq(header->name, GX_STR("Transfer-Encoding"))) {
        f->encodings++;
        f->odd_encoding |= !gx_str_ieq(header->value, GX_STR("chunked"));
    } else if (header->value.n == 0 && names_framing(header->name)) {
        return refuse(h, GX_E_SYNTAX, GX_M_NET_FRAMING, GX_STR(""));
    } else if (gx_str_ieq(header->name, GX_STR("Expect"))) {
        h->expects = true;
    } else if (gx_str_ieq(header->name, GX_STR("Accept-Language"))) {
        h->ctx.lang = gx_url_language(header->value);
    }
    return GX_OK;
}

static enum gx_code check_framing(struct gx_http *h, const struct framing *f, bool old)
{
    bool digits = true;
    for (size_t i = 0; i < f->length.n; i++)
        digits = digits && f->length.p[i] >= '0' && f->length.p[i] <= '9';
    if (f->lengths + f->encodings > 1 || f->odd_encoding || (f->encodings && old) || !digits ||
        (f->lengths && !gx_str_int64(f->length, &h->body_length)))
        return refuse(h, GX_E_SYNTAX, GX_M_NET_FRAMING, GX_STR(""));
    h->chunked = f->encodings > 0;
    if (f->hosts > 1 || (f->hosts == 0 && !old) || (f->hosts && !gx_url_host_valid(f->host)))
        return refuse(h, GX_E_SYNTAX, GX_M_NET_HEADER, GX_STR("Host"));
    return GX_OK;
}

/* "GET" or "HEAD" give GX_GET; GX_METHOD_COUNT for one that no route has. */
static enum gx_method method_of(struct gx_http *h)
{
    h->head_only = gx_str_is(h->method, "HEAD");
    if (h->head_only)
        return GX_GET;
    enum gx_method m = GX_GET;
    while (m < GX_METHOD_COUNT && !gx_str_is(h->method, gx_method_name(m)))
        m++;
    return m;
}

static enum gx_code no_route(struct gx_http *h)
{
    struct gx_req *req = &h->req;
    if (h->allowed) {
        struct gx_buf names = { 0 };
        for (enum gx_method m = GX_GET; m < GX_METHOD_COUNT; m++)
            if (h->allowed & 1u << m)
                gx_buf_printf(&names, "%s, ", gx_method_name(m));
        gx_buf_addz(&names, h->allowed & 1u << GX_GET ? "HEAD, OPTIONS" : "OPTIONS");
        struct gx_str allow = gx_arena_str(&h->arena, gx_buf_str(&names));
        gx_buf_free(&names);
        gx_reply_header(req, "Allow", allow);
        if (gx_str_is(h->method, "OPTIONS")) {
            h->target = GX_HTTP_OPTIONS;
            return GX_OK;
        }
        return gx_fail(&h->ctx, GX_E_METHOD, GX_STR(""), GX_M_NET_METHOD, h->method, allow);
    }
    const struct gx_server_hooks *hooks = &h->server->hooks;
    bool api = gx_str_starts(req->path, GX_STR("/api/")) || gx_str_is(req->path, "/api") ||
               gx_str_starts(req->path, GX_STR("/scim/"));
    if (!api && req->method == GX_GET && hooks->asset) {
        bool brotli = gx_url_list_has(gx_req_header(req, "Accept-Encoding"), "br");
        h->target = GX_HTTP_ASSET;
        h->asset.bytes = hooks->asset(hooks->app, req->path, brotli, &h->asset.type,
                                      &h->asset.encoding, &h->asset.cache);
        if (h->asset.bytes.n)
            return GX_OK;
        h->target = GX_HTTP_ROUTE;
    }
    return gx_fail(&h->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NET_NOWHERE, req->path);
}

static enum gx_code find_target(struct gx_http *h)
{
    struct gx_req *req = &h->req;
    struct gx_str uri = gx_str_c(h->uri), pieces[GX_PATH_PIECES_MAX];
    size_t count = 0, mark = gx_str_find(uri, '?');
    bool plain = true;
    req->path = (struct gx_str){ uri.p, mark };
    enum gx_method asked = req->method < GX_METHOD_COUNT ? req->method : GX_GET;
    if (uri.n > GX_URL_BYTES_MAX)
        return refuse(h, GX_E_LIMIT, GX_M_TOO_BIG, GX_STR("8 KiB"));
    if (h->server->hooks.locate) {
        enum gx_code code = h->server->hooks.locate(req, &req->path);
        h->lost = code != GX_OK;
        GX_TRY(code);
    }
    if (gx_str_find(uri, '#') < uri.n || !gx_url_split(&h->arena, req->path, pieces, &count))
        return gx_fail(&h->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_NET_TARGET);
    for (size_t i = 0; i < count && i < GX_PATH_PIECES_MAX; i++)
        plain = plain && gx_str_find(pieces[i], '/') == pieces[i].n && !gx_str_is(pieces[i], ".") &&
                !gx_str_is(pieces[i], "..");
    req->route = gx_router_find(h->server->router, asked, pieces, count, req->params, &h->allowed);
    if (req->route && req->method < GX_METHOD_COUNT)
        return gx_url_query(&h->ctx, gx_str_from(uri, mark + 1),
                            (struct gx_header **)(uintptr_t)&req->query, &req->query_count);
    req->route = NULL;
    /* Decoded as a whole only here: a piece may hold a "/" that is none of the path's. */
    if (!gx_url_decode(&h->arena, req->path, false, &req->path) || !plain)
        return gx_fail(&h->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NET_NOWHERE, req->path);
    return no_route(h);
}

enum gx_code gx_http_read_head(struct gx_http *h, const char *version)
{
    bool old = strcmp(version, "HTTP/1.0") == 0;
    struct framing framing = { 0 };
    GX_TRY(collect(h));
    for (size_t i = 0; i < h->req.header_count; i++)
        GX_TRY(look_at(h, &h->req.headers[i], &framing));
    if ((!old && strcmp(version, "HTTP/1.1") != 0) || !gx_url_token_valid(h->method))
        return refuse(h, GX_E_SYNTAX, GX_M_NET_TARGET, GX_STR(""));
    GX_TRY(check_framing(h, &framing, old));
    if (h->surplus)
        return refuse(h, GX_E_BUSY, GX_M_NET_FULL, GX_STR(""));
    if (atomic_load(&h->server->stopping))
        return refuse(h, GX_E_BUSY, GX_M_NET_STOPPING, GX_STR(""));
    h->req.method = method_of(h);
    if (h->server->options.proxies && !h->local)
        h->req.peer = gx_forwarded_client(h->server->options.proxies, &h->req, h->req.peer);
    return find_target(h);
}
