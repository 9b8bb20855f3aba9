/*
 * erase_plan.c - whom an erasure reaches: the person's own records, and those that point at them.
 *
 * The links of the definitions decide.  What goes with a record when it is deleted ("cascade") is
 * the person's own, and so are files, whatever their link says, and the record from which the
 * person was made (a lead).  Everything else that points there stays, without the person's words.
 */
#include "base/assert.h"
#include "base/time.h"
#include "store/erase_int.h"

static bool is_named(const struct gx_object *object, const char *name)
{
    return gx_str_is(object->x.name, name);
}

enum gx_code gx_erase_is_person(struct gx_scope *scope, const struct gx_object *object, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    const struct gx_field *kind = gx_object_any_field(object, GX_STR("kind"));
    GX_TRY(gx_row_read(ctx, gx_scope_conn(scope), object, id, &record));
    if (!record.v)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                       gx_arena_printf(ctx->arena, "%lld", (long long)id));
    bool person =
        is_named(object, "contact") || is_named(object, "lead") ||
        (is_named(object, "account") && kind && record.v[kind->slot].kind == GX_VALUE_TEXT &&
         gx_str_is(record.v[kind->slot].s, "person"));
    return person ? GX_OK : gx_fail(ctx, GX_E_INVALID, GX_STR("object"), GX_M_ERASE_PERSON);
}

static struct gx_str key_of(struct erase_plan *plan, int64_t id)
{
    return gx_arena_printf(plan->ctx->arena, "%lld", (long long)id);
}

static enum gx_code add(struct erase_plan *plan, const struct gx_object *object, int64_t id,
                        enum erase_fate fate)
{
    struct erase_member *m = gx_map_get(&plan->by_id, key_of(plan, id));
    if (m && (m->fate == ERASE_SHELL || m->fate <= fate))
        return GX_OK;
    if (m && m->fate == ERASE_SCRUB) { /* found by a stronger way: look at what is its own, too */
        m->fate = fate;
        m->before->next = m->next;
        *(m->next ? &m->next->before : &plan->last) = m->before;
        m->next = NULL;
        m->before = plan->last;
        plan->last->next = m;
        plan->last = m;
        return GX_OK;
    }
    if (m) {
        m->fate = fate;
        return GX_OK;
    }
    if (++plan->count > GX_ERASE_RECORDS_MAX)
        return gx_fail(plan->ctx, GX_E_LIMIT, GX_STR(""), GX_M_ERASE_MANY,
                       gx_arena_printf(plan->ctx->arena, "%d", GX_ERASE_RECORDS_MAX));
    m = GX_ARENA_NEW(plan->ctx->arena, struct erase_member);
    m->object = object;
    m->id = id;
    m->fate = fate;
    m->before = plan->last;
    *(plan->last ? &plan->last->next : &plan->first) = m;
    plan->last = m;
    gx_map_set(&plan->by_id, plan->ctx->arena, key_of(plan, id), m);
    return gx_row_read(plan->ctx, plan->conn, object, id, &m->record);
}

