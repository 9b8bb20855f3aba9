/* share.c - a record shared by hand; and the books it stands in. */
#include "store/share.h"

#include "api/app.h"
#include "base/time.h"
#include "store/list.h"
#include "store/record.h"

static const struct gx_schema named_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema share_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "user", .type = GX_SCHEMA_OBJECT, .fields = named_out },
    { .name = "unit",
      .type = GX_SCHEMA_OBJECT,
      .fields = named_out,
      .doc = "All who sit in it or below." },
    { .name = "role", .type = GX_SCHEMA_STR },
    { .name = "level", .type = GX_SCHEMA_STR, .required = true, .doc = "read or edit" },
    { .name = "until",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "The last day it holds; null: without end." },
    { .name = "over", .type = GX_SCHEMA_BOOL, .required = true, .doc = "That day has passed." },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true },
    { .name = "at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "by", .type = GX_SCHEMA_OBJECT, .fields = named_out, .doc = "Absent: the operator." },
    { 0 },
};
static const struct gx_schema shares_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = share_out, .required = true },
    { 0 },
};

static enum gx_code find(struct gx_req *req, const struct gx_object **ret_object, int64_t *ret_id)
{
    GX_TRY(gx_req_object(req, 0, ret_object));
    return gx_req_id(req, 1, ret_id);
}

static enum gx_code reply_rows(struct gx_req *req,
                               enum gx_code (*rows)(struct gx_scope *scope,
                                                    const struct gx_object *object, int64_t id,
                                                    struct gx_jw *w))
{
    const struct gx_object *object;
    int64_t id;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(find(req, &object, &id));
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(rows(req->scope, object, id, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code shares_get(struct gx_req *req, const void *in)
{
    (void)in;
    return reply_rows(req, gx_share_list);
}

const struct gx_route gx_route_shares = {
    .doc = "With whom a record is shared by hand.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/shares",
    .who = GX_WHO_SIGNED_IN,
    .out = shares_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = shares_get,
};

struct share_in {
    int64_t user, unit;
    struct gx_str role, level, until, reason;
};

static const char *const levels[] = { "read", "edit", NULL };

static const struct gx_schema share_in[] = {
    GX_FIELD(struct share_in, user, .type = GX_SCHEMA_ID, .doc = "One of user, unit and role."),
    GX_FIELD(struct share_in, unit, .type = GX_SCHEMA_ID),
    GX_FIELD(struct share_in, role, .type = GX_SCHEMA_STR, .max = 48),
    GX_FIELD(struct share_in, level, .type = GX_SCHEMA_STR, .words = levels,
             .doc = "read (usual) or edit"),
    GX_FIELD(struct share_in, until, .type = GX_SCHEMA_STR, .nullable = true, .max = 10,
             .doc = "The last day it holds, as 2026-12-31."),
    GX_FIELD(struct share_in, reason, .type = GX_SCHEMA_STR, .max = GX_SHARE_REASON_CHARS_MAX),
    { 0 },
};
static const struct gx_schema shared_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code shares_post(struct gx_req *req, const void *in_p)
{
    const struct share_in *in = in_p;
    const struct gx_object *object;
    int64_t id, share_id;
    GX_TRY(find(req, &object, &id));
    struct gx_share share = {
        .user = in->user,
        .unit = in->unit,
        .role = in->role,
        .edit = gx_str_is(in->level, "edit"),
        .has_until = in->until.n > 0,
        .reason = gx_str_trim(in->reason),
    };
    if (share.has_until && !gx_date_parse(in->until, &share.until))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("until"), GX_M_BAD_FORMAT, GX_STR("until"),
                       in->until);
    GX_TRY(gx_share_add(req->scope, object, id, &share, &share_id));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", share_id);
    gx_jw_object_end(&w);
    req->status = 201;
    return GX_OK;
}

const struct gx_route gx_route_shares_post = {
    .doc = "Share a record with a user, a unit and those below it, or a role.  Only who may edit "
           "a record may share it; a share opens it to those whose roles reach the object at all.",
    .method = GX_POST,
    .path = "/api/v1/{object}/{id}/shares",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = share_in,
    .in_size = sizeof(struct share_in),
    .out = shared_out,
    .status = 201,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = shares_post,
};

static enum gx_code shares_delete(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id, share;
    GX_TRY(find(req, &object, &id));
    GX_TRY(gx_req_id(req, 2, &share));
    GX_TRY(gx_share_remove(req->scope, object, id, share));
    req->status = 204;
    return GX_OK;
}

const struct gx_route gx_route_shares_delete = {
    .doc = "Take a share back.",
    .method = GX_DELETE,
    .path = "/api/v1/{object}/{id}/shares/{share}",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = shares_delete,
};

/* --- books */

static const struct gx_schema book_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "since", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema books_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = book_out, .required = true },
    { 0 },
};

