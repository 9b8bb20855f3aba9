/*
 * advice.h - a list that was slow gets an index, or an honest word why it cannot.
 *
 * A first page that took longer than GX_LIST_SLOW_US is looked at: the fields compared for
 * equality and the first sort make an index, which is built by itself in the background while
 * readers go on reading.
 *
 * Layer: store.
 */
#ifndef GX_STORE_ADVICE_H
#define GX_STORE_ADVICE_H

#include "json/write.h"
#include "store/list.h"

/*
 * Write null, or {"took_ms","state","index","reason"}: state "building" (an index was asked for),
 * "built" (there is one), "none" (none can help; `reason` says why in the context's language).
 */
GX_NODISCARD enum gx_code gx_advice_give(struct gx_scope *scope, const struct gx_list *list,
                                         int64_t took_us, struct gx_jw *w);

/*
 * For a list that was given up: the same, without a word.  *ret_building: an index that can help
 * was asked for, now or before.
 */
GX_NODISCARD enum gx_code gx_advice_ask(struct gx_scope *scope, const struct gx_list *list,
                                        int64_t took_us, bool *ret_building);

#endif
