/*
 * tax_id.h - the check digit of a Taiwanese tax id (統一編號).
 *
 * Layer: base.  Pure.
 */
#ifndef GX_BASE_TAX_ID_H
#define GX_BASE_TAX_ID_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Eight digits with the weights 1 2 1 2 1 2 4 1: the digits of all products together must be
 * divisible by 5, since the rule of April 2023 (by 10 before, which that includes).  A 7 in the
 * seventh place gives 28, and 2 + 8 = 10 may count as 1 or as 0.
 */
bool gx_tax_id_valid(struct gx_str text);

#endif
