/* list_sql.c - the one SELECT of a list. */
#include "base/assert.h"
#include "store/list_int.h"
#include "store/store_int.h"

/* A record's title: a stored column, or the formula that stands for it. */
void gx_title_sql(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *object,
                  struct gx_str alias)
{
    if (object->title->type->computed)
        gx_expr_sql_value(b, object->title->x.formula, gx_scope_env(scope), alias);
    else
        gx_sqlb_column(b, alias, object->title->x.column);
}

void gx_title_folded_sql(struct gx_sqlb *b, const struct gx_scope *scope,
                         const struct gx_object *object, struct gx_str alias)
{
    if (object->title->type->computed)
        gx_expr_sql_folded(b, object->title->x.formula, gx_scope_env(scope), alias);
    else
        gx_sql_folded(b, alias, object->title->x.column);
}

static const struct gx_object *target_of(const struct gx_list *list, const char *name)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(list->scope), gx_str_c(name));
    gx_assert(object);
    return object;
}

static void and_visible(struct gx_sqlb *b, const struct gx_scope *scope,
                        const struct gx_object *object, struct gx_str alias)
{
    const struct gx_expr_env *env = gx_scope_env(scope);
    const struct gx_expr *filter = env->visible(env->visible_p, object->x.name);
    if (!filter)
        return;
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_expr_sql(b, filter, env, alias);
}

static void item_expr(struct gx_sqlb *b, const struct gx_list *list,
                      const struct gx_list_item *item)
{
    if (item->expr)
        gx_expr_sql_value(b, item->expr, gx_scope_env(list->scope), GX_STR("t"));
    else
        gx_sqlb_column(b, GX_STR("t"), item->field->x.column);
}

/* The title of the record that a link points to, if it may be seen. */
static void link_title(struct gx_sqlb *b, const struct gx_list *list,
                       const struct gx_list_item *item, const char *to_name)
{
    const struct gx_object *to = target_of(list, to_name);
    gx_sqlb_add(b, GX_SQL(", (SELECT "));
    gx_title_sql(b, list->scope, to, GX_STR("l"));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" l WHERE l.id = "));
    item_expr(b, list, item);
    and_visible(b, list->scope, to, GX_STR("l"));
    gx_sqlb_add(b, GX_SQL(")"));
}

void gx_title_query(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *to)
{
    gx_assert(b->text.n == 0);
    gx_sqlb_add(b, GX_SQL("SELECT "));
    /* The id is the first value: whatever the title binds comes behind it. */
    gx_sqlb_reserve(b);
    gx_title_sql(b, scope, to, GX_STR("l"));
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" l WHERE l.id = ?1"));
    and_visible(b, scope, to, GX_STR("l"));
}

/* All targets of a LINKS field as JSON text: [{"id": "…", "title": "…"}, …]. */
static void links_json(struct gx_sqlb *b, const struct gx_list *list, const struct gx_field *field)
{
    const struct gx_object *to = target_of(list, field->x.object);
    bool lite = b->dialect == GX_SQLITE;
    gx_sqlb_add(b, lite ? GX_SQL("(SELECT json_group_array(json_object('id', CAST(l.id AS TEXT), "
                                 "'title', ")
                        : GX_SQL("(SELECT json_agg(json_build_object('id', l.id::text, 'title', "));
    gx_title_sql(b, list->scope, to, GX_STR("l"));
    gx_sqlb_add(b, lite ? GX_SQL(") ORDER BY j.position) FROM ")
                        : GX_SQL(") ORDER BY j.position)::text FROM "));
    gx_sqlb_name(b, field->x.join_table);
    gx_sqlb_add(b, GX_SQL(" j JOIN "));
    gx_sqlb_name(b, to->x.table);
    gx_sqlb_add(b, GX_SQL(" l ON l.id = j.dst WHERE j.src = t.id AND l.deleted_at IS NULL"));
    and_visible(b, list->scope, to, GX_STR("l"));
    gx_sqlb_add(b, GX_SQL(")"));
}

