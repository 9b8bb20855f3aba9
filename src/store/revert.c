/* revert.c - see revert.h. */
#include "store/revert.h"

#include "store/store_int.h"

struct gx_str gx_record_title(const struct gx_record *record)
{
    const struct gx_field *title = record->object->title;
    if (!title || title->type->computed || record->v[title->slot].kind != GX_VALUE_TEXT)
        return GX_STR("");
    return record->v[title->slot].s;
}

static bool same(const struct gx_field *f, const struct gx_value *a, const struct gx_value *b)
{
    int parts = f->part_count ? f->part_count : 1;
    for (int i = 0; i < parts; i++)
        if (!gx_value_eq(a[i], b[i]))
            return false;
    return true;
}

static const struct gx_field *field_by_id(const struct gx_object *object, struct gx_str id)
{
    for (size_t i = 0; i < object->field_count; i++)
        if (gx_str_eq(object->fields[i].id, id))
            return &object->fields[i];
    return NULL;
}

/* Old values for the fields that still are what was written; the others are errors in ctx. */
static enum gx_code old_values(const struct gx_revert *r, const struct gx_record *now,
                               struct gx_input *input)
{
    struct gx_ctx *ctx = gx_scope_ctx(r->scope);
    struct gx_json *root;
    GX_TRY(gx_json_read(ctx, r->data, &root));
    for (const struct gx_json *k = root->first; k; k = k->next) {
        struct gx_value written[GX_TYPE_PARTS_MAX] = { 0 };
        const struct gx_field *f = field_by_id(r->object, k->key);
        if (!f || k->count != 2)
            continue;
        struct gx_type_io io = gx_store_io(r->scope, f, f->x.name);
        if (k->first->next->kind != GX_JSON_NULL)
            GX_TRY(f->type->from_json(&io, k->first->next, written));
        if (!same(f, written, &now->v[f->slot])) {
            (void)!gx_fail(ctx, GX_E_CONFLICT, f->x.name, GX_M_LATER_EDIT);
            continue;
        }
        input->given[f->index_in_object] = true;
        if (k->first->kind != GX_JSON_NULL)
            GX_TRY(f->type->from_json(&io, k->first, &input->v[f->slot]));
    }
    return GX_OK;
}

enum gx_code gx_revert_update(const struct gx_revert *r)
{
    struct gx_ctx *ctx = gx_scope_ctx(r->scope);
    struct gx_record now;
    GX_TRY(gx_row_read(ctx, gx_scope_conn(r->scope), r->object, r->record, &now));
    if (!now.v || r->data.n == 0)
        return GX_OK;
    if (now.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_INT) {
        (void)!gx_fail(ctx, GX_E_CONFLICT, GX_STR(""), GX_M_UNDO_BINNED);
        return r->keep(r->p, gx_record_title(&now));
    }
    GX_TRY(gx_row_read_links(ctx, gx_scope_conn(r->scope), &now));
    struct gx_input *input = gx_input_new(r->scope, r->object);
    GX_TRY(old_values(r, &now, input));
    if (ctx->errors)
        GX_TRY(r->keep(r->p, gx_record_title(&now)));
    return gx_record_update(r->scope, r->record, 0, input, r->options, NULL, NULL);
}

static enum gx_code binned(const struct gx_revert *r, bool *ret_there, bool *ret_binned)
{
    struct gx_record now;
    GX_TRY(
        gx_row_read(gx_scope_ctx(r->scope), gx_scope_conn(r->scope), r->object, r->record, &now));
    *ret_there = now.v != NULL;
    *ret_binned = now.v && now.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_INT;
    return GX_OK;
}

enum gx_code gx_revert_delete(const struct gx_revert *r)
{
    bool there, in_bin;
    GX_TRY(binned(r, &there, &in_bin));
    return in_bin ? gx_record_restore(r->scope, r->object, r->record, r->options) : GX_OK;
}

enum gx_code gx_revert_restore(const struct gx_revert *r)
{
    bool there, in_bin;
    GX_TRY(binned(r, &there, &in_bin));
    return there && !in_bin ? gx_record_delete(r->scope, r->object, r->record, 0, r->options)
                            : GX_OK;
}
