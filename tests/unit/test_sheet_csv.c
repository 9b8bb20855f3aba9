/* test_sheet_csv.c - CSV as files have it: delimiters, quotes, line ends, headers, damage. */
#include <stdlib.h>

#include "sheet/csv.h"
#include "sheet_help.h"

#define ROW(what, bytes, want)                                                                     \
    {                                                                                              \
        what, bytes, sizeof bytes - 1, want                                                        \
    }

static const struct {
    const char *what, *bytes;
    size_t n;
    const char *want;
} files[] = {
    ROW("plain", "a,b\n1,2\n", "a|b/1|2"),
    ROW("no line break at the end", "a,b\n1,2", "a|b/1|2"),
    ROW("CRLF", "a,b\r\n1,2\r\n", "a|b/1|2"),
    ROW("CR", "a,b\r1,2\r3,4\r", "a|b/1|2/3|4"),
    ROW("mixed line ends", "a,b\r\n1,2\n3,4\r\n", "a|b/1|2/3|4"),
    ROW("a CR inside a cell", "a,b\n1,x\ry\n", "a|b/1|x\ry"),
    ROW("byte order mark",
        "\xEF\xBB\xBF"
        "a,b\n1,2\n",
        "a|b/1|2"),
    ROW("semicolon", "a;b\n1,5;2,5\n", "a|b/1,5|2,5"),
    ROW("tab", "a\tb\n1, 2\t3\n", "a|b/1, 2|3"),
    ROW("pipe", "a|b\nx|y\n1|2\n", "a|b/x|y/1|2"),
    ROW("colon", "a:b\nx:y\nz:w\n", "a|b/x|y/z|w"),
    ROW("times are no delimiter", "time\n12:30\n13:45\n", "time/12:30/13:45"),
    ROW("sep line", "sep=;\r\na;b\r\n1,2;3\r\n", "a|b/1,2|3"),
    ROW("one column", "name\nAnn\nBob\n", "name/Ann/Bob"),
    ROW("quoted", "a,b\n\"x,y\",\"z\"\n", "a|b/x,y|z"),
    ROW("doubled quotes", "a,b\n\"x \"\"y\"\"\",z\n", "a|b/x \"y\"|z"),
    ROW("only quotes", "a,b\n\"\"\"\",z\n", "a|b/\"|z"),
    ROW("quoted line break", "a,b\n\"x\ny\",z\n", "a|b/x\ny|z"),
    ROW("quoted and empty", "a,b,c\n\"\",,3\n", "a|b|c/|~|3"),
    ROW("blanks around quotes", "a, b\n1, \"x, y\" ,\n", "a|b/1|x, y"),
    ROW("blank before an unquoted cell", "a,b\n1, x\n", "a|b/1| x"),
    ROW("blank before a quote out of place", "a,b\n1, \"x\" y\n", "a|b/1| \"x\" y"),
    ROW("bare quotes", "a,b\n5\" pipe,x\n", "a|b/5\" pipe|x"),
    ROW("quotes nobody doubled", "a,b\n\"say \"hi\" now\",x\n", "a|b/say \"hi\" now|x"),
    ROW("quotes at the start of a text", "a,b\n\"Acme\" Ltd,x\n1,2\n", "a|b/\"Acme\" Ltd|x/1|2"),
    ROW("and a quoted cell behind it", "a,b\n\"Acme\" Ltd,\"x,y\"\n", "a|b/\"Acme\" Ltd|x,y"),
    ROW("never closed", "a,b\n\"x,1\n2,3\n", "a|b/!\"x,1/2|3"),
    ROW("never closed, later cell", "a,b\n1,\"x\r\n2,3\n", "a|b/!1|\"x/2|3"),
    ROW("never closed, CR", "a,b\r\"x,1\r2,3\r", "a|b/!\"x,1/2|3"),
    ROW("blank before a quote never closed", "a,b\n1, \"x\n2,3\n", "a|b/1| \"x/2|3"),
    ROW("apostrophes quote", "a,b\n'x,y','z'\n'p','q'\n", "a|b/x,y|z/p|q"),
    ROW("apostrophes do not quote", "a,b\n'tis,x\nit's,y\n", "a|b/'tis|x/it's|y"),
    ROW("blank lines", "a,b\n\n1,2\n\n\n3,4\n", "a|b/1|2/3|4"),
    ROW("lines of delimiters", "a,b\n1,2\n,\n", "a|b/1|2"),
    ROW("too few, too many", "a,b\n1\n1,2,3\n1,2,\n", "a|b/1/1|2|3/1|2"),
    ROW("trailing delimiter", "a,b,\n1,2,\n3,4,\n", "a|b/1|2/3|4"),
    ROW("nameless last column", "a,b,\n1,2,3\n3,4,5\n", "a|b|C/1|2|3/3|4|5"),
    ROW("nameless first column", ",b\n1,2\n3,4\n", "A|b/1|2/3|4"),
    ROW("the same name twice", "a,a,a (2)\n1,2,3\n", "a|a (2)|a (2) (2)/1|2|3"),
    ROW("names tidied", " a ,\"b\nc\"\n1,2\n", "a|b c/1|2"),
    ROW("no header: numbers", "1,2\n3,4\n", "A|B/1|2/3|4"),
    ROW("no header: words that come again", "x,red\ny,blue\nz,red\n", "A|B/x|red/y|blue/z|red"),
    ROW("no header: dates", "Ann,2024-01-02\nBob,2024-01-03\n",
        "A|B/Ann|2024-01-02/Bob|2024-01-03"),
    ROW("years are names above amounts", "item,2023,2024\nx,1.5,2.5\ny,3.5,4\n",
        "item|2023|2024/x|1.5|2.5/y|3.5|4"),
    ROW("title", "Customers of May\n\nname,phone,city\nAnn,1,x\nBob,2,y\n",
        "name|phone|city/Ann|1|x/Bob|2|y"),
    ROW("title with delimiters", "Report,,\n,,\nname,phone,city\nAnn,1,x\nBob,2,y\n",
        "name|phone|city/Ann|1|x/Bob|2|y"),
    ROW("header alone", "name,phone\n", "name|phone"),
    ROW("NUL", "a,b\n1,x\0y\n", "a|b/1|xy"),
    ROW("Ctrl-Z at the end", "a,b\n1,2\n\x1A", "a|b/1|2"),
    ROW("NFC", "a,b\n1,e\xCC\x81\n", "a|b/1|\xC3\xA9"),
    ROW("a few bad bytes",
        "a,b\n1,\xE5\xAE\xA2\xE6\x88\xB6\xE5\x90\x8D\xE7\xA8\xB1\n2,\xE5\xAE\xA2\xFFx\n3,y\n",
        "a|b/1|\xE5\xAE\xA2\xE6\x88\xB6\xE5\x90\x8D\xE7\xA8\xB1/!2|\xE5\xAE\xA2\xEF\xBF\xBDx/3|y"),
    ROW("empty file", "", "error: syntax"),
    ROW("only blank lines", "\n\r\n\n", "error: syntax"),
    ROW("PDF", "%PDF-1.4 ...", "error: syntax"),
    ROW("HTML", "  <html><table>", "error: syntax"),
    ROW("gzip", "\x1F\x8B\x08", "error: syntax"),
    ROW("old Excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 rest", "error: syntax"),
};

