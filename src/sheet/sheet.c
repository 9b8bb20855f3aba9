/* sheet.c - open a file of any format, hand out its data rows; see sheet.h. */
#include "sheet/sheet.h"

#include "base/assert.h"
#include "base/text.h"
#include "sheet/sheet_int.h"

enum { HEAD_BYTES = 64 << 10 };

static bool has(struct gx_str head, const char *what, size_t n)
{
    return gx_str_search(head, (struct gx_str){ what, n }) != SIZE_MAX;
}

static enum gx_code refuse(struct gx_sheet *sheet, const char *kind)
{
    return gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_KIND, gx_str_c(kind));
}

/* The kinds of file that are taken for tables and are none, by how they begin. */
static enum gx_code refuse_others(struct gx_sheet *sheet, struct gx_str head)
{
    static const struct {
        const char *magic;
        size_t n;
        const char *kind;
    } kinds[] = {
        { "%PDF-", 5, "PDF" },      { "\x89PNG", 4, "PNG" },    { "\xFF\xD8\xFF", 3, "JPEG" },
        { "GIF8", 4, "GIF" },       { "<html", 5, "HTML" },     { "<HTML", 5, "HTML" },
        { "<!DOCTYPE", 9, "HTML" }, { "<!doctype", 9, "HTML" }, { "<table", 6, "HTML" },
        { "<?xml", 5, "XML" },      { "{\\rtf", 5, "RTF" },     { "SQLite format 3", 16, "SQLite" },
        { "PAR1", 4, "Parquet" },
    };
    static const struct {
        const char *magic;
        size_t n;
        const char *kind;
    } packed[] = {
        { "\x1F\x8B", 2, "gzip" },  { "\x28\xB5\x2F\xFD", 4, "zstd" },    { "BZh", 3, "bzip2" },
        { "\xFD\x37zXZ", 5, "xz" }, { "7z\xBC\xAF\x27\x1C", 6, "7-Zip" }, { "Rar!", 4, "RAR" },
    };
    if (gx_str_starts(head, GX_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))) {
        /* The name of the stream, in UTF-16. */
        static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
        if (has(head, encrypted, sizeof encrypted))
            return gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_ENCRYPTED);
        return refuse(sheet, ".xls");
    }
    for (size_t i = 0; i < GX_COUNT(packed); i++)
        if (gx_str_starts(head, (struct gx_str){ packed[i].magic, packed[i].n }))
            return gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_PACKED,
                           gx_str_c(packed[i].kind));
    if (gx_str_starts(head, GX_STR("\xEF\xBB\xBF")))
        head = gx_str_from(head, 3);
    head = gx_str_trim(head);
    for (size_t i = 0; i < GX_COUNT(kinds); i++)
        if (gx_str_starts(head, (struct gx_str){ kinds[i].magic, kinds[i].n }))
            return refuse(sheet, kinds[i].kind);
    return GX_OK;
}

/* {"… or [{…: what a CSV file can hardly begin with. */
static bool is_json(struct gx_str head)
{
    if (gx_str_starts(head, GX_STR("\xEF\xBB\xBF")))
        head = gx_str_from(head, 3);
    head = gx_str_trim(head);
    if (head.n < 2 || (head.p[0] != '{' && head.p[0] != '['))
        return false;
    struct gx_str next = gx_str_trim(gx_str_from(head, 1));
    if (head.p[0] == '{')
        return next.n && (next.p[0] == '"' || next.p[0] == '}');
    return next.n && (next.p[0] == '{' || (next.p[0] == ']' && next.n == 1));
}

static enum gx_code open_format(struct gx_sheet *sheet)
{
    struct gx_ctx *ctx = sheet->ctx;
    char *head = gx_arena_alloc(ctx->arena, HEAD_BYTES);
    size_t n;
    GX_TRY(gx_source_peek(ctx, &sheet->source, 0, head, HEAD_BYTES, &n));
    struct gx_str start = { head, n };
    enum gx_sheet_format format = sheet->options.format;
    GX_TRY(refuse_others(sheet, start));
    if (format == GX_SHEET_AUTO) {
        if (gx_str_starts(start, GX_STR("PK\x03\x04")) ||
            gx_str_starts(start, GX_STR("PK\x05\x06")))
            format = GX_SHEET_XLSX;
        else
            format = is_json(start) ? GX_SHEET_NDJSON : GX_SHEET_CSV;
    }
    sheet->info.format = format;
    if (format == GX_SHEET_XLSX)
        return gx_xlsx_in_open(sheet);
    return format == GX_SHEET_NDJSON ? gx_ndjson_open(sheet) : gx_csv_open(sheet);
}

