/*
 * matrix.c - each route × each kind of caller: who is let in is what the route's table says.
 *
 * The routes are gx_routes[], the table that the server itself is made of, and nothing here names
 * one but the two short lists of what an unsettled session may still do.  Each is asked for with a
 * query parameter that no route has: rights are looked at before the parameters are, so who is let
 * in gets 422 about "zz_let_in", nobody changes anything, and all others get what refuses them.
 *
 * build/attack/matrix.txt shows all of it.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attack.h"
#include "net/router.h"

enum cell { IN, NO_SIGN_IN, FORBIDDEN, STEP_UP, OTHER };
static const char *const cell_names[] = { "in", "401", "403", "ask", "?" };

enum { KEY = 1, COOKIE = 2, NO_TOKEN = 4, FOREIGN = 8, DEAD = 16, READS = 32, STALE = 64 };
enum { MUST_CHANGE = 128, MUST_ENROL = 256, ADMIN = 512, LOCAL = 1024, SYSTEM = 2048 };

struct caller {
    const char *name;
    int is;
    struct person *person;
};

static struct person own = { .name = "own", .roles = "\"lone\"" };
static struct person team = { .name = "team", .roles = "\"crew\"" };
static struct person reader = { .name = "reader", .roles = "\"admin\"" };
static struct person stale = { .name = "stale", .roles = "\"admin\"" };
static struct person expired = { .name = "expired", .roles = "\"admin\"" };
static struct person gone = { .name = "gone", .roles = "\"admin\"" };
static struct person sleeper = { .name = "sleeper", .roles = "\"admin\"" };
static struct person changer = { .name = "changer", .roles = "\"admin\"" };
static struct person enroller = { .name = "enroller", .roles = "\"admin\",\"strict\"" };
static struct person forger = { .name = "forger", .cookie = "gx_session=AAAAAAAAAAAAAAAAAAAAAAAA" };

static struct person provider = { .name = "provider" };

static const struct caller callers[] = {
    { "nobody", DEAD, NULL },
    { "made-up", DEAD | COOKIE, &forger },
    { "read-key", KEY | READS | ADMIN, &reader },
    { "own-key", KEY, &own },
    { "own", COOKIE, &own },
    { "own-forged", COOKIE | NO_TOKEN, &own },
    { "own-foreign", COOKIE | FOREIGN, &own },
    { "team", COOKIE, &team },
    { "admin-key", KEY | ADMIN, &people[ROOT] },
    { "admin", COOKIE | ADMIN, &people[ROOT] },
    { "admin-forged", COOKIE | ADMIN | NO_TOKEN, &people[ROOT] },
    { "stale", COOKIE | ADMIN | STALE, &stale },
    { "expired", COOKIE | DEAD, &expired },
    { "expired-key", KEY | DEAD, &expired },
    { "suspended", COOKIE | DEAD, &gone },
    { "suspended-key", KEY | DEAD, &gone },
    { "inactive", COOKIE | DEAD, &sleeper },
    { "inactive-key", KEY | DEAD, &sleeper },
    { "must-change", COOKIE | ADMIN | MUST_CHANGE, &changer },
    { "must-enrol", COOKIE | ADMIN | MUST_ENROL, &enroller },
    { "scim-key", KEY | DEAD | SYSTEM, &provider },
    { "operator", LOCAL, NULL },
};

/* --- the callers */

static void role(struct attack *a, const char *name, const char *level)
{
    const struct gx_json *meta = json_of(a, ask(a, NULL, "GET", "/api/v1/meta", "").body);
    const struct gx_json *objects = gx_json_get(meta, "objects");
    struct gx_buf body = { 0 };
    gx_buf_printf(&body, "{\"label\":{\"en\":\"%s\"},\"objects\":{", name);
    for (const struct gx_json *o = objects ? objects->first : NULL; o; o = o->next)
        gx_buf_printf(&body,
                      "%s\"%.*s\":{\"read\":\"%s\",\"edit\":\"%s\",\"delete\":\"%s\","
                      "\"export\":\"%s\",\"create\":\"%s\"}",
                      o == objects->first ? "" : ",",
                      GX_STR_ARG(gx_json_get_str(o, "name", GX_STR(""))), level, level, level,
                      level, strcmp(level, "none") == 0 ? "none" : "all");
    gx_buf_addz(&body, "}}");
    struct call c = { .local = true,
                      .method = "PUT",
                      .path = gx_str_c(text(a, "/api/v1/admin/roles/%s%s", name, "")),
                      .body = gx_buf_str(&body) };
    struct run_reply r = send_call(a, &a->arena, &c);
    gx_buf_free(&body);
    say(a, r.status == 200, "A6 a role for the matrix", r.body);
}

