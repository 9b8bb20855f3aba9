/*
 * convert.h - a record becomes others: a lead an account, a contact and an opportunity.
 *
 * What becomes of what stands in the pack (struct gx_convert); here it is done, in one work.
 * New records go through gx_record_create(), a chosen existing one only gets what it lacks, and
 * related records (activities, files) are also linked to the results.
 *
 * Layer: store.
 */
#ifndef GX_STORE_CONVERT_H
#define GX_STORE_CONVERT_H

#include "json/write.h"
#include "store/record.h"

enum { GX_CONVERT_TARGETS_MAX = 16, GX_CONVERT_CARRY_MAX = 10000, GX_CONVERT_MATCHES_MAX = 5 };

/* What somebody wants for one kind of target. */
struct gx_convert_choice {
    struct gx_str object;
    bool leave;       /* do not make it */
    bool make;        /* make it although it is optional */
    int64_t existing; /* take this record instead of a new one; 0: none */
};

/* One kind of target; id 0: none was made. */
struct gx_converted {
    const struct gx_object *object;
    int64_t id;
    bool made;
};

struct gx_conversion {
    struct gx_converted targets[GX_CONVERT_TARGETS_MAX];
    size_t target_count;
    int64_t carried; /* related records that were linked to the results */
    int64_t left;    /* those that this person may not change, or that refused */
};

/*
 * Convert.  `version` as in gx_record_update().  GX_E_CONFLICT: converted already, or somebody
 * was faster; GX_E_INVALID; GX_E_NOT_FOUND; GX_E_FORBIDDEN; GX_E_DUPLICATE; GX_E_LIMIT.
 */
GX_NODISCARD enum gx_code gx_convert(struct gx_scope *scope, const struct gx_object *object,
                                     int64_t id, int64_t version,
                                     const struct gx_convert_choice *choices, size_t count,
                                     struct gx_conversion *ret_conversion);
/*
 * {"converted", "targets": [{object, optional, title, matches: [{record, field}]}]}: what
 * would be made, and which existing records could be taken instead.
 */
GX_NODISCARD enum gx_code gx_convert_preview(struct gx_scope *scope, const struct gx_object *object,
                                             int64_t id, struct gx_jw *w);
/* {"id", "title"} of a record that the scope may read; the title is null when it may not. */
GX_NODISCARD enum gx_code gx_convert_write_link(struct gx_scope *scope,
                                                const struct gx_object *object, int64_t id,
                                                struct gx_jw *w);

#endif
