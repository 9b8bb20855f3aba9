/* luck.h - random numbers that are always the same: xorshift64*, and what is drawn with it. */
#ifndef GX_TEST_LUCK_H
#define GX_TEST_LUCK_H

#include "analysis/ltv.h"

struct luck {
    uint64_t state;
};
double luck_uniform(struct luck *luck); /* between 0 and 1, neither of them */
double luck_normal(struct luck *luck);
double luck_gamma(struct luck *luck, double shape);
double luck_beta(struct luck *luck, double a, double b);
/* A customer who behaves as the model says, seen for so long. */
struct gx_ltv_customer luck_customer(struct luck *luck, enum gx_ltv_model model,
                                     const double *param, double age);

#endif
