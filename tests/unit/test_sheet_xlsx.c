/* test_sheet_xlsx.c - workbooks: number formats, odd files made here, and those of other tests. */
#include <dirent.h>
#include <stdlib.h>
#include <zip.h>

#include "sheet/number.h"
#include "sheet_help.h"

static const struct {
    const char *code;
    enum gx_format_kind kind;
} formats[] = {
    { "General", GX_FORMAT_NUMBER },
    { "0", GX_FORMAT_NUMBER },
    { "0.00", GX_FORMAT_NUMBER },
    { "#,##0.00", GX_FORMAT_NUMBER },
    { "0.00E+00", GX_FORMAT_NUMBER },
    { "0%", GX_FORMAT_NUMBER },
    { "@", GX_FORMAT_NUMBER },
    { "\"day\"0", GX_FORMAT_NUMBER },
    { "0\"日\"", GX_FORMAT_NUMBER },
    { "[Red]-#,##0;[$NT$-404]0", GX_FORMAT_NUMBER },
    { "_-\"€\"* #,##0.00_-;\\-\"€\"* #,##0.00_-", GX_FORMAT_NUMBER },
    { "\\d0", GX_FORMAT_NUMBER },
    { "_d0", GX_FORMAT_NUMBER },
    { "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", GX_FORMAT_NUMBER },
    { "0;0;0;\"yes\"@", GX_FORMAT_NUMBER },
    { "00000000", GX_FORMAT_ZEROS },
    { "00", GX_FORMAT_ZEROS },
    { "yyyy-mm-dd", GX_FORMAT_DATE },
    { "yyyy\\-mm\\-dd;@", GX_FORMAT_DATE },
    { "d/m/yy", GX_FORMAT_DATE },
    { "mmm", GX_FORMAT_DATE },
    { "[$-404]e/m/d", GX_FORMAT_DATE },
    { "[$-404]e\"年\"m\"月\"d\"日\"", GX_FORMAT_DATE },
    { "yyyy年m月d日", GX_FORMAT_DATE },
    { "[$-411]ge.m.d;@", GX_FORMAT_DATE },
    { "[$-41E]d/m/bbbb", GX_FORMAT_DATE },
    { "[Color5]yyyy", GX_FORMAT_DATE },
    { "h:mm", GX_FORMAT_TIME },
    { "hh:mm:ss AM/PM", GX_FORMAT_TIME },
    { "mm:ss.0", GX_FORMAT_TIME },
    { "yyyy/m/d h:mm", GX_FORMAT_MOMENT },
    { "[$-F400]h:mm:ss\\ AM/PM", GX_FORMAT_TIME },
    { "[h]:mm", GX_FORMAT_DURATION },
    { "[mm]:ss", GX_FORMAT_DURATION },
    { "[hh]:mm:ss;@", GX_FORMAT_DURATION },
    { "", GX_FORMAT_NUMBER },
    { "\"", GX_FORMAT_NUMBER },
    { "[", GX_FORMAT_NUMBER },
    { "\\", GX_FORMAT_NUMBER },
};

GX_TEST(sheet_xlsx_formats)
{
    for (size_t i = 0; i < GX_COUNT(formats); i++)
        GX_CHECK(gx_format_code(gx_str_c(formats[i].code)).kind == formats[i].kind,
                 formats[i].code);
    GX_CHECK(gx_format_builtin(14).kind == GX_FORMAT_DATE, "14");
    GX_CHECK(gx_format_builtin(22).kind == GX_FORMAT_MOMENT, "22");
    GX_CHECK(gx_format_builtin(46).kind == GX_FORMAT_DURATION, "46");
    GX_CHECK(gx_format_builtin(0).kind == GX_FORMAT_NUMBER, "0");
    GX_CHECK(gx_format_builtin(49).kind == GX_FORMAT_NUMBER, "49");
}

