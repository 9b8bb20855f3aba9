/*
 * sql_tables.h - what somebody may ask of by SQL: a table for each object that they may read, and
 * of its fields those that are not hidden from them.
 *
 * Layer: api.
 */
#ifndef GX_API_SQL_TABLES_H
#define GX_API_SQL_TABLES_H

#include "api/app.h"
#include "report/engine.h"

/* What a column holds, and how the record's value becomes it. */
enum sql_kind {
    SQL_ID,
    SQL_WHOLE,
    SQL_SCALED, /* a decimal of .scale */
    SQL_YES_NO,
    SQL_DATE,
    SQL_MOMENT, /* of the tenant's clock */
    SQL_TEXT,
    SQL_CHOICES, /* "a,b" */
    SQL_SECONDS,
    SQL_TITLE, /* of the record that a link leads to */
};

struct sql_column {
    const struct gx_field *field; /* NULL: the id */
    enum sql_kind kind;
    int part, scale;
};

struct sql_table {
    const struct gx_object *object;
    const struct sql_column *columns; /* beside those of the guard's table */
};

struct sql_tables {
    struct gx_guard_schema schema;
    const struct sql_table *tables; /* beside those of the schema */
};

GX_NODISCARD enum gx_code gx_sql_tables(struct gx_req *req, struct sql_tables **ret_tables);

enum { GX_SQL_FILL_ROWS_MAX = 1000000 };

/*
 * Files with the tables that the guard found, as the caller may read (or, `file`, export) them now.
 * GX_E_FORBIDDEN; GX_E_LIMIT: too many records.
 */
GX_NODISCARD enum gx_code gx_sql_fill(struct gx_req *req, const struct sql_tables *tables,
                                      const struct gx_guard *guard, bool file,
                                      struct gx_run_table **ret_files, size_t *ret_count);

/* What came of a question, into the log: who, the text, how many rows; and how it ended. */
struct sql_note {
    int64_t by;
    struct gx_str text;
    int64_t rows, ms;
    const char *end; /* "done", "more", "failed", "stopped" */
    bool file;
};
void gx_sql_note(struct gx_tenant *tenant, const struct sql_note *note, int64_t now_us);

/* One number for a person of a tenant, among those of all tenants. */
int64_t gx_sql_person(const struct gx_req *req);

#endif
