/* test_sheet_write.c - what is written comes back as it was, and no spreadsheet runs it. */
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "json/read.h"
#include "json/write.h"
#include "sheet_help.h"

static const struct {
    const char *cell, *plain, *safe;
} cells[] = {
    { "a", "a", "a" },
    { "", "\"\"", "\"\"" },
    { "a b", "a b", "a b" },
    { "a,b", "\"a,b\"", "\"a,b\"" },
    { "a\"b", "\"a\"\"b\"", "\"a\"\"b\"" },
    { "a\nb", "\"a\nb\"", "\"a\nb\"" },
    { " a", "\" a\"", "\" a\"" },
    { "-5", "-5", "-5" },
    { "+886912345678", "+886912345678", "+886912345678" },
    { "-1.5e-3", "-1.5e-3", "-1.5e-3" },
    { "=1+1", "=1+1", "\"'=1+1\"" },
    { "+1+1", "+1+1", "\"'+1+1\"" },
    { "-1+1", "-1+1", "\"'-1+1\"" },
    { "@SUM(1)", "@SUM(1)", "\"'@SUM(1)\"" },
    { "-", "-", "\"'-\"" },
    { "1-2", "1-2", "1-2" },
    { "\t=1", "\"\t=1\"", "\"'\t=1\"" },
    { "\r=1", "\"\r=1\"", "\"'\r=1\"" },
    { "\n=1", "\"\n=1\"", "\"'\n=1\"" },
    { "＝1+1", "＝1+1", "\"'＝1+1\"" },
    { "＋1", "＋1", "\"'＋1\"" },
    { "－1", "－1", "\"'－1\"" },
    { "＠x", "＠x", "\"'＠x\"" },
    { "\"=1+1\"", "\"\"\"=1+1\"\"\"", "\"'\"\"=1+1\"\"\"" },
    { "'=1+1", "\"'=1+1\"", "\"''=1+1\"" },
    { "  =1", "\"  =1\"", "\"'  =1\"" },
    { "'a", "\"'a\"", "\"'a\"" },
    { "=cmd|' /C calc'!A0", "\"=cmd|' /C calc'!A0\"", "\"'=cmd|' /C calc'!A0\"" },
};

GX_TEST(sheet_write_csv_cells)
{
    for (size_t i = 0; i < GX_COUNT(cells); i++) {
        struct gx_buf out = { 0 };
        struct gx_str cell = gx_str_c(cells[i].cell);
        gx_csv_row(&out, &cell, 1, false);
        out.n -= 2;
        GX_CHECK_STR(gx_buf_str(&out), gx_str_c(cells[i].plain), cells[i].cell);
        gx_buf_clear(&out);
        gx_csv_row(&out, &cell, 1, true);
        GX_CHECK(gx_str_ends(gx_buf_str(&out), GX_STR("\r\n")), "line end");
        out.n -= 2;
        GX_CHECK_STR(gx_buf_str(&out), gx_str_c(cells[i].safe), cells[i].cell);
        gx_buf_free(&out);
    }
}

/* A table of texts and where it was written to. */
struct table {
    struct gx_str *cells;
    size_t rows, columns;
};

static void check_table(struct gx_sheet *sheet, const struct table *t, const char *what)
{
    struct gx_sheet_row row;
    bool has = true;
    for (size_t r = 0; r < t->rows; r++) {
        if (!GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, what))
            return;
        GX_CHECK(row.problem == GX_OK && row.cell_count <= t->columns, what);
        for (size_t c = 0; c < t->columns; c++)
            GX_CHECK_STR(c < row.cell_count ? row.cells[c].text : GX_STR(""),
                         t->cells[r * t->columns + c], what);
    }
    GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && !has, what);
}

