/* before.c - see before.h. */
#include "store/before.h"

#include "access/signin.h"
#include "base/assert.h"
#include "store/store_int.h"

enum gx_code gx_before_add(struct gx_scope *scope, int64_t batch, int64_t head,
                           const struct gx_object *object, int64_t record, const char *kind,
                           int64_t version, struct gx_str data)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    gx_assert(gx_conn_is_writer(gx_scope_conn(scope)));
    const struct gx_value values[] = {
        gx_value_int(gx_id_next(&gx_scope_tenant(scope)->ids, ctx->now_us)),
        gx_value_int(batch),
        gx_value_int(head),
        gx_value_text(object->id),
        gx_value_int(record),
        gx_value_text(gx_str_c(kind)),
        gx_value_int(version),
        gx_value_int(ctx->now_us),
        gx_value_text(data),
    };
    return gx_db_exec(ctx, gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_batch_before (seq, batch_id, head, object, record, "
                             "kind, version, at, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
                             "?9)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_before_read(struct gx_scope *scope, int64_t batch, int64_t head,
                            struct gx_before **ret_rows, size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_int(batch), gx_value_int(head) };
    struct gx_rows *rows;
    struct gx_json *data;
    enum gx_code code;
    int64_t most;
    bool has;
    size_t n = 0;
    GX_TRY(
        gx_db_int(ctx, gx_scope_conn(scope),
                  GX_SQL("SELECT count(*) FROM gx_batch_before WHERE batch_id = ?1 AND head = ?2"),
                  values, 2, 0, &most));
    struct gx_before *list = GX_ARENA_ARRAY(ctx->arena, struct gx_before, (size_t)most + 1);
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT seq, object, record, kind, version, at, data FROM "
                              "gx_batch_before WHERE batch_id = ?1 AND head = ?2 ORDER BY seq "
                              "DESC"),
                       values, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && n < (size_t)most) {
        code = gx_json_read(ctx, gx_arena_str(ctx->arena, gx_rows_text(rows, 6)), &data);
        if (code != GX_OK)
            break;
        list[n++] = (struct gx_before){
            .seq = gx_rows_int(rows, 0),
            .object = gx_arena_str(ctx->arena, gx_rows_text(rows, 1)),
            .record = gx_rows_int(rows, 2),
            .kind = gx_arena_str(ctx->arena, gx_rows_text(rows, 3)),
            .version = gx_rows_int(rows, 4),
            .at = gx_rows_int(rows, 5),
            .data = data,
        };
    }
    gx_rows_close(rows);
    *ret_rows = list;
    *ret_count = n;
    return code;
}

enum gx_code gx_before_heads(struct gx_scope *scope, int64_t batch, int64_t *heads, size_t max,
                             size_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_int(batch), gx_value_int((int64_t)max) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    *ret_count = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT head FROM gx_batch_before WHERE batch_id = ?1 GROUP BY head "
                              "ORDER BY max(seq) DESC LIMIT ?2"),
                       values, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has && *ret_count < max)
        heads[(*ret_count)++] = gx_rows_int(rows, 0);
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_before_forget(struct gx_scope *scope, int64_t batch, int64_t head)
{
    const struct gx_value values[] = { gx_value_int(batch), gx_value_int(head) };
    return gx_db_exec(gx_scope_ctx(scope), gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_batch_before WHERE batch_id = ?1 AND head = ?2"),
                      values, 2, NULL);
}

/* --- rows */

static void write_value(struct gx_jw *w, struct gx_str key, struct gx_value value)
{
    gx_jw_key(w, key);
    gx_jw_array(w);
    if (value.kind == GX_VALUE_INT)
        gx_jw_id(w, value.i);
    else if (value.kind == GX_VALUE_TEXT) {
        gx_jw_str(w, GX_STR("text"));
        gx_jw_str(w, value.s);
    }
    gx_jw_array_end(w);
}

struct gx_str gx_before_row(struct gx_scope *scope, const struct gx_record *old,
                            const struct gx_record *now)
{
    const struct gx_object *object = old->object;
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_jw_object(&w);
    gx_jw_key(&w, GX_STR("columns"));
    gx_jw_object(&w);
    for (size_t i = 0; i < object->column_count; i++)
        if (!now || !gx_value_eq(old->v[i], now->v[i]))
            write_value(&w, object->columns[i].name, old->v[i]);
    gx_jw_object_end(&w);
    gx_jw_key(&w, GX_STR("links"));
    gx_jw_object(&w);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->x.type == GX_TYPE_LINKS && (!now || !gx_value_eq(old->v[f->slot], now->v[f->slot])))
            write_value(&w, f->id, old->v[f->slot]);
    }
    gx_jw_object_end(&w);
    gx_jw_object_end(&w);
    struct gx_str text = gx_arena_str(gx_scope_ctx(scope)->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return text;
}

static struct gx_value read_value(const struct gx_json *node)
{
    int64_t id;
    if (node->count == 2)
        return gx_value_text(node->first->next->text);
    if (node->count == 1 && gx_str_int64(node->first->text, &id))
        return gx_value_int(id);
    return GX_NULL_VALUE;
}

static const struct gx_json *member(const struct gx_json *node, struct gx_str key)
{
    const struct gx_json *k = node ? node->first : NULL;
    while (k && !gx_str_eq(k->key, key))
        k = k->next;
    return k;
}

