/*
 * csv.c - the reader of CSV and TSV files; see csv.h and sheet.h.
 *
 * The file flows through one buffer; a row is scanned where it lies and its cells point into the
 * buffer.  A row cut by the buffer's end is moved to the front and scanned again once there is at
 * least as much again behind it, so that even the longest row is scanned about twice.
 */
#include "sheet/csv.h"

#include "base/assert.h"
#include "sheet/decode.h"
#include "sheet/sheet_int.h"

enum {
    CHUNK_BYTES = 256 << 10,
    UNCLOSED_MAX = 8, /* after so many quotes without an end, none may span lines */
};

struct gx_csv {
    struct gx_encoding encoding;
    struct gx_decoder decoder;
    struct gx_csv_dialect dialect;
    struct gx_csv_row row;
    struct gx_buf buf;
    size_t at;     /* start of the next row in buf */
    bool ended;    /* buf holds the rest of the file */
    bool cutting;  /* in the middle of a row that is too long */
    bool sep_line; /* the first line says "sep=;" */
    int unclosed;
    int64_t number, line;
};

static void free_buf(void *p)
{
    gx_buf_free(p);
}

static size_t left(const struct gx_csv *csv)
{
    return csv->buf.n - csv->at;
}

/* Move what is left to the front and read at least as much again. */
static enum gx_code fill(struct gx_sheet *sheet, struct gx_csv *csv)
{
    size_t n = left(csv), want = n < CHUNK_BYTES ? CHUNK_BYTES : n;
    if (n)
        memmove(csv->buf.p, csv->buf.p + csv->at, n);
    csv->buf.n = n;
    csv->at = 0;
    while (!csv->ended && csv->buf.n < n + want)
        GX_TRY(gx_decoder_fill(sheet->ctx, &csv->decoder, &csv->buf, want, &csv->ended));
    /* DOS programs end a file with Ctrl-Z. */
    if (csv->ended && csv->buf.n && csv->buf.p[csv->buf.n - 1] == 0x1A)
        csv->buf.n--;
    return GX_OK;
}

static enum gx_code csv_rewind(struct gx_sheet *sheet)
{
    struct gx_csv *csv = sheet->impl;
    gx_decoder_rewind(&csv->decoder);
    csv->buf.n = csv->at = 0;
    csv->ended = csv->cutting = csv->dialect.one_line = false;
    csv->unclosed = 0;
    csv->number = 0;
    csv->line = 1;
    return fill(sheet, csv);
}

/* Two quotes become one, in place: the row is not scanned again. */
static struct gx_str undouble(char *p, size_t n, char quote)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        p[to++] = p[i];
        if (p[i] == quote && i + 1 < n && p[i + 1] == quote)
            i++;
    }
    return (struct gx_str){ p, to };
}

static void give_cells(struct gx_sheet *sheet, struct gx_csv *csv, char *base, size_t bytes)
{
    bool plain = gx_sheet_is_plain((struct gx_str){ base, bytes });
    for (size_t i = 0; i < csv->row.span_count; i++) {
        const struct gx_csv_span *span = &csv->row.spans[i];
        struct gx_str text = { base + span->at, span->n };
        if (span->doubled)
            text = undouble(base + span->at, span->n, csv->dialect.quote);
        if (!plain || text.n > GX_SHEET_CELL_BYTES_MAX)
            text = gx_sheet_text(sheet, text);
        if (sheet->options.strip_apostrophe)
            text = gx_csv_unneutralise(text);
        gx_sheet_cell(sheet, text.n || span->quoted ? GX_CELL_TEXT : GX_CELL_EMPTY, text);
    }
    if (csv->row.too_many)
        gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_ROW_COLUMNS);
}

/* Where in the file the reader is, near enough for a progress bar. */
static int64_t offset(const struct gx_csv *csv)
{
    int64_t at = csv->decoder.source->at;
    return csv->encoding.converter ? at : at - (int64_t)left(csv);
}

/* Length of the line that the next row begins with, without its end. */
static size_t line_length(const struct gx_csv *csv)
{
    return gx_str_find((struct gx_str){ csv->buf.p + csv->at, left(csv) }, csv->dialect.line_end);
}

/* Leave only the cells on the first line, of `n` bytes. */
static void cut_cells(struct gx_csv_row *row, const char *base, size_t n)
{
    n -= n && base[n - 1] == '\r';
    while (row->span_count && row->spans[row->span_count - 1].at > n)
        row->span_count--;
    if (row->span_count == 0)
        row->spans[row->span_count++] = (struct gx_csv_span){ .at = 0, .n = n };
    struct gx_csv_span *last = &row->spans[row->span_count - 1];
    last->n = last->at + last->n > n ? n - last->at : last->n;
}

/*
 * A quote without end: this line is broken, the next one is a row again.  `cells`: what was found
 * of it is worth showing.
 */