static void round_trip_csv(struct gx_ctx *ctx, const struct table *t, bool neutralise)
{
    struct gx_buf out = { 0 };
    struct gx_sheet *sheet;
    struct gx_str *titles = GX_ARENA_ARRAY(ctx->arena, struct gx_str, t->columns);
    struct gx_sheet_options options = { .format = GX_SHEET_CSV,
                                        .header_row = 1,
                                        .delimiter = ',',
                                        .quote = '"',
                                        .strip_apostrophe = neutralise };
    for (size_t c = 0; c < t->columns; c++)
        titles[c] = gx_arena_printf(ctx->arena, "column %zu", c);
    gx_buf_addz(&out, GX_CSV_BOM);
    gx_csv_row(&out, titles, t->columns, neutralise);
    for (size_t r = 0; r < t->rows; r++)
        gx_csv_row(&out, t->cells + r * t->columns, t->columns, neutralise);
    if (GX_CHECK(gx_sheet_open_bytes(ctx, gx_buf_str(&out), &options, &sheet) == GX_OK, "open"))
        check_table(sheet, t, neutralise ? "neutralised" : "plain");
    gx_buf_free(&out);
}

static const char *const pieces[] = {
    "a",
    "b",
    ",",
    ";",
    "\t",
    "|",
    "\"",
    "\"\"",
    "'",
    "\n",
    "\r",
    "\r\n",
    " ",
    "=",
    "+",
    "-",
    "@",
    "1",
    ".",
    "客戶",
    "é",
    "𠮷",
    "\xE3\x80\x80",
    "＝",
    "\\",
    "\xEF\xBB\xBF",
    "_x000D_",
    "_x",
    "<",
    "&",
    "]]>",
    "\x01",
    "\x1A",
    "\x7F",
    "\xEF\xBF\xBE",
    "\xC2\x85",
    "\xE2\x80\xA8",
    "😀",
};

static struct table random_table(struct gx_arena *arena, uint64_t *seed)
{
    struct table t = { .rows = 1 + *seed % 7, .columns = 1 + *seed / 7 % 5 };
    t.cells = GX_ARENA_ARRAY(arena, struct gx_str, t.rows * t.columns);
    for (size_t i = 0; i < t.rows * t.columns; i++) {
        struct gx_buf b = { 0 };
        size_t n = (*seed >> 33) % 6;
        if (i % t.columns == 0)
            gx_buf_addz(&b, "x"); /* a row without any value would be left out */
        for (size_t k = 0; k < n; k++) {
            *seed = *seed * 6364136223846793005u + 1442695040888963407u;
            gx_buf_addz(&b, pieces[(*seed >> 33) % GX_COUNT(pieces)]);
        }
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        struct gx_str text = gx_arena_str(arena, gx_buf_str(&b));
        GX_CHECK(gx_text_clean(arena, text, &t.cells[i]) == GX_OK, "clean");
        gx_buf_free(&b);
    }
    return t;
}

GX_TEST(sheet_write_csv_round_trip)
{
    uint64_t seed = 20261121;
    for (int i = 0; i < 500; i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct table t = random_table(&arena, &seed);
        round_trip_csv(&ctx, &t, false);
        round_trip_csv(&ctx, &t, true);
        gx_arena_free(&arena);
    }
}

/* A path of its own for this process. */
static const char *temp_path(struct gx_arena *arena)
{
    const char *folder = getenv("TMPDIR");
    return gx_arena_printf(arena, "%s/gx_test_sheet_%d.xlsx", folder ? folder : "/tmp",
                           (int)getpid())
        .p;
}

static void round_trip_xlsx(struct gx_ctx *ctx, const struct table *t)
{
    const char *path = temp_path(ctx->arena);
    struct gx_xlsx_column *columns = GX_ARENA_ARRAY(ctx->arena, struct gx_xlsx_column, t->columns);
    struct gx_cell *row = GX_ARENA_ARRAY(ctx->arena, struct gx_cell, t->columns);
    struct gx_sheet_options options = { .header_row = 1 };
    struct gx_xlsx *x;
    struct gx_sheet *sheet;
    for (size_t c = 0; c < t->columns; c++)
        columns[c] = (struct gx_xlsx_column){ .title = GX_STR("title"), .kind = GX_CELL_TEXT };
    GX_CHECK(gx_xlsx_open(ctx, path, GX_STR("資料"), columns, t->columns, &x) == GX_OK, "open");
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++)
            row[c] = (struct gx_cell){ GX_CELL_TEXT, t->cells[r * t->columns + c] };
        GX_CHECK(gx_xlsx_row(x, row, t->columns) == GX_OK, "row");
    }
    GX_CHECK(gx_xlsx_close(x) == GX_OK, "close");
    if (GX_CHECK(gx_sheet_open(ctx, path, &options, &sheet) == GX_OK, "read"))
        check_table(sheet, t, "xlsx");
    unlink(path);
}

