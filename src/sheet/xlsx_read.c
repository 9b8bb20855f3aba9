/*
 * xlsx_read.c - the rows of a sheet, as the XML parser comes by them; see sheet.h.
 *
 * The parser pauses at the end of each row.  A merged range has its value in its first cell and
 * nothing in the others, as it is in the file.
 */
#include "sheet/xlsx.h"

#include "base/assert.h"
#include "sheet/sheet_int.h"

enum type { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_BOOL, TYPE_ERROR, TYPE_ISO, TYPE_INLINE };

struct reader {
    struct gx_package *package;
    struct gx_xlsx_book book;
    struct gx_xlsx_sheet *sheet;
    struct gx_part *part;
    struct gx_sheet *out;
    /* the row being read */
    int64_t row;
    size_t column; /* of the current cell, from 0 */
    bool in_data, in_row, in_cell;
    /* the cell being read */
    enum type type;
    int64_t style;
    struct gx_buf value, inline_text; /* <v>, <is> */
    bool has_value, has_inline, has_formula;
    bool in_value, in_is, in_text, preserve;
    size_t text_start;
    int phonetic;
};

static enum type cell_type(const char *t)
{
    static const struct {
        const char *name;
        enum type type;
    } types[] = {
        { "s", TYPE_SHARED }, { "str", TYPE_TEXT }, { "b", TYPE_BOOL },
        { "e", TYPE_ERROR },  { "d", TYPE_ISO },    { "inlineStr", TYPE_INLINE },
    };
    for (size_t i = 0; t && i < GX_COUNT(types); i++)
        if (strcmp(types[i].name, t) == 0)
            return types[i].type;
    return TYPE_NUMBER;
}

/* "AB12" → 27; without letters, or too many of them, `otherwise`. */
static size_t column_of(const char *ref, size_t otherwise)
{
    size_t column = 0;
    for (; ref && *ref && column < 1000000; ref++) {
        char c = *ref >= 'a' && *ref <= 'z' ? (char)(*ref - 'a' + 'A') : *ref;
        if (c < 'A' || c > 'Z')
            break;
        column = column * 26 + (size_t)(c - 'A') + 1;
    }
    return column ? column - 1 : otherwise;
}

static void start_row(struct reader *r, const char **atts)
{
    int64_t number;
    struct gx_str text = gx_str_c(gx_part_attr(atts, "r"));
    bool given = gx_str_int64(text, &number) && number > r->row && number <= INT32_MAX;
    r->row = given ? number : r->row + 1;
    r->column = SIZE_MAX;
    r->in_row = true;
}

static void start_cell(struct reader *r, const char **atts)
{
    r->type = cell_type(gx_part_attr(atts, "t"));
    r->column = column_of(gx_part_attr(atts, "r"), r->column + 1);
    if (!gx_str_int64(gx_str_c(gx_part_attr(atts, "s")), &r->style))
        r->style = 0;
    gx_buf_clear(&r->value);
    gx_buf_clear(&r->inline_text);
    r->has_value = r->has_inline = r->has_formula = false;
    r->in_value = r->in_is = r->in_text = false;
    r->phonetic = 0;
    r->in_cell = true;
}

static void on_start(void *user, const char *name, const char **atts)
{
    struct reader *r = user;
    if (strcmp(name, "sheetData") == 0) {
        r->in_data = true;
    } else if (!r->in_data) {
        return;
    } else if (strcmp(name, "row") == 0) {
        start_row(r, atts);
    } else if (!r->in_row) {
        return;
    } else if (strcmp(name, "c") == 0) {
        start_cell(r, atts);
    } else if (!r->in_cell) {
        return;
    } else if (strcmp(name, "v") == 0) {
        r->has_value = r->in_value = true;
    } else if (strcmp(name, "f") == 0) {
        r->has_formula = true;
    } else if (strcmp(name, "is") == 0) {
        r->has_inline = r->in_is = true;
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(name, "t") == 0) {
        r->in_text = r->in_is && !r->phonetic;
        r->text_start = r->inline_text.n;
        r->preserve = gx_xlsx_preserves(atts);
    }
}

static void on_text(void *user, struct gx_str piece)
{
    struct reader *r = user;
    if (r->in_value)
        gx_buf_add(&r->value, piece);
    else if (r->in_text)
        gx_buf_add(&r->inline_text, piece);
}

/* The text in `buf` as a cell, out of the way of the next one. */
static struct gx_cell text_cell(struct reader *r, struct gx_buf *buf)
{
    struct gx_sheet *sheet = r->out;
    if (buf->overflow)
        gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_CELL_BYTES);
    size_t n = buf->n ? gx_xlsx_unescape(buf->p, buf->n) : 0;
    struct gx_str text = gx_arena_str(&sheet->scratch, (struct gx_str){ buf->p, n });
    return (struct gx_cell){ GX_CELL_TEXT, gx_sheet_text(sheet, text) };
}

