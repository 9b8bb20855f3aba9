/* xlsx_parts.c - the styles (which numbers are dates) and the shared strings of a workbook. */
#include "sheet/xlsx.h"

#include <stdlib.h>

struct custom {
    struct custom *next;
    int64_t id;
    struct gx_format format;
};

struct styles {
    struct gx_ctx *ctx;
    struct gx_xlsx_book *book;
    struct custom *customs;
    bool in_cell_xfs;
    size_t count;
};

static int64_t number_attr(const char **atts, const char *name)
{
    int64_t value;
    return gx_str_int64(gx_str_c(gx_part_attr(atts, name)), &value) ? value : -1;
}

static struct gx_format format_of(const struct styles *s, int64_t id)
{
    for (const struct custom *c = s->customs; c; c = c->next)
        if (c->id == id)
            return c->format;
    return gx_format_builtin(id);
}

static void styles_start(void *user, const char *name, const char **atts)
{
    struct styles *s = user;
    const char *code = gx_part_attr(atts, "formatCode");
    if (strcmp(name, "cellXfs") == 0) {
        s->in_cell_xfs = true;
        s->count = 0;
    } else if (strcmp(name, "numFmt") == 0 && code && s->count++ < GX_XLSX_STYLES_MAX) {
        struct custom *custom = GX_ARENA_NEW(s->ctx->arena, struct custom);
        *custom = (struct custom){ s->customs, number_attr(atts, "numFmtId"),
                                   gx_format_code(gx_str_c(code)) };
        s->customs = custom;
    } else if (strcmp(name, "xf") == 0 && s->in_cell_xfs && s->count++ < GX_XLSX_STYLES_MAX) {
        struct gx_format format = format_of(s, number_attr(atts, "numFmtId"));
        gx_buf_add(&s->book->formats, (struct gx_str){ (char *)&format, sizeof format });
    }
}

static void styles_end(void *user, const char *name)
{
    struct styles *s = user;
    if (strcmp(name, "cellXfs") == 0)
        s->in_cell_xfs = false;
}

enum gx_code gx_xlsx_styles_read(struct gx_ctx *ctx, struct gx_package *package, struct gx_str part,
                                 struct gx_xlsx_book *book)
{
    static const struct gx_part_events events = { .start = styles_start, .end = styles_end };
    struct styles styles = { .ctx = ctx, .book = book };
    return gx_part_parse(ctx, package, part, &events, &styles);
}

/* <si><t>…</t></si>, <si><r><t>…</t></r>…<rPh>…</rPh></si> */
struct strings {
    struct gx_xlsx_book *book;
    size_t start, text_start; /* of the string being read, and its run */
    int phonetic;             /* inside <rPh> */
    bool in_item, in_text, preserve;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool gx_xlsx_preserves(const char **atts)
{
    const char *space = gx_part_attr(atts, "space");
    return space && strcmp(space, "preserve") == 0;
}

void gx_xlsx_trim(struct gx_buf *buf, size_t start, bool preserve)
{
    if (preserve || buf->n <= start)
        return;
    struct gx_str text = { buf->p + start, buf->n - start };
    while (text.n && is_space(text.p[text.n - 1]))
        text.n--;
    size_t skip = 0;
    while (skip < text.n && is_space(text.p[skip]))
        skip++;
    if (skip)
        memmove(buf->p + start, text.p + skip, text.n - skip);
    buf->n = start + text.n - skip;
}

static void strings_start(void *user, const char *name, const char **atts)
{
    struct strings *s = user;
    if (strcmp(name, "si") == 0) {
        s->in_item = true;
        s->start = s->book->strings.n;
    } else if (strcmp(name, "rPh") == 0) {
        s->phonetic++;
    } else if (strcmp(name, "t") == 0) {
        s->in_text = s->in_item && !s->phonetic;
        s->text_start = s->book->strings.n;
        s->preserve = gx_xlsx_preserves(atts);
    }
}

static void strings_text(void *user, struct gx_str piece)
{
    struct strings *s = user;
    if (s->in_text)
        gx_buf_add(&s->book->strings, piece);
}

static void strings_end(void *user, const char *name)
{
    struct strings *s = user;
    struct gx_buf *text = &s->book->strings;
    if (strcmp(name, "t") == 0) {
        if (s->in_text)
            gx_xlsx_trim(text, s->text_start, s->preserve);
        s->in_text = false;
    } else if (strcmp(name, "rPh") == 0) {
        s->phonetic--;
    } else if (strcmp(name, "si") == 0) {
        s->in_item = false;
        if (text->n > s->start)
            text->n = s->start + gx_xlsx_unescape(text->p + s->start, text->n - s->start);
        size_t end = text->n;
        gx_buf_add(&s->book->string_ends, (struct gx_str){ (char *)&end, sizeof end });
    }
}

enum gx_code gx_xlsx_strings_read(struct gx_ctx *ctx, struct gx_package *package,
                                  struct gx_str part, struct gx_xlsx_book *book)
{
    static const struct gx_part_events events = { .start = strings_start,
                                                  .end = strings_end,
                                                  .text = strings_text };
    struct strings strings = { .book = book };
    book->strings.max = book->string_ends.max = GX_SHEET_UNZIPPED_BYTES_MAX;
    GX_TRY(gx_part_parse(ctx, package, part, &events, &strings));
    if (book->strings.overflow || book->string_ends.overflow)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_SHEET_BOMB);
    return GX_OK;
}

bool gx_xlsx_string(const struct gx_xlsx_book *book, int64_t index, struct gx_str *ret_string)
{
    const size_t *ends = (const size_t *)(const void *)book->string_ends.p;
    if (index < 0 || (uint64_t)index >= book->string_ends.n / sizeof *ends)
        return false;
    size_t start = index ? ends[index - 1] : 0;
    *ret_string =
        (struct gx_str){ ends[index] > start ? book->strings.p + start : "", ends[index] - start };
    return true;
}

/* The code unit of "_xHHHH_" at `p`, or -1. */
static int32_t escaped(const char *p, size_t n)
{
    int32_t unit = 0;
    if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        const char *hex = "0123456789abcdef", *digit;
        char c = p[i] >= 'A' && p[i] <= 'F' ? (char)(p[i] - 'A' + 'a') : p[i];
        digit = c ? strchr(hex, c) : NULL;
        if (!digit)
            return -1;
        unit = unit * 16 + (int32_t)(digit - hex);
    }
    return unit;
}

static size_t encode(char *out, int32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

size_t gx_xlsx_unescape(char *p, size_t n)
{
    size_t to = 0, i = 0;
    while (i < n) {
        int32_t c = p[i] == '_' ? escaped(p + i, n - i) : -1;
        size_t used = 7;
        if (c >= 0xD800 && c <= 0xDBFF) {
            int32_t low = escaped(p + i + 7, n - i - 7);
            c = low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00)
                                               : -1;
            used = 14;
        } else if (c >= 0xDC00 && c <= 0xDFFF) {
            c = -1; /* half a character stays as it is written */
        }
        if (c < 0) {
            p[to++] = p[i++];
        } else {
            to += encode(p + to, c);
            i += used;
        }
    }
    return to;
}
