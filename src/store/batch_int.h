/*
 * batch_int.h - what the files of batches share.
 *
 * Layer: store, private to batch*.c.
 */
#ifndef GX_STORE_BATCH_INT_H
#define GX_STORE_BATCH_INT_H

#include "store/batch.h"
#include "store/import_int.h"
#include "store/revert.h"

struct gx_batch_state {
    int64_t id, total, done, changed, same, refused, kept, created_by;
    struct gx_str object, action, state, plan, position, problem;
};

/* The plan as it was stored, with the language of the person who asked. */
struct gx_batch_plan {
    struct gx_batch_ask ask;
    enum gx_lang lang;
};

/* The row of gx_batch; *ret_there false when there is none. */
enum gx_code gx_batch_read(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id,
                           struct gx_batch_state *ret, bool *ret_there);
enum gx_code gx_batch_plan_read(struct gx_ctx *ctx, struct gx_str text, struct gx_batch_plan *ret);
struct gx_str gx_batch_plan_text(struct gx_ctx *ctx, const struct gx_batch_ask *ask);

/* The filter, without the records that were left out. */
struct gx_str gx_batch_filter(struct gx_ctx *ctx, const struct gx_batch_ask *ask);

/* The right that an action takes, and whether it is about the recycle bin. */
enum gx_right gx_batch_right(const struct gx_scope *scope, struct gx_str action);
bool gx_batch_binned(struct gx_str action);

/* batch_cells.c: the fields of a paste, and one of its rows as an input. */
enum gx_code gx_batch_columns(struct gx_scope *scope, const struct gx_object *object,
                              const struct gx_batch_ask *ask, const struct gx_field ***ret_fields);
enum gx_code gx_batch_cells(struct gx_scope *scope, const struct gx_object *object,
                            const struct gx_field *const *fields, size_t count,
                            struct gx_linker *linker, const struct gx_json *row,
                            struct gx_input **ret_input);
/* [{"id", "title", "values", "errors"}] of every row, nothing written. */
enum gx_code gx_batch_cells_preview(struct gx_scope *scope, const struct gx_object *object,
                                    const struct gx_batch_ask *ask, struct gx_jw *w,
                                    int64_t *ret_good);
int64_t gx_batch_row_id(const struct gx_json *row);

/* [{"path", "code", "detail"}] of the errors in ctx. */
void gx_batch_errors(struct gx_ctx *ctx, struct gx_jw *w);

/* There is something to do. */
void gx_batch_runner_wake(struct gx_batch_runner *runner);

/* batch_run.c: one piece of a batch; *ret_more false when it is over. */
enum gx_code gx_batch_piece(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                            int64_t *records, bool *ret_more);
/* batch_undo.c: the same for taking back. */
enum gx_code gx_batch_undo_piece(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                                 bool *ret_more);
/* A record that was not changed, with the errors of ctx, which are cleared. */
enum gx_code gx_batch_keep(struct gx_ctx *ctx, struct gx_conn *conn, int64_t batch, int64_t record,
                           const char *action, struct gx_str title);

#endif
