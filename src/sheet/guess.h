/*
 * guess.h - which column of a file is which field.
 *
 * A proposal for people to correct: the header is compared with each field's name and labels, in
 * whichever language, with a table of words that usually mean the same (synonyms.def), and, for
 * misspellings, by nearness.
 *
 * Layer: sheet.  Pure.
 */
#ifndef GX_SHEET_GUESS_H
#define GX_SHEET_GUESS_H

#include "base/arena.h"

enum {
    GX_GUESS_SURE = 900, /* says the same */
    GX_GUESS_MIN = 600,  /* less is not proposed */
};

struct gx_guess_field {
    struct gx_str name;         /* "tax_id" */
    const struct gx_str *words; /* labels in every language, and names of its own */
    size_t word_count;
};

struct gx_guess {
    size_t field; /* SIZE_MAX: none */
    int score;    /* GX_GUESS_MIN to 1000; 0: none */
};

/* One guess for each column, in `arena`.  No field is given to two columns. */
const struct gx_guess *gx_sheet_guess(struct gx_arena *arena, const struct gx_str *columns,
                                      size_t column_count, const struct gx_guess_field *fields,
                                      size_t field_count);

#endif
