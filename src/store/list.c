/* list.c - what was asked for, and the walk over the answer; see list.h. */
#include "store/list.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/time.h"
#include "store/list_int.h"
#include "store/seen.h"
#include "store/watch.h"
#include "store/store_int.h"

/* "name": as it stands in every record; empty when it needs escapes. */
static struct gx_str json_key(struct gx_arena *arena, struct gx_str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '.')
            return GX_STR("");
    }
    char *p = gx_arena_alloc(arena, name.n + 3);
    p[0] = '"';
    memcpy(p + 1, name.p, name.n);
    memcpy(p + 1 + name.n, "\":", 2);
    return (struct gx_str){ p, name.n + 3 };
}

static enum gx_code new_item(struct gx_list *list, struct gx_str name, struct gx_list_item **ret)
{
    if (list->item_count == GX_LIST_FIELDS_MAX)
        return gx_fail(gx_scope_ctx(list->scope), GX_E_LIMIT, GX_STR("fields"), GX_M_TOO_BIG,
                       GX_STR("200"));
    *ret = &list->items[list->item_count++];
    **ret = (struct gx_list_item){
        .name = name,
        .key = json_key(gx_scope_ctx(list->scope)->arena, name),
        .title_column = -1,
    };
    return GX_OK;
}

static enum gx_code add_field(struct gx_list *list, const struct gx_field *field)
{
    struct gx_list_item *item = NULL;
    GX_TRY(new_item(list, field->x.name, &item));
    item->field = field;
    item->expr = field->type->computed ? field->x.formula : NULL;
    return GX_OK;
}

/* A field, or a path or any other expression. */
static enum gx_code add_item(struct gx_list *list, struct gx_str name)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    const struct gx_field *field = gx_object_field(list->object, name);
    struct gx_list_item *item = NULL;
    if (field)
        return add_field(list, field);
    GX_TRY(new_item(list, name, &item));
    enum gx_code code = gx_expr_parse(ctx, NULL, &gx_scope_meta(list->scope)->schema,
                                      list->object->x.name, name, GX_TYPE_ANY, &item->expr);
    if (code != GX_OK)
        ctx->last_error->path = GX_STR("fields");
    return code;
}

static enum gx_code read_fields(struct gx_list *list)
{
    const struct gx_object *object = list->object;
    struct gx_str rest = list->options.fields, name;
    size_t most = rest.n ? 1 : object->field_count;
    for (size_t i = 0; i < rest.n; i++)
        most += rest.p[i] == ',';
    list->items = GX_ARENA_ARRAY(gx_scope_ctx(list->scope)->arena, struct gx_list_item,
                                 most < GX_LIST_FIELDS_MAX ? most : GX_LIST_FIELDS_MAX);
    if (rest.n == 0) {
        for (size_t i = 0; i < object->field_count && i < GX_LIST_FIELDS_MAX; i++) {
            const struct gx_field *f = &object->fields[i];
            bool hidden = f->access == GX_FIELD_HIDDEN || i == GX_SLOT_ID || i == GX_SLOT_VERSION ||
                          (i == GX_SLOT_DELETED_AT && !list->options.deleted);
            if (!hidden)
                GX_TRY(add_field(list, f));
        }
        return GX_OK;
    }
    while (gx_str_split(&rest, ',', &name)) {
        name = gx_str_trim(name);
        if (name.n && !gx_str_is(name, "id") && !gx_str_is(name, "version"))
            GX_TRY(add_item(list, name));
    }
    return GX_OK;
}

static enum gx_code read_sort(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_str rest = list->options.sort, piece;
    if (rest.n == 0)
        return GX_OK;
    while (gx_str_split(&rest, ',', &piece)) {
        piece = gx_str_trim(piece);
        if (piece.n == 0)
            continue;
        if (list->sort_count == GX_LIST_SORTS_MAX)
            return gx_fail(ctx, GX_E_LIMIT, GX_STR("sort"), GX_M_TOO_BIG, GX_STR("4"));
        struct gx_sort *sort = &list->sorts[list->sort_count++];
        sort->desc = piece.p[0] == '-';
        if (sort->desc || piece.p[0] == '+')
            piece = gx_str_from(piece, 1);
        sort->field = gx_object_open_field(list->object, piece);
        if (sort->field && !sort->field->type->sortable)
            return gx_fail(ctx, GX_E_INVALID, GX_STR("sort"), GX_M_NOT_SORTABLE,
                           gx_label_text(&sort->field->label, ctx->lang));
        enum gx_code code = gx_expr_parse(ctx, NULL, &gx_scope_meta(list->scope)->schema,
                                          list->object->x.name, piece, GX_TYPE_ANY, &sort->expr);
        if (code != GX_OK) {
            ctx->last_error->path = GX_STR("sort");
            return code;
        }
        if (sort->field && sort->field->type->computed)
            sort->field = NULL;
    }
    return GX_OK;
}

