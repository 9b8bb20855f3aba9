/*
 * token.h - the words of a text, as search sees them.
 *
 * One splitter feeds the index (documents) and the search (queries), so that they agree:
 *   words      alphabetic scripts: folded; a query word also matches words it begins.
 *              Compounds are indexed from each part to the end without their joints, so
 *              "A1B2-33" is found by a1b233, 33 and A1B2, "O'Brien" by obrien and brien;
 *   pairs      Chinese, Japanese, Korean, Thai and other scripts without spaces: documents
 *              give single characters and adjacent pairs, queries the pairs (or the one
 *              character), so a two-character name is one token;
 *   addresses  e-mail addresses whole, besides their parts;
 *   numbers    digits from the front (an order number, a tax id, a phone number being typed),
 *              and from six digits on also from the end, without joints and trunk zeros, so
 *              the last four to nine digits of a phone number find it in any notation.
 *
 * A query token fed in again as a query gives itself and nothing else: the search layer writes
 * tokens as quoted strings into a query of the full-text engine, which splits them once more.
 * To make that so, tokens of numbers begin with a control character no one types.
 *
 * Layer: base.  Thread-safe.
 */
#ifndef GX_BASE_TOKEN_H
#define GX_BASE_TOKEN_H

#include "base/buf.h"

enum { GX_TOKEN_BYTES_MAX = 64 };

struct gx_token {
    struct gx_str text; /* folded, 1 to GX_TOKEN_BYTES_MAX bytes; valid during the call */
    size_t from, to;    /* where it stands in the text given */
    bool prefix;        /* queries: indexed tokens that begin with it match too */
    bool either;        /* queries: it is enough that this or the one before it matches */
};

/* Called for each token, in the order of `from` but for numbers with spaces in them. */
typedef void (*gx_token_emit)(void *p, const struct gx_token *token);

/*
 * The tokens of `text`, which must be valid UTF-8.  Of a query every token must match, except
 * that tokens with `either` are alternatives to the one before.
 */
void gx_token_split(struct gx_str text, bool query, gx_token_emit emit, void *p);

/*
 * The tokens of a document, each once, in a form that gx_token_split() gives back quickly as a
 * document (positions are not kept).  Splitting costs as much as storing: who loads many records
 * does it beforehand, on another thread than the writer's.  To what is packed in `out` already
 * more is added.
 */
void gx_token_pack(struct gx_str text, struct gx_buf *out);

#endif
