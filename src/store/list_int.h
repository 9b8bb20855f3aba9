/*
 * list_int.h - the parts of a list; private to list*.c and advice.c.
 *
 * Layer: store.
 */
#ifndef GX_STORE_LIST_INT_H
#define GX_STORE_LIST_INT_H

#include "store/list.h"

struct gx_sort {
    const struct gx_expr *expr;
    const struct gx_field *field; /* NULL when it is a path or computed */
    bool desc;
    int column; /* in the query, for the cursor */
};

struct gx_list {
    struct gx_scope *scope;
    const struct gx_object *object;
    struct gx_list_options options;
    const struct gx_expr *filter; /* what was asked for, without the scope's */
    const struct gx_expr *scope_filter;
    struct gx_list_item *items;
    size_t item_count;
    struct gx_sort sorts[GX_LIST_SORTS_MAX];
    size_t sort_count;
    int column_count;
    struct gx_value cursor[GX_LIST_SORTS_MAX + 1]; /* start behind these, then the id */
    bool has_cursor;
    bool empties_next; /* second pass: records whose first sort value is empty (descending) */
    bool in_empties;
    struct gx_rows *rows;
    int64_t given; /* records of this page so far */
    bool more;
    struct gx_str next_cursor;
};

/* The text that search tables are asked with, or empty when nothing can match. */
struct gx_str gx_search_match(struct gx_arena *arena, struct gx_str q);
/* `t`.id among what search finds. */
void gx_search_condition(struct gx_sqlb *b, const struct gx_object *object, struct gx_str match);

/* list_sql.c */
void gx_title_sql(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *object,
                  struct gx_str alias);
void gx_sort_sql(struct gx_sqlb *b, const struct gx_list *list, const struct gx_sort *sort);
void gx_where_sql(struct gx_sqlb *b, const struct gx_list *list);
struct gx_sqlb *gx_list_sql(struct gx_list *list);
/* list_rank.c: the place of a choice among those declared; `alias` may be empty. */
void gx_rank_sql(struct gx_sqlb *b, const struct gx_field *field, struct gx_str alias);
/* cursor.c */
enum gx_code gx_cursor_read(struct gx_list *list);
struct gx_str gx_cursor_write(const struct gx_list *list);

#endif