static void free_sheet(void *p)
{
    struct gx_sheet *sheet = p;
    gx_arena_free(&sheet->scratch);
    gx_buf_free(&sheet->cell_buf);
}

static enum gx_code open_source(struct gx_ctx *ctx, struct gx_source source,
                                const struct gx_sheet_options *options, struct gx_sheet **ret_sheet)
{
    struct gx_sheet *sheet = GX_ARENA_NEW(ctx->arena, struct gx_sheet);
    gx_arena_defer(ctx->arena, free_sheet, sheet);
    sheet->ctx = ctx;
    sheet->source = source;
    sheet->options = (struct gx_sheet_options){ .header_row = -1 };
    if (options)
        sheet->options = *options;
    sheet->info.encoding = GX_STR("UTF-8");
    sheet->info.encoding_sure = true;
    sheet->info.file_bytes = source.size;
    GX_TRY(open_format(sheet));
    gx_assert(sheet->reader);
    if (sheet->info.format != GX_SHEET_NDJSON) /* its columns are keys */
        GX_TRY(gx_sheet_header(sheet));
    sheet->info.nul_count = 0; /* those are met again */
    *ret_sheet = sheet;
    return GX_OK;
}

enum gx_code gx_sheet_open(struct gx_ctx *ctx, const char *path,
                           const struct gx_sheet_options *options, struct gx_sheet **ret_sheet)
{
    struct gx_source source;
    GX_TRY(gx_source_open(ctx, path, &source));
    return open_source(ctx, source, options, ret_sheet);
}

enum gx_code gx_sheet_open_bytes(struct gx_ctx *ctx, struct gx_str bytes,
                                 const struct gx_sheet_options *options,
                                 struct gx_sheet **ret_sheet)
{
    return open_source(ctx, gx_source_bytes(bytes), options, ret_sheet);
}

const struct gx_sheet_info *gx_sheet_info(const struct gx_sheet *sheet)
{
    return &sheet->info;
}

void gx_sheet_problem(struct gx_sheet *sheet, enum gx_code code, enum gx_message message)
{
    if (sheet->row.problem != GX_OK)
        return;
    sheet->row.problem = code;
    sheet->row.problem_message = message;
}

void gx_sheet_cell(struct gx_sheet *sheet, enum gx_cell_kind kind, struct gx_str text)
{
    if (sheet->cell_count == sheet->cell_cap) {
        if (sheet->cell_count == GX_SHEET_COLUMNS_MAX) {
            gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_ROW_COLUMNS);
            return;
        }
        size_t more = sheet->cell_cap ? sheet->cell_cap : 32;
        sheet->cell_buf.n = sheet->cell_count * sizeof *sheet->cells;
        gx_assert(gx_buf_reserve(&sheet->cell_buf, more * sizeof *sheet->cells));
        sheet->cells = (struct gx_cell *)(void *)sheet->cell_buf.p;
        sheet->cell_cap = sheet->cell_count + more;
        if (sheet->cell_cap > GX_SHEET_COLUMNS_MAX)
            sheet->cell_cap = GX_SHEET_COLUMNS_MAX;
    }
    sheet->cells[sheet->cell_count++] = (struct gx_cell){ kind, text };
}

bool gx_sheet_is_blank(const struct gx_sheet *sheet)
{
    for (size_t i = 0; i < sheet->cell_count; i++)
        if (sheet->cells[i].text.n)
            return false;
    return sheet->row.problem == GX_OK;
}

/* How many bytes at the front of `s` are one UTF-8 character; 0: none is. */
static size_t char_bytes(struct gx_str s)
{
    for (size_t n = 1; n <= 4 && n <= s.n; n++)
        if (gx_text_valid((struct gx_str){ s.p, n }))
            return n;
    return 0;
}

