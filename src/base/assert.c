/* assert.c - see assert.h. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void gx_assert_failed(const char *fact, const char *file, int line)
{
    fprintf(stderr, "guanxi: %s:%d: this should always hold: %s\n", file, line, fact);
    abort();
}
