/* load_expiry.c - dates that run out: packs/<pack>/expiry/<name>.json; see expiry.h. */
#include "meta/expiry.h"
#include "meta/load_int.h"

const char *const gx_channel_names[GX_CHANNEL_COUNT + 1] = { "email", "sms",   "line",
                                                             "post",  "phone", NULL };

struct reading {
    struct gx_loader *loader;
    struct gx_str file;
    const struct gx_json *json;
    const struct gx_object *object;
    struct gx_expiry *expiry;
};

static enum gx_code wrong(const struct reading *r, const struct gx_json *node, const char *path,
                          enum gx_message message, struct gx_str what)
{
    return gx_load_fail(r->loader, r->file, node ? node : r->json, gx_str_c(path), message, what);
}

static struct gx_str text_of(const struct reading *r, const char *key)
{
    return gx_json_get_str(r->json, key, GX_STR(""));
}

static enum gx_code field_of(const struct reading *r, const struct gx_json *node, const char *path,
                             struct gx_str name, const struct gx_field **ret_field)
{
    const struct gx_field *field = gx_object_field(r->object, name);
    struct gx_str near = field ? GX_STR("") : gx_object_near(r->object, name);
    if (field) {
        *ret_field = field;
        return GX_OK;
    }
    return near.n ? gx_load_fail(r->loader, r->file, node, gx_str_c(path), GX_M_UNKNOWN_KEY_NEAR,
                                 name, near)
                  : wrong(r, node, path, GX_M_UNKNOWN_KEY, name);
}

/* --- when, and by what */

static enum gx_code read_channels(const struct reading *r, const struct gx_json *list,
                                  const char *path, struct gx_expiry_step *step)
{
    step->channel_count = 0;
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        size_t c = 0;
        while (c < GX_CHANNEL_COUNT && !gx_str_is(k->text, gx_channel_names[c]))
            c++;
        if (c == GX_CHANNEL_COUNT)
            return wrong(r, k, path, GX_M_EXPIRY_CHANNEL, k->text);
        if (step->channel_count == GX_CHANNEL_COUNT)
            return wrong(r, k, path, GX_M_META_TOO_MANY, GX_STR(""));
        step->channels[step->channel_count++] = (enum gx_channel)c;
    }
    return GX_OK;
}

/* 30, or {"days": 30, "channels": ["phone"]}. */
static enum gx_code read_step(const struct reading *r, const struct gx_json *node,
                              struct gx_expiry_step *step)
{
    static const char *const known[] = { "days", "channels", NULL };
    static const struct gx_expiry_step every = { .channels = { GX_CHANNEL_PHONE },
                                                 .channel_count = 1 };
    const struct gx_json *usual = gx_json_get(r->json, "channels"), *own = NULL, *days = node;
    *step = every;
    if (usual)
        GX_TRY(read_channels(r, usual, "channels", step));
    if (node->kind == GX_JSON_OBJECT) {
        GX_TRY(gx_load_keys(r->loader, r->file, node, GX_STR("distances"), known));
        own = gx_json_get(node, "channels");
        days = gx_json_get(node, "days");
    }
    if (own)
        GX_TRY(read_channels(r, own, "distances.channels", step));
    if (!days || !gx_json_int64(days, &step->days) || step->days > GX_EXPIRY_DAYS_MAX ||
        step->days < -GX_EXPIRY_DAYS_MAX)
        return wrong(r, node, "distances", GX_M_EXPIRY_DAYS,
                     gx_arena_printf(r->loader->ctx->arena, "%d", GX_EXPIRY_DAYS_MAX));
    return step->channel_count ? GX_OK
                               : wrong(r, node, "channels", GX_M_REQUIRED, GX_STR("channels"));
}

