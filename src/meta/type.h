/*
 * type.h - what a field type is: its columns, and its values in JSON and in text.
 *
 * One file per type, type_<name>.c, each defining `const struct gx_type_def gx_type_<name>`.
 * A value of a type is one or more parts (money: amount and currency), each a stored column.
 *
 * Layer: meta.
 */
#ifndef GX_META_TYPE_H
#define GX_META_TYPE_H

#include "base/buf.h"
#include "base/ctx.h"
#include "base/value.h"
#include "expr/expr.h"
#include "json/read.h"
#include "json/write.h"

enum { GX_TYPE_PARTS_MAX = 5 };

struct gx_field;

enum gx_date_order { GX_DATE_YMD, GX_DATE_DMY, GX_DATE_MDY };

/* What turning a value in or out needs to know. */
struct gx_type_io {
    struct gx_ctx *ctx;
    const struct gx_field *field;
    struct gx_str path;            /* for errors */
    struct gx_str currency;        /* the tenant's own */
    struct gx_str region;          /* for phone numbers, "TW" */
    enum gx_date_order date_order; /* text only */
};

struct gx_type_part {
    const char *suffix; /* added to the field's column: "" for the first */
    enum gx_value_kind kind;
};

struct gx_type_def {
    const char *name; /* as in pack files: "text" */
    struct gx_label_pair {
        const char *en, *zh;
    } label;
    /*
     * JSON Schema of a value that is not empty, as replies give it and as input takes it (NULL: the
     * same).  Both NULL: follows from the expression.
     */
    const char *reply, *input;
    enum gx_type expr;
    int part_count; /* 0: no column of its own (links, formula, rollup) */
    struct gx_type_part parts[GX_TYPE_PARTS_MAX];
    bool computed; /* formula, rollup: read only, no column */
    bool sortable, filterable;
    /* `node` is not null.  GX_E_INVALID with the error in ctx. */
    enum gx_code (*from_json)(struct gx_type_io *io, const struct gx_json *node,
                              struct gx_value *parts);
    /* From a cell of a file or a form: trimmed, not empty. */
    enum gx_code (*from_text)(struct gx_type_io *io, struct gx_str text, struct gx_value *parts);
    /* The first part is not null. */
    void (*to_json)(struct gx_jw *w, const struct gx_field *field, const struct gx_value *parts);
    void (*to_text)(struct gx_buf *out, const struct gx_field *field, const struct gx_value *parts);
};

/* A part of an address by its key, such as "city"; -1: there is no such part. */
int gx_type_address_part(struct gx_str key);
/* That part from a cell of a file, into parts[part].  GX_E_INVALID: too long. */
GX_NODISCARD enum gx_code gx_type_address_text(struct gx_type_io *io, int part, struct gx_str text,
                                               struct gx_value *parts);

/* NULL when there is no such type. */
const struct gx_type_def *gx_type_find(struct gx_str name);
/* All of them, ended by NULL. */
extern const struct gx_type_def *const gx_types[];

#endif
