/* admin_retention.c - the rules by which records are kept for a time only. */
#include "api/app.h"
#include "store/privacy_job.h"
#include "store/retain.h"

struct rule_in {
    struct gx_str name, object, filter, field, action;
    int64_t days;
    struct gx_strs fields;
    bool paused;
};
static const char *const actions[] = { "bin", "purge", "blank", NULL };

static const struct gx_schema rule_in[] = {
    GX_FIELD(struct rule_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 120),
    GX_FIELD(struct rule_in, object, .type = GX_SCHEMA_STR, .required = true, .max = 48),
    GX_FIELD(struct rule_in, filter, .type = GX_SCHEMA_STR, .max = GX_EXPR_TEXT_BYTES_MAX,
             .doc = "Expression that records must pass; empty: all."),
    GX_FIELD(struct rule_in, field, .type = GX_SCHEMA_STR, .required = true, .max = 48,
             .doc = "Date or time of the record, such as updated_at."),
    GX_FIELD(struct rule_in, days, .type = GX_SCHEMA_INT, .required = true, .min = 1,
             .max = GX_RETAIN_DAYS_MAX, .doc = "Kept for so many days after it."),
    GX_FIELD(struct rule_in, action, .type = GX_SCHEMA_STR, .required = true, .words = actions,
             .doc = "To the recycle bin; for good; or some fields are emptied."),
    GX_FIELD(struct rule_in, fields, .type = GX_SCHEMA_STRS, .max = 100, .doc = "Of blank."),
    GX_FIELD(struct rule_in, paused, .type = GX_SCHEMA_BOOL),
    { 0 },
};
static const struct gx_schema rule_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name", .type = GX_SCHEMA_STR, .required = true },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "filter", .type = GX_SCHEMA_STR, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "days", .type = GX_SCHEMA_INT, .required = true },
    { .name = "action", .type = GX_SCHEMA_STR, .required = true },
    { .name = "fields", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "paused", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "ran_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "ran_count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema rules_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = rule_out, .required = true },
    { 0 },
};
static const struct gx_schema id_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema example_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema preview_out[] = {
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "held", .type = GX_SCHEMA_INT, .required = true, .doc = "Kept by legal holds." },
    { .name = "examples", .type = GX_SCHEMA_LIST, .fields = example_out, .required = true },
    { 0 },
};

static enum gx_code rule_of(struct gx_req *req, const struct rule_in *in,
                            struct gx_retain_rule *rule)
{
    *rule = (struct gx_retain_rule){ .name = gx_str_trim(in->name),
                                     .filter = in->filter,
                                     .field = in->field,
                                     .action = in->action,
                                     .days = in->days,
                                     .fields = in->fields,
                                     .paused = in->paused };
    return gx_object_get(req->scope, in->object, &rule->object);
}

static enum gx_code list(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    (void)in;
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(gx_retain_list(req->scope, &w));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_retention_rules = {
    .doc = "Rules of retention, and when each was kept last.",
    .method = GX_GET,
    .path = "/api/v1/admin/privacy/rules",
    .who = GX_WHO_ADMIN,
    .out = rules_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = list,
};

static enum gx_code save(struct gx_req *req, const struct rule_in *in, int64_t id)
{
    struct gx_jw w = gx_jw(&req->out);
    struct gx_retain_rule rule;
    GX_TRY(rule_of(req, in, &rule));
    rule.id = id;
    GX_TRY(gx_retain_save(req->scope, &rule, &id));
    gx_jw_object(&w);
    gx_jw_key_id(&w, "id", id);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code add(struct gx_req *req, const void *in)
{
    req->status = 201;
    return save(req, in, 0);
}

const struct gx_route gx_route_admin_retention_add = {
    .doc = "A new rule of retention; it is kept once a day.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/rules",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = rule_in,
    .in_size = sizeof(struct rule_in),
    .out = id_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_LIMIT },
    .handler = add,
};

static enum gx_code change(struct gx_req *req, const void *in)
{
    int64_t id;
    GX_TRY(gx_req_id(req, 0, &id));
    return save(req, in, id);
}

const struct gx_route gx_route_admin_retention_change = {
    .doc = "Change a rule, or pause it.",
    .method = GX_PUT,
    .path = "/api/v1/admin/privacy/rules/{id}",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = rule_in,
    .in_size = sizeof(struct rule_in),
    .out = id_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = change,
};

static enum gx_code take_away(struct gx_req *req, const void *in)
{
    int64_t id;
    (void)in;
    GX_TRY(gx_req_id(req, 0, &id));
    req->status = 204;
    return gx_retain_remove(req->scope, id);
}

const struct gx_route gx_route_admin_retention_remove = {
    .doc = "Remove a rule; what it took stays gone.",
    .method = GX_DELETE,
    .path = "/api/v1/admin/privacy/rules/{id}",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = take_away,
};

static enum gx_code preview(struct gx_req *req, const void *in)
{
    struct gx_jw w = gx_jw(&req->out);
    struct gx_retain_rule rule;
    GX_TRY(rule_of(req, in, &rule));
    return gx_retain_preview(req->scope, &rule, &w);
}

const struct gx_route gx_route_admin_retention_preview = {
    .doc = "What a rule would take today, with examples; changes nothing.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/rules/preview",
    .who = GX_WHO_ADMIN,
    .asks = true,
    .body = GX_BODY_JSON,
    .in = rule_in,
    .in_size = sizeof(struct rule_in),
    .out = preview_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID },
    .handler = preview,
};

static enum gx_code run(struct gx_req *req, const void *in)
{
    (void)in;
    req->status = 202;
    gx_privacy_job_retain(gx_api(req)->privacy);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema run_out[] = { { 0 } };

const struct gx_route gx_route_admin_retention_run = {
    .doc = "Keep the rules now, in the background, instead of when the day is over.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/rules/run",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .out = run_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP },
    .handler = run,
};
