/* number.c - see number.h. */
#include "store/number.h"

#include "base/time.h"

/* The format with the date filled in; the run of zeros in braces is left for the count. */
static struct gx_str dated(struct gx_ctx *ctx, struct gx_str format)
{
    struct gx_ymd d = gx_date_to_ymd(gx_date_of_moment(ctx->now_us, ctx->tz_offset_min));
    struct gx_buf out = { 0 };
    while (format.n) {
        if (gx_str_starts(format, GX_STR("{year}"))) {
            gx_buf_printf(&out, "%04d", d.year);
            format = gx_str_from(format, 6);
        } else if (gx_str_starts(format, GX_STR("{month}"))) {
            gx_buf_printf(&out, "%02d", d.month);
            format = gx_str_from(format, 7);
        } else {
            gx_buf_addc(&out, format.p[0]);
            format = gx_str_from(format, 1);
        }
    }
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

enum gx_code gx_number_next(struct gx_scope *scope, const struct gx_field *field,
                            const struct gx_object *object, struct gx_value *ret_value)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct gx_str format = dated(ctx, field->number_format);
    size_t open = gx_str_find(format, '{'), close = gx_str_find(format, '}');
    int width = close > open && close < format.n ? (int)(close - open - 1) : 0;
    struct gx_value key = gx_value_text(gx_arena_printf(
        ctx->arena, "%.*s.%.*s.%.*s", GX_STR_ARG(object->id), GX_STR_ARG(field->id),
        GX_STR_ARG(format)));
    int64_t count;
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_counter (name, value) VALUES (?1, 1) "
                             "ON CONFLICT (name) DO UPDATE SET value = gx_counter.value + 1"),
                      &key, 1, NULL));
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT value FROM gx_counter WHERE name = ?1"), &key, 1, 1,
                     &count));
    struct gx_str head = { format.p, open }, tail = gx_str_from(format, close + 1);
    if (close == format.n)
        tail = GX_STR("");
    *ret_value = gx_value_text(gx_arena_printf(ctx->arena, "%.*s%0*lld%.*s", GX_STR_ARG(head), width,
                                               (long long)count, GX_STR_ARG(tail)));
    return GX_OK;
}
