/* generic_object.c - labels, pages and links of any object, and values for its fields; see run.h.
 */
#include "run.h"

enum { DEPTH_MAX = 6 };

const struct gx_json *run_generic_find(const struct gx_json *list, const char *key,
                                       struct gx_str value)
{
    for (const struct gx_json *e = list ? list->first : NULL; e; e = e->next)
        if (gx_str_eq(gx_json_get_str(e, key, GX_STR("")), value))
            return e;
    return NULL;
}

static struct gx_str name_of(const struct gx_json *node)
{
    return gx_json_get_str(node, "name", gx_json_get_str(node, "code", GX_STR("?")));
}

static void check(struct run_generic *g, const struct gx_json *object, bool ok, const char *what,
                  struct gx_str name)
{
    g->say(g->p, ok,
           gx_arena_printf(g->arena, "%.*s: %s %.*s", GX_STR_ARG(name_of(object)), what,
                           GX_STR_ARG(name)));
}

/* --- labels */

static bool is_labelled(const struct gx_json *label)
{
    return gx_json_get_str(label, "en", GX_STR("")).n > 0 &&
           gx_json_get_str(label, "zh-Hant", GX_STR("")).n > 0;
}

/* Every "label" and "plural" below a node is there in both languages. */
static void check_labels(struct run_generic *g, const struct gx_json *object,
                         const struct gx_json *node)
{
    bool wants = node->kind == GX_JSON_OBJECT &&
                 (gx_str_is(node->key, "label") || gx_str_is(node->key, "plural"));
    if (wants)
        check(g, object, is_labelled(node), "a label is missing near",
              gx_json_get_str(node, "en", gx_json_get_str(node, "zh-Hant", GX_STR("?"))));
    for (const struct gx_json *k = node->first; k && !wants; k = k->next)
        check_labels(g, object, k);
}

/* --- pages and links */

static bool is_field(const struct gx_json *object, struct gx_str name)
{
    return run_generic_find(gx_json_get(object, "fields"), "name", name) != NULL;
}

/* Texts in nested arrays are names of fields; "fields" of a section holds more of them. */
static void check_names(struct run_generic *g, const struct gx_json *object,
                        const struct gx_json *node)
{
    if (node->kind == GX_JSON_STRING) {
        check(g, object, is_field(object, node->text), "a page has no such field:", node->text);
    } else if (node->kind == GX_JSON_ARRAY) {
        for (const struct gx_json *k = node->first; k; k = k->next)
            check_names(g, object, k);
    } else if (node->kind == GX_JSON_OBJECT && gx_json_get(node, "fields")) {
        check_names(g, object, gx_json_get(node, "fields"));
    }
}

static void check_pages(struct run_generic *g, const struct gx_json *object)
{
    static const char *const of_fields[] = { "list", "form", "phone", "card" };
    const struct gx_json *pages = gx_json_get(object, "pages");
    const struct gx_json *related = gx_json_get(pages, "related");
    for (size_t i = 0; i < GX_COUNT(of_fields); i++)
        if (gx_json_get(pages, of_fields[i]))
            check_names(g, object, gx_json_get(pages, of_fields[i]));
    for (const struct gx_json *r = related ? related->first : NULL; r; r = r->next)
        if (r->kind == GX_JSON_STRING)
            check(g, object,
                  run_generic_find(gx_json_get(object, "relations"), "name", r->text) != NULL,
                  "a page has no such relation:", r->text);
}

static void check_relations(struct run_generic *g, const struct gx_json *object)
{
    const struct gx_json *objects = gx_json_get(g->meta, "objects");
    const struct gx_json *relations = gx_json_get(object, "relations");
    for (const struct gx_json *r = relations ? relations->first : NULL; r; r = r->next) {
        const struct gx_json *other =
            run_generic_find(objects, "name", gx_json_get_str(r, "object", GX_STR("")));
        const struct gx_json *link = run_generic_find(gx_json_get(other, "fields"), "name",
                                                      gx_json_get_str(r, "field", GX_STR("")));
        check(g, object, gx_str_eq(gx_json_get_str(link, "to", GX_STR("")), name_of(object)),
              "what it relates to does not point back:", name_of(r));
    }
    for (const struct gx_json *f = gx_json_get(object, "fields")->first; f; f = f->next) {
        struct gx_str to = gx_json_get_str(f, "to", GX_STR(""));
        struct gx_str process = gx_json_get_str(f, "process", GX_STR(""));
        if (to.n)
            check(g, object, run_generic_find(objects, "name", to) != NULL, "no target of", to);
        if (process.n)
            check(g, object,
                  run_generic_find(gx_json_get(g->meta, "processes"), "name", process) != NULL,
                  "no process", process);
    }
}

void run_generic_object(struct run_generic *g, const struct gx_json *object)
{
    check(g, object, is_field(object, gx_json_get_str(object, "title", GX_STR(""))), "title",
          GX_STR(""));
    check_labels(g, object, object);
    check_pages(g, object);
    check_relations(g, object);
}

/* --- values */

static struct gx_str next_text(struct run_generic *g, const char *format)
{
    size_t *count = gx_map_get(&g->vars->map, GX_STR("generic count"));
    if (!count) {
        count = GX_ARENA_NEW(g->arena, size_t);
        gx_map_set(&g->vars->map, g->arena, GX_STR("generic count"), count);
    }
    return gx_arena_printf(g->arena, "\"%s%zu\"", format, ++*count);
}

