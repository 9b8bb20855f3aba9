/*
 * world.h - tables for the tests of people's SQL: made up here, or read from public CSV files.
 */
#ifndef TESTS_SQL_WORLD_H
#define TESTS_SQL_WORLD_H

#include "base/ctx.h"
#include "report/engine.h"

struct world {
    struct gx_arena *arena;
    struct gx_engine *engine;
    struct gx_guard_schema schema;
    struct gx_run_table *files; /* by table of the schema */
};

/* A small shop: account, contact, product, opportunity, line.  Deterministic. */
bool world_shop(struct gx_arena *arena, struct gx_engine *engine, struct world *ret);
/* The CSV files of a folder, each a table of its name. */
bool world_folder(struct gx_arena *arena, struct gx_engine *engine, const char *folder,
                  struct world *ret);

struct answer {
    enum gx_code code;
    struct gx_str sql;    /* what the guard wrote, or empty */
    struct gx_str reason; /* of an error, in words */
    struct gx_str text;   /* rows as "a|b / c|d" */
    int64_t rows;
    bool refused; /* before anything ran */
    bool only_tried;
};

/* Ask as the workbench does: parse, guard, bind, run. */
struct answer world_ask(const struct world *w, struct gx_arena *arena, struct gx_str text,
                        int64_t seconds);

/* The same without running it: parse, guard, bind. */
struct answer world_try(const struct world *w, struct gx_arena *arena, struct gx_str text);

#endif
