/*
 * token_int.h - what the files of the splitter share.
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

enum {
    /* First bytes of the tokens of numbers: digits from the end, digits from the front. */
    GX_TOKEN_MARK_REVERSED = 1,
    GX_TOKEN_MARK_FORWARD = 2,
    /* First byte of a packed document; behind it each token with its length in a byte before. */
    GX_TOKEN_MARK_PACKED = 3,
};

struct gx_token_splitter {
    struct gx_token_reader reader;
    bool query;
    gx_token_emit emit;
    void *p;
    bool either; /* for the next token */
};

static inline const struct gx_token_char *gx_token_at(const struct gx_token_splitter *s, size_t i)
{
    return &s->reader.chars[i];
}

static inline bool gx_token_is_digit(const struct gx_token_char *c)
{
    return c->c >= '0' && c->c <= '9';
}

/* `from` and `to` count from the start of the stretch. */
void gx_token_emit_text(struct gx_token_splitter *s, struct gx_str text, size_t from, size_t to,
                        bool prefix);

/* Stands between two words of one chunk: "smith-jones", "1,000", "li@example.com". */
bool gx_token_is_joint(const struct gx_token_splitter *s, size_t i);

/*
 * The number that the digits from i to end make.  A document gives it from the end only: from
 * the front it is a word among others; `plus` says that it begins with a country code.
 */
void gx_token_number(struct gx_token_splitter *s, size_t i, size_t end, bool plus);

/* How far phone numbers with spaces have been looked for. */
struct gx_token_phones {
    size_t greedy, careful;
};

/* Phone numbers with spaces that begin at i; a document gives the greedy and a careful reading. */
void gx_token_split_phones(struct gx_token_splitter *s, size_t i, struct gx_token_phones *seen);

#endif