static void select_item(struct gx_sqlb *b, struct gx_list *list, struct gx_list_item *item)
{
    item->column = list->column_count++;
    gx_sqlb_add(b, GX_SQL(", "));
    if (item->field && item->field->x.type == GX_TYPE_LINKS) {
        links_json(b, list, item->field);
        return;
    }
    item_expr(b, list, item);
    enum gx_type type = item->expr ? gx_expr_type(item->expr) : item->field->x.type;
    if (type == GX_TYPE_LINK) {
        const char *to = item->expr ? gx_expr_link_object(item->expr) : item->field->x.object;
        item->is_link = true;
        if (b->dialect == GX_SQLITE) {
            item->title_of = target_of(list, to);
            return;
        }
        item->title_column = list->column_count++;
        link_title(b, list, item, to);
        return;
    }
    if (item->expr)
        return;
    for (int part = 1; part < item->field->part_count; part++) {
        gx_sqlb_add(b, GX_SQL(", "));
        gx_sqlb_column(b, GX_STR("t"), list->object->columns[item->field->slot + part].name);
        list->column_count++;
    }
}

/*
 * What a sort compares: text by its ICU key, a link by the title it shows, a choice by its place
 * among those declared, all else by value.
 * meta/plan.c and advice.c build indexes on exactly these expressions.
 */
void gx_sort_sql(struct gx_sqlb *b, const struct gx_list *list, const struct gx_sort *sort)
{
    enum gx_type type = gx_expr_type(sort->expr);
    if (type == GX_TYPE_LINK && !(sort->field && sort->field->slot == GX_SLOT_ID)) {
        const struct gx_object *to = target_of(list, gx_expr_link_object(sort->expr));
        gx_sqlb_add(b, GX_SQL("(SELECT "));
        gx_sql_sort_open(b);
        gx_title_sql(b, list->scope, to, GX_STR("s"));
        gx_sql_sort_close(b);
        gx_sqlb_add(b, GX_SQL(" FROM "));
        gx_sqlb_name(b, to->x.table);
        gx_sqlb_add(b, GX_SQL(" s WHERE s.id = "));
        gx_expr_sql_value(b, sort->expr, gx_scope_env(list->scope), GX_STR("t"));
        and_visible(b, list->scope, to, GX_STR("s"));
        gx_sqlb_add(b, GX_SQL(")"));
        return;
    }
    if (type == GX_TYPE_CHOICE && sort->field && sort->field->choice_count) {
        gx_rank_sql(b, sort->field, GX_STR("t"));
        return;
    }
    if (type == GX_TYPE_TEXT)
        gx_sql_sort_open(b);
    if (sort->field)
        gx_sqlb_column(b, GX_STR("t"), sort->field->x.column);
    else
        gx_expr_sql_value(b, sort->expr, gx_scope_env(list->scope), GX_STR("t"));
    if (type == GX_TYPE_TEXT)
        gx_sql_sort_close(b);
}

static void among(struct gx_sqlb *b, const struct gx_ids *ids)
{
    gx_sqlb_add(b, GX_SQL(" AND t.id IN ("));
    for (size_t i = 0; i < ids->n; i++) {
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(""));
        gx_sqlb_bind(b, gx_value_int(ids->v[i]));
    }
    gx_sqlb_add(b, ids->n ? GX_SQL(")") : GX_SQL("0)"));
}

static void in_book(struct gx_sqlb *b, const struct gx_list *list)
{
    gx_sqlb_add(b, list->options.not_in_book ? GX_SQL(" AND t.id NOT IN (")
                                             : GX_SQL(" AND t.id IN ("));
    gx_sqlb_add(b, GX_SQL("SELECT br.record FROM gx_book_record br WHERE br.book = "));
    gx_sqlb_bind(b, gx_value_int(list->options.book));
    gx_sqlb_add(b, GX_SQL(" AND br.object = "));
    gx_sqlb_bind(b, gx_value_text(list->object->id));
    gx_sqlb_add(b, GX_SQL(")"));
}

