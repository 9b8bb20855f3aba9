/*
 * retain_int.h - what the files of retention share.
 *
 * Layer: store, private to retain*.c.
 */
#ifndef GX_STORE_RETAIN_INT_H
#define GX_STORE_RETAIN_INT_H

#include "store/retain.h"
#include "store/store_int.h"

/* retain.c.  GX_E_INVALID with the path of what is wrong; the parsed filter, NULL: all records. */
GX_NODISCARD enum gx_code retain_check(struct gx_scope *scope, const struct gx_retain_rule *rule,
                                       const struct gx_expr **ret_filter);
/*
 * " FROM t WHERE …" of the records that a rule takes.  `rule` NULL: what lies in the object's bin
 * for more than `bin_days`.  `held`: those that a hold keeps, instead of the others.
 */
void retain_where(struct gx_sqlb *b, struct gx_scope *scope, const struct gx_object *object,
                  const struct gx_retain_rule *rule, const struct gx_expr *filter, int64_t bin_days,
                  bool held);
GX_NODISCARD enum gx_code retain_read(struct gx_scope *scope, struct gx_retain_rule **ret_rules,
                                      size_t *ret_count);

#endif
