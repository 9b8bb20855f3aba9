/* relocate.c - one account moves to another market, with all that comes along. */
#include "store/relocate.h"

#include "access/signin.h"
#include "base/assert.h"
#include "store/before.h"
#include "store/list_int.h"
#include "store/relocate_int.h"
#include "store/revert.h"

/* Everything gathered and mapped; problems are errors in ctx. */
static enum gx_code begin(struct gx_scope *scope, const struct gx_relocate *def, int64_t account,
                          struct gx_relocate_move **ret_move)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_relocate_move *m = GX_ARENA_NEW(ctx->arena, struct gx_relocate_move);
    struct gx_record record;
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, GX_STR("account"), &object));
    GX_TRY(gx_record_load(scope, object, account, GX_RIGHT_READ, false, &record));
    m->scope = scope;
    m->system = gx_scope_system(ctx, gx_scope_tenant(scope), gx_scope_conn(scope),
                                "moved to another market");
    m->def = def;
    GX_TRY(gx_relocate_gather(m, account));
    *ret_move = m;
    return GX_OK;
}

/* Is what the record would become allowed at all?  Errors in ctx. */
static enum gx_code check(struct gx_relocate_move *m, const struct gx_relocate_item *item)
{
    static const struct gx_write_options options = { .any_move = true, .numbers = true };
    bool live = item->old.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL;
    bool *given = GX_ARENA_ARRAY(gx_scope_ctx(m->scope)->arena, bool, item->object->field_count);
    if (!live || item->remove || !gx_relocate_changed(item))
        return GX_OK;
    enum gx_code code = gx_validate(m->system, &item->now, &item->old, given, &options);
    return code == GX_E_INVALID ? GX_OK : code;
}

static enum gx_code map_all(struct gx_relocate_move *m)
{
    for (size_t i = 0; i < m->count; i++) {
        GX_TRY(gx_relocate_map(m, m->items[i]));
        GX_TRY(check(m, m->items[i]));
    }
    return GX_OK;
}

/* Where the move asks for rights, and the person has them not. */
static enum gx_code may_edit_all(struct gx_relocate_move *m)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    for (size_t i = 0; i < m->count; i++) {
        const struct gx_relocate_item *item = m->items[i];
        const struct gx_object *object =
            gx_meta_object(gx_scope_meta(m->scope), item->object->x.name);
        struct gx_record record;
        if (!item->moves || item->old.v[GX_SLOT_DELETED_AT].kind != GX_VALUE_NULL)
            continue;
        enum gx_code code =
            gx_record_load(m->scope, object, item->id, GX_RIGHT_EDIT, false, &record);
        if (code != GX_E_NOT_FOUND && code != GX_E_FORBIDDEN)
            GX_TRY(code);
        else {
            gx_ctx_clear(ctx);
            return gx_fail(ctx, GX_E_FORBIDDEN, GX_STR(""), GX_M_RELOCATE_RIGHT,
                           gx_label_text(&object->plural, ctx->lang));
        }
    }
    return GX_OK;
}

/* --- what opened it to the old market */

/* A share that nobody of the old market is meant by may stay. */
static enum gx_code share_goes(struct gx_relocate_move *m, int64_t user, int64_t unit,
                               bool *ret_goes)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    *ret_goes = true;
    if (user)
        return gx_relocate_sits(m->system, user, m->def->from, ret_goes);
    const struct gx_value values[] = { gx_value_int(unit), gx_value_int(m->def->from) };
    int64_t related = 1;
    if (unit) /* the market itself, within it, or above it */
        GX_TRY(gx_db_int(ctx, gx_scope_conn(m->system),
                         GX_SQL("WITH RECURSIVE ua(id) AS (SELECT ro.id FROM \"unit\" ro WHERE "
                                "ro.id = ?1 UNION SELECT rp.parent FROM \"unit\" rp JOIN ua ON "
                                "rp.id = ua.id), ub(id) AS (SELECT ro.id FROM \"unit\" ro WHERE "
                                "ro.id = ?2 UNION SELECT rp.parent FROM \"unit\" rp JOIN ub ON "
                                "rp.id = ub.id) SELECT 1 WHERE EXISTS (SELECT 1 FROM ua WHERE "
                                "ua.id = ?2) OR EXISTS (SELECT 1 FROM ub WHERE ub.id = ?1)"),
                         values, 2, 0, &related));
    *ret_goes = related != 0;
    return GX_OK;
}

