/*
 * header.c - which row names the columns, and the names.
 *
 * People put a title, a date and blank lines above their tables; machines leave the header out.
 * The first row that is about as wide as the table is the candidate.  It is the header unless it
 * looks like data: numbers, dates, addresses where the rows below have them too, or words that
 * the same column repeats.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "sheet/sheet_int.h"

enum {
    PEEK_ROWS = 40,       /* rows with a value that are looked at */
    TITLE_ROWS_MAX = 20,  /* how far down a header may stand */
    NAME_BYTES_MAX = 200, /* longer is a text, not a name */
    PEEK_CELL_BYTES = NAME_BYTES_MAX + 4,
};

struct peek_row {
    int64_t number;
    size_t width;  /* up to its last value */
    size_t filled; /* cells with a value */
    struct gx_cell *cells;
};

struct peek {
    struct peek_row rows[PEEK_ROWS];
    size_t count;
};

static enum gx_code peek_rows(struct gx_sheet *sheet, struct gx_arena *arena, struct peek *peek)
{
    int64_t wanted = sheet->options.header_row;
    bool has = true;
    peek->count = 0;
    while (peek->count < PEEK_ROWS) {
        gx_arena_reset(&sheet->scratch);
        sheet->cell_count = 0;
        sheet->row.problem = GX_OK;
        GX_TRY(sheet->reader->next(sheet, &has));
        if (!has)
            break;
        if (sheet->row.number < wanted || (gx_sheet_is_blank(sheet) && sheet->row.number != wanted))
            continue;
        struct peek_row *row = &peek->rows[peek->count++];
        *row = (struct peek_row){ .number = sheet->row.number };
        row->cells = GX_ARENA_ARRAY(arena, struct gx_cell, sheet->cell_count + 1);
        for (size_t i = 0; i < sheet->cell_count; i++) {
            struct gx_cell cell = sheet->cells[i];
            struct gx_str text = gx_str_trim(cell.text);
            text.n = text.n > PEEK_CELL_BYTES ? PEEK_CELL_BYTES : text.n;
            row->cells[i] = (struct gx_cell){ cell.kind, gx_arena_str(arena, text) };
            row->filled += text.n > 0;
            row->width = text.n > 0 ? i + 1 : row->width;
        }
    }
    return GX_OK;
}

/* Digits with the signs that numbers, money, percentages, dates and times are written with. */
static bool is_figure(struct gx_str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (!strchr(" -+/.,:$%()TZ", c) || !c)
            return false;
    }
    return digits > 0;
}

/* An e-mail or web address. */
static bool is_address(struct gx_str s)
{
    size_t at = gx_str_find(s, '@');
    bool mail = at > 0 && at < s.n && gx_str_find(gx_str_from(s, at), '.') < s.n - at &&
                gx_str_find(s, ' ') == s.n;
    return mail || gx_str_starts(s, GX_STR("http://")) || gx_str_starts(s, GX_STR("https://"));
}

static bool is_year(struct gx_str s)
{
    return s.n == 4 && (gx_str_starts(s, GX_STR("19")) || gx_str_starts(s, GX_STR("20"))) &&
           is_figure(s);
}

static bool is_value(const struct gx_cell *cell)
{
    switch (cell->kind) {
    case GX_CELL_EMPTY:
        return false;
    case GX_CELL_TEXT:
        return is_figure(cell->text) || is_address(cell->text);
    default:
        return true;
    }
}

