/*
 * number.h - numbers of workbooks and JSON as decimal text, and what a number format makes of them.
 *
 * A workbook keeps binary floating point and shows 15 digits of it, so 0.1 + 0.2 is "0.3" here
 * too.  Dates and times are numbers with a format; the format decides the kind of the cell.
 *
 * Layer: sheet, internal.
 */
#ifndef GX_SHEET_NUMBER_H
#define GX_SHEET_NUMBER_H

#include "sheet/sheet.h"

enum gx_format_kind {
    GX_FORMAT_NUMBER,
    GX_FORMAT_DATE,     /* yyyy-mm-dd */
    GX_FORMAT_TIME,     /* hh:mm: a time of day */
    GX_FORMAT_MOMENT,   /* both */
    GX_FORMAT_DURATION, /* [h]:mm */
    GX_FORMAT_ZEROS,    /* 00000000: leading zeros belong to it, as in tax ids */
};

struct gx_format {
    enum gx_format_kind kind;
    int width; /* ZEROS */
};

/* One of the built-in formats by its number. */
struct gx_format gx_format_builtin(int64_t id);
/* A format code, such as "yyyy\-mm\-dd;@" or "[$-404]e/m/d". */
struct gx_format gx_format_code(struct gx_str code);

/*
 * A decimal number as plain decimal text: "1.50E+3" is "1500", "-0.0" is "0".  Exact.  False if
 * `s` is not a number, or one with an exponent outside ±30.
 */
bool gx_number_plain(struct gx_arena *arena, struct gx_str s, struct gx_str *ret_text);
/* The number of a workbook's cell, formatted; TEXT with `raw` if it is not a number. */
struct gx_cell gx_number_cell(struct gx_arena *arena, struct gx_str raw, struct gx_format format,
                              bool date1904);
/* A date or time in ISO 8601 (cells of type "d"). */
struct gx_cell gx_number_iso(struct gx_arena *arena, struct gx_str raw);

#endif
