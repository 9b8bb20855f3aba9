/* type_money.c - an amount in ten-thousandths of its currency, and the currency (ISO 4217). */
#include "base/decimal.h"
#include "meta/type_int.h"

static bool is_currency(struct gx_str s)
{
    if (s.n != 3)
        return false;
    for (size_t i = 0; i < 3; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z')
            return false;
    return true;
}

static enum gx_code amount(struct gx_type_io *io, struct gx_str text, bool typed,
                           struct gx_str currency, struct gx_value *parts)
{
    int64_t value;
    if (typed ? !gx_type_number(io->ctx, text, GX_MONEY_SCALE, &value)
              : !gx_decimal_parse(text, GX_MONEY_SCALE, &value))
        return gx_type_bad(io, text);
    if (!is_currency(currency))
        return gx_type_bad(io, currency);
    GX_TRY(gx_type_range(io, value, GX_MONEY_SCALE));
    parts[0] = gx_value_int(value);
    parts[1] = gx_value_text(currency);
    return GX_OK;
}

/* "1234.5", "$1,234.50", "USD 1,234.50" or "1,234.50 USD". */
static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    struct gx_str currency = io->currency;
    if (text.n > 3 && is_currency((struct gx_str){ text.p, 3 })) {
        currency = (struct gx_str){ text.p, 3 };
        text = gx_str_trim(gx_str_from(text, 3));
    } else if (text.n > 3 && is_currency(gx_str_from(text, text.n - 3))) {
        currency = gx_str_from(text, text.n - 3);
        text = gx_str_trim((struct gx_str){ text.p, text.n - 3 });
    }
    return amount(io, text, true, gx_arena_str(io->ctx->arena, currency), parts);
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str currency = io->currency;
    if (node->kind == GX_JSON_OBJECT) {
        for (const struct gx_json *k = node->first; k; k = k->next)
            if (!gx_str_is(k->key, "amount") && !gx_str_is(k->key, "currency"))
                return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_UNKNOWN_KEY, k->key);
        currency = gx_json_get_str(node, "currency", currency);
        node = gx_json_get(node, "amount");
    }
    if (!node || (node->kind != GX_JSON_NUMBER && node->kind != GX_JSON_STRING))
        return gx_type_wrong(io, "an amount, such as \"12.50\"", "金額，例如「12.50」");
    return amount(io, node->text, false, currency, parts);
}

static void to_json(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("amount"));
    gx_jw_decimal(w, parts[0].i, GX_MONEY_SCALE);
    gx_jw_key(w, GX_STR("currency"));
    if (parts[1].kind == GX_VALUE_TEXT)
        gx_jw_str(w, parts[1].s);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
}

static void to_text(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    char digits[32];
    gx_buf_add(out,
               (struct gx_str){ digits, gx_decimal_write(digits, parts[0].i, GX_MONEY_SCALE) });
    if (parts[1].kind == GX_VALUE_TEXT) {
        gx_buf_addc(out, ' ');
        gx_buf_add(out, parts[1].s);
    }
}

const struct gx_type_def gx_type_money_def = {
    .name = "money",
    .reply = "{\"$ref\": \"#/components/schemas/money\"}",
    .input = "{\"$ref\": \"#/components/schemas/money_input\"}",
    .label = { "Money", "金額" },
    .expr = GX_TYPE_MONEY,
    .part_count = 2,
    .parts = { { "", GX_VALUE_INT }, { "_cur", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = to_json,
    .to_text = to_text,
};
