/*
 * outgoing.h - does anything here ask other servers?
 *
 * A confined server (`serve --confine`) gives up the way out before it opens any store, so what a
 * tenant has set up must be known without one: a file `<tenant>.outgoing` in the data folder says
 * that it needs the way out.
 *
 * Layer: meta.
 */
#ifndef GX_META_OUTGOING_H
#define GX_META_OUTGOING_H

#include "base/str.h"

/* From the next start on. */
void gx_outgoing_allow(const char *dir, struct gx_str tenant);
void gx_outgoing_forbid(const char *dir, struct gx_str tenant);
/* Does any tenant of this folder need it? */
bool gx_outgoing_any(const char *dir);

#endif
