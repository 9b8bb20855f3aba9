/* subject.c - all that is held on a person, to be given to them. */
#include "store/subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/app.h"
#include "store/seen.h"

enum { PIECE_BYTES = 64 << 10 };

static void close_file(void *p)
{
    fclose(p);
}

static enum gx_code piece(struct gx_req *req, void *p, struct gx_buf *out, bool *ret_more)
{
    (void)req;
    if (!gx_buf_reserve(out, PIECE_BYTES))
        return GX_E_LIMIT;
    size_t n = fread(out->p + out->n, 1, PIECE_BYTES, p);
    out->n += n;
    *ret_more = n > 0;
    return ferror((FILE *)p) ? GX_E_IO : GX_OK;
}

/* That it was taken out, of whom and by whom, stands in the log; ids alone. */
static void note(struct gx_req *req, const struct gx_object *object, int64_t id)
{
    struct gx_seen_note note = {
        .by = gx_scope_me(req->scope),
        .what = "export",
        .name = gx_arena_cstr(req->ctx->arena, object->x.name),
        .value = gx_arena_printf(req->ctx->arena, "subject %lld", (long long)id),
    };
    gx_seen_add(gx_api(req)->tenant->seen, &note, req->ctx->now_us);
}

static enum gx_code subject(struct gx_req *req, const void *in)
{
    struct gx_arena *arena = req->ctx->arena;
    const struct gx_object *object;
    int64_t id;
    (void)in;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    if (gx_req_flag(req, "check")) {
        req->status = 204;
        return gx_subject_may(req->scope, object, id);
    }
    char *path =
        gx_arena_cstr(arena, gx_arena_printf(arena, "%s/subject-XXXXXX", gx_api(req)->spool_dir));
    int fd = mkstemp(path);
    if (fd < 0)
        return gx_fail(req->ctx, GX_E_IO, GX_STR(""), GX_M_NONE);
    close(fd);
    enum gx_code code = gx_subject_write(req->scope, object, id, path);
    FILE *file = code == GX_OK ? fopen(path, "rb") : NULL;
    unlink(path);
    GX_TRY(code);
    if (!file)
        return gx_fail(req->ctx, GX_E_IO, GX_STR(""), GX_M_NONE);
    gx_arena_defer(arena, close_file, file);
    note(req, object, id);
    req->content_type = "application/zip";
    gx_reply_header(
        req, "Content-Disposition",
        gx_arena_printf(arena, "attachment; filename=\"subject-%lld.zip\"", (long long)id));
    req->stream = piece;
    req->stream_p = file;
    return GX_OK;
}

static const struct gx_query_param subject_query[] = {
    { .name = "check",
      .doc = "Only say whether it may be had: 204 without a body.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

const struct gx_route gx_route_subject = {
    .doc =
        "All that is held on a person (a contact, a lead, a person's account), as far as one may "
        "read it: a ZIP with a page to read, data for machines, and files. Needs the right to "
        "export the record.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/subject",
    .who = GX_WHO_SIGNED_IN,
    .fresh = true,
    .query = subject_query,
    .out_kind = "application/zip",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID, GX_E_IO },
    .handler = subject,
};
