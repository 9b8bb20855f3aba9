/* delete.c - to the recycle bin, back, and for good. */
#include "store/share.h"
#include "store/store_int.h"

#include "access/signin.h"

#include "base/assert.h"

struct pointing {
    const struct gx_object *object;
    const struct gx_field *field;
};

/* Every LINK field of any object that points to `object`, one after the other. */
static bool next_pointing(const struct gx_meta *meta, const struct gx_object *object, size_t *at,
                          struct pointing *ret)
{
    size_t k = 0;
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = 0; f < meta->objects[i]->field_count; f++) {
            const struct gx_field *field = &meta->objects[i]->fields[f];
            if (field->system || field->x.type != GX_TYPE_LINK || field->type->computed ||
                !gx_str_is(object->x.name, field->x.object) || k++ < *at)
                continue;
            *at = k;
            *ret = (struct pointing){ meta->objects[i], field };
            return true;
        }
    return false;
}

/* Ids of the records that point to `id`; in the bin since `deleted_at`, or live (0). */
static enum gx_code pointing_ids(struct gx_scope *scope, struct pointing from, int64_t id,
                                 int64_t deleted_at, struct gx_ids *ret_ids)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT id FROM "));
    gx_sqlb_name(b, from.object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, from.field->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(id));
    gx_sqlb_add(b, GX_SQL(" AND deleted_at IS "));
    if (deleted_at) {
        gx_sqlb_add(b, GX_SQL("NOT NULL AND deleted_at = "));
        gx_sqlb_bind(b, gx_value_int(deleted_at));
    } else {
        gx_sqlb_add(b, GX_SQL("NULL"));
    }
    struct gx_rows *rows;
    bool has;
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    struct gx_ids ids = { 0 };
    size_t cap = 0;
    enum gx_code code;
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        if (ids.n == cap) {
            cap = cap ? cap * 2 : 16;
            int64_t *grown = GX_ARENA_ARRAY(ctx->arena, int64_t, cap);
            if (ids.n)
                memcpy(grown, ids.v, ids.n * sizeof *grown);
            ids.v = grown;
        }
        ids.v[ids.n++] = gx_rows_int(rows, 0);
    }
    gx_rows_close(rows);
    *ret_ids = ids;
    return code;
}

enum gx_code gx_record_pointed(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                               size_t *ret_count, struct gx_str *ret_plural)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    *ret_count = 0;
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = 0; f < meta->objects[i]->field_count; f++) {
            const struct gx_object *from = meta->objects[i];
            const struct gx_field *field = &from->fields[f];
            struct gx_ids ids;
            if (field->x.type != GX_TYPE_LINK || field->type->computed ||
                (field->system && field != from->owner) ||
                !gx_str_is(object->x.name, field->x.object))
                continue;
            GX_TRY(pointing_ids(scope, (struct pointing){ from, field }, id, 0, &ids));
            size_t others = ids.n;
            for (size_t k = 0; k < ids.n; k++)
                others -= ids.v[k] == id;
            if (others)
                *ret_plural = gx_label_text(&from->plural, gx_scope_ctx(scope)->lang);
            *ret_count += others;
        }
    return GX_OK;
}

static enum gx_code set_deleted(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                                struct gx_value at)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("UPDATE "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" SET version = version + 1, deleted_at = "));
    gx_sqlb_bind(b, at);
    gx_sqlb_add(b, GX_SQL(" WHERE id = "));
    gx_sqlb_bind(b, gx_value_int(id));
    return gx_db_exec(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, NULL);
}

enum { CASCADE_DEPTH_MAX = 8 };

static enum gx_code check_lock(struct gx_scope *scope, const struct gx_object *object, int64_t id)
{
    struct gx_record record;
    bool locked;
    if (!object->locked)
        return GX_OK;
    GX_TRY(gx_row_read(gx_scope_ctx(scope), gx_scope_conn(scope), object, id, &record));
    return gx_lock_check(scope, &record, NULL, &locked);
}

static enum gx_code bin_one(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                            int64_t version, const struct gx_write_options *options, int depth);

