/*
 * duck_rows.h - what a result of DuckDB says, as values of ours.
 *
 * Layer: report; for processes that have loaded the library (duck.h).
 */
#ifndef GX_REPORT_DUCK_ROWS_H
#define GX_REPORT_DUCK_ROWS_H

#include "base/buf.h"
#include "report/duck.h"
#include "report/warehouse.h"

struct gx_duck_column {
    struct gx_answer_column as;
    duckdb_type type, decimal; /* `decimal`: how a DECIMAL is stored */
    const void *data;          /* of the chunk at hand */
    uint64_t *valid;           /* NULL: all are */
};

/* The columns of a result, in `arena`.  false: one has a type that must be cast before it is
 * asked for (a list, a structure); *ret_bad says which. */
bool gx_duck_columns(const struct gx_duck *duck, struct gx_arena *arena, duckdb_result *result,
                     struct gx_duck_column **ret_columns, size_t *ret_count, size_t *ret_bad);
/* Look at a chunk: gx_duck_value() reads it until it is destroyed. */
void gx_duck_look(const struct gx_duck *duck, struct gx_duck_column *columns, size_t count,
                  duckdb_data_chunk chunk);
/* Text that had to be written (numbers beyond 63 bits, doubles) lives in `scratch`, which has room
 * for GX_DUCK_SCRATCH bytes. */
enum { GX_DUCK_SCRATCH = 64 };
struct gx_value gx_duck_value(const struct gx_duck_column *column, size_t row, char *scratch);

#endif
