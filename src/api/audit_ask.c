/* audit_ask.c - see audit_ask.h. */
#include "api/audit_ask.h"

#include "base/time.h"

static enum gx_code read_moment(struct gx_req *req, const char *name, bool end, int64_t *ret_us)
{
    struct gx_str text = gx_str_trim(gx_req_query(req, name));
    int64_t days;
    *ret_us = 0;
    if (text.n == 0)
        return GX_OK;
    if (!gx_moment_parse(text, req->ctx->tz_offset_min, ret_us) || *ret_us <= 0)
        return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(name), GX_M_BAD_FORMAT, gx_str_c(name),
                       text);
    if (end && gx_date_parse(text, &days))
        *ret_us += GX_DAY_US;
    return GX_OK;
}

/* One stands in the member for one, which an index or the statement finds. */
static enum gx_code read_by(struct gx_req *req, struct gx_audit_ask *ask)
{
    struct gx_str rest = gx_req_query(req, "by"), piece, all = rest;
    int64_t *ids = GX_ARENA_ARRAY(req->ctx->arena, int64_t, GX_AUDIT_MANY_MAX);
    size_t n = 0;
    while (rest.n && gx_str_split(&rest, ',', &piece)) {
        if (n == GX_AUDIT_MANY_MAX || !gx_str_int64(gx_str_trim(piece), &ids[n]) || ids[n] < 1)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("by"), GX_M_BAD_FORMAT, GX_STR("by"),
                           all);
        n++;
    }
    ask->by = n == 1 ? ids[0] : 0;
    ask->bys = ids;
    ask->by_count = n > 1 ? n : 0;
    return GX_OK;
}

static enum gx_code read_what(struct gx_req *req, struct gx_audit_ask *ask)
{
    struct gx_str rest = gx_req_query(req, "what"), piece, all = rest;
    struct gx_str *whats = GX_ARENA_ARRAY(req->ctx->arena, struct gx_str, GX_AUDIT_MANY_MAX);
    size_t n = 0;
    while (rest.n && gx_str_split(&rest, ',', &piece)) {
        if (n == GX_AUDIT_MANY_MAX)
            return gx_fail(req->ctx, GX_E_INVALID, GX_STR("what"), GX_M_BAD_FORMAT, GX_STR("what"),
                           all);
        whats[n++] = gx_str_trim(piece);
    }
    ask->what = n == 1 ? whats[0] : GX_STR("");
    ask->whats = whats;
    ask->what_count = n > 1 ? n : 0;
    return GX_OK;
}

enum gx_code gx_audit_ask_read(struct gx_req *req, struct gx_audit_ask *ask)
{
    int64_t limit;
    *ask = (struct gx_audit_ask){ 0 };
    GX_TRY(read_by(req, ask));
    GX_TRY(read_what(req, ask));
    GX_TRY(gx_req_query_int(req, "about", 0, 1, INT64_MAX, &ask->about));
    GX_TRY(gx_req_query_int(req, "record", 0, 1, INT64_MAX, &ask->record));
    GX_TRY(gx_req_query_int(req, "cursor", 0, 1, INT64_MAX, &ask->cursor));
    GX_TRY(gx_req_query_int(req, "limit", GX_AUDIT_LIMIT, 1, GX_AUDIT_LIMIT_MAX, &limit));
    GX_TRY(read_moment(req, "from", false, &ask->from_us));
    GX_TRY(read_moment(req, "to", true, &ask->to_us));
    ask->limit = (int)limit;
    return GX_OK;
}
