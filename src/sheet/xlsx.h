/*
 * xlsx.h - what the parts of an XLSX workbook hold, as far as a table needs it.
 *
 * Layer: sheet, internal.
 */
#ifndef GX_SHEET_XLSX_H
#define GX_SHEET_XLSX_H

#include "base/buf.h"
#include "sheet/number.h"
#include "sheet/package.h"

enum { GX_XLSX_SHEETS_MAX = 10000, GX_XLSX_STYLES_MAX = 65536 };

struct gx_xlsx_sheet {
    struct gx_str name, part;
    bool hidden;
};

/* All of the workbook but its sheets' rows. */
struct gx_xlsx_book {
    struct gx_xlsx_sheet *sheets; /* those with cells, in order */
    size_t sheet_count;
    bool date1904;
    struct gx_buf formats;              /* struct gx_format, by style number */
    struct gx_buf strings, string_ends; /* shared strings one after another; size_t each */
};

/* GX_E_SYNTAX, GX_E_LIMIT. */
GX_NODISCARD enum gx_code gx_xlsx_book_read(struct gx_ctx *ctx, struct gx_package *package,
                                            struct gx_xlsx_book *book);
GX_NODISCARD enum gx_code gx_xlsx_styles_read(struct gx_ctx *ctx, struct gx_package *package,
                                              struct gx_str part, struct gx_xlsx_book *book);
GX_NODISCARD enum gx_code gx_xlsx_strings_read(struct gx_ctx *ctx, struct gx_package *package,
                                               struct gx_str part, struct gx_xlsx_book *book);
/* A shared string; false if there is none of that number. */
bool gx_xlsx_string(const struct gx_xlsx_book *book, int64_t index, struct gx_str *ret_string);
/*
 * End of a <t> whose text starts at `start` of `buf`: white space at its ends counts only where
 * xml:space says so.
 */
void gx_xlsx_trim(struct gx_buf *buf, size_t start, bool preserve);
bool gx_xlsx_preserves(const char **atts);
/* _x000D_ and the like as the characters they stand for, in place; returns the new length. */
size_t gx_xlsx_unescape(char *p, size_t n);

#endif
