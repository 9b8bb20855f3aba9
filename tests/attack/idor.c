/*
 * idor.c - ids of records one may not see, and fields one may not set, on every operation.
 *
 * For a hidden record of each object, each operation with its id answers as for an id that nothing
 * has: the same status, the same words.  So it says nothing, not even that there is such a record.
 */
#include <stdlib.h>
#include <string.h>

#include "attack.h"

static struct person hunter = { .name = "hunter", .roles = "\"lone\"" };
static const char absent[] = "77777777777";

struct hunt {
    const struct gx_json *meta;
    struct gx_str object; /* of the record */
    char id[32];
    int hidden, compared; /* objects, replies */
};

static const struct gx_json *ask_generic(void *p, struct gx_str user, const char *method,
                                         struct gx_str path, struct gx_str body, int *ret_status)
{
    struct attack *a = p;
    (void)user;
    struct call c = { .as = &people[ROOT], .method = method, .path = path, .body = body };
    struct run_reply r = send_call(a, &a->arena, &c);
    *ret_status = r.status;
    return json_of(a, r.body);
}

static bool is_field(const struct gx_json *object, const char *name)
{
    return run_generic_find(gx_json_get(object, "fields"), "name", gx_str_c(name)) != NULL;
}

/* A record of bob's; false: none can be made (an object of the program's own). */
static bool make_hidden(struct attack *a, struct run_generic *g, const struct gx_json *object,
                        struct hunt *h)
{
    int status = 0;
    struct gx_str body = run_generic_body(g, object, false);
    h->object = gx_json_get_str(object, "name", GX_STR(""));
    if (body.n < 2)
        return false;
    if (is_field(object, "owner") && gx_str_search(body, GX_STR("\"owner\"")) == SIZE_MAX)
        body = gx_arena_printf(&a->arena, "{\"owner\":\"%s\"%s%.*s", people[BOB].id,
                               body.n > 2 ? "," : "", GX_STR_ARG(gx_str_from(body, 1)));
    const struct gx_json *made = ask_generic(
        a, g->users->name, "POST",
        gx_arena_printf(&a->arena, "/api/v1/%.*s", GX_STR_ARG(h->object)), body, &status);
    copy(h->id, sizeof h->id, gx_json_get_str(made, "id", GX_STR("")));
    return status == 201 && h->id[0];
}

static bool sees(struct attack *a, const struct hunt *h)
{
    struct call c = { .as = &hunter, .method = "GET" };
    c.path =
        gx_arena_printf(&a->arena, "/api/v1/%.*s?filter=id = '%s'", GX_STR_ARG(h->object), h->id);
    struct run_reply r = send_call(a, &a->arena, &c);
    const struct gx_json *rows = gx_json_get(json_of(a, r.body), "rows");
    return rows && rows->count > 0;
}

/* Without the ids and the number of the request. */
static struct gx_str plain(struct gx_arena *arena, struct gx_str body, const char *id)
{
    static const char mark[] = "\"request_id\":\"";
    size_t n = strlen(id);
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < body.n; i++) {
        struct gx_str rest = gx_str_from(body, i);
        if (gx_str_starts(rest, gx_str_c(id))) {
            gx_buf_addz(&out, "ID");
            i += n - 1;
        } else if (gx_str_starts(rest, gx_str_c(mark))) {
            i += strlen(mark) + 15;
        } else {
            gx_buf_addc(&out, body.p[i]);
        }
    }
    struct gx_str s = gx_arena_str(arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return s;
}

static struct run_reply try_id(struct attack *a, struct gx_arena *arena, bool cookie,
                               const char *method, struct gx_str path, const char *body,
                               const char *id)
{
    struct call c = { .as = &hunter, .cookie = cookie, .method = method };
    struct gx_buf filled = { 0 };
    for (size_t i = 0; body[i]; i++)
        if (body[i] == '$')
            gx_buf_addz(&filled, id);
        else
            gx_buf_addc(&filled, body[i]);
    c.path = fill_path(a, path, id);
    c.body = gx_arena_str(arena, gx_buf_str(&filled));
    c.headers = cookie ? text(a, "X-CSRF-Token: %s\r\n%s", hunter.csrf, "") : NULL;
    gx_buf_free(&filled);
    return send_call(a, arena, &c);
}

