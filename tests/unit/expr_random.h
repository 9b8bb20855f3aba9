/* expr_random.h - random texts of expressions that are well typed over the world of the tests. */
#ifndef EXPR_RANDOM_H
#define EXPR_RANDOM_H

#include "base/buf.h"
#include "expr_world.h"

/* An expression of `type` over `object`, about `depth` deep. */
void random_expr(struct gx_buf *out, const struct world *world, uint64_t *state,
                 enum world_object object, enum gx_type type, int depth);

#endif
