/*
 * expiry.h - which dates of which records run out, and what is done about it.
 *
 * packs/<pack>/expiry/<name>.json declares a date field of an object as an expiry: how many days
 * before (or after) somebody is reminded, by which channels, and how one sees what became of it.
 * The loader has checked every name and expression; flow/ does the work.
 *
 * Layer: meta.  Part of a snapshot, immutable.
 */
#ifndef GX_META_EXPIRY_H
#define GX_META_EXPIRY_H

#include "json/schema.h"
#include "meta/meta.h"

enum {
    GX_EXPIRIES_MAX = 50,
    GX_EXPIRY_STEPS_MAX = 12,
    GX_EXPIRY_DAYS_MAX = 730, /* how far from the day a reminder may stand */
    GX_EXPIRY_LATE_DAYS = 14, /* after the last distance, when nothing else is said */
    GX_EXPIRY_DAILY_MAX = 20000,
};

enum gx_channel {
    GX_CHANNEL_EMAIL,
    GX_CHANNEL_SMS,
    GX_CHANNEL_LINE,
    GX_CHANNEL_POST,
    GX_CHANNEL_PHONE, /* a call for one of us; the others are messages */
    GX_CHANNEL_COUNT
};
extern const char *const gx_channel_names[GX_CHANNEL_COUNT + 1]; /* ended by NULL */

enum gx_expiry_who { GX_EXPIRY_OWNER, GX_EXPIRY_TEAM, GX_EXPIRY_NOBODY };

/* So many days before the day (after it, when negative); the first channel that is open is used. */
struct gx_expiry_step {
    int64_t days;
    enum gx_channel channels[GX_CHANNEL_COUNT];
    size_t channel_count;
};

struct gx_expiry {
    struct gx_str name, doc;
    struct gx_label label;
    struct gx_str object, field, account; /* names; the account is a link of the object */
    struct gx_expiry_step steps[GX_EXPIRY_STEPS_MAX]; /* furthest ahead first */
    size_t step_count;
    enum gx_expiry_who who;
    struct gx_str purpose; /* of consents; empty: none is needed */
    int64_t late_days, daily_max;
    struct gx_str outcome, reason;                 /* fields; reason may be empty */
    struct gx_strs open, renewed, lost, elsewhere; /* codes of the outcome */
    struct gx_str renewed_text; /* an expression; empty: only the outcome says so */
    /* Conditions over the object, as text: still to be dealt with; renewed and not yet said so. */
    struct gx_str live_text, found_text;
    const struct gx_expr *live, *found; /* found NULL: there is no way to see it */
    struct gx_label subject, body;      /* with {title}, {date}, {account} */
};

/* NULL when there is none. */
const struct gx_expiry *gx_meta_expiry(const struct gx_meta *meta, struct gx_str name);
/* The step that is due so many days before the day: its index, -1 for none.  A late one gives way
 * to the next when that is nearer, and on the same side of the day. */
int gx_expiry_step(const struct gx_expiry *expiry, int64_t days_left);
/* For a step: the days before the day on which gx_expiry_step() gives it; both ends count. */
void gx_expiry_band(const struct gx_expiry *expiry, size_t step, int64_t *ret_from,
                    int64_t *ret_to);

#endif
