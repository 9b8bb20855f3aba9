/*
 * guard_int.h - the walk, shared by guard*.c.
 *
 * Layer: report, private to guard*.c.
 */
#ifndef GX_REPORT_GUARD_INT_H
#define GX_REPORT_GUARD_INT_H

#include "base/buf.h"
#include "report/guard.h"

struct guard_cte {
    struct guard_cte *outer;
    struct gx_str name;
};

struct walk {
    struct gx_ctx *ctx;
    const struct gx_guard_schema *schema;
    struct gx_guard *found;
    struct gx_buf out;
    struct guard_cte *ctes; /* those that can be named here, innermost first */
    int64_t at;             /* place in the text of what is being walked */
    unsigned depth, growing;
};

/* What may stand in front of, or around, an expression. */
enum guard_place { GUARD_VALUE, GUARD_SELECTED, GUARD_SORTED };

#define GUARD_REFUSE(w, message, ...)                                                              \
    gx_fail_at((w)->ctx, GX_E_INVALID, GX_STR("sql"), (w)->at, (message), ##__VA_ARGS__)

/* Anything else than these members, unless it is empty, null or false, is refused. */
GX_NODISCARD enum gx_code guard_members(struct walk *w, const struct gx_json *node,
                                        const char *const *names);
/* One node more, one level deeper: guard_leave() at its end. */
GX_NODISCARD enum gx_code guard_enter(struct walk *w, const struct gx_json *node);
void guard_leave(struct walk *w);
bool guard_empty(const struct gx_json *node);
GX_NODISCARD enum gx_code guard_name(struct walk *w, struct gx_str name); /* "quoted" */
GX_NODISCARD enum gx_code guard_names(struct walk *w, const struct gx_json *list, const char *open,
                                      const char *close); /* nothing for an empty list */
void guard_string(struct walk *w, struct gx_str text);    /* 'quoted' */
void guard_put(struct walk *w, const char *text);

/* guard_query.c */
GX_NODISCARD enum gx_code guard_query(struct walk *w, const struct gx_json *node);
GX_NODISCARD enum gx_code guard_statement(struct walk *w, const struct gx_json *statement);
GX_NODISCARD enum gx_code guard_orders(struct walk *w, const struct gx_json *orders);
GX_NODISCARD enum gx_code guard_sample(struct walk *w, const struct gx_json *sample,
                                       const char *word);
/* guard_table.c */
GX_NODISCARD enum gx_code guard_table(struct walk *w, const struct gx_json *ref);
/* guard_expr.c */
GX_NODISCARD enum gx_code guard_expr(struct walk *w, const struct gx_json *node,
                                     enum guard_place place);
GX_NODISCARD enum gx_code guard_list(struct walk *w, const struct gx_json *list);
/* guard_call.c */
GX_NODISCARD enum gx_code guard_call(struct walk *w, const struct gx_json *node);
GX_NODISCARD enum gx_code guard_window(struct walk *w, const struct gx_json *node);
/* A function that makes a table; its arguments without parentheses around. */
GX_NODISCARD enum gx_code guard_table_call(struct walk *w, const struct gx_json *node);
/* guard_value.c */
GX_NODISCARD enum gx_code guard_constant(struct walk *w, const struct gx_json *value);
GX_NODISCARD enum gx_code guard_type(struct walk *w, const struct gx_json *type);

#endif
