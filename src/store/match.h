/*
 * match.h - which record does a row of a file or a bulk call mean?
 *
 * Layer: store.
 */
#ifndef GX_STORE_MATCH_H
#define GX_STORE_MATCH_H

#include "store/record.h"

/* A stored field that rows may be matched by.  GX_E_INVALID. */
GX_NODISCARD enum gx_code gx_match_field(struct gx_scope *scope, const struct gx_object *object,
                                         struct gx_str name, const struct gx_field **ret_field);
/*
 * The record whose `fields` are all as in the input, among those the scope may read; text is
 * compared folded.  *ret_id is 0 when there is none or a value is empty.  GX_E_INVALID: more
 * than one.
 */
GX_NODISCARD enum gx_code gx_match_find(struct gx_scope *scope, const struct gx_object *object,
                                        const struct gx_field *const *fields, size_t count,
                                        const struct gx_input *input, int64_t *ret_id);

/*
 * The same, but all of them (up to `max`) into `ret_ids`; none when this scope
 * may read no record of the object.
 */
GX_NODISCARD enum gx_code gx_match_all(struct gx_scope *scope, const struct gx_object *object,
                                       const struct gx_field *const *fields, size_t count,
                                       const struct gx_input *input, int64_t *ret_ids, size_t max,
                                       size_t *ret_count);

#endif
