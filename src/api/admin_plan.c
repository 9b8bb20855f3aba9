/*
 * admin_plan.c - for a tenant's own administrators: what their plan allows and how much is used.
 *
 * The figures are the directory's, at most a minute old; a tenant without limits and without a mark
 * of the operator has nothing to say.
 */
#include "api/operator_house.h"
#include "base/time.h"

enum { WARN_PERCENT = 80 };

static const struct gx_schema item_out[] = {
    { .name = "what",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "seats, records or file_bytes" },
    { .name = "used", .type = GX_SCHEMA_INT, .required = true },
    { .name = "most", .type = GX_SCHEMA_INT, .required = true },
    { .name = "warn", .type = GX_SCHEMA_BOOL, .required = true, .doc = "80 % or more is used." },
    { 0 },
};
static const struct gx_schema plan_out[] = {
    { .name = "plan", .type = GX_SCHEMA_STR, .required = true, .doc = "Empty: none." },
    { .name = "trial_until", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "over_on",
      .type = GX_SCHEMA_STR,
      .required = true,
      .nullable = true,
      .doc = "When the trial's grace is over and the tenant is suspended." },
    { .name = "read_only", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "items",
      .type = GX_SCHEMA_LIST,
      .fields = item_out,
      .required = true,
      .doc = "What has a limit." },
    { 0 },
};

static void write_item(struct gx_jw *w, const char *what, int64_t used, int64_t most)
{
    if (most == 0)
        return;
    gx_jw_object(w);
    gx_jw_key_str(w, "what", gx_str_c(what));
    gx_jw_key_int(w, "used", used);
    gx_jw_key_int(w, "most", most);
    gx_jw_key_bool(w, "warn", used >= most / 100 * WARN_PERCENT + most % 100 * WARN_PERCENT / 100);
    gx_jw_object_end(w);
}

static void write_text(struct gx_jw *w, const char *key, struct gx_str text)
{
    gx_jw_key(w, gx_str_c(key));
    if (text.n)
        gx_jw_str(w, text);
    else
        gx_jw_null(w);
}

static enum gx_code plan_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_api *api = gx_api(req);
    struct gx_directory_entry e = { .mark = GX_STR("") };
    struct gx_house_usage u = { 0 };
    GX_TRY(gx_req_admin(req));
    if (api->house) {
        GX_TRY(gx_house_find(req->ctx, api->house, api->tenant->name, &e));
        GX_TRY(gx_house_newest(req->ctx, api->house, api->tenant->name, &u));
    }
    struct gx_operator_mark mark = gx_operator_mark_read(e.mark);
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "plan", mark.plan);
    write_text(&w, "trial_until", mark.trial_until);
    write_text(&w, "over_on", mark.over_on);
    gx_jw_key_bool(&w, "read_only", e.limits.read_only != 0);
    gx_jw_key(&w, GX_STR("items"));
    gx_jw_array(&w);
    write_item(&w, "seats", u.seats, e.limits.seats);
    write_item(&w, "records", u.records, e.limits.records);
    write_item(&w, "file_bytes", u.file_bytes, e.limits.file_bytes);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_plan = {
    .doc = "What the plan of this organisation allows, and how much of it is used.",
    .method = GX_GET,
    .path = "/api/v1/admin/plan",
    .who = GX_WHO_ADMIN,
    .out = plan_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = plan_get,
};
