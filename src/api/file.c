/* file.c - the content of file records: handing it in, and having it back. */
#include "store/file.h"

#include <unistd.h>

#include "api/app.h"
#include "net/url.h"

enum { PIECE_BYTES = 64 << 10 };

static const struct gx_query_param upload_query[] = {
    { .name = "object",
      .doc = "What the file is about; with `id`.",
      .type = GX_SCHEMA_STR,
      .max = 48 },
    { .name = "id", .doc = "The record that the file is about.", .type = GX_SCHEMA_ID },
    { 0 },
};

/* The last piece of the name that was given: folders of somebody's computer are not ours. */
static struct gx_str file_name(struct gx_req *req)
{
    struct gx_str name;
    if (!gx_url_decode(req->ctx->arena, gx_req_header(req, "X-File-Name"), false, &name))
        return GX_STR("file");
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '/' || name.p[i - 1] == '\\') {
            name = gx_str_from(name, i);
            break;
        }
    name = gx_str_trim(name);
    return name.n ? name : GX_STR("file");
}

static enum gx_code file_upload(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *file, *about = NULL;
    int64_t record = 0, id;
    GX_TRY(gx_object_get(req->scope, GX_STR("file"), &file));
    if (gx_req_query(req, "object").n) {
        GX_TRY(gx_object_get(req->scope, gx_req_query(req, "object"), &about));
        GX_TRY(gx_req_query_int(req, "id", 0, 1, INT64_MAX, &record));
    }
    GX_TRY(gx_file_add(req->scope, req->body_path, file_name(req), about, record, &id));
    req->status = 201;
    return gx_reply_record(req, file, id, GX_STR(""), false);
}

const struct gx_route gx_route_file_upload = {
    .doc = "Hand in a file; its name stands in X-File-Name (percent-encoded), its kind is told "
           "from its content.",
    .method = GX_POST,
    .path = "/api/v1/file/upload",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_FILE,
    .body_max = GX_FILE_BYTES_MAX,
    .query = upload_query,
    .status = 201,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT, GX_E_IO },
    .handler = file_upload,
};

static void close_fd(void *p)
{
    close(*(int *)p);
}

static enum gx_code piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    char *block = p;
    int *fd = (int *)(void *)block;
    char *bytes = block + sizeof *fd;
    ssize_t n = read(*fd, bytes, PIECE_BYTES);
    if (n < 0)
        return gx_fail(req->ctx, GX_E_IO, GX_STR(""), GX_M_NONE);
    gx_buf_add(out, (struct gx_str){ bytes, (size_t)n });
    *ret_more = n > 0;
    return GX_OK;
}

/* RFC 6266: any name, every byte that is not plain percent-encoded. */
static struct gx_str disposition(struct gx_req *req, struct gx_str name)
{
    struct gx_buf out = { 0 };
    gx_buf_addz(&out, "attachment; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '.' || c == '-' || c == '_';
        if (plain) {
            gx_buf_addc(&out, (char)c);
        } else {
            gx_buf_addc(&out, '%');
            gx_buf_addc(&out, "0123456789ABCDEF"[c >> 4]);
            gx_buf_addc(&out, "0123456789ABCDEF"[c & 15]);
        }
    }
    struct gx_str s = gx_arena_str(req->ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return s;
}

static enum gx_code file_content(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    int fd;
    struct gx_str name;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_file_open(req->scope, id, &fd, &name));
    int *kept = gx_arena_alloc(req->ctx->arena, sizeof *kept + PIECE_BYTES);
    *kept = fd;
    gx_arena_defer(req->ctx->arena, close_fd, kept);
    req->content_type =
        "application/octet-stream"; /* its kind is in the record; nothing renders it */
    gx_reply_header(req, "Content-Disposition", disposition(req, name));
    gx_reply_header(req, "Content-Security-Policy", GX_STR("sandbox; default-src 'none'"));
    gx_reply_header(req, "Cache-Control", GX_STR("no-store"));
    req->stream = piece;
    req->stream_p = kept;
    return GX_OK;
}

const struct gx_route gx_route_file_content = {
    .doc = "The content of a file record, as a download.",
    .method = GX_GET,
    .path = "/api/v1/file/{id}/content",
    .who = GX_WHO_SIGNED_IN,
    .out_kind = "application/octet-stream",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_IO },
    .handler = file_content,
};
