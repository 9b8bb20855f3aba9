/* import_row.c - a row of the file becomes what a record is made of: cells, links, choices. */
#include "base/text.h"
#include "store/import_run.h"

struct gx_str import_errors(struct gx_ctx *ctx)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (const struct gx_error *e = ctx->errors; e; e = e->next) {
        gx_jw_object(&w);
        gx_jw_key_str(&w, "field", e->path);
        gx_jw_key_str(&w, "detail", gx_error_text(ctx->arena, e, ctx->lang));
        gx_jw_object_end(&w);
    }
    gx_jw_array_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    gx_ctx_clear(ctx);
    return text;
}

static struct gx_str cells_json(struct gx_ctx *ctx, const struct gx_sheet_row *row)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_array(&w);
    for (size_t i = 0; i < row->cell_count; i++)
        gx_jw_str(&w, row->cells[i].text);
    gx_jw_array_end(&w);
    struct gx_str text = gx_arena_str(ctx->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

bool import_is_link(const struct gx_field *f)
{
    return f->x.type == GX_TYPE_LINK;
}

bool import_points_here(const struct import_runner *r, const struct gx_field *f)
{
    return gx_str_is(r->object->x.name, f->x.object) && r->plan.mode != GX_IMPORT_UPDATE;
}

static enum gx_code set_link(struct import_runner *r, struct import_row *row,
                             const struct gx_field *field, struct gx_str text)
{
    int64_t id;
    bool here = import_points_here(r, field);
    GX_TRY(gx_linker_find(r->linker, r->scope, field, text, here, &id));
    row->input->given[field->index_in_object] = true;
    if (id) {
        row->input->v[field->slot] = gx_value_int(id);
    } else if (here) {
        row->input->given[field->index_in_object] = false;
        struct import_later *l = GX_ARENA_NEW(r->ctx.arena, struct import_later);
        *l = (struct import_later){ field, gx_arena_str(r->ctx.arena, text), row->later };
        row->later = l;
    }
    return GX_OK;
}

/* "A; B" → ids */
static enum gx_code set_links(struct import_runner *r, struct import_row *row,
                              const struct gx_field *field, struct gx_str text)
{
    struct gx_buf ids = { 0 };
    struct gx_str piece;
    enum gx_code code = GX_OK;
    while (code == GX_OK && gx_str_split(&text, ';', &piece)) {
        int64_t id = 0;
        piece = gx_str_trim(piece);
        if (piece.n == 0)
            continue;
        code = gx_linker_find(r->linker, r->scope, field, piece, false, &id);
        if (code == GX_OK && id && ids.n)
            gx_buf_addc(&ids, ',');
        if (code == GX_OK && id)
            gx_buf_addi(&ids, id);
    }
    row->input->given[field->index_in_object] = true;
    if (code == GX_OK && ids.n)
        row->input->v[field->slot] = gx_value_text(gx_arena_str(r->ctx.arena, gx_buf_str(&ids)));
    gx_buf_free(&ids);
    return code;
}

static enum gx_code set_part(struct import_runner *r, struct import_row *row,
                             const struct gx_field *field, int part, struct gx_str text)
{
    struct gx_type_io io = gx_store_io(r->scope, field, field->x.name);
    row->input->given[field->index_in_object] = true;
    return gx_type_address_text(&io, part, text, &row->input->v[field->slot]);
}

static enum gx_code set_cell(struct import_runner *r, struct import_row *row, size_t column,
                             struct gx_str text)
{
    const struct gx_field *field = r->fields[column];
    text = gx_str_trim(text);
    if (text.n == 0) {
        /* An empty cell clears a field on update; on create the default stands. */
        if (r->plan.mode != GX_IMPORT_CREATE)
            row->input->given[field->index_in_object] = true;
        return GX_OK;
    }
    if (r->parts[column] >= 0)
        return set_part(r, row, field, r->parts[column], text);
    if (import_is_link(field))
        return set_link(r, row, field, text);
    if (field->x.type == GX_TYPE_LINKS)
        return set_links(r, row, field, text);
    if (field->x.type == GX_TYPE_CHOICE) {
        struct gx_str choice = GX_STR("");
        row->input->given[field->index_in_object] = true;
        GX_TRY(gx_linker_choice(r->linker, r->scope, field, text, &choice));
        if (choice.n)
            row->input->v[field->slot] = gx_value_text(choice);
        return GX_OK;
    }
    return gx_input_text(r->scope, row->input, field, gx_arena_str(r->ctx.arena, text),
                         r->plan.columns[column].date_order);
}

void import_read_row(struct import_runner *r, const struct gx_sheet_row *file_row)
{
    struct import_row *row = &r->rows[r->count++];
    *row = (struct import_row){ .number = file_row->number, .action = "fail" };
    row->input = gx_input_new(r->scope, r->object);
    row->code = file_row->problem;
    if (row->code != GX_OK)
        gx_fail(&r->ctx, row->code, GX_STR(""), file_row->problem_message);
    for (size_t i = 0; i < r->plan.column_count && file_row->problem == GX_OK; i++) {
        const struct gx_import_column *c = &r->plan.columns[i];
        if (!r->fields[i])
            continue;
        struct gx_str text = c->column < 0 ? c->value
                             : (size_t)c->column < file_row->cell_count
                                 ? file_row->cells[c->column].text
                                 : GX_STR("");
        enum gx_code code = set_cell(r, row, i, text);
        if (code != GX_OK)
            row->code = code;
    }
    const struct gx_field *title = r->object->title;
    if (!title->type->computed && row->input->v[title->slot].kind == GX_VALUE_TEXT)
        row->title = row->input->v[title->slot].s;
    if (row->code != GX_OK) {
        row->cells = cells_json(&r->ctx, file_row);
        row->errors = import_errors(&r->ctx);
    } else if (r->work->job == GX_IMPORT_RUN) {
        row->cells = cells_json(&r->ctx, file_row); /* it may still fail when it is written */
        if (r->object->searched && r->plan.mode == GX_IMPORT_CREATE)
            gx_input_search(r->ctx.arena, row->input, &row->search);
    }
}

enum gx_code import_map_columns(struct import_runner *r)
{
    struct gx_ctx *ctx = &r->job_ctx;
    size_t mapped = 0;
    r->fields = GX_ARENA_ARRAY(&r->arena, const struct gx_field *, r->plan.column_count + 1);
    r->parts = GX_ARENA_ARRAY(&r->arena, int, r->plan.column_count + 1);
    for (size_t i = 0; i < r->plan.column_count; i++) {
        struct gx_str name = r->plan.columns[i].field;
        if (name.n == 0)
            continue;
        r->fields[i] = gx_plan_field(r->object, name, &r->parts[i]);
        if (!r->fields[i] || r->fields[i]->type->computed || r->fields[i]->readonly)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_UNKNOWN_KEY, name);
        for (size_t k = 0; k < i; k++)
            if (r->fields[k] == r->fields[i] && r->parts[k] == r->parts[i])
                return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_IMPORT_TWICE,
                               gx_label_text(&r->fields[i]->label, ctx->lang));
        mapped++;
    }
    if (mapped == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("mapping"), GX_M_IMPORT_NO_COLUMNS);
    if (r->plan.mode != GX_IMPORT_CREATE && r->plan.match_count == 0)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_IMPORT_NO_MATCH_FIELD);
    for (size_t i = 0; i < r->plan.match_count; i++) {
        r->match[i] = gx_object_open_field(r->object, r->plan.match[i]);
        if (!r->match[i] || r->match[i]->part_count == 0)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("match"), GX_M_UNKNOWN_KEY, r->plan.match[i]);
    }
    return GX_OK;
}
