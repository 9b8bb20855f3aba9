/* csv_scan.c - find the cells of one row; see csv.h. */
#include "sheet/csv.h"

#include "sheet/sheet.h"

struct scan {
    const struct gx_csv_dialect *d;
    const char *start, *end;
    bool last;
    struct gx_csv_row *row;
};

enum end { END_CELL, END_ROW, END_MORE, END_UNCLOSED, END_NOT_QUOTED };

void gx_csv_dialect_set(struct gx_csv_dialect *dialect, char delimiter, char quote, bool cr_ends)
{
    *dialect = (struct gx_csv_dialect){
        .delimiter = delimiter,
        .quote = quote,
        .cr_ends = cr_ends,
        .line_end = cr_ends ? '\r' : '\n',
    };
    dialect->special[(uint8_t)delimiter] = true;
    dialect->special['\r'] = true;
    dialect->special['\n'] = true;
}

static void add(struct scan *s, const char *from, const char *to, bool quoted, bool doubled)
{
    struct gx_csv_row *row = s->row;
    if (row->span_count == GX_SHEET_COLUMNS_MAX) {
        row->too_many = true;
        return;
    }
    row->spans[row->span_count++] =
        (struct gx_csv_span){ (size_t)(from - s->start), (size_t)(to - from), quoted, doubled };
}

/*
 * Does a cell end at `p`?  END_CELL: at a delimiter; END_ROW: at a line break or the end;
 * END_NOT_QUOTED: no.  *ret_next is after it.
 */
static enum end at_end(const struct scan *s, const char *p, const char **ret_next)
{
    if (p == s->end) {
        *ret_next = p;
        return s->last ? END_ROW : END_MORE;
    }
    *ret_next = p + 1;
    if (*p == s->d->delimiter)
        return END_CELL;
    if (*p == '\n')
        return END_ROW;
    if (*p != '\r')
        return END_NOT_QUOTED;
    if (p + 1 == s->end)
        return s->last ? END_ROW : END_MORE;
    if (p[1] == '\n') {
        *ret_next = p + 2;
        return END_ROW;
    }
    return s->d->cr_ends ? END_ROW : END_NOT_QUOTED;
}

static const char *skip_blanks(const struct scan *s, const char *p)
{
    while (p < s->end && (*p == ' ' || *p == '\t') && *p != s->d->delimiter)
        p++;
    return p;
}

static enum end unquoted(struct scan *s, const char **at)
{
    const char *from = *at, *p = from;
    for (;;) {
        while (p < s->end && !s->d->special[(uint8_t)*p])
            p++;
        enum end e = at_end(s, p, at);
        if (e == END_MORE)
            return e;
        if (e != END_NOT_QUOTED) {
            add(s, from, p, false, false);
            return e;
        }
        p++;
    }
}

/*
 * A quote at `p` inside a quoted cell is followed by more text.  Find the quote that closes the
 * cell on the same line: one before a delimiter or line end.  One that opens the next cell says
 * that there is none, and so does the line's end.
 */
static enum end close_on_line(const struct scan *s, const char *p, const char **ret_quote)
{
    for (; p < s->end; p++) {
        if (*p == s->d->line_end)
            return END_NOT_QUOTED;
        if (*p != s->d->quote)
            continue;
        const char *next;
        enum end e = at_end(s, skip_blanks(s, p + 1), &next);
        if (e == END_MORE)
            return e;
        *ret_quote = p;
        if (e != END_NOT_QUOTED)
            return END_CELL;
        if (p[-1] == s->d->delimiter)
            return END_NOT_QUOTED;
    }
    return s->last ? END_NOT_QUOTED : END_MORE;
}

static void count_lines(struct scan *s, const char *from, const char *to)
{
    for (const char *p = from; (p = memchr(p, '\n', (size_t)(to - p))) != NULL; p++)
        s->row->lines++;
    if (s->d->cr_ends)
        for (const char *p = from; (p = memchr(p, '\r', (size_t)(to - p))) != NULL; p++)
            s->row->lines += p + 1 == to || p[1] != '\n';
}

/* What follows a quote that may close a cell: its end, a doubled quote, or more text. */
static enum end after_quote(const struct scan *s, const char *quote, const char **ret_next)
{
    if (quote + 1 == s->end && !s->last)
        return END_MORE;
    return at_end(s, skip_blanks(s, quote + 1), ret_next);
}

static bool has_line_end(const struct scan *s, const char *from, const char *to)
{
    return memchr(from, s->d->line_end, (size_t)(to - from)) != NULL;
}

/*
 * A cell that begins with a quote at `open`.  `strict`: it must close on this line, and
 * END_NOT_QUOTED at the first quote out of place.
 */
static enum end quoted(struct scan *s, const char *open, bool strict, const char **at)
{
    const char *from = open + 1, *p = from, *end = s->end;
    bool doubled = false, last = s->last, many_lines = false;
    if (s->d->one_line || strict) {
        const char *line_end = memchr(open, s->d->line_end, (size_t)(end - open));
        if (!line_end && !last)
            return END_MORE;
        end = line_end ? line_end : end;
        last = true;
    }
    for (;;) {
        const char *quote = p < end ? memchr(p, s->d->quote, (size_t)(end - p)) : NULL;
        if (!quote)
            return last ? END_UNCLOSED : END_MORE;
        many_lines = many_lines || has_line_end(s, p, quote);
        p = quote + 1;
        if (p < s->end && *p == s->d->quote) {
            doubled = true;
            p++;
            continue;
        }
        enum end e = after_quote(s, quote, at);
        if (e == END_NOT_QUOTED && strict)
            return e;
        if (e == END_NOT_QUOTED && many_lines)
            continue;
        if (e == END_NOT_QUOTED) {
            e = close_on_line(s, quote + 1, &quote);
            if (e == END_CELL)
                e = after_quote(s, quote, at);
        }
        if (e == END_CELL || e == END_ROW) {
            count_lines(s, from, quote);
            add(s, from, quote, true, doubled);
        }
        return e;
    }
}

static enum end cell(struct scan *s, const char **at)
{
    const char *from = *at, *open = from < s->end && *from == ' ' ? skip_blanks(s, from) : from;
    if (open == s->end && !s->last)
        return END_MORE;
    if (open < s->end && *open == s->d->quote) {
        /* Blanks before a quote are dropped only if everything else is as it should be. */
        enum end e = quoted(s, open, open > from, at);
        if (e != END_NOT_QUOTED && (e != END_UNCLOSED || open == from))
            return e;
    }
    *at = from;
    return unquoted(s, at);
}

enum gx_csv_scan gx_csv_scan(const struct gx_csv_dialect *dialect, struct gx_str bytes, bool last,
                             struct gx_csv_row *row)
{
    struct scan s = {
        .d = dialect, .start = bytes.p, .end = bytes.p + bytes.n, .last = last, .row = row
    };
    const char *p = s.start;
    row->span_count = 0;
    row->too_many = false;
    row->lines = 1;
    if (bytes.n == 0)
        return last ? GX_CSV_END : GX_CSV_MORE;
    for (;;) {
        const char *from = p;
        enum end e = cell(&s, &p);
        if (e == END_MORE)
            return GX_CSV_MORE;
        if (e == END_UNCLOSED) {
            add(&s, from, s.end, false, false);
            return GX_CSV_UNCLOSED;
        }
        row->bytes = (size_t)(p - s.start);
        if (e == END_ROW)
            return GX_CSV_ROW;
    }
}