/* What only time does otherwise. */
static void by_sql(struct attack *a, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    bool ok = sqlite3_open(text(a, "%s/%s", a->server.folder, "main.db"), &db) == SQLITE_OK &&
              sqlite3_busy_timeout(db, 20000) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK && sqlite3_changes(db) > 0;
    say(a, ok, "A6 the world of the matrix", gx_str_c(why ? why : sql));
    sqlite3_free(why);
    sqlite3_close(db);
}

static struct person *const made[] = { &own,  &team,    &reader,  &stale,   &expired,
                                       &gone, &sleeper, &changer, &enroller };

static void make_callers(struct attack *a)
{
    role(a, "lone", "own");
    role(a, "crew", "team");
    role(a, "strict", "none");
    for (size_t i = 0; i < GX_COUNT(made); i++)
        make_person(a, made[i]);
    struct run_reply r = ask(a, NULL, "POST", text(a, "/api/v1/user/%s/%s", reader.id, "key"),
                             "{\"read_only\":true}");
    copy(reader.key, sizeof reader.key, gx_json_get_str(json_of(a, r.body), "key", GX_STR("")));
    r = ask(a, NULL, "POST", text(a, "/api/v1/admin/users/%s/%s", changer.id, "reset"), "");
    struct gx_str once = gx_json_get_str(json_of(a, r.body), "password", GX_STR(""));
    sign_in_with(a, &changer, gx_arena_cstr(&a->arena, once));
    r = ask(a, NULL, "PUT", text(a, "/api/v1/admin/users/%s/%s", gone.id, "active"),
            "{\"active\":false}");
    say(a, r.status < 300, "A6 somebody is suspended", r.body);
    r = ask(a, NULL, "PUT", "/api/v1/admin/signin",
            "{\"second_factor_roles\":[\"strict\"],\"step_up_min\":15,\"step_up_rows\":500,"
            "\"origin\":\"\"}");
    say(a, r.status == 200, "A6 a role that asks for a second factor", r.body);
    r = ask(a, NULL, "POST", "/api/v1/admin/scim", "{\"name\":\"matrix\",\"roles\":[\"lone\"]}");
    say(a, r.status == 201, "A6 a key of SCIM", r.body);
    copy(provider.key, sizeof provider.key, gx_json_get_str(json_of(a, r.body), "key", GX_STR("")));
    /* One program has the file at a time. */
    struct gx_str why = GX_STR("");
    say(a, run_server_stop(&a->arena, &a->server, &why), "A6 stops", why);
    by_sql(a, text(a, "UPDATE gx_session SET fresh_at = fresh_at - 3600000000 WHERE user_id = %s%s",
                   stale.id, ""));
    by_sql(a, text(a, "UPDATE gx_session SET expires_at = created_at WHERE user_id = %s%s",
                   expired.id, ""));
    /* Sessions and keys of somebody inactive are gone; if they were not, they would not serve. */
    by_sql(a, text(a, "UPDATE \"user\" SET active = 0 WHERE id = %s%s", sleeper.id, ""));
    say(a, run_server_start(&a->arena, &a->server, &why), "A6 starts again", why);
}

/* --- what must be */

static bool is_one_of(const char *path, const char *const *paths)
{
    while (*paths && strcmp(path, *paths) != 0)
        paths++;
    return *paths != NULL;
}