static void compare(struct attack *a, struct hunt *h, const char *method, struct gx_str path,
                    const char *body)
{
    for (int cookie = 0; cookie < 2; cookie++) {
        struct gx_arena one = { 0 };
        struct run_reply r = try_id(a, &one, cookie, method, path, body, h->id);
        struct run_reply none = try_id(a, &one, cookie, method, path, body, absent);
        bool same = r.status == none.status &&
                    gx_str_eq(plain(&one, r.body, h->id), plain(&one, none.body, absent));
        say(a, same, "A1 a hidden record is as none",
            gx_arena_printf(&one, "%s %.*s (%.*s %s): %d %.*s against %d %.*s", method,
                            GX_STR_ARG(path), GX_STR_ARG(h->object), h->id, r.status,
                            GX_STR_ARG(r.body), none.status, GX_STR_ARG(none.body)));
        h->compared++;
        gx_arena_free(&one);
    }
}

/* Operations that name the record in the path, or in the parameter `id`. */
static void hunt_operation(struct attack *a, struct gx_str path, const char *method,
                           const struct gx_json *operation, void *p)
{
    struct hunt *h = p;
    struct gx_str prefix = gx_arena_printf(&a->arena, "/api/v1/%.*s/", GX_STR_ARG(h->object));
    const struct gx_json *parameters = gx_json_get(operation, "parameters");
    const char *body = strcmp(method, "GET") == 0 ? "" : "{\"name\":\"taken\"}";
    bool in_query = false;
    for (const struct gx_json *k = parameters ? parameters->first : NULL; k; k = k->next)
        in_query |= gx_str_is(gx_json_get_str(k, "name", GX_STR("")), "id") &&
                    gx_str_is(gx_json_get_str(k, "in", GX_STR("")), "query");
    if (!gx_str_starts(path, prefix))
        return;
    if (gx_str_search(path, GX_STR("{id}")) != SIZE_MAX)
        compare(a, h, method, path, body);
    else if (in_query)
        compare(a, h, method, gx_arena_printf(&a->arena, "%.*s?id={id}", GX_STR_ARG(path)), body);
}

/* As the target of a link, and of a file, in bulk, and of a filter. */
static void hunt_links(struct attack *a, struct hunt *h)
{
    const struct gx_json *objects = gx_json_get(h->meta, "objects");
    for (const struct gx_json *o = objects ? objects->first : NULL; o; o = o->next) {
        struct gx_str name = gx_json_get_str(o, "name", GX_STR(""));
        for (const struct gx_json *f = gx_json_get(o, "fields")->first; f; f = f->next) {
            struct gx_str field = gx_json_get_str(f, "name", GX_STR(""));
            if (!gx_str_eq(gx_json_get_str(f, "to", GX_STR("")), h->object))
                continue;
            const char *body = gx_arena_printf(&a->arena, "{\"%.*s\":\"$\"}", GX_STR_ARG(field)).p;
            struct gx_str at = gx_arena_printf(&a->arena, "/api/v1/%.*s", GX_STR_ARG(name));
            compare(a, h, "POST", at, body);
            compare(a, h, "POST", gx_arena_printf(&a->arena, "%.*s/check", GX_STR_ARG(at)), body);
            compare(a, h, "GET",
                    gx_arena_printf(&a->arena, "%.*s?filter=%.*s = '{id}'", GX_STR_ARG(at),
                                    GX_STR_ARG(field)),
                    "");
        }
    }
    struct gx_str at = gx_arena_printf(&a->arena, "/api/v1/%.*s", GX_STR_ARG(h->object));
    compare(a, h, "POST", gx_arena_printf(&a->arena, "%.*s/bulk", GX_STR_ARG(at)),
            "{\"mode\":\"update\",\"rows\":[{\"id\":\"$\",\"name\":\"taken\"}]}");
    compare(a, h, "GET",
            gx_arena_printf(&a->arena, "%.*s/count?filter=id = '{id}'", GX_STR_ARG(at)), "");
    compare(a, h, "GET",
            gx_arena_printf(&a->arena, "%.*s?filter=id = '{id}'&format=csv", GX_STR_ARG(at)), "");
}

