/*
 * expiry_int.h - what the files of expiry share.
 *
 * Layer: flow, private to expiry*.c.
 */
#ifndef GX_FLOW_EXPIRY_INT_H
#define GX_FLOW_EXPIRY_INT_H

#include "flow/expiry.h"

/* What is known of a record that is about to be reminded of. */
struct expiry_case {
    int64_t record, due, owner, account, account_owner;
    struct gx_str title, account_name;
    struct gx_str recipients[GX_CHANNEL_COUNT];
    bool open[GX_CHANNEL_COUNT];
    bool english;
};

/* A question for one record: the statement is made once, `record` stands at `at`. */
struct expiry_asking {
    struct gx_scope *scope;
    const struct gx_expiry *expiry;
    const struct gx_object *object;
    struct gx_sqlb *b;
    size_t at;
};

struct expiry_due {
    int64_t record, due;
};

/* expiry_ask.c.  Is it still live, and by which channels may its account be reached? */
GX_NODISCARD enum gx_code expiry_ask_start(struct gx_scope *scope, const struct gx_expiry *expiry,
                                           struct expiry_asking *ret_asking);
/* *ret_live false: renewed, gone, or another day by now. */
GX_NODISCARD enum gx_code expiry_ask(const struct expiry_asking *asking, struct expiry_due due,
                                     struct expiry_case *ret_case, bool *ret_live);
/* Records of a step, nearest day first, that nobody was reminded of, after `after`. */
GX_NODISCARD enum gx_code expiry_next(struct gx_scope *scope, const struct gx_expiry *expiry,
                                      size_t step, int64_t today, struct expiry_due after,
                                      struct expiry_due *ret_due, size_t max, size_t *ret_count);
GX_NODISCARD enum gx_code expiry_count(struct gx_scope *scope, const struct gx_expiry *expiry,
                                       size_t step, int64_t today, int64_t *ret_count);
/* The first channel of a step that is open; GX_CHANNEL_COUNT: none is. */
enum gx_channel expiry_channel(const struct gx_expiry *expiry, size_t step,
                               const struct expiry_case *c);

/* expiry_make.c, on the writer.  The entry, and the call or message; *ret_made false: it was made
 * before. */
GX_NODISCARD enum gx_code expiry_make(struct gx_scope *scope, const struct gx_expiry *expiry,
                                      size_t step, int64_t today, const struct expiry_case *c,
                                      bool *ret_made, bool *ret_silent);
/* Calls that were not made and messages that were not sent. */
GX_NODISCARD enum gx_code expiry_withdraw(struct gx_scope *scope, int64_t reminder,
                                          int64_t activity, int64_t message, int64_t *withdrawn);
/* The outcome of a record that was found to be renewed. */
GX_NODISCARD enum gx_code expiry_settle(struct gx_scope *scope, const struct gx_expiry *expiry,
                                        int64_t record);

#endif
