/* import_schema.c - see import_schema.h. */
#include "api/import_schema.h"

static const struct gx_schema progress[] = {
    { .name = "done", .type = GX_SCHEMA_INT, .required = true },
    { .name = "total", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema counts[] = {
    { .name = "create", .type = GX_SCHEMA_INT, .required = true },
    { .name = "update", .type = GX_SCHEMA_INT, .required = true },
    { .name = "same", .type = GX_SCHEMA_INT, .required = true },
    { .name = "failed", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema errors[] = {
    { .name = "row", .type = GX_SCHEMA_INT, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema mapping[] = {
    { .name = "index",
      .type = GX_SCHEMA_INT,
      .required = true,
      .doc = "Place of the column in the file; -1: the same value in every row." },
    { .name = "column", .type = GX_SCHEMA_STR, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "value", .type = GX_SCHEMA_STR },
    { .name = "score", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema suggestions[] = {
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "score", .type = GX_SCHEMA_INT, .required = true },
    { 0 },
};
static const struct gx_schema links[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "text", .type = GX_SCHEMA_STR, .required = true },
    { .name = "count", .type = GX_SCHEMA_INT, .required = true },
    { .name = "taken", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { .name = "suggestions", .type = GX_SCHEMA_LIST, .fields = suggestions, .required = true },
    { 0 },
};
static const struct gx_schema kept[] = {
    { .name = "object", .type = GX_SCHEMA_STR, .required = true },
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};

/* What a list of imports and an import itself begin with. */
#define IMPORT_HEAD                                                                                \
    { .name = "id", .type = GX_SCHEMA_STR, .required = true },                                     \
        { .name = "object", .type = GX_SCHEMA_STR, .required = true },                             \
        { .name = "file_name", .type = GX_SCHEMA_STR, .required = true },                          \
        { .name = "state", .type = GX_SCHEMA_STR, .required = true },                              \
        { .name = "created_at", .type = GX_SCHEMA_STR, .required = true },                         \
        { .name = "problem", .type = GX_SCHEMA_STR, .required = true },                            \
        { .name = "written",                                                                       \
          .type = GX_SCHEMA_BOOL,                                                                  \
          .required = true,                                                                        \
          .doc = "Something of it is in the store and can be undone." },                           \
        { .name = "progress", .type = GX_SCHEMA_OBJECT, .fields = progress, .required = true },    \
    {                                                                                              \
        .name = "counts", .type = GX_SCHEMA_OBJECT, .fields = counts, .required = true             \
    }

static const struct gx_schema head[] = { IMPORT_HEAD, { 0 } };

const struct gx_schema gx_imports_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = head, .required = true },
    { 0 },
};

const struct gx_schema gx_import_out[] = {
    IMPORT_HEAD,
    { .name = "mode", .type = GX_SCHEMA_STR, .required = true },
    { .name = "match", .type = GX_SCHEMA_STRS, .required = true },
    { .name = "mapping", .type = GX_SCHEMA_LIST, .fields = mapping, .required = true },
    { .name = "encoding", .type = GX_SCHEMA_STR, .required = true },
    { .name = "delimiter", .type = GX_SCHEMA_STR, .required = true },
    { .name = "header_row", .type = GX_SCHEMA_INT, .required = true },
    { .name = "sheet", .type = GX_SCHEMA_STR, .required = true },
    { .name = "date_order", .type = GX_SCHEMA_STR, .required = true },
    { .name = "accept_suggestions", .type = GX_SCHEMA_BOOL, .required = true },
    { .name = "info",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .doc = "What the file looks like: docs/IMPORT.md." },
    { .name = "sample", .type = GX_SCHEMA_NODE, .required = true, .doc = "The first rows." },
    { .name = "links", .type = GX_SCHEMA_LIST, .fields = links, .required = true },
    { .name = "chosen",
      .type = GX_SCHEMA_NODE,
      .required = true,
      .doc = "What names mean: {field: {text: id, or null to leave the field empty}}." },
    { .name = "errors", .type = GX_SCHEMA_LIST, .fields = errors, .required = true },
    { .name = "kept", .type = GX_SCHEMA_LIST, .fields = kept, .required = true },
    { 0 },
};

static const struct gx_schema row_errors[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "detail", .type = GX_SCHEMA_STR, .required = true },
    { 0 },
};
static const struct gx_schema changes[] = {
    { .name = "field", .type = GX_SCHEMA_STR, .required = true },
    { .name = "old", .type = GX_SCHEMA_NODE, .required = true },
    { .name = "new", .type = GX_SCHEMA_NODE, .required = true },
    { 0 },
};
static const struct gx_schema rows[] = {
    { .name = "row", .type = GX_SCHEMA_INT, .required = true },
    { .name = "action", .type = GX_SCHEMA_STR, .required = true },
    { .name = "title", .type = GX_SCHEMA_STR, .required = true },
    { .name = "changes", .type = GX_SCHEMA_LIST, .fields = changes, .required = true },
    { .name = "errors", .type = GX_SCHEMA_LIST, .fields = row_errors, .required = true },
    { 0 },
};

const struct gx_schema gx_import_rows_out[] = {
    { .name = "rows", .type = GX_SCHEMA_LIST, .fields = rows, .required = true },
    { .name = "next", .type = GX_SCHEMA_STR, .required = true, .nullable = true },
    { 0 },
};

const struct gx_schema gx_import_stream_out[] = {
    { .name = "import", .type = GX_SCHEMA_STR, .required = true },
    { .name = "state", .type = GX_SCHEMA_STR, .required = true },
    { .name = "problem", .type = GX_SCHEMA_STR, .required = true },
    { .name = "progress", .type = GX_SCHEMA_OBJECT, .fields = progress, .required = true },
    { .name = "counts", .type = GX_SCHEMA_OBJECT, .fields = counts, .required = true },
    { .name = "errors", .type = GX_SCHEMA_LIST, .fields = errors, .required = true },
    { 0 },
};
