/*
 * type_formula.c - fields that are computed at every read: formulas and roll-ups.
 *
 * Both are expressions; a roll-up's is an aggregate over related records.  What a value looks
 * like follows from the type the expression has.
 */
#include "meta/type_int.h"

static const struct gx_type_def *shown_as(const struct gx_field *field)
{
    static const char *const names[] = {
        [GX_TYPE_BOOL] = "boolean",      [GX_TYPE_NUMBER] = "decimal",
        [GX_TYPE_MONEY] = "money",       [GX_TYPE_TEXT] = "text",
        [GX_TYPE_DATE] = "date",         [GX_TYPE_MOMENT] = "datetime",
        [GX_TYPE_DURATION] = "duration", [GX_TYPE_CHOICE] = "text",
        [GX_TYPE_CHOICES] = "choices",   [GX_TYPE_LINK] = "link",
    };
    return gx_type_find(gx_str_c(names[field->x.type]));
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    if (field->x.type == GX_TYPE_MONEY) /* a sum over records has no currency of its own */
        gx_jw_decimal(w, parts[0].i, 4);
    else if (field->x.type == GX_TYPE_NUMBER && field->x.scale == 0)
        gx_jw_int(w, parts[0].i);
    else
        shown_as(field)->to_json(w, field, parts);
}

const char *gx_type_formula_reply(const struct gx_field *field)
{
    if (field->x.type == GX_TYPE_MONEY)
        return gx_type_find(GX_STR("decimal"))->reply;
    if (field->x.type == GX_TYPE_NUMBER && field->x.scale == 0)
        return "{\"type\": \"integer\", \"format\": \"int64\"}";
    return shown_as(field)->reply;
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    struct gx_value pair[2] = { parts[0], GX_NULL_VALUE };
    shown_as(field)->to_text(out, field, pair);
}

const struct gx_type_def gx_type_formula_def = {
    .name = "formula",
    .label = { "Formula", "公式" },
    .computed = true,
    .sortable = true,
    .filterable = true,
    .to_json = to_json,
    .to_text = to_text,
};

const struct gx_type_def gx_type_rollup_def = {
    .name = "rollup",
    .label = { "Roll-up", "彙總" },
    .computed = true,
    .sortable = true,
    .filterable = true,
    .to_json = to_json,
    .to_text = to_text,
};
