/*
 * transfer_int.h - what the files of the transfer share.
 *
 * Layer: store, private to transfer*.c.
 */
#ifndef GX_STORE_TRANSFER_INT_H
#define GX_STORE_TRANSFER_INT_H

#include "db/ddl.h"
#include "store/store_int.h"
#include "store/transfer.h"

enum { TRANSFER_HASH_BYTES = 32 };

struct transfer_table {
    struct transfer_table *next;
    struct gx_str name;
    const struct gx_object *object; /* NULL: not the table of an object */
    struct gx_ddl_column *columns;
    size_t column_count;
    struct gx_str *names; /* of the columns, for gx_db_load() */
    int *slots;           /* of an object: where the value stands in a record; -1: nowhere */
    int64_t rows;
    unsigned char hash[TRANSFER_HASH_BYTES];
};

struct transfer {
    struct gx_scope *scope; /* of who asked */
    struct gx_ctx *ctx;     /* lives as long as the transfer */
    struct gx_tenant *tenant;
    struct gx_meta *meta;
    struct gx_db *from, *to;
    struct transfer_table *tables;
    struct gx_transfer_report report;
    int64_t followed; /* entries of the log up to this one are in the copy */
};

/* transfer_table.c */

/* What is in the store; those tables that the other lacks are made there. */
enum gx_code transfer_list(struct transfer *t, struct gx_conn *from);
/* Rows and hash of a table as `conn` sees it. */
enum gx_code transfer_hash(struct transfer *t, struct gx_conn *conn, struct transfer_table *table);
/*
 * Rows of `from` to the other store.  `where`: a column that is equal to `key`, or empty for all of
 * them.  `into`: the other store's writer, if the caller is on it; NULL: in pieces of their own.
 */
enum gx_code transfer_rows(struct transfer *t, struct gx_conn *from, struct transfer_table *table,
                           struct gx_str where, struct gx_value key, struct gx_conn *into);
/* Remove those rows there. */
enum gx_code transfer_clear(struct transfer *t, struct gx_conn *into,
                            const struct transfer_table *table, struct gx_str where,
                            struct gx_value key);
struct transfer_table *transfer_find(struct transfer *t, struct gx_str name);

/* transfer_follow.c */

/* Bring what the log of `from` has since; *ret_count entries. */
enum gx_code transfer_follow(struct transfer *t, struct gx_conn *from, int64_t *ret_count);
/* Tables that the log says nothing of, anew if they are not what they were the last time. */
enum gx_code transfer_small(struct transfer *t, struct gx_conn *from);

#endif
