/* type_url.c - a web address; only http and https, because it becomes a link on a page. */
#include "meta/type_int.h"

enum { URL_MAX = 2000 };

static enum gx_code from_text(struct gx_type_io *io, struct gx_str text, struct gx_value *parts)
{
    size_t colon = gx_str_find(text, ':');
    struct gx_str scheme = { text.p, colon };
    bool typed = colon < text.n && gx_str_starts(gx_str_from(text, colon), GX_STR("://"));
    if (typed && !gx_str_ieq(scheme, GX_STR("http")) && !gx_str_ieq(scheme, GX_STR("https")))
        return gx_type_bad(io, text);
    if (!typed) /* "www.example.com" */
        text = gx_arena_printf(io->ctx->arena, "https://%.*s", GX_STR_ARG(text));
    struct gx_str host = gx_str_from(text, gx_str_find(text, ':') + 3);
    host.n = gx_str_find(host, '/');
    if (gx_str_find(host, '.') == host.n || gx_str_find(host, '@') < host.n)
        return gx_type_bad(io, text);
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || strchr("<>\"\\", text.p[i]))
            return gx_type_bad(io, text);
    return gx_type_text(io, text, URL_MAX, &parts[0]);
}

static enum gx_code from_json(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts)
{
    struct gx_str text;
    GX_TRY(gx_type_string(io, node, &text));
    if (text.n == 0) {
        parts[0] = GX_NULL_VALUE;
        return GX_OK;
    }
    return from_text(io, text, parts);
}

const struct gx_type_def gx_type_url_def = {
    .name = "url",
    .reply = "{\"type\": \"string\", \"format\": \"uri\"}",
    .label = { "Web address", "網址" },
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
