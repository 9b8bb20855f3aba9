/* write.c - see write.h. */
#include "json/write.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "json/scan.h"

/* What stands behind the backslash; 'u' means \u00xx; 0: the byte goes out as it is. */
static const char escapes[256] = {
    [0x00] = 'u', [0x01] = 'u', [0x02] = 'u', [0x03] = 'u', [0x04] = 'u',  [0x05] = 'u',
    [0x06] = 'u', [0x07] = 'u', [0x08] = 'b', [0x09] = 't', [0x0a] = 'n',  [0x0b] = 'u',
    [0x0c] = 'f', [0x0d] = 'r', [0x0e] = 'u', [0x0f] = 'u', [0x10] = 'u',  [0x11] = 'u',
    [0x12] = 'u', [0x13] = 'u', [0x14] = 'u', [0x15] = 'u', [0x16] = 'u',  [0x17] = 'u',
    [0x18] = 'u', [0x19] = 'u', [0x1a] = 'u', [0x1b] = 'u', [0x1c] = 'u',  [0x1d] = 'u',
    [0x1e] = 'u', [0x1f] = 'u', ['"'] = '"',  ['<'] = 'u',  ['\\'] = '\\',
};

struct gx_jw gx_jw(struct gx_buf *out)
{
    return (struct gx_jw){ .out = out };
}

/* Is a value due at all, and does a comma stand before it? */
static bool begin_value(struct gx_jw *w)
{
    bool comma = w->need_comma;
    if (w->depth == 0)
        gx_assert(!comma); /* one value a document */
    else
        gx_assert((w->stack[w->depth - 1] == '{') == w->after_key);
    w->need_comma = true;
    w->after_key = false;
    return comma;
}

/* A short value that needs no escapes. */
static void add_value(struct gx_jw *w, struct gx_str text)
{
    struct gx_buf *out = w->out;
    bool comma = begin_value(w);
    if (text.n > SIZE_MAX - 1 || !gx_buf_reserve(out, text.n + 1))
        return;
    if (comma)
        out->p[out->n++] = ',';
    memcpy(out->p + out->n, text.p, text.n);
    out->n += text.n;
}

static void open(struct gx_jw *w, char bracket)
{
    gx_assert(w->depth < GX_JSON_DEPTH_MAX);
    add_value(w, (struct gx_str){ &bracket, 1 });
    w->stack[w->depth++] = bracket;
    w->need_comma = false;
}

static void close(struct gx_jw *w, char bracket, char closing)
{
    gx_assert(w->depth > 0 && w->stack[w->depth - 1] == bracket && !w->after_key);
    w->depth--;
    w->need_comma = true;
    gx_buf_addc(w->out, closing);
}

void gx_jw_object(struct gx_jw *w)
{
    open(w, '{');
}

void gx_jw_object_end(struct gx_jw *w)
{
    close(w, '{', '}');
}

void gx_jw_array(struct gx_jw *w)
{
    open(w, '[');
}

void gx_jw_array_end(struct gx_jw *w)
{
    close(w, '[', ']');
}

