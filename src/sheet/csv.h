/*
 * csv.h - CSV and TSV: where a row ends and what its cells are.
 *
 * RFC 4180, with the liberties that files take: any delimiter, LF, CRLF or CR, blanks around
 * quotes, quotes inside quotes that nobody doubled, quotes in the middle of a cell, no line break
 * at the end.  A quote that is never closed costs its own line, not the rest of the file.
 *
 * Layer: sheet, internal.
 */
#ifndef GX_SHEET_CSV_H
#define GX_SHEET_CSV_H

#include "base/buf.h"

struct gx_csv_dialect {
    char delimiter, quote;
    bool cr_ends;      /* a lone CR ends a row */
    char line_end;     /* CR or LF: where a broken row is taken to end */
    bool one_line;     /* quotes must close on their own line */
    bool special[256]; /* ends an unquoted run: delimiter, CR, LF */
};

/* A cell in the bytes of a row. */
struct gx_csv_span {
    size_t at, n;
    bool quoted;  /* at..n is inside the quotes */
    bool doubled; /* some quotes in it are doubled */
};

enum gx_csv_scan {
    GX_CSV_ROW,
    GX_CSV_MORE,     /* the row does not end in these bytes */
    GX_CSV_UNCLOSED, /* a quote is not closed up to the end; the last span is all from it on */
    GX_CSV_END,      /* no bytes left */
};

struct gx_csv_row {
    struct gx_csv_span *spans; /* GX_SHEET_COLUMNS_MAX of them */
    size_t span_count;
    bool too_many; /* there were more cells than that */
    size_t bytes;  /* of the row, line end included */
    int64_t lines; /* line breaks in it */
};

void gx_csv_dialect_set(struct gx_csv_dialect *dialect, char delimiter, char quote, bool cr_ends);
/* The row at the start of `s`; `last`: the file ends with `s`. */
enum gx_csv_scan gx_csv_scan(const struct gx_csv_dialect *dialect, struct gx_str s, bool last,
                             struct gx_csv_row *row);
/* Guess what is 0 in `delimiter` and `quote` from the first bytes of a file (valid or not). */
void gx_csv_sniff(struct gx_str sample, bool last, char delimiter, char quote,
                  struct gx_csv_row *scratch, struct gx_csv_dialect *ret_dialect);

#endif
