/* duck_rows.c - see duck_rows.h. */
#include "report/duck_rows.h"

#include <stdio.h>

static enum gx_answer_type answer_type(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
        return GX_ANSWER_BOOL;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
        return GX_ANSWER_INT;
    case DUCKDB_TYPE_DECIMAL:
        return GX_ANSWER_DECIMAL;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
        return GX_ANSWER_DOUBLE;
    case DUCKDB_TYPE_DATE:
        return GX_ANSWER_DATE;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
        return GX_ANSWER_MOMENT;
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_SQLNULL:
        return GX_ANSWER_TEXT;
    case DUCKDB_TYPE_BLOB:
        return GX_ANSWER_BLOB;
    default:
        return GX_ANSWER_TYPES;
    }
}

bool gx_duck_columns(const struct gx_duck *duck, struct gx_arena *arena, duckdb_result *result,
                     struct gx_duck_column **ret_columns, size_t *ret_count, size_t *ret_bad)
{
    size_t count = (size_t)duck->column_count(result);
    struct gx_duck_column *columns = GX_ARENA_ARRAY(arena, struct gx_duck_column, count + 1);
    *ret_columns = columns;
    *ret_count = count;
    for (size_t i = 0; i < count; i++) {
        struct gx_duck_column *c = &columns[i];
        c->type = duck->column_type(result, i);
        c->as = (struct gx_answer_column){
            .name = gx_arena_str(arena, gx_str_c(duck->column_name(result, i))),
            .type = answer_type(c->type),
        };
        if (c->as.type == GX_ANSWER_TYPES) {
            *ret_bad = i;
            return false;
        }
        if (c->type != DUCKDB_TYPE_DECIMAL)
            continue;
        duckdb_logical_type logical = duck->column_logical_type(result, i);
        c->as.scale = duck->decimal_scale(logical);
        c->decimal = duck->decimal_internal_type(logical);
        duck->destroy_logical_type(&logical);
    }
    return true;
}

void gx_duck_look(const struct gx_duck *duck, struct gx_duck_column *columns, size_t count,
                  duckdb_data_chunk chunk)
{
    for (size_t i = 0; i < count; i++) {
        duckdb_vector vector = duck->data_chunk_get_vector(chunk, i);
        columns[i].data = duck->vector_get_data(vector);
        columns[i].valid = duck->vector_get_validity(vector);
    }
}

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

static struct gx_value huge(duckdb_hugeint value, int scale, char *scratch)
{
    int128 v = (int128)(((uint128)(uint64_t)value.upper << 64) | value.lower);
    if (v >= INT64_MIN && v <= INT64_MAX)
        return gx_value_int((int64_t)v);
    char digits[48];
    int n = 0, at = 0;
    bool minus = v < 0;
    uint128 u = minus ? -(uint128)v : (uint128)v;
    while (u > 0 || n <= scale) {
        digits[n++] = (char)('0' + (int)(u % 10));
        u /= 10;
    }
    if (minus)
        scratch[at++] = '-';
    while (n > 0) {
        scratch[at++] = digits[--n];
        if (scale > 0 && n == scale)
            scratch[at++] = '.';
    }
    return gx_value_text((struct gx_str){ scratch, (size_t)at });
}

static struct gx_value whole(duckdb_type type, const void *data, size_t row, int scale,
                             char *scratch)
{
    switch (type) {
    case DUCKDB_TYPE_TINYINT:
        return gx_value_int(((const int8_t *)data)[row]);
    case DUCKDB_TYPE_SMALLINT:
        return gx_value_int(((const int16_t *)data)[row]);
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_DATE:
        return gx_value_int(((const int32_t *)data)[row]);
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_BOOLEAN:
        return gx_value_int(((const uint8_t *)data)[row]);
    case DUCKDB_TYPE_USMALLINT:
        return gx_value_int(((const uint16_t *)data)[row]);
    case DUCKDB_TYPE_UINTEGER:
        return gx_value_int(((const uint32_t *)data)[row]);
    case DUCKDB_TYPE_UBIGINT:
        return huge((duckdb_hugeint){ .lower = ((const uint64_t *)data)[row] }, 0, scratch);
    case DUCKDB_TYPE_HUGEINT:
        return huge(((const duckdb_hugeint *)data)[row], scale, scratch);
    default:
        return gx_value_int(((const int64_t *)data)[row]);
    }
}

static struct gx_value text(const duckdb_string_t *s, bool blob)
{
    uint32_t n = s->value.inlined.length;
    struct gx_str bytes = { n <= sizeof s->value.inlined.inlined ? s->value.inlined.inlined
                                                                 : s->value.pointer.ptr,
                            n };
    return blob ? gx_value_blob(bytes) : gx_value_text(bytes);
}

struct gx_value gx_duck_value(const struct gx_duck_column *c, size_t row, char *scratch)
{
    if ((c->valid && !(c->valid[row / 64] >> (row % 64) & 1)) || c->type == DUCKDB_TYPE_SQLNULL)
        return GX_NULL_VALUE;
    switch (c->type) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB:
        return text((const duckdb_string_t *)c->data + row, c->type == DUCKDB_TYPE_BLOB);
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE: {
        double d = c->type == DUCKDB_TYPE_FLOAT ? (double)((const float *)c->data)[row]
                                                : ((const double *)c->data)[row];
        int n = snprintf(scratch, GX_DUCK_SCRATCH, "%.17g", d);
        return gx_value_text((struct gx_str){ scratch, (size_t)n });
    }
    case DUCKDB_TYPE_DECIMAL:
        return whole(c->decimal, c->data, row, c->as.scale, scratch);
    default:
        return whole(c->type, c->data, row, 0, scratch);
    }
}
