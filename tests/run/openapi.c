/* openapi.c - the reply against the document the server itself gives; see run.h. */
#include "run.h"

#include <regex.h>

enum { REF_DEPTH_MAX = 64 };

static bool fail(struct run_api *api, struct gx_str path, struct gx_str *ret_why, const char *what,
                 struct gx_str name)
{
    *ret_why = gx_arena_printf(api->arena, "OpenAPI: %.*s %s%.*s", GX_STR_ARG(path), what,
                               GX_STR_ARG(name));
    return false;
}

static const struct gx_json *member(const struct gx_json *object, struct gx_str key)
{
    if (!object || object->kind != GX_JSON_OBJECT)
        return NULL;
    for (const struct gx_json *m = object->first; m; m = m->next)
        if (gx_str_eq(m->key, key))
            return m;
    return NULL;
}

/* "#/components/schemas/x", with ~1 for a slash. */
static const struct gx_json *follow(struct run_api *api, struct gx_str ref)
{
    const struct gx_json *node = api->root;
    struct gx_str piece = { "", 0 };
    if (!gx_str_starts(ref, GX_STR("#/")))
        return NULL;
    struct gx_str rest = gx_str_from(ref, 2);
    while (node && gx_str_split(&rest, '/', &piece)) {
        char *plain = gx_arena_cstr(api->arena, piece), *out = plain;
        for (const char *p = plain; *p; p++) {
            bool escape = p[0] == '~' && (p[1] == '0' || p[1] == '1');
            *out++ = escape ? (p[1] == '0' ? '~' : '/') : *p;
            p += escape;
        }
        node = member(node, (struct gx_str){ plain, (size_t)(out - plain) });
    }
    return node;
}

static const struct gx_json *resolve(struct run_api *api, const struct gx_json *schema)
{
    for (int i = 0; schema && i < REF_DEPTH_MAX; i++) {
        struct gx_str ref = gx_json_get_str(schema, "$ref", GX_STR(""));
        if (ref.n == 0)
            return schema;
        schema = follow(api, ref);
    }
    return NULL;
}

static bool is_integer(struct gx_str number)
{
    for (size_t i = 0; i < number.n; i++)
        if (number.p[i] == '.' || number.p[i] == 'e' || number.p[i] == 'E')
            return false;
    return true;
}

static bool is_type(struct gx_str type, const struct gx_json *value)
{
    static const char *const names[] = {
        [GX_JSON_NULL] = "null",     [GX_JSON_BOOL] = "boolean", [GX_JSON_NUMBER] = "number",
        [GX_JSON_STRING] = "string", [GX_JSON_ARRAY] = "array",  [GX_JSON_OBJECT] = "object",
    };
    if (gx_str_is(type, "integer"))
        return value->kind == GX_JSON_NUMBER && is_integer(value->text);
    return gx_str_is(type, names[value->kind]);
}

static bool check_type(const struct gx_json *type, const struct gx_json *value)
{
    if (!type)
        return true;
    if (type->kind == GX_JSON_STRING)
        return is_type(type->text, value);
    for (const struct gx_json *t = type->first; t; t = t->next)
        if (is_type(t->text, value))
            return true;
    return false;
}

static bool same(const struct gx_json *a, const struct gx_json *b)
{
    return a->kind == b->kind && a->truth == b->truth && gx_str_eq(a->text, b->text);
}

static bool in_enum(const struct gx_json *words, const struct gx_json *value)
{
    for (const struct gx_json *w = words->first; w; w = w->next)
        if (same(w, value))
            return true;
    return false;
}

/* minimum and the like, for whole numbers: what the tables of the program can say. */
static bool check_bounds(const struct gx_json *schema, const struct gx_json *value)
{
    const char *min = "minimum", *max = "maximum";
    int64_t n = 0, bound = 0;
    if (value->kind == GX_JSON_ARRAY) {
        min = "minItems";
        max = "maxItems";
        n = (int64_t)value->count;
    } else if (value->kind == GX_JSON_STRING) {
        min = "minLength";
        max = "maxLength";
        for (size_t i = 0; i < value->text.n; i++)
            n += ((unsigned char)value->text.p[i] & 0xc0) != 0x80;
    } else if (value->kind != GX_JSON_NUMBER || !gx_json_int64(value, &n)) {
        return true;
    }
    if (gx_json_int64(gx_json_get(schema, min), &bound) && n < bound)
        return false;
    return !gx_json_int64(gx_json_get(schema, max), &bound) || n <= bound;
}