/* A copy without NUL, with U+FFFD for each byte that is not UTF-8. */
static struct gx_str repair(struct gx_sheet *sheet, struct gx_str raw, bool *ret_bad)
{
    char *out = gx_arena_alloc(&sheet->scratch, raw.n * 3 + 1);
    size_t n = 0;
    for (size_t i = 0, len; i < raw.n; i += len ? len : 1) {
        len = char_bytes(gx_str_from(raw, i));
        if (len == 1 && raw.p[i] == 0) {
            sheet->info.nul_count++;
            continue;
        }
        memcpy(out + n, len ? raw.p + i : "\xEF\xBF\xBD", len ? len : 3);
        n += len ? len : 3;
        *ret_bad |= !len;
    }
    return (struct gx_str){ out, n };
}

/* Cut between characters. */
static struct gx_str cut(struct gx_str s, size_t max)
{
    while (max && ((uint8_t)s.p[max] & 0xC0) == 0x80)
        max--;
    return (struct gx_str){ s.p, max };
}

bool gx_sheet_is_plain(struct gx_str s)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    size_t i = 0;
    for (uint64_t word; i + 8 <= s.n; i += 8) {
        memcpy(&word, s.p + i, 8);
        if ((word | ((word - ones) & ~word)) & high)
            return false;
    }
    for (; i < s.n; i++)
        if ((s.p[i] & 0x80) || !s.p[i])
            return false;
    return true;
}

struct gx_str gx_sheet_text(struct gx_sheet *sheet, struct gx_str raw)
{
    struct gx_str clean;
    bool bad = false;
    if (raw.n > GX_SHEET_CELL_BYTES_MAX) {
        gx_sheet_problem(sheet, GX_E_LIMIT, GX_M_SHEET_CELL_BYTES);
        raw = cut(raw, GX_SHEET_CELL_BYTES_MAX);
    }
    if (gx_sheet_is_plain(raw))
        return raw;
    if (!gx_text_valid(raw) || gx_str_find(raw, 0) < raw.n)
        raw = repair(sheet, raw, &bad);
    if (sheet->converted && gx_str_search(raw, GX_STR("\xEF\xBF\xBD")) != SIZE_MAX)
        bad = true;
    if (bad) {
        sheet->info.damaged = true;
        gx_sheet_problem(sheet, GX_E_SYNTAX, GX_M_SHEET_BAD_BYTES);
    }
    gx_assert(gx_text_clean(&sheet->scratch, raw, &clean) == GX_OK);
    return clean;
}

enum gx_code gx_sheet_next(struct gx_sheet *sheet, struct gx_sheet_row *ret_row, bool *ret_has)
{
    bool has_row;
    sheet->started = true;
    do {
        gx_arena_reset(&sheet->scratch);
        sheet->cell_count = 0;
        sheet->row.problem = GX_OK;
        sheet->row.problem_message = GX_M_NONE;
        GX_TRY(sheet->reader->next(sheet, &has_row));
        if (!has_row) {
            *ret_has = false;
            return GX_OK;
        }
    } while (sheet->row.number <= sheet->info.header_row || gx_sheet_is_blank(sheet));
    while (sheet->cell_count > sheet->info.column_count &&
           sheet->cells[sheet->cell_count - 1].kind == GX_CELL_EMPTY)
        sheet->cell_count--;
    sheet->row.cells = sheet->cells;
    sheet->row.cell_count = sheet->cell_count;
    *ret_row = sheet->row;
    *ret_has = true;
    return GX_OK;
}

enum gx_code gx_sheet_skip(struct gx_sheet *sheet, int64_t number)
{
    gx_assert(!sheet->started);
    bool has_row = true;
    if (number <= sheet->info.header_row)
        return GX_OK;
    while (has_row && sheet->row.number < number) {
        gx_arena_reset(&sheet->scratch);
        sheet->cell_count = 0;
        sheet->row.problem = GX_OK;
        GX_TRY(sheet->reader->next(sheet, &has_row));
    }
    return GX_OK;
}
