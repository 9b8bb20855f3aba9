/*
 * openapi.h - the parts of the OpenAPI document; only for openapi*.c.
 *
 * Layer: api.
 */
#ifndef GX_API_OPENAPI_H
#define GX_API_OPENAPI_H

#include "json/write.h"
#include "meta/meta.h"

/* The member "components" of the document. */
void gx_openapi_components(struct gx_jw *w, struct gx_ctx *ctx, const struct gx_meta *meta);

#endif
