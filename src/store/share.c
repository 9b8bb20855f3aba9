/* share.c - see share.h. */
#include "store/share.h"

#include "access/signin.h"
#include "base/assert.h"
#include "base/time.h"
#include "store/audit.h"
#include "store/before.h"
#include "store/record.h"

static enum gx_code find_object(struct gx_scope *scope, const char *name,
                                const struct gx_object **ret_object)
{
    return gx_object_get(scope, gx_str_c(name), ret_object);
}

/* Is there such a user or unit, to be seen by this scope? */
static enum gx_code check_target(struct gx_scope *scope, const char *object_name, int64_t id)
{
    const struct gx_object *object;
    struct gx_record record;
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    GX_TRY(find_object(scope, object_name, &object));
    enum gx_code code = gx_record_load(scope, object, id, GX_RIGHT_READ, false, &record);
    if (code != GX_E_NOT_FOUND && code != GX_E_FORBIDDEN)
        return code;
    gx_ctx_clear(ctx);
    return gx_fail(ctx, GX_E_INVALID, gx_str_c(object_name), GX_M_NO_TARGET,
                   gx_label_text(&object->label, ctx->lang),
                   gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

static enum gx_code check_share(struct gx_scope *scope, const struct gx_share *share)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_meta *meta = gx_scope_meta(scope);
    if ((share->user != 0) + (share->unit != 0) + (share->role.n != 0) != 1)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("user"), GX_M_SHARE_ONE);
    if (share->has_until && share->until < gx_date_of_moment(ctx->now_us, ctx->tz_offset_min))
        return gx_fail(ctx, GX_E_INVALID, GX_STR("until"), GX_M_SHARE_PAST);
    if (share->user)
        return check_target(scope, "user", share->user);
    if (share->unit)
        return check_target(scope, "unit", share->unit);
    for (size_t i = 0; i < meta->role_count; i++)
        if (gx_str_eq(meta->roles[i].name, share->role))
            return GX_OK;
    return gx_fail(ctx, GX_E_INVALID, GX_STR("role"), GX_M_META_NO_ROLE, share->role);
}

/* {"share": [null, "account 7301… edit …"]} */
static enum gx_code note(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                         int64_t about, const char *name, struct gx_str was, struct gx_str is)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct gx_str texts[] = { was, is };
    for (size_t i = 0; i < GX_COUNT(texts); i++)
        if (texts[i].n)
            texts[i] = gx_arena_printf(arena, "%.*s %lld %.*s", GX_STR_ARG(object->x.name),
                                       (long long)id, GX_STR_ARG(texts[i]));
    gx_access_forget(gx_scope_tenant(scope));
    return gx_audit_access(scope, about, name, texts[0].n ? gx_arena_cstr(arena, texts[0]) : NULL,
                           texts[1].n ? texts[1] : (struct gx_str){ NULL, 0 });
}

static struct gx_str describe(struct gx_scope *scope, const struct gx_share *share)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    struct gx_str to = share->user   ? gx_arena_printf(arena, "user %lld", (long long)share->user)
                       : share->unit ? gx_arena_printf(arena, "unit %lld", (long long)share->unit)
                                     : gx_arena_printf(arena, "role %.*s", GX_STR_ARG(share->role));
    struct gx_str until = share->has_until ? gx_date_format(arena, share->until) : GX_STR("-");
    return gx_arena_printf(arena, "%s %.*s %.*s", share->edit ? "edit" : "read", GX_STR_ARG(to),
                           GX_STR_ARG(until));
}

static struct gx_value or_null(int64_t id)
{
    return id ? gx_value_int(id) : GX_NULL_VALUE;
}

