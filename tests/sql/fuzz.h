/* fuzz.h - questions made up by a grammar; see fuzz.c. */
#ifndef TESTS_SQL_FUZZ_H
#define TESTS_SQL_FUZZ_H

#include "world.h"

int sql_fuzz(struct gx_engine *engine, struct gx_arena *arena, int seconds, uint64_t seed);

#endif
