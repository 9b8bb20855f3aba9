/* kit.c - see attack.h. */
#include "attack.h"

#include <stdlib.h>
#include <string.h>

const char attack_password[] = "canary-pass-8f3c1";
const char attack_private_text[] = "canary-note-5d21b";

struct person people[PEOPLE] = {
    [NOBODY] = { .name = "nobody", .roles = "" },
    [GUS] = { .name = "gus", .roles = "" },
    [ANN] = { .name = "ann", .roles = "\"sales\"" },
    [BOB] = { .name = "bob", .roles = "\"sales\"" },
    [EVE] = { .name = "eve", .roles = "\"manager\"" },
    [ROOT] = { .name = "root", .roles = "\"admin\"" },
    [SECOND] = { .name = "second", .roles = "\"admin\"" },
};

void say(struct attack *a, bool ok, const char *test, struct gx_str why)
{
    a->passed += ok;
    a->failed += !ok;
    if (!ok)
        printf("FAIL attack %s: %.*s\n", test, (int)(why.n < 600 ? why.n : 600), why.p);
}
/* --- requests */

/* M2: what went wrong is said in words for people: no SQL, no paths, no source. */
static void check_words(struct attack *a, const struct call *c, const struct run_reply *r)
{
    static const char *const inside[] = { "SQLITE",        "sqlite3",           "no such column",
                                          "no such table", "syntax error near", "ERROR:  ",
                                          "gx_session",    "gx_credential",     "/src/",
                                          ".c:",           "Sanitizer",         "libpq" };
    if (r->status < 400)
        return;
    bool bad = gx_str_search(r->body, gx_str_c(a->server.folder)) != SIZE_MAX;
    for (size_t i = 0; i < GX_COUNT(inside); i++)
        bad |= gx_str_search(r->body, gx_str_c(inside[i])) != SIZE_MAX &&
               gx_str_search(c->path, gx_str_c(inside[i])) == SIZE_MAX;
    if (bad)
        say(a, false, "M2 an error that tells too much", r->body);
}

struct run_reply send_call(struct attack *a, struct gx_arena *arena, const struct call *c)
{
    struct run_reply reply = { 0 };
    struct gx_buf out = { 0 };
    const char *why = "";
    gx_buf_printf(&out, "%s %.*s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n",
                  c->method, GX_STR_ARG(run_url(arena, c->path)), a->server.port);
    if (c->as && c->as->key[0] && !c->cookie)
        gx_buf_printf(&out, "Authorization: Bearer %s\r\n", c->as->key);
    if (c->as && c->as->cookie[0] && c->cookie)
        gx_buf_printf(&out, "Cookie: %s\r\n", c->as->cookie);
    if (c->headers)
        gx_buf_addz(&out, c->headers);
    if (c->body.n && !(c->headers && strstr(c->headers, "Content-Type")))
        gx_buf_addz(&out, "Content-Type: application/json\r\n");
    if (c->body.n)
        gx_buf_printf(&out, "Content-Length: %zu\r\n", c->body.n);
    gx_buf_addz(&out, "\r\n");
    gx_buf_add(&out, c->body);
    if (!run_http(arena, &a->server, c->local, gx_buf_str(&out), &reply, &why))
        reply.body = gx_str_c(why);
    gx_buf_free(&out);
    check_words(a, c, &reply);
    return reply;
}

const struct gx_json *json_of(struct attack *a, struct gx_str body)
{
    struct gx_json *value = NULL;
    if (gx_json_read(&a->ctx, body, &value) != GX_OK)
        gx_ctx_clear(&a->ctx);
    return value;
}

struct run_reply ask(struct attack *a, const struct person *as, const char *method,
                     const char *path, const char *body)
{
    struct call c = {
        .as = as, .local = !as, .method = method, .path = gx_str_c(path), .body = gx_str_c(body)
    };
    return send_call(a, &a->arena, &c);
}

void copy(char *to, size_t max, struct gx_str s)
{
    snprintf(to, max, "%.*s", GX_STR_ARG(s));
}

const char *text(struct attack *a, const char *format, const char *x, const char *y)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return gx_arena_cstr(&a->arena, gx_arena_printf(&a->arena, format, x, y));
#pragma GCC diagnostic pop
}

/* --- the world: people, a record that gus may see and one that he may not */

void sign_in_with(struct attack *a, struct person *p, const char *password)
{
    struct run_reply r = ask(a, &people[NOBODY], "POST", "/api/v1/session",
                             text(a, "{\"name\":\"%s\",\"password\":\"%s\"}", p->name, password));
    struct gx_str set = run_reply_header(&r, "Set-Cookie", 0);
    bool good = gx_str_search(set, GX_STR("HttpOnly")) != SIZE_MAX &&
                gx_str_search(set, GX_STR("SameSite=Lax")) != SIZE_MAX;
    say(a, r.status == 200 && good, "C3 cookie attributes", set.n ? set : r.body);
    set.n = gx_str_find(set, ';');
    copy(p->cookie, sizeof p->cookie, set);
    copy(p->csrf, sizeof p->csrf, gx_json_get_str(json_of(a, r.body), "csrf", GX_STR("")));
}

