/* lock.c - records that are as they are for good: an invoice that was issued, and its lines. */
#include "store/store_int.h"

static bool differs(const struct gx_record *a, const struct gx_record *b,
                    const struct gx_field *field)
{
    int parts = field->part_count ? field->part_count : 1;
    for (int i = 0; i < parts; i++)
        if (!gx_value_eq(a->v[field->slot + i], b->v[field->slot + i]))
            return true;
    return false;
}

enum gx_code gx_lock_check(const struct gx_scope *scope, const struct gx_record *old,
                           const struct gx_record *now)
{
    const struct gx_object *object = old->object;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str path = GX_STR("");
    bool locked = false, touched = !now;
    if (!object->locked || !old->v)
        return GX_OK;
    for (size_t i = 0; !touched && i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        touched = !field->type->computed && !object->locked->except[i] && differs(old, now, field);
        if (touched)
            path = field->x.name;
    }
    if (touched)
        GX_TRY(gx_record_test(scope, object->locked->when, old, &locked));
    if (!locked)
        return GX_OK;
    return gx_fail(ctx, GX_E_INVALID, path, GX_M_RULE,
                   gx_label_text(&object->locked->message, ctx->lang));
}