static struct gx_str body_of(struct run_generic *g, const struct gx_json *object, bool whole,
                             int depth);

/* A record of its own for each link, so that no unique key of links is met twice. */
static struct gx_str link_value(struct run_generic *g, const struct gx_json *field, int depth)
{
    struct gx_str to = gx_json_get_str(field, "to", GX_STR("")), none = { "", 0 };
    const struct gx_json *target = run_generic_find(gx_json_get(g->meta, "objects"), "name", to);
    struct gx_str body = target && depth < DEPTH_MAX ? body_of(g, target, false, depth + 1) : none;
    int status = 0;
    if (body.n == 0)
        return none;
    const struct gx_json *made =
        g->ask(g->p, g->users->name, "POST",
               gx_arena_printf(g->arena, "/api/v1/%.*s", GX_STR_ARG(to)), body, &status);
    struct gx_str id = gx_json_get_str(made, "id", none);
    return id.n ? gx_arena_printf(g->arena, "\"%.*s\"", GX_STR_ARG(id)) : none;
}

/* A whole number within the bounds of the field. */
static struct gx_str number_value(struct run_generic *g, const struct gx_json *field)
{
    struct gx_str min = gx_json_get_str(field, "min", GX_STR("1"));
    int64_t least = 1;
    if (!gx_str_int64(min, &least) || least < 1)
        least = 1;
    return gx_arena_printf(g->arena, "%lld", (long long)least);
}

/* As replies give it; empty: there is none for such a field. */
static struct gx_str value_of(struct run_generic *g, const struct gx_json *field, int depth)
{
    static const struct {
        const char *type, *value;
    } plain[] = {
        { "longtext", "\"第一行\\nsecond <line>\"" },
        { "boolean", "true" },
        { "date", "\"2026-01-31\"" },
        { "datetime", "\"2026-01-31T23:59:59Z\"" },
        { "duration", "\"PT1H30M\"" },
        { "phone", "\"02-2345-6789\"" },
        { "url", "\"https://example.com/a?b=1\"" },
        { "email", "\"someone@example.com\"" },
        { "address", "{\"street\":\"信義路五段7號\",\"city\":\"臺北市\",\"country\":\"TW\"}" },
        { "location", "{\"lat\":\"25.0339\",\"lon\":\"121.5645\"}" },
    };
    struct gx_str type = gx_json_get_str(field, "type", GX_STR(""));
    for (size_t i = 0; i < GX_COUNT(plain); i++)
        if (gx_str_is(type, plain[i].type))
            return gx_str_c(plain[i].value);
    if (gx_str_is(type, "text"))
        return next_text(g, "x");
    if (gx_str_is(type, "integer"))
        return number_value(g, field);
    struct gx_str number = number_value(g, field);
    if (gx_str_is(type, "decimal") || gx_str_is(type, "percent"))
        return gx_arena_printf(g->arena, "\"%.*s\"", GX_STR_ARG(number));
    if (gx_str_is(type, "money"))
        return gx_arena_printf(g->arena, "{\"amount\":\"%.*s\",\"currency\":\"USD\"}",
                               GX_STR_ARG(number));
    const struct gx_json *choices = gx_json_get(field, "choices");
    if (choices && choices->first && !gx_json_get(field, "process")) {
        bool many = gx_str_is(type, "choices");
        return gx_arena_printf(g->arena, "%s\"%.*s\"%s", many ? "[" : "",
                               GX_STR_ARG(name_of(choices->first)), many ? "]" : "");
    }
    if (gx_str_is(type, "link"))
        return link_value(g, field, depth);
    return GX_STR("");
}

static bool takes_value(const struct gx_json *field)
{
    return !gx_json_get_bool(field, "readonly", false) && !gx_json_get(field, "when") &&
           !gx_json_get_bool(field, "system", false);
}

static struct gx_str body_of(struct run_generic *g, const struct gx_json *object, bool whole,
                             int depth)
{
    struct gx_str body = GX_STR("{");
    for (const struct gx_json *f = gx_json_get(object, "fields")->first; f; f = f->next) {
        bool must = gx_json_get_bool(f, "required", false) && !gx_json_get(f, "default");
        bool may_need = gx_json_get(f, "required_when") && (!gx_json_get(f, "to") || depth == 0);
        bool title = gx_str_eq(name_of(f), gx_json_get_str(object, "title", GX_STR("")));
        if (!takes_value(f) || !(must || may_need || whole || title))
            continue;
        struct gx_str value = value_of(g, f, depth);
        if (value.n == 0 && must)
            return GX_STR("");
        if (value.n)
            body =
                gx_arena_printf(g->arena, "%.*s%s\"%.*s\":%.*s", GX_STR_ARG(body),
                                body.n > 1 ? "," : "", GX_STR_ARG(name_of(f)), GX_STR_ARG(value));
    }
    return gx_arena_printf(g->arena, "%.*s}", GX_STR_ARG(body));
}

struct gx_str run_generic_body(struct run_generic *g, const struct gx_json *object, bool whole)
{
    return body_of(g, object, whole, 0);
}
