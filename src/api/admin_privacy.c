/* admin_privacy.c - what holds for erasing and keeping in all of the organisation. */
#include "api/app.h"
#include "store/audit.h"
#include "store/erase.h"
#include "store/privacy_job.h"
#include "store/retain.h"
#include "store/scrub.h"

struct privacy_in {
    int64_t bin_days;
    bool four_eyes;
    struct gx_str erased_copy;
};
enum { PATH_CHARS_MAX = 1000 };

static const struct gx_schema privacy_in[] = {
    GX_FIELD(struct privacy_in, bin_days, .type = GX_SCHEMA_INT, .required = true, .min = 0,
             .max = GX_RETAIN_DAYS_MAX,
             .doc = "After so many days in the recycle bin a record goes for good; 0: never."),
    GX_FIELD(struct privacy_in, four_eyes, .type = GX_SCHEMA_BOOL, .required = true,
             .doc = "A second administrator confirms each erasure."),
    { 0 },
};
static const struct gx_schema privacy_out[] = {
    { .name = "bin_days", .type = GX_SCHEMA_INT, .required = true },
    { .name = "four_eyes", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "erased_copy",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "Second place of the list of erasures; set by `guanxi privacy list-at`." },
    { .name = "unscrubbed",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Erasures whose bytes may still lie in the database's files." },
    { .name = "erased_again",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "People whom a restored store still had, erased when the program started." },
    { 0 },
};

static enum gx_code read_now(struct gx_req *req, struct privacy_in *now)
{
    struct gx_conn *conn = gx_scope_conn(req->scope);
    struct gx_str days, eyes;
    GX_TRY(gx_setting_get(req->ctx, conn, GX_SETTING_BIN_DAYS, GX_STR("0"), &days));
    GX_TRY(gx_setting_get(req->ctx, conn, GX_SETTING_ERASE_FOUR_EYES, GX_STR("0"), &eyes));
    GX_TRY(gx_setting_get(req->ctx, conn, GX_SETTING_ERASED_COPY, GX_STR(""), &now->erased_copy));
    now->bin_days = 0;
    (void)!gx_str_int64(days, &now->bin_days);
    now->four_eyes = gx_str_is(eyes, "1");
    return GX_OK;
}

static enum gx_code write_now(struct gx_req *req)
{
    struct gx_jw w = gx_jw(&req->out);
    struct privacy_in now;
    int64_t left;
    GX_TRY(read_now(req, &now));
    GX_TRY(gx_db_int(req->ctx, gx_scope_conn(req->scope),
                     GX_SQL("SELECT count(*) FROM gx_erasure WHERE state = 'done' AND "
                            "scrubbed_at IS NULL"),
                     NULL, 0, 0, &left));
    gx_jw_object(&w);
    gx_jw_key_int(&w, "bin_days", now.bin_days);
    gx_jw_key_bool(&w, "four_eyes", now.four_eyes);
    gx_jw_key_str(&w, "erased_copy", now.erased_copy);
    gx_jw_key_int(&w, "unscrubbed", left);
    gx_jw_key_int(&w, "erased_again", gx_api(req)->erased_again);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code privacy_get(struct gx_req *req, const void *in)
{
    (void)in;
    return write_now(req);
}

const struct gx_route gx_route_admin_privacy = {
    .doc = "Settings of erasing and keeping, and what is still to be cleared.",
    .method = GX_GET,
    .path = "/api/v1/admin/privacy",
    .who = GX_WHO_ADMIN,
    .out = privacy_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = privacy_get,
};

static enum gx_code set(struct gx_req *req, const char *key, struct gx_str was, struct gx_str is)
{
    struct gx_audit_note note = {
        .by = gx_scope_me(req->scope),
        .what = "setting",
        .data = gx_arena_printf(req->ctx->arena, "{\"%s\":[\"%.*s\",\"%.*s\"]}", key,
                                GX_STR_ARG(was), GX_STR_ARG(is)),
    };
    if (gx_str_eq(was, is))
        return GX_OK;
    GX_TRY(gx_setting_set(req->ctx, gx_scope_conn(req->scope), gx_str_c(key), is));
    return gx_audit_add(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), &note);
}

static enum gx_code privacy_put(struct gx_req *req, const void *in_p)
{
    const struct privacy_in *in = in_p;
    struct gx_arena *arena = req->ctx->arena;
    struct privacy_in was;
    GX_TRY(read_now(req, &was));
    GX_TRY(set(req, GX_SETTING_BIN_DAYS, gx_arena_printf(arena, "%lld", (long long)was.bin_days),
               gx_arena_printf(arena, "%lld", (long long)in->bin_days)));
    GX_TRY(set(req, GX_SETTING_ERASE_FOUR_EYES, was.four_eyes ? GX_STR("1") : GX_STR("0"),
               in->four_eyes ? GX_STR("1") : GX_STR("0")));
    return write_now(req);
}

const struct gx_route gx_route_admin_privacy_put = {
    .doc = "Change the settings of erasing and keeping.",
    .method = GX_PUT,
    .path = "/api/v1/admin/privacy",
    .who = GX_WHO_ADMIN,
    .fresh = true,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = privacy_in,
    .in_size = sizeof(struct privacy_in),
    .out = privacy_out,
    .errors = { GX_E_FORBIDDEN, GX_E_STEP_UP, GX_E_INVALID },
    .handler = privacy_put,
};

/* It names a file on the server's machine, so it is the operator's alone. */
struct list_in {
    struct gx_str path;
};
static const struct gx_schema list_in[] = {
    GX_FIELD(struct list_in, path, .type = GX_SCHEMA_STR, .required = true, .max = PATH_CHARS_MAX,
             .doc = "Absolute path of a file; empty: no second place."),
    { 0 },
};

static bool is_plain(struct gx_str path)
{
    for (size_t i = 0; i < path.n; i++)
        if ((unsigned char)path.p[i] < 32 || path.p[i] == '"' || path.p[i] == '\\')
            return false;
    return path.n == 0 || path.p[0] == '/';
}

static enum gx_code list_put(struct gx_req *req, const void *in_p)
{
    const struct list_in *in = in_p;
    struct privacy_in was;
    if (!req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LOCAL_ONLY);
    if (!is_plain(in->path))
        return gx_fail(req->ctx, GX_E_INVALID, GX_STR("path"), GX_M_BACKUP_PATH);
    GX_TRY(read_now(req, &was));
    GX_TRY(set(req, GX_SETTING_ERASED_COPY, was.erased_copy, in->path));
    return write_now(req);
}

const struct gx_route gx_route_admin_privacy_list = {
    .doc = "Where the list of erasures is kept a second time; only over the local socket.",
    .method = GX_PUT,
    .path = "/api/v1/admin/privacy/list",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = list_in,
    .in_size = sizeof(struct list_in),
    .out = privacy_out,
    .errors = { GX_E_FORBIDDEN, GX_E_INVALID },
    .handler = list_put,
};

static enum gx_code scrub(struct gx_req *req, const void *in)
{
    static const atomic_bool never = false;
    (void)in;
    if (!req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LOCAL_ONLY);
    GX_TRY(gx_scrub(req->ctx, gx_api(req)->tenant, true, &never));
    return write_now(req);
}

const struct gx_route gx_route_admin_privacy_scrub = {
    .doc = "Write the database's file anew now, however large it is; only over the local socket.",
    .method = GX_POST,
    .path = "/api/v1/admin/privacy/scrub",
    .who = GX_WHO_ADMIN,
    .out = privacy_out,
    .errors = { GX_E_FORBIDDEN, GX_E_BUSY, GX_E_IO },
    .handler = scrub,
};
