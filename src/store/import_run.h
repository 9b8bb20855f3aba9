/*
 * import_run.h - one import as it runs: its rows on their way from the file to the store.
 *
 * import_run.c walks through the file, import_row.c reads a row, import_check.c says what it would
 * do, import_write.c writes rows in batches, import_later.c links what stood further down.
 *
 * Layer: store, private to these.
 */
#ifndef GX_STORE_IMPORT_RUN_H
#define GX_STORE_IMPORT_RUN_H

#include <semaphore.h>

#include "store/import_int.h"

/* A link to a record further down the file. */
struct import_later {
    const struct gx_field *field;
    struct gx_str text;
    struct import_later *next;
};

/* A row on its way from the file to the store. */
struct import_row {
    int64_t number;
    struct gx_input *input;
    struct gx_str cells; /* JSON, for the file of failing rows */
    struct gx_str title;
    struct import_later *later; /* links to records further down this file */
    enum gx_code code;
    struct gx_str errors; /* JSON */
    const char *action;
    struct gx_str changes; /* JSON, dry run */
    struct gx_search_ready search;
};

struct import_runner {
    struct gx_import_work *work;
    struct gx_arena arena; /* of the whole job */
    struct gx_arena *batch_arena;
    struct gx_ctx job_ctx, ctx; /* ctx: of the batch */
    struct gx_import_plan plan;
    struct gx_import_row_state state, after_later;
    const struct gx_object *object;
    struct gx_meta *meta;
    const struct gx_field **fields; /* by plan column; NULL: left out */
    int *parts;                     /* by plan column: part of an address, -1: the whole field */
    const struct gx_field *match[IMPORT_MATCH_FIELDS_MAX];
    struct gx_linker *linker;
    struct gx_map seen; /* dry run: keys of rows above */
    struct gx_import_rows_above *above;
    struct gx_scope *scope;
    struct gx_conn *reader;
    struct import_row *rows;
    size_t count, batch_rows;
    int64_t offset, file_bytes, diff_kept;
    struct import_writing *writing;
    bool bulk; /* the table's indexes wait for the end */
};

/* A batch on its way to the store; the runner is a copy with the batch's own memory. */
struct import_writing {
    struct import_runner r;
    struct gx_arena arena;
    struct gx_import_row_state after;
    bool in_pieces, under_way;
    int64_t took_us;
    enum gx_code code;
    sem_t done;
};

/* Errors of ctx as JSON for a failing row; ctx is clear afterwards. */
struct gx_str import_errors(struct gx_ctx *ctx);
/* As who imports. */
enum gx_code import_scope(struct import_runner *r, struct gx_conn *conn, struct gx_scope **ret);
bool import_is_link(const struct gx_field *field);
/* A link within the imported object may point to a row further down. */
bool import_points_here(const struct import_runner *r, const struct gx_field *field);

/* import_row.c: the plan's columns as fields; a row of the file behind r->rows. */
enum gx_code import_map_columns(struct import_runner *r);
void import_read_row(struct import_runner *r, const struct gx_sheet_row *file_row);

/* import_check.c: the dry run of the rows at hand. */
void import_check_rows(struct import_runner *r);

/* import_write.c.  What would this row do?  0: create. */
enum gx_code import_find_match(struct import_runner *r, struct gx_scope *scope,
                               struct import_row *row, int64_t *ret_id);
enum gx_code import_keep_row(struct import_runner *r, struct gx_conn *conn,
                             const struct import_row *row, struct gx_str detail);
enum gx_code import_save_progress(struct import_runner *r, struct gx_conn *conn,
                                  const struct gx_import_row_state *s);
/* Send the rows at hand to be written, once those before are, and go on with the other half. */
enum gx_code import_flush(struct import_runner *r);
/* Wait for the batch that is being written; once more in pieces when it did not go as a whole. */
enum gx_code import_finish_batch(struct import_runner *r);

/* import_later.c: links to rows further down, when all rows are there. */
enum gx_code import_finish_later(struct import_runner *r);

/* import_run.c: fresh memory, a fresh view of the store, for each batch. */
enum gx_code import_begin_batch(struct import_runner *r);
void import_end_batch(struct import_runner *r);

#endif
