/*
 * generic.c - what holds for every object of every pack, without a line about any of them.
 *
 * A value of each field comes back as it was; a key that is no field is refused; and for each user
 * the levels that GET /api/v1/meta says agree with what one may read, list, count, export, find,
 * change and delete.  See run.h.
 */
#include "run.h"

#include "base/assert.h"

enum { RECORDS_MAX = 16 };

/* Records of one object, one for each user: owned by that user where the object is owned. */
struct records {
    const struct gx_json *object;
    struct gx_str name;
    bool owned;
    size_t n;
    struct gx_str id[RECORDS_MAX], owner[RECORDS_MAX];
};

static void check(struct run_generic *g, bool ok, const struct records *r, struct gx_str user,
                  const char *what, int got)
{
    g->say(g->p, ok,
           gx_arena_printf(g->arena, "%.*s as %.*s: %s (%d)", GX_STR_ARG(r->name), GX_STR_ARG(user),
                           what, got));
}

static struct gx_str path_of(struct run_generic *g, const struct records *r, const char *rest)
{
    return gx_arena_printf(g->arena, "/api/v1/%.*s%s", GX_STR_ARG(r->name), rest);
}

static struct gx_str path_to(struct run_generic *g, const struct records *r, size_t i)
{
    return gx_arena_printf(g->arena, "/api/v1/%.*s/%.*s", GX_STR_ARG(r->name),
                           GX_STR_ARG(r->id[i]));
}

/* --- round trip */

static void check_round_trip(struct run_generic *g, struct records *r)
{
    struct gx_str admin = g->users->name, why = { "", 0 };
    struct gx_str body = run_generic_body(g, r->object, true);
    struct gx_json *want = NULL;
    struct gx_ctx ctx = { .arena = g->arena, .lang = GX_LANG_EN };
    int status = 0;
    g->ask(g->p, admin, "POST", path_of(g, r, ""), GX_STR("{\"no_such_field_here\":1}"), &status);
    check(g, status == 422, r, admin, "a key that is no field was not refused", status);
    if (body.n == 0)
        return;
    const struct gx_json *made = g->ask(g->p, admin, "POST", path_of(g, r, ""), body, &status);
    check(g, status == 201, r, admin, gx_arena_printf(g->arena, "create %.*s", GX_STR_ARG(body)).p,
          status);
    struct gx_str id = gx_json_get_str(made, "id", GX_STR(""));
    if (status != 201)
        return;
    gx_assert(gx_json_read(&ctx, body, &want) == GX_OK);
    const struct gx_json *have =
        g->ask(g->p, admin, "GET",
               gx_arena_printf(g->arena, "/api/v1/%.*s/%.*s", GX_STR_ARG(r->name), GX_STR_ARG(id)),
               GX_STR(""), &status);
    for (struct gx_json *w = want->first; have && w; w = w->next) {
        const struct gx_json *h = gx_json_get(have, gx_arena_cstr(g->arena, w->key));
        if (h && h->kind == GX_JSON_OBJECT && w->kind == GX_JSON_STRING)
            h = gx_json_get(h, "id"); /* a link is written by its id alone */
        bool ok = h && run_match(g->vars, w, h, w->key, &why);
        check(g, ok, r, admin, ok ? "" : gx_arena_cstr(g->arena, why), status);
    }
}

/* --- rights */

static struct gx_str level(const struct gx_json *object, const char *right)
{
    return gx_json_get_str(gx_json_get(object, "rights"), right, GX_STR("none"));
}

/* Rights that are only said to be there or not. */
static bool may(const struct gx_json *object, const char *right)
{
    return gx_json_get_bool(gx_json_get(object, "rights"), right, false);
}

/* Does a level reach this record? */
static bool reaches(struct gx_str level, const struct records *r, size_t i, struct gx_str user)
{
    return gx_str_is(level, "all") || (gx_str_is(level, "own") && gx_str_eq(r->owner[i], user));
}

static bool has_id(const struct gx_json *rows, struct gx_str id)
{
    return run_generic_find(rows, "id", id) != NULL;
}

