/* convert.c - see convert.h. */
#include "store/convert.h"

#include "store/list.h"
#include "store/match.h"
#include "store/store_int.h"

/* The record on its way: `now` already has the links to what was made. */
struct work {
    struct gx_scope *scope;
    const struct gx_convert *convert;
    struct gx_record now;
    struct gx_conversion out;
};

static size_t parts_of(const struct gx_field *field)
{
    return field->part_count ? (size_t)field->part_count : 1;
}

static enum gx_code load(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                         enum gx_right right, struct work *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    if (!object->convert)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_CONVERT_NOT,
                       gx_label_text(&object->plural, ctx->lang));
    *w = (struct work){ .scope = scope, .convert = object->convert };
    GX_TRY(gx_record_load(scope, object, id, right, false, &w->now));
    return gx_row_read_links(ctx, gx_scope_conn(scope), &w->now);
}

static bool is_done(const struct work *w)
{
    struct gx_value state = w->now.v[w->convert->field->slot];
    return state.kind == GX_VALUE_TEXT && gx_str_eq(state.s, w->convert->to);
}

static enum gx_code applies(const struct work *w, const struct gx_convert_target *target,
                            bool *ret_yes)
{
    *ret_yes = true;
    return target->when ? gx_record_test(w->scope, target->when, &w->now, ret_yes) : GX_OK;
}

static enum gx_code value_of(const struct work *w, const struct gx_convert_value *value,
                             struct gx_value *parts)
{
    const struct gx_field *field = value->field;
    if (value->from) {
        memcpy(parts, &w->now.v[value->from->slot], parts_of(field) * sizeof *parts);
        return GX_OK;
    }
    if (value->json) {
        struct gx_type_io io = gx_store_io(w->scope, field, field->x.name);
        return value->json->kind == GX_JSON_NULL ? GX_OK
                                                 : field->type->from_json(&io, value->json, parts);
    }
    GX_TRY(gx_record_eval(w->scope, value->expr, &w->now, &parts[0]));
    if (field->x.type == GX_TYPE_MONEY && parts[0].kind == GX_VALUE_INT)
        parts[1] = gx_value_text(gx_scope_tenant(w->scope)->settings.currency);
    return GX_OK;
}

/*
 * What a target gets.  Over an existing record only what is empty there, and no constants: they
 * describe a new one.
 */
static enum gx_code fill(const struct work *w, const struct gx_convert_target *target,
                         const struct gx_record *existing, struct gx_input **ret_input)
{
    struct gx_input *input = gx_input_new(w->scope, target->object);
    struct gx_record so_far = { target->object, existing ? existing->v : input->v };
    for (size_t i = 0; i < target->value_count; i++) {
        const struct gx_field *field = target->values[i].field;
        struct gx_value parts[GX_TYPE_PARTS_MAX] = { 0 };
        bool shown = true;
        if (existing && (!target->values[i].from || existing->v[field->slot].kind != GX_VALUE_NULL))
            continue;
        GX_TRY(value_of(w, &target->values[i], parts));
        if (parts[0].kind == GX_VALUE_NULL)
            continue;
        if (field->when)
            GX_TRY(gx_record_test(w->scope, field->when, &so_far, &shown));
        if (!shown)
            continue;
        memcpy(&input->v[field->slot], parts, parts_of(field) * sizeof *parts);
        input->given[field->index_in_object] = true;
    }
    *ret_input = input;
    return GX_OK;
}

/* May be left as it is: the person may use the record, but not change it. */
static enum gx_code fill_existing(const struct work *w, const struct gx_convert_target *target,
                                  int64_t id)
{
    static const struct gx_write_options options = { .reason = { "conversion", 10 } };
    struct gx_ctx *ctx = gx_scope_ctx(w->scope);
    struct gx_record existing;
    struct gx_input *input;
    GX_TRY(gx_record_load(w->scope, target->object, id, GX_RIGHT_READ, false, &existing));
    GX_TRY(gx_row_read_links(ctx, gx_scope_conn(w->scope), &existing));
    GX_TRY(fill(w, target, &existing, &input));
    enum gx_code code = gx_record_update(w->scope, id, 0, input, &options, NULL, NULL);
    if (code != GX_E_FORBIDDEN)
        return code;
    gx_ctx_clear(ctx);
    return GX_OK;
}