static enum cell expected(const struct gx_route *route, const char *object, int is)
{
    static const char *const to_change[] = { "/api/v1/session", "/api/v1/user/{id}/password",
                                             NULL };
    static const char *const to_enrol[] = { "/api/v1/session",
                                            "/api/v1/session/fresh",
                                            "/api/v1/user/{id}/factors",
                                            "/api/v1/user/{id}/totp",
                                            "/api/v1/user/{id}/passkeys",
                                            "/api/v1/user/{id}/passkeys/options",
                                            NULL };
    bool writes = route->method != GX_GET;
    bool people_ = strcmp(object, "user") == 0 && strstr(route->path, "{object}");
    if (route->who == GX_WHO_PROVISIONER)
        return is & SYSTEM ? IN : NO_SIGN_IN;
    if (route->who == GX_WHO_PUBLIC || is & LOCAL)
        return IN;
    if (is & DEAD)
        return NO_SIGN_IN;
    if (writes && is & (NO_TOKEN | FOREIGN | READS))
        return FORBIDDEN;
    if ((is & MUST_CHANGE && !is_one_of(route->path, to_change)) ||
        (is & MUST_ENROL && !is_one_of(route->path, to_enrol)))
        return FORBIDDEN;
    if (route->who == GX_WHO_ADMIN && !(is & ADMIN))
        return FORBIDDEN;
    return is & STALE && (route->fresh || (people_ && writes)) ? STEP_UP : IN;
}

/* --- what is */

static enum cell cell_of(const struct run_reply *r)
{
    /* SCIM says 400 of what is wrong with the input. */
    if ((r->status == 422 || r->status == 400) &&
        gx_str_search(r->body, GX_STR("zz_let_in")) != SIZE_MAX)
        return IN;
    if (r->status == 401)
        return NO_SIGN_IN;
    if (r->status != 403)
        return OTHER;
    return gx_str_search(r->body, GX_STR("\"step_up\"")) != SIZE_MAX ? STEP_UP : FORBIDDEN;
}

/* "/api/v1/{object}/{id}" of `object`, with "1" for the other pieces. */
static struct gx_str address(struct attack *a, const char *path, const char *object)
{
    struct gx_str rest = gx_str_c(path), piece, out = GX_STR("");
    while (gx_str_split(&rest, '/', &piece)) {
        bool any = piece.n > 0 && piece.p[0] == '{';
        if (gx_str_is(piece, "{object}"))
            piece = gx_str_c(object);
        else if (any)
            piece = GX_STR("1");
        out = gx_arena_printf(&a->arena, "%.*s%s%.*s", GX_STR_ARG(out), piece.n ? "/" : "",
                              GX_STR_ARG(piece));
    }
    return out;
}

static enum cell asked(struct attack *a, struct gx_arena *arena, const struct caller *c,
                       const char *method, struct gx_str at, struct run_reply *ret_reply)
{
    static const struct person nobody = { .name = "nobody" };
    const char *headers = NULL;
    if (c->is & FOREIGN)
        headers =
            text(a, "X-CSRF-Token: %s\r\nOrigin: http://evil.example\r\n%s", c->person->csrf, "");
    else if (c->is & COOKIE && !(c->is & NO_TOKEN) && c->person->csrf[0])
        headers = text(a, "X-CSRF-Token: %s\r\n%s", c->person->csrf, "");
    struct call call = { .as = c->person ? c->person : &nobody,
                         .cookie = (c->is & COOKIE) != 0,
                         .local = (c->is & LOCAL) != 0,
                         .method = method,
                         .path = gx_arena_printf(arena, "%.*s?zz_let_in=1", GX_STR_ARG(at)),
                         .headers = headers };
    *ret_reply = send_call(a, arena, &call);
    return cell_of(ret_reply);
}

/* Route and caller; the operator's HEAD is any other's GET. */
static void row(struct attack *a, FILE *out, const struct gx_route *route, const char *object)
{
    const char *method = gx_method_name(route->method);
    struct gx_str at = address(a, route->path, object);
    fprintf(out, "%-6s %-52.*s", method, GX_STR_ARG(at));
    for (size_t i = 0; i < GX_COUNT(callers); i++) {
        struct gx_arena one = { 0 };
        struct run_reply r;
        enum cell is = asked(a, &one, &callers[i], method, at, &r);
        enum cell must = expected(route, object, callers[i].is);
        say(a, is == must, "A6 route × role",
            gx_arena_printf(&one, "%s %.*s as %s: %s, not %s: %d %.*s", method, GX_STR_ARG(at),
                            callers[i].name, cell_names[is], cell_names[must], r.status,
                            GX_STR_ARG(r.body)));
        fprintf(out, " %-*s", (int)strlen(callers[i].name), cell_names[is]);
        if (route->method == GX_GET && is != IN) {
            asked(a, &one, &callers[i], "HEAD", at, &r);
            say(a, r.status >= 400, "A6 HEAD is no way around GET", gx_arena_str(&one, at));
        }
        gx_arena_free(&one);
    }
    fprintf(out, "%s\n", route->who == GX_WHO_PUBLIC ? "" : route->fresh ? " fresh" : "");
}

