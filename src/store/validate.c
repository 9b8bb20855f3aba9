/* validate.c - required fields, conditions, links and rules of one record; move.c has its moves. */
#include "store/store_int.h"

static bool is_empty(const struct gx_record *record, const struct gx_field *field)
{
    return record->v[field->slot].kind == GX_VALUE_NULL;
}

static bool same_field(const struct gx_record *a, const struct gx_record *b,
                       const struct gx_field *field)
{
    int parts = field->part_count ? field->part_count : 1;
    for (int i = 0; i < parts; i++)
        if (!gx_value_eq(a->v[field->slot + i], b->v[field->slot + i]))
            return false;
    return true;
}

static struct gx_str label(const struct gx_scope *scope, const struct gx_field *field)
{
    struct gx_str text = gx_label_text(&field->label, gx_scope_ctx(scope)->lang);
    return text.n ? text : field->x.name;
}

static enum gx_code check_needed(const struct gx_scope *scope, const struct gx_record *record,
                                 const struct gx_field *field, const bool *given)
{
    bool shown = true, needed = field->required, empty = is_empty(record, field);
    if (empty ? !needed && !field->required_when : !given[field->index_in_object])
        return GX_OK;
    if (field->when)
        GX_TRY(gx_record_test(scope, field->when, record, &shown));
    if (!shown) {
        if (!empty && given[field->index_in_object])
            return gx_fail(gx_scope_ctx(scope), GX_E_INVALID, field->x.name, GX_M_NOT_USED_HERE,
                           label(scope, field));
        return GX_OK;
    }
    if (empty && !needed && field->required_when)
        GX_TRY(gx_record_test(scope, field->required_when, record, &needed));
    /* Nobody can be asked for what they may not write, and least of all be told of it. */
    if (empty && needed && field->access == GX_FIELD_WRITE)
        return gx_fail(gx_scope_ctx(scope), GX_E_INVALID, field->x.name, GX_M_REQUIRED,
                       label(scope, field));
    return GX_OK;
}

/* The target must be there, and this person must be able to see it. */
static enum gx_code check_target(const struct gx_scope *scope, const struct gx_field *field,
                                 int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    if (id == gx_scope_me(scope) && strcmp(field->x.object, "user") == 0)
        return GX_OK;
    const struct gx_object *to = gx_meta_object(gx_scope_meta(scope), gx_str_c(field->x.object));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT 1 FROM "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" AND t.deleted_at IS NULL"));
    const struct gx_expr_env *env = gx_scope_env(scope);
    const struct gx_expr *filter = env->visible(env->visible_p, to->x.name);
    if (filter) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filter, env, GX_STR("t"));
    }
    int64_t there;
    GX_TRY(
        gx_db_int(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, 0, &there));
    if (there)
        return GX_OK;
    return gx_fail(ctx, GX_E_INVALID, field->x.name, GX_M_NO_TARGET, label(scope, field),
                   gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

static enum gx_code check_links(const struct gx_scope *scope, const struct gx_record *record,
                                const struct gx_record *old, const struct gx_field *field)
{
    if (is_empty(record, field) || (old && same_field(record, old, field)))
        return GX_OK;
    struct gx_value value = record->v[field->slot];
    if (field->x.type == GX_TYPE_LINK)
        return check_target(scope, field, value.i);
    struct gx_str rest = value.s, piece;
    while (gx_str_split(&rest, ',', &piece)) {
        int64_t id = 0;
        if (gx_str_int64(piece, &id))
            GX_TRY(check_target(scope, field, id));
    }
    return GX_OK;
}

static enum gx_code check_field(const struct gx_scope *scope, const struct gx_record *record,
                                const struct gx_record *old, const bool *given,
                                const struct gx_write_options *options,
                                const struct gx_field *field)
{
    GX_TRY(check_needed(scope, record, field, given));
    if (field->x.type == GX_TYPE_LINK || field->x.type == GX_TYPE_LINKS)
        return check_links(scope, record, old, field);
    if (field->process && old && !options->any_move)
        return gx_move_check(scope, record, old, given, field);
    return GX_OK;
}

enum gx_code gx_validate(const struct gx_scope *scope, const struct gx_record *record,
                         const struct gx_record *old, const bool *given,
                         const struct gx_write_options *options)
{
    const struct gx_object *object = record->object;
    enum gx_code code = GX_OK;
    for (size_t i = GX_SLOT_OWNER; i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        /* Most fields of a record are empty and may be: nothing depends on their conditions. */
        if (is_empty(record, field) && !field->required && !field->required_when && !old)
            continue;
        if (field->type->computed || (field->system && field != object->owner))
            continue;
        enum gx_code one = check_field(scope, record, old, given, options, field);
        if (one != GX_OK)
            code = one;
    }
    GX_TRY(code);
    for (size_t i = 0; i < object->rule_count; i++) {
        const struct gx_rule *rule = &object->rules[i];
        bool good = true;
        if (!rule->warn)
            GX_TRY(gx_record_test(scope, rule->check, record, &good));
        if (!good)
            code = gx_fail(gx_scope_ctx(scope), GX_E_INVALID,
                           gx_object_field(object, rule->field) ? rule->field : GX_STR(""),
                           GX_M_RULE, gx_label_text(&rule->message, gx_scope_ctx(scope)->lang));
    }
    return code;
}

enum gx_code gx_record_check(struct gx_scope *scope, int64_t id, struct gx_input *input,
                             bool *shown, bool *required)
{
    const struct gx_object *object = input->object;
    struct gx_record record = { object, input->v }, old = { object, NULL };
    if (id) {
        GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &old));
        GX_TRY(gx_row_read_links(gx_scope_ctx(scope), gx_scope_conn(scope), &old));
        for (size_t i = 0; i < object->field_count; i++) {
            const struct gx_field *f = &object->fields[i];
            if (!input->given[i] && !f->type->computed)
                for (int k = 0; k < (f->part_count ? f->part_count : 1); k++)
                    record.v[f->slot + k] = old.v[f->slot + k];
        }
    } else {
        const struct gx_expr *filter;
        GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_CREATE, &filter));
        GX_TRY(gx_input_defaults(scope, input));
    }
    /* The conditions below see records as they are, so they must not be asked about hidden ones. */
    for (size_t i = 0; i < object->field_count; i++)
        if (input->given[i] &&
            (object->fields[i].x.type == GX_TYPE_LINK ||
             object->fields[i].x.type == GX_TYPE_LINKS) &&
            !object->fields[i].type->computed)
            GX_TRY(check_links(scope, &record, id ? &old : NULL, &object->fields[i]));
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        shown[i] = true;
        required[i] = f->required;
        if (f->when)
            GX_TRY(gx_record_test(scope, f->when, &record, &shown[i]));
        if (f->required_when && !required[i])
            GX_TRY(gx_record_test(scope, f->required_when, &record, &required[i]));
    }
    struct gx_write_options options = { 0 };
    return gx_validate(scope, &record, id ? &old : NULL, input->given, &options);
}

enum gx_code gx_record_warnings(struct gx_scope *scope, const struct gx_input *input, bool *warned)
{
    const struct gx_object *object = input->object;
    const struct gx_record record = { object, input->v };
    for (size_t i = 0; i < object->rule_count; i++) {
        bool good = true;
        if (object->rules[i].warn)
            GX_TRY(gx_record_test(scope, object->rules[i].check, &record, &good));
        warned[i] = !good;
    }
    return GX_OK;
}