GX_TEST(sheet_csv_files)
{
    for (size_t i = 0; i < GX_COUNT(files); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_str shown =
            sheet_show_bytes(&ctx, (struct gx_str){ files[i].bytes, files[i].n }, NULL);
        GX_CHECK_STR(shown, gx_str_c(files[i].want), files[i].what);
        gx_arena_free(&arena);
    }
}

/* What is said overrides what would be detected. */
static const struct {
    const char *what, *bytes;
    struct gx_sheet_options options;
    const char *want;
} told[] = {
    { "header row 2", "x,y\na,b\n1,2\n", { .header_row = 2 }, "a|b/1|2" },
    { "no header", "a,b\n1,2\n", { .header_row = 0 }, "A|B/a|b/1|2" },
    { "header row 9", "a,b\n1,2\n", { .header_row = 9 }, "error: syntax" },
    { "delimiter", "a;b,c\n1;2,3\n", { .header_row = 1, .delimiter = ',' }, "a;b|c/1;2|3" },
    { "quote", "a,b\n$1,2$,3\n", { .header_row = 1, .quote = '$' }, "a|b/1,2|3" },
    { "encoding",
      "a,b\n1,\xE9\n",
      { .header_row = 1, .encoding = GX_STR_INIT("ISO-8859-1") },
      "a|b/1|\xC3\xA9" },
    { "other encoding",
      "a,b\n1,\xE6\n",
      { .header_row = 1, .encoding = GX_STR_INIT("ISO-8859-2") },
      "a|b/1|\xC4\x87" },
    { "no encoding",
      "a,b\n1,2\n",
      { .header_row = 1, .encoding = GX_STR_INIT("Klingon") },
      "error: invalid" },
    { "apostrophes of an export",
      "a,b\n'=1+1,'x\n''=1,-5\n",
      { .header_row = 1, .strip_apostrophe = true },
      "a|b/=1+1|'x/'=1|-5" },
    { "apostrophes of others", "a,b\n'=1+1,'x\n", { .header_row = 1 }, "a|b/'=1+1|'x" },
};

