/*
 * relocate_int.h - what the files of moves between markets share.
 *
 * Layer: store, private to relocate*.c.
 */
#ifndef GX_STORE_RELOCATE_INT_H
#define GX_STORE_RELOCATE_INT_H

#include "store/relocate.h"
#include "store/store_int.h"

enum gx_relocate_how {
    GX_RELOCATE_USUAL, /* amounts are converted, links kept where the new owner sees them */
    GX_RELOCATE_KEEP,
    GX_RELOCATE_CLEAR,
    GX_RELOCATE_TO,     /* goes into another field */
    GX_RELOCATE_SET,    /* a fixed value */
    GX_RELOCATE_MAP,    /* value by value */
    GX_RELOCATE_FISCAL, /* a fiscal year, and its quarter in `to` */
};

/* What becomes of records of an object: they move, or their links to what moved are … */
enum gx_relocate_stay {
    GX_RELOCATE_ALONG,
    GX_RELOCATE_STAY_CLEAR,
    GX_RELOCATE_STAY_KEEP,
    GX_RELOCATE_STAY_REMOVE, /* the record goes */
};

enum gx_rounding { GX_ROUND_HALF_UP, GX_ROUND_HALF_EVEN, GX_ROUND_DOWN, GX_ROUND_UP };

struct gx_relocate_rule {
    enum gx_relocate_how how;
    const struct gx_field *to;
    const struct gx_json *node;     /* the value, or {"code": value} */
    enum gx_relocate_how otherwise; /* MAP: KEEP, CLEAR; USUAL: a problem */
};

struct gx_relocate_part {
    const struct gx_object *object;
    enum gx_relocate_stay stay;
    const struct gx_field **by; /* links to what moves; none for the account itself */
    size_t by_count;
    struct gx_relocate_rule *rules; /* by field */
};

struct gx_relocate {
    struct gx_str name;
    int64_t from, to; /* units */
    struct gx_str from_name, to_name;
    int64_t owner; /* of whatever has no owner of its own in `owners` */
    struct gx_relocate_owner {
        int64_t from, to;
    } * owners;
    size_t owner_count;
    struct gx_ids enter, keep;                /* books */
    struct gx_str currency_from, currency_to; /* empty: amounts stay */
    int64_t rate;                             /* at GX_DECIMAL_SCALE_MAX */
    int digits;
    enum gx_rounding rounding;
    int fiscal_from, fiscal_to;     /* first months; 0: none */
    bool fiscal_by_end;             /* a year bears the number of the one it ends in */
    struct gx_relocate_part *parts; /* the account first */
    size_t part_count;
};

/* A record that moves (part->stay ALONG), or that stays and had a link to one. */
struct gx_relocate_item {
    const struct gx_object *object;
    const struct gx_relocate_part *part; /* NULL: nothing is said of its object */
    int64_t id;
    bool moves, remove;
    struct gx_record old, now;
};

/* One account under way. */
struct gx_relocate_move {
    struct gx_scope *scope;  /* the person */
    struct gx_scope *system; /* sees all */
    const struct gx_relocate *def;
    struct gx_relocate_item **items; /* the account first */
    size_t count;
    struct gx_map by_id;
    struct gx_scope *owner_scopes[32]; /* of the new owners, made once */
    size_t owner_scope_count;
};

/* Does the user sit in the unit or below it? */
GX_NODISCARD enum gx_code gx_relocate_sits(struct gx_scope *scope, int64_t user, int64_t unit,
                                           bool *ret_sits);
const struct gx_relocate_part *gx_relocate_part_of(const struct gx_relocate *def,
                                                   const struct gx_object *object);

/* relocate_set.c: everything that moves with the account and whatever points at that, as it is. */
GX_NODISCARD enum gx_code gx_relocate_gather(struct gx_relocate_move *move, int64_t account);
struct gx_relocate_item *gx_relocate_item_of(struct gx_relocate_move *move, int64_t id);

/*
 * relocate_map.c: item->now.  What cannot be is an error in ctx, its path the field; the rest goes
 * on.
 */
GX_NODISCARD enum gx_code gx_relocate_map(struct gx_relocate_move *move,
                                          struct gx_relocate_item *item);
/* An amount in the other currency; false: too large. */
bool gx_relocate_amount(const struct gx_relocate *def, int64_t amount, int64_t *ret_amount);
/* A fiscal year and quarter (0: none) in the other calendar. */
void gx_relocate_fiscal(const struct gx_relocate *def, int64_t *year, int64_t *quarter);

/* The errors of ctx as they were when it was copied. */
void gx_relocate_errors_back(struct gx_ctx *ctx, const struct gx_ctx *before);
bool gx_relocate_changed(const struct gx_relocate_item *item);

#endif
