/*
 * write.c - creating and changing a record.
 *
 * The order is the same for both: may they, is it right, the row, its links, its place in
 * search, the log.  All of it stands or falls with the surrounding work.
 */
#include "store/store_int.h"

#include "base/assert.h"
#include "meta/quota.h"
#include "access/signin.h"
#include "store/number.h"

static bool same(const struct gx_field *field, const struct gx_value *a, const struct gx_value *b)
{
    int parts = field->part_count ? field->part_count : 1;
    for (int i = 0; i < parts; i++)
        if (!gx_value_eq(a[i], b[i]))
            return false;
    return true;
}

static void copy(const struct gx_field *field, struct gx_value *to, const struct gx_value *from)
{
    int parts = field->part_count ? field->part_count : 1;
    memcpy(to, from, (size_t)parts * sizeof *to);
}

/* A unique index was violated: say which fields, in their own words. */
static enum gx_code explain_duplicate(struct gx_scope *scope, const struct gx_object *object)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str where = ctx->last_error ? ctx->last_error->path : GX_STR("");
    for (size_t i = 0; i < object->unique_count; i++) {
        const struct gx_unique *u = &object->uniques[i];
        struct gx_str names = GX_STR("");
        bool hit = gx_str_search(where, u->index) != SIZE_MAX;
        bool all = true;
        for (size_t k = 0; k < u->count; k++) {
            struct gx_str label = gx_label_text(&u->fields[k]->label, ctx->lang);
            names = gx_arena_printf(ctx->arena, "%.*s%s%.*s", GX_STR_ARG(names), k ? ", " : "",
                                    GX_STR_ARG(label));
            struct gx_str column =
                gx_arena_printf(ctx->arena, "%.*s.%.*s", GX_STR_ARG(object->x.table),
                                GX_STR_ARG(u->fields[k]->x.column));
            all &= gx_str_search(where, column) != SIZE_MAX;
        }
        if (!hit && !all)
            continue;
        gx_ctx_clear(ctx);
        return gx_fail(ctx, GX_E_DUPLICATE, u->fields[0]->x.name, GX_M_DUPLICATE, names);
    }
    return GX_E_DUPLICATE;
}

enum gx_code gx_row_write_links(const struct gx_scope *scope, const struct gx_field *field,
                                int64_t id, struct gx_value value, bool is_new)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    if (!is_new) {
        struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
        gx_sqlb_add(b, GX_SQL("DELETE FROM "));
        gx_sqlb_name(b, field->x.join_table);
        gx_sqlb_add(b, GX_SQL(" WHERE src = "));
        gx_sqlb_bind(b, gx_value_int(id));
        GX_TRY(gx_db_exec_later(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count));
    }
    if (value.kind != GX_VALUE_TEXT)
        return GX_OK;
    struct gx_str rest = value.s, piece;
    int64_t position = 0, to;
    while (gx_str_split(&rest, ',', &piece)) {
        if (!gx_str_int64(piece, &to))
            continue;
        struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
        gx_sqlb_add(b, GX_SQL("INSERT INTO "));
        gx_sqlb_name(b, field->x.join_table);
        gx_sqlb_add(b, GX_SQL(" (src, dst, position) VALUES ("));
        gx_sqlb_bind(b, gx_value_int(id));
        gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_bind(b, gx_value_int(to));
        gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_bind(b, gx_value_int(position++));
        gx_sqlb_add(b, GX_SQL(") ON CONFLICT (src, dst) DO NOTHING"));
        GX_TRY(gx_db_exec_later(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count));
    }
    return GX_OK;
}

