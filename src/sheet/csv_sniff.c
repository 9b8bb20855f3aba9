/*
 * csv_sniff.c - which delimiter, quote and line end a file uses; see csv.h.
 *
 * Each candidate scans the first rows; the one under which most rows have the same number of
 * cells, the first row among them, wins.  Tab and semicolon are preferred to the comma, which
 * stands in texts and decimals, and the colon, which stands in times, comes last.
 */
#include "sheet/csv.h"

#include "sheet/sheet.h"

enum { SAMPLE_BYTES = 64 << 10, ROWS_MAX = 200, COUNTS_MAX = 64 };

struct tally {
    int rows[COUNTS_MAX]; /* how many rows have so many cells */
    int total, broken;
    size_t first; /* cells of the first row */
    int quoted;   /* cells in quotes */
};

static void tally_rows(const struct gx_csv_dialect *d, struct gx_str s, bool last,
                       struct gx_csv_row *row, struct tally *t)
{
    *t = (struct tally){ 0 };
    while (t->total < ROWS_MAX) {
        enum gx_csv_scan got = gx_csv_scan(d, s, last, row);
        if (got == GX_CSV_UNCLOSED)
            t->broken++;
        if (got != GX_CSV_ROW)
            return;
        bool blank = row->span_count == 1 && row->spans[0].n == 0;
        for (size_t i = 0; i < row->span_count; i++)
            t->quoted += row->spans[i].quoted;
        if (!blank) {
            size_t n = row->span_count < COUNTS_MAX ? row->span_count : COUNTS_MAX - 1;
            t->first = t->total ? t->first : row->span_count;
            t->rows[n]++;
            t->total++;
        }
        s = gx_str_from(s, row->bytes);
    }
}

/* 0: this delimiter splits nothing. */
static int rate(const struct tally *t, char delimiter)
{
    size_t best = 0;
    int split = 0;
    for (size_t n = 2; n < COUNTS_MAX; n++) {
        split += t->rows[n];
        if (t->rows[n] > 0 && t->rows[n] >= t->rows[best])
            best = n;
    }
    if (!best)
        return 0;
    int same = t->rows[best] * 1000 / t->total;
    if ((delimiter != ',' && same < 400) ||
        (delimiter == ':' && (t->first != best || t->total < 2)))
        return 0;
    int score = same + split * 300 / t->total + (t->first == best ? 250 : 0) +
                (best < 10 ? (int)best * 5 : 50) - (t->broken ? 400 : 0);
    switch (delimiter) {
    case '\t':
        return score + 150;
    case ';':
    case '|':
        return score + 60;
    case ':':
        return score - 600;
    default:
        return score;
    }
}

/* Only CRs, as old Macs wrote, or mostly. */
static bool ends_with_cr(struct gx_str s)
{
    size_t cr = 0, lf = 0;
    for (size_t i = 0; i < s.n; i++) {
        lf += s.p[i] == '\n';
        cr += s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] != '\n';
    }
    return cr > lf;
}

/* Up to the last line end of the first bytes, so that no row is cut. */
static struct gx_str head(struct gx_str s, bool *last)
{
    if (s.n <= SAMPLE_BYTES)
        return s;
    *last = false;
    return (struct gx_str){ s.p, SAMPLE_BYTES };
}

/* Apostrophes quote when they enclose whole cells, and quotation marks do not. */
static bool quotes_with_apostrophe(struct gx_str s, bool last, char delimiter, bool cr_ends,
                                   struct gx_csv_row *row)
{
    struct gx_csv_dialect d;
    struct tally plain, other;
    gx_csv_dialect_set(&d, delimiter, '"', cr_ends);
    tally_rows(&d, s, last, row, &plain);
    gx_csv_dialect_set(&d, delimiter, '\'', cr_ends);
    tally_rows(&d, s, last, row, &other);
    return !plain.quoted && other.quoted >= 2 && other.quoted * 2 >= other.total && !other.broken;
}

void gx_csv_sniff(struct gx_str sample, bool last, char delimiter, char quote,
                  struct gx_csv_row *scratch, struct gx_csv_dialect *ret_dialect)
{
    static const char delimiters[] = { ',', ';', '\t', '|', ':' };
    sample = head(sample, &last);
    bool cr_ends = ends_with_cr(sample);
    char best = delimiter ? delimiter : ',';
    int best_score = 0;
    for (size_t i = 0; !delimiter && i < GX_COUNT(delimiters); i++) {
        struct tally t;
        gx_csv_dialect_set(ret_dialect, delimiters[i], quote ? quote : '"', cr_ends);
        tally_rows(ret_dialect, sample, last, scratch, &t);
        int score = rate(&t, delimiters[i]);
        if (score > best_score) {
            best_score = score;
            best = delimiters[i];
        }
    }
    if (!quote)
        quote = quotes_with_apostrophe(sample, last, best, cr_ends, scratch) ? '\'' : '"';
    gx_csv_dialect_set(ret_dialect, best, quote, cr_ends);
}
