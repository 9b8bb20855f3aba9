/*
 * facts_int.h - what the readers of facts and of bulk tables share.
 *
 * Layer: report, private to facts*.c.
 */
#ifndef GX_REPORT_FACTS_INT_H
#define GX_REPORT_FACTS_INT_H

#include "report/facts.h"

struct facts_reading {
    struct gx_ctx *ctx;
    struct gx_arena *arena;
    const struct gx_meta *meta;
    struct gx_facts *all;
    struct gx_str file;
};

/* An error at this node; `a` and `b` without bytes of their own are left out. */
enum gx_code facts_bad(struct facts_reading *r, const struct gx_json *node, const char *path,
                       enum gx_message message, struct gx_str a, struct gx_str b);
/* Only these keys. */
enum gx_code facts_keys(struct facts_reading *r, const struct gx_json *node,
                        const char *const *known);
bool facts_name_ok(struct gx_str name);
struct gx_label facts_label(const struct gx_json *node);
/* facts_bulk.c */
enum gx_code facts_read_bulk(struct facts_reading *r, const struct gx_json *root);

#endif
