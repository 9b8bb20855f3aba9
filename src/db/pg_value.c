/* pg_value.c - values between struct gx_value and PostgreSQL's binary forms. */
#include "db/pg_int.h"

#include <stdio.h>

#include "base/assert.h"

/* Types have fixed numbers: src/include/catalog/pg_type.dat of PostgreSQL. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_CHAR = 18,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_OID = 26,
    TYPE_JSON = 114,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_UNKNOWN = 705,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
};

enum { NUMERIC_POSITIVE = 0x0000, NUMERIC_NEGATIVE = 0x4000, NUMERIC_BASE = 10000 };

Oid pg_type_of(struct gx_value value)
{
    static const Oid types[] = { [GX_VALUE_NULL] = 0,
                                 [GX_VALUE_INT] = TYPE_INT8,
                                 [GX_VALUE_TEXT] = TYPE_TEXT,
                                 [GX_VALUE_BLOB] = TYPE_BYTEA };
    return types[value.kind];
}

static int64_t read_int(const char *p, int n)
{
    uint64_t u = n > 0 && (p[0] & 0x80) ? UINT64_MAX : 0; /* extend the sign */
    for (int i = 0; i < n; i++)
        u = u << 8 | (unsigned char)p[i];
    return (int64_t)u;
}

static struct gx_value from_double(struct gx_arena *arena, double d)
{
    if (d >= -9.0e15 && d <= 9.0e15 && d == (double)(int64_t)d)
        return gx_value_int((int64_t)d);
    return gx_value_text(gx_arena_printf(arena, "%.17g", d));
}

static struct gx_value from_float(struct gx_arena *arena, struct pg_cell cell)
{
    uint64_t bits = (uint64_t)read_int(cell.p, cell.n);
    uint32_t bits32 = (uint32_t)bits;
    double d = 0;
    float f = 0;
    if (cell.n == 8) {
        memcpy(&d, &bits, sizeof d);
        return from_double(arena, d);
    }
    memcpy(&f, &bits32, sizeof f);
    return from_double(arena, (double)f);
}

struct numeric {
    int count, weight, scale;
    bool negative, special; /* special: NaN or infinite */
    const char *digits;     /* two bytes each, base 10,000 */
};

static int digit(const struct numeric *n, int at)
{
    return at >= 0 && at < n->count ? (int)read_int(n->digits + 2 * (size_t)at, 2) : 0;
}

static struct numeric read_numeric(struct pg_cell cell)
{
    gx_assert(cell.n >= 8);
    int64_t sign = read_int(cell.p + 4, 2) & 0xffff;
    struct numeric n = {
        .count = (int)read_int(cell.p, 2),
        .weight = (int)read_int(cell.p + 2, 2),
        .negative = sign == NUMERIC_NEGATIVE,
        .special = sign != NUMERIC_NEGATIVE && sign != NUMERIC_POSITIVE,
        .scale = (int)read_int(cell.p + 6, 2),
        .digits = cell.p + 8,
    };
    gx_assert(n.count * 2 + 8 <= cell.n);
    return n;
}

/* As a whole number of 64 bits, if it is one. */
static bool numeric_int(const struct numeric *n, int64_t *ret_value)
{
    int64_t value = 0;
    if (n->special)
        return false;
    for (int i = n->weight + 1; i < n->count; i++)
        if (digit(n, i))
            return false;
    for (int i = 0; i <= n->weight; i++) {
        int64_t d = n->negative ? -digit(n, i) : digit(n, i);
        if (__builtin_mul_overflow(value, NUMERIC_BASE, &value) ||
            __builtin_add_overflow(value, d, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

static struct gx_value from_numeric(struct gx_arena *arena, struct pg_cell cell)
{
    struct numeric n = read_numeric(cell);
    int64_t value = 0;
    if (numeric_int(&n, &value))
        return gx_value_int(value);
    if (n.special)
        return gx_value_text(GX_STR("NaN"));
    size_t whole = n.weight >= 0 ? (size_t)n.weight + 1 : 1;
    size_t size = 2 + 4 * whole + (size_t)n.scale + 8;
    char *text = gx_arena_alloc(arena, size);
    size_t at = (size_t)snprintf(text, size, "%s%d", n.negative ? "-" : "",
                                 n.weight >= 0 ? digit(&n, 0) : 0);
    for (int i = 1; i <= n.weight; i++)
        at += (size_t)snprintf(text + at, size - at, "%04d", digit(&n, i));
    if (n.scale > 0)
        text[at++] = '.';
    size_t end = at + (size_t)n.scale;
    for (int i = n.weight + 1; at < end; i++)
        at += (size_t)snprintf(text + at, size - at, "%04d", digit(&n, i));
    return gx_value_text((struct gx_str){ text, end });
}

struct gx_value pg_decode(struct gx_arena *arena, Oid type, struct pg_cell cell)
{
    if (!cell.p)
        return GX_NULL_VALUE;
    struct gx_str bytes = { cell.p, (size_t)cell.n };
    switch (type) {
    case TYPE_BOOL:
        return gx_value_int(cell.p[0] != 0);
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return gx_value_int(read_int(cell.p, cell.n));
    case TYPE_OID:
        return gx_value_int(read_int(cell.p, cell.n) & UINT32_MAX);
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
        return from_float(arena, cell);
    case TYPE_NUMERIC:
        return from_numeric(arena, cell);
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_BPCHAR:
    case TYPE_NAME:
    case TYPE_CHAR:
    case TYPE_JSON:
    case TYPE_UNKNOWN:
        return gx_value_text(bytes);
    default:
        return gx_value_blob(bytes);
    }
}
