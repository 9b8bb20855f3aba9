/*
 * sheet.h - tabular files: rows of cells in, rows of cells out.
 *
 * One reader interface over CSV/TSV in any encoding, XLSX and NDJSON; it streams, so a file of
 * any size needs a bounded amount of memory, and it can start again at a row (resume).
 * What was detected (encoding, delimiter, header row) is reported, so people can correct it.
 *
 * Layer: sheet.  Pure parsing: it reads the file it is given, nothing else.
 */
#ifndef GX_SHEET_SHEET_H
#define GX_SHEET_SHEET_H

#include "base/buf.h"
#include "base/ctx.h"

enum gx_sheet_format { GX_SHEET_AUTO, GX_SHEET_CSV, GX_SHEET_XLSX, GX_SHEET_NDJSON };

enum {
    GX_SHEET_COLUMNS_MAX = 16384,
    GX_SHEET_CELL_BYTES_MAX = 1 << 20,
    GX_SHEET_ROW_BYTES_MAX = 16 << 20,
    GX_SHEET_UNZIPPED_BYTES_MAX = 512 << 20, /* of an XLSX part that is held in memory */
    GX_SHEET_UNZIPPED_RATIO_MAX = 100,       /* of a part, once it is past 32 MB: a zip bomb */
};

struct gx_sheet_options {
    enum gx_sheet_format format; /* AUTO: by content, not by file name */
    struct gx_str encoding;      /* "" detects; else UTF-8, UTF-16LE, Big5, GB18030, … */
    char delimiter;              /* 0 detects: , ; tab | : */
    char quote;                  /* 0 detects: '"', or '\'' where a file quotes with that */
    int32_t header_row;          /* -1 detects; 0: none, columns are named A, B, …; else from 1 */
    struct gx_str sheet;         /* XLSX: name, "" for the first one with rows */
    bool strip_apostrophe;       /* CSV: an export of ours, see gx_csv_row() */
};

struct gx_sheet_info {
    enum gx_sheet_format format;
    struct gx_str encoding; /* as used; "UTF-8" for XLSX and NDJSON */
    bool encoding_sure;     /* false: guessed from the bytes' statistics */
    char delimiter;
    char quote;
    int32_t header_row;
    const struct gx_str *sheets; /* XLSX: names in order */
    size_t sheet_count;
    struct gx_str sheet;          /* the one being read */
    const struct gx_str *columns; /* header cells, trimmed; empty ones get A, B, …; unique */
    size_t column_count;
    int64_t file_bytes;
    bool damaged;      /* UTF-8 with some bytes that are not; their rows have a problem */
    int64_t nul_count; /* NUL bytes left out so far (no database keeps them in a text) */
};

enum gx_cell_kind {
    GX_CELL_EMPTY,
    GX_CELL_TEXT,   /* XLSX times of day and durations too: "13:30", "27:30", "PT1H2M3S" */
    GX_CELL_NUMBER, /* text is the shortest decimal form, no exponent where it can be avoided */
    GX_CELL_BOOL,   /* text "true" or "false" */
    GX_CELL_DATE,   /* text YYYY-MM-DD */
    GX_CELL_MOMENT, /* text YYYY-MM-DDThh:mm:ss (no zone) */
    GX_CELL_ERROR,  /* text #N/A, #REF! … */
};

struct gx_cell {
    enum gx_cell_kind kind; /* CSV gives only EMPTY and TEXT; "" quoted is TEXT of length 0 */
    struct gx_str text;     /* valid UTF-8, NFC */
};

struct gx_sheet_row {
    int64_t number;      /* row of the file, from 1, header counted */
    int64_t line;        /* CSV: line the row starts on, from 1 (quoted line breaks count) */
    int64_t byte_offset; /* how far the file has been read, for progress */
    const struct gx_cell *cells; /* valid until the next call */
    size_t cell_count;           /* may be fewer or more than the header has */
    enum gx_code problem;        /* GX_OK, or GX_E_SYNTAX / GX_E_LIMIT for this row alone */
    enum gx_message problem_message;
};

