/* import_check.c - the dry run: the checks of a real one, on a reader, and what would change. */
#include "store/import_run.h"

/* An address may have a city and no street. */
static bool has_value(const struct gx_field *f, const struct gx_value *parts)
{
    bool has = false;
    for (int i = 0; parts && i < (f->part_count ? f->part_count : 1); i++)
        has |= parts[i].kind != GX_VALUE_NULL;
    return has;
}

static bool same_value(const struct gx_field *f, const struct gx_value *a, const struct gx_value *b)
{
    bool same = true;
    for (int i = 0; i < (f->part_count ? f->part_count : 1); i++)
        same &= gx_value_eq(a[i], b[i]);
    return same;
}

/* Dry run: the same checks on a reader; what would change. */
static struct gx_str changes_json(struct import_runner *r, const struct gx_record *old,
                                  const struct gx_input *input)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (size_t i = 0; i < r->object->field_count; i++) {
        const struct gx_field *f = &r->object->fields[i];
        if (!input->given[i] || f->type->computed)
            continue;
        const struct gx_value *now = &input->v[f->slot];
        const struct gx_value *was = old->v ? &old->v[f->slot] : NULL;
        bool had = has_value(f, was), has = has_value(f, now);
        if (had == has && (!has || same_value(f, was, now)))
            continue;
        gx_jw_object(&w);
        gx_jw_key_str(&w, "field", f->x.name);
        gx_jw_key(&w, GX_STR("old"));
        if (had)
            f->type->to_json(&w, f, was);
        else
            gx_jw_null(&w);
        gx_jw_key(&w, GX_STR("new"));
        if (has)
            f->type->to_json(&w, f, now);
        else
            gx_jw_null(&w);
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    struct gx_str text = gx_arena_str(r->ctx.arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

/* Unique values and match keys that stood in a row above would clash when it is run. */
static enum gx_code check_twice(struct import_runner *r, const struct import_row *row)
{
    for (size_t i = 0; i < r->object->unique_count; i++) {
        const struct gx_unique *u = &r->object->uniques[i];
        struct gx_str key = u->index;
        bool whole = true;
        for (size_t k = 0; k < u->count; k++) {
            struct gx_value v = row->input->v[u->fields[k]->slot];
            whole &= v.kind != GX_VALUE_NULL;
            key =
                v.kind == GX_VALUE_INT
                    ? gx_arena_printf(r->ctx.arena, "%.*s|%lld", GX_STR_ARG(key), (long long)v.i)
                    : gx_arena_printf(r->ctx.arena, "%.*s|%.*s", GX_STR_ARG(key), GX_STR_ARG(v.s));
        }
        if (!whole || r->plan.mode != GX_IMPORT_CREATE)
            continue;
        if (gx_map_get(&r->seen, key))
            return gx_fail(&r->ctx, GX_E_DUPLICATE, u->fields[0]->x.name, GX_M_ROW_TWICE);
        gx_map_set(&r->seen, &r->arena, gx_arena_str(&r->arena, key), r);
    }
    return GX_OK;
}

static enum gx_code check_unique(struct import_runner *r, struct import_row *row)
{
    for (size_t i = 0; i < r->object->unique_count; i++) {
        const struct gx_unique *u = &r->object->uniques[i];
        int64_t id;
        GX_TRY(gx_match_find(r->scope, r->object, u->fields, u->count, row->input, &id));
        if (id)
            return gx_fail(&r->ctx, GX_E_DUPLICATE, u->fields[0]->x.name, GX_M_DUPLICATE,
                           gx_label_text(&u->fields[0]->label, r->ctx.lang));
    }
    return GX_OK;
}

static enum gx_code check_one(struct import_runner *r, struct import_row *row)
{
    int64_t id;
    struct gx_record old = { r->object, NULL };
    struct gx_input copy = *row->input;
    bool *flags = GX_ARENA_ARRAY(r->ctx.arena, bool, r->object->field_count * 2);
    GX_TRY(check_twice(r, row));
    GX_TRY(import_find_match(r, r->scope, row, &id));
    if (id)
        GX_TRY(gx_record_load(r->scope, r->object, id, GX_RIGHT_EDIT, false, &old));
    else
        GX_TRY(check_unique(r, row));
    row->changes = changes_json(r, &old, row->input);
    row->action = !id ? "create" : row->changes.n > 2 ? "update" : "same";
    copy.v = gx_arena_alloc(r->ctx.arena, r->object->slot_count * sizeof *copy.v);
    memcpy(copy.v, row->input->v, r->object->slot_count * sizeof *copy.v);
    if (!id)
        GX_TRY(gx_input_defaults(r->scope, &copy));
    GX_TRY(gx_record_check(r->scope, id, &copy, flags, flags + r->object->field_count));
    const char *again =
        !id && r->plan.mode == GX_IMPORT_BOTH
            ? gx_rows_above_put(r->above, r->match, r->plan.match_count, row->input, row->changes)
            : NULL;
    row->action = again ? again : row->action;
    return GX_OK;
}

void import_check_rows(struct import_runner *r)
{
    for (size_t i = 0; i < r->count; i++) {
        struct import_row *row = &r->rows[i];
        if (row->code != GX_OK)
            continue;
        row->code = check_one(r, row);
        if (row->code == GX_OK)
            continue;
        row->action = "fail";
        row->errors = import_errors(&r->ctx);
    }
}