struct share {
    int64_t id;
    struct gx_str data;
    bool goes;
    int64_t user, unit;
};

static struct gx_str share_text(struct gx_arena *arena, const struct gx_rows *rows)
{
    static const char *const names[] = { "id",    "user",   "unit", "role", "edit",
                                         "until", "reason", "at",   "by" };
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    for (size_t i = 0; i < GX_COUNT(names); i++) {
        struct gx_value v = gx_rows_value(rows, (int)i);
        gx_jw_key(&w, gx_str_c(names[i]));
        if (v.kind == GX_VALUE_INT)
            gx_jw_id(&w, v.i);
        else if (v.kind == GX_VALUE_TEXT)
            gx_jw_str(&w, v.s);
        else
            gx_jw_null(&w);
    }
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

enum { SHARES_MAX = 500 };

static enum gx_code shares_of(struct gx_relocate_move *m, const struct gx_relocate_item *item,
                              struct share *shares, size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    const struct gx_value of[] = { gx_value_text(item->object->id), gx_value_int(item->id) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    size_t n = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(m->system),
                       GX_SQL("SELECT id, user_id, unit_id, role, edit, until, reason, created_at, "
                              "created_by FROM gx_share WHERE object = ?1 AND record = ?2 ORDER BY "
                              "id"),
                       of, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < SHARES_MAX)
        shares[n++] = (struct share){ .id = gx_rows_int(rows, 0),
                                      .data = share_text(ctx->arena, rows),
                                      .user = gx_rows_int(rows, 1),
                                      .unit = gx_rows_int(rows, 2) };
    gx_rows_close(rows);
    GX_TRY(code);
    for (size_t i = 0; i < n; i++)
        GX_TRY(share_goes(m, shares[i].user, shares[i].unit, &shares[i].goes));
    *ret_count = n;
    return GX_OK;
}

static enum gx_code take_shares(struct gx_relocate_move *m, const struct gx_relocate_item *item,
                                const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    struct share *shares = GX_ARENA_ARRAY(ctx->arena, struct share, SHARES_MAX);
    size_t count;
    GX_TRY(shares_of(m, item, shares, &count));
    for (size_t i = 0; i < count; i++) {
        const struct gx_value id = gx_value_int(shares[i].id);
        if (!shares[i].goes)
            continue;
        GX_TRY(gx_before_add(m->system, options->import_id, m->items[0]->id, item->object, item->id,
                             "share", 0, shares[i].data));
        GX_TRY(gx_db_exec(ctx, gx_scope_conn(m->system),
                          GX_SQL("DELETE FROM gx_share WHERE id = ?1"), &id, 1, NULL));
    }
    return GX_OK;
}

static bool is_kept(const struct gx_ids *ids, int64_t id)
{
    for (size_t i = 0; i < ids->n; i++)
        if (ids->v[i] == id)
            return true;
    return false;
}

static enum gx_code books_of(struct gx_relocate_move *m, const struct gx_relocate_item *item,
                             struct gx_ids *ret_books)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    const struct gx_value of[] = { gx_value_text(item->object->id), gx_value_int(item->id) };
    struct gx_rows *rows;
    enum gx_code code;
    int64_t most;
    bool has;
    GX_TRY(
        gx_db_int(ctx, gx_scope_conn(m->system),
                  GX_SQL("SELECT count(*) FROM gx_book_record WHERE object = ?1 AND record = ?2"),
                  of, 2, 0, &most));
    *ret_books = (struct gx_ids){ GX_ARENA_ARRAY(ctx->arena, int64_t, (size_t)most + 1), 0 };
    GX_TRY(gx_db_query(ctx, gx_scope_conn(m->system),
                       GX_SQL("SELECT book FROM gx_book_record WHERE object = ?1 AND record = ?2 "
                              "ORDER BY book"),
                       of, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && ret_books->n < (size_t)most)
        ret_books->v[ret_books->n++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    return code;
}

static enum gx_code change_books(struct gx_relocate_move *m, const struct gx_relocate_item *item,
                                 const struct gx_write_options *options)
{
    const struct gx_relocate *d = m->def;
    int64_t head = m->items[0]->id;
    struct gx_ids books;
    bool changed;
    GX_TRY(books_of(m, item, &books));
    for (size_t i = 0; i < books.n; i++)
        if (!is_kept(&d->keep, books.v[i]) && !is_kept(&d->enter, books.v[i]))
            GX_TRY(gx_before_book(m->scope, options->import_id, head, item->object, item->id,
                                  books.v[i], false, &changed));
    for (size_t i = 0; item == m->items[0] && i < d->enter.n; i++)
        GX_TRY(gx_before_book(m->scope, options->import_id, head, item->object, item->id,
                              d->enter.v[i], true, &changed));
    return GX_OK;
}

/* --- writing */

static enum gx_code remove_item(struct gx_relocate_move *m, struct gx_relocate_item *item,
                                const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    struct gx_conn *conn = gx_scope_conn(m->system);
    GX_TRY(gx_before_add(m->system, options->import_id, m->items[0]->id, item->object, item->id,
                         "remove", item->old.v[GX_SLOT_VERSION].i,
                         gx_before_row(m->system, &item->old, NULL)));
    for (size_t i = 0; i < item->object->field_count; i++)
        if (item->object->fields[i].x.type == GX_TYPE_LINKS)
            GX_TRY(gx_row_write_links(m->system, &item->object->fields[i], item->id, GX_NULL_VALUE,
                                      false));
    if (item->object->searched && item->old.v[GX_SLOT_DELETED_AT].kind == GX_VALUE_NULL)
        GX_TRY(gx_search_remove(m->system, item->object, item->id));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(conn));
    gx_sqlb_add(b, GX_SQL("DELETE FROM "));
    gx_sqlb_name(b, item->object->x.table);
    gx_sqlb_add(b, GX_SQL(" WHERE id = "));
    gx_sqlb_bind(b, gx_value_int(item->id));
    GX_TRY(gx_db_exec(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, NULL));
    return gx_log_add(m->system, item->object, item->id, GX_CHANGE_PURGE,
                      item->old.v[GX_SLOT_VERSION].i, options, GX_STR(""));
}

static enum gx_code write_item(struct gx_relocate_move *m, struct gx_relocate_item *item,
                               const struct gx_write_options *options)
{
    struct gx_write_options own = *options;
    own.by = gx_scope_me(m->scope);
    if (item->remove)
        return remove_item(m, item, &own);
    if (gx_relocate_changed(item)) {
        GX_TRY(gx_before_add(m->system, options->import_id, m->items[0]->id, item->object, item->id,
                             "update", item->old.v[GX_SLOT_VERSION].i + 1,
                             gx_before_row(m->system, &item->old, &item->now)));
        GX_TRY(gx_record_store(m->system, &item->old, &item->now, &own));
    }
    if (!item->moves)
        return GX_OK;
    GX_TRY(take_shares(m, item, options));
    return change_books(m, item, options);
}

enum gx_code gx_relocate_run(struct gx_scope *scope, const struct gx_relocate *def, int64_t account,
                             const struct gx_write_options *options)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_relocate_move *m;
    bool asks = !gx_scope_may_relocate(scope);
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)) && options->import_id);
    GX_TRY(begin(scope, def, account, &m));
    if (asks)
        GX_TRY(may_edit_all(m));
    GX_TRY(map_all(m));
    if (ctx->errors)
        return GX_E_INVALID;
    for (size_t i = 0; i < m->count; i++)
        GX_TRY(write_item(m, m->items[i], options));
    gx_access_forget(gx_scope_tenant(scope));
    return asks ? may_edit_all(m) : GX_OK;
}

