/* link.c - see link.h. */
#include "access/link.h"

#include "access/secret.h"
#include "base/time.h"

enum gx_code gx_link_make(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          int64_t user, int64_t by, struct gx_str *ret_secret)
{
    struct gx_str secret = gx_random_text(ctx->arena, GX_SECRET_TOKEN_BYTES), mac;
    GX_TRY(gx_mac(ctx, tenant, GX_STR("link"), secret, &mac));
    struct gx_value values[] = {
        gx_value_text(mac),
        gx_value_int(user),
        gx_value_int(by),
        gx_value_int(ctx->now_us),
        gx_value_int(ctx->now_us + GX_LINK_MIN * GX_MINUTE_US),
    };
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("DELETE FROM gx_link WHERE user_id = ?1 OR expires_at < ?2"),
                      (struct gx_value[]){ values[1], values[3] }, 2, NULL));
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_link (mac, user_id, made_by, made_at, expires_at) "
                             "VALUES (?1, ?2, ?3, ?4, ?5)"),
                      values, GX_COUNT(values), NULL));
    *ret_secret = secret;
    return GX_OK;
}

enum gx_code gx_link_find(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                          struct gx_str secret, int64_t *ret_user)
{
    struct gx_str mac;
    int64_t user;
    GX_TRY(gx_mac(ctx, tenant, GX_STR("link"), secret, &mac));
    struct gx_value values[] = { gx_value_text(mac), gx_value_int(ctx->now_us) };
    GX_TRY(gx_db_int(ctx, conn,
                     GX_SQL("SELECT l.user_id FROM gx_link l JOIN \"user\" u ON u.id = l.user_id "
                            "WHERE l.mac = ?1 AND l.expires_at >= ?2 AND u.deleted_at IS NULL "
                            "AND coalesce(u.active, 1) = 1"),
                     values, GX_COUNT(values), 0, &user));
    if (!user)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_LINK_OVER);
    *ret_user = user;
    return GX_OK;
}

enum gx_code gx_link_use(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_conn *conn,
                         struct gx_str secret, int64_t *ret_user)
{
    struct gx_value user;
    GX_TRY(gx_link_find(ctx, tenant, conn, secret, ret_user));
    user = gx_value_int(*ret_user);
    return gx_db_exec(ctx, conn, GX_SQL("DELETE FROM gx_link WHERE user_id = ?1"), &user, 1, NULL);
}
