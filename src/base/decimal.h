/*
 * decimal.h - exact numbers: a 64-bit integer and a scale, never floating point.
 *
 * The scale is the number of digits after the point: 12.5 at scale 4 is 125000.  Money is
 * scale 4.  Every result that does not fit 64 bits is refused, never wrapped.
 *
 * Layer: base.
 */
#ifndef GX_BASE_DECIMAL_H
#define GX_BASE_DECIMAL_H

#include "base/arena.h"

enum {
    GX_MONEY_SCALE = 4,
    GX_DECIMAL_SCALE_MAX = 9,
};

/*
 * "-12.50" at a scale.  Only digits, one optional point and sign; no spaces, no exponent.  False
 * if it is not a number, does not fit, or has more digits after the point than the scale (zeros
 * past it are allowed).
 */
bool gx_decimal_parse(struct gx_str s, int scale, int64_t *ret_value);
/* Shortest form: "12.5", "-3", "0.01". */
struct gx_str gx_decimal_format(struct gx_arena *arena, int64_t value, int scale);
/* The same into a buffer of at least 24 bytes; returns the length. */
size_t gx_decimal_write(char *out, int64_t value, int scale);

/* From one scale to another, half away from zero.  False on overflow. */
bool gx_decimal_rescale(int64_t value, int from, int to, int64_t *ret_value);
/* a × b, each with its scale, at scale `to`, half away from zero.  False on overflow. */
bool gx_decimal_mul(int64_t a, int a_scale, int64_t b, int b_scale, int to, int64_t *ret_value);
/* a ÷ b likewise.  False on overflow or b = 0. */
bool gx_decimal_div(int64_t a, int a_scale, int64_t b, int b_scale, int to, int64_t *ret_value);

#endif
