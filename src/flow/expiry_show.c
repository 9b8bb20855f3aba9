/* expiry_show.c - what people see of it: the due list's filter, previews, and how it goes. */
#include "base/time.h"
#include "flow/expiry_int.h"

enum { STATUS_DAYS = 90 };

bool gx_expiry_is_open(const struct gx_scope *scope, const struct gx_expiry *expiry)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    const struct gx_object *object = gx_meta_object(meta, expiry->object);
    if (!object || gx_scope_level(scope, object, GX_RIGHT_READ) == GX_LEVEL_NONE)
        return false;
    return !gx_meta_hides(meta, expiry->live_text) && gx_object_open_field(object, expiry->field) &&
           gx_object_open_field(object, expiry->account) &&
           gx_object_open_field(object, expiry->outcome);
}

struct gx_str gx_expiry_filter(struct gx_arena *arena, const struct gx_expiry *expiry, int64_t from,
                               int64_t to, struct gx_str whose)
{
    int64_t user;
    struct gx_str owner = GX_STR("");
    if (gx_str_is(whose, "me"))
        owner = GX_STR(" and owner = me");
    else if (gx_str_int64(whose, &user))
        owner = gx_arena_printf(arena, " and owner = \"%lld\"", (long long)user);
    return gx_arena_printf(arena, "%.*s and %.*s between %.*s and %.*s%.*s",
                           GX_STR_ARG(expiry->live_text), GX_STR_ARG(expiry->field),
                           GX_STR_ARG(gx_date_format(arena, from)),
                           GX_STR_ARG(gx_date_format(arena, to)), GX_STR_ARG(owner));
}

enum gx_code gx_expiry_reminders(struct gx_scope *scope, const struct gx_expiry *expiry,
                                 int64_t record, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_int(record), gx_value_text(expiry->name) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT distance, channel, made_at, due FROM gx_expiry_reminder "
                              "WHERE record = ?1 AND expiry = ?2 ORDER BY due DESC, distance "
                              "LIMIT 12"),
                       values, 2, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_int(w, "distance", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "channel", gx_rows_text(rows, 1));
        gx_jw_key_str(w, "at", gx_moment_format(ctx->arena, gx_rows_int(rows, 2)));
        gx_jw_key_str(w, "due", gx_date_format(ctx->arena, gx_rows_int(rows, 3)));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    return code;
}

/* --- who would be reminded */

static void write_case(struct gx_jw *w, struct gx_arena *arena, const struct gx_expiry *x,
                       size_t step, const struct expiry_case *c)
{
    enum gx_channel channel = expiry_channel(x, step, c);
    gx_jw_object(w);
    gx_jw_key_str(w, "expiry", x->name);
    gx_jw_key_id(w, "record", c->record);
    gx_jw_key_str(w, "title", c->title);
    gx_jw_key_id(w, "account", c->account);
    gx_jw_key_str(w, "account_name", c->account_name);
    gx_jw_key_str(w, "due", gx_date_format(arena, c->due));
    gx_jw_key_int(w, "distance", x->steps[step].days);
    gx_jw_key_str(w, "channel",
                  channel < GX_CHANNEL_COUNT ? gx_str_c(gx_channel_names[channel]) : GX_STR(""));
    gx_jw_object_end(w);
}

static enum gx_code preview_step(struct gx_scope *scope, const struct gx_expiry *x, size_t step,
                                 int64_t day, size_t *left, struct gx_jw *w)
{
    struct expiry_due *due =
        GX_ARENA_ARRAY(gx_scope_ctx(scope)->arena, struct expiry_due, *left + 1);
    struct expiry_asking asking;
    size_t n = 0;
    if (*left == 0)
        return GX_OK;
    GX_TRY(expiry_next(scope, x, step, day, (struct expiry_due){ 0, GX_DATE_MIN }, due, *left, &n));
    GX_TRY(expiry_ask_start(scope, x, &asking));
    for (size_t i = 0; i < n; i++) {
        struct expiry_case c;
        bool live;
        GX_TRY(expiry_ask(&asking, due[i], &c, &live));
        if (live)
            write_case(w, gx_scope_ctx(scope)->arena, x, step, &c);
    }
    *left -= n;
    return GX_OK;
}

enum gx_code gx_expiry_preview(struct gx_scope *scope, int64_t day, struct gx_jw *w)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    struct gx_arena *arena = gx_scope_ctx(scope)->arena;
    gx_jw_key_str(w, "on", gx_date_format(arena, day));
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (size_t i = 0; i < meta->expiry_count; i++) {
        size_t left = GX_EXPIRY_SHOWN_MAX;
        for (size_t s = meta->expiries[i].step_count; s-- > 0;)
            GX_TRY(preview_step(scope, &meta->expiries[i], s, day, &left, w));
    }
    gx_jw_array_end(w);
    gx_jw_key(w, GX_STR("counts"));
    gx_jw_array(w);
    for (size_t i = 0; i < meta->expiry_count; i++)
        for (size_t s = 0; s < meta->expiries[i].step_count; s++) {
            int64_t n;
            GX_TRY(expiry_count(scope, &meta->expiries[i], s, day, &n));
            gx_jw_object(w);
            gx_jw_key_str(w, "expiry", meta->expiries[i].name);
            gx_jw_key_int(w, "distance", meta->expiries[i].steps[s].days);
            gx_jw_key_int(w, "count", n);
            gx_jw_object_end(w);
        }
    gx_jw_array_end(w);
    return GX_OK;
}