void sign_in(struct attack *a, struct person *p)
{
    sign_in_with(a, p, attack_password);
}

void make_person(struct attack *a, struct person *p)
{
    struct run_reply r =
        ask(a, NULL, "POST", "/api/v1/user",
            text(a, "{\"login\":\"%s\",\"display_name\":\"%s\"}", p->name, p->name));
    copy(p->id, sizeof p->id, gx_json_get_str(json_of(a, r.body), "id", GX_STR("")));
    ask(a, NULL, "PUT", text(a, "/api/v1/user/%s/%s", p->id, "roles"),
        text(a, "{\"roles\":[%s]%s}", p->roles, ""));
    ask(a, NULL, "POST", text(a, "/api/v1/user/%s/%s", p->id, "password"),
        text(a, "{\"password\":\"%s\"%s}", attack_password, ""));
    r = ask(a, NULL, "POST", text(a, "/api/v1/user/%s/%s", p->id, "key"), "{}");
    copy(p->key, sizeof p->key, gx_json_get_str(json_of(a, r.body), "key", GX_STR("")));
    say(a, p->key[0] != 0, "a person", r.body);
    sign_in(a, p);
}

void make_people(struct attack *a)
{
    for (int i = GUS; i < PEOPLE; i++)
        make_person(a, &people[i]);
}

void make_records(struct attack *a)
{
    struct run_reply r = ask(
        a, &people[BOB], "POST", "/api/v1/opportunity",
        text(a, "{\"name\":\"Hidden %s\",\"description\":\"%s\"}", "deal", attack_private_text));
    copy(a->hidden, sizeof a->hidden, gx_json_get_str(json_of(a, r.body), "id", GX_STR("")));
    say(a, r.status == 201, "a record", r.body);
    a->api = json_of(a, ask(a, NULL, "GET", "/api/v1/openapi.json", "").body);
    say(a, a->api != NULL, "the route table", GX_STR("no OpenAPI document"));
}

/* All records of all objects, as the operator sees them, in one number. */
uint64_t all_records(struct attack *a)
{
    uint64_t sum = 0;
    const struct gx_json *meta = json_of(a, ask(a, NULL, "GET", "/api/v1/meta", "").body);
    const struct gx_json *objects = gx_json_get(meta, "objects");
    for (const struct gx_json *o = objects ? objects->first : NULL; o; o = o->next) {
        const char *name = gx_arena_cstr(&a->arena, gx_json_get_str(o, "name", GX_STR("")));
        struct run_reply r =
            ask(a, NULL, "GET", text(a, "/api/v1/%s?sort=id&format=ndjson%s", name, ""), "");
        sum = sum * 31 + gx_str_hash(r.body);
        r = ask(a, NULL, "GET", text(a, "/api/v1/%s?deleted=true&limit=1000%s", name, ""), "");
        const struct gx_json *rows = gx_json_get(json_of(a, r.body), "rows");
        sum = sum * 31 + (rows ? rows->count : 0);
    }
    return sum;
}

/* --- every operation of the document */

void each_operation(struct attack *a, each_fn fn, void *p)
{
    static const char *const methods[] = { "get", "post", "patch", "put", "delete" };
    static const char *const names[] = { "GET", "POST", "PATCH", "PUT", "DELETE" };
    const struct gx_json *paths = gx_json_get(a->api, "paths");
    for (const struct gx_json *k = paths ? paths->first : NULL; k; k = k->next)
        for (size_t m = 0; m < GX_COUNT(methods); m++) {
            const struct gx_json *operation = gx_json_get(k, methods[m]);
            if (operation)
                fn(a, k->key, names[m], operation, p);
        }
}

/* The path with `id` for each {piece}. */
struct gx_str fill_path(struct attack *a, struct gx_str path, const char *id)
{
    struct gx_buf out = { 0 };
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] == '{') {
            gx_buf_addz(&out, id);
            i += gx_str_find(gx_str_from(path, i), '}');
        } else {
            gx_buf_addc(&out, path.p[i]);
        }
    }
    struct gx_str s = gx_arena_str(&a->arena, gx_buf_str(&out));
    gx_buf_free(&out);
    return s;
}

bool is_public(struct gx_str path, const char *method)
{
    return gx_str_is(path, "/health") || gx_str_is(path, "/ready") || gx_str_is(path, "/metrics") ||
           gx_str_is(path, "/api/v1/health") || gx_str_is(path, "/api/v1/openapi.json") ||
           gx_str_is(path, "/api/v1/setup") || gx_str_is(path, "/api/v1/signup") ||
           gx_str_is(path, "/api/v1/signup/name") ||
           gx_str_starts(path, GX_STR("/api/v1/signin/")) ||
           (gx_str_is(path, "/api/v1/session") && strcmp(method, "POST") == 0);
}
