/*
 * retain.h - for how long records are kept: rules of object, condition and age, kept once a day.
 *
 * A rule takes records that pass its expression and whose date (or the day of whose time) lies
 * more than so many days back: to the recycle bin, for good, or it empties some of their fields.
 * What goes for good loses its values in the log as well (store/erase.h).  Records under a legal
 * hold are left alone.  The recycle bin has a rule of its own: the setting "bin_days".
 *
 * Layer: store.
 */
#ifndef GX_STORE_RETAIN_H
#define GX_STORE_RETAIN_H

#include <stdatomic.h>

#include "json/write.h"
#include "store/record.h"

enum { GX_RETAIN_DAYS_MAX = 36500, GX_RETAIN_EXAMPLES = 5, GX_RETAIN_RULES_MAX = 200 };

#define GX_SETTING_BIN_DAYS "bin_days" /* "0": the bin is never emptied by itself */

struct gx_retain_rule {
    int64_t id;
    struct gx_str name, filter, field, action; /* action: bin, purge or blank */
    const struct gx_object *object;
    int64_t days;
    struct gx_strs fields; /* of blank */
    bool paused;
};

/* A value below which a field's is too old: a day for dates, a moment for times. */
int64_t gx_retain_before(int64_t now_us, int32_t tz_offset_min, bool is_date, int64_t days);

/* On the writer; id 0: a new one.  GX_E_INVALID with the path of what is wrong. */
GX_NODISCARD enum gx_code gx_retain_save(struct gx_scope *scope, const struct gx_retain_rule *rule,
                                         int64_t *ret_id);
GX_NODISCARD enum gx_code gx_retain_remove(struct gx_scope *scope, int64_t id);
/* All rules as elements of a JSON array. */
GX_NODISCARD enum gx_code gx_retain_list(struct gx_scope *scope, struct gx_jw *w);
/* {"count", "held", "examples": [{"id", "title"}]}: what the rule would take today. */
GX_NODISCARD enum gx_code gx_retain_preview(struct gx_scope *scope,
                                            const struct gx_retain_rule *rule, struct gx_jw *w);

/*
 * Keep all rules that are not paused, if `now` or if a day is over since the last time; in pieces,
 * not on the writer.  GX_E_CANCELLED: *end is set.
 */
GX_NODISCARD enum gx_code gx_retain_work(struct gx_ctx *ctx, struct gx_tenant *tenant, bool now,
                                         const atomic_bool *end);

#endif
