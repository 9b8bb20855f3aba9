/* usage.c - see usage.h. */
#include "operator/usage.h"

#include "operator/record.h"
#include "store/record.h"

enum gx_code gx_usage_last(struct gx_scope *scope, struct gx_str tenant, int64_t *ret_day)
{
    struct gx_value value = gx_value_text(tenant);
    return gx_db_int(gx_scope_ctx(scope), gx_scope_conn(scope),
                     GX_SQL("SELECT max(day) FROM usage WHERE tenant = ?1 AND deleted_at IS NULL"),
                     &value, 1, INT64_MIN, ret_day);
}

/* The record of that day; *ret_id 0: none yet. */
static enum gx_code find(struct gx_scope *scope, const struct gx_usage_figures *f, int64_t *ret_id,
                         int64_t *ret_seats)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(f->tenant), gx_value_int(f->day) };
    struct gx_rows *rows;
    bool has;
    *ret_id = *ret_seats = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT id, seats FROM usage WHERE tenant = ?1 AND day = ?2 "
                              "AND deleted_at IS NULL"),
                       values, GX_COUNT(values), &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_id = gx_rows_int(rows, 0);
        *ret_seats = gx_rows_int(rows, 1);
    }
    gx_rows_close(rows);
    return code;
}

enum gx_code gx_usage_put(struct gx_scope *scope, const struct gx_usage_figures *f,
                          bool *ret_changed)
{
    struct gx_record_draft d = gx_record_draft(scope, "usage");
    int64_t id, seats;
    GX_TRY(find(scope, f, &id, &seats));
    gx_jw_key_str(&d.w, "tenant", f->tenant);
    gx_draft_date(&d, "day", f->day);
    gx_jw_key_str(&d.w, "state", f->state);
    gx_jw_key_int(&d.w, "seats", f->seats > seats ? f->seats : seats);
    gx_jw_key_int(&d.w, "active_users", f->active_users);
    gx_jw_key_int(&d.w, "month_users", f->month_users);
    gx_jw_key_int(&d.w, "records", f->records);
    gx_jw_key_int(&d.w, "file_bytes", f->file_bytes);
    gx_jw_key_int(&d.w, "store_bytes", f->store_bytes);
    gx_jw_key_int(&d.w, "requests", f->requests);
    *ret_changed = true;
    return id ? gx_draft_change(&d, "metering", id, ret_changed)
              : gx_draft_create(&d, "metering", &id);
}
