/*
 * engine.h - people's SQL, from text to rows, in processes that can be lost.
 *
 * This side is in the process that serves people and never touches DuckDB.  A parser process, kept
 * alive and killed when it hangs, turns text into a tree and holds the question that the guard has
 * written against empty tables.  Files are filled, from rows that this side sends, by a process for
 * each; a question is run by a process for each, on the files it needs and no others, and that is
 * killed two seconds after its time is over.  What engines say of errors is turned into words of
 * ours (gx_engine_fail): none of their messages is passed on.
 *
 * Layer: report.  Thread-safe.  Calls wait for another process: not on the writer.
 */
#ifndef GX_REPORT_ENGINE_H
#define GX_REPORT_ENGINE_H

#include "base/buf.h"
#include "report/guard.h"

struct gx_engine;

enum {
    GX_ENGINE_SECONDS = 20,
    GX_ENGINE_GRACE_MS = 2000, /* from interrupting to killing */
    GX_ENGINE_MEGABYTES = 1000,
    GX_ENGINE_RUNS_MAX = 4,
    GX_ENGINE_RUNS_USER_MAX = 2,
    GX_ENGINE_PARSE_MS = 3000,
    GX_ENGINE_FILL_S = 600,
    GX_ENGINE_SHELF_BYTES = 1 << 30, /* of filled files that are kept */
    GX_ENGINE_SHELF_S = 600,         /* and for so long */
};

struct gx_engine_options {
    const char *dir; /* of its files; emptied now, made when it is first needed */
    int keeper;      /* the socket of gx_keeper_start(); -1: started when first needed */
};

struct gx_engine *gx_engine_new(struct gx_arena *arena, const struct gx_engine_options *options);
/* Kill what runs; before the streams that read from it are waited for. */
void gx_engine_halt(struct gx_engine *engine);
/* All its processes end; NULL does nothing. */
void gx_engine_end(struct gx_engine *engine);

/* What the parser says of a text, for gx_guard_check().  GX_E_IO: there is no DuckDB here. */
GX_NODISCARD enum gx_code gx_engine_parse(struct gx_engine *engine, struct gx_ctx *ctx,
                                          struct gx_str text, struct gx_str *ret_tree);

struct gx_engine_column {
    struct gx_str name, type; /* "DECIMAL(18,4)" */
};
/* What the question would give, on empty tables.  `text`: what the person wrote, for errors. */
GX_NODISCARD enum gx_code gx_engine_bind(struct gx_engine *engine, struct gx_ctx *ctx,
                                         struct gx_str text, const struct gx_guard_schema *schema,
                                         const struct gx_guard *guard,
                                         struct gx_engine_column **ret_columns, size_t *ret_count);

/* --- files */

struct gx_fill;
/*
 * The file of this key and position: *ret_fill NULL when it is there already, else rows go into it.
 * Of one key only the newest position is kept.  *ret_path in ctx's arena.
 */
GX_NODISCARD enum gx_code gx_fill_open(struct gx_engine *engine, struct gx_ctx *ctx,
                                       struct gx_str key, int64_t position,
                                       const struct gx_guard_table *table, bool *with,
                                       struct gx_fill **ret_fill, struct gx_str *ret_path);
/* One value of the row, in the order of the table's columns (see report/pipe.h for tags). */
void gx_fill_cell(struct gx_fill *fill, char tag, struct gx_str text);
/* Often: sends what there is.  GX_E_IO: nobody takes it. */
GX_NODISCARD enum gx_code gx_fill_row(struct gx_fill *fill);
/* `ok` false: it is given up. */
GX_NODISCARD enum gx_code gx_fill_close(struct gx_fill *fill, bool ok);

/* --- questions */

struct gx_run_table {
    struct gx_str name, path;
};

struct gx_run_options {
    int64_t user;
    struct gx_str sql, text; /* what the guard wrote; what the person wrote */
    const struct gx_run_table *tables;
    size_t table_count;
    const struct gx_guard_schema *schema; /* for words on errors; outlives the run, like the rest */
    int64_t seconds, rows, megabytes;     /* 0: the usual; rows 0: no limit */
};

struct gx_run;

/* GX_E_BUSY: too many run.  Lives until gx_run_close(). */
GX_NODISCARD enum gx_code gx_run_start(struct gx_engine *engine, struct gx_ctx *ctx,
                                       const struct gx_run_options *options,
                                       struct gx_run **ret_run);
uint64_t gx_run_id(const struct gx_run *run);
/*
 * Call wake(p) whenever there may be something new, from a thread of the run; p must last until
 * gx_run_close().
 */
void gx_run_listen(struct gx_run *run, void (*wake)(void *p), void *p);

enum gx_run_piece {
    GX_RUN_NOTHING,  /* for now */
    GX_RUN_COLUMNS,  /* cells: name, type, … */
    GX_RUN_ROWS,     /* cells */
    GX_RUN_PROGRESS, /* percent */
    GX_RUN_END,      /* cells: rows, and 't' when there would be more */
    GX_RUN_FAILED,   /* gx_run_fail() says why */
};
/* Take the next piece into `buf`; does not wait. */
enum gx_run_piece gx_run_take(struct gx_run *run, struct gx_buf *buf);
/* Wait until there is something to take. */
void gx_run_wait(struct gx_run *run);
/* The error of a run that FAILED, in words, into ctx. */
enum gx_code gx_run_fail(struct gx_run *run, struct gx_ctx *ctx);
/* Kill it, when it has not ended; forget it. */
void gx_run_close(struct gx_run *run);
/* Kill the run of this number, if it is this user's (0: anybody's).  GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_engine_cancel(struct gx_engine *engine, struct gx_ctx *ctx,
                                           uint64_t id, int64_t user);

#endif