static const struct {
    const char *raw, *code;
    bool date1904;
    enum gx_cell_kind kind;
    const char *want;
} numbers[] = {
    { "0", "General", false, GX_CELL_NUMBER, "0" },
    { "-0", "General", false, GX_CELL_NUMBER, "0" },
    { "1.1000000000000001", "General", false, GX_CELL_NUMBER, "1.1" },
    { "0.30000000000000004", "General", false, GX_CELL_NUMBER, "0.3" },
    { "1E-3", "General", false, GX_CELL_NUMBER, "0.001" },
    { "1.5E+20", "General", false, GX_CELL_NUMBER, "150000000000000000000" },
    { "1E+300", "General", false, GX_CELL_NUMBER, "1e+300" },
    { "123456789012345678", "General", false, GX_CELL_NUMBER, "123456789012345678" },
    { "00123", "General", false, GX_CELL_NUMBER, "123" },
    { "4595257", "00000000", false, GX_CELL_TEXT, "04595257" },
    { "123456789", "00000000", false, GX_CELL_NUMBER, "123456789" },
    { "1.5", "00000000", false, GX_CELL_NUMBER, "1.5" },
    { "nan", "General", false, GX_CELL_TEXT, "nan" },
    { "0x10", "General", false, GX_CELL_TEXT, "0x10" },
    { "1e999", "General", false, GX_CELL_TEXT, "1e999" },
    { "44197", "yyyy-mm-dd", false, GX_CELL_DATE, "2021-01-01" },
    { "44197.5", "yyyy-mm-dd", false, GX_CELL_MOMENT, "2021-01-01T12:00:00" },
    { "44197", "yyyy-mm-dd hh:mm", false, GX_CELL_MOMENT, "2021-01-01T00:00:00" },
    { "44196.999999", "yyyy-mm-dd hh:mm", false, GX_CELL_MOMENT, "2021-01-01T00:00:00" },
    { "42735", "yyyy-mm-dd", true, GX_CELL_DATE, "2021-01-01" },
    { "0", "yyyy-mm-dd", true, GX_CELL_DATE, "1904-01-01" },
    { "0", "yyyy-mm-dd", false, GX_CELL_NUMBER, "0" },
    { "1", "yyyy-mm-dd", false, GX_CELL_DATE, "1900-01-01" },
    { "59", "yyyy-mm-dd", false, GX_CELL_DATE, "1900-02-28" },
    { "60", "yyyy-mm-dd", false, GX_CELL_NUMBER, "60" },
    { "61", "yyyy-mm-dd", false, GX_CELL_DATE, "1900-03-01" },
    { "-1", "yyyy-mm-dd", false, GX_CELL_NUMBER, "-1" },
    { "2958465", "yyyy-mm-dd", false, GX_CELL_DATE, "9999-12-31" },
    { "2958466", "yyyy-mm-dd", false, GX_CELL_NUMBER, "2958466" },
    { "2958465", "yyyy-mm-dd", true, GX_CELL_NUMBER, "2958465" },
    { "2957003", "yyyy-mm-dd", true, GX_CELL_DATE, "9999-12-31" },
    { "2957004", "yyyy-mm-dd", true, GX_CELL_NUMBER, "2957004" },
    { "0.5625", "h:mm", false, GX_CELL_TEXT, "13:30" },
    { "0.56255787037", "h:mm:ss", false, GX_CELL_TEXT, "13:30:05" },
    { "1.5", "[h]:mm", false, GX_CELL_TEXT, "36:00" },
    { "10.6320601851852", "[h]:mm:ss", false, GX_CELL_TEXT, "PT255H10M10S" },
};

GX_TEST(sheet_xlsx_numbers)
{
    struct gx_arena arena = { 0 };
    for (size_t i = 0; i < GX_COUNT(numbers); i++) {
        struct gx_cell cell =
            gx_number_cell(&arena, gx_str_c(numbers[i].raw),
                           gx_format_code(gx_str_c(numbers[i].code)), numbers[i].date1904);
        GX_CHECK(cell.kind == numbers[i].kind, numbers[i].raw);
        GX_CHECK_STR(cell.text, gx_str_c(numbers[i].want), numbers[i].raw);
    }
    gx_arena_free(&arena);
}

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define BOOK                                                                                       \
    "<workbook " MAIN " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/"          \
    "relationships\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets>"               \
    "</workbook>"
#define RELS                                                                                       \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/"                       \
    "relationships\"><Relationship Id=\"r1\" Type=\"http://x/worksheet\" "                         \
    "Target=\"worksheets/sheet1.xml\"/></Relationships>"
