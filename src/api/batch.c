/*
 * batch.c - one change of many records: previewed, run in the background, cancelled, undone.
 *
 * See store/batch.h for the life of a batch.
 */
#include "store/batch.h"

#include "api/app.h"
#include "store/audit.h"
#include "store/relocate.h"

enum { BATCH_BYTES_MAX = 8 << 20 };

static const char *const actions[] = { "update", "delete", "restore",  "cells",
                                       "put",    "take",   "relocate", NULL };

static const struct gx_schema batch_in[] = {
    GX_FIELD(struct gx_batch_ask, action, .type = GX_SCHEMA_STR, .words = actions, .required = true,
             .doc =
                 "update, delete, restore; cells for a block of a spreadsheet; put into a book or "
                 "take out of it; relocate accounts to another market"),
    GX_FIELD(struct gx_batch_ask, filter, .type = GX_SCHEMA_STR, .max = 8192,
             .doc = "Records that pass this expression; all when it and ids are absent."),
    GX_FIELD(struct gx_batch_ask, q, .type = GX_SCHEMA_STR, .max = 200,
             .doc = "Only records that search finds with these words."),
    GX_FIELD(struct gx_batch_ask, ids, .type = GX_SCHEMA_IDS,
             .doc = "These records instead of a filter, at most 10,000; or see except."),
    GX_FIELD(struct gx_batch_ask, except, .type = GX_SCHEMA_BOOL,
             .doc = "All that pass the filter but those of ids, at most 300."),
    GX_FIELD(struct gx_batch_ask, values, .type = GX_SCHEMA_NODE,
             .doc = "update: the fields to set, as in a PATCH of one record."),
    GX_FIELD(struct gx_batch_ask, columns, .type = GX_SCHEMA_STRS,
             .doc = "cells: the fields of the block's columns."),
    GX_FIELD(struct gx_batch_ask, rows, .type = GX_SCHEMA_NODE,
             .doc = "cells: [{\"id\", \"cells\": [text, …]}], at most 2,000; null leaves a cell."),
    GX_FIELD(struct gx_batch_ask, book, .type = GX_SCHEMA_ID, .doc = "put, take: the book."),
    GX_FIELD(struct gx_batch_ask, relocation, .type = GX_SCHEMA_STR, .max = 48,
             .doc = "relocate: which move, of /api/v1/relocation."),
    GX_FIELD(struct gx_batch_ask, reason, .type = GX_SCHEMA_STR,
             .max = GX_RELOCATE_REASON_CHARS_MAX, .doc = "relocate: for the log."),
    { 0 },
};

