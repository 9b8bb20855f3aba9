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

/* A number's format of today, its counter, and how a count is written in it. */
struct form {
    struct gx_str text, head, tail;
    struct gx_value counter;
    int width;
};

static struct form form_of(struct gx_ctx *ctx, const struct gx_field *field,
                           const struct gx_object *object)
{
    struct form form = { .text = dated(ctx, field->number_format) };
    size_t open = gx_str_find(form.text, '{'), close = gx_str_find(form.text, '}');
    form.width = close > open && close < form.text.n ? (int)(close - open - 1) : 0;
    form.head = (struct gx_str){ form.text.p, open };
    form.tail = close == form.text.n ? GX_STR("") : gx_str_from(form.text, close + 1);
    form.counter =
        gx_value_text(gx_arena_printf(ctx->arena, "%.*s.%.*s.%.*s", GX_STR_ARG(object->id),
                                      GX_STR_ARG(field->id), GX_STR_ARG(form.text)));
    return form;
}

static struct gx_str written(struct gx_ctx *ctx, const struct form *form, int64_t count)
{
    return gx_arena_printf(ctx->arena, "%.*s%0*lld%.*s", GX_STR_ARG(form->head), form->width,
                           (long long)count, GX_STR_ARG(form->tail));
}

enum gx_code gx_number_next(struct gx_scope *scope, const struct gx_field *field,
                            const struct gx_object *object, struct gx_value *ret_value)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct form form = form_of(ctx, field, object);
    int64_t count;
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_counter (name, value) VALUES (?1, 1) "
                             "ON CONFLICT (name) DO UPDATE SET value = gx_counter.value + 1"),
                      &form.counter, 1, NULL));
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT value FROM gx_counter WHERE name = ?1"),
                     &form.counter, 1, 1, &count));
    *ret_value = gx_value_text(written(ctx, &form, count));
    return GX_OK;
}

enum gx_code gx_number_return(struct gx_scope *scope, const struct gx_field *field,
                              const struct gx_object *object, struct gx_str number)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    struct form form = form_of(ctx, field, object);
    int64_t count;
    GX_TRY(gx_db_int(ctx, conn, GX_SQL("SELECT value FROM gx_counter WHERE name = ?1"),
                     &form.counter, 1, 0, &count));
    if (count == 0 || !gx_str_eq(written(ctx, &form, count), number))
        return GX_OK;
    return gx_db_exec(ctx, conn, GX_SQL("UPDATE gx_counter SET value = value - 1 WHERE name = ?1"),
                      &form.counter, 1, NULL);
}
