/*
 * bulk.h - files into bulk tables that packs declare (facts.h): CSV and Parquet, millions of rows.
 *
 * Layer: report.  Waits; not on the writer.
 */
#ifndef GX_REPORT_BULK_H
#define GX_REPORT_BULK_H

#include "report/facts.h"
#include "report/warehouse.h"

enum { GX_BULK_REASONS_MAX = 100 };

struct gx_bulk_reason {
    int64_t row; /* of the file, from 1, without its header */
    struct gx_str why;
};

struct gx_bulk_result {
    int64_t rows, refused; /* taken over; refused, the first of them with reasons */
    struct gx_bulk_reason reasons[GX_BULK_REASONS_MAX];
    size_t reason_count;
};

/*
 * Good rows are taken over in one transaction, with the facts that follow from them; others are
 * told.  GX_E_NOT_FOUND: no pack declares it; GX_E_INVALID: not a file of its columns; GX_E_BUSY.
 */
GX_NODISCARD enum gx_code gx_bulk_load(struct gx_ctx *ctx, struct gx_warehouse *warehouse,
                                       struct gx_str name, const char *path,
                                       struct gx_bulk_result *ret_result);

#endif
