/* type.c - the list of types and what they share; see type.h and type_int.h. */
#include "meta/type.h"

#include "base/decimal.h"
#include "base/text.h"
#include "meta/type_int.h"

extern const struct gx_type_def gx_type_text_def, gx_type_longtext_def, gx_type_integer_def,
    gx_type_decimal_def, gx_type_money_def, gx_type_percent_def, gx_type_boolean_def,
    gx_type_date_def, gx_type_datetime_def, gx_type_duration_def, gx_type_choice_def,
    gx_type_choices_def, gx_type_link_def, gx_type_links_def, gx_type_phone_def, gx_type_email_def,
    gx_type_url_def, gx_type_address_def, gx_type_location_def, gx_type_file_def,
    gx_type_autonumber_def, gx_type_formula_def, gx_type_rollup_def, gx_type_process_def;

const struct gx_type_def *const gx_types[] = {
    &gx_type_text_def,
    &gx_type_longtext_def,
    &gx_type_integer_def,
    &gx_type_decimal_def,
    &gx_type_money_def,
    &gx_type_percent_def,
    &gx_type_boolean_def,
    &gx_type_date_def,
    &gx_type_datetime_def,
    &gx_type_duration_def,
    &gx_type_choice_def,
    &gx_type_choices_def,
    &gx_type_link_def,
    &gx_type_links_def,
    &gx_type_phone_def,
    &gx_type_email_def,
    &gx_type_url_def,
    &gx_type_address_def,
    &gx_type_location_def,
    &gx_type_file_def,
    &gx_type_autonumber_def,
    &gx_type_formula_def,
    &gx_type_rollup_def,
    &gx_type_process_def,
    NULL,
};

const struct gx_type_def *gx_type_find(struct gx_str name)
{
    for (size_t i = 0; gx_types[i]; i++)
        if (gx_str_is(name, gx_types[i]->name))
            return gx_types[i];
    return NULL;
}

struct gx_str gx_type_label(const struct gx_type_io *io)
{
    struct gx_str label = gx_label_text(&io->field->label, io->ctx->lang);
    return label.n ? label : io->field->x.name;
}

enum gx_code gx_type_wrong(struct gx_type_io *io, const char *en, const char *zh)
{
    return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_WRONG_TYPE, gx_type_label(io),
                   gx_str_c(io->ctx->lang == GX_LANG_EN ? en : zh));
}

enum gx_code gx_type_bad(struct gx_type_io *io, struct gx_str given)
{
    if (given.n > 80)
        given.n = 80;
    while (given.n && !gx_text_valid(given))
        given.n--;
    return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_BAD_FORMAT, gx_type_label(io), given);
}

enum gx_code gx_type_string(struct gx_type_io *io, const struct gx_json *node,
                            struct gx_str *ret_text)
{
    if (node->kind != GX_JSON_STRING)
        return gx_type_wrong(io, "text", "文字");
    *ret_text = node->text;
    return GX_OK;
}

/* Without white space at the ends, the ideographic space among it: "　" is no name. */
static struct gx_str trimmed(struct gx_str s)
{
    const struct gx_str wide = { "\xe3\x80\x80", 3 };
    for (size_t was = s.n + 1; s.n < was;) {
        was = s.n;
        s = gx_str_trim(s);
        if (gx_str_starts(s, wide))
            s = gx_str_from(s, wide.n);
        if (gx_str_ends(s, wide))
            s.n -= wide.n;
    }
    return s;
}

enum gx_code gx_type_text(struct gx_type_io *io, struct gx_str text, int64_t max,
                          struct gx_value *ret_part)
{
    struct gx_str clean;
    if (gx_text_clean(io->ctx->arena, text, &clean) != GX_OK)
        return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_BAD_UTF8);
    if (memchr(clean.p, 0, clean.n)) /* PostgreSQL cannot hold it, and stores are to be moved */
        return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_ZERO_BYTE, gx_type_label(io));
    clean = trimmed(clean);
    if (clean.n > (size_t)max && gx_text_length(clean) > (size_t)max)
        return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_TOO_LONG, gx_type_label(io),
                       gx_arena_printf(io->ctx->arena, "%lld", (long long)max));
    *ret_part = clean.n ? gx_value_text(clean) : GX_NULL_VALUE;
    return GX_OK;
}

