/*
 * import_int.h - what the files of the importer share.
 *
 * Layer: store, private to import*.c; batch*.c reads pasted links with the linker.
 */
#ifndef GX_STORE_IMPORT_INT_H
#define GX_STORE_IMPORT_INT_H

#include <stdatomic.h>

#include "sheet/sheet.h"
#include "store/import.h"
#include "store/match.h"
#include "store/store_int.h"

enum {
    IMPORT_BATCH_ROWS_FIRST = 500, /* then as many as are written in about a third of a second */
    IMPORT_BATCH_ROWS_MAX = 8000,
    IMPORT_BATCH_LONG_US = 500000,
    IMPORT_BATCH_SHORT_US = 200000,
    IMPORT_CHUNK_ROWS = 50, /* of a batch with a bad row: as few fall back to one by one */
    IMPORT_UNDO_ROWS = 500,
    IMPORT_MATCH_FIELDS_MAX = 4,
    IMPORT_SCORE_REMEMBERED = 1000,
};

enum gx_import_mode { GX_IMPORT_CREATE, GX_IMPORT_UPDATE, GX_IMPORT_BOTH };

struct gx_import_column {
    int column;          /* of the file, or -1 for a constant */
    struct gx_str name;  /* its header */
    struct gx_str field; /* "" when it is left out */
    struct gx_str value; /* constant */
    int score;
    enum gx_date_order date_order; /* the column's own where its values decide */
};

/* What is to be done with a file; stored as JSON in gx_import.plan. */
struct gx_import_plan {
    struct gx_str object;
    enum gx_import_mode mode;
    struct gx_str match[IMPORT_MATCH_FIELDS_MAX];
    size_t match_count;
    struct gx_import_column *columns;
    size_t column_count;
    struct gx_sheet_options sheet;
    enum gx_date_order date_order;
    bool accept_suggestions;
    const struct gx_json *links; /* {field: {text: id}}, null for the id: left empty */
    const struct gx_json *info;  /* what the file looked like */
    const struct gx_json *sample;
    const struct gx_json *asked; /* link texts that were not found, from the last check */
};

struct gx_import_row_state {
    int64_t id;
    struct gx_str object, file_name, path, state, plan_text;
    int64_t row_done, row_total, created, updated, same, failed, created_at, created_by;
    struct gx_str problem;
    bool written; /* something of it is in the store: there is something to take back */
};

enum gx_code gx_import_read(struct gx_scope *scope, int64_t id, struct gx_import_row_state *ret);
enum gx_code import_may(struct gx_scope *scope, const struct gx_object *object);
/* The import's state does not allow it. */
enum gx_code import_wrong_state(struct gx_scope *scope, const struct gx_import_row_state *s);
bool import_is_one_of(struct gx_str s, const char *const *words);
enum gx_code gx_plan_parse(struct gx_ctx *ctx, struct gx_str text, struct gx_import_plan *ret_plan);
struct gx_str gx_plan_text(struct gx_ctx *ctx, const struct gx_import_plan *plan);
/* Look at the file with the plan's options; fills info, sample and (when it has none) columns. */
enum gx_code gx_plan_look(struct gx_scope *scope, struct gx_import_plan *plan, const char *path);

/* Map the columns by their names, as well as can be guessed. */
void gx_plan_guess(struct gx_scope *scope, struct gx_import_plan *plan,
                   const struct gx_sheet_info *info);

/* The field a column is mapped to, or NULL; *ret_part: "billing_address.city", else -1. */
const struct gx_field *gx_plan_field(const struct gx_object *object, struct gx_str name,
                                     int *ret_part);
/* The plan of a stream: each column is the field of its name, columns nobody may write left out. */
enum gx_code gx_plan_named(struct gx_scope *scope, const struct gx_import_stream *stream,
                           struct gx_import_plan *ret_plan);