static void add_escape(struct gx_buf *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    if (escapes[c] == 'u')
        gx_buf_add(out,
                   (struct gx_str){ (char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6 });
    else
        gx_buf_add(out, (struct gx_str){ (char[]){ '\\', escapes[c] }, 2 });
}

/* U+2028 and U+2029 (E2 80 A8, E2 80 A9) end a line in older JavaScript. */
static bool is_line_separator(const char *p, const char *end)
{
    return end - p >= 3 && p[1] == '\x80' && (p[2] == '\xa8' || p[2] == '\xa9');
}

/* The bytes of a string from its first special one on. */
static void add_escaped(struct gx_buf *out, const char *p, const char *end)
{
    const char *run = p;
    for (; p < end; p = gx_json_scan_plain(p, end)) {
        unsigned char c = (unsigned char)*p;
        if (c == 0xe2 ? !is_line_separator(p, end) : !escapes[c]) {
            p++;
            continue;
        }
        gx_buf_add(out, (struct gx_str){ run, (size_t)(p - run) });
        if (c == 0xe2)
            gx_buf_addz(out, p[2] == '\xa8' ? "\\u2028" : "\\u2029");
        else
            add_escape(out, c);
        p += c == 0xe2 ? 3 : 1;
        run = p;
    }
    gx_buf_add(out, (struct gx_str){ run, (size_t)(end - run) });
}

static void add_quoted(struct gx_buf *out, bool comma, struct gx_str s, bool colon)
{
    /* Most strings need no escape: then the buffer is asked for room only here. */
    if (s.n > SIZE_MAX - 4 || !gx_buf_reserve(out, s.n + 4))
        return;
    if (comma)
        out->p[out->n++] = ',';
    out->p[out->n++] = '"';
    const char *from = s.n ? s.p : "", *end = from + s.n;
    const char *special = gx_json_scan_plain(from, end);
    memcpy(out->p + out->n, from, (size_t)(special - from));
    out->n += (size_t)(special - from);
    if (special == end) {
        out->p[out->n++] = '"';
        if (colon)
            out->p[out->n++] = ':';
        return;
    }
    add_escaped(out, special, end);
    gx_buf_addz(out, colon ? "\":" : "\"");
}

void gx_jw_key(struct gx_jw *w, struct gx_str key)
{
    gx_assert(w->depth > 0 && w->stack[w->depth - 1] == '{' && !w->after_key);
    add_quoted(w->out, w->need_comma, key, true);
    w->need_comma = false;
    w->after_key = true;
}

void gx_jw_key_ready(struct gx_jw *w, struct gx_str quoted)
{
    struct gx_buf *out = w->out;
    gx_assert(w->depth > 0 && w->stack[w->depth - 1] == '{' && !w->after_key);
    w->after_key = true;
    if (!gx_buf_reserve(out, quoted.n + 1))
        return;
    if (w->need_comma)
        out->p[out->n++] = ',';
    memcpy(out->p + out->n, quoted.p, quoted.n);
    out->n += quoted.n;
    w->need_comma = false;
}

void gx_jw_str(struct gx_jw *w, struct gx_str s)
{
    add_quoted(w->out, begin_value(w), s, false);
}

/* Digits, written backwards from `end`; returns where they begin. */
static char *digits_before(char *end, int64_t value)
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--end = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--end = '-';
    return end;
}

void gx_jw_int(struct gx_jw *w, int64_t value)
{
    char text[24], *end = text + sizeof text, *p = digits_before(end, value);
    add_value(w, (struct gx_str){ p, (size_t)(end - p) });
}

void gx_jw_id(struct gx_jw *w, int64_t id)
{
    char text[24], *end = text + sizeof text, *p = digits_before(end - 1, id);
    end[-1] = *--p = '"';
    add_value(w, (struct gx_str){ p, (size_t)(end - p) });
}

void gx_jw_decimal(struct gx_jw *w, int64_t value, int scale)
{
    char text[26];
    size_t n = gx_decimal_write(text + 1, value, scale);
    text[0] = text[n + 1] = '"';
    add_value(w, (struct gx_str){ text, n + 2 });
}

void gx_jw_bool(struct gx_jw *w, bool value)
{
    add_value(w, value ? GX_STR("true") : GX_STR("false"));
}

void gx_jw_null(struct gx_jw *w)
{
    add_value(w, GX_STR("null"));
}

void gx_jw_raw(struct gx_jw *w, struct gx_str json)
{
    gx_assert(json.n > 0);
    add_value(w, json);
}

void gx_jw_key_str(struct gx_jw *w, const char *key, struct gx_str s)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_str(w, s);
}

void gx_jw_key_int(struct gx_jw *w, const char *key, int64_t value)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_int(w, value);
}

void gx_jw_key_id(struct gx_jw *w, const char *key, int64_t id)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_id(w, id);
}

void gx_jw_key_bool(struct gx_jw *w, const char *key, bool value)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_bool(w, value);
}

void gx_jw_key_raw(struct gx_jw *w, const char *key, const char *json)
{
    gx_jw_key(w, gx_str_c(key));
    gx_jw_raw(w, gx_str_c(json));
}