static void give_unclosed(struct gx_sheet *sheet, struct gx_csv *csv, bool cells)
{
    char *base = csv->buf.p + csv->at;
    size_t n = line_length(csv), bytes = n < left(csv) ? n + 1 : n;
    gx_sheet_problem(sheet, GX_E_SYNTAX, GX_M_SHEET_QUOTE);
    if (!cells)
        csv->row.span_count = 0;
    cut_cells(&csv->row, base, n);
    give_cells(sheet, csv, base, bytes);
    csv->at += bytes;
    csv->line++;
    if (++csv->unclosed == UNCLOSED_MAX)
        csv->dialect.one_line = true;
}

/* The row is longer than any may be: up to the next line break everything is left out. */
static void cut_row(struct gx_sheet *sheet, struct gx_csv *csv)
{
    size_t n = line_length(csv);
    if (!csv->cutting)
        gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_ROW_BYTES);
    csv->cutting = n == left(csv);
    csv->at += csv->cutting ? n : n + 1;
    csv->line += !csv->cutting;
}

static enum gx_code csv_next(struct gx_sheet *sheet, bool *ret_has)
{
    struct gx_csv *csv = sheet->impl;
    while (csv->cutting && !(csv->ended && left(csv) == 0)) {
        cut_row(sheet, csv);
        if (csv->cutting)
            GX_TRY(fill(sheet, csv));
    }
    enum gx_csv_scan got;
    for (;;) {
        struct gx_str rest = { csv->buf.p + csv->at, left(csv) };
        got = gx_csv_scan(&csv->dialect, rest, csv->ended, &csv->row);
        if (got != GX_CSV_MORE || rest.n > GX_SHEET_ROW_BYTES_MAX)
            break;
        GX_TRY(fill(sheet, csv));
    }
    *ret_has = got != GX_CSV_END;
    sheet->row.number = ++csv->number;
    sheet->row.line = csv->line;
    /* A row with no end in all that memory, but with line breaks, has a quote without end. */
    bool lines = got == GX_CSV_MORE && line_length(csv) < left(csv);
    if (got == GX_CSV_UNCLOSED || lines) {
        give_unclosed(sheet, csv, !lines);
    } else if (got == GX_CSV_MORE) {
        cut_row(sheet, csv);
    } else if (got == GX_CSV_ROW) {
        char *base = csv->buf.p + csv->at;
        csv->at += csv->row.bytes;
        csv->line += csv->row.lines;
        if (csv->number > 1 || !csv->sep_line)
            give_cells(sheet, csv, base, csv->row.bytes);
    }
    sheet->row.byte_offset = offset(csv);
    return GX_OK;
}

static const struct gx_sheet_reader csv_reader = { .rewind = csv_rewind, .next = csv_next };

/* Excel's own way of saying the delimiter: a first line "sep=;". */
static char sep_line(struct gx_str s)
{
    bool is = s.n > 5 && gx_str_ieq((struct gx_str){ s.p, 4 }, GX_STR("sep=")) &&
              (s.p[5] == '\n' || s.p[5] == '\r') && strchr(",;|\t", s.p[4]) && s.p[4];
    return is ? s.p[4] : 0;
}

enum gx_code gx_csv_open(struct gx_sheet *sheet)
{
    struct gx_ctx *ctx = sheet->ctx;
    struct gx_csv *csv = GX_ARENA_NEW(ctx->arena, struct gx_csv);
    const struct gx_sheet_options *o = &sheet->options;
    if (o->encoding.n)
        GX_TRY(gx_encoding_named(ctx, &sheet->source, o->encoding, &csv->encoding));
    else
        GX_TRY(gx_encoding_detect(ctx, &sheet->source, &csv->encoding));
    GX_TRY(gx_decoder_open(ctx, &sheet->source, &csv->encoding, &csv->decoder));
    gx_arena_defer(ctx->arena, free_buf, &csv->buf);
    gx_buf_reserve(&csv->buf, 1); /* an empty file has a place too: no arithmetic on NULL */
    csv->row.spans = gx_arena_alloc(ctx->arena, GX_SHEET_COLUMNS_MAX * sizeof *csv->row.spans);
    sheet->reader = &csv_reader;
    sheet->impl = csv;
    sheet->converted = csv->encoding.converter != NULL;
    GX_TRY(csv_rewind(sheet));
    struct gx_str sample = gx_buf_str(&csv->buf);
    char sep = sep_line(sample);
    csv->sep_line = sep != 0;
    if (sep)
        sample = gx_str_from(sample, 6);
    gx_csv_sniff(sample, csv->ended, o->delimiter ? o->delimiter : sep, o->quote, &csv->row,
                 &csv->dialect);
    sheet->info.encoding = csv->encoding.name;
    sheet->info.encoding_sure = csv->encoding.sure;
    sheet->info.damaged = csv->encoding.damaged;
    sheet->info.delimiter = csv->dialect.delimiter;
    sheet->info.quote = csv->dialect.quote;
    return GX_OK;
}
