/* decode_detect.c - byte order marks, UTF-16, UTF-8, and names; see decode.h. */
#include "sheet/decode.h"

#include <unicode/ucnv.h>

enum {
    HEAD_BYTES = 4096,
    CHUNK_BYTES = 64 << 10,
    SCAN_BYTES_MAX = 64 << 20, /* how far to look for bytes beyond ASCII */
    SAMPLE_BYTES = 32 << 10,   /* of lines that have some */
    LINE_BYTES_MAX = 2048,
};

static const struct {
    const char *mark;
    size_t n;
    const char *name, *converter;
} marks[] = {
    { "\xEF\xBB\xBF", 3, "UTF-8", NULL },          { "\xFF\xFE\0\0", 4, "UTF-32LE", "UTF-32LE" },
    { "\0\0\xFE\xFF", 4, "UTF-32BE", "UTF-32BE" }, { "\xFF\xFE", 2, "UTF-16LE", "UTF-16LE" },
    { "\xFE\xFF", 2, "UTF-16BE", "UTF-16BE" },     { "\x84\x31\x95\x33", 4, "GB18030", "gb18030" },
};

/* What people and programs call the encodings that files here come in. */
static const struct {
    const char *alias, *name, *converter;
} names[] = {
    { "utf-8", "UTF-8", NULL },
    { "utf8", "UTF-8", NULL },
    { "utf-8-sig", "UTF-8", NULL },
    { "ascii", "UTF-8", NULL },
    { "us-ascii", "UTF-8", NULL },
    { "utf-16le", "UTF-16LE", "UTF-16LE" },
    { "utf-16be", "UTF-16BE", "UTF-16BE" },
    { "utf-32le", "UTF-32LE", "UTF-32LE" },
    { "utf-32be", "UTF-32BE", "UTF-32BE" },
    { "big5", "Big5", "windows-950" },
    { "big-5", "Big5", "windows-950" },
    { "cp950", "Big5", "windows-950" },
    { "windows-950", "Big5", "windows-950" },
    { "big5-hkscs", "Big5-HKSCS", "Big5-HKSCS" },
    { "gb18030", "GB18030", "gb18030" },
    { "gbk", "GB18030", "gb18030" },
    { "gb2312", "GB18030", "gb18030" },
    { "cp936", "GB18030", "gb18030" },
    { "windows-936", "GB18030", "gb18030" },
    { "shift-jis", "Shift-JIS", "windows-31j" },
    { "shift_jis", "Shift-JIS", "windows-31j" },
    { "sjis", "Shift-JIS", "windows-31j" },
    { "cp932", "Shift-JIS", "windows-31j" },
    { "windows-31j", "Shift-JIS", "windows-31j" },
    { "windows-932", "Shift-JIS", "windows-31j" },
    { "euc-jp", "EUC-JP", "EUC-JP" },
    { "euc-kr", "EUC-KR", "windows-949" },
    { "cp949", "EUC-KR", "windows-949" },
    { "windows-949", "EUC-KR", "windows-949" },
    { "tis-620", "TIS-620", "windows-874" },
    { "windows-874", "TIS-620", "windows-874" },
    { "cp874", "TIS-620", "windows-874" },
    { "windows-1252", "windows-1252", "windows-1252" },
    { "cp1252", "windows-1252", "windows-1252" },
    { "latin1", "windows-1252", "windows-1252" },
    { "latin-1", "windows-1252", "windows-1252" },
};

static bool by_mark(struct gx_str head, struct gx_encoding *ret)
{
    for (size_t i = 0; i < GX_COUNT(marks); i++)
        if (gx_str_starts(head, (struct gx_str){ marks[i].mark, marks[i].n })) {
            *ret = (struct gx_encoding){
                .name = gx_str_c(marks[i].name),
                .converter = marks[i].converter,
                .bom_bytes = (int64_t)marks[i].n,
                .sure = true,
            };
            return true;
        }
    return false;
}

static bool is_mark(char c)
{
    return c && strchr("\r\n\t,;|", c);
}

