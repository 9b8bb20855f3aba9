/* guard_value.c - literals and types. */
#include <stdio.h>

#include "base/text.h"
#include "report/guard_int.h"

static enum gx_code put_number(struct walk *w, const struct gx_json *value)
{
    int64_t number;
    if (!value || value->kind != GX_JSON_NUMBER || !gx_json_int64(value, &number))
        return GUARD_REFUSE(w, GX_M_SQL_LITERAL);
    gx_buf_addi(&w->out, number);
    return GX_OK;
}

/* {"upper", "lower"}: 128 bits. */
static bool read_huge(const struct gx_json *value, __int128 *ret)
{
    const struct gx_json *lower = gx_json_get(value, "lower");
    int64_t upper = gx_json_get_int(value, "upper", INT64_MIN), whole;
    unsigned __int128 low = 0;
    if (gx_json_int64(value, &whole)) {
        *ret = whole;
        return true;
    }
    if (upper == INT64_MIN || !lower || lower->kind != GX_JSON_NUMBER || lower->text.n > 20)
        return false;
    for (size_t i = 0; i < lower->text.n; i++) {
        char c = lower->text.p[i];
        if (c < '0' || c > '9')
            return false;
        low = low * 10 + (unsigned)(c - '0');
    }
    *ret = (__int128)(((unsigned __int128)(uint64_t)upper << 64) | (uint64_t)low);
    return low <= UINT64_MAX;
}

static void put_huge(struct walk *w, __int128 value, int scale)
{
    char digits[64];
    size_t at = sizeof digits;
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    int n = 0;
    do {
        if (n == scale && scale > 0)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
        n++;
    } while (rest || n <= scale);
    if (value < 0)
        digits[--at] = '-';
    gx_buf_add(&w->out, (struct gx_str){ digits + at, sizeof digits - at });
}

static enum gx_code put_decimal(struct walk *w, const struct gx_json *type,
                                const struct gx_json *value, int64_t scale_otherwise)
{
    const struct gx_json *info = gx_json_get(type, "type_info");
    int64_t scale = gx_json_get_int(info, "scale", scale_otherwise);
    __int128 number;
    if (scale < 0 || scale > 38 || !read_huge(value, &number))
        return GUARD_REFUSE(w, GX_M_SQL_LITERAL);
    put_huge(w, number, (int)scale);
    return GX_OK;
}

/* A number with an exponent stays the floating one that it is. */
static enum gx_code put_double(struct walk *w, const struct gx_json *value)
{
    if (!value || value->kind != GX_JSON_NUMBER || value->text.n > 40)
        return GUARD_REFUSE(w, GX_M_SQL_LITERAL);
    gx_buf_add(&w->out, value->text);
    bool has = gx_str_find(value->text, 'e') < value->text.n ||
               gx_str_find(value->text, 'E') < value->text.n;
    if (!has)
        guard_put(w, "e0");
    return GX_OK;
}

static enum gx_code put_text(struct walk *w, const struct gx_json *value)
{
    if (!value || value->kind != GX_JSON_STRING || memchr(value->text.p, 0, value->text.n) ||
        !gx_text_valid(value->text))
        return GUARD_REFUSE(w, GX_M_SQL_LITERAL);
    if (value->text.n > GX_GUARD_STRING_BYTES_MAX)
        return gx_fail_at(w->ctx, GX_E_LIMIT, GX_STR("sql"), w->at, GX_M_SQL_LARGE);
    guard_string(w, value->text);
    return GX_OK;
}

enum gx_code guard_constant(struct walk *w, const struct gx_json *v)
{
    static const char *const whole[] = { "INTEGER",  "BIGINT",    "SMALLINT", "TINYINT",
                                         "UTINYINT", "USMALLINT", "UINTEGER" };
    const struct gx_json *type = gx_json_get(v, "type"), *value = gx_json_get(v, "value");
    struct gx_str id = gx_json_get_str(type, "id", GX_STR(""));
    if (gx_json_get_bool(v, "is_null", false)) {
        guard_put(w, "NULL");
        return GX_OK;
    }
    for (size_t i = 0; i < GX_COUNT(whole); i++)
        if (gx_str_is(id, whole[i]))
            return put_number(w, value);
    if (gx_str_is(id, "VARCHAR"))
        return put_text(w, value);
    if (gx_str_is(id, "DECIMAL"))
        return put_decimal(w, type, value, -1);
    if (gx_str_is(id, "HUGEINT"))
        return put_decimal(w, NULL, value, 0);
    if (gx_str_is(id, "DOUBLE") || gx_str_is(id, "FLOAT"))
        return put_double(w, value);
    if (gx_str_is(id, "BOOLEAN") && value && value->kind == GX_JSON_BOOL) {
        guard_put(w, value->truth ? "true" : "false");
        return GX_OK;
    }
    /* What stands for a missing end in text[2:]. */
    const struct gx_json *children = gx_json_get(value, "children");
    if (gx_str_is(id, "LIST") && children && children->count == 0) {
        guard_put(w, "[]");
        return GX_OK;
    }
    return GUARD_REFUSE(w, GX_M_SQL_LITERAL);
}

enum gx_code guard_type(struct walk *w, const struct gx_json *type)
{
    static const char *const plain[] = {
        "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT",    "HUGEINT",  "FLOAT",
        "DOUBLE",  "VARCHAR", "DATE",     "TIME",    "TIMESTAMP", "INTERVAL", "DECIMAL",
    };
    static const char *const info_members[] = { "type", "width", "scale", "child_type", NULL };
    static const char *const type_members[] = { "id", "type_info", NULL };
    struct gx_str id = gx_json_get_str(type, "id", GX_STR(""));
    const struct gx_json *info = gx_json_get(type, "type_info");
    if (info)
        GX_TRY(guard_members(w, info, info_members));
    GX_TRY(guard_members(w, type, type_members));
    if (gx_str_is(id, "LIST") && gx_json_get(info, "child_type")) {
        GX_TRY(guard_enter(w, type));
        GX_TRY(guard_type(w, gx_json_get(info, "child_type")));
        guard_leave(w);
        guard_put(w, "[]");
        return GX_OK;
    }
    for (size_t i = 0; i < GX_COUNT(plain); i++) {
        if (!gx_str_is(id, plain[i]))
            continue;
        guard_put(w, plain[i]);
        int64_t width = gx_json_get_int(info, "width", 0),
                scale = gx_json_get_int(info, "scale", 0);
        if (gx_str_is(id, "DECIMAL") && width > 0 && width <= 38 && scale >= 0 && scale <= width)
            gx_buf_printf(&w->out, "(%d,%d)", (int)width, (int)scale);
        return GX_OK;
    }
    struct gx_str name = gx_json_get_str(info, "user_type_name", id);
    return GUARD_REFUSE(w, GX_M_SQL_TYPE, name);
}
