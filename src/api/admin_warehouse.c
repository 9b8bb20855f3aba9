/* admin_warehouse.c - how the analytical database is; filled anew, compared, ended. */
#include "api/app.h"
#include "base/time.h"
#include "report/bulk.h"

static void key_moment(struct gx_req *req, struct gx_jw *w, const char *key, int64_t at)
{
    gx_jw_key(w, gx_str_c(key));
    if (at)
        gx_jw_str(w, gx_moment_format(req->ctx->arena, at));
    else
        gx_jw_null(w);
}

static enum gx_code say_status(struct gx_req *req)
{
    struct gx_jw w = gx_jw(&req->out);
    struct gx_warehouse_status s;
    gx_warehouse_status(req->ctx, gx_api(req)->warehouse, &s);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "state", gx_str_c(gx_warehouse_state_names[s.state]));
    gx_jw_key_str(&w, "why", s.why);
    gx_jw_key_int(&w, "position", s.position);
    gx_jw_key_int(&w, "lag_changes", s.lag_changes);
    gx_jw_key_int(&w, "lag_ms", s.lag_us / 1000);
    gx_jw_key_int(&w, "file_bytes", s.file_bytes);
    gx_jw_key_int(&w, "memory_bytes", s.memory_bytes);
    gx_jw_key_int(&w, "restarts", s.restarts);
    gx_jw_key_int(&w, "applied", s.applied);
    gx_jw_key_int(&w, "filled_rows", s.filled_rows);
    gx_jw_key_int(&w, "asking", s.asking);
    key_moment(req, &w, "rebuilt_at", s.rebuilt_us);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema status_out[] = {
    { .name = "state",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "asleep: nobody has asked, or not for long; down: it cannot be had, `why` says it; "
             "filling: it is being built from the records; behind: more than two seconds; up." },
    { .name = "why", .type = GX_SCHEMA_STR, .required = true },
    { .name = "position",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "The newest entry of the log that is in it." },
    { .name = "lag_changes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "lag_ms", .type = GX_SCHEMA_INT, .required = true },
    { .name = "file_bytes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "memory_bytes", .type = GX_SCHEMA_INT, .required = true },
    { .name = "restarts",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Times it had gone unasked and was started again." },
    { .name = "applied",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Entries of the log taken over since the tenant was opened." },
    { .name = "filled_rows",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Rows taken over by the filling that goes on, or the last one." },
    { .name = "asking", .type = GX_SCHEMA_INT, .required = true },
    { .name = "rebuilt_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

static enum gx_code status_get(struct gx_req *req, const void *in)
{
    (void)in;
    if (gx_req_flag(req, "wake"))
        gx_warehouse_wake(gx_api(req)->warehouse);
    return say_status(req);
}

static const struct gx_query_param status_query[] = {
    { .name = "wake", .doc = "Start it, if it is asleep.", .type = GX_SCHEMA_BOOL },
    { 0 },
};

const struct gx_route gx_route_admin_warehouse = {
    .doc = "How the analytical database is: state, lag, size.",
    .method = GX_GET,
    .path = "/api/v1/admin/warehouse",
    .who = GX_WHO_ADMIN,
    .query = status_query,
    .out = status_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = status_get,
};

static enum gx_code rebuild_post(struct gx_req *req, const void *in)
{
    (void)in;
    int64_t rows;
    GX_TRY(gx_warehouse_rebuild(req->ctx, gx_api(req)->warehouse, &rows));
    return say_status(req);
}

const struct gx_route gx_route_admin_warehouse_rebuild = {
    .doc = "Fill the analytical database anew from the records; answers when it is done. Questions "
           "see the old one meanwhile.",
    .method = GX_POST,
    .path = "/api/v1/admin/warehouse/rebuild",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .chore = true,
    .out = status_out,
    .errors = { GX_E_FORBIDDEN, GX_E_BUSY },
    .handler = rebuild_post,
};

static enum gx_code stop_post(struct gx_req *req, const void *in)
{
    (void)in;
    gx_warehouse_stop(gx_api(req)->warehouse);
    return say_status(req);
}

const struct gx_route gx_route_admin_warehouse_stop = {
    .doc = "End the process of the analytical database until somebody asks it again.",
    .method = GX_POST,
    .path = "/api/v1/admin/warehouse/stop",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .chore = true,
    .out = status_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = stop_post,
};

/* --- compared */

static void say_differs(void *p, struct gx_str table, int64_t rows, int64_t record)
{
    struct gx_jw *w = p;
    gx_jw_object(w);
    gx_jw_key_str(w, "table", table);
    gx_jw_key_int(w, "rows", rows);
    gx_jw_key_id(w, "record", record);
    gx_jw_object_end(w);
}

static enum gx_code verify_post(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    struct gx_warehouse_check check = { .p = &w, .differs = say_differs };
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("differs"));
    gx_jw_array(&w);
    GX_TRY(gx_warehouse_verify(req->ctx, gx_api(req)->warehouse, &check));
    gx_jw_array_end(&w);
    gx_jw_key_int(&w, "tables", check.tables);
    gx_jw_key_int(&w, "rows", check.rows);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema differs_out[] = {
    { .name = "table", .type = GX_SCHEMA_STR, .required = true },
    { .name = "rows", .type = GX_SCHEMA_INT, .required = true },
    { .name = "record", .type = GX_SCHEMA_STR, .required = true, .doc = "One of them." },
    { 0 },
};
static const struct gx_schema verify_out[] = {
    { .name = "differs", .type = GX_SCHEMA_LIST, .fields = differs_out, .required = true },
    { .name = "tables", .type = GX_SCHEMA_INT, .required = true, .doc = "Compared." },
    { .name = "rows", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};

const struct gx_route gx_route_admin_warehouse_verify = {
    .doc = "Compare the analytical database with the records, the log and what facts follow from, "
           "all of one moment; says which tables differ.",
    .method = GX_POST,
    .path = "/api/v1/admin/warehouse/verify",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .chore = true,
    .out = verify_out,
    .errors = { GX_E_FORBIDDEN, GX_E_BUSY },
    .handler = verify_post,
};

/* --- files */

struct load_in {
    struct gx_str name, path;
};
static const struct gx_schema load_in[] = {
    GX_FIELD(struct load_in, name, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 48,
             .doc = "Of bulk data that a pack declares."),
    GX_FIELD(struct load_in, path, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 4000,
             .doc = "Of a CSV file, or of a Parquet file (.parquet), on the server's machine."),
    { 0 },
};
static const struct gx_schema reason_out[] = {
    { .name = "row", .type = GX_SCHEMA_INT, .required = true },
    { .name = "why", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema load_out[] = {
    { .name = "rows", .type = GX_SCHEMA_INT, .required = true },
    { .name = "refused", .type = GX_SCHEMA_INT, .required = true },
    { .name = "reasons",
      .type = GX_SCHEMA_LIST,
      .fields = reason_out,
      .required = true,
      .doc = "Of the first 100 rows refused: the column, and what stands in it." },
    { 0 },
};

/* It reads a file wherever it is told to, so it is the operator's alone. */
static enum gx_code load_post(struct gx_req *req, const void *body)
{
    const struct load_in *in = body;
    struct gx_bulk_result *result = GX_ARENA_NEW(req->ctx->arena, struct gx_bulk_result);
    struct gx_jw w = gx_jw(&req->out);
    if (!req->local)
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_LOCAL_ONLY);
    GX_TRY(gx_bulk_load(req->ctx, gx_api(req)->warehouse, in->name,
                        gx_arena_cstr(req->ctx->arena, in->path), result));
    gx_jw_object(&w);
    gx_jw_key_int(&w, "rows", result->rows);
    gx_jw_key_int(&w, "refused", result->refused);
    gx_jw_key(&w, GX_STR("reasons"));
    gx_jw_array(&w);
    for (size_t i = 0; i < result->reason_count; i++) {
        gx_jw_object(&w);
        gx_jw_key_int(&w, "row", result->reasons[i].row);
        gx_jw_key_str(&w, "why", result->reasons[i].why);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_admin_warehouse_load = {
    .doc = "Load a file into bulk data that a pack declares; only over the local socket.",
    .method = GX_POST,
    .path = "/api/v1/admin/warehouse/load",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .chore = true,
    .body = GX_BODY_JSON,
    .in = load_in,
    .in_size = sizeof(struct load_in),
    .out = load_out,
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND, GX_E_INVALID, GX_E_BUSY },
    .handler = load_post,
};