/* --- showing what would be */

static enum gx_code write_link(struct gx_relocate_move *m, struct gx_jw *w,
                               const struct gx_field *field, int64_t id)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    const struct gx_object *to = gx_meta_object(gx_scope_meta(m->scope), gx_str_c(field->x.object));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(m->scope)));
    struct gx_rows *rows;
    bool has;
    gx_title_query(b, m->scope, to);
    b->values[0] = gx_value_int(id);
    GX_TRY(gx_db_query(ctx, gx_scope_conn(m->scope), gx_sqlb_sql(b), b->values, b->value_count,
                       &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    gx_jw_object(w);
    gx_jw_key_id(w, "id", id);
    gx_jw_key(w, GX_STR("title"));
    if (code == GX_OK && has && gx_rows_value(rows, 0).kind == GX_VALUE_TEXT)
        gx_jw_str(w, gx_rows_text(rows, 0));
    else
        gx_jw_null(w);
    gx_jw_object_end(w);
    gx_rows_close(rows);
    return code;
}

static enum gx_code write_value(struct gx_relocate_move *m, struct gx_jw *w,
                                const struct gx_field *field, const struct gx_value *v)
{
    if (v->kind == GX_VALUE_NULL) {
        gx_jw_null(w);
    } else if (field->access == GX_FIELD_MASKED) {
        gx_jw_str(w, gx_mask(gx_scope_ctx(m->scope)->arena, v->s));
    } else if (field->x.type == GX_TYPE_LINK) {
        return write_link(m, w, field, v->i);
    } else if (field->x.type == GX_TYPE_LINKS) {
        struct gx_str rest = v->s, piece;
        int64_t id;
        gx_jw_array(w);
        while (gx_str_split(&rest, ',', &piece))
            if (gx_str_int64(piece, &id))
                GX_TRY(write_link(m, w, field, id));
        gx_jw_array_end(w);
    } else {
        field->type->to_json(w, field, v);
    }
    return GX_OK;
}

/* The field as the person may see it; NULL: it is kept from them, or no matter of people. */
static const struct gx_field *shown(struct gx_relocate_move *m, const struct gx_relocate_item *item,
                                    size_t i)
{
    const struct gx_field *field = &item->object->fields[i];
    const struct gx_object *object = gx_meta_object(gx_scope_meta(m->scope), item->object->x.name);
    bool maker = i == GX_SLOT_CREATED_BY && !item->object->owner;
    if (field->type->computed || (field->system && field != item->object->owner && !maker))
        return NULL;
    const struct gx_field *mine = gx_object_field(object, field->x.name);
    return mine && mine->access != GX_FIELD_HIDDEN ? mine : NULL;
}

static enum gx_code write_fields(struct gx_relocate_move *m, struct gx_jw *w,
                                 const struct gx_relocate_item *item)
{
    gx_jw_key(w, GX_STR("fields"));
    gx_jw_array(w);
    for (size_t i = 0; !item->remove && i < item->object->field_count; i++) {
        const struct gx_field *field = shown(m, item, i);
        bool same = true;
        for (int k = 0; field && k < (field->part_count ? field->part_count : 1); k++)
            same &= gx_value_eq(item->old.v[field->slot + k], item->now.v[field->slot + k]);
        if (same)
            continue;
        gx_jw_object(w);
        gx_jw_key_str(w, "field", field->x.name);
        gx_jw_key(w, GX_STR("before"));
        GX_TRY(write_value(m, w, field, &item->old.v[field->slot]));
        gx_jw_key(w, GX_STR("after"));
        GX_TRY(write_value(m, w, field, &item->now.v[field->slot]));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
    return GX_OK;
}

static void write_problems(struct gx_relocate_move *m, struct gx_jw *w, struct gx_ctx *from)
{
    gx_jw_key(w, GX_STR("problems"));
    gx_jw_array(w);
    for (const struct gx_error *e = from->errors; e; e = e->next) {
        gx_jw_object(w);
        gx_jw_key_str(w, "path", e->path);
        gx_jw_key_str(
            w, "detail",
            gx_error_text(gx_scope_ctx(m->scope)->arena, e, gx_scope_ctx(m->scope)->lang));
        gx_jw_object_end(w);
    }
    gx_jw_array_end(w);
}

enum { PREVIEW_RECORDS_MAX = 300 };

struct counts {
    size_t moving, staying, removed, problems, shown, kept, shares, books;
};

/* May the person read it, and edit it where it is? */
static enum gx_code rights_of(struct gx_relocate_move *m, const struct gx_relocate_item *item,
                              bool *ret_read, bool *ret_edit)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(m->scope), item->object->x.name);
    bool binned = item->old.v[GX_SLOT_DELETED_AT].kind != GX_VALUE_NULL;
    struct gx_record record;
    struct gx_ctx before = *ctx;
    enum gx_code code = gx_record_load(m->scope, object, item->id, GX_RIGHT_EDIT, binned, &record);
    gx_relocate_errors_back(ctx, &before);
    *ret_edit = code == GX_OK || binned;
    *ret_read = code == GX_OK || code == GX_E_FORBIDDEN;
    if (*ret_read && code == GX_E_FORBIDDEN) {
        code = gx_record_load(m->scope, object, item->id, GX_RIGHT_READ, binned, &record);
        *ret_read = code == GX_OK;
    }
    gx_relocate_errors_back(ctx, &before);
    return code == GX_E_NOT_FOUND || code == GX_E_FORBIDDEN ? GX_OK : code;
}

