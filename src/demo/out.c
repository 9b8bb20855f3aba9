/* out.c - the row being made: its values point into words, or into the text buffer beside it. */
#include <stdio.h>

#include "base/assert.h"
#include "base/time.h"
#include "demo/demo_int.h"

static struct gx_str key_of(struct gx_demo *d, int object, int64_t ordinal)
{
    size_t start = d->used;
    gx_demo_put(d, d->trade.name);
    gx_demo_putc(d, '-');
    gx_demo_put(d, gx_str_c(gx_demo_objects[object]));
    gx_demo_putc(d, '-');
    gx_demo_put_int(d, ordinal + 1);
    return (struct gx_str){ d->text + start, d->used - start };
}

void gx_demo_row_start(struct gx_demo *d, enum gx_demo_object object, struct gx_demo_row *row)
{
    d->used = d->value_count = d->link_count = 0;
    row->self = (struct gx_demo_ref){ .object = (int)object, .ordinal = d->counts[object]++ };
    row->self.key = key_of(d, (int)object, row->self.ordinal);
}

void gx_demo_row_end(struct gx_demo *d, struct gx_demo_row *row)
{
    row->values = d->values;
    row->value_count = d->value_count;
}

static struct gx_demo_value *new_value(struct gx_demo *d, const char *field)
{
    gx_assert(d->value_count < GX_DEMO_ROW_VALUES_MAX);
    struct gx_demo_value *value = &d->values[d->value_count++];
    *value = (struct gx_demo_value){ .field = gx_str_c(field) };
    return value;
}

void gx_demo_add(struct gx_demo *d, const char *field, struct gx_str text)
{
    if (text.n)
        new_value(d, field)->text = text;
}

void gx_demo_addz(struct gx_demo *d, const char *field, const char *text)
{
    gx_demo_add(d, field, gx_str_c(text));
}

void gx_demo_begin(struct gx_demo *d, const char *field)
{
    new_value(d, field);
    d->value_start = d->used;
}

void gx_demo_end(struct gx_demo *d)
{
    struct gx_demo_value *value = &d->values[d->value_count - 1];
    if (value->link_count == 0)
        value->text = (struct gx_str){ d->text + d->value_start, d->used - d->value_start };
    if (value->link_count == 0 && value->text.n == 0)
        d->value_count--; /* an empty value is none */
}

void gx_demo_put(struct gx_demo *d, struct gx_str piece)
{
    gx_assert(piece.n <= GX_DEMO_ROW_BYTES_MAX - d->used);
    memcpy(d->text + d->used, piece.n ? piece.p : "", piece.n);
    d->used += piece.n;
}

void gx_demo_putc(struct gx_demo *d, char c)
{
    gx_demo_put(d, (struct gx_str){ &c, 1 });
}

/* At least `width` digits. */
static void put_digits(struct gx_demo *d, uint64_t value, int width)
{
    char digits[20];
    size_t at = sizeof digits;
    for (; value || width > 0; value /= 10, width--)
        digits[--at] = (char)('0' + value % 10);
    gx_demo_put(d, (struct gx_str){ digits + at, sizeof digits - at });
}

void gx_demo_put_int(struct gx_demo *d, int64_t value)
{
    if (value < 0)
        gx_demo_putc(d, '-');
    put_digits(d, value < 0 ? (uint64_t)-value : (uint64_t)value, 1);
}

void gx_demo_put_slug(struct gx_demo *d, struct gx_str piece)
{
    for (size_t i = 0; i < piece.n; i++) {
        char c = piece.p[i];
        if (c >= 'A' && c <= 'Z')
            gx_demo_putc(d, (char)(c - 'A' + 'a'));
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            gx_demo_putc(d, c);
    }
}

void gx_demo_add_int(struct gx_demo *d, const char *field, int64_t value)
{
    gx_demo_begin(d, field);
    gx_demo_put_int(d, value);
    gx_demo_end(d);
}

static void put_date(struct gx_demo *d, int64_t days)
{
    struct gx_ymd ymd = gx_date_to_ymd(days);
    put_digits(d, (uint64_t)ymd.year, 4);
    gx_demo_putc(d, '-');
    put_digits(d, (uint64_t)ymd.month, 2);
    gx_demo_putc(d, '-');
    put_digits(d, (uint64_t)ymd.day, 2);
}

void gx_demo_add_date(struct gx_demo *d, const char *field, int64_t days)
{
    gx_demo_begin(d, field);
    put_date(d, days);
    gx_demo_end(d);
}

void gx_demo_add_moment(struct gx_demo *d, const char *field, int64_t days, int minutes)
{
    gx_demo_begin(d, field);
    put_date(d, days);
    gx_demo_putc(d, 'T');
    put_digits(d, (uint64_t)minutes / 60, 2);
    gx_demo_putc(d, ':');
    put_digits(d, (uint64_t)minutes % 60, 2);
    gx_demo_put(d, GX_STR(":00")); /* in the zone of the tenant, as people mean it */
    gx_demo_end(d);
}

/* "1250.5 USD"; the tenant's own currency, New Taiwan dollars here, goes without saying. */
void gx_demo_add_money(struct gx_demo *d, const char *field, int64_t amount_e4,
                       const struct gx_demo_locale *locale)
{
    gx_demo_begin(d, field);
    gx_demo_put_int(d, amount_e4 / 10000);
    uint64_t rest = (uint64_t)(amount_e4 % 10000);
    int width = 4;
    for (; rest && rest % 10 == 0; rest /= 10)
        width--;
    if (rest) {
        gx_demo_putc(d, '.');
        put_digits(d, rest, width);
    }
    if (locale && !gx_str_is(locale->currency, "TWD")) {
        gx_demo_putc(d, ' ');
        gx_demo_put(d, locale->currency);
    }
    gx_demo_end(d);
}

void gx_demo_put_link(struct gx_demo *d, enum gx_demo_object object, int64_t ordinal)
{
    gx_assert(d->link_count < GX_DEMO_ROW_LINKS_MAX);
    gx_assert(ordinal >= 0 && ordinal < d->counts[object]);
    struct gx_demo_value *value = &d->values[d->value_count - 1];
    struct gx_demo_ref *ref = &d->links[d->link_count++];
    *ref = (struct gx_demo_ref){ (int)object, ordinal, key_of(d, (int)object, ordinal) };
    if (value->link_count++ == 0)
        value->links = ref;
}

void gx_demo_add_link(struct gx_demo *d, const char *field, enum gx_demo_object object,
                      int64_t ordinal)
{
    gx_demo_begin(d, field);
    gx_demo_put_link(d, object, ordinal);
    gx_demo_end(d);
}