GX_TEST(sheet_write_xlsx_round_trip)
{
    uint64_t seed = 4711;
    for (int i = 0; i < 20; i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct table t = random_table(&arena, &seed);
        round_trip_xlsx(&ctx, &t);
        gx_arena_free(&arena);
    }
}

static const struct {
    enum gx_cell_kind kind;
    const char *text;
    enum gx_cell_kind back;
    const char *want;
} kinds[] = {
    { GX_CELL_TEXT, "=1+1", GX_CELL_TEXT, "=1+1" },
    { GX_CELL_TEXT, "0912345678", GX_CELL_TEXT, "0912345678" },
    { GX_CELL_TEXT, "https://example.com", GX_CELL_TEXT, "https://example.com" },
    { GX_CELL_NUMBER, "12.50", GX_CELL_NUMBER, "12.5" },
    { GX_CELL_NUMBER, "-0.0001", GX_CELL_NUMBER, "-0.0001" },
    { GX_CELL_NUMBER, "123456789012345", GX_CELL_NUMBER, "123456789012345" },
    { GX_CELL_NUMBER, "1234567890123456", GX_CELL_TEXT, "1234567890123456" },
    { GX_CELL_NUMBER, "12345678901.2345", GX_CELL_NUMBER, "12345678901.2345" },
    { GX_CELL_BOOL, "true", GX_CELL_BOOL, "true" },
    { GX_CELL_BOOL, "false", GX_CELL_BOOL, "false" },
    { GX_CELL_DATE, "2026-11-21", GX_CELL_DATE, "2026-11-21" },
    { GX_CELL_DATE, "1900-03-01", GX_CELL_DATE, "1900-03-01" },
    { GX_CELL_DATE, "1900-02-28", GX_CELL_TEXT, "1900-02-28" },
    { GX_CELL_DATE, "9999-12-31", GX_CELL_DATE, "9999-12-31" },
    { GX_CELL_DATE, "soon", GX_CELL_TEXT, "soon" },
    { GX_CELL_MOMENT, "2026-11-21T23:59:59", GX_CELL_MOMENT, "2026-11-21T23:59:59" },
    { GX_CELL_MOMENT, "2026-11-21T00:00:00", GX_CELL_MOMENT, "2026-11-21T00:00:00" },
    { GX_CELL_ERROR, "#N/A", GX_CELL_TEXT, "#N/A" },
};

GX_TEST(sheet_write_xlsx_kinds)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_xlsx_column column = { .title = GX_STR("值"), .kind = GX_CELL_TEXT };
    const char *path = temp_path(&arena);
    struct gx_xlsx *x;
    struct gx_sheet *sheet;
    struct gx_sheet_row row;
    bool has;
    GX_CHECK(gx_xlsx_open(&ctx, path, GX_STR("a/b:[c] of a very long name indeed"), &column, 1,
                          &x) == GX_OK,
             "open");
    for (size_t i = 0; i < GX_COUNT(kinds); i++) {
        struct gx_cell cell = { kinds[i].kind, gx_str_c(kinds[i].text) };
        GX_CHECK(gx_xlsx_row(x, &cell, 1) == GX_OK, kinds[i].text);
    }
    GX_CHECK(gx_xlsx_close(x) == GX_OK, "close");
    struct gx_sheet_options options = { .header_row = 1 };
    GX_CHECK(gx_sheet_open(&ctx, path, &options, &sheet) == GX_OK, "read");
    GX_CHECK_STR(gx_sheet_info(sheet)->sheet, GX_STR("a_b__c_ of a very long name ind"), "name");
    GX_CHECK_STR(gx_sheet_info(sheet)->columns[0], GX_STR("值"), "title");
    for (size_t i = 0; i < GX_COUNT(kinds); i++) {
        if (!GX_CHECK(gx_sheet_next(sheet, &row, &has) == GX_OK && has, kinds[i].text))
            break;
        GX_CHECK(row.cells[0].kind == kinds[i].back, kinds[i].text);
        GX_CHECK_STR(row.cells[0].text, gx_str_c(kinds[i].want), kinds[i].text);
    }
    unlink(path);
    gx_arena_free(&arena);
}