static bool fits_pattern(struct run_api *api, struct gx_str pattern, struct gx_str text)
{
    regex_t regex;
    if (regcomp(&regex, gx_arena_cstr(api->arena, pattern), REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool fits = regexec(&regex, gx_arena_cstr(api->arena, text), 0, NULL, 0) == 0;
    regfree(&regex);
    return fits;
}

static const struct gx_json *fitting_pattern(struct run_api *api, const struct gx_json *patterns,
                                             struct gx_str key)
{
    for (const struct gx_json *p = patterns ? patterns->first : NULL; p; p = p->next)
        if (fits_pattern(api, p->key, key))
            return p;
    return NULL;
}

static bool check_object(struct run_api *api, const struct gx_json *schema,
                         const struct gx_json *value, struct gx_str path, struct gx_str *ret_why)
{
    const struct gx_json *required = gx_json_get(schema, "required");
    for (const struct gx_json *r = required ? required->first : NULL; r; r = r->next)
        if (!member(value, r->text))
            return fail(api, path, ret_why, "has no ", r->text);
    const struct gx_json *properties = gx_json_get(schema, "properties");
    const struct gx_json *patterns = gx_json_get(schema, "patternProperties");
    const struct gx_json *others = gx_json_get(schema, "additionalProperties");
    for (const struct gx_json *m = value->first; m; m = m->next) {
        struct gx_str at =
            gx_arena_printf(api->arena, "%.*s.%.*s", GX_STR_ARG(path), GX_STR_ARG(m->key));
        const struct gx_json *property = member(properties, m->key);
        if (!property)
            property = fitting_pattern(api, patterns, m->key);
        if (!property && others && others->kind == GX_JSON_BOOL && !others->truth)
            return fail(api, at, ret_why, "is not documented", GX_STR(""));
        if (!property && others && others->kind == GX_JSON_OBJECT)
            property = others;
        if (property && !run_schema_check(api, property, m, at, ret_why))
            return false;
    }
    return true;
}

static bool check_array(struct run_api *api, const struct gx_json *schema,
                        const struct gx_json *value, struct gx_str path, struct gx_str *ret_why)
{
    const struct gx_json *items = gx_json_get(schema, "items");
    size_t i = 0;
    for (const struct gx_json *e = items ? value->first : NULL; e; e = e->next, i++) {
        struct gx_str at = gx_arena_printf(api->arena, "%.*s[%zu]", GX_STR_ARG(path), i);
        if (!run_schema_check(api, items, e, at, ret_why))
            return false;
    }
    return true;
}

/* How many of a list of schemas fit; *ret_why is of the last that does not. */
static size_t fitting(struct run_api *api, const struct gx_json *list, const struct gx_json *value,
                      struct gx_str path, struct gx_str *ret_why)
{
    size_t n = 0;
    for (const struct gx_json *s = list->first; s; s = s->next)
        n += run_schema_check(api, s, value, path, ret_why);
    return n;
}

static bool check_choices(struct run_api *api, const struct gx_json *schema,
                          const struct gx_json *value, struct gx_str path, struct gx_str *ret_why)
{
    const struct gx_json *all = gx_json_get(schema, "allOf");
    const struct gx_json *any = gx_json_get(schema, "anyOf");
    const struct gx_json *one = gx_json_get(schema, "oneOf");
    if (all && fitting(api, all, value, path, ret_why) != all->count)
        return false;
    if (any && fitting(api, any, value, path, ret_why) == 0)
        return false;
    if (one && fitting(api, one, value, path, ret_why) != 1)
        return fail(api, path, ret_why, "does not fit exactly one of oneOf", GX_STR(""));
    return true;
}

bool run_schema_check(struct run_api *api, const struct gx_json *schema,
                      const struct gx_json *value, struct gx_str path, struct gx_str *ret_why)
{
    const struct gx_json *found = resolve(api, schema);
    if (!found)
        return fail(api, path, ret_why, "has a $ref to nothing", GX_STR(""));
    if (found->kind == GX_JSON_BOOL)
        return found->truth || fail(api, path, ret_why, "is not allowed", GX_STR(""));
    const struct gx_json *words = gx_json_get(found, "enum"), *one = gx_json_get(found, "const");
    if (!check_type(gx_json_get(found, "type"), value))
        return fail(api, path, ret_why, "has another type", GX_STR(""));
    if ((words && !in_enum(words, value)) || (one && !same(one, value)))
        return fail(api, path, ret_why, "is not one of the documented values: ", value->text);
    struct gx_str pattern = gx_json_get_str(found, "pattern", GX_STR(""));
    if (pattern.n && value->kind == GX_JSON_STRING && !fits_pattern(api, pattern, value->text))
        return fail(api, path, ret_why, "has another form: ", value->text);
    if (!check_bounds(found, value))
        return fail(api, path, ret_why, "is out of bounds", GX_STR(""));
    if (!check_choices(api, found, value, path, ret_why))
        return false;
    if (value->kind == GX_JSON_OBJECT)
        return check_object(api, found, value, path, ret_why);
    return value->kind != GX_JSON_ARRAY || check_array(api, found, value, path, ret_why);
}

/* How well a documented path fits: its number of literal pieces + 1; 0: not at all. */
static int fits(struct gx_str pattern, struct gx_str path)
{
    struct gx_str a = { "", 0 }, b = { "", 0 };
    int score = 1;
    while (gx_str_split(&pattern, '/', &a)) {
        if (!gx_str_split(&path, '/', &b))
            return 0;
        if (a.n && a.p[0] == '{') {
            if (b.n == 0)
                return 0;
        } else if (gx_str_eq(a, b)) {
            score++;
        } else {
            return 0;
        }
    }
    return path.p ? 0 : score;
}

static const struct gx_json *find_path(struct run_api *api, struct gx_str path)
{
    const struct gx_json *best = NULL, *paths = gx_json_get(api->root, "paths");
    int best_score = 0;
    for (const struct gx_json *p = paths ? paths->first : NULL; p; p = p->next) {
        int score = fits(p->key, path);
        if (score > best_score) {
            best = p;
            best_score = score;
        }
    }
    return best;
}

static struct gx_str lower(struct gx_arena *arena, struct gx_str s)
{
    char *out = gx_arena_cstr(arena, s);
    for (size_t i = 0; i < s.n; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] + ('a' - 'A'));
    return (struct gx_str){ out, s.n };
}

static const struct gx_json *find_response(struct run_api *api, const struct gx_json *operation,
                                           int status)
{
    const struct gx_json *responses = gx_json_get(operation, "responses");
    const struct gx_json *found = member(responses, gx_arena_printf(api->arena, "%d", status));
    if (!found)
        found = member(responses, gx_arena_printf(api->arena, "%dXX", status / 100));
    return resolve(api, found ? found : member(responses, GX_STR("default")));
}

/* The schema of a content type, whatever is said behind its semicolon. */
static const struct gx_json *find_schema(const struct gx_json *response, struct gx_str type)
{
    type.n = gx_str_find(type, ';');
    const struct gx_json *content = gx_json_get(response, "content");
    for (const struct gx_json *c = content ? content->first : NULL; c; c = c->next)
        if (gx_str_ieq(c->key, type))
            return gx_json_get(c, "schema");
    return NULL;
}

static bool check_lines(struct run_api *api, const struct gx_json *schema,
                        const struct gx_json *lines, struct gx_str *ret_why)
{
    for (const struct gx_json *line = lines->first; line; line = line->next)
        if (!run_schema_check(api, schema, line, GX_STR("line"), ret_why))
            return false;
    return true;
}

bool run_api_check(struct run_api *api, struct gx_str method, struct gx_str path, int status,
                   struct gx_str type, const struct gx_json *value, struct gx_str *ret_why)
{
    if (!api->root)
        return true;
    path.n = gx_str_find(path, '?');
    const struct gx_json *at = find_path(api, path);
    const struct gx_json *operation = member(at, lower(api->arena, method));
    struct gx_str route = gx_arena_printf(api->arena, "%.*s %.*s", GX_STR_ARG(method),
                                          GX_STR_ARG(at ? at->key : path));
    if (!operation)
        return status == 404 || status == 405 ||
               fail(api, route, ret_why, "is not documented", GX_STR(""));
    gx_map_set(&api->hit, api->arena, route, api);
    const struct gx_json *response = find_response(api, operation, status);
    if (!response)
        return fail(api, route, ret_why, "does not document status ",
                    gx_arena_printf(api->arena, "%d", status));
    if (type.n == 0)
        return status == 304 || !gx_json_get(response, "content") ||
               fail(api, route, ret_why, "documents a body, but there is none", GX_STR(""));
    const struct gx_json *schema = find_schema(response, type);
    if (!schema)
        return fail(api, route, ret_why, "does not document content of type ", type);
    if (!value)
        return true;
    if (gx_str_search(type, GX_STR("ndjson")) != SIZE_MAX)
        return check_lines(api, schema, value, ret_why);
    return run_schema_check(api, schema, value, GX_STR("reply"), ret_why);
}

void run_api_each(struct run_api *api, void (*each)(void *p, struct gx_str route, bool hit),
                  void *p)
{
    static const char *const methods[] = { "get", "post", "patch", "put", "delete" };
    static const char *const names[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };
    const struct gx_json *paths = gx_json_get(api->root, "paths");
    for (const struct gx_json *path = paths ? paths->first : NULL; path; path = path->next)
        for (size_t i = 0; i < GX_COUNT(methods); i++)
            if (gx_json_get(path, methods[i])) {
                struct gx_str route =
                    gx_arena_printf(api->arena, "%s %.*s", names[i], GX_STR_ARG(path->key));
                bool hit = gx_map_get(&api->hit, route) != NULL;
                struct gx_str of =
                    gx_json_get_str(gx_json_get(path, methods[i]), "x-route", path->key);
                each(p, gx_arena_printf(api->arena, "%s %.*s", names[i], GX_STR_ARG(of)), hit);
            }
}