static enum gx_code default_one(struct gx_scope *scope, struct gx_input *input,
                                const struct gx_field *field)
{
    struct gx_value *v = &input->v[field->slot];
    if (field == input->object->owner) {
        if (gx_scope_me(scope))
            v[0] = gx_value_int(gx_scope_me(scope));
        return GX_OK;
    }
    if (field->process) {
        v[0] = gx_value_text(field->process->start);
        return GX_OK;
    }
    if (field->default_expr) {
        struct gx_record record = { input->object, input->v };
        GX_TRY(gx_record_eval(scope, field->default_expr, &record, &v[0]));
        if (field->x.type == GX_TYPE_MONEY && v[0].kind == GX_VALUE_INT)
            v[1] = gx_value_text(gx_scope_tenant(scope)->settings.currency);
        return GX_OK;
    }
    if (field->default_json) {
        struct gx_type_io io = gx_store_io(scope, field, field->x.name);
        return field->type->from_json(&io, field->default_json, v);
    }
    return GX_OK;
}

enum gx_code gx_input_defaults(struct gx_scope *scope, struct gx_input *input)
{
    const struct gx_object *object = input->object;
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *field = &object->fields[i];
        bool literal = field->default_json || field->default_expr;
        if (!literal && !field->process && field != object->owner)
            continue;
        if (input->given[i] || field->type->computed || (field->system && field != object->owner))
            continue;
        bool shown = true;
        if (field->when && literal) {
            struct gx_record record = { object, input->v };
            GX_TRY(gx_record_test(scope, field->when, &record, &shown));
        }
        if (shown)
            GX_TRY(default_one(scope, input, field));
    }
    return GX_OK;
}

static enum gx_code give_numbers(struct gx_scope *scope, struct gx_input *input,
                                 const struct gx_write_options *options)
{
    for (size_t i = 0; i < input->object->field_count; i++) {
        const struct gx_field *field = &input->object->fields[i];
        if (!field->number_format.n)
            continue;
        struct gx_value *v = &input->v[field->slot];
        if (v->kind == GX_VALUE_TEXT && !options->numbers)
            return gx_fail(gx_scope_ctx(scope), GX_E_INVALID, field->x.name, GX_M_READ_ONLY,
                           gx_label_text(&field->label, gx_scope_ctx(scope)->lang));
        if (v->kind == GX_VALUE_NULL)
            GX_TRY(gx_number_next(scope, field, input->object, v));
    }
    return GX_OK;
}

static enum gx_code insert_row(struct gx_scope *scope, const struct gx_record *record,
                               const struct gx_write_options *options)
{
    const struct gx_object *object = record->object;
    enum gx_code code = gx_row_insert(scope, record, options->bulk != NULL);
    return code == GX_E_DUPLICATE ? explain_duplicate(scope, object) : code;
}

static enum gx_code may_create(struct gx_scope *scope, const struct gx_input *input)
{
    const struct gx_object *object = input->object;
    const struct gx_expr *filter;
    GX_TRY(gx_scope_filter(scope, object, GX_RIGHT_CREATE, &filter));
    if (filter && object->owner &&
        !gx_value_eq(input->v[GX_SLOT_OWNER], gx_value_int(gx_scope_me(scope))))
        return gx_fail(gx_scope_ctx(scope), GX_E_FORBIDDEN, GX_STR("owner"), GX_M_OWN_ONLY);
    return GX_OK;
}

/* Entering a state brings its probability along, unless somebody says otherwise. */
static void follow_state(struct gx_record *now, const struct gx_record *old, const bool *given)
{
    const struct gx_field *probability = gx_object_field(now->object, GX_STR("probability"));
    for (size_t i = 0; probability && i < now->object->field_count; i++) {
        const struct gx_field *f = &now->object->fields[i];
        if (!f->process || now->v[f->slot].kind != GX_VALUE_TEXT ||
            given[probability->index_in_object] ||
            (old && gx_value_eq(old->v[f->slot], now->v[f->slot])))
            continue;
        const struct gx_state *state = gx_process_state(f->process, now->v[f->slot].s);
        int64_t scaled = state ? state->probability : -1;
        for (int k = 0; k < probability->x.scale; k++)
            scaled *= 10;
        if (scaled >= 0)
            now->v[probability->slot] = gx_value_int(scaled);
    }
}