/* --- how it goes */

/* Records whose day was in the last three months, by what became of them. */
static enum gx_code count_outcome(struct gx_scope *scope, const struct gx_expiry *x,
                                  const struct gx_strs *codes, int64_t today, int64_t *ret_count)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), x->object);
    struct gx_str column = gx_object_any_field(object, x->field)->x.column, t = GX_STR("t");
    struct gx_sqlb *b = gx_sqlb_new(ctx->arena, gx_conn_dialect(gx_scope_conn(scope)));
    *ret_count = 0;
    if (!codes->n)
        return GX_OK;
    gx_sqlb_add(b, GX_SQL("SELECT count(*) FROM "));
    gx_sqlb_name(b, object->x.table);
    gx_sqlb_add(b, GX_SQL(" t WHERE t.deleted_at IS NULL AND "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" > "));
    gx_sqlb_bind(b, gx_value_int(today - STATUS_DAYS));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_sqlb_column(b, t, column);
    gx_sqlb_add(b, GX_SQL(" <= "));
    gx_sqlb_bind(b, gx_value_int(today));
    gx_sqlb_add(b, GX_SQL(" AND "));
    gx_sqlb_column(b, t, gx_object_any_field(object, x->outcome)->x.column);
    gx_sqlb_add(b, GX_SQL(" IN ("));
    for (size_t i = 0; i < codes->n; i++) {
        gx_sqlb_add(b, i ? GX_SQL(", ") : GX_SQL(""));
        gx_sqlb_bind(b, gx_value_text(codes->v[i]));
    }
    gx_sqlb_add(b, GX_SQL(")"));
    GX_TRY(gx_buf_check(&b->text));
    return gx_db_int(ctx, gx_scope_conn(scope), gx_sqlb_sql(b), b->values, b->value_count, 0,
                     ret_count);
}

static enum gx_code write_outcomes(struct gx_scope *scope, const struct gx_expiry *x, int64_t today,
                                   struct gx_jw *w)
{
    const struct {
        const char *name;
        const struct gx_strs *codes;
    } outcomes[] = { { "open", &x->open },
                     { "renewed", &x->renewed },
                     { "lost", &x->lost },
                     { "elsewhere", &x->elsewhere } };
    gx_jw_key(w, GX_STR("outcomes"));
    gx_jw_object(w);
    for (size_t i = 0; i < GX_COUNT(outcomes); i++) {
        int64_t n;
        GX_TRY(count_outcome(scope, x, outcomes[i].codes, today, &n));
        gx_jw_key_int(w, outcomes[i].name, n);
    }
    gx_jw_object_end(w);
    return GX_OK;
}

static enum gx_code write_reminders(struct gx_scope *scope, const struct gx_expiry *x,
                                    int64_t today, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value values[] = { gx_value_text(x->name), gx_value_int(today - STATUS_DAYS) };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT distance, channel, count(*) FROM gx_expiry_reminder WHERE "
                              "expiry = ?1 AND made_on > ?2 GROUP BY distance, channel ORDER BY "
                              "distance DESC, channel"),
                       values, 2, &rows));
    gx_jw_key(w, GX_STR("reminders"));
    gx_jw_array(w);
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has) {
        gx_jw_object(w);
        gx_jw_key_int(w, "distance", gx_rows_int(rows, 0));
        gx_jw_key_str(w, "channel", gx_rows_text(rows, 1));
        gx_jw_key_int(w, "count", gx_rows_int(rows, 2));
        gx_jw_object_end(w);
    }
    gx_rows_close(rows);
    gx_jw_array_end(w);
    return code;
}

static enum gx_code write_status(struct gx_scope *scope, const struct gx_expiry *x, struct gx_jw *w)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    int64_t today = gx_date_of_moment(ctx->now_us, ctx->tz_offset_min), ran, waiting = 0;
    struct gx_str key = gx_arena_printf(ctx->arena, "expiry_ran_%.*s", GX_STR_ARG(x->name)), text;
    GX_TRY(gx_setting_get(ctx, gx_scope_conn(scope), gx_arena_cstr(ctx->arena, key), GX_STR(""),
                          &text));
    for (size_t s = 0; s < x->step_count; s++) {
        int64_t n;
        GX_TRY(expiry_count(scope, x, s, today, &n));
        waiting += n;
    }
    gx_jw_object(w);
    gx_jw_key_str(w, "name", x->name);
    gx_meta_write_label(w, &x->label);
    gx_jw_key(w, GX_STR("ran_on"));
    if (gx_str_int64(text, &ran))
        gx_jw_str(w, gx_date_format(ctx->arena, ran));
    else
        gx_jw_null(w);
    gx_jw_key_int(w, "waiting", waiting);
    GX_TRY(write_reminders(scope, x, today, w));
    GX_TRY(write_outcomes(scope, x, today, w));
    gx_jw_object_end(w);
    return GX_OK;
}

enum gx_code gx_expiry_status(struct gx_scope *scope, struct gx_jw *w)
{
    const struct gx_meta *meta = gx_scope_meta(scope);
    gx_jw_key(w, GX_STR("rows"));
    gx_jw_array(w);
    for (size_t i = 0; i < meta->expiry_count; i++)
        GX_TRY(write_status(scope, &meta->expiries[i], w));
    gx_jw_array_end(w);
    return GX_OK;
}
