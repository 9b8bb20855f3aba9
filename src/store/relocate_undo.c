/*
 * relocate_undo.c - an account back in the market it came from, as it was.
 *
 * All or nothing: whatever was changed, shared, or made for it in the meantime keeps it where it
 * is, and is named.
 */
#include "access/signin.h"
#include "base/assert.h"
#include "store/before.h"
#include "store/relocate_int.h"
#include "store/revert.h"

struct back {
    struct gx_scope *scope;
    struct gx_ctx *ctx;
    int64_t batch;
    struct gx_before *rows;
    size_t count;
};

static const struct gx_object *object_by_id(const struct gx_scope *scope, struct gx_str id)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    for (size_t i = 0; i < meta->object_count; i++)
        if (gx_str_eq(meta->objects[i]->id, id))
            return meta->objects[i];
    return NULL;
}

static bool is_row(const struct gx_before *b)
{
    return gx_str_is(b->kind, "update") || gx_str_is(b->kind, "remove");
}

static void changed(struct back *k, const struct gx_object *object, const struct gx_record *record,
                    int64_t id)
{
    struct gx_str title = record && record->v ? gx_record_title(record) : GX_STR("");
    if (!title.n)
        title = gx_arena_printf(k->ctx->arena, "%lld", (long long)id);
    (void)!gx_fail(k->ctx, GX_E_CONFLICT, object->x.name, GX_M_RELOCATE_CHANGED,
                   gx_label_text(&object->label, k->ctx->lang), title);
}

/* Is the row what the move left? */
static enum gx_code check_row(struct back *k, const struct gx_object *object,
                              const struct gx_before *b)
{
    struct gx_record now;
    GX_TRY(gx_row_read(k->ctx, gx_scope_conn(k->scope), object, b->record, &now));
    bool same =
        gx_str_is(b->kind, "remove") ? !now.v : now.v && now.v[GX_SLOT_VERSION].i == b->version;
    if (!same)
        changed(k, object, &now, b->record);
    return GX_OK;
}

static bool is_ours(const struct back *k, int64_t record)
{
    for (size_t i = 0; i < k->count; i++)
        if (k->rows[i].record == record && is_row(&k->rows[i]))
            return true;
    return false;
}

/* Somebody has opened it since. */
static enum gx_code check_shared(struct back *k, const struct gx_object *object,
                                 const struct gx_before *b)
{
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(b->record),
                                       gx_value_int(b->at) };
    int64_t shared, placed;
    GX_TRY(gx_db_int(k->ctx, gx_scope_conn(k->scope),
                     GX_SQL("SELECT 1 FROM gx_share WHERE object = ?1 AND record = ?2 AND "
                            "created_at > ?3 LIMIT 1"),
                     values, 3, 0, &shared));
    GX_TRY(gx_db_int(k->ctx, gx_scope_conn(k->scope),
                     GX_SQL("SELECT 1 FROM gx_book_record WHERE object = ?1 AND record = ?2 AND "
                            "added_at > ?3 LIMIT 1"),
                     values, 3, 0, &placed));
    if (shared || placed)
        changed(k, object, NULL, b->record);
    return GX_OK;
}

/* Records that point at it and were made or changed since. */
static enum gx_code check_field(struct back *k, const struct gx_object *object,
                                const struct gx_field *field, const struct gx_before *b)
{
    struct gx_conn *conn = gx_scope_conn(k->scope);
    struct gx_sqlb *q = gx_sqlb_new(k->ctx->arena, gx_conn_dialect(conn));
    struct gx_rows *rows;
    enum gx_code code;
    bool has, links = field->x.type == GX_TYPE_LINKS;
    int64_t found = 0;
    gx_sqlb_add(q, GX_SQL("SELECT t.id FROM "));
    gx_sqlb_name(q, object->x.table);
    gx_sqlb_add(q, GX_SQL(" t"));
    if (links) {
        gx_sqlb_add(q, GX_SQL(" JOIN "));
        gx_sqlb_name(q, field->x.join_table);
        gx_sqlb_add(q, GX_SQL(" j ON j.src = t.id"));
    }
    gx_sqlb_add(q, GX_SQL(" WHERE "));
    gx_sqlb_column(q, links ? GX_STR("j") : GX_STR("t"), links ? GX_STR("dst") : field->x.column);
    gx_sqlb_add(q, GX_SQL(" = "));
    gx_sqlb_bind(q, gx_value_int(b->record));
    gx_sqlb_add(q, GX_SQL(" AND t.updated_at > "));
    gx_sqlb_bind(q, gx_value_int(b->at));
    GX_TRY(gx_db_query(k->ctx, conn, gx_sqlb_sql(q), q->values, q->value_count, &rows));
    while ((code = gx_rows_next(k->ctx, rows, &has)) == GX_OK && has)
        if (!is_ours(k, gx_rows_int(rows, 0)))
            found = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    GX_TRY(code);
    struct gx_record record = { .object = object };
    if (found) {
        GX_TRY(gx_row_read(k->ctx, conn, object, found, &record));
        changed(k, object, &record, found);
    }
    return GX_OK;
}

