/*
 * facts.h - millions of customers with their order lines and policies, as CSV, at the speed of a
 * disk: for a warehouse, which takes files as they are.
 *
 * The customers are those of gx_demo_open() with the same seed, and so are their policies; lines
 * are premiums, fees and purchases of five years, more of them for those who bring more.  A piece
 * is computed from the number of its first customer, so pieces can be made in any order.
 *
 * Layer: demo.
 */
#ifndef GX_DEMO_FACTS_H
#define GX_DEMO_FACTS_H

#include "base/buf.h"
#include "demo/demo.h"

enum gx_demo_table {
    GX_DEMO_T_CUSTOMER,
    GX_DEMO_T_PRODUCT,
    GX_DEMO_T_LINE,
    GX_DEMO_T_POLICY,
    GX_DEMO_TABLES
};
extern const char *const gx_demo_table_names[GX_DEMO_TABLES];

struct gx_demo_facts {
    int64_t customers, lines_each;  /* asked for */
    int64_t next_customer;          /* of the next piece */
    int64_t next_line, next_policy; /* ids */
    int64_t rows[GX_DEMO_TABLES];   /* written so far */
};

/* The first line of a table. */
void gx_demo_facts_head(enum gx_demo_table table, struct gx_buf *out);
/* The catalogue, whole. */
void gx_demo_facts_products(struct gx_demo *demo, struct gx_demo_facts *facts, struct gx_buf *out);
/* The next `count` customers with all that is theirs, appended to the buffers by table; false:
 * there are no more. */
bool gx_demo_facts_next(struct gx_demo *demo, struct gx_demo_facts *facts, int64_t count,
                        struct gx_buf out[GX_DEMO_TABLES]);

#endif