static enum gx_code bin_pointing(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                                 const struct gx_write_options *options, int depth)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct pointing from;
    size_t at = 0;
    enum gx_code code = GX_OK;
    while (next_pointing(gx_scope_meta(scope), object, &at, &from)) {
        struct gx_ids ids = { 0 };
        if (from.field->on_delete == GX_ON_DELETE_CLEAR)
            continue; /* the link stays while the record can come back; purge clears it */
        GX_TRY(pointing_ids(scope, from, id, 0, &ids));
        if (ids.n == 0)
            continue;
        if (from.field->on_delete == GX_ON_DELETE_REFUSE) {
            /* How many there are is for those who may see all of them. */
            if (gx_scope_level(scope, from.object, GX_RIGHT_READ) != GX_LEVEL_ALL) {
                code = gx_fail(ctx, GX_E_IN_USE, GX_STR(""), GX_M_STILL_LINKED_SOME);
                continue;
            }
            code = gx_fail(ctx, GX_E_IN_USE, from.object->x.name, GX_M_STILL_LINKED,
                           gx_arena_printf(ctx->arena, "%zu", ids.n),
                           gx_label_text(&from.object->plural, ctx->lang));
            continue;
        }
        for (size_t i = 0; i < ids.n && code == GX_OK; i++)
            code = bin_one(scope, from.object, ids.v[i], 0, options, depth + 1);
    }
    return code;
}

static enum gx_code bin_one(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                            int64_t version, const struct gx_write_options *options, int depth)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    if (depth > CASCADE_DEPTH_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_DEEP);
    GX_TRY(check_lock(scope, object, id));
    GX_TRY(bin_pointing(scope, object, id, options, depth));
    GX_TRY(set_deleted(scope, object, id, gx_value_int(ctx->now_us)));
    if (object->searched)
        GX_TRY(gx_search_remove(scope, object, id));
    return gx_log_add(scope, object, id, GX_CHANGE_DELETE, version + 1, options, GX_STR(""));
}

/*
 * Nobody could administer the rest without the last administrator; and whoever is let in again
 * later signs in anew: what was open must not come alive again.
 */
enum gx_code gx_user_goes(struct gx_scope *scope, int64_t id, struct gx_str path)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    GX_TRY(gx_admin_may_go(ctx, gx_scope_conn(scope), id, path));
    return gx_session_end_all(ctx, gx_scope_tenant(scope), gx_scope_conn(scope), id);
}

static enum gx_code user_goes(struct gx_scope *scope, const struct gx_object *object, int64_t id)
{
    return gx_str_is(object->x.name, "user") ? gx_user_goes(scope, id, GX_STR("")) : GX_OK;
}

enum gx_code gx_record_delete(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                              int64_t version, const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_DELETE, false, &record));
    int64_t is = record.v[GX_SLOT_VERSION].i;
    if (version && version != is)
        return gx_fail(ctx, GX_E_CONFLICT, GX_STR("version"), GX_M_CONFLICT,
                       gx_arena_printf(ctx->arena, "%lld", (long long)version),
                       gx_arena_printf(ctx->arena, "%lld", (long long)is));
    GX_TRY(user_goes(scope, object, id));
    return bin_one(scope, object, id, is, options, 0);
}

static enum gx_code restore_one(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                                const struct gx_write_options *options, int depth)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    GX_TRY(gx_row_read(ctx, gx_scope_conn(scope), object, id, &record));
    if (!record.v || depth > CASCADE_DEPTH_MAX)
        return GX_OK;
    int64_t deleted_at = record.v[GX_SLOT_DELETED_AT].i;
    GX_TRY(set_deleted(scope, object, id, GX_NULL_VALUE));
    record.v[GX_SLOT_DELETED_AT] = GX_NULL_VALUE;
    if (object->searched)
        GX_TRY(gx_search_put(scope, &record, true, NULL, NULL));
    GX_TRY(gx_log_add(scope, object, id, GX_CHANGE_RESTORE, record.v[GX_SLOT_VERSION].i + 1,
                      options, GX_STR("")));
    struct pointing from;
    size_t at = 0;
    while (next_pointing(gx_scope_meta(scope), object, &at, &from)) {
        struct gx_ids ids;
        if (from.field->on_delete != GX_ON_DELETE_CASCADE)
            continue;
        GX_TRY(pointing_ids(scope, from, id, deleted_at, &ids));
        for (size_t i = 0; i < ids.n; i++)
            GX_TRY(restore_one(scope, from.object, ids.v[i], options, depth + 1));
    }
    return GX_OK;
}

