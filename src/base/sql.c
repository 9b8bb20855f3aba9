/* sql.c - see sql.h. */
#include "base/sql.h"

#include "base/arena.h"
#include "base/assert.h"

/* Most statements fit without growing. */
enum { FIRST_BYTES = 1024 };

static void free_text(void *p)
{
    struct gx_sqlb *b = p;
    gx_buf_free(&b->text);
}

struct gx_sqlb *gx_sqlb_new(struct gx_arena *arena, enum gx_dialect dialect)
{
    struct gx_sqlb *b = GX_ARENA_NEW(arena, struct gx_sqlb);
    b->dialect = dialect;
    b->arena = arena;
    gx_arena_defer(arena, free_text, b);
    gx_buf_reserve(&b->text, FIRST_BYTES);
    return b;
}

void gx_sqlb_add(struct gx_sqlb *b, struct gx_sql piece)
{
    gx_buf_add(&b->text, piece.text_);
}

/* The name in quotes, and a byte behind it unless that is 0. */
static void add_name(struct gx_sqlb *b, struct gx_str name, char after)
{
    gx_assert(name.n >= 1 && name.n <= 63 && !(name.p[0] >= '0' && name.p[0] <= '9'));
    if (!gx_buf_reserve(&b->text, name.n + 3))
        return;
    char *to = b->text.p + b->text.n;
    *to++ = '"';
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        gx_assert((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
        *to++ = c;
    }
    *to++ = '"';
    if (after)
        *to++ = after;
    b->text.n = (size_t)(to - b->text.p);
}

void gx_sqlb_name(struct gx_sqlb *b, struct gx_str name)
{
    add_name(b, name, 0);
}

void gx_sqlb_column(struct gx_sqlb *b, struct gx_str alias, struct gx_str column)
{
    add_name(b, alias, '.');
    add_name(b, column, 0);
}

static void push(struct gx_sqlb *b, struct gx_value value)
{
    gx_assert(b->value_count < GX_SQL_VALUES_MAX);
    if (b->value_count == b->value_cap) {
        size_t cap = b->value_cap ? b->value_cap * 2 : 8;
        struct gx_value *values = GX_ARENA_ARRAY(b->arena, struct gx_value, cap);
        if (b->value_count)
            memcpy(values, b->values, b->value_count * sizeof *values);
        b->values = values;
        b->value_cap = cap;
    }
    b->values[b->value_count++] = value;
}

void gx_sqlb_bind(struct gx_sqlb *b, struct gx_value value)
{
    push(b, value);
    gx_buf_addc(&b->text, '?');
    gx_buf_addi(&b->text, (int64_t)b->value_count);
}

void gx_sqlb_reserve(struct gx_sqlb *b)
{
    push(b, GX_NULL_VALUE);
}

void gx_sqlb_int(struct gx_sqlb *b, int64_t value)
{
    gx_buf_addi(&b->text, value);
}

void gx_sqlb_text(struct gx_sqlb *b, struct gx_str text)
{
    gx_buf_addc(&b->text, '\'');
    for (size_t i = 0; i < text.n; i++) {
        gx_assert(text.p[i] != 0);
        if (text.p[i] == '\'')
            gx_buf_addc(&b->text, '\'');
        gx_buf_addc(&b->text, text.p[i]);
    }
    gx_buf_addc(&b->text, '\'');
}

void gx_sqlb_append(struct gx_sqlb *b, const struct gx_sqlb *other)
{
    size_t base = b->value_count;
    struct gx_str s = gx_buf_str(&other->text);
    b->varies |= other->varies;
    for (size_t i = 0; i < other->value_count; i++)
        push(b, other->values[i]);
    /* Literals never hold a question mark, so every one is a placeholder. */
    for (size_t i = 0; i < s.n;) {
        gx_buf_addc(&b->text, s.p[i]);
        if (s.p[i++] != '?')
            continue;
        int64_t k = 0;
        for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
            k = k * 10 + (s.p[i] - '0');
        gx_buf_addi(&b->text, k + (int64_t)base);
    }
}

void gx_sqlb_restore(struct gx_sqlb *b, struct gx_str text, const struct gx_value *values,
                     size_t count)
{
    gx_assert(b->text.n == 0 && b->value_count == 0);
    gx_buf_add(&b->text, text);
    for (size_t i = 0; i < count; i++)
        push(b, values[i]);
}

struct gx_sql gx_sqlb_sql(const struct gx_sqlb *b)
{
    gx_assert(!b->text.overflow);
    return (struct gx_sql){ gx_buf_str(&b->text) };
}
