/* admin_jobs.c - what runs and ran in the background: imports, changes of many records, indexes. */
#include "api/app.h"
#include "base/time.h"

enum { JOBS_EACH_MAX = 100 };

/* One shape for all: see job_out[].  `flags`: 1 can be cancelled, 2 can be undone. */
#define JOB_IMPORTS                                                                                \
    "SELECT 'import', i.id, i.object, i.state, i.file_name, i.created_by, u.display_name, "        \
    "i.created_at, i.finished_at, i.row_done, i.row_total, i.created_count + i.updated_count, "    \
    "i.failed_count, i.problem, CASE WHEN i.state IN ('checking', 'running') THEN 1 "              \
    "WHEN i.state IN ('done', 'failed', 'cancelled') AND i.created_count + i.updated_count > 0 "   \
    "THEN 2 ELSE 0 END, 0, NULL, 0 FROM gx_import i LEFT JOIN \"user\" u ON u.id = i.created_by "  \
    "ORDER BY i.id DESC LIMIT ?1"
#define JOB_BATCHES                                                                                \
    "SELECT 'batch', b.id, b.object, b.state, b.action, b.created_by, u.display_name, "            \
    "b.created_at, b.finished_at, b.done, b.total, b.changed, b.refused, b.problem, "              \
    "CASE WHEN b.state = 'running' THEN 1 WHEN b.state IN ('done', 'failed', 'cancelled') "        \
    "AND b.changed > 0 THEN 2 ELSE 0 END, l.id, l.display_name, coalesce(l.active, 1) "            \
    "FROM gx_batch b LEFT JOIN \"user\" u ON u.id = b.created_by "                                 \
    "LEFT JOIN gx_leaving g ON g.batch = b.id "                                                    \
    "LEFT JOIN \"user\" l ON l.id = g.user_id AND l.deleted_at IS NULL "                           \
    "ORDER BY b.id DESC LIMIT ?1"
#define JOB_INDEXES                                                                                \
    "SELECT 'index', 0, a.object, CASE a.state WHEN 'built' THEN 'done' WHEN 'building' THEN "     \
    "'running' ELSE a.state END, a.fields, 0, NULL, a.at, CASE WHEN a.state = 'built' THEN a.at "  \
    "END, 0, 0, a.seen, a.slowest_us / 1000, NULL, 0, 0, NULL, 0 FROM gx_index_advice a "          \
    "ORDER BY a.at DESC LIMIT ?1"

#define JOB_BACKUPS                                                                                \
    "SELECT 'backup', b.id, '', b.state, b.path, 0, NULL, b.created_at, b.finished_at, 0, 0, 0, "  \
    "0, "                                                                                          \
    "b.problem, 0, 0, NULL, 0 FROM gx_backup b ORDER BY b.id DESC LIMIT ?1"

static void write_moment(struct gx_req *req, struct gx_jw *w, const char *key, int64_t us)
{
    gx_jw_key(w, gx_str_c(key));
    if (us)
        gx_jw_str(w, gx_moment_format(req->ctx->arena, us));
    else
        gx_jw_null(w);
}

static void write_job(struct gx_req *req, struct gx_jw *w, const struct gx_rows *rows)
{
    gx_jw_object(w);
    gx_jw_key_str(w, "kind", gx_rows_text(rows, 0));
    gx_jw_key_id(w, "id", gx_rows_int(rows, 1));
    gx_jw_key_str(w, "object", gx_rows_text(rows, 2));
    gx_jw_key_str(w, "state", gx_rows_text(rows, 3));
    gx_jw_key_str(w, "name", gx_rows_text(rows, 4));
    gx_jw_key(w, GX_STR("by"));
    if (gx_rows_int(rows, 5)) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 5));
        gx_jw_key_str(w, "title", gx_rows_text(rows, 6));
        gx_jw_object_end(w);
    } else {
        gx_jw_null(w);
    }
    write_moment(req, w, "created_at", gx_rows_int(rows, 7));
    write_moment(req, w, "finished_at", gx_rows_int(rows, 8));
    gx_jw_key_int(w, "done", gx_rows_int(rows, 9));
    gx_jw_key_int(w, "total", gx_rows_int(rows, 10));
    gx_jw_key_int(w, "changed", gx_rows_int(rows, 11));
    gx_jw_key_int(w, "failed", gx_rows_int(rows, 12));
    gx_jw_key_str(w, "problem", gx_rows_text(rows, 13));
    gx_jw_key_bool(w, "can_cancel", gx_rows_int(rows, 14) == 1);
    gx_jw_key_bool(w, "can_undo", gx_rows_int(rows, 14) == 2);
    gx_jw_key(w, GX_STR("leaver"));
    if (gx_rows_int(rows, 15)) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 15));
        gx_jw_key_str(w, "title", gx_rows_text(rows, 16));
        gx_jw_key_bool(w, "active", gx_rows_int(rows, 17) != 0);
        gx_jw_object_end(w);
    } else {
        gx_jw_null(w);
    }
    gx_jw_object_end(w);
}

static enum gx_code write_jobs(struct gx_req *req, struct gx_jw *w, struct gx_sql sql)
{
    struct gx_value limit = gx_value_int(JOBS_EACH_MAX);
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(req->ctx, gx_scope_conn(req->scope), sql, &limit, 1, &rows));
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has)
        write_job(req, w, rows);
    gx_rows_close(rows);
    return code;
}

static enum gx_code jobs_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    GX_TRY(write_jobs(req, &w, GX_SQL(JOB_IMPORTS)));
    GX_TRY(write_jobs(req, &w, GX_SQL(JOB_BATCHES)));
    GX_TRY(write_jobs(req, &w, GX_SQL(JOB_INDEXES)));
    GX_TRY(write_jobs(req, &w, GX_SQL(JOB_BACKUPS)));
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return GX_OK;
}

static const struct gx_schema by_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema leaver_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "active", .type = GX_SCHEMA_BOOL, .required = true },
    { 0 },
};
static const struct gx_schema job_out[] = {
    { .name = "kind",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "import, batch, index or backup" },
    { .name = "id",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "For /api/v1/import/{id}/… and /api/v1/batch/{id}/…" },
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state", .type = GX_SCHEMA_STR, .required = true },
    { .name = "name",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "The file, the action, the fields of the index, or the folder." },
    { .name = "by",
      .type = GX_SCHEMA_OBJECT,
      .fields = by_out,
      .required = true,
      .nullable = true,
      .doc = "null: the system or the operator" },
    { .name = "created_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "finished_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "done", .type = GX_SCHEMA_INT, .required = true },
    { .name = "total", .type = GX_SCHEMA_INT, .required = true, .doc = "-1: not counted" },
    { .name = "changed",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Records written; for an index, how many slow lists asked for it." },
    { .name = "failed",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Rows or records refused; for an index, the slowest list in milliseconds." },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { .name = "can_cancel", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "can_undo", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "leaver",
      .type = GX_SCHEMA_OBJECT,
      .fields = leaver_out,
      .required = true,
      .nullable = true,
      .doc = "Whose records it handed over when they left." },
    { 0 },
};
static const struct gx_schema jobs_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = job_out, .required = true },
    { 0 },
};

const struct gx_route gx_route_admin_jobs = {
    .doc = "Work in the background, of everybody: the newest 100 of each kind.",
    .method = GX_GET,
    .path = "/api/v1/admin/jobs",
    .who = GX_WHO_ADMIN,
    .out = jobs_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = jobs_get,
};
