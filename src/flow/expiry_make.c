/* expiry_make.c - one reminder: its entry, and the call or the message; and taking it back. */
#include "base/time.h"
#include "flow/expiry_int.h"

enum { MORNING_HOUR = 9, TEAM_MAX = 50 };

/* "{title} expires on {date}" with what is known of the record. */
static struct gx_str filled(struct gx_arena *arena, struct gx_str text, const struct expiry_case *c)
{
    static const char *const words[] = { "{title}", "{date}", "{account}" };
    struct gx_str values[] = { c->title, gx_date_format(arena, c->due), c->account_name };
    struct gx_buf out = { 0 };
    while (text.n) {
        size_t k = 0;
        while (k < GX_COUNT(words) && !gx_str_starts(text, gx_str_c(words[k])))
            k++;
        if (k < GX_COUNT(words)) {
            gx_buf_add(&out, values[k]);
            text = gx_str_from(text, strlen(words[k]));
        } else {
            gx_buf_add(&out, (struct gx_str){ text.p, 1 });
            text = gx_str_from(text, 1);
        }
    }
    struct gx_str kept = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return kept;
}

/* What the object has not got is left out: packs may have taken fields away. */
static enum gx_code set_text(struct gx_scope *scope, struct gx_input *input, const char *name,
                             struct gx_str text)
{
    const struct gx_field *f = gx_object_any_field(input->object, gx_str_c(name));
    return f && text.n ? gx_input_text(scope, input, f, text, GX_DATE_YMD) : GX_OK;
}

static void set_link(struct gx_input *input, const struct gx_field *f, int64_t id)
{
    if (!f || !id)
        return;
    input->given[f->index_in_object] = true;
    input->v[f->slot] = gx_value_int(id);
}

static void set_link_named(struct gx_input *input, const char *name, int64_t id)
{
    set_link(input, gx_object_any_field(input->object, gx_str_c(name)), id);
}

/* The link of an activity that leads to records of this kind. */
static const struct gx_field *link_to(const struct gx_object *from, struct gx_str object)
{
    for (size_t i = 0; i < from->field_count; i++) {
        const struct gx_field *f = &from->fields[i];
        if (!f->system && !f->type->computed && f->x.type == GX_TYPE_LINK && f->x.object &&
            gx_str_is(object, f->x.object))
            return f;
    }
    return NULL;
}

static struct gx_str morning(struct gx_arena *arena, int64_t day)
{
    return gx_arena_printf(arena, "%.*sT%02d:00:00", GX_STR_ARG(gx_date_format(arena, day)),
                           MORNING_HOUR);
}

/* Who belongs to the account's team, "id,id". */
static enum gx_code team_of(struct gx_scope *scope, int64_t account, struct gx_str *ret_ids)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_value value = gx_value_int(account);
    struct gx_buf ids = { 0 };
    struct gx_rows *rows;
    enum gx_code code;
    bool has;
    int n = 0;
    GX_TRY(gx_db_query(ctx, gx_scope_conn(scope),
                       GX_SQL("SELECT \"user\" FROM account_team WHERE account = ?1 AND "
                              "deleted_at IS NULL ORDER BY \"user\""),
                       &value, 1, &rows));
    while ((code = gx_rows_next(ctx, rows, &has)) == GX_OK && has)
        if (n++ < TEAM_MAX)
            gx_buf_printf(&ids, "%s%lld", ids.n ? "," : "", (long long)gx_rows_int(rows, 0));
    gx_rows_close(rows);
    *ret_ids = gx_arena_str(ctx->arena, gx_buf_str(&ids));
    gx_buf_free(&ids);
    return code;
}

static const struct gx_write_options *options_of(struct gx_arena *arena, const struct gx_expiry *x)
{
    struct gx_write_options *options = GX_ARENA_NEW(arena, struct gx_write_options);
    options->reason = gx_arena_printf(arena, "expiry %.*s", GX_STR_ARG(x->name));
    options->any_move = true;
    return options;
}

