/*
 * body.c - the body of a request into memory, or into a file of the spool folder.
 *
 * The cap is checked before the first byte when the length is said, and while bytes come when it
 * is not.  libmicrohttpd takes no reply in the middle of a body, so what is past the cap is
 * thrown away for a while, then the connection is closed.
 */
#include "net/http_int.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/assert.h"

enum { BODY_BYTES = 1 << 20, FILE_BYTES = 1 << 30 };

static enum gx_code too_large(struct gx_http *h)
{
    int64_t kib = h->body_max / 1024;
    struct gx_str most = kib >= 10240 ? gx_arena_printf(&h->arena, "%d MiB", (int)(kib / 1024))
                                      : gx_arena_printf(&h->arena, "%d KiB", (int)kib);
    if (h->body_max < 10240)
        most = gx_arena_printf(&h->arena, "%d B", (int)h->body_max);
    return gx_fail(&h->ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_BIG, most);
}

/* "application/json" (RFC 7644: or scim+json), with at most a charset, which must be UTF-8. */
static bool is_json(const struct gx_route *route, struct gx_str type)
{
    size_t end = gx_str_find(type, ';');
    struct gx_str parameter = gx_str_trim(gx_str_from(type, end + 1));
    struct gx_str name = gx_str_trim((struct gx_str){ type.p, end });
    bool scim =
        route->who == GX_WHO_PROVISIONER && gx_str_ieq(name, GX_STR("application/scim+json"));
    return (scim || gx_str_ieq(name, GX_STR("application/json"))) &&
           (parameter.n == 0 || gx_str_ieq(parameter, GX_STR("charset=utf-8")) ||
            gx_str_ieq(parameter, GX_STR("charset=\"utf-8\"")));
}

static enum gx_code spool_failed(struct gx_http *h)
{
    return gx_fail(&h->ctx, GX_E_IO, GX_STR(""), GX_M_NET_SPOOL, gx_str_c(strerror(errno)));
}

static enum gx_code spool_open(struct gx_http *h)
{
    const struct gx_server_options *o = &h->server->options;
    gx_assert(o->spool_dir);
    h->req.body_path =
        gx_arena_printf(&h->arena, "%s/upload-%s.part", o->spool_dir, h->request_id).p;
    h->spool_fd =
        open(h->req.body_path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    return h->spool_fd < 0 ? spool_failed(h) : GX_OK;
}

enum gx_code gx_http_body_begin(struct gx_http *h)
{
    const struct gx_route *route = h->req.route;
    bool some = h->chunked || h->body_length > 0;
    if (!route || route->body == GX_BODY_NONE) {
        h->body_max = 0;
        return some ? gx_fail(&h->ctx, GX_E_INVALID, GX_STR(""), GX_M_NET_NO_BODY) : GX_OK;
    }
    bool file = route->body == GX_BODY_FILE;
    h->body_max = route->body_max ? route->body_max : file ? FILE_BYTES : BODY_BYTES;
    if (h->body_length > h->body_max)
        return too_large(h);
    if (route->body == GX_BODY_JSON && some &&
        !is_json(route, gx_req_header(&h->req, "Content-Type")))
        return gx_fail(&h->ctx, GX_E_MEDIA, GX_STR(""), GX_M_NET_MEDIA, GX_STR("application/json"));
    if (file)
        return spool_open(h);
    gx_assert(h->body_max < INT32_MAX);
    h->body.max = (size_t)h->body_max;
    /* A length alone costs the sender nothing, so only a little is taken on its word. */
    if (h->body_length <= GX_HTTP_KEEP_BYTES)
        (void)gx_buf_reserve(&h->body, (size_t)h->body_length);
    return GX_OK;
}

static enum gx_code spool_write(struct gx_http *h, struct gx_str piece)
{
    while (piece.n) {
        ssize_t n = write(h->spool_fd, piece.p, piece.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return spool_failed(h);
        piece = gx_str_from(piece, (size_t)n);
    }
    return GX_OK;
}

bool gx_http_body_add(struct gx_http *h, struct gx_str piece)
{
    h->body_bytes += (int64_t)piece.n;
    gx_http_deadline(h, h->body_started_us, h->server->options.body_ms, h->body_bytes);
    if (h->code == GX_OK && h->body_bytes > h->body_max)
        h->code = too_large(h);
    if (h->code != GX_OK)
        return h->body_bytes <= h->body_max + GX_HTTP_DRAIN_BYTES;
    if (h->spool_fd >= 0)
        h->code = spool_write(h, piece);
    else
        gx_buf_add(&h->body, piece);
    return true;
}

void gx_http_body_end(struct gx_http *h)
{
    h->req.body = gx_buf_str(&h->body);
    if (h->spool_fd >= 0 && close(h->spool_fd) != 0 && h->code == GX_OK)
        h->code = spool_failed(h);
    h->spool_fd = -1;
}

void gx_http_body_forget(struct gx_http *h, size_t keep)
{
    if (h->spool_fd >= 0)
        close(h->spool_fd);
    h->spool_fd = -1;
    if (h->req.body_path)
        unlink(h->req.body_path);
    if (h->body.cap > keep)
        gx_buf_free(&h->body);
    gx_buf_clear(&h->body);
}
