/*
 * cursor.c - where a page ended, as an opaque text for the client.
 *
 * Inside: a check of what was asked (filter, sort, object), the sort values of the last record,
 * its id; as JSON in URL-safe base64.  A cursor of another list is refused, not misread.
 */
#include <sodium.h>
#include <stdlib.h>

#include "store/list_int.h"

static uint64_t question(const struct gx_list *list)
{
    uint64_t h = gx_str_hash(list->object->id);
    h = h * 31 + gx_str_hash(list->options.filter);
    h = h * 31 + gx_str_hash(list->options.sort);
    h = h * 31 + gx_str_hash(list->options.q);
    return (h * 31 + list->options.deleted) >> 1;
}

static void write_value(struct gx_jw *w, struct gx_arena *arena, struct gx_value v)
{
    if (v.kind == GX_VALUE_NULL) {
        gx_jw_null(w);
    } else if (v.kind == GX_VALUE_INT) {
        gx_jw_id(w, v.i);
    } else {
        char *hex = gx_arena_alloc(arena, v.s.n * 2 + 2);
        hex[0] = v.kind == GX_VALUE_BLOB ? 'b' : 't';
        sodium_bin2hex(hex + 1, v.s.n * 2 + 1, (const unsigned char *)v.s.p, v.s.n);
        gx_jw_str(w, gx_str_c(hex));
    }
}

struct gx_str gx_cursor_write(const struct gx_list *list)
{
    struct gx_arena *arena = gx_scope_ctx(list->scope)->arena;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    gx_jw_id(&w, (int64_t)question(list));
    for (size_t i = 0; i < list->sort_count; i++)
        write_value(&w, arena, gx_rows_value(list->rows, list->sorts[i].column));
    gx_jw_id(&w, gx_rows_int(list->rows, 0));
    gx_jw_array_end(&w);
    size_t n = sodium_base64_encoded_len(out.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = gx_arena_alloc(arena, n);
    sodium_bin2base64(text, n, (const unsigned char *)out.p, out.n,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    gx_buf_free(&out);
    return gx_str_c(text);
}

static bool read_value(struct gx_arena *arena, const struct gx_json *node, struct gx_value *ret)
{
    if (node->kind == GX_JSON_NULL) {
        *ret = GX_NULL_VALUE;
        return true;
    }
    if (node->kind != GX_JSON_STRING || node->text.n == 0)
        return false;
    if (node->text.p[0] != 'b' && node->text.p[0] != 't') {
        ret->kind = GX_VALUE_INT;
        return gx_str_int64(node->text, &ret->i);
    }
    struct gx_str hex = gx_str_from(node->text, 1);
    unsigned char *bytes = gx_arena_alloc(arena, hex.n / 2 + 1);
    size_t n = 0;
    if (sodium_hex2bin(bytes, hex.n / 2 + 1, hex.p, hex.n, NULL, &n, NULL) != 0 || n * 2 != hex.n)
        return false;
    struct gx_str s = { (const char *)bytes, n };
    *ret = node->text.p[0] == 'b' ? gx_value_blob(s) : gx_value_text(s);
    return true;
}

static bool decode(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_str text = list->options.cursor;
    unsigned char *bytes = gx_arena_alloc(ctx->arena, text.n + 1);
    size_t n = 0;
    struct gx_json *root;
    int64_t asked;
    if (sodium_base642bin(bytes, text.n + 1, text.p, text.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    if (gx_json_read(ctx, (struct gx_str){ (const char *)bytes, n }, &root) != GX_OK)
        return false;
    if (root->kind != GX_JSON_ARRAY || root->count != list->sort_count + 2 ||
        !gx_json_int64(root->first, &asked) || asked != (int64_t)question(list))
        return false;
    size_t i = 0;
    for (const struct gx_json *k = root->first->next; k; k = k->next, i++)
        if (!read_value(ctx->arena, k, &list->cursor[i]))
            return false;
    list->has_cursor = true;
    return list->cursor[list->sort_count].kind == GX_VALUE_INT;
}

enum gx_code gx_cursor_read(struct gx_list *list)
{
    if (list->options.cursor.n == 0 || decode(list))
        return GX_OK;
    gx_ctx_clear(gx_scope_ctx(list->scope));
    return gx_fail(gx_scope_ctx(list->scope), GX_E_INVALID, GX_STR("cursor"), GX_M_CURSOR);
}