#define SHEET(rows) "<worksheet " MAIN "><sheetData>" rows "</sheetData></worksheet>"

struct part {
    const char *name;
    const char *text;
    size_t n; /* 0: strlen */
};

static struct gx_str zipped(struct gx_arena *arena, const struct part *parts)
{
    zip_error_t error;
    zip_stat_t st;
    zip_error_init(&error);
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(whole);
    zip_t *z = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    for (; parts->name; parts++)
        zip_file_add(
            z, parts->name,
            zip_source_buffer(z, parts->text, parts->n ? parts->n : strlen(parts->text), 0),
            ZIP_FL_OVERWRITE);
    GX_CHECK(zip_close(z) == 0, "zip");
    zip_source_open(whole);
    zip_source_stat(whole, &st);
    char *bytes = gx_arena_alloc(arena, st.size);
    zip_source_read(whole, bytes, st.size);
    zip_source_close(whole);
    zip_source_free(whole);
    return (struct gx_str){ bytes, st.size };
}

#define CELL(ref, value) "<c r=\"" ref "\"><v>" value "</v></c>"
#define TEXT(ref, text)  "<c r=\"" ref "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"

static const struct {
    const char *what, *rows, *want;
} sheets[] = {
    { "plain", "<row r=\"1\">" TEXT("A1", "a") "</row><row r=\"2\">" CELL("A2", "1") "</row>",
      "a/1" },
    { "no references",
      "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>"
      "<row><c><v>1</v></c><c><v>2</v></c></row>",
      "a|b/1|2" },
    { "sparse",
      "<row r=\"3\">" TEXT("B3", "x")
          TEXT("D3", "y") "</row><row r=\"9\">" CELL("D9", "1") "</row>",
      "A|x|C|y/~|~|~|1" },
    { "out of order",
      "<row r=\"1\">" TEXT("B1", "b")
          TEXT("A1", "a") "</row><row r=\"2\">" CELL("A2", "1") "</row>",
      "a|b/1" },
    { "rows out of order",
      "<row r=\"5\">" TEXT("A5", "a") "</row><row r=\"2\">" CELL("A2", "1") "</row>", "a/1" },
    { "escapes",
      "<row>" TEXT("A1", "a") "</row><row>" TEXT(
          "A2", "x_x000D_y_x005F_z_xD83D__xDE00__xD83D__x00g0_") "</row>",
      "a/x\ry_z😀_xD83D__x00g0_" },
    { "phonetics",
      "<row>" TEXT("A1", "a") "</row><row><c r=\"A2\" t=\"inlineStr\"><is><r><t>"
                              "東</t></r><r><t>京</t></r><rPh sb=\"0\" "
                              "eb=\"2\"><t>トウキョウ</t></rPh></is></c></row>",
      "a/東京" },
    { "white space",
      "<row>" TEXT("A1", "a") TEXT("B1", "b") "</row><row>" TEXT(
          "A2",
          " x ") "<c r=\"B2\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> y </t></is></c></row>",
      "a|b/x| y " },
    { "truth and errors",
      "<row>" TEXT("A1", "a")
          TEXT("B1", "b") "</row><row><c r=\"A2\" t=\"b\">"
                          "<v>1</v></c><c r=\"B2\" t=\"e\"><v>#REF!</v></c></row>",
      "a|b/true|#REF!" },
    { "dates as text",
      "<row>" TEXT("A1", "a") TEXT(
          "B1", "b") "</row><row><c r=\"A2\" t=\"d\"><v>"
                     "2024-02-29</v></c><c r=\"B2\" t=\"d\"><v>2024-02-29T01:02:03Z</v></c></row>",
      "a|b/2024-02-29|2024-02-29T01:02:03" },
    { "a formula with its value",
      "<row>" TEXT("A1", "a") "</row><row><c r=\"A2\"><f>1+1</f><v>2"
                              "</v></c></row>",
      "a/2" },
    { "a formula without", "<row>" TEXT("A1", "a") "</row><row><c r=\"A2\"><f>1+1</f></c></row>",
      "a/!" },
    { "a formula with no text",
      "<row>" TEXT("A1", "a")
          TEXT("B1", "b") "</row><row>"
                          "<c r=\"A2\" t=\"str\"><f>\"\"</f><v></v></c>" CELL("B2", "1") "</row>",
      "a|b/|1" },
    { "a text that is not there",
      "<row>" TEXT("A1", "a") "</row><row><c r=\"A2\" t=\"s\"><v>7</v>"
                              "</c></row>",
      "a/!~" },
    { "not a number", "<row>" TEXT("A1", "a") "</row><row>" CELL("A2", "soon") "</row>", "a/soon" },
    { "too far right",
      "<row>" TEXT("A1", "a") "</row><row>" CELL("A2", "1") CELL("XFE2", "1") "</row>", "a/!1" },
    { "the last column", "<row>" TEXT("A1", "a") "</row><row>" CELL("ZZZZZZZZ2", "1") "</row>",
      "a/!" },
    { "no rows", "", "error: syntax" },
    { "broken", "<row>" TEXT("A1", "a") "</row><row>" CELL("A2", "1") "</row><row><c></row>",
      "error: syntax" },
};

