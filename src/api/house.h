/*
 * house.h - what the operator's routes share.
 *
 * Layer: api.
 */
#ifndef GX_API_HOUSE_H
#define GX_API_HOUSE_H

#include "json/write.h"
#include "net/router.h"

struct gx_house_usage;

/* Words for enum gx_tenant_state, NULL-ended; and back, -1: none. */
extern const char *const gx_house_states[];
int gx_house_state_of(struct gx_str word);
/* Put into the front's log: who did what with the tenant `name`.  Not on the writer. */
GX_NODISCARD enum gx_code gx_house_note(struct gx_req *req, struct gx_str name, const char *what);
/* One day as JSON. */
void gx_house_usage_write(struct gx_req *req, struct gx_jw *w, const struct gx_house_usage *u);

#endif
