/*
 * import_schema.h - the replies of the import endpoints, for the document of the API.
 *
 * Layer: api.
 */
#ifndef GX_API_IMPORT_SCHEMA_H
#define GX_API_IMPORT_SCHEMA_H

#include "json/schema.h"

extern const struct gx_schema gx_import_out[];
extern const struct gx_schema gx_imports_out[];
extern const struct gx_schema gx_import_rows_out[];
extern const struct gx_schema gx_import_stream_out[];

#endif