static void among_members(struct gx_sqlb *b, const struct gx_list_among *m)
{
    gx_sqlb_add(b, m->out ? GX_SQL(" AND t.id NOT IN (") : GX_SQL(" AND t.id IN ("));
    gx_sqlb_add(b, GX_SQL("SELECT sm.record FROM gx_segment_member sm WHERE sm.list = "));
    gx_sqlb_bind(b, gx_value_int(m->list));
    if (!m->all) {
        gx_sqlb_add(b, m->cell.n ? GX_SQL(" AND sm.cell = ") : GX_SQL(" AND sm.cell <> "));
        gx_sqlb_bind(b, gx_value_text(m->cell.n ? m->cell : GX_STR("control")));
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

void gx_where_sql(struct gx_sqlb *b, const struct gx_list *list)
{
    gx_sqlb_add(b, list->options.deleted ? GX_SQL(" WHERE t.deleted_at IS NOT NULL")
                                         : GX_SQL(" WHERE t.deleted_at IS NULL"));
    if (list->options.id) {
        gx_sqlb_add(b, GX_SQL(" AND t.id = "));
        gx_sqlb_bind(b, gx_value_int(list->options.id));
    }
    if (list->options.book)
        in_book(b, list);
    for (size_t i = 0; i < list->options.among_count; i++)
        among_members(b, &list->options.among[i]);
    const struct gx_expr *filters[] = { list->scope_filter, list->filter };
    for (size_t i = 0; i < GX_COUNT(filters); i++) {
        if (!filters[i])
            continue;
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_expr_sql(b, filters[i], gx_scope_env(list->scope), GX_STR("t"));
    }
    if (list->found)
        among(b, list->found);
    else if (gx_str_trim(list->options.q).n)
        gx_search_condition(b, list->object,
                            gx_search_match(b->arena, b->dialect, list->options.q));
}

/* sorts[0..k) equal to the cursor, then sorts[k] behind it: one arm of the keyset condition. */
static void cursor_arm(struct gx_sqlb *b, const struct gx_list *list, size_t k)
{
    gx_sqlb_add(b, GX_SQL("("));
    for (size_t i = 0; i < k; i++) {
        gx_sort_sql(b, list, &list->sorts[i]);
        if (list->cursor[i].kind == GX_VALUE_NULL) {
            gx_sqlb_add(b, GX_SQL(" IS NULL"));
        } else {
            gx_sqlb_add(b, GX_SQL(" = "));
            gx_sqlb_bind(b, list->cursor[i]);
        }
        gx_sqlb_add(b, GX_SQL(" AND "));
    }
    if (k == list->sort_count) {
        bool desc = list->sort_count ? list->sorts[list->sort_count - 1].desc : true;
        gx_sqlb_add(b, desc ? GX_SQL("t.id < ") : GX_SQL("t.id > "));
        gx_sqlb_bind(b, list->cursor[k]);
    } else {
        bool desc = list->sorts[k].desc, empty = list->cursor[k].kind == GX_VALUE_NULL;
        if (empty && desc) { /* empty is last: nothing behind it */
            gx_sqlb_add(b, GX_SQL("1 = 0"));
        } else {
            gx_sort_sql(b, list, &list->sorts[k]);
            if (empty) {
                gx_sqlb_add(b, GX_SQL(" IS NOT NULL"));
            } else {
                gx_sqlb_add(b, desc ? GX_SQL(" < ") : GX_SQL(" > "));
                gx_sqlb_bind(b, list->cursor[k]);
                if (desc && k > 0) {
                    gx_sqlb_add(b, GX_SQL(" OR "));
                    gx_sort_sql(b, list, &list->sorts[k]);
                    gx_sqlb_add(b, GX_SQL(" IS NULL"));
                }
            }
        }
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

static void cursor_sql(struct gx_sqlb *b, const struct gx_list *list)
{
    /* The first value alone bounds the range an index can serve. */
    if (list->sort_count && list->cursor[0].kind != GX_VALUE_NULL) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_sort_sql(b, list, &list->sorts[0]);
        gx_sqlb_add(b, list->sorts[0].desc ? GX_SQL(" <= ") : GX_SQL(" >= "));
        gx_sqlb_bind(b, list->cursor[0]);
    } else if (list->sort_count && list->sorts[0].desc) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_sort_sql(b, list, &list->sorts[0]);
        gx_sqlb_add(b, GX_SQL(" IS NULL"));
    }
    gx_sqlb_add(b, GX_SQL(" AND ("));
    for (size_t k = 0; k <= list->sort_count; k++) {
        if (k)
            gx_sqlb_add(b, GX_SQL(" OR "));
        cursor_arm(b, list, k);
    }
    gx_sqlb_add(b, GX_SQL(")"));
}

static void order_sql(struct gx_sqlb *b, const struct gx_list *list)
{
    bool id_desc = list->sort_count ? list->sorts[list->sort_count - 1].desc : true;
    bool pg = b->dialect == GX_POSTGRES;
    gx_sqlb_add(b, GX_SQL(" ORDER BY "));
    for (size_t i = 0; i < list->sort_count; i++) {
        gx_sort_sql(b, list, &list->sorts[i]);
        gx_sqlb_add(b, list->sorts[i].desc ? GX_SQL(" DESC") : GX_SQL(" ASC"));
        /* SQLite's own order: empty is smallest. */
        if (pg)
            gx_sqlb_add(b, list->sorts[i].desc ? GX_SQL(" NULLS LAST") : GX_SQL(" NULLS FIRST"));
        gx_sqlb_add(b, GX_SQL(", "));
    }
    gx_sqlb_add(b, id_desc ? GX_SQL("t.id DESC") : GX_SQL("t.id ASC"));
}

struct gx_sqlb *gx_list_sql(struct gx_list *list)
{
    struct gx_ctx *ctx = gx_scope_ctx(list->scope);
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(list->scope)));
    if (list->shape) {
        gx_shape_add(list, b, &list->column_count);
    } else {
        list->column_count = 2;
        gx_sqlb_add(b, GX_SQL("SELECT t.id, t.version"));
        for (size_t i = 0; i < list->item_count; i++)
            select_item(b, list, &list->items[i]);
        gx_shape_keep(list, b, list->column_count);
    }
    gx_may_columns(b, list);
    for (size_t i = 0; list->options.limit && i < list->sort_count; i++) {
        gx_sqlb_add(b, GX_SQL(", "));
        list->sorts[i].column = list->column_count++;
        gx_sort_sql(b, list, &list->sorts[i]);
    }
    gx_sqlb_add(b, GX_SQL(" FROM "));
    gx_sqlb_name(b, list->object->x.table);
    gx_sqlb_add(b, GX_SQL(" t"));
    gx_where_sql(b, list);
    if (list->has_cursor) {
        cursor_sql(b, list);
        /* Descending, empty values come last: they are asked for when the others ran out. */
        list->empties_next =
            list->sort_count && list->sorts[0].desc && list->cursor[0].kind != GX_VALUE_NULL;
    } else if (list->in_empties) {
        gx_sqlb_add(b, GX_SQL(" AND "));
        gx_sort_sql(b, list, &list->sorts[0]);
        gx_sqlb_add(b, GX_SQL(" IS NULL"));
    }
    order_sql(b, list);
    if (list->options.limit) {
        gx_sqlb_add(b, GX_SQL(" LIMIT "));
        gx_sqlb_bind(b, gx_value_int(list->options.limit - list->given + 1));
    }
    return b;
}
