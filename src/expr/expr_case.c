/*
 * expr_case.c - lower() and upper(), one character for one.
 *
 * PostgreSQL's own lower() depends on how the server was built, so there the two lists made here
 * go to translate().  They hold the alphabets with case: Latin, Greek, Cyrillic, Armenian and
 * the full-width letters.
 */
#include "expr/expr_int.h"

#include <utf8proc.h>

#include "base/text.h"

static bool has_case(uint32_t c)
{
    return c < 0x590 || (c >= 0x1e00 && c < 0x2000) || (c >= 0xff21 && c <= 0xff5a);
}

static uint32_t map(bool upper, uint32_t c)
{
    if (!has_case(c))
        return c;
    int32_t mapped = upper ? utf8proc_toupper((int32_t)c) : utf8proc_tolower((int32_t)c);
    return mapped > 0 ? (uint32_t)mapped : c;
}

static struct gx_str keep(struct gx_arena *arena, struct gx_buf *buf)
{
    struct gx_str s = gx_arena_str(arena, gx_buf_str(buf));
    gx_buf_free(buf);
    return s;
}

struct gx_str gx_expr_case_map(struct gx_arena *arena, bool upper, struct gx_str s)
{
    struct gx_buf out = { 0 };
    for (size_t at = 0, n; at < s.n; at += n)
        gx_text_encode(&out, map(upper, gx_text_decode(gx_str_from(s, at), &n)));
    return keep(arena, &out);
}

void gx_expr_case_tables(struct gx_arena *arena, bool upper, struct gx_str *ret_from,
                         struct gx_str *ret_to)
{
    struct gx_buf from = { 0 }, to = { 0 };
    for (uint32_t c = 1; c <= 0xff5a; c++) {
        uint32_t mapped = map(upper, c);
        if (mapped == c)
            continue;
        gx_text_encode(&from, c);
        gx_text_encode(&to, mapped);
    }
    *ret_from = keep(arena, &from);
    *ret_to = keep(arena, &to);
}