static struct gx_str show_parts(struct gx_ctx *ctx, const struct part *parts)
{
    return sheet_show_bytes(ctx, zipped(ctx->arena, parts), NULL);
}

GX_TEST(sheet_xlsx_made_here)
{
    for (size_t i = 0; i < GX_COUNT(sheets); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_str xml = gx_arena_printf(
            &arena, "<worksheet " MAIN "><sheetData>%s</sheetData></worksheet>", sheets[i].rows);
        struct part parts[] = { { "xl/workbook.xml", BOOK, 0 },
                                { "xl/_rels/workbook.xml.rels", RELS, 0 },
                                { "xl/worksheets/sheet1.xml", xml.p, xml.n },
                                { 0 } };
        GX_CHECK_STR(show_parts(&ctx, parts), gx_str_c(sheets[i].want), sheets[i].what);
        gx_arena_free(&arena);
    }
}

/* Files that are there to do harm, or are not workbooks at all: refused, each for its reason. */
GX_TEST(sheet_xlsx_refused)
{
    enum { BOMB_BYTES = 40 << 20, TAG_BYTES = 20 << 20 };
    static const char laughs[] = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>"
                                 "<worksheet " MAIN "><sheetData><row><c t=\"str\"><v>&b;</v></c>"
                                 "</row></sheetData></worksheet>";
    static const char outside[] = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>";
    static const char deep[] = "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>";
    struct gx_arena arena = { 0 };
    struct gx_buf nested = { 0 };
    char *bomb = malloc(BOMB_BYTES);
    memset(bomb, ' ', BOMB_BYTES);
    memcpy(bomb, SHEET(""), strlen("<worksheet " MAIN "><sheetData>"));
    char *tag = malloc(TAG_BYTES);
    memset(tag, ' ', TAG_BYTES);
    memcpy(tag, "<worksheet", 10);
    for (int i = 0; i < 20; i++)
        gx_buf_addz(&nested, deep);
    const struct part book = { "xl/workbook.xml", BOOK, 0 };
    const struct part rels = { "xl/_rels/workbook.xml.rels", RELS, 0 };
    const char *at = "xl/worksheets/sheet1.xml";
    struct {
        const char *what;
        struct part parts[4];
        enum gx_code code;
        enum gx_message message;
    } bad[] = {
        { "entities", { book, rels, { at, laughs, 0 }, { 0 } }, GX_E_SYNTAX, GX_M_SHEET_ENTITY },
        { "outside", { book, rels, { at, outside, 0 }, { 0 } }, GX_E_SYNTAX, GX_M_SHEET_ENTITY },
        { "bomb", { book, rels, { at, bomb, BOMB_BYTES }, { 0 } }, GX_E_LIMIT, GX_M_SHEET_BOMB },
        { "a long tag",
          { book, rels, { at, tag, TAG_BYTES }, { 0 } },
          GX_E_SYNTAX,
          GX_M_SHEET_BROKEN },
        { "deep",
          { book, rels, { at, nested.p, nested.n }, { 0 } },
          GX_E_SYNTAX,
          GX_M_SHEET_BROKEN },
        { "no sheet part", { book, rels, { 0 }, { 0 } }, GX_E_SYNTAX, GX_M_SHEET_BROKEN },
        { "no relations", { book, { 0 }, { 0 }, { 0 } }, GX_E_SYNTAX, GX_M_SHEET_EMPTY },
        { "some zip",
          { { "a.csv", "a,b", 0 }, { 0 }, { 0 }, { 0 } },
          GX_E_SYNTAX,
          GX_M_SHEET_PACKED },
        { "xlsb",
          { { "xl/workbook.bin", "x", 0 }, { 0 }, { 0 }, { 0 } },
          GX_E_SYNTAX,
          GX_M_SHEET_KIND },
    };
    for (size_t i = 0; i < GX_COUNT(bad); i++) {
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_sheet *sheet;
        struct gx_str bytes = zipped(&arena, bad[i].parts);
        GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == bad[i].code, bad[i].what);
        GX_CHECK(ctx.errors && ctx.errors->message == bad[i].message, bad[i].what);
    }
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *sheet;
    GX_CHECK(gx_sheet_open_bytes(&ctx, GX_STR("PK\x03\x04 and nothing more"), NULL, &sheet) ==
                 GX_E_SYNTAX,
             "no zip");
    free(bomb);
    free(tag);
    gx_buf_free(&nested);
    gx_arena_free(&arena);
}

