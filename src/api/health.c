/*
 * health.c - is the program up, and should requests be sent here?
 *
 * Up (/health): the process answers; a supervisor restarts it when it does not.  Ready (/ready):
 * the store can be read and written; a balancer sends requests elsewhere while it cannot.
 */
#include "api/app.h"
#include "net/server.h"

static const struct gx_schema health_out[] = {
    { .name = "status", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code say(struct gx_req *req, struct gx_str status)
{
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "status", status);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code health_get(struct gx_req *req, const void *in)
{
    (void)in;
    return say(req, GX_STR("ok"));
}

static enum gx_code ready_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_conn *conn;
    int64_t one;
    GX_TRY(gx_db_reader(req->ctx, gx_api(req)->tenant->db, &conn));
    enum gx_code code =
        gx_db_int(req->ctx, conn, GX_SQL("SELECT 1 FROM gx_setting LIMIT 1"), NULL, 0, 0, &one);
    gx_db_reader_release(conn);
    GX_TRY(code);
    return say(req, GX_STR("ready"));
}

const struct gx_route gx_route_health_get = {
    .doc = "Whether the program is up; needs no sign-in.",
    .method = GX_GET,
    .path = "/api/v1/health",
    .who = GX_WHO_PUBLIC,
    .out = health_out,
    .handler = health_get,
};

const struct gx_route gx_route_health_short = {
    .doc = "Whether the program is up, for a supervisor.",
    .method = GX_GET,
    .path = "/health",
    .who = GX_WHO_PUBLIC,
    .out = health_out,
    .handler = health_get,
};

const struct gx_route gx_route_ready = {
    .doc = "Whether requests should be sent here: the store can be used.",
    .method = GX_GET,
    .path = "/ready",
    .who = GX_WHO_PUBLIC,
    .out = health_out,
    .errors = { GX_E_BUSY, GX_E_IO },
    .handler = ready_get,
};