static enum gx_code ids_of(struct erase_plan *plan, const struct gx_object *from,
                           const struct gx_field *field, int64_t id, struct gx_ids *ret)
{
    struct gx_sqlb *b = gx_sqlb_new(plan->ctx->arena, gx_conn_dialect(plan->conn));
    struct gx_rows *rows;
    struct gx_ids ids = { GX_ARENA_ARRAY(plan->ctx->arena, int64_t, 16), 0 };
    size_t cap = 16;
    enum gx_code code;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT id FROM "));
    gx_sqlb_name(b, from->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, field->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" ORDER BY id"));
    GX_TRY(gx_db_query(plan->ctx, plan->conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    while ((code = gx_rows_next(plan->ctx, rows, &has)) == GX_OK && has) {
        if (ids.n == cap) {
            int64_t *more = GX_ARENA_ARRAY(plan->ctx->arena, int64_t, cap * 2);
            memcpy(more, ids.v, cap * sizeof *more);
            ids.v = more;
            cap *= 2;
        }
        ids.v[ids.n++] = gx_rows_int(rows, 0);
    }
    gx_rows_close(rows);
    *ret = ids;
    return code;
}

/* Does the link say from what record this one was made? */
static bool is_converted(const struct gx_object *from, const struct gx_field *field)
{
    for (size_t i = 0; from->convert && i < from->convert->target_count; i++)
        if (from->convert->targets[i].into == field)
            return true;
    return false;
}

static enum erase_fate fate_of(const struct erase_plan *plan, const struct gx_object *from,
                               const struct gx_field *field, const struct erase_member *m)
{
    bool own = field->on_delete == GX_ON_DELETE_CASCADE || is_named(from, "file");
    if (is_named(from, "activity"))
        return plan->keep ? ERASE_MUTE : ERASE_GOES;
    return own || (m->object == plan->object && is_converted(from, field)) ? ERASE_GOES
                                                                           : ERASE_SCRUB;
}

static enum gx_code add_pointing(struct erase_plan *plan, struct erase_member *m,
                                 const struct gx_object *from, const struct gx_field *field)
{
    struct gx_ids ids;
    if (m->fate == ERASE_MUTE && !is_named(from, "file"))
        return GX_OK;
    enum erase_fate fate = fate_of(plan, from, field, m);
    GX_TRY(ids_of(plan, from, field, m->id, &ids));
    for (size_t i = 0; i < ids.n; i++)
        GX_TRY(add(plan, from, ids.v[i], fate));
    bool stays = fate == ERASE_MUTE && field->on_delete == GX_ON_DELETE_CASCADE;
    if (ids.n && m->fate == ERASE_GOES &&
        (stays || (fate != ERASE_GOES && field->on_delete == GX_ON_DELETE_REFUSE)))
        m->fate = ERASE_SHELL;
    return GX_OK;
}

static enum gx_code add_all_pointing(struct erase_plan *plan, struct erase_member *m)
{
    const struct gx_meta *meta = gx_scope_meta(plan->scope);
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = 0; f < meta->objects[i]->field_count; f++) {
            const struct gx_field *field = &meta->objects[i]->fields[f];
            if (!field->system && field->x.type == GX_TYPE_LINK && !field->type->computed &&
                gx_str_is(m->object->x.name, field->x.object))
                GX_TRY(add_pointing(plan, m, meta->objects[i], field));
        }
    return GX_OK;
}

/* --- what stands in the way */

static enum gx_code look_for_hold(struct erase_plan *plan, const struct erase_member *m)
{
    const struct gx_object *hold = gx_meta_object(gx_scope_meta(plan->scope), GX_STR("legal_hold"));
    const struct gx_field *link = hold ? gx_object_any_field(hold, m->object->x.name) : NULL;
    if (!link || link->x.type != GX_TYPE_LINK || m->fate == ERASE_SCRUB)
        return GX_OK;
    struct gx_sqlb *b = gx_sqlb_new(plan->ctx->arena, gx_conn_dialect(plan->conn));
    struct gx_rows *rows;
    bool has;
    gx_sqlb_add(b, GX_SQL("SELECT reason, until FROM legal_hold WHERE deleted_at IS NULL AND "));
    gx_sqlb_name(b, link->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(m->id));
    gx_sqlb_add(b, GX_SQL(" AND coalesce(until, "));
    gx_sqlb_bind(b, gx_value_int(GX_DATE_MAX));
    gx_sqlb_add(b, GX_SQL(") >= "));
    gx_sqlb_bind(b, gx_value_int(gx_date_of_moment(plan->ctx->now_us, plan->ctx->tz_offset_min)));
    gx_sqlb_add(b, GX_SQL(" ORDER BY coalesce(until, 99999999) DESC LIMIT 1"));
    GX_TRY(gx_db_query(plan->ctx, plan->conn, gx_sqlb_sql(b), b->values, b->value_count, &rows));
    enum gx_code code = gx_rows_next(plan->ctx, rows, &has);
    if (code == GX_OK && has) {
        plan->held = true;
        plan->hold = gx_arena_str(plan->ctx->arena, gx_rows_text(rows, 0));
        plan->held_until = gx_rows_int(rows, 1);
    }
    gx_rows_close(rows);
    return code;
}

