/*
 * scim_filter.c - filters of SCIM, as far as providers need them: attribute eq value, and `and`.
 *
 * What else RFC 7644 has (or, not, co, sw, gt …) is refused in words, never passed over: a filter
 * that is not understood would give a list that is not what was asked for.
 */
#include "api/scim.h"

struct words {
    struct gx_str rest;
    bool broken;
};

/* The next word: a text in quotes without them (*ret_quoted), or what stands up to a blank; a
 * [filter] within belongs to its word. */
static struct gx_str next_word(struct words *w, bool *ret_quoted)
{
    struct gx_str s = gx_str_trim(w->rest);
    size_t n = 0;
    *ret_quoted = s.n && s.p[0] == '"';
    if (*ret_quoted) {
        size_t end = gx_str_find(gx_str_from(s, 1), '"');
        struct gx_str text = { s.p + 1, end };
        w->broken = w->broken || end + 1 >= s.n || gx_str_find(text, '\\') < text.n;
        w->rest = gx_str_from(s, end + 2);
        return text;
    }
    for (bool inside = false; n < s.n && (inside || s.p[n] != ' '); n++)
        inside = s.p[n] == '[' || (inside && s.p[n] != ']');
    w->rest = gx_str_from(s, n);
    return (struct gx_str){ s.p, n };
}

bool gx_scim_path_value(struct gx_str path, struct gx_str *ret_attribute, struct gx_str *ret_value,
                        struct gx_str *ret_rest)
{
    size_t open = gx_str_find(path, '['), close = gx_str_find(path, ']');
    bool quoted;
    if (open >= path.n || close >= path.n || close < open)
        return false;
    struct words w = { .rest = { path.p + open + 1, close - open - 1 } };
    (void)next_word(&w, &quoted);
    struct gx_str op = next_word(&w, &quoted);
    *ret_value = next_word(&w, &quoted);
    *ret_attribute = (struct gx_str){ path.p, open };
    *ret_rest = gx_str_from(path, close + 1);
    return !w.broken && gx_str_ieq(op, GX_STR("eq")) && ret_value->n > 0 &&
           gx_str_trim(w.rest).n == 0;
}

static enum gx_code refuse(struct gx_ctx *ctx)
{
    return gx_fail(ctx, GX_E_INVALID, GX_STR("filter"), GX_M_SCIM_FILTER);
}

static void put_text(struct gx_scim_filter *f, struct gx_str *place, struct gx_str value)
{
    f->nobody = f->nobody || value.n == 0 || (place->n && !gx_str_eq(*place, value));
    *place = value;
}

static void put_id(struct gx_scim_filter *f, int64_t *place, struct gx_str value)
{
    int64_t id = 0;
    bool good = gx_str_int64(value, &id) && id > 0;
    f->nobody = f->nobody || (*place && *place != id);
    *place = good ? id : -1;
}

static enum gx_code term(struct gx_ctx *ctx, struct gx_str attribute, struct gx_str value,
                         struct gx_scim_filter *f)
{
    struct gx_str a = gx_scim_attribute(ctx->arena, attribute);
    const struct {
        const char *name;
        struct gx_str *place;
    } texts[] = {
        { "username", &f->login },
        { "externalid", &f->external },
        { "emails", &f->email },
        { "emails.value", &f->email },
        { "displayname", &f->name },
        { "name.formatted", &f->name },
        { "emails[type eq \"work\"].value", &f->email },
    };
    for (size_t i = 0; i < GX_COUNT(texts); i++)
        if (gx_str_is(a, texts[i].name)) {
            put_text(f, texts[i].place, value);
            return GX_OK;
        }
    if (gx_str_is(a, "id")) {
        f->role = value; /* of a group; of a user it is a number */
        put_id(f, &f->id, value);
    } else if (gx_str_is(a, "members") || gx_str_is(a, "members.value")) {
        put_id(f, &f->member, value);
    } else if (gx_str_is(a, "active")) {
        bool yes = gx_str_ieq(value, GX_STR("true"));
        if (!yes && !gx_str_ieq(value, GX_STR("false")))
            return refuse(ctx);
        f->nobody = f->nobody || (f->active >= 0 && f->active != yes);
        f->active = yes;
    } else {
        return refuse(ctx);
    }
    return GX_OK;
}

enum gx_code gx_scim_filter(struct gx_ctx *ctx, struct gx_str text,
                            struct gx_scim_filter *ret_filter)
{
    struct words w = { .rest = text };
    struct gx_scim_filter f = { .active = -1 };
    for (bool first = true, quoted; gx_str_trim(w.rest).n; first = false) {
        if (!first && !gx_str_ieq(next_word(&w, &quoted), GX_STR("and")))
            return refuse(ctx);
        struct gx_str attribute = next_word(&w, &quoted);
        struct gx_str op = next_word(&w, &quoted);
        struct gx_str value = next_word(&w, &quoted);
        if (w.broken || !gx_str_ieq(op, GX_STR("eq")) || (value.n == 0 && !quoted))
            return refuse(ctx);
        GX_TRY(term(ctx, attribute, value, &f));
    }
    *ret_filter = f;
    return GX_OK;
}
