/*
 * number.h - series of numbers: "O-{year}-{00000}" gives O-2026-00001, each year from 1.
 *
 * Layer: store.
 */
#ifndef GX_STORE_NUMBER_H
#define GX_STORE_NUMBER_H

#include "access/scope.h"
#include "base/value.h"

/* The next number of a field; on the writer, so two records never get the same one. */
GX_NODISCARD enum gx_code gx_number_next(struct gx_scope *scope, const struct gx_field *field,
                                         const struct gx_object *object,
                                         struct gx_value *ret_value);
/*
 * Give back a number of a record that is no more, if it is the last one that was given; else
 * nothing happens.  ctx->now_us must be when it was given.
 */
GX_NODISCARD enum gx_code gx_number_return(struct gx_scope *scope, const struct gx_field *field,
                                           const struct gx_object *object, struct gx_str number);

#endif
