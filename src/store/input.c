/* input.c - what somebody wants written, checked value by value. */
#include "store/store_int.h"

#include "base/assert.h"
#include "base/text.h"

enum gx_code gx_object_get(const struct gx_scope *scope, struct gx_str name,
                           const struct gx_object **ret_object)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), name);
    if (!object) {
        struct gx_ctx *ctx = gx_scope_ctx(scope);
        struct gx_str near = gx_meta_near(gx_scope_meta(scope), name);
        return near.n ? gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("object"), GX_M_META_NO_OBJECT_NEAR,
                                name, near)
                      : gx_fail(ctx, GX_E_NOT_FOUND, GX_STR("object"), GX_M_META_NO_OBJECT, name);
    }
    *ret_object = object;
    return GX_OK;
}

struct gx_type_io gx_store_io(const struct gx_scope *scope, const struct gx_field *field,
                              struct gx_str path)
{
    const struct gx_settings *settings = &gx_scope_tenant(scope)->settings;
    return (struct gx_type_io){
        .ctx = gx_scope_ctx(scope),
        .field = field,
        .path = path,
        .currency = settings->currency,
        .region = settings->region,
    };
}

struct gx_input *gx_input_new(struct gx_scope *scope, const struct gx_object *object)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct gx_input *input = GX_ARENA_NEW(arena, struct gx_input);
    input->object = object;
    input->v = GX_ARENA_ARRAY(arena, struct gx_value, object->slot_count);
    input->given = GX_ARENA_ARRAY(arena, bool, object->field_count);
    return input;
}

struct gx_input *gx_input_copy(struct gx_scope *scope, const struct gx_input *input)
{
    struct gx_input *copy = gx_input_new(scope, input->object);
    memcpy(copy->v, input->v, input->object->slot_count * sizeof *copy->v);
    memcpy(copy->given, input->given, input->object->field_count * sizeof *copy->given);
    return copy;
}

static void clear(struct gx_input *input, const struct gx_field *field)
{
    int parts = field->part_count ? field->part_count : 1;
    for (int i = 0; i < parts; i++)
        input->v[field->slot + i] = GX_NULL_VALUE;
}

static enum gx_code one_key(struct gx_scope *scope, struct gx_input *input,
                            const struct gx_json *node, struct gx_str path)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_field *field = gx_object_field(input->object, node->key);
    struct gx_str where =
        path.n ? gx_arena_printf(ctx->arena, "%.*s.%.*s", GX_STR_ARG(path), GX_STR_ARG(node->key))
               : node->key;
    if (!field) {
        struct gx_str near = gx_object_near(input->object, node->key);
        return near.n ? gx_fail(ctx, GX_E_INVALID, where, GX_M_UNKNOWN_KEY_NEAR, node->key, near)
                      : gx_fail(ctx, GX_E_INVALID, where, GX_M_UNKNOWN_KEY, node->key);
    }
    /* Read-only fields are for the program itself: conversion, the operator's loads. */
    bool sealed = field->type->computed || (field->system && field != input->object->owner) ||
                  (field->readonly && gx_scope_reason(scope).n == 0);
    if (sealed)
        return gx_fail(ctx, GX_E_INVALID, where, GX_M_READ_ONLY,
                       gx_label_text(&field->label, ctx->lang));
    input->given[field->index_in_object] = true;
    clear(input, field);
    if (node->kind == GX_JSON_NULL)
        return GX_OK;
    struct gx_type_io io = gx_store_io(scope, field, where);
    return field->type->from_json(&io, node, &input->v[field->slot]);
}

enum gx_code gx_input_json(struct gx_scope *scope, const struct gx_object *object,
                           const struct gx_json *node, struct gx_str path,
                           struct gx_input **ret_input)
{
    if (!node || node->kind != GX_JSON_OBJECT)
        return gx_fail(gx_scope_ctx(scope), GX_E_INVALID, path, GX_M_WRONG_TYPE,
                       gx_label_text(&object->label, gx_scope_ctx(scope)->lang), GX_STR("{…}"));
    struct gx_input *input = gx_input_new(scope, object);
    enum gx_code code = GX_OK;
    for (const struct gx_json *k = node->first; k; k = k->next) {
        enum gx_code one = one_key(scope, input, k, path);
        if (one != GX_OK)
            code = one;
    }
    if (code == GX_OK)
        *ret_input = input;
    return code;
}

enum gx_code gx_input_text(struct gx_scope *scope, struct gx_input *input,
                           const struct gx_field *field, struct gx_str text,
                           enum gx_date_order order)
{
    gx_assert(!field->type->computed);
    struct gx_type_io io = gx_store_io(scope, field, field->x.name);
    io.date_order = order;
    input->given[field->index_in_object] = true;
    clear(input, field);
    text = gx_str_trim(text);
    return text.n ? field->type->from_text(&io, text, &input->v[field->slot]) : GX_OK;
}