static struct gx_cell shared_cell(struct reader *r, struct gx_str value)
{
    int64_t index;
    struct gx_str text;
    if (!gx_str_int64(gx_str_trim(value), &index) || !gx_xlsx_string(&r->book, index, &text)) {
        gx_sheet_problem(r->out, GX_E_SYNTAX, GX_M_SHEET_NO_STRING);
        return (struct gx_cell){ .kind = GX_CELL_EMPTY };
    }
    return (struct gx_cell){ GX_CELL_TEXT, gx_sheet_text(r->out, text) };
}

static struct gx_cell bool_cell(struct gx_str value)
{
    bool truth = gx_str_is(value, "1") || gx_str_ieq(value, GX_STR("true"));
    return (struct gx_cell){ GX_CELL_BOOL, truth ? GX_STR("true") : GX_STR("false") };
}

static struct gx_cell number_cell(struct reader *r, struct gx_str value)
{
    const struct gx_format *formats = (const struct gx_format *)(const void *)r->book.formats.p;
    size_t count = r->book.formats.n / sizeof *formats;
    struct gx_format format = { 0 };
    if (r->style >= 0 && (uint64_t)r->style < count)
        format = formats[r->style];
    struct gx_arena *scratch = &r->out->scratch;
    struct gx_cell cell = gx_number_cell(scratch, gx_str_trim(value), format, r->book.date1904);
    if (cell.kind == GX_CELL_TEXT && cell.text.p == gx_str_trim(value).p)
        return text_cell(r, &r->value);
    return cell;
}

static struct gx_cell value_cell(struct reader *r)
{
    struct gx_str value = gx_buf_str(&r->value);
    if (r->type == TYPE_INLINE || (r->has_inline && !r->has_value))
        return text_cell(r, r->has_inline ? &r->inline_text : &r->value);
    if (r->type == TYPE_TEXT)
        return text_cell(r, &r->value);
    if (value.n == 0)
        return (struct gx_cell){ .kind = GX_CELL_EMPTY };
    switch (r->type) {
    case TYPE_SHARED:
        return shared_cell(r, value);
    case TYPE_BOOL:
        return bool_cell(gx_str_trim(value));
    case TYPE_ERROR: {
        struct gx_cell cell = text_cell(r, &r->value);
        cell.kind = GX_CELL_ERROR;
        return cell;
    }
    case TYPE_ISO: {
        struct gx_cell cell = gx_number_iso(&r->out->scratch, value);
        return cell.kind == GX_CELL_TEXT ? text_cell(r, &r->value) : cell;
    }
    default:
        return number_cell(r, value);
    }
}

static void end_cell(struct reader *r)
{
    struct gx_sheet *sheet = r->out;
    r->in_cell = false;
    if (!r->has_value && !r->has_inline) {
        if (r->has_formula)
            gx_sheet_problem(sheet, GX_E_SYNTAX, GX_M_SHEET_NO_VALUE);
        return;
    }
    struct gx_cell cell = value_cell(r);
    if (r->column >= GX_SHEET_COLUMNS_MAX) {
        gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_ROW_COLUMNS);
        return;
    }
    while (sheet->cell_count <= r->column)
        gx_sheet_cell(sheet, GX_CELL_EMPTY, GX_STR(""));
    sheet->cells[r->column] = cell;
}

static void on_end(void *user, const char *name)
{
    struct reader *r = user;
    if (!r->in_data)
        return;
    if (strcmp(name, "c") == 0 && r->in_cell) {
        end_cell(r);
    } else if (strcmp(name, "v") == 0) {
        r->in_value = false;
    } else if (strcmp(name, "is") == 0) {
        r->in_is = false;
    } else if (strcmp(name, "t") == 0) {
        if (r->in_text)
            gx_xlsx_trim(&r->inline_text, r->text_start, r->preserve);
        r->in_text = false;
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic--;
    } else if (strcmp(name, "row") == 0 && r->in_row) {
        r->in_row = r->in_cell = false;
        gx_part_pause(r->part);
    } else if (strcmp(name, "sheetData") == 0) {
        r->in_data = false;
    }
}

static const struct gx_part_events sheet_events = { .start = on_start,
                                                    .end = on_end,
                                                    .text = on_text };

static enum gx_code xlsx_rewind(struct gx_sheet *sheet)
{
    struct reader *r = sheet->impl;
    gx_part_close(r->part);
    r->part = NULL;
    r->row = 0;
    r->in_data = r->in_row = r->in_cell = false;
    return gx_part_open(sheet->ctx, r->package, r->sheet->part, &sheet_events, r, &r->part);
}

