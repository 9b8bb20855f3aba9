/*
 * ddl.h - tables, columns and indexes from one description, on either engine.
 *
 * A description names kinds, not types; this writes the type, the key and the constants as each
 * engine wants them, and reads back what is there, so that a plan can be the difference.
 * Names obey gx_sqlb_name(): anything else is an error of the program.
 *
 *     kind   SQLite                            PostgreSQL
 *     INT    BIGINT; alone the key: INTEGER    BIGINT
 *     BOOL   SMALLINT                          SMALLINT (0 and 1, as everywhere)
 *     TEXT   TEXT                              TEXT COLLATE "C"
 *     BLOB   BLOB                              BYTEA
 *
 * A `folded` text column has a second column <name>_k for its compared form on PostgreSQL;
 * SQLite computes that in an index expression instead.
 *
 * Layer: db.  Statements run on the writer, in its transaction; errors as in db.h.
 */
#ifndef GX_DB_DDL_H
#define GX_DB_DDL_H

#include "db/db.h"

enum gx_ddl_kind { GX_DDL_INT, GX_DDL_TEXT, GX_DDL_BLOB, GX_DDL_BOOL };

struct gx_ddl_column {
    struct gx_str name;
    enum gx_ddl_kind kind;
    bool not_null;
    bool primary_key;          /* several: together, in this order; never null */
    bool folded;               /* TEXT only */
    struct gx_value otherwise; /* the default, INT or TEXT; NULL: none */
};

struct gx_ddl_table {
    struct gx_str name;
    const struct gx_ddl_column *columns;
    size_t column_count;
    bool without_rowid; /* SQLite: stored in the order of the key */
};

/* One part of an index: a column, or an expression that writes itself without parameters. */
struct gx_ddl_part {
    struct gx_str column;
    void (*expression)(void *p, struct gx_sqlb *b); /* NULL: the column */
    void *p;
    bool descending;
};

struct gx_ddl_index {
    struct gx_str name, table;
    const struct gx_ddl_part *parts;
    size_t part_count;
    bool unique;
    const struct gx_sqlb *where; /* without parameters; NULL: all rows */
};

GX_NODISCARD enum gx_code gx_ddl_create_table(struct gx_ctx *ctx, struct gx_conn *conn,
                                              const struct gx_ddl_table *table);
/* A NOT NULL column needs a default, for the rows there are. */
GX_NODISCARD enum gx_code gx_ddl_add_column(struct gx_ctx *ctx, struct gx_conn *conn,
                                            struct gx_str table,
                                            const struct gx_ddl_column *column);
GX_NODISCARD enum gx_code gx_ddl_create_index(struct gx_ctx *ctx, struct gx_conn *conn,
                                              const struct gx_ddl_index *index);
GX_NODISCARD enum gx_code gx_ddl_drop_table(struct gx_ctx *ctx, struct gx_conn *conn,
                                            struct gx_str table);
/* Drop its indexes first. */
GX_NODISCARD enum gx_code gx_ddl_drop_column(struct gx_ctx *ctx, struct gx_conn *conn,
                                             struct gx_str table,
                                             const struct gx_ddl_column *column);
GX_NODISCARD enum gx_code gx_ddl_drop_index(struct gx_ctx *ctx, struct gx_conn *conn,
                                            struct gx_str index);

/*
 * The columns of a table, in its order, without defaults; none when there is no such table.
 * A shadow column is not listed: it makes its column `folded`.  Any connection will do;
 * the result lives in ctx->arena.
 */
GX_NODISCARD enum gx_code gx_ddl_columns(struct gx_ctx *ctx, struct gx_conn *conn,
                                         struct gx_str table, struct gx_ddl_column **ret_columns,
                                         size_t *ret_count);
struct gx_ddl_found_index {
    struct gx_str name;
    bool unique;
};
/* The indexes of a table by name, but for those that belong to its keys. */
GX_NODISCARD enum gx_code gx_ddl_indexes(struct gx_ctx *ctx, struct gx_conn *conn,
                                         struct gx_str table,
                                         struct gx_ddl_found_index **ret_indexes,
                                         size_t *ret_count);

#endif