/* What is known of the files of another project's tests; rows as sheet_show() has them. */
static const struct {
    const char *file, *sheet, *want;
} known[] = {
    { "date.xlsx", "", "A|B/2021-01-01|15/2021-01-02|16/PT255H10M10S|17" },
    { "date_1904.xlsx", "", "A|B/2021-01-01|15/2021-01-02|16/PT255H10M10S|17" },
    { "date_iso.xlsx", "", "A/2021-01-01/2021-01-01T10:10:10/10:10:10/" },
    { "date_quoted_format.xlsx", "", "A/2021-01-01/2021-01-01/2021-01-01/2021-01-01" },
    { "errors.xlsx", "", "A/#DIV/0!/#NAME?/#VALUE!/#NULL!/#REF!/#NUM!/#N/A" },
    { "issues.xlsx", "issue2", "A|B/1|a/2|b/3|c" },
    { "issues.xlsx", "ISSUE5", "A/0.5" },
    { "issues.xlsx", "issue6", "A/1/2/ab/false" },
    { "issues.xlsx", "datatypes", "A/1/1.5/ab/false/test/2016-10-20" },
    { "issues.xlsx", "spc_chrs", "A/&/</>/aaa ' aaa/\"/☺/֍/àâéêèçöïî«»" },
    { "issues.xlsx", "no such", "error: not_found" },
    { "issue3.xlsm", "Sheet1", "A|B/1|a" },
    { "issue9.xlsx", "Feuil1", "A/test1/test2 other/test3 aaa/test4" },
    { "issue221.xlsm", "Sheet1", "A|B/Cell_A1|Cell_B1/Cell_A2|Cell_B2" },
    /* CR LF in the file is LF for any reader of XML; a CR that is meant is written _x000D_. */
    { "richtext-namespaced.xlsx", "Sheet1",
      "A|B|C|D|E|F|G|H/inline string\nLine 2\nLine 3|~|~|~|~|~|~|shared string\nLine 2\nLine 3" },
    { "richtext-after-plain.xlsx", "",
      "A|B|C|D/abcd|abcd|abcd|abcd/tvalrval1rval2|rval1rval2|rval1rval2|rval1rval2" },
    { "rph.xlsx", "", "A/課きく　毛こ" },
    { "has_x000D_.xlsx", "", "A/ABC\r\nDEF" },
    { "has_x000D_inline.xlsx", "", "A/ABC\r\nDEF" },
    { "inlineStr_cdata.xlsx", "", "A|B/Hello CDATA|World/12345|NormalText" },
    { "temperature.xlsx", "", "A|B/label|value/celsius|22.2222/fahrenheit|72" },
    { "temperature-in-middle.xlsx", "", "A|B|C/~|label|value/~|celsius|22.2222/~|fahrenheit|72" },
    { "nonstandard-xml-ns-prefix.xlsx", "", "A|B/a|b/1|3/2|4" },
    { "formula.issue.xlsx", "", "A|B|C|D|E|F|G|H|I|J/23|~|23/~|~|~|~|~|~|2/~|~|~|~|~|~|~|~|~|US" },
    { "empty_shared_string_value.xlsx", "", "A|B|C/Name|City|Status/Alice|~|Active/~|Berlin|~" },
    { "merge_cells.xlsx", "", "A|B|C/Row Merge|~|Not Merged/Column Merge|Chunk Merged" },
    { "string-ref.xlsx", "", "A/col1/-8086931554011838357" },
    { "issue_391.xlsx", "", "A/1/2/3/4/5/6/7" },
    { "empty_sheet.xlsx", "", "error: syntax" },
    { "issue252.xlsx", "", "error: syntax" },
    { "pass_protected.xlsx", "", "error: syntax" },
    { "pass_protected.xlsb", "", "error: syntax" },
    { "issues.xls", "", "error: syntax" },
    { "issues.xlsb", "", "error: syntax" },
    { "issues.ods", "", "error: syntax" },
};

