/*
 * move.c - the moves of a process: which there are from here, and what they ask for.
 *
 * A move's `when` is asked about the record as it will be, but still in the state it comes from, so
 * that the answer a write gets is the one that the list of moves gave.
 */
#include "json/write.h"
#include "store/store_int.h"

static bool is_empty(const struct gx_record *record, const struct gx_field *field)
{
    return record->v[field->slot].kind == GX_VALUE_NULL;
}

static struct gx_str label(const struct gx_scope *scope, const struct gx_field *field)
{
    struct gx_str text = gx_label_text(&field->label, gx_scope_ctx(scope)->lang);
    return text.n ? text : field->x.name;
}

static struct gx_str state_label(const struct gx_scope *scope, const struct gx_process *process,
                                 struct gx_str code)
{
    const struct gx_state *state = gx_process_state(process, code);
    struct gx_str text =
        state ? gx_label_text(&state->choice.label, gx_scope_ctx(scope)->lang) : GX_STR("");
    return text.n ? text : code;
}

/* What the button says, or the state it leads to. */
static struct gx_str move_label(const struct gx_scope *scope, const struct gx_process *process,
                                const struct gx_move *move)
{
    struct gx_str text = gx_label_text(&move->label, gx_scope_ctx(scope)->lang);
    return text.n ? text : state_label(scope, process, move->to);
}

static bool allowed_from(const struct gx_move *move, struct gx_str from)
{
    for (size_t i = 0; i < move->from_count; i++)
        if (gx_str_eq(move->from[i], from))
            return true;
    return move->from_count == 0;
}

static bool allowed_who(const struct gx_scope *scope, const struct gx_move *move)
{
    for (size_t i = 0; i < move->who_count; i++)
        if (gx_scope_has_role(scope, move->who[i]))
            return true;
    return move->who_count == 0;
}

static enum gx_code holds(const struct gx_scope *scope, const struct gx_record *record,
                          const struct gx_field *field, const struct gx_move *move, bool *ret_holds)
{
    const struct gx_expr *when = field->move_when[move - field->process->moves];
    *ret_holds = true;
    return when ? gx_record_test(scope, when, record, ret_holds) : GX_OK;
}

/* Why not: the move's own words, else its condition as it is written. */
static struct gx_str reason(const struct gx_scope *scope, const struct gx_field *field,
                            const struct gx_move *move)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str own = gx_label_text(&move->message, ctx->lang);
    if (own.n)
        return own;
    const struct gx_expr *when = field->move_when[move - field->process->moves];
    struct gx_str text = gx_expr_text(ctx->arena, when);
    if (gx_meta_hides(gx_scope_meta(scope), text))
        text = GX_STR("…");
    const struct gx_error error = { .message = GX_M_MOVE_CONDITION, .args = &text, .arg_count = 1 };
    return gx_error_text(ctx->arena, &error, ctx->lang);
}

static enum gx_code check_requirements(const struct gx_scope *scope, const struct gx_record *record,
                                       const struct gx_field *field, const struct gx_move *move)
{
    enum gx_code code = GX_OK;
    for (size_t i = 0; i < move->require_count; i++) {
        const struct gx_field *need = gx_object_field(record->object, move->require[i]);
        if (need && is_empty(record, need))
            code = gx_fail(gx_scope_ctx(scope), GX_E_INVALID, need->x.name, GX_M_MOVE_NEEDS,
                           label(scope, need), move_label(scope, field->process, move));
    }
    return code;
}

/* The old record with what was given, but for the state. */
static struct gx_record before_move(const struct gx_scope *scope, const struct gx_record *record,
                                    const struct gx_record *old, const bool *given,
                                    const struct gx_field *field)
{
    const struct gx_object *object = record->object;
    struct gx_record out = { object, GX_ARENA_ARRAY(gx_scope_ctx(scope)->arena, struct gx_value,
                                                    object->slot_count) };
    memcpy(out.v, old->v, object->slot_count * sizeof *out.v);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        size_t parts = f->part_count ? (size_t)f->part_count : 1;
        if (given[i] && f != field && !f->type->computed)
            memcpy(&out.v[f->slot], &record->v[f->slot], parts * sizeof *out.v);
    }
    return out;
}

enum gx_code gx_move_check(const struct gx_scope *scope, const struct gx_record *record,
                           const struct gx_record *old, const bool *given,
                           const struct gx_field *field)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_process *process = field->process;
    struct gx_str from = old->v[field->slot].s, to = record->v[field->slot].s;
    if (is_empty(record, field) || is_empty(old, field) || gx_str_eq(from, to))
        return GX_OK;
    struct gx_record before = before_move(scope, record, old, given, field);
    const struct gx_move *refused = NULL, *stopped = NULL;
    for (size_t i = 0; i < process->move_count; i++) {
        const struct gx_move *move = &process->moves[i];
        bool good;
        if (!gx_str_eq(move->to, to) || !allowed_from(move, from))
            continue;
        if (!allowed_who(scope, move)) {
            refused = move;
            continue;
        }
        GX_TRY(holds(scope, &before, field, move, &good));
        if (good)
            return check_requirements(scope, record, field, move);
        stopped = move;
    }
    if (stopped)
        return gx_fail(ctx, GX_E_INVALID, field->x.name, GX_M_MOVE_NOT_NOW,
                       move_label(scope, process, stopped), reason(scope, field, stopped));
    return gx_fail(ctx, refused ? GX_E_FORBIDDEN : GX_E_INVALID, field->x.name,
                   refused ? GX_M_MOVE_FORBIDDEN : GX_M_NO_MOVE, state_label(scope, process, from),
                   state_label(scope, process, to));
}

static enum gx_code write_moves(const struct gx_scope *scope, const struct gx_record *record,
                                const struct gx_field *field, struct gx_jw *w)
{
    const struct gx_process *process = field->process;
    struct gx_str from = record->v[field->slot].s;
    for (size_t i = 0; i < process->move_count; i++) {
        const struct gx_move *move = &process->moves[i];
        bool good;
        if (!allowed_from(move, from) || gx_str_eq(move->to, from) || !allowed_who(scope, move))
            continue;
        GX_TRY(holds(scope, record, field, move, &good));
        gx_jw_object(w);
        gx_jw_key_str(w, "field", field->x.name);
        gx_jw_key_str(w, "to", move->to);
        gx_jw_key_str(w, "label", move_label(scope, process, move));
        gx_jw_key_bool(w, "possible", good);
        gx_jw_key_str(w, "reason", good ? GX_STR("") : reason(scope, field, move));
        gx_jw_key(w, GX_STR("require"));
        gx_jw_array(w);
        for (size_t k = 0; k < move->require_count; k++)
            if (gx_object_field(record->object, move->require[k]))
                gx_jw_str(w, move->require[k]);
        gx_jw_array_end(w);
        gx_jw_object_end(w);
    }
    return GX_OK;
}

enum gx_code gx_record_moves(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                             struct gx_jw *w)
{
    struct gx_record record;
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &record));
    GX_TRY(gx_row_read_links(gx_scope_ctx(scope), gx_scope_conn(scope), &record));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].process && object->fields[i].access != GX_FIELD_HIDDEN &&
            !is_empty(&record, &object->fields[i]))
            GX_TRY(write_moves(scope, &record, &object->fields[i], w));
    gx_jw_array_end(w);
    gx_jw_object_end(w);
    return GX_OK;
}
