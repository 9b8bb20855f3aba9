/* type_email.c - one e-mail address (the shape of RFC 5321, internationalised). */
#include "base/text.h"
#include "meta/type_int.h"

enum { EMAIL_MAX = 254 };

static bool is_email(struct gx_str s)
{
    size_t at = gx_str_find(s, '@');
    if (at == 0 || at > 64 || at == s.n)
        return false;
    struct gx_str domain = gx_str_from(s, at + 1);
    if (domain.n == 0 || gx_str_find(domain, '@') < domain.n || domain.p[0] == '.' ||
        domain.p[domain.n - 1] == '.' || gx_str_find(domain, '.') == domain.n)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == 127 || strchr("<>(),;:\"\\[]", c))
            return false;
    }
    return gx_str_search(s, GX_STR("..")) == SIZE_MAX;
}

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    GX_TRY(gx_type_text(io, text, EMAIL_MAX, &parts[0]));
    if (parts[0].kind == GX_VALUE_TEXT && !is_email(parts[0].s))
        return gx_type_bad(io, text);
    return GX_OK;
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str text;
    GX_TRY(gx_type_string(io, node, &text));
    return from_text(io, text, parts);
}

const struct gx_type_def gx_type_email_def = {
    .name = "email",
    .reply = "{\"type\": \"string\", \"format\": \"email\"}",
    .label = { "E-mail", "電子郵件" },
    .expr = GX_TYPE_TEXT,
    .part_count = 1,
    .parts = { { "", GX_VALUE_TEXT } },
    .sortable = true,
    .filterable = true,
    .from_json = from_json,
    .from_text = from_text,
    .to_json = gx_type_write_text,
    .to_text = gx_type_print_text,
};