/* The ids of a list page by page, two at a time, so that cursors matter. */
static size_t count_pages(struct run_generic *g, const struct records *r, struct gx_str user,
                          bool *seen)
{
    struct gx_str cursor = { "", 0 };
    size_t total = 0;
    do {
        int status = 0;
        struct gx_str path =
            gx_arena_printf(g->arena, "/api/v1/%.*s?limit=2&fields=created_at%s%.*s",
                            GX_STR_ARG(r->name), cursor.n ? "&cursor=" : "", GX_STR_ARG(cursor));
        const struct gx_json *page = g->ask(g->p, user, "GET", path, GX_STR(""), &status);
        const struct gx_json *rows = gx_json_get(page, "rows");
        for (size_t i = 0; i < r->n; i++)
            seen[i] |= has_id(rows, r->id[i]);
        total += rows ? rows->count : 0;
        cursor = gx_json_get_str(page, "next", GX_STR(""));
    } while (cursor.n);
    return total;
}

static void check_reading(struct run_generic *g, const struct records *r,
                          const struct gx_json *object, struct gx_str user)
{
    struct gx_str read = level(object, "read");
    bool none = gx_str_is(read, "none"), listed[RECORDS_MAX] = { false };
    int status = 0;
    for (size_t i = 0; i < r->n; i++) {
        g->ask(g->p, user, "GET", path_to(g, r, i), GX_STR(""), &status);
        int want = none ? 403 : reaches(read, r, i, user) ? 200 : 404;
        check(g, status == want, r, user, "read", status);
    }
    g->ask(g->p, user, "GET", path_of(g, r, "?limit=1"), GX_STR(""), &status);
    check(g, status == (none ? 403 : 200), r, user, "list", status);
    const struct gx_json *count =
        g->ask(g->p, user, "GET", path_of(g, r, "/count"), GX_STR(""), &status);
    check(g, status == (none ? 403 : 200), r, user, "count", status);
    if (!none) {
        int64_t counted = gx_json_get_int(count, "count", -1);
        size_t total = count_pages(g, r, user, listed);
        check(g, (int64_t)total == counted, r, user, "the pages and the count differ", (int)total);
    }
    for (size_t i = 0; i < r->n && !none; i++)
        check(g, listed[i] == reaches(read, r, i, user), r, user, "listed and read differ", (int)i);
    const struct gx_json *lines = g->ask(
        g->p, user, "GET", path_of(g, r, "?format=ndjson&fields=created_at"), GX_STR(""), &status);
    bool exports = may(object, "export");
    check(g, status == (exports ? 200 : 403), r, user, "export", status);
    for (size_t i = 0; i < r->n && exports; i++) {
        bool mine = gx_str_eq(r->owner[i], user), out = has_id(lines, r->id[i]);
        check(g, (out || !mine) && (!out || reaches(read, r, i, user)), r, user,
              "exported against the level", (int)i);
    }
}

/* Search finds by title exactly what may be read. */
static void check_search(struct run_generic *g, const struct records *r,
                         const struct gx_json *object, struct gx_str user)
{
    struct gx_str title = gx_json_get_str(r->object, "title", GX_STR(""));
    int status = 0;
    for (size_t i = 0; i < r->n && gx_json_get_bool(r->object, "searched", false); i++) {
        const struct gx_json *record =
            g->ask(g->p, g->users->name, "GET", path_to(g, r, i), GX_STR(""), &status);
        const struct gx_json *text = gx_json_get(record, gx_arena_cstr(g->arena, title));
        if (!text || text->kind != GX_JSON_STRING)
            continue;
        struct gx_str path = gx_arena_printf(g->arena, "/api/v1/search?limit=50&object=%.*s&q=%.*s",
                                             GX_STR_ARG(r->name), GX_STR_ARG(text->text));
        const struct gx_json *by_admin =
            gx_json_get(g->ask(g->p, g->users->name, "GET", path, GX_STR(""), &status), "rows");
        const struct gx_json *by_user =
            gx_json_get(g->ask(g->p, user, "GET", path, GX_STR(""), &status), "rows");
        bool expected = has_id(by_admin, r->id[i]) && reaches(level(object, "read"), r, i, user);
        check(g, has_id(by_user, r->id[i]) == expected, r, user, "found against the level", status);
    }
}

