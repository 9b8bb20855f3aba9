/* audit_note.c - notes in the log that no write of a record makes. */
#include "api/app.h"
#include "store/seen.h"

/* Names that nobody has are counted together: what was typed may be a password. */
void gx_signin_failed(struct gx_req *req, struct gx_conn *conn, struct gx_str name)
{
    struct gx_tenant *tenant = gx_api(req)->tenant;
    struct gx_ctx aside = { .arena = req->ctx->arena, .now_us = req->ctx->now_us };
    int64_t user = 0;
    if (gx_user_find(&aside, tenant, conn, name, &user) != GX_OK)
        user = 0;
    gx_signin_failed_for(req, user);
}

void gx_signin_failed_for(struct gx_req *req, int64_t user)
{
    struct gx_seen_note note = { .about = user, .what = "signin", .name = "failed" };
    gx_seen_add(gx_api(req)->tenant->seen, &note, req->ctx->now_us);
}