static enum gx_code read_steps(const struct reading *r)
{
    struct gx_expiry *x = r->expiry;
    const struct gx_json *list = gx_json_get(r->json, "distances");
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        struct gx_expiry_step step;
        size_t at = x->step_count;
        GX_TRY(read_step(r, k, &step));
        if (at == GX_EXPIRY_STEPS_MAX)
            return wrong(r, k, "distances", GX_M_META_TOO_MANY, GX_STR(""));
        for (; at > 0 && x->steps[at - 1].days < step.days; at--)
            x->steps[at] = x->steps[at - 1];
        if (at > 0 && x->steps[at - 1].days == step.days)
            return wrong(r, k, "distances", GX_M_META_TWICE,
                         gx_arena_printf(r->loader->ctx->arena, "%lld", (long long)step.days));
        x->steps[at] = step;
        x->step_count++;
    }
    return x->step_count ? GX_OK : wrong(r, list, "distances", GX_M_REQUIRED, GX_STR("distances"));
}

/* --- what became of it */

static bool has_code(const struct gx_field *field, struct gx_str code)
{
    if (field->process)
        return gx_process_state(field->process, code) != NULL;
    for (size_t i = 0; i < field->choice_count; i++)
        if (gx_str_eq(field->choices[i].code, code))
            return true;
    return false;
}

static enum gx_code read_codes(const struct reading *r, const struct gx_json *node, const char *key,
                               const struct gx_field *field, struct gx_strs *codes)
{
    const struct gx_json *list = gx_json_get(node, key);
    codes->v = GX_ARENA_ARRAY(r->loader->arena, struct gx_str, (list ? list->count : 0) + 1);
    for (const struct gx_json *k = list ? list->first : NULL; k; k = k->next) {
        if (!has_code(field, k->text))
            return wrong(r, k, "outcome", GX_M_META_NO_STATE, k->text);
        codes->v[codes->n++] = k->text;
    }
    return GX_OK;
}

static enum gx_code read_outcome(const struct reading *r)
{
    static const char *const known[] = { "field",  "open",      "renewed", "lost",
                                         "reason", "elsewhere", NULL };
    struct gx_expiry *x = r->expiry;
    const struct gx_json *node = gx_json_get(r->json, "outcome");
    const struct gx_field *field, *reason;
    if (!node)
        return wrong(r, NULL, "outcome", GX_M_REQUIRED, GX_STR("outcome"));
    GX_TRY(gx_load_keys(r->loader, r->file, node, GX_STR("outcome"), known));
    x->outcome = gx_json_get_str(node, "field", GX_STR(""));
    x->reason = gx_json_get_str(node, "reason", GX_STR(""));
    GX_TRY(field_of(r, node, "outcome.field", x->outcome, &field));
    if (!field->process && field->x.type != GX_TYPE_CHOICE)
        return wrong(r, node, "outcome.field", GX_M_EXPIRY_OUTCOME, x->outcome);
    if (x->reason.n)
        GX_TRY(field_of(r, node, "outcome.reason", x->reason, &reason));
    GX_TRY(read_codes(r, node, "open", field, &x->open));
    GX_TRY(read_codes(r, node, "renewed", field, &x->renewed));
    GX_TRY(read_codes(r, node, "lost", field, &x->lost));
    GX_TRY(read_codes(r, node, "elsewhere", field, &x->elsewhere));
    return x->open.n ? GX_OK : wrong(r, node, "outcome.open", GX_M_REQUIRED, GX_STR("open"));
}

/* (filter) and outcome in ("active", "contacted"), and (not) the condition of having been renewed.
 */
