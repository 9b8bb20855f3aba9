/*
 * import.h - a file becomes records: mapped, checked, run in the background, undone.
 *
 * An import is a draft first (what the file looks like, which column is which field), may be
 * checked (a dry run: what would happen to each row), runs in batches whose rows and progress
 * commit together (so a killed program resumes exactly), and can be undone whole, updates
 * included, from the change log.  Rows that fail are kept with their reasons.
 *
 * Layer: store.
 */
#ifndef GX_STORE_IMPORT_H
#define GX_STORE_IMPORT_H

#include "json/write.h"
#include "store/record.h"

struct gx_import_runner;

enum {
    GX_IMPORT_ERRORS_SHOWN_MAX = 100,
    GX_IMPORT_DIFF_ROWS_MAX = 10000, /* rows of a dry run that are kept; failing ones besides */
    GX_IMPORT_FAILED_ROWS_MAX = 200000,
    GX_IMPORT_LINKS_SHOWN_MAX = 500,
};

enum gx_import_job { GX_IMPORT_CHECK, GX_IMPORT_RUN, GX_IMPORT_UNDO };

/* The thread that works on imports of a tenant, one after another. */
GX_NODISCARD enum gx_code gx_import_runner_start(struct gx_ctx *ctx, struct gx_tenant *tenant,
                                                 struct gx_import_runner **ret_runner);
/* Stop between two batches and wait; what was under way goes on by itself at the next start. */
void gx_import_runner_stop(struct gx_import_runner *runner);

/*
 * A draft for the file at `path`, which it keeps (moved into the data folder).  `object` may be
 * NULL: guessed from the columns.  On the writer.  GX_E_SYNTAX: no table in it.
 */
GX_NODISCARD enum gx_code gx_import_create(struct gx_scope *scope, const struct gx_object *object,
                                           struct gx_str file_name, const char *path,
                                           int64_t *ret_id);
/* Change a draft: see docs/IMPORT.md for the keys.  On the writer. */
GX_NODISCARD enum gx_code gx_import_patch(struct gx_scope *scope, int64_t id,
                                          const struct gx_json *changes);
/* The import as JSON.  Others' imports are not found, except by an administrator. */
GX_NODISCARD enum gx_code gx_import_show(struct gx_scope *scope, int64_t id, struct gx_jw *w);
GX_NODISCARD enum gx_code gx_import_list(struct gx_scope *scope, struct gx_jw *w);
/* Which rows of a dry run: those after a row, and of one action only ("": of all). */
struct gx_import_page {
    int64_t after_row;
    int limit;
    struct gx_str action; /* "create", "update", "same", "fail" */
};
/* Rows of the dry run and failing rows: {"rows":[…],"next"}. */
GX_NODISCARD enum gx_code gx_import_rows(struct gx_scope *scope, int64_t id,
                                         const struct gx_import_page *page, struct gx_jw *w);
/* The failing rows as CSV: the file's columns and a reason. */
GX_NODISCARD enum gx_code gx_import_failed(struct gx_scope *scope, int64_t id, struct gx_buf *out);
/* Queue a job; not on the writer.  GX_E_CONFLICT: the import's state does not allow it. */
GX_NODISCARD enum gx_code gx_import_start(struct gx_scope *scope, struct gx_import_runner *runner,
                                          int64_t id, enum gx_import_job job);
/* Ask a check or run to stop after its batch.  GX_E_CONFLICT: it is not under way. */
GX_NODISCARD enum gx_code gx_import_cancel(struct gx_scope *scope, struct gx_import_runner *runner,
                                           int64_t id);
/* A file whose columns are named by fields, to be run at once. */
struct gx_import_stream {
    const struct gx_object *object;
    const char *path;          /* it is moved into the data folder */
    struct gx_str mode, match; /* "create", "update", "both"; field names with commas between */
    bool csv;                  /* the first row is the header */
};

/*
 * Make an import of it, start it and wait for its end, at most `wait_us`; not on the writer.
 * GX_E_INVALID: a column that is no field, or a mode without match.  GX_E_SYNTAX: no table in it.
 */
GX_NODISCARD enum gx_code gx_import_stream(struct gx_scope *scope, struct gx_import_runner *runner,
                                           const struct gx_import_stream *stream, int64_t wait_us,
                                           int64_t *ret_id);
/* {"import", "state", "problem", "progress", "counts", "errors"}; is it over? */
GX_NODISCARD enum gx_code gx_import_result(struct gx_scope *scope, int64_t id, struct gx_jw *w,
                                           bool *ret_over);
/* Wait until no job of this import is queued or under way, but not longer than `limit_us`. */
void gx_import_wait(struct gx_import_runner *runner, int64_t id, int64_t limit_us);

#endif
