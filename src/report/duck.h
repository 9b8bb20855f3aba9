/*
 * duck.h - DuckDB's library, loaded when it is wanted.
 *
 * Only the processes that hold the warehouse, or run or read a person's SQL, load it: the process
 * that serves people never does, so what goes wrong inside the library cannot reach a record.  It
 * is found beside the program or in /usr/lib/guanxi; without it there is no warehouse, and that is
 * said in words.
 *
 *   struct gx_duck duck;
 *   if (gx_duck_load(ctx, &duck) == GX_OK) duck.open_ext(path, &db, config, &error);
 *
 * The functions are those of duckdb.h without their "duckdb_".  A loaded library stays until the
 * process ends.
 *
 * Layer: report.
 */
#ifndef GX_REPORT_DUCK_H
#define GX_REPORT_DUCK_H

#include <duckdb.h>

#include "base/ctx.h"

struct gx_duck {
#define GX_DUCK(name) __typeof__(duckdb_##name) *name;
#include "report/duck_api.def"
#undef GX_DUCK
};

/* GX_E_IO when the library is not there or lacks a function that we use. */
enum gx_code gx_duck_load(struct gx_ctx *ctx, struct gx_duck *duck);

#endif
