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

/* Everything but a key begins here: the comma, and is a value due at all? */
static void begin_value(struct gx_jw *w)
{
    if (w->depth == 0)
        gx_assert(!w->need_comma); /* one value a document */
    else
        gx_assert((w->stack[w->depth - 1] == '{') == w->after_key);
    if (w->need_comma)
        gx_buf_addc(w->out, ',');
    w->need_comma = true;
    w->after_key = false;
}

static void open(struct gx_jw *w, char bracket)
{
    begin_value(w);
    gx_assert(w->depth < GX_JSON_DEPTH_MAX);
    w->stack[w->depth++] = bracket;
    w->need_comma = false;
    gx_buf_addc(w->out, bracket);
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

static void add_quoted(struct gx_buf *out, struct gx_str s)
{
    /* Most strings need no escape: then this is the only time the buffer grows. */
    if (s.n > SIZE_MAX - 2 || !gx_buf_reserve(out, s.n + 2))
        return;
    gx_buf_addc(out, '"');
    s.p = s.n ? s.p : "";
    const char *run = s.p, *p = s.p, *end = s.p + s.n;
    for (;;) {
        p = gx_json_scan_plain(p, end);
        if (p == end)
            break;
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
    gx_buf_addc(out, '"');
}

void gx_jw_key(struct gx_jw *w, struct gx_str key)
{
    gx_assert(w->depth > 0 && w->stack[w->depth - 1] == '{' && !w->after_key);
    if (w->need_comma)
        gx_buf_addc(w->out, ',');
    add_quoted(w->out, key);
    gx_buf_addc(w->out, ':');
    w->need_comma = false;
    w->after_key = true;
}

void gx_jw_str(struct gx_jw *w, struct gx_str s)
{
    begin_value(w);
    add_quoted(w->out, s);
}

void gx_jw_int(struct gx_jw *w, int64_t value)
{
    begin_value(w);
    gx_buf_addi(w->out, value);
}

void gx_jw_id(struct gx_jw *w, int64_t id)
{
    begin_value(w);
    gx_buf_addc(w->out, '"');
    gx_buf_addi(w->out, id);
    gx_buf_addc(w->out, '"');
}

void gx_jw_decimal(struct gx_jw *w, int64_t value, int scale)
{
    char digits[24];
    begin_value(w);
    gx_buf_addc(w->out, '"');
    gx_buf_add(w->out, (struct gx_str){ digits, gx_decimal_write(digits, value, scale) });
    gx_buf_addc(w->out, '"');
}

void gx_jw_bool(struct gx_jw *w, bool value)
{
    begin_value(w);
    gx_buf_addz(w->out, value ? "true" : "false");
}

void gx_jw_null(struct gx_jw *w)
{
    begin_value(w);
    gx_buf_addz(w->out, "null");
}

void gx_jw_raw(struct gx_jw *w, struct gx_str json)
{
    gx_assert(json.n > 0);
    begin_value(w);
    gx_buf_add(w->out, json);
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