static const struct gx_convert_choice *choice_of(const struct gx_convert_choice *choices,
                                                 size_t count, const struct gx_object *object)
{
    static const struct gx_convert_choice none = { .make = false };
    for (size_t i = 0; i < count; i++)
        if (gx_str_eq(choices[i].object, object->x.name))
            return &choices[i];
    return &none;
}

static struct gx_converted *converted_of(struct gx_conversion *out, const struct gx_object *object)
{
    for (size_t i = 0; i < out->target_count; i++)
        if (out->targets[i].object == object)
            return &out->targets[i];
    if (out->target_count == GX_CONVERT_TARGETS_MAX)
        return NULL;
    out->targets[out->target_count] = (struct gx_converted){ .object = object };
    return &out->targets[out->target_count++];
}

static enum gx_code make_one(struct work *w, const struct gx_convert_target *target,
                             const struct gx_convert_choice *choice)
{
    static const struct gx_write_options options = { .reason = { "conversion", 10 } };
    struct gx_converted *done = converted_of(&w->out, target->object);
    struct gx_input *input;
    bool yes;
    GX_TRY(applies(w, target, &yes));
    if (!done || !yes || choice->leave ||
        (target->optional && !choice->make && choice->existing == 0))
        return GX_OK;
    if (choice->existing) {
        done->id = choice->existing;
        GX_TRY(fill_existing(w, target, done->id));
    } else {
        GX_TRY(fill(w, target, NULL, &input));
        GX_TRY(gx_record_create(w->scope, input, &options, &done->id));
        done->made = true;
    }
    w->now.v[target->into->slot] = gx_value_int(done->id);
    return GX_OK;
}

/* The record itself: where it went, when, and its last state. */
static enum gx_code finish(struct work *w, int64_t version)
{
    static const struct gx_write_options options = { .reason = { "conversion", 10 } };
    struct gx_input *input = gx_input_new(w->scope, w->now.object);
    const struct gx_convert *convert = w->convert;
    for (size_t i = 0; i < convert->target_count; i++) {
        const struct gx_field *into = convert->targets[i].into;
        input->v[into->slot] = w->now.v[into->slot];
        input->given[into->index_in_object] = true;
    }
    if (convert->stamp) {
        input->v[convert->stamp->slot] = gx_value_int(gx_scope_ctx(w->scope)->now_us);
        input->given[convert->stamp->index_in_object] = true;
    }
    input->v[convert->field->slot] = gx_value_text(convert->to);
    input->given[convert->field->index_in_object] = true;
    return gx_record_update(w->scope, w->now.v[GX_SLOT_ID].i, version, input, &options, NULL, NULL);
}

const struct gx_field *gx_link_field(const struct gx_object *object, const struct gx_object *target)
{
    const struct gx_field *first = NULL;
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        if (field->x.type != GX_TYPE_LINK || field->type->computed || field->system ||
            !gx_str_is(target->x.name, field->x.object))
            continue;
        if (gx_str_eq(field->x.name, target->x.name))
            return field;
        if (!first)
            first = field;
    }
    return first;
}