static enum gx_code make_call(struct gx_scope *scope, const struct gx_expiry *x, int64_t today,
                              const struct expiry_case *c, int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    const struct gx_object *object;
    struct gx_str team = GX_STR("");
    GX_TRY(gx_object_get(scope, GX_STR("activity"), &object));
    struct gx_input *input = gx_input_new(scope, object);
    GX_TRY(set_text(scope, input, "subject",
                    filled(ctx->arena, gx_label_text(&x->subject, ctx->lang), c)));
    GX_TRY(set_text(scope, input, "kind", GX_STR("call")));
    GX_TRY(set_text(scope, input, "direction", GX_STR("outbound")));
    GX_TRY(set_text(scope, input, "status", GX_STR("planned")));
    GX_TRY(set_text(scope, input, "phone", c->recipients[GX_CHANNEL_PHONE]));
    GX_TRY(set_text(scope, input, "at", morning(ctx->arena, today)));
    set_link_named(input, "account", c->account);
    set_link(input, link_to(object, x->object), c->record);
    bool team_too = x->who == GX_EXPIRY_TEAM;
    set_link(input, object->owner, c->owner && !team_too ? c->owner : c->account_owner);
    const struct gx_field *with = gx_object_any_field(object, GX_STR("attendees"));
    if (team_too)
        GX_TRY(team_of(scope, c->account, &team));
    if (team.n && with) {
        input->given[with->index_in_object] = true;
        input->v[with->slot] = gx_value_text(team);
    }
    return gx_record_create(scope, input, options_of(ctx->arena, x), ret_id);
}

static enum gx_code make_message(struct gx_scope *scope, const struct gx_expiry *x, size_t step,
                                 int64_t today, const struct expiry_case *c,
                                 enum gx_channel channel, int64_t *ret_id)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    enum gx_lang lang = c->english ? GX_LANG_EN : GX_LANG_ZH_HANT;
    const struct gx_object *object;
    GX_TRY(gx_object_get(scope, GX_STR("message"), &object));
    struct gx_input *input = gx_input_new(scope, object);
    GX_TRY(
        set_text(scope, input, "subject", filled(ctx->arena, gx_label_text(&x->subject, lang), c)));
    GX_TRY(set_text(scope, input, "body", filled(ctx->arena, gx_label_text(&x->body, lang), c)));
    GX_TRY(set_text(scope, input, "channel", gx_str_c(gx_channel_names[channel])));
    GX_TRY(set_text(scope, input, "recipient", c->recipients[channel]));
    GX_TRY(set_text(scope, input, "purpose", x->purpose));
    GX_TRY(set_text(scope, input, "state", GX_STR("queued")));
    GX_TRY(set_text(scope, input, "not_before", morning(ctx->arena, today)));
    GX_TRY(set_text(scope, input, "source",
                    gx_arena_printf(ctx->arena, "expiry/%.*s", GX_STR_ARG(x->name))));
    GX_TRY(set_text(scope, input, "key",
                    gx_arena_printf(ctx->arena, "expiry/%.*s/%lld/%lld/%lld", GX_STR_ARG(x->name),
                                    (long long)c->record, (long long)c->due,
                                    (long long)x->steps[step].days)));
    set_link_named(input, "account", c->account);
    set_link(input, object->owner, c->owner ? c->owner : c->account_owner);
    return gx_record_create(scope, input, options_of(ctx->arena, x), ret_id);
}

static struct gx_value id_or_null(int64_t id)
{
    return id ? gx_value_int(id) : GX_NULL_VALUE;
}