static enum gx_code xlsx_next(struct gx_sheet *sheet, bool *ret_has)
{
    struct reader *r = sheet->impl;
    GX_TRY(gx_part_run(sheet->ctx, r->part, ret_has));
    sheet->row.number = sheet->row.line = r->row;
    sheet->row.byte_offset = gx_part_progress(r->part);
    return GX_OK;
}

static const struct gx_sheet_reader xlsx_reader = { .rewind = xlsx_rewind, .next = xlsx_next };

static void free_reader(void *p)
{
    struct reader *r = p;
    gx_buf_free(&r->value);
    gx_buf_free(&r->inline_text);
}

/* Are there any rows with a value? */
static enum gx_code has_rows(struct gx_sheet *sheet, bool *ret_has)
{
    GX_TRY(xlsx_rewind(sheet));
    do {
        gx_arena_reset(&sheet->scratch);
        sheet->cell_count = 0;
        sheet->row.problem = GX_OK;
        GX_TRY(xlsx_next(sheet, ret_has));
    } while (*ret_has && gx_sheet_is_blank(sheet));
    return GX_OK;
}

/* The first sheet that people see and that has rows; else the first. */
static enum gx_code choose_first(struct gx_sheet *sheet, struct reader *r)
{
    for (size_t i = 0; i < r->book.sheet_count; i++) {
        bool has = false;
        r->sheet = &r->book.sheets[i];
        if (r->sheet->hidden)
            continue;
        GX_TRY(has_rows(sheet, &has));
        if (has)
            return GX_OK;
    }
    r->sheet = &r->book.sheets[0];
    return GX_OK;
}

static enum gx_code choose_named(struct gx_sheet *sheet, struct reader *r, struct gx_str name)
{
    struct gx_buf all = { .max = 4096 };
    for (size_t i = 0; i < r->book.sheet_count; i++) {
        if (gx_str_ieq(r->book.sheets[i].name, name)) {
            gx_buf_free(&all);
            r->sheet = &r->book.sheets[i];
            return GX_OK;
        }
        gx_buf_addz(&all, i ? ", " : "");
        gx_buf_add(&all, r->book.sheets[i].name);
    }
    enum gx_code code = gx_fail(sheet->ctx, GX_E_NOT_FOUND, GX_STR("sheet"), GX_M_SHEET_NAME, name,
                                gx_buf_str(&all));
    gx_buf_free(&all);
    return code;
}

/* Zip files that are other things than XLSX. */
static enum gx_code refuse_others(struct gx_sheet *sheet, const struct gx_package *package)
{
    char kind[64];
    size_t n = gx_package_peek(package, GX_STR("mimetype"), kind, sizeof kind);
    const char *what = NULL;
    if (gx_package_has(package, GX_STR("xl/workbook.bin")))
        what = ".xlsb";
    else if (gx_str_starts((struct gx_str){ kind, n }, GX_STR("application/vnd.oasis.")))
        what = ".ods";
    else if (gx_package_has(package, GX_STR("word/document.xml")))
        what = ".docx";
    else if (!gx_package_has(package, GX_STR("[Content_Types].xml")) &&
             !gx_package_has(package, GX_STR("xl/workbook.xml")))
        return gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_PACKED, GX_STR("ZIP"));
    return what ? gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_KIND, gx_str_c(what))
                : GX_OK;
}

enum gx_code gx_xlsx_in_open(struct gx_sheet *sheet)
{
    struct gx_ctx *ctx = sheet->ctx;
    struct reader *r = GX_ARENA_NEW(ctx->arena, struct reader);
    r->out = sheet;
    r->value.max = r->inline_text.max = GX_SHEET_CELL_BYTES_MAX;
    gx_arena_defer(ctx->arena, free_reader, r);
    sheet->impl = r;
    sheet->reader = &xlsx_reader;
    GX_TRY(gx_package_open(ctx, &sheet->source, &r->package));
    GX_TRY(refuse_others(sheet, r->package));
    GX_TRY(gx_xlsx_book_read(ctx, r->package, &r->book));
    if (r->book.sheet_count == 0)
        return gx_fail(ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_EMPTY);
    struct gx_str *names = GX_ARENA_ARRAY(ctx->arena, struct gx_str, r->book.sheet_count);
    for (size_t i = 0; i < r->book.sheet_count; i++)
        names[i] = r->book.sheets[i].name;
    sheet->info.sheets = names;
    sheet->info.sheet_count = r->book.sheet_count;
    GX_TRY(sheet->options.sheet.n ? choose_named(sheet, r, sheet->options.sheet)
                                  : choose_first(sheet, r));
    sheet->info.sheet = r->sheet->name;
    return xlsx_rewind(sheet);
}
