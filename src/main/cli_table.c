/*
 * cli_table.c - columns that stand under each other, Chinese ones too.
 *
 * A character of East Asian writing takes two columns of a terminal, an accent none.  On a
 * terminal the widest columns are cut until a line fits; into a file everything is written.
 */
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/text.h"
#include "main/cli.h"

enum { COLUMNS_MAX = 64, COLUMN_WIDTH_MIN = 8, GAP = 2, TERMINAL_MAX = 1000 };

struct cell {
    struct cell *next;
    struct gx_str text;
    size_t width;
    bool right;
};

struct gx_table {
    struct gx_cli *cli;
    size_t columns, widths[COLUMNS_MAX];
    struct cell *first, **tail;
    size_t count;
};

static size_t char_width(uint32_t c)
{
    int width = utf8proc_charwidth((utf8proc_int32_t)c);
    return width > 0 ? (size_t)width : 0;
}

size_t gx_cli_width(struct gx_str text)
{
    size_t width = 0, n;
    for (; text.n; text = gx_str_from(text, n))
        width += char_width(gx_text_decode(text, &n));
    return width;
}

/* As much of the text as fits. */
static struct gx_str cut(struct gx_str text, size_t max)
{
    size_t at = 0, width = 0, n;
    while (at < text.n) {
        size_t w = char_width(gx_text_decode(gx_str_from(text, at), &n));
        if (width + w > max)
            break;
        width += w;
        at += n;
    }
    return (struct gx_str){ text.p, at };
}

/* One line: what breaks it becomes a space. */
static struct gx_str one_line(struct gx_arena *arena, struct gx_str text)
{
    char *out = gx_arena_cstr(arena, text);
    for (size_t i = 0; i < text.n; i++)
        if (out[i] == '\n' || out[i] == '\t' || out[i] == '\r')
            out[i] = ' ';
    return (struct gx_str){ out, text.n };
}

static void add(struct gx_table *table, struct gx_str text, bool right)
{
    struct cell *cell = GX_ARENA_NEW(&table->cli->arena, struct cell);
    cell->text = one_line(&table->cli->arena, text);
    cell->width = gx_cli_width(cell->text);
    cell->right = right;
    size_t column = table->count++ % table->columns;
    if (cell->width > table->widths[column])
        table->widths[column] = cell->width;
    *table->tail = cell;
    table->tail = &cell->next;
}

struct gx_table *gx_table_new(struct gx_cli *cli, const char *const *heads, size_t columns)
{
    struct gx_table *table = GX_ARENA_NEW(&cli->arena, struct gx_table);
    table->cli = cli;
    table->columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
    table->tail = &table->first;
    for (size_t i = 0; i < table->columns; i++)
        add(table, gx_str_c(heads[i]), false);
    return table;
}

void gx_table_cell(struct gx_table *table, struct gx_str text)
{
    add(table, text, false);
}

void gx_table_number(struct gx_table *table, struct gx_str text)
{
    add(table, text, true);
}

static size_t total(const struct gx_table *table)
{
    size_t sum = 0;
    for (size_t i = 0; i < table->columns; i++)
        sum += table->widths[i] + GAP;
    return sum ? sum - GAP : 0;
}

static void fit(struct gx_table *table)
{
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0 || size.ws_col > TERMINAL_MAX)
        return;
    while (total(table) > size.ws_col) {
        size_t widest = 0;
        for (size_t i = 1; i < table->columns; i++)
            if (table->widths[i] > table->widths[widest])
                widest = i;
        if (table->widths[widest] <= COLUMN_WIDTH_MIN)
            return;
        table->widths[widest]--;
    }
}

static void print_cell(const struct cell *cell, size_t width, bool last)
{
    struct gx_str text = cell->text;
    size_t used = cell->width;
    if (used > width) {
        text = cut(text, width - 1);
        used = gx_cli_width(text) + 1;
    }
    if (cell->right)
        printf("%*s", (int)(width - used), "");
    gx_cli_print(text);
    if (text.n < cell->text.n)
        fputs("…", stdout);
    if (!cell->right && !last)
        printf("%*s", (int)(width - used), "");
    fputs(last ? "\n" : "  ", stdout);
}

void gx_table_print(struct gx_table *table)
{
    size_t i = 0;
    fit(table);
    for (const struct cell *cell = table->first; cell; cell = cell->next, i++) {
        size_t column = i % table->columns;
        print_cell(cell, table->widths[column], column + 1 == table->columns);
    }
}
