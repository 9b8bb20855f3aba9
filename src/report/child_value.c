/* child_value.c - a value of DuckDB as a cell. */
#include <math.h>
#include <stdio.h>

#include "base/time.h"
#include "report/child.h"
#include "report/pipe.h"

enum { EXACT_BITS = 53 };

static __int128 whole_of(const void *data, duckdb_type type, uint64_t row)
{
    switch (type) {
    case DUCKDB_TYPE_TINYINT:
        return ((const int8_t *)data)[row];
    case DUCKDB_TYPE_SMALLINT:
        return ((const int16_t *)data)[row];
    case DUCKDB_TYPE_INTEGER:
        return ((const int32_t *)data)[row];
    case DUCKDB_TYPE_UTINYINT:
        return ((const uint8_t *)data)[row];
    case DUCKDB_TYPE_USMALLINT:
        return ((const uint16_t *)data)[row];
    case DUCKDB_TYPE_UINTEGER:
        return ((const uint32_t *)data)[row];
    case DUCKDB_TYPE_UBIGINT:
        return ((const uint64_t *)data)[row];
    case DUCKDB_TYPE_HUGEINT: {
        const duckdb_hugeint *h = &((const duckdb_hugeint *)data)[row];
        return (__int128)(((unsigned __int128)(uint64_t)h->upper << 64) | h->lower);
    }
    default:
        return ((const int64_t *)data)[row];
    }
}

static void put_whole(struct gx_buf *out, __int128 value, int scale)
{
    char digits[64];
    size_t at = sizeof digits;
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    int n = 0;
    bool small = rest <= ((unsigned __int128)1 << EXACT_BITS);
    do {
        if (n == scale && scale > 0)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
        n++;
    } while (rest || n <= scale);
    if (value < 0)
        digits[--at] = '-';
    gx_pipe_cell(out, scale == 0 && small ? 'i' : 'd',
                 (struct gx_str){ digits + at, sizeof digits - at });
}

static void put_double(struct gx_buf *out, double value)
{
    char text[40];
    if (!isfinite(value)) {
        gx_pipe_cell(out, 's',
                     isnan(value) ? GX_STR("NaN")
                     : value > 0  ? GX_STR("Infinity")
                                  : GX_STR("-Infinity"));
        return;
    }
    /* The shortest that gives the same number again. */
    int n = snprintf(text, sizeof text, "%.15g", value);
    double back;
    if (sscanf(text, "%lf", &back) != 1 || back < value || back > value)
        n = snprintf(text, sizeof text, "%.17g", value);
    gx_pipe_cell(out, 'i', (struct gx_str){ text, (size_t)n });
}

static void put_text(struct gx_buf *out, const duckdb_string_t *s)
{
    uint32_t n = s->value.inlined.length;
    bool inlined = n <= sizeof s->value.inlined.inlined;
    gx_pipe_cell(out, 's',
                 (struct gx_str){ inlined ? s->value.inlined.inlined : s->value.pointer.ptr, n });
}

/* "2026-01-31", "2026-01-31 12:00:00", with microseconds only where there are some. */
static void put_moment(struct gx_buf *out, int64_t us, bool date_only)
{
    int64_t days = us / GX_DAY_US - (us % GX_DAY_US < 0);
    int64_t rest = us - days * GX_DAY_US;
    struct gx_ymd d = gx_date_to_ymd(days);
    char text[64];
    int n = snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    int64_t s = rest / 1000000;
    if (!date_only)
        n += snprintf(text + n, sizeof text - (size_t)n, " %02d:%02d:%02d", (int)(s / 3600),
                      (int)(s / 60 % 60), (int)(s % 60));
    if (!date_only && rest % 1000000)
        n += snprintf(text + n, sizeof text - (size_t)n, ".%06d", (int)(rest % 1000000));
    gx_pipe_cell(out, 's', (struct gx_str){ text, (size_t)n });
}

void child_cell(struct gx_buf *out, const struct child_column *c, uint64_t row)
{
    if (c->valid && !(c->valid[row / 64] >> (row % 64) & 1)) {
        gx_pipe_cell(out, 'n', GX_STR(""));
        return;
    }
    switch (c->type) {
    case DUCKDB_TYPE_BOOLEAN:
        gx_pipe_cell(out, ((const bool *)c->data)[row] ? 't' : 'f', GX_STR(""));
        break;
    case DUCKDB_TYPE_FLOAT:
        put_double(out, (double)((const float *)c->data)[row]);
        break;
    case DUCKDB_TYPE_DOUBLE:
        put_double(out, ((const double *)c->data)[row]);
        break;
    case DUCKDB_TYPE_VARCHAR:
        put_text(out, &((const duckdb_string_t *)c->data)[row]);
        break;
    case DUCKDB_TYPE_DATE:
        put_moment(out, (int64_t)((const int32_t *)c->data)[row] * GX_DAY_US, true);
        break;
    case DUCKDB_TYPE_TIMESTAMP:
        put_moment(out, ((const int64_t *)c->data)[row], false);
        break;
    case DUCKDB_TYPE_DECIMAL:
        put_whole(out, whole_of(c->data, c->inner, row), c->scale);
        break;
    case DUCKDB_TYPE_SQLNULL:
        gx_pipe_cell(out, 'n', GX_STR(""));
        break;
    default:
        put_whole(out, whole_of(c->data, c->type, row), 0);
    }
}
