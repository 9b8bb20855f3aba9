/*
 * read.c - one pass over the text, recursive descent; see read.h.
 *
 * Nodes point into the text wherever a string has no escape and is already in NFC, so a plain
 * document costs one node a value and no copies.
 */
#include "json/read.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/text.h"
#include "json/scan.h"
#include "json/write.h"

/* Up to here members are compared pairwise; beyond, they are sorted. */
enum { PAIRWISE_MAX = 16 };

struct reader {
    struct gx_ctx *ctx;
    const char *start, *p, *end;
    const char *line_start;
    uint32_t line;
    unsigned depth, depth_max;
    size_t nodes;
};

GX_NODISCARD static enum gx_code read_value(struct reader *r, struct gx_json **ret_node);

static enum gx_code remember(struct reader *r, const char *at, enum gx_code code)
{
    struct gx_error *error = r->ctx->last_error;
    if (error && r->ctx->error_count < GX_CTX_ERRORS_MAX) {
        error->at = at - r->start;
        error->line = r->line;
    }
    return code;
}

static enum gx_code bad(struct reader *r, const char *at, enum gx_message why)
{
    struct gx_arena *arena = r->ctx->arena;
    size_t column = 1;
    for (const char *p = r->line_start; p < at; p++)
        column += ((unsigned char)*p & 0xc0) != 0x80;
    const struct gx_error reason = { .message = why };
    gx_fail(r->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_JSON, gx_error_text(arena, &reason, r->ctx->lang),
            gx_arena_printf(arena, "%u", r->line), gx_arena_printf(arena, "%zu", column));
    return remember(r, at, GX_E_SYNTAX);
}

static enum gx_code too_large(struct reader *r, enum gx_message why, const char *what)
{
    gx_fail(r->ctx, GX_E_LIMIT, GX_STR(""), why, gx_str_c(what));
    return remember(r, r->p, GX_E_LIMIT);
}

/* To the next byte that is no white space.  False at the end of the text. */
static inline bool skip_space(struct reader *r)
{
    const char *p = r->p;
    while (p < r->end && (unsigned char)*p <= ' ') {
        if (*p == '\n') {
            r->line++;
            r->line_start = p + 1;
        } else if (*p != ' ' && *p != '\t' && *p != '\r') {
            break;
        }
        p++;
    }
    r->p = p;
    return p < r->end;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    if (end - p < 4)
        return -1;
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3f));
        *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return out;
}