static enum gx_code write_row(struct gx_relocate_move *m, struct gx_relocate_item *item,
                              struct gx_jw *w)
{
    struct gx_sqlb *b =
        gx_sqlb_new(gx_scope_ctx(m->scope)->arena, gx_conn_dialect(gx_scope_conn(m->scope)));
    struct gx_rows *rows;
    bool has;
    gx_title_query(b, m->scope, gx_meta_object(gx_scope_meta(m->scope), item->object->x.name));
    b->values[0] = gx_value_int(item->id);
    GX_TRY(gx_db_query(gx_scope_ctx(m->scope), gx_scope_conn(m->scope), gx_sqlb_sql(b), b->values,
                       b->value_count, &rows));
    enum gx_code code = gx_rows_next(gx_scope_ctx(m->scope), rows, &has);
    gx_jw_object(w);
    gx_jw_key_str(w, "object", item->object->x.name);
    gx_jw_key_id(w, "id", item->id);
    gx_jw_key_str(w, "title", code == GX_OK && has ? gx_rows_text(rows, 0) : GX_STR(""));
    gx_rows_close(rows);
    GX_TRY(code);
    gx_jw_key_str(w, "does",
                  item->moves    ? GX_STR("moves")
                  : item->remove ? GX_STR("goes")
                                 : GX_STR("stays"));
    gx_jw_key_bool(w, "deleted", item->old.v[GX_SLOT_DELETED_AT].kind != GX_VALUE_NULL);
    GX_TRY(write_fields(m, w, item));
    write_problems(m, w, gx_scope_ctx(m->scope));
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code preview_item(struct gx_relocate_move *m, struct gx_relocate_item *item,
                                 struct counts *c, bool *allowed, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(m->scope);
    bool read, edit, touched;
    size_t count;
    gx_ctx_clear(ctx);
    GX_TRY(gx_relocate_map(m, item));
    GX_TRY(check(m, item));
    touched = item->moves || item->remove || gx_relocate_changed(item) || ctx->errors;
    c->moving += item->moves;
    c->removed += item->remove;
    c->staying += !item->moves && touched && !item->remove;
    c->problems += ctx->error_count;
    GX_TRY(rights_of(m, item, &read, &edit));
    *allowed &= edit || !item->moves;
    if (item->moves) {
        struct share *shares = GX_ARENA_ARRAY(ctx->arena, struct share, SHARES_MAX);
        struct gx_ids books;
        GX_TRY(shares_of(m, item, shares, &count));
        for (size_t i = 0; i < count; i++)
            c->shares += shares[i].goes;
        GX_TRY(books_of(m, item, &books));
        for (size_t i = 0; i < books.n; i++)
            c->books += !is_kept(&m->def->keep, books.v[i]) && !is_kept(&m->def->enter, books.v[i]);
    }
    if (touched && !read)
        c->kept++;
    if (!touched || !read || c->shown == PREVIEW_RECORDS_MAX)
        return GX_OK;
    c->shown++;
    return write_row(m, item, w);
}

enum gx_code gx_relocate_preview(struct gx_scope *scope, const struct gx_relocate *def,
                                 int64_t account, struct gx_jw *w)
{
    struct gx_relocate_move *m;
    struct counts c = { 0 };
    bool allowed = true;
    GX_TRY(begin(scope, def, account, &m));
    gx_jw_object(w);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (size_t i = 0; i < m->count; i++)
        GX_TRY(preview_item(m, m->items[i], &c, &allowed, w));
    gx_ctx_clear(gx_scope_ctx(scope));
    gx_jw_array_end(w);
    gx_jw_key_str(w, "from", def->from_name);
    gx_jw_key_str(w, "to", def->to_name);
    gx_jw_key_int(w, "moving", (int64_t)c.moving);
    gx_jw_key_int(w, "staying", (int64_t)c.staying);
    gx_jw_key_int(w, "removed", (int64_t)c.removed);
    gx_jw_key_int(w, "hidden", (int64_t)c.kept);
    gx_jw_key_int(w, "problems", (int64_t)c.problems);
    gx_jw_key_int(w, "shares", (int64_t)c.shares);
    gx_jw_key_int(w, "books", (int64_t)c.books);
    gx_jw_key_bool(w, "allowed", allowed || gx_scope_may_relocate(scope));
    gx_jw_object_end(w);
    return GX_OK;
}
