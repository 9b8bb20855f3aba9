/*
 * browser.c - browsers in which somebody has signed in before.
 *
 * A cookie of an id and a keyed hash for each of the last few names that have signed in there:
 * "id.mac.mac".  It lets nobody in.  It says that whoever tries this name here is no stranger, so
 * that tries from elsewhere do not lock them out, and that a sign-in here is nothing new.
 */
#include "access/access_int.h"
#include "access/secret.h"
#include "base/text.h"

enum { NAMES_MAX = 5, ID_BYTES = 12, ID_CHARS_MAX = 40, MAC_CHARS = 22 };

static enum gx_code mac_of(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str id,
                           struct gx_str name, struct gx_str *ret_mac)
{
    struct gx_str text = gx_arena_printf(ctx->arena, "%.*s %.*s", GX_STR_ARG(id),
                                         GX_STR_ARG(gx_text_fold(ctx->arena, name)));
    GX_TRY(gx_mac(ctx, tenant, GX_STR("browser"), text, ret_mac));
    ret_mac->n = MAC_CHARS;
    return GX_OK;
}

enum gx_code gx_browser_known(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str cookie,
                              struct gx_str name, struct gx_str *ret_id)
{
    struct gx_str rest = cookie, id, mac, piece;
    *ret_id = GX_STR("");
    if (!gx_str_split(&rest, '.', &id) || id.n == 0 || id.n > ID_CHARS_MAX)
        return GX_OK;
    GX_TRY(mac_of(ctx, tenant, id, name, &mac));
    for (int i = 0; i < NAMES_MAX && gx_str_split(&rest, '.', &piece); i++)
        if (gx_secret_eq(piece, mac))
            *ret_id = id;
    return GX_OK;
}

enum gx_code gx_browser_cookie(struct gx_ctx *ctx, struct gx_tenant *tenant, struct gx_str was,
                               struct gx_str name, struct gx_str *ret_cookie)
{
    struct gx_str rest = was, id = { 0 }, mac, piece;
    bool has = gx_str_split(&rest, '.', &id) && id.n >= ID_BYTES && id.n <= ID_CHARS_MAX;
    for (size_t i = 0; i < id.n; i++)
        has = has && ((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'z') ||
                      (id.p[i] >= 'A' && id.p[i] <= 'Z') || id.p[i] == '-' || id.p[i] == '_');
    if (!has) {
        id = gx_random_text(ctx->arena, ID_BYTES);
        rest = GX_STR("");
    }
    GX_TRY(mac_of(ctx, tenant, id, name, &mac));
    struct gx_str out = gx_arena_printf(ctx->arena, "%.*s.%.*s", GX_STR_ARG(id), GX_STR_ARG(mac));
    for (int i = 1; i < NAMES_MAX && gx_str_split(&rest, '.', &piece);)
        if (piece.n == MAC_CHARS && !gx_str_eq(piece, mac) && gx_str_find(piece, ';') == piece.n) {
            out = gx_arena_printf(ctx->arena, "%.*s.%.*s", GX_STR_ARG(out), GX_STR_ARG(piece));
            i++;
        }
    *ret_cookie = out;
    return GX_OK;
}
