/* batch_cells.c - a block of cells from a spreadsheet: text by text, as an import reads it. */
#include "store/batch_int.h"

enum gx_code gx_batch_columns(struct gx_scope *scope, const struct gx_object *object,
                              const struct gx_batch_ask *ask, const struct gx_field ***ret_fields)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    size_t count = ask->columns.n;
    if (count == 0 || count > GX_BATCH_COLUMNS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("columns"), GX_M_TOO_BIG, GX_STR("50"));
    if (!ask->rows || ask->rows->kind != GX_JSON_ARRAY || ask->rows->count > GX_BATCH_ROWS_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR("rows"), GX_M_TOO_BIG, GX_STR("2000"));
    const struct gx_field **fields = GX_ARENA_ARRAY(ctx->arena, const struct gx_field *, count);
    for (size_t i = 0; i < count; i++) {
        fields[i] = gx_object_field(object, ask->columns.v[i]);
        if (!fields[i])
            return gx_fail(ctx, GX_E_INVALID, GX_STR("columns"), GX_M_UNKNOWN_KEY,
                           ask->columns.v[i]);
        bool sealed = fields[i]->type->computed || (!fields[i]->type->from_text) ||
                      (fields[i]->system && fields[i] != object->owner) ||
                      (fields[i]->readonly && gx_scope_reason(scope).n == 0);
        if (sealed && fields[i]->x.type != GX_TYPE_LINKS)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("columns"), GX_M_READ_ONLY,
                           gx_label_text(&fields[i]->label, ctx->lang));
    }
    *ret_fields = fields;
    return GX_OK;
}

int64_t gx_batch_row_id(const struct gx_json *row)
{
    int64_t id = 0;
    return gx_str_int64(gx_json_get_str(row, "id", GX_STR("")), &id) ? id : 0;
}

/* "A; B" as the ids of records. */
static enum gx_code set_links(struct gx_scope *scope, struct gx_linker *linker,
                              const struct gx_field *field, struct gx_str text, struct gx_value *v)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_buf ids = { 0 };
    struct gx_str piece;
    enum gx_code code = GX_OK;
    while (code == GX_OK && gx_str_split(&text, ';', &piece)) {
        int64_t id = 0;
        piece = gx_str_trim(piece);
        if (piece.n == 0)
            continue;
        code = gx_linker_find(linker, scope, field, piece, false, &id);
        if (code == GX_OK && ids.n)
            gx_buf_addc(&ids, ',');
        if (code == GX_OK)
            gx_buf_addi(&ids, id);
    }
    if (code == GX_OK && ids.n)
        *v = gx_value_text(gx_arena_str(ctx->arena, gx_buf_str(&ids)));
    gx_buf_free(&ids);
    return code;
}

static enum gx_code set(struct gx_scope *scope, const struct gx_field *field,
                        struct gx_linker *linker, struct gx_str text, struct gx_input *input)
{
    struct gx_value *v = &input->v[field->slot];
    input->given[field->index_in_object] = true;
    text = gx_str_trim(text);
    if (text.n == 0)
        return GX_OK;
    if (field->x.type == GX_TYPE_LINKS)
        return set_links(scope, linker, field, text, v);
    if (field->x.type == GX_TYPE_LINK) {
        int64_t id = 0;
        GX_TRY(gx_linker_find(linker, scope, field, text, false, &id));
        *v = gx_value_int(id);
        return GX_OK;
    }
    if (field->x.type == GX_TYPE_CHOICE) {
        struct gx_str chosen;
        GX_TRY(gx_linker_choice(linker, scope, field, text, &chosen));
        *v = gx_value_text(chosen);
        return GX_OK;
    }
    return gx_input_text(scope, input, field, text, GX_DATE_YMD);
}

enum gx_code gx_batch_cells(struct gx_scope *scope, const struct gx_object *object,
                            const struct gx_field *const *fields, size_t count,
                            struct gx_linker *linker, const struct gx_json *row,
                            struct gx_input **ret_input)
{
    const struct gx_json *cells = gx_json_get(row, "cells");
    const struct gx_json *cell = cells ? cells->first : NULL;
    enum gx_code code = GX_OK;
    *ret_input = gx_input_new(scope, object);
    for (size_t i = 0; i < count && cell; i++, cell = cell->next) {
        if (cell->kind != GX_JSON_STRING) /* null: this cell is left alone */
            continue;
        enum gx_code one = set(scope, fields[i], linker, cell->text, *ret_input);
        if (one != GX_OK)
            code = one;
    }
    return code;
}

/* {"field": value} of what would be written; links by their ids. */
static void write_values(struct gx_jw *w, const struct gx_field *const *fields, size_t count,
                         const struct gx_input *input)
{
    gx_jw_key(w, GX_STR("values"));
    gx_jw_object(w);
    for (size_t i = 0; i < count; i++) {
        const struct gx_value *v = &input->v[fields[i]->slot];
        if (!input->given[fields[i]->index_in_object])
            continue;
        gx_jw_key(w, fields[i]->x.name);
        if (v->kind == GX_VALUE_NULL || fields[i]->x.type == GX_TYPE_LINKS)
            gx_jw_null(w);
        else
            fields[i]->type->to_json(w, fields[i], v);
    }
    gx_jw_object_end(w);
}

static enum gx_code preview_row(struct gx_scope *scope, const struct gx_object *object,
                                const struct gx_field *const *fields, size_t count,
                                struct gx_linker *linker, const struct gx_json *row,
                                struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record = { .object = object };
    struct gx_input *input;
    int64_t id = gx_batch_row_id(row);
    bool *shown = GX_ARENA_ARRAY(ctx->arena, bool, object->field_count);
    bool *required = GX_ARENA_ARRAY(ctx->arena, bool, object->field_count);
    enum gx_code code = gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &record);
    enum gx_code cells = gx_batch_cells(scope, object, fields, count, linker, row, &input);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key_str(w, "title", record.v ? gx_record_title(&record) : GX_STR(""));
    write_values(w, fields, count, input);
    if (code == GX_OK)
        code = cells;
    if (code == GX_OK)
        code = gx_record_check(scope, id, input, shown, required);
    gx_jw_key(w, GX_STR("errors"));
    gx_batch_errors(ctx, w);
    gx_jw_object_end(w);
    gx_ctx_clear(ctx);
    return code;
}

enum gx_code gx_batch_cells_preview(struct gx_scope *scope, const struct gx_object *object,
                                    const struct gx_batch_ask *ask, struct gx_jw *w,
                                    int64_t *ret_good)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_import_plan no_plan = { .match_count = 0 };
    const struct gx_field **fields;
    GX_TRY(gx_batch_columns(scope, object, ask, &fields));
    struct gx_linker *linker = gx_linker_new(ctx->arena, &no_plan);
    *ret_good = 0;
    gx_jw_array(w);
    for (const struct gx_json *row = ask->rows->first; row; row = row->next) {
        enum gx_code code = preview_row(scope, object, fields, ask->columns.n, linker, row, w);
        if (code == GX_E_IO || code == GX_E_INTERNAL || code == GX_E_CANCELLED)
            return code;
        *ret_good += code == GX_OK;
    }
    gx_jw_array_end(w);
    return GX_OK;
}
