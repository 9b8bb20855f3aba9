/* mask.c - the last characters of a text whose rest is kept from somebody. */
#include "base/text.h"
#include "store/store_int.h"

enum { SHOWN_CHARS = 3, HIDDEN_CHARS_MIN = 3 };

/* As many dots whatever the length: that is nobody's business either. */
#define DOTS "\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2"

struct gx_str gx_mask(struct gx_arena *arena, struct gx_str text)
{
    size_t chars = gx_text_length(text), at = 0, n;
    if (text.n == 0)
        return text;
    if (chars < SHOWN_CHARS + HIDDEN_CHARS_MIN)
        return GX_STR(DOTS);
    for (size_t i = 0; i + SHOWN_CHARS < chars; i++, at += n)
        gx_text_decode(gx_str_from(text, at), &n);
    struct gx_str end = gx_str_from(text, at);
    return gx_arena_printf(arena, "%s%.*s", DOTS, GX_STR_ARG(end));
}

void gx_write_masked(struct gx_jw *w, const struct gx_field *field, const struct gx_json *value)
{
    if (field->access != GX_FIELD_MASKED || value->kind == GX_JSON_NULL) {
        gx_json_write(w, value);
        return;
    }
    gx_jw_str(w, GX_STR(DOTS));
}