/*
 * UTF-16 without a mark: ASCII characters, delimiters or line ends among them, leave NULs in every
 * second place, and nowhere else.
 */
static bool by_nuls(struct gx_str head, int64_t size, struct gx_encoding *ret)
{
    size_t zero[2] = { 0, 0 }, mark[2] = { 0, 0 }, pairs = head.n / 2;
    for (size_t i = 0; i + 1 < head.n; i += 2) {
        if (!head.p[i] && !head.p[i + 1])
            return false;
        zero[0] += !head.p[i];
        zero[1] += !head.p[i + 1];
        mark[0] += !head.p[i] && is_mark(head.p[i + 1]);
        mark[1] += !head.p[i + 1] && is_mark(head.p[i]);
    }
    bool little = zero[1] > zero[0];
    size_t many = zero[little], few = zero[!little];
    if (size % 2 || mark[little] == 0 || many * 20 < pairs || few * 16 > many)
        return false;
    const char *name = little ? "UTF-16LE" : "UTF-16BE";
    *ret = (struct gx_encoding){ .name = gx_str_c(name), .converter = name, .sure = true };
    return true;
}

/* Strict UTF-8, a byte at a time, so that pieces of a file can follow each other. */
struct utf8 {
    int need;           /* continuation bytes to come */
    uint8_t low, high;  /* range of the next one */
    int64_t valid, bad; /* sequences beyond ASCII, bytes that fit nowhere */
};

static void utf8_start(struct utf8 *u, uint8_t b)
{
    u->low = 0x80;
    u->high = 0xBF;
    if (b < 0x80) {
        u->need = 0;
    } else if (b >= 0xC2 && b <= 0xDF) {
        u->need = 1;
    } else if (b >= 0xE0 && b <= 0xEF) {
        u->need = 2;
        u->low = b == 0xE0 ? 0xA0 : 0x80;
        u->high = b == 0xED ? 0x9F : 0xBF;
    } else if (b >= 0xF0 && b <= 0xF4) {
        u->need = 3;
        u->low = b == 0xF0 ? 0x90 : 0x80;
        u->high = b == 0xF4 ? 0x8F : 0xBF;
    } else {
        u->need = 0;
        u->bad++;
    }
}

static void utf8_step(struct utf8 *u, uint8_t b)
{
    if (!u->need) {
        utf8_start(u, b);
    } else if (b < u->low || b > u->high) {
        u->bad++;
        utf8_start(u, b);
    } else {
        u->low = 0x80;
        u->high = 0xBF;
        if (--u->need == 0)
            u->valid++;
    }
}