/* Remember the mapping of an import that is run, for the next file with the same columns. */
enum gx_code gx_memory_put(struct gx_scope *scope, const struct gx_import_row_state *s);
/*
 * Map the plan's columns as they were last time, with score IMPORT_SCORE_REMEMBERED.  *ret_known
 * false: no such file was run into this object yet, the plan is as it was.
 */
enum gx_code gx_memory_recall(struct gx_scope *scope, struct gx_import_plan *plan,
                              const struct gx_str *columns, size_t count, bool *ret_known);

/* Links of rows, by text. */
struct gx_linker;
struct gx_linker *gx_linker_new(struct gx_arena *arena, const struct gx_import_plan *plan);
/*
 * The record of field's target that `text` means.  *ret_id 0: none, and the error (with the
 * nearest) is in ctx.  `quiet`: no error, for links within the file that may come later.  GX_OK
 * with *ret_id 0 when not quiet: somebody said that this text is to be left empty.
 */
enum gx_code gx_linker_find(struct gx_linker *linker, struct gx_scope *scope,
                            const struct gx_field *field, struct gx_str text, bool quiet,
                            int64_t *ret_id);
/*
 * The choice of a CHOICE field that `text` means, code or label, with the same helps as a link:
 * what somebody chose for this text, or the clearly nearest one; "" if it is to be left empty.
 */
enum gx_code gx_linker_choice(struct gx_linker *linker, struct gx_scope *scope,
                              const struct gx_field *field, struct gx_str text,
                              struct gx_str *ret_code);
/* A record that was just made can be meant by the rows behind it. */
void gx_linker_forget(struct gx_linker *linker, const struct gx_field *field, struct gx_str text);
/* [{"field","text","count","suggestions":[…]}] of what was not found. */
void gx_linker_report(const struct gx_linker *linker, struct gx_jw *w);

/*
 * What a dry run would otherwise get wrong: a row that makes a record, and another below it with
 * the same match fields, which would find it.
 */
struct gx_import_rows_above;
struct gx_import_rows_above *gx_rows_above_new(struct gx_arena *arena);
/*
 * Remember a row that would make a record, by its values in the match fields; `changes` is what the
 * dry run says of it.  NULL: it is the first of its kind, or has none of these values.  Else what
 * the row would do to the record of the row above: "same" or "update".
 */
const char *gx_rows_above_put(struct gx_import_rows_above *above,
                              const struct gx_field *const *match, size_t match_count,
                              const struct gx_input *input, struct gx_str changes);

/* One job's own things. */
struct gx_import_work {
    struct gx_tenant *tenant;
    int64_t id;
    enum gx_import_job job;
    int64_t user;        /* 0: the operator */
    enum gx_lang lang;   /* of the reasons that are kept with failing rows */
    atomic_bool *stop;   /* end after the batch at hand */
    atomic_bool *ending; /* the program ends: leave the state, the next start goes on */
};

/* A large file into an empty table goes without indexes, which the end makes; see import_bulk.c. */
enum gx_code gx_import_bulk_begin(struct gx_ctx *ctx, struct gx_import_work *work,
                                  const struct gx_meta *meta, const struct gx_object *object,
                                  int64_t file_bytes, bool *ret_begun);
/* When the import is done: one segment out of many, until it is told to stop. */
void gx_import_bulk_tidy(struct gx_ctx *ctx, struct gx_import_work *work,
                         const struct gx_object *object);
enum gx_code gx_import_bulk_end(struct gx_ctx *ctx, struct gx_import_work *work,
                                const struct gx_meta *meta, const struct gx_object *object);

/* Taking back, from the newest entry of the log to the oldest; `ctx` is fresh for each batch. */
struct gx_import_undo {
    struct gx_ctx *ctx;
    struct gx_import_work *work;
    struct gx_meta *meta;
    int64_t left; /* entries of the last batch; 0: all is taken back */
};

/* A work for gx_db_write(): takes a struct gx_import_undo. */
enum gx_code gx_import_undo_batch(void *p, struct gx_conn *conn);

/* Run a job to its end or until *stop; states and progress are written as it goes. */
void gx_import_work(struct gx_import_work *work);

#endif