static enum gx_code check_pointing(struct back *k, const struct gx_object *to,
                                   const struct gx_before *b)
{
    const struct gx_meta *meta = gx_scope_meta(k->scope);
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = GX_SLOT_OWNER; f < meta->objects[i]->field_count; f++) {
            const struct gx_field *field = &meta->objects[i]->fields[f];
            bool link = field->x.type == GX_TYPE_LINK || field->x.type == GX_TYPE_LINKS;
            if (link && !field->type->computed && !field->system &&
                gx_str_is(to->x.name, field->x.object))
                GX_TRY(check_field(k, meta->objects[i], field, b));
        }
    return GX_OK;
}

static enum gx_code check(struct back *k)
{
    for (size_t i = 0; i < k->count; i++) {
        const struct gx_object *object = object_by_id(k->scope, k->rows[i].object);
        if (!is_row(&k->rows[i]))
            continue;
        if (!object)
            return gx_fail(k->ctx, GX_E_CONFLICT, k->rows[i].object, GX_M_META_NO_OBJECT,
                           k->rows[i].object);
        GX_TRY(check_row(k, object, &k->rows[i]));
        if (gx_str_is(k->rows[i].kind, "update")) {
            GX_TRY(check_shared(k, object, &k->rows[i]));
            GX_TRY(check_pointing(k, object, &k->rows[i]));
        }
    }
    return k->ctx->errors ? GX_E_CONFLICT : GX_OK;
}

static enum gx_code put_row_back(struct back *k, const struct gx_object *object,
                                 const struct gx_before *b, const struct gx_write_options *options)
{
    struct gx_conn *conn = gx_scope_conn(k->scope);
    struct gx_record old,
        now = { object, GX_ARENA_ARRAY(k->ctx->arena, struct gx_value, object->slot_count) };
    if (gx_str_is(b->kind, "update")) {
        GX_TRY(gx_row_read(k->ctx, conn, object, b->record, &old));
        GX_TRY(gx_row_read_links(k->ctx, conn, &old));
        memcpy(now.v, old.v, object->slot_count * sizeof *now.v);
        gx_before_fill(k->scope, b->data, &now);
        return gx_record_store(k->scope, &old, &now, options);
    }
    gx_before_fill(k->scope, b->data, &now);
    now.v[GX_SLOT_VERSION] = gx_value_int(b->version + 1);
    GX_TRY(gx_row_insert(k->scope, &now));
    for (size_t i = 0; i < object->field_count; i++)
        if (object->fields[i].x.type == GX_TYPE_LINKS)
            GX_TRY(gx_row_write_links(k->scope, &object->fields[i], b->record,
                                      now.v[object->fields[i].slot], true));
    if (object->searched && now.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL)
        GX_TRY(gx_search_put(k->scope, &now, true, NULL));
    return gx_log_add(k->scope, object, b->record, GX_CHANGE_RESTORE, b->version + 1, options,
                      GX_STR(""));
}

enum gx_code gx_relocate_undo(struct gx_scope *scope, int64_t batch, int64_t account,
                              const struct gx_write_options *options)
{
    struct back k = { .scope = scope, .ctx = gx_scope_ctx(scope), .batch = batch };
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_before_read(scope, batch, account, &k.rows, &k.count));
    GX_TRY(check(&k));
    for (size_t i = 0; i < k.count; i++) {
        const struct gx_before *b = &k.rows[i];
        const struct gx_object *object = object_by_id(scope, b->object);
        if (is_row(b))
            GX_TRY(put_row_back(&k, object, b, options));
        else if (object)
            GX_TRY(gx_before_put_back(scope, object, b));
    }
    gx_access_forget(gx_scope_tenant(scope));
    return gx_before_forget(scope, batch, account);
}
