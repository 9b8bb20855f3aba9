/*
 * duplicates.h - records that may stand for the same customer as another one.
 *
 * What tells customers apart: the name as search folds it, phone numbers in any notation and in
 * any field, e-mail addresses, and codes such as a tax id.  A number or address that more than
 * GX_DUPLICATES_SHARED_MAX others have is a switchboard and tells nothing.  Only records that the
 * scope may read are found; nothing is merged here.
 *
 * Layer: quality.
 */
#ifndef GX_QUALITY_DUPLICATES_H
#define GX_QUALITY_DUPLICATES_H

#include "access/scope.h"
#include "json/write.h"

enum { GX_DUPLICATES_MAX = 10, GX_DUPLICATES_SHARED_MAX = 3 };

/*
 * Append {"record": {"id", "title"}, "fields": [names of what is alike]} for each to an open
 * array, the likeliest first.  GX_E_NOT_FOUND: no such record for this scope; GX_E_FORBIDDEN;
 * GX_E_LIMIT: it took longer than GX_LIST_PATIENCE_S (store/list.h).
 */
GX_NODISCARD enum gx_code gx_duplicates_of(struct gx_scope *scope, const struct gx_object *object,
                                           int64_t id, struct gx_jw *w);
/*
 * The same for a record that is still being typed: a JSON object of texts by field.  Others are
 * left aside, and so is what is no phone number or address yet.  GX_E_INVALID: an unknown field.
 */
GX_NODISCARD enum gx_code gx_duplicates_like(struct gx_scope *scope, const struct gx_object *object,
                                             const struct gx_json *typed, struct gx_jw *w);

#endif
