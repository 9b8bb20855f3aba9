/*
 * type_int.h - what the field types share; only for type_*.c.
 *
 * Layer: meta.
 */
#ifndef GX_META_TYPE_INT_H
#define GX_META_TYPE_INT_H

#include "meta/meta.h"
#include "meta/type.h"

/* The label of the field in the context's language. */
struct gx_str gx_type_label(const struct gx_type_io *io);
/* GX_M_WRONG_TYPE with what it must be, in the context's language. */
enum gx_code gx_type_wrong(struct gx_type_io *io, const char *en, const char *zh);
/* GX_M_BAD_FORMAT with the text that was given. */
enum gx_code gx_type_bad(struct gx_type_io *io, struct gx_str given);
/* A JSON string, or an error that it must be text. */
enum gx_code gx_type_string(struct gx_type_io *io, const struct gx_json *node,
                            struct gx_str *ret_text);
/* Clean (NFC), trim, check the length in characters, copy. */
enum gx_code gx_type_text(struct gx_type_io *io, struct gx_str text, int64_t max,
                          struct gx_value *ret_part);
/* Within the field's min and max (at the scale of the field). */
enum gx_code gx_type_range(struct gx_type_io *io, int64_t value, int scale);
/*
 * A number as people type it: spaces, thousands separators, currency signs ("$84,835.00",
 * "1.234,50" when unambiguous, "(12)" for negative, "12%"), full-width digits.
 */
bool gx_type_number(struct gx_ctx *ctx, struct gx_str text, int scale, int64_t *ret_value);
/* Code or label (either language, folded) → the declared code; error with the nearest choice. */
enum gx_code gx_type_choice(struct gx_type_io *io, struct gx_str text, struct gx_str *ret_code);

/* The schema of a computed value; see type_formula.c. */
const char *gx_type_formula_reply(const struct gx_field *field);

/* See type_date.c. */
bool gx_date_typed(struct gx_str s, enum gx_date_order order, int64_t *ret_days);

void gx_type_write_text(struct gx_jw *w, const struct gx_field *field,
                        const struct gx_value *parts);
void gx_type_print_text(struct gx_buf *out, const struct gx_field *field,
                        const struct gx_value *parts);

#endif
