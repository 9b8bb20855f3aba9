/* setup.c - make the first administrator in the browser; see setup.h. */
#include "api/setup.h"

#include <sodium.h>

#include "api/app.h"
#include "store/founder.h"

enum { TOKEN_BYTES = 24 };

/* Does anybody have a password?  Then this is over for good. */
static enum gx_code is_open(struct gx_ctx *ctx, struct gx_conn *conn, bool *ret_open)
{
    int64_t count;
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT count(*) FROM gx_credential"), NULL, 0, 0, &count));
    *ret_open = count == 0;
    return GX_OK;
}

static enum gx_code ask_open(struct gx_ctx *ctx, struct gx_tenant *tenant, bool *ret_open)
{
    struct gx_conn *conn;
    GX_TRY(gx_db_reader(ctx, tenant->db, &conn));
    enum gx_code code = is_open(ctx, conn, ret_open);
    gx_db_reader_release(conn);
    return code;
}

enum gx_code gx_setup_start(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_arena *arena,
                            const char **ret_token)
{
    unsigned char bytes[TOKEN_BYTES];
    char hex[2 * sizeof bytes + 1];
    bool open;
    *ret_token = NULL;
    GX_TRY(ask_open(ctx, tenant, &open));
    if (!open)
        return GX_OK;
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    *ret_token = gx_arena_cstr(arena, gx_str_c(hex));
    return GX_OK;
}

struct setup_in {
    struct gx_str token, login, display_name, password;
};

static const struct gx_schema setup_in[] = {
    GX_FIELD(struct setup_in, token, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 100,
             .doc = "What the server printed when it started."),
    GX_FIELD(struct setup_in, login, .type = GX_SCHEMA_STR, .required = true, .min = 1, .max = 100),
    GX_FIELD(struct setup_in, display_name, .type = GX_SCHEMA_STR, .required = true, .min = 1,
             .max = 120),
    GX_FIELD(struct setup_in, password, .type = GX_SCHEMA_STR, .required = true, .max = 256),
    { 0 },
};

static const struct gx_schema setup_out[] = {
    { .name = "open",
      .type = GX_SCHEMA_BOOL,
      .required = true,
      .doc = "Nobody can sign in yet; the first administrator can be made." },
    { 0 },
};

static enum gx_code reply(struct gx_req *req, bool open)
{
    struct gx_jw w = gx_jw(&req->out);
    gx_jw_object(&w);
    gx_jw_key_bool(&w, "open", open);
    gx_jw_object_end(&w);
    return GX_OK;
}

static enum gx_code setup_get(struct gx_req *req, const void *in)
{
    (void)in;
    bool open;
    GX_TRY(ask_open(req->ctx, gx_api(req)->tenant, &open));
    return reply(req, open && gx_api(req)->setup_token);
}

const struct gx_route gx_route_setup_get = {
    .doc = "Does this system still wait for its first administrator?",
    .method = GX_GET,
    .path = "/api/v1/setup",
    .who = GX_WHO_PUBLIC,
    .out = setup_out,
    .handler = setup_get,
};

struct founding {
    struct gx_req *req;
    const struct setup_in *in;
    struct gx_str hash;
};

/* Somebody may have been faster: it is asked again where only one can be. */
static enum gx_code found(void *p, struct gx_conn *conn)
{
    struct founding *f = p;
    struct gx_ctx *ctx = f->req->ctx;
    struct gx_tenant *tenant = gx_api(f->req)->tenant;
    const struct gx_founder founder = {
        .login = f->in->login,
        .name = f->in->display_name,
        .lang = ctx->lang,
    };
    int64_t user;
    bool open;
    GX_TRY(is_open(ctx, conn, &open));
    if (!open)
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_SETUP_OVER);
    GX_TRY(gx_founder_make(ctx, tenant, conn, &founder, &user));
    return gx_password_put(ctx, conn, user, f->hash);
}

static bool is_token(struct gx_req *req, struct gx_str given)
{
    const char *token = gx_api(req)->setup_token;
    return token && given.n == strlen(token) && sodium_memcmp(given.p, token, given.n) == 0;
}

/* Not a .writes route: making the hash must not hold the writer. */
static enum gx_code setup_post(struct gx_req *req, const void *in)
{
    struct founding f = { .req = req, .in = in };
    struct gx_tenant *tenant = gx_api(req)->tenant;
    bool open;
    if (!gx_req_same_origin(req))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("Origin"), GX_M_CSRF);
    GX_TRY(ask_open(req->ctx, tenant, &open));
    if (!open)
        return gx_fail(req->ctx, GX_E_CONFLICT, GX_STR(""), GX_M_SETUP_OVER);
    if (!is_token(req, f.in->token))
        return gx_fail(req->ctx, GX_E_FORBIDDEN, GX_STR("token"), GX_M_SETUP_TOKEN);
    GX_TRY(gx_password_hash(req->ctx, f.in->password, &f.hash));
    GX_TRY(gx_db_write(req->ctx, tenant->db, found, &f));
    gx_access_forget(tenant);
    req->status = 201;
    return reply(req, false);
}

const struct gx_route gx_route_setup_post = {
    .doc = "Make the first administrator, with the secret that the server has printed.",
    .method = GX_POST,
    .path = "/api/v1/setup",
    .who = GX_WHO_PUBLIC,
    .slow = true,
    .secret = true,
    .body = GX_BODY_JSON,
    .in = setup_in,
    .in_size = sizeof(struct setup_in),
    .out = setup_out,
    .status = 201,
    .errors = { GX_E_FORBIDDEN, GX_E_CONFLICT, GX_E_INVALID, GX_E_BUSY },
    .handler = setup_post,
};