static const struct gx_schema preview_out[] = {
    { .name = "matched", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { .name = "allowed", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { .name = "rows", .type = GX_SCHEMA_NODE },
    { 0 },
};

static const struct gx_schema batch_out[] = {
    { .name = "id", .type = GX_SCHEMA_ID, .required = true },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "action", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "running, done, cancelled, failed, undoing or undone" },
    { .name = "total", .type = GX_SCHEMA_INT, .required = true, .nullable = true },
    { .name = "done", .type = GX_SCHEMA_INT, .required = true },
    { .name = "changed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "same", .type = GX_SCHEMA_INT, .required = true },
    { .name = "refused", .type = GX_SCHEMA_INT, .required = true },
    { .name = "kept", .type = GX_SCHEMA_INT, .required = true },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code show(struct gx_req *req, int64_t id)
{
    struct gx_jw w = gx_jw(&req->out);
    return gx_batch_show(req->scope, id, &w);
}

/* A move between markets is done as its definition is now, whatever is written there later. */
static enum gx_code with_definition(struct gx_req *req, const struct gx_batch_ask *in,
                                    struct gx_batch_ask *ret_ask)
{
    struct gx_json *json;
    *ret_ask = *in;
    if (!gx_str_is(in->action, "relocate"))
        return GX_OK;
    GX_TRY(gx_relocate_find(req->scope, in->relocation, &json));
    ret_ask->values = json;
    return GX_OK;
}

static enum gx_code batch_preview(struct gx_req *req, const void *in)
{
    const struct gx_object *object;
    struct gx_batch_ask ask;
    struct gx_jw w = gx_jw(&req->out);
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(with_definition(req, in, &ask));
    return gx_batch_preview(req->scope, object, &ask, &w);
}

const struct gx_route gx_route_batch_preview = {
    .doc = "What a change of many records would meet: how many match, how many of them may be "
           "changed, and what pasted cells would become.  Nothing is written.",
    .method = GX_POST,
    .path = "/api/v1/{object}/batch/preview",
    .who = GX_WHO_SIGNED_IN,
    .asks = true,
    .body = GX_BODY_JSON,
    .body_max = BATCH_BYTES_MAX,
    .in = batch_in,
    .in_size = sizeof(struct gx_batch_ask),
    .out = preview_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = batch_preview,
};

static enum gx_code batch_start(struct gx_req *req, const void *in)
{
    const struct gx_object *object;
    struct gx_batch_ask ask;
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(with_definition(req, in, &ask));
    GX_TRY(gx_batch_start(req->scope, gx_api(req)->batches, object, &ask, &id));
    req->status = 202;
    return show(req, id);
}

const struct gx_route gx_route_batch_start = {
    .doc = "Change, delete or restore all records that match, in the background.  Each is written "
           "with the rights of the caller; /api/v1/batch/{id} says how it goes.",
    .method = GX_POST,
    .path = "/api/v1/{object}/batch",
    .who = GX_WHO_SIGNED_IN,
    .body = GX_BODY_JSON,
    .body_max = BATCH_BYTES_MAX,
    .in = batch_in,
    .in_size = sizeof(struct gx_batch_ask),
    .out = batch_out,
    .status = 202,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN, GX_E_INVALID, GX_E_LIMIT },
    .handler = batch_start,
};

static enum gx_code batch_get(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    return show(req, id);
}

const struct gx_route gx_route_batch_get = {
    .doc = "How a change of many records stands.",
    .method = GX_GET,
    .path = "/api/v1/batch/{id}",
    .who = GX_WHO_SIGNED_IN,
    .out = batch_out,
    .errors = { GX_E_NOT_FOUND },
    .handler = batch_get,
};

static const struct gx_schema row_error_out[] = {
    { .name = "path", .type = GX_SCHEMA_STR, .required = true },
    { .name = "code", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema row_out[] = {
    { .name = "id", .type = GX_SCHEMA_ID, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "action",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "refused; or kept, when undoing left it as it is" },
    { .name = "errors", .type = GX_SCHEMA_LIST, .fields = row_error_out, .required = true },
    { 0 },
};
static const struct gx_schema rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = row_out, .required = true },
    { 0 },
};

static enum gx_code batch_rows(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    struct gx_jw w = gx_jw(&req->out);
    return gx_batch_rows(req->scope, id, &w);
}

const struct gx_route gx_route_batch_rows = {
    .doc = "The records that were refused, or kept when it was undone, with the reasons; the first "
           "1,000.",
    .method = GX_GET,
    .path = "/api/v1/batch/{id}/rows",
    .who = GX_WHO_SIGNED_IN,
    .out = rows_out,
    .errors = { GX_E_NOT_FOUND },
    .handler = batch_rows,
};

static enum gx_code batch_cancel(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_batch_cancel(req->scope, id));
    return show(req, id);
}

const struct gx_route gx_route_batch_cancel = {
    .doc = "Stop after the records at hand; what is written stays, and can be undone.",
    .method = GX_POST,
    .path = "/api/v1/batch/{id}/cancel",
    .who = GX_WHO_SIGNED_IN,
    .out = batch_out,
    .errors = { GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = batch_cancel,
};

struct returning {
    struct gx_req *req;
    int64_t user;
};

/* In again; sessions, keys and whatever else ended with the leaving stay ended. */
static enum gx_code let_in(void *p, struct gx_conn *conn)
{
    const struct returning *r = p;
    struct gx_req *req = r->req;
    const struct gx_object *object;
    struct gx_json *values;
    struct gx_input *input;
    gx_ctx_clear(req->ctx);
    gx_scope_use(req->scope, conn);
    GX_TRY(gx_object_get(req->scope, GX_STR("user"), &object));
    GX_TRY(gx_json_read(req->ctx, GX_STR("{\"active\":true}"), &values));
    GX_TRY(gx_input_json(req->scope, object, values, GX_STR(""), &input));
    GX_TRY(gx_record_update(req->scope, r->user, 0, input, &(struct gx_write_options){ 0 }, NULL,
                            NULL));
    return gx_audit_access(req->scope, r->user, "returned", NULL, GX_STR(""));
}

/* Who left when this batch handed over what they owned. */
static enum gx_code take_back(struct gx_req *req, int64_t batch)
{
    struct gx_value value = gx_value_int(batch);
    struct returning r = { .req = req };
    struct gx_conn *reader = gx_scope_conn(req->scope);
    GX_TRY(gx_req_admin(req));
    GX_TRY(gx_req_fresh(req));
    GX_TRY(gx_db_int(req->ctx, reader, GX_SQL("SELECT user_id FROM gx_leaving WHERE batch = ?1"),
                     &value, 1, 0, &r.user));
    if (!r.user)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("leaver"), GX_M_LEAVER_NOT);
    enum gx_code code = gx_db_write(req->ctx, gx_api(req)->tenant->db, let_in, &r);
    gx_scope_use(req->scope, reader);
    return code;
}

static const struct gx_query_param undo_query[] = {
    { .name = "leaver",
      .doc = "Of a hand-over: let in again who left, first.  Sessions and keys stay ended.",
      .type = GX_SCHEMA_BOOL },
    { 0 },
};

static enum gx_code batch_undo(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw ignored = gx_jw(&req->out);
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    if (gx_req_flag(req, "leaver")) {
        GX_TRY(gx_batch_show(req->scope, id, &ignored)); /* is it theirs? */
        gx_buf_clear(&req->out);
        GX_TRY(take_back(req, id));
    }
    GX_TRY(gx_batch_undo(req->scope, gx_api(req)->batches, id));
    req->status = 202;
    return show(req, id);
}

const struct gx_route gx_route_batch_undo = {
    .doc = "Take the whole change back, in the background; newer values of others are kept.",
    .method = GX_POST,
    .path = "/api/v1/batch/{id}/undo",
    .who = GX_WHO_SIGNED_IN,
    .query = undo_query,
    .out = batch_out,
    .status = 202,
    .errors = { GX_E_NOT_FOUND, GX_E_CONFLICT, GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID,
                GX_E_PLAN },
    .handler = batch_undo,
};