static enum gx_code read_filter(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    GX_TRY(
        gx_scope_filter_list(list->scope, list->object, list->options.right, &list->scope_filter));
    struct gx_str text = gx_str_trim(list->options.filter);
    if (text.n == 0)
        return GX_OK;
    enum gx_code code = gx_expr_parse(ctx, NULL, &gx_scope_meta(list->scope)->schema,
                                      list->object->x.name, text, GX_TYPE_BOOL, &list->filter);
    if (code != GX_OK && ctx->last_error)
        ctx->last_error->path = GX_STR("filter");
    return code;
}

/* A person's question is given up after a while: it holds a reader and a thread of the server. */
static void limit_time(const struct gx_scope *scope)
{
    struct gx_conn *conn = gx_scope_conn(scope);
    if (gx_scope_reason(scope).n == 0 && !gx_conn_is_writer(conn))
        gx_conn_deadline(conn, gx_monotonic_us() + (int64_t)GX_LIST_PATIENCE_S * 1000000);
}

static enum gx_code too_long(const struct gx_scope *scope, enum gx_code code)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    if (code != GX_E_CANCELLED || gx_scope_reason(scope).n)
        return code;
    gx_ctx_clear(ctx);
    return gx_fail(ctx, GX_E_LIMIT, GX_STR("filter"), GX_M_LIST_TOO_LONG,
                   gx_arena_printf(ctx->arena, "%d", GX_LIST_PATIENCE_S));
}

static enum gx_code start(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_sqlb *b = gx_list_sql(list);
    GX_TRY(gx_buf_check(&b->text));
    limit_time(list->scope);
    return too_long(list->scope, gx_db_query(ctx, gx_scope_conn(list->scope), gx_sqlb_sql(b),
                                             b->values, b->value_count, &list->rows));
}

static enum gx_code prepare(struct gx_scope *scope, const struct gx_object *object,
                            const struct gx_list_options *options, struct gx_list **ret_list)
{
    struct gx_list *list = GX_ARENA_NEW(gx_scope_ctx(scope)->arena, struct gx_list);
    list->scope = scope;
    list->object = object;
    list->options = *options;
    GX_TRY(read_filter(list));
    GX_TRY(gx_search_resolve(list));
    if (!gx_shape_find(list))
        GX_TRY(read_fields(list));
    list->private_ = GX_ARENA_NEW(gx_scope_ctx(scope)->arena, struct gx_list_private);
    list->titles = GX_ARENA_ARRAY(gx_scope_ctx(scope)->arena, struct gx_titles *, list->item_count);
    list->title_values =
        GX_ARENA_ARRAY(gx_scope_ctx(scope)->arena, struct gx_value, list->item_count);
    GX_TRY(gx_may_begin(list));
    GX_TRY(read_sort(list));
    GX_TRY(gx_cursor_read(list));
    *ret_list = list;
    return GX_OK;
}

enum gx_code gx_list_open(struct gx_scope *scope, const struct gx_object *object,
                          const struct gx_list_options *options, struct gx_list **ret_list)
{
    struct gx_list *list;
    GX_TRY(prepare(scope, object, options, &list));
    GX_TRY(start(list));
    *ret_list = list;
    return GX_OK;
}

enum gx_code gx_list_open_one(struct gx_scope *scope, const struct gx_object *object, int64_t id,
                              struct gx_str fields, bool deleted, enum gx_list_may_say may,
                              struct gx_list **ret_list)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_list_options options = {
        .id = id,
        .fields = fields,
        .limit = 1,
        .deleted = deleted,
        .may = may,
    };
    bool has;
    GX_TRY(gx_list_open(scope, object, &options, ret_list));
    GX_TRY(gx_list_next(*ret_list, &has));
    if (has)
        return GX_OK;
    gx_list_close(*ret_list);
    return gx_fail(ctx, GX_E_NOT_FOUND, GX_STR(""), GX_M_NO_RECORD,
                   gx_arena_printf(ctx->arena, "%lld", (long long)id));
}

/* The page is full: remember where the next one starts. */
static void end_page(struct gx_list *list)
{
    list->more = true;
    gx_rows_close(list->rows);
    list->rows = NULL;
}

