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

/* The first field that changes though it must not; NULL: none. */
static const struct gx_field *touched(const struct gx_record *old, const struct gx_record *now)
{
    for (size_t i = 0; i < old->object->field_count; i++) {
        const struct gx_field *field = &old->object->fields[i];
        if (!field->type->computed && !old->object->locked->except[i] && differs(old, now, field))
            return field;
    }
    return NULL;
}

enum gx_code gx_lock_check(const struct gx_scope *scope, const struct gx_record *old,
                           const struct gx_record *now, bool *ret_locked)
{
    const struct gx_lock *lock = old->object->locked;
    const struct gx_field *field = NULL;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    bool locked = false;
    if (lock && old->v)
        GX_TRY(gx_record_test(scope, lock->when, old, &locked));
    *ret_locked = locked;
    bool refused = now ? locked && (field = touched(old, now)) : lock && (locked || lock->keep);
    if (!refused)
        return GX_OK;
    return gx_fail(ctx, GX_E_INVALID, field ? field->x.name : GX_STR(""), GX_M_RULE,
                   gx_label_text(&lock->message, ctx->lang));
}
