/*
 * list_int.h - the parts of a list; private to list*.c and advice.c.
 *
 * Layer: store.
 */
#ifndef GX_STORE_LIST_INT_H
#define GX_STORE_LIST_INT_H

#include "json/schema.h"
#include "store/list.h"

struct gx_sort {
    const struct gx_expr *expr;
    const struct gx_field *field; /* NULL when it is a path or computed */
    bool desc;
    int column; /* in the query, for the cursor */
};

enum { GX_MAY_EDIT, GX_MAY_DELETE, GX_MAY_COUNT };

/* What may be done with the current record. */
struct gx_list_may {
    const struct gx_expr *filters[GX_MAY_COUNT]; /* NULL: every record */
    bool asked[GX_MAY_COUNT];                    /* it depends on the record */
    bool yes[GX_MAY_COUNT], any;
    int columns[GX_MAY_COUNT];
    struct gx_sqlb *sql; /* SQLite; ?1: the id */
};

struct gx_list {
    struct gx_scope *scope;
    const struct gx_object *object;
    struct gx_list_options options;
    const struct gx_expr *filter; /* what was asked for, without the scope's */
    const struct gx_expr *scope_filter;
    const struct gx_ids *found; /* what search finds, where it had to be looked at; or NULL */
    struct gx_list_item *items; /* not to be changed when they are the shape's */
    size_t item_count;
    struct gx_str shape_key;
    const struct gx_shape *shape; /* NULL: not worked out before */
    struct gx_sort sorts[GX_LIST_SORTS_MAX];
    size_t sort_count;
    int column_count;
    struct gx_value cursor[GX_LIST_SORTS_MAX + 1]; /* start behind these, then the id */
    bool has_cursor;
    bool empties_next; /* second pass: records whose first sort value is empty (descending) */
    bool in_empties;
    struct gx_rows *rows;
    struct gx_titles **titles;     /* by item */
    struct gx_value *title_values; /* of the current record, by item */
    struct gx_list_private *private_;
    struct gx_list_may *may; /* NULL: not asked for */
    int64_t given;           /* records of this page so far */
    bool more;
    struct gx_str next_cursor;
};

enum { GX_GIVEN_MAX = 64 };

/* Records whose private fields were given out, and those that were given out at all. */
struct gx_list_private {
    int64_t records, last;       /* how many; the last one's id */
    int64_t given[GX_GIVEN_MAX]; /* not told to the watch yet; the first `given_count` */
    size_t given_count;
};

/* list.c: tell the watch (store/watch.h) who was given which records. */
void gx_list_tell(const struct gx_list *list);

/* The text that search tables are asked with, or empty when nothing can match. */
struct gx_str gx_search_match_pg(struct gx_arena *arena, struct gx_str q);
struct gx_str gx_search_match(struct gx_arena *arena, enum gx_dialect dialect, struct gx_str q);
/* `t`.id among what search finds. */
void gx_search_condition(struct gx_sqlb *b, const struct gx_object *object, struct gx_str match);

/* search_open.c: for people from whom searched fields are kept; sets list->found. */
GX_NODISCARD enum gx_code gx_search_resolve(struct gx_list *list);

/* list_sql.c */
void gx_title_folded_sql(struct gx_sqlb *b, const struct gx_scope *scope,
                         const struct gx_object *object, struct gx_str alias);
void gx_title_sql(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *object,
                  struct gx_str alias);
void gx_sort_sql(struct gx_sqlb *b, const struct gx_list *list, const struct gx_sort *sort);
void gx_where_sql(struct gx_sqlb *b, const struct gx_list *list);
struct gx_sqlb *gx_list_sql(struct gx_list *list);
/* SELECT the title of ?1, if it may be seen. */
void gx_title_query(struct gx_sqlb *b, const struct gx_scope *scope, const struct gx_object *to);
/* list_title.c */
/* The titles that the current record's links need. */
GX_NODISCARD enum gx_code gx_titles_read(struct gx_list *list);
/* list_may.c */
GX_NODISCARD enum gx_code gx_may_begin(struct gx_list *list);
void gx_may_columns(struct gx_sqlb *b, struct gx_list *list);
GX_NODISCARD enum gx_code gx_may_read(struct gx_list *list);
void gx_may_json(const struct gx_list *list, struct gx_jw *w);
/* list_shape.c */
enum { GX_SHAPE_KEY_BYTES_MAX = 1000 };
/* Take the items from the shape that was kept; false: there is none. */
bool gx_shape_find(struct gx_list *list);
/* Begin the SQL with it. */
void gx_shape_add(const struct gx_list *list, struct gx_sqlb *b, int *ret_columns);
/* Remember what `b` says so far, if it serves others. */
void gx_shape_keep(const struct gx_list *list, const struct gx_sqlb *b, int columns);
/* list_rank.c: the place of a choice among those declared; `alias` may be empty. */
void gx_rank_sql(struct gx_sqlb *b, const struct gx_field *field, struct gx_str alias);
/* cursor.c */
enum gx_code gx_cursor_read(struct gx_list *list);
struct gx_str gx_cursor_write(const struct gx_list *list);

#endif