enum gx_code gx_list_next(struct gx_list *list, bool *ret_has)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    *ret_has = false;
    if (!list->rows)
        return GX_OK;
    bool has;
    if (list->options.limit == 0) /* a file may take long, each of its records not */
        limit_time(list->scope);
    GX_TRY(too_long(list->scope, gx_rows_next(ctx, list->rows, &has)));
    if (!has && list->empties_next) {
        gx_rows_close(list->rows);
        list->rows = NULL;
        list->in_empties = true;
        list->has_cursor = false;
        list->empties_next = false;
        GX_TRY(start(list));
        return gx_list_next(list, ret_has);
    }
    if (!has)
        return GX_OK;
    if (list->options.limit && list->given == list->options.limit) {
        end_page(list);
        return GX_OK;
    }
    list->given++;
    GX_TRY(too_long(list->scope, gx_titles_read(list)));
    GX_TRY(too_long(list->scope, gx_may_read(list)));
    if (list->options.limit && list->given == list->options.limit && !list->options.id)
        list->next_cursor = gx_cursor_write(list);
    *ret_has = true;
    return GX_OK;
}

struct gx_str gx_list_cursor(const struct gx_list *list)
{
    return list->more ? list->next_cursor : GX_STR("");
}

int64_t gx_list_id(const struct gx_list *list)
{
    return gx_rows_int(list->rows, 0);
}

int64_t gx_list_version(const struct gx_list *list)
{
    return gx_rows_int(list->rows, 1);
}

size_t gx_list_items(const struct gx_list *list, const struct gx_list_item **ret_items)
{
    *ret_items = list->items;
    return list->item_count;
}

struct gx_value gx_list_value(const struct gx_list *list, size_t item)
{
    return gx_rows_value(list->rows, list->items[item].column);
}

/* Who was given something private, and of whom: one record, or a list of them. */
static void note_private(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_seen *seen = gx_scope_tenant(list->scope)->seen;
    struct gx_list_private *p = list->private_;
    if (!seen || p->records == 0 || gx_scope_me(list->scope) == 0)
        return;
    struct gx_seen_note note = {
        .by = gx_scope_me(list->scope),
        .what = "private",
        .name = gx_arena_cstr(ctx->arena, list->object->x.name),
        .value = p->records == 1 ? gx_arena_printf(ctx->arena, "%lld", (long long)p->last)
                                 : GX_STR("list"),
    };
    p->records = 0;
    gx_seen_add(seen, &note, ctx->now_us);
}

void gx_list_tell(const struct gx_list *list)
{
    struct gx_list_private *p = list->private_;
    gx_watch_add(gx_scope_tenant(list->scope)->watch, gx_scope_me(list->scope), p->given,
                 p->given_count, list->options.right == GX_RIGHT_EXPORT,
                 gx_scope_ctx(list->scope)->now_us);
    p->given_count = 0;
}

void gx_list_uncount(struct gx_list *list)
{
    list->private_->given_count = 0;
}

void gx_list_close(struct gx_list *list)
{
    /* A try that came to nothing gave nobody anything. */
    if (!gx_scope_ctx(list->scope)->late) {
        note_private(list);
        gx_list_tell(list);
    }
    gx_rows_close(list->rows);
    list->rows = NULL;
}

enum gx_code gx_list_count(struct gx_scope *scope, const struct gx_object *object,
                           const struct gx_list_options *options, int64_t deadline_us,
                           int64_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_list_options all = *options;
    struct gx_list *list;
    all.cursor = all.sort = GX_STR("");
    all.fields = GX_STR("id");
    GX_TRY(prepare(scope, object, &all, &list));
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t"));
    gx_where_sql(b, list);
    struct gx_conn *own = gx_scope_conn(scope), *conn = own;
    if (deadline_us && !gx_conn_is_writer(own)) {
        GX_TRY(gx_db_reader(ctx, gx_scope_tenant(scope)->db, &conn));
        gx_conn_deadline(conn, deadline_us);
    } else {
        limit_time(scope);
    }
    enum gx_code code =
        gx_db_int(ctx, conn, gx_sqlb_sql(b), b->values, b->value_count, 0, ret_count);
    if (conn != own)
        gx_db_reader_release(conn);
    if (code == GX_E_CANCELLED && deadline_us) {
        gx_ctx_clear(ctx);
        *ret_count = -1;
        return GX_OK;
    }
    return too_long(scope, code);
}
