/* sheet_help.h - a table as one text, so that tests can say what they expect in a line. */
#ifndef SHEET_HELP_H
#define SHEET_HELP_H

#include "gx_test.h"
#include "sheet/sheet.h"

/* Cells joined by |, an empty one as ~, rows by /, a broken row begins with !. */
static inline void sheet_show_row(struct gx_buf *out, const struct gx_sheet_row *row)
{
    gx_buf_addz(out, row->problem ? "!" : "");
    for (size_t i = 0; i < row->cell_count; i++) {
        gx_buf_addz(out, i ? "|" : "");
        gx_buf_addz(out, row->cells[i].kind == GX_CELL_EMPTY ? "~" : "");
        gx_buf_add(out, row->cells[i].text);
    }
}

/* "columns/row/row"; an error as "error: code". */
static inline struct gx_str sheet_show(struct gx_ctx *ctx, enum gx_code opened,
                                       struct gx_sheet *sheet)
{
    struct gx_buf out = { 0 };
    struct gx_sheet_row row;
    bool has = true;
    if (opened != GX_OK)
        return gx_arena_printf(ctx->arena, "error: %s", gx_code_wire(opened));
    const struct gx_sheet_info *info = gx_sheet_info(sheet);
    for (size_t i = 0; i < info->column_count; i++) {
        gx_buf_addz(&out, i ? "|" : "");
        gx_buf_add(&out, info->columns[i]);
    }
    enum gx_code code;
    while ((code = gx_sheet_next(sheet, &row, &has)) == GX_OK && has) {
        gx_buf_addc(&out, '/');
        sheet_show_row(&out, &row);
    }
    if (code != GX_OK)
        gx_buf_printf(&out, "/error: %s", gx_code_wire(code));
    struct gx_str shown = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return shown;
}

static inline struct gx_str sheet_show_bytes(struct gx_ctx *ctx, struct gx_str bytes,
                                             const struct gx_sheet_options *options)
{
    struct gx_sheet *sheet = NULL;
    enum gx_code code = gx_sheet_open_bytes(ctx, bytes, options, &sheet);
    return sheet_show(ctx, code, sheet);
}

#endif
