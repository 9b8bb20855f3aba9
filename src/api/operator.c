/* operator.c - see operator.h. */
#include "api/operator.h"

#include "base/time.h"

enum gx_code gx_req_operator(struct gx_req *req)
{
    struct gx_meta *meta = gx_tenant_meta(gx_api(req)->tenant);
    const struct gx_object *object = gx_meta_object(meta, GX_STR("subscription"));
    bool is = object && gx_str_is(object->pack, "operator");
    gx_meta_unref(meta);
    return is ? GX_OK : gx_fail(req->ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_OPERATOR_ONLY);
}

struct gx_scope *gx_operator_scope(struct gx_req *req, const char *reason)
{
    return gx_scope_system(req->ctx, gx_api(req)->tenant, gx_scope_conn(req->scope), reason);
}

static enum gx_code read_day(struct gx_req *req, const char *name, struct gx_str text,
                             int64_t *ret_day)
{
    if (gx_date_parse(text, ret_day))
        return GX_OK;
    return gx_fail(req->ctx, GX_E_INVALID, gx_str_c(name), GX_M_BAD_FORMAT, gx_str_c(name), text);
}

enum gx_code gx_operator_days(struct gx_req *req, struct gx_str from, struct gx_str to,
                              struct gx_bill_span *ret_days)
{
    struct gx_ctx *ctx = req->ctx;
    int64_t today = gx_date_of_moment(ctx->now_us, ctx->tz_offset_min);
    struct gx_bill_span days = gx_bill_unit(GX_BILL_MONTH, today);
    days = gx_bill_unit(GX_BILL_MONTH, days.from - 1);
    if (from.n || to.n) {
        GX_TRY(read_day(req, "from", from, &days.from));
        GX_TRY(read_day(req, "to", to, &days.to));
    }
    if (days.from > days.to)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("to"), GX_M_BILL_PERIOD,
                       gx_date_format(ctx->arena, days.from), gx_date_format(ctx->arena, days.to));
    *ret_days = days;
    return GX_OK;
}
