/*
 * load_convert.c - the `convert` key of an object: which records its records become.
 *
 * All names are looked up here, so that a conversion cannot fail later on a misspelt field.
 */
#include "meta/load_int.h"

struct reader {
    struct gx_loader *loader;
    const struct gx_object_draft *draft;
    struct gx_convert *convert;
};

static enum gx_code field_of(const struct reader *r, const struct gx_object *object,
                             const struct gx_json *node, struct gx_str name, struct gx_str path,
                             const struct gx_field **ret_field)
{
    const struct gx_field *field = gx_object_field(object, name);
    if (field) {
        *ret_field = field;
        return GX_OK;
    }
    struct gx_str near = gx_object_near(object, name);
    return near.n ? gx_load_fail(r->loader, r->draft->file, node, path, GX_M_UNKNOWN_KEY_NEAR, name,
                                 near)
                  : gx_load_fail(r->loader, r->draft->file, node, path, GX_M_UNKNOWN_KEY, name);
}

static enum gx_code misfit(const struct reader *r, const struct gx_json *node, struct gx_str path,
                           const struct gx_field *field, struct gx_str what)
{
    return gx_load_fail(r->loader, r->draft->file, node, path, GX_M_CONVERT_MISFIT, what,
                        field->x.name);
}

/* Can what stands in `from` be put into `field` as it is? */
static bool fits(const struct gx_field *field, const struct gx_field *from)
{
    if (field->type->computed || field->x.type != from->x.type ||
        (field->part_count != from->part_count && !from->type->computed) ||
        field->x.scale != from->x.scale)
        return false;
    return !field->x.object || (from->x.object && strcmp(field->x.object, from->x.object) == 0);
}

static enum gx_code add_from(const struct reader *r, struct gx_convert_target *target,
                             const struct gx_json *node, struct gx_str name, struct gx_str from,
                             struct gx_str path)
{
    struct gx_convert_value *value = &target->values[target->value_count];
    GX_TRY(field_of(r, target->object, node, name, path, &value->field));
    GX_TRY(field_of(r, r->draft->object, node, from, path, &value->from));
    if (!fits(value->field, value->from) || value->from->type->computed)
        return misfit(r, node, path, value->field, from);
    target->value_count++;
    return GX_OK;
}

static enum gx_code add_set(const struct reader *r, struct gx_convert_target *target,
                            const struct gx_json *node, struct gx_str path)
{
    struct gx_convert_value *value = &target->values[target->value_count];
    GX_TRY(field_of(r, target->object, node, node->key, path, &value->field));
    if (value->field->type->computed)
        return misfit(r, node, path, value->field, node->key);
    target->value_count++;
    if (node->kind == GX_JSON_OBJECT && gx_json_get(node, "expr"))
        return gx_load_expr(
            r->loader, r->draft, r->draft->file, node, gx_load_path(r->loader, path, "expr"),
            gx_json_get_str(node, "expr", GX_STR("")), value->field->x.type, &value->expr);
    struct gx_value parts[GX_TYPE_PARTS_MAX] = { 0 };
    struct gx_type_io io = {
        .ctx = r->loader->ctx,
        .field = value->field,
        .path = path,
        .currency = GX_STR("TWD"),
        .region = GX_STR("TW"),
    };
    value->json = node;
    if (value->field->type->from_json(&io, node, parts) == GX_OK)
        return GX_OK;
    return gx_load_place(r->loader, r->draft->file, node);
}

static enum gx_code read_values(const struct reader *r, const struct gx_json *node,
                                struct gx_convert_target *target, struct gx_str path)
{
    const struct gx_json *set = gx_json_get(node, "set"), *map = gx_json_get(node, "map"),
                         *copy = gx_json_get(node, "copy");
    struct gx_loader *loader = r->loader;
    size_t most = (set ? set->count : 0) + (map ? map->count : 0) + (copy ? copy->count : 0);
    target->values = GX_ARENA_ARRAY(loader->arena, struct gx_convert_value, most + 1);
    for (const struct gx_json *k = set ? set->first : NULL; k; k = k->next)
        GX_TRY(add_set(r, target, k,
                       gx_load_path(loader, gx_load_path(loader, path, "set"),
                                    gx_arena_cstr(loader->ctx->arena, k->key))));
    for (const struct gx_json *k = map ? map->first : NULL; k; k = k->next)
        GX_TRY(add_from(r, target, k, k->key, k->text,
                        gx_load_path(loader, gx_load_path(loader, path, "map"),
                                     gx_arena_cstr(loader->ctx->arena, k->key))));
    size_t i = 0;
    for (const struct gx_json *k = copy ? copy->first : NULL; k; k = k->next, i++)
        GX_TRY(add_from(r, target, k, k->text, k->text,
                        gx_load_path_index(loader, gx_load_path(loader, path, "copy"), i)));
    return GX_OK;
}