enum gx_code gx_record_create(struct gx_scope *scope, struct gx_input *input,
                              const struct gx_write_options *options, int64_t *ret_id)
{
    const struct gx_object *object = input->object;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record = { object, input->v };
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_input_defaults(scope, input));
    follow_state(&record, NULL, input->given);
    GX_TRY(may_create(scope, input));
    GX_TRY(gx_validate(scope, &record, NULL, input->given, options));
    GX_TRY(gx_grants_check(scope, &record, NULL));
    if (gx_quota_counts(object))
        GX_TRY(
            gx_quota_take(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), GX_QUOTA_RECORDS, 1));
    GX_TRY(give_numbers(scope, input, options));
    int64_t id = gx_id_next(&gx_scope_tenant(scope)->ids, ctx->now_us);
    struct gx_value me = gx_scope_me(scope) ? gx_value_int(gx_scope_me(scope)) : GX_NULL_VALUE;
    record.v[GX_SLOT_ID] = gx_value_int(id);
    record.v[GX_SLOT_VERSION] = gx_value_int(1);
    record.v[GX_SLOT_CREATED_AT] = record.v[GX_SLOT_UPDATED_AT] = gx_value_int(ctx->now_us);
    record.v[GX_SLOT_CREATED_BY] = record.v[GX_SLOT_UPDATED_BY] = me;
    record.v[GX_SLOT_DELETED_AT] = GX_NULL_VALUE;
    GX_TRY(insert_row(scope, &record, options));
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].x.type == GX_TYPE_LINKS)
            GX_TRY(gx_row_write_links(scope, &object->fields[i], id,
                                      record.v[object->fields[i].slot], true));
    if (object->searched)
        GX_TRY(gx_search_put(scope, &record, true, options->search, options->bulk));
    GX_TRY(gx_log_add(scope, object, id, GX_CHANGE_CREATE, 1, options, GX_STR("")));
    *ret_id = id;
    return GX_OK;
}

static void write_value(struct gx_jw *w, const struct gx_field *field, const struct gx_value *v)
{
    if (v->kind == GX_VALUE_NULL)
        gx_jw_null(w);
    else
        field->type->to_json(w, field, v);
}

/* {"field id": [old, new], …} of what differs, for fields that keep history. */
static struct gx_str difference(struct gx_ctx *ctx, const struct gx_record *old,
                                const struct gx_record *now)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    for (size_t i = 0; i < now->object->field_count; i++) {
        const struct gx_field *f = &now->object->fields[i];
        if (f->type->computed || !f->history || same(f, &old->v[f->slot], &now->v[f->slot]))
            continue;
        gx_jw_key(&w, f->id);
        gx_jw_array(&w);
        write_value(&w, f, &old->v[f->slot]);
        write_value(&w, f, &now->v[f->slot]);
        gx_jw_array_end(&w);
    }
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static enum gx_code update_row(struct gx_scope *scope, const struct gx_record *old,
                               const struct gx_record *now)
{
    const struct gx_object *object = now->object;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("UPDATE "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" SET "));
    bool first = true;
    for (size_t i = 1; i < object->column_count; i++) {
        if (gx_value_eq(old->v[i], now->v[i]))
            continue;
        if (!first)
            gx_sqlb_add(b, GX_SQL(", "));
        first = false;
        gx_sqlb_name(b, object->columns[i].name);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, now->v[i]);
        gx_row_set_shadow(b, &object->columns[i], now->v[i]);
    }
    gx_assert(!first); /* the version always differs */
    gx_sqlb_add(b, GX_SQL(" WHERE id = "));
    gx_sqlb_bind(b, now->v[GX_SLOT_ID]);
    enum gx_code code =
        gx_db_exec(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, NULL);
    return code == GX_E_DUPLICATE ? explain_duplicate(scope, object) : code;
}

