/*
 * fuzz_csv.c - any bytes as CSV or NDJSON, in any encoding.
 *
 * What is read is valid text in rows that go forward, and what is written of it is read the same.
 * The first byte chooses the encoding that is told, the second other options; NUL is "detect".
 */
#include "base/assert.h"
#include "base/text.h"
#include "sheet/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const encodings[] = {
    "",          "UTF-8",       "UTF-16LE", "UTF-16BE", "Big5",         "Big5-HKSCS",  "GB18030",
    "Shift-JIS", "EUC-JP",      "EUC-KR",   "TIS-620",  "windows-1252", "ISO-8859-15", "UTF-16",
    "UTF-32LE",  "ISO-2022-JP", "UTF-7",    "HZ",
};

/* A row as texts, in `arena`. */
struct kept {
    struct kept *next;
    size_t n;
    struct gx_str *cells;
};

static void check_row(const struct gx_sheet_row *row, const struct gx_sheet_row *before)
{
    bool value = row->problem != GX_OK;
    gx_assert(row->number > before->number && row->line >= before->line);
    gx_assert(row->cell_count <= GX_SHEET_COLUMNS_MAX);
    for (size_t i = 0; i < row->cell_count; i++) {
        const struct gx_cell *cell = &row->cells[i];
        gx_assert(cell->text.n <= GX_SHEET_CELL_BYTES_MAX && gx_text_valid(cell->text));
        gx_assert(cell->kind != GX_CELL_EMPTY || cell->text.n == 0);
        gx_assert(gx_str_find(cell->text, 0) == cell->text.n);
        value |= cell->text.n > 0;
    }
    gx_assert(value);
}

static struct kept *keep(struct gx_arena *arena, const struct gx_sheet_row *row)
{
    struct kept *kept = GX_ARENA_NEW(arena, struct kept);
    kept->cells = GX_ARENA_ARRAY(arena, struct gx_str, row->cell_count + 1);
    for (size_t i = 0; i < row->cell_count; i++) {
        kept->cells[i] = gx_arena_str(arena, row->cells[i].text);
        if (row->cells[i].text.n && kept->n <= i)
            kept->n = i + 1;
    }
    return kept;
}

/* Written by us and read again, it is the same. */
static void check_again(struct gx_ctx *ctx, const struct kept *rows, bool neutralise)
{
    struct gx_buf out = { 0 };
    struct gx_sheet *sheet = NULL;
    struct gx_sheet_row row;
    bool has = false;
    struct gx_sheet_options options = { .format = GX_SHEET_CSV,
                                        .delimiter = ',',
                                        .quote = '"',
                                        .encoding = GX_STR("UTF-8"),
                                        .strip_apostrophe = neutralise };
    gx_buf_addz(&out, GX_CSV_BOM);
    for (const struct kept *k = rows; k; k = k->next)
        gx_csv_row(&out, k->cells, k->n, neutralise);
    enum gx_code code = gx_sheet_open_bytes(ctx, gx_buf_str(&out), &options, &sheet);
    for (const struct kept *k = rows; k && code == GX_OK; k = k->next) {
        gx_assert(gx_sheet_next(sheet, &row, &has) == GX_OK && has && row.problem == GX_OK);
        for (size_t i = 0; i < k->n; i++)
            gx_assert(gx_str_eq(row.cells[i].text, k->cells[i]));
    }
    gx_assert(code == GX_OK || ctx->errors); /* it may look like HTML now */
    gx_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = { .arena = &arena, .lang = GX_LANG_EN };
    struct gx_sheet *sheet = NULL;
    struct gx_sheet_row row, before = { 0 };
    struct kept *rows = NULL, **last = &rows;
    bool has = false;
    if (n < 2)
        return 0;
    struct gx_sheet_options options = {
        .encoding = gx_str_c(encodings[data[0] % (sizeof encodings / sizeof encodings[0])]),
        .header_row = data[1] % 4 - 1,
        .delimiter = data[1] & 16 ? ';' : 0,
        .strip_apostrophe = data[1] & 32,
        .format = data[1] & 64 ? GX_SHEET_NDJSON : GX_SHEET_AUTO,
    };
    struct gx_str bytes = { (const char *)data + 2, n - 2 };
    if (gx_str_starts(bytes, GX_STR("PK"))) /* fuzz_xlsx has those */
        return 0;
    if (gx_sheet_open_bytes(&ctx, bytes, &options, &sheet) == GX_OK) {
        while (gx_sheet_next(sheet, &row, &has) == GX_OK && has) {
            check_row(&row, &before);
            before = row;
            *last = keep(&arena, &row);
            if ((*last)->n)
                last = &(*last)->next;
            else
                *last = NULL;
        }
        check_again(&ctx, rows, false);
        check_again(&ctx, rows, true);
    } else {
        gx_assert(ctx.errors);
    }
    gx_arena_free(&arena);
    return 0;
}
