/*
 * engine_int.h - what the files of the engine share.
 *
 * Layer: report, private to engine*.c.
 */
#ifndef GX_REPORT_ENGINE_INT_H
#define GX_REPORT_ENGINE_INT_H

#include <pthread.h>

#include "report/engine.h"
#include "report/keeper.h"

struct gx_engine {
    const char *dir;
    pthread_mutex_t lock; /* of all below */
    int keeper;
    bool made; /* the folders */
    uint64_t next_id;
    struct gx_run *runs;     /* those that have not been closed */
    pthread_mutex_t parsing; /* of the parser: one text at a time */
    int parser;              /* its socket; -1: none */
    uint64_t parser_id;
};

/* A child with a socket to it.  GX_E_IO. */
GX_NODISCARD enum gx_code engine_spawn(struct gx_engine *engine, struct gx_ctx *ctx,
                                       enum gx_child kind, uint64_t *ret_id, int *ret_fd);
void engine_kill(struct gx_engine *engine, uint64_t id, int64_t after_ms);
/* Delete what is in a folder of ours, down to so many folders deep. */
void engine_empty(const char *path, int depth);
/* What an engine's error of this class means, for who wrote `text`. */
enum gx_code engine_fail(struct gx_ctx *ctx, int class, struct gx_str message, struct gx_str text,
                         const struct gx_guard_schema *schema, int64_t seconds);
/* The statement that makes a table in `catalog`; `with`: which columns, NULL: all. */
void engine_make_sql(struct gx_buf *sql, struct gx_str catalog, const struct gx_guard_table *table,
                     const bool *with);

#endif
