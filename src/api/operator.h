/*
 * operator.h - what the operator's endpoints share.
 *
 * Layer: api.
 */
#ifndef GX_API_OPERATOR_H
#define GX_API_OPERATOR_H

#include "api/app.h"
#include "operator/bill.h"

/*
 * Is this the operator's own tenant, with the pack "operator" in use?  GX_E_NOT_FOUND.  Who may is
 * said by the routes: .who = GX_WHO_ADMIN.
 */
GX_NODISCARD enum gx_code gx_req_operator(struct gx_req *req);
/* The system's scope over the same connection: what the program itself writes of the operator's. */
struct gx_scope *gx_operator_scope(struct gx_req *req, const char *reason);

/* "2026-11-01", "2026-11-30" as days; the whole of last month when both are empty.  GX_E_INVALID.
 */
GX_NODISCARD enum gx_code gx_operator_days(struct gx_req *req, struct gx_str from, struct gx_str to,
                                           struct gx_bill_span *ret_days);

#endif
