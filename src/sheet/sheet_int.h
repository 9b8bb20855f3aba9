/*
 * sheet_int.h - what the readers of each format share.
 *
 * A reader gives every row of the file, also blank ones and the header; sheet.c finds the header,
 * starts again, and hands out what comes after it.  So a reader is three functions, and can be
 * taken back to its first row.
 *
 * Layer: sheet, internal.
 */
#ifndef GX_SHEET_SHEET_INT_H
#define GX_SHEET_SHEET_INT_H

#include "sheet/sheet.h"
#include "sheet/source.h"

struct gx_sheet_reader {
    /* Go back to the first row. */
    enum gx_code (*rewind)(struct gx_sheet *sheet);
    /*
     * Put the next row into sheet->row and its cells into sheet->cells, both emptied before.
     * *ret_has is false at the end.
     */
    enum gx_code (*next)(struct gx_sheet *sheet, bool *ret_has);
};

struct gx_sheet {
    struct gx_ctx *ctx;
    struct gx_source source;
    struct gx_sheet_options options;
    struct gx_sheet_info info;
    const struct gx_sheet_reader *reader;
    void *impl; /* struct gx_csv, gx_xlsx_in or gx_ndjson */

    struct gx_arena scratch; /* of one row */
    struct gx_buf cell_buf;  /* struct gx_cell, of one row */
    struct gx_cell *cells;
    size_t cell_count, cell_cap;
    struct gx_sheet_row row;
    bool started;   /* gx_sheet_next() was called */
    bool converted; /* text went through a converter: U+FFFD stands for bad bytes */
};

/* Each opens its format: sets reader, impl and what info it knows. */
GX_NODISCARD enum gx_code gx_csv_open(struct gx_sheet *sheet);
GX_NODISCARD enum gx_code gx_xlsx_in_open(struct gx_sheet *sheet);
GX_NODISCARD enum gx_code gx_ndjson_open(struct gx_sheet *sheet);

/* Say what is wrong with this row; the first word counts. */
void gx_sheet_problem(struct gx_sheet *sheet, enum gx_code code, enum gx_message message);
/* Append a cell; past GX_SHEET_COLUMNS_MAX it is dropped and the row gets a problem. */
void gx_sheet_cell(struct gx_sheet *sheet, enum gx_cell_kind kind, struct gx_str text);
/*
 * `raw` as the text of a cell: NUL left out, bytes that are not UTF-8 replaced (problem), NFC, not
 * too long (problem).  The result is `raw` itself or lives in sheet->scratch.
 */
struct gx_str gx_sheet_text(struct gx_sheet *sheet, struct gx_str raw);
/* Nothing but ASCII without NUL: such a text needs no further look. */
bool gx_sheet_is_plain(struct gx_str s);
/* True if no cell of the current row has a value. */
bool gx_sheet_is_blank(const struct gx_sheet *sheet);
/* header.c: find the header row, name the columns; leaves the reader at the first row. */
GX_NODISCARD enum gx_code gx_sheet_header(struct gx_sheet *sheet);
/* The cell without the apostrophe that gx_csv_row() put before it. */
struct gx_str gx_csv_unneutralise(struct gx_str cell);

#endif