static size_t ascii_run(const char *p, size_t n)
{
    size_t i = 0;
    for (uint64_t word; i + 8 <= n; i += 8) {
        memcpy(&word, p + i, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (i < n && !(p[i] & 0x80))
        i++;
    return i;
}

/* Append to `sample` the lines of `chunk` that go beyond ASCII. */
static void take_lines(struct gx_str chunk, struct gx_buf *sample)
{
    size_t at = 0, room;
    while ((room = SAMPLE_BYTES - sample->n) > 0 && at < chunk.n) {
        size_t from = at + ascii_run(chunk.p + at, chunk.n - at), start = from;
        if (from == chunk.n)
            return;
        while (start > at && from - start < LINE_BYTES_MAX && chunk.p[start - 1] != '\n')
            start--;
        size_t n = gx_str_find(gx_str_from(chunk, from), '\n') + 1 + (from - start);
        n = n < LINE_BYTES_MAX ? n : LINE_BYTES_MAX;
        n = n < chunk.n - start ? n : chunk.n - start;
        n = n < room ? n : room;
        gx_buf_add(sample, (struct gx_str){ chunk.p + start, n });
        at = start + n;
    }
}

static void free_sample(void *p)
{
    gx_buf_free(p);
}

/* Look through the file: how well it is UTF-8, and what it has beyond ASCII. */
static enum gx_code scan(struct gx_ctx *ctx, const struct gx_source *source, struct utf8 *u,
                         struct gx_buf *sample)
{
    char *chunk = gx_arena_alloc(ctx->arena, CHUNK_BYTES);
    int64_t at = 0;
    size_t n = 0;
    do {
        GX_TRY(gx_source_peek(ctx, source, at, chunk, CHUNK_BYTES, &n));
        for (size_t i = 0; i < n; i++) {
            if (!u->need)
                i += ascii_run(chunk + i, n - i);
            if (i < n)
                utf8_step(u, (uint8_t)chunk[i]);
        }
        take_lines((struct gx_str){ chunk, n }, sample);
        at += (int64_t)n;
    } while (n == CHUNK_BYTES && at < SCAN_BYTES_MAX);
    if (n < CHUNK_BYTES && u->need)
        u->bad++;
    return GX_OK;
}

static void prefer_hkscs(struct gx_encoding *encoding, struct gx_str sample)
{
    if (gx_str_is(encoding->name, "Big5") && gx_encoding_is_hkscs(sample)) {
        encoding->name = GX_STR("Big5-HKSCS");
        encoding->converter = "Big5-HKSCS";
    }
}

enum gx_code gx_encoding_detect(struct gx_ctx *ctx, const struct gx_source *source,
                                struct gx_encoding *ret_encoding)
{
    char *head = gx_arena_alloc(ctx->arena, HEAD_BYTES);
    size_t n;
    struct gx_encoding e;
    GX_TRY(gx_source_peek(ctx, source, 0, head, HEAD_BYTES, &n));
    bool marked = by_mark((struct gx_str){ head, n }, &e);
    if ((marked && e.converter) ||
        (!marked && by_nuls((struct gx_str){ head, n }, source->size, &e))) {
        *ret_encoding = e;
        return GX_OK;
    }
    struct gx_buf *sample = GX_ARENA_NEW(ctx->arena, struct gx_buf);
    gx_arena_defer(ctx->arena, free_sample, sample);
    struct utf8 u = { 0 };
    GX_TRY(scan(ctx, source, &u, sample));
    /* Chance makes few sequences of another encoding look like UTF-8; damage breaks few of its. */
    if (marked || u.bad == 0 || u.valid > 3 * u.bad) {
        *ret_encoding = (struct gx_encoding){
            .name = GX_STR("UTF-8"),
            .bom_bytes = marked ? e.bom_bytes : 0,
            .sure = marked || u.bad == 0,
            .damaged = u.bad > 0,
        };
        return GX_OK;
    }
    *ret_encoding = gx_encoding_score(ctx->arena, gx_buf_str(sample));
    prefer_hkscs(ret_encoding, gx_buf_str(sample));
    return GX_OK;
}

enum gx_code gx_encoding_named(struct gx_ctx *ctx, const struct gx_source *source,
                               struct gx_str name, struct gx_encoding *ret_encoding)
{
    struct gx_encoding e = { .sure = true }, marked;
    for (size_t i = 0; i < GX_COUNT(names); i++)
        if (gx_str_ieq(name, gx_str_c(names[i].alias))) {
            e.name = gx_str_c(names[i].name);
            e.converter = names[i].converter;
        }
    if (!e.name.p) {
        const char *z = gx_arena_cstr(ctx->arena, name);
        UConverter *cnv = name.n && strlen(z) == name.n ? gx_converter_open(z) : NULL;
        bool known = cnv != NULL;
        ucnv_close(cnv);
        if (!known)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("encoding"), GX_M_SHEET_ENCODING, name);
        e.name = gx_arena_str(ctx->arena, name);
        e.converter = z;
    }
    char head[4];
    size_t n;
    GX_TRY(gx_source_peek(ctx, source, 0, head, sizeof head, &n));
    if (by_mark((struct gx_str){ head, n }, &marked) && gx_str_eq(marked.name, e.name))
        e.bom_bytes = marked.bom_bytes;
    *ret_encoding = e;
    return GX_OK;
}