GX_TEST(sheet_xlsx_known_files)
{
    const char *folder = gx_test_data("xlsx_calamine");
    if (!folder) {
        gx_skip("no public data");
        return;
    }
    for (size_t i = 0; i < GX_COUNT(known); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_sheet_options options = { .sheet = gx_str_c(known[i].sheet) };
        struct gx_sheet *sheet = NULL;
        const char *path = gx_arena_printf(&arena, "%s/%s", folder, known[i].file).p;
        enum gx_code code = gx_sheet_open(&ctx, path, &options, &sheet);
        struct gx_str shown = sheet_show(&ctx, code, sheet);
        struct gx_str want = gx_str_c(known[i].want);
        if (gx_str_ends(want, GX_STR("/")))
            shown.n = want.n < shown.n ? want.n : shown.n;
        GX_CHECK_STR(shown, want, known[i].file);
        gx_arena_free(&arena);
    }
}

/* Every file there ends: with rows, or with a reason that can be read. */
GX_TEST(sheet_xlsx_every_file)
{
    const char *folder = gx_test_data("xlsx_calamine");
    DIR *dir = folder ? opendir(folder) : NULL;
    if (!dir) {
        gx_skip("no public data");
        return;
    }
    char base[4096];
    size_t files = 0;
    snprintf(base, sizeof base, "%s", folder);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_sheet *sheet = NULL;
        const char *path = gx_arena_printf(&arena, "%s/%s", base, entry->d_name).p;
        enum gx_code code = gx_sheet_open(&ctx, path, NULL, &sheet);
        struct gx_str shown = sheet_show(&ctx, code, sheet);
        GX_CHECK(code == GX_OK || (ctx.errors && ctx.errors->message != GX_M_NONE), path);
        bool old = strstr(entry->d_name, ".xls") && !strstr(entry->d_name, ".xlsx") &&
                   !strstr(entry->d_name, ".xlsm");
        GX_CHECK(!old || code != GX_OK || strcmp(entry->d_name, "too_small.xls") == 0, path);
        GX_CHECK(gx_str_search(shown, GX_STR("/error:")) == SIZE_MAX, path);
        files++;
        gx_arena_free(&arena);
    }
    closedir(dir);
    GX_CHECK(files > 100, "files");
}

/* A file without references to its cells is the same as the one that Excel made of it. */
GX_TEST(sheet_xlsx_mended_by_excel)
{
    const char *folder = gx_test_data("xlsx_calamine");
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *a, *b;
    if (!folder) {
        gx_skip("no public data");
        return;
    }
    const char *one = gx_arena_printf(&arena, "%s/issue_261.xlsx", folder).p;
    const char *two = gx_arena_printf(&arena, "%s/issue_261_fixed_by_excel.xlsx", folder).p;
    GX_CHECK(gx_sheet_open(&ctx, one, NULL, &a) == GX_OK, one);
    GX_CHECK(gx_sheet_open(&ctx, two, NULL, &b) == GX_OK, two);
    struct gx_str shown = sheet_show(&ctx, GX_OK, a);
    GX_CHECK_STR(shown, sheet_show(&ctx, GX_OK, b), "the same");
    GX_CHECK(gx_str_search(shown, GX_STR("String Value 42|~|~|String Value 8")) != SIZE_MAX, "end");
    gx_arena_free(&arena);
}