static enum gx_code replace(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                            const struct gx_share *share)
{
    const struct gx_value values[] = {
        gx_value_text(object->id), gx_value_int(id),           gx_value_int(share->user),
        gx_value_int(share->unit), gx_value_text(share->role),
    };
    return gx_db_exec(gx_scope_ctx(scope), gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_share WHERE object = ?1 AND record = ?2 AND "
                             "(user_id = ?3 OR unit_id = ?4 OR role = ?5)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_share_add(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                          const struct gx_share *share, int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    int64_t count;
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &record));
    GX_TRY(check_share(scope, share));
    const struct gx_value of[] = { gx_value_text(object->id), gx_value_int(id) };
    GX_TRY(gx_db_int(ctx, gx_scope_conn(scope),
                     GX_SQL("SELECT count(*) FROM gx_share WHERE object = ?1 AND record = ?2"), of,
                     2, 0, &count));
    if (count >= GX_SHARES_MAX)
        return gx_fail(ctx, GX_E_LIMIT, GX_STR(""), GX_M_TOO_BIG, GX_STR("500"));
    GX_TRY(replace(scope, object, id, share));
    *ret_id = gx_id_next(&gx_scope_tenant(scope)->ids, ctx->now_us);
    const struct gx_value values[] = {
        gx_value_int(*ret_id),
        gx_value_text(object->id),
        gx_value_int(id),
        or_null(share->user),
        or_null(share->unit),
        share->role.n ? gx_value_text(share->role) : GX_NULL_VALUE,
        gx_value_int(share->edit),
        share->has_until ? gx_value_int(share->until) : GX_NULL_VALUE,
        share->reason.n ? gx_value_text(share->reason) : GX_NULL_VALUE,
        gx_value_int(ctx->now_us),
        gx_value_int(gx_scope_me(scope)),
    };
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_share (id, object, record, user_id, unit_id, role, "
                             "edit, until, reason, created_at, created_by) VALUES (?1, ?2, ?3, "
                             "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
                      values, GX_COUNT(values), NULL));
    return note(scope, object, id, share->user, "share", GX_STR(""), describe(scope, share));
}

static struct gx_share read_share(struct gx_scope *scope, const struct gx_rows *rows)
{
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    return (struct gx_share){
        .user = gx_rows_int(rows, 1),
        .unit = gx_rows_int(rows, 2),
        .role = gx_arena_str(arena, gx_rows_text(rows, 3)),
        .edit = gx_rows_int(rows, 4) != 0,
        .has_until = gx_rows_value(rows, 5).kind == GX_VALUE_INT,
        .until = gx_rows_int(rows, 5),
        .reason = gx_arena_str(arena, gx_rows_text(rows, 6)),
    };
}

enum gx_code gx_share_remove(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                             int64_t share_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(id),
                                       gx_value_int(share_id) };
    struct gx_record record;
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &record));
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT id, user_id, unit_id, role, edit, until, reason FROM "
                              "gx_share WHERE object = ?1 AND record = ?2 AND id = ?3"),
                       values, 3, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    struct gx_share share = { 0 };
    if (code == GX_OK && has)
        share = read_share(scope, rows);
    gx_rows_close(rows);
    GX_TRY(code);
    if (!has)
        return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                       gx_arena_printf(ctx->arena, "%lld", (long long)share_id));
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_share WHERE object = ?1 AND record = ?2 AND id = ?3"),
                      values, 3, NULL));
    return note(scope, object, id, share.user, "share", describe(scope, &share), GX_STR(""));
}

static void write_named(struct gx_jw *w, const char *key, int64_t id, struct gx_str title)
{
    if (!id)
        return;
    gx_jw_key(w, gx_str_c(key));
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key_str(w, "title", title);
    gx_jw_object_end(w);
}

static void write_share(struct gx_scope *scope, struct gx_jw *w, const struct gx_rows *rows)
{
    struct gx_share share = read_share(scope, rows);
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    int64_t today = gx_date_of_moment(ctx->now_us, ctx->tz_offset_min);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
    write_named(w, "user", share.user, gx_rows_text(rows, 7));
    write_named(w, "unit", share.unit, gx_rows_text(rows, 8));
    if (share.role.n)
        gx_jw_key_str(w, "role", share.role);
    gx_jw_key_str(w, "level", share.edit ? GX_STR("edit") : GX_STR("read"));
    gx_jw_key(w, GX_STR("until"));
    if (share.has_until)
        gx_jw_str(w, gx_date_format(ctx->arena, share.until));
    else
        gx_jw_null(w);
    gx_jw_key_bool(w, "over", share.has_until && share.until < today);
    gx_jw_key_str(w, "reason", share.reason);
    gx_jw_key_str(w, "at", gx_moment_format(ctx->arena, gx_rows_int(rows, 9)));
    write_named(w, "by", gx_rows_int(rows, 10), gx_rows_text(rows, 11));
    gx_jw_object_end(w);
}

