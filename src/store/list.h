/*
 * list.h - many records: filtered, sorted, page by page or all of them.
 *
 * The scope's filter is always part of the query.  Pages go by keyset cursor: a page starts
 * behind the last record of the one before, so the thousandth page costs what the first does.
 *
 * Layer: store.
 */
#ifndef GX_STORE_LIST_H
#define GX_STORE_LIST_H

#include "access/scope.h"
#include "json/write.h"

enum {
    GX_LIST_LIMIT_MAX = 1000,
    GX_LIST_FIELDS_MAX = 200,
    GX_LIST_SORTS_MAX = 4,
    GX_LIST_SLOW_US = 100000, /* a first page slower than this gets advice */
    GX_LIST_PATIENCE_S = 10,  /* a page, a count or one record of a file, asked for by a user */
};

/* NOTHING: as for somebody who may only read, whatever their roles say. */
enum gx_list_may_say { GX_MAY_UNSAID, GX_MAY_SAID, GX_MAY_NOTHING };

/* Members of a frozen list of a segment (report/segment.h), or of one of its cells. */
struct gx_list_among {
    int64_t list;
    struct gx_str cell; /* empty: all but the control group */
    bool all, out;      /* the control group too; whoever is not among them */
};

struct gx_list_options {
    struct gx_str filter; /* an expression; empty: all */
    struct gx_str q;      /* search text; empty: none */
    struct gx_str sort;   /* "-amount,name,account.name"; empty: newest first */
    struct gx_str fields; /* "name,account.owner.name"; empty: all fields */
    struct gx_str cursor; /* of the page before; empty: the first page */
    int64_t id;           /* only this record; 0: all */
    int64_t limit;        /* 0: all records */
    bool deleted;         /* the recycle bin */
    enum gx_right right;  /* READ or EXPORT; EDIT for who will write them */
    int64_t book;         /* only what stands in this book; 0: all */
    bool not_in_book;     /* … or what does not */
    const struct gx_list_among *among;
    size_t among_count;
    enum gx_list_may_say may; /* add what the reader may do with each record, as "_may" */
};

struct gx_list_item {
    struct gx_str name;           /* as asked for: also the key in JSON */
    struct gx_str key;            /* the same with quotes and colon */
    const struct gx_field *field; /* NULL for an expression */
    const struct gx_expr *expr;   /* an expression or a computed field */
    int column;                   /* its first column in the query */
    bool is_link;
    int title_column;                 /* links: the title in the query; -1: */
    const struct gx_object *title_of; /* … or the object that is asked for it; NULL: not a link */
};

struct gx_list;

/*
 * GX_E_INVALID: filter, sort or fields are wrong (path names which, `at` where); GX_E_FORBIDDEN;
 * GX_E_LIMIT (here and in gx_list_next, gx_list_count): it took longer than GX_LIST_PATIENCE_S.
 * Lives in the scope's arena; close it before the connection is used for something else.
 */
GX_NODISCARD enum gx_code gx_list_open(struct gx_scope *scope, const struct gx_object *object,
                                       const struct gx_list_options *options,
                                       struct gx_list **ret_list);
/* One record by id, as a list of one; GX_E_NOT_FOUND. */
GX_NODISCARD enum gx_code gx_list_open_one(struct gx_scope *scope, const struct gx_object *object,
                                           int64_t id, struct gx_str fields, bool deleted,
                                           enum gx_list_may_say may, struct gx_list **ret_list);
GX_NODISCARD enum gx_code gx_list_next(struct gx_list *list, bool *ret_has);
/* The current record as a JSON object. */
void gx_list_json(const struct gx_list *list, struct gx_jw *w);
/* One item of the current record as text, for files. */
void gx_list_text(const struct gx_list *list, size_t item, struct gx_buf *out);
struct gx_value gx_list_value(const struct gx_list *list, size_t item);
/*
 * For copies of many records that are counted where they are shown: part `part` of an item as it is
 * stored, masked where it is masked; of a link 0 is the id, 1 the title (NULL: may not be seen).
 */
struct gx_value gx_list_part(const struct gx_list *list, size_t item, int part);
size_t gx_list_items(const struct gx_list *list, const struct gx_list_item **ret_items);
int64_t gx_list_version(const struct gx_list *list);
int64_t gx_list_id(const struct gx_list *list);
/* After the last record of the page: where the next one starts; empty if there is none. */
struct gx_str gx_list_cursor(const struct gx_list *list);
void gx_list_close(struct gx_list *list);
/* What it gave out, the person has just written: it does not count as read (store/watch.h). */
void gx_list_uncount(struct gx_list *list);

/*
 * How many records pass.  With `deadline_us` (monotonic, 0: none) the count is given up then:
 * GX_OK with *ret_count -1.
 */
GX_NODISCARD enum gx_code gx_list_count(struct gx_scope *scope, const struct gx_object *object,
                                        const struct gx_list_options *options, int64_t deadline_us,
                                        int64_t *ret_count);

#endif