GX_TEST(sheet_csv_told)
{
    for (size_t i = 0; i < GX_COUNT(told); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_str shown = sheet_show_bytes(&ctx, gx_str_c(told[i].bytes), &told[i].options);
        GX_CHECK_STR(shown, gx_str_c(told[i].want), told[i].what);
        gx_arena_free(&arena);
    }
}

GX_TEST(sheet_csv_info)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has;
    const char text[] = "Title\n\nname;note\nAnn;\"two\nlines\"\n\nBob;\0x\nCid;y\n";
    struct gx_str bytes = { text, sizeof text - 1 };
    GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == GX_OK, "open");
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    GX_CHECK(info->format == GX_SHEET_CSV && info->delimiter == ';' && info->quote == '"', "kind");
    GX_CHECK(info->header_row == 3 && info->column_count == 2, "header");
    GX_CHECK_STR(info->encoding, GX_STR("UTF-8"), "encoding");
    GX_CHECK(info->encoding_sure && !info->damaged && info->nul_count == 0, "sure");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, "first");
    GX_CHECK(row.number == 4 && row.line == 4 && row.byte_offset == 33, "where");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, "second");
    GX_CHECK(row.number == 6 && row.line == 7, "after a blank line and a line break in a cell");
    GX_CHECK(info->nul_count == 1, "NUL left out and counted");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, "third");
    GX_CHECK(row.byte_offset == info->file_bytes, "all read");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && !has, "end");
    GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == GX_OK, "again");
    GX_CHECK(gx_sheet_skip(sheet, 6) == GX_OK, "skip");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has && row.number == 7, "resumed");
    GX_CHECK_STR(row.cells[0].text, GX_STR("Cid"), "after row 6");
    GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == GX_OK, "again");
    GX_CHECK(gx_sheet_skip(sheet, 99) == GX_OK, "skip past the end");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && !has, "nothing");
    GX_CHECK(gx_sheet_open(&ctx, "/no/such/file", NULL, &sheet) == GX_E_IO, "no file");
    GX_CHECK(gx_sheet_open(&ctx, "/tmp", NULL, &sheet) == GX_E_IO, "a folder");
    gx_arena_free(&arena);
}

static void add_many(struct gx_buf *out, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++)
        gx_buf_addz(out, piece);
}

struct totals {
    size_t rows, problems, limits;
};

static struct totals count_rows(struct gx_ctx *ctx, struct gx_str bytes)
{
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    struct totals t = { 0 };
    bool has = true;
    if (!GX_CHECK(gx_sheet_open_bytes(ctx, bytes, NULL, &sheet) == GX_OK, gx_ctx_text(ctx).p))
        return t;
    while (gx_sheet_next(sheet, &row, &has) == GX_OK && has) {
        t.rows++;
        t.problems += row.problem != GX_OK;
        t.limits += row.problem == GX_E_LIMIT;
    }
    return t;
}