static enum gx_code make_conditions(const struct reading *r)
{
    struct gx_expiry *x = r->expiry;
    struct gx_str filter = text_of(r, "filter");
    const struct gx_object_draft *draft = gx_load_draft(r->loader, x->object);
    const struct gx_expr *one;
    struct gx_buf b = { 0 };
    /* Each by itself first, so that an error stands where it was written. */
    if (filter.n)
        GX_TRY(gx_load_expr(r->loader, draft, r->file, gx_json_get(r->json, "filter"),
                            GX_STR("filter"), filter, GX_TYPE_BOOL, &one));
    if (x->renewed_text.n)
        GX_TRY(gx_load_expr(r->loader, draft, r->file, gx_json_get(r->json, "renewed"),
                            GX_STR("renewed"), x->renewed_text, GX_TYPE_BOOL, &one));
    if (filter.n)
        gx_buf_printf(&b, "(%.*s) and ", GX_STR_ARG(filter));
    gx_buf_printf(&b, "%.*s in (", GX_STR_ARG(x->outcome));
    for (size_t i = 0; i < x->open.n; i++)
        gx_buf_printf(&b, "%s\"%.*s\"", i ? ", " : "", GX_STR_ARG(x->open.v[i]));
    gx_buf_printf(&b, ")");
    struct gx_str open = gx_arena_str(r->loader->arena, gx_buf_str(&b));
    gx_buf_free(&b);
    x->live_text = x->renewed_text.n
                       ? gx_arena_printf(r->loader->arena, "%.*s and not (%.*s)", GX_STR_ARG(open),
                                         GX_STR_ARG(x->renewed_text))
                       : open;
    GX_TRY(gx_load_expr(r->loader, draft, r->file, r->json, GX_STR("filter"), x->live_text,
                        GX_TYPE_BOOL, &x->live));
    if (!x->renewed_text.n || !x->renewed.n)
        return GX_OK;
    x->found_text = gx_arena_printf(r->loader->arena, "%.*s and (%.*s)", GX_STR_ARG(open),
                                    GX_STR_ARG(x->renewed_text));
    return gx_load_expr(r->loader, draft, r->file, r->json, GX_STR("renewed"), x->found_text,
                        GX_TYPE_BOOL, &x->found);
}

/* --- of what */

static enum gx_code read_object(struct reading *r)
{
    struct gx_expiry *x = r->expiry;
    const struct gx_field *field, *account;
    x->object = text_of(r, "object");
    x->field = text_of(r, "field");
    x->account = text_of(r, "account");
    r->object = gx_meta_object(r->loader->meta, x->object);
    if (!r->object)
        return wrong(r, gx_json_get(r->json, "object"), "object", GX_M_META_NO_OBJECT, x->object);
    GX_TRY(field_of(r, gx_json_get(r->json, "field"), "field", x->field, &field));
    if (field->type->computed || field->x.type != GX_TYPE_DATE || !field->indexed)
        return wrong(r, gx_json_get(r->json, "field"), "field", GX_M_EXPIRY_FIELD, x->field);
    GX_TRY(field_of(r, gx_json_get(r->json, "account"), "account", x->account, &account));
    if (account->type->computed || account->x.type != GX_TYPE_LINK || !account->x.object ||
        strcmp(account->x.object, "account") != 0)
        return wrong(r, gx_json_get(r->json, "account"), "account", GX_M_EXPIRY_ACCOUNT,
                     x->account);
    return GX_OK;
}

static enum gx_code read_who(const struct reading *r)
{
    static const char *const words[] = { "owner", "team", "none" };
    struct gx_str who = gx_json_get_str(r->json, "who", GX_STR("owner"));
    for (size_t i = 0; i < GX_COUNT(words); i++)
        if (gx_str_is(who, words[i])) {
            r->expiry->who = (enum gx_expiry_who)i;
            return GX_OK;
        }
    return wrong(r, gx_json_get(r->json, "who"), "who", GX_M_EXPIRY_WHO, who);
}

static enum gx_code read_limits(const struct reading *r)
{
    struct gx_expiry *x = r->expiry;
    x->late_days = gx_json_get_int(r->json, "late_days", GX_EXPIRY_LATE_DAYS);
    x->daily_max = gx_json_get_int(r->json, "daily_max", GX_EXPIRY_DAILY_MAX);
    if (x->late_days < 0 || x->late_days > GX_EXPIRY_DAYS_MAX)
        return wrong(r, gx_json_get(r->json, "late_days"), "late_days", GX_M_EXPIRY_DAYS,
                     gx_arena_printf(r->loader->ctx->arena, "%d", GX_EXPIRY_DAYS_MAX));
    if (x->daily_max < 1)
        return wrong(r, gx_json_get(r->json, "daily_max"), "daily_max", GX_M_EXPIRY_DAYS,
                     GX_STR("1"));
    return GX_OK;
}

