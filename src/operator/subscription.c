/* subscription.c - see subscription.h. */
#include "operator/subscription.h"

#include "base/time.h"
#include "operator/record.h"
#include "store/record.h"

int64_t gx_subscription_over_on(const struct gx_subscription *s)
{
    if (!gx_str_is(s->state, "trial") || s->trial_until == INT64_MIN)
        return INT64_MAX;
    return s->trial_until + s->grace_days + 1;
}

enum gx_standing gx_subscription_standing(const struct gx_subscription *s, int64_t today)
{
    bool trial = gx_str_is(s->state, "trial") && s->trial_until != INT64_MIN;
    if (today > s->ends || gx_str_is(s->state, "suspended") || gx_str_is(s->state, "ended") ||
        today >= gx_subscription_over_on(s))
        return GX_STANDING_OVER;
    return trial && today > s->trial_until ? GX_STANDING_READ : GX_STANDING_GOOD;
}

#define COLUMNS                                                                                    \
    "s.id, s.plan, s.account, s.tenant, p.code, p.name, s.state, s.period, "                       \
    "coalesce(s.seats, p.seats_max), p.records_max, p.file_mb_max, s.starts_on, s.ends_on, "       \
    "s.trial_until, coalesce(p.grace_days, 0), p.packs"

static void take(struct gx_ctx *ctx, const struct gx_rows *rows, struct gx_subscription *s)
{
    struct gx_str texts[16];
    for (int i = 0; i < 16; i++)
        texts[i] = gx_rows_value(rows, i).kind == GX_VALUE_TEXT
                       ? gx_arena_str(ctx->arena, gx_rows_text(rows, i))
                       : GX_STR("");
    *s = (struct gx_subscription){
        .id = gx_rows_int(rows, 0),
        .plan = gx_rows_int(rows, 1),
        .account = gx_rows_int(rows, 2),
        .tenant = texts[3],
        .plan_code = texts[4],
        .plan_name = texts[5],
        .state = texts[6],
        .period = texts[7],
        .seats = gx_rows_int(rows, 8),
        .records = gx_rows_int(rows, 9),
        .file_mb = gx_rows_int(rows, 10),
        .starts = gx_rows_int(rows, 11),
        .ends = gx_rows_value(rows, 12).kind == GX_VALUE_NULL ? INT64_MAX : gx_rows_int(rows, 12),
        .trial_until =
            gx_rows_value(rows, 13).kind == GX_VALUE_NULL ? INT64_MIN : gx_rows_int(rows, 13),
        .grace_days = gx_rows_int(rows, 14),
        .packs = texts[15],
    };
}

enum gx_code gx_subscription_on(struct gx_scope *scope, struct gx_str tenant, int64_t day,
                                struct gx_subscription *ret, bool *ret_has)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(tenant), gx_value_int(day) };
    struct gx_rows *rows;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT " COLUMNS " FROM subscription s JOIN plan p ON p.id = s.plan "
                              "WHERE s.tenant = ?1 AND s.deleted_at IS NULL AND s.starts_on <= ?2 "
                              "ORDER BY s.starts_on DESC, s.id DESC LIMIT 1"),
                       values, GX_COUNT(values), &rows));
    enum gx_code code = gx_rows_next(ctx, rows, ret_has);
    if (code == GX_OK && *ret_has)
        take(ctx, rows, ret);
    gx_rows_close(rows);
    return code;
}

/* What there is of a plan, by its code; empty: the oldest for trials. */
static enum gx_code find_plan(struct gx_scope *scope, struct gx_str code_text, int64_t *ret_id,
                              int64_t *ret_trial_days, struct gx_subscription *ret_limits)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_value values[] = { gx_value_text(code_text) };
    struct gx_rows *rows;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT id, coalesce(trial_days, 0), seats_max, records_max, "
                              "file_mb_max, code, packs FROM plan WHERE deleted_at IS NULL "
                              "AND active = 1 AND ((?1 = '' AND trial = 1) OR code = ?1) "
                              "ORDER BY id LIMIT 1"),
                       values, GX_COUNT(values), &rows));
    enum gx_code code = gx_rows_next(ctx, rows, &has);
    if (code == GX_OK && has) {
        *ret_id = gx_rows_int(rows, 0);
        *ret_trial_days = gx_rows_int(rows, 1);
        *ret_limits = (struct gx_subscription){
            .seats = gx_rows_int(rows, 2),
            .records = gx_rows_int(rows, 3),
            .file_mb = gx_rows_int(rows, 4),
            .plan_code = gx_arena_str(ctx->arena, gx_rows_text(rows, 5)),
            .packs = gx_arena_str(ctx->arena, gx_rows_text(rows, 6)),
        };
    }
    gx_rows_close(rows);
    return code != GX_OK || has
               ? code
               : gx_fail(ctx, GX_E_INVALID, GX_STR("plan"), GX_M_PLAN_NONE, code_text);
}

enum gx_code gx_subscription_trial_plan(struct gx_scope *scope, struct gx_subscription *ret)
{
    int64_t plan, days;
    return find_plan(scope, GX_STR(""), &plan, &days, ret);
}

static enum gx_code end_before(struct gx_scope *scope, const struct gx_subscription *s,
                               int64_t from)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    if (from <= s->starts)
        return gx_fail(ctx, GX_E_INVALID, GX_STR("from"), GX_M_PLAN_FROM,
                       gx_date_format(ctx->arena, s->starts));
    return gx_subscription_state(scope, s->id, "ended", from - 1 < s->ends ? from - 1 : s->ends);
}

enum gx_code gx_subscription_begin(struct gx_scope *scope, const struct gx_subscription_new *in,
                                   int64_t *ret_id)
{
    struct gx_subscription old, limits;
    struct gx_str period = in->period;
    int64_t plan, trial_days;
    bool has;
    GX_TRY(find_plan(scope, in->plan, &plan, &trial_days, &limits));
    GX_TRY(gx_subscription_on(scope, in->tenant, INT64_MAX, &old, &has));
    if (has)
        GX_TRY(end_before(scope, &old, in->from));
    if (period.n == 0)
        period = has ? old.period : GX_STR("month");
    bool trial = in->trial && trial_days > 0;
    struct gx_record_draft d = gx_record_draft(scope, "subscription");
    gx_jw_key_str(&d.w, "tenant", in->tenant);
    gx_jw_key_id(&d.w, "plan", plan);
    if (has && old.account)
        gx_jw_key_id(&d.w, "account", old.account);
    gx_jw_key_str(&d.w, "period", period);
    gx_jw_key_str(&d.w, "state", trial ? GX_STR("trial") : GX_STR("active"));
    gx_draft_date(&d, "starts_on", in->from);
    if (trial)
        gx_draft_date(&d, "trial_until", in->from + trial_days - 1);
    if (in->email.n)
        gx_jw_key_str(&d.w, "contact_email", in->email);
    return gx_draft_create(&d, "subscription begun", ret_id);
}

enum gx_code gx_subscription_state(struct gx_scope *scope, int64_t id, const char *state,
                                   int64_t ends)
{
    struct gx_record_draft d = gx_record_draft(scope, "subscription");
    bool changed;
    gx_jw_key_str(&d.w, "state", gx_str_c(state));
    if (ends != INT64_MAX)
        gx_draft_date(&d, "ends_on", ends);
    return gx_draft_change(&d, "subscription", id, &changed);
}
