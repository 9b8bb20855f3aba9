/*
 * search.h - find a record by any word, name, number or address in it.
 *
 * Each searchable object has an index of tokens (base/token.h).  Results are typed and ranked:
 * a title that is what was typed, then titles that begin with it, then the newest of the rest;
 * each says which field matched and where.
 *
 * Layer: store.
 */
#ifndef GX_STORE_SEARCH_H
#define GX_STORE_SEARCH_H

#include "access/scope.h"
#include "json/write.h"

enum { GX_SEARCH_TEXT_BYTES_MAX = 200, GX_SEARCH_LIMIT_MAX = 50 };

/*
 * Append {"object","id","title","subtitle","match":{"field","text","from","to"}} for each hit to
 * an open array.  `object` NULL: all objects the scope may read.  GX_E_LIMIT: the text is too long,
 * or it took longer than GX_LIST_PATIENCE_S (list.h).
 */
GX_NODISCARD enum gx_code gx_search(struct gx_scope *scope, const struct gx_object *object,
                                    struct gx_str q, int limit, struct gx_jw *w);

#endif
