/*
 * quota.h - what a tenant may use, and what it does: seats, records, bytes of files.
 *
 * Asked right before something is added, on the writer.  While the limit is far, asking costs a
 * comparison: what was counted last, with all that was added since (also what was taken back), is
 * never less than what there is.  Near the limit it is counted again, so nobody is refused for
 * what is deleted.
 *
 * Layer: meta.
 */
#ifndef GX_META_QUOTA_H
#define GX_META_QUOTA_H

#include "meta/tenant.h"

/* From now on; 0 of each: as much as it likes.  From any thread. */
void gx_quota_limit(struct gx_tenant *tenant, int64_t seats, int64_t records, int64_t file_bytes);
/* May `more` of it come?  They count as added.  GX_E_PLAN. */
GX_NODISCARD enum gx_code gx_quota_take(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                        struct gx_conn *conn, enum gx_quota_kind kind,
                                        int64_t more);
/* Are its records counted? */
bool gx_quota_counts(const struct gx_object *object);
/* How much there is now, by counting it. */
GX_NODISCARD enum gx_code gx_quota_count(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                         struct gx_conn *conn, enum gx_quota_kind kind,
                                         int64_t *ret_count);

#endif
