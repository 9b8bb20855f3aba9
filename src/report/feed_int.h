/*
 * feed_int.h - what the files of the feed share: feed.c (batches), feed_table.c (tables, rows in),
 * feed_history.c, feed_fill.c (from the beginning, and compared), feed_facts.c.
 *
 * Layer: report, private to feed*.c.
 */
#ifndef GX_REPORT_FEED_INT_H
#define GX_REPORT_FEED_INT_H

#include "report/facts.h"
#include "report/warehouse_int.h"

/* How a column of the records becomes one of the warehouse. */
enum feed_how {
    FEED_AS_IT_IS,
    FEED_BOOL,
    FEED_DATE,
    FEED_MOMENT,
    FEED_CODES, /* "|a|b|" to a list */
    FEED_LINKS, /* of a join table, to a list */
};

struct feed_column {
    struct gx_str name;
    enum feed_how how;
    bool text; /* staged as VARCHAR, else BIGINT */
    const struct gx_field *field;
    int part;
};

struct feed_table {
    const struct gx_object *object;
    struct feed_column *columns; /* those of the record table first, then FEED_LINKS */
    size_t count, stored;        /* all; without FEED_LINKS */
};

struct gx_feed_state {
    struct gx_warehouse *w;
    struct gx_asker *session;
    struct gx_arena arena; /* of what follows, made anew when definitions change */
    struct gx_meta *meta;  /* NULL: not looked at yet */
    struct feed_table *tables;
    size_t table_count;
    const struct gx_facts *facts; /* as the packs declare them */
    int64_t position;             /* in the warehouse, committed */
    int64_t erased_us;            /* newest erasure that it knows */
    int64_t first_seq;            /* of the log when history was made */
    int64_t as_of_day;            /* of facts that depend on today */
    bool renew;                   /* somebody was erased: the file must be written anew */
    bool fresh;                   /* there was no warehouse in the file before it is filled */
    bool reshaped;                /* a table was filled anew since facts were made */
};

/* What is being done at the moment: a reader of the records, in one snapshot. */
struct feed_work {
    struct gx_ctx *ctx;
    struct gx_feed_state *s;
    struct gx_conn *conn;
    int64_t after, until; /* entries of the log; after < 0: all records */
};

/* --- feed_table.c */

/* A statement of ours, printf-like; names that go into it are [a-z0-9_]. */
GX_NODISCARD enum gx_code feed_run(struct gx_ctx *ctx, struct gx_feed_state *s, const char *format,
                                   ...) __attribute__((format(printf, 3, 4)));
/* The same for a question: its first column of the first row, else `otherwise`. */
GX_NODISCARD enum gx_code feed_int(struct gx_ctx *ctx, struct gx_feed_state *s, int64_t otherwise,
                                   int64_t *ret_value, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The tables that the snapshot of definitions asks for. */
void feed_tables_make(struct gx_feed_state *s);
const struct feed_table *feed_table_of(const struct gx_feed_state *s, struct gx_str object_id);
/* A new empty table "name", with the columns of the warehouse. */
GX_NODISCARD enum gx_code feed_table_create(struct gx_ctx *ctx, struct gx_feed_state *s,
                                            const struct feed_table *t, const char *name);
/*
 * Read records of the object (those that the work's entries name, or all) into temporary tables of
 * the warehouse: stage_<n> (columns c0 …), links_<n> (src, dst, position, field) and, of entries,
 * ids_<n> (id).  *ret_rows is added to.
 */
GX_NODISCARD enum gx_code feed_stage(struct feed_work *work, const struct feed_table *t,
                                     int64_t *ret_rows);
/* INSERT INTO "name" what was staged, as the warehouse has it. */
GX_NODISCARD enum gx_code feed_unstage(struct feed_work *work, const struct feed_table *t,
                                       const char *name);
GX_NODISCARD enum gx_code feed_drop_stage(struct feed_work *work, const struct feed_table *t);
/* What a query over the records gives, into a table of the warehouse as it is. */
GX_NODISCARD enum gx_code feed_copy(struct feed_work *work, struct gx_sql sql,
                                    const struct gx_value *values, size_t count, const char *table,
                                    int64_t *ret_rows);
const char *feed_column_type(const struct feed_column *column);

/* --- feed_shape.c */
/* Bring tables in line with the definitions; the catalogue says what they mean. */
GX_NODISCARD enum gx_code feed_shape(struct feed_work *work);
GX_NODISCARD enum gx_code feed_catalogue(struct feed_work *work);

/* --- feed_history.c */
/* Of the work's entries; `after` < 0: of all. */
GX_NODISCARD enum gx_code feed_history_add(struct feed_work *work);
GX_NODISCARD enum gx_code feed_history_all(struct feed_work *work, const char *table);
/* Of what was erased since the feed last looked: made anew from what the log still says. */
GX_NODISCARD enum gx_code feed_history_erased(struct feed_work *work, int64_t erased_us);

/* --- feed_check.c */
/* Are these two tables equal, in these columns?  Else it is told under `table`. */
GX_NODISCARD enum gx_code feed_compare(struct feed_work *work, struct gx_warehouse_check *check,
                                       struct gx_str table, const char *other, const char *columns,
                                       const char *id);

/* --- feed_facts.c */
GX_NODISCARD enum gx_code feed_facts_load(struct feed_work *work);
/* Their tables, in line with what is declared. */
GX_NODISCARD enum gx_code feed_facts_shape(struct feed_work *work);
/* Before and after the records of a batch are changed: whose facts they are. */
GX_NODISCARD enum gx_code feed_facts_touched(struct feed_work *work, const bool *touched);
GX_NODISCARD enum gx_code feed_facts_renew(struct feed_work *work, const bool *touched);
/* All of them, in a transaction of the caller's. */
GX_NODISCARD enum gx_code feed_facts_all(struct feed_work *work);
/* Those made of one table; after rows of it were loaded. */
GX_NODISCARD enum gx_code feed_facts_one(struct feed_work *work, const struct gx_fact *fact);
/* Rows of bulk tables that are about who was erased (feed_history_erased() says who). */
GX_NODISCARD enum gx_code feed_facts_erase(struct feed_work *work);
GX_NODISCARD enum gx_code feed_facts_check(struct feed_work *work,
                                           struct gx_warehouse_check *check);

/* --- feed.c */
/* All entries of the log up to the work's snapshot. */
GX_NODISCARD enum gx_code feed_catch_up(struct feed_work *work);
GX_NODISCARD enum gx_code feed_definitions(struct feed_work *work);
GX_NODISCARD enum gx_code feed_keep_position(struct feed_work *work, int64_t erased_us);
void feed_tell(struct gx_feed_state *s, int64_t log_end, int64_t lag_us);
GX_NODISCARD enum gx_code feed_in_snapshot(struct gx_ctx *ctx, struct gx_feed_state *s,
                                           enum gx_code (*fn)(struct feed_work *work, void *p),
                                           void *p);

#endif