static const struct gx_cell *cell_at(const struct peek_row *row, size_t column)
{
    static const struct gx_cell empty = { .kind = GX_CELL_EMPTY };
    return column < row->width ? &row->cells[column] : &empty;
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/*
 * How wide the table is: as wide as most rows (of two widths equally usual, the larger), but not
 * narrower than the middle one of the second half, below whatever titles there are.
 */
static size_t usual_width(const struct peek *peek)
{
    size_t best = 0, best_count = 0, lower[PEEK_ROWS], n = 0;
    for (size_t i = peek->count / 2; i < peek->count; i++)
        lower[n++] = peek->rows[i].width;
    qsort(lower, n, sizeof lower[0], by_size);
    for (size_t i = 0; i < peek->count; i++) {
        size_t count = 0, width = peek->rows[i].width;
        for (size_t k = 0; k < peek->count; k++)
            count += peek->rows[k].width == width;
        if (count > best_count || (count == best_count && width > best)) {
            best = width;
            best_count = count;
        }
    }
    return n && lower[(n - 1) / 2] > best ? lower[(n - 1) / 2] : best;
}

/* The first row as wide as a header must be; 0 when none is. */
static size_t candidate(const struct peek *peek)
{
    size_t usual = usual_width(peek);
    for (size_t i = 0; i < peek->count && i < TITLE_ROWS_MAX; i++) {
        const struct peek_row *row = &peek->rows[i];
        if (row->width * 10 >= usual * 6 && row->filled * 2 >= usual)
            return i;
    }
    return 0;
}

/* What one column says: +1 header above data, -1 the candidate is data, 0 nothing. */
static int column_says(const struct peek *peek, size_t at, size_t column)
{
    const struct gx_cell *top = cell_at(&peek->rows[at], column);
    size_t values = 0, texts = 0, same = 0, years = 0, addresses = 0;
    for (size_t i = at + 1; i < peek->count; i++) {
        const struct gx_cell *cell = cell_at(&peek->rows[i], column);
        values += is_value(cell);
        texts += cell->kind != GX_CELL_EMPTY && cell->text.n && !is_value(cell);
        same += cell->text.n && gx_str_eq(cell->text, top->text);
        years += is_year(cell->text);
        addresses += is_address(cell->text);
    }
    if (top->text.n == 0)
        return 0;
    /* A year above amounts, or an address above plain words, is a name. */
    bool name = (is_year(top->text) && values > 0 && years == 0) ||
                (is_address(top->text) && addresses == 0 && texts + values > 0);
    if (is_value(top) && !name)
        return -1;
    if (values > texts)
        return 1;
    return same > 0 ? -1 : 0;
}

static bool is_header(const struct peek *peek, size_t at)
{
    const struct peek_row *row = &peek->rows[at];
    size_t values = 0;
    int for_it = 0, against = 0;
    for (size_t i = 0; i < row->width; i++) {
        int says = column_says(peek, at, i);
        for_it += says > 0;
        against += says < 0;
        values += says < 0 && is_value(cell_at(row, i));
        if (row->cells[i].text.n > NAME_BYTES_MAX)
            return false;
    }
    if (values * 2 >= row->filled && row->filled)
        return false;
    if (for_it)
        return for_it * 2 >= (int)values;
    return against == 0;
}

struct gx_str gx_sheet_letters(struct gx_arena *arena, size_t column)
{
    char text[8];
    size_t at = sizeof text;
    for (size_t n = column + 1; n && at; n = (n - 1) / 26)
        text[--at] = (char)('A' + (n - 1) % 26);
    return gx_arena_str(arena, (struct gx_str){ text + at, sizeof text - at });
}

/* A header cell as a name: trimmed, each run of white space one blank. */
static struct gx_str tidy(struct gx_arena *arena, struct gx_str cell)
{
    cell = gx_str_trim(cell);
    char *out = gx_arena_alloc(arena, cell.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < cell.n; i++) {
        bool blank = strchr(" \t\r\n", cell.p[i]) && cell.p[i];
        if (!blank || (n && out[n - 1] != ' '))
            out[n++] = blank ? ' ' : cell.p[i];
    }
    return (struct gx_str){ out, n };
}

/* "Name", then "Name (2)", "Name (3)" … */
static struct gx_str unique(struct gx_arena *arena, struct gx_map *taken, struct gx_str name)
{
    int64_t *last = gx_map_get(taken, name);
    if (!last) {
        last = GX_ARENA_NEW(arena, int64_t);
        *last = 1;
        gx_map_set(taken, arena, name, last);
        return name;
    }
    struct gx_str other;
    do
        other = gx_arena_printf(arena, "%.*s (%lld)", GX_STR_ARG(name), (long long)++*last);
    while (gx_map_get(taken, other));
    last = GX_ARENA_NEW(arena, int64_t);
    *last = 1;
    gx_map_set(taken, arena, other, last);
    return other;
}

static void name_columns(struct gx_sheet *sheet, const struct gx_cell *cells, size_t cell_count,
                         size_t count)
{
    struct gx_arena *arena = sheet->ctx->arena;
    struct gx_str *names = GX_ARENA_ARRAY(arena, struct gx_str, count + 1);
    struct gx_map taken = { 0 };
    for (size_t i = 0; i < count; i++) {
        struct gx_str name = i < cell_count ? tidy(arena, cells[i].text) : GX_STR("");
        names[i] = unique(arena, &taken, name.n ? name : gx_sheet_letters(arena, i));
    }
    sheet->info.columns = names;
    sheet->info.column_count = count;
}

/* Read the header row whole (what was peeked at is cut short) and name the columns. */
static enum gx_code read_names(struct gx_sheet *sheet, size_t widest)
{
    bool has = true;
    size_t width = 0;
    do {
        gx_arena_reset(&sheet->scratch);
        sheet->cell_count = 0;
        sheet->row.problem = GX_OK;
        GX_TRY(sheet->reader->next(sheet, &has));
    } while (has && sheet->row.number < sheet->info.header_row);
    if (!has || sheet->row.number != sheet->info.header_row) {
        struct gx_str n = gx_arena_printf(sheet->ctx->arena, "%d", sheet->info.header_row);
        return gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR("header_row"), GX_M_SHEET_HEADER, n);
    }
    if (sheet->row.problem == GX_E_LIMIT)
        return gx_fail(sheet->ctx, GX_E_LIMIT, GX_STR(""), sheet->row.problem_message);
    for (size_t i = 0; i < sheet->cell_count; i++)
        if (gx_str_trim(sheet->cells[i].text).n)
            width = i + 1;
    /* Empty cells at the end of the header are columns only if there is something in them. */
    if (width < sheet->cell_count)
        width = widest < sheet->cell_count ? (widest > width ? widest : width) : sheet->cell_count;
    name_columns(sheet, sheet->cells, sheet->cell_count, width);
    return GX_OK;
}