/* Every method that no route has at this address: 405, whoever asks. */
static void others(struct attack *a, const struct gx_route *route)
{
    static const char *const methods[] = { "GET",   "POST",    "PATCH",    "PUT",  "DELETE",
                                           "TRACE", "CONNECT", "PROPFIND", "DEBUG" };
    struct gx_str at = address(a, route->path, "account");
    for (size_t m = 0; m < GX_COUNT(methods); m++) {
        struct gx_arena one = { 0 };
        struct call c = { .as = &people[ROOT], .method = methods[m], .path = at };
        bool known = false;
        for (size_t i = 0; gx_routes[i]; i++)
            known |= strcmp(gx_method_name(gx_routes[i]->method), methods[m]) == 0 &&
                     gx_str_eq(address(a, gx_routes[i]->path, "account"), at);
        struct run_reply r = { 0 };
        if (!known)
            r = send_call(a, &one, &c);
        /* Another route may have a {piece} here. */
        say(a, known || (r.status >= 400 && r.status < 500), "M3 a method that is not there",
            gx_arena_printf(&one, "%s %.*s: %d", methods[m], GX_STR_ARG(at), r.status));
        gx_arena_free(&one);
    }
}

/* M3: what is served is what is documented. */
static bool documented(struct attack *a, const struct gx_route *route)
{
    static const char *const keys[] = { "get", "post", "patch", "put", "delete" };
    const struct gx_json *paths = gx_json_get(a->api, "paths");
    for (const struct gx_json *k = paths ? paths->first : NULL; k; k = k->next) {
        const struct gx_json *operation = gx_json_get(k, keys[route->method]);
        if (operation && gx_str_is(gx_json_get_str(operation, "x-route", k->key), route->path))
            return true;
    }
    return false;
}

static void count_operations(struct attack *a, struct gx_str path, const char *method,
                             const struct gx_json *operation, void *p)
{
    struct gx_str at = gx_json_get_str(operation, "x-route", path);
    bool known = false;
    (void)p;
    for (size_t i = 0; gx_routes[i]; i++)
        known |= gx_str_is(at, gx_routes[i]->path) &&
                 strcmp(gx_method_name(gx_routes[i]->method), method) == 0;
    say(a, known, "M3 documented, but no route", path);
}

void attack_matrix(struct attack *a)
{
    make_callers(a);
    mkdir("build", 0755);
    mkdir("build/attack", 0755);
    FILE *out = fopen("build/attack/matrix.txt", "w");
    if (!out) {
        say(a, false, "A6 build/attack/matrix.txt", GX_STR("cannot be written"));
        return;
    }
    fprintf(out, "in: let in; 401: not signed in; 403: may not; ask: to prove again who it is\n\n");
    fprintf(out, "%-59s", "");
    for (size_t i = 0; i < GX_COUNT(callers); i++)
        fprintf(out, " %s", callers[i].name);
    fprintf(out, "\n");
    for (size_t i = 0; gx_routes[i]; i++) {
        const struct gx_route *route = gx_routes[i];
        row(a, out, route, "account");
        if (strstr(route->path, "{object}"))
            row(a, out, route, "user");
        others(a, route);
        if (gx_str_starts(gx_str_c(route->path), GX_STR("/api/")))
            say(a, documented(a, route), "M3 a route, but not documented", gx_str_c(route->path));
    }
    fclose(out);
    each_operation(a, count_operations, NULL);
    /* What follows counts administrators. */
    for (size_t i = 0; i < GX_COUNT(made); i++)
        ask(a, NULL, "PUT", text(a, "/api/v1/user/%s/%s", made[i]->id, "roles"), "{\"roles\":[]}");
}
