/*
 * erase_rows.c - the records themselves: gone, emptied, or without the person's words.
 *
 * Each is a write like any other: a new version, its place in search, an entry of the log; but the
 * entry has no values.
 */
#include "store/erase_int.h"

static bool is_type(const struct gx_field *f, const char *name)
{
    return strcmp(f->type->name, name) == 0;
}

static struct gx_value shell_value(const struct erase_plan *plan, const struct gx_object *object,
                                   const struct gx_column *column, struct gx_value was)
{
    const struct gx_field *f = column->field;
    bool words = f->x.type == GX_TYPE_TEXT;
    if (f->system || was.kind == GX_VALUE_NULL || (f->required && !words))
        return was;
    if (f == object->title && words)
        return gx_value_text(gx_scope_tenant(plan->scope)->settings.lang == GX_LANG_EN
                                 ? GX_STR("Erased person")
                                 : GX_STR("已刪除的當事人"));
    return f->required ? gx_value_text(GX_STR("■")) : GX_NULL_VALUE;
}

static struct gx_value left_value(const struct erase_plan *plan, const struct erase_member *m,
                                  const struct gx_column *column, struct gx_value was)
{
    const struct gx_field *f = column->field;
    bool muted = m->fate == ERASE_MUTE && !f->required &&
                 (is_type(f, "longtext") || is_type(f, "address") || is_type(f, "location"));
    if (m->fate == ERASE_SHELL)
        return shell_value(plan, m->object, column, was);
    if (f->system || was.kind == GX_VALUE_NULL)
        return was;
    if (muted)
        return GX_NULL_VALUE;
    if (!is_type(f, "text") && !is_type(f, "longtext"))
        return was;
    return gx_value_text(erase_words_out(plan, was.s));
}

static enum gx_code cut_links(struct erase_plan *plan, const struct erase_member *m)
{
    for (size_t i = 0; i < m->object->field_count; i++) {
        const struct gx_field *f = &m->object->fields[i];
        if (f->x.type != GX_TYPE_LINKS)
            continue;
        struct gx_sqlb *b = gx_sqlb_new(plan->ctx->arena, gx_conn_dialect(plan->conn));
        gx_sqlb_add(b, GX_SQL("DELETE FROM "));
        gx_sqlb_name(b, f->x.join_table);
        gx_sqlb_add(b, GX_SQL(" WHERE src = "));
        gx_sqlb_bind(b, gx_value_int(m->id));
        GX_TRY(gx_db_exec(plan->ctx, plan->conn, gx_sqlb_sql(b), b->values, b->value_count, NULL));
    }
    return GX_OK;
}

static enum gx_code write_left(struct erase_plan *plan, const struct erase_member *m,
                               const struct gx_record *now, const struct gx_write_options *options)
{
    const struct gx_object *object = m->object;
    struct gx_sqlb *b = gx_sqlb_new(plan->ctx->arena, gx_conn_dialect(plan->conn));
    gx_sqlb_add(b, GX_SQL("UPDATE "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" SET "));
    for (size_t i = 1; i < object->column_count; i++) {
        gx_sqlb_add(b, i > 1 ? GX_SQL(", ") : GX_SQL(""));
        gx_sqlb_name(b, object->columns[i].name);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, now->v[i]);
        gx_row_set_shadow(b, &object->columns[i], now->v[i]);
    }
    gx_sqlb_add(b, GX_SQL(" WHERE id = "));
    gx_sqlb_bind(b, gx_value_int(m->id));
    GX_TRY(gx_db_exec(plan->ctx, plan->conn, gx_sqlb_sql(b), b->values, b->value_count, NULL));
    if (m->fate == ERASE_SHELL)
        GX_TRY(cut_links(plan, m));
    if (object->searched && now->v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL)
        GX_TRY(gx_search_put(plan->scope, now, false, NULL));
    return gx_log_add(plan->scope, object, m->id, GX_CHANGE_UPDATE, now->v[GX_SLOT_VERSION].i,
                      options, GX_STR(""));
}

/* What stays, without its words.  *ret_changed false: there were none. */
static enum gx_code leave(struct erase_plan *plan, const struct erase_member *m,
                          const struct gx_write_options *options, bool *ret_changed)
{
    const struct gx_object *object = m->object;
    struct gx_record now = { object, GX_ARENA_ARRAY(plan->ctx->arena, struct gx_value,
                                                    object->slot_count) };
    *ret_changed = m->fate == ERASE_SHELL;
    memcpy(now.v, m->record.v, object->slot_count * sizeof *now.v);
    for (size_t i = 1; i < object->column_count; i++) {
        now.v[i] = left_value(plan, m, &object->columns[i], m->record.v[i]);
        *ret_changed |= !gx_value_eq(now.v[i], m->record.v[i]);
    }
    if (!*ret_changed)
        return GX_OK;
    now.v[GX_SLOT_VERSION].i++;
    now.v[GX_SLOT_UPDATED_AT] = gx_value_int(plan->ctx->now_us);
    now.v[GX_SLOT_UPDATED_BY] = GX_NULL_VALUE;
    return write_left(plan, m, &now, options);
}

enum gx_code erase_rows(struct erase_plan *plan, int64_t erasure, int64_t *ret_removed,
                        int64_t *ret_blanked)
{
    struct gx_write_options options = { .reason = gx_arena_printf(plan->ctx->arena, "erasure %lld",
                                                                  (long long)erasure) };
    bool changed;
    *ret_removed = *ret_blanked = 0;
    for (const struct erase_member *m = plan->first; m; m = m->next) {
        if (m->fate == ERASE_GOES || !m->record.v)
            continue;
        GX_TRY(leave(plan, m, &options, &changed));
        *ret_blanked += changed;
    }
    for (const struct erase_member *m = plan->last; m; m = m->before) {
        if (m->fate != ERASE_GOES || !m->record.v)
            continue;
        GX_TRY(gx_record_purge(plan->scope, m->object, m->id, &options));
        ++*ret_removed;
    }
    return GX_OK;
}
