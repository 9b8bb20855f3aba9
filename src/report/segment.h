/*
 * segment.h - whom one means: counted, sampled, compared, divided, frozen into lists.
 *
 * A segment is a record of the object `segment`: a rule in the expression language, segments and
 * lists left out, consent and contact pressure.  All but the lists becomes one text of that
 * language, which any reader may read.  The rest of its fields say how those who are left are
 * divided (cells.h) and when a list of them is frozen by itself.
 *
 * Everything is asked under the scope of who asks: two people may see two counts of one segment.
 *
 * Layer: report.  gx_segment_runner_* start a thread of their own; the rest runs on the caller's.
 */
#ifndef GX_REPORT_SEGMENT_H
#define GX_REPORT_SEGMENT_H

#include "json/write.h"
#include "store/list.h"
#include "store/record.h"

struct gx_segment_runner;
struct gx_warehouse;

enum {
    GX_SEGMENT_LISTS_MAX = 16,   /* left out of, or asked together */
    GX_SEGMENT_COMPARED_MAX = 5, /* segments in one overlap */
    GX_SEGMENT_MEMBERS_MAX = 5000000,
    GX_SEGMENT_TASKS_MAX = 10000,  /* handed to reps at one time */
    GX_SEGMENT_COUNT_US = 3000000, /* a count is given up after this */
};

/* What is asked of records, as a person writes it; all but the object may be empty. */
struct gx_segment_rule {
    struct gx_str object, filter;
    struct gx_ids exclude; /* segments */
    struct gx_str consent_purpose, consent_channel;
    int64_t contacts_max, contacts_days; /* 0: no such rule */
    struct gx_str contacts_kind;
};

/* The same, ready to be asked. */
struct gx_segment_what {
    int64_t id; /* 0: not stored */
    struct gx_str name;
    const struct gx_object *object;
    struct gx_str rule; /* its own part */
    struct gx_str text; /* everything, as one expression; empty: all */
    struct gx_list_among among[GX_SEGMENT_LISTS_MAX];
    size_t among_count;
    struct gx_str exclude; /* names of what is left out */
};

/*
 * GX_E_NOT_FOUND: no such object or segment.  GX_E_INVALID: path filter, exclude, consent_purpose
 * or contacts_max says which part is wrong, also for parts that this object cannot have.
 */
GX_NODISCARD enum gx_code gx_segment_read(struct gx_scope *scope,
                                          const struct gx_segment_rule *rule,
                                          struct gx_segment_what *ret_what);
/* Of a stored one that this scope may read; a static one, and a snapshot, are their newest list. */
GX_NODISCARD enum gx_code gx_segment_load(struct gx_scope *scope, int64_t id,
                                          struct gx_segment_what *ret_what);

/* --- who counts */

struct gx_segment_count {
    int64_t count;      /* -1: it would take too long; -2: too few to be said */
    const char *source; /* "records" or "warehouse" */
    int64_t behind_us;  /* what was written in the last so many is not in it */
};
/*
 * The warehouse counts when it is up, has everything that was written before, and can be asked it
 * (gx_expr_duck_can()); otherwise the store does, within its time, and wakes the warehouse when
 * that took long.  What is too much for the store is asked of a warehouse that is behind.
 * `warehouse` may be NULL.  Who may not read records but has a right to totals gets those
 * (store/group.h).  GX_E_FORBIDDEN.
 */
GX_NODISCARD enum gx_code gx_segment_count(struct gx_scope *scope, struct gx_warehouse *warehouse,
                                           const struct gx_segment_what *what,
                                           struct gx_segment_count *ret_count);
/* Those who are in both. */
GX_NODISCARD enum gx_code gx_segment_and(struct gx_scope *scope, const struct gx_segment_what *a,
                                         const struct gx_segment_what *b,
                                         struct gx_segment_what *ret_both);

/* --- lists */

struct gx_segment_freeze {
    struct gx_str name;  /* empty: that of the segment and the day */
    struct gx_str seed;  /* empty: made */
    struct gx_str cells; /* cells.h */
    int64_t control;     /* hundredths of a percent */
    bool automatic;      /* by the schedule */
};

/*
 * Ask for a list; the runner makes it, as one moment saw it.  GX_E_CONFLICT: the segment is static
 * and has one, or one of it is being made.  GX_E_INVALID: cells.
 */
GX_NODISCARD enum gx_code gx_segment_freeze(struct gx_scope *scope,
                                            struct gx_segment_runner *runner, int64_t segment,
                                            const struct gx_segment_freeze *how, int64_t *ret_list);
/*
 * {"id", "name", … } of a list: everything from whom it came.  Totals are those of its author, and
 * kept from others, who are told how many of them they may see themselves.
 */
GX_NODISCARD enum gx_code gx_segment_list_show(struct gx_scope *scope, int64_t list,
                                               struct gx_jw *w);
/* {"rows": [lists of the segment, newest first], "history": [{"at", "size", "entered", "gone"}]} */
GX_NODISCARD enum gx_code gx_segment_lists(struct gx_scope *scope, int64_t segment,
                                           struct gx_jw *w);
/* Its object, if this scope may see the list.  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_segment_list_object(struct gx_scope *scope, int64_t list,
                                                 const struct gx_object **ret_object);
/* Forget it and its members.  GX_E_FORBIDDEN: not by its author; GX_E_CONFLICT: it is at work. */
GX_NODISCARD enum gx_code gx_segment_list_drop(struct gx_scope *scope, int64_t list);

struct gx_segment_tasks {
    struct gx_str subject;
    struct gx_str at;   /* a moment, as in JSON */
    struct gx_str cell; /* empty: all but the control group */
    int64_t owner;      /* 0: whoever owns the record */
};
/*
 * A task for each member, written by the runner with the rights of who asks, once for each however
 * often it is asked.  GX_E_LIMIT; GX_E_CONFLICT: the list is at work.
 */
GX_NODISCARD enum gx_code gx_segment_hand_over(struct gx_scope *scope,
                                               struct gx_segment_runner *runner, int64_t list,
                                               const struct gx_segment_tasks *tasks);

/* --- the thread that makes lists, by wish and by schedule, and goes on after a stop */

GX_NODISCARD enum gx_code gx_segment_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                                  struct gx_segment_runner **ret_runner);
void gx_segment_runner_stop(struct gx_segment_runner *runner);
/* Lists at work; and when the next one is due by schedule (microseconds, 0: never). */
GX_NODISCARD enum gx_code gx_segment_pending(struct gx_ctx *ctx, struct gx_conn *conn,
                                             int64_t *ret_working, int64_t *ret_due);

#endif