struct gx_sheet;

/*
 * Open `path` and read up to the header.  Lives in ctx->arena.  `options` may be NULL.
 * GX_E_IO: cannot be read.  GX_E_SYNTAX: not a file of a known kind, or broken beyond reading
 * (the message says what).  GX_E_LIMIT: too many columns or too large.  GX_E_NOT_FOUND: no sheet
 * of that name.  GX_E_INVALID: an encoding nobody knows.
 */
GX_NODISCARD enum gx_code gx_sheet_open(struct gx_ctx *ctx, const char *path,
                                        const struct gx_sheet_options *options,
                                        struct gx_sheet **ret_sheet);
/* The same for a file in memory, which must outlive the sheet. */
GX_NODISCARD enum gx_code gx_sheet_open_bytes(struct gx_ctx *ctx, struct gx_str bytes,
                                              const struct gx_sheet_options *options,
                                              struct gx_sheet **ret_sheet);
const struct gx_sheet_info *gx_sheet_info(const struct gx_sheet *sheet);
/*
 * The next data row; *ret_has false at the end.  A broken row has row->problem set.  Rows without
 * any text (blank lines, lines of delimiters) are left out, but counted in row->number.  Empty
 * cells past the last column are left out.  GX_E_IO, GX_E_SYNTAX, GX_E_LIMIT: the rest of the file
 * cannot be read.
 */
GX_NODISCARD enum gx_code gx_sheet_next(struct gx_sheet *sheet, struct gx_sheet_row *ret_row,
                                        bool *ret_has);
/* Skip to the row after `number` (to resume).  Only before the first gx_sheet_next(). */
GX_NODISCARD enum gx_code gx_sheet_skip(struct gx_sheet *sheet, int64_t number);

/* What a CSV file for Excel begins with, or it takes Chinese for Latin. */
#define GX_CSV_BOM "\xEF\xBB\xBF"

/*
 * One CSV row, RFC 4180 with CRLF.  With `neutralise`, a cell that a spreadsheet would run
 * (starts with = + - @ TAB CR LF or a full-width form of them, also after quotes, apostrophes and
 * blanks, and is not a plain number) gets a leading apostrophe.  The reader takes exactly that
 * apostrophe off again with options.strip_apostrophe, so an export comes back as it was.
 */
void gx_csv_row(struct gx_buf *out, const struct gx_str *cells, size_t n, bool neutralise);

/* XLSX out, one sheet; memory does not grow with the rows. */
struct gx_xlsx_column {
    struct gx_str title;
    enum gx_cell_kind kind; /* DATE and MOMENT set the column's format, NUMBER aligns right */
    int32_t width;          /* characters; 0: from kind and title */
};

struct gx_xlsx;

/*
 * Begin a file: title row (bold, frozen, with filter).  `sheet_name` is cut and cleaned to what a
 * workbook allows.  Lives in ctx->arena; a file that is not closed is removed with it.
 * GX_E_IO: cannot be made.  GX_E_LIMIT: too many columns.
 */
GX_NODISCARD enum gx_code gx_xlsx_open(struct gx_ctx *ctx, const char *path,
                                       struct gx_str sheet_name,
                                       const struct gx_xlsx_column *columns, size_t column_count,
                                       struct gx_xlsx **ret_xlsx);
/*
 * Text is always written as text, never as a formula.  A NUMBER with more than 15 digits, which a
 * workbook cannot hold, and a date before 1900-03-01 are written as text too.
 * GX_E_LIMIT: past 1,048,576 rows, 32,767 characters in a cell (CSV takes them).
 */
GX_NODISCARD enum gx_code gx_xlsx_row(struct gx_xlsx *xlsx, const struct gx_cell *cells, size_t n);
/* Finish and write the file.  GX_E_IO: not written (disk full). */
GX_NODISCARD enum gx_code gx_xlsx_close(struct gx_xlsx *xlsx);

#endif
