/* test_sheet_ndjson.c - objects of JSON as rows. */
#include "sheet_help.h"

static const struct {
    const char *what, *bytes, *want;
} files[] = {
    { "lines", "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\n", "a|b/1|x/2|y" },
    { "no line break at the end", "{\"a\":1}\n{\"a\":2}", "a/1/2" },
    { "CRLF and blank lines", "\r\n{\"a\":1}\r\n\r\n{\"a\":2}\r\n", "a/1/2" },
    { "byte order mark", "\xEF\xBB\xBF{\"a\":1}\n", "a/1" },
    { "keys of all rows", "{\"a\":1}\n{\"b\":2}\n{\"a\":3,\"c\":null}\n",
      "a|b|c/1|~|~/~|2|~/3|~|~" },
    { "array", "[{\"a\":1},\n {\"a\":2}]\n", "a/1/2" },
    { "array over lines", "[\n  {\n    \"a\": \"x]}\\\"\"\n  },\n  {\"a\": 2}\n]", "a/x]}\"/2" },
    { "object over lines", "{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n", "a/1/2" },
    { "one object", "{\"a\":1}", "a/1" },
    { "nested", "{\"a\":{\"b\":1,\"c\":{\"d\":\"x\"}}}\n", "a.b|a.c.d/1|x" },
    { "lists", "{\"a\":[1,\"x\",true,null],\"b\":[]}\n", "a|b/1; x; true|~" },
    { "lists of more", "{\"a\":[{\"b\":1},[2]]}\n", "a/[{\"b\":1},[2]]" },
    { "numbers", "{\"a\":[1.50,-0.0,1e3,12E-4,123456789012345678901234567890]}\n",
      "a/1.5; 0; 1000; 0.0012; 123456789012345678901234567890" },
    { "truth", "{\"a\":true,\"b\":false}\n", "a|b/true|false" },
    { "empty text is a text", "{\"a\":\"\",\"b\":1}\n", "a|b/|1" },
    { "NFC", "{\"a\":\"e\\u0301\"}\n", "a/é" },
    { "NUL", "{\"a\":\"x\\u0000y\"}\n", "a/xy" },
    { "a broken line", "{\"a\":1}\n{\"a\":\n{\"a\":3}\n", "a/1/!/3" },
    { "a broken string", "{\"a\":1}\n{\"a\":\"x\n{\"a\":3}\n", "a/1/!/3" },
    { "broken in an array", "[{\"a\":1},\n{\"a\":\"x},\n{\"a\":3}]", "a/1/!/3" },
    { "not objects", "{\"a\":1}\n5\n\"x\"\n[1]\n{\"a\":2}\n", "a/1/!/!/!/2" },
    { "not objects in an array", "[{\"a\":1},5,\"x\"]", "a/1/!/!" },
    { "the same key twice", "{\"a\":1}\n{\"a\":1,\"a\":2}\n", "a/1/!" },
    { "not UTF-8", "{\"a\":1}\n{\"a\":\"\xFF\"}\n", "a/1/!" },
    { "empty array", "[]", "error: syntax" },
    { "empty objects", "{}\n{}\n", "error: syntax" },
};

GX_TEST(sheet_ndjson_files)
{
    for (size_t i = 0; i < GX_COUNT(files); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_str shown = sheet_show_bytes(&ctx, gx_str_c(files[i].bytes), NULL);
        GX_CHECK_STR(shown, gx_str_c(files[i].want), files[i].what);
        gx_arena_free(&arena);
    }
}

GX_TEST(sheet_ndjson_rows)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has;
    struct gx_str text = GX_STR("{\"a\":1,\"b\":\"x\",\"c\":true}\n\n{\"a\":null}\nnonsense\n");
    GX_CHECK(gx_sheet_open_bytes(&ctx, text, NULL, &sheet) == GX_OK, "open");
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    GX_CHECK(info->format == GX_SHEET_NDJSON && info->header_row == 0, "kind");
    GX_CHECK(info->column_count == 3 && info->encoding_sure, "columns");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has && row.number == 1, "first");
    GX_CHECK(row.cells[0].kind == GX_CELL_NUMBER && row.cells[1].kind == GX_CELL_TEXT &&
                 row.cells[2].kind == GX_CELL_BOOL,
             "kinds");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, "the empty row is left out");
    GX_CHECK(row.number == 3 && row.line == 4 && row.problem == GX_E_SYNTAX, "third");
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && !has, "end");
    gx_arena_free(&arena);
}

/* A key that was not there when the columns were settled. */
GX_TEST(sheet_ndjson_late_key)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_buf b = { 0 };
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has = true;
    size_t rows = 0, problems = 0;
    for (int i = 0; i < 1200; i++)
        gx_buf_printf(&b, i == 1100 ? "{\"a\":%d,\"late\":1}\n" : "{\"a\":%d}\n", i);
    GX_CHECK(gx_sheet_open_bytes(&ctx, gx_buf_str(&b), NULL, &sheet) == GX_OK, "open");
    while (gx_sheet_next(sheet, &row, &has) == GX_OK && has) {
        rows++;
        if (row.problem == GX_OK)
            continue;
        problems++;
        GX_CHECK(row.number == 1101 && row.problem_message == GX_M_SHEET_NEW_KEY, "that row");
        GX_CHECK_STR(row.cells[0].text, GX_STR("1100"), "what is known of it");
    }
    GX_CHECK(rows == 1200 && problems == 1, "all rows");
    gx_buf_free(&b);
    gx_arena_free(&arena);
}

/* Made to be slow: braces that are never closed, one a line. */
GX_TEST(sheet_ndjson_unclosed)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_buf b = { 0 };
    gx_buf_addz(&b, "[{\"a\":1},\n");
    for (int i = 0; i < 60000; i++)
        gx_buf_addz(&b, "{\"a\":\n");
    struct gx_str shown = sheet_show_bytes(&ctx, gx_buf_str(&b), NULL);
    GX_CHECK(gx_str_starts(shown, GX_STR("a/1/!/!")), "each line is its own problem");
    gx_buf_free(&b);
    gx_arena_free(&arena);
}