enum gx_code gx_share_list(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                           struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(id) };
    struct gx_record record;
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &record));
    GX_TRY(gx_db_query(
        ctx, gx_scope_conn(scope),
        GX_SQL("SELECT s.id, s.user_id, s.unit_id, s.role, s.edit, s.until, s.reason, "
               "u.display_name, n.name, s.created_at, s.created_by, b.display_name FROM gx_share s "
               "LEFT JOIN \"user\" u ON u.id = s.user_id LEFT JOIN \"unit\" n ON n.id = s.unit_id "
               "LEFT JOIN \"user\" b ON b.id = s.created_by WHERE s.object = ?1 AND s.record = ?2 "
               "ORDER BY s.id"),
        values, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        write_share(scope, w, rows);
    gx_rows_close(rows);
    return code;
}

/* --- books */

enum gx_code gx_book_check(struct gx_scope *scope, int64_t book)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object;
    struct gx_record record;
    int64_t member;
    GX_TRY(find_object(scope, "book", &object));
    GX_TRY(gx_record_load(scope, object, book, GX_RIGHT_READ, false, &record));
    if (gx_scope_level(scope, object, GX_RIGHT_EDIT) != GX_LEVEL_NONE)
        return gx_record_load(scope, object, book, GX_RIGHT_EDIT, false, &record);
    const struct gx_value values[] = { gx_value_int(book), gx_value_int(gx_scope_me(scope)),
                                       gx_value_int(
                                           gx_date_of_moment(ctx->now_us, ctx->tz_offset_min)) };
    GX_TRY(gx_db_int(
        ctx, gx_scope_conn(scope),
        GX_SQL("WITH RECURSIVE up(id) AS (SELECT b.id FROM \"book\" b WHERE b.id = ?1 UNION SELECT "
               "p.parent FROM \"book\" p JOIN up ON p.id = up.id WHERE p.deleted_at IS NULL) "
               "SELECT 1 FROM book_member m JOIN up ON up.id = m.book WHERE m.\"user\" = ?2 AND "
               "m.deleted_at IS NULL AND m.level IN ('edit', 'full') AND (m.from_date IS NULL OR "
               "m.from_date <= ?3) AND (m.until IS NULL OR m.until >= ?3) LIMIT 1"),
        values, 3, 0, &member));
    return member ? GX_OK
                  : gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_FORBIDDEN,
                            gx_label_text(&object->plural, ctx->lang));
}

enum gx_code gx_book_put(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                         int64_t book, bool in, int64_t batch, bool *ret_changed)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_record record;
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &record));
    GX_TRY(gx_before_book(scope, batch, id, object, id, book, in, ret_changed));
    if (!*ret_changed)
        return GX_OK;
    struct gx_str said = gx_arena_printf(ctx->arena, "book %lld", (long long)book);
    return note(scope, object, id, 0, "book", in ? GX_STR("") : said, in ? said : GX_STR(""));
}

enum gx_code gx_book_list(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                          struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(id) };
    const struct gx_object *book;
    struct gx_record record;
    struct gx_rows *rows;
    bool has;
    enum gx_code code;
    GX_TRY(gx_record_load(scope, object, id, GX_RIGHT_READ, false, &record));
    GX_TRY(find_object(scope, "book", &book));
    if (gx_scope_level(scope, book, GX_RIGHT_READ) != GX_LEVEL_ALL)
        return GX_OK;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT b.id, b.name, r.added_at FROM gx_book_record r JOIN \"book\" "
                              "b ON b.id = r.book AND b.deleted_at IS NULL WHERE r.object = ?1 AND "
                              "r.record = ?2 ORDER BY b.name, b.id"),
                       values, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_id(w, "id", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "title", gx_rows_text(rows, 1));
        gx_jw_key_str(w, "since", gx_moment_format(ctx->arena, gx_rows_int(rows, 2)));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_share_purge(struct gx_scope *scope, const struct gx_object *object, int64_t id)
{
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(id) };
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    GX_TRY(gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_share WHERE object = ?1 AND record = ?2"), values, 2,
                      NULL));
    return gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_book_record WHERE object = ?1 AND record = ?2"),
                      values, 2, NULL);
}
