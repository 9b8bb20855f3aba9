/*
 * export.h - all records of a list as a file, streamed.
 *
 * Layer: api.
 */
#ifndef GX_API_EXPORT_H
#define GX_API_EXPORT_H

#include "api/app.h"
#include "store/list.h"

/* Start the reply; `format` is csv, xlsx or ndjson.  Needs the export right. */
GX_NODISCARD enum gx_code gx_export_start(struct gx_req *req, const struct gx_object *object,
                                          const struct gx_list_options *options,
                                          struct gx_str format);

#endif
