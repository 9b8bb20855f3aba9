/* log.c - the one log: who changed what, in the transaction that changes it; and its reading. */
#include <sodium.h>

#include "access/signin.h"
#include "base/time.h"
#include "store/bulk.h"
#include "store/store_int.h"

struct gx_value gx_log_salt(struct gx_arena *arena)
{
    enum { SALT_BYTES = 16 };
    char *salt = gx_arena_alloc(arena, SALT_BYTES);
    randombytes_buf(salt, SALT_BYTES);
    return gx_value_blob((struct gx_str){ salt, SALT_BYTES });
}

enum gx_code gx_log_add(const struct gx_scope *scope, const struct gx_object *object, int64_t id,
                        enum gx_change_kind kind, int64_t version,
                        const struct gx_write_options *options, struct gx_str data)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_str reason = options->reason.n ? options->reason : gx_scope_reason(scope);
    struct gx_value values[] = {
        gx_value_int(++gx_scope_tenant(scope)->change_seq),
        gx_value_int(ctx->now_us),
        gx_value_int(options->by ? options->by : gx_scope_me(scope)),
        gx_value_text(object->id),
        gx_value_int(id),
        gx_value_int(kind),
        gx_value_int(version),
        options->import_id ? gx_value_int(options->import_id) : GX_NULL_VALUE,
        reason.n ? gx_value_text(reason) : GX_NULL_VALUE,
        data.n ? gx_value_text(data) : GX_NULL_VALUE,
        reason.n || data.n ? gx_log_salt(ctx->arena) : GX_NULL_VALUE,
    };
    if (object->governs) /* what was known of somebody's rights may have changed */
        gx_access_forget(gx_scope_tenant(scope));
    if (options->bulk) {
        gx_bulk_log(options->bulk, values);
        return GX_OK;
    }
    return gx_db_exec_later(ctx, gx_scope_conn(scope),
                            GX_SQL("INSERT INTO gx_change (seq, at, by_user, object, record, kind, "
                                   "version, import_id, reason, data, salt) "
                                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
                            values, GX_COUNT(values));
}

void gx_log_write_by(struct gx_jw *w, int64_t user, struct gx_str name)
{
    gx_jw_key(w, GX_STR("by"));
    if (!user) {
        gx_jw_null(w);
        return;
    }
    gx_jw_object(w);
    gx_jw_key_id(w, "id", user);
    gx_jw_key_str(w, "title", name);
    gx_jw_object_end(w);
}

/* {"name": [old, new]} → [{"field": "name", "old": …, "new": …}], by the fields of today. */
void gx_log_write_changes(struct gx_ctx *ctx, struct gx_jw *w, const struct gx_object *object,
                          struct gx_str data)
{
    struct gx_json *root = NULL;
    gx_jw_key(w, GX_STR("changes"));
    gx_jw_array(w);
    if (data.n && gx_json_read(ctx, data, &root) == GX_OK)
        for (const struct gx_json *k = root->first; k; k = k->next) {
            const struct gx_field *field = NULL;
            for (size_t i = 0; i < object->field_count && !field; i++)
                if (gx_str_eq(object->fields[i].id, k->key))
                    field = &object->fields[i];
            if (!field || k->count != 2 || field->access == GX_FIELD_HIDDEN)
                continue;
            gx_jw_object(w);
            gx_jw_key_str(w, "field", field->x.name);
            gx_jw_key(w, GX_STR("old"));
            gx_write_masked(w, field, k->first);
            gx_jw_key(w, GX_STR("new"));
            gx_write_masked(w, field, k->first->next);
            gx_jw_object_end(w);
        }
    gx_jw_array_end(w);
}

static const char *kind_name(int64_t kind)
{
    static const char *const names[] = { "", "create", "update", "delete", "restore", "purge" };
    return kind > 0 && kind < (int64_t)GX_COUNT(names) ? names[kind] : "other";
}

enum gx_code gx_record_history(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                               int64_t before_seq, int limit, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &record));
    struct gx_value values[] = { gx_value_int(id),
                                 gx_value_int(before_seq ? before_seq : INT64_MAX),
                                 gx_value_int(limit + 1) };
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT c.seq, c.at, c.by_user, u.display_name, c.kind, c.version, "
                              "c.import_id, c.reason, c.data FROM gx_change c "
                              "LEFT JOIN \"user\" u ON u.id = c.by_user "
                              "WHERE c.record = ?1 AND c.seq < ?2 ORDER BY c.seq DESC LIMIT ?3"),
                       values, GX_COUNT(values), &rows));
    bool has;
    int count = 0;
    int64_t last = 0;
    enum gx_code code;
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && count < limit) {
        count++;
        last = gx_rows_int(rows, 0);
        gx_jw_object(w);
        gx_jw_key_id(w, "seq", last);
        gx_jw_key_str(w, "at", gx_moment_format(ctx->arena, gx_rows_int(rows, 1)));
        gx_log_write_by(w, gx_rows_int(rows, 2), gx_rows_text(rows, 3));
        gx_jw_key_str(w, "kind", gx_str_c(kind_name(gx_rows_int(rows, 4))));
        gx_jw_key_int(w, "version", gx_rows_int(rows, 5));
        gx_jw_key(w, GX_STR("import"));
        int64_t import_id = gx_rows_int(rows, 6); /* negative: taken back */
        if (import_id)
            gx_jw_id(w, import_id < 0 ? -import_id : import_id);
        else
            gx_jw_null(w);
        gx_jw_key_str(w, "reason", gx_rows_text(rows, 7));
        gx_log_write_changes(ctx, w, object, gx_rows_text(rows, 8));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("next"));
    if (has && count == limit)
        gx_jw_id(w, last);
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
    return code;
}