static enum gx_code carry_one(struct work *w, const struct gx_object *object, int64_t id)
{
    static const struct gx_write_options options = { .reason = { "conversion", 10 } };
    struct gx_ctx *ctx = gx_scope_ctx(w->scope);
    struct gx_record related;
    struct gx_input *input = gx_input_new(w->scope, object);
    bool changed = false;
    GX_TRY(gx_row_read(ctx, gx_scope_conn(w->scope), object, id, &related));
    for (size_t i = 0; i < w->out.target_count; i++) {
        const struct gx_field *link = gx_link_field(object, w->out.targets[i].object);
        if (!link || !w->out.targets[i].id || related.v[link->slot].kind != GX_VALUE_NULL)
            continue;
        input->v[link->slot] = gx_value_int(w->out.targets[i].id);
        input->given[link->index_in_object] = true;
    }
    enum gx_code code = gx_record_update(w->scope, id, 0, input, &options, &changed, NULL);
    if (code == GX_E_FORBIDDEN || code == GX_E_NOT_FOUND || code == GX_E_INVALID) {
        gx_ctx_clear(ctx);
        w->out.left += code != GX_E_NOT_FOUND; /* of hidden ones nothing is said */
        return GX_OK;
    }
    w->out.carried += changed;
    return code;
}

