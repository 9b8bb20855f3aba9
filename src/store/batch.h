/*
 * batch.h - one change of many records: of all that match a filter, of chosen ones, or a block of
 * cells pasted from a spreadsheet.
 *
 * It is previewed first (how many, and what would become of pasted rows), runs on a thread of its
 * own in pieces whose rows and progress commit together, so that a killed program goes on where
 * it was, can be cancelled between two pieces, and is taken back whole from the change log.  Each
 * record is written with the rights of the person who asked; those that are refused are kept with
 * the reasons.  What is created while it runs is left alone.
 *
 * Layer: store.
 */
#ifndef GX_STORE_BATCH_H
#define GX_STORE_BATCH_H

#include "json/write.h"
#include "store/record.h"

struct gx_batch_runner;

enum {
    GX_BATCH_IDS_MAX = 10000,
    GX_BATCH_EXCEPT_MAX = 300,   /* records left out of all that match */
    GX_BATCH_ROWS_MAX = 2000,    /* of a paste */
    GX_BATCH_COLUMNS_MAX = 50,   /* of a paste */
    GX_BATCH_REFUSED_MAX = 1000, /* refused records that are kept; all are counted */
    GX_BATCH_COUNT_US = 2000000, /* a preview's count is given up after this */
};

/* What is asked, and as it is stored in gx_batch.plan. */
struct gx_batch_ask {
    struct gx_str action;    /* update, delete, restore, cells, put, take or relocate */
    struct gx_str filter, q; /* which records … */
    struct gx_ids ids;       /* … or these; of `filter` these left out, when `except` */
    bool except;
    const struct gx_json *values; /* update: a record in part */
    struct gx_strs columns;       /* cells: names of fields … */
    const struct gx_json *rows;   /* … and [{"id": "1", "cells": ["", …]}, …] */
    int64_t book;                 /* put, take: into which, out of which */
    struct gx_str relocation;     /* relocate: the definition's name, kept whole in `values` … */
    struct gx_str reason;         /* … and what the log shall say */
};

/* The thread that works on batches of a tenant, one after another; it goes on with what a program
 * that ended has left. */
GX_NODISCARD enum gx_code gx_batch_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                                struct gx_batch_runner **ret_runner);
void gx_batch_runner_stop(struct gx_batch_runner *runner);

/*
 * {"matched", "allowed", "rows"}: how many records there are to change (null: it would take too
 * long to count), how many of them this person may change, and for cells what each row would
 * become.  GX_E_FORBIDDEN: none of this object.  GX_E_INVALID.
 */
GX_NODISCARD enum gx_code gx_batch_preview(struct gx_scope *scope, const struct gx_object *object,
                                           const struct gx_batch_ask *ask, struct gx_jw *w);
/* Keep it and begin; not on the writer.  As gx_batch_preview(). */
GX_NODISCARD enum gx_code gx_batch_start(struct gx_scope *scope, struct gx_batch_runner *runner,
                                         const struct gx_object *object,
                                         const struct gx_batch_ask *ask, int64_t *ret_id);
/* How it stands, as JSON.  Others' batches are not found, except by an administrator. */
GX_NODISCARD enum gx_code gx_batch_show(struct gx_scope *scope, int64_t id, struct gx_jw *w);
/* Refused and kept records: {"rows": [{"id", "title", "action", "errors"}]}. */
GX_NODISCARD enum gx_code gx_batch_rows(struct gx_scope *scope, int64_t id, struct gx_jw *w);
/* Stop after the piece at hand; what is written stays.  GX_E_CONFLICT: it does not run. */
GX_NODISCARD enum gx_code gx_batch_cancel(struct gx_scope *scope, int64_t id);
/* Take it back, in the background.  GX_E_CONFLICT: it runs, or was taken back already. */
GX_NODISCARD enum gx_code gx_batch_undo(struct gx_scope *scope, struct gx_batch_runner *runner,
                                        int64_t id);

#endif