/* At the digits behind \u; a pair of surrogates is one character, half a pair is none. */
GX_NODISCARD static enum gx_code decode_unicode(struct reader *r, char **out, bool *ret_wide)
{
    const char *escape = r->p - 2;
    int32_t unit = hex4(r->p, r->end);
    if (unit < 0)
        return bad(r, escape, GX_M_JSON_ESCAPE);
    r->p += 4;
    uint32_t c = (uint32_t)unit;
    if (c >= 0xd800 && c < 0xe000) {
        int32_t low = -1;
        if (c < 0xdc00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u')
            low = hex4(r->p + 2, r->end);
        if (low < 0xdc00 || low >= 0xe000)
            return bad(r, escape, GX_M_JSON_SURROGATE);
        c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
        r->p += 6;
    }
    *ret_wide |= c >= 0x80;
    *out = put_utf8(*out, c);
    return GX_OK;
}

/* At a backslash. */
GX_NODISCARD static enum gx_code decode_escape(struct reader *r, char **out, bool *ret_wide)
{
    static const char plain[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    if (r->end - r->p < 2)
        return bad(r, r->end, GX_M_JSON_UNCLOSED);
    unsigned char c = (unsigned char)r->p[1];
    if (c != 'u' && !plain[c])
        return bad(r, r->p, GX_M_JSON_ESCAPE);
    r->p += 2;
    if (c == 'u')
        return decode_unicode(r, out, ret_wide);
    *(*out)++ = plain[c];
    return GX_OK;
}

/* The bytes a string could need: up to its closing quote.  Decoding never makes it longer. */
static size_t escaped_bytes(const struct reader *r, const char *from)
{
    const char *p = from;
    bool wide = false;
    while (p < r->end) {
        p = gx_json_scan_string(p, r->end, &wide);
        if (p == r->end || *p == '"')
            break;
        p += *p == '\\' && r->end - p >= 2 ? 2 : 1;
    }
    return (size_t)(p - from);
}

/* At the first backslash of the string that began at `from`. */
GX_NODISCARD static enum gx_code decode(struct reader *r, const char *from, bool *ret_wide,
                                        struct gx_str *ret_text)
{
    size_t head = (size_t)(r->p - from);
    char *text = gx_arena_alloc(r->ctx->arena, escaped_bytes(r, from) + 1), *out = text + head;
    memcpy(text, from, head);
    while (r->p < r->end && *r->p == '\\') {
        GX_TRY(decode_escape(r, &out, ret_wide));
        const char *run = r->p;
        r->p = gx_json_scan_string(r->p, r->end, ret_wide);
        memcpy(out, run, (size_t)(r->p - run));
        out += r->p - run;
    }
    *ret_text = (struct gx_str){ text, (size_t)(out - text) };
    return GX_OK;
}

/* At the opening quote. */
GX_NODISCARD static enum gx_code read_string(struct reader *r, struct gx_str *ret_text)
{
    const char *quote = r->p, *from = ++r->p;
    bool wide = false;
    r->p = gx_json_scan_string(from, r->end, &wide);
    struct gx_str text = { from, (size_t)(r->p - from) };
    if (r->p < r->end && *r->p == '\\')
        GX_TRY(decode(r, from, &wide, &text));
    if (r->p == r->end)
        return bad(r, r->end, GX_M_JSON_UNCLOSED);
    if (*r->p != '"')
        return bad(r, r->p, GX_M_JSON_CONTROL);
    r->p++;
    if (wide && gx_text_clean(r->ctx->arena, text, &text) != GX_OK)
        return bad(r, quote, GX_M_JSON_UTF8);
    *ret_text = text;
    return GX_OK;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* At a digit or minus.  Only the grammar is checked; the text is the value. */
GX_NODISCARD static enum gx_code read_number(struct reader *r, struct gx_str *ret_text)
{
    const char *from = r->p, *p = from + (*from == '-');
    const char *digits = p;
    p = skip_digits(p, r->end);
    if (p == digits || (*digits == '0' && p > digits + 1))
        return bad(r, from, GX_M_JSON_NUMBER);
    if (p < r->end && *p == '.') {
        digits = ++p;
        p = skip_digits(p, r->end);
        if (p == digits)
            return bad(r, from, GX_M_JSON_NUMBER);
    }
    if (p < r->end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < r->end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = skip_digits(p, r->end);
        if (p == digits)
            return bad(r, from, GX_M_JSON_NUMBER);
    }
    r->p = p;
    *ret_text = (struct gx_str){ from, (size_t)(p - from) };
    return GX_OK;
}

GX_NODISCARD static enum gx_code read_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return bad(r, r->p, GX_M_JSON_VALUE);
    r->p += n;
    return GX_OK;
}

static enum gx_code twice(struct reader *r, const struct gx_json *second)
{
    gx_fail(r->ctx, GX_E_SYNTAX, second->key, GX_M_JSON_TWICE, second->key);
    r->line = second->line;
    return remember(r, r->p, GX_E_SYNTAX);
}

static int by_key(const void *a, const void *b)
{
    return gx_str_cmp((*(const struct gx_json *const *)a)->key,
                      (*(const struct gx_json *const *)b)->key);
}

/* Sorting, not hashing: who sends the keys could choose colliding ones. */
GX_NODISCARD static enum gx_code check_many_keys(struct reader *r, const struct gx_json *object)
{
    const struct gx_json **members =
        gx_arena_alloc(r->ctx->arena, object->count * sizeof(struct gx_json *));
    size_t n = 0;
    for (const struct gx_json *m = object->first; m; m = m->next)
        members[n++] = m;
    qsort(members, n, sizeof(struct gx_json *), by_key);
    for (size_t i = 1; i < n; i++)
        if (gx_str_eq(members[i - 1]->key, members[i]->key))
            return twice(r, members[i]);
    return GX_OK;
}

GX_NODISCARD static enum gx_code check_keys(struct reader *r, const struct gx_json *object)
{
    if (object->count > PAIRWISE_MAX)
        return check_many_keys(r, object);
    for (const struct gx_json *b = object->first; b; b = b->next)
        for (const struct gx_json *a = object->first; a != b; a = a->next)
            if (gx_str_eq(a->key, b->key))
                return twice(r, b);
    return GX_OK;
}

/* A key, its colon and the white space around. */
GX_NODISCARD static enum gx_code read_key(struct reader *r, struct gx_str *ret_key)
{
    if (!skip_space(r) || *r->p != '"')
        return bad(r, r->p, GX_M_JSON_KEY);
    GX_TRY(read_string(r, ret_key));
    if (!skip_space(r) || *r->p != ':')
        return bad(r, r->p, GX_M_JSON_COLON);
    r->p++;
    return GX_OK;
}

/* At the opening bracket of an array or object. */
GX_NODISCARD static enum gx_code read_children(struct reader *r, struct gx_json *parent)
{
    bool keyed = parent->kind == GX_JSON_OBJECT;
    char closing = keyed ? '}' : ']';
    struct gx_json **slot = &parent->first;
    r->p++;
    if (skip_space(r) && *r->p == closing) {
        r->p++;
        return GX_OK;
    }
    for (;;) {
        struct gx_str key = { "", 0 };
        if (keyed)
            GX_TRY(read_key(r, &key));
        GX_TRY(read_value(r, slot));
        (*slot)->key = key;
        slot = &(*slot)->next;
        parent->count++;
        if (!skip_space(r))
            return bad(r, r->p, keyed ? GX_M_JSON_OBJECT_END : GX_M_JSON_ARRAY_END);
        char c = *r->p++;
        if (c == closing)
            break;
        if (c != ',')
            return bad(r, r->p - 1, keyed ? GX_M_JSON_OBJECT_END : GX_M_JSON_ARRAY_END);
    }
    return keyed ? check_keys(r, parent) : GX_OK;
}

GX_NODISCARD static enum gx_code read_container(struct reader *r, struct gx_json *node,
                                                enum gx_json_kind kind)
{
    if (r->depth == r->depth_max)
        return too_large(r, GX_M_TOO_DEEP, "");
    node->kind = kind;
    r->depth++;
    GX_TRY(read_children(r, node));
    r->depth--;
    return GX_OK;
}

GX_NODISCARD static enum gx_code read_body(struct reader *r, struct gx_json *node)
{
    switch (*r->p) {
    case '"':
        node->kind = GX_JSON_STRING;
        return read_string(r, &node->text);
    case '{':
        return read_container(r, node, GX_JSON_OBJECT);
    case '[':
        return read_container(r, node, GX_JSON_ARRAY);
    case 't':
        node->kind = GX_JSON_BOOL;
        node->truth = true;
        return read_word(r, "true");
    case 'f':
        node->kind = GX_JSON_BOOL;
        return read_word(r, "false");
    case 'n':
        node->kind = GX_JSON_NULL;
        return read_word(r, "null");
    default:
        if (*r->p != '-' && (*r->p < '0' || *r->p > '9'))
            return bad(r, r->p, GX_M_JSON_VALUE);
        node->kind = GX_JSON_NUMBER;
        return read_number(r, &node->text);
    }
}

static enum gx_code read_value(struct reader *r, struct gx_json **ret_node)
{
    if (!skip_space(r))
        return bad(r, r->p, GX_M_JSON_VALUE);
    if (r->nodes++ == GX_JSON_NODES_MAX)
        return too_large(r, GX_M_TOO_BIG, "2000000");
    struct gx_json *node = GX_ARENA_NEW(r->ctx->arena, struct gx_json);
    node->line = r->line;
    node->text = node->key = GX_STR("");
    GX_TRY(read_body(r, node));
    *ret_node = node;
    return GX_OK;
}

enum gx_code gx_json_read(struct gx_ctx *ctx, struct gx_str s, struct gx_json **ret_root)
{
    return gx_json_read_deep(ctx, s, GX_JSON_READ_DEPTH_MAX, ret_root);
}

enum gx_code gx_json_read_deep(struct gx_ctx *ctx, struct gx_str s, unsigned depth_max,
                               struct gx_json **ret_root)
{
    const char *start = s.n ? s.p : "";
    struct reader r = {
        .ctx = ctx,
        .start = start,
        .p = start,
        .end = start + s.n,
        .line_start = start,
        .line = 1,
        .depth_max = depth_max,
    };
    struct gx_json *root = NULL;
    GX_TRY(read_value(&r, &root));
    if (skip_space(&r))
        return bad(&r, r.p, GX_M_JSON_REST);
    gx_assert(r.depth == 0);
    *ret_root = root;
    return GX_OK;
}
