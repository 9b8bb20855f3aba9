/* xlsx_write.c - a workbook with one sheet, row after row, by libxlsxwriter; see sheet.h. */
#include "sheet/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/assert.h"
#include "base/text.h"
#include "base/time.h"
#include "sheet/number.h"

enum {
    ROWS_MAX = 1048576,
    TEXT_CHARS_MAX = 32767,
    NAME_CHARS_MAX = 31,
    NUMBER_DIGITS_MAX = 15,
    WIDTH_MAX = 60,
    SERIAL_OF_1970 = 25569,
    SERIAL_MIN = 61, /* 1900-03-01; before it a workbook counts a day that never was */
};

struct gx_xlsx {
    struct gx_ctx *ctx;
    const char *path;
    lxw_workbook *book; /* NULL: closed */
    lxw_worksheet *sheet;
    lxw_format *date, *moment;
    size_t column_count;
    lxw_row_t row;
    struct gx_buf text; /* of one cell */
};

static enum gx_code fail_write(struct gx_ctx *ctx, const char *why)
{
    return gx_fail(ctx, GX_E_IO, GX_STR(""), GX_M_XLSX_WRITE, gx_str_c(why));
}

static void abandon(void *p)
{
    struct gx_xlsx *x = p;
    gx_buf_free(&x->text);
    if (!x->book)
        return;
    lxw_workbook_free(x->book);
    unlink(x->path);
}

static bool looks_escaped(struct gx_str s)
{
    if (s.n < 7 || s.p[0] != '_' || s.p[1] != 'x' || s.p[6] != '_')
        return false;
    for (int i = 2; i < 6; i++)
        if (!strchr("0123456789abcdefABCDEF", s.p[i]) || !s.p[i])
            return false;
    return true;
}

/* As the file format wants it: what XML cannot hold is _xHHHH_, and so is what looks like that. */
static const char *escape(struct gx_xlsx *x, struct gx_str s)
{
    gx_buf_clear(&x->text);
    for (size_t i = 0, n; i < s.n; i += n) {
        uint32_t c = gx_text_decode(gx_str_from(s, i), &n);
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0xFFFE || c == 0xFFFF)
            gx_buf_printf(&x->text, "_x%04X_", c);
        else if (c == '_' && looks_escaped(gx_str_from(s, i)))
            gx_buf_addz(&x->text, "_x005F_");
        else
            gx_buf_add(&x->text, (struct gx_str){ s.p + i, n });
    }
    gx_buf_addc(&x->text, 0);
    return x->text.p;
}

/* A name that a workbook allows. */
static const char *sheet_title(struct gx_xlsx *x, struct gx_str name)
{
    size_t units = 0;
    gx_buf_clear(&x->text);
    name = gx_str_trim(name);
    for (size_t i = 0, n; i < name.n; i += n) {
        uint32_t c = gx_text_decode(gx_str_from(name, i), &n);
        units += c > 0xFFFF ? 2 : 1;
        if (units > NAME_CHARS_MAX)
            break;
        if (c < 0x20 || (c < 0x80 && strchr("[]:*?/\\'", (int)c)))
            gx_buf_addc(&x->text, '_');
        else
            gx_buf_add(&x->text, (struct gx_str){ name.p + i, n });
    }
    if (x->text.n == 0)
        gx_buf_addz(&x->text, "Sheet1");
    gx_buf_addc(&x->text, 0);
    return x->text.p;
}

/* Chinese, Japanese and Korean characters are twice as wide. */
static double title_width(struct gx_str title)
{
    double width = 0;
    for (size_t i = 0, n; i < title.n; i += n)
        width += gx_text_decode(gx_str_from(title, i), &n) >= 0x1100 ? 2 : 1;
    return width;
}

static double column_width(const struct gx_xlsx_column *column)
{
    double usual = 18, title = title_width(column->title) + 4; /* room for the filter's arrow */
    if (column->width > 0)
        return column->width < 255 ? column->width : 255;
    if (column->kind == GX_CELL_DATE || column->kind == GX_CELL_BOOL)
        usual = 11;
    else if (column->kind == GX_CELL_NUMBER)
        usual = 13;
    else if (column->kind == GX_CELL_MOMENT)
        usual = 19;
    title = title > usual ? title : usual;
    return title < WIDTH_MAX ? title : WIDTH_MAX;
}

static void write_titles(struct gx_xlsx *x, const struct gx_xlsx_column *columns)
{
    lxw_format *bold = workbook_add_format(x->book);
    format_set_bold(bold);
    format_set_bottom(bold, LXW_BORDER_THIN);
    for (size_t i = 0; i < x->column_count; i++) {
        enum gx_cell_kind kind = columns[i].kind;
        lxw_format *format = kind == GX_CELL_DATE     ? x->date
                             : kind == GX_CELL_MOMENT ? x->moment
                                                      : NULL;
        worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(&columns[i]),
                             format);
        worksheet_write_string(x->sheet, 0, (lxw_col_t)i, escape(x, columns[i].title), bold);
    }
    worksheet_freeze_panes(x->sheet, 1, 0);
    x->row = 1;
}

/* The folder of the file, for what is unfinished: it is as private as the file will be. */
static char *folder(struct gx_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return gx_arena_cstr(arena, GX_STR("."));
    return gx_arena_cstr(arena, (struct gx_str){ path, (size_t)(slash - path) + 1 });
}