static enum gx_code check_version(struct gx_scope *scope, const struct gx_record *old,
                                  int64_t version)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    int64_t is = old->v[GX_SLOT_VERSION].i;
    if (version == 0 || version == is)
        return GX_OK;
    return gx_fail(ctx, GX_E_CONFLICT, GX_STR("version"), GX_M_CONFLICT,
                   gx_arena_printf(ctx->arena, "%lld", (long long)version),
                   gx_arena_printf(ctx->arena, "%lld", (long long)is));
}

/* Overlay the input on the old record; false when nothing differs. */
static bool overlay(const struct gx_input *input, const struct gx_record *old,
                    struct gx_record *now)
{
    const struct gx_object *object = input->object;
    bool changed = false;
    memcpy(now->v, old->v, object->slot_count * sizeof *now->v);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (!input->given[i] || same(f, &input->v[f->slot], &old->v[f->slot]))
            continue;
        copy(f, &now->v[f->slot], &input->v[f->slot]);
        changed = true;
    }
    return changed;
}

enum gx_code gx_record_store(struct gx_scope *scope, const struct gx_record *old,
                             struct gx_record *now, const struct gx_write_options *options)
{
    const struct gx_object *object = now->object;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    int64_t id = old->v[GX_SLOT_ID].i;
    bool search = false;
    now->v[GX_SLOT_VERSION].i = old->v[GX_SLOT_VERSION].i + 1;
    now->v[GX_SLOT_UPDATED_AT] = gx_value_int(ctx->now_us);
    int64_t by = options->by ? options->by : gx_scope_me(scope);
    now->v[GX_SLOT_UPDATED_BY] = by ? gx_value_int(by) : GX_NULL_VALUE;
    GX_TRY(update_row(scope, old, now));
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->type->computed || same(f, &old->v[f->slot], &now->v[f->slot]))
            continue;
        search |= gx_search_has(f);
        if (f->x.type == GX_TYPE_LINKS)
            GX_TRY(gx_row_write_links(scope, f, id, now->v[f->slot], false));
    }
    if (object->searched && search)
        GX_TRY(gx_search_put(scope, now, false, NULL, NULL));
    GX_TRY(gx_log_add(scope, object, id, GX_CHANGE_UPDATE, now->v[GX_SLOT_VERSION].i, options,
                      difference(ctx, old, now)));
    if (gx_str_is(object->x.name, "user"))
        gx_access_forget(gx_scope_tenant(scope));
    return GX_OK;
}

enum gx_code gx_record_update(struct gx_scope *scope, int64_t id, int64_t version,
                              struct gx_input *input, const struct gx_write_options *options,
                              bool *ret_changed, int64_t *ret_version)
{
    const struct gx_object *object = input->object;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record old,
        now = { object, GX_ARENA_ARRAY(ctx->arena, struct gx_value, object->slot_count) };
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &old));
    GX_TRY(check_version(scope, &old, version));
    GX_TRY(gx_row_read_links(ctx, gx_scope_conn(scope), &old));
    bool locked, changed = overlay(input, &old, &now);
    if (ret_changed)
        *ret_changed = changed;
    if (ret_version)
        *ret_version = old.v[GX_SLOT_VERSION].i + changed;
    if (!changed)
        return GX_OK;
    follow_state(&now, &old, input->given);
    GX_TRY(gx_lock_check(scope, &old, &now, &locked));
    struct gx_write_options strict = *options;
    strict.any_move &= !locked;
    GX_TRY(gx_validate(scope, &now, &old, input->given, &strict));
    GX_TRY(gx_grants_check(scope, &now, &old));
    const struct gx_field *active = gx_object_field(object, GX_STR("active"));
    if (gx_str_is(object->x.name, "user") && active && now.v[active->slot].kind == GX_VALUE_INT)
        GX_TRY(now.v[active->slot].i
                   ? gx_seat_take(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), id, true)
                   : gx_user_goes(scope, id, active->x.name));
    return gx_record_store(scope, &old, &now, options);
}