static enum gx_code read_match(const struct reader *r, const struct gx_json *node,
                               struct gx_convert_target *target, struct gx_str path)
{
    const struct gx_json *list = gx_json_get(node, "match");
    target->match =
        GX_ARENA_ARRAY(r->loader->arena, const struct gx_field *, list ? list->count + 1 : 1);
    path = gx_load_path(r->loader, path, "match");
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        struct gx_str at = gx_load_path_index(r->loader, path, target->match_count);
        GX_TRY(field_of(r, target->object, k, k->text, at, &target->match[target->match_count]));
        if (target->match[target->match_count]->part_count == 0)
            return misfit(r, k, at, target->match[target->match_count], k->text);
        target->match_count++;
    }
    return GX_OK;
}

static enum gx_code read_target(const struct reader *r, const struct gx_json *node,
                                struct gx_str path)
{
    static const char *const known[] = { "object", "into", "when", "optional", "match",
                                         "copy",   "map",  "set",  NULL };
    struct gx_loader *loader = r->loader;
    struct gx_convert_target *target = &r->convert->targets[r->convert->target_count++];
    GX_TRY(gx_load_keys(loader, r->draft->file, node, path, known));
    struct gx_str name = gx_json_get_str(node, "object", GX_STR(""));
    struct gx_str into = gx_json_get_str(node, "into", GX_STR(""));
    target->object = gx_meta_object(loader->meta, name);
    target->optional = gx_json_get_bool(node, "optional", false);
    if (!target->object)
        return gx_load_fail(loader, r->draft->file, node, gx_load_path(loader, path, "object"),
                            GX_M_META_NO_OBJECT, name);
    struct gx_str into_path = gx_load_path(loader, path, "into");
    GX_TRY(field_of(r, r->draft->object, node, into, into_path, &target->into));
    if (target->into->x.type != GX_TYPE_LINK || !gx_str_is(name, target->into->x.object))
        return misfit(r, node, into_path, target->into, name);
    struct gx_str when = gx_json_get_str(node, "when", GX_STR(""));
    if (when.n)
        GX_TRY(gx_load_expr(loader, r->draft, r->draft->file, node,
                            gx_load_path(loader, path, "when"), when, GX_TYPE_BOOL, &target->when));
    GX_TRY(read_match(r, node, target, path));
    return read_values(r, node, target, path);
}

static enum gx_code read_carry(const struct reader *r, const struct gx_json *list)
{
    const struct gx_object *object = r->draft->object;
    r->convert->carry =
        GX_ARENA_ARRAY(r->loader->arena, const struct gx_relation *, list ? list->count + 1 : 1);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        size_t i = 0;
        while (i < object->relation_count && !gx_str_eq(object->relations[i].x.name, k->text))
            i++;
        if (i == object->relation_count)
            return gx_load_fail(
                r->loader, r->draft->file, k,
                gx_load_path_index(r->loader, GX_STR("convert.carry"), r->convert->carry_count),
                GX_M_UNKNOWN_KEY, k->text);
        r->convert->carry[r->convert->carry_count++] = &object->relations[i];
    }
    return GX_OK;
}

static enum gx_code read_state(const struct reader *r, const struct gx_json *json)
{
    const struct gx_object *object = r->draft->object;
    struct gx_convert *convert = r->convert;
    struct gx_str stamp = gx_json_get_str(json, "stamp", GX_STR(""));
    convert->to = gx_json_get_str(json, "to", GX_STR(""));
    GX_TRY(field_of(r, object, json, gx_json_get_str(json, "field", GX_STR("")),
                    GX_STR("convert.field"), &convert->field));
    if (!convert->field->process || !gx_process_state(convert->field->process, convert->to))
        return misfit(r, json, GX_STR("convert.to"), convert->field, convert->to);
    if (stamp.n == 0)
        return GX_OK;
    GX_TRY(field_of(r, object, json, stamp, GX_STR("convert.stamp"), &convert->stamp));
    if (convert->stamp->x.type != GX_TYPE_MOMENT || convert->stamp->type->computed)
        return misfit(r, json, GX_STR("convert.stamp"), convert->stamp, stamp);
    return GX_OK;
}

enum gx_code gx_load_convert(struct gx_loader *loader, struct gx_object_draft *draft)
{
    static const char *const known[] = { "label", "doc",     "field", "to",
                                         "stamp", "targets", "carry", NULL };
    const struct gx_json *json = gx_json_get(draft->json, "convert");
    if (!json)
        return GX_OK;
    struct reader r = { loader, draft, GX_ARENA_NEW(loader->arena, struct gx_convert) };
    GX_TRY(gx_load_keys(loader, draft->file, json, GX_STR("convert"), known));
    GX_TRY(read_state(&r, json));
    const struct gx_json *targets = gx_json_get(json, "targets");
    r.convert->targets =
        GX_ARENA_ARRAY(loader->arena, struct gx_convert_target, targets ? targets->count + 1 : 1);
    for (const struct gx_json *k = targets ? targets->first : NULL; k; k = k->next)
        GX_TRY(read_target(
            &r, k, gx_load_path_index(loader, GX_STR("convert.targets"), r.convert->target_count)));
    GX_TRY(read_carry(&r, gx_json_get(json, "carry")));
    draft->object->convert = r.convert;
    return GX_OK;
}
