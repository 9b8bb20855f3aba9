/*
 * segment_int.h - what the files of segment*.c share.
 *
 * Layer: report, private.
 */
#ifndef GX_REPORT_SEGMENT_INT_H
#define GX_REPORT_SEGMENT_INT_H

#include <stdatomic.h>

#include "report/segment.h"

/* A stored segment with its values by name. */
struct gx_segment_record {
    struct gx_record record;
    int64_t id;
};
GX_NODISCARD enum gx_code gx_segment_record(struct gx_scope *scope, int64_t id, enum gx_right right,
                                            struct gx_segment_record *ret_record);
struct gx_str gx_segment_text(const struct gx_segment_record *segment, const char *field);
int64_t gx_segment_int(const struct gx_segment_record *segment, const char *field);
/* Hundredths of a percent. */
int64_t gx_segment_control(const struct gx_segment_record *segment);

/* What the rule means now, whatever lists there are. */
GX_NODISCARD enum gx_code gx_segment_rule_now(struct gx_scope *scope,
                                              const struct gx_segment_record *segment,
                                              struct gx_segment_what *ret_what);
/* 0: none. */
GX_NODISCARD enum gx_code gx_segment_newest(struct gx_ctx *ctx, struct gx_conn *conn,
                                            int64_t segment, int64_t *ret_list);

/* One row of gx_segment_list, in the arena. */
struct gx_segment_row {
    int64_t id, segment;
    struct gx_str name, object, state, rule, text, out_lists, exclude, seed, cells, source, counts;
    struct gx_str task, problem;
    int64_t control, fresh_at, matched, total, entered, gone, tasks, refused, created_at,
        created_by, frozen_at, took_us;
    bool automatic, has_flow; /* entered and gone are known */
};
/* *ret_there false: no such list. */
GX_NODISCARD enum gx_code gx_segment_row(struct gx_ctx *ctx, struct gx_conn *conn, int64_t id,
                                         struct gx_segment_row *ret_row, bool *ret_there);
/* The list, if this scope may see it.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_segment_row_seen(struct gx_scope *scope, int64_t id,
                                              struct gx_segment_row *ret_row);
bool gx_segment_row_mine(const struct gx_scope *scope, const struct gx_segment_row *row);

/* segment_freeze.c, segment_task.c: one piece of work on a list; *ret_more: there is more of it. */
GX_NODISCARD enum gx_code gx_segment_make(struct gx_ctx *ctx, struct gx_tenant *tenant, int64_t id,
                                          const atomic_bool *end);
GX_NODISCARD enum gx_code gx_segment_tasks_piece(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                                 int64_t id, bool *ret_more);
/* A list by the schedule of the segment, for its owner. */
GX_NODISCARD enum gx_code gx_segment_freeze_due(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                                int64_t segment, int64_t owner);
void gx_segment_runner_wake(struct gx_segment_runner *runner);

#endif
