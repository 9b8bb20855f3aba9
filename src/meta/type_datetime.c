/* type_datetime.c - a moment; UTC inside, in the reader's zone on the screen. */
#include "base/time.h"
#include "meta/type_int.h"

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    int64_t us, days;
    int32_t zone = io->ctx->tz_offset_min;
    if (gx_moment_parse(text, zone, &us)) {
        parts[0] = gx_value_int(us);
        return GX_OK;
    }
    if (!gx_date_typed(text, io->date_order, &days))
        return gx_type_bad(io, text);
    /* Any date form may be followed by a space and a clock time. */
    struct gx_str iso = gx_date_format(io->ctx->arena, days);
    size_t space = gx_str_find(text, ' ');
    struct gx_str clock = gx_str_trim(gx_str_from(text, space));
    if (clock.n == 4 || clock.n == 7) /* 9:05 */
        clock = gx_arena_printf(io->ctx->arena, "0%.*s", GX_STR_ARG(clock));
    struct gx_str whole =
        clock.n && gx_str_find(clock, ':') < clock.n
            ? gx_arena_printf(io->ctx->arena, "%.*s %.*s", GX_STR_ARG(iso), GX_STR_ARG(clock))
            : iso;
    if (!gx_moment_parse(whole, zone, &us))
        return gx_type_bad(io, text);
    parts[0] = gx_value_int(us);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    int64_t us;
    if (node->kind != GX_JSON_STRING)
        return gx_type_wrong(io, "a moment, such as \"2026-11-21T08:00:00Z\"",
                             "時間，例如「2026-11-21T08:00:00Z」");
    if (!gx_moment_parse(node->text, io->ctx->tz_offset_min, &us))
        return gx_type_bad(io, node->text);
    parts[0] = gx_value_int(us);
    return GX_OK;
}

static struct gx_str format(char *out, int64_t us)
{
    return (struct gx_str){ out, gx_moment_write(out, us) };
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    char text[GX_MOMENT_TEXT_BYTES];
    gx_jw_str(w, format(text, parts[0].i));
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    char text[GX_MOMENT_TEXT_BYTES];
    gx_buf_add(out, format(text, parts[0].i));
}

const struct gx_type_def gx_type_datetime_def = {
    .name = "datetime",
    .reply = "{\"type\": \"string\", \"format\": \"date-time\"}",
    .label = { "Date and time", "日期時間" },
    .expr = GX_TYPE_MOMENT,
    .part_count = 1,
    .parts = { { "", GX_VALUE_INT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
