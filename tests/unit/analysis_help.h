/* analysis_help.h - what the tests of src/analysis share: closeness and CDNOW. */
#ifndef GX_TEST_ANALYSIS_HELP_H
#define GX_TEST_ANALYSIS_HELP_H

#include "analysis/ltv_check.h"
#include "gx_test.h"
#include "luck.h"

/* have is want to within `off`; the row says both when it is not. */
#define GX_NEAR(have, want, off, what) near_check((have), (want), (off), (what), __FILE__, __LINE__)
bool near_check(double have, double want, double off, const char *what, const char *file, int line);

/* Days since 1970 of 19970131. */
int32_t day_of(int yyyymmdd);
/* The purchases of the CDNOW sample, or 0 of them when it is not here. */
size_t cdnow_purchases(struct gx_arena *arena, struct gx_ltv_purchase **ret_purchase);

#endif
