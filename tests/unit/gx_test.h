/*
 * gx_test.h - unit tests: tables of good and bad rows, checked.
 *
 * GX_TEST(module_topic) { … GX_CHECK(condition, what); … }
 * tools/mkindex finds the tests; `build/debug/unit NAME` runs those whose name contains NAME.
 * A failed check is counted and printed, and the test goes on.
 */
#ifndef GX_TEST_H
#define GX_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/ctx.h"

struct gx_test_entry {
    const char *name;
    void (*run)(void);
};
extern const struct gx_test_entry gx_tests[];

#define GX_TEST(name)                                                                              \
    void gx_test_##name(void);                                                                     \
    void gx_test_##name(void)

/* `what` names the row: a zero-terminated string. */
#define GX_CHECK(fact, what)           gx_check((fact), #fact, (what), __FILE__, __LINE__)
#define GX_CHECK_STR(have, want, what) gx_check_str((have), (want), (what), __FILE__, __LINE__)

bool gx_check(bool ok, const char *fact, const char *what, const char *file, int line);
bool gx_check_str(struct gx_str have, struct gx_str want, const char *what, const char *file,
                  int line);
/* Say why this test cannot run here; counted and printed, never silent. */
void gx_skip(const char *why);
/* A context on `arena`: 2026-11-21 08:00 UTC, Taipei time, English. */
struct gx_ctx gx_test_ctx(struct gx_arena *arena);
/* A folder of public data ("csv_spectrum"), or NULL when it is not on this machine. */
const char *gx_test_data(const char *folder);

#endif
