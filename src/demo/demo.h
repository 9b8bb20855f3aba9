/*
 * demo.h - made-up but natural records for the eight organisations, any number of them.
 *
 * Somebody who tries the program, a test and a benchmark need customers that look like
 * customers: names as frequent as they are, a few accounts that bring most of the money, deals
 * whose stage fits their dates, phone numbers that can be dialled in principle and e-mail
 * addresses that can not be reached by anybody (reserved domains only).
 *
 * The words are data, in packs/<pack>/demo/; this folder only combines them.  The same
 * organisation, seed, scale and day give the same rows, byte for byte.  Every row is computed
 * from its number, so nothing is kept between rows and any size streams.
 *
 * Rows come in an order in which every link points backwards: tags, units, users, products,
 * competitors, accounts, account links, contacts, opportunities, their lines and people, leads,
 * activities, quotas; then, where the trade has a pack of its own, what that has (units too).  The
 * caller need only remember, per object, the id it gave to each ordinal.
 *
 * Layer: demo.  One gx_demo belongs to one thread.
 */
#ifndef GX_DEMO_DEMO_H
#define GX_DEMO_DEMO_H

#include "base/ctx.h"

struct gx_demo;

enum { GX_DEMO_SCALE_MAX = 40000, GX_DEMO_OBJECTS = 19 };

/* A record of this run: the n-th of its object, counted from 0. */
struct gx_demo_ref {
    int object;        /* index into gx_demo_objects */
    int64_t ordinal;   /* of an object's rows, in the order in which they come */
    struct gx_str key; /* "maker-account-17": the external_id, where the object has one */
};

/*
 * A field of a row: a text as in a cell of an imported file (dates "2026-11-21", moments in the
 * tenant's zone, money "1250.5" or "1250.5 USD", several choices "a|b", a place "25.04, 121.54"),
 * or links.  The parts of an address come as "billing_address.city" and so on.
 */
struct gx_demo_value {
    struct gx_str field;
    struct gx_str text;
    const struct gx_demo_ref *links;
    size_t link_count; /* 0: a text */
};

struct gx_demo_row {
    struct gx_demo_ref self;
    const struct gx_demo_value *values;
    size_t value_count;
};

/* Names of the organisations ("insurer" …), ended by NULL. */
extern const char *const gx_demo_organisations[];
/* Names of the objects in the order in which their rows come. */
extern const char *const gx_demo_objects[GX_DEMO_OBJECTS];

/*
 * A stream of rows of an organisation around the day of ctx.  Scale 1 has about 200 accounts
 * and 2,000 rows in all, scale N has N times as many.  *ret_demo lives in ctx->arena.
 *
 * GX_E_INVALID: no such organisation, or a scale outside 1 to GX_DEMO_SCALE_MAX.
 * GX_E_INTERNAL: a word list in packs/ is missing or not what it should be.
 */
GX_NODISCARD enum gx_code gx_demo_open(struct gx_ctx *ctx, struct gx_str organisation,
                                       uint64_t seed, int64_t scale, struct gx_demo **ret_demo);

/* Before the first row: the pack of the trade ("insurer") is in use, so its objects have rows too
 * and the catalogue is as large as theirs. */
void gx_demo_with_pack(struct gx_demo *demo);

/* The next row, valid until the next call; false at the end. */
bool gx_demo_next(struct gx_demo *demo, struct gx_demo_row *ret_row);

/* The first of the people who look after customers, by ordinal. */
int64_t gx_demo_rep(const struct gx_demo *demo);

/* How far the stream is, in thousandths; for showing progress. */
int gx_demo_permille(const struct gx_demo *demo);

#endif