static enum gx_code read_expiry(struct reading *r)
{
    static const char *const known[] = { "expiry",    "label",     "doc",       "object",   "field",
                                         "account",   "filter",    "distances", "channels", "who",
                                         "purpose",   "outcome",   "renewed",   "subject",  "body",
                                         "late_days", "daily_max", NULL };
    struct gx_expiry *x = r->expiry;
    GX_TRY(gx_load_keys(r->loader, r->file, r->json, GX_STR(""), known));
    x->name = text_of(r, "expiry");
    if (!gx_load_name_ok(x->name))
        return wrong(r, NULL, "expiry", GX_M_META_NAME, x->name);
    for (const struct gx_expiry *other = r->loader->meta->expiries; other < x; other++)
        if (gx_str_eq(other->name, x->name))
            return wrong(r, NULL, "expiry", GX_M_META_TWICE, x->name);
    x->label = gx_load_label(gx_json_get(r->json, "label"));
    x->doc = text_of(r, "doc");
    x->subject = gx_load_label(gx_json_get(r->json, "subject"));
    x->body = gx_load_label(gx_json_get(r->json, "body"));
    x->purpose = text_of(r, "purpose");
    x->renewed_text = text_of(r, "renewed");
    GX_TRY(read_object(r));
    GX_TRY(read_who(r));
    GX_TRY(read_limits(r));
    GX_TRY(read_steps(r));
    GX_TRY(read_outcome(r));
    return make_conditions(r);
}

enum gx_code gx_load_expiries(struct gx_loader *loader)
{
    struct gx_meta *meta = loader->meta;
    enum gx_code code = GX_OK;
    meta->expiries = GX_ARENA_ARRAY(loader->arena, struct gx_expiry, loader->expiry_count + 1);
    for (size_t i = 0; i < loader->expiry_count; i++) {
        struct reading r = { .loader = loader,
                             .file = loader->expiry_files[i],
                             .json = loader->expiry_json[i],
                             .expiry = &meta->expiries[meta->expiry_count] };
        if (i >= GX_EXPIRIES_MAX)
            return wrong(&r, NULL, "expiry", GX_M_META_TOO_MANY, GX_STR(""));
        *r.expiry = (struct gx_expiry){ .who = GX_EXPIRY_OWNER };
        enum gx_code one = read_expiry(&r);
        meta->expiry_count += one == GX_OK;
        if (one != GX_OK)
            code = one;
    }
    return code;
}

const struct gx_expiry *gx_meta_expiry(const struct gx_meta *meta, struct gx_str name)
{
    for (size_t i = 0; i < meta->expiry_count; i++)
        if (gx_str_eq(meta->expiries[i].name, name))
            return &meta->expiries[i];
    return NULL;
}

void gx_expiry_band(const struct gx_expiry *expiry, size_t step, int64_t *ret_from, int64_t *ret_to)
{
    int64_t days = expiry->steps[step].days;
    *ret_to = days;
    if (step + 1 == expiry->step_count) {
        *ret_from = days - expiry->late_days;
        return;
    }
    int64_t next = expiry->steps[step + 1].days, sum = days + next;
    if (days >= 0 && next < 0)
        *ret_from = 0; /* what comes after the day is no reason to be silent before it */
    else               /* as far from this one as from the next still counts as this one */
        *ret_from = sum >= 0 ? (sum + 1) / 2 : -(-sum / 2);
}

int gx_expiry_step(const struct gx_expiry *expiry, int64_t days_left)
{
    for (size_t i = 0; i < expiry->step_count; i++) {
        int64_t from, to;
        gx_expiry_band(expiry, i, &from, &to);
        if (days_left >= from && days_left <= to)
            return (int)i;
    }
    return -1;
}