enum gx_code expiry_make(struct gx_scope *scope, const struct gx_expiry *expiry, size_t step,
                         int64_t today, const struct expiry_case *c, bool *ret_made,
                         bool *ret_silent)
{
    struct gx_ctx *ctx = gx_scope_ctx(scope);
    struct gx_conn *conn = gx_scope_conn(scope);
    enum gx_channel channel = expiry_channel(expiry, step, c);
    int64_t activity = 0, message = 0, changed;
    int64_t id = gx_id_next(&gx_scope_tenant(scope)->ids, ctx->now_us);
    bool none = channel == GX_CHANNEL_COUNT;
    struct gx_value values[] = {
        gx_value_int(id),
        gx_value_text(expiry->name),
        gx_value_int(c->record),
        gx_value_int(c->due),
        gx_value_int(expiry->steps[step].days),
        gx_value_text(none ? GX_STR("") : gx_str_c(gx_channel_names[channel])),
        gx_value_int(today),
        gx_value_int(ctx->now_us),
        gx_value_int(!none),
    };
    /* The entry first: if it is there already, nothing else is made. */
    GX_TRY(gx_db_exec(ctx, conn,
                      GX_SQL("INSERT INTO gx_expiry_reminder (id, expiry, record, due, distance, "
                             "channel, made_on, made_at, pending) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                             "?7, ?8, ?9) ON CONFLICT (record, expiry, due, distance) DO NOTHING"),
                      values, GX_COUNT(values), &changed));
    *ret_made = changed > 0;
    *ret_silent = none;
    if (!changed || none)
        return GX_OK;
    if (channel == GX_CHANNEL_PHONE)
        GX_TRY(make_call(scope, expiry, today, c, &activity));
    else
        GX_TRY(make_message(scope, expiry, step, today, c, channel, &message));
    struct gx_value made[] = { gx_value_int(id), id_or_null(activity), id_or_null(message) };
    return gx_db_exec(ctx, conn,
                      GX_SQL("UPDATE gx_expiry_reminder SET activity = ?2, message = ?3 "
                             "WHERE id = ?1"),
                      made, GX_COUNT(made), NULL);
}

/* --- taking it back */

static enum gx_code cancel(struct gx_scope *scope, const char *name, int64_t id, const char *field,
                           const char *only, int64_t *withdrawn)
{
    static const struct gx_write_options options = { .reason = { "expiry is over", 14 },
                                                     .any_move = true };
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), gx_str_c(name));
    const struct gx_field *f = object ? gx_object_any_field(object, gx_str_c(field)) : NULL;
    struct gx_record record;
    if (!id || !f)
        return GX_OK;
    enum gx_code code = gx_record_load(scope, object, id, GX_RIGHT_EDIT, false, &record);
    if (code == GX_E_NOT_FOUND) {
        gx_ctx_clear(gx_scope_ctx(scope));
        return GX_OK;
    }
    GX_TRY(code);
    if (!gx_str_is(record.v[f->slot].s, only))
        return GX_OK;
    struct gx_input *input = gx_input_new(scope, object);
    GX_TRY(set_text(scope, input, field, GX_STR("cancelled")));
    GX_TRY(gx_record_update(scope, id, 0, input, &options, NULL, NULL));
    ++*withdrawn;
    return GX_OK;
}

enum gx_code expiry_withdraw(struct gx_scope *scope, int64_t reminder, int64_t activity,
                             int64_t message, int64_t *withdrawn)
{
    struct gx_value id = gx_value_int(reminder);
    GX_TRY(cancel(scope, "activity", activity, "status", "planned", withdrawn));
    GX_TRY(cancel(scope, "message", message, "state", "queued", withdrawn));
    return gx_db_exec(gx_scope_ctx(scope), gx_scope_conn(scope),
                      GX_SQL("UPDATE gx_expiry_reminder SET pending = 0 WHERE id = ?1"), &id, 1,
                      NULL);
}

enum gx_code expiry_settle(struct gx_scope *scope, const struct gx_expiry *expiry, int64_t record)
{
    const struct gx_object *object = gx_meta_object(gx_scope_meta(scope), expiry->object);
    struct gx_input *input = gx_input_new(scope, object);
    const char *outcome = gx_arena_cstr(gx_scope_ctx(scope)->arena, expiry->outcome);
    GX_TRY(set_text(scope, input, outcome, expiry->renewed.v[0]));
    return gx_record_update(scope, record, 0, input, options_of(gx_scope_ctx(scope)->arena, expiry),
                            NULL, NULL);
}