void gx_before_fill(struct gx_scope *scope, const struct gx_json *data, struct gx_record *record)
{
    const struct gx_object *object = record->object;
    const struct gx_json *columns = gx_json_get(data, "columns"),
                         *links = gx_json_get(data, "links"), *k;
    (void)scope;
    for (size_t i = 0; i < object->column_count; i++)
        if ((k = member(columns, object->columns[i].name)) != NULL)
            record->v[i] = read_value(k);
    for (size_t i = 0; i < object->field_count; i++) {
        const struct gx_field *f = &object->fields[i];
        if (f->x.type == GX_TYPE_LINKS && (k = member(links, f->id)) != NULL)
            record->v[f->slot] = read_value(k);
    }
}

/* --- places in books */

static enum gx_code place(struct gx_scope *scope, const struct gx_object *object, int64_t record,
                          int64_t book, struct gx_value *ret_added, bool *ret_there)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(record),
                                       gx_value_int(book) };
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT added_at, added_by FROM gx_book_record WHERE object = ?1 AND "
                              "record = ?2 AND book = ?3"),
                       values, 3, &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_there);
    if (code == GX_OK && *ret_there) {
        ret_added[0] = gx_rows_value(rows, 0);
        ret_added[1] = gx_rows_value(rows, 1);
    }
    gx_rows_close(rows);
    return code;
}

static enum gx_code put_in(struct gx_scope *scope, const struct gx_object *object, int64_t record,
                           int64_t book, const struct gx_value *added)
{
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(record),
                                       gx_value_int(book), added[0], added[1] };
    return gx_db_exec(gx_scope_ctx(scope), gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_book_record (object, record, book, added_at, "
                             "added_by) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (object, record, "
                             "book) DO NOTHING"),
                      values, 5, NULL);
}

static enum gx_code take_out(struct gx_scope *scope, const struct gx_object *object, int64_t record,
                             int64_t book)
{
    const struct gx_value values[] = { gx_value_text(object->id), gx_value_int(record),
                                       gx_value_int(book) };
    return gx_db_exec(gx_scope_ctx(scope), gx_scope_conn(scope),
                      GX_SQL("DELETE FROM gx_book_record WHERE object = ?1 AND record = ?2 AND "
                             "book = ?3"),
                      values, 3, NULL);
}

enum gx_code gx_before_book(struct gx_scope *scope, int64_t batch, int64_t head,
                            const struct gx_object *object, int64_t record, int64_t book, bool in,
                            bool *ret_changed)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value added[2] = { gx_value_int(ctx->now_us), gx_value_int(gx_scope_me(scope)) };
    bool there;
    GX_TRY(place(scope, object, record, book, added, &there));
    *ret_changed = there != in;
    if (there == in)
        return GX_OK;
    struct gx_str data =
        gx_arena_printf(ctx->arena, "{\"book\":\"%lld\",\"at\":\"%lld\",\"by\":\"%lld\"}",
                        (long long)book, (long long)added[0].i, (long long)added[1].i);
    if (batch)
        GX_TRY(gx_before_add(scope, batch, head, object, record, in ? "book_in" : "book_out", 0,
                             data));
    return in ? put_in(scope, object, record, book, added) : take_out(scope, object, record, book);
}

/* --- putting back */

static int64_t number(const struct gx_json *data, const char *key)
{
    int64_t value = 0;
    const struct gx_json *node = gx_json_get(data, key);
    return node && gx_str_int64(node->text, &value) ? value : 0;
}

static struct gx_value number_or_null(const struct gx_json *data, const char *key)
{
    const struct gx_json *node = gx_json_get(data, key);
    return node && node->kind != GX_JSON_NULL ? gx_value_int(number(data, key)) : GX_NULL_VALUE;
}

static enum gx_code put_share_back(struct gx_scope *scope, const struct gx_object *object,
                                   const struct gx_before *b)
{
    struct gx_str role = gx_json_get_str(b->data, "role", GX_STR("")),
                  reason = gx_json_get_str(b->data, "reason", GX_STR(""));
    const struct gx_value values[] = {
        gx_value_int(number(b->data, "id")),
        gx_value_text(object->id),
        gx_value_int(b->record),
        number_or_null(b->data, "user"),
        number_or_null(b->data, "unit"),
        role.n ? gx_value_text(role) : GX_NULL_VALUE,
        gx_value_int(number(b->data, "edit")),
        number_or_null(b->data, "until"),
        reason.n ? gx_value_text(reason) : GX_NULL_VALUE,
        gx_value_int(number(b->data, "at")),
        gx_value_int(number(b->data, "by")),
    };
    return gx_db_exec(gx_scope_ctx(scope), gx_scope_conn(scope),
                      GX_SQL("INSERT INTO gx_share (id, object, record, user_id, unit_id, role, "
                             "edit, until, reason, created_at, created_by) VALUES (?1, ?2, ?3, "
                             "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
                      values, GX_COUNT(values), NULL);
}

enum gx_code gx_before_put_back(struct gx_scope *scope, const struct gx_object *object,
                                const struct gx_before *b)
{
    const struct gx_value added[] = { gx_value_int(number(b->data, "at")),
                                      gx_value_int(number(b->data, "by")) };
    int64_t book = number(b->data, "book");
    gx_access_forget(gx_scope_tenant(scope));
    if (gx_str_is(b->kind, "share"))
        return put_share_back(scope, object, b);
    if (gx_str_is(b->kind, "book_out"))
        return put_in(scope, object, b->record, book, added);
    gx_assert(gx_str_is(b->kind, "book_in"));
    return take_out(scope, object, b->record, book);
}