/* Rows at and past every limit, and files made to be slow; each must cost only itself. */
GX_TEST(sheet_csv_limits)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_buf b = { 0 };
    gx_buf_addz(&b, "a,b\n1,");
    add_many(&b, "0123456789abcdef", GX_SHEET_CELL_BYTES_MAX / 16);
    gx_buf_addz(&b, "\n2,");
    add_many(&b, "0123456789abcdef", GX_SHEET_CELL_BYTES_MAX / 16);
    gx_buf_addz(&b, "!\n3,4\n");
    struct totals t = count_rows(&ctx, gx_buf_str(&b));
    GX_CHECK(t.rows == 3 && t.problems == 1 && t.limits == 1, "a long cell");
    gx_buf_clear(&b);
    gx_buf_addz(&b, "a,b\n1,");
    add_many(&b, "0123456789abcdef", GX_SHEET_ROW_BYTES_MAX / 16 + 99999);
    gx_buf_addz(&b, "\n3,4\n");
    t = count_rows(&ctx, gx_buf_str(&b));
    GX_CHECK(t.rows == 2 && t.problems == 1 && t.limits == 1, "a long row");
    gx_buf_clear(&b);
    gx_buf_addz(&b, "a,b\n1,2\n");
    add_many(&b, "x,", GX_SHEET_COLUMNS_MAX);
    gx_buf_addz(&b, "x\n3,4\n");
    t = count_rows(&ctx, gx_buf_str(&b));
    GX_CHECK(t.rows == 3 && t.limits == 1, "a wide row");
    gx_buf_clear(&b);
    gx_buf_addz(&b, "a,b\n1,2\n");
    add_many(&b, "x,\"never closed\n", 100000);
    t = count_rows(&ctx, gx_buf_str(&b));
    GX_CHECK(t.rows == 100001 && t.problems == 100000, "quotes without end");
    gx_buf_clear(&b);
    gx_buf_addz(&b, "a,b\n1,2\n3,\"x\n");
    add_many(&b, "4,0123456789abcdef\n", GX_SHEET_ROW_BYTES_MAX / 16);
    t = count_rows(&ctx, gx_buf_str(&b));
    GX_CHECK(t.rows == 2 + GX_SHEET_ROW_BYTES_MAX / 16 && t.problems == 1 && t.limits == 0,
             "a quote without end far from the end of the file");
    gx_buf_clear(&b);
    gx_buf_addz(&b, "a,b\n1,2\n\"x\n");
    add_many(&b, "y\"z\n", 200000);
    t = count_rows(&ctx, gx_buf_str(&b));
    GX_CHECK(t.rows == 200002 && t.problems == 1, "quotes out of place, over lines");
    gx_buf_free(&b);
    gx_arena_free(&arena);
}

/* A row cut by the end of what is in memory is the same row. */
GX_TEST(sheet_csv_every_cut)
{
    static const char text[] = "a,\"b \"\"c\"\" d\" ,\"e\r\nf\",\"g\" h,'i'\r\n";
    struct gx_csv_span spans[GX_SHEET_COLUMNS_MAX > 64 ? 64 : 1];
    struct gx_csv_span *all = malloc(GX_SHEET_COLUMNS_MAX * sizeof *all);
    struct gx_csv_row row = { .spans = all };
    struct gx_csv_dialect d;
    gx_csv_dialect_set(&d, ',', '"', false);
    GX_CHECK(gx_csv_scan(&d, gx_str_c(text), true, &row) == GX_CSV_ROW, "whole");
    size_t count = row.span_count, whole = row.bytes;
    GX_CHECK(count == 5 && whole == sizeof text - 1 && row.lines == 2, "five cells");
    memcpy(spans, all, count * sizeof *all);
    for (size_t n = 0; n < whole; n++) {
        char *exact = malloc(n + 1); /* so that a step past the end is found */
        memcpy(exact, text, n);
        enum gx_csv_scan got = gx_csv_scan(&d, (struct gx_str){ exact, n }, false, &row);
        GX_CHECK(got == GX_CSV_MORE, "more is needed");
        (void)gx_csv_scan(&d, (struct gx_str){ exact, n }, true, &row);
        free(exact);
    }
    free(all);
}