GX_TEST(sheet_write_xlsx_refused)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_xlsx_column column = { .title = GX_STR("a") };
    const char *path = temp_path(&arena);
    struct gx_xlsx *x;
    char *text = malloc(32768);
    memset(text, 'x', 32768);
    GX_CHECK(gx_xlsx_open(&ctx, "/no/such/folder/x.xlsx", GX_STR("s"), &column, 1, &x) == GX_E_IO,
             "no folder");
    GX_CHECK(gx_xlsx_open(&ctx, path, GX_STR(""), &column, GX_SHEET_COLUMNS_MAX + 1, &x) ==
                 GX_E_LIMIT,
             "too many columns");
    GX_CHECK(gx_xlsx_open(&ctx, path, GX_STR(""), &column, 1, &x) == GX_OK, "open");
    struct gx_cell cell = { GX_CELL_TEXT, { text, 32767 } };
    GX_CHECK(gx_xlsx_row(x, &cell, 1) == GX_OK, "the longest text");
    cell.text.n++;
    GX_CHECK(gx_xlsx_row(x, &cell, 1) == GX_E_LIMIT, "too long a text");
    gx_arena_free(&arena);
    GX_CHECK(access(path, F_OK) != 0, "a file that was not closed is gone");
    free(text);
}

/* The strings that break programs, out and in again. */
GX_TEST(sheet_write_naughty_strings)
{
    const char *folder = gx_test_data("naughty_strings");
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_json *root;
    if (!folder) {
        gx_skip("no public data");
        return;
    }
    char *text = malloc(1 << 20);
    FILE *f = fopen(gx_arena_printf(&arena, "%s/blns.json", folder).p, "rb");
    size_t n = f ? fread(text, 1, 1 << 20, f) : 0;
    if (f)
        fclose(f);
    if (!GX_CHECK(gx_json_read(&ctx, (struct gx_str){ text, n }, &root) == GX_OK, "blns.json"))
        return;
    GX_CHECK(root->count > 500, "all of them");
    struct table t = { .columns = 2 };
    struct gx_buf lines = { 0 };
    t.cells = GX_ARENA_ARRAY(&arena, struct gx_str, root->count * 2);
    for (const struct gx_json *s = root->first; s; s = s->next, t.rows++) {
        t.cells[t.rows * 2] = GX_STR("x");
        GX_CHECK(gx_text_clean(&arena, s->text, &t.cells[t.rows * 2 + 1]) == GX_OK, "clean");
        struct gx_jw w = gx_jw(&lines);
        gx_jw_object(&w);
        gx_jw_key_str(&w, "id", GX_STR("x"));
        gx_jw_key_str(&w, "text", t.cells[t.rows * 2 + 1]);
        gx_jw_object_end(&w);
        gx_buf_addc(&lines, '\n');
    }
    round_trip_csv(&ctx, &t, false);
    round_trip_csv(&ctx, &t, true);
    round_trip_xlsx(&ctx, &t);
    struct gx_sheet *sheet;
    if (GX_CHECK(gx_sheet_open_bytes(&ctx, gx_buf_str(&lines), NULL, &sheet) == GX_OK, "NDJSON"))
        check_table(sheet, &t, "NDJSON");
    gx_buf_free(&lines);
    gx_arena_free(&arena);
    free(text);
}