static void check_writing(struct run_generic *g, const struct records *r,
                          const struct gx_json *object, struct gx_str user)
{
    static const char *const rights[] = { "edit", "delete" };
    static const char *const methods[] = { "PATCH", "DELETE" };
    int status = 0;
    for (size_t k = 0; k < GX_COUNT(rights); k++)
        for (size_t i = 0; i < r->n; i++) {
            bool sees = reaches(level(object, "read"), r, i, user);
            bool reached = reaches(level(object, rights[k]), r, i, user);
            if (k == 1 && reached) /* others still need it; its own test is below */
                continue;
            g->ask(g->p, user, methods[k], path_to(g, r, i), k ? GX_STR("") : GX_STR("{}"),
                   &status);
            bool ok =
                reached && sees ? status == 200 : status == (sees ? 403 : 404) || status == 403;
            check(g, ok, r, user, rights[k], status);
        }
    struct gx_str body = run_generic_body(g, r->object, false);
    bool may_create = may(object, "create");
    const struct gx_json *made = g->ask(g->p, user, "POST", path_of(g, r, ""), body, &status);
    /* 422: a link to a record that this user may not see */
    check(g, may_create ? status == 201 || status == 422 : status == 403, r, user, "create",
          status);
    struct gx_str id = gx_json_get_str(made, "id", GX_STR(""));
    if (!may_create || !id.n || !r->owned)
        return;
    struct gx_str path =
        gx_arena_printf(g->arena, "/api/v1/%.*s/%.*s", GX_STR_ARG(r->name), GX_STR_ARG(id));
    bool may_delete = !gx_str_is(level(object, "delete"), "none");
    g->ask(g->p, user, "DELETE", path, GX_STR(""), &status);
    check(g, status == (may_delete ? 204 : 403), r, user, "delete one's own", status);
    g->ask(g->p, user, "GET", path, GX_STR(""), &status);
    check(g, status == (may_delete ? 404 : 200), r, user, "read it after", status);
}

static void make_records(struct run_generic *g, struct records *r)
{
    for (const struct run_user *u = g->users; u && r->n < RECORDS_MAX; u = u->next) {
        struct gx_str body = run_generic_body(g, r->object, false);
        int status = 0;
        if (body.n == 0)
            return;
        const struct gx_str *owner =
            gx_map_get(&g->vars->map, gx_arena_printf(g->arena, "$%.*s", GX_STR_ARG(u->name)));
        if (r->owned)
            body = gx_arena_printf(g->arena, "{\"owner\":\"%.*s\"%s%.*s", GX_STR_ARG(*owner),
                                   body.n > 2 ? "," : "", GX_STR_ARG(gx_str_from(body, 1)));
        const struct gx_json *made =
            g->ask(g->p, g->users->name, "POST", path_of(g, r, ""), body, &status);
        check(g, status == 201, r, u->name, "a record to own", status);
        if (status != 201)
            return;
        r->id[r->n] = gx_json_get_str(made, "id", GX_STR(""));
        r->owner[r->n++] = r->owned ? u->name : GX_STR("");
    }
}

static void check_rights(struct run_generic *g, struct records *r)
{
    make_records(g, r);
    for (const struct run_user *u = g->users; r->n && u; u = u->next) {
        int status = 0;
        const struct gx_json *meta =
            g->ask(g->p, u->name, "GET", GX_STR("/api/v1/meta"), GX_STR(""), &status);
        const struct gx_json *object =
            run_generic_find(gx_json_get(meta, "objects"), "name", r->name);
        /* Without an owner "own" is what the object says; only its users have such a rule. */
        if (!r->owned && gx_str_is(level(object, "read"), "own"))
            continue;
        check_reading(g, r, object, u->name);
        check_search(g, r, object, u->name);
        check_writing(g, r, object, u->name);
    }
}

void run_generic(struct run_generic *g)
{
    int status = 0;
    g->meta = g->ask(g->p, g->users->name, "GET", GX_STR("/api/v1/meta"), GX_STR(""), &status);
    const struct gx_json *objects = gx_json_get(g->meta, "objects");
    for (const struct gx_json *o = objects ? objects->first : NULL; o; o = o->next) {
        struct records r = { .object = o,
                             .name = gx_json_get_str(o, "name", GX_STR("")),
                             .owned = gx_json_get_bool(o, "owned", false) };
        run_generic_object(g, o);
        check_round_trip(g, &r);
        check_rights(g, &r);
    }
    g->say(g->p, objects && objects->first, GX_STR("there are no objects"));
}
