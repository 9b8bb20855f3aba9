/*
 * facts.h - what packs declare beyond records: facts about each customer, and bulk tables.
 *
 * packs/<pack>/facts/<name>.json (docs/schema/facts.schema.json; docs/WAREHOUSE.md has examples) is
 * either
 *   - **facts**: for each record of an object (an account), what a table with many rows for it
 * says: first and last date, counts, sums, the next date, the distinct values; the feed keeps them
 * in the transaction of each batch, in a table fact_<name> (id, one column each), and by period and
 * by a line in fact_<name>_by (id, period, line, one column each sum and count); or
 *   - **bulk**: a table bulk_<name> that is loaded from files without the record engine.
 *
 * Layer: report.
 */
#ifndef GX_REPORT_FACTS_H
#define GX_REPORT_FACTS_H

#include "meta/meta.h"

enum { GX_FACT_COLUMNS_MAX = 60, GX_FACT_PATH_MAX = 4, GX_FACT_WHERE_MAX = 8 };

enum gx_fact_kind {
    GX_FACT_COUNT, /* of rows */
    GX_FACT_SUM,
    GX_FACT_MIN,
    GX_FACT_MAX,
    GX_FACT_NEXT, /* the earliest date that is today or later */
    GX_FACT_LIST, /* distinct values, sorted */
    GX_FACT_KINDS
};
extern const char *const gx_fact_kind_names[GX_FACT_KINDS + 1];

/* Rows that count: a column is one of these texts (or, `not`, none of them). */
struct gx_fact_where {
    struct gx_str column;
    const struct gx_json *any; /* array of texts */
    bool not ;
};

struct gx_fact_column {
    struct gx_str name;
    struct gx_label label;
    enum gx_fact_kind kind;
    struct gx_str of; /* column of the rows; empty: COUNT */
    struct gx_fact_where where[GX_FACT_WHERE_MAX];
    size_t where_count;
};

/* A step from the rows towards whom they are about: column of this table that is an id of `to`. */
struct gx_fact_step {
    struct gx_str column, table;
    const struct gx_object *object;
};

struct gx_fact {
    struct gx_fact *next;
    struct gx_str name;
    struct gx_label label;
    struct gx_str doc;
    struct gx_str table;            /* of the rows */
    const struct gx_object *object; /* whose records the rows are; NULL: a bulk table */
    struct gx_fact_step path[GX_FACT_PATH_MAX];
    size_t path_count; /* the last step leads to whom they are about */
    struct gx_fact_where where[GX_FACT_WHERE_MAX];
    size_t where_count;
    struct gx_fact_column columns[GX_FACT_COLUMNS_MAX];
    size_t column_count;
    struct gx_str by_date;   /* with `by`: the date whose month or year is the period */
    struct gx_str by_period; /* "month", "quarter", "year"; empty: no table by period */
    struct gx_str by_line;   /* a column of the rows, or of what `line_link` leads to; or empty */
    struct gx_fact_step line_link; /* such as the product; object NULL: none */
};

enum gx_bulk_type {
    GX_BULK_TEXT,
    GX_BULK_INTEGER,
    GX_BULK_MONEY,
    GX_BULK_DATE,
    GX_BULK_MOMENT,
    GX_BULK_LINK
};

struct gx_bulk_column {
    struct gx_str name;
    struct gx_label label;
    enum gx_bulk_type type;
    struct gx_str from; /* its name in files */
    bool required;
    const struct gx_object *to; /* LINK: found by … */
    struct gx_str by;           /* … this column of it; "id": the number itself */
};

struct gx_bulk {
    struct gx_bulk *next;
    struct gx_str name;
    struct gx_label label;
    struct gx_str doc;
    struct gx_bulk_column columns[GX_FACT_COLUMNS_MAX];
    size_t column_count;
    struct gx_str key[GX_FACT_COLUMNS_MAX]; /* rows with the same are one; the newer stays */
    size_t key_count;
    struct gx_str replace; /* a date: a file replaces the months it has rows of; empty: it adds */
};

struct gx_facts {
    struct gx_fact *facts;
    struct gx_bulk *bulks;
    struct gx_str hash; /* of all declarations */
};

/*
 * Read and check those among `sources`, over the objects of `meta`, into `arena`.  GX_E_INVALID,
 * GX_E_SYNTAX: errors in ctx carry file, line and JSON path.
 */
GX_NODISCARD enum gx_code gx_facts_load(struct gx_ctx *ctx, struct gx_arena *arena,
                                        const struct gx_meta *meta,
                                        const struct gx_meta_source *sources, size_t count,
                                        const struct gx_facts **ret_facts);
/* Those of the packs that the tenant uses, and its own (custom/facts/…). */
GX_NODISCARD enum gx_code gx_facts_of(struct gx_ctx *ctx, struct gx_arena *arena,
                                      struct gx_conn *conn, const struct gx_meta *meta,
                                      const struct gx_facts **ret_facts);
const struct gx_bulk *gx_facts_bulk(const struct gx_facts *facts, struct gx_str name);

#endif
