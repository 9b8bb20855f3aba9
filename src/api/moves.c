/* moves.c - where a record can go from here in its process, and what stands in the way. */
#include "api/app.h"
#include "store/record.h"

static enum gx_code record_moves(struct gx_req *req, const void *in)
{
    (void)in;
    const struct gx_object *object;
    int64_t id;
    GX_TRY(gx_req_object(req, 0, &object));
    GX_TRY(gx_req_id(req, 1, &id));
    struct gx_jw w = gx_jw(&req->out);
    return gx_record_moves(req->scope, object, id, &w);
}

static const struct gx_schema move_out[] = {
    { .name = "field",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "The field that holds the state." },
    { .name = "to",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Code of the state it enters." },
    { .name = "label", .type = GX_SCHEMA_STR, .required = true, .doc = "What a button says." },
    { .name = "possible",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "False: the record does not meet the condition of the move." },
    { .name = "reason",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Why it is not possible, for people; empty when it is." },
    { .name = "require",
      .type = GX_SCHEMA_STRS,
      .required = true,
      .doc = "Fields that must be filled in by then." },
    { 0 },
};
static const struct gx_schema moves_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = move_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_record_moves = {
    .doc = "The moves of its process that the caller may make with a record, and which of them are "
           "possible now.",
    .method = GX_GET,
    .path = "/api/v1/{object}/{id}/moves",
    .who = GX_WHO_SIGNED_IN,
    .out = moves_out,
    .errors = { GX_E_NOT_FOUND, GX_E_FORBIDDEN },
    .handler = record_moves,
};