static enum gx_code carry(struct work *w, const struct gx_relation *relation)
{
    struct gx_ctx *ctx = gx_scope_ctx(w->scope);
    const struct gx_object *object =
        gx_meta_object(gx_scope_meta(w->scope), gx_str_c(relation->x.object));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(w->scope)));
    gx_sqlb_add(b, GX_SQL("SELECT id FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, gx_object_any_field(object, relation->x.field)->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, w->now.v[GX_SLOT_ID]);
    gx_sqlb_add(b, GX_SQL(" AND deleted_at IS NULL LIMIT "));
    gx_sqlb_bind(b, gx_value_int(GX_CONVERT_CARRY_MAX + 1));
    int64_t *ids = GX_ARENA_ARRAY(ctx->arena, int64_t, GX_CONVERT_CARRY_MAX + 1);
    struct gx_rows *rows;
    size_t n = 0;
    bool has;
    enum gx_code code;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(w->scope), gx_sqlb_sql(b), b->values, b->value_count,
                       &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n <= GX_CONVERT_CARRY_MAX)
        ids[n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    GX_TRY(code);
    if (n > GX_CONVERT_CARRY_MAX)
        return gx_fail(ctx, GX_E_LIMIT, relation->x.name, GX_M_CONVERT_MANY,
                       gx_arena_printf(ctx->arena, "%d", GX_CONVERT_CARRY_MAX));
    for (size_t i = 0; i < n; i++)
        GX_TRY(carry_one(w, object, ids[i]));
    return GX_OK;
}

/* Every choice must be about something that this object becomes. */
static enum gx_code check_choices(const struct work *w, const struct gx_convert_choice *choices,
                                  size_t count)
{
    struct gx_ctx *ctx = gx_scope_ctx(w->scope);
    for (size_t i = 0; i < count; i++) {
        bool known = false, any = false, yes;
        for (size_t k = 0; k < w->convert->target_count; k++) {
            const struct gx_convert_target *target = &w->convert->targets[k];
            if (!gx_str_eq(target->object->x.name, choices[i].object))
                continue;
            known = true;
            GX_TRY(applies(w, target, &yes));
            any |= yes;
        }
        if (!known || (!any && choices[i].existing))
            return gx_fail(ctx, GX_E_INVALID, choices[i].object, GX_M_CONVERT_NO_TARGET,
                           choices[i].object);
    }
    return GX_OK;
}

enum gx_code gx_convert(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                        int64_t version, const struct gx_convert_choice *choices, size_t count,
                        struct gx_conversion *ret_conversion)
{
    struct work w;
    GX_TRY(load(scope, object, id, GX_RIGHT_EDIT, &w));
    if (is_done(&w))
        return gx_fail(gx_scope_ctx(scope), GX_E_CONFLICT, w.convert->field->x.name,
                       GX_M_CONVERT_DONE);
    GX_TRY(check_choices(&w, choices, count));
    for (size_t i = 0; i < w.convert->target_count; i++)
        GX_TRY(make_one(&w, &w.convert->targets[i],
                        choice_of(choices, count, w.convert->targets[i].object)));
    GX_TRY(finish(&w, version));
    for (size_t i = 0; i < w.convert->carry_count; i++)
        GX_TRY(carry(&w, w.convert->carry[i]));
    *ret_conversion = w.out;
    return GX_OK;
}

enum gx_code gx_convert_write_link(struct gx_scope *scope, const struct gx_object *object,
                                   int64_t id, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_list *list;
    struct gx_buf title = { 0 };
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key(w, GX_STR("title"));
    enum gx_code code =
        gx_list_open_one(scope, object, id, object->title->x.name, false, GX_MAY_UNSAID, &list);
    if (code == GX_OK) {
        gx_list_text(list, 0, &title);
        gx_list_close(list);
        gx_jw_str(w, gx_buf_str(&title));
        gx_buf_free(&title);
    } else if (code == GX_E_FORBIDDEN || code == GX_E_NOT_FOUND) {
        gx_ctx_clear(ctx);
        gx_jw_null(w);
        code = GX_OK;
    }
    gx_jw_object_end(w);
    return code;
}

static enum gx_code write_matches(const struct work *w, const struct gx_convert_target *target,
                                  const struct gx_input *input, struct gx_jw *out)
{
    int64_t seen[GX_CONVERT_MATCHES_MAX];
    size_t n = 0;
    for (size_t i = 0; i < target->match_count; i++) {
        int64_t ids[GX_CONVERT_MATCHES_MAX];
        size_t found;
        GX_TRY(gx_match_all(w->scope, target->object, &target->match[i], 1, input, ids,
                            GX_COUNT(ids), &found));
        for (size_t k = 0; k < found && n < GX_COUNT(seen); k++) {
            size_t s = 0;
            while (s < n && seen[s] != ids[k])
                s++;
            if (s < n)
                continue;
            seen[n++] = ids[k];
            gx_jw_object(out);
            gx_jw_key(out, GX_STR("record"));
            GX_TRY(gx_convert_write_link(w->scope, target->object, ids[k], out));
            gx_jw_key_str(out, "field", target->match[i]->x.name);
            gx_jw_object_end(out);
        }
    }
    return GX_OK;
}

static enum gx_code preview_one(const struct work *w, const struct gx_convert_target *target,
                                struct gx_jw *out)
{
    struct gx_input *input;
    struct gx_buf title = { 0 };
    const struct gx_field *field = target->object->title;
    GX_TRY(fill(w, target, NULL, &input));
    GX_TRY(gx_input_defaults(w->scope, input));
    gx_jw_object(out);
    gx_jw_key_str(out, "object", target->object->x.name);
    gx_jw_key_bool(out, "optional", target->optional);
    if (!field->type->computed && input->v[field->slot].kind != GX_VALUE_NULL)
        field->type->to_text(&title, field, &input->v[field->slot]);
    gx_jw_key_str(out, "title", gx_buf_str(&title));
    gx_buf_free(&title);
    gx_jw_key(out, GX_STR("matches"));
    gx_jw_array(out);
    enum gx_code code = write_matches(w, target, input, out);
    gx_jw_array_end(out);
    gx_jw_object_end(out);
    return code;
}

enum gx_code gx_convert_preview(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                                struct gx_jw *w)
{
    struct work work;
    GX_TRY(load(scope, object, id, GX_RIGHT_READ, &work));
    gx_jw_object(w);
    gx_jw_key_bool(w, "converted", is_done(&work));
    gx_jw_key(w, GX_STR("targets"));
    gx_jw_array(w);
    for (size_t i = 0; i < work.convert->target_count && !is_done(&work); i++) {
        bool yes;
        GX_TRY(applies(&work, &work.convert->targets[i], &yes));
        if (yes)
            GX_TRY(preview_one(&work, &work.convert->targets[i], w));
    }
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}
