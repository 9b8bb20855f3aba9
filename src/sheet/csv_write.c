/* csv_write.c - rows of CSV, safe to open in a spreadsheet; see sheet.h. */
#include "sheet/sheet.h"
#include "sheet/sheet_int.h"

/* Bytes of the blank or quote at the front of `s` that a spreadsheet may look past; 0: none. */
static size_t looked_past(struct gx_str s)
{
    static const char *const marks[] = {
        "\"", "'", " ", "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF", "\xE2\x80\x8B"
    };
    for (size_t i = 0; i < GX_COUNT(marks); i++)
        if (gx_str_starts(s, gx_str_c(marks[i])))
            return strlen(marks[i]);
    return 0;
}

/* = + - @ and their full-width forms, TAB, CR, LF: at the front, or after blanks and quotes. */
static bool is_dangerous(struct gx_str cell)
{
    static const char *const starts[] = { "=",
                                          "+",
                                          "-",
                                          "@",
                                          "\t",
                                          "\r",
                                          "\n",
                                          "\xEF\xBC\x9D",
                                          "\xEF\xBC\x8B",
                                          "\xEF\xBC\x8D",
                                          "\xEF\xBC\xA0" };
    for (size_t n; (n = looked_past(cell)) > 0;)
        cell = gx_str_from(cell, n);
    for (size_t i = 0; i < GX_COUNT(starts); i++)
        if (gx_str_starts(cell, gx_str_c(starts[i])))
            return true;
    return false;
}

static size_t digits(struct gx_str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
        n++;
    return n;
}

/* -12.50, +886912345678, 1e-5: nothing that could do harm. */
static bool is_number(struct gx_str s)
{
    size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
    size_t n = digits(s, at);
    at += n;
    if (at < s.n && s.p[at] == '.') {
        size_t fraction = digits(s, at + 1);
        n += fraction;
        at += 1 + fraction;
    }
    if (n == 0)
        return false;
    if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at += at + 1 < s.n && (s.p[at + 1] == '-' || s.p[at + 1] == '+') ? 2 : 1;
        size_t exponent = digits(s, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == s.n;
}

static bool needs_quotes(struct gx_str cell)
{
    if (cell.n == 0)
        return false;
    if (strchr(" \t'", cell.p[0]) || strchr(" \t", cell.p[cell.n - 1]))
        return true;
    for (size_t i = 0; i < cell.n; i++)
        if (strchr(",;\t|\"\r\n\x1A", cell.p[i])) /* strchr finds NUL too */
            return true;
    return false;
}

static void add_quoted(struct gx_buf *out, struct gx_str cell)
{
    gx_buf_addc(out, '"');
    for (;;) {
        size_t n = gx_str_find(cell, '"');
        gx_buf_add(out, (struct gx_str){ cell.p, n });
        if (n == cell.n)
            break;
        gx_buf_addz(out, "\"\"");
        cell = gx_str_from(cell, n + 1);
    }
    gx_buf_addc(out, '"');
}

void gx_csv_row(struct gx_buf *out, const struct gx_str *cells, size_t n, bool neutralise)
{
    for (size_t i = 0; i < n; i++) {
        struct gx_str cell = cells[i];
        if (i)
            gx_buf_addc(out, ',');
        if (neutralise && is_dangerous(cell) && !is_number(cell)) {
            gx_buf_addz(out, "\"'");
            /* the rest of the quoted cell follows the apostrophe */
            size_t at = out->n;
            add_quoted(out, cell);
            if (!out->overflow) {
                memmove(out->p + at, out->p + at + 1, out->n - at - 1);
                out->n--;
            }
        } else if (needs_quotes(cell) || (n == 1 && cell.n == 0)) {
            add_quoted(out, cell);
        } else {
            gx_buf_add(out, cell);
        }
    }
    gx_buf_addz(out, "\r\n");
}

struct gx_str gx_csv_unneutralise(struct gx_str cell)
{
    if (cell.n > 1 && cell.p[0] == '\'' && is_dangerous(gx_str_from(cell, 1)))
        return gx_str_from(cell, 1);
    return cell;
}