enum gx_code gx_sheet_header(struct gx_sheet *sheet)
{
    struct gx_arena arena = { 0 };
    struct peek *peek = GX_ARENA_NEW(&arena, struct peek);
    size_t widest = 0;
    int32_t wanted = sheet->options.header_row;
    enum gx_code code = peek_rows(sheet, &arena, peek);
    if (code == GX_OK && peek->count == 0 && wanted <= 0)
        code = gx_fail(sheet->ctx, GX_E_SYNTAX, GX_STR(""), GX_M_SHEET_EMPTY);
    if (code == GX_OK) {
        size_t at = candidate(peek);
        for (size_t i = at; i < peek->count; i++)
            widest = peek->rows[i].width > widest ? peek->rows[i].width : widest;
        sheet->info.header_row = wanted;
        if (wanted < 0)
            sheet->info.header_row = is_header(peek, at) ? (int32_t)peek->rows[at].number : 0;
        code = sheet->reader->rewind(sheet);
    }
    if (code == GX_OK && sheet->info.header_row > 0) {
        code = read_names(sheet, widest);
        if (code == GX_OK)
            code = sheet->reader->rewind(sheet);
    } else if (code == GX_OK) {
        name_columns(sheet, NULL, 0, widest);
    }
    gx_arena_free(&arena);
    sheet->row = (struct gx_sheet_row){ 0 };
    return code;
}
