/* admin_erasure.c - erasing people: what would go, asked for, confirmed, done. */
#include "api/app.h"
#include "store/erase.h"
#include "store/privacy_job.h"

struct erasure_in {
    struct gx_str object, activities, confirm, reason;
    int64_t id;
    bool despite_open;
};
static const char *const activities[] = { "delete", "keep", NULL };

#define ERASURE_WHOM                                                                               \
    GX_FIELD(struct erasure_in, object, .type = GX_SCHEMA_STR, .required = true, .max = 48,        \
             .doc = "contact, lead, or account (of a person)."),                                   \
        GX_FIELD(struct erasure_in, id, .type = GX_SCHEMA_ID, .required = true),                   \
        GX_FIELD(struct erasure_in, activities, .type = GX_SCHEMA_STR, .required = true,           \
                 .words = activities,                                                              \
                 .doc = "What was said and done with the person: goes, or stays without words.")

static const struct gx_schema preview_in[] = { ERASURE_WHOM, { 0 } };
static const struct gx_schema erasure_in[] = {
    ERASURE_WHOM,
    GX_FIELD(struct erasure_in, confirm, .type = GX_SCHEMA_STR, .required = true, .max = 300,
             .doc = "The name of the record, typed: it cannot be taken back."),
    GX_FIELD(struct erasure_in, reason, .type = GX_SCHEMA_STR, .max = GX_ERASE_REASON_CHARS_MAX),
    GX_FIELD(struct erasure_in, despite_open, .type = GX_SCHEMA_BOOL,
             .doc = "Although deals with the person are open."),
    { 0 },
};

static const struct gx_schema reach_out[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "fate",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "goes; emptied: stays as an empty record; muted: stays without its texts; cleaned: "
             "somebody else's, without the person's name, numbers and addresses" },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema preview_out[] = {
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "reaches", .type = GX_SCHEMA_LIST, .fields = reach_out, .required = true },
    { .name = "entries", .type = GX_SCHEMA_INT, .required = true, .doc = "Of the log." },
    { .name = "open_deals", .type = GX_SCHEMA_INT, .required = true },
    { .name = "hold", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "hold_until", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema who_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
#define MOMENT(n)                                                                                  \
    {                                                                                              \
        .name = n, .type = GX_SCHEMA_STR, .required = true, .nullable = true                       \
    }
static const struct gx_schema erasure_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "record", .type = GX_SCHEMA_STR, .required = true, .doc = "0: of a rule." },
    { .name = "keep", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "state", .type = GX_SCHEMA_STR, .required = true },
    { .name = "reason", .type = GX_SCHEMA_STR, .required = true },
    MOMENT("asked_at"),
    { .name = "asked_by",
      .type = GX_SCHEMA_OBJECT,
      .fields = who_out,
      .required = true,
      .nullable = true },
    MOMENT("confirmed_at"),
    { .name = "confirmed_by",
      .type = GX_SCHEMA_OBJECT,
      .fields = who_out,
      .required = true,
      .nullable = true },
    MOMENT("done_at"),
    MOMENT("scrubbed_at"),
    { .name = "removed", .type = GX_SCHEMA_INT, .required = true },
    { .name = "blanked", .type = GX_SCHEMA_INT, .required = true },
    { .name = "entries", .type = GX_SCHEMA_INT, .required = true },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema erasures_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = erasure_out, .required = true },
    { 0 },
};

static enum gx_code ask_of(struct gx_req *req, const struct erasure_in *in,
                           struct gx_erase_ask *ask)
{
    *ask = (struct gx_erase_ask){ .record = in->id,
                                  .keep = gx_str_is(in->activities, "keep"),
                                  .typed = in->confirm,
                                  .reason = in->reason,
                                  .despite_open = in->despite_open };
    return gx_object_get(req->scope, in->object, &ask->object);
}

static enum gx_code preview(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    struct gx_erase_ask ask;
    GX_TRY(ask_of(req, in, &ask));
    return gx_erase_preview(req->scope, &ask, &w);
}

const struct gx_route gx_route_admin_erasure_preview = {
    .doc = "What erasing somebody would reach, and what stands in its way; changes nothing.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/erasures/preview",
    .who = GX_WHO_ADMIN,
    .asks = true,
    .body = GX_BODY_JSON,
    .in = preview_in,
    .in_size = sizeof(struct erasure_in),
    .out = preview_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_LIMIT },
    .handler = preview,
};

static void wake(struct gx_req *req)
{
    gx_privacy_job_wake(gx_api(req)->privacy);
}

static enum gx_code reply_one(struct gx_req *req, int64_t id)
{
    struct gx_jw w = gx_jw(&req->out);
    int count;
    GX_TRY(gx_erase_list(req->scope, id, &w, &count));
    if (count)
        return GX_OK;
    return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                   gx_arena_printf(req->ctx->arena, "%lld", (long long)id));
}

static enum gx_code start(struct gx_req *req, const void *in)
{
    struct gx_erase_ask ask;
    int64_t id;
    bool running;
    GX_TRY(ask_of(req, in, &ask));
    GX_TRY(gx_erase_start(req->scope, &ask, &id, &running));
    req->status = 202;
    if (running)
        req->after = wake;
    return reply_one(req, id);
}

const struct gx_route gx_route_admin_erasure_start = {
    .doc = "Erase a person; cannot be taken back. Done in the background, or after a second "
           "administrator has confirmed it where the settings say so.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/erasures",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = erasure_in,
    .in_size = sizeof(struct erasure_in),
    .out = erasure_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_IN_USE,
                GX_E_CONFLICT, GX_E_LIMIT },
    .handler = start,
};

static enum gx_code confirm(struct gx_req *req, const void *in)
{
    int64_t id;
    (void)in;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_erase_confirm(req->scope, id));
    req->status = 202;
    req->after = wake;
    return reply_one(req, id);
}

const struct gx_route gx_route_admin_erasure_confirm = {
    .doc = "Confirm an erasure that another administrator asked for, or try a failed one again.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/erasures/{id}/confirm",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .out = erasure_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = confirm,
};

static enum gx_code cancel(struct gx_req *req, const void *in)
{
    int64_t id;
    (void)in;
    GX_TRY(gx_req_id(req, 0, &id));
    GX_TRY(gx_erase_cancel(req->scope, id));
    return reply_one(req, id);
}

const struct gx_route gx_route_admin_erasure_cancel = {
    .doc = "Withdraw an erasure that is not confirmed yet, or that failed.",
    .method = GX_DELETE,
    .path = "/api/v1/admin/privacy/erasures/{id}",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .out = erasure_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_CONFLICT },
    .handler = cancel,
};

static enum gx_code one(struct gx_req *req, const void *in)
{
    int64_t id;
    (void)in;
    GX_TRY(gx_req_id(req, 0, &id));
    return reply_one(req, id);
}

const struct gx_route gx_route_admin_erasure = {
    .doc = "How an erasure stands.",
    .method = GX_GET,
    .path = "/api/v1/admin/privacy/erasures/{id}",
    .who = GX_WHO_ADMIN,
    .out = erasure_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = one,
};

static enum gx_code all(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    int count;
    (void)in;
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_erase_list(req->scope, 0, &w, &count));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_erasures = {
    .doc = "Erasures, newest first; of people by request, and what rules of retention blanked.",
    .method = GX_GET,
    .path = "/api/v1/admin/privacy/erasures",
    .who = GX_WHO_ADMIN,
    .out = erasures_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = all,
};
