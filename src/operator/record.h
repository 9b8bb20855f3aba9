/*
 * record.h - the operator's records as the program writes them: value by value, then created or
 * changed by the one write path.
 *
 * Layer: operator.  A draft holds nothing that must be freed once it was created or changed.
 */
#ifndef GX_OPERATOR_RECORD_H
#define GX_OPERATOR_RECORD_H

#include "access/scope.h"
#include "base/buf.h"
#include "json/write.h"

struct gx_record_draft {
    struct gx_scope *scope; /* of the system: most fields are read-only for people */
    const char *object;
    struct gx_buf *text;
    struct gx_jw w; /* members of the record's JSON */
};

struct gx_record_draft gx_record_draft(struct gx_scope *scope, const char *object);
void gx_draft_date(struct gx_record_draft *draft, const char *field, int64_t day);
void gx_draft_money(struct gx_record_draft *draft, const char *field, int64_t amount,
                    struct gx_str currency);
/* Two digits after the point. */
void gx_draft_percent(struct gx_record_draft *draft, const char *field, int64_t percent);
/* As gx_record_create() and gx_record_update() (of any move); `reason` stands in the log. */
GX_NODISCARD enum gx_code gx_draft_create(struct gx_record_draft *draft, const char *reason,
                                          int64_t *ret_id);
GX_NODISCARD enum gx_code gx_draft_change(struct gx_record_draft *draft, const char *reason,
                                          int64_t id, bool *ret_changed);

#endif