enum gx_code gx_record_restore(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                               const struct gx_write_options *options)
{
    struct gx_record record;
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_DELETE, true, &record));
    return restore_one(scope, object, id, options, 0);
}

static enum gx_code delete_where(struct gx_scope *scope, struct gx_str table, struct gx_str column,
                                 int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("DELETE FROM "));
    gx_sqlb_name(b, table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(id));
    return gx_db_exec(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, NULL);
}

/* A link that goes with what it pointed to is a change of the record that had it. */
static enum gx_code log_cleared(struct gx_scope *scope, const struct pointing *from, int64_t id,
                                const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_write_options own = *options;
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    struct gx_str data = gx_arena_printf(ctx->arena, "{\"%.*s\":[\"%lld\",null]}",
                                         GX_STR_ARG(from->field->id), (long long)id);
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    own.import_id = -options->import_id; /* nothing that a person did to it */
    gx_sqlb_add(b, GX_SQL("SELECT id, version FROM "));
    gx_sqlb_name(b, from->object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE "));
    gx_sqlb_name(b, from->field->x.column);
    gx_sqlb_add(b, GX_SQL(" = "));
    gx_sqlb_bind(b, gx_value_int(id));
    GX_TRY(
        gx_db_query(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        GX_TRY(gx_log_add(scope, from->object, gx_rows_int(rows, 0), GX_CHANGE_UPDATE,
                          gx_rows_int(rows, 1), &own, data));
    gx_rows_close(rows);
    return code;
}

static enum gx_code clear_pointing(struct gx_scope *scope, const struct gx_object *object,
                                   int64_t id, const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct pointing from;
    size_t at = 0;
    while (next_pointing(gx_scope_meta(scope), object, &at, &from)) {
        GX_TRY(log_cleared(scope, &from, id, options));
        struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
        gx_sqlb_add(b, GX_SQL("UPDATE "));
        gx_sqlb_name(b, from.object->x.table);
        gx_sqlb_add(b, GX_SQL(" SET "));
        gx_sqlb_name(b, from.field->x.column);
        gx_sqlb_add(b, GX_SQL(" = NULL WHERE "));
        gx_sqlb_name(b, from.field->x.column);
        gx_sqlb_add(b, GX_SQL(" = "));
        gx_sqlb_bind(b, gx_value_int(id));
        GX_TRY(
            gx_db_exec(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, NULL));
    }
    const struct gx_meta *meta = gx_scope_meta(scope);
    for (size_t i = 0; i < meta->object_count; i++)
        for (size_t f = 0; f < meta->objects[i]->field_count; f++) {
            const struct gx_field *field = &meta->objects[i]->fields[f];
            if (field->x.type != GX_TYPE_LINKS)
                continue;
            if (meta->objects[i] == object)
                GX_TRY(delete_where(scope, field->x.join_table, GX_STR("src"), id));
            if (gx_str_is(object->x.name, field->x.object))
                GX_TRY(delete_where(scope, field->x.join_table, GX_STR("dst"), id));
        }
    return GX_OK;
}

enum gx_code gx_record_purge(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                             const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_row_read(ctx, gx_scope_conn(scope), object, id, &record));
    bool locked, binned = record.v && record.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_INT;
    /* An import that is undone takes along what it brought in; whoever may delete may undo. */
    enum gx_right right = options->import_id ? GX_RIGHT_DELETE : GX_RIGHT_PURGE;
    GX_TRY(gx_record_load(scope, object, id, right, binned, &record));
    GX_TRY(gx_lock_check(scope, &record, NULL, &locked));
    if (!binned) {
        GX_TRY(user_goes(scope, object, id));
        GX_TRY(bin_pointing(scope, object, id, options, 0));
        if (object->searched)
            GX_TRY(gx_search_remove(scope, object, id));
    }
    GX_TRY(clear_pointing(scope, object, id, options));
    GX_TRY(gx_share_purge(scope, object, id));
    GX_TRY(delete_where(scope, object->x.table, GX_STR("id"), id));
    return gx_log_add(scope, object, id, GX_CHANGE_PURGE, record.v[GX_SLOT_VERSION].i, options,
                      GX_STR(""));
}
