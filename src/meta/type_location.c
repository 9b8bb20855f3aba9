/* type_location.c - a point on the map, WGS 84, in ten-millionths of a degree (about 1 cm). */
#include "base/decimal.h"
#include "meta/type_int.h"

enum { DEGREE_SCALE = 7 };

static enum gx_code degrees(struct gx_type_io *io, struct gx_str text, int64_t limit,
                            struct gx_value *ret_part)
{
    int64_t value;
    size_t point = gx_str_find(text, '.');
    if (text.n > point + 1 + DEGREE_SCALE)
        text.n = point + 1 + DEGREE_SCALE;
    if (!gx_decimal_parse(text, DEGREE_SCALE, &value) || value > limit * 10000000 ||
        value < -limit * 10000000)
        return gx_type_bad(io, text);
    *ret_part = gx_value_int(value);
    return GX_OK;
}

/* "25.0330, 121.5654" */
static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    size_t comma = gx_str_find(text, ',');
    if (comma == text.n)
        return gx_type_bad(io, text);
    GX_TRY(degrees(io, gx_str_trim((struct gx_str){ text.p, comma }), 90, &parts[0]));
    return degrees(io, gx_str_trim(gx_str_from(text, comma + 1)), 180, &parts[1]);
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    const struct gx_json *lat = gx_json_get(node, "lat"), *lon = gx_json_get(node, "lon");
    if (!lat || !lon || node->count != 2 || lat->kind < GX_JSON_NUMBER ||
        lat->kind > GX_JSON_STRING || lon->kind < GX_JSON_NUMBER || lon->kind > GX_JSON_STRING)
        return gx_type_wrong(io, "a place, such as {\"lat\": \"25.03\", \"lon\": \"121.56\"}",
                             "位置，例如 {\"lat\": \"25.03\", \"lon\": \"121.56\"}");
    GX_TRY(degrees(io, lat->text, 90, &parts[0]));
    return degrees(io, lon->text, 180, &parts[1]);
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("lat"));
    gx_jw_decimal(w, parts[0].i, DEGREE_SCALE);
    gx_jw_key(w, GX_STR("lon"));
    gx_jw_decimal(w, parts[1].i, DEGREE_SCALE);
    gx_jw_object_end(w);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    char digits[32];
    gx_buf_add(out, (struct gx_str){ digits, gx_decimal_write(digits, parts[0].i, DEGREE_SCALE) });
    gx_buf_addz(out, ", ");
    gx_buf_add(out, (struct gx_str){ digits, gx_decimal_write(digits, parts[1].i, DEGREE_SCALE) });
}

/* To filters a location is its latitude; distance comes with dispatch. */
const struct gx_type_def gx_type_location_def = {
    .name = "location",
    .reply = "{\"$ref\": \"#/components/schemas/location\"}",
    .input = "{\"$ref\": \"#/components/schemas/location_input\"}",
    .label = { "Place on the map", "地圖位置" },
    .expr = GX_TYPE_NUMBER,
    .part_count = 2,
    .parts = { { "", GX_VALUE_INT }, { "_lon", GX_VALUE_INT } },
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