static enum gx_code books_get(struct gx_req *req, const void *in)
{
    (void)in;
    return reply_rows(req, gx_book_list);
}

const struct gx_route gx_route_record_books = {
    .doc = "The books that a record stands in.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/books",
    .who = GX_WHO_SIGNED_IN,
    .out = books_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = books_get,
};

struct put_in {
    struct gx_str object, filter;
    struct gx_ids ids;
    bool remove;
};

static const struct gx_schema put_in[] = {
    GX_FIELD(struct put_in, object, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 48),
    GX_FIELD(struct put_in, ids, .type = GX_SCHEMA_IDS, .max = GX_BOOK_PUT_MAX,
             .doc = "Which records, at most 10,000; or"),
    GX_FIELD(struct put_in, filter, .type = GX_SCHEMA_STR, .max = 8192,
             .doc = "all that pass this expression, 10,000 at a time."),
    GX_FIELD(struct put_in, remove, .type = GX_SCHEMA_BOOL,
             .doc = "Take them out instead of putting them in."),
    { 0 },
};
static const struct gx_schema put_out[] = {
    { .name = "changed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "refused",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Not there, or not to be edited by the caller." },
    { .name = "more",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "More records pass the filter: ask again." },
    { 0 },
};

/* The next ids that pass the filter and are not (to be taken out: are) in the book yet. */
static enum gx_code ids_of(struct gx_req *req, const struct gx_object *object, int64_t book,
                           const struct put_in *in, struct gx_ids *ret_ids, bool *ret_more)
{
    struct gx_list_options options = {
        .filter = in->filter,
        .fields = GX_STR("id"),
        .limit = 0,
        .book = book,
        .not_in_book = !in->remove,
        .right = GX_RIGHT_EDIT,
    };
    struct gx_list *list;
    bool has;
    enum gx_code code;
    *ret_ids = (struct gx_ids){ .v = GX_ARENA_ARRAY(req->ctx->arena, int64_t, GX_BOOK_PUT_MAX) };
    GX_TRY(gx_list_open(req->scope, object, &options, &list));
    while ((code = gx_list_next(list, &has)) == GX_OK && has && ret_ids->n < GX_BOOK_PUT_MAX)
        ret_ids->v[ret_ids->n++] = gx_list_id(list);
    *ret_more = code == GX_OK && has;
    gx_list_close(list);
    return code;
}

static enum gx_code book_put(struct gx_req *req, const void *in_p)
{
    const struct put_in *in = in_p;
    const struct gx_object *object;
    struct gx_ids ids = in->ids;
    int64_t book, changed = 0, refused = 0;
    bool more = false, one;
    GX_TRY(gx_req_id(req, 0, &book));
    GX_TRY(gx_object_get(req->scope, in->object, &object));
    GX_TRY(gx_book_check(req->scope, book));
    if (in->filter.n && ids.n)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("filter"), GX_M_BOOK_BOTH);
    if (!ids.n)
        GX_TRY(ids_of(req, object, book, in, &ids, &more));
    for (size_t i = 0; i < ids.n; i++) {
        enum gx_code code = gx_book_put(req->scope, object, ids.v[i], book, !in->remove, 0, &one);
        if (code == GX_E_NOT_FOUND || code == GX_E_FORBIDDEN) {
            gx_ctx_clear(req->ctx);
            refused++;
            continue;
        }
        GX_TRY(code);
        changed += one;
    }
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_int(&w, "changed", changed);
    gx_jw_key_int(&w, "refused", refused);
    gx_jw_key_bool(&w, "more", more);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_book_put = {
    .doc = "Put records into a book or take them out: those named, or all that pass a filter.  "
           "It takes the right to edit each record, and a level to edit on the book.",
    .method = GX_POST,
    .path = "/api/v1/book/{id}/records",
    .who = GX_WHO_SIGNED_IN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = put_in,
    .in_size = sizeof(struct put_in),
    .out = put_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = book_put,
};
