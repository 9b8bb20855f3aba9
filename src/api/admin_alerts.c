/* admin_alerts.c - unusual reading and taking out, as administrators see it (store/watch.h). */
#include "api/app.h"
#include "base/time.h"
#include "json/write.h"
#include "store/audit.h"
#include "store/watch.h"

enum { ALERTS_MAX = 200, WEEK_HOURS = 168, MONDAY_HOURS = 72 };

#define HOUR_US (60 * GX_MINUTE_US)

static const struct gx_schema alert_out[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "user", .type = GX_SCHEMA_NODE, .required = true, .doc = "Who: id and title." },
    { .name = "active",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "They can still sign in." },
    { .name = "sessions",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "In browsers, and keys, that are still good." },
    { .name = "kind",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "read: different records, about; export: records in files." },
    { .name = "hour_at", .type = GX_SCHEMA_STR, .required = true, .doc = "The hour began then." },
    { .name = "made_at", .type = GX_SCHEMA_STR, .required = true },
    { .name = "records",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "When it was raised; once the hour is over, in all of it." },
    { .name = "usual",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "What this person has at that hour of the week." },
    { .name = "done_at", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};
static const struct gx_schema alerts_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = alert_out, .required = true },
    { 0 },
};

static void write_alert(struct gx_req *req, const struct gx_rows *rows, struct gx_jw *w)
{
    struct gx_arena *arena = req->ctx->arena;
    gx_jw_object(w);
    gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
    gx_jw_key(w, GX_STR("user"));
    gx_jw_object(w);
    gx_jw_key_id(w, "id", gx_rows_int(rows, 1));
    gx_jw_key_str(w, "title", gx_rows_text(rows, 2));
    gx_jw_object_end(w);
    gx_jw_key_bool(w, "active", gx_rows_int(rows, 3) != 0);
    gx_jw_key_int(w, "sessions", gx_rows_int(rows, 4));
    gx_jw_key_str(w, "kind", gx_rows_text(rows, 5));
    gx_jw_key_str(w, "hour_at", gx_moment_format(arena, gx_rows_int(rows, 6)));
    gx_jw_key_str(w, "made_at", gx_moment_format(arena, gx_rows_int(rows, 7)));
    gx_jw_key_int(w, "records", gx_rows_int(rows, 8));
    gx_jw_key_int(w, "usual", gx_rows_int(rows, 9));
    gx_jw_key(w, GX_STR("done_at"));
    if (gx_rows_int(rows, 10))
        gx_jw_str(w, gx_moment_format(arena, gx_rows_int(rows, 10)));
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
}

static enum gx_code alerts_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_value values[] = { gx_value_int(gx_req_flag(req, "all")), gx_value_int(ALERTS_MAX),
                                 gx_value_int(req->ctx->now_us) };
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(
        req->ctx, gx_scope_conn(req->scope),
        GX_SQL("SELECT a.id, a.user_id, coalesce(u.display_name, u.login, ''), "
               "CASE WHEN u.deleted_at IS NULL AND coalesce(u.active, 1) = 1 THEN 1 ELSE 0 END, "
               "(SELECT count(*) FROM gx_session s WHERE s.user_id = a.user_id "
               "AND s.expires_at >= ?3), "
               "a.kind, a.hour_at, a.made_at, a.records, a.usual, a.done_at "
               "FROM gx_alert a LEFT JOIN \"user\" u ON u.id = a.user_id "
               "WHERE ?1 = 1 OR a.done_at IS NULL ORDER BY a.id DESC LIMIT ?2"),
        values, GX_COUNT(values), &rows));
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("rows"));
    gx_jw_array(&w);
    while ((code = gx_rows_next(req->ctx, rows, &has)) == GX_OK && has)
        write_alert(req, rows, &w);
    gx_rows_close(rows);
    gx_jw_array_end(&w);
    gx_jw_object_end(&w);
    return code;
}