/* A8: what is the program's cannot be set, by whoever. */
static void assign(struct attack *a, const struct gx_json *object, const struct hunt *h)
{
    static const char *const made_up[] = { "is_admin", "admin",      "tenant_id", "tenant",
                                           "ver",      "roles",      "password",  "hash",
                                           "gx_role",  "created_us", "__proto__", "constructor" };
    struct gx_str at = gx_arena_printf(&a->arena, "/api/v1/%.*s/%s", GX_STR_ARG(h->object), h->id);
    const char *where = gx_arena_cstr(&a->arena, at);
    struct gx_str before = ask(a, NULL, "GET", where, "").body;
    for (const struct gx_json *f = gx_json_get(object, "fields")->first; f; f = f->next) {
        bool fixed = gx_json_get_bool(f, "system", false) || gx_json_get_bool(f, "readonly", false);
        const char *name = gx_arena_cstr(&a->arena, gx_json_get_str(f, "name", GX_STR("")));
        if (!fixed)
            continue;
        struct run_reply r =
            ask(a, &people[ROOT], "PATCH", where, text(a, "{\"%s\":\"1\"%s}", name, ""));
        say(a, r.status == 422 || r.status == 403, "A8 a field of the program",
            gx_arena_printf(&a->arena, "%s of %s: %d %.*s", name, where, r.status,
                            GX_STR_ARG(r.body)));
    }
    for (size_t i = 0; i < GX_COUNT(made_up); i++) {
        if (is_field(object, made_up[i]))
            continue;
        struct run_reply r =
            ask(a, &people[ROOT], "PATCH", where, text(a, "{\"%s\":\"1\"%s}", made_up[i], ""));
        say(a, r.status == 422 || r.status == 403, "A8 a field that is none",
            gx_arena_printf(&a->arena, "%s of %s: %d %.*s", made_up[i], where, r.status,
                            GX_STR_ARG(r.body)));
    }
    struct gx_str after = ask(a, NULL, "GET", where, "").body;
    say(a, gx_str_eq(before, after), "A8 the record is as it was", at);
}

void attack_ids(struct attack *a)
{
    struct hunt h = { .meta = json_of(a, ask(a, NULL, "GET", "/api/v1/meta", "").body) };
    struct run_vars vars = { .arena = &a->arena };
    struct run_user root = { .name = GX_STR("root") };
    struct run_generic g = { .arena = &a->arena,
                             .users = &root,
                             .vars = &vars,
                             .meta = h.meta,
                             .p = a,
                             .ask = ask_generic };
    const struct gx_json *objects = gx_json_get(h.meta, "objects");
    make_person(a, &hunter);
    for (const struct gx_json *o = objects ? objects->first : NULL; o; o = o->next) {
        if (!make_hidden(a, &g, o, &h))
            continue;
        assign(a, o, &h);
        if (sees(a, &h))
            continue;
        uint64_t before = all_records(a);
        h.hidden++;
        each_operation(a, hunt_operation, &h);
        hunt_links(a, &h);
        say(a, all_records(a) == before, "A3 who hunts changes nothing", h.object);
    }
    if (getenv("TIMES"))
        printf("%d hidden, %d compared\n", h.hidden, h.compared);
    say(a, h.hidden >= 8 && h.compared > 500, "A1 there is something to hunt",
        gx_arena_printf(&a->arena, "%d objects, %d replies", h.hidden, h.compared));
}