enum gx_code gx_type_range(struct gx_type_io *io, int64_t value, int scale)
{
    const struct gx_field *f = io->field;
    if (f->has_min && value < f->min)
        return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_TOO_SMALL, gx_type_label(io),
                       gx_decimal_format(io->ctx->arena, f->min, scale));
    if (f->has_max && value > f->max)
        return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_TOO_LARGE, gx_type_label(io),
                       gx_decimal_format(io->ctx->arena, f->max, scale));
    return GX_OK;
}

/* Marks around a number that say nothing about its size. */
static bool is_decoration(uint32_t c)
{
    return c == ' ' || c == 0xA0 || c == 0x202F || c == '\'' || c == '$' || c == 0xA3 ||
           c == 0xA5 || c == 0x20AC || c == 0x5143 /* 元 */ || c == '%' || c == 0xFF05 ||
           c == 0xFF04;
}

/*
 * Which of "." and "," separates decimals?  With both, the last one.  A lone comma does when it is
 * not followed by exactly three digits; a dot always does unless it stands more than once.
 */
static char decimal_mark(const char *s, size_t n)
{
    size_t dots = 0, commas = 0, last_dot = 0, last_comma = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '.')
            dots++, last_dot = i;
        if (s[i] == ',')
            commas++, last_comma = i;
    }
    if (dots && commas)
        return last_dot > last_comma ? '.' : ',';
    if (commas == 1 && n - last_comma - 1 != 3)
        return ',';
    return dots == 1 ? '.' : 0;
}

bool gx_type_number(struct gx_ctx *ctx, struct gx_str text, int scale, int64_t *ret_value)
{
    char plain[64], number[64];
    size_t n = 0, out = 0;
    bool negative = false;
    if (gx_decimal_parse(text, scale, ret_value))
        return true;
    struct gx_str clean;
    if (gx_text_clean(ctx->arena, text, &clean) != GX_OK)
        return false;
    if (gx_str_starts(clean, GX_STR("NT")) || gx_str_starts(clean, GX_STR("US")))
        clean = gx_str_from(clean, 2);
    while (clean.n) {
        size_t len;
        uint32_t c = gx_text_decode(clean, &len);
        clean = gx_str_from(clean, len);
        if (c >= 0xFF10 && c <= 0xFF19)
            c = c - 0xFF10 + '0';
        if (is_decoration(c))
            continue;
        if (c > 127 || n == sizeof plain)
            return false;
        plain[n++] = (char)c;
    }
    if (n >= 2 && plain[0] == '(' && plain[n - 1] == ')') {
        negative = true;
        memmove(plain, plain + 1, n -= 2);
    }
    char mark = decimal_mark(plain, n);
    for (size_t i = 0; i < n; i++) {
        if (plain[i] == mark && mark)
            number[out++] = '.';
        else if (plain[i] != ',' && plain[i] != '.')
            number[out++] = plain[i];
    }
    int64_t value;
    if (!gx_decimal_parse((struct gx_str){ number, out }, scale, &value))
        return false;
    *ret_value = negative ? -value : value;
    return true;
}

enum gx_code gx_type_choice(struct gx_type_io *io, struct gx_str text, struct gx_str *ret_code)
{
    const struct gx_field *f = io->field;
    for (size_t i = 0; i < f->choice_count; i++)
        if (gx_str_eq(f->choices[i].code, text)) {
            *ret_code = f->choices[i].code;
            return GX_OK;
        }
    int best = 0;
    struct gx_str near = GX_STR("");
    struct gx_str folded = gx_text_fold(io->ctx->arena, text);
    for (size_t i = 0; i < f->choice_count; i++) {
        struct gx_str names[] = { f->choices[i].code, f->choices[i].label.text[GX_LANG_EN],
                                  f->choices[i].label.text[GX_LANG_ZH_HANT] };
        for (size_t k = 0; k < GX_COUNT(names); k++) {
            if (names[k].n && gx_str_eq(gx_text_fold(io->ctx->arena, names[k]), folded)) {
                *ret_code = f->choices[i].code;
                return GX_OK;
            }
            int score = gx_text_near(names[k], text);
            if (score > best) {
                best = score;
                near = f->choices[i].code;
            }
        }
    }
    if (best >= 600)
        return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_NOT_A_CHOICE_NEAR, gx_type_label(io),
                       text, near);
    return gx_fail(io->ctx, GX_E_INVALID, io->path, GX_M_NOT_A_CHOICE, gx_type_label(io), text);
}

void gx_type_write_text(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts)
{
    (void)field;
    gx_jw_str(w, parts[0].s);
}

void gx_type_print_text(struct gx_buf *out, const struct gx_field *field,
                        const struct gx_value *parts)
{
    (void)field;
    gx_buf_add(out, parts[0].s);
}