static const struct gx_query_param alerts_query[] = {
    { .name = "all", .doc = "Those that somebody has looked at too.", .type = GX_SCHEMA_BOOL },
    { 0 },
};

const struct gx_route gx_route_admin_alerts = {
    .doc = "Who read, or took out, far more than is usual for them; the newest first.",
    .method = GX_GET,
    .path = "/api/v1/admin/alerts",
    .who = GX_WHO_ADMIN,
    .query = alerts_query,
    .out = alerts_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = alerts_get,
};

/* --- looked at */

struct done_in {
    bool usual;
};

static const struct gx_schema done_in[] = {
    GX_FIELD(struct done_in, usual, .type = GX_SCHEMA_BOOL,
             .doc = "It is usual for this person at that hour: as much raises no alert again."),
    { 0 },
};

/* From now on so much is what they have at that hour of the week. */
static enum gx_code make_usual(struct gx_req *req, int64_t id)
{
    struct gx_conn *conn = gx_scope_conn(req->scope);
    struct gx_value alert = gx_value_int(id);
    int64_t hour_at;
    GX_TRY(gx_db_int(req->ctx, conn, GX_SQL("SELECT hour_at FROM gx_alert WHERE id = ?1"), &alert,
                     1, 0, &hour_at));
    struct gx_value values[] = { alert,
                                 gx_value_int((hour_at / HOUR_US + MONDAY_HOURS) % WEEK_HOURS) };
    return gx_db_exec(req->ctx, conn,
                      GX_SQL("INSERT INTO gx_usual (user_id, hour, records, exported) "
                             "SELECT user_id, ?2, CASE kind WHEN 'read' THEN records ELSE 0 END, "
                             "CASE kind WHEN 'read' THEN 0 ELSE records END FROM gx_alert "
                             "WHERE id = ?1 ON CONFLICT (user_id, hour) DO UPDATE SET "
                             "records = CASE WHEN excluded.records > 0 THEN excluded.records "
                             "ELSE gx_usual.records END, "
                             "exported = CASE WHEN excluded.exported > 0 THEN excluded.exported "
                             "ELSE gx_usual.exported END"),
                      values, GX_COUNT(values), NULL);
}

static enum gx_code alert_done(struct gx_req *req, const void *in_p)
{
    const struct done_in *in = in_p;
    struct gx_conn *conn = gx_scope_conn(req->scope);
    int64_t id, user;
    GX_TRY(gx_req_id(req, 0, &id));
    struct gx_value values[] = { gx_value_int(id), gx_value_int(req->ctx->now_us),
                                 gx_value_int(gx_scope_me(req->scope)) };
    GX_TRY(gx_db_int(req->ctx, conn, GX_SQL("SELECT user_id FROM gx_alert WHERE id = ?1"), values,
                     1, 0, &user));
    if (!user)
        return gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_ALERT_NONE);
    if (user == gx_scope_me(req->scope)) /* an administrator who takes everything is one too */
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_ALERT_OWN);
    GX_TRY(gx_db_exec(req->ctx, conn,
                      GX_SQL("UPDATE gx_alert SET done_at = ?2, done_by = ?3 WHERE id = ?1 "
                             "AND done_at IS NULL"),
                      values, GX_COUNT(values), NULL));
    if (in->usual)
        GX_TRY(make_usual(req, id));
    req->status = 204;
    return gx_audit_access(req->scope, user, "alert", NULL,
                           in->usual ? GX_STR("usual") : GX_STR("looked at"));
}

const struct gx_route gx_route_admin_alert_done = {
    .doc = "An alert was looked at, by somebody else than who raised it.",
    .method = GX_POST,
    .path = "/api/v1/admin/alerts/{id}",
    .who = GX_WHO_ADMIN,
    .writes = true,
    .body = GX_BODY_JSON,
    .in = done_in,
    .in_size = sizeof(struct done_in),
    .out_kind = "none",
    .errors = { GX_E_FORBIDDEN, GX_E_NOT_FOUND },
    .handler = alert_done,
};
