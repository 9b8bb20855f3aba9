/*
 * usage.h - what was metered, as records: one for each tenant and day, whatever happens.
 *
 * Layer: operator.  Scopes are the system's, in a tenant with the pack "operator".
 */
#ifndef GX_OPERATOR_USAGE_H
#define GX_OPERATOR_USAGE_H

#include "access/scope.h"

struct gx_usage_figures {
    struct gx_str tenant, state; /* "active", "trial", "suspended" */
    int64_t day;
    int64_t seats, active_users, month_users, records, file_bytes, store_bytes, requests;
};

/* The last day of a tenant that has a record; INT64_MIN: none. */
GX_NODISCARD enum gx_code gx_usage_last(struct gx_scope *scope, struct gx_str tenant,
                                        int64_t *ret_day);
/*
 * On the writer: the record of that day as it is now known.  Metered again, the most seats of the
 * day count, and everything else is as it was metered last.  *ret_changed: something was written.
 */
GX_NODISCARD enum gx_code gx_usage_put(struct gx_scope *scope,
                                       const struct gx_usage_figures *figures, bool *ret_changed);

#endif
