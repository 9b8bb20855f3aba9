/*
 * schema.h - one table checks an input, fills a struct, and documents it in OpenAPI.
 *
 * A table of fields describes a C struct.  gx_schema_read() checks a JSON object against it:
 * unknown key, wrong type, missing, too long, out of range give an error with the JSON path.
 *
 * Layer: json.
 */
#ifndef GX_JSON_SCHEMA_H
#define GX_JSON_SCHEMA_H

#include "json/read.h"
#include "json/write.h"

enum gx_schema_type {
    GX_SCHEMA_STR = 1, /* struct gx_str */
    GX_SCHEMA_INT,     /* int64_t; JSON number */
    GX_SCHEMA_ID,      /* int64_t; JSON string of digits; 0 when absent */
    GX_SCHEMA_BOOL,    /* bool */
    GX_SCHEMA_NODE,    /* const struct gx_json *: any JSON, checked by the handler */
    GX_SCHEMA_OBJECT,  /* a struct inside the struct, described by .fields */
    GX_SCHEMA_STRS,    /* struct gx_strs: an array of strings */
    GX_SCHEMA_IDS,     /* struct gx_ids: an array of ids as strings */
    GX_SCHEMA_LIST,    /* replies only: an array of objects described by .fields */
};

struct gx_strs {
    struct gx_str *v;
    size_t n;
};

struct gx_ids {
    int64_t *v;
    size_t n;
};

struct gx_schema {
    const char *name; /* NULL ends a table */
    size_t offset;
    enum gx_schema_type type;
    bool required; /* must be there; an empty text counts (use min = 1 as well) */
    bool nullable; /* may be null; in an input that is the same as absent */
    /* INT: range; STR: characters; STRS, IDS: count.  max < min: no upper bound; both 0: none */
    int64_t min, max;
    const char *const *words; /* STR: NULL-ended list of allowed values */
    const struct gx_schema *fields;
    const char *doc;
};

#define GX_FIELD(struct_type, member, ...)                                                         \
    {                                                                                              \
        .name = #member, .offset = offsetof(struct_type, member), __VA_ARGS__                      \
    }

/* Fill the zeroed struct at `out`.  GX_E_INVALID: errors with paths under `path` are in ctx. */
GX_NODISCARD enum gx_code gx_schema_read(struct gx_ctx *ctx, const struct gx_schema *fields,
                                         const struct gx_json *node, struct gx_str path, void *out);
/* The JSON Schema (2020-12 subset used by OpenAPI 3.1) of a table. */
void gx_schema_describe(struct gx_jw *w, const struct gx_schema *fields);

#endif
