/* demo.c - try the program with made-up records of one's own trade, and take them away again. */
#include "api/app.h"
#include "api/demo_run.h"

struct demo_in {
    struct gx_str organisation;
};

static const struct gx_schema demo_in[] = {
    GX_FIELD(struct demo_in, organisation, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 30, .doc = "One of `organisations`."),
    { 0 },
};

static const struct gx_schema demo_out[] = {
    { .name = "state",
      .type = GX_SCHEMA_STR,
      .required = true,
      .doc = "none, loading, there or removing." },
    { .name = "organisation", .type = GX_SCHEMA_STR, .required = true },
    { .name = "permille", .type = GX_SCHEMA_INT, .required = true, .doc = "How far it is." },
    { .name = "records",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Records that would be removed." },
    { .name = "kept",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Records that the last removal left because other records link to them." },
    { .name = "organisations", .type = GX_SCHEMA_STRS, .required = true },
    { 0 },
};

static enum gx_code reply(struct gx_req *req)
{
    GX_TRY(gx_req_reader(req));
    struct gx_jw w = gx_jw(&req->out);
    return gx_demo_show(req->scope, gx_api(req)->demo, &w);
}

static enum gx_code demo_get(struct gx_req *req, const void *in)
{
    (void)in;
    struct gx_jw w = gx_jw(&req->out);
    return gx_demo_show(req->scope, gx_api(req)->demo, &w);
}

const struct gx_route gx_route_demo_get = {
    .doc = "Is there demo data, and how far is its loading or removal?",
    .method = GX_GET,
    .path = "/api/v1/demo",
    .who = GX_WHO_ADMIN,
    .out = demo_out,
    .errors = { GX_E_FORBIDDEN },
    .handler = demo_get,
};

static enum gx_code demo_post(struct gx_req *req, const void *in_p)
{
    const struct demo_in *in = in_p;
    GX_TRY(gx_demo_load(req->scope, gx_api(req)->demo, in->organisation));
    req->status = 202;
    return reply(req);
}

/* Not .writes routes: the writer is asked by the job. */
const struct gx_route gx_route_demo_post = {
    .doc = "Load a few thousand made-up records of a trade, in the background.",
    .method = GX_POST,
    .path = "/api/v1/demo",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .body = GX_BODY_JSON,
    .in = demo_in,
    .in_size = sizeof(struct demo_in),
    .out = demo_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_CONFLICT, GX_E_INVALID, GX_E_BUSY },
    .handler = demo_post,
};

static enum gx_code demo_delete(struct gx_req *req, const void *in)
{
    (void)in;
    GX_TRY(gx_demo_remove(req->scope, gx_api(req)->demo));
    req->status = 202;
    return reply(req);
}

const struct gx_route gx_route_demo_delete = {
    .doc = "Take the demo data away, in the background; what people made themselves stays.",
    .method = GX_DELETE,
    .path = "/api/v1/demo",
    .who = GX_WHO_ADMIN,
    .slow = true,
    .out = demo_out,
    .status = 202,
    .errors = { GX_E_FORBIDDEN, GX_E_CONFLICT, GX_E_BUSY },
    .handler = demo_delete,
};
