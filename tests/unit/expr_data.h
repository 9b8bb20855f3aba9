/*
 * expr_data.h - random records of the world of expr_world.h, and a reader over them.
 *
 * The reader does what store/ has to do for the evaluator: it leaves out records in the recycle
 * bin and those that the environment hides.
 */
#ifndef EXPR_DATA_H
#define EXPR_DATA_H

#include "expr_world.h"

enum { DATA_RECORDS_MAX = 40, DATA_LINKS_MAX = 4 };

struct data_record {
    enum world_object object;
    int64_t id;
    bool deleted;
    struct gx_value v[WORLD_FIELDS_MAX];
    int64_t links[DATA_LINKS_MAX]; /* of the one LINKS field */
    size_t link_count;
};

struct data {
    const struct world *world;
    struct gx_ctx *ctx;
    const struct gx_expr_env *env; /* for visible; NULL: nothing is hidden */
    bool in_rule;
    struct data_record records[WORLD_COUNT][DATA_RECORDS_MAX];
    size_t counts[WORLD_COUNT];
};

/* The next number of a fixed sequence; never 0. */
uint64_t random_next(uint64_t *state);
/* 0 to n - 1 */
size_t random_below(uint64_t *state, size_t n);

void data_fill(struct data *data, const struct world *world, struct gx_ctx *ctx, uint64_t *state);
struct gx_expr_reader data_reader(struct data *data);
/* The texts that fields hold; more of them are made as literals. */
extern const char *const data_texts[];
extern const size_t data_text_count;

#endif
