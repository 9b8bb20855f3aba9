/*
 * engine_fail.c - what an engine says of an error, in words of ours.
 *
 * Its messages name tables and files that people do not know, suggest settings, and may quote
 * values.  Only names that people wrote themselves are taken out of them.
 */
#include <duckdb.h>

#include "base/text.h"
#include "report/engine_int.h"

/* The text between `before` and the next quote. */
static struct gx_str quoted(struct gx_str message, const char *before)
{
    size_t at = gx_str_search(message, gx_str_c(before));
    if (at == SIZE_MAX)
        return GX_STR("");
    struct gx_str rest = gx_str_from(message, at + strlen(before));
    rest.n = gx_str_find(rest, '"');
    return rest;
}

static bool has(struct gx_str message, const char *words)
{
    return gx_str_search(message, gx_str_c(words)) != SIZE_MAX;
}

/* Where the person wrote it, or -1: nowhere, and then it is not said either. */
static int64_t place_of(struct gx_str text, struct gx_str name)
{
    for (size_t i = 0; name.n && i + name.n <= text.n; i++)
        if (gx_str_ieq((struct gx_str){ text.p + i, name.n }, name))
            return (int64_t)i;
    return -1;
}

static struct gx_str near_column(const struct gx_guard_schema *schema, struct gx_str text,
                                 struct gx_str name)
{
    enum { ALIKE = 500 };
    int best = ALIKE;
    struct gx_str near = GX_STR("");
    for (size_t i = 0; schema && i < schema->count; i++) {
        const struct gx_guard_table *table = &schema->tables[i];
        if (place_of(text, table->name) < 0)
            continue;
        for (size_t k = 0; k < table->column_count; k++) {
            int score = gx_text_near(table->columns[k].name, name);
            if (score > best) {
                best = score;
                near = table->columns[k].name;
            }
        }
    }
    return near;
}

static enum gx_code no_column(struct gx_ctx *ctx, struct gx_str name, struct gx_str text,
                              const struct gx_guard_schema *schema)
{
    int64_t at = place_of(text, name);
    struct gx_str near = near_column(schema, text, name);
    if (at < 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_BIND);
    if (near.n)
        return gx_fail_at(ctx, GX_E_INVALID, GX_STR("sql"), at, GX_M_SQL_COLUMN_NEAR, name, near);
    return gx_fail_at(ctx, GX_E_INVALID, GX_STR("sql"), at, GX_M_SQL_COLUMN_NONE, name);
}

static enum gx_code binder(struct gx_ctx *ctx, struct gx_str message, struct gx_str text,
                           const struct gx_guard_schema *schema)
{
    struct gx_str name = quoted(message, "Referenced column \"");
    name = name.n ? name : quoted(message, "Referenced table \"");
    name = name.n || !has(message, "does not have a column named") ? name
                                                                   : quoted(message, "named \"");
    if (name.n)
        return no_column(ctx, name, text, schema);
    name = quoted(message, "Ambiguous reference to column name \"");
    if (name.n && place_of(text, name) >= 0)
        return gx_fail_at(ctx, GX_E_INVALID, GX_STR("sql"), place_of(text, name),
                          GX_M_SQL_AMBIGUOUS, name);
    if (has(message, "GROUP BY"))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_GROUPED);
    if (has(message, "No function matches") || has(message, "Cannot compare values") ||
        has(message, "Could not convert") || has(message, "Cannot mix values"))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_TYPES);
    return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_BIND);
}

enum gx_code engine_fail(struct gx_ctx *ctx, int class, struct gx_str message, struct gx_str text,
                         const struct gx_guard_schema *schema, int64_t seconds)
{
    switch (class) {
    case DUCKDB_ERROR_BINDER:
    case DUCKDB_ERROR_CATALOG:
        return binder(ctx, message, text, schema);
    case DUCKDB_ERROR_CONVERSION:
    case DUCKDB_ERROR_MISMATCH_TYPE:
        return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_TYPES);
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_OBJECT_SIZE:
    case DUCKDB_ERROR_IO: /* its folder for what does not fit into memory is full */
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_MEMORY);
    case DUCKDB_ERROR_INTERRUPT:
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("sql"), GX_M_SQL_TIME,
                       gx_arena_printf(ctx->arena, "%lld", (long long)seconds));
    case DUCKDB_ERROR_PARSER:
    case DUCKDB_ERROR_SYNTAX:
        return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"), GX_M_SQL_SYNTAX);
    default:
        return gx_fail(ctx, GX_E_INVALID, GX_STR("sql"),
                       has(message, "More than one row returned") ? GX_M_SQL_BIND : GX_M_SQL_RUN);
    }
}
