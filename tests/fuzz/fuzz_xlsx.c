/*
 * fuzz_xlsx.c - any bytes as a workbook.
 *
 * Bytes that begin with PK are taken as they are.  All others are cut at 0xFF into a sheet, shared
 * strings, styles, the workbook and its relationships, and zipped, since no fuzzer gets past a
 * checksum.
 */
#include <stdlib.h>
#include <zip.h>

#include "base/assert.h"
#include "base/text.h"
#include "sheet/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct {
    const char *name, *otherwise;
} parts[] = {
    { "xl/worksheets/sheet1.xml", "" },
    { "xl/sharedStrings.xml", NULL },
    { "xl/styles.xml", NULL },
    { "xl/workbook.xml",
      "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
      "<sheets><sheet name=\"S\" r:id=\"r1\"/></sheets></workbook>" },
    { "xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" "
                                    "Target=\"worksheets/sheet1.xml\"/></Relationships>" },
};

static void add(zip_t *zip, const char *name, struct gx_str text)
{
    zip_source_t *source = zip_source_buffer(zip, text.p, text.n, 0);
    int64_t at = zip_file_add(zip, name, source, 0);
    gx_assert(at >= 0 && zip_set_file_compression(zip, (uint64_t)at, ZIP_CM_STORE, 0) == 0);
}

static struct gx_str pack(struct gx_arena *arena, struct gx_str rest)
{
    zip_error_t error;
    zip_stat_t st;
    zip_error_init(&error);
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    gx_assert(whole);
    zip_source_keep(whole);
    zip_t *zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    gx_assert(zip);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct gx_str text;
        bool given = gx_str_split(&rest, (char)0xFF, &text);
        if (given && text.n)
            add(zip, parts[i].name, text);
        else if (parts[i].otherwise)
            add(zip, parts[i].name, gx_str_c(parts[i].otherwise));
    }
    gx_assert(zip_close(zip) == 0 && zip_source_open(whole) == 0);
    gx_assert(zip_source_stat(whole, &st) == 0);
    char *bytes = gx_arena_alloc(arena, st.size);
    gx_assert(zip_source_read(whole, bytes, st.size) == (int64_t)st.size);
    zip_source_close(whole);
    zip_source_free(whole);
    return (struct gx_str){ bytes, st.size };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    struct gx_str bytes = { (const char *)data, n };
    struct gx_sheet *sheet = NULL;
    struct gx_sheet_row row;
    int64_t before = 0;
    bool has = false;
    if (!gx_str_starts(bytes, GX_STR("PK")))
        bytes = pack(&arena, bytes);
    struct gx_sheet_options options = { .format = GX_SHEET_XLSX, .header_row = -1 };
    if (gx_sheet_open_bytes(&ctx, bytes, &options, &sheet) == GX_OK) {
        enum gx_code code;
        while ((code = gx_sheet_next(sheet, &row, &has)) == GX_OK && has) {
            gx_assert(row.number > before && row.cell_count <= GX_SHEET_COLUMNS_MAX);
            before = row.number;
            for (size_t i = 0; i < row.cell_count; i++)
                gx_assert(gx_text_valid(row.cells[i].text) &&
                          row.cells[i].text.n <= GX_SHEET_CELL_BYTES_MAX);
        }
        gx_assert(code == GX_OK || ctx.errors);
    } else {
        gx_assert(ctx.errors);
    }
    gx_arena_free(&arena);
    return 0;
}
