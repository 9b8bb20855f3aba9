/*
 * operator_export.h - a tenant's data as one file, made in the background for who runs the house.
 *
 * One at a time, on a thread of its own: a copy of the tenant's store (gx_house_export()), packed
 * into a ZIP in the spool.  The newest few are in memory, and their files in the spool, for a day
 * or until the program ends.  The tenant's own log says that it was taken out.
 *
 * Layer: api.
 */
#ifndef GX_API_OPERATOR_EXPORT_H
#define GX_API_OPERATOR_EXPORT_H

#include "house/house.h"

struct gx_operator_exports;

GX_NODISCARD enum gx_code gx_operator_exports_start(struct gx_arena *arena, struct gx_house *house,
                                                    const char *spool_dir,
                                                    struct gx_operator_exports **ret_exports);
void gx_operator_exports_stop(struct gx_operator_exports *exports);

#endif