enum gx_code gx_xlsx_open(struct gx_ctx *ctx, const char *path, struct gx_str sheet_name,
                          const struct gx_xlsx_column *columns, size_t column_count,
                          struct gx_xlsx **ret_xlsx)
{
    if (column_count > GX_SHEET_COLUMNS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_SHEET_ROW_COLUMNS);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        char text[128];
        return fail_write(ctx, strerror_r(errno, text, sizeof text));
    }
    close(fd);
    struct gx_xlsx *x = GX_ARENA_NEW(ctx->arena, struct gx_xlsx);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE };
    x->ctx = ctx;
    x->path = gx_arena_cstr(ctx->arena, gx_str_c(path));
    x->column_count = column_count;
    options.tmpdir = folder(ctx->arena, path);
    x->book = workbook_new_opt(x->path, &options);
    gx_assert(x->book);
    gx_arena_defer(ctx->arena, abandon, x);
    x->sheet = workbook_add_worksheet(x->book, sheet_title(x, sheet_name));
    if (!x->sheet)
        return fail_write(ctx, "worksheet");
    x->date = workbook_add_format(x->book);
    format_set_num_format(x->date, "yyyy-mm-dd");
    x->moment = workbook_add_format(x->book);
    format_set_num_format(x->moment, "yyyy-mm-dd hh:mm:ss");
    write_titles(x, columns);
    *ret_xlsx = x;
    return GX_OK;
}

/* A number that a workbook can hold with all its digits. */
static bool number_of(struct gx_arena *arena, struct gx_str text, double *ret_value)
{
    struct gx_str plain;
    size_t digits = 0;
    if (!gx_number_plain(arena, text, &plain))
        return false;
    for (size_t i = 0; i < plain.n; i++)
        digits += plain.p[i] >= '0' && plain.p[i] <= '9' && (digits || plain.p[i] != '0');
    *ret_value = strtod(gx_arena_cstr(arena, plain), NULL);
    return digits <= NUMBER_DIGITS_MAX;
}

static bool serial_of(const struct gx_cell *cell, double *ret_value)
{
    int64_t days, us;
    if (cell->kind == GX_CELL_DATE && gx_date_parse(cell->text, &days))
        *ret_value = (double)(days + SERIAL_OF_1970);
    else if (cell->kind == GX_CELL_MOMENT && gx_moment_parse(cell->text, 0, &us))
        *ret_value = (double)us / (double)GX_DAY_US + SERIAL_OF_1970;
    else
        return false;
    return *ret_value >= SERIAL_MIN;
}

static lxw_error write_text(struct gx_xlsx *x, lxw_col_t column, struct gx_str text)
{
    if (text.n == 0)
        return LXW_NO_ERROR;
    if (text.n > TEXT_CHARS_MAX && gx_text_length(text) > TEXT_CHARS_MAX)
        return LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED;
    return worksheet_write_string(x->sheet, x->row, column, escape(x, text), NULL);
}

static lxw_error write_cell(struct gx_xlsx *x, struct gx_arena *arena, lxw_col_t column,
                            const struct gx_cell *cell)
{
    double value;
    switch (cell->kind) {
    case GX_CELL_EMPTY:
        return LXW_NO_ERROR;
    case GX_CELL_BOOL:
        return worksheet_write_boolean(x->sheet, x->row, column, gx_str_is(cell->text, "true"),
                                       NULL);
    case GX_CELL_NUMBER:
        if (number_of(arena, cell->text, &value))
            return worksheet_write_number(x->sheet, x->row, column, value, NULL);
        break;
    case GX_CELL_DATE:
    case GX_CELL_MOMENT:
        if (serial_of(cell, &value))
            return worksheet_write_number(x->sheet, x->row, column, value,
                                          cell->kind == GX_CELL_DATE ? x->date : x->moment);
        break;
    case GX_CELL_TEXT:
    case GX_CELL_ERROR:
        break;
    }
    return write_text(x, column, cell->text);
}

enum gx_code gx_xlsx_row(struct gx_xlsx *x, const struct gx_cell *cells, size_t n)
{
    struct gx_arena scratch = { 0 };
    lxw_error error = LXW_NO_ERROR;
    gx_assert(x->book);
    if (x->row >= ROWS_MAX || n > GX_SHEET_COLUMNS_MAX)
        return gx_fail(x->ctx, GX_E_LIMIT, GX_STR(""),
                       n > GX_SHEET_COLUMNS_MAX ? GX_M_SHEET_ROW_COLUMNS : GX_M_XLSX_ROWS);
    for (size_t i = 0; i < n && error == LXW_NO_ERROR; i++)
        error = write_cell(x, &scratch, (lxw_col_t)i, &cells[i]);
    gx_arena_free(&scratch);
    if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
        return gx_fail(x->ctx, GX_E_LIMIT, GX_STR(""), GX_M_XLSX_TEXT,
                       gx_arena_printf(x->ctx->arena, "%u", x->row + 1));
    if (error != LXW_NO_ERROR)
        return fail_write(x->ctx, lxw_strerror(error));
    x->row++;
    return GX_OK;
}

enum gx_code gx_xlsx_close(struct gx_xlsx *x)
{
    gx_assert(x->book);
    if (x->column_count)
        worksheet_autofilter(x->sheet, 0, 0, x->row - 1, (lxw_col_t)(x->column_count - 1));
    lxw_error error = workbook_close(x->book);
    x->book = NULL;
    if (error == LXW_NO_ERROR)
        return GX_OK;
    unlink(x->path);
    return fail_write(x->ctx, lxw_strerror(error));
}
