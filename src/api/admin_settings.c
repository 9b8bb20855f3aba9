/* admin_settings.c - what the organisation has decided for all: read and changed, at once. */
#include "api/app.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/group.h"

struct settings_in {
    struct gx_str organisation, language, currency, region;
    int64_t time_zone_offset_min, fiscal_start_month, session_hours, password_chars_min;
    int64_t total_group_min;
};

static const char *const languages[] = { "zh-Hant", "en", NULL };

static const struct gx_schema settings_in[] = {
    GX_FIELD(struct settings_in, organisation, .type = GX_SCHEMA_STR, .required = true,
             .max = GX_ORGANISATION_CHARS_MAX, .doc = "What the organisation is called."),
    GX_FIELD(struct settings_in, language, .type = GX_SCHEMA_STR, .required = true,
             .words = languages, .doc = "For who has not chosen one, and for mails and jobs."),
    GX_FIELD(struct settings_in, currency, .type = GX_SCHEMA_STR, .required = true, .min = 3,
             .max = 3, .doc = "ISO 4217; of amounts that are entered without one."),
    GX_FIELD(struct settings_in, region, .type = GX_SCHEMA_STR, .required = true, .min = 2,
             .max = 2, .doc = "ISO 3166; of phone numbers without a country."),
    GX_FIELD(struct settings_in, time_zone_offset_min, .type = GX_SCHEMA_INT, .required = true,
             .min = -1439, .max = 1439, .doc = "Minutes east of UTC."),
    GX_FIELD(struct settings_in, fiscal_start_month, .type = GX_SCHEMA_INT, .required = true,
             .min = 1, .max = 12),
    GX_FIELD(struct settings_in, session_hours, .type = GX_SCHEMA_INT, .required = true, .min = 1,
             .max = GX_SESSION_HOURS_MAX, .doc = "How long signing in lasts, from then on."),
    GX_FIELD(struct settings_in, password_chars_min, .type = GX_SCHEMA_INT, .required = true,
             .min = GX_PASSWORD_CHARS_MIN, .max = GX_PASSWORD_CHARS_MIN_MAX,
             .doc = "Of passwords that are set from then on."),
    GX_FIELD(struct settings_in, total_group_min, .type = GX_SCHEMA_INT, .min = 2, .max = 1000,
             .doc = "Of totals for who may not read the records: smaller groups are left out; 5 "
                    "where nothing is set, absent: as it is."),
    { 0 },
};

static enum gx_code group_min(struct gx_req *req, int64_t *ret_min)
{
    struct gx_str text;
    GX_TRY(
        gx_setting_get(req->ctx, gx_scope_conn(req->scope), "total_group_min", GX_STR(""), &text));
    if (!gx_str_int64(text, ret_min))
        *ret_min = GX_TOTAL_GROUP_MIN;
    return GX_OK;
}

static void write_settings(struct gx_jw *w, const struct gx_settings *s, int64_t total_group_min)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "organisation", s->organisation);
    gx_jw_key_str(w, "language", gx_str_c(languages[s->lang == GX_LANG_EN]));
    gx_jw_key_str(w, "currency", s->currency);
    gx_jw_key_str(w, "region", s->region);
    gx_jw_key_int(w, "time_zone_offset_min", s->tz_offset_min);
    gx_jw_key_int(w, "fiscal_start_month", s->fiscal_start_month);
    gx_jw_key_int(w, "session_hours", s->session_hours);
    gx_jw_key_int(w, "password_chars_min", s->password_chars_min);
    gx_jw_key_int(w, "total_group_min", total_group_min);
    gx_jw_object_end(w);
}

static enum gx_code settings_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_settings s = gx_settings_now(gx_api(req)->tenant, req->ctx->arena);
    struct gx_jw w = gx_jw(&req->out);
    int64_t min;
    GX_TRY(group_min(req, &min));
    write_settings(&w, &s, min);
    return GX_OK;
}

const struct gx_route gx_route_admin_settings = {
    .doc = "Settings of the organisation.",
    .method = GX_GET,
    .path = "/api/v1/admin/settings",
    .who = GX_WHO_ADMIN,
    .out = settings_in,
    .errors = { GX_E_FORBIDDEN },
    .handler = settings_get,
};