/* A deal that stays and is not over. */
static bool is_open(const struct erase_member *m)
{
    for (size_t i = 0; i < m->object->field_count; i++) {
        const struct gx_field *f = &m->object->fields[i];
        if (!f->process || !m->record.v || m->record.v[f->slot].kind != GX_VALUE_TEXT)
            continue;
        const struct gx_state *state = gx_process_state(f->process, m->record.v[f->slot].s);
        if (state && gx_str_is(state->kind, "open"))
            return m->record.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL;
    }
    return false;
}

/* What people keep for themselves may name the person: a saved list, what was open lately. */
static enum gx_code add_mentioning(struct erase_plan *plan, const char *name)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(plan->scope), gx_str_c(name));
    struct gx_ids ids = { GX_ARENA_ARRAY(plan->ctx->arena, int64_t, GX_ERASE_RECORDS_MAX), 0 };
    struct gx_sqlb *b = gx_sqlb_new(plan->ctx->arena, gx_conn_dialect(plan->conn));
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    if (!object)
        return GX_OK;
    gx_sqlb_add(b, GX_SQL("SELECT id"));
    for (size_t i = 0; i < object->column_count; i++)
        if (object->columns[i].kind == GX_VALUE_TEXT) {
            gx_sqlb_add(b, GX_SQL(", "));
            gx_sqlb_name(b, object->columns[i].name);
        }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, object->x.table);
    GX_TRY(gx_db_query(plan->ctx, plan->conn, gx_sqlb_sql(b), NULL, 0, &rows));
    while ((code = gx_rows_next(plan->ctx, rows, &has)) == GX_OK && has) {
        bool in = false;
        for (int i = 1; i < gx_rows_columns(rows); i++)
            in |= erase_words_in(plan, gx_rows_text(rows, i));
        if (in && ids.n < GX_ERASE_RECORDS_MAX)
            ids.v[ids.n++] = gx_rows_int(rows, 0);
    }
    gx_rows_close(rows);
    for (size_t i = 0; i < ids.n && code == GX_OK; i++)
        code = add(plan, object, ids.v[i], ERASE_SCRUB);
    return code;
}

enum gx_code erase_plan_make(struct gx_scope *scope, const struct gx_object *object, int64_t record,
                             bool keep, struct erase_plan *plan)
{
    *plan = (struct erase_plan){ .scope = scope,
                                 .ctx = gx_scope_ctx(scope),
                                 .conn = gx_scope_conn(scope),
                                 .object = object,
                                 .record = record,
                                 .keep = keep };
    GX_TRY(add(plan, object, record, ERASE_GOES));
    for (struct erase_member *m = plan->first, *next; m; m = next) {
        if (m->fate != ERASE_SCRUB)
            GX_TRY(add_all_pointing(plan, m));
        next = m->next;
    }
    struct erase_member *end = plan->last;
    for (struct erase_member *m = plan->first; m; m = m == end ? NULL : m->next) {
        bool person = m->id == record || (m->fate == ERASE_GOES && m->object->convert);
        GX_TRY(look_for_hold(plan, m));
        plan->open_deals += m->fate == ERASE_SCRUB && is_open(m);
        if (person && m->record.v)
            GX_TRY(erase_words_add(plan, &m->record));
    }
    GX_TRY(add_mentioning(plan, "list_view"));
    GX_TRY(add_mentioning(plan, "sql_query"));
    GX_TRY(add_mentioning(plan, "segment"));
    return add_mentioning(plan, "preference");
}
