/*
 * token_int.h - what the files of the splitter share: text read into folded characters.
 *
 * Folding must look at a character together with the marks that follow it, tokens must say
 * where they stood in the text as given.  So a stretch of the text at a time is read into an
 * array of folded characters that remember where they came from.
 *
 * Layer: base; only for token*.c.
 */
#ifndef GX_BASE_TOKEN_INT_H
#define GX_BASE_TOKEN_INT_H

#include "base/buf.h"
#include "base/token.h"

enum gx_token_kind {
    GX_TOKEN_BREAK, /* between words */
    GX_TOKEN_WORD,  /* letters and digits of scripts that put spaces between words */
    GX_TOKEN_PAIR,  /* scripts that do not */
};

struct gx_token_char {
    uint32_t c;
    uint32_t from, to; /* from the start of the stretch */
    enum gx_token_kind kind;
};

enum { GX_TOKEN_STRETCH_CHARS = 1024 };

struct gx_token_reader {
    struct gx_str text;
    size_t start; /* of this stretch in the text */
    size_t count; /* of `chars` */
    bool last;    /* the text ends with this stretch */
    struct gx_token_char chars[GX_TOKEN_STRETCH_CHARS];
    struct gx_buf memory; /* to be freed by the owner */
};

/* Read the stretch that begins at r->start. */
void gx_token_read(struct gx_token_reader *r);

#endif
