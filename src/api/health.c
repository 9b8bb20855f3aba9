/* health.c - is the program up? */
#include "api/app.h"

static const struct gx_schema health_out[] = {
    { .name = "status", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

static enum gx_code health_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_str(&w, "status", GX_STR("ok"));
    gx_jw_object_end(&w);
    return GX_OK;
}

const struct gx_route gx_route_health_get = {
    .doc = "Whether the program is up; needs no sign-in.",
    .method = GX_GET,
    .path = "/api/v1/health",
    .who = GX_WHO_PUBLIC,
    .out = health_out,
    .handler = health_get,
};
