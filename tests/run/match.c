/* match.c - expected against had: subsets, and values remembered under $names; see run.h. */
#include "run.h"

#include <stdlib.h>

static bool is_name(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

/* Length of the $name at the front, with its dollar sign; 0: none. */
static size_t name_length(struct gx_str s)
{
    size_t n = 1;
    if (s.n < 2 || s.p[0] != '$')
        return 0;
    while (n < s.n && is_name(s.p[n], n == 1))
        n++;
    return n > 1 ? n : 0;
}

bool run_vars_fill(struct run_vars *vars, struct gx_str text, struct gx_str *ret_text,
                   struct gx_str *ret_unknown)
{
    struct gx_buf out = { 0 };
    bool known = true;
    while (text.n && known) {
        size_t plain = gx_str_find(text, '$');
        gx_buf_add(&out, (struct gx_str){ text.p, plain });
        text = gx_str_from(text, plain);
        size_t n = name_length(text);
        if (n) {
            const struct gx_str name = { text.p, n };
            const struct gx_str *value = gx_map_get(&vars->map, name);
            known = value != NULL;
            if (known)
                gx_buf_add(&out, *value);
            else
                *ret_unknown = name;
        } else if (text.n) {
            n = gx_str_starts(text, GX_STR("$$")) ? 2 : 1;
            gx_buf_addc(&out, '$');
        }
        text = gx_str_from(text, n);
    }
    if (known)
        *ret_text = gx_arena_str(vars->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return known;
}

bool run_match_text(struct run_vars *vars, struct gx_str want, struct gx_str have)
{
    struct gx_str filled = { "", 0 }, unknown = { "", 0 };
    if (gx_str_is(want, "*"))
        return true;
    if (run_vars_fill(vars, want, &filled, &unknown))
        return gx_str_eq(filled, have);
    if (!gx_str_eq(unknown, want))
        return false;
    struct gx_str *value = GX_ARENA_NEW(vars->arena, struct gx_str);
    *value = gx_arena_str(vars->arena, have);
    gx_map_set(&vars->map, vars->arena, gx_arena_str(vars->arena, want), value);
    return true;
}

static struct gx_str shown(struct run_vars *vars, const struct gx_json *node)
{
    struct gx_buf out = { 0 };
    struct gx_jw w = gx_jw(&out);
    gx_json_write(&w, node);
    struct gx_str text = gx_arena_str(vars->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    if (text.n > 200)
        text.n = 200;
    return text;
}

static bool differ(struct run_vars *vars, const struct gx_json *want, const struct gx_json *have,
                   struct gx_str path, struct gx_str *ret_why)
{
    struct gx_str w = shown(vars, want), h = shown(vars, have);
    *ret_why = gx_arena_printf(vars->arena, "%.*s is %.*s, not %.*s", GX_STR_ARG(path),
                               GX_STR_ARG(h), GX_STR_ARG(w));
    return false;
}

static bool same_number(struct gx_str a, struct gx_str b)
{
    char x[64], y[64];
    if (gx_str_eq(a, b))
        return true;
    if (a.n >= sizeof x || b.n >= sizeof y)
        return false;
    snprintf(x, sizeof x, "%.*s", GX_STR_ARG(a));
    snprintf(y, sizeof y, "%.*s", GX_STR_ARG(b));
    double difference = strtod(x, NULL) - strtod(y, NULL);
    return !(difference < 0) && !(difference > 0);
}

static bool match_object(struct run_vars *vars, const struct gx_json *want,
                         const struct gx_json *have, struct gx_str path, struct gx_str *ret_why)
{
    for (const struct gx_json *w = want->first; w; w = w->next) {
        struct gx_str at =
            gx_arena_printf(vars->arena, "%.*s.%.*s", GX_STR_ARG(path), GX_STR_ARG(w->key));
        const struct gx_json *h = have->first;
        while (h && !gx_str_eq(h->key, w->key))
            h = h->next;
        if (!h) {
            *ret_why = gx_arena_printf(vars->arena, "%.*s is not there", GX_STR_ARG(at));
            return false;
        }
        if (!run_match(vars, w, h, at, ret_why))
            return false;
    }
    return true;
}

/* ["...", x]: x is somewhere in it; otherwise element by element. */
static bool match_array(struct run_vars *vars, const struct gx_json *want,
                        const struct gx_json *have, struct gx_str path, struct gx_str *ret_why)
{
    const struct gx_json *w = want->first, *h = have->first;
    if (w && w->kind == GX_JSON_STRING && gx_str_is(w->text, "...")) {
        for (w = w->next; w; w = w->next) {
            struct gx_str why = { "", 0 };
            for (h = have->first; h && !run_match(vars, w, h, path, &why); h = h->next)
                ;
            if (!h)
                return differ(vars, w, have, path, ret_why);
        }
        return true;
    }
    if (want->count != have->count) {
        *ret_why = gx_arena_printf(vars->arena, "%.*s has %zu elements, not %zu", GX_STR_ARG(path),
                                   have->count, want->count);
        return false;
    }
    for (size_t i = 0; w; w = w->next, h = h->next, i++)
        if (!run_match(vars, w, h, gx_arena_printf(vars->arena, "%.*s[%zu]", GX_STR_ARG(path), i),
                       ret_why))
            return false;
    return true;
}

bool run_match(struct run_vars *vars, const struct gx_json *want, const struct gx_json *have,
               struct gx_str path, struct gx_str *ret_why)
{
    if (want->kind == GX_JSON_STRING) {
        bool scalar = have->kind != GX_JSON_OBJECT && have->kind != GX_JSON_ARRAY;
        bool variable = want->text.n && (want->text.p[0] == '$' || want->text.p[0] == '*');
        if (!variable && have->kind != GX_JSON_STRING)
            return differ(vars, want, have, path, ret_why);
        struct gx_str text = have->text;
        if (have->kind == GX_JSON_BOOL || have->kind == GX_JSON_NULL || !scalar)
            text = shown(vars, have);
        return run_match_text(vars, want->text, text) || differ(vars, want, have, path, ret_why);
    }
    if (want->kind != have->kind)
        return differ(vars, want, have, path, ret_why);
    switch (want->kind) {
    case GX_JSON_OBJECT:
        return match_object(vars, want, have, path, ret_why);
    case GX_JSON_ARRAY:
        return match_array(vars, want, have, path, ret_why);
    case GX_JSON_NUMBER:
        return same_number(want->text, have->text) || differ(vars, want, have, path, ret_why);
    default:
        return want->truth == have->truth || differ(vars, want, have, path, ret_why);
    }
}