static bool is_capital(struct gx_str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (code.p[i] < 'A' || code.p[i] > 'Z')
            return false;
    return true;
}

/* {"currency": ["TWD", "USD"], …} of what differs: both are written, then compared. */
static enum gx_code note_changes(struct gx_req *req, const struct gx_settings *was, int64_t min_was,
                                 const struct gx_settings *now, int64_t min_now)
{
    struct gx_buf a = { 0 }, b = { 0 }, out = { 0 };
    struct gx_jw wa = gx_jw(&a), wb = gx_jw(&b), w = gx_jw(&out);
    struct gx_json *old_tree, *new_tree;
    write_settings(&wa, was, min_was);
    write_settings(&wb, now, min_now);
    struct gx_str ta = gx_arena_str(req->ctx->arena, gx_buf_str(&a));
    struct gx_str tb = gx_arena_str(req->ctx->arena, gx_buf_str(&b));
    gx_buf_free(&a);
    gx_buf_free(&b);
    GX_TRY(gx_json_read(req->ctx, ta, &old_tree));
    GX_TRY(gx_json_read(req->ctx, tb, &new_tree));
    gx_jw_object(&w);
    const struct gx_json *n = new_tree->first;
    bool any = false;
    for (const struct gx_json *o = old_tree->first; o; o = o->next, n = n->next) {
        if (gx_str_eq(o->text, n->text))
            continue;
        any = true;
        gx_jw_key(&w, o->key);
        gx_jw_array(&w);
        gx_json_write(&w, o);
        gx_json_write(&w, n);
        gx_jw_array_end(&w);
    }
    gx_jw_object_end(&w);
    struct gx_audit_note note = {
        .by = gx_scope_me(req->scope),
        .what = "setting",
        .data = gx_arena_str(req->ctx->arena, gx_buf_str(&out)),
    };
    gx_buf_free(&out);
    return any ? gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &note)
               : GX_OK;
}

static enum gx_code settings_put(struct gx_req *req, const void *in_p)
{
    const struct settings_in *in = in_p;
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_settings was = gx_settings_now(tenant, req->ctx->arena), now = was;
    if (!is_capital(in->currency) || in->currency.n != 3)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("currency"), GX_M_BAD_FORMAT,
                       GX_STR("currency"), in->currency);
    if (!is_capital(in->region) || in->region.n != 2)
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("region"), GX_M_BAD_FORMAT, GX_STR("region"),
                       in->region);
    now.organisation = gx_str_trim(in->organisation);
    now.lang = gx_str_is(in->language, "en") ? GX_LANG_EN : GX_LANG_ZH_HANT;
    now.currency = in->currency;
    now.region = in->region;
    now.tz_offset_min = (int32_t)in->time_zone_offset_min;
    now.fiscal_start_month = (int)in->fiscal_start_month;
    now.session_hours = (int)in->session_hours;
    now.password_chars_min = (int)in->password_chars_min;
    int64_t min_was, min_now;
    GX_TRY(group_min(req, &min_was));
    min_now = in->total_group_min ? in->total_group_min : min_was;
    GX_TRY(note_changes(req, &was, min_was, &now, min_now));
    GX_TRY(gx_settings_save(req->ctx, tenant, gx_scope_conn(req->scope), &now));
    if (in->total_group_min)
        GX_TRY(gx_setting_set(
            req->ctx, gx_scope_conn(req->scope), GX_STR("total_group_min"),
            gx_arena_printf(req->ctx->arena, "%lld", (long long)in->total_group_min)));
    struct gx_jw w = gx_jw(&req->out);
    write_settings(&w, &now, min_now);
    return GX_OK;
}

const struct gx_route gx_route_admin_settings_put = {
    .doc = "Change the settings; at once, for all.",
    .method = GX_PUT,
    .path = "/api/v1/admin/settings",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = settings_in,
    .in_size = sizeof(struct settings_in),
    .out = settings_in,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = settings_put,
};
