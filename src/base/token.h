/*
 * token.h - the words of a text, as search sees them.
 *
 * Alphabetic scripts: one folded token per word (queries match prefixes).  Chinese, Japanese,
 * Thai, Korean: single characters and pairs, so that a two-character name is one token.
 * Digits: phone numbers are indexed from their end, so the last 4 to 9 digits find them.
 *
 * Layer: base.
 */
#ifndef GX_BASE_TOKEN_H
#define GX_BASE_TOKEN_H

#include "base/str.h"

enum { GX_TOKEN_BYTES_MAX = 64 };

/* Tokens of `text` with their byte range in it.  Query text gives only what must match. */
void gx_token_split(struct gx_str text, bool query,
                    void (*emit)(void *p, struct gx_str token, size_t from, size_t to), void *p);

#endif
